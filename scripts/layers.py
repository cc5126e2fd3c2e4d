"""Write the shipped layers and tables in one fixed form, and compare a rebuild with them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

TOLERANCE_M = 1e-6
M_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Layer:
    """
    One layer as it ships: named geometries with attributes, rounded on writing.

    Parameters
    ----------
    name : str
        Name of the layer.
    epsg : int
        Code of its CRS; coordinates are x, y whatever the axis order of that CRS is.
    decimals : int
        Digits after the point that are kept.
    rows : sequence of mapping
        Attributes of each feature.
    geometries : sequence of shapely geometry
        One for each row, not yet rounded.
    """

    name: str
    epsg: int
    decimals: int
    rows: Sequence[Mapping[str, Any]]
    geometries: Sequence[BaseGeometry]

    def text(self) -> str:
        """
        Return the layer as GeoJSON, one feature a line.

        Returns
        -------
        str
            The file's content, with a ``crs`` member.
        """
        lines = [
            json.dumps(
                {
                    "type": "Feature",
                    "properties": dict(row),
                    "geometry": mapping(_rounded(ordered(geometry), self.decimals)),
                },
                ensure_ascii=False,
            )
            for row, geometry in zip(self.rows, self.geometries, strict=True)
        ]
        crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{self.epsg}"}}
        return (
            f'{{"type": "FeatureCollection", "name": {json.dumps(self.name)},\n'
            f'"crs": {json.dumps(crs)},\n"features": [\n' + ",\n".join(lines) + "\n]}\n"
        )

    @property
    def unit_m(self) -> float:
        """
        Size of one coordinate unit in metres.

        Returns
        -------
        float
            1 for projected layers, the longest degree for geographic ones.
        """
        return M_PER_DEGREE if self.epsg == 4490 else 1.0  # noqa: PLR2004 - the geographic CRS


def ordered(geometry: BaseGeometry) -> BaseGeometry:
    """
    Bring parts and rings into one order, so that a rebuild compares point by point.

    Parameters
    ----------
    geometry : shapely geometry
        A polygon or several.

    Returns
    -------
    shapely geometry
        A MultiPolygon in shapely's normal form.
    """
    return shapely.normalize(shapely.multipolygons(list(shapely.get_parts(geometry))))


def table_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """
    Return a table as CSV: UTF-8, one line a row, empty where nothing is known.

    Parameters
    ----------
    columns : sequence of str
        Columns in order.
    rows : iterable of mapping
        The rows; a missing key, None and NaN give an empty cell.

    Returns
    -------
    str
        The file's content.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return stream.getvalue()


def sha256(text: str) -> str:
    """
    Return the SHA-256 of a file's content.

    Parameters
    ----------
    text : str
        The content.

    Returns
    -------
    str
        Hexadecimal digits.
    """
    return hashlib.sha256(text.encode()).hexdigest()


def layer_differences(layer: Layer, path: Path) -> list[str]:
    """
    Compare a rebuilt layer with the file that ships.

    Coordinates may differ by the rounding of the file and 1e-6 m, attributes not at all.

    Parameters
    ----------
    layer : Layer
        The layer as built now.
    path : pathlib.Path
        The file.

    Returns
    -------
    list of str
        One line for each difference.
    """
    if not path.is_file():
        return [f"{path.name}: missing"]
    shipped = json.loads(path.read_text(encoding="utf-8"))
    features = shipped["features"]
    if [f["properties"] for f in features] != [dict(row) for row in layer.rows]:
        return [f"{path.name}: attributes differ"]
    limit = 0.5 * 10**-layer.decimals + TOLERANCE_M / layer.unit_m
    return [
        f"{path.name}: geometry of feature {number} differs"
        for number, (feature, geometry) in enumerate(zip(features, layer.geometries, strict=True))
        if not _apart(shape(feature["geometry"]), ordered(geometry)) <= limit
    ]


def text_differences(text: str, path: Path) -> list[str]:
    """
    Compare a rebuilt table with the file that ships.

    Parameters
    ----------
    text : str
        The content as built now.
    path : pathlib.Path
        The file.

    Returns
    -------
    list of str
        Nothing, or the first line that differs.
    """
    if not path.is_file():
        return [f"{path.name}: missing"]
    now, then = text.splitlines(), path.read_bytes().decode().splitlines()
    for number, (left, right) in enumerate(zip(now, then, strict=False), start=1):
        if left != right:
            return [f"{path.name}:{number}: {right!r} is rebuilt as {left!r}"]
    return [] if len(now) == len(then) else [f"{path.name}: {len(then)} lines, not {len(now)}"]


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value)


def _rounded(geometry: BaseGeometry, decimals: int) -> BaseGeometry:
    return shapely.transform(geometry, lambda xy: np.round(xy, decimals))


def _apart(shipped: BaseGeometry, built: BaseGeometry) -> float:
    left, right = shapely.get_coordinates(shipped), shapely.get_coordinates(built)
    return float(np.abs(left - right).max()) if left.shape == right.shape else math.inf
