"""Write DXF drawings that every CAD program opens: closed polylines and names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.export.columns import cells_of
from enping_gis.export.frames import rings_of, without_shape
from enping_gis.export.texts import TextWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd
    import numpy.typing as npt
    import pandas as pd

    from enping_gis.export.options import Options

_LAYER = "PARCEL"
_TEXT_LAYER = "PARCEL_NAME"
# Release 12 allows these in the name of a layer, and 31 of them.
_NOT_A_NAME = re.compile(r"[^A-Z0-9_$-]")
_NAME_LENGTH = 31
_TEXT_HEIGHT_M = 5.0
_DECIMALS = 4
_CLOSED = 1


class DrawingWriter(TextWriter):
    """
    Write a drawing in metres, AutoCAD release 12, texts in GBK.

    Each ring is a closed polyline on a layer named after the plot's category, ``PARCEL``
    without one; the name, or the id, stands inside as a text on ``PARCEL_NAME``.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants, see `TextWriter`.
    """

    need = "metres"

    def __init__(self, path: Path, shown: str, options: Options) -> None:
        super().__init__(path, shown, options)
        self.encoding = "gbk"

    def _begin(self, frame: gpd.GeoDataFrame) -> str:  # noqa: ARG002 - the same for all
        return _groups(
            (0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1009"),
            (9, "$DWGCODEPAGE"), (3, "ANSI_936"), (0, "ENDSEC"),
            (0, "SECTION"), (2, "ENTITIES"),
        )  # fmt: skip

    def _lines(
        self, frame: gpd.GeoDataFrame, table: pd.DataFrame, shapes: npt.NDArray[np.object_]
    ) -> Iterator[str]:
        self.findings += without_shape(frame, shapes, self.rows + 1, {"file": self.shown})
        columns = (cells_of(table, name) for name in ("category", "name", "parcel_id"))
        inside = shapely.get_coordinates(shapely.point_on_surface(_whole(shapes))).tolist()
        for category, name, parcel, parts, place in zip(
            *columns, rings_of(shapes), inside, strict=True
        ):
            layer = _layer_name(category)
            for ring in (ring for part in parts for ring in part):
                yield _polyline(layer, ring)
            label = name or parcel
            if label and parts:
                yield _label(str(label), place)

    def _end(self) -> str:
        return _groups((0, "ENDSEC"), (0, "EOF"))


def _groups(*pairs: tuple[int, object]) -> str:
    return "".join(f"{code:3d}\r\n{value}\r\n" for code, value in pairs)


def _layer_name(category: object) -> str:
    if not isinstance(category, str):
        return _LAYER
    return _NOT_A_NAME.sub("", category.upper())[:_NAME_LENGTH] or _LAYER


def _whole(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Give rows without a shape a point, so that all rows have a place."""
    without = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    return np.where(without, shapely.Point(0, 0), shapes)


def _polyline(layer: str, ring: list[list[float]]) -> str:
    begin = _groups((0, "POLYLINE"), (8, layer), (66, 1), (10, 0.0), (20, 0.0), (30, 0.0),
                    (70, _CLOSED))  # fmt: skip
    corners = "".join(
        f"  0\r\nVERTEX\r\n  8\r\n{layer}\r\n 10\r\n{x:.{_DECIMALS}f}\r\n"
        f" 20\r\n{y:.{_DECIMALS}f}\r\n 30\r\n0.0\r\n"
        for x, y in ring
    )
    return begin + corners + _groups((0, "SEQEND"), (8, layer))


def _label(text: str, place: list[float]) -> str:
    one_line = " ".join(text.split())
    # What GBK lacks is written as CAD programs write it.
    written = "".join(sign if _in_gbk(sign) else f"\\U+{ord(sign):04X}" for sign in one_line)
    return _groups(
        (0, "TEXT"), (8, _TEXT_LAYER), (10, f"{place[0]:.{_DECIMALS}f}"),
        (20, f"{place[1]:.{_DECIMALS}f}"), (30, 0.0), (40, _TEXT_HEIGHT_M), (1, written),
    )  # fmt: skip


def _in_gbk(sign: str) -> bool:
    return len(sign.encode("gbk", "ignore")) > 0
