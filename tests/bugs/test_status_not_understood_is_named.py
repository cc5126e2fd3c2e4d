"""A status that nobody knows was read as none, without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from enping_gis import Inventory, status_on

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_a_finding_and_its_wording_stays(tmp_path: Path) -> None:
    box = shapely.box(629_000, 2_449_000, 629_100, 2_449_100)
    plots = gpd.GeoDataFrame(
        {"地块编号": ["甲1", "甲2"], "整治状态": ["拆迁中", "在建"]}, geometry=[box, box], crs=4546
    )
    plots.to_file(tmp_path / "plots.gpkg")
    inventory = Inventory.open(tmp_path / "plots.gpkg")
    (finding,) = (each for each in inventory.findings if each.rule == "status_unknown")
    assert (finding.row, finding.parcel, finding.value) == (1, "甲1", "拆迁中")
    assert inventory.parcels["status_stated"].tolist() == ["拆迁中", "在建"]
    assert status_on(inventory)["status"].tolist() == ["unknown", "building"]
