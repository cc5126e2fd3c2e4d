"""
Compare `enping_gis.read`, with all its checks, with plain readers; or convert a huge file.

``python -m benchmarks.reading --n 100000`` prints Markdown tables: the same plots as GeoPackage,
Shapefile and GeoParquet, the package beside `pyogrio.read_dataframe` or `geopandas.read_parquet`.
A ratio below 1 says which share of the package's time the plain reader takes.

``python -m benchmarks.reading --stream --n 5000000`` converts files of a tenth, a fifth and all of
the rows through the command line and prints the peak memory of each: it must not grow with them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

import enping_gis
from benchmarks.command import options_of, parser
from benchmarks.harness import MEGABYTE, Route, command_peak_mb
from benchmarks.report import Section, timing_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.command import Options

EPSG = 4546
CORNER_M = (620_000.0, 2_440_000.0)
# Plots stand in a grid so narrow that five million of them still lie within the county.
STEP_M, ACROSS = 8.0, 2400
CORNERS = 9
TOWNS = ("圣堂镇", "君堂镇", "沙湖镇", "牛江镇", "大槐镇", "东成镇")
STATUSES = ("待整治", "整治中", "已盘活", "已供地", "在建", "已投产")
CHUNK = 100_000
TEXT = """\
Reading files as offices keep them, with all checks, beside plain pyogrio and geopandas: the same
plots as GeoPackage, Shapefile and GeoParquet.
"""


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


def measure(options: Options, folder: Path | None = None) -> Section:
    """
    Run both routes in turn on each file.

    Parameters
    ----------
    options : Options
        How many plots, how often.
    folder : pathlib.Path, optional
        Where to write; by default a temporary folder of the system.

    Returns
    -------
    Section
        A table for each format.
    """
    section = Section("Reading", TEXT)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        for kind, path in written(Path(name), options.n).items():
            routes = [
                Route("enping_gis.read", partial(checked, path), is_ours=True),
                Route("plain reader", partial(plain, path)),
            ]
            taken = options.take_turns(routes)
            title = f"{kind}, {options.n} plots of {CORNERS} corners, {options.runs} runs"
            section.tables.append(timing_table(title, taken, [], lambda _: []))
    return section


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
        peak = command_peak_mb(*command)
        wall_s = time.perf_counter() - start_s
        kept = int(pyogrio.read_info(target, force_feature_count=True)["features"])
        if kept != size:
            message = f"{kept} of {size} rows arrived"
            raise RuntimeError(message)
        yield f"| {size} | {file_mb:.0f} | {wall_s:.0f} | {peak:.0f} |"
        source.unlink()
        target.unlink()


def main() -> None:
    """Read the command line, print the tables."""
    asked = parser(__doc__ or "")
    asked.add_argument("--stream", action="store_true", help="convert through the command line")
    asked.add_argument("--to", default=".gpkg", help="with --stream: format to convert to")
    asked.add_argument("--folder", type=Path, help="where to write; else a temporary folder")
    chosen = asked.parse_args()
    if not chosen.stream:
        print(measure(options_of(chosen), chosen.folder).markdown())
        return
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        sizes = (chosen.n // 10, chosen.n // 5, chosen.n)
        for line in streamed(Path(name), sizes, chosen.to):
            print(line, flush=True)


if __name__ == "__main__":
    main()
