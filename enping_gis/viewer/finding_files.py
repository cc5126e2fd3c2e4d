"""Read findings back from a file that ``check -o`` wrote: layer, JSON, table of text, workbook."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio

from enping_gis.check.faults import COLUMNS
from enping_gis.check.rules import rules
from enping_gis.crs import WGS84, parsed_crs
from enping_gis.errors import CRSError, SchemaError, SourceError
from enping_gis.intake.files.unpack import members
from enping_gis.intake.tables.delimited import text_sheet
from enping_gis.intake.tables.grid import workbook_sheets
from enping_gis.messages import LANGUAGES, codes, text
from enping_gis.vocabulary import normalised

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from pyproj import CRS

    from enping_gis.intake.raw import Member
    from enping_gis.intake.tables.grid import Sheet

SEVERITIES = ("error", "warning", "info")
_FIGURES = ("size", "x", "y")
_LAYER = "findings"
_KINDS = ".gpkg, .geojson, .json, .csv, .xlsx"
_JSON = frozenset({".json", ".geojson"})
_AUTHORITY = re.compile(r"[A-Za-z]+:+[0-9]+|urn:ogc:def:crs:\S+")
_CODE = re.compile(r"[A-Z][0-9]+")
# How a spreadsheet is kept from taking a text for a formula.
_GUARDED = re.compile(r"'(?=[=+\-@])")


def read_findings(path: str | os.PathLike[str]) -> gpd.GeoDataFrame:
    """
    Read the findings of a check from a file.

    Parameters
    ----------
    path : path-like
        What ``check -o`` wrote: ``.gpkg`` and ``.geojson`` hold the shapes; ``.json``, ``.csv``
        and ``.xlsx`` hold ``x`` and ``y``, of which points are made.

    Returns
    -------
    geopandas.GeoDataFrame
        One row each, at least the columns ``rule``, ``severity`` and ``parcel_ids``; without a
        CRS where the file does not name one.

    Raises
    ------
    SourceError
        The file is missing, damaged, or of another kind.
    SchemaError
        It holds no findings: nothing in it is called ``rule``.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     clean = Path(folder, "clean.json")
    ...     _ = clean.write_text('{"meta": {}, "findings": [], "rows": []}')
    ...     len(read_findings(clean))
    0
    """
    with members(path) as contents:
        (member, *more) = contents.members
        if more:
            raise SourceError("error.findings_kind", path=path, known=_KINDS)
        frame = _frame(member)
    if "rule" not in frame.columns:
        raise SchemaError("error.findings_column", path=path)
    return _settled(frame)


def _frame(member: Member) -> gpd.GeoDataFrame:
    if member.kind == ".gpkg":
        return _of_geopackage(member)
    if member.kind in _JSON:
        return _of_json(member)
    if member.kind == ".csv":
        return _of_sheets([text_sheet(member.path, shown=member.shown)[0]])
    if member.kind == ".xlsx":
        return _of_sheets(workbook_sheets(member.path, shown=member.shown))
    raise SourceError("error.findings_kind", path=member.shown, known=_KINDS)


def _of_geopackage(member: Member) -> gpd.GeoDataFrame:
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(member.path)]
        # The layer of that name first, then any that has the columns.
        for name in sorted(names, key=lambda name: name != _LAYER):
            if "rule" in pyogrio.read_info(member.path, layer=name)["fields"]:
                return gpd.GeoDataFrame(pyogrio.read_dataframe(member.path, layer=name))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise SourceError("error.unreadable", path=member.shown, reason=error) from error
    return gpd.GeoDataFrame(geometry=[])


def _of_json(member: Member) -> gpd.GeoDataFrame:
    content = member.path.read_bytes()
    # A shell on Windows redirects in UTF-16.
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        document = json.loads(content.decode("utf-16" if wide else "utf-8-sig"))
        if "features" in document:
            found = gpd.GeoDataFrame.from_features(document["features"])
            named = (document.get("crs") or {}).get("properties", {}).get("name")
            return _placed(found, _crs(named) or WGS84)
        rows = pd.DataFrame(document["rows"])
        crs = _crs(document.get("meta", {}).get("crs"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError("error.findings_json", path=member.shown) from error
    # Nothing found is a good answer, not a file of another kind.
    return _points(rows if len(rows) else pd.DataFrame(columns=list(COLUMNS)), crs)


def _placed(found: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    if not len(found):
        return gpd.GeoDataFrame(columns=[*COLUMNS], geometry=[], crs=crs)
    return found.set_crs(crs, allow_override=True)


def _crs(name: object) -> CRS | None:
    """Read the system from how it is printed, such as ``EPSG:4546 (CGCS2000 ...)``."""
    found = _AUTHORITY.match(name) if isinstance(name, str) else None
    try:
        return None if found is None else parsed_crs(found.group())
    except CRSError:
        return None


def _of_sheets(sheets: Iterable[Sheet]) -> gpd.GeoDataFrame:
    for sheet in sheets:
        head: dict[int, str] = {}
        rows: list[dict[str, object]] = []
        for _, cells in sorted(sheet.rows.items()):
            if head:
                rows.append({head[at]: cell for at, cell in cells.items() if at in head})
            else:
                head = _head(cells)
        if head:
            # A line between groups, or a total, has no place in the column of the rule.
            kept = [row for row in rows if row.get("rule") is not None]
            return _points(pd.DataFrame(kept, columns=list(dict.fromkeys(head.values()))), None)
    return gpd.GeoDataFrame(geometry=[])


def _head(cells: Mapping[int, object]) -> dict[int, str]:
    """Name the columns of a line, when it is the head; else nothing."""
    known = _headings()
    named = {at: known.get(normalised(str(cell)), "") for at, cell in cells.items()}
    found = {at: name for at, name in named.items() if name}
    return found if {"rule", "parcel_ids"} <= set(found.values()) else {}


def _headings() -> dict[str, str]:
    """Columns of a table of findings by each heading that `check` writes."""
    there = set(codes())
    known = {normalised(name): name for name in COLUMNS}
    for name in COLUMNS:
        if f"column.{name}" in there:
            for lang in LANGUAGES:
                known.setdefault(normalised(text(f"column.{name}", lang)), name)
    return known


def _points(rows: pd.DataFrame, crs: CRS | None) -> gpd.GeoDataFrame:
    x, y = (pd.to_numeric(_column(rows, name), errors="coerce") for name in ("x", "y"))
    placed = x.notna() & y.notna()
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), index=rows.index)
    return gpd.GeoDataFrame(rows, geometry=points.where(placed, None), crs=crs)


def _column(rows: pd.DataFrame, name: str) -> pd.Series[Any]:
    return rows[name] if name in rows else pd.Series(None, index=rows.index, dtype=object)


def _settled(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Bring what people read, such as "T1 Overlap" and "Error", back to codes."""
    said = {normalised(text(f"severity.{code}", lang)): code
            for code in SEVERITIES for lang in LANGUAGES}  # fmt: skip
    severity = _column(frame, "severity").map(lambda cell: said.get(normalised(str(cell)), cell))
    settled = frame.assign(rule=frame["rule"].map(_rule), severity=severity)
    for name in _FIGURES:
        settled[name] = pd.to_numeric(_column(frame, name), errors="coerce")
    texts = [name for name in COLUMNS if name in settled and name not in _FIGURES]
    for name in texts:
        settled[name] = settled[name].map(_unguarded)
    return settled


def _rule(cell: object) -> str:
    written = str(cell)
    found = _CODE.match(written)
    return found.group() if found and found.group() in rules() else written


def _unguarded(cell: object) -> object:
    return _GUARDED.sub("", cell, count=1) if isinstance(cell, str) else cell
