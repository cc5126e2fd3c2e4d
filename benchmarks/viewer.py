"""
Measure the page of the map beside pages of folium, geopandas and Leaflet.

``python -m benchmarks.viewer --n 100000`` prints Markdown tables: the demonstration's number of
plots, a tenth of so many, so many, and whether the page still opens at ten times as many.
"""

from __future__ import annotations

import math
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.browsing import Opened, TooLongError, browser, chromium, opened
from benchmarks.command import run_alone
from benchmarks.harness import Route, take_turns
from benchmarks.pages import CANVAS, FOLIUM, OURS, PAGES, plots_of, stages
from benchmarks.report import Reached, Section, Table, decimal, ratio_to_best

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser

    from benchmarks.command import Options
    from benchmarks.harness import Taken

    Figures = dict[str, list[Opened]]

DEMONSTRATION = 119
MEGABYTE = 1e6
# How often a page is opened; each time all routes take turns.
TURNS, MOST_TURNS = 3, 5
HEADER = (
    "page", "build user s", "build wall s", "file MB", "drawn ms", "worst pan frame ms",
    "worst zoom frame ms", "heap MB", "arrays MB", "complaints",
)  # fmt: skip
TEXT = """\
Pages of the same synthetic plots, whose neighbours share bent boundaries; every page shows id,
name, status and area, coloured by status, and opens without a network (Leaflet is put into
the pages of folium and geopandas, what else they load is left out). The build of the package
includes areas, statuses on each day, totals and the neighbours of every plot within 40 m with
shared metres, which only its page shows; folium, geopandas and Leaflet are handed areas and
statuses ready, and measure nothing. The tables `of which` say what part of the package's build is
measuring, and what part is encoding; each is run by itself, on what the other one left.

Chromium without a graphics card, 1280 x 800; builds take turns, then openings take turns. `drawn`
is from the start of loading to the second frame after the first full drawing. A frame is the time
between two calls of requestAnimationFrame; the map is dragged to and fro over 150 pixels and zoomed
by the wheel three times, until it rests. Heap and arrays are after a collection of garbage. Figures
are medians of the turns; `complaints` are requests, console messages and errors of all turns.
"""


def measure(options: Options) -> Section:
    """
    Build and open the pages on three sizes, and open one of a million plots.

    Parameters
    ----------
    options : Options
        The largest size at which pages are compared, and how often.

    Returns
    -------
    Section
        Tables and what was reached of the targets.
    """
    program = chromium()
    if program is None:
        return Section("The page", TEXT + "\nNo Chromium was found: nothing was measured.\n")
    sizes = sorted({min(DEMONSTRATION, options.n), max(options.n // 10, 1), options.n})
    tables, reached = [], {}
    with tempfile.TemporaryDirectory() as folder, browser(program) as driver:
        for size in sizes:
            table, taken, figures = compared(driver, size, Path(folder), options)
            tables += [table, shares(size, options)]
        # What was reached counts at the largest size.
        reached = reached_of(taken, figures, Path(folder))
        if not options.is_quick:
            table, told = opens(driver, options.n * 10, Path(folder), options)
            tables.append(table)
            reached["viewer.million"] = told
    return Section("The page", TEXT, tables, reached)


def compared(
    driver: Browser, size: int, folder: Path, options: Options
) -> tuple[Table, dict[str, Taken], Figures]:
    """
    Build all pages of a size in turn, then open them in turn.

    Parameters
    ----------
    driver : playwright.sync_api.Browser
        The browser.
    size : int
        How many plots.
    folder : pathlib.Path
        Where pages are written.
    options : Options
        How often, how long.

    Returns
    -------
    tuple of Table, dict of str to Taken, and dict of str to list of Opened
        A row for each page; what builds took; how pages behaved each time.
    """
    plots = plots_of(size, seed=options.seed)
    routes = [
        Route(name, partial(build, plots, path_of(folder, name)), is_ours=name == OURS)
        for name, build in PAGES.items()
    ]
    taken = options.take_turns(routes)
    figures: Figures = {name: [] for name in PAGES}
    failed = {name: each.failure for name, each in taken.items() if each.failure is not None}
    turns = max(1, min(options.runs, MOST_TURNS if size < options.n else TURNS))
    for _ in range(turns):
        for name in PAGES:
            if name in failed:
                continue
            try:
                path = path_of(folder, name)
                figures[name].append(opened(driver, path, limit_s=options.limit_s))
            except TooLongError as reason:
                failed[name] = str(reason)
    rows = list(_rows(taken, figures, failed, folder))
    title = f"{len(plots.table)} plots, seed {options.seed}, {turns} openings"
    return Table(title, HEADER, rows), taken, figures


def shares(size: int, options: Options) -> Table:
    """
    Tell how the build of the package's page is shared between measuring and encoding.

    Parameters
    ----------
    size : int
        How many plots.
    options : Options
        How often, how long.

    Returns
    -------
    Table
        A row for each part.
    """
    plots = plots_of(size, seed=options.seed)
    routes = [Route(each.name, each.run, is_ours=True) for each in stages(plots)]
    taken = options.take_turns(routes)
    rows = [[name, decimal(each.user), decimal(each.wall)] for name, each in taken.items()]
    title = f"{OURS}, {len(plots.table)} plots, of which"
    return Table(title, ("part", "user s", "wall s"), rows)


def path_of(folder: Path, name: str) -> Path:
    """
    Return where a page is written.

    Parameters
    ----------
    folder : pathlib.Path
        The folder.
    name : str
        Name of the route.

    Returns
    -------
    pathlib.Path
        The file.
    """
    return folder / f"{list(PAGES).index(name)}.html"


def _rows(
    taken: dict[str, Taken], figures: Figures, failed: Mapping[str, str], folder: Path
) -> Iterator[list[str]]:
    for name, each in taken.items():
        if each.failure is not None:
            yield [name, str(each.failure), *[decimal(math.nan)] * (len(HEADER) - 2)]
            continue
        size_mb = path_of(folder, name).stat().st_size / MEGABYTE
        built = [name, decimal(each.user), decimal(each.wall), decimal(size_mb)]
        seen = figures[name]
        if not seen:
            yield [*built, str(failed[name]), *[decimal(math.nan)] * (len(HEADER) - 5)]
            continue
        cells = [decimal(median(one[k] for one in seen), 1) for k in range(5)]
        yield [*built, *cells, str(sum(one.complaints for one in seen))]


def reached_of(taken: dict[str, Taken], figures: Figures, folder: Path) -> dict[str, Reached]:
    """
    Compare the package's page with the others.

    Parameters
    ----------
    taken : dict of str to Taken
        What builds took.
    figures : dict of str to list of Opened
        How pages behaved.
    folder : pathlib.Path
        Where they are.

    Returns
    -------
    dict of str to Reached
        By code of the target.
    """
    ours = figures[OURS]
    if not ours:
        return {}
    found = {
        "viewer.build": ratio_to_best(taken, [FOLIUM]),
        "viewer.pan": Reached(median(one.pan_ms for one in ours)),
        "viewer.zoom": Reached(median(one.zoom_ms for one in ours)),
        "viewer.complaints": Reached(sum(one.complaints for one in ours)),
    }
    if taken[FOLIUM].failure is None:
        sizes = [path_of(folder, name).stat().st_size for name in (FOLIUM, OURS)]
        found["viewer.size"] = Reached(sizes[0] / sizes[1], f"beside {FOLIUM}")
    drawn_ms = median(one.drawn_ms for one in ours)
    for code, name in (("viewer.folium", FOLIUM), ("viewer.canvas", CANVAS)):
        seen = figures[name]
        if seen:
            ratio = median(one.drawn_ms for one in seen) / drawn_ms
            found[code] = Reached(ratio, f"beside {name}")
        else:
            found[code] = Reached(math.nan, f"{name} was not drawn in the time given")
    return found


def opens(driver: Browser, size: int, folder: Path, options: Options) -> tuple[Table, Reached]:
    """
    Open the package's page of very many plots.

    Parameters
    ----------
    driver : playwright.sync_api.Browser
        The browser.
    size : int
        How many plots.
    folder : pathlib.Path
        Where the page is written.
    options : Options
        Seed, and how long a page may take.

    Returns
    -------
    tuple of Table and Reached
        One row, and how long it took in seconds.
    """
    plots = plots_of(size, seed=options.seed)
    route = Route(OURS, partial(PAGES[OURS], plots, path_of(folder, OURS)))
    taken = {OURS: _once(route, options)}
    figures: Figures = {OURS: []}
    failed: dict[str, str] = {}
    try:
        page = opened(driver, path_of(folder, OURS), limit_s=options.limit_s)
        figures[OURS].append(page)
        told = Reached(page.drawn_ms / 1000, f"{len(plots.table)} plots")
    except TooLongError as reason:
        failed[OURS], told = str(reason), Reached(math.nan, str(reason))
    rows = list(_rows(taken, figures, failed, folder))
    return Table(f"{len(plots.table)} plots, seed {options.seed}", HEADER, rows), told


def _once(route: Route, options: Options) -> Taken:
    return take_turns([route], 1, limit_s=max(options.limit_s * 10, 1.0))[route.name]


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
