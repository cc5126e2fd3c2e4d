"""A team writes the plots it answers for and no other, however it tries; readers read."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from enping_gis.errors import EnpingError, OutputError, SourceError
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.adopting import adopt
from enping_gis.lifecycle.recording import record
from enping_gis.lifecycle.verifying import verified
from enping_gis.store.layout import view_name
from tests.store.small import DAY, PLOTS, small_inventory

if TYPE_CHECKING:
    from collections.abc import Callable

    from enping_gis.store.place import Database
    from tests.store.engines import Postgis

OURS, THEIRS = PLOTS[0], PLOTS[1]
MINE, OTHER = "440785101", "440785102"
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Office:
    """An inventory of an office, as seen by those who have accounts."""

    office: Database
    team: Database
    reader: Database
    stranger: Database


@pytest.fixture
def rooms(server: Postgis, postgis: psycopg.Connection) -> Office:
    return made(server, postgis)


@pytest.fixture(scope="module")
def unmoved(server: Postgis, postgis: psycopg.Connection) -> Office:
    """Return an office in which no attempt changes anything, so that one does for all."""
    return made(server, postgis)


def made(server: Postgis, postgis: psycopg.Connection) -> Office:
    number = next(_NUMBERS)
    names = [f"{name} {number}" for name in ("office", "team", "reader", "stranger", "others")]
    for name in names:
        postgis.execute(f'CREATE ROLE "{name}" LOGIN')
    postgis.execute(f'GRANT CREATE ON DATABASE postgres TO "{names[0]}"')
    schema = f"机关 {number}"
    accounts = [server.at(schema, name) for name in names]
    small_inventory(accounts[0])
    inventory = Inventory.open(accounts[0])
    rows = inventory.tables["parcels"].copy()
    rows["responsible"] = [MINE, OTHER, OTHER, OTHER]
    replace(inventory, tables=inventory.tables | {"parcels": rows}).save(accounts[0])
    record(accounts[0], THEIRS, "visit", day=DAY)
    with server.connected(accounts[0]) as connection:
        connection.execute("SELECT enping_grant_team(?, ?)", [names[1], MINE])
        connection.execute("SELECT enping_grant_team(?, ?)", [names[4], OTHER])
        connection.execute("SELECT enping_grant_reader(?)", [names[2]])
    return Office(*accounts[:4])


def holder(place: Database, plot: str) -> object:
    return Inventory.open(place).tables["parcels"].set_index("parcel_id")["holder"][plot]


def with_holder(place: Database, plot: str, name: str) -> Inventory:
    inventory = Inventory.open(place)
    rows = inventory.tables["parcels"].copy()
    rows.loc[rows["parcel_id"] == plot, "holder"] = name
    return replace(inventory, tables=inventory.tables | {"parcels": rows})


def test_a_team_does_its_own_work(rooms: Office) -> None:
    event = record(rooms.team, OURS, "visit", day=DAY, note="ours")
    record(rooms.team, OURS, "corrected", day=DAY, corrects=event["event_id"])
    record(rooms.team, OURS, "revitalised", day=DAY, area_mu=1)
    with_holder(rooms.team, OURS, "甲厂").save(rooms.team)
    assert holder(rooms.office, OURS) == "甲厂"
    for place in (rooms.office, rooms.team, rooms.reader):
        assert not Inventory.open(place).findings
        assert not verified(place).findings


def test_an_office_does_all_work_and_changes_no_event(rooms: Office, server: Postgis) -> None:
    record(rooms.office, THEIRS, "visit", day=DAY)
    record(rooms.office, None, "meeting", day=DAY)
    with_holder(rooms.office, OURS, "甲厂").save(rooms.office)
    with server.connected(rooms.office) as connection:
        connection.execute("UPDATE parcels SET holder = 'x' WHERE parcel_id = ?", [THEIRS])
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            connection.execute("UPDATE events SET note = 'x'")
    assert adopt(rooms.office, day=DAY).events["kind"].tolist() == ["holder_changed"]
    assert not verified(rooms.office).findings


@pytest.mark.parametrize("who", ["team", "reader", "stranger"])
def test_what_is_not_ones_own_is_refused_in_one_line(rooms: Office, who: str) -> None:
    place: Database = getattr(rooms, who)
    theirs = Inventory.open(rooms.office)
    before = theirs.events["event_id"].tolist()
    actions: list[Callable[[], object]] = [
        lambda: record(place, THEIRS, "visit", day=DAY),
        lambda: record(place, None, "meeting", day=DAY),
        lambda: record(place, THEIRS, "corrected", day=DAY, corrects=before[-1]),
        lambda: with_holder(place, THEIRS, "x").save(place),
        lambda: Inventory.create(place),
    ]
    if who != "team":
        actions += [lambda: record(place, OURS, "visit", day=DAY)]
    for action in actions:
        with pytest.raises((OutputError, SourceError)) as caught:
            action()
        assert isinstance(caught.value, EnpingError)
        assert "\n" not in str(caught.value)
    after = Inventory.open(rooms.office)
    assert after.events["event_id"].tolist() == before
    assert after.tables["parcels"].equals(theirs.tables["parcels"])


NAMED = {"ours": OURS, "theirs": THEIRS, "mine": MINE, "other": OTHER}
# It asks for what the guard of the chain asks for, so that only rights are left to refuse it.
EVENT = (
    "INSERT INTO events (event_id, parcel_id, kind, date, origin, recorded_at, prev_hash, hash,"
    " corrects_id) SELECT 'x', {}, 'visit', '2023-03-30', origin, recorded_at, head,"
    " repeat('0', 64), {} FROM enping_chains LIMIT 1"
)
ATTEMPTS = [
    "UPDATE parcels SET holder = 'x' WHERE parcel_id = '{theirs}'",
    "UPDATE parcels SET responsible = '{mine}' WHERE parcel_id = '{theirs}'",
    "UPDATE parcels SET responsible = '{other}' WHERE parcel_id = '{ours}'",
    "UPDATE parcels SET parcel_id = 'neu' WHERE parcel_id = '{ours}'",
    "DELETE FROM parcels WHERE parcel_id = '{theirs}'",
    "DELETE FROM parcels WHERE parcel_id = '{ours}'",
    "INSERT INTO parcels (parcel_id, responsible) VALUES ('neu', '{other}')",
    "INSERT INTO parcels (parcel_id, responsible) VALUES ('neu', NULL)",
    "INSERT INTO parcels (parcel_id, responsible) VALUES (NULL, '{mine}')",
    "INSERT INTO parcels (parcel_id, responsible) VALUES ('{theirs}', '{mine}')",
    (
        "INSERT INTO parcels (parcel_id, responsible) VALUES ('{theirs}', '{mine}')"
        " ON CONFLICT (parcel_id) DO UPDATE SET responsible = '{mine}'"
    ),
    EVENT.format("'{theirs}'", "NULL"),
    EVENT.format("NULL", "NULL"),
    EVENT.format("'{ours}'", "(SELECT min(event_id) FROM events WHERE parcel_id = '{theirs}')"),
    EVENT.format("'{ours}'", "'no such event'"),
    "UPDATE events SET note = 'x' WHERE parcel_id = '{ours}'",
    "DELETE FROM events WHERE parcel_id = '{ours}'",
    "TRUNCATE events",
    "UPDATE standing SET status = 'producing' WHERE parcel_id = '{theirs}'",
    "DELETE FROM standing",
    "UPDATE enping_rows SET content = '{{}}' WHERE layer = 'targets'",
    "DELETE FROM enping_rows WHERE content::json ->> 'parcel_id' = '{theirs}'",
    (
        "INSERT INTO enping_rows SELECT 'parcels', fid, '{{\"responsible\": \"{mine}\"}}' FROM"
        " parcels WHERE parcel_id = '{theirs}' ON CONFLICT (layer, fid) DO UPDATE SET"
        " content = excluded.content"
    ),
    "UPDATE enping_chains SET events = 0",
    "DELETE FROM enping_chains",
    "UPDATE enping_inventory SET value = '0' WHERE key = 'revision'",
    "INSERT INTO enping_roles VALUES (current_user, '{other}')",
    "SELECT enping_grant_team(current_user, '{other}')",
    "UPDATE places SET name = 'x'",
    "DELETE FROM targets",
    "UPDATE {view} SET holder = 'x'",
    "ALTER TABLE events DISABLE TRIGGER ALL",
    "ALTER TABLE parcels DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE parcels NO FORCE ROW LEVEL SECURITY",
    "DROP TRIGGER enping_events_chained ON events",
    "DROP POLICY enping_team ON parcels",
    "CREATE POLICY mine ON parcels USING (true)",
    (
        "CREATE OR REPLACE FUNCTION enping_answers(responsible text) RETURNS boolean LANGUAGE sql"
        " AS 'SELECT true'"
    ),
    "CREATE TABLE enping_roles (role name, place text)",
    "SET session_replication_role = replica",
    "SET row_security = off; UPDATE parcels SET holder = 'x'",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_team_cannot_break_out(unmoved: Office, server: Postgis, attempt: str) -> None:
    """What it tries is refused, or passes over every row that is not its own."""
    before = server.contents(unmoved.office)
    view = view_name(str(Inventory.open(unmoved.reader).places["place"].iloc[0]))
    sql = attempt.format(**NAMED, view=view)
    with server.connected(unmoved.team) as connection:
        try:
            connection.execute(sql)
            was_refused = False
        # A view of two tables takes no edits, whoever makes them.
        except (
            psycopg.errors.InsufficientPrivilege,
            psycopg.errors.ObjectNotInPrerequisiteState,
        ):
            was_refused = True
    assert was_refused or sql.startswith(("UPDATE", "DELETE"))
    after = server.contents(unmoved.office)
    counted = dict(before.pop("enping_inventory")), dict(after.pop("enping_inventory"))
    # That somebody tried to edit is counted, and no more.
    for each in counted:
        del each["changes_seen"]
    assert counted[0] == counted[1]
    assert before == after


def test_the_attempts_would_work_for_ones_own(rooms: Office, server: Postgis) -> None:
    """So that nothing but rights refuses them."""
    with server.connected(rooms.team) as connection:
        own = "(SELECT max(event_id) FROM events WHERE parcel_id = '{ours}')"
        for sql in (
            EVENT.format("'{ours}'", own),
            "UPDATE standing SET status = 'producing' WHERE parcel_id = '{ours}'",
            "INSERT INTO parcels (parcel_id, responsible) VALUES ('neu', '{mine}')",
            "UPDATE enping_rows SET shape = NULL WHERE content::json ->> 'parcel_id' = '{ours}'",
        ):
            assert connection.execute(sql.format(**NAMED)).rowcount == 1, sql


def test_an_edit_of_all_plots_reaches_ones_own(rooms: Office, server: Postgis) -> None:
    with server.connected(rooms.team) as connection:
        connection.execute("UPDATE parcels SET holder = 'x'")
    opened = Inventory.open(rooms.office)
    told = opened.tables["parcels"].set_index("parcel_id")["holder"].eq("x")
    assert told[told].index.tolist() == [OURS]
    assert [(each.rule, each.parcel) for each in opened.findings] == [("edited_outside", OURS)]


def test_a_team_that_is_revoked_reads_no_more(rooms: Office, server: Postgis) -> None:
    user = dict(rooms.team.options)["user"]
    with server.connected(rooms.office) as connection:
        connection.execute("SELECT enping_revoke(?)", [user])
    with pytest.raises(EnpingError):
        Inventory.open(rooms.team)
    assert not verified(rooms.office).findings


def test_views_that_are_made_anew_are_still_read(rooms: Office, server: Postgis) -> None:
    inventory = Inventory.open(rooms.office)
    rows = inventory.tables["parcels"].assign(own="x")
    replace(inventory, tables=inventory.tables | {"parcels": rows}).save(rooms.office)
    town = str(inventory.places["place"].iloc[0])
    with server.connected(rooms.reader) as connection:
        seen = connection.execute(f'SELECT own FROM "parcels_{town}"').fetchall()  # noqa: S608 - a code
    assert {cell for (cell,) in seen} == {"x"}
