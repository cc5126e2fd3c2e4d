"""The command combine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_gas_company_and_the_park_come_first(run: Callable[..., Any]) -> None:
    said = run("combine", "--area", "160..180", "--near", "珠江燃气", "--format", "json")
    assert said.code == 0
    document = said.json()
    first = document["rows"][0]
    assert (first["parcel_ids"], first["area_mu"]) == ("EP004;EP005", 171.22)
    meta = document["meta"]
    assert (meta["complete"], meta["status"], meta["bound"], meta["gap"]) == (True, "optimal", 2, 0)
    assert "已全部查过" in said.err
    table = run("combine", "--area", "160..180", "--near", "珠江燃气").out
    assert "171.22" in table
    assert "抵押贷款" in table


def test_sets_are_written_as_a_layer(run: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "组合 一.gpkg"
    assert run("combine", "--area", "150..160", "--limit", "3", "-o", out).code == 0
    rows = gpd.read_file(out)
    assert len(rows) == 3
    assert rows.geometry.notna().all()
    assert rows["area_mu"].between(150, 160).all()
    # The demonstration's plots say so wherever they go: two of these are made up.
    assert dict(zip(rows["parcel_ids"], rows["synthetic"], strict=True)) == {
        "EP098": 1, "EP095": 1, "EP004": 0
    }  # fmt: skip


def test_nothing_is_said_in_words(run: Callable[..., Any]) -> None:
    said = run("combine", "--area", "1..1.01", "--near", "EP005", "--format", "json")
    assert said.code == 0
    assert said.json()["rows"] == []
    assert said.json()["meta"]["status"] == "infeasible"
    assert "没有符合条件的组合" in said.err


def test_what_to_relax_is_said(run: Callable[..., Any]) -> None:
    words = ["combine", "--area", "172..180", "--near", "EP005", "--max-plots", "2"]
    said = run(*words, "--format", "json")
    relax = said.json()["meta"]["relax"]
    assert relax[0] == {
        "demand": "low_mu", "asked": 172, "needed": 171.22, "proven": True,
        "parcel_ids": "EP004;EP005",
    }  # fmt: skip
    assert "可把面积下限由 172 亩降到 171.22 亩：EP004、EP005" in said.err
    assert "可把宗数上限由 2 宗增到 4 宗" in said.err
    assert run(*words, "--prove", "--format", "json").json()["meta"]["relax"] == relax
    said = run("combine", "--area", "160..180", "--near", "EP005", "--status", "待整治")
    assert "可不限状态（待整治）" in said.err
    said = run("combine", "--area", "150..160", "--min-width", "5000")
    assert "可把最小宽度由 5000 米降到" in said.err
    said = run("combine", "--area", "100000..100001", "--min-width", "5000")
    assert "单独放宽任何一项条件都找不到组合" in said.err


def test_the_best_is_proved(run: Callable[..., Any]) -> None:
    words = ["combine", "--area", "160..180", "--near", "EP005", "--prove"]
    said = run(*words, "--best", "largest", "--format", "json")
    meta = said.json()["meta"]
    assert (meta["status"], meta["gap"], len(said.json()["rows"])) == ("optimal", 0, 1)
    assert meta["value"] == meta["bound"] == pytest.approx(said.json()["rows"][0]["area_mu"])
    assert "已证明最优" in said.err
    said = run(*words, "--time-limit", "0")
    assert said.code == 0
    assert "没有找到，也没有证明没有" in said.err


def test_a_front_is_listed(run: Callable[..., Any]) -> None:
    words = ["combine", "--area", "100..400", "--within", "40", "--near", "EP005"]
    said = run(*words, "--pareto", "plots,compactness,readiness", "--format", "json")
    document = said.json()
    assert document["meta"]["pareto"] == ["plots", "compactness", "readiness"]
    assert document["meta"]["count"] > len(document["rows"]) > 1
    assert document["rows"][0]["plots"] == 2
    assert "已全部查过" in said.err


def test_every_filter_is_handed_on(run: Callable[..., Any]) -> None:
    def sets(*words: str) -> list[str]:
        said = run("combine", "--area", "160..180", "--within", "40", *words, "--format", "json",
                   "--limit", "500")  # fmt: skip
        return [row["parcel_ids"] for row in said.json()["rows"]]

    every = sets()
    with_gas = [each for each in every if "EP005" in each]
    assert sorted(sets("--with", "珠江燃气")) == sorted(with_gas)
    assert sorted(sets("--without", "珠江燃气")) == sorted({*every} - {*with_gas})
    assert {*with_gas} < {*sets("--near", "EP005", "--near-within", "100")} < {*every}
    for words in (["--max-holders", "2"], ["--min-compactness", "0.5"],
                  ["--category", "闲置或关停企业用地"], ["--unblocked"]):  # fmt: skip
        assert 0 < len({*sets(*words)}) < len(every), words
        assert {*sets(*words)} < {*every}, words


def test_wrong_words_are_one_line(run: Callable[..., Any]) -> None:
    for words, seen in (
        (["--area", "abc"], "abc"), (["--area", "180..160"], "180"),
        (["--area", "1..2", "--near", "没有的"], "没有的"),
        (["--area", "1..2", "--status", "foo"], "foo"),
        (["--area", "1..2", "--town", "没有的镇"], "没有的镇"),
        (["--area", "1..2", "--best", "cost"], "cost"),
        (["--area", "1..2", "--best", "beauty", "--prove"], "beauty"),
        (["--area", "1..2", "--pareto", "beauty"], "beauty"),
        (["--area", "1..2", "--pareto", "plots", "--prove"], "--prove"),
    ):  # fmt: skip
        said = run("combine", *words)
        assert said.code == 2, words
        (line,) = said.err.strip().splitlines()
        assert seen in line
