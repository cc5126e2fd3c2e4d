"""The command that cuts plots along lines: split."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from enping_gis._resources import data_folder
from enping_gis.inventory import Inventory
from enping_gis.measure.areas import area
from tests.plots import EAST_M, NORTH_M, geojson, shapefile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = ["parcel_id", "name", "part", "key", "label", "area_m2", "area_ha", "area_mu", "share"]


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(EAST_M + west, NORTH_M + south, EAST_M + east, NORTH_M + north)


@pytest.fixture
def plots(tmp_path: Path) -> Path:
    """Return a file of plots: one across the line, one inside, one half outside."""
    shapes = [box(0, 0, 100, 100), box(60, 100, 90, 150), box(450, 0, 550, 100)]
    rows = [{"id": name, "name": f"N{name}"} for name in "abc"]
    return geojson(tmp_path / "plots.geojson", shapes, rows, crs="EPSG:4546")


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    """Return a file of two towns as an office has it, codes and names in Chinese."""
    frame = gpd.GeoDataFrame(
        {"XZQDM": ["440785108000", "440785105000"], "XZQMC": ["大槐镇", "君堂镇"]},
        geometry=[box(-500, -500, 30, 500), box(30, -500, 500, 500)],
        crs=4546,
    )
    return shapefile(tmp_path / "镇界" / "乡镇界.shp", frame.to_crs(4525))


def test_parts_of_a_file(run: Callable[..., Any], plots: Path, towns: Path) -> None:
    said = run("split", plots, "--by", towns, "--format", "json")
    assert said.code == 0
    document = said.json()
    meta, rows = document["meta"], document["rows"]
    assert [list(row) for row in rows] == [ROWS] * 5
    assert [(row["parcel_id"], row["part"], row["key"], row["label"]) for row in rows] == [
        ("a", 1, "440785105", "君堂镇"), ("a", 2, "440785108", "大槐镇"),
        ("b", 1, "440785105", "君堂镇"),
        ("c", 1, "440785105", "君堂镇"), ("c", 2, None, "界外"),
    ]  # fmt: skip
    assert [row["share"] for row in rows] == [0.7, 0.3, 1, 0.5, 0.5]
    own_m2 = area(Inventory.open(plots).parcels)
    first = [Decimal(str(row["area_m2"])) for row in rows[:2]]
    assert sum(first) == round(Decimal(own_m2[0]), 2)
    assert (meta["command"], meta["method"], meta["synthetic"]) == ("split", "ellipsoidal", 0)
    assert meta["crs"].startswith("EPSG:4546")
    assert (meta["by"], meta["parts"], meta["cut"], meta["schematic"]) == (str(towns), 5, 2, False)
    assert meta["total"]["parcels"] == 3
    assert [(row["key"], row["parcels"]) for row in meta["groups"]] == [
        ("440785108", 1), ("440785105", 3), ("unknown", 1),
    ]  # fmt: skip
    for unit in ("m2", "ha", "mu"):
        column = [Decimal(str(row[f"area_{unit}"])) for row in meta["groups"]]
        assert sum(column) == Decimal(str(meta["total"][f"area_{unit}"]))
    assert [each["rule"] for each in document["findings"]] == ["split_nowhere"]


def test_the_table_has_what_is_cut_and_the_totals(
    run: Callable[..., Any], plots: Path, towns: Path
) -> None:
    said = run("split", plots, "--by", towns, "--lang", "en")
    parts, totals = said.out.split("\n\n")
    assert [line.split()[0] for line in parts.splitlines()[2:]] == ["a", "a", "c", "c"]
    assert "In none" in parts
    assert totals.splitlines()[-1].split()[:2] == ["Total", "3"]
    assert "lie in none of the areas" in said.err
    assert "schematic" not in said.err


def test_all_parts_as_csv(run: Callable[..., Any], plots: Path, towns: Path) -> None:
    said = run("split", plots, "--by", towns, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert list(rows[0]) == ROWS
    assert [row["parcel_id"] for row in rows] == ["a", "a", "b", "c", "c"]


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_the_demonstration_says_what_it_is(run: Callable[..., Any], form: str) -> None:
    said = run("split", "--format", form, "--lang", "en")
    assert said.code == 0
    assert "schematic" in said.err
    if form == "table":
        assert "No plot crosses a line" in said.err
        assert said.out.splitlines()[-1].split() == [
            "Total", "119", "5,737,226.67", "573.7227", "8,605.84",
        ]  # fmt: skip
    if form == "json":
        document = said.json()
        assert document["meta"]["schematic"] is True
        assert document["meta"]["by"] == "places"
        assert document["meta"]["synthetic"] == 110
        assert len(document["rows"]) == 119
        assert "440785400" not in {row["key"] for row in document["rows"]}
        totals = run("totals", "--format", "json").json()["meta"]["total"]
        assert document["meta"]["total"] == totals


def test_towns_of_a_sketch_are_said_to_be_one(run: Callable[..., Any]) -> None:
    by = data_folder("boundaries") / "places.geojson"
    document = run("split", "--by", by, "--format", "json").json()
    assert document["meta"]["schematic"] is True
    assert "split_schematic" in {each["rule"] for each in document["findings"]}
    assert len(document["meta"]["groups"]) == 11


@pytest.mark.parametrize(
    "name", ["块.gpkg", "块.shp", "块.geojson", "块.txt", "块.kml", "块.dxf", "块.csv", "块.xlsx",
             "块.parquet", "块.fgb", "块.gdb"],
)  # fmt: skip
def test_parts_are_written(
    run: Callable[..., Any], plots: Path, towns: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    said = run("split", plots, "--by", towns, "-o", out)
    assert said.code == 0
    assert said.out.splitlines()[-1] == str(out)
    assert out.exists()
    document = run("split", plots, "--by", towns, "-o", out, "--format", "json").json()
    assert document["meta"]["path"] == str(out)
    if name.endswith((".gpkg", ".geojson", ".parquet")):
        reader = gpd.read_parquet if name.endswith("parquet") else gpd.read_file
        stored = reader(out)
        assert stored["parcel_id"].tolist() == ["a", "a", "b", "c", "c"]
        assert stored["part"].tolist() == [1, 2, 1, 1, 2]
        assert stored["area_m2"].tolist() == [row["area_m2"] for row in document["rows"]]
        assert set(stored["key_schematic"]) == {False}
        assert set(stored) >= {"source", "schematic", "geometry_basis", "label", "planar_m2"}


def test_what_is_synthetic_stays_so_in_the_file(run: Callable[..., Any], tmp_path: Path) -> None:
    run("split", "-o", tmp_path / "demo.gpkg")
    stored = gpd.read_file(tmp_path / "demo.gpkg")
    assert (stored["geometry_basis"] == "synthetic").sum() >= 110
    assert stored["schematic"].all()
    assert stored["key_schematic"].all()


def test_any_polygons_by_their_names(run: Callable[..., Any], plots: Path, tmp_path: Path) -> None:
    shapes = [box(-9, -9, 50, 500), box(50, -9, 999, 500)]
    rows = [{"片": "甲", "name": "west unit"}, {"片": "乙", "name": "east unit"}]
    by = geojson(tmp_path / "units.geojson", shapes, rows, crs="EPSG:4546")
    document = run("split", plots, "--by", by, "--format", "json").json()
    assert [row["label"] for row in document["rows"][:2]] == ["east unit", "west unit"]
    document = run("split", plots, "--by", by, "--key", "片", "--format", "json").json()
    assert [row["key"] for row in document["rows"]][2:] == ["乙", "乙"]
    assert document["meta"]["cut"] == 1


def test_a_layer_of_the_lines_is_named(
    run: Callable[..., Any], plots: Path, tmp_path: Path
) -> None:
    for name, west in (("old", 20), ("new", 40)):
        frame = gpd.GeoDataFrame(
            {"name": ["w", "e"]},
            geometry=[box(-9, -9, west, 500), box(west, -9, 999, 500)],
            crs=4546,
        )
        frame.to_file(tmp_path / "lines.gpkg", layer=name)
    said = run("split", plots, "--by", tmp_path / "lines.gpkg", "--by-layer", "new",
               "--format", "json")  # fmt: skip
    assert [row["share"] for row in said.json()["rows"][:2]] == [0.6, 0.4]
    assert run("split", plots, "--by", tmp_path / "lines.gpkg").code == 2


def test_the_places_of_an_inventory(run: Callable[..., Any], plots: Path, tmp_path: Path) -> None:
    Inventory.create(tmp_path / "i.gpkg")
    document = run("split", plots, "--by", tmp_path / "i.gpkg", "--format", "json").json()
    assert {row["key"] for row in document["rows"]} <= {
        each for each in Inventory.demo().places["place"] if each != "440785400"
    }
    assert document["meta"]["schematic"] is True


def test_seams_slivers_and_repairs_are_told(run: Callable[..., Any], tmp_path: Path) -> None:
    by = geojson(
        tmp_path / "by.geojson", [box(-9, -9, 30, 500), box(29.99, -9, 999, 500)],
        [{"name": "w"}, {"name": "e"}], crs="EPSG:4546",
    )  # fmt: skip
    bow_tie = shapely.Polygon([(EAST_M + x, NORTH_M + y) for x, y in
                               ((0, 200), (60, 300), (60, 200), (0, 300))])  # fmt: skip
    shapes = [box(0, 0, 100, 100), box(29.96, 0, 100, 100), bow_tie]
    source = geojson(tmp_path / "p.geojson", shapes, [{"id": each} for each in "abc"],
                     crs="EPSG:4546")  # fmt: skip
    document = run("split", source, "--by", by, "--sliver", "0.05", "--format", "json").json()
    told = {each["rule"]: each for each in document["findings"]}
    assert {"split_contested", "split_moved", "split_repaired"} <= set(told)
    assert told["split_moved"]["value"] == "4.00"
    assert told["split_repaired"]["parcel"] == "c"
    assert [row["parcel_id"] for row in document["rows"]] == ["a", "a", "b", "c", "c"]
    assert document["meta"]["sliver_m"] == 0.05


def test_a_file_without_plots(run: Callable[..., Any], tmp_path: Path, towns: Path) -> None:
    path = geojson(tmp_path / "none.geojson", [], crs="EPSG:4546")
    for form in ("json", "table", "csv"):
        said = run("split", path, "--by", towns, "--format", form)
        assert said.code == 0
    document = run("split", path, "--by", towns, "--format", "json").json()
    assert (document["rows"], document["meta"]["total"]["parcels"]) == ([], 0)
