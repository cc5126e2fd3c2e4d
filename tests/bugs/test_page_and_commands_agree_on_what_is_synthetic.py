"""A Shapefile copy cuts the names of the bases: the page said synthetic, the commands did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enping_gis import Inventory
from enping_gis.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.filterwarnings("ignore:Column names longer than 10:UserWarning")
@pytest.mark.filterwarnings("ignore:Normalized/laundered field name:RuntimeWarning")
def test_a_shapefile_copy_still_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "copy.shp"
    Inventory.demo().parcels[["parcel_id", "source", "town", "geometry"]].to_file(
        path, encoding="GBK"
    )
    assert int(Inventory.open(path).synthetic.sum()) == 110
    assert main(["totals", str(path), "--lang", "en"]) == 0
    assert "110 of 119 plots are generated" in capsys.readouterr().err
