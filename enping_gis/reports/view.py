"""Lay ground out on paper: scale, scale bar, north, and room for labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.messages import text
from enping_gis.reports.marks import Shape, Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from enping_gis.messages import Language
    from enping_gis.reports.marks import Mark

    Bounds = tuple[float, float, float, float]

# Denominators of scales as offices print them; beyond, the same series goes on.
SCALES = (
    100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 6_000, 7_500, 10_000, 15_000, 20_000, 25_000,
    50_000, 75_000, 100_000, 150_000, 200_000, 250_000, 300_000, 350_000, 400_000, 450_000,
    500_000,
)  # fmt: skip
_MM_PER_M = 1_000.0
_M_PER_KM = 1_000
INK, GREY, PAPER = "#1B1F24", "#8A8F96", "#F7F6F2"
_SMALL_MM = 2.2
_GRID_M = tuple(times * 10**power for power in range(7) for times in (10, 20, 50))
_GRID_MM = 16.0


@dataclass(frozen=True)
class View:
    """
    A piece of ground on paper.

    Parameters
    ----------
    west_m, north_m : float
        Easting and northing of the upper left corner, metres.
    scale : int
        Denominator of the scale.
    width_mm, height_mm : float
        Size on paper.
    """

    west_m: float
    north_m: float
    scale: int
    width_mm: float
    height_mm: float

    @classmethod
    def around(cls, bounds_m: Bounds, width_mm: float, height_mm: float, margin_mm: float) -> View:
        """
        Show all of some ground, in the largest scale that offices print.

        Parameters
        ----------
        bounds_m : tuple of float
            West, south, east and north of the ground, metres.
        width_mm, height_mm : float
            Size on paper.
        margin_mm : float
            Least room left on each side.

        Returns
        -------
        View
            The ground in the middle.

        Examples
        --------
        >>> View.around((0, 0, 100, 50), 80, 80, 15).scale
        2000
        """
        west, south, east, north = bounds_m
        room_mm = (width_mm - 2 * margin_mm, height_mm - 2 * margin_mm)
        sides_m = (east - west, north - south)
        need = max(m * _MM_PER_M / mm for m, mm in zip(sides_m, room_mm, strict=True))
        scale = next((each for each in SCALES if each >= need), None)
        if scale is None:
            step = 10 ** math.floor(math.log10(need))
            scale = math.ceil(need / step) * step
        metres = scale / _MM_PER_M
        left = (west + east - width_mm * metres) / 2
        return cls(left, (south + north + height_mm * metres) / 2, scale, width_mm, height_mm)

    @property
    def bounds_m(self) -> Bounds:
        """
        The ground that is seen.

        Returns
        -------
        tuple of float
            West, south, east and north, metres.
        """
        metres = self.scale / _MM_PER_M
        south = self.north_m - self.height_mm * metres
        return (self.west_m, south, self.west_m + self.width_mm * metres, self.north_m)

    def placed(self, shape: shapely.Geometry, *, beyond_mm: float = 3.0) -> shapely.Geometry:
        """
        Return a shape in mm on paper, cut off a little beyond the edge.

        Parameters
        ----------
        shape : shapely.Geometry
            In the plane of the ground, metres.
        beyond_mm : float
            How far beyond the edge it is kept, so that its outline there is not seen.

        Returns
        -------
        shapely.Geometry
            In x to the right and y down; empty where nothing is seen.

        Examples
        --------
        >>> View(0, 80, 1000, 80, 80).placed(shapely.Point(20, 70)).wkt
        'POINT (20 10)'
        """
        beyond_m = beyond_mm * self.scale / _MM_PER_M
        west, south, east, north = self.bounds_m
        frame = shapely.box(west - beyond_m, south - beyond_m, east + beyond_m, north + beyond_m)
        solid = shape if shape.is_valid else shapely.make_valid(shape)
        seen = solid if shapely.contains(frame, solid) else shapely.intersection(solid, frame)
        return shapely.transform(seen, self._on_paper)

    def _on_paper(self, metres: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        steps = (metres - (self.west_m, self.north_m)) * (_MM_PER_M / self.scale)
        return np.asarray(steps * (1.0, -1.0))

    @property
    def frame(self) -> Shape:
        """
        The line around the map.

        Returns
        -------
        Shape
            Drawn just inside the edge.
        """
        edge = 0.15
        right, bottom = self.width_mm - edge, self.height_mm - edge
        ring = ((edge, edge), (right, edge), (right, bottom), (edge, bottom))
        return Shape((ring,), stroke=INK, width_mm=0.3)


class Room:
    """
    What of the paper is taken by labels.

    Parameters
    ----------
    view : View
        The paper; labels stay within its edge.

    Examples
    --------
    >>> room = Room(View(0, 0, 1000, 20, 20))
    >>> tries = [Words(10, 10, "a", 2.0), Words(10, 15, "a", 2.0)]
    >>> [room.first(tries).y for _ in tries], room.first(tries)
    ([10, 15], None)
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._taken: list[Bounds] = []

    def take(self, box: Bounds) -> None:
        """
        Keep labels out of a box.

        Parameters
        ----------
        box : tuple of float
            Left, top, right and bottom in mm.
        """
        self._taken.append(box)

    def first(self, tries: Iterable[Words], *, gap_mm: float = 0.35) -> Words | None:
        """
        Take the first place for a label that is free.

        Parameters
        ----------
        tries : iterable of Words
            The label at each place where it might stand, best first.
        gap_mm : float
            Least distance from other labels and from the edge.

        Returns
        -------
        Words or None
            The label where it stands; None where there is no room, and nothing is taken.
        """
        for words in tries:
            left, top, right, bottom = words.box
            box = (left - gap_mm, top - gap_mm, right + gap_mm, bottom + gap_mm)
            if self._is_free(box):
                self._taken.append(words.box)
                return words
        return None

    def _is_free(self, box: Bounds) -> bool:
        left, top, right, bottom = box
        if left < 0 or top < 0 or right > self._view.width_mm or bottom > self._view.height_mm:
            return False
        return not any(
            left < far and near < right and top < low and high < bottom
            for near, high, far, low in self._taken
        )


def ground_grid(view: View) -> list[Mark]:
    """
    Draw the grid of the plane: without a base map the eye needs a measure.

    Parameters
    ----------
    view : View
        The paper.

    Returns
    -------
    list of Shape
        Thin lines at round eastings and northings, 16 mm apart or more.

    Examples
    --------
    >>> len(ground_grid(View(0, 80, 1000, 80, 80))[0].rings)
    8
    """
    step_m = next(step for step in _GRID_M if step / view.scale * _MM_PER_M >= _GRID_MM)
    west, south, east, north = view.bounds_m
    eastings = np.arange(-(-west // step_m), east / step_m) * step_m
    northings = np.arange(-(-south // step_m), north / step_m) * step_m
    lines = [((x, south), (x, north)) for x in eastings.tolist()]
    lines += [((west, y), (east, y)) for y in northings.tolist()]
    placed = view.placed(shapely.MultiLineString(lines), beyond_mm=0.0)
    rings = tuple(
        tuple((x, y) for x, y in shapely.get_coordinates(part).tolist())
        for part in shapely.get_parts(placed)
    )
    return [Shape(rings, stroke="#D9DBD5", width_mm=0.15, closed=False)]


def scale_bar(view: View, room: Room) -> list[Mark]:
    """
    Draw a scale bar at the lower left.

    Parameters
    ----------
    view : View
        The paper.
    room : Room
        Loses the place of the bar.

    Returns
    -------
    list of Shape or Words
        The bar, 1, 2 or 5 times a power of ten metres long, on a white ground.

    Examples
    --------
    >>> view = View(0, 0, 2000, 80, 80)
    >>> [mark.text for mark in scale_bar(view, Room(view)) if isinstance(mark, Words)]
    ['0', '50 m']
    """
    longest_m = 0.36 * view.width_mm * view.scale / _MM_PER_M
    step = 10 ** math.floor(math.log10(longest_m))
    length_m = max(times * step for times in (1, 2, 5) if times * step <= longest_m)
    length_mm = length_m / view.scale * _MM_PER_M
    end = f"{length_m / _M_PER_KM:g} km" if length_m >= _M_PER_KM else f"{length_m:g} m"
    left, bottom = 3.0, view.height_mm - 2.4
    right = left + length_mm
    words = [
        Words(left, bottom - 2.5, "0", _SMALL_MM, plain="0"),
        Words(right, bottom - 2.5, end, _SMALL_MM, plain=end),
    ]
    box = (0.3, bottom - 4.0, right + max(3.4, 0.7 * len(end)), view.height_mm - 0.3)
    room.take(box)
    marks: list[Mark] = [Shape((_corners(box),), fill="#FFFFFF")]
    for part, colour in ((0, INK), (1, "#FFFFFF")):
        start = left + part * length_mm / 2
        piece = (start, bottom - 1.1, start + length_mm / 2, bottom)
        marks.append(Shape((_corners(piece),), fill=colour, stroke=INK, width_mm=0.15))
    return [*marks, *words]


def north_arrow(view: View, room: Room, lang: Language | None) -> list[Mark]:
    """
    Draw an arrow to grid north at the upper right.

    Parameters
    ----------
    view : View
        The paper.
    room : Room
        Loses the place of the arrow.
    lang : {"zh", "en"} or None
        Language of the letter.

    Returns
    -------
    list of Shape or Words
        The arrow and its letter, on a white ground.

    Examples
    --------
    >>> view = View(0, 0, 2000, 80, 80)
    >>> north_arrow(view, Room(view), "en")[-1].text
    'N'
    """
    x, top = view.width_mm - 4.2, 1.8
    box = (x - 3.6, 0.3, view.width_mm - 0.3, top + 10.4)
    room.take(box)
    half = ((x, top), (x, top + 5.6), (x - 1.6, top + 6.8))
    whole = ((x, top), (x + 1.6, top + 6.8), (x, top + 5.6), (x - 1.6, top + 6.8))
    letter = text("drawing.north", lang)
    return [
        Shape((_corners(box),), fill="#FFFFFF"),
        Shape((whole,), fill="#FFFFFF", stroke=INK, width_mm=0.2),
        Shape((half,), fill=INK),
        Words(x, top + 8.6, letter, 2.8, bold=True, plain="N"),
    ]


def _corners(box: Bounds) -> tuple[tuple[float, float], ...]:
    left, top, right, bottom = box
    return ((left, top), (right, top), (right, bottom), (left, bottom))
