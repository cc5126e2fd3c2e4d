"""Cure one fault of one rule: what becomes of the plots, or why they are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from enping_gis.check.mending.giving import cut_back, joined
from enping_gis.check.mending.reshaping import (
    as_before,
    made_valid,
    without_close_points,
    without_sharp_corners,
)
from enping_gis.check.mending.scene import Change, Left
from enping_gis.check.rules import rules
from enping_gis.measure.contacts import neighbours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enping_gis.check.faults import Fault
    from enping_gis.check.mending.scene import Scene

# Two boundaries are one up to here, as `contacts` has it.
_TOLERANCE_M = 0.2
_TINY_M2 = 1e-6


def _valid(scene: Scene, fault: Fault) -> Change | Left | None:
    row = scene.row_of[fault.parcels[0]]
    shape = scene.flat(row)
    if shape is None:
        return Left("no_ground", row)
    if shapely.is_valid(shape) and np.isfinite(shapely.get_coordinates(shape)).all():
        flat = shapely.area(shape) < rules()["G1"].limits["area_m2"]
        return Left("no_ground", row) if flat else None
    sound = made_valid(shape)
    if sound is None or shapely.area(sound) < rules()["G1"].limits["area_m2"]:
        return Left("no_ground", row)
    return Change("made_valid", {row: as_before(sound, shape)})


def _thinned(scene: Scene, fault: Fault) -> Change | Left | None:
    row, shape, left = _sound(scene, fault)
    if left is not None:
        return left
    thin = without_close_points(shape, rules()["G2"].limits["distance_m"])
    if thin is None or not shapely.is_valid(thin):
        return Left("no_longer_valid", row)
    if shapely.get_num_coordinates(thin) == shapely.get_num_coordinates(shape):
        return None
    return Change("points_dropped", {row: thin})


def _blunted(scene: Scene, fault: Fault) -> Change | Left | None:
    row, shape, left = _sound(scene, fault)
    if left is not None:
        return left
    for notches in (True, False):
        for blunt in _blunt(shape, notches=notches):
            if not _takes_ground(scene, row, blunt, shape):
                return Change("blunted", {row: blunt})
    return Left("sharp", row)


def _blunt(shape: shapely.Geometry, *, notches: bool) -> Iterator[shapely.Geometry]:
    """Yield a plot without its sharp corners, if any: as it stands, and without close points."""
    close_m = rules()["G2"].limits["distance_m"]
    # Two points so close are one corner to the check.
    for start in (shape, _or_itself(without_close_points(shape, close_m), shape)):
        blunt = without_sharp_corners(
            start,
            rules()["G3"].limits["angle_deg"],
            width_m=rules()["T1"].limits["width_m"],
            wide_m=rules()["T3"].limits["width_m"],
            close_m=close_m,
            notches=notches,
        )
        if blunt is not start:
            yield blunt


def _or_itself(new: shapely.Geometry | None, old: shapely.Geometry) -> shapely.Geometry:
    return old if new is None or not shapely.is_valid(new) else new


def _takes_ground(scene: Scene, row: int, new: shapely.Geometry, old: shapely.Geometry) -> bool:
    """Tell whether a plot has come to cover what others do."""
    gained = shapely.difference(new, old)
    if shapely.area(gained) == 0:
        return False
    others = scene.ground(scene.around(gained, but=(row,)))
    return bool(shapely.area(shapely.intersection(gained, others)).sum() > _TINY_M2)


def _apart(scene: Scene, fault: Fault) -> Change | Left | None:
    rows = sorted(scene.row_of[name] for name in fault.parcels)
    if scene.gone[rows].any():
        return None
    if fault.case == "repeated":
        return Left("repeated", rows[1], (rows[0],))
    keeper = scene.side(rows)
    if keeper is None:
        return Left("no_side", rows[0], (rows[1],))
    loser = rows[0] if keeper == rows[1] else rows[1]
    return _cut_back(scene, loser, keeper)


def _cut_back(scene: Scene, loser: int, keeper: int) -> Change | Left | None:
    shapes = [scene.flat(row) for row in (loser, keeper)]
    if any(shape is None or not shapely.is_valid(shape) for shape in shapes):
        return Left("invalid", loser, (keeper,))
    common_m2 = shapely.area(shapely.intersection(*shapes))
    if common_m2 <= rules()["T1"].limits["area_m2"]:  # an earlier cure has parted them
        return None
    rest = cut_back(*shapes)
    if rest is None:
        return Left("nothing_remains", loser, (keeper,))
    return Change("cut_back", {loser: rest}, (keeper,))


def _filled(scene: Scene, fault: Fault) -> Change | Left | None:
    rows = sorted(scene.row_of[name] for name in fault.parcels)
    rows = [row for row in rows if not scene.gone[row]]
    gap = _still_open(scene, fault)
    if gap is None or not rows:
        return None
    taker = scene.side(rows)
    if taker is None:
        return Left("no_side", rows[0], tuple(rows[1:]))
    others = tuple(row for row in rows if row != taker)
    shape = scene.flat(taker)
    if shape is None or not shapely.is_valid(shape):
        return Left("invalid", taker, others)
    around = scene.ground(scene.around(gap, but=(taker,)))
    whole = joined(shape, gap, around, rules()["T2"].limits["width_min_m"])
    if whole is None:
        return Left("not_joined", taker, others)
    # What is filled to a point would be cut off again, and filled again.
    around_it = shapely.union_all([_settled(scene, whole), *around])
    if shapely.area(shapely.difference(gap, around_it)) > rules()["T2"].limits["area_m2"]:
        return Left("pointed", taker, others)
    return Change("filled", {taker: whole}, others)


def _settled(scene: Scene, shape: shapely.Geometry) -> shapely.Geometry:
    """Return what the other cures that are asked for will make of a plot."""
    if "G2" in scene.rules:
        shape = _or_itself(without_close_points(shape, rules()["G2"].limits["distance_m"]), shape)
    if "G3" in scene.rules:
        shape = next(_blunt(shape, notches=False), shape)
    return shape


def _still_open(scene: Scene, fault: Fault) -> shapely.Geometry | None:
    """Return the ground of a gap, unless an earlier cure has filled it."""
    # Moved to where the layer lies, it may meet itself by a rounding.
    gap = made_valid(fault.shape)
    if gap is None:
        return None
    near = scene.ground(scene.around(gap, but=()))
    free_m2 = shapely.area(shapely.difference(gap, shapely.union_all(near)))
    return gap if free_m2 >= rules()["T2"].limits["area_m2"] else None


def _merged(scene: Scene, fault: Fault) -> Change | Left | None:
    row = scene.row_of[fault.parcels[0]]
    whole = scene.flat(row)
    if whole is None:
        return None
    if not shapely.is_valid(whole):
        return Left("invalid", row)
    sliver, rest = _sliver(whole, fault.shape)
    taker = _taker(scene, row, sliver)
    if taker is None:
        return Left("no_neighbour", row)
    shape = scene.flat(taker)
    if shape is None or not shapely.is_valid(shape):
        return Left("invalid", row, (taker,))
    around = scene.ground(scene.around(sliver, but=(row, taker)))
    if rest is not None:
        around = np.append(around, np.array([rest], dtype=object))
    joint = joined(shape, sliver, around, _TOLERANCE_M)
    if joint is None:
        return Left("not_joined", row, (taker,))
    return Change("merged" if rest is None else "part_merged", {row: rest, taker: joint})


def _sliver(
    whole: shapely.Geometry, part: shapely.Geometry | None
) -> tuple[shapely.Geometry, shapely.Geometry | None]:
    """Return the sliver, and what else the plot has: other parts."""
    parts = shapely.get_parts(whole)
    if part is None or len(parts) == 1:
        return whole, None
    its = shapely.area(shapely.intersection(parts, part)) > shapely.area(parts) / 2
    if its.all() or not its.any():
        return whole, None
    sliver, rest = (shapely.multipolygons(parts[these]) for these in (its, ~its))
    return sliver, as_before(rest, whole)


def _taker(scene: Scene, row: int, sliver: shapely.Geometry) -> int | None:
    """Return the neighbour that `to` names, else that with the longest shared boundary."""
    near = scene.around(sliver, but=(row,))
    plots = gpd.GeoDataFrame(
        {"parcel_id": [-1, *near]}, geometry=[sliver, *scene.ground(near)], crs=scene.crs
    )
    found = neighbours(plots, -1, tolerance_m=_TOLERANCE_M)  # type: ignore[arg-type]  # rows are ids
    beside = found.loc[found["kind"].isin(["shared", "overlap"]), "right"].tolist()
    named = [scene.row_of[wish] for wish in scene.sides if wish in scene.row_of]
    for each in named:
        if each in beside:
            return each
    return int(beside[0]) if beside else None


def _sound(scene: Scene, fault: Fault) -> tuple[int, shapely.Geometry, Left | None]:
    """Return the plot of a fault, and that it cannot be cured where it is not valid."""
    row = scene.row_of[fault.parcels[0]]
    shape = scene.flat(row)
    valid = shape is not None and shapely.is_valid(shape)
    return row, shape, None if valid else Left("invalid", row)


CURES: dict[str, Callable[[Scene, Fault], Change | Left | None]] = {
    "G1": _valid,
    "G2": _thinned,
    "G3": _blunted,
    "T1": _apart,
    "T2": _filled,
    "T3": _merged,
}
