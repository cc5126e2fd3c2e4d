"""Find plots whose coordinates put them elsewhere, and name what would bring them back (C1, C2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.check.faults import Fault
from enping_gis.check.rules import rules
from enping_gis.crs import EXTENT_MARGIN_DEG, Extent, crs_name, geographic_of, transformed
from enping_gis.intake.coordinates.datum import datum_named
from enping_gis.intake.coordinates.moving import SHIFTS, unshifted
from enping_gis.intake.coordinates.readings import (
    Reading,
    candidates,
    county_box,
    in_county,
    in_use,
)
from enping_gis.intake.coordinates.zones import zone_of
from enping_gis.measure.cutting.clipping import areal
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import numpy.typing as npt
    from pyproj import CRS

    from enping_gis.check.placing.places import Outlines
    from enping_gis.messages import Language

    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

_OLD_DATUMS = frozenset({"xian80", "beijing54"})
_SHIFT_NAMES = {"gcj02": "GCJ-02", "bd09": "BD-09"}
# Of the plots that a shift decides about, so many for each one that contradicts it.
_AGREEING = 9


def misplaced(plots: gpd.GeoDataFrame, county: Extent | None) -> Iterator[Fault]:
    """
    Find the plots that lie outside the county, and how their numbers are to be read instead.

    Every way in which numbers can be read is tried (axes exchanged, another zone, with and
    without its number, degrees, Web Mercator); it is believed where it alone puts the plot
    into the county. Plots of one other system are one fault, as they came from one file.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots with ``parcel_id``, in a projected CRS in metres.
    county : Extent or None
        Box of the county in degrees; without one, plots are held against the area in which
        their system is meant to be used.

    Yields
    ------
    Fault
        C2 where several plots, or most, are in another coordinate system than the layer; C1
        for exchanged axes, for a single plot of another system, and for each plot that
        nothing explains.
    """
    bounds = shapely.bounds(np.asarray(plots.geometry.to_numpy(), dtype=object)).reshape(-1, 4)
    spoken = np.isfinite(bounds).all(axis=1)
    own = Reading(plots.crs)
    if county is None:
        astray = np.flatnonzero(spoken & ~in_use(bounds, own))
        yield from (_nowhere(plots, int(row), plots.crs) for row in astray)
        return
    wide = _with_margin(county)
    astray = np.flatnonzero(spoken & ~in_county(bounds, own, wide))
    if not len(astray):
        return
    readings = _readings(own, county)
    fits = np.array([in_county(bounds[astray], each, wide) for each in readings])
    first, ways = fits.argmax(axis=0), fits.sum(axis=0)
    for index in np.unique(first[ways > 0]):
        rows = astray[(ways > 0) & (first == index)]
        yield _otherwise(plots, rows, readings[index], int(spoken.sum()))
    yield from (_nowhere(plots, int(row), plots.crs) for row in astray[ways == 0])


def _with_margin(county: Extent) -> Extent:
    more = rules()["C1"].limits["margin_deg"] - EXTENT_MARGIN_DEG
    west, south, east, north = county
    return Extent(west - more, south - more, east + more, north + more)


def _readings(own: Reading, county: Extent) -> list[Reading]:
    """List the other ways to read numbers, axes exchanged in the same system first."""
    found = candidates(county, gauss_kruger_only=False, packed=False)
    listed = dict.fromkeys((own._replace(swapped=True), *found))
    # Systems of one projection under two names would be two ways of reading alike.
    boxes: dict[tuple[object, ...], Reading] = {}
    for each in listed:
        key = (each.swapped, *np.round(county_box(each.crs, county), 0))
        if each != own:
            boxes.setdefault(key, each)
    return list(boxes.values())


def _otherwise(
    plots: gpd.GeoDataFrame, rows: npt.NDArray[np.int64], reading: Reading, count: int
) -> Fault:
    """Return the fault of plots that another reading puts into the county."""
    limits = rules()["C2"].limits
    ids = tuple(sorted(plots["parcel_id"].iloc[rows]))
    values: dict[str, object] = {
        "found": reading.named(),
        "declared": crs_name(plots.crs),
        "how": partial(_how, reading, plots.crs),
        "n": len(rows),
        "count": count,
        "first": _enumerated(ids),
    }
    if reading.crs == plots.crs:
        rule, case = "C1", "axes_exchanged"
    elif 2 * len(rows) > count >= limits["batch_plots"]:
        rule, case = "C2", "system_wrong"
    elif len(rows) >= limits["batch_plots"]:
        rule, case = "C2", "system_mixed"
    else:
        rule, case = "C1", "system_of_plot"
    return Fault(
        rule, case, rules()[rule].severity, ids, field="geometry",
        value=_numbers(plots.geometry.iloc[rows[0]]), size=None, unit="",
        tolerance=_tolerance(), shape=_point(plots.geometry.iloc[rows[0]]), values=values,
    )  # fmt: skip


def _enumerated(ids: Sequence[str]) -> str:
    most = 5
    return "; ".join(ids[:most]) + (" \N{HORIZONTAL ELLIPSIS}" if len(ids) > most else "")


def _how(reading: Reading, crs: CRS, lang: Language | None) -> str:
    """Name in what way the numbers are of another system."""
    zone, own = zone_of(reading.crs), zone_of(crs)
    if reading.crs.is_geographic:
        code = "degrees"
    elif zone is None:
        code = "web_mercator"
    elif own is None or own.meridian_deg != zone.meridian_deg:
        code = "other_zone"
    else:
        code = "zone_prefix" if zone.number else "zone_prefix_missing"
    return label("decoder", code, lang)


def _nowhere(plots: gpd.GeoDataFrame, row: int, crs: CRS) -> Fault:
    shape = plots.geometry.iloc[row]
    return Fault(
        "C1", "place_unexplained", rules()["C1"].severity, (plots["parcel_id"].iloc[row],),
        field="geometry", value=_numbers(shape), tolerance=_tolerance(), shape=_point(shape),
        values={"declared": crs_name(crs)},
    )  # fmt: skip


def _tolerance() -> str:
    return f"county +- {rules()['C1'].limits['margin_deg']:g} deg"


def _numbers(shape: shapely.Geometry) -> str:
    return ", ".join(f"{side:.10g}" for side in shape.bounds)


def _point(shape: shapely.Geometry) -> shapely.Point:
    return shapely.box(*shape.bounds).centroid


def shifted(plots: gpd.GeoDataFrame, wrong: Flags, outlines: Outlines) -> Iterator[Fault]:
    """
    Find the shift of a web map that explains why plots lie in other towns than stated (C1).

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots with ``parcel_id`` and ``town``, in a projected CRS in metres.
    wrong : numpy.ndarray of bool, shape (n,)
        Plots that lie in another town than stated, or in none.
    outlines : Outlines
        The towns; schematic ones prove nothing.

    Yields
    ------
    Fault
        At most one: GCJ-02 or BD-09, where taking it out puts the plots into their towns and
        hardly any other out of it.
    """
    limit = rules()["C1"].limits["shifted_plots"]
    if outlines.schematic or wrong.sum() < limit:
        return
    stated = plots["town"].to_numpy(dtype=object)
    shapes = areal(np.asarray(plots.geometry.to_numpy(), dtype=object))
    rows = np.flatnonzero(
        [code in set(outlines.codes) for code in stated]
        & np.isfinite(shapely.bounds(shapes).reshape(-1, 4)).all(axis=1)
    )
    points = shapely.centroid(shapes[rows])
    now = _at_home(points, stated[rows], outlines)
    degrees = transformed(points, plots.crs, geographic_of(plots.crs))
    best: tuple[int, str, Flags] | None = None
    for code in SHIFTS:
        back = transformed(unshifted(degrees, code), geographic_of(plots.crs), plots.crs)
        after = _at_home(back, stated[rows], outlines)
        gained, lost = int((after & ~now).sum()), int((now & ~after).sum())
        settles = gained >= max(limit, _AGREEING * lost)
        if settles and (best is None or gained - lost > best[0]):
            best = gained - lost, code, after & ~now
    if best is None:
        return
    _, code, gained_rows = best
    ids = tuple(sorted(plots["parcel_id"].iloc[rows[gained_rows]]))
    yield Fault(
        "C1", "shifted", rules()["C1"].severity, ids, field="geometry",
        value=_SHIFT_NAMES[code], tolerance=f"plots >= {limit:g}",
        shape=points[np.flatnonzero(gained_rows)[0]],
        values={"n": len(ids), "code": code, "first": _enumerated(ids)},
    )  # fmt: skip


def _at_home(points: Shapes, stated: npt.NDArray[np.object_], outlines: Outlines) -> Flags:
    """Tell which points lie in the town stated for them."""
    found = np.zeros(len(points), dtype=bool)
    for code, shape in zip(outlines.codes, outlines.shapes, strict=True):
        mine = np.flatnonzero(stated == code)
        shapely.prepare(shape)
        found[mine] |= shapely.intersects(shape, points[mine])
    return found


def old_datums(plots: gpd.GeoDataFrame) -> Iterator[Fault]:
    """
    Find the plots whose source names Xi'an 80 or Beijing 54 (C2).

    Nothing in the numbers tells these from CGCS2000, and programs move nothing between them,
    so what a source says is the only trace.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots with ``parcel_id`` and ``source``.

    Yields
    ------
    Fault
        Information, one for each wording.
    """
    wordings = plots["source"]
    for wording in wordings.dropna().unique():
        if datum_named(str(wording)) not in _OLD_DATUMS:
            continue
        ids = tuple(sorted(plots.loc[wordings == wording, "parcel_id"]))
        yield Fault(
            "C2", "datum_old", "info", ids, field="source", value=str(wording),
            values={"n": len(ids), "first": _enumerated(ids)},
        )  # fmt: skip
