"""A file larger than memory: converting holds a batch or two of it, however many rows it has."""

from __future__ import annotations

import gc
import sys
import weakref
from typing import TYPE_CHECKING, Any

import pyogrio
import pytest
import shapely

from benchmarks.harness import command_peak_mb
from benchmarks.reading import plots
from enping_gis.export.write import Sink
from enping_gis.intake.vector import bulk, geoparquet
from enping_gis.reading import convert

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

BATCH = 500
ROWS = 3_300
# Two full batches and more, then four: what one batch takes more than another is over by then.
FEW, MANY = 140_000, 280_000
# Held in memory, the plots that are more would take four times this.
ROOM_MB = 100.0


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geoparquet, "BATCH_ROWS", BATCH)
    monkeypatch.setattr(bulk._stream, "__defaults__", (BATCH,))


def source(folder: Path, suffix: str) -> tuple[Path, gpd.GeoDataFrame]:
    table, path = plots(0, ROWS), folder / f"plots{suffix}"
    if suffix == ".parquet":
        table.to_parquet(path)
    else:
        pyogrio.write_dataframe(table, path)
    return path, table


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".parquet"])
def test_what_is_converted_in_batches_is_what_the_file_holds(tmp_path: Path, suffix: str) -> None:
    path, table = source(tmp_path, suffix)
    reading = convert(path, tmp_path / "out.gpkg")
    found = pyogrio.read_dataframe(tmp_path / "out.gpkg")
    assert reading.account["rows_out"].tolist() == [ROWS]
    assert found["parcel_id"].tolist() == table["DKBH"].tolist()
    assert found["name"].tolist() == table["DKMC"].tolist()
    shapes = shapely.normalize(shapely.get_geometry(found.geometry.to_numpy(), 0))
    assert shapely.equals_exact(shapes, shapely.normalize(table.geometry.to_numpy()), 1e-6).all()


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".parquet"])
def test_few_batches_live_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path, _ = source(tmp_path, suffix)
    seen: list[weakref.ref[Any]] = []
    living: list[int] = []
    add = Sink.add

    def counted(self: Sink, frame: gpd.GeoDataFrame) -> None:
        assert len(frame) <= BATCH
        gc.collect()
        seen.append(weakref.ref(frame))
        living.append(sum(each() is not None for each in seen))
        add(self, frame)

    monkeypatch.setattr(Sink, "add", counted)
    convert(path, tmp_path / "out.gpkg")
    assert len(seen) == -(-ROWS // BATCH)
    assert max(living) <= 2, living


@pytest.mark.campaign
def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    peaks = []
    for rows in (FEW, MANY):
        path, target = tmp_path / f"{rows}.gpkg", tmp_path / f"to{rows}.gpkg"
        pyogrio.write_dataframe(plots(0, rows), path)
        command = (sys.executable, "-m", "enping_gis", "read", str(path), "-o", str(target))
        peaks.append(command_peak_mb(*command))
        assert pyogrio.read_info(target, force_feature_count=True)["features"] == rows
    assert peaks[1] - peaks[0] < ROOM_MB, peaks
