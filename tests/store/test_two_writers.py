"""Two processes write into one inventory at once."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from enping_gis.inventory import Inventory
from enping_gis.lifecycle.verifying import verified
from tests.store.small import DAY, PLOTS

if TYPE_CHECKING:
    from enping_gis.store.place import Place
    from tests.store.engines import Engine

WRITER = """
import sys
from enping_gis.lifecycle.recording import record

path, day, count, actor, *plots = sys.argv[1:]
for number in range(int(count)):
    record(path, plots[number % len(plots)], "visit", day=day, actor=actor, quantity=number)
"""


@pytest.mark.parametrize("count", [40, pytest.param(500, marks=pytest.mark.campaign)])
def test_nothing_is_lost(engine: Engine, kept: Place, count: int) -> None:
    path = kept
    before = len(Inventory.open(path).events)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, engine.address(path), DAY, str(count), actor, *PLOTS],
            stderr=subprocess.PIPE,
        )
        for actor in ("甲", "乙")
    ]
    for writer in writers:
        _, said = writer.communicate(timeout=600)
        assert writer.returncode == 0, said.decode()
    found = verified(path)
    assert not found.findings
    assert found.chains["events"].sum() == before + 2 * count
    events = Inventory.open(path).events
    visits = events[events["kind"].eq("visit") & events["actor"].isin(["甲", "乙"])]
    assert sorted(zip(visits["actor"], visits["quantity"], strict=True)) == sorted(
        (actor, number) for actor in ("甲", "乙") for number in range(count)
    )
    # The moments of a chain only grow, whoever's clock told them.
    assert visits["recorded_at"].is_unique
    rows = engine.contents(path)
    assert len(rows["events"]) == len(events)
    for name, counted in (row[:2] for row in rows.get("gpkg_ogr_contents", ())):
        assert counted == len(rows[name])
