"""Draw one plot with its neighbours, or all plots of a county, for papers and screens."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.messages import text
from enping_gis.reports.corners import rings_listed
from enping_gis.reports.fills import filled, look_of, outlines
from enping_gis.reports.ground import Ground, borders, ground_of, honest, label_inside
from enping_gis.reports.marks import Dot, Drawing, Shape, Words, text_width_mm
from enping_gis.reports.view import (
    GREY,
    INK,
    PAPER,
    Room,
    View,
    ground_grid,
    north_arrow,
    scale_bar,
)
from enping_gis.vocabulary import terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from enping_gis.inventory import Inventory
    from enping_gis.messages import Language
    from enping_gis.reports.marks import Mark, Point

# Above so many corners only every nth has its number on the drawing; the table has all.
MOST_NUMBERS = 40
_MARGIN_MM = 15.0
_OUTSIDE, _PARK = "#E9EBE8", "#6B4FA0"
# Where the number of a corner may stand: distance from it, and turn from straight outwards.
_FAR_MM, _TURNS_DEG, _LEADER_MM = (1.9, 2.7, 3.8, 5.0), (0, 35, -35, 70, -70), 3.0


def plot_drawing(
    inventory: Inventory | Ground,
    parcel_id: str,
    *,
    size_mm: float = 80.0,
    lang: Language | None = None,
) -> Drawing | None:
    """
    Draw a plot among its neighbours.

    Parameters
    ----------
    inventory : Inventory or Ground
        What there is; `ground_of` prepares many drawings.
    parcel_id : str
        Id of the plot.
    size_mm : float
        Side of the drawing on paper.
    lang : {"zh", "en"}, optional
        Language; by default the one in force.

    Returns
    -------
    Drawing or None
        Status colours with patterns for copies, ids, corners numbered as in
        `enping_gis.reports.corners.rings_listed` (above 40 every nth), scale bar and grid
        north; None for a plot without a shape.

    Raises
    ------
    ValueError
        No plot has this id.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> drawing = plot_drawing(Inventory.demo(), "EP005")
    >>> drawing.width_mm, drawing.scale, "EP004" in drawing.svg()
    (80.0, 5000, True)
    """
    ground = inventory if isinstance(inventory, Ground) else ground_of(inventory, lang=lang)
    row = ground.ids.index(parcel_id)
    if ground.shapes[row] is None:
        return None
    view = View.around(ground.shapes[row].bounds, size_mm, size_mm, _MARGIN_MM * size_mm / 80)
    room = Room(view)
    marks: list[Mark] = [_sheet(view, PAPER), *ground_grid(view), *borders(ground, view)]
    others = [each for each in ground.seen(view) if each != row]
    areas = {each: view.placed(ground.shapes[each]) for each in (*others, row)}
    for each, area in areas.items():
        own = each == row
        marks += _plot(area, ground, each, width_mm=0.55 if own else 0.25)
    marks += [*honest(ground, view, room, lang), view.frame]
    marks += [*scale_bar(view, room), *north_arrow(view, room, lang)]
    inside = shapely.box(0.5, 0.5, size_mm - 0.5, size_mm - 0.5)
    labels = list(label_inside(areas[row], parcel_id, (3.0, 0.5), room, bold=True))
    for each in others:
        seen = shapely.intersection(areas[each], inside)
        labels += label_inside(seen, ground.ids[each], (2.4, 0.4), room)
    marks += [*_corners(ground.shapes[row], areas[row], view, room), *labels]
    title = text("drawing.title", lang, parcel=parcel_id)
    return Drawing(size_mm, size_mm, tuple(marks), title, view.scale)


def county_drawing(
    inventory: Inventory | Ground,
    *,
    marked: Collection[str] = (),
    width_mm: float = 156.0,
    height_mm: float = 190.0,
    lang: Language | None = None,
) -> Drawing:
    """
    Draw all plots with towns, streets and parks.

    Parameters
    ----------
    inventory : Inventory or Ground
        What there is.
    marked : collection of str
        Ids of plots to ring, such as those that changed.
    width_mm, height_mm : float
        Size on paper, with the legend.
    lang : {"zh", "en"}, optional
        Language; by default the one in force.

    Returns
    -------
    Drawing
        Plots in the colours of their statuses, small ones as discs, with a legend.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> county_drawing(Inventory.demo(), height_mm=150.0).scale
    500000
    """
    ground = inventory if isinstance(inventory, Ground) else ground_of(inventory, lang=lang)
    legend = _legend(ground, width_mm, height_mm, lang)
    used = [mark.y for mark in legend if isinstance(mark, Words)]
    map_mm = (min(used) if used else height_mm) - 3.0
    everything = [*(shape for *_, shape, _ in ground.places), *filter(None, ground.shapes)]
    bounds = shapely.total_bounds(everything) if everything else np.array([0.0, 0.0, 1e3, 1e3])
    view = View.around(tuple(bounds.tolist()), width_mm, map_mm, 3.0)
    room = Room(view)
    marks: list[Mark] = [_sheet(view, _OUTSIDE)]
    marks += [
        Shape(outlines(view.placed(shape)), fill=PAPER)
        for _, kind, shape, _ in ground.places
        if kind != "park"
    ]
    marks += [*ground_grid(view), *borders(ground, view)]
    rows = [row for row in range(len(ground.ids)) if ground.shapes[row] is not None]
    for row in rows:
        area = view.placed(ground.shapes[row])
        marks += _small_plot(area, ground, row)
        room.take(area.bounds)
    for row in (row for row in rows if ground.ids[row] in set(marked)):
        x, y = _middle(view.placed(ground.shapes[row]))
        marks.append(Dot(x, y, 2.0, stroke=INK, width_mm=0.45))
        room.take((x - 2, y - 2, x + 2, y + 2))
    marks += [*honest(ground, view, room, lang), view.frame]
    marks += [*scale_bar(view, room), *north_arrow(view, room, lang)]
    for name, kind, shape, _ in ground.places:
        colour = _PARK if kind == "park" else INK
        marks += label_inside(view.placed(shape), name, (2.9, 0.5), room, colour=colour)
    title = text("drawing.county", lang, n=len(ground.ids))
    return Drawing(width_mm, height_mm, (*marks, *legend), title, view.scale)


def _sheet(view: View, colour: str) -> Shape:
    right, bottom = view.width_mm, view.height_mm
    return Shape((((0.0, 0.0), (right, 0.0), (right, bottom), (0.0, bottom)),), fill=colour)


def _plot(area: shapely.Geometry, ground: Ground, row: int, *, width_mm: float) -> list[Mark]:
    stroke = INK if width_mm > 0.5 else look_of(ground.statuses[row]).stroke  # noqa: PLR2004 - the plot itself
    line = Shape(outlines(area), stroke=stroke, width_mm=width_mm, dash_mm=ground.lines[row])
    return [*filled(area, ground.statuses[row]), line]


def _small_plot(area: shapely.Geometry, ground: Ground, row: int) -> list[Mark]:
    """Draw a plot so that it is found: what is smaller than a pinhead becomes a disc."""
    look = look_of(ground.statuses[row])
    left, top, right, bottom = area.bounds
    if max(right - left, bottom - top) < 1.6:  # noqa: PLR2004 - mm on paper
        x, y = _middle(area)
        return [Dot(x, y, 1.0, fill="#FFFFFF"), Dot(x, y, 0.8, look.fill, look.stroke, 0.25)]
    line = Shape(outlines(area), stroke=look.stroke, width_mm=0.2)
    return [*filled(area, ground.statuses[row]), line]


def _corners(
    shape: shapely.Geometry, area: shapely.Geometry, view: View, room: Room
) -> Iterator[Mark]:
    """Draw the corners of a plot and their numbers, outside of it."""
    listed = rings_listed(shape)
    count = sum(len(ring.corners) for ring in listed)
    every = max(1, math.ceil(count / MOST_NUMBERS))
    metres = view.scale / 1_000
    shapely.prepare(area)
    numbers: list[Mark] = []
    for ring in listed:
        places = [
            ((float(corner.east_m) - view.west_m) / metres,
             (view.north_m - float(corner.north_m)) / metres)
            for corner in ring.corners
        ]  # fmt: skip
        for at, corner in enumerate(ring.corners):
            if (corner.number - 1) % every:
                continue
            before, after = places[at - 1], places[(at + 1) % len(places)]
            outward = _outward(area, before, places[at], after)
            yield Dot(*places[at], 0.5, fill="#FFFFFF", stroke=INK, width_mm=0.25)
            numbers += _number(corner.label, places[at], outward, room)
    yield from numbers


def _number(label: str, place: Point, outward: float, room: Room) -> Iterator[Mark]:
    tries = [
        Words(place[0] + far_mm * math.cos(outward + math.radians(turn_deg)),
              place[1] + far_mm * math.sin(outward + math.radians(turn_deg)),
              label, 2.0, halo_mm=0.35, plain=label)
        for far_mm in _FAR_MM
        for turn_deg in _TURNS_DEG
    ]  # fmt: skip
    found = room.first(tries, gap_mm=0.1)
    if found is None:
        return
    if math.dist((found.x, found.y), place) > _LEADER_MM:
        yield Shape(((place, (found.x, found.y)),), stroke=GREY, width_mm=0.15, closed=False)
    yield found


def _outward(area: shapely.Geometry, before: Point, place: Point, after: Point) -> float:
    """Return the angle on paper that leads out of an area at a corner, halving the corner."""
    sides = [math.atan2(end[1] - place[1], end[0] - place[0]) for end in (before, after)]
    middle = (sides[0] + sides[1]) / 2
    x, y = place[0] + 0.05 * math.cos(middle), place[1] + 0.05 * math.sin(middle)
    return middle + math.pi if shapely.contains_xy(area, x, y) else middle


def _middle(area: shapely.Geometry) -> Point:
    point = shapely.point_on_surface(area)
    return (float(point.x), float(point.y))


def _legend(ground: Ground, width_mm: float, height_mm: float, lang: Language | None) -> list[Mark]:
    """Explain the colours that occur, in rows at the foot of the drawing."""
    here = [each for each in terms("status") if each.code in set(ground.statuses)]
    size_mm, rows, left = 2.9, 1, 1.0
    placed: list[tuple[float, int, str, str]] = []
    for each in here:
        words = each.label(lang)
        need_mm = 8.5 + text_width_mm(words, size_mm)
        if left + need_mm > width_mm and placed:
            rows, left = rows + 1, 1.0
        placed.append((left, rows, each.code, words))
        left += need_mm
    marks: list[Mark] = []
    for x, line, code, words in placed:
        y = height_mm - 2.6 - 5.0 * (rows - line)
        swatch = shapely.box(x, y - 1.4, x + 4.5, y + 1.4)
        marks += filled(swatch, code)
        marks.append(Shape(outlines(swatch), stroke=look_of(code).stroke, width_mm=0.2))
        english = next(each.en for each in here if each.code == code)
        marks.append(Words(x + 5.6, y, words, size_mm, "start", plain=english))
    return marks
