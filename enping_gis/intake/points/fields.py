"""Take one line of a boundary-point file apart: the fields of a headline, or a point."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from functools import cache

from enping_gis._resources import shipped_json

_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_SIGNS = _ASCII | {
    0x3010: "[", 0x3011: "]", 0x3014: "[", 0x3015: "]", 0x3001: ",", 0x3002: ".",
    0x2018: "'", 0x2019: "'", 0x2032: "'", 0x201C: '"', 0x201D: '"', 0x2033: '"', 0xB4: "'",
}  # fmt: skip
_BETWEEN = re.compile(r"[,;|\s]+")
_MARKS = (",", "\uff0c", "\t", ";", "\uff1b", "\u3001", "|")
_QUOTED = re.compile(r'(?:^|[,\t;]) *"')
_NUMBER = re.compile(
    r"(?:[XYNE]\s*[=:]?\s*)?"
    r"([+-]?(?:\d+\.?(\d*)|\d{1,3}(?:,\d{3})+(?:\.(\d*))?|\.(\d+))(?:E([+-]?\d+))?)\s*[MNE]?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[^\W\d_]*[-_]?\d+(?:[-_]\d+)?")
# A ring number has few digits; a coordinate in its place has many, or decimals.
RING_DIGITS = 4
# Commas of the shortest headline without its mark: eight fields less two that may be left out.
_HEADLINE_COMMAS = 5
_MOST_HECTARES = 10_000
_FIRST_FIELDS = 3
KIND_AT = 4
_NAME_AT = 3
# The last digit that a number with an exponent may show: a centimetre, in metres or degrees.
_LARGEST_DEGREE = 360.0
_LAST_PLACE_M, _LAST_PLACE_DEG = -2, -7
_EXPONENT_DIGITS = 5


@dataclass(frozen=True)
class Point:
    """
    A point as a line gives it.

    Parameters
    ----------
    x, y : float
        First and second coordinate.
    label, ring : str
        Its number and that of its ring as written.
    extra : bool
        Something comes after the coordinates.
    in_signs : bool
        A coordinate is written with signs for degrees, minutes and seconds.
    coarse : bool
        A coordinate is written with an exponent and too few digits to tell a centimetre.
    """

    x: float
    y: float
    label: str = ""
    ring: str = ""
    extra: bool = False
    in_signs: bool = False
    coarse: bool = False


def half_width(text: str, *, signs: bool = False) -> str:
    """
    Write letters, digits and ASCII signs of full width in the usual one.

    Parameters
    ----------
    text : str
        Any text.
    signs : bool
        Take Chinese brackets, quotation marks, commas and stops for their counterparts too.

    Returns
    -------
    str
        The text, of the same length.

    Examples
    --------
    >>> half_width("４４０７Ａ"), half_width("甲、乙"), half_width("甲、乙", signs=True)
    ('4407A', '甲、乙', '甲,乙')
    >>> half_width("")
    ''
    """
    return text.translate(_SIGNS if signs else _ASCII)


@cache
def kinds() -> dict[str, str]:
    """
    Return what headlines call the kinds of shapes.

    Returns
    -------
    dict of str to str
        Word in lower case -> ``"area"``, ``"line"`` or ``"point"``.
    """
    return dict(shipped_json("points.json")["kinds"])


def opened(text: str) -> str:
    """
    Take the quotation marks off a line that stands in them as a whole.

    Parameters
    ----------
    text : str
        A line.

    Returns
    -------
    str
        What is in the marks; a line of several cells as it is.

    Examples
    --------
    >>> opened('"J1,1,2,3"'), opened('"J1","1"'), opened("")
    ('J1,1,2,3', '"J1","1"', '')
    """
    cells = _quoted(text) if text[:1] == '"' else ()
    return cells[0] if cells and not any(cells[1:]) else text


def _quoted(text: str) -> tuple[str, ...]:
    """Return the cells of a line in which cells are quoted, as sheets write them; else none."""
    if '"' not in text or not _QUOTED.search(text):
        return ()
    mark = max(",\t;", key=text.count)
    try:
        (cells,) = csv.reader([text], delimiter=mark, skipinitialspace=True)
    except (csv.Error, ValueError):
        return ()
    return tuple(each.strip() for each in cells)


def headline_of(text: str, *, marked: bool = True) -> tuple[str, ...] | None:
    """
    Return the fields of a headline, as written.

    Parameters
    ----------
    text : str
        A line that is not empty.
    marked : bool
        It must end in ``@``; a line without that is a headline only where it can be no point.

    Returns
    -------
    tuple of str or None
        None where it is no headline.

    Examples
    --------
    >>> headline_of("4,0.5,7,甲,面,,,,@")
    ('4', '0.5', '7', '甲', '面', '', '', '')
    >>> headline_of("") is None, headline_of("J1,1,5,6") is None
    (True, True)
    """
    cut = text.rstrip(" \t,\uff0c;\uff1b\u3001|")
    quoted = cut.endswith(('@"', '\uff20"'))
    if (quoted or cut.endswith(("@", "\uff20"))) != marked:
        return None
    fields = list(_quoted(cut if marked else text))
    if fields and marked:
        fields = [*fields[:-1], fields[-1][:-1]]
    elif not fields:
        fields = _split(cut[:-1] if marked else text)
    if marked:
        fields = fields[:-1] if fields[-1] == "" else fields
    elif not _may_head(fields):
        return None
    return _aligned(fields)


def _may_head(fields: list[str]) -> bool:
    enough = len(fields) > _HEADLINE_COMMAS or any(each in kinds() for each in fields)
    return enough and len(fields) >= _FIRST_FIELDS and fields[0].isdigit()


def states_hectares(text: str) -> bool:
    """
    Tell a headline of numbers alone, without its mark, from a point with empty fields.

    Parameters
    ----------
    text : str
        A line.

    Returns
    -------
    bool
        True where the second of many fields is an area.

    Examples
    --------
    >>> states_hectares("4,0.5,7,8,,,"), states_hectares("1,,620000,2450000"), states_hectares("")
    (True, False, False)
    """
    fields = half_width(text).split(",")
    if len(fields) <= _HEADLINE_COMMAS + 1 or not fields[0].strip().isdigit():
        return False
    area = _number(fields[1].strip())
    return area is not None and "." in fields[1] and area < _MOST_HECTARES


def _split(body: str) -> list[str]:
    for mark in _MARKS:
        if body.count(mark) < _FIRST_FIELDS:
            continue
        fields = [each.strip() for each in body.split(mark)]
        # Where fields stand apart by spaces, the marks of lists belong to a name.
        if mark in _MARKS[:3] or fields[0].isdigit() or not fields[0]:
            return fields
    return [each.strip() for each in _BETWEEN.split(body.replace("\uff0c", ","))]


def _aligned(fields: list[str]) -> tuple[str, ...]:
    """Put the fields where the norm has them: a name may hold commas, or be left out."""
    if len(fields) > KIND_AT and fields[KIND_AT].casefold() in kinds():
        return tuple(fields)
    at = next((n for n, each in enumerate(fields) if n > 1 and each.casefold() in kinds()), None)
    if at is None:
        return tuple(fields)
    if at > KIND_AT:
        name = ",".join(fields[_NAME_AT:at])
        return (*fields[:_NAME_AT], name, *fields[at:])
    return (*fields[:at], *[""] * (KIND_AT - at), *fields[at:])


def point_of(text: str) -> Point | None:
    """
    Read a point from a line written in any of the usual ways.

    Parameters
    ----------
    text : str
        A line.

    Returns
    -------
    Point or None
        None where it is none.

    Examples
    --------
    >>> point_of("J1、1、2456500.5、37634000.1")
    Point(x=2456500.5, y=37634000.1, label='J1', ring='1', extra=False, ...
    >>> point_of("J1,1,2.456501E+06,3.763400E+07").coarse, point_of("") is None
    (True, True)
    """
    clean = half_width(text, signs=True).strip()
    ways = [clean.split(","), _BETWEEN.split(clean.strip(",;| \t"))]
    if '"' in clean and (cells := _quoted(clean)):
        ways = [list(cells)]
    for parts in ways:
        stripped = [each.strip().strip('"').strip() for each in parts]
        while stripped and not stripped[-1]:
            stripped.pop()
        place = _coordinates_at(stripped)
        if place is None:
            continue
        written = stripped[place : place + 2]
        x, y = map(_number, written)
        if x is not None and y is not None:
            ring = stripped[1] if place == 2 else ""  # noqa: PLR2004 - label, ring, x, y
            label = stripped[0] if place else ""
            signs = any(_signs().fullmatch(each) for each in written)
            coarse = any(map(_is_coarse, written))
            return Point(x, y, label, ring, len(stripped) > place + 2, signs, coarse)
    return None


def _coordinates_at(parts: list[str]) -> int | None:
    """Tell where the coordinates begin: after point and ring number, or one of them, or none."""
    count = len(parts)
    if count < 2:  # noqa: PLR2004 - a point has two coordinates
        return None
    labelled = not parts[0] or _LABEL.fullmatch(parts[0]) is not None or _number(parts[0]) is None
    if count == 2:  # noqa: PLR2004 - the same
        return 0
    if not labelled:
        return 0
    if count == 3:  # noqa: PLR2004 - a label and the coordinates
        return 1
    ring = parts[1].removesuffix(".0")
    is_ring = not ring or (ring.isdigit() and len(ring) <= RING_DIGITS) or _number(ring) is None
    return 2 if is_ring else 1


def _number(written: str) -> float | None:
    match = _NUMBER.fullmatch(written)
    if match is not None:
        return float(match[1].replace(",", ""))
    match = _signs().fullmatch(written)
    if match is None:
        return None
    degrees, minutes, seconds = (float(part or 0) for part in match.groups())
    return degrees + minutes / 60 + seconds / 3600


def _is_coarse(written: str) -> bool:
    """Tell whether a number lost digits when a sheet wrote it with an exponent."""
    match = _NUMBER.fullmatch(written)
    if match is None or match[5] is None:
        return False
    size = abs(float(match[1].replace(",", "")))
    if not math.isfinite(size):
        return False  # it is no place at all
    decimals = len(match[2] or match[3] or match[4] or "")
    in_degrees = size <= _LARGEST_DEGREE
    # A longer exponent makes it infinite or zero.
    exponent = int(match[5][:_EXPONENT_DIGITS])
    return exponent - decimals > (_LAST_PLACE_DEG if in_degrees else _LAST_PLACE_M)


@cache
def _signs() -> re.Pattern[str]:
    marks = shipped_json("points.json")
    degree, minute, second = (marks[f"{each}_marks"] for each in ("degree", "minute", "second"))
    number = r"(\d+(?:\.\d+)?)"
    return re.compile(
        rf"[NE]?\s*{number}\s*[°{degree}]\s*(?:{number}\s*['{minute}]\s*)?"
        rf"(?:{number}\s*(?:\"|''|{second})?\s*)?[NE]?"
    )
