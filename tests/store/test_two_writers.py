"""Two processes write into one inventory at once."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from enping_gis.inventory import Inventory
from enping_gis.lifecycle.verifying import verified
from tests.store.faults import contents
from tests.store.small import DAY, PLOTS, small_inventory

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import sys
from enping_gis.lifecycle.recording import record

path, day, count, actor, *plots = sys.argv[1:]
for number in range(int(count)):
    record(path, plots[number % len(plots)], "visit", day=day, actor=actor, quantity=number)
"""


@pytest.mark.parametrize("count", [40, pytest.param(500, marks=pytest.mark.campaign)])
def test_nothing_is_lost(tmp_path: Path, count: int) -> None:
    path = tmp_path / "我的 台账" / "两人 同写.gpkg"
    path.parent.mkdir()
    before = len(small_inventory(path).events)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), DAY, str(count), actor, *PLOTS],
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
    rows = contents(path)
    assert dict(row[:2] for row in rows["gpkg_ogr_contents"])["events"] == len(rows["events"])
