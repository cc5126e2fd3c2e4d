"""Repair the faults that are asked for, in a new layer, and say what that moved."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.check.coverage.finders import gaps, overlaps, slivers
from enping_gis.check.ground import Ground
from enping_gis.check.mending.cures import CURES
from enping_gis.check.mending.scene import Change, Left, Scene
from enping_gis.check.shapes.finders import close_points, spikes
from enping_gis.check.shapes.validity import invalid_shapes
from enping_gis.crs import crs_name, is_metric
from enping_gis.errors import CRSError, InputError, ParcelError, SchemaError
from enping_gis.messages import LANGUAGES, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from enping_gis.check.faults import Fault

    Finder = Callable[[Ground], Iterator[Fault]]
    Shapes = npt.NDArray[np.object_]

TABLE_COLUMNS = (
    "rule", "outcome", "parcel_id", "other_ids", "before_m2", "after_m2", "change_m2",
    "gained_m2", "lost_m2", "message_zh", "message_en",
)  # fmt: skip
REPAIRABLE = tuple(CURES)
FINDERS: dict[str, Finder] = {
    "G1": invalid_shapes,
    "G2": close_points,
    "G3": spikes,
    "T1": overlaps,
    "T2": gaps,
    "T3": slivers,
}
SIDES = ("larger", "smaller", "first", "last")
ID_COLUMN = "parcel_id"
# What is moved at once is less than the least plot there is (200 m2, TD/T 1055-2019), and all
# together less than what the ledger may miss of the map (rule A1, 0.5 %).
MOST_AT_ONCE_M2 = 200.0
_MOST_OF_LAYER = 0.005
_MOST_PASSES = 20


def repair(
    parcels: gpd.GeoDataFrame,
    *,
    rules: str | Sequence[str],
    to: str | Sequence[str] = (),
    max_moved_m2: float | None = None,
    max_each_m2: float = MOST_AT_ONCE_M2,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Repair the faults of some rules of `check`; nothing else is touched.

    - ``G1``: an invalid outline becomes the ground that it encloses.
    - ``G2``: points that repeat, or lie too close to the one before, are dropped.
    - ``G3``: spikes are cut off near their tips.
    - ``T1``: ground that two plots cover goes to the one stated by `to`.
    - ``T2``: a gap between plots goes to the one stated by `to`.
    - ``T3``: a sliver is merged into the neighbour with the longest shared boundary, or into
      the one that `to` names.

    What cannot be cured is left as it is, with the reason: plots that repeat each other, a
    plot of which nothing would remain, an invalid plot where ``G1`` is not asked for, what would
    move more than `max_each_m2`. What a check only informs of is no fault. The cures go on
    until nothing changes any more, so that a repaired layer is not changed again.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with a unique ``parcel_id``, in a projected CRS in metres.
    rules : str or sequence of str
        Codes of the rules, such as ``["G1", "T1"]`` or ``"G1,T1"``.
    to : str or sequence of str
        Who takes ground in question: ``larger``, ``smaller``, ``first`` or ``last`` (in the order
        of the layer), or ids; the first that fits a fault decides. ``T1`` and ``T2`` need it.
    max_moved_m2 : float, optional
        How much ground, in m2, may be moved altogether: what the plots gain and lose; by
        default 0.5 % of the layer, or `max_each_m2` if that is more. More is refused.
    max_each_m2 : float, default 200
        How much ground, in m2, a plot may gain and lose by one cure.

    Returns
    -------
    layer : geopandas.GeoDataFrame
        The layer with the cured plots, without slivers that were merged. All other rows keep their
        geometry to the last bit; a cured plot is valid, and has no heights.
    table : pandas.DataFrame
        A row for each plot that a cure changed (``outcome`` is ``changed`` or ``removed``) and
        for each fault that is ``left``: ``rule``, ``parcel_id``, ``other_ids`` (the other plots,
        joined by a semicolon), planar areas ``before_m2``, ``after_m2`` and their difference
        ``change_m2``, ``gained_m2`` and ``lost_m2`` (ground; an invalid outline counts as what
        it encloses), and what was done, in both languages.

    Raises
    ------
    CRSError
        The layer has no CRS, or one that is not projected in metres.
    SchemaError
        There is no column ``parcel_id``, or an id is missing or repeated.
    ParcelError
        `to` names a plot that is not there.
    InputError
        A rule cannot be repaired, no side is stated, a bound is negative or not a number, or
        the cures would move more than `max_moved_m2`.

    Examples
    --------
    >>> plots = gpd.GeoDataFrame(
    ...     {"parcel_id": ["a", "b"]},
    ...     geometry=[shapely.box(0, 0, 50, 80), shapely.box(49.5, 0, 90, 80)],
    ...     crs=4546,
    ... )
    >>> layer, table = repair(plots, rules="T1", to="larger")
    >>> layer.area.tolist()
    [4000.0, 3200.0]
    >>> table[["parcel_id", "other_ids", "change_m2"]].to_numpy().tolist()
    [['b', 'a', -40.0]]
    >>> repair(layer, rules="T1", to="larger")[1].empty
    True
    >>> len(repair(plots.iloc[:0], rules="G1")[0])
    0
    """
    chosen = _chosen(rules)
    ids = _ids(parcels)
    sides = _sides(to, chosen, ids)
    for name, value in (("max_moved_m2", max_moved_m2), ("max_each_m2", max_each_m2)):
        if value is not None and not value >= 0:
            raise InputError("error.repair_bound", name=name, value=value)
    shapes: Shapes = np.array(parcels.geometry.to_numpy(), dtype=object)
    work = _Work(Scene(ids, shapes, parcels.crs, sides, chosen), max_each_m2)
    work.run()
    table = pd.DataFrame([*work.done, *work.left], columns=[*TABLE_COLUMNS])
    _refuse_too_much(table, parcels, max_moved_m2, max_each_m2)
    return _layer(parcels, work.scene), table


def moved_m2(table: pd.DataFrame) -> float:
    """
    Add up how much ground a repair has moved.

    Parameters
    ----------
    table : pandas.DataFrame
        What `repair` returned.

    Returns
    -------
    float
        What the plots gained and lost, in m2; what a merged sliver loses is what its neighbour
        gains, and counts once.

    Examples
    --------
    >>> table = pd.DataFrame(columns=[*TABLE_COLUMNS])
    >>> moved_m2(table)
    0.0
    """
    lost = table.loc[table["rule"] != "T3", "lost_m2"]
    return math.fsum(table["gained_m2"]) + math.fsum(lost)


def _chosen(rules: str | Sequence[str]) -> tuple[str, ...]:
    """Return codes in the order in which they are cured."""
    given = rules.replace("\uff0c", ",").split(",") if isinstance(rules, str) else rules
    wanted = {str(each).strip().upper() for each in given} - {""}
    strange = sorted(wanted - set(REPAIRABLE))
    known = ", ".join(REPAIRABLE)
    if strange:
        raise InputError("error.repair_rule", value=", ".join(strange), known=known)
    if not wanted:
        raise InputError("error.repair_no_rule", known=known)
    return tuple(code for code in REPAIRABLE if code in wanted)


def _ids(parcels: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    if ID_COLUMN not in parcels:
        raise SchemaError("error.parcel_id_column", column=ID_COLUMN)
    ids = parcels[ID_COLUMN]
    if isinstance(ids, pd.DataFrame):
        raise SchemaError("error.column_twice", column=ID_COLUMN, count=ids.shape[1])
    faulty = ids[ids.isna() | ids.astype(str).duplicated(keep=False)]
    if len(faulty):
        value, count = faulty.iloc[0], len(faulty)
        raise SchemaError("error.parcel_id_values", column=ID_COLUMN, value=value, count=count)
    if parcels.crs is None:
        raise CRSError("error.crs_none")
    if not is_metric(parcels.crs):
        raise CRSError("error.crs_not_metric", value=crs_name(parcels.crs))
    return ids.astype(str).to_numpy(dtype=object)


def _sides(
    to: str | Sequence[str], chosen: tuple[str, ...], ids: npt.NDArray[np.object_]
) -> tuple[str, ...]:
    sides = (to,) if isinstance(to, str) else tuple(to)
    known = set(ids)
    for side in sides:
        if side not in known and side not in SIDES:
            raise ParcelError("error.repair_side", value=side, known=", ".join(SIDES))
    needy = [code for code in chosen if code in {"T1", "T2"}]
    if needy and not sides:
        raise InputError("error.repair_no_side", value=", ".join(needy), known=", ".join(SIDES))
    return sides


@dataclass
class _Work:
    """The cures of one call, pass after pass."""

    scene: Scene
    max_each_m2: float
    done: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)
    ground: Ground | None = None

    def run(self) -> None:
        for _ in range(_MOST_PASSES):
            self.left = []
            # Every rule has its turn, since a cure of one may bring a fault of the next.
            changed = [self._step(rule) for rule in self.scene.rules]
            if not any(changed):
                return

    def _step(self, rule: str) -> bool:
        """Cure what a rule finds now, and tell whether anything changed."""
        changed = False
        for fault in self._faults(rule):
            result = CURES[rule](self.scene, fault)
            if isinstance(result, Change):
                rows = _rows(self.scene, rule, result)
                reason = self._against(result, rows)
                if reason is None:
                    self._carry_out(result)
                    self.done += rows
                    changed = True
                    continue
                result = reason
            if result is not None:
                self.left.append(_left_row(self.scene, rule, result))
        return changed

    def _against(self, change: Change, rows: list[dict[str, Any]]) -> Left | None:
        """Return why a change must not be."""
        first, *others = (*change.shapes, *change.others)
        new = [shape for shape in change.shapes.values() if shape is not None]
        if not shapely.is_valid(new).all():
            return Left("no_longer_valid", first, tuple(others))
        moved = max(row["gained_m2"] + row["lost_m2"] for row in rows)
        if moved <= self.max_each_m2:
            return None
        values = {"moved": f"{moved:.2f}", "most": f"{self.max_each_m2:g}"}
        return Left("too_much", first, tuple(others), values)

    def _faults(self, rule: str) -> list[Fault]:
        scene = self.scene
        if self.ground is None:
            rows = np.flatnonzero(~scene.gone)
            columns = {ID_COLUMN: scene.ids[rows]}
            shapes = list(scene.shapes[rows])
            self.ground = Ground(gpd.GeoDataFrame(columns, geometry=shapes, crs=scene.crs))
        found = [fault for fault in FINDERS[rule](self.ground) if fault.severity != "info"]
        if rule.startswith("G"):  # a cure takes all faults of a rule in a plot
            found = [*{fault.parcels: fault for fault in found}.values()]
        return sorted(found, key=lambda fault: fault.parcels)

    def _carry_out(self, change: Change) -> None:
        self.ground = None
        for row, shape in change.shapes.items():
            self.scene.replace(row, shape)


def _rows(scene: Scene, rule: str, change: Change) -> list[dict[str, Any]]:
    """Say of every plot what a change does to it."""
    rows = []
    about = (*change.shapes, *change.others)
    for row, new in change.shapes.items():
        old, ground = scene.shapes[row], scene.ground(np.array([row]))[0]
        after = shapely.Polygon() if new is None else new
        before_m2, after_m2 = float(shapely.area(old)), float(shapely.area(after))
        figures = {
            "before_m2": before_m2,
            "after_m2": after_m2,
            "change_m2": after_m2 - before_m2,
            "gained_m2": float(shapely.area(shapely.difference(after, ground))),
            "lost_m2": float(shapely.area(shapely.difference(ground, after))),
        }
        others = tuple(other for other in about if other != row)
        case = change.case if new is not None else "removed"
        outcome = "changed" if new is not None else "removed"
        rows.append(
            _row(scene, rule, outcome, row, others) | figures | _said(scene, case, row, others)
        )
    return rows


def _left_row(scene: Scene, rule: str, left: Left) -> dict[str, Any]:
    area_m2 = float(np.nan_to_num(shapely.area(scene.shapes[left.row])))
    figures = {"before_m2": area_m2, "after_m2": area_m2}
    figures |= dict.fromkeys(("change_m2", "gained_m2", "lost_m2"), 0.0)
    said = _said(scene, f"left_{left.reason}", left.row, left.others, **left.values)
    return _row(scene, rule, "left", left.row, left.others) | figures | said


def _row(
    scene: Scene, rule: str, outcome: str, row: int, others: tuple[int, ...]
) -> dict[str, Any]:
    other_ids = ";".join(str(scene.ids[other]) for other in others)
    names = {"parcel_id": scene.ids[row], "other_ids": other_ids}
    return {"rule": rule, "outcome": outcome} | names


def _said(
    scene: Scene, case: str, row: int, others: tuple[int, ...], **values: object
) -> dict[str, str]:
    return {
        f"message_{lang}": text(
            f"repair.{case}",
            lang,
            parcel=scene.ids[row],
            others=text("list_mark", lang).join(str(scene.ids[other]) for other in others),
            **values,
        )
        for lang in LANGUAGES
    }


def _layer(parcels: gpd.GeoDataFrame, scene: Scene) -> gpd.GeoDataFrame:
    """Put the shapes into a copy of the layer; what is as it was is the same object."""
    layer = parcels.copy()
    layer[layer.geometry.name] = gpd.GeoSeries(
        list(scene.shapes), index=parcels.index, crs=scene.crs
    )
    return layer[~scene.gone]


def _refuse_too_much(
    table: pd.DataFrame,
    parcels: gpd.GeoDataFrame,
    max_moved_m2: float | None,
    max_each_m2: float,
) -> None:
    moved = moved_m2(table)
    bound = max_moved_m2
    if bound is None:
        layer_m2 = float(np.nansum(shapely.area(parcels.geometry.to_numpy())))
        bound = max(max_each_m2, layer_m2 * _MOST_OF_LAYER)
    if moved > bound:
        worst = table.loc[(table["gained_m2"] + table["lost_m2"]).idxmax()]
        raise InputError(
            "error.repair_moved", value=f"{moved:.2f}", bound=f"{bound:.2f}",
            parcel=worst["parcel_id"], rule=worst["rule"],
            most=f"{worst['gained_m2'] + worst['lost_m2']:.2f}",
        )  # fmt: skip
