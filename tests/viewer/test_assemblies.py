"""Sets of plots to combine, on the page: outlined, listed, gone through one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from enping_gis.cli import main
from enping_gis.errors import SchemaError, SourceError
from enping_gis.viewer import ParcelMap
from enping_gis.viewer.assemblies import assembly_rows, read_assemblies
from tests.viewer.conftest import X_M, Y_M, inventory_of, plot

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

    from enping_gis.inventory import Inventory

    OpenPage = Callable[..., AbstractContextManager[Page]]


def square(n: int) -> shapely.Polygon:
    return shapely.box(X_M + 100 * n, Y_M, X_M + 100 * n + 100, Y_M + 100)


@pytest.fixture
def row_of_four() -> Inventory:
    return inventory_of([plot(n, square(n)) for n in range(4)])


@pytest.fixture
def sets(row_of_four: Inventory) -> gpd.GeoDataFrame:
    """Three sets: two that overlap, and one of a project with a plot that is not on the page."""
    members = (["T0", "T1"], ["T1", "T2"], ["T3", "Z9"])
    shapes = [shapely.union_all([square(int(each[1])) for each in ids]) for ids in members]
    columns = {
        "parcel_ids": [";".join(ids) for ids in members],
        "area_mu": [30.0, 30.0, 15.0],
        "compactness": [0.698, 0.698, None],
        "project_name": [None, None, "<b>锂电</b>"],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=row_of_four.crs)


def test_what_combine_writes_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("sets.gpkg", "sets.geojson"):
        layer, page = tmp_path / name, tmp_path / "page.html"
        assert main(["combine", "--area", "165..175", "-o", str(layer), "--lang", "en"]) == 0
        capsys.readouterr()
        words = ["map", "-o", str(page), "--assemblies", str(layer), "--format", "json"]
        assert main(words) == 0
        said = json.loads(capsys.readouterr().out)
        assert said["meta"]["assemblies"] == len(read_assemblies(layer)) > 0
        assert said["findings"] == []


def test_a_list_steps_through_the_sets(
    opened: OpenPage,
    complaints: list[str],
    row_of_four: Inventory,
    sets: gpd.GeoDataFrame,
    tmp_path: Path,
) -> None:
    path = tmp_path / "page.html"
    ParcelMap(row_of_four, assemblies=sets).save(path)
    drawn = "() => document.querySelectorAll('.leaflet-marks-pane path').length"
    with opened(path) as page:
        rows = page.locator(".assemblies .set")
        assert rows.count() == 3
        assert "30.00 亩" in rows.nth(0).inner_text()
        assert "紧凑度 0.698" in rows.nth(0).inner_text()
        assert "<b>锂电</b>" in rows.nth(2).inner_text()
        assert "另有 1 宗不在本页" in rows.nth(2).inner_text()
        assert page.evaluate(drawn) == 3
        rows.nth(1).click()
        assert page.evaluate("enping.selection().ids") == ["T1", "T2"]
        assert page.locator(".verdict").count() == 1
        assert rows.nth(1).get_attribute("aria-pressed") == "true"
        page.locator(".assemblies .step").first.click()
        assert page.evaluate("enping.selection().ids") == ["T0", "T1"]
        assert page.locator(".assemblies .step").first.is_disabled()
        # Three outlines, two more for the set that is shown, and those of its plots.
        assert page.evaluate(drawn) >= 5
        page.evaluate("enping.speak('en')")
        assert "compactness 0.698" in page.locator(".assemblies .set").nth(0).inner_text()
        page.locator(".assemblies .step").last.click()
        assert page.evaluate("enping.selection().ids") == ["T1", "T2"]
        assert complaints == []


def test_the_public_sees_no_sets(row_of_four: Inventory, sets: gpd.GeoDataFrame) -> None:
    assert "assemblies" not in ParcelMap(row_of_four, assemblies=sets, public=True)._shown
    public = ParcelMap(row_of_four, assemblies=sets, public=True).get_root()
    assert "assemblies" not in public._data.head
    assert "AssemblyLayer(" not in public.render()


def test_strangers_are_named_and_other_files_refused(
    tmp_path: Path, sets: gpd.GeoDataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    layer = tmp_path / "sets.gpkg"
    sets.to_file(layer)
    page = tmp_path / "page.html"
    assert main(["map", "-o", str(page), "--assemblies", str(layer), "--format", "json"]) == 0
    (note,) = json.loads(capsys.readouterr().out)["findings"]
    assert note["rule"] == "assemblies_elsewhere"
    other = tmp_path / "other.gpkg"
    sets.drop(columns="parcel_ids").to_file(other)
    with pytest.raises(SchemaError, match=r"other\.gpkg"):
        read_assemblies(other)
    with pytest.raises(SourceError, match=r"absent\.gpkg"):
        read_assemblies(tmp_path / "absent.gpkg")
    text = tmp_path / "sets.txt"
    text.write_text("parcel_ids\n")
    with pytest.raises(SourceError):
        read_assemblies(text)
    with pytest.raises(SchemaError):
        assembly_rows(sets.drop(columns="parcel_ids"), {})
    assert assembly_rows(sets.iloc[:0], {}) == []
