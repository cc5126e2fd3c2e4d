"""The command that finds faults: check."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import openpyxl
import pytest

from enping_gis.inventory import Inventory
from tests.check.faulty import faulty_inventory, inventory
from tests.plots import geojson, square

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = ["rule", "severity", "parcel_ids", "field", "value", "message_zh", "message_en", "cure",
        "x", "y", "size"]  # fmt: skip


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "faulty.gpkg"
    faulty_inventory().inventory.save(path)
    return path


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plots = faulty_inventory().inventory.parcels
    path = tmp_path_factory.mktemp("office") / "clean.gpkg"
    inventory(plots[plots["parcel_id"].isin(["L1", "L2"])].reset_index(drop=True)).save(path)
    return path


def test_rows_for_programs(run: Callable[..., Any], faulty: Path) -> None:
    said = run("check", faulty, "--format", "json")
    assert said.code == 1, "there are errors"
    document = said.json()
    assert list(document) == ["meta", "findings", "rows"]
    assert [list(row)[: len(ROWS)] for row in document["rows"]] == [ROWS] * 19
    meta = document["meta"]
    assert (meta["command"], meta["input"], meta["method"]) == ("check", str(faulty), "ellipsoidal")
    assert (meta["parcels"], meta["as_of"], len(meta["rules"])) == (23, "2023-03-30", 19)
    assert meta["counts"] == {
        severity: sum(row["severity"] == code for row in document["rows"])
        for code, severity in (("error", "errors"), ("warning", "warnings"), ("info", "notes"))
    }
    first = document["rows"][0]
    assert (first["rule"], first["parcel_ids"], first["severity"]) == ("G1", "G1", "error")
    assert first["cure"] == first["cure_zh"]
    assert all(row["cure"] for row in document["rows"])


def test_rows_as_csv(run: Callable[..., Any], faulty: Path) -> None:
    said = run("check", faulty, "--format", "csv", "--lang", "en")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert len(rows) == 19
    assert rows[0]["cure"] == rows[0]["cure_en"]


def test_the_table_is_grouped_by_rule(run: Callable[..., Any], faulty: Path) -> None:
    lines = run("check", faulty).out.splitlines()
    assert lines[0] == "G1 图形无效：1 条"
    assert lines[1].startswith("  错误  ")
    assert lines[2].startswith("      改法：")
    assert lines[3] == ""
    head = next(at for at, line in enumerate(lines) if line.startswith("规则"))
    assert lines[head].split() == ["规则", "名称", "错误", "注意", "提示"]
    assert len(lines) == head + 2 + 19
    english = run("check", faulty, "--lang", "en").out
    assert "G1 Invalid geometry: 1" in english
    assert "      Cure: " in english
    assert "Errors   Warnings   Notes" in english


def test_a_long_list_is_cut_and_says_so(run: Callable[..., Any]) -> None:
    said = run("check", "--rules", "T4", "--lang", "en")
    assert said.code == 0
    lines = [line for line in said.out.splitlines() if line.startswith("  Note  ")]
    assert len(lines) == 20
    assert "more; write a file with -o" in said.out


def test_a_clean_file_gives_nothing_and_says_so(run: Callable[..., Any], clean: Path) -> None:
    said = run("check", clean)
    assert (said.code, said.out) == (0, "2 宗地块没有发现问题。\n")
    assert run("check", clean, "--lang", "en").out == "Nothing is wrong with the 2 plots.\n"
    assert run("check", clean, "--format", "json").json()["rows"] == []
    assert len(run("check", clean, "--format", "csv").out.splitlines()) == 1


def test_only_errors_make_it_fail(run: Callable[..., Any], faulty: Path) -> None:
    assert run("check", faulty, "--rules", "G2,g5,T4").code == 0
    said = run("check", faulty, "--rules", "g1,T4", "--format", "json")
    assert said.code == 1
    assert said.json()["meta"]["rules"] == ["G1", "T4"]


def test_the_demonstration_has_the_sum_of_the_article(run: Callable[..., Any]) -> None:
    said = run("check", "--format", "json")
    assert said.code == 1
    errors = [row for row in said.json()["rows"] if row["severity"] == "error"]
    assert [row["value"] for row in errors] == ["537.72 / 8605.84"]


def rules_in(path: Path) -> list[str]:
    """Return the rules that a file of findings names, row by row."""
    if path.suffix == ".xlsx":
        rows = openpyxl.load_workbook(path)["问题"].iter_rows(min_row=2, values_only=True)
        return [str(row[0])[:2] for row in rows]
    if path.suffix == ".json":
        return [row["rule"] for row in json.loads(path.read_text(encoding="utf-8"))["rows"]]
    if path.suffix == ".csv":
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        return [row["rule"] for row in csv.DictReader(lines)]
    return list(gpd.read_file(path)["rule"])


@pytest.mark.parametrize("kind", ["xlsx", "gpkg", "json", "csv", "geojson"])
def test_findings_as_a_file(
    run: Callable[..., Any], faulty: Path, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"检查.{kind}"
    said = run("check", faulty, "-o", path)
    assert said.code == 1
    assert said.out.splitlines()[-1] == str(path)
    assert rules_in(path) == list(faulty_inventory().expected)


def test_a_file_for_the_office_in_english(
    run: Callable[..., Any], faulty: Path, tmp_path: Path
) -> None:
    path = tmp_path / "check.xlsx"
    run("check", faulty, "-o", path, "--lang", "en")
    sheet = openpyxl.load_workbook(path)["Findings"]
    assert [cell.value for cell in sheet[1]][:5] == ["Rule", "Severity", "Plots", "Finding", "Cure"]


def test_what_reading_noticed_is_said_once(run: Callable[..., Any], tmp_path: Path) -> None:
    rows = [{"id": "7", "n": "a"}, {"id": "7", "n": "b"}]
    path = geojson(tmp_path / "p.geojson", [square(0), square(2)], rows, crs="EPSG:4546")
    said = run("check", path)
    assert "编号 7 已用过" in said.out
    assert "编号 7 已用过" not in said.err
    assert Inventory.open(path).findings


def test_a_ledger_against_the_map(run: Callable[..., Any], clean: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "台账.csv"
    ledger.write_text("宗地编号,面积（亩）\nL1,14.99\nX9,3\n", encoding="utf-8")
    said = run("check", clean, "--ledger", ledger, "--format", "json")
    document = said.json()
    assert document["meta"]["ledger"] == str(ledger)
    assert {(row["case"], row["parcel_ids"]) for row in document["rows"]} == {
        ("parcel_unmatched", "L2"),
        ("ledger_unmatched", "X9"),
    }


def test_how_the_ledger_was_read_is_told(
    run: Callable[..., Any], clean: Path, tmp_path: Path
) -> None:
    ledger = tmp_path / "台账.csv"
    ledger.write_text("宗地编号,面积（亩）\nL1,约14.99\nL2,14.99\n", encoding="utf-8")
    said = run("check", clean, "--ledger", ledger, "--format", "json")
    assert (said.code, said.json()["rows"]) == (0, [])
    assert [each["rule"] for each in said.json()["findings"]] == ["figure_approximate"]


@pytest.mark.parametrize(
    "words",
    [
        ["check", "--rules", "G9"],
        ["check", "-o", "check.pdf"],
        ["check", "missing.gpkg"],
        ["check", "--ledger", "missing.xlsx"],
    ],
)
def test_wrong_use_is_one_clear_line(run: Callable[..., Any], words: list[str]) -> None:
    said = run(*words)
    assert said.code == 2
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


def test_an_inventory_is_not_overwritten(run: Callable[..., Any], faulty: Path) -> None:
    before = faulty.read_bytes()
    assert run("check", faulty, "-o", faulty).code == 2
    assert faulty.read_bytes() == before
