"""Whoever changes what was recorded is found out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from psycopg.errors import UniqueViolation

from enping_gis.inventory import Inventory
from enping_gis.lifecycle.adopting import adopt
from enping_gis.lifecycle.recording import record
from enping_gis.lifecycle.verifying import verified
from enping_gis.store.chain import event_hash
from enping_gis.store.events import event_rows
from tests.store.engines import GeoPackage, Postgis
from tests.store.small import DAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from enping_gis.lifecycle.verifying import Verified
    from enping_gis.store.place import Place
    from enping_gis.store.sql import Connection
    from tests.store.engines import Engine

    Tamper = Callable[[Connection], object]


def note(connection: Connection) -> None:
    connection.execute("UPDATE events SET note = 'x' WHERE fid = 2")


def date(connection: Connection) -> None:
    connection.execute("UPDATE events SET date = '2020-01-01' WHERE fid = 3")


def area(connection: Connection) -> None:
    connection.execute("UPDATE events SET area_m2 = 1.0 WHERE kind = 'revitalised'")


def plot(connection: Connection) -> None:
    connection.execute("UPDATE events SET parcel_id = 'EP096' WHERE fid = 4")


def middle(connection: Connection) -> None:
    connection.execute("DELETE FROM events WHERE fid = 2")


def first(connection: Connection) -> None:
    connection.execute("DELETE FROM events WHERE fid = (SELECT min(fid) FROM events)")


def last(connection: Connection) -> None:
    connection.execute(
        "DELETE FROM events WHERE recorded_at = (SELECT max(recorded_at) FROM events)"
    )


def every(connection: Connection) -> None:
    connection.execute("DELETE FROM events")


def twice(connection: Connection) -> None:
    names = "event_id, parcel_id, date, kind, recorded_at, origin, prev_hash, hash"
    connection.execute(f"INSERT INTO events ({names}) SELECT {names} FROM events WHERE fid = 2")  # noqa: S608 - a constant


def exchanged(connection: Connection) -> None:
    one, other = connection.execute(
        "SELECT min(fid), recorded_at FROM events GROUP BY recorded_at LIMIT 2"
    ).fetchall()
    for (fid, _), (_, moment) in ((one, other), (other, one)):
        connection.execute("UPDATE events SET recorded_at = ? WHERE fid = ?", (moment, fid))


def hashed_anew(connection: Connection) -> None:
    """Change an event and give it the hash that fits, as somebody would who knows how."""
    event = list(event_rows(connection))[2]
    event["note"] = "x"
    connection.execute(
        "UPDATE events SET note = 'x', hash = ? WHERE event_id = ?",
        (event_hash(event, event["prev_hash"] or ""), event["event_id"]),
    )


def chained_anew(connection: Connection) -> None:
    """Change an event, and hash all that come after it."""
    before = ""
    for number, event in enumerate(list(event_rows(connection))):
        event["note"] = "x" if number == 1 else event["note"]
        event["prev_hash"] = before or None
        before, former = event_hash(event, before), event["prev_hash"]
        connection.execute(
            "UPDATE events SET note = ?, prev_hash = ?, hash = ? WHERE event_id = ?",
            (event["note"], former, before, event["event_id"]),
        )


def status(connection: Connection) -> None:
    connection.execute("UPDATE standing SET status = 'revitalised' WHERE parcel_id = 'EP100'")


def done(connection: Connection) -> None:
    connection.execute("UPDATE standing SET done_m2 = coalesce(done_m2, 0) + 1")


TAMPERS: list[Tamper] = [
    note, date, area, plot, middle, first, last, every, exchanged, hashed_anew,
    chained_anew, status, done,
]  # fmt: skip


@pytest.fixture
def file(kept: Place) -> Place:
    record(kept, "EP100", "revitalised", day=DAY, area_mu=1)
    record(kept, "EP099", "visit", day=DAY)
    assert not verified(kept).findings
    return kept


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda each: each.__name__)
def test_it_is_found(engine: Engine, file: Place, tamper: Tamper) -> None:
    change(engine, file, tamper)


def test_an_event_that_is_there_twice_is_found(file: Place) -> None:
    if isinstance(file, Path):
        change(GeoPackage(), file, twice)
        return
    # A database has one row for an id, triggers or not.
    with pytest.raises(UniqueViolation):
        change(Postgis(), file, twice)


@pytest.mark.parametrize("tamper", [last, every, status], ids=lambda each: each.__name__)
def test_it_is_found_without_triggers_too(engine: Engine, file: Place, tamper: Tamper) -> None:
    found = change(engine, file, tamper, are_put_back=False)
    assert {each.rule for each in found.findings} > {"events_unguarded"}


def change(engine: Engine, file: Place, tamper: Tamper, *, are_put_back: bool = True) -> Verified:
    with engine.connected(file) as connection:
        triggers = engine.triggers(connection)
        assert len(triggers) == engine.guards
        for name in triggers:
            engine.drop(connection, "TRIGGER", name)
        tamper(connection)
        for sql in triggers.values() if are_put_back else ():
            connection.execute(sql)
    found = verified(file)
    assert found.findings
    assert all(each.severity == "error" for each in found.findings)
    return found


def test_triggers_that_are_gone_are_told(engine: Engine, file: Place) -> None:
    with engine.connected(file) as connection:
        engine.drop(connection, "TRIGGER", "enping_events_stay")
    (finding,) = verified(file).findings
    assert (finding.rule, finding.value) == ("events_unguarded", "enping_events_stay")
    record(file, "EP099", "visit", day=DAY)  # which puts it back
    assert not verified(file).findings


@pytest.mark.parametrize(
    ("guard", "name"), [("TRIGGER", "enping_events_stay"), ("INDEX", "enping_events_id")]
)
def test_what_was_edited_without_a_guard_is_still_told_and_adopted(
    engine: Engine, file: Place, guard: str, name: str
) -> None:
    """Putting a guard back is no reason to take what others wrote for our own."""
    with engine.connected(file) as connection:
        engine.drop(connection, guard, name)
        connection.execute("UPDATE parcels SET holder = 'x' WHERE parcel_id = 'EP100'")
    record(file, "EP099", "visit", day=DAY)
    assert [each.rule for each in Inventory.open(file).findings] == ["edited_outside"]
    assert adopt(file, day=DAY).events["kind"].tolist() == ["holder_changed"]
    assert not verified(file).findings


def test_a_tail_that_was_cut_is_not_forgotten_when_guards_come_back(
    engine: Engine, file: Place
) -> None:
    with engine.connected(file) as connection:
        engine.drop(connection, "TRIGGER", "enping_events_remain")
        last(connection)
    assert {each.rule for each in verified(file).findings} >= {"chain_end"}
    record(file, "EP099", "visit", day=DAY)
    assert {each.rule for each in verified(file).findings} >= {"chain_gap"}


@pytest.mark.parametrize("name", ["standing", "enping_chains", "enping_rows"])
def test_a_table_that_was_taken_out_is_told(engine: Engine, file: Place, name: str) -> None:
    with engine.connected(file) as connection:
        engine.drop(connection, "TABLE", name)
    assert ("events_unguarded", name) in {(f.rule, f.value) for f in verified(file).findings}


def test_a_head_that_was_kept_elsewhere_tells_a_chain_made_anew(
    engine: Engine, file: Place
) -> None:
    """Who rewrites the whole file, its ends included, cannot rewrite what was printed."""
    printed = verified(file).chains.set_index("origin")["head"].to_dict()
    with engine.connected(file) as connection:
        (head,) = connection.execute("SELECT head FROM enping_chains").fetchone()
    assert head in printed.values()
