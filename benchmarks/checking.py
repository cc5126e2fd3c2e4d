"""
Measure the rules of `enping_gis.check` that look at shapes, and compare overlaps and validity.

``python -m benchmarks.checking --n 100000`` prints Markdown tables: a generated layer with faults,
and real parcels, as they are, where they lie beside the checkout.
"""

from __future__ import annotations

import math
import os
import resource
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.command import run_alone
from benchmarks.harness import Route
from benchmarks.layers import surveyed_layer
from benchmarks.peers import Databases
from benchmarks.postgis import PostgisMissingError, load, postgis
from benchmarks.real import FOLDER, NAME
from benchmarks.report import Reached, Section, Table, decimal, ratio_to_best, timing_table
from enping_gis.check.coverage.finders import COVERAGE_FINDERS, overlaps
from enping_gis.check.ground import Ground
from enping_gis.check.rules import rules
from enping_gis.check.shapes.finders import SHAPE_FINDERS
from enping_gis.check.shapes.validity import invalid_shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from benchmarks.command import Options
    from benchmarks.harness import Taken

    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

# Survey noise of a centimetre: most neighbours differ, few by as much as counts.
JITTER_M = 0.01
# Of a thousand plots, so many cross themselves, and so many stand twice.
CROSSED, TWICE = 1, 1
MANY_VERTICES = 256
# Areas that differ by more are not the same; pairs so close to what counts may be in or out.
ERROR_M2, EDGE_M2 = 1e-3, 1e-6
PACKAGE, OVERLAY = "enping_gis, T1", "geopandas.overlay"
PLAIN, SERVER = "shapely STRtree + intersection", "PostGIS ST_Intersection"
VALID = "enping_gis, G1"
TEXT = """\
Shapes (G1-G6) and neighbours (T1-T4), each rule on a layer laid out for the rules before it, as
`check` runs them; `all` is one pass over a layer as it comes. The generated layer has survey noise
of 1 cm, overlaps of 7 to 10 cm, one plot in a thousand with two points in the wrong order and one
in a thousand that stands twice.

Overlaps are pairs of plots with more than 0.01 m2 in common, what is invalid being repaired by its
structure first; the package also builds the ground, its width and its kind. `different` are pairs
that only one of route and shapely has, or whose areas differ by over 0.001 m2. Peers get plots
repaired before. Invalid plots are compared one by one.

A plot of 18,000 vertices is a neighbour of hundreds: the first table sets a layer with such plots
beside the same layer without.
"""
INTERSECTIONS = """
SELECT a.id, b.id, ST_Area(ST_Intersection(a.geom, b.geom))
FROM plots a JOIN plots b ON ST_Intersects(a.geom, b.geom) AND a.id < b.id
"""
INVALID = "SELECT id FROM plots WHERE NOT ST_IsValid(geom)"


def faulty_layer(plots: int, *, seed: int) -> gpd.GeoDataFrame:
    """
    Make a layer with faults.

    Parameters
    ----------
    plots : int
        How many, give or take a block.
    seed : int
        The same seed makes the same layer.

    Returns
    -------
    geopandas.GeoDataFrame
        Plots with ``parcel_id``, EPSG:4546; synthetic.
    """
    parcels = surveyed_layer(plots, seed=seed, jitter_m=JITTER_M).parcels
    shapes, random = parcels.geometry.to_numpy().copy(), np.random.default_rng([seed, 2])
    usual = np.flatnonzero(shapely.get_num_coordinates(shapes) < MANY_VERTICES)
    crossed, twice = (
        random.choice(usual, max(len(shapes) * share // 1000, 1), replace=False)
        for share in (CROSSED, TWICE)
    )
    for row in crossed:
        rings = [shapely.get_coordinates(part.exterior) for part in shapely.get_parts(shapes[row])]
        rings[0][[2, 5]] = rings[0][[5, 2]]
        shapes[row] = shapely.multipolygons(shapely.polygons(rings[:1]))
    ids = [*parcels["parcel_id"], *(f"{parcels['parcel_id'][row]}b" for row in twice)]
    every = np.concatenate([shapes, shapes[twice]])
    return gpd.GeoDataFrame({"parcel_id": ids}, geometry=every, crs=parcels.crs)


def raw_parcels() -> gpd.GeoDataFrame | None:
    """
    Read the real parcels as they are.

    Returns
    -------
    geopandas.GeoDataFrame or None
        EPSG:26986, with ``parcel_id``; None where they are not there.
    """
    path = Path(os.environ.get("ENPING_SHARED_DATA", FOLDER)) / NAME
    if not path.is_file():
        return None
    parcels = gpd.read_file(path)
    ids = [f"c{row}" for row in range(len(parcels))]
    return gpd.GeoDataFrame({"parcel_id": ids}, geometry=parcels.geometry, crs=parcels.crs)


def repaired(parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Repair invalid plots by their structure.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows.
    """
    shapes = parcels.geometry.to_numpy().copy()
    wrong = ~shapely.is_valid(shapes)
    shapes[wrong] = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    return parcels.set_geometry(gpd.GeoSeries(shapes, index=parcels.index, crs=parcels.crs))


def by_package(parcels: gpd.GeoDataFrame) -> pd.Series[float]:
    """
    Find overlaps with the package.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.

    Returns
    -------
    pandas.Series of float
        Area in m2 by rows of the plots.
    """
    row_of = {name: row for row, name in enumerate(parcels["parcel_id"])}
    found = [
        (*sorted(row_of[name] for name in fault.parcels), fault.size) for fault in overlaps(parcels)
    ]
    return as_series(*(np.array(found).reshape(-1, 3).T))


def by_overlay(valid: gpd.GeoDataFrame) -> pd.Series[float]:
    """
    Lay a layer over itself with geopandas.

    Parameters
    ----------
    valid : geopandas.GeoDataFrame
        Valid plots.

    Returns
    -------
    pandas.Series of float
        Area in m2 by rows of the plots.
    """
    rows = gpd.GeoDataFrame({"row": np.arange(len(valid))}, geometry=valid.geometry)
    both = gpd.overlay(rows, rows, how="intersection", keep_geom_type=True)
    once = both[both["row_1"] < both["row_2"]]
    return as_series(once["row_1"], once["row_2"], once.area)


def by_intersection(valid: gpd.GeoDataFrame) -> pd.Series[float]:
    """
    Intersect all pairs that touch with shapely.

    Parameters
    ----------
    valid : geopandas.GeoDataFrame
        Valid plots.

    Returns
    -------
    pandas.Series of float
        Area in m2 by rows of the plots.
    """
    shapes = valid.geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    return as_series(left, right, shapely.area(shapely.intersection(shapes[left], shapes[right])))


def as_series(left: object, right: object, area_m2: object) -> pd.Series[float]:
    """
    Keep the pairs that overlap by as much as counts.

    Parameters
    ----------
    left, right : array-like of int
        Rows, left the lesser.
    area_m2 : array-like of float
        What they have in common.

    Returns
    -------
    pandas.Series of float
        Area in m2 by rows of the plots.
    """
    rows = [np.asarray(side, dtype=np.int64) for side in (left, right)]
    index = pd.MultiIndex.from_arrays(rows, names=["left", "right"])
    found = pd.Series(np.asarray(area_m2, dtype=float), index=index)
    return found[found > rules()["T1"].limits["area_m2"]]


def different(one: pd.Series[float], other: pd.Series[float]) -> int:
    """
    Count the pairs of two routes that are not the same.

    Parameters
    ----------
    one, other : pandas.Series of float
        Area in m2 by rows of the plots.

    Returns
    -------
    int
        Pairs that only one has, or of another area.
    """
    both = pd.concat([one, other], axis=1, keys=["one", "other"])
    edge = (both.max(axis=1) - rules()["T1"].limits["area_m2"]).abs() < EDGE_M2
    apart = (both["one"] - both["other"]).abs()
    return int(((apart.isna() & ~edge) | (apart > ERROR_M2)).sum())


def overlapping(
    title: str, parcels: gpd.GeoDataFrame, options: Options
) -> tuple[Table, dict[str, Reached]]:
    """
    Compare the routes to overlaps.

    Parameters
    ----------
    title : str
        Of the table.
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.
    options : Options
        How often, how long.

    Returns
    -------
    tuple of Table and dict of str to Reached
        A row for each route, and what was reached of the targets.
    """
    valid = repaired(parcels)
    with ExitStack() as stack:
        stores = loaded(stack, valid, options)
        routes = [
            Route(PACKAGE, partial(by_package, parcels), is_ours=True),
            Route(OVERLAY, partial(by_overlay, valid)),
            Route(PLAIN, partial(by_intersection, valid)),
            stores.postgis_route(SERVER, INTERSECTIONS),
        ]
        taken = options.take_turns(routes)
    if taken[SERVER].failure is None:
        taken[SERVER].result = as_series(*(np.array(taken[SERVER].result).reshape(-1, 3).T))
    counts = {
        name: different(each.result, taken[PLAIN].result)
        for name, each in taken.items()
        if each.failure is None and taken[PLAIN].failure is None
    }

    def cells(each: Taken) -> list[str]:
        return [str(len(each.result)), str(counts.get(each.route.name, "-"))]

    worst = counts.get(PACKAGE, math.nan)
    reached = {
        "check.overlaps": Reached(worst, f"beside {PLAIN}"),
        "check.overlay": ratio_to_best(taken, [OVERLAY]),
    }
    return timing_table(title, taken, ("pairs", "different"), cells), reached


def loaded(stack: ExitStack, parcels: gpd.GeoDataFrame, options: Options) -> Databases:
    """
    Load plots into PostGIS, where it is there.

    Parameters
    ----------
    stack : contextlib.ExitStack
        Stops the server.
    parcels : geopandas.GeoDataFrame
        Plots.
    options : Options
        How long a statement may take.

    Returns
    -------
    Databases
        PostGIS, or why there is none.
    """
    try:
        server = stack.enter_context(postgis())
    except PostgisMissingError as reason:
        return Databases(reason, reason)
    load(server, parcels)
    server.execute(f"SET statement_timeout = '{options.limit_s:.0f}s'")
    return Databases(server, None)


def validity(
    title: str, parcels: gpd.GeoDataFrame, options: Options
) -> tuple[Table, dict[str, Reached]]:
    """
    Compare the routes to invalid plots.

    Parameters
    ----------
    title : str
        Of the table.
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.
    options : Options
        How often, how long.

    Returns
    -------
    tuple of Table and dict of str to Reached
        A row for each route, and what was reached of the targets.
    """
    shapes, ids = parcels.geometry.to_numpy(), parcels["parcel_id"].to_numpy()
    with ExitStack() as stack:
        stores = loaded(stack, parcels, options)
        routes = [
            Route(
                VALID,
                lambda: {fault.parcels[0] for fault in invalid_shapes(parcels)},
                is_ours=True,
            ),
            Route("shapely.is_valid", lambda: set(ids[~shapely.is_valid(shapes)])),
            stores.postgis_route("PostGIS ST_IsValid", INVALID),
        ]
        taken = options.take_turns(routes)
    asked = taken["PostGIS ST_IsValid"]
    if asked.failure is None:
        asked.result = {ids[row] for (row,) in asked.result}
    expected = taken["shapely.is_valid"].result
    counts = {
        name: len(each.result ^ expected) for name, each in taken.items() if each.failure is None
    }

    def cells(each: Taken) -> list[str]:
        return [str(len(each.result)), str(counts[each.route.name])]

    reached = {"check.validity": Reached(counts.get(VALID, math.nan), "beside shapely and PostGIS")}
    return timing_table(title, taken, ("invalid", "different"), cells), reached


def user_s() -> float:
    """
    Return the user CPU spent so far.

    Returns
    -------
    float
        Seconds.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def one_pass(parcels: gpd.GeoDataFrame) -> dict[str, tuple[int, float]]:
    """
    Run all rules on a layer as it comes.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.

    Returns
    -------
    dict of str to tuple of int and float
        How many faults, and the user CPU in seconds, of each rule and of ``all``.
    """
    ground = Ground(parcels)
    found, begin = {}, user_s()
    for code, find in (SHAPE_FINDERS | COVERAGE_FINDERS).items():
        before = user_s()
        count = sum(1 for _ in find(ground))
        found[code] = (count, user_s() - before)
    found["all"] = (sum(count for count, _ in found.values()), user_s() - begin)
    return found


def passes(
    layers: Mapping[str, gpd.GeoDataFrame], options: Options
) -> tuple[Table, dict[str, float]]:
    """
    Run all rules on several layers.

    Parameters
    ----------
    layers : mapping of str to geopandas.GeoDataFrame
        By name.
    options : Options
        How often.

    Returns
    -------
    tuple of Table and dict of str to float
        A row for each rule, and the user CPU in seconds of one pass over each layer.
    """
    taken: dict[str, list[dict[str, tuple[int, float]]]] = {name: [] for name in layers}
    one_pass(next(iter(layers.values())))
    for _ in range(options.runs):
        for name, parcels in layers.items():
            taken[name].append(one_pass(parcels))
    medians_s = {
        name: {code: median(each[code][1] for each in runs) for code in runs[0]}
        for name, runs in taken.items()
    }
    rows = [
        [
            code,
            *(
                cell
                for name, runs in taken.items()
                for cell in (str(runs[0][code][0]), decimal(medians_s[name][code]))
            ),
        ]
        for code in (*SHAPE_FINDERS, *COVERAGE_FINDERS, "all")
    ]
    header = ["rule", *(f"{name}: {what}" for name in layers for what in ("faults", "user s"))]
    title = f"One pass, {options.runs} runs"
    return Table(title, header, rows), {name: each["all"] for name, each in medians_s.items()}


def measure(options: Options) -> Section:
    """
    Run the rules, and compare validity and overlaps with peers.

    Parameters
    ----------
    options : Options
        How many plots, how often.

    Returns
    -------
    Section
        Tables and what was reached of the targets.
    """
    section = Section("Faults of shapes and neighbours", TEXT)
    large = faulty_layer(options.n, seed=options.seed)
    small = faulty_layer(max(options.n // 10, 1), seed=options.seed)
    few = shapely.get_num_coordinates(large.geometry.to_numpy()) < MANY_VERTICES
    plain = large[few].reset_index(drop=True)
    layers = {
        f"{len(large)} plots": large,
        f"{len(small)} plots": small,
        f"{len(plain)} without the {len(large) - len(plain)} of many vertices": plain,
    }
    table, seconds = passes(layers, options)
    section.tables.append(table)
    large_s, small_s, plain_s = seconds.values()
    exponent = math.log(large_s / small_s) / math.log(len(large) / len(small))
    section.reached["check.exponent"] = Reached(exponent, "all rules, from a tenth of the plots")
    section.reached["check.belts"] = Reached(large_s / plain_s, "all rules")
    tried = {f"{len(large)} generated plots, seed {options.seed}": large}
    real = None if options.is_quick else raw_parcels()
    if real is not None:
        tried[f"{len(real)} real parcels"] = real
    for name, parcels in tried.items():
        for compare, what in ((validity, "Validity"), (overlapping, "Overlaps")):
            table, reached = compare(f"{what}, {name}, {options.runs} runs", parcels, options)
            section.tables.append(table)
            for code, each in reached.items():
                # The worse of both layers: fewer times as fast, more that differ.
                pick = min if code == "check.overlay" else max
                section.reached[code] = pick(section.reached.get(code, each), each)
    return section


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
