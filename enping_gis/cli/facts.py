"""Tell what this installation has: doctor."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import pandas as pd
import pyogrio
import pyproj
import shapely

from enping_gis.cli.options import Form, Lang
from enping_gis.cli.output import Format, Report, show
from enping_gis.intake.files.look import KINDS
from enping_gis.messages import text
from enping_gis.store.shipped import demo_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGES = (
    "enping-gis", "geopandas", "shapely", "pyproj", "pyogrio", "fiona", "folium", "pandas",
    "numpy", "pyarrow", "XStatic-Leaflet", "typer", "openpyxl", "xlrd", "xlsxwriter",
)  # fmt: skip
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge", "firefox")
_DATABASES = ("psql", "postgres")


def doctor(form: Form = Format.table, lang: Lang = None) -> None:
    """Print versions, drivers, PROJ, browser and database."""
    del lang
    rows = pd.DataFrame(_facts(), columns=["item", "value", "note"])
    show(Report("doctor", rows), form)


def _facts() -> Iterator[tuple[str, str, str]]:
    yield "Python", platform.python_version(), platform.platform()
    for package in _PACKAGES:
        try:
            yield package, version(package), ""
        except PackageNotFoundError:
            yield package, "", text("doctor.missing", cure=f"pip install {package}")
    yield "GEOS", shapely.geos_version_string, ""
    yield "SQLite", sqlite3.sqlite_version, ""
    yield _proj()
    gdal = ".".join(map(str, pyogrio.__gdal_version__))
    yield "GDAL", gdal, _drivers(by_gdal=True)
    yield "own readers", "", _drivers(by_gdal=False)
    for name, programs in (("browser", _BROWSERS), ("database", _DATABASES)):
        found = next(filter(None, map(shutil.which, programs)), "")
        yield name, found, "" if found else text("doctor.optional")
    frames, meta = demo_tables()
    yield "demo", str(len(frames["parcels"])), meta.as_of.isoformat() if meta.as_of else ""


def _drivers(*, by_gdal: bool) -> str:
    kinds = (kind for kind in KINDS.values() if (kind.reader == "vector") is by_gdal)
    return ", ".join(sorted({kind.driver for kind in kinds if kind.reader != "archive"}))


def _proj() -> tuple[str, str, str]:
    elsewhere = [name for name in ("PROJ_DATA", "PROJ_LIB") if os.environ.get(name)]
    try:
        east_m, _ = pyproj.Transformer.from_crs(4490, 4546, always_xy=True).transform(111, 22)
        works = abs(east_m - 500_000) < 1e-3  # noqa: PLR2004 - the central meridian's easting
    except pyproj.exceptions.ProjError:
        works = False
    note = "" if works else text("doctor.proj", names=", ".join(elsewhere) or "PROJ_DATA")
    return "PROJ", pyproj.proj_version_str, note
