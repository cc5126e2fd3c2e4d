"""Importing the plots of an inventory left its events behind without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enping_gis import Inventory

if TYPE_CHECKING:
    from pathlib import Path


def test_they_are_a_finding(tmp_path: Path) -> None:
    demo = Inventory.create(tmp_path / "demo.gpkg", demo=True)
    new = Inventory.create(tmp_path / "new.gpkg")
    after, _ = new.with_import(tmp_path / "demo.gpkg")
    (finding,) = (each for each in after.findings if each.rule == "events_left")
    assert finding.value == str(len(demo.events))
    assert len(after.parcels) == 119
