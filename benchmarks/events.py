"""
Measure the fold of events and the recording of one: neither may suffer from a long history.

``python -m benchmarks.events --n 100000`` prints Markdown tables for 100,000 generated plots with
ten events each, and for files of a thousand events up to as many.
"""

from __future__ import annotations

import math
import resource
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyproj import CRS

from benchmarks.command import run_alone
from benchmarks.harness import Route
from benchmarks.reading import EPSG
from benchmarks.reading import plots as squares
from benchmarks.report import Reached, Section, Table, decimal, timing_table
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.recording import record
from enping_gis.measure.areas import area
from enping_gis.measure.standing import status_on
from enping_gis.schema import conformed
from enping_gis.status import folded
from enping_gis.store.meta import InventoryMeta

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchmarks.command import Options
    from benchmarks.harness import Taken

EVENTS_A_PLOT = 10
# Days since 1970 on which events happen: from 2019-04-14 on, four years.
FIRST_DAY, DAYS = 18_000, 1461
MIDDLE = date(2021, 6, 1)
# One event in a hundred takes back another one.
TAKEN_BACK = 100
PARCEL = "P0000007"
# A file of a thousand events and each ten times as large, up to that of the first table.
SMALLEST = 1_000
RECORDS = 20
FILE, OPEN_VIEW, FOLD = "from the file", "of an inventory at hand", "fold of events at hand"
PLAIN = "pyogrio.read_dataframe, events"
KINDS = (
    "surveyed", "filed", "visit", "meeting", "negotiating", "agreed", "litigating", "settled",
    "revitalised", "offered", "supplied", "construction", "producing", "note",
)  # fmt: skip
TEXT = """\
Generated inventories: plots with ten events each, of all kinds, over four years; one event in a
hundred takes back another. The status of all plots on a day in the middle is asked for: from the
file (opened, checked, plots measured, events folded), of an inventory at hand, and as the mere
fold; beside them what it takes to read the table of events and no more. `status` is how many
plots have one.

`record` adds one event to a plot, in one transaction with the state of the plot, {records} times in
each of the files in turn; times are those of one event, medians over the turns. Plots grow with
the events. The chains of the generated files are not hashed; nothing measured here reads them.
"""


def history(plots: int, *, seed: int) -> Inventory:
    """
    Make an inventory with a long history.

    Parameters
    ----------
    plots : int
        How many plots; each has ten events on average.
    seed : int
        The same seed makes the same events.

    Returns
    -------
    Inventory
        Synthetic, EPSG:4546, areas in the plane.
    """
    names = np.array([f"P{number:07}" for number in range(plots)], dtype=object)
    shapes = squares(0, plots).geometry
    rows = pd.DataFrame({"parcel_id": names, "source": "synthetic"})
    parcels = gpd.GeoDataFrame(conformed(rows, "parcels"), geometry=shapes, crs=EPSG)
    frames: dict[str, pd.DataFrame] = {
        "parcels": parcels,
        "places": Inventory.demo().places,
        "events": events_of(names, plots * EVENTS_A_PLOT, seed=seed),
    }
    day = date(2023, 3, 30)
    return Inventory(frames, InventoryMeta(CRS(EPSG), day, area_method="planar", origin="bench"))


def events_of(names: npt.NDArray[np.object_], count: int, *, seed: int) -> pd.DataFrame:
    """
    Make events.

    Parameters
    ----------
    names : array of str
        Ids of plots.
    count : int
        How many events.
    seed : int
        The same seed makes the same events.

    Returns
    -------
    pandas.DataFrame
        Table ``events``, in the order of recording.
    """
    random = np.random.default_rng([seed, 7])
    kind = np.array(KINDS, dtype=object)[random.integers(0, len(KINDS), count)]
    second = np.sort(random.integers(FIRST_DAY * 86_400, (FIRST_DAY + DAYS) * 86_400, count))
    ids = np.array([f"{each:08x}-0000-7000-8000-{each:012x}" for each in range(count)], object)
    corrects = np.full(count, None, dtype=object)
    cures = np.flatnonzero(random.integers(0, TAKEN_BACK, count) == 0)
    corrects[cures] = ids[np.maximum(cures - random.integers(1, 1000, len(cures)), 0)]
    kind[cures] = "corrected"
    columns = {
        "event_id": ids,
        "parcel_id": names[random.integers(0, len(names), count)],
        "date": np.datetime_as_string(second.astype("M8[s]").astype("M8[D]")),
        "date_basis": "synthetic",
        "kind": kind,
        "area_m2": np.where(kind == "revitalised", random.random(count) * 10, np.nan),
        "actor": "benchmark",
        "note": "synthetic",
        "corrects_id": corrects,
        "recorded_at": np.char.add(np.datetime_as_string(second.astype("M8[s]")), "+08:00"),
        "origin": "bench",
        "hash": [f"{each:064x}" for each in range(count)],
    }
    return conformed(pd.DataFrame(columns), "events")


def from_file(path: Path) -> pd.DataFrame:
    """
    Open a file and tell the status of its plots.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.

    Returns
    -------
    pandas.DataFrame
        A row for each plot.
    """
    return status_on(Inventory.open(path, as_of=MIDDLE))


def by_sqlite(path: Path) -> list[tuple[object, ...]]:
    """
    Read the table of events with the standard library.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.

    Returns
    -------
    list of tuple
        Its rows.
    """
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM events").fetchall()


def statuses(path: Path, options: Options) -> tuple[Table, Reached]:
    """
    Compare the status on a day with reading the events and no more.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.
    options : Options
        How often.

    Returns
    -------
    tuple of Table and Reached
        A row for each route; how many times as long as the plain read the status takes.
    """
    there = Inventory.open(path)
    ids = there.parcels["parcel_id"]
    area_m2 = area(there.parcels, method=there.meta.area_method).set_axis(ids)
    read = partial(pyogrio.read_dataframe, path, layer="events")
    routes = [
        Route(FILE, partial(from_file, path), is_ours=True),
        Route(OPEN_VIEW, partial(status_on, there, MIDDLE)),
        Route(FOLD, partial(folded, there.events, MIDDLE, area_m2)),
        Route(PLAIN, read),
        Route(f"{PLAIN}, with Arrow", partial(read, use_arrow=True)),
        Route("sqlite3, all rows of events", partial(by_sqlite, path)),
    ]
    taken = options.take_turns(routes)

    def cells(each: Taken) -> list[str]:
        if not each.route.name.startswith((FILE, OPEN_VIEW, FOLD)):
            return [str(len(each.result)), "-"]
        return [str(len(each.result)), str(int((each.result["status"] != "unknown").sum()))]

    title = f"Status of {len(ids)} plots with {len(there.events)} events, {options.runs} runs"
    table = timing_table(title, taken, ("rows", "status"), cells)
    ours, plain = taken[FILE], taken[PLAIN]
    if ours.failure or plain.failure:
        return table, Reached(math.nan, ours.failure or str(plain.failure))
    return table, Reached(ours.user / plain.user, f"beside {PLAIN}")


def recorded_s(path: Path) -> tuple[float, float]:
    """
    Record some events.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.

    Returns
    -------
    tuple of float
        User CPU and wall time of one event, in seconds.
    """
    user_s, wall_s = resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()
    for _ in range(RECORDS):
        record(path, PARCEL, "visit", day="2023-03-30", note="synthetic", quantity=1)
    spent_s = resource.getrusage(resource.RUSAGE_SELF).ru_utime - user_s
    return spent_s / RECORDS, (time.perf_counter() - wall_s) / RECORDS


def recordings(files: dict[int, Path], options: Options) -> tuple[Table, Reached]:
    """
    Record events in files of several sizes.

    Parameters
    ----------
    files : dict of int to pathlib.Path
        Number of events -> inventory.
    options : Options
        How many turns.

    Returns
    -------
    tuple of Table and Reached
        A row for each file; how many times as long the largest takes as the smallest.
    """
    for path in files.values():
        recorded_s(path)
    taken: dict[int, list[tuple[float, float]]] = {count: [] for count in files}
    for _ in range(options.runs):
        for count, path in files.items():
            taken[count].append(recorded_s(path))
    medians = {
        count: tuple(1000 * median(each[which] for each in turns) for which in (0, 1))
        for count, turns in taken.items()
    }
    rows = [
        [str(count), decimal(user_ms), decimal(wall_ms)]
        for count, (user_ms, wall_ms) in medians.items()
    ]
    title = f"`record`, {options.runs} turns of {RECORDS} events"
    first, last = medians[min(files)], medians[max(files)]
    note = f"{max(files)} events beside {min(files)}"
    return Table(title, ("events in the file", "user ms", "wall ms"), rows), Reached(
        last[0] / first[0], note
    )


def measure(options: Options) -> Section:
    """
    Measure the status on a day, and recording as files grow.

    Parameters
    ----------
    options : Options
        How many plots, how often.

    Returns
    -------
    Section
        Tables and what was reached of the targets.
    """
    section = Section("Events", TEXT.format(records=RECORDS))
    most = options.n * EVENTS_A_PLOT
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        count = min(SMALLEST, most)
        while count <= most:
            files[count] = Path(folder, f"{count}.gpkg")
            history(count // EVENTS_A_PLOT, seed=options.seed).save(files[count])
            count *= 10
        table, section.reached["events.status"] = statuses(files[max(files)], options)
        section.tables.append(table)
        table, section.reached["events.record"] = recordings(files, options)
        section.tables.append(table)
    return section


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
