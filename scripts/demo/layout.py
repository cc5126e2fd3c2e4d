"""Lay out the blocks and streets of a site, and so the geometry of every plot."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from scripts.demo.geometry import (
    Cut,
    Strip,
    area_m2,
    length_m,
    row_rings,
    stretch,
)
from scripts.demo.sites import (
    COURTYARD_PLOT,
    SEED,
    SITES,
    TWO_PART_PLOT,
    Row,
    Site,
    area_mu,
    plots_of_sites,
)

if TYPE_CHECKING:
    from numpy.random import Generator

    from scripts.demo.geometry import Points

M2_PER_MU = 2000 / 3
PART_SUFFIX = "b"
PART_SHARE = 0.38
LEAST_DEPTH_M = 62.0
LARGEST_RATIO = 2.4


@dataclass(frozen=True)
class Ground:
    """
    The bent frame of a site: straight streets in it are curved on the map.

    Parameters
    ----------
    centre_m : tuple of float
        Its origin in EPSG:4546.
    bearing_deg : float
        Direction of its first axis.
    waves : tuple of float
        Amplitude, length and phase of the bend across, then along.
    """

    centre_m: tuple[float, float]
    bearing_deg: float
    waves: tuple[float, float, float, float, float, float]

    def placed(self, points: Points) -> Points:
        """
        Bring points of the frame onto the map.

        Parameters
        ----------
        points : numpy.ndarray
            Along and across the main road, m.

        Returns
        -------
        numpy.ndarray
            Easting and northing in EPSG:4546.
        """
        across, across_m, across_phase, along, along_m, along_phase = self.waves
        u = points[:, 0] + along * np.sin(2 * math.pi * points[:, 1] / along_m + along_phase)
        v = points[:, 1] + across * np.sin(2 * math.pi * points[:, 0] / across_m + across_phase)
        cosine = math.cos(math.radians(self.bearing_deg))
        sine = math.sin(math.radians(self.bearing_deg))
        turned = np.column_stack([u * cosine - v * sine, u * sine + v * cosine])
        return turned + np.asarray(self.centre_m)


@dataclass
class Drawing:
    """
    A site while it is drawn.

    Parameters
    ----------
    ground : Ground
        Its frame.
    draw : numpy.random.Generator
        Its draws.
    targets_m2 : dict of str to float
        Area of each plot or part of a plot.
    rings : dict of str to numpy.ndarray
        Outlines drawn so far.
    """

    ground: Ground
    draw: Generator
    targets_m2: dict[str, float]
    rings: dict[str, Points] = field(default_factory=dict)

    def between(self, low: float, high: float) -> float:
        """
        Draw a number.

        Parameters
        ----------
        low, high : float
            Its range.

        Returns
        -------
        float
            Uniform in the range.
        """
        return float(self.draw.uniform(low, high))

    def add_row(self, row: Row, near: Points, start: tuple[float, float], side: int) -> Points:
        """
        Draw one row of plots away from the main road.

        Parameters
        ----------
        row : Row
            Its plots.
        near : numpy.ndarray
            The line it starts from, on the map.
        start : tuple of float
            Where that line begins in the frame.
        side : int
            1 above the main road, -1 below.

        Returns
        -------
        numpy.ndarray
            The far line, on the map.
        """
        targets = [self.targets_m2[plot] for plot in row.plots]
        depth_m = sum(targets) / row.length_m
        shape = self._line(row.length_m, self.between(2.0, 8.0), self.between(-0.05, 0.05))
        bends = [self.between(-9.0, 9.0) for _ in range(2)]

        def strip_of(depth: float) -> Strip:
            far = shape * (1, side) + (start[0], start[1] + side * depth)
            ends = [
                self.ground.placed(np.array([[u + bend, start[1] + side * depth * share]]))
                for u, bend, share in (
                    (start[0], bends[0], 0.45),
                    (start[0] + row.length_m, bends[1], 0.6),
                )
            ]
            return Strip(near, self.ground.placed(far), ends[0], ends[1])

        cuts = [self._cut(row, depth_m) for _ in row.plots[1:]]
        strip, rings = row_rings(strip_of, targets, cuts, depth_m)
        self.rings.update(zip(row.plots, rings, strict=True))
        return strip.far

    def frontage(self, start: tuple[float, float], length: float) -> Points:
        """
        Draw the edge of a street.

        Parameters
        ----------
        start : tuple of float
            Where it begins in the frame.
        length : float
            Its length, m.

        Returns
        -------
        numpy.ndarray
            On the map.
        """
        bends = self.between(0.5, 2.5)
        return self.ground.placed(self._line(length, bends, 0.0) + np.asarray(start))

    def _line(self, length: float, bend_m: float, tilt: float) -> Points:
        parts = max(1, round(length / self.between(70, 130)))
        u = np.linspace(0.0, length, parts + 1)
        u[1:-1] += [self.between(-18, 18) for _ in range(parts - 1)]
        v = np.array([self.between(-bend_m, bend_m) for _ in range(parts + 1)])
        return np.column_stack([u, v + tilt * (u - length / 2)])

    def _cut(self, row: Row, depth_m: float) -> Cut:
        width_share = 1 / len(row.plots)
        skew = self.between(-0.07, 0.07) * width_share
        kind, place, offset = self.between(0, 1), self.between(0.3, 0.7), self.between(-1, 1)
        slip = self.between(2.0, 8.0) / 1000 * (1 if self.between(0, 1) > 0.5 else -1)  # noqa: PLR2004 - either way
        miss_m = slip if self.between(0, 1) < 0.2 else 0.0  # noqa: PLR2004 - one cut in five
        step_m = math.copysign(min(12.0, 0.05 * depth_m) * (0.4 + 0.6 * abs(offset)), offset)
        if kind < 0.45:  # noqa: PLR2004 - nearly half of the lines are straight
            return Cut(skew, (), miss_m)
        if kind < 0.82:  # noqa: PLR2004 - most others have one bend
            return Cut(skew, ((place, step_m * 0.6),), miss_m)
        return Cut(skew, ((place, 0.0), (place + 0.012, step_m)), miss_m)


def geometries() -> dict[str, shapely.MultiPolygon]:
    """
    Draw all plots.

    Returns
    -------
    dict of str to shapely.MultiPolygon
        Plot id -> geometry in EPSG:4546, not yet rounded.
    """
    courtyard: Points | None = None
    for _ in range(2):
        rings = _all_rings(courtyard)
        if courtyard is None:
            courtyard = _courtyard(rings[COURTYARD_PLOT])
    found = {}
    for plot in area_mu():
        parts = [shapely.polygons(rings[plot])]
        if plot == TWO_PART_PLOT:
            parts.append(shapely.polygons(rings[plot + PART_SUFFIX]))
        if plot == COURTYARD_PLOT:
            parts = [shapely.Polygon(rings[plot], [courtyard])]
        found[plot] = shapely.multipolygons(parts)
    return found


def _all_rings(courtyard: Points | None) -> dict[str, Points]:
    targets = {plot: float(mu) * M2_PER_MU for plot, mu in area_mu().items()}
    targets[TWO_PART_PLOT + PART_SUFFIX] = targets[TWO_PART_PLOT] * PART_SHARE
    targets[TWO_PART_PLOT] *= 1 - PART_SHARE
    if courtyard is not None:
        targets[COURTYARD_PLOT] += area_m2(courtyard)
    rings: dict[str, Points] = {}
    for number, (site, plots) in enumerate(zip(SITES, plots_of_sites(), strict=True), start=1):
        rings |= _site_rings(number, site, plots, targets)
    return rings


def _site_rings(
    number: int, site: Site, plots: tuple[str, ...], targets: dict[str, float]
) -> dict[str, Points]:
    draw = np.random.Generator(np.random.PCG64([SEED, number]))
    waves = [
        float(draw.uniform(low, high))
        for low, high in ((9, 26), (800, 1500), (0, 6.28), (5, 14), (600, 1100), (0, 6.28))
    ]
    ground = Ground(site.centre_m, site.bearing_deg, tuple(waves))  # type: ignore[arg-type]  # two waves
    drawing = Drawing(ground, draw, targets)
    parts = [plot + PART_SUFFIX for plot in plots if plot == TWO_PART_PLOT]
    taken = {plot for row in site.fixed for plot in row.plots}
    free = [plot for plot in (*plots, *parts) if plot not in taken]
    blocks = [list(site.fixed)] if site.fixed else []
    free.sort(key=lambda plot: targets[plot])
    while free:
        blocks.append(_drawn_block(drawing, free))
    _place_blocks(drawing, blocks)
    return drawing.rings


def _drawn_block(drawing: Drawing, free: list[str]) -> list[Row]:
    rows = [_drawn_row(drawing, free)]
    if free and drawing.between(0, 1) < 0.75:  # noqa: PLR2004 - most rows stand back to back
        rows.append(_drawn_row(drawing, free))
    return sorted(rows, key=lambda row: -row.length_m)


def _drawn_row(drawing: Drawing, free: list[str]) -> Row:
    first = int(drawing.draw.integers(0, len(free)))
    ratio, longest = drawing.between(0.85, 1.75), drawing.between(330, 620)
    least_m2 = drawing.targets_m2[free[first]]
    # Plots of a row are as deep as each other, so very unequal ones would be thin strips.
    alike = [p for p in free[first:] if drawing.targets_m2[p] <= LARGEST_RATIO * least_m2]
    chosen: list[str] = []
    depth = LEAST_DEPTH_M
    for plot in alike:
        total_m2 = sum(drawing.targets_m2[each] for each in (*chosen, plot))
        deeper = max(LEAST_DEPTH_M, math.sqrt(ratio * total_m2 / (len(chosen) + 1)))
        if chosen and total_m2 / deeper > longest:
            break
        chosen.append(plot)
        depth = deeper
    for plot in chosen:
        free.remove(plot)
    order = drawing.draw.permutation(len(chosen))
    total_m2 = sum(drawing.targets_m2[plot] for plot in chosen)
    return Row(tuple(chosen[each] for each in order), total_m2 / depth)


def _place_blocks(drawing: Drawing, blocks: list[list[Row]]) -> None:
    road_m = drawing.between(16, 30)
    total = sum(block[0].length_m for block in blocks)
    ends = {1: -total / 4 + drawing.between(-40, 0), -1: -total / 4 + drawing.between(0, 40)}
    for block in blocks:
        side = min(ends, key=lambda each: (ends[each], -each))
        start = (ends[side], side * road_m / 2)
        near, near_m = drawing.frontage(start, block[0].length_m), block[0].length_m
        depth = 0.0
        for row in block:
            if row.length_m < near_m:
                near = stretch(near, 0.0, length_m(near) * row.length_m / near_m)
            near = drawing.add_row(row, near, (start[0], start[1] + side * depth), side)
            depth += sum(drawing.targets_m2[plot] for plot in row.plots) / row.length_m
            near_m = row.length_m
        ends[side] += block[0].length_m + drawing.between(9, 22)


def _courtyard(ring: Points) -> Points:
    # Off the middle, so that a point well inside the plot is easy to tell.
    middle = shapely.polygons(ring).centroid
    centre = np.array([middle.x + 4.0, middle.y + 44.0])
    corners = [(-21, -14), (3, -17), (19, -12), (22, 13), (-2, 16), (-19, 11)]
    return np.round(centre + np.asarray(corners, dtype=float), 7)
