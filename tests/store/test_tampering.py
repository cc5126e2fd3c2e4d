"""Whoever changes what was recorded is found out."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from enping_gis.inventory import Inventory
from enping_gis.lifecycle.adopting import adopt
from enping_gis.lifecycle.recording import record
from enping_gis.lifecycle.verifying import verified
from enping_gis.store.chain import event_hash
from enping_gis.store.database import connected
from enping_gis.store.events import event_rows
from tests.store.small import DAY, small_inventory

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from enping_gis.lifecycle.verifying import Verified

    Tamper = Callable[[sqlite3.Connection], object]


def note(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE events SET note = 'x' WHERE fid = 2")


def date(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE events SET date = '2020-01-01' WHERE fid = 3")


def area(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE events SET area_m2 = 1.0 WHERE kind = 'revitalised'")


def plot(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE events SET parcel_id = 'EP096' WHERE fid = 4")


def middle(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM events WHERE fid = 2")


def first(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM events WHERE fid = (SELECT min(fid) FROM events)")


def last(connection: sqlite3.Connection) -> None:
    connection.execute(
        "DELETE FROM events WHERE recorded_at = (SELECT max(recorded_at) FROM events)"
    )


def every(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM events")


def twice(connection: sqlite3.Connection) -> None:
    names = "event_id, parcel_id, date, kind, recorded_at, origin, prev_hash, hash"
    connection.execute(f"INSERT INTO events ({names}) SELECT {names} FROM events WHERE fid = 2")  # noqa: S608 - a constant


def exchanged(connection: sqlite3.Connection) -> None:
    one, other = connection.execute(
        "SELECT min(fid), recorded_at FROM events GROUP BY recorded_at LIMIT 2"
    ).fetchall()
    for (fid, _), (_, moment) in ((one, other), (other, one)):
        connection.execute("UPDATE events SET recorded_at = ? WHERE fid = ?", (moment, fid))


def hashed_anew(connection: sqlite3.Connection) -> None:
    """Change an event and give it the hash that fits, as somebody would who knows how."""
    event = list(event_rows(connection))[2]
    event["note"] = "x"
    connection.execute(
        "UPDATE events SET note = 'x', hash = ? WHERE event_id = ?",
        (event_hash(event, event["prev_hash"] or ""), event["event_id"]),
    )


def chained_anew(connection: sqlite3.Connection) -> None:
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


def status(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE standing SET status = 'revitalised' WHERE parcel_id = 'EP100'")


def done(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE standing SET done_m2 = coalesce(done_m2, 0) + 1")


TAMPERS: list[Tamper] = [
    note, date, area, plot, middle, first, last, every, twice, exchanged, hashed_anew,
    chained_anew, status, done,
]  # fmt: skip


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("原件") / "台账 一.gpkg"
    small_inventory(path)
    record(path, "EP100", "revitalised", day=DAY, area_mu=1)
    record(path, "EP099", "visit", day=DAY)
    assert not verified(path).findings
    return path


@pytest.fixture
def file(tmp_path: Path, original: Path) -> Path:
    return Path(shutil.copy(original, tmp_path))


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda each: each.__name__)
def test_it_is_found(file: Path, tamper: Tamper) -> None:
    change(file, tamper)


@pytest.mark.parametrize("tamper", [last, every, status], ids=lambda each: each.__name__)
def test_it_is_found_without_triggers_too(file: Path, tamper: Tamper) -> None:
    found = change(file, tamper, are_put_back=False)
    assert {each.rule for each in found.findings} > {"events_unguarded"}


def change(file: Path, tamper: Tamper, *, are_put_back: bool = True) -> Verified:
    with closing(connected(file)) as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'enping_%'"
        ).fetchall()
        assert len(triggers) == 3
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        tamper(connection)
        for _, sql in triggers if are_put_back else ():
            connection.execute(sql)
    found = verified(file)
    assert found.findings
    assert all(each.severity == "error" for each in found.findings)
    return found


def test_triggers_that_are_gone_are_told(file: Path) -> None:
    with closing(connected(file)) as connection:
        connection.execute("DROP TRIGGER enping_events_stay")
    (finding,) = verified(file).findings
    assert (finding.rule, finding.value) == ("events_unguarded", "enping_events_stay")
    record(file, "EP099", "visit", day=DAY)  # which puts it back
    assert not verified(file).findings


@pytest.mark.parametrize("guard", ["TRIGGER enping_events_stay", "INDEX enping_events_id"])
def test_what_was_edited_without_a_guard_is_still_told_and_adopted(file: Path, guard: str) -> None:
    """Putting a guard back is no reason to take what others wrote for our own."""
    with closing(connected(file)) as connection:
        connection.execute(f"DROP {guard}")
        connection.execute("UPDATE parcels SET holder = 'x' WHERE parcel_id = 'EP100'")
    record(file, "EP099", "visit", day=DAY)
    assert [each.rule for each in Inventory.open(file).findings] == ["edited_outside"]
    assert adopt(file, day=DAY).events["kind"].tolist() == ["holder_changed"]
    assert not verified(file).findings


def test_a_tail_that_was_cut_is_not_forgotten_when_guards_come_back(file: Path) -> None:
    with closing(connected(file)) as connection:
        connection.execute("DROP TRIGGER enping_events_remain")
        last(connection)
    assert {each.rule for each in verified(file).findings} >= {"chain_end"}
    record(file, "EP099", "visit", day=DAY)
    assert {each.rule for each in verified(file).findings} >= {"chain_gap"}


@pytest.mark.parametrize("name", ["standing", "enping_chains", "enping_rows"])
def test_a_table_that_was_taken_out_is_told(file: Path, name: str) -> None:
    with closing(connected(file)) as connection:
        connection.execute(f"DROP TABLE {name}")
    assert ("events_unguarded", name) in {(f.rule, f.value) for f in verified(file).findings}


def test_a_head_that_was_kept_elsewhere_tells_a_chain_made_anew(file: Path) -> None:
    """Who rewrites the whole file, its ends included, cannot rewrite what was printed."""
    printed = verified(file).chains.set_index("origin")["head"].to_dict()
    with closing(connected(file)) as connection:
        (head,) = connection.execute("SELECT head FROM enping_chains").fetchone()
    assert head in printed.values()
