"""Marks on paper in millimetres, written as SVG text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
# Hundredths of a millimetre are finer than any printer.
_DECIMALS = 2
# Letters without serifs are read when they are small.
_FACES = "Microsoft YaHei, PingFang SC, Noto Sans CJK SC, sans-serif"
# Widths of signs in ems, for finding room: no writer knows the font of the reader.
_NARROW_EM, _WIDE_EM, _FIRST_WIDE = 0.58, 1.0, 0x1100
# How far letters reach above the middle of their line, in ems.
_MIDDLE_EM = 0.36


@dataclass(frozen=True)
class Shape:
    """
    An area or a line.

    Parameters
    ----------
    rings : tuple of tuple of (float, float)
        Corners in mm, x to the right and y down; rings fill by the even-odd rule, so that
        inner rings stay open.
    fill, stroke : str
        Colours such as ``#FFFFFF``; empty for none.
    width_mm : float
        Width of the stroke.
    dash_mm : tuple of float
        Lengths of dash and gap; empty for a solid stroke.
    closed : bool
        False draws lines.
    """

    rings: tuple[tuple[Point, ...], ...]
    fill: str = ""
    stroke: str = ""
    width_mm: float = 0.25
    dash_mm: tuple[float, ...] = ()
    closed: bool = True


@dataclass(frozen=True)
class Dot:
    """
    A disc.

    Parameters
    ----------
    x, y, radius_mm : float
        Centre and radius in mm.
    fill, stroke : str
        Colours; empty for none.
    width_mm : float
        Width of the stroke.
    """

    x: float
    y: float
    radius_mm: float
    fill: str = ""
    stroke: str = ""
    width_mm: float = 0.2


@dataclass(frozen=True)
class Words:
    """
    One line of text.

    Parameters
    ----------
    x, y : float
        Where it is anchored: the middle of its height, in mm.
    text : str
        What it says.
    size_mm : float
        Height of an em.
    anchor : {"start", "middle", "end"}
        Which end of the line `x` is.
    colour : str
        Colour of the letters.
    halo_mm : float
        Width of the white rim that keeps letters apart from what lies below.
    bold : bool
        Heavy letters.
    turned_deg : float
        Turn about the anchor, anticlockwise.
    opacity : float
        1 covers what lies below, 0 is not seen.
    plain : str
        What a font without Chinese signs writes instead; empty leaves the line out.
    """

    x: float
    y: float
    text: str
    size_mm: float
    anchor: Anchor = "middle"
    colour: str = "#1B1F24"
    halo_mm: float = 0.0
    bold: bool = False
    turned_deg: float = 0.0
    opacity: float = 1.0
    plain: str = ""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """
        The room it takes, as near as that is known without the font.

        Returns
        -------
        tuple of float
            Left, top, right and bottom in mm.
        """
        width_mm = text_width_mm(self.text, self.size_mm)
        left = self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * width_mm
        half_mm = self.size_mm / 2
        return (left, self.y - half_mm, left + width_mm, self.y + half_mm)


Mark = Shape | Dot | Words


def text_width_mm(text: str, size_mm: float) -> float:
    """
    Return about how wide a line of text is.

    Parameters
    ----------
    text : str
        The line.
    size_mm : float
        Height of an em in mm.

    Returns
    -------
    float
        Width in mm.

    Examples
    --------
    >>> text_width_mm("", 2.0), text_width_mm("J1", 2.0)
    (0.0, 2.32)
    """
    return size_mm * sum(_WIDE_EM if ord(sign) >= _FIRST_WIDE else _NARROW_EM for sign in text)


@dataclass(frozen=True)
class Drawing:
    """
    A drawing that every writer shows alike.

    Parameters
    ----------
    width_mm, height_mm : float
        Size on paper.
    marks : tuple of Shape, Dot or Words
        From the lowest to the highest; what lies outside is cut off.
    title : str
        What it shows, for those who cannot see it.
    scale : int
        Denominator of its scale when it is printed in its size.

    Examples
    --------
    >>> Drawing(1.0, 1.0, ()).svg().startswith("<svg ")
    True
    """

    width_mm: float
    height_mm: float
    marks: tuple[Mark, ...]
    title: str = ""
    scale: int = 0

    def svg(self) -> str:
        """
        Return the drawing as an SVG element.

        Returns
        -------
        str
            One element; no style attributes, so that a strict content security policy lets
            it through, and no ids, so that several stand on one page.

        Examples
        --------
        >>> Drawing(2.0, 1.0, (Dot(1.0, 0.5, 0.25, fill="#FFFFFF"),), "a < b").svg()
        '<svg ... viewBox="0 0 2 1" ...><title>a &lt; b</title><circle cx="1" .../></svg>'
        """
        width, height = _figure(self.width_mm), _figure(self.height_mm)
        marks = "".join(_svg_mark(mark) for mark in self.marks)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm"'
            f' viewBox="0 0 {width} {height}" font-family="{_FACES}" role="img">'
            f"<title>{escape(self.title)}</title>{marks}</svg>"
        )


def _svg_mark(mark: Mark) -> str:
    if isinstance(mark, Words):
        return _svg_words(mark)
    if isinstance(mark, Dot):
        place = f'cx="{_figure(mark.x)}" cy="{_figure(mark.y)}" r="{_figure(mark.radius_mm)}"'
        return f"<circle {place}{_paint(mark)}/>"
    path = "".join(_svg_ring(ring, closed=mark.closed) for ring in mark.rings)
    dashes = " ".join(map(_figure, mark.dash_mm))
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    rule = ' fill-rule="evenodd"' if mark.fill and len(mark.rings) > 1 else ""
    return f'<path d="{path}"{_paint(mark)}{dashed}{rule} stroke-linejoin="round"/>'


def _paint(mark: Shape | Dot) -> str:
    stroke = f' stroke="{mark.stroke}" stroke-width="{_figure(mark.width_mm)}"'
    return f' fill="{mark.fill or "none"}"{stroke if mark.stroke else ""}'


def _svg_ring(ring: Iterable[Point], *, closed: bool) -> str:
    points = "L".join(f"{_figure(x)} {_figure(y)}" for x, y in ring)
    return f"M{points}{'Z' if closed else ''}"


def _svg_words(mark: Words) -> str:
    x, y = _figure(mark.x), _figure(mark.y + _MIDDLE_EM * mark.size_mm)
    parts = [f'x="{x}" y="{y}" font-size="{_figure(mark.size_mm)}" fill="{mark.colour}"']
    if mark.anchor != "start":
        parts.append(f'text-anchor="{mark.anchor}"')
    if mark.bold:
        parts.append('font-weight="bold"')
    if mark.halo_mm:
        width = _figure(2 * mark.halo_mm)
        parts.append(f'stroke="#FFFFFF" stroke-width="{width}" paint-order="stroke"')
        parts.append('stroke-linejoin="round"')
    if mark.opacity < 1:
        parts.append(f'fill-opacity="{_figure(mark.opacity)}"')
    if mark.turned_deg:
        turn = f"{_figure(-mark.turned_deg)} {_figure(mark.x)} {_figure(mark.y)}"
        parts.append(f'transform="rotate({turn})"')
    return f"<text {' '.join(parts)}>{escape(mark.text)}</text>"


def _figure(value: float) -> str:
    """Write a length without digits that say nothing."""
    rounded = round(value, _DECIMALS)
    return f"{rounded:g}" if abs(rounded) < 1e4 else f"{rounded:.0f}"  # noqa: PLR2004 - %g turns to exponents at six digits


def dashes(points: Sequence[Point], dash_mm: tuple[float, ...]) -> list[tuple[Point, ...]]:
    """
    Cut a line into dashes.

    Parameters
    ----------
    points : sequence of (float, float)
        Corners of the line in mm.
    dash_mm : tuple of float
        Lengths of dash and gap, in turn; empty returns the line as it is.

    Returns
    -------
    list of tuple of (float, float)
        The dashes, each a line; they run on around corners.

    Examples
    --------
    >>> dashes([(0.0, 0.0), (5.0, 0.0)], (2.0, 1.0))
    [((0.0, 0.0), (2.0, 0.0)), ((3.0, 0.0), (5.0, 0.0))]
    >>> dashes([], (2.0, 1.0))
    []
    """
    if not dash_mm or len(points) < 2:  # noqa: PLR2004 - a line has two ends
        return [tuple(points)] if points else []
    found: list[tuple[Point, ...]] = []
    own: list[Point] = [points[0]]
    turn, left_mm = 0, dash_mm[0]
    for start, end in pairwise(points):
        length_mm, done_mm = math.dist(start, end), 0.0
        while length_mm - done_mm > left_mm:
            done_mm += left_mm
            share = done_mm / length_mm
            at = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
            if turn % 2 == 0:
                found.append((*own, at))
            own, turn = [at], turn + 1
            left_mm = dash_mm[turn % len(dash_mm)]
        left_mm -= length_mm - done_mm
        own.append(end)
    if turn % 2 == 0:
        found.append(tuple(own))
    return found
