"""
Measure how the package's time and memory grow from ten thousand plots to a million.

``python -m benchmarks.growth --n 100000`` runs each operation, in a process of its own, on a tenth
of so many plots, on so many, and on ten times as many, and prints a Markdown table.
"""

from __future__ import annotations

import math
import resource
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd

from benchmarks.command import run_alone
from benchmarks.harness import apart, peak_mb, settled_mb
from benchmarks.layers import surveyed_layer
from benchmarks.report import Reached, Section, Table, decimal
from benchmarks.towns import in_towns, towns_over
from enping_gis.measure.areas import area
from enping_gis.measure.contacts import contacts
from enping_gis.measure.dissolve import dissolve
from enping_gis.measure.split import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.command import Options

    Operation = Callable[[gpd.GeoDataFrame, gpd.GeoDataFrame], object]

OPERATIONS: dict[str, Operation] = {
    "contacts": lambda plots, _: contacts(plots),
    "contacts within 30 m": lambda plots, _: contacts(plots, within_m=30.0),
    "area": lambda plots, _: area(plots),
    "split": split,
    "dissolve": lambda plots, _: dissolve(plots, "town"),
}
QUICK_OPERATIONS = ("contacts",)
# Runs before what is measured, so that nothing is compiled in between.
WARM_UP = 5000
HEADER = (
    "operation", "plots", "user s", "wall s", "exponent of user s", "layer MB", "peak MB",
    "peak by layer",
)  # fmt: skip
TEXT = """\
The package alone, on dirty layers. Each operation has a process of its own for each size, which
reads the layer from a file, runs once on a smaller layer to load what is compiled, and then as
often as stated, on the largest layer at most three times; times are medians. `layer MB` is the
memory that the layer itself takes, `peak MB` the greatest resident memory over that before the
layer was read: layer, result and all in between. The exponent is that of the power law between one
size and the next: 1 is proportional.
"""


class Grown(NamedTuple):
    """
    What an operation took on a layer.

    Parameters
    ----------
    plots : int
        How many.
    user_s, wall_s : float
        Medians in seconds.
    layer_mb, peak_mb : float
        Memory of the layer, and the greatest of all, in MB.
    """

    plots: int
    user_s: float
    wall_s: float
    layer_mb: float
    peak_mb: float

    def exponent(self, smaller: Grown) -> float:
        """
        Compare the time with that on a smaller layer.

        Parameters
        ----------
        smaller : Grown
            What the operation took on the smaller layer.

        Returns
        -------
        float
            The exponent of the power law between them.
        """
        return math.log(self.user_s / smaller.user_s) / math.log(self.plots / smaller.plots)


def grown(operation: str, folder: str, runs: int, warm_up: int) -> Grown:
    """
    Run an operation on the layer in a folder; meant for a process of its own.

    Parameters
    ----------
    operation : str
        One of `OPERATIONS`.
    folder : str
        Has ``plots.parquet`` and ``towns.parquet``.
    runs : int
        How often.
    warm_up : int
        Plots of the layer that is run before.

    Returns
    -------
    Grown
        What it took.
    """
    run = OPERATIONS[operation]
    small = surveyed_layer(warm_up, seed=1).parcels
    towns = towns_over(small, seed=1)
    run(in_towns(small, towns), towns)
    before_mb = settled_mb()
    plots = gpd.read_parquet(Path(folder) / "plots.parquet")
    towns = gpd.read_parquet(Path(folder) / "towns.parquet")
    layer_mb = settled_mb() - before_mb
    users_s, walls_s, peaks_mb = [], [], []
    for _ in range(runs):
        settled_mb()
        user_s, wall_s = _user_s(), time.perf_counter()
        run(plots, towns)
        walls_s.append(time.perf_counter() - wall_s)
        users_s.append(_user_s() - user_s)
        peaks_mb.append(peak_mb() - before_mb)
    return Grown(len(plots), median(users_s), median(walls_s), layer_mb, max(peaks_mb))


def _user_s() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def measure(options: Options) -> Section:
    """
    Run all operations on three sizes.

    Parameters
    ----------
    options : Options
        The middle size, and how often; the largest is run at most three times.

    Returns
    -------
    Section
        A table and what was reached of the targets.
    """
    sizes = (options.n // 10, options.n, options.n * 10)
    warm_up = min(WARM_UP, options.n)
    operations = QUICK_OPERATIONS if options.is_quick else tuple(OPERATIONS)
    found: dict[str, list[Grown]] = {operation: [] for operation in operations}
    for size in sizes:
        runs = min(options.runs, 3) if size == sizes[-1] else options.runs
        with tempfile.TemporaryDirectory() as folder:
            plots = surveyed_layer(size, seed=options.seed).parcels
            towns = towns_over(plots, seed=options.seed)
            in_towns(plots, towns).to_parquet(Path(folder) / "plots.parquet")
            towns.to_parquet(Path(folder) / "towns.parquet")
            del plots
            for operation in operations:
                found[operation].append(Grown(*apart(grown, operation, folder, runs, warm_up)))
    rows = [row for operation, each in found.items() for row in _rows(operation, each)]
    reached = {}
    for code, figures in {
        "exponent": {name: each[-1].exponent(each[-2]) for name, each in found.items()},
        "memory": {name: each[-1].peak_mb / each[-1].layer_mb for name, each in found.items()},
    }.items():
        worst = max(figures, key=lambda name: figures[name])
        reached[f"growth.{code}"] = Reached(figures[worst], f"the most of all operations: {worst}")
    title = f"{' / '.join(map(str, sizes))} generated plots, seed {options.seed}"
    return Section("Growth", TEXT, [Table(title, HEADER, rows)], reached)


def _rows(operation: str, each: list[Grown]) -> Iterator[list[str]]:
    for number, one in enumerate(each):
        exponent = one.exponent(each[number - 1]) if number else math.nan
        memory = [decimal(one.layer_mb, 0), decimal(one.peak_mb, 0)]
        ratio = decimal(one.peak_mb / one.layer_mb)
        times = [decimal(one.user_s, 3), decimal(one.wall_s, 3), decimal(exponent)]
        yield [operation, str(one.plots), *times, *memory, ratio]


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
