"""Findings as workbook and as layers, as others open them."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely

from enping_gis.check.checking import check
from enping_gis.check.faults import faults_frame
from enping_gis.check.writing import write_faults
from enping_gis.errors import OutputError
from enping_gis.inventory import Inventory
from enping_gis.messages import choose_language
from tests.check.faulty import faulty_inventory

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def found() -> gpd.GeoDataFrame:
    return check(faulty_inventory().inventory)


def test_a_workbook_for_the_office(found: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "检查.xlsx"
    write_faults(found, path, title="恩平 & 检查")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["问题", "规则与阈值"]
    sheet = book["问题"]
    heads = [cell.value for cell in sheet[1]]
    assert heads == ["规则", "级别", "地块", "问题", "改法", "字段", "值", "大小", "单位", "阈值",
                     "东坐标", "北坐标"]  # fmt: skip
    assert sheet.max_row == len(found) + 1
    first = [cell.value for cell in sheet[2]]
    assert first[:3] == ["G1 图形无效", "错误", "G1"]
    assert first[3] == found["message_zh"].iloc[0]
    assert first[10] == round(found["x"].iloc[0], 3)
    assert sheet.cell(3, 8).value == 0.004, "no more digits than a survey has"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:L{len(found) + 1}"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddHeader.left.text == "恩平 && 检查"
    widths = {letter: sheet.column_dimensions[letter].width for letter in "ABCDE"}
    assert all(6 <= width <= 45 for width in widths.values())
    assert widths["D"] > widths["B"]
    # A long message is wrapped, and its row is high enough for all of it.
    longest = max(range(2, sheet.max_row + 1), key=lambda row: len(sheet.cell(row, 4).value))
    assert sheet.row_dimensions[longest].height >= 3 * 15


def test_the_rules_stand_beside_the_findings(found: gpd.GeoDataFrame, tmp_path: Path) -> None:
    choose_language("en")
    path = tmp_path / "check.xlsx"
    write_faults(found, path)
    sheet = openpyxl.load_workbook(path)["Rules"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True) if row[0]}
    assert len(rows) == 19
    assert rows["T1 Overlap"][1:4] == (1, 0, 0)
    assert rows["A3 Parts against totals"][4:6] == ("difference allowed (last digits)", 0)
    sources = [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[4]]
    assert all(row[6] and row[7] for row in sources)


def test_texts_of_a_file_stay_texts(tmp_path: Path) -> None:
    made = faulty_inventory().inventory
    parcels = made.tables["parcels"].copy()
    parcels.loc[parcels["parcel_id"] == "G1", "parcel_id"] = '=HYPERLINK("x")'
    evil = check(Inventory(made.tables | {"parcels": parcels}, made.meta), rules="G1")
    path = tmp_path / "evil.xlsx"
    write_faults(evil, path)
    (cell,) = (row[2] for row in openpyxl.load_workbook(path)["问题"].iter_rows(min_row=2))
    assert (cell.value, cell.data_type) == ('=HYPERLINK("x")', "s")


def test_a_layer_for_a_gis(found: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "检查 1#.gpkg"
    write_faults(found, path)
    assert pyogrio.list_layers(path).tolist() == [["findings", "Unknown"]]
    back = gpd.read_file(path)
    assert back.crs.to_epsg() == 4546
    assert back["rule"].tolist() == found["rule"].tolist()
    assert back["message_zh"].tolist() == found["message_zh"].tolist()
    same = shapely.equals(back.geometry.to_numpy(), found.geometry.to_numpy())
    missing = found.geometry.isna().to_numpy()
    assert (same | missing).all()
    assert back.geometry.isna().tolist() == missing.tolist()


def test_geojson_is_in_degrees(found: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "check.geojson"
    inside = found[~found["rule"].isin(["C1", "C2"])]
    write_faults(inside, path)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert [each["properties"]["rule"] for each in document["features"]] == inside["rule"].tolist()
    west, south, east, north = gpd.read_file(path).total_bounds
    assert 112 < west < east < 112.6
    assert 22 < south < north < 22.5


@pytest.mark.parametrize("name", ["clean.xlsx", "clean.gpkg", "clean.geojson"])
def test_no_findings_are_a_file_too(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    write_faults(faults_frame([], check(faulty_inventory().inventory, rules="").crs), path)
    if name.endswith(".xlsx"):
        assert openpyxl.load_workbook(path)["问题"].max_row == 1
    else:
        assert len(gpd.read_file(path)) == 0


def test_an_inventory_is_never_replaced(found: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "office.gpkg"
    Inventory.create(path)
    before = path.read_bytes()
    with pytest.raises(OutputError):
        write_faults(found, path)
    assert path.read_bytes() == before


def test_another_format_is_refused(found: gpd.GeoDataFrame, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.gpkg"):
        write_faults(found, tmp_path / "check.pdf")
    assert not list(tmp_path.iterdir())


@pytest.mark.campaign
def test_libreoffice_reads_the_workbook(found: gpd.GeoDataFrame, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice here: apt-get install libreoffice-calc")
    path = tmp_path / "check.xlsx"
    write_faults(found, path)
    # 76 is UTF-8, between commas and quotes.
    form = "csv:Text - txt - csv (StarCalc):44,34,76"
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [office, "--headless", home, "--convert-to", form, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=250)
    rows = list(csv.reader((tmp_path / "check.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(found) + 1
    assert [row[3] for row in rows[1:]] == found["message_zh"].tolist()
