"""Take the text of a boundary-point file apart: header, headlines, points."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from enping_gis._resources import shipped_json
from enping_gis.intake.points.fields import (
    KIND_AT,
    RING_DIGITS,
    half_width,
    headline_of,
    kinds,
    opened,
    point_of,
    states_hectares,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.intake.points.fields import Point

_COMMENTS = ("#", "//", ";", "--", "/*", "'")
_BETWEEN = re.compile(r"[,;\s]+")
_AXES = frozenset("XYNE")
_KEY_LABEL = re.compile(r"[^\W\d_]*[-_]?\d+(?:[-_]\d+)?")
_CUT_LABEL = re.compile(r"[A-Za-z]{0,3}\d*")
_EXPONENT = re.compile(r"[0-9.][eE][+-]?[0-9]")
_LEAST_POINTS = 3


@dataclass(slots=True)
class Plot:
    """
    One plot as the lines give it.

    Parameters
    ----------
    line : int
        Line of its headline, or of its first point without one.
    fields : tuple of str
        Fields of the headline in the order of the norm; empty without a headline.
    kind : {"area", "line", "point"}
        What the headline says its points are.
    start, end : int
        Its points in the arrays of the `Points`, end excluded.
    broken : tuple of str, int and str, optional
        Why it cannot be made of its lines: rule, the first such line, and its text.
    """

    line: int
    fields: tuple[str, ...] = ()
    kind: str = "area"
    start: int = 0
    end: int = 0
    broken: tuple[str, int, str] | None = None


@dataclass(slots=True)
class Section:
    """
    A header and the plots that follow it.

    Parameters
    ----------
    header : dict of str to str
        Its keys and values as written.
    plots : list of Plot
        Its plots in order.
    """

    header: dict[str, str] = field(default_factory=dict)
    plots: list[Plot] = field(default_factory=list)


@dataclass(slots=True)
class Points:
    """
    Everything that the lines of a file say.

    Parameters
    ----------
    sections : list of Section
        Its sections; most files have one.
    xs, ys : list of float
        First and second coordinate of every point, exactly as written.
    rings : list of str
        Its ring number as written.
    lines : list of int
        Its line, counted from 1.
    unread : list of tuple of int and str
        Lines that are neither header, headline nor point.
    extra : list of tuple of int and str
        Lines with something after the coordinates.
    in_signs : bool
        A coordinate was written with signs for degrees, minutes and seconds.
    """

    sections: list[Section] = field(default_factory=lambda: [Section()])
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    rings: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)
    extra: list[tuple[int, str]] = field(default_factory=list)
    in_signs: bool = False


def points_in(text: str) -> Points:
    """
    Read every line of a boundary-point file.

    Parameters
    ----------
    text : str
        The decoded file, with any line ends.

    Returns
    -------
    Points
        What it says; a line that cannot be read is noted with its plot, never dropped.

    Examples
    --------
    >>> points_in("4,0.5,7,A,,,,,@").sections[0].plots[0].fields[:4]
    ('4', '0.5', '7', 'A')
    >>> points_in("").sections[0].plots
    []
    """
    scanner = _Scanner()
    found = scanner.found
    xs, ys, rings, lines = found.xs, found.ys, found.rings, found.lines
    # float() reads 1_0 as 10, nobody else does; an exponent may hide that digits were lost.
    plain = "_" not in text and not _EXPONENT.search(text)
    for number, line in enumerate(_lines(text), 1):
        parts = line.split(",")
        if plain and scanner.under_headline and len(parts) == KIND_AT and parts[0].isalnum():
            ring = parts[1]
            if ring.isdigit() and len(ring) <= RING_DIGITS:
                try:
                    x, y = float(parts[2]), float(parts[3])
                except ValueError:
                    pass
                else:
                    xs.append(x)
                    ys.append(y)
                    rings.append(ring)
                    lines.append(number)
                    continue
        scanner.take(number, line)
    scanner.close()
    return found


def _lines(text: str) -> Iterator[str]:
    # Not splitlines(): it also splits at characters that may stand in a name.
    return iter(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


class _Scanner:
    """Go through the lines that are not plain points, and remember what is open."""

    def __init__(self) -> None:
        self.found = Points()
        self.plot: Plot | None = None
        self.under_headline = False
        self._since_gap = 0
        self._first_label = ""

    def take(self, number: int, line: str) -> None:
        text = opened(line.strip(" \t\f\v\x00\x1a\ufeff\u3000\xa0")).strip()
        if not text:
            self._gap()
        elif text.startswith(_COMMENTS):
            return
        elif (fields := headline_of(text)) is not None:
            self._open(number, fields)
        elif half_width(text[0], signs=True) == "[":
            self._bracket(text)
        elif (pair := self._key(text)) is not None:
            self._header(*pair)
        elif not states_hectares(text) and (point := point_of(text)) is not None:
            self._point(number, text, point)
        elif (fields := headline_of(text, marked=False)) is not None:
            self._open(number, fields)
        else:
            self._unread(number, text)

    def close(self) -> None:
        if self.plot is not None:
            self.plot.end = len(self.found.xs)
        self.plot = None
        self.under_headline = False

    def _open(self, number: int, fields: tuple[str, ...]) -> None:
        self.close()
        kind = fields[KIND_AT] if len(fields) > KIND_AT else ""
        here = len(self.found.xs)
        self.plot = Plot(number, fields, kinds().get(kind.casefold(), "area"), here, here)
        self.found.sections[-1].plots.append(self.plot)
        self.under_headline = bool(fields)

    def _gap(self) -> None:
        # Between bare coordinates an empty line parts two plots; in a file where every other
        # line is empty it does not.
        if self.plot is not None and not self.under_headline and self._since_gap >= _LEAST_POINTS:
            self.close()
        self._since_gap = 0

    def _bracket(self, text: str) -> None:
        name = half_width(text, signs=True).strip("[], \t;")
        self.close()
        if name != shipped_json("points.json")["body"] and self.found.sections[-1].plots:
            self.found.sections.append(Section())

    def _key(self, text: str) -> tuple[str, str] | None:
        for mark in ("=", "\uff1d", ":", "\uff1a"):
            key, there, value = text.partition(mark)
            key = key.strip()
            if not there or "," in key or not key or key.upper() in _AXES:
                continue
            if mark in "=\uff1d" or (self.plot is None and not _KEY_LABEL.fullmatch(key)):
                return key, value.strip()
        return None

    def _header(self, key: str, value: str) -> None:
        self.close()
        if self.found.sections[-1].plots and key in self.found.sections[-1].header:
            self.found.sections.append(Section())
        self.found.sections[-1].header[key] = value

    def _point(self, number: int, text: str, point: Point) -> None:
        if self.plot is None or self._starts_again(point):
            self._open(number, ())
            self._first_label = point.label
            self._since_gap = 0
        if self._numbers_rings() and not point.ring:
            # The others have a ring number: this line lost a field.
            self._unread(number, text)
            return
        self._since_gap += 1
        self.found.xs.append(point.x)
        self.found.ys.append(point.y)
        self.found.rings.append(point.ring)
        self.found.lines.append(number)
        self.found.in_signs |= point.in_signs
        if point.coarse and self.plot is not None:
            self.plot.broken = self.plot.broken or ("point_rounded", number, text)
        if point.extra:
            self.found.extra.append((number, text))

    def _numbers_rings(self) -> bool:
        plot, rings = self.plot, self.found.rings
        return plot is not None and plot.start < len(rings) and bool(rings[plot.start])

    def _starts_again(self, point: Point) -> bool:
        """Tell whether a bare point is the first of another plot: its number comes again."""
        plot = self.plot
        if plot is None or self.under_headline or plot.fields or point.ring or not point.label:
            return False
        start, there = plot.start, len(self.found.xs) - plot.start
        again = point.label == self._first_label and there >= _LEAST_POINTS
        return again and (point.x, point.y) != (self.found.xs[start], self.found.ys[start])

    def _unread(self, number: int, text: str) -> None:
        clean = half_width(text, signs=True)
        tried = len(_BETWEEN.split(clean)) > 1 and any(map(str.isdigit, clean))
        if self.plot is not None and (tried or _CUT_LABEL.fullmatch(clean)):
            self.plot.broken = self.plot.broken or ("point_line", number, text)
        else:
            self.found.unread.append((number, text))
