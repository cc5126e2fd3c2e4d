"""Collect the placemarks of a KML text while it is parsed."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

import numpy as np
import shapely
from shapely.errors import ShapelyError

from enping_gis.intake.drawings.balloons import table_cells
from enping_gis.intake.files.reasons import shape_reason

# About a millimetre; a line that ends this near its start is a ring.
_CLOSED_DEG = 1e-8
_COMMA = re.compile(r"\s*,\s*")
_RING_POINTS = 4
_MAX_LEVELS = 500
_FOLDERS = frozenset({"Document", "Folder"})
# Children of a placemark that are no attributes.
_NO_ATTRIBUTES = frozenset(
    {"styleUrl", "visibility", "open", "Style", "StyleMap", "LookAt", "Camera", "Region", "Snippet"}
)
_WITH_ATTRIBUTES = frozenset({"Placemark", "ExtendedData", "TimeStamp", "TimeSpan"})
_REMARKS = frozenset({"name", "description", "value", "SimpleData", "Snippet", "author"})


class Placemark:
    """
    One placemark: its attributes, and the parts of its geometry as they are written.

    Parameters
    ----------
    folder : str
        Names of the folders around it.
    """

    def __init__(self, folder: str) -> None:
        self.cells: dict[str, Any] = {"name": None, "folder": folder or None}
        # Kind of part and coordinates: "outer" begins a polygon, "inner" is a hole of the last.
        self.parts: list[tuple[str, str]] = []

    def put(self, name: str, value: str) -> None:
        """
        Keep an attribute; a second one of a name gets a number.

        Parameters
        ----------
        name : str
            Its name.
        value : str
            Its text.
        """
        free, number = name, 2
        while self.cells.get(free) is not None:
            free, number = f"{name}_{number}", number + 1
        self.cells[free] = value or None

    def shape(self) -> tuple[shapely.Geometry | None, list[tuple[str, str]]]:
        """
        Make the geometry.

        Returns
        -------
        shape : shapely geometry or None
            Polygons where there are any, else what there is.
        notes : list of tuple of str and str
            Rules and values of findings.
        """
        notes: list[tuple[str, str]] = []
        polygons: list[list[Any]] = []
        others: list[shapely.Geometry] = []
        try:
            for kind, text in self.parts:
                points = _points(text)
                if not len(points):
                    continue
                closed = len(points) >= _RING_POINTS and _is_closed(points)
                if kind == "inner" and polygons:
                    polygons[-1].append(points)
                elif kind in {"outer", "ring"} or (kind == "line" and closed):
                    polygons.append([points])
                    notes += [("line_as_ring", "")] if kind == "line" else []
                else:
                    others.append(_other(kind, points))
                if kind in {"outer", "inner", "ring"} and not _is_closed(points):
                    notes.append(("ring_closed", ""))
            made = [shapely.Polygon(rings[0], rings[1:]) for rings in polygons]
        except (ShapelyError, ValueError, TypeError, IndexError) as error:
            return None, [("geometry_unread", shape_reason(error))]
        if made:
            if others:
                notes.append(("parts_left", ", ".join(sorted({o.geom_type for o in others}))))
            return (made[0] if len(made) == 1 else shapely.MultiPolygon(made)), notes
        if len(others) > 1:
            return shapely.GeometryCollection(others), notes
        return (others[0] if others else None), notes


def _points(text: str) -> Any:  # noqa: ANN401 - an array of two columns
    tuples = [entry.split(",")[:2] for entry in _COMMA.sub(",", text.strip()).split()]
    return np.array(tuples, dtype=np.float64).reshape(-1, 2)


def _is_closed(points: Any) -> bool:  # noqa: ANN401 - an array of two columns
    return bool(np.abs(points[0] - points[-1]).max() <= _CLOSED_DEG)


def _other(kind: str, points: Any) -> shapely.Geometry:  # noqa: ANN401 - an array of two columns
    if kind == "point" or len(points) == 1:
        return shapely.Point(points[0])
    return shapely.LineString(points)


class Placemarks:
    """
    A parser that collects placemarks.

    Examples
    --------
    >>> reader = Placemarks()
    >>> reader.feed("<kml><Placemark><name>a</name></Placemark></kml>")
    >>> reader.close()
    >>> [placemark.cells["name"] for placemark in reader.taken()]
    ['a']
    """

    class Forbidden(Exception):  # noqa: N818 - it is caught by this name alone
        """The text has a document type or entities, or is nested without end."""

    def __init__(self) -> None:
        self.links: list[str] = []
        self.remarks: list[str] = []
        self._done: list[Placemark] = []
        self._path: list[str] = []
        self._names: list[str] = []  # of the folders around
        self._placemark: Placemark | None = None
        self._key = ""
        self._text: list[str] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse

    def feed(self, text: str) -> None:
        """
        Parse on.

        Parameters
        ----------
        text : str
            The next piece of the text.
        """
        self._parser.Parse(text.encode("utf-8", "replace"), False)  # noqa: FBT003 - expat takes no keyword

    def close(self) -> None:
        """End the text."""
        self._parser.Parse(b"", True)  # noqa: FBT003 - expat takes no keyword

    def taken(self) -> list[Placemark]:
        """
        Hand over the placemarks that are complete.

        Returns
        -------
        list of Placemark
            In the order of the text, each one once.
        """
        done, self._done = self._done, []
        return done

    def _refuse(self, *_: object) -> None:
        raise self.Forbidden

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self._path.append(name)
        if len(self._path) > _MAX_LEVELS:
            raise self.Forbidden
        self._text.clear()
        if name == "Placemark":
            folder = "/".join(each for each in self._names[1:] if each)
            self._placemark = Placemark(folder)
        elif name in _FOLDERS:
            self._names.append("")
        elif name in {"Data", "SimpleData"}:
            self._key = attributes.get("name", "")

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        text = "".join(self._text).strip()
        self._text.clear()
        self._path.pop()
        if name == "Placemark" and self._placemark is not None:
            self._done.append(self._placemark)
            self._placemark = None
        elif self._placemark is not None:
            self._inside(self._placemark, name, text)
        else:
            self._outside(name, text)

    def _outside(self, name: str, text: str) -> None:
        parent = self._path[-1] if self._path else ""
        if name in _FOLDERS and self._names:
            self._names.pop()
        elif name == "name" and parent in _FOLDERS and self._names:
            self._names[-1] = text
        if name == "href" and parent in {"Link", "Url"}:
            self.links.append(text)
        if name in _REMARKS and text:
            self.remarks.append(text)

    def _inside(self, placemark: Placemark, name: str, text: str) -> None:
        parent = self._path[-1]
        if name == "coordinates":
            placemark.parts.append((self._kind(), text))
        elif name == "SimpleData" or (name == "value" and parent == "Data"):
            placemark.put(self._key or name, text)
        elif text and parent in _WITH_ATTRIBUTES and name not in _NO_ATTRIBUTES:
            placemark.put(name, text)
            for key, value in table_cells(text) if name == "description" else ():
                placemark.put(key, value)

    def _kind(self) -> str:
        parent = self._path[-1]
        if parent == "LinearRing":
            around = self._path[-2]
            return {"outerBoundaryIs": "outer", "innerBoundaryIs": "inner"}.get(around, "ring")
        return {"Point": "point", "LineString": "line"}.get(parent, "other")
