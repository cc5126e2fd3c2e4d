"""
Measure what the first call costs: compiling, once for each machine, and loading, in each process.

``python -m benchmarks.first_call`` prints a Markdown table. It needs no large layer.
"""

from __future__ import annotations

import resource
import tempfile
import time
from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks.command import run_alone
from benchmarks.harness import apart
from benchmarks.report import Section, Table, decimal

if TYPE_CHECKING:
    from benchmarks.command import Options

PLOTS = 10_000
OPERATIONS = ("contacts", "contacts within 30 m", "area", "split", "dissolve")
QUICK_OPERATIONS = ("area",)
STEPS = ("import geopandas", "import enping_gis.measure", "first call", "second call")
HEADER = ("operation", "compiled code", *STEPS)
TEXT = """\
The loops that arrays cannot express are compiled by numba when they are first called, and kept on
disk. Each operation runs twice in a process of its own on {plots} plots: with nothing compiled yet
(cold), as once on each machine after each update, and again with what the first process left behind
(warm), as in every process from then on.
"""


def called(operation: str, plots: int, seed: int) -> list[tuple[float, float]]:
    """
    Import the package and call an operation twice; meant for a process of its own.

    Parameters
    ----------
    operation : str
        One of `OPERATIONS`.
    plots, seed : int
        Size and seed of the layer.

    Returns
    -------
    list of tuple of float
        User CPU and wall time in seconds, of each of `STEPS`.
    """
    laps = [_now()]
    import geopandas  # noqa: F401, PLC0415 - what is measured

    laps.append(_now())
    from enping_gis.measure import contacts, dissolve, split  # noqa: F401, PLC0415 - the same

    laps.append(_now())
    from benchmarks.growth import OPERATIONS as CALLS  # noqa: PLC0415 - after the package
    from benchmarks.layers import surveyed_layer  # noqa: PLC0415 - the same
    from benchmarks.towns import in_towns, towns_over  # noqa: PLC0415 - the same

    layer = surveyed_layer(plots, seed=seed).parcels
    towns = towns_over(layer, seed=seed)
    layer = in_towns(layer, towns)
    calls = [_now()]
    for _ in range(2):
        CALLS[operation](layer, towns)
        calls.append(_now())
    both = (*pairwise(laps), *pairwise(calls))
    return [(end[0] - begin[0], end[1] - begin[1]) for begin, end in both]


def _now() -> tuple[float, float]:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()


def measure(options: Options) -> Section:
    """
    Call each operation in processes of its own, cold and warm.

    Parameters
    ----------
    options : Options
        Its seed; a layer is at most `PLOTS` large.

    Returns
    -------
    Section
        A table.
    """
    plots = min(PLOTS, options.n)
    rows = []
    for operation in QUICK_OPERATIONS if options.is_quick else OPERATIONS:
        with tempfile.TemporaryDirectory() as cache:
            for state in ("cold", "warm"):
                taken = apart(called, operation, plots, options.seed, NUMBA_CACHE_DIR=cache)
                cells = [f"{decimal(user_s)} ({decimal(wall_s)})" for user_s, wall_s in taken]
                rows.append([operation, state, *cells])
    title = f"{plots} generated plots, user s (wall s)"
    return Section("The first call", TEXT.format(plots=plots), [Table(title, HEADER, rows)])


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
