"""An inventory as a file: complete, open to other programs, and honest about damage."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import fiona
import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from enping_gis.errors import OutputError, SourceError
from enping_gis.inventory import Inventory
from enping_gis.measure.standing import status_on
from enping_gis.schema import conformed, tables
from enping_gis.store.geopackage import is_inventory, read_meta
from enping_gis.store.layout import view_name
from tests.plots import layer

if TYPE_CHECKING:
    from pathlib import Path

DRIVERS = ["GPKG"]


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("演示 台账") / "台账.gpkg"
    Inventory.create(path, demo=True)
    return path


def query(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_the_file_is_whole(demo_file: Path) -> None:
    assert query(demo_file, "PRAGMA integrity_check") == [("ok",)]
    assert query(demo_file, "PRAGMA journal_mode") == [("delete",)]
    assert [each.name for each in demo_file.parent.iterdir()] == ["台账.gpkg"]
    assert is_inventory(demo_file)


def test_every_table_and_a_view_for_each_place_is_registered(demo_file: Path) -> None:
    listed = dict(query(demo_file, "SELECT table_name, data_type FROM gpkg_contents"))
    places = Inventory.open(demo_file).places["place"]
    kinds = {name: "features" if table.geometry else "attributes" for name, table in
             tables().items()} | {"standing": "attributes"}  # fmt: skip
    assert listed == kinds | {view_name(place): "features" for place in places}
    assert len(places) == 12
    wrong = query(demo_file, "SELECT table_name FROM gpkg_contents GROUP BY identifier"
                             " HAVING count(*) > 1")  # fmt: skip
    assert not wrong


@pytest.mark.parametrize("reader", ["fiona", "pyogrio"])
def test_other_programs_open_every_layer(demo_file: Path, reader: str) -> None:
    inventory = Inventory.open(demo_file)
    views = {view_name(place): place for place in inventory.places["place"]}
    if reader == "fiona":
        names = fiona.listlayers(demo_file)
    else:
        names = [name for name, _ in pyogrio.list_layers(demo_file)]
    assert set(names) == set(tables()) | set(views) | {"standing"}
    for name in names:
        if reader == "fiona":
            with fiona.open(demo_file, layer=name, enabled_drivers=DRIVERS) as collection:
                rows = [dict(each["properties"]) for each in collection]
        else:
            rows = pyogrio.read_dataframe(demo_file, layer=name).to_dict("records")
        if name in views:
            mine = inventory.of(views[name]).parcels["parcel_id"]
            assert sorted(row["parcel_id"] for row in rows) == sorted(mine)
            now = status_on(inventory)["status"]
            assert {row["parcel_id"]: row["status"] for row in rows} == now[mine].to_dict()
        elif name == "standing":
            assert len(rows) == len(inventory.parcels)
        else:
            assert len(rows) == len(inventory.tables[name])


def test_the_views_of_the_towns_hold_each_plot_once(demo_file: Path) -> None:
    inventory = Inventory.open(demo_file)
    towns = inventory.places.loc[inventory.places["kind"] != "park", "place"]
    ids = pd.concat(
        pyogrio.read_dataframe(demo_file, layer=view_name(town))["parcel_id"] for town in towns
    )
    assert ids.is_unique
    assert set(ids) == set(inventory.parcels.loc[inventory.parcels["town"].notna(), "parcel_id"])


def test_what_the_file_says_of_itself(demo_file: Path) -> None:
    meta = read_meta(demo_file)
    assert meta["crs"] == "EPSG:4546"
    assert meta["as_of"] == "2023-03-30"
    assert meta["area_method"] == "ellipsoidal"
    assert meta["is_demo"] == "1"
    assert meta["county_extent"].startswith("[11")
    assert len(meta["origin"]) == 12


def test_reading_gives_back_what_was_written(demo_file: Path) -> None:
    demo, stored = Inventory.demo(), Inventory.open(demo_file)
    for name in tables():
        left, right = stored.tables[name], demo.tables[name]
        if isinstance(left, gpd.GeoDataFrame):
            assert left.geometry.geom_equals_exact(right.geometry, 1e-6).all()
            left, right = left.drop(columns="geometry"), right.drop(columns="geometry")
        pd.testing.assert_frame_equal(pd.DataFrame(left), pd.DataFrame(right), check_dtype=False)


def test_cells_of_several_types_are_stored_as_text(tmp_path: Path) -> None:
    inventory = Inventory.create(tmp_path / "a.gpkg")
    rows = layer(3, parcel_id=["a", "b", "c"])
    rows["own"] = pd.Series([1, "x", None], dtype=object)
    rows['q"uote'] = pd.Series([True, None, 2.5], dtype=object)
    inventory.tables["parcels"] = conformed(rows, "parcels")
    inventory.save(tmp_path / "a.gpkg")
    stored = Inventory.open(tmp_path / "a.gpkg").parcels
    assert stored["own"].fillna("-").tolist() == ["1", "x", "-"]
    assert stored['q"uote'].fillna("-").tolist() == ["True", "-", "2.5"]


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.8, 0.99])
def test_a_file_cut_off_is_refused(demo_file: Path, tmp_path: Path, share: float) -> None:
    content = demo_file.read_bytes()
    cut = tmp_path / "cut.gpkg"
    cut.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(SourceError) as caught:
        Inventory.open(cut)
    assert "\n" not in str(caught.value)


def test_a_register_that_is_behind_is_not_believed(tmp_path: Path, demo_file: Path) -> None:
    """Two writers can leave it so, and GDAL then reads no further than it says."""
    path = tmp_path / "a.gpkg"
    path.write_bytes(demo_file.read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "UPDATE gpkg_ogr_contents SET feature_count = 118 WHERE table_name = 'parcels'"
        )
    with pytest.raises(SourceError) as caught:
        Inventory.open(path)
    assert caught.value.code == "error.inventory_rows"


@pytest.mark.parametrize("table", ["parcels", "places"])
def test_a_layer_that_is_gone_is_named(tmp_path: Path, demo_file: Path, table: str) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(demo_file.read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"DELETE FROM gpkg_contents WHERE table_name = '{table}'")  # noqa: S608
        connection.execute(f"DELETE FROM gpkg_geometry_columns WHERE table_name = '{table}'")  # noqa: S608
    with pytest.raises(SourceError, match=table):
        Inventory.open(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("crs", None), ("crs", "nonsense"), ("as_of", "spring"), ("area_method", "guess"),
     ("county_extent", "[1"), ("county_extent", "[1, 2]")],
)  # fmt: skip
def test_meta_that_cannot_be_read(
    tmp_path: Path, demo_file: Path, key: str, value: str | None
) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(demo_file.read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        if value is None:
            connection.execute("DELETE FROM enping_inventory WHERE key = ?", (key,))
        else:
            connection.execute("UPDATE enping_inventory SET value = ? WHERE key = ?", (value, key))
    with pytest.raises(ValueError, match=r"a\.gpkg|nonsense"):
        Inventory.open(path)


def test_a_file_in_use_is_not_replaced(tmp_path: Path, demo_file: Path) -> None:
    """QGIS keeps a log beside the file; replacing the file under it would spoil both."""
    path = tmp_path / "a.gpkg"
    path.write_bytes(demo_file.read_bytes())
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM parcels").fetchone()
        inventory = Inventory.open(path)
        before = path.read_bytes()
        with pytest.raises(OutputError) as caught:
            inventory.save(path)
        assert caught.value.code == "error.inventory_busy"
        assert path.read_bytes() == before
    inventory.save(path)
    assert len(Inventory.open(path).parcels) == 119


def test_edits_in_the_log_of_another_program_are_kept(tmp_path: Path, demo_file: Path) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(demo_file.read_bytes())
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("UPDATE enping_inventory SET value = 'edited' WHERE key = 'name'")
        other.commit()
        assert Inventory.open(path).meta.name == "edited"


def test_only_a_new_gpkg_is_made(tmp_path: Path, demo_file: Path) -> None:
    for path, code in (
        (tmp_path / "a.sqlite", "error.not_gpkg"),
        (demo_file, "error.exists"),
        (demo_file / "a.gpkg", "error.output"),
    ):
        with pytest.raises(OutputError) as caught:
            Inventory.create(path)
        assert caught.value.code == code
