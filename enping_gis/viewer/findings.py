"""Turn what a check found into what the page carries: groups by rule, places, words, sizes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.check.rules import rules
from enping_gis.crs import WGS84, transformed
from enping_gis.errors import SchemaError
from enping_gis.messages import LANGUAGES, text
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.units import half_up
from enping_gis.viewer.finding_files import SEVERITIES
from enping_gis.viewer.shapes import UNITS_PER_DEGREE, inner_points, paths, polygonal, rings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from pyproj import CRS

    from enping_gis.messages import Language

    Record = dict[str, Any]
    Shapes = npt.NDArray[np.object_]

# Where two plots overlap, or leave ground between them, the ground itself is the finding.
_GROUND = frozenset({"T1", "T2"})
_UNITS = {"m2": "page.m2", "mu": "page.mu", "ha": "page.ha"}
_SIGNS = {"m": " m", "deg": "°", "%": "%"}
_DECIMALS = {"m2": 2, "m": 2, "mu": 2, "ha": 4, "deg": 1, "%": 2}
_FAR_M = 100
_OPTIONAL = ("field", "value", "tolerance")


@dataclass(frozen=True)
class PagePlots:
    """
    The plots of the page that findings are put on.

    Parameters
    ----------
    rows : mapping of str to int
        Position of each plot by its id.
    crs : pyproj.CRS
        System of findings that do not name theirs.
    lang : {"zh", "en"}
        Language of the page.
    """

    rows: Mapping[str, int]
    crs: CRS
    lang: Language


def encoded(findings: pd.DataFrame, page: PagePlots) -> Record:
    """
    Return the part of the data block that holds findings.

    Parameters
    ----------
    findings : pandas.DataFrame
        As `enping_gis.check.faults.faults_frame` returns it, with or without geometry.
    page : PagePlots
        The page that they are put on.

    Returns
    -------
    dict
        ``severities`` and ``rules`` with their names, the gravest first, and ``rows``: each
        with the position of its rule, severity and plots, the words in the language of the
        page, and longitude and latitude where it has a place.

    Raises
    ------
    SchemaError
        There is no column ``rule``.

    Examples
    --------
    >>> from pyproj import CRS
    >>> from enping_gis.check.faults import faults_frame
    >>> page = PagePlots({}, CRS.from_epsg(4546), "en")
    >>> encoded(faults_frame([], None), page)["rows"]
    []
    """
    if "rule" not in findings.columns:
        raise SchemaError("error.findings_column", path="findings")
    codes = ["" if _is_blank(code) else str(code) for code in findings["rule"]]
    known = _rules(codes, page.lang)
    rank = {rule["code"]: number for number, rule in enumerate(known)}
    places = _places(findings, page.crs)
    records = pd.DataFrame(findings).assign(rule=codes).to_dict("records")
    rows = [
        _row({"rule": ""} | _filled(record), place, rank, page)
        for record, place in zip(records, places, strict=True)
    ]
    words = {code: text(f"severity.{code}", page.lang) for code in SEVERITIES}
    severities = [{"code": code, "label": label} for code, label in words.items()]
    return {"severities": severities, "rules": known, "rows": rows}


def _rules(codes: list[str], lang: Language) -> list[Record]:
    there = rules()
    found = dict.fromkeys(codes)
    listed = [*(code for code in there if code in found), *(c for c in found if c not in there)]
    return [
        {"code": code, "label": _label(code, lang), **({"ground": True} if code in _GROUND else {})}
        for code in listed
    ]


def _label(code: str, lang: Language) -> str:
    rule = rules().get(code)
    name = "" if rule is None else rule.zh if lang == "zh" else rule.en
    return f"{code} {name}".strip() or text("not_stated", lang)


def _filled(record: Mapping[Any, Any]) -> Record:
    return {str(key): value for key, value in record.items() if not _is_blank(value)}


def _is_blank(value: object) -> bool:
    if isinstance(value, list | tuple | shapely.Geometry):
        return False
    return bool(pd.isna(value)) or value == ""


def _row(record: Record, place: Record, rank: Mapping[str, int], page: PagePlots) -> Record:
    rule = record["rule"]
    severity = record.get("severity") or getattr(rules().get(rule), "severity", "warning")
    ids = _ids(record.get("parcel_ids"))
    elsewhere = [each for each in ids if each not in page.rows]
    row = {
        "rule": rank[rule],
        "severity": SEVERITIES.index(severity) if severity in SEVERITIES else 1,
        "plots": [page.rows[each] for each in ids if each in page.rows],
        "elsewhere": elsewhere or None,
        "message": _words(record, "message", page.lang) or _label(rule, page.lang),
        "cure": _words(record, "cure", page.lang),
        "size": _size(record.get("size"), str(record.get("unit", "")), page.lang),
        **{name: str(record[name]) for name in _OPTIONAL if name in record},
        **place,
    }
    return {key: value for key, value in row.items() if value is not None}


def _ids(cell: object) -> list[str]:
    listed = cell if isinstance(cell, list | tuple) else str(cell or "").split(LIST_SEPARATOR)
    stripped = (str(each).strip() for each in listed)
    return list(dict.fromkeys(each for each in stripped if each))


def _words(record: Record, name: str, lang: Language) -> str | None:
    # A workbook has one language, which may be another than that of the page.
    columns = (f"{name}_{lang}", name, *(f"{name}_{other}" for other in LANGUAGES))
    return next((str(record[column]) for column in columns if column in record), None)


def _size(value: object, unit: str, lang: Language) -> str | None:
    """Print a size: two digits that count at least, and no false ones of a long distance."""
    number = float(value) if isinstance(value, int | float | Decimal) else math.nan
    if not math.isfinite(number):
        return None
    if unit not in _DECIMALS:
        figure = Decimal(f"{number:.10g}")
    elif 0 < abs(number) < 10.0 ** (1 - _DECIMALS[unit]):
        figure = Decimal(f"{number:.2g}")
    else:
        figure = half_up(number, 0 if unit == "m" and abs(number) >= _FAR_M else _DECIMALS[unit])
    sign = f" {text(_UNITS[unit], lang)}" if unit in _UNITS else _SIGNS.get(unit, "")
    # A true minus sign lines up with figures.
    return f"{figure:,f}{sign}".replace("-", "\N{MINUS SIGN}")


def _places(findings: pd.DataFrame, crs: CRS) -> list[Record]:
    """Say where each finding is: a place, and what can be filled or drawn as a line there."""
    shapes, own = _shapes(findings)
    own = own or crs
    # What encloses no area may have no inner point, which is no reason for a warning.
    with np.errstate(all="ignore"):
        areas = polygonal(shapes)
        places = inner_points(areas)[0]
        blank = shapely.is_missing(places)
        places[blank] = shapely.point_on_surface(shapes[blank])
    grounds, traces = (transformed(each, own, WGS84) for each in (areas, shapes))
    degrees = _filled_in(
        findings, transformed(places, own, WGS84), crs if own.is_geographic else own
    )
    found = []
    for area, line, place in zip(grounds, traces, degrees, strict=True):
        record: Record = {}
        if place is not None and np.isfinite([place.x, place.y]).all():
            at = [round(each * UNITS_PER_DEGREE) / UNITS_PER_DEGREE for each in (place.x, place.y)]
            drawn = {"rings": [] if area is None else rings(area),
                     "lines": [] if line is None else paths(line)}  # fmt: skip
            record = {"at": at} | {key: value for key, value in drawn.items() if value}
        found.append(record)
    return found


def _shapes(findings: pd.DataFrame) -> tuple[Shapes, CRS | None]:
    """Return shapes whose coordinates are all numbers, None for the others."""
    if not isinstance(findings, gpd.GeoDataFrame) or findings.active_geometry_name is None:
        return np.full(len(findings), None, dtype=object), None
    shapes = findings.geometry.to_numpy().astype(object)
    vertices, owners = shapely.get_coordinates(shapes, return_index=True)
    shapes[owners[~np.isfinite(vertices).all(axis=1)]] = None
    shapes[shapely.is_empty(shapes)] = None
    return shapely.force_2d(shapes), findings.crs


def _filled_in(findings: pd.DataFrame, degrees: Shapes, crs: CRS) -> Shapes:
    """Where there is no shape, ``x`` and ``y`` are the place."""
    if not {"x", "y"} <= set(findings.columns):
        return degrees
    x, y = (pd.to_numeric(findings[name], errors="coerce").to_numpy(float) for name in ("x", "y"))
    wanted = shapely.is_missing(degrees) & np.isfinite(x) & np.isfinite(y)
    filled = degrees.copy()
    filled[wanted] = transformed(shapely.points(x[wanted], y[wanted]), crs, WGS84)
    return filled
