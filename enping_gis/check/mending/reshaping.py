"""Mend the outline of one plot: make it valid, drop points that repeat, cut off spikes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.measure.cutting.clipping import areal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# Corners of a ring without the first again; a ring of fewer has no area.
_FEWEST = 3
# A cut makes no spike that a further cut does not shorten; more than these is no survey.
_MOST_CUTS = 1000


def made_valid(shape: shapely.Geometry) -> shapely.Geometry | None:
    """
    Return the ground that an outline encloses, as a valid polygon.

    Parameters
    ----------
    shape : shapely.Geometry
        Polygon, multipolygon or collection.

    Returns
    -------
    shapely.Geometry or None
        Loops of a ring are parts, what lies in two parts counts once, and lines without
        ground are left out; None where there is no ground or a coordinate is not finite.
    """
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return None
    sound = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    sound = areal(np.array([sound], dtype=object))[0]
    # Parts that have a side in common come out side by side, still invalid.
    if not shapely.is_valid(sound):
        sound = shapely.union_all(shapely.get_parts(sound))
    return None if shapely.is_empty(sound) or not shapely.is_valid(sound) else sound


def without_close_points(shape: shapely.Geometry, distance_m: float) -> shapely.Geometry | None:
    """
    Drop points that lie too close to the one before them.

    Parameters
    ----------
    shape : shapely.Geometry
        Polygon or multipolygon, flat.
    distance_m : float
        What is nearer than this to the last point that was kept goes, in metres.

    Returns
    -------
    shapely.Geometry or None
        The same but for those points; None where a ring would vanish.
    """
    parts = [
        [
            _thinned(shapely.get_coordinates(ring)[:-1], distance_m)
            for ring in (part.exterior, *part.interiors)
        ]
        for part in shapely.get_parts(shape)
    ]
    thin = _shape_of(parts)
    return None if thin is None else as_before(thin, shape)


def without_sharp_corners(
    shape: shapely.Geometry,
    angle_deg: float,
    *,
    width_m: float,
    wide_m: float,
    close_m: float,
    notches: bool,
) -> shapely.Geometry:
    """
    Cut off the corners at which a plot comes to a point, and fill those of what lies beside it.

    A spike goes as a whole, from where the shorter of its two sides begins, if it is up to
    `wide_m` wide there. Else the corner is the plot's own, and is only cut across where it is
    `width_m` wide. Either way the rest of both sides stays where it was surveyed.

    Parameters
    ----------
    shape : shapely.Geometry
        Valid polygon or multipolygon, flat.
    angle_deg : float
        Angle between the two sides, in degrees, below which a corner is sharp.
    width_m : float
        How wide, in metres, the cut of a corner is.
    wide_m : float
        How wide, in metres, a spike may be.
    close_m : float
        No new point lies nearer than this, in metres, to another.
    notches : bool
        Fill corners that point inwards, too.

    Returns
    -------
    shapely.Geometry
        `shape` itself where nothing changes; a corner stays whose cut would leave the plot
        invalid.
    """
    parts = _rings(shape)
    refused: set[tuple[float, ...]] = set()
    cuts = 0
    while cuts < _MOST_CUTS:
        tip = next(_tips(parts, angle_deg, refused, notches=notches), None)
        if tip is None:
            break
        part, ring, corner = tip
        before = parts[part][ring]
        parts[part][ring] = _blunted(before, corner, (width_m, wide_m), close_m)
        cut = _shape_of(parts)
        if cut is None or not shapely.is_valid(cut):
            parts[part][ring] = before
            refused.add((*before[corner],))
        else:
            shape, cuts = as_before(cut, shape), cuts + 1
    return shape


def as_before(shape: shapely.Geometry, before: shapely.Geometry) -> shapely.Geometry:
    """
    Return a shape as a multipolygon where it was one before.

    Parameters
    ----------
    shape : shapely.Geometry
        Polygon or multipolygon.
    before : shapely.Geometry
        What it comes from.

    Returns
    -------
    shapely.Geometry
        The same ground.
    """
    if shape.geom_type == "Polygon" and before.geom_type == "MultiPolygon":
        return shapely.multipolygons([shape])
    return shape


def _rings(shape: shapely.Geometry) -> list[list[Floats]]:
    """Return the rings of each part, the shell first, without their last point; ground left."""
    oriented = shapely.orient_polygons(shape)
    return [
        [
            shapely.get_coordinates(ring)[:-1]
            for ring in (part.exterior, *part.interiors)
        ]
        for part in shapely.get_parts(oriented)
    ]  # fmt: skip


def _shape_of(parts: list[list[Floats]]) -> shapely.Geometry | None:
    if any(len(ring) < _FEWEST for rings in parts for ring in rings):
        return None
    polygons = [shapely.Polygon(rings[0], rings[1:]) for rings in parts]
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


def _thinned(ring: Floats, distance_m: float) -> Floats:
    kept = [ring[0]]
    for point in ring[1:]:
        if np.hypot(*(point - kept[-1])) >= distance_m:
            kept.append(point)
    while len(kept) > 1 and np.hypot(*(kept[-1] - kept[0])) < distance_m:
        kept.pop()
    return np.array(kept)


def _sharp(ring: Floats, angle_deg: float, *, notches: bool) -> npt.NDArray[np.int64]:
    """Return the corners of a ring, ground to its left, with a lesser angle."""
    to_last, to_next = np.roll(ring, 1, axis=0) - ring, np.roll(ring, -1, axis=0) - ring
    cross = to_next[:, 0] * to_last[:, 1] - to_next[:, 1] * to_last[:, 0]
    dot = (to_next * to_last).sum(axis=1)
    angle = np.degrees(np.arctan2(cross, dot))
    if notches:
        angle = np.abs(angle)
    return np.flatnonzero((angle >= 0) & (angle < angle_deg))


def _tips(
    parts: list[list[Floats]],
    angle_deg: float,
    refused: set[tuple[float, ...]],
    *,
    notches: bool,
) -> Iterator[tuple[int, int, int]]:
    for part, rings in enumerate(parts):
        for number, ring in enumerate(rings):
            for corner in _sharp(ring, angle_deg, notches=notches):
                if (*ring[corner],) not in refused:
                    yield part, number, int(corner)


def _blunted(ring: Floats, corner: int, widths_m: tuple[float, float], close_m: float) -> Floats:
    """Replace a corner by a cut across it."""
    tip, ends = ring[corner], (ring[corner - 1], ring[(corner + 1) % len(ring)])
    sides_m = [float(np.hypot(*(end - tip))) for end in ends]
    least_m = min(sides_m)
    if least_m == 0:
        return np.delete(ring, corner, axis=0)
    along = [(end - tip) / side_m for end, side_m in zip(ends, sides_m, strict=True)]
    spread = float(np.hypot(*(along[1] - along[0])))  # width at a metre from the tip
    width_m, wide_m = widths_m
    spike = spread * least_m <= wide_m and spread * least_m**2 <= _area_m2(ring)
    reach_m = least_m if spike else min(least_m, width_m / spread)
    new = [
        tip + way * reach_m
        for way, side_m in zip(along, sides_m, strict=True)
        if side_m - reach_m > close_m and spread * reach_m > close_m
    ]
    return np.concatenate([ring[:corner], np.array(new).reshape(-1, 2), ring[corner + 1 :]])


def _area_m2(ring: Floats) -> float:
    return float(shapely.area(shapely.Polygon(ring)))
