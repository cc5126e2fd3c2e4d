"""An existing file is changed in place: what differs, no more, and only if it stands as opened."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from enping_gis.errors import OutputError, SourceError
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.recording import record
from enping_gis.lifecycle.verifying import verified
from enping_gis.measure.standing import status_on
from enping_gis.schema import conformed, tables
from enping_gis.store import database
from enping_gis.store.differences import difference
from enping_gis.store.geopackage import read_stored
from enping_gis.store.layout import STANDING, view_name
from tests.plots import square
from tests.store.small import DAY, PLOTS, small_inventory

if TYPE_CHECKING:
    from enping_gis.store.place import Place
    from tests.store.engines import Engine


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("原件") / "台账 一.gpkg"
    small_inventory(path)
    return path


@pytest.fixture
def file(tmp_path: Path, original: Path) -> Path:
    return Path(shutil.copy(original, tmp_path / original.name))


def with_cells(inventory: Inventory, table: str, row: int, **cells: object) -> Inventory:
    rows = inventory.tables[table].copy()
    for name, cell in cells.items():
        rows.loc[row, name] = cell
    return replace(inventory, tables=inventory.tables | {table: rows})


def query(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def view_of(inventory: Inventory) -> str:
    return view_name(str(inventory.places["place"].iloc[0]))


def without_bookkeeping(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    own = {"enping_inventory", "gpkg_contents"}
    return {name: cells for name, cells in rows.items() if name not in own}


def test_one_cell_is_one_cell(engine: Engine, kept: Place) -> None:
    before = engine.contents(kept)
    with_cells(Inventory.open(kept), "targets", 1, area_mu=1234.5).save(kept)
    after = engine.contents(kept)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"targets", "enping_rows", "enping_inventory", *engine.registers}
    pairs = zip(before["targets"], after["targets"], strict=True)
    different = [(old, new) for old, new in pairs if old != new]
    assert [new[3] for _, new in different] == [1234.5]
    assert dict(after["enping_inventory"])["revision"] == "2"
    assert Inventory.open(kept).targets["area_mu"][1] == 1234.5


def test_saving_what_was_opened_changes_nothing(engine: Engine, kept: Place) -> None:
    before = engine.contents(kept)
    Inventory.open(kept).save(kept)
    assert without_bookkeeping(engine.contents(kept)) == without_bookkeeping(before)


def test_rows_of_every_kind_come_back(kept: Place) -> None:
    inventory = Inventory.open(kept)
    rows = inventory.tables["parcels"].copy()
    rows["own number"] = range(len(rows))
    rows["own flag"] = [True, False, True, False]
    days = [pd.Timestamp("2023-01-01"), None, pd.Timestamp("2023-03-30T12:30:00.250"), None]
    rows["own day"] = pd.Series(days, dtype="datetime64[ms]")
    rows['own "text"'] = ["a", None, "=1+1", "三"]
    rows.loc[0, ["name", "stated_mu"]] = ["新名", 12.34]
    rows.loc[1, "geometry"] = shapely.MultiPolygon([square(), square(5, 5)])
    added = gpd.GeoDataFrame(
        {"parcel_id": ["新1", "新2"], "schematic": [True, False]},
        geometry=[shapely.MultiPolygon([square(9)]), None], crs=4546,
    )  # fmt: skip
    staying = rows[rows["parcel_id"] != PLOTS[3]]
    wanted = conformed(gpd.GeoDataFrame(pd.concat([staying, added], ignore_index=True)), "parcels")
    replace(inventory, tables=inventory.tables | {"parcels": wanted}).save(kept)
    stored = Inventory.open(kept).tables["parcels"]
    assert list(stored["parcel_id"]) == [*PLOTS[:3], "新1", "新2"]
    assert (shapely.to_wkb(stored.geometry.values) == shapely.to_wkb(wanted.geometry.values)).all()
    for name in wanted.columns.drop("geometry"):
        one, other = stored[name].astype(object), wanted[name].astype(object)
        if name == "own flag":  # flags and blanks are cells of several types, so they are texts
            other = other.map(lambda cell: None if pd.isna(cell) else str(cell))
        same = (one == other) | (one.isna() & other.isna())
        assert same.all(), (name, one.tolist(), other.tolist())
    assert stored["own day"][2] == pd.Timestamp("2023-03-30T12:30:00.250")
    assert not verified(kept).findings
    if not isinstance(kept, Path):
        return
    # what GDAL reads by its index, and what it is told of the layer
    box = tuple(stored.geometry[1].geoms[1].bounds)
    near = pyogrio.read_dataframe(kept, layer="parcels", bbox=box)
    assert PLOTS[1] in set(near["parcel_id"])
    info = pyogrio.read_info(kept, layer="parcels", force_total_bounds=True)
    assert info["features"] == 5
    assert info["total_bounds"] == pytest.approx(tuple(stored.total_bounds))
    view = pyogrio.read_info(kept, layer=view_of(inventory))
    assert 'own "text"' in view["fields"]


def test_texts_take_the_place_of_numbers(kept: Place) -> None:
    inventory = Inventory.open(kept)
    rows = inventory.tables["parcels"].assign(own=[1, 2, 3, 4])
    replace(inventory, tables=inventory.tables | {"parcels": rows}).save(kept)
    inventory = Inventory.open(kept)
    mixed = inventory.tables["parcels"].assign(own=[1, "x", None, 4])
    replace(inventory, tables=inventory.tables | {"parcels": mixed}).save(kept)
    assert Inventory.open(kept).parcels["own"].fillna("-").tolist() == ["1", "x", "-", "4"]


def test_another_working_system_is_registered(kept: Place) -> None:
    inventory = Inventory.open(kept)
    inventory.to_crs("EPSG:4525").save(kept)
    moved = Inventory.open(kept)
    assert (moved.crs.to_epsg(), moved.places.crs.to_epsg()) == (4525, 4525)
    back = moved.to_crs("EPSG:4546").parcels.geometry
    assert back.geom_equals_exact(inventory.parcels.geometry, 1e-6).all()
    assert not verified(kept).findings
    if isinstance(kept, Path):
        assert pyogrio.read_info(kept, layer=view_of(inventory))["crs"] == "EPSG:4525"


def untouched(engine: Engine, kept: Place) -> tuple[Any, bytes]:
    """Return what must stay as it is: every row, and of a file every byte."""
    return engine.contents(kept), kept.read_bytes() if isinstance(kept, Path) else b""


def test_a_file_that_moved_on_is_not_written_over(engine: Engine, kept: Place) -> None:
    opened = Inventory.open(kept)
    record(kept, "EP100", "visit", day=DAY)
    before = untouched(engine, kept)
    with pytest.raises(OutputError) as caught:
        opened.save(kept)
    assert caught.value.code == "error.inventory_moved_on"
    assert untouched(engine, kept) == before
    with_cells(Inventory.open(kept), "targets", 0, area_mu=1.0).save(kept)


def test_the_same_inventory_is_saved_once(kept: Place) -> None:
    inventory = Inventory.open(kept)
    inventory.save(kept)
    with pytest.raises(OutputError, match="打开"):
        inventory.save(kept)


def test_another_inventory_is_not_written_over(kept: Place, tmp_path: Path) -> None:
    for other in (Inventory.demo(), Inventory.create(tmp_path / "b.gpkg")):
        with pytest.raises(OutputError) as caught:
            other.save(kept)
        assert caught.value.code == "error.inventory_other"


@pytest.mark.parametrize("how", ["before", "place", "changed", "removed"])
def test_events_of_the_file_stay(engine: Engine, kept: Place, how: str) -> None:
    inventory = Inventory.open(kept)
    views = {
        "before": lambda: inventory.on("2022-04-01"),
        "place": lambda: inventory.of(str(inventory.parcels["town"].iloc[0])),
        "changed": lambda: with_cells(inventory, "events", 0, note="另说"),
        "removed": lambda: replace(
            inventory, tables=inventory.tables | {"events": inventory.events.iloc[1:]}
        ),
    }
    before = untouched(engine, kept)
    with pytest.raises(OutputError) as caught:
        views[how]().save(kept)
    assert caught.value.code == "error.events_grow"
    assert untouched(engine, kept) == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE events SET note = 'x' WHERE fid = 1",
        "DELETE FROM events WHERE fid = 1",
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE fid = 1",
        "INSERT INTO events (event_id, kind, hash) VALUES ('x', 'visit', NULL)",
        "INSERT INTO events (event_id, kind, hash) VALUES ('x', 'visit', 'short')",
    ],
)
def test_events_only_grow(file: Path, sql: str) -> None:
    connected = closing(sqlite3.connect(file))
    with connected as connection, pytest.raises(sqlite3.IntegrityError, match="events"):
        connection.execute(sql)
    assert not verified(file).findings


def test_an_inventory_of_an_earlier_release_gets_what_it_lacks(file: Path) -> None:
    whole = Inventory.open(file)
    make_old(file)
    old = Inventory.open(file)
    assert not old.findings
    assert verified(file).chains["whole"].all()
    record(file, "EP100", "visit", day=DAY)
    assert len(Inventory.open(file).events) == len(whole.events) + 1
    assert not verified(file).findings
    assert len(query(file, "SELECT * FROM standing")) == 4
    with closing(sqlite3.connect(file)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("DELETE FROM events")


def make_old(file: Path) -> None:
    """Take away what this release keeps beside the tables."""
    with closing(sqlite3.connect(file)) as connection, connection:
        rows = connection.execute(
            "SELECT type, name FROM sqlite_master WHERE name LIKE 'enping~_events~_%' ESCAPE '~'"
            " OR name = 'enping_parcels_id' OR type = 'view'"
        ).fetchall()
        for kind, name in rows:
            connection.execute(f'DROP {kind} "{name}"')
        connection.execute("DELETE FROM gpkg_geometry_columns WHERE table_name LIKE 'parcels~_%'"
                           " ESCAPE '~'")  # fmt: skip
        connection.execute("DELETE FROM gpkg_contents WHERE table_name LIKE 'parcels~_%' ESCAPE '~'"
                           " OR table_name IN ('standing', 'teams')")  # fmt: skip
        for name in ("standing", "enping_chains", "enping_rows", "teams"):
            connection.execute(f"DROP TABLE {name}")
        connection.execute("DELETE FROM gpkg_ogr_contents WHERE table_name = 'teams'")
        connection.execute("DELETE FROM enping_inventory WHERE key IN ('revision', 'changes')")


def test_a_table_that_an_earlier_release_lacks_is_made(file: Path) -> None:
    make_old(file)
    inventory = Inventory.open(file)
    teams = conformed(pd.DataFrame({"place": ["440785108"], "team": ["专班"]}), "teams")
    replace(inventory, tables=inventory.tables | {"teams": teams}).save(file)
    assert Inventory.open(file).teams["team"].tolist() == ["专班"]
    assert pyogrio.read_info(file, layer="teams")["features"] == 1


def test_states_are_those_of_the_events(file: Path) -> None:
    inventory = Inventory.open(file)
    stored = pyogrio.read_dataframe(file, layer=STANDING).set_index("parcel_id")
    now = status_on(inventory)
    assert stored["status"].to_dict() == now["status"].to_dict()
    for name in ("done_m2", "rest_m2"):
        assert stored[name].to_numpy() == pytest.approx(now[name].to_numpy(), abs=1e-5)


def test_a_second_writer_waits_then_gets_one_line(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inventory = Inventory.open(file)
    monkeypatch.setattr(database, "WAIT_S", 0.2)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for action in (
            lambda: record(file, "EP100", "visit", day=DAY),
            lambda: inventory.save(file),
        ):
            with pytest.raises(OutputError) as caught:
                action()
            assert caught.value.code == "error.inventory_busy"
            assert "\n" not in str(caught.value)
        assert len(Inventory.open(file).events) == len(inventory.events)  # readers are not kept out
        other.execute("ROLLBACK")
    record(file, "EP100", "visit", day=DAY)


def test_a_writer_that_waits_comes_through(file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    ending = threading.Timer(0.4, lambda: other.execute("ROLLBACK"))
    ending.start()
    begun = time.monotonic()
    record(file, "EP100", "visit", day=DAY)
    assert time.monotonic() - begun >= 0.3
    ending.join()
    other.close()


def test_a_reading_is_of_one_moment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer between two tables makes the reading begin again; one without end is told."""
    plain, writes = pyogrio.read_dataframe, iter(range(2))

    def disturbed(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes
        if named.get("layer") == "events" and next(writes, None) is not None:
            record(file, "EP100", "visit", day=DAY)
        return plain(*given, **named)

    monkeypatch.setattr(pyogrio, "read_dataframe", disturbed)
    frames, state = read_stored(file)
    assert state.revision == 3
    visits = (frames["events"]["date"] == DAY) & (frames["events"]["kind"] == "visit")
    assert visits.sum() == 2
    monkeypatch.setattr(pyogrio, "read_dataframe", plain)
    restless = iter(range(1000))
    monkeypatch.setattr("enping_gis.store.geopackage.state_of", lambda _: next(restless))
    with pytest.raises(SourceError) as caught:
        read_stored(file)
    assert caught.value.code == "error.inventory_restless"


CELLS = st.one_of(st.none(), st.text(max_size=3), st.sampled_from(["2022", "2023", " 2023Q1 "]))
ROWS = st.lists(
    st.fixed_dictionaries(
        {"period": CELLS, "place": CELLS, "area_mu": st.floats(allow_infinity=False) | st.none()}
    ),
    max_size=6,
)


@settings(max_examples=30)
@given(before=ROWS, after=ROWS)
def test_a_difference_leads_from_one_table_to_the_other(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    """Whatever the rows, repeated ones and such without a name too."""
    old, new = (conformed(pd.DataFrame(rows), "targets") for rows in (before, after))
    old.index = pd.Index(range(10, 10 + len(old)))
    found = difference("targets", old, new)
    rows = {int(fid): dict(row) for fid, row in old.astype(object).iterrows()}
    for fid in found.removed:
        del rows[fid]
    for fid, cells in found.changed:
        assert any(str(rows[fid][name]) != str(cell) for name, cell in cells.items())
        rows[fid] |= cells
    result = [*rows.values(), *found.added]

    def told(many: list[dict[str, Any]]) -> list[tuple[str, ...]]:
        names = tables()["targets"].names
        return sorted(tuple("-" if pd.isna(row[name]) else str(row[name]) for name in names)
                      for row in many)  # fmt: skip

    assert told(result) == told(new.astype(object).to_dict("records"))
    assert not difference("targets", new, new).changed
