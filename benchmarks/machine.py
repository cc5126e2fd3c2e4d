"""Say what figures were measured with: versions, machine, day, command."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pyproj
import shapely

from benchmarks.postgis import postgis_version
from benchmarks.report import Table

# What the figures depend on, besides the package itself.
PEERS = (
    "numpy", "numba", "pandas", "pyarrow", "shapely", "geopandas", "pyproj", "pyogrio", "libpysal",
    "duckdb", "duckdb-extension-spatial", "psycopg",
)  # fmt: skip


def machine(command: str) -> Table:
    """
    Say what the figures were measured with, and on what.

    Parameters
    ----------
    command : str
        What was called.

    Returns
    -------
    Table
        Versions, machine, day and command.
    """
    versions = {name: _version(name) for name in ("enping-gis", *PEERS)}
    versions["PostGIS"] = postgis_version()
    system = {
        "GEOS (shapely)": ".".join(map(str, shapely.geos_version)),
        "PROJ (pyproj)": pyproj.proj_version_str,
        "Python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB",
        "load when done": ", ".join(f"{load:.1f}" for load in os.getloadavg()),
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": f"`{command}`",
    }
    rows = [[name, value] for name, value in (versions | system).items()]
    return Table("Versions and machine", ("what", "which"), rows)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or sys.platform
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
