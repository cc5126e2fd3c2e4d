"""
Kill writers in the middle of a write, and see what they leave.

``python -m benchmarks.crashes`` prints a Markdown table: SIGKILLs that hit inside a write, and
whether the file then holds the old state, the new one, or neither; beside it plain geopandas.
"""

from __future__ import annotations

import hashlib
import os
import random
import select
import shutil
import signal
import sqlite3
import tempfile
import time
import traceback
import warnings
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from benchmarks.command import run_alone
from benchmarks.report import Reached, Section, Table
from enping_gis.export.write import write
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.adopting import adopt
from enping_gis.lifecycle.dividing import divided
from enping_gis.lifecycle.recording import record
from enping_gis.lifecycle.verifying import verified
from enping_gis.store.database import connected

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.command import Options

    Action = Callable[[], object]
    Prepare = Callable[[Path], Action]
    State = Callable[[Path], str]

DAY = "2023-03-30"
FILE, EXPORT = "inventory.gpkg", "plots.gpkg"
QUICK_KILLS = 1
# So many kills may come too early or too late for each that hits.
MISSES = 30
LOST = "neither: lost or torn"
TEXT = """\
A process begins to write, and is killed (SIGKILL) at a random moment. A kill counts only if it came
between the first change on the disk and the end of the call. Then the file is opened: it must hold
the old state or the new one, whole, every chain of events and every stored status verified. The
inventory is the demonstration (119 plots, 535 events), the export its plots as GeoPackage.

Plain geopandas writes the same: `to_file` over an existing file, and an event appended to one layer
and its status written to another, which leaves one without the other when killed in between.
"""


class Way(NamedTuple):
    """
    A way to write.

    Parameters
    ----------
    name : str
        In the table.
    file : str
        Name of the file that is written.
    prepare : callable
        Takes its folder, returns what writes.
    state : callable
        Takes the file, returns what it holds as a text; raises where it cannot be read.
    is_ours : bool
        Whether it is of this package.
    kills : int
        How many are wanted.
    """

    name: str
    file: str
    prepare: Prepare
    state: State
    is_ours: bool
    kills: int


@dataclass
class Outcome:
    """
    What kills left.

    Parameters
    ----------
    old, new, lost : int
        How many left the old state, the new one, or neither.
    missed : int
        How many came before or after the write, and do not count.
    example : str
        What was wrong in the first that left neither.
    """

    old: int = 0
    new: int = 0
    lost: int = 0
    missed: int = 0
    example: str = ""

    @property
    def hits(self) -> int:
        """
        Count the kills inside a write.

        Returns
        -------
        int
            Their number.
        """
        return self.old + self.new + self.lost


def recording(folder: Path) -> Action:
    """
    Prepare an event.

    Parameters
    ----------
    folder : pathlib.Path
        Of the inventory.

    Returns
    -------
    callable
        Records it.
    """
    return lambda: record(folder / FILE, "EP068", "revitalised", day=DAY, area_mu=1.0)


def importing(folder: Path) -> Action:
    """
    Prepare a table of targets and new plots.

    Parameters
    ----------
    folder : pathlib.Path
        Of the inventory.

    Returns
    -------
    callable
        Saves them.
    """
    file, source = folder / FILE, folder.parent / "source.gpkg"
    inventory = Inventory.open(file)
    shapes = [shapely.box(x, 2_449_000, x + 90, 2_449_100) for x in range(629_000, 630_000, 100)]
    rows = {"parcel_id": [f"N{n}" for n in range(len(shapes))], "status": "construction"}
    gpd.GeoDataFrame(rows, geometry=shapes, crs=4546).to_file(source)
    after, _ = inventory.with_import(source)
    return lambda: after.save(file)


def adopting(folder: Path) -> Action:
    """
    Prepare an edit that was made outside.

    Parameters
    ----------
    folder : pathlib.Path
        Of the inventory.

    Returns
    -------
    callable
        Adopts it.
    """
    file = folder / FILE
    with closing(connected(file)) as connection:
        connection.execute("UPDATE parcels SET holder = 'edited' WHERE parcel_id < 'EP060'")
    return lambda: adopt(file)


def dividing(folder: Path) -> Action:
    """
    Prepare a plot in two parts.

    Parameters
    ----------
    folder : pathlib.Path
        Of the inventory.

    Returns
    -------
    callable
        Saves them.
    """
    file = folder / FILE
    inventory = Inventory.open(file)
    west, south, east, north = inventory.parcels.set_index("parcel_id").geometry["EP097"].bounds
    middle = (west + east) / 2
    line = shapely.LineString([(middle, south - 1), (middle, north + 1)])
    after = divided(inventory, "EP097", line, day=DAY)
    return lambda: after.save(file)


def exporting(folder: Path) -> Action:
    """
    Prepare an export over an older one.

    Parameters
    ----------
    folder : pathlib.Path
        Of the export.

    Returns
    -------
    callable
        Writes it.
    """
    plots = Inventory.demo().parcels
    return lambda: write(plots, folder / EXPORT)


def plain_export(folder: Path) -> Action:
    """
    Prepare the same with geopandas alone.

    Parameters
    ----------
    folder : pathlib.Path
        Of the export.

    Returns
    -------
    callable
        Writes it.
    """
    plots = Inventory.demo().parcels
    return lambda: plots.to_file(folder / EXPORT, layer="plots")


def plain_event(folder: Path) -> Action:
    """
    Prepare an event and the status that follows with geopandas alone.

    Parameters
    ----------
    folder : pathlib.Path
        Of the file.

    Returns
    -------
    callable
        Appends the one and writes the other.
    """
    file = folder / EXPORT
    plots = gpd.read_file(file, layer="plots")
    event = gpd.GeoDataFrame({"parcel_id": ["EP068"], "kind": ["visit"]}, geometry=[None], crs=4546)
    plots.loc[plots["parcel_id"] == "EP068", "status_stated"] = "visited"

    def both() -> None:
        event.to_file(file, layer="events", mode="a")
        plots.to_file(file, layer="plots")

    return both


def plot_file(folder: Path) -> None:
    """
    Write the plots and one event with geopandas.

    Parameters
    ----------
    folder : pathlib.Path
        Of the file.
    """
    plots = Inventory.demo().parcels.head(60)
    plots.to_file(folder / EXPORT, layer="plots")
    event = gpd.GeoDataFrame({"parcel_id": ["EP001"], "kind": ["visit"]}, geometry=[None], crs=4546)
    event.to_file(folder / EXPORT, layer="events")


def inventory_state(file: Path) -> str:
    """
    Tell what an inventory holds, and that it is whole.

    Parameters
    ----------
    file : pathlib.Path
        The inventory; a journal left beside it is rolled back.

    Returns
    -------
    str
        Numbers of rows and, but for the moments of writing, a digest of plots.

    Raises
    ------
    ValueError
        A chain is broken, or a status is not what the events say.
    """
    found = verified(file).findings
    if found:
        raise ValueError(found[0].message)
    with closing(sqlite3.connect(file)) as connection:
        (whole,) = connection.execute("PRAGMA integrity_check").fetchone()
        tables = ("parcels", "events", "standing", "targets", "projects")
        counts = [connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in tables]  # noqa: S608 - constants
        told = connection.execute(
            "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name IN ('parcels', 'events')"
            " ORDER BY table_name DESC"
        ).fetchall()
        rows = connection.execute("SELECT * FROM parcels ORDER BY fid").fetchall()
        states = connection.execute("SELECT * FROM standing ORDER BY parcel_id").fetchall()
    if whole != "ok" or told != counts[:2]:
        raise ValueError(whole, told, counts)
    # New plots get new moments and ids, the same plots and states do not.
    return f"{counts} {hashlib.sha256(repr((rows, states)).encode()).hexdigest()}"


def layers_state(file: Path) -> str:
    """
    Tell what the layers of a file hold.

    Parameters
    ----------
    file : pathlib.Path
        The file.

    Returns
    -------
    str
        A digest of each layer.

    Raises
    ------
    ValueError
        There is no layer.
    """
    with closing(sqlite3.connect(file)) as connection:
        # Only a reader that may write rolls a journal back.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    said = []
    for name in sorted(map(str, pyogrio.list_layers(file)[:, 0])):
        rows = pyogrio.read_dataframe(file, layer=name)
        text = rows.to_csv() if len(rows) else "empty"
        said.append(f"{name} {len(rows)} {hashlib.sha256(text.encode()).hexdigest()}")
    if not said:
        msg = "no layer"
        raise ValueError(msg)
    return "; ".join(said)


WAYS = (
    Way("record", FILE, recording, inventory_state, is_ours=True, kills=400),
    Way("import", FILE, importing, inventory_state, is_ours=True, kills=200),
    Way("adopt", FILE, adopting, inventory_state, is_ours=True, kills=200),
    Way("divide", FILE, dividing, inventory_state, is_ours=True, kills=100),
    Way("export", EXPORT, exporting, layers_state, is_ours=True, kills=200),
    Way("geopandas to_file", EXPORT, plain_export, layers_state, is_ours=False, kills=40),
    Way(
        "geopandas to_file, event and status",
        EXPORT,
        plain_event,
        layers_state,
        is_ours=False,
        kills=40,
    ),
)


def killed(way: Way, hits: int, *, seed: int) -> Outcome:
    """
    Kill writers until so many kills hit.

    Parameters
    ----------
    way : Way
        How they write.
    hits : int
        How many kills inside a write are wanted.
    seed : int
        Of the moments.

    Returns
    -------
    Outcome
        What they left.

    Raises
    ------
    RuntimeError
        Hardly a kill hits, or a writer fails by itself.
    """
    outcome, moments = Outcome(), random.Random(seed)  # noqa: S311 - moments, not secrets
    with tempfile.TemporaryDirectory(prefix="enping-") as name:
        first, folder = Path(name, "first"), Path(name, "tried")
        first.mkdir()
        if way.file == FILE:
            Inventory.create(first / FILE, demo=True)
        else:
            plot_file(first)
        # What writes is prepared in the folder that is restored before each attempt.
        shutil.move(first, folder)
        action = way.prepare(folder)
        shutil.copytree(folder, first)
        before, old = _disk(first), way.state(first / way.file)
        lasted_s = []
        for _ in range(3):
            _restore(first, folder)
            lasted_s.append(_in_child(action, folder, None)[1])
        new = _shape_of(way.state(folder / way.file), way)
        while outcome.hits < hits:
            _restore(first, folder)
            is_done, _ = _in_child(action, folder, moments.uniform(0, max(lasted_s)))
            if is_done or _disk(folder) == before:
                outcome.missed += 1
                if outcome.missed > MISSES * hits:
                    msg = f"{way.name}: {outcome.missed} kills missed the write"
                    raise RuntimeError(msg)
                continue
            _judge(way, folder / way.file, old, new, outcome)
    return outcome


def _judge(way: Way, file: Path, old: str, new: str, outcome: Outcome) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            left = way.state(file)
    except (ValueError, OSError, sqlite3.Error, DataSourceError, DataLayerError) as fault:
        left = f"unreadable: {fault}"
    if left == old:
        outcome.old += 1
    elif _shape_of(left, way) == new:
        outcome.new += 1
    else:
        outcome.lost += 1
        outcome.example = outcome.example or left


def _shape_of(state: str, way: Way) -> str:
    """Return what two runs of one writer have in common: ids and moments are new each time."""
    return state.split("]", maxsplit=1)[0] if way.file == FILE else state


def _restore(first: Path, folder: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(first, folder)


def _disk(folder: Path) -> dict[str, bytes]:
    return {
        each.relative_to(folder).as_posix(): hashlib.sha256(each.read_bytes()).digest()
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


def _in_child(action: Action, folder: Path, kill_after_s: float | None) -> tuple[bool, float]:
    """
    Write in a process of its own, and kill it so long after the first change on the disk.

    Return whether it came to its end, and what it took from that change on.
    """
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # The child does nothing but the action, whatever threads libraries keep.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            warnings.simplefilter("ignore")
            action()
            os.write(writer, b"done")
        except BaseException:  # noqa: BLE001 - nothing may reach the parent from here
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        start = _names(folder)
        while _names(folder) == start and not select.select([pipe], [], [], 0)[0]:
            pass
        began = time.perf_counter()
        if kill_after_s is not None and not select.select([pipe], [], [], kill_after_s)[0]:
            os.kill(child, signal.SIGKILL)
        said = pipe.read()
        took_s = time.perf_counter() - began
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        msg = "the writer failed by itself"
        raise RuntimeError(msg)
    return said == b"done", took_s


def _names(folder: Path) -> list[tuple[str, int, int]]:
    """Return what tells quickly that something changed."""
    found = []
    for each in os.scandir(folder):
        try:
            told = each.stat()
        except FileNotFoundError:
            continue
        found.append((each.name, told.st_size, told.st_mtime_ns))
    return sorted(found)


def measure(options: Options) -> Section:
    """
    Kill writers, and count what they leave.

    Parameters
    ----------
    options : Options
        Only its seed and `is_quick` count.

    Returns
    -------
    Section
        A table, and what was reached of the targets.
    """
    section, rows, ours = Section("Crashes", TEXT), [], Outcome()
    for way in (WAYS[0], WAYS[-1]) if options.is_quick else WAYS:
        hits = QUICK_KILLS if options.is_quick else way.kills
        found = killed(way, hits, seed=options.seed)
        cells = (found.hits, found.old, found.new, found.lost)
        rows.append([way.name, *map(str, cells)])
        if way.is_ours:
            ours.old, ours.new, ours.lost = (
                ours.old + found.old, ours.new + found.new, ours.lost + found.lost,
            )  # fmt: skip
    header = ("write", "kills inside it", "old state", "new state", LOST)
    section.tables.append(Table(f"SIGKILL, seed {options.seed}", header, rows))
    section.reached["crashes.kills"] = Reached(ours.hits, "record, import, adopt, divide, export")
    section.reached["crashes.lost"] = Reached(ours.lost, "the same")
    return section


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
