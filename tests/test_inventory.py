"""From an office's own files to an inventory: the right place, statuses, nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from enping_gis.crs import CGCS2000, geographic_of, transformed
from enping_gis.errors import CRSError, ParcelError, SchemaError
from enping_gis.inventory import Inventory
from enping_gis.measure.areas import area
from enping_gis.measure.standing import status_on
from enping_gis.measure.totals import totals
from enping_gis.schema import tables
from enping_gis.store.chain import chained
from enping_gis.store.layout import view_name
from tests.plots import geojson, layer, shapefile, square

if TYPE_CHECKING:
    from pathlib import Path

TOWNS = ["大槐镇", "君堂", "甲镇", "乙镇", "沙湖镇"]
STATUSES = ["整治中", "已盘活", None, "待整治", "谁知道"]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Shapefile of an office: GBK, EPSG:4525, Chinese names, folder with spaces."""
    tmp_path = tmp_path_factory.mktemp("office")
    frame = layer(5, 地块编号=list("abcde"), 镇街=TOWNS, 状态=STATUSES, 亩=[15.0] * 5)
    path = tmp_path / "我的 文件 夹" / "低效 用地.shp"
    return shapefile(path, frame.to_crs(4525), cpg="GBK")


@pytest.fixture(scope="module")
def filled_file(tmp_path_factory: pytest.TempPathFactory, office: Path) -> Path:
    path = tmp_path_factory.mktemp("filled") / "台账.gpkg"
    import_into(Inventory.create(path), office)
    return path


@pytest.fixture
def filled(tmp_path: Path, filled_file: Path) -> Inventory:
    copy = tmp_path / filled_file.name
    copy.write_bytes(filled_file.read_bytes())
    return Inventory.open(copy)


def import_into(
    inventory: Inventory, source: Path, *, into: str = "parcels", day: str | None = None
) -> tuple[Inventory, dict[str, int]]:
    """Import and save as the command does; return what is stored, and the changes."""
    now = status_on(inventory)["status"]
    after, done = inventory.with_import(source, into=into, status_now=now, day=day)
    path = inventory.meta.source_path
    assert path is not None
    after.save(path)
    counts = {f"{table} {change}": rows for table, change, rows in
              done.changes.itertuples(index=False)}  # fmt: skip
    return replace(Inventory.open(path), findings=after.findings), counts


@pytest.mark.parametrize("cpg", ["GBK", None, "UTF-8"])
def test_an_offices_shapefile_comes_to_the_right_place(tmp_path: Path, cpg: str | None) -> None:
    frame = layer(5, 地块编号=list("abcde"), 镇街=TOWNS, 状态=STATUSES)
    source = shapefile(tmp_path / "a b" / "地块.shp", frame.to_crs(4525), cpg=cpg)
    assert "EPSG" not in source.with_suffix(".prj").read_text()  # as ESRI writes it
    inventory, counts = import_into(Inventory.create(tmp_path / "i.gpkg"), source)
    assert inventory.crs.to_epsg() == 4546
    far_m = shapely.hausdorff_distance(inventory.parcels.geometry.to_numpy(), frame.geometry)
    assert far_m.max() < 1e-3
    assert counts == {
        "parcels added": 5, "parcels updated": 0, "parcels unchanged": 0,
        "parcels kept_aside": 0, "events added": 3,
    }  # fmt: skip
    assert status_on(inventory)["status"].tolist() == [
        "remediating", "revitalised", "unknown", "surveyed", "unknown",
    ]  # fmt: skip
    named = {(f.rule, f.parcel, f.value) for f in inventory.findings if f.rule == "place_unknown"}
    assert named == {("place_unknown", "c", "甲镇"), ("place_unknown", "d", "乙镇")}
    rows = totals(inventory, "town").rows
    assert rows[["key", "label", "parcels"]].to_numpy().tolist()[-1] == ["unknown", "未载明", 2]


def test_importing_again_changes_nothing(filled: Inventory, office: Path) -> None:
    again, counts = import_into(filled, office)
    assert counts == {
        "parcels added": 0, "parcels updated": 0, "parcels unchanged": 5,
        "parcels kept_aside": 0, "events added": 0,
    }  # fmt: skip
    pd.testing.assert_frame_equal(again.events, filled.events)
    assert again.parcels["parcel_id"].tolist() == list("abcde")


def test_a_changed_status_is_one_new_event(filled: Inventory, tmp_path: Path) -> None:
    frame = layer(5, 地块编号=list("abcde"), 状态=["已盘活", "已盘活", None, "待整治", "谁知道"])
    source = shapefile(tmp_path / "later.shp", frame)
    after, counts = import_into(filled, source, day="2023-04-01")
    assert (counts["parcels updated"], counts["events added"]) == (1, 1)
    new = after.events.iloc[-1]
    assert (new["parcel_id"], new["status"], new["date"]) == ("a", "revitalised", "2023-04-01")
    pd.testing.assert_series_equal(chained(after.events)["hash"], after.events["hash"])


def test_columns_that_a_later_file_lacks_stay(filled: Inventory, tmp_path: Path) -> None:
    moved = layer(1, 地块编号=["a"], 权利人=["某公司"]).translate(0, 7)
    frame = layer(1, 地块编号=["a"], 权利人=["某公司"]).set_geometry(moved)
    after, counts = import_into(filled, shapefile(tmp_path / "moved.shp", frame))
    assert (counts["parcels updated"], counts["events added"]) == (1, 0)
    plot = after.parcels.set_index("parcel_id").loc["a"]
    assert (plot["town"], plot["stated_mu"], plot["镇街"]) == ("440785108", 15.0, "大槐镇")
    assert plot["status_stated"] == "整治中"
    assert plot["holder"] == "某公司"
    assert len(after.parcels) == 5


def test_own_shapes_of_demonstration_plots_are_no_sketch(tmp_path: Path) -> None:
    demo = Inventory.create(tmp_path / "d.gpkg", demo=True)
    one = demo.parcels.iloc[[-1]]
    assert one[["schematic", "geometry_basis"]].to_numpy().tolist() == [[True, "synthetic"]]
    source = geojson(tmp_path / "own.geojson", [square()], [{"id": one["parcel_id"].iloc[0]}],
                     crs="EPSG:4546")  # fmt: skip
    after, _ = import_into(demo, source)
    plot = after.parcels.iloc[-1]
    assert not plot["schematic"]
    assert plot["geometry_basis"] is None
    assert plot["town_basis"] == one["town_basis"].iloc[0]
    assert int(after.synthetic.sum()) == int(demo.synthetic.sum()) - 1


def test_files_without_ids_do_not_overwrite_each_other(filled: Inventory, tmp_path: Path) -> None:
    for name in ("east", "west"):
        source = geojson(tmp_path / f"{name}.geojson", [square(20)], [{"n": 1}], crs="EPSG:4546")
        filled, counts = import_into(filled, source)
        assert counts["parcels added"] == 1
    assert filled.parcels["parcel_id"].tolist()[-2:] == ["east-1", "west-1"]


def test_the_offices_places_replace_the_sketches_of_the_same_code(
    filled: Inventory, tmp_path: Path
) -> None:
    rows = [{"XZQDM": "440785108", "XZQMC": "大槐镇"}, {"XZQDM": "440785199", "XZQMC": "甲镇"}]
    source = geojson(tmp_path / "乡镇界.geojson", [square(0, side_m=9000), square(2, side_m=9000)],
                     rows, crs="EPSG:4546")  # fmt: skip
    before = filled.places.set_index("place")
    after, counts = import_into(filled, source, into="places")
    assert counts == {
        "places added": 1, "places updated": 1, "places unchanged": 0, "places kept_aside": 0,
    }  # fmt: skip
    places = after.places.set_index("place")
    assert places.loc["440785108"].geometry.equals(shapely.MultiPolygon([square(0, side_m=9000)]))
    assert not places.loc["440785108", "schematic"]
    assert places.loc["440785108", "source"] == "乡镇界.geojson"
    assert places.loc["440785199", "kind"] == "town"
    # the others stay as they were, said to be sketches: plots refer to them
    rest = before.index.difference(["440785108"])
    assert places.loc[rest, "schematic"].all()
    found = [f for f in after.findings if f.rule == "places_schematic"]
    assert len(found) == 1
    assert "君堂镇" in found[0].value
    path = after.meta.source_path
    names = [name for name, _ in pyogrio.list_layers(path)]
    assert view_name("440785199") in names
    assert len([name for name in names if name.startswith("parcels_")]) == 13
    _, counts = import_into(after, source, into="places")
    assert counts["places unchanged"] == 2


def test_a_town_that_came_later_is_found_by_the_next_import(
    filled: Inventory, office: Path, tmp_path: Path
) -> None:
    source = geojson(tmp_path / "p.geojson", [square(0, side_m=9000)],
                     [{"XZQDM": "440785199", "XZQMC": "甲镇"}], crs="EPSG:4546")  # fmt: skip
    with_place, _ = import_into(filled, source, into="places")
    after, counts = import_into(with_place, office)
    assert counts["parcels updated"] == 1
    assert after.of("甲镇").parcels["parcel_id"].tolist() == ["c"]


def test_only_tables_of_the_layer_model_take_files(filled: Inventory, office: Path) -> None:
    with pytest.raises(SchemaError, match="parcels, projects"):
        filled.with_import(office, into="plots")


def test_an_import_far_away_is_said_to_be(filled: Inventory, tmp_path: Path) -> None:
    far = shapely.box(113.2, 23.1, 113.21, 23.11)
    after, _ = filled.with_import(geojson(tmp_path / "far.geojson", [far]))
    assert "outside_county" in {finding.rule for finding in after.findings}


def test_the_part_of_a_town_and_of_the_park() -> None:
    demo = Inventory.demo()
    town, park = demo.of("大槐"), demo.of("恩平工业园区")
    assert set(town.parcels["town"]) == {"440785108"}
    assert set(park.parcels["responsible"]) == {"440785400"}
    assert len(park.parcels) == 43
    for part in (town, park):
        ids = set(part.parcels["parcel_id"])
        assert 0 < len(ids) < 119
        assert set(part.events["parcel_id"]) <= ids
        assert set(part.agreements["parcel_id"]) <= ids
        assert part.events.index.tolist() == list(range(len(part.events)))
        assert len(part.places) == 12
    sizes = [len(demo.of(code).parcels) for code in demo.places["place"] if code != "440785400"]
    assert sum(sizes) == demo.parcels["town"].notna().sum()
    with pytest.raises(ParcelError):
        demo.of("没有")


def test_a_day_is_looked_at() -> None:
    demo = Inventory.demo()
    early = demo.on("2022-12-31")
    assert early.as_of == date(2022, 12, 31)
    assert early.events["date"].max() <= "2022-12-31"
    assert len(early.events) < len(demo.events)
    assert len(demo.on(date(2023, 3, 30)).events) == len(demo.events)
    assert demo.on(datetime(2023, 3, 30, 12)).as_of == date(2023, 3, 30)  # noqa: DTZ001 - a day
    with pytest.raises(SchemaError, match="2023-03-30"):
        demo.on("spring")


def test_plots_stand_from_and_until_a_day() -> None:
    demo = Inventory.demo()
    rows = demo.tables["parcels"].copy()
    rows.loc[0, "valid_to"] = "2023-01-01"
    rows.loc[1, "valid_from"] = "2023-01-01"
    changed = replace(demo, tables=demo.tables | {"parcels": rows})
    assert len(changed.parcels) == 118
    assert len(changed.on("2022-12-31").parcels) == 118
    assert rows["parcel_id"][0] in set(changed.on("2022-12-31").parcels["parcel_id"])
    assert rows["parcel_id"][1] in set(changed.on("2023-01-01").parcels["parcel_id"])


def test_an_inventory_without_a_day_is_of_today(filled: Inventory) -> None:
    assert filled.meta.as_of is None
    assert filled.as_of >= date(2023, 3, 30)
    assert set(status_on(filled)["status"]) > {"unknown"}
    assert set(status_on(filled.on("2022-01-01"))["status"]) == {"unknown"}
    path = filled.meta.source_path
    assert path is not None
    assert Inventory.open(path, as_of="2022-01-01").as_of == date(2022, 1, 1)
    assert Inventory.open(path).meta.as_of is None


def test_events_without_a_plot_or_a_day_are_named(tmp_path: Path) -> None:
    path = tmp_path / "d.gpkg"
    demo = Inventory.create(path, demo=True)
    rows = demo.events.copy()
    rows.loc[1, "parcel_id"] = "gone"
    rows.loc[2, "date"] = "2022-02-30"
    path = tmp_path / "other.gpkg"
    replace(demo, tables=demo.tables | {"events": rows}).save(path)
    found = {(f.rule, f.parcel, f.value) for f in Inventory.open(path).findings}
    assert found == {
        ("event_orphan", "gone", ""),
        ("event_date", rows["parcel_id"][2], "2022-02-30"),
    }


def test_another_working_system_gives_the_same_areas(tmp_path: Path) -> None:
    demo = Inventory.demo()
    moved = demo.to_crs("EPSG:4525")
    assert (moved.crs.to_epsg(), moved.parcels.crs.to_epsg()) == (4525, 4525)
    assert (area(demo.parcels) - area(moved.parcels)).abs().max() < 1e-3
    Inventory.create(tmp_path / "d.gpkg", demo=True)
    assert Inventory.open(tmp_path / "d.gpkg", crs="EPSG:4525").places.crs.to_epsg() == 4525
    for wording in ("EPSG:4490", "EPSG:3857", "nonsense", "EPSG:2383"):
        with pytest.raises(CRSError):
            demo.to_crs(wording)


def test_invariants_are_checked() -> None:
    demo = Inventory.demo()
    twice = gpd.GeoDataFrame(pd.concat([demo.parcels, demo.parcels.iloc[:1]]), crs=4546)
    for parcels in (twice, demo.parcels.to_crs(4525), pd.DataFrame(demo.parcels)):
        with pytest.raises(SchemaError):
            replace(demo, tables=demo.tables | {"parcels": parcels})
    with pytest.raises(AttributeError):
        _ = demo.nonsense


def test_every_table_is_an_attribute(filled: Inventory) -> None:
    for name, table in tables().items():
        assert getattr(filled, name).columns[: len(table.names)].tolist() == table.names


def test_names_of_places() -> None:
    demo = Inventory.demo()
    assert demo.place_name("440785108") == "大槐镇"
    assert demo.place_name("440785108", "en") == "Dahuai Town"
    assert demo.place_name(None) == "未载明"
    renamed = demo.places.replace({"大槐镇": "新大槐镇"})
    other = replace(demo, tables=demo.tables | {"places": renamed})
    assert other.place_name("440785108", "en") == "新大槐镇"


@pytest.mark.parametrize(("epsg", "working"), [(None, 26986), (4326, 32619)])
def test_real_parcels(shared_data: Path, tmp_path: Path, epsg: int | None, working: int) -> None:
    """13,159 plots of Cambridge, MA: all are there, and their areas those of an own formula."""
    path = shared_data / "cambridge_fy2013.gpkg"
    if epsg is not None:
        copy = pyogrio.read_dataframe(path).to_crs(epsg)
        path = tmp_path / "degrees.gpkg"
        copy.to_file(path)
    inventory = Inventory.open(path)
    assert inventory.crs.to_epsg() == working
    assert inventory.places.empty
    aside = [f for f in inventory.findings if f.rule.startswith("geometry_") and
             f.severity == "error"]  # fmt: skip
    assert len(inventory.parcels) + len(aside) == 13_159
    assert [f.severity for f in inventory.findings if f.rule == "outside_county"] == ["warning"]
    degrees = geographic_of(inventory.crs)
    flat = transformed(inventory.parcels.geometry, inventory.crs, degrees)
    equal_area = "+proj=cea +ellps=GRS80 +units=m"
    as_they_stand = gpd.GeoSeries(flat, crs=degrees)
    oracle = as_they_stand.set_crs(CGCS2000, allow_override=True).to_crs(equal_area).area
    measured = area(inventory.parcels)
    assert abs(measured.to_numpy() - oracle.to_numpy()).max() < 1e-3
    assert totals(inventory).total["parcels"] == len(inventory.parcels)
