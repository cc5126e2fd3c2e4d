"""`map keep.gpkg -o keep.gpkg` wrote the page over the inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enping_gis import Inventory
from enping_gis.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_only_html_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "keep.gpkg"
    Inventory.create(path, demo=True)
    before = path.read_bytes()
    assert main(["map", str(path), "-o", str(path)]) == 2
    assert path.read_bytes() == before
    assert ".html" in capsys.readouterr().err
