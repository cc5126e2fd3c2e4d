"""The script that recomputes the totals of the towns, to CSV and to a workbook."""

from __future__ import annotations

import csv
import importlib.util
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.plots import geojson, square

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def script(root: Path) -> Callable[[list[str]], int]:
    spec = importlib.util.spec_from_file_location(
        "recompute_totals", root / "scripts" / "recompute_totals.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run: Callable[[list[str]], int] = module.main
    return run


def sheet_rows(sheet: Any) -> list[list[Any]]:  # noqa: ANN401 - openpyxl has no types
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def read_csv(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # or Excel takes it for GBK
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_demonstration(
    script: Callable[[list[str]], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "各镇 合计"
    assert script(["-o", str(target)]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [f"{target}.csv", f"{target}.xlsx"]
    assert "110 宗为程序合成" in err
    assert "未载明镇（街）的地块 2 宗：EP001、EP003" in err
    rows = read_csv(tmp_path / "各镇 合计.csv")
    *parts, total = rows
    assert total["label"] == "合计"
    assert (total["parcels"], total["area_mu"], total["area_ha"]) == ("119", "8605.84", "573.7227")
    for column in ("parcels", "area_m2", "area_ha", "area_mu", "stated_mu", "measured_mu"):
        assert sum(Decimal(row[column]) for row in parts) == Decimal(total[column]), column
    for row in rows:
        assert Decimal(row["measured_mu"]) - Decimal(row["stated_mu"]) == Decimal(
            row["difference_mu"]
        )
    assert all("程序合成" in row["note"] for row in rows)

    book = openpyxl.load_workbook(tmp_path / "各镇 合计.xlsx")
    assert book.sheetnames == ["各镇街面积", "地块", "问题"]
    table = sheet_rows(book["各镇街面积"])
    last = table[-1]
    assert (last[1], last[2], last[5]) == ("合计", 119, 8605.84)
    assert all(isinstance(value, int | float) for value in last[2:])
    assert "程序合成" in table[2][0]
    plots = sheet_rows(book["地块"])
    assert len([row for row in plots if str(row[0]).startswith("EP")]) == 119


def test_hostile_texts_failed_rows_and_empty_towns(
    script: Callable[[list[str]], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "=cmd|' /C calc'!A0", "name": "+1", "town": "大槐镇", "亩": 15.1},
        {"id": "http://a.example", "name": "\x1b[31m", "town": "大槐镇", "公顷": 1.0},
        {"id": "c", "name": "c", "town": "没有镇", "亩": -3},
        {"id": "d", "name": "d", "town": "君堂镇"},
    ]
    path = geojson(tmp_path / "a.geojson", [square(0), square(1), square(2), None], rows,
                   crs="EPSG:4546")  # fmt: skip
    assert script([str(path), "-o", str(tmp_path / "t")]) == 0
    err = capsys.readouterr().err
    assert "第 4 行没有图形" in err
    assert "没有镇" in err
    assert "没有地块的镇（街）：恩城街道、横陂镇" in err
    assert "未载明镇（街）的地块 1 宗：c" in err
    assert "\x1b" not in err
    town = read_csv(tmp_path / "t.csv")[0]
    assert (town["label"], town["parcels"], town["stated_parcels"]) == ("大槐镇", "2", "2")
    assert town["stated_mu"] == "30.10"
    measured, stated = Decimal(town["measured_mu"]), Decimal(town["stated_mu"])
    assert Decimal(town["difference_mu"]) == measured - stated
    assert abs(measured - Decimal(30)) < Decimal("0.03")  # two squares of a hectare

    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n"}, cell.value
                assert cell.hyperlink is None
    plots = {row[0]: row for row in sheet_rows(book["地块"])}
    assert plots["=cmd|' /C calc'!A0"][1] == "+1"
    assert plots["c"][2] == "未载明"
    assert plots["c"][4] is None or plots["c"][4] == ""
    problems = [row[0] for row in sheet_rows(book["问题"])]
    assert "geometry_missing" in problems
    assert "place_unknown" in problems


@pytest.mark.parametrize("words", [["missing.shp"], ["-o", "/dev/null/t"], ["--crs", "nonsense"]])
def test_wrong_use_is_one_line(
    script: Callable[[list[str]], int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
) -> None:
    path = geojson(tmp_path / "a.geojson", [square()], crs="EPSG:4546")
    more = [str(path)] if words[0].startswith("-") else []
    more += [] if "-o" in words else ["-o", str(tmp_path / "t")]
    assert script([*words, *more]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
