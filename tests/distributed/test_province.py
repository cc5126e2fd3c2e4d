"""The generated province: the same plots however it is cut, sound, and meeting at borders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from enping_gis.distributed import write_province
from enping_gis.errors import InputError, OutputError
from enping_gis.measure.contacts import contacts

if TYPE_CHECKING:
    from pathlib import Path


def test_plots_do_not_depend_on_partitions(tmp_path: Path) -> None:
    frames = []
    for rows in (500, 64, 7):
        layer = write_province(tmp_path / str(rows), 500, part_rows=rows, seed=3)
        assert layer.rows == 500
        whole = gpd.read_parquet(layer.folder).sort_values("parcel_id", ignore_index=True)
        frames.append(whole)
    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])
    other = gpd.read_parquet(write_province(tmp_path / "other", 500, seed=4).folder)
    assert not other.sort_values("parcel_id", ignore_index=True).equals(frames[0])


def test_plots_are_sound_and_have_neighbours(tmp_path: Path) -> None:
    plots = gpd.read_parquet(write_province(tmp_path / "parts", 3000).folder)
    assert plots["parcel_id"].is_unique
    assert (plots["source"] == "synthetic").all()
    assert shapely.is_valid(plots.geometry.to_numpy()).all()
    assert 1600 < plots.geometry.area.mean() < 2000
    pairs = contacts(plots, within_m=12)
    assert 1.5 < (pairs["kind"] == "shared").sum() / len(plots) < 3
    assert (pairs["kind"] == "overlap").sum() == 0
    assert plots["town"].nunique() > 0
    assert plots["category"].isna().any()


def test_a_stopped_run_goes_on(tmp_path: Path) -> None:
    layer = write_province(tmp_path / "parts", 500, part_rows=100)
    kept = layer.parts[1].path.stat().st_mtime_ns
    layer.parts[0].path.unlink()
    seen: list[tuple[int, int]] = []
    again = write_province(
        tmp_path / "parts", 500, part_rows=100, progress=lambda *done: seen.append(done)
    )
    assert again.rows == 500
    assert again.parts[1].path.stat().st_mtime_ns == kept
    assert seen[-1] == (len(layer.parts), len(layer.parts))
    with pytest.raises(OutputError):
        write_province(tmp_path / "parts", 600, part_rows=100)
    with pytest.raises(InputError, match="0"):
        write_province(tmp_path / "none", 0)
