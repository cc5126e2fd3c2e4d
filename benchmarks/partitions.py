"""
Measure a province-like layer by partition: on one worker and two, in 1 partition and in 64.

``python -m benchmarks.partitions --n 100000`` prints Markdown tables for a hundred times as many
synthetic plots. Generating and measuring 10 million plots takes some 2 GB of disk.
"""

from __future__ import annotations

import math
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd
import psutil

from benchmarks.command import run_alone
from benchmarks.report import Reached, Section, Table, decimal
from enping_gis.distributed import measure as measure_layer
from enping_gis.distributed import partition, write_province

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.command import Options
    from enping_gis.distributed import Measured, Partitions

TIMES = 100
WITHIN_M = 12.0
BY = ("town", "category")
PARTS = 64
PROVINCE, MACHINES = 100_000_000, 32
LOOK_S = 0.2
MB = 2**20
TEXT = """\
Synthetic plots, written by `scripts/make_province.py`: two deep between streets, T-junctions along
the middle line of each block, every plot surveyed on its own to a centimetre. Areas, totals by
town and category, and contacts across up to 12 m are measured with dask; a worker is a process
with one thread. `peak MB` is the greatest sum of the resident memory of all processes, this one
included, looked at five times a second; pages that processes share count for each. One run each,
by the clock, starting of workers included.
"""


class Run(NamedTuple):
    """
    What a run took, and what it found.

    Parameters
    ----------
    wall_s : float
        By the clock.
    peak_mb : float
        Memory of all processes.
    measured : Measured
        The result.
    """

    wall_s: float
    peak_mb: float
    measured: Measured


def measure(options: Options) -> Section:
    """
    Measure a large layer by partition.

    Parameters
    ----------
    options : Options
        How many plots: a hundred times `n`.

    Returns
    -------
    Section
        What took how long, and whether results agree.
    """
    plots = options.n if options.is_quick else options.n * TIMES
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        began = time.perf_counter()
        part_rows = max(plots // 100, 10)
        layer = write_province(folder / "layer", plots, part_rows=part_rows, seed=options.seed)
        written_s = time.perf_counter() - began
        runs = {workers: _run(layer, folder / f"out{workers}", workers) for workers in (1, 2)}
        speed = Table(
            f"{plots} plots in {len(layer.parts)} partitions, written in {decimal(written_s, 1)} s",
            ("workers", "wall s", "plots a second", "peak MB", "pairs", "area ha"),
            [_row(workers, run) for workers, run in runs.items()],
        )
        different, cut = _cut(folder, max(plots // 50, 100), options.seed)
    one, two = runs[1], runs[2]
    faster = one.wall_s / two.wall_s
    hours = PROVINCE / plots * two.wall_s * 2 / MACHINES / 3600
    estimate = Table(
        "Estimate from the cost of a plot on two workers: no such run was made",
        ("plots", "workers", "hours"),
        [(str(PROVINCE), str(MACHINES), decimal(hours, 2))],
    )
    reached = {
        "partitions.same": Reached(different, f"1 and {PARTS} partitions, borders included"),
        "partitions.workers": Reached(faster, "2 workers beside 1"),
        "partitions.large": Reached(float(plots) if _alike(one, two) else math.nan),
        "partitions.memory": Reached(two.peak_mb / 1024, "2 workers and what gives them work"),
    }
    return Section("Partitions", TEXT, [speed, cut, estimate], reached)


def _row(workers: int, run: Run) -> tuple[str, ...]:
    total = run.measured.totals["all"].iloc[-1]
    pairs = sum(count for count, _ in run.measured.contacts.values())
    return (
        str(workers),
        decimal(run.wall_s, 1),
        f"{run.measured.parcels / run.wall_s:.0f}",
        f"{run.peak_mb:.0f}",
        str(pairs),
        str(total["area_ha"]),
    )


def _run(layer: Partitions, out: Path, workers: int) -> Run:
    with _watched() as peak:
        began = time.perf_counter()
        measured = measure_layer(layer, out, by=BY, within_m=WITHIN_M, workers=workers)
        wall_s = time.perf_counter() - began
    return Run(wall_s, peak[0], measured)


def _alike(one: Run, other: Run) -> bool:
    """Tell whether two runs found the same."""
    return one.measured.contacts == other.measured.contacts and all(
        table.equals(other.measured.totals[by]) for by, table in one.measured.totals.items()
    )


def _cut(folder: Path, plots: int, seed: int) -> tuple[float, Table]:
    """Measure the same plots in one partition and in many, and count the rows that differ."""
    runs, pairs, rows = [], [], []
    whole = write_province(folder / "whole", plots, seed=seed)
    frame = gpd.read_parquet(whole.folder)
    for name, parts in (("one", 1), ("many", PARTS)):
        layer = partition(frame, folder / name, partitions=parts)
        run = _run(layer, folder / f"out_{name}", 2)
        table = pd.read_parquet(folder / f"out_{name}" / "contacts")
        pairs.append(table.sort_values(["left", "right"], ignore_index=True))
        runs.append(run)
        rows.append((str(len(layer.parts)), *_row(2, run)[1:]))
    same = pairs[0].equals(pairs[1]) and _alike(*runs)
    different = 0.0 if same else float(len(pd.concat(pairs).drop_duplicates(keep=False))) or 1.0
    header = ("partitions", "wall s", "plots a second", "peak MB", "pairs", "area ha")
    return different, Table(f"{plots} plots, 2 workers", header, rows)


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Give the greatest memory of this process and its children, in MB, when the block ends."""
    peak, ended = [0.0], threading.Event()

    def look() -> None:
        me = psutil.Process()
        while not ended.wait(LOOK_S):
            sizes = [_resident(each) for each in (me, *me.children(recursive=True))]
            peak[0] = max(peak[0], sum(sizes) / MB)

    watching = threading.Thread(target=look, daemon=True)
    watching.start()
    try:
        yield peak
    finally:
        ended.set()
        watching.join()


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
