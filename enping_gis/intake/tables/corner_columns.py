"""Find the columns of a table that hold coordinates: by their names, and by their numbers."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from enping_gis._resources import shipped_json
from enping_gis.crs import enping_extent
from enping_gis.intake.tables.corner_rings import LEAST_CORNERS
from enping_gis.vocabulary import normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Axis = Literal["northing", "easting", "longitude", "latitude"]

_AXES: tuple[Axis, ...] = ("northing", "easting", "longitude", "latitude")
_NUMBERED = re.compile(r"(\D+?)[_\-]?([0-9]{1,4})(\D*)")
_SEPARATORS = re.compile(r"[()\[\]{}\u3010\u3011\u3014\u3015_/\\:,.\-]")
# Metres on the meridian to a degree of latitude, and how far from the county still counts.
_METRES_A_DEGREE, _MARGIN_DEG = 110_700, 0.3
# False easting 500 km and half the width of a zone, with or without the number of the zone.
_EASTINGS_M, _ZONE_M, _MOST_ZONES = (160_000, 840_000), 1_000_000, 60
# Damage and notes in single cells do not hide what a column is.
_MOST_CELLS = 0.9
_SAMPLE_ROWS = 2_000


class Pair(NamedTuple):
    """
    Two columns that hold the coordinates of a corner.

    Parameters
    ----------
    first, second : str
        Columns of the first and the second number of its shape.
    degrees : bool
        They are named as longitude and latitude.
    """

    first: str
    second: str
    degrees: bool


def is_named(kind: str, name: str) -> bool:
    """
    Tell whether a column has a name of a kind.

    Parameters
    ----------
    kind : str
        Such as ``"point"`` or ``"ring"``, key of ``geometry`` in ``tables.json``.
    name : str
        Its name; a unit and the name of a datum in it do not matter.

    Returns
    -------
    bool
        True where the name is one of that kind.

    Examples
    --------
    >>> is_named("point", "点号"), is_named("northing", "X坐标(m)"), is_named("ring", "")
    (True, True, False)
    """
    plain = _plain(name)
    return bool(plain) and plain in _words(kind)


def axis_of(name: str) -> Axis | None:
    """
    Return which coordinate a column holds, by its name.

    Parameters
    ----------
    name : str
        Its name, perhaps with a unit or a datum.

    Returns
    -------
    {"northing", "easting", "longitude", "latitude"} or None
        X is the northing, as in a survey; `column_pair` tells where names say otherwise.

    Examples
    --------
    >>> axis_of("纵坐标（米）"), axis_of("经度(°)"), axis_of("面积(m)"), axis_of("")
    ('northing', 'longitude', None, None)
    """
    return next((axis for axis in _AXES if is_named(axis, name)), None)


def column_pair(names: Iterable[str]) -> Pair | None:
    """
    Return the two columns of the only corner of a row.

    Parameters
    ----------
    names : iterable of str
        Columns of a table.

    Returns
    -------
    Pair or None
        The first of each axis; None where one is missing.

    Examples
    --------
    >>> column_pair(["编号", "X/m", "Y/m"])
    Pair(first='X/m', second='Y/m', degrees=False)
    >>> column_pair(["编号"]) is None
    True
    """
    found: dict[Axis, str] = {}
    for name in names:
        axis = axis_of(name)
        if axis is not None:
            found.setdefault(axis, name)
    return _pair(found)


def wide_pairs(names: Iterable[str]) -> list[Pair]:
    """
    Return the columns x1, y1, x2, y2 and so on, in the order of their numbers.

    Parameters
    ----------
    names : iterable of str
        Columns of a table.

    Returns
    -------
    list of Pair
        Empty where there are fewer than a triangle has.

    Examples
    --------
    >>> wide_pairs(["x1", "y1", "x2", "y2", "x3", "y3"])[-1].first
    'x3'
    >>> wide_pairs([])
    []
    """
    numbered: dict[int, dict[Axis, str]] = {}
    for name in names:
        parts = _NUMBERED.fullmatch(normalised(name))
        axis = axis_of(parts[1] + parts[3]) if parts else axis_of(name)
        number = int(parts[2]) if parts and axis else 1
        if axis is not None:
            numbered.setdefault(number, {}).setdefault(axis, name)
    pairs = [_pair(found) for _, found in sorted(numbered.items())]
    whole = [pair for pair in pairs if pair is not None]
    return whole if len(whole) >= LEAST_CORNERS else []


def unread_coordinates(
    columns: Mapping[str, Sequence[object]], read: Callable[[object], float | None]
) -> tuple[str, str] | None:
    """
    Return two columns whose numbers lie in the county, whatever they are called.

    Parameters
    ----------
    columns : mapping of str to sequence of object
        Column -> its cells.
    read : callable
        Reads one coordinate, None where a cell holds none.

    Returns
    -------
    tuple of str and str, or None
        The one from south to north, in Gauss-Kruger metres or degrees, and the one from
        west to east; None where nine of ten cells do not lie so.

    Examples
    --------
    >>> unread_coordinates({"a": [2456521.0], "b": [634060.5], "c": [1]}, float)
    ('a', 'b')
    >>> unread_coordinates({}, float) is None
    True
    """
    south_north: dict[bool, str] = {}
    west_east: dict[bool, str] = {}
    for name, cells in columns.items():
        numbers = [read(cell) for cell in cells[:_SAMPLE_ROWS]]
        there = [number for number in numbers if number is not None]
        if not there or len(there) < _MOST_CELLS * len(numbers):
            continue
        for in_degrees in (True, False):
            if _most_lie(there, south=True, in_degrees=in_degrees):
                south_north.setdefault(in_degrees, name)
            elif _most_lie(there, south=False, in_degrees=in_degrees):
                west_east.setdefault(in_degrees, name)
    both = next((unit for unit in south_north if unit in west_east), None)
    return None if both is None else (south_north[both], west_east[both])


def _most_lie(numbers: list[float], *, south: bool, in_degrees: bool) -> bool:
    return sum(
        _lies(number, south=south, in_degrees=in_degrees) for number in numbers
    ) >= _MOST_CELLS * len(numbers)


def _lies(number: float, *, south: bool, in_degrees: bool) -> bool:
    """Tell whether a coordinate may be one of the county."""
    box = enping_extent()
    low, high = (box.south, box.north) if south else (box.west, box.east)
    low, high = low - _MARGIN_DEG, high + _MARGIN_DEG
    if in_degrees:
        return low <= number <= high
    if south:
        return low * _METRES_A_DEGREE <= number <= high * _METRES_A_DEGREE
    zone, easting = divmod(number, _ZONE_M)
    return 0 <= zone <= _MOST_ZONES and _EASTINGS_M[0] <= easting <= _EASTINGS_M[1]


def _pair(found: Mapping[Axis, str]) -> Pair | None:
    if "northing" in found and "easting" in found:
        north, east = found["northing"], found["easting"]
        # X and Y stand in the order of the table: in a survey X is the northing, in a
        # geographic information system the easting. Names that say which is which are believed.
        if _says_direction(_plain(north)):
            return Pair(east, north, degrees=False)
        return Pair(north, east, degrees=False)
    if "longitude" in found and "latitude" in found:
        return Pair(found["longitude"], found["latitude"], degrees=True)
    return None


def _says_direction(plain: str) -> bool:
    """Tell whether a name says south to north in so many words; a Latin letter begins it."""
    return any(
        plain.startswith(word) or (not word.isascii() and word in plain)
        for word in shipped_json("tables.json")["plain_axes"]
    )


@cache
def _words(kind: str) -> frozenset[str]:
    words = shipped_json("tables.json")["geometry"][kind]
    return frozenset(_SEPARATORS.sub("", normalised(word)) for word in words)


@cache
def _plain(name: str) -> str:
    """Return the name of a column without the unit and the datum it may carry."""
    plain = normalised(name)
    for words in shipped_json("tables.json")["datums"].values():
        for word in sorted(map(normalised, words), key=len, reverse=True):
            plain = plain.replace(word, "")
    plain = plain.strip("_-/:,. ")
    return _SEPARATORS.sub("", _unit_pattern().sub("", plain))


@cache
def _unit_pattern() -> re.Pattern[str]:
    data = shipped_json("tables.json")
    words = {normalised(word) for word in data["axis_units"]}
    unit = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    said = "|".join(map(re.escape, map(normalised, data["unit_statements"])))
    # A unit stands in brackets or behind a sign: the end of a word may look like one.
    return re.compile(
        rf"(?:[(\[{{\u3010\u3014](?:(?:{said}):?)?(?:{unit})[)\]}}\u3011\u3015]"
        rf"|[_/:,\-](?:{unit}))$"
    )
