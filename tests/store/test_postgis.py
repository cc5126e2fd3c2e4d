"""An inventory in PostGIS is the inventory that a file holds; what only a database can go wrong."""

from __future__ import annotations

import sys
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from psycopg.errors import IntegrityConstraintViolation
from pyproj import CRS

from enping_gis.cli import main
from enping_gis.errors import EnpingError, OutputError, SourceError
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.recording import record
from enping_gis.lifecycle.verifying import verified
from enping_gis.opening import parsed_day
from enping_gis.store.layout import view_name
from enping_gis.store.place import Database, place_of
from enping_gis.store.postgres import session
from tests.store.small import DAY, PLOTS, small_inventory

if TYPE_CHECKING:
    from pathlib import Path

    from tests.store.engines import Postgis

SECRET = "pä55/w@rd"  # noqa: S105 - nobody's


def test_every_table_is_that_of_a_file(server: Postgis, tmp_path: Path) -> None:
    file = Inventory.create(tmp_path / "台账.gpkg", demo=True)
    kept = Inventory.create(server.empty(), demo=True)
    assert kept.tables.keys() == file.tables.keys()
    for name, rows in file.tables.items():
        assert type(kept.tables[name]) is type(rows)
        pd.testing.assert_frame_equal(pd.DataFrame(kept.tables[name]), pd.DataFrame(rows))
    one, other = (replace(each.meta, origin="", source_path=None) for each in (kept, file))
    assert one == other
    assert kept.crs == file.crs
    assert not verified(kept.meta.source_path).findings


def test_a_file_becomes_a_database_and_a_file_again(server: Postgis, tmp_path: Path) -> None:
    first, place, last = tmp_path / "a.gpkg", server.empty(), tmp_path / "b.gpkg"
    file = small_inventory(first)
    file.save(place)
    Inventory.open(place).save(last)
    for name, rows in Inventory.open(last).tables.items():
        pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.DataFrame(file.tables[name]))
    assert not verified(place).findings
    assert not verified(last).findings


def test_other_programs_find_typed_shapes_and_a_view_for_each_place(server: Postgis) -> None:
    place = server.small()
    inventory = Inventory.open(place)
    town = str(inventory.parcels["town"].iloc[0])
    with server.connected(place) as connection:
        columns = connection.execute(
            "SELECT f_table_name, type, srid FROM geometry_columns WHERE f_table_schema = ?"
            " AND f_table_name IN ('parcels', 'places') ORDER BY 1",
            [place.schema],
        ).fetchall()
        seen = connection.execute(
            f'SELECT parcel_id, status FROM "{view_name(town)}" ORDER BY 1'  # noqa: S608 - a name of the layer model
        ).fetchall()
    assert columns == [("parcels", "MULTIPOLYGON", 4546), ("places", "MULTIPOLYGON", 4546)]
    assert [plot for plot, _ in seen] == sorted(
        inventory.parcels.loc[inventory.parcels["town"] == town, "parcel_id"]
    )
    assert all(status for _, status in seen)


def test_a_system_without_a_code_is_kept_in_words(server: Postgis) -> None:
    local = CRS.from_proj4("+proj=tmerc +lat_0=0 +lon_0=112.3 +x_0=500000 +ellps=GRS80 +units=m")
    moved = Inventory.open(server.small()).to_crs(local)
    place = server.empty()
    moved.save(place)
    again = Inventory.open(place)
    assert again.crs == moved.crs
    assert (shapely.to_wkb(again.parcels.geometry) == shapely.to_wkb(moved.parcels.geometry)).all()


@pytest.mark.parametrize(
    "wording",
    [
        f"postgresql://zhang:{SECRET}@/land",
        "postgresql://zhang:pä55@office:pä55/land",
        "postgresql:/zhang:pä55@office/land",
        "postgres://zhang:pä55@office/land?schema",
        "postgresql://zhang:pä55@office/land?schema=pg_catalog",
        "postgresql://zhang:pä55@office/land?schema=" + 22 * "台",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(
    wording: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SourceError) as caught:
        place_of(wording)
    assert caught.value.code == "error.database_address"
    assert "pä55" not in "".join(traceback.format_exception(caught.value))
    assert main(["totals", wording]) == 2
    assert "pä55" not in capsys.readouterr().err


def test_a_password_is_shown_nowhere(
    server: Postgis, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quoted = "p%C3%A455%2Fw%40rd"
    nobody = f"postgresql://zhang:{quoted}@/land?host={tmp_path}&schema=s"
    place = place_of(nobody)
    assert isinstance(place, Database)
    assert dict(place.options)["password"] == SECRET
    assert SECRET not in f"{place} {place!r}"
    with pytest.raises(SourceError) as caught:
        Inventory.open(nobody)
    told = "".join(traceback.format_exception(caught.value))
    assert SECRET not in told
    assert quoted not in told
    assert main(["totals", nobody]) == 2
    said = capsys.readouterr()
    assert not {SECRET, quoted} & {*said.err.split(), *said.out.split()}
    assert "zhang:" not in said.err
    inventory = Inventory.open(server.small())
    assert SECRET not in repr(inventory.meta)


def test_who_connects_does_not_tell_inventories_apart() -> None:
    one = place_of("postgresql://a:x@office/land?schema=s")
    assert one == place_of("postgres://b@office/land?schema=s")
    assert one != place_of("postgresql://a:x@office/land")


def test_without_the_driver_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SourceError, match=r"enping-gis\[postgis\]") as caught:
        Inventory.open("postgresql://office/land")
    assert caught.value.code == "error.database_driver"


def test_where_there_is_no_inventory(server: Postgis) -> None:
    place = server.empty()
    actions = (
        lambda: Inventory.open(place),
        lambda: record(place, "EP100", "visit", day=DAY),
        lambda: verified(place),
    )
    for action in actions:
        with pytest.raises(SourceError) as caught:
            action()
        assert caught.value.code in {"error.no_inventory", "error.not_inventory"}


def test_a_new_one_does_not_take_the_place_of_another(server: Postgis) -> None:
    place = server.small()
    before = server.contents(place)
    with pytest.raises(OutputError) as caught:
        Inventory.create(place)
    assert caught.value.code == "error.exists"
    with pytest.raises(EnpingError) as caught_too:
        Inventory.open(place, layer="parcels")
    assert caught_too.value.code == "error.database_layer"
    assert server.contents(place) == before


def test_a_column_that_would_be_cut_is_refused(server: Postgis) -> None:
    place = server.small()
    before, inventory = server.contents(place), Inventory.open(place)
    rows = inventory.tables["parcels"].assign(**{22 * "名": "x"})
    with pytest.raises(OutputError) as caught:
        replace(inventory, tables=inventory.tables | {"parcels": rows}).save(place)
    assert caught.value.code == "error.column_long"
    assert server.contents(place) == before


def test_columns_of_other_programs_come_along(server: Postgis) -> None:
    place = server.small()
    with server.connected(place) as connection:
        for number, kind in enumerate(("integer", "numeric(9, 2)", "date", "varchar(9)", "uuid")):
            connection.execute(f"ALTER TABLE parcels ADD COLUMN own{number} {kind}")
        connection.execute("UPDATE parcels SET own0 = 7, own1 = 1.5, own2 = '2023-03-30'")
    opened = Inventory.open(place)
    assert {each.rule for each in opened.findings} == {"edited_outside"}
    row = opened.tables["parcels"].iloc[0]
    assert (row["own0"], row["own1"], row["own2"]) == (7, 1.5, "2023-03-30")
    assert len(opened.findings) == 3 * len(PLOTS)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE events SET note = 'x' WHERE fid = 1",
        "DELETE FROM events WHERE fid = 1",
        "TRUNCATE events",
        "INSERT INTO events (event_id, kind, hash) VALUES ('x', 'visit', NULL)",
        "INSERT INTO events (event_id, kind, hash) VALUES ('x', 'visit', 'short')",
        (
            "INSERT INTO events (event_id, kind, origin, recorded_at, hash)"
            " SELECT 'x', 'visit', origin, '9', repeat('0', 64) FROM events LIMIT 1"
        ),
        (
            "INSERT INTO events (event_id, kind, origin, recorded_at, prev_hash, hash)"
            " SELECT 'x', 'visit', origin, '1', head, repeat('0', 64) FROM enping_chains LIMIT 1"
        ),
    ],
)
def test_events_only_grow_and_follow_the_last(server: Postgis, sql: str) -> None:
    place = server.small()
    with (
        server.connected(place) as connection,
        pytest.raises(IntegrityConstraintViolation, match="events"),
    ):
        connection.execute(sql)
    assert not verified(place).findings


def test_a_second_writer_waits_then_gets_one_line(
    server: Postgis, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = server.small()
    inventory = Inventory.open(place)
    monkeypatch.setitem(session._SETTINGS, "lock_timeout", 200)
    with server.connected(place) as other:
        other.execute("BEGIN")
        other.execute("UPDATE parcels SET holder = 'x'")
        for action in (
            lambda: record(place, "EP100", "visit", day=DAY),
            lambda: inventory.save(place),
        ):
            with pytest.raises(OutputError) as caught:
                action()
            assert caught.value.code == "error.inventory_busy"
        assert len(Inventory.open(place).events) == len(inventory.events)  # readers go on
        other.execute("ROLLBACK")
    record(place, "EP100", "visit", day=DAY)


def test_the_command_line_takes_an_address(
    server: Postgis, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    address = server.address(server.empty())
    source = tmp_path / "承诺.csv"
    pd.DataFrame([{"period": "2031", "area_mu": 5.0}]).to_csv(source, index=False)
    for words in (
        ["new", address, "--demo"],
        ["record", "EP100", "visit", "--date", DAY, "--inventory", address],
        ["import", str(source), "--table", "targets", "--inventory", address],
        ["history", "--verify", address],
        ["history", "EP100", address],
        ["totals", address, "--format", "json"],
        ["adopt", address],
        ["map", address, "-o", str(tmp_path / "图.html")],
    ):
        assert main(words) == 0, (words, capsys.readouterr().err)
    inventory = Inventory.open(address)
    assert inventory.events["recorded_at"].notna().all()
    assert "2031" in set(inventory.targets["period"])
    assert parsed_day(DAY).isoformat() == DAY
    assert isinstance(inventory.parcels, gpd.GeoDataFrame)
