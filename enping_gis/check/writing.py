"""Write what a check found: as a workbook to print and filter, and as layers for a GIS."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
import shapely
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from enping_gis._resources import shipped_json
from enping_gis.atomic import replacing
from enping_gis.check.rules import rules
from enping_gis.crs import WGS84, transformed
from enping_gis.errors import OutputError
from enping_gis.export.frames import attributes
from enping_gis.export.gdal import refuse_inventory
from enping_gis.messages import language, text

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    import geopandas as gpd

LAYER = "findings"
_SHEET_ROWS, _CELL_CHARACTERS = 1_048_576, 32_767
# Width of columns in characters: messages and cures are read, the rest is looked up.
_NARROWEST, _WIDEST, _READ = 6, 20, 44
_LINE_POINTS, _MOST_LINES = 15.0, 12
_SIZE_DECIMALS, _METRE_DECIMALS = 4, 3
_DEGREE_DECIMALS = 9
_A4 = 9
_FILLS = {"error": "#F8D7DA", "warning": "#FFF3CD", "info": "#FFFFFF"}
_GDAL_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
)


def write_faults(found: gpd.GeoDataFrame, path: str | os.PathLike[str], *, title: str = "") -> None:
    """
    Write what a check found; the suffix says in which format.

    ``.xlsx`` is a workbook in the language in force with a sheet of the findings and a sheet
    of the rules; ``.gpkg`` has the layer ``findings`` in the CRS of the plots, shapes of any
    kind; ``.geojson`` is the same in WGS 84. An old file is replaced when the new one is
    complete; an inventory is never replaced.

    Parameters
    ----------
    found : geopandas.GeoDataFrame
        What `enping_gis.check` returned.
    path : path-like
        The file.
    title : str
        What stands above each printed page of a workbook.

    Raises
    ------
    OutputError
        The file cannot be written, or there is no such format.

    Examples
    --------
    >>> from enping_gis.check.faults import faults_frame
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_faults(faults_frame([], None), Path(folder, "clean.geojson"))
    ...     print(Path(folder, "clean.geojson").read_text())
    {"type": "FeatureCollection", "name": "findings", "features": []}
    """
    file = Path(path)
    kind = file.suffix.casefold()
    if kind not in _WRITERS:
        raise OutputError("error.output_kind", path=file, known=", ".join(sorted(_WRITERS)))
    if kind == ".gpkg":
        refuse_inventory(file)
    with replacing(file) as temporary:
        try:
            _WRITERS[kind](found, temporary, title)
        except (*_GDAL_ERRORS, XlsxWriterException) as error:
            raise OutputError("error.output", path=file, reason=error) from error


def _geopackage(found: gpd.GeoDataFrame, path: Path, title: str) -> None:
    del title
    layer = found.set_geometry(found.geometry)
    # GDAL takes some signs in a path for the end of a name, so it writes to a plain one.
    with tempfile.TemporaryDirectory(prefix="enping-") as folder:
        plain = Path(folder, "findings.gpkg")
        pyogrio.write_dataframe(
            layer, plain, layer=LAYER, driver="GPKG", geometry_type="Unknown", use_arrow=False
        )
        shutil.move(plain, path)


def _geojson(found: gpd.GeoDataFrame, path: Path, title: str) -> None:
    del title
    shapes = found.geometry.to_numpy()
    if found.crs is not None:
        shapes = transformed(shapes, found.crs, WGS84)
    rounded = shapely.transform(shapes, lambda vertices: np.round(vertices, _DEGREE_DECIMALS))
    rows = attributes(found).to_dict("records")
    features = [
        {
            "type": "Feature",
            "properties": {name: _known(cell) for name, cell in row.items()},
            "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
        }
        for row, shape in zip(rows, rounded, strict=True)
    ]
    collection = {"type": "FeatureCollection", "name": LAYER, "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")


def _known(cell: Any) -> Any:  # noqa: ANN401 - a cell
    return None if cell is None or cell != cell else cell  # noqa: PLR0124 - NaN alone differs from itself


def _workbook(found: gpd.GeoDataFrame, path: Path, title: str) -> None:
    if len(found) >= _SHEET_ROWS:
        raise OutputError("error.sheet_full", path=path.name, n=_SHEET_ROWS)
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        _findings_sheet(book, found, title)
        _rules_sheet(book, found, title)


def _findings_sheet(book: xlsxwriter.Workbook, found: gpd.GeoDataFrame, title: str) -> None:
    lang = language()
    names = [
        "rule", "severity", "parcel_ids", f"message_{lang}", f"cure_{lang}", "field", "value",
        "size", "unit", "tolerance", "x", "y",
    ]  # fmt: skip
    shown = pd.DataFrame(found[names])
    shown["rule"] = [_rule_name(code) for code in found["rule"]]
    shown["severity"] = [text(f"severity.{code}") for code in found["severity"]]
    shown["parcel_ids"] = [str(ids).replace(";", "; ") for ids in found["parcel_ids"]]
    counted = found["rule"].isin(_COUNTED) & (found["unit"] == "")
    shown["unit"] = found["unit"].where(~counted, text("unit.count"))
    shown["tolerance"] = [_in_words(tolerance) for tolerance in found["tolerance"]]
    shown["size"] = found["size"].astype(float).round(_SIZE_DECIMALS)
    shown[["x", "y"]] = found[["x", "y"]].astype(float).round(_METRE_DECIMALS)
    heads = [text(f"column.{name}") for name in names]
    _sheet(book, text("check.sheet"), title, heads, shown, found["severity"].tolist())


def _in_words(tolerance: str) -> str:
    """Return thresholds as they are read in the language in force."""
    if language() != "zh":
        return tolerance
    for word, zh in shipped_json("check/rules.json")["tolerance_words"].items():
        tolerance = re.sub(rf"(?<![a-z]){re.escape(word)}(?![a-z0-9])", zh, tolerance)
    return tolerance


def _rule_name(code: str) -> str:
    rule = rules()[code]
    return f"{code} {rule.zh if language() == 'zh' else rule.en}"


def _rules_sheet(book: xlsxwriter.Workbook, found: gpd.GeoDataFrame, title: str) -> None:
    """Say how often each rule found something, and by which thresholds."""
    counts = pd.crosstab(found["rule"], found["severity"])
    rows = []
    names = shipped_json("check/rules.json")["limit_names"]
    for record in shipped_json("check/rules.json")["rules"]:
        of_rule = {
            code: int(counts[code].get(record["code"], 0)) if code in counts else 0
            for code in _FILLS
        }
        limits = record["limits"] or {"": {"value": None, "source": "", "date": ""}}
        for number, (name, limit) in enumerate(limits.items()):
            own = [_rule_name(record["code"]), *of_rule.values()] if not number else [None] * 4
            shown = names[name][language()] if name else ""
            rows.append([*own, shown, limit["value"], limit["source"], limit["date"]])
    heads = [text("column.rule"), *(text(f"severity.{code}") for code in _FILLS)]
    heads += [text(f"column.{name}") for name in ("limit", "value", "source", "date")]
    frame = pd.DataFrame(rows, columns=[str(number) for number in range(len(heads))])
    _sheet(book, text("check.rules_sheet"), title, heads, frame.astype(object), [])


def _sheet(  # noqa: PLR0917 - what a sheet shows, in the order in which it is read
    book: xlsxwriter.Workbook, name: str, title: str, heads: Sequence[str],
    shown: pd.DataFrame, severities: Sequence[str],
) -> None:  # fmt: skip
    """Write a sheet that can be filtered on the screen and printed on A4 across."""
    sheet = book.add_worksheet(name)
    edge = {"border": 1, "border_color": "#BFBFBF", "valign": "top"}
    head = book.add_format({**edge, "bold": True, "bg_color": "#DDE5EC", "text_wrap": True})
    forms = {
        code: book.add_format({**edge, "text_wrap": True, "bg_color": fill})
        for code, fill in _FILLS.items()
    }
    plain = book.add_format({**edge, "text_wrap": True})
    columns = [shown.iloc[:, at].tolist() for at in range(shown.shape[1])]
    widths = [_width(heading, cells) for heading, cells in zip(heads, columns, strict=True)]
    for row, cells in enumerate(zip(*columns, strict=True)):
        sheet.set_row(row + 1, _height(cells, widths))
    for at, (heading, cells) in enumerate(zip(heads, columns, strict=True)):
        sheet.write_string(0, at, heading, head)
        sheet.set_column(at, at, widths[at])
        for row, cell in enumerate(cells):
            form = forms[severities[row]] if severities and at == 1 else plain
            _write_cell(sheet, (row + 1, at), cell, form)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(shown), 1), len(heads) - 1)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
    # An ampersand begins a code in a header, and 255 characters are all there is room for.
    sheet.set_header(f"&L{title.replace('&', '&&')[:200]}&R&D")
    sheet.set_footer("&C&P / &N")


def _width(heading: str, cells: Sequence[Any]) -> float:
    """Return a width in characters, of which a Chinese sign takes two."""
    lengths = [_columns_of(str(cell)) for cell in cells if _known(cell) is not None] or [0]
    # A column of sentences is wide; the arrow of the filter covers part of a heading.
    longest, widest = max(lengths), _READ if sum(lengths) > _WIDEST * len(lengths) else _WIDEST
    return min(max(longest + 1, _columns_of(heading) + 4, _NARROWEST), widest)


def _height(cells: Sequence[Any], widths: Sequence[float]) -> float:
    """Return the height of a row in points: not every program fits rows to wrapped texts."""
    lines = [
        -(-_columns_of(str(cell)) // int(width - 2))
        for cell, width in zip(cells, widths, strict=True)
        if isinstance(cell, str)
    ]
    return _LINE_POINTS * min(max([1, *lines]), _MOST_LINES)


def _columns_of(wording: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in wording)


def _write_cell(sheet: Any, at: tuple[int, int], cell: Any, form: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    if _known(cell) is None or cell == "":
        sheet.write_blank(*at, None, form)
    elif isinstance(cell, int | float | np.integer | np.floating):
        sheet.write_number(*at, float(cell), form)
    else:
        sheet.write_string(*at, str(cell)[:_CELL_CHARACTERS], form)


# Rules whose sizes are numbers of parts, holes and points.
_COUNTED = ("G5", "G6", "T4")
_WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path, str], None]] = {
    ".geojson": _geojson,
    ".gpkg": _geopackage,
    ".xlsx": _workbook,
}
