"""Partitions are measured as a layer in memory is: to the last bit, wherever it is cut."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from distributed import Client, LocalCluster

from benchmarks.layers import surveyed_layer
from enping_gis.check.checking import shape_faults
from enping_gis.distributed import Partitions, measure, open_partitions, partition, write_province
from enping_gis.errors import CRSError, InputError, OutputError, SchemaError, SourceError
from enping_gis.measure.areas import area
from enping_gis.measure.contacts import contacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WITHIN_M = 15.0
RULES = ("G1", "G3", "T1", "T2", "T3", "T4")
# dask leaves sockets and event loops to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    )
    with cluster:
        yield str(cluster.scheduler_address)


@pytest.fixture(scope="module")
def plots() -> gpd.GeoDataFrame:
    """Make plots as surveys leave them, with belts across all partitions, in no order."""
    layer = surveyed_layer(900, seed=5).parcels
    layer = layer.sample(frac=1, random_state=3, ignore_index=True)
    town = np.array(["a", "b", None, ""], dtype=object)[np.arange(len(layer)) % 4]
    return layer.assign(town=town)


def contacts_in(folder: Path) -> pd.DataFrame:
    table = pd.read_parquet(folder / "contacts")
    return table.sort_values(["left", "right"], ignore_index=True)


def areas_in(folder: Path) -> pd.Series[Any]:
    return pd.read_parquet(folder / "areas").set_index("parcel_id")["area_m2"].sort_index()


def test_1_and_64_partitions_are_measured_alike_and_as_in_memory(
    plots: gpd.GeoDataFrame, scheduler: str, tmp_path: Path
) -> None:
    found = {}
    for count in (1, 64):
        layer = partition(plots, tmp_path / f"parts{count}", partitions=count)
        assert len(layer.parts) == count
        assert layer.rows == len(plots)
        out = tmp_path / f"out{count}"
        found[count] = measure(layer, out, by=["town"], within_m=WITHIN_M, scheduler=scheduler)
    one, many = found[1], found[64]
    pd.testing.assert_frame_equal(
        contacts_in(one.folder), contacts_in(many.folder), check_exact=True
    )
    pd.testing.assert_series_equal(areas_in(one.folder), areas_in(many.folder), check_exact=True)
    assert one.contacts == many.contacts
    for column in ("all", "town"):
        pd.testing.assert_frame_equal(one.totals[column], many.totals[column], check_exact=True)
    assert one.totals["town"]["key"].tolist() == ["a", "b", "unknown", "total"]

    in_order = plots.sort_values("parcel_id", ignore_index=True)
    whole = contacts(in_order, within_m=WITHIN_M)
    whole = whole.sort_values(["left", "right"], ignore_index=True)
    pd.testing.assert_frame_equal(contacts_in(many.folder), whole, check_exact=True)
    area_m2 = area(in_order).to_numpy()
    assert np.array_equal(areas_in(many.folder).to_numpy(), area_m2)
    crossing = whole["left"].map(_part_of(tmp_path / "parts64")) != whole["right"].map(
        _part_of(tmp_path / "parts64")
    )
    assert crossing.sum() > 100, "the test needs pairs across borders"


def _part_of(folder: Path) -> dict[str, int]:
    return {
        parcel: number
        for number, part in enumerate(open_partitions(folder).parts)
        for parcel in pd.read_parquet(part.path, columns=["parcel_id"])["parcel_id"]
    }


def test_faults_across_borders_are_found_once(
    plots: gpd.GeoDataFrame, scheduler: str, tmp_path: Path
) -> None:
    # Without belts, whose halo is everything.
    small = plots[shapely.get_num_coordinates(plots.geometry.to_numpy()) < 500]
    layer = partition(small, tmp_path / "parts", partitions=5)
    found = measure(layer, tmp_path / "out", rules=RULES, scheduler=scheduler)
    rows = gpd.read_parquet(tmp_path / "out" / "faults")
    in_order = small.sort_values("parcel_id", ignore_index=True)
    expected = sorted(
        (fault.rule, fault.case, ";".join(fault.parcels)) for fault in shape_faults(in_order, RULES)
    )
    assert sorted(zip(rows["rule"], rows["case"], rows["parcel_ids"], strict=True)) == expected
    assert sum(found.faults.values()) == len(expected) > 100


def test_a_killed_worker_changes_nothing(tmp_path: Path) -> None:
    layer = write_province(tmp_path / "parts", 30_000, part_rows=1000)
    calm = measure(layer, tmp_path / "calm", by=["town"], within_m=WITHIN_M, workers=2)
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    )
    killed: list[int] = []

    def killing(done: int, _all: int) -> None:
        if done in {3, 9, 15}:
            with Client(cluster) as client:
                workers = client.run(os.getpid)
            pid = sorted(workers.values())[done % len(workers)]
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    with cluster:
        rough = measure(
            layer,
            tmp_path / "rough",
            by=["town"],
            within_m=WITHIN_M,
            scheduler=cluster.scheduler_address,
            progress=killing,
        )
    assert len(killed) == 3
    pd.testing.assert_frame_equal(
        contacts_in(calm.folder), contacts_in(rough.folder), check_exact=True
    )
    assert calm.contacts == rough.contacts
    for column, table in calm.totals.items():
        pd.testing.assert_frame_equal(table, rough.totals[column], check_exact=True)


def test_a_stopped_run_goes_on_where_it_was(
    plots: gpd.GeoDataFrame, scheduler: str, tmp_path: Path
) -> None:
    layer = partition(plots, tmp_path / "parts", partitions=8)

    def stopping(done: int, _all: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(layer, tmp_path / "out", scheduler=scheduler, progress=stopping)
    again = measure(layer, tmp_path / "out", scheduler=scheduler)
    assert 3 <= again.resumed < 8
    fresh = measure(layer, tmp_path / "fresh", scheduler=scheduler)
    assert fresh.contacts == again.contacts
    assert fresh.resumed == 0
    assert measure(layer, tmp_path / "out", scheduler=scheduler).resumed == 8
    # Other options are another result.
    other = measure(layer, tmp_path / "out", within_m=1, scheduler=scheduler)
    assert other.resumed == 0


def test_changed_plots_are_measured_again_with_what_lies_near_them(
    scheduler: str, tmp_path: Path
) -> None:
    layer = write_province(tmp_path / "parts", 4000, part_rows=400)
    measure(layer, tmp_path / "out", scheduler=scheduler)
    path = layer.parts[5].path
    table = gpd.read_parquet(path)
    table.iloc[1:].to_parquet(path, write_covering_bbox=True, schema_version="1.1.0")
    changed = measure(tmp_path / "parts", tmp_path / "out", scheduler=scheduler)
    fresh = measure(tmp_path / "parts", tmp_path / "fresh", scheduler=scheduler)
    assert changed.parcels == 3999
    assert 0 < changed.resumed < len(layer.parts) - 1
    assert changed.contacts == fresh.contacts


def test_files_without_boxes_are_measured_too(
    plots: gpd.GeoDataFrame, scheduler: str, tmp_path: Path
) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    for number in range(3):
        plots.iloc[number::3].to_parquet(folder / f"{number}.parquet")
    found = measure(folder, tmp_path / "out", within_m=WITHIN_M, scheduler=scheduler)
    layer = partition(folder, tmp_path / "sorted", partitions=4)
    assert layer.rows == len(plots)
    other = measure(layer, tmp_path / "other", within_m=WITHIN_M, scheduler=scheduler)
    assert other.contacts == found.contacts
    assert other.totals["all"].equals(found.totals["all"])


def test_plots_without_ground_are_counted_and_lost_nowhere(scheduler: str, tmp_path: Path) -> None:
    shapes = [shapely.box(0, 0, 10, 10), None, shapely.Polygon(), shapely.box(10, 0, 20, 10)]
    odd = gpd.GeoDataFrame({"parcel_id": list("abcd")}, geometry=shapes, crs=4546)
    layer = partition(odd, tmp_path / "parts", partitions=4)
    found = measure(layer, tmp_path / "out", scheduler=scheduler)
    assert (found.parcels, found.without_area) == (4, 1)
    assert found.contacts == {"shared": (1, 10.0)}


def _layer_of(ids: list[str | None], folder: Path, crs: int = 4546) -> Partitions:
    shapes = [shapely.box(x * 10, 0, x * 10 + 10, 10) for x in range(len(ids))]
    frame = gpd.GeoDataFrame({"parcel_id": ids}, geometry=shapes, crs=crs)
    return partition(frame, folder, partitions=2)


def test_workers_elsewhere_are_given_whole_paths(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _layer_of(["a", "b"], tmp_path / "parts")
    # The workers of the fixture keep the folder they were started in.
    monkeypatch.chdir(tmp_path)
    found = measure("parts", "out", scheduler=scheduler)
    assert found.parcels == 2
    assert (tmp_path / "out" / "figures" / "part-00000.json").exists()


def test_what_cannot_be_measured_is_refused_with_a_cure(scheduler: str, tmp_path: Path) -> None:
    layer = _layer_of(["a", "b", "c", "d"], tmp_path / "parts")
    with pytest.raises(SchemaError, match="village"):
        measure(layer, tmp_path / "out", by=["village"], scheduler=scheduler)
    with pytest.raises(InputError, match="L1"):
        measure(layer, tmp_path / "out", rules="L1", scheduler=scheduler)
    with pytest.raises(OutputError, match="parts"):
        partition(gpd.GeoDataFrame(geometry=[]), tmp_path / "parts")
    with pytest.raises(InputError, match="0"):
        partition(layer.folder, tmp_path / "new", partitions=0)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="empty"):
        open_partitions(tmp_path / "empty")
    twice = _layer_of(["a", "b", "c", "a"], tmp_path / "twice")
    with pytest.raises(SchemaError, match="a"):
        measure(twice, tmp_path / "out2", within_m=20, scheduler=scheduler)
    with pytest.raises(CRSError):
        _layer_of(["a"], tmp_path / "degrees", crs=4490)
    (layer.folder / "part-00001.parquet").write_bytes(b"no parquet")
    with pytest.raises(SourceError, match="part-00001"):
        open_partitions(layer.folder)


def test_no_scheduler_is_said_so(tmp_path: Path) -> None:
    layer = _layer_of(["a", "b"], tmp_path / "parts")
    with pytest.raises(InputError, match="tcp"):
        measure(layer, tmp_path / "out", scheduler="tcp://nowhere")
    with pytest.raises(InputError, match="0"):
        measure(layer, tmp_path / "out", workers=0)
