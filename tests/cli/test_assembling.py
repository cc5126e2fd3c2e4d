"""The command combine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd

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


def test_wrong_words_are_one_line(run: Callable[..., Any]) -> None:
    for words, seen in (
        (["--area", "abc"], "abc"), (["--area", "180..160"], "180"),
        (["--area", "1..2", "--near", "没有的"], "没有的"),
        (["--area", "1..2", "--status", "foo"], "foo"),
        (["--area", "1..2", "--town", "没有的镇"], "没有的镇"),
        (["--area", "1..2", "--best", "cost"], "cost"),
    ):  # fmt: skip
        said = run("combine", *words)
        assert said.code == 2, words
        (line,) = said.err.strip().splitlines()
        assert seen in line
