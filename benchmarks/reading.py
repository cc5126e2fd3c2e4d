"""
Compare `enping_gis.read`, with all its checks, with plain readers; or convert a huge file.

``python -m benchmarks.reading --n 100000`` prints a Markdown table: the same plots as GeoPackage,
Shapefile and GeoParquet, the routes taking turns in one process, medians of user CPU and wall
seconds, and the peak memory of each route in a process of its own. A ratio above 1 says how many
times longer the package takes than `pyogrio.read_dataframe` or `geopandas.read_parquet`.

``python -m benchmarks.reading --stream --n 5000000`` converts files of a tenth, a fifth and all of
the rows through the command line and prints the peak memory of each: it must not grow with them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

import enping_gis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Route = Callable[[Path], Any]

EPSG = 4546
CORNER_M = (620_000.0, 2_440_000.0)
# Plots stand in a grid so narrow that five million of them still lie within the county.
STEP_M, ACROSS = 8.0, 2400
CORNERS = 9
TOWNS = ("圣堂镇", "君堂镇", "沙湖镇", "牛江镇", "大槐镇", "东成镇")
STATUSES = ("待整治", "整治中", "已盘活", "已供地", "在建", "已投产")
CHUNK = 100_000
MEGABYTE = 1 << 20
LAUNCHER = """
import os, sys
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
COLUMNS = ("route", "user s", "wall s", "user ratio", "wall ratio", "peak MB")


class Run(NamedTuple):
    """
    What one run took.

    Parameters
    ----------
    user_s, wall_s : float
        User CPU and wall time in seconds.
    """

    user_s: float
    wall_s: float


def plots(first: int, count: int) -> gpd.GeoDataFrame:
    """
    Make plots of nine corners with the columns that offices keep.

    Parameters
    ----------
    first : int
        Number of the first plot.
    count : int
        How many.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4546.
    """
    number = np.arange(first, first + count)
    row, column = np.divmod(number, ACROSS)
    angle = np.arange(CORNERS) * 2 * np.pi / CORNERS
    radius_m = STEP_M * (0.3 + 0.15 * ((number[:, None] * 7 + np.arange(CORNERS) * 13) % 10) / 10)
    east = CORNER_M[0] + column[:, None] * STEP_M + radius_m * np.cos(angle)
    north = CORNER_M[1] + row[:, None] * STEP_M + radius_m * np.sin(angle)
    shapes = shapely.polygons(np.stack([east, north], axis=-1).round(3))
    columns = {
        "DKBH": [f"440785{each:013}" for each in number],
        "DKMC": [f"第{each}号地块" for each in number],
        "XZMC": [TOWNS[each % len(TOWNS)] for each in number],
        "QLR": [f"恩平市第{each % 997}有限公司" for each in number],
        "ZT": [STATUSES[each % len(STATUSES)] for each in number],
        "JZMJ": (number % 4000) / 4,
        "CS": number % 30,
        "PZRQ": [f"20{10 + each % 14}-{1 + each % 12:02}-{1 + each % 28:02}" for each in number],
        "BZ": ["" if each % 3 else "台账与实地一致" for each in number],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=EPSG)


def written(folder: Path, count: int) -> dict[str, Path]:
    """
    Write the same plots in three formats.

    Parameters
    ----------
    folder : pathlib.Path
        Where to.
    count : int
        How many plots.

    Returns
    -------
    dict of str to pathlib.Path
        Name of the format -> file.
    """
    table = plots(0, count)
    kinds = {"GeoPackage": ".gpkg", "Shapefile": ".shp", "GeoParquet": ".parquet"}
    files = {name: folder / f"plots{suffix}" for name, suffix in kinds.items()}
    pyogrio.write_dataframe(table, files["GeoPackage"], layer="parcels")
    pyogrio.write_dataframe(table, files["Shapefile"], encoding="UTF-8")
    table.to_parquet(files["GeoParquet"])
    return files


def plain(path: Path) -> gpd.GeoDataFrame:
    """
    Read with the plain reader of a format.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    geopandas.GeoDataFrame
        Its rows.
    """
    return gpd.read_parquet(path) if path.suffix == ".parquet" else pyogrio.read_dataframe(path)


def checked(path: Path) -> enping_gis.Reading:
    """
    Read with the package.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    enping_gis.Reading
        Parcels, findings and account.
    """
    return enping_gis.read(path)


def timed(route: Route, path: Path) -> Run:
    """
    Run a route once.

    Parameters
    ----------
    route : callable
        What to run.
    path : pathlib.Path
        The file it reads.

    Returns
    -------
    Run
        What it took.
    """
    user_s, wall_s = os.times().user, time.perf_counter()
    route(path)
    return Run(os.times().user - user_s, time.perf_counter() - wall_s)


def peak_mb(*command: str) -> float:
    """
    Run a command and return its peak memory.

    Parameters
    ----------
    *command : str
        Program and arguments; its output is thrown away.

    Returns
    -------
    float
        Greatest resident set in MB.
    """
    # A process begins with the peak of the one that starts it: a small one stands between.
    done = subprocess.run(  # noqa: S603 - the benchmark's own command
        [sys.executable, "-c", LAUNCHER, *command], check=True, capture_output=True, text=True
    )
    # Linux counts kilobytes, macOS bytes.
    return int(done.stdout) / (1024 if sys.platform != "darwin" else MEGABYTE)


def report(files: dict[str, Path], runs: int) -> Iterator[str]:
    """
    Run both routes in turn on each file.

    Parameters
    ----------
    files : dict of str to pathlib.Path
        Name of the format -> file.
    runs : int
        How often.

    Yields
    ------
    str
        Lines of a Markdown table.
    """
    yield f"| format | {' | '.join(COLUMNS)} |"
    yield "|---" * (len(COLUMNS) + 1) + "|"
    for name, path in files.items():
        taken: dict[str, list[Run]] = {"plain": [], "checked": []}
        for _ in range(runs):
            taken["plain"].append(timed(plain, path))
            taken["checked"].append(timed(checked, path))
        pairs = list(zip(taken["checked"], taken["plain"], strict=True))
        ratios = {
            "plain": Run(1.0, 1.0),
            "checked": Run(median(one.user_s / max(other.user_s, 1e-3) for one, other in pairs),
                           median(one.wall_s / other.wall_s for one, other in pairs)),
        }  # fmt: skip
        for route, label in (("plain", "plain reader"), ("checked", "enping_gis.read")):
            user_s, wall_s = (median(values) for values in zip(*taken[route], strict=True))
            code = f"from benchmarks.reading import *; {route}(Path({str(path)!r}))"
            yield (
                f"| {name} | {label} | {user_s:.2f} | {wall_s:.2f} | {ratios[route].user_s:.2f} "
                f"| {ratios[route].wall_s:.2f} | {peak_mb(sys.executable, '-c', code):.0f} |"
            )


def streamed(folder: Path, sizes: Sequence[int], suffix: str) -> Iterator[str]:
    """
    Convert files of several sizes through the command line.

    Parameters
    ----------
    folder : pathlib.Path
        Where files may be written; each is removed after its turn.
    sizes : sequence of int
        Numbers of rows.
    suffix : str
        Format to convert to, such as ``".fgb"``.

    Yields
    ------
    str
        Lines of a Markdown table.
    """
    yield "| rows | file MB | wall s | peak MB |"
    yield "|---|---|---|---|"
    for size in sizes:
        source, target = folder / f"plots{size}.gpkg", folder / f"converted{size}{suffix}"
        for first in range(0, size, CHUNK):
            part = plots(first, min(CHUNK, size - first))
            pyogrio.write_dataframe(part, source, layer="parcels", append=first > 0)
        file_mb, start_s = source.stat().st_size / MEGABYTE, time.perf_counter()
        command = (sys.executable, "-m", "enping_gis", "read", str(source), "-o", str(target))
        peak = peak_mb(*command)
        wall_s = time.perf_counter() - start_s
        kept = int(pyogrio.read_info(target, force_feature_count=True)["features"])
        if kept != size:
            message = f"{kept} of {size} rows arrived"
            raise RuntimeError(message)
        yield f"| {size} | {file_mb:.0f} | {wall_s:.0f} | {peak:.0f} |"
        source.unlink()
        target.unlink()


def main() -> None:
    """Read the command line, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0].strip())
    parser.add_argument("--n", type=int, default=100_000, help="plots")
    parser.add_argument("--runs", type=int, default=5, help="turns of each route")
    parser.add_argument("--stream", action="store_true", help="convert through the command line")
    parser.add_argument("--to", default=".gpkg", help="with --stream: format to convert to")
    parser.add_argument("--folder", type=Path, help="where to write; else a temporary folder")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder = Path(name)
        if chosen.stream:
            lines = streamed(folder, (chosen.n // 10, chosen.n // 5, chosen.n), chosen.to)
        else:
            print(f"{chosen.n} plots of {CORNERS} corners, {chosen.runs} runs")
            print()
            lines = report(written(folder, chosen.n), chosen.runs)
        for line in lines:
            print(line, flush=True)


if __name__ == "__main__":
    main()
