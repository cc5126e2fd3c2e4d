"""The commands targets, agreements and changes."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from enping_gis.inventory import Inventory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_targets_of_the_article(run: Callable[..., Any]) -> None:
    said = run("targets", "--period", "2023", "--format", "json")
    assert said.code == 0
    document = said.json()
    county = document["rows"][-1]
    assert (county["done_mu"], county["percent"], county["due_mu"]) == (793.0, 39.65, 487.67)
    assert county["place"] == ""
    assert document["meta"]["by"] == "responsible"
    assert document["meta"]["county"][0]["mark"] == "ontime"
    parts = sum(Decimal(str(row["done_mu"])) for row in document["rows"][:-1])
    assert parts == Decimal(793)
    quarter = run("targets", "--period", "2023Q1", "--format", "json").json()["rows"][-1]
    assert quarter["percent"] == 158.6
    # What is not there is null, never 0.
    unasked = run("targets", "--period", "2022", "--format", "json").json()["rows"][0]
    assert unasked["commitment_mu"] is None


def test_targets_as_people_read_them(run: Callable[..., Any]) -> None:
    said = run("targets", "--period", "2023", "--lang", "zh")
    assert "▲ 滞后" in said.out
    assert "全市" in said.out.splitlines()[-1]
    assert "领导小组组长" in said.out
    said = run("targets", "--period", "2023", "--by", "town", "--lang", "en")
    assert "▲ Behind" in said.out
    assert "Park" not in said.out
    said = run("targets", "--as-of", "2022-06-30", "--period", "2022", "--format", "csv")
    assert said.out.startswith("period,place,label,commitment_mu")


def test_a_file_without_commitments(run: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "空 台账.gpkg"
    Inventory.create(path)
    said = run("targets", path)
    assert said.code == 0
    assert "未录入承诺任务" in said.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["targets", "--by", "street"], "street"),
        (["targets", "--period", "soon"], "soon"),
        (["changes"], "since"),
        (["changes", "--since", "soon"], "soon"),
        (["changes", "--since", "2024-01-01"], "2024-01-01"),
        (["changes", "--cadence", "hourly"], "hourly"),
        (["changes", "--since", "2023-01-01", "--cadence", "weekly"], "cadence"),
        (["changes", "--before", "nowhere.gpkg"], "nowhere.gpkg"),
        (["agreements", "--standards", "nowhere.json"], "nowhere.json"),
    ],
)
def test_wrong_use_is_one_clear_line(run: Callable[..., Any], words: list[str], hint: str) -> None:
    said = run(*words)
    assert said.code == 2
    assert said.out == ""
    assert hint in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_agreements(run: Callable[..., Any], tmp_path: Path) -> None:
    document = run("agreements", "--format", "json").json()
    meta = document["meta"]
    assert meta["terms"] == len(document["rows"])
    assert (meta["missed"], meta["proposals"]) == (22, {"letter": 22, "investigate": 0})
    said = run("agreements", "--missed", "--lang", "en")
    assert said.code == 0
    assert "Letter proposed" in said.out
    assert said.out.splitlines()[-1].startswith("67 terms, 22 short")
    own = tmp_path / "own.json"
    record = {"indicator": "tax_per_mu", "value": 500, "source": "own", "date": "2023-01-01"}
    own.write_text(json.dumps({"thresholds": [record]}), encoding="utf-8")
    rows = run("agreements", "--standards", own, "--format", "json").json()["rows"]
    assert {row["threshold"] for row in rows if row["indicator"] == "tax_per_mu"} == {500}


def test_changes_since_a_day(run: Callable[..., Any]) -> None:
    document = run("changes", "--since", "2023-01-01", "--format", "json").json()
    meta = document["meta"]
    assert meta["total"] == {"delta_mu": 0.0, "revitalised_mu": 793.0}
    assert (meta["since"], meta["until"]) == ("2023-01-01", "2023-03-30")
    assert meta["counts"] == {"forward": len(document["rows"])}
    said = run("changes", "--since", "2023-01-01", "--lang", "zh")
    assert "已盘活" in said.out
    assert "793.00" in said.out.splitlines()[-1]


def test_changes_of_a_meeting(run: Callable[..., Any]) -> None:
    said = run("changes", "--cadence", "weekly", "--format", "json")
    assert said.json()["meta"]["since"] == "2023-03-24"
    assert said.json()["rows"] == []
    said = run("changes", "--cadence", "weekly", "--lang", "en")
    assert "Nothing changed from 2023-03-24 to 2023-03-30" in said.err
    assert said.out == ""
    said = run("changes", "--cadence", "monthly", "--as-of", "2023-01-31", "--format", "json")
    assert said.json()["meta"]["since"] == "2023-01-01"
    assert said.json()["meta"]["total"]["revitalised_mu"] > 0


def test_changes_between_two_files(run: Callable[..., Any], tmp_path: Path) -> None:
    before, after = tmp_path / "before.gpkg", tmp_path / "after.gpkg"
    Inventory.demo().on("2022-12-31").save(before)
    Inventory.demo().save(after)
    document = run("changes", after, "--before", before, "--format", "json").json()
    assert document["meta"]["since"] == "2022-12-31"
    assert document["meta"]["total"] == {"delta_mu": 0.0, "revitalised_mu": 793.0}


@pytest.mark.parametrize(
    "words",
    [
        ("targets", "--period", "2023Q1"),
        ("agreements",),
        ("agreements", "--missed"),
        ("changes", "--since", "2023-01-01"),
        ("changes", "--cadence", "quarterly"),
    ],
)
def test_all_forms_have_the_same_rows(run: Callable[..., Any], words: tuple[str, ...]) -> None:
    document = run(*words, "--format", "json").json()
    listed = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").out)))
    assert len(listed) == len(document["rows"]) > 0
    for row, record in zip(listed, document["rows"], strict=True):
        assert list(row) == list(record)
        for column, value in record.items():
            if isinstance(value, float):
                assert float(row[column]) == value, column
            elif value is None:
                assert row[column] == "", column
    table = run(*words, "--format", "table", "--lang", "en")
    assert (table.code, table.out.count("Traceback")) == (0, 0)
    assert len(table.out.splitlines()) > len(listed)
    assert document["meta"]["synthetic"] == 110


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["targets", "nowhere.gpkg"], "nowhere.gpkg"),
        (["targets", "--as-of", "soon"], "soon"),
        (["targets", "--format", "xml"], "xml"),
        (["agreements", "nowhere.gpkg"], "nowhere.gpkg"),
        (["agreements", "--as-of", "2023-02-30"], "2023-02-30"),
        (["changes", "--until", "2023-01-01"], "--until"),
    ],
)
def test_bad_input_is_one_clear_line(run: Callable[..., Any], words: list[str], hint: str) -> None:
    said = run(*words, "--lang", "en")
    assert said.code == 2
    assert said.out == ""
    assert hint in said.err
    assert len(said.err.strip().splitlines()) == 1
