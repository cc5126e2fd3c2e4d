"""Tell in which towns plots lie: across a line, or elsewhere than stated (T5, T6)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import shapely

from enping_gis.check.faults import Fault
from enping_gis.check.rules import rules
from enping_gis.crs import transformed
from enping_gis.measure.cutting.clipping import areal, clipped, repaired
from enping_gis.measure.cutting.cut import mean_width_m
from enping_gis.measure.cutting.locating import NOWHERE, located
from enping_gis.units import M2, half_up, printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.findings import Severity
    from enping_gis.messages import Language

    PlaceName = Callable[[str, Language | None], str]
    Flags = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]
    Shapes = npt.NDArray[np.object_]

PARK = "park"
_PERCENT_DECIMALS = 1
_NEAR_M = 10.0


@dataclass(frozen=True)
class Outlines:
    """
    Towns, or parks, that plots lie in.

    Parameters
    ----------
    codes : numpy.ndarray of str, shape (n,)
        Code of the place of each polygon; a place may have several.
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Valid polygons in the plane of the plots.
    schematic : frozenset of str
        Codes of places whose boundary is a sketch.
    """

    codes: npt.NDArray[np.object_]
    shapes: Shapes
    schematic: frozenset[str]

    @classmethod
    def of(
        cls, plots: gpd.GeoDataFrame, places: gpd.GeoDataFrame, kind: Literal["town", "park"]
    ) -> Outlines:
        """
        Take the polygons of one kind of place.

        Parameters
        ----------
        plots : geopandas.GeoDataFrame
            Plots, in whose plane the polygons are wanted.
        places : geopandas.GeoDataFrame
            Table ``places``.
        kind : {"town", "park"}
            Towns and streets, or industrial parks, which overlap them.

        Returns
        -------
        Outlines
            Without places that have no finite polygon.
        """
        wanted = places[(places["kind"] == PARK) == (kind == PARK)]
        shapes = areal(np.asarray(wanted.geometry.to_numpy(), dtype=object))
        if wanted.crs is not None and plots.crs is not None:
            shapes = transformed(shapes, wanted.crs, plots.crs)
        there = np.isfinite(shapely.bounds(shapes).reshape(-1, 4)).all(axis=1)
        sketched = frozenset(wanted.loc[wanted["schematic"].astype(bool), "place"])
        codes = wanted["place"].to_numpy(dtype=object)[there]
        return cls(codes, repaired(shapes[there]), sketched)


@dataclass(frozen=True)
class Part:
    """
    What a plot has in one place.

    Parameters
    ----------
    code : str or None
        The place; None for ground in no place.
    area_m2, width_m : float
        Planar area and mean width.
    shape : shapely.Geometry
        The ground.
    """

    code: str | None
    area_m2: float
    width_m: float
    shape: shapely.Geometry


@dataclass(frozen=True)
class Lying:
    """
    Where plots lie.

    Parameters
    ----------
    home : numpy.ndarray of object, shape (n,)
        Code of the place that holds a plot and is the only one that it meets; None for plots
        of which `parts` tells more, which meet nothing, or which have no ground.
    parts : dict of int to tuple of Part
        Parts of the other plots with ground, by row, the largest first.
    """

    home: npt.NDArray[np.object_]
    parts: Mapping[int, tuple[Part, ...]]

    def told(self, row: int) -> tuple[str, ...]:
        """
        Return the places in which a plot has ground worth counting.

        Parameters
        ----------
        row : int
            Row of the plot.

        Returns
        -------
        tuple of str
            The largest part first.
        """
        if self.home[row] is not None:
            return (self.home[row],)
        parts = self.parts.get(row, ())
        return tuple(part.code for part in parts if part.code is not None and _counts(part))


def lying(plots: gpd.GeoDataFrame, outlines: Outlines) -> Lying:
    """
    Find the places in which plots lie.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots in metres; invalid ones are looked at as repaired copies.
    outlines : Outlines
        Towns or parks.

    Returns
    -------
    Lying
        Plots inside one place are settled without being cut.

    Examples
    --------
    >>> import geopandas as gpd
    >>> town = shapely.box(0, 0, 100, 100)
    >>> outlines = Outlines(np.array(["t"], dtype=object), np.array([town]), frozenset())
    >>> plots = gpd.GeoDataFrame(geometry=[shapely.box(10, 10, 20, 20)], crs=4546)
    >>> lying(plots, outlines).home.tolist(), lying(plots.iloc[:0], outlines).parts
    (['t'], {})
    """
    if not len(outlines.codes):
        return Lying(np.full(len(plots), None, dtype=object), {})
    flat = areal(np.asarray(plots.geometry.to_numpy(), dtype=object))
    usable = np.flatnonzero(np.isfinite(shapely.bounds(flat).reshape(-1, 4)).all(axis=1))
    solid = repaired(flat[usable])
    found, plot, place = located(solid, outlines.shapes)
    home = np.full(len(plots), None, dtype=object)
    settled = found != NOWHERE
    home[usable[settled]] = outlines.codes[found[settled]]
    order = np.argsort(plot, kind="stable")
    plot, place = plot[order], place[order]
    near = clipped(outlines.shapes, place, shapely.bounds(solid)[plot])
    claims = areal(shapely.intersection(solid[plot], near))
    first = np.searchsorted(plot, np.arange(len(solid) + 1))
    area_m2, width_m = shapely.area(solid), mean_width_m(solid)
    parts = {}
    for row in map(int, np.flatnonzero(~settled & (area_m2 > 0))):
        span = slice(first[row], first[row + 1])
        whole = Part(None, float(area_m2[row]), float(width_m[row]), solid[row])
        met = span.stop > span.start
        own = _parts(solid[row], outlines.codes[place[span]], claims[span]) if met else (whole,)
        parts[int(usable[row])] = own
    return Lying(home, parts)


def _parts(solid: shapely.Geometry, codes: Shapes, claims: Shapes) -> tuple[Part, ...]:
    """Tell the ground of one plot apart; what two places claim is the larger claimant's."""
    whole = {code: shapely.union_all(claims[codes == code]) for code in sorted(set(codes))}
    rest: shapely.Geometry = solid
    parts: list[Part] = []
    for code in sorted(whole, key=lambda each: (-shapely.area(whole[each]), each)):
        parts.append(_part(code, shapely.intersection(rest, whole[code]) if parts else whole[code]))
        rest = shapely.difference(rest, whole[code])
    parts.append(_part(None, rest))
    there = [part for part in parts if part.area_m2 > 0]
    return tuple(sorted(there, key=lambda part: (-part.area_m2, part.code or "")))


def _part(code: str | None, shape: shapely.Geometry) -> Part:
    ground = areal(np.array([shape]))
    return Part(code, float(shapely.area(ground)[0]), float(mean_width_m(ground)[0]), ground[0])


def _counts(part: Part) -> bool:
    """Tell whether a part is more than what boundaries drawn at different times leave over."""
    limits = rules()["T6"].limits
    return part.area_m2 > limits["part_m2"] and part.width_m > limits["width_m"]


def across_towns(
    plots: gpd.GeoDataFrame, found: Lying, outlines: Outlines, names: PlaceName
) -> Iterator[Fault]:
    """
    Find the plots that a town line cuts (T5).

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots with ``parcel_id``, in metres.
    found : Lying
        Where they lie, of `lying`.
    outlines : Outlines
        The towns.
    names : callable
        Name of a place in a language.

    Yields
    ------
    Fault
        One for each plot with more than ``part_m2`` in a second town; its place and size are
        the ground outside the town that has most of it. Narrow strips along a line, and lines
        that are only schematic, make it information.
    """
    rule = rules()["T5"]
    ids, drawn_only = plots["parcel_id"].to_numpy(), _schematic(plots)
    for row, parts in found.parts.items():
        told = [part for part in parts if part.code is not None]
        told = [part for part in told if part.area_m2 > rule.limits["part_m2"]]
        if len(told) < 2:  # noqa: PLR2004 - a line has two sides
            continue
        others = told[1:]
        sketched = drawn_only[row] or any(part.code in outlines.schematic for part in told)
        narrow = all(part.width_m <= rule.limits["width_m"] for part in others)
        severity: Severity = "info" if sketched or narrow else rule.severity
        beyond_m2 = sum(part.area_m2 for part in others)
        case = "town_line_schematic" if sketched else "town_line"
        yield Fault(
            "T5", case, severity, (ids[row],), field="town",
            value=";".join(str(part.code) for part in told),
            size=float(printed(beyond_m2, M2)), unit="m2",
            tolerance=f"part > {rule.limits['part_m2']:g} m2",
            shape=shapely.union_all([part.shape for part in others]),
            values={"shares": partial(_shares, told, names)},
        )  # fmt: skip


def _shares(parts: list[Part], names: PlaceName, lang: Language | None) -> str:
    """Return what each town has of a plot, for a message."""
    whole_m2 = sum(part.area_m2 for part in parts)
    said = []
    for part in parts:
        share = half_up(100 * part.area_m2 / whole_m2, _PERCENT_DECIMALS)
        area_m2 = printed(part.area_m2, M2)
        said.append(f"{names(str(part.code), lang)} {area_m2:,} m\N{SUPERSCRIPT TWO} ({share} %)")
    return "; ".join(said)


def elsewhere(
    plots: gpd.GeoDataFrame, found: Lying, outlines: Outlines, names: PlaceName
) -> Iterator[Fault]:
    """
    Find the plots that lie in another town than stated, or in none (T6).

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots with ``parcel_id`` and ``town``, in metres.
    found : Lying
        Where they lie, of `lying`.
    outlines : Outlines
        The towns.
    names : callable
        Name of a place in a language.

    Yields
    ------
    Fault
        One for each plot that has no ground in the town stated, with the distance to it, and
        one for each plot with ground in no town at all. A schematic boundary only warns.
    """
    ids, stated = plots["parcel_id"].to_numpy(), plots["town"].to_numpy(dtype=object)
    known, sketched = set(outlines.codes), _schematic(plots)
    strange = np.array([code in known for code in stated], dtype=bool) & (found.home != stated)
    told = {row: found.told(row) for row in map(int, np.flatnonzero(strange))}
    rows = [row for row, codes in told.items() if codes and stated[row] not in codes]
    points, far_m = _far(plots, rows, stated[rows], outlines)
    for row, point, length_m in zip(rows, points, far_m, strict=True):
        schematic = sketched[row] or not outlines.schematic.isdisjoint([stated[row], told[row][0]])
        yield _beside(
            "town_other", (ids[row],), stated[row], schematic,
            size=_rounded_m(length_m), unit="m", shape=point,
            values={"stated": partial(names, stated[row]), "found": partial(names, told[row][0])},
        )  # fmt: skip
    for row, parts in found.parts.items():
        outside = [part for part in parts if part.code is None and _counts(part)]
        for part in outside:
            whole = len(parts) == 1
            yield _beside(
                "town_none" if whole else "town_none_partly", (ids[row],), stated[row],
                sketched[row] or bool(outlines.schematic),
                size=float(printed(part.area_m2, M2)), unit="m2",
                shape=part.shape, values={},
            )  # fmt: skip


def outside_park(plots: gpd.GeoDataFrame, outlines: Outlines, names: PlaceName) -> Iterator[Fault]:
    """
    Find the plots that a park answers for and that lie outside of it (T6).

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots with ``parcel_id`` and ``responsible``, in metres.
    outlines : Outlines
        The parks.
    names : callable
        Name of a place in a language.

    Yields
    ------
    Fault
        Warnings, since a park may answer for land beyond its boundary; information where the
        boundary is schematic.
    """
    shapes = areal(np.asarray(plots.geometry.to_numpy(), dtype=object))
    there = np.isfinite(shapely.bounds(shapes).reshape(-1, 4)).all(axis=1)
    theirs = plots[there & plots["responsible"].isin(outlines.codes).to_numpy()]
    ids, stated = (theirs[name].to_numpy(dtype=object) for name in ("parcel_id", "responsible"))
    found = lying(theirs, outlines)
    sketched = _schematic(theirs) | np.isin(stated.astype(str), sorted(outlines.schematic))
    rows = [row for row in range(len(theirs)) if stated[row] not in found.told(row)]
    points, far_m = _far(theirs, rows, stated[rows], outlines)
    for row, point, length_m in zip(rows, points, far_m, strict=True):
        case = "park_other_schematic" if sketched[row] else "park_other"
        yield Fault(
            "T6", case, "info" if sketched[row] else "warning",
            (ids[row],), field="responsible", value=str(stated[row]), size=_rounded_m(length_m),
            unit="m", tolerance=_tolerance(), shape=point,
            values={"stated": partial(names, stated[row])},
        )  # fmt: skip


def _schematic(plots: gpd.GeoDataFrame) -> Flags:
    """Tell which plots are sketches themselves."""
    return plots["schematic"].to_numpy(dtype=bool)


def _far(
    plots: gpd.GeoDataFrame, rows: list[int], stated: Shapes, outlines: Outlines
) -> tuple[Shapes, Floats]:
    """Return a point in each plot, and how far the plot is from the place stated for it."""
    solid = repaired(areal(np.asarray(plots.geometry.iloc[rows].to_numpy(), dtype=object)))
    far_m = np.full(len(rows), np.inf)
    for code, shape in zip(outlines.codes, outlines.shapes, strict=True):
        mine = np.flatnonzero(stated == code)
        far_m[mine] = np.minimum(far_m[mine], shapely.distance(shape, solid[mine]))
    return shapely.point_on_surface(solid), far_m


def _beside(
    case: str, parcels: tuple[str, ...], stated: str | None, schematic: bool,  # noqa: FBT001 - by place in one module
    *, size: float, unit: str, shape: shapely.Geometry, values: Mapping[str, object],
) -> Fault:  # fmt: skip
    return Fault(
        "T6", case, "warning" if schematic else rules()["T6"].severity, parcels, field="town",
        value="" if pd.isna(stated) else str(stated), size=size, unit=unit,
        tolerance=_tolerance(), shape=shape, values=values,
    )  # fmt: skip


def _tolerance() -> str:
    limits = rules()["T6"].limits
    return f"part > {limits['part_m2']:g} m2, width > {limits['width_m']:g} m"


def _rounded_m(length_m: float) -> float:
    """Round a distance: the last metre of some kilometres tells nobody anything."""
    return float(half_up(length_m, 0 if length_m >= _NEAR_M else 1))
