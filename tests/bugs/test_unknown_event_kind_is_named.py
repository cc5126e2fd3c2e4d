"""An event of a kind that nobody knows was passed over without a word."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from enping_gis import Inventory

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "demo.gpkg"
    Inventory.create(path, demo=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        # Whoever changes an event has to take the triggers away first.
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        changed = connection.execute(
            "UPDATE events SET kind = 'foobar' WHERE parcel_id = 'EP010' AND kind = 'surveyed'"
        )
        assert changed.rowcount == 1
    (finding,) = [each for each in Inventory.open(path).findings if each.rule == "event_kind"]
    assert (finding.parcel, finding.value) == ("EP010", "foobar")
