"""Write formats that are plain text, part by part: GeoJSON, CSV, KML."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from enping_gis._resources import shipped_json
from enping_gis.crs import WGS84
from enping_gis.export.columns import column_of
from enping_gis.export.frames import (
    attributes,
    rings_of,
    shapes_in,
    short,
    target_crs,
    without_shape,
)
from enping_gis.findings import Finding
from enping_gis.gcj02 import to_gcj02

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd
    import numpy.typing as npt
    import pandas as pd
    from pyproj import CRS

    from enping_gis.export.options import Options

# A tenth of a millimetre: nine decimals of a degree.
_DEGREE_DECIMALS = 9
_METRE_DECIMALS = 4
# A spreadsheet takes a text that begins like this for a formula.
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
# XML knows no control characters but these three, and no halves of characters.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class TextWriter(ABC):
    """
    Write rows as text to one file.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants.
    """

    encoding = "utf-8"
    need = "any"

    def __init__(self, path: Path, shown: str, options: Options) -> None:
        self.path, self.shown, self.options = path, shown, options
        self.findings: list[Finding] = []
        self.rows = 0
        self._crs: CRS | None = None
        self._target: io.TextIOBase | None = None

    def add(self, frame: gpd.GeoDataFrame) -> None:
        """
        Write further rows.

        Parameters
        ----------
        frame : geopandas.GeoDataFrame
            The rows.
        """
        if self._crs is None:
            self._crs = target_crs(frame, self.options.crs, need=self.need)
        if self._target is None:
            # Closed by `finish`, or by the collector when the writing failed.
            self._target = self.path.open("w", encoding=self.encoding, newline="")
            self._target.write(self._begin(frame))
        table = attributes(frame)
        shapes = self._shapes(frame)
        for line in self._lines(frame, table, shapes):
            self._target.write(line)
        self.rows += len(frame)

    def finish(self) -> None:
        """Write the end and close the file."""
        if self._target is not None:
            self._target.write(self._end())
            self._target.close()

    def close(self) -> None:
        """Close the file after a failure."""
        if self._target is not None:
            self._target.close()

    def _shapes(self, frame: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
        assert self._crs is not None  # noqa: S101 - add() has chosen it
        return shapes_in(frame, self._crs)

    def _begin(self, frame: gpd.GeoDataFrame) -> str:  # noqa: ARG002 - some begin by it
        return ""

    @abstractmethod
    def _lines(
        self, frame: gpd.GeoDataFrame, table: pd.DataFrame, shapes: npt.NDArray[np.object_]
    ) -> Iterator[str]: ...

    def _end(self) -> str:
        return ""

    def _change(self, rule: str, row: int, field: str, value: str) -> None:
        self.findings.append(
            Finding(rule, "info", file=self.shown, row=row, field=field, value=short(value))
        )


class GeoJSONWriter(TextWriter):
    """
    Write GeoJSON as RFC 7946 has it: WGS 84, outer rings anticlockwise, nine decimals.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants, see `TextWriter`.
    """

    need = "degrees"

    def _begin(self, frame: gpd.GeoDataFrame) -> str:  # noqa: ARG002 - the same for all
        return '{"type": "FeatureCollection", "features": [\n'

    def _lines(
        self,
        frame: gpd.GeoDataFrame,  # noqa: ARG002 - the table has its cells
        table: pd.DataFrame,
        shapes: npt.NDArray[np.object_],
    ) -> Iterator[str]:
        wound = shapely.orient_polygons(_rounded(shapes, _DEGREE_DECIMALS))
        names = list(map(str, table.columns))
        for at, (cells, shape) in enumerate(
            zip(_rows(table), shapely.to_geojson(wound), strict=True)
        ):
            own = dict(zip(names, map(_json_value, cells), strict=True))
            properties = json.dumps(own, ensure_ascii=False)
            comma = ",\n" if self.rows + at else ""
            yield (
                f'{comma}{{"type": "Feature", "properties": {properties}, '
                f'"geometry": {shape or "null"}}}'
            )

    def _end(self) -> str:
        return "\n]}\n"


class CSVWriter(TextWriter):
    """
    Write a CSV with the geometry as WKT in the last column, for Excel: no cell is a formula.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants, see `TextWriter`.
    """

    def __init__(self, path: Path, shown: str, options: Options) -> None:
        super().__init__(path, shown, options)
        self.encoding = options.encoding or "utf-8-sig"

    def _begin(self, frame: gpd.GeoDataFrame) -> str:
        names = attributes(frame.iloc[:0]).columns
        return _csv_line([*(self._disarmed(str(name), 1, str(name)) for name in names), "WKT"])

    def _lines(
        self,
        frame: gpd.GeoDataFrame,  # noqa: ARG002 - the table has its cells
        table: pd.DataFrame,
        shapes: npt.NDArray[np.object_],
    ) -> Iterator[str]:
        decimals = _DEGREE_DECIMALS if _is_degrees(self._crs) else _METRE_DECIMALS
        names = list(map(str, table.columns))
        written = shapely.to_wkt(shapes, rounding_precision=decimals)
        for at, (cells, wkt) in enumerate(zip(_rows(table), written, strict=True)):
            row = self.rows + at + 2
            plain = [
                self._disarmed(cell, row, name) if isinstance(cell, str) else cell
                for cell, name in zip(cells, names, strict=True)
            ]
            yield _csv_line([*plain, wkt])

    def _disarmed(self, cell: str, row: int, field: str) -> str:
        if not cell.startswith(_FORMULA_BEGINS):
            return cell
        self._change("formula_disarmed", row, field, cell)
        return f"'{cell}"


def _csv_line(cells: list[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()


class KMLWriter(TextWriter):
    """
    Write KML in WGS 84, or shifted to GCJ-02 where the user asks for that.

    The attributes go into ``ExtendedData`` under their own names, Chinese ones too.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants, see `TextWriter`.
    """

    need = "degrees"

    @property
    def _is_shifted(self) -> bool:
        # Ovital programs take every .ovkml for GCJ-02.
        return self.options.gcj02 or self.shown.casefold().endswith((".ovkml", ".ovkmz"))

    def _shapes(self, frame: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
        shapes = super()._shapes(frame)
        if not self._is_shifted:
            return shapes

        def shifted(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            return np.column_stack(to_gcj02(xy[:, 0], xy[:, 1]))

        return shapely.transform(shapes, shifted)

    def _begin(self, frame: gpd.GeoDataFrame) -> str:  # noqa: ARG002 - the same for all
        note = ""
        if self._is_shifted:
            said = _xml(shipped_json("fields.json")["gcj02_note"])
            note = (
                f"<description>{said}</description>\n<ExtendedData>"
                '<Data name="coordinate_system"><value>GCJ-02</value></Data></ExtendedData>\n'
            )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n<name>parcels</name>\n'
            + note
        )

    def _lines(
        self, frame: gpd.GeoDataFrame, table: pd.DataFrame, shapes: npt.NDArray[np.object_]
    ) -> Iterator[str]:
        self.findings += without_shape(frame, shapes, self.rows + 1, {"file": self.shown})
        names = list(map(str, table.columns))
        named = str(column_of(table, "name"))
        for at, (cells, parts) in enumerate(zip(_rows(table), rings_of(shapes), strict=True)):
            if not parts:
                continue
            own = {
                name: self._said(cell, at, name) for name, cell in zip(names, cells, strict=True)
            }
            title = own.pop("name", "") or own.get(named, "")
            data = "".join(
                f'<Data name="{_xml(name)}"><value>{value}</value></Data>'
                for name, value in own.items()
                if value
            )
            yield (
                f"<Placemark>{f'<name>{title}</name>' if title else ''}"
                f"<ExtendedData>{data}</ExtendedData>{_kml_shape(parts)}</Placemark>\n"
            )

    def _said(self, cell: object, at: int, field: str) -> str:
        if cell is None or cell != cell:  # noqa: PLR0124 - NaN
            return ""
        if isinstance(cell, str) and _NOT_XML.search(cell):
            self._change("text_changed", self.rows + at + 1, field, cell)
        return _xml(str(_json_value(cell)) if not isinstance(cell, str) else cell)

    def _end(self) -> str:
        return "</Document>\n</kml>\n"


class KMZWriter(KMLWriter):
    """
    Write KMZ: the KML, zipped.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants, see `TextWriter`.
    """

    def __init__(self, path: Path, shown: str, options: Options) -> None:
        super().__init__(path.with_suffix(".kml"), shown, options)
        self._zip = path

    def finish(self) -> None:
        """Close the KML and put it into the zip."""
        super().finish()
        with zipfile.ZipFile(self._zip, "w", zipfile.ZIP_DEFLATED) as target:
            target.write(self.path, "doc.kml")
        self.path.unlink()


def _xml(text: str) -> str:
    return html.escape(_NOT_XML.sub("\ufffd", text))


def _kml_shape(parts: list[list[list[list[float]]]]) -> str:
    polygons = [_kml_polygon(part) for part in parts]
    if len(polygons) == 1:
        return polygons[0]
    return f"<MultiGeometry>{''.join(polygons)}</MultiGeometry>"


def _kml_polygon(rings: list[list[list[float]]]) -> str:
    inner = "".join(f"<innerBoundaryIs>{_kml_ring(r)}</innerBoundaryIs>" for r in rings[1:])
    outer = f"<outerBoundaryIs>{_kml_ring(rings[0])}</outerBoundaryIs>"
    return f"<Polygon>{outer}{inner}</Polygon>"


def _kml_ring(ring: list[list[float]]) -> str:
    places = " ".join(
        f"{x:.{_DEGREE_DECIMALS}f},{y:.{_DEGREE_DECIMALS}f}" for x, y in (*ring, ring[0])
    )
    return f"<LinearRing><coordinates>{places}</coordinates></LinearRing>"


def _rows(table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    if not len(table.columns):
        return iter([()] * len(table))
    return zip(*(table[name].tolist() for name in table.columns), strict=True)


def _json_value(cell: Any) -> Any:  # noqa: ANN401 - a cell
    if isinstance(cell, float):
        if not np.isfinite(cell):
            return None
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    return cell


def _rounded(shapes: npt.NDArray[np.object_], decimals: int) -> npt.NDArray[np.object_]:
    return shapely.transform(shapes, lambda xy: np.round(xy, decimals))


def _is_degrees(crs: CRS | None) -> bool:
    return crs is None or crs == WGS84 or crs.is_geographic
