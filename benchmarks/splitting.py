"""
Compare `enping_gis.split` and `enping_gis.dissolve` with other ways to areas per town.

``python -m benchmarks.splitting --n 100000`` prints Markdown tables, on a generated layer and a
generated mosaic of twelve towns.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.command import run_alone
from benchmarks.harness import Route
from benchmarks.layers import surveyed_layer
from benchmarks.report import Reached, Section, ratio_to_best, timing_table
from benchmarks.towns import in_towns, towns_over
from enping_gis.measure.dissolve import dissolve
from enping_gis.measure.split import split

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from benchmarks.command import Options
    from benchmarks.harness import Taken
    from benchmarks.report import Table

    Shapes = npt.NDArray[np.object_]

SPLIT, DISSOLVE = "enping_gis.split", "enping_gis.dissolve"
OVERLAY, UNARY = "geopandas.overlay + area", "shapely.unary_union"
TEXT = """\
Twelve towns of 4,096 vertices each cover the layer; about one plot in fifty lies across a line.
Splitting makes a part of each plot for each town, with its area in the plane; the package also
shares out the ellipsoidal area and prints it in three units; here it keeps slivers, as peers do,
which it otherwise adds to the larger part. Parts are compared one by one, the
greatest difference is in m2. Dissolving makes the ground of each town, of plots that share all
their nodes (clean) and of plots surveyed one by one (dirty); the greatest symmetric difference of a
town to that of `unary_union` is in m2. A union by the rules of a coverage is no union where the
plots are dirty: it fails or is wrong, and the table says so.
"""


def by_overlay(parcels: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> pd.Series[float]:
    """
    Cut all plots with geopandas.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.
    towns : geopandas.GeoDataFrame
        Towns with ``place``.

    Returns
    -------
    pandas.Series of float
        Area in the plane in m2 of each part, by plot and town.
    """
    parts = gpd.overlay(parcels, towns, how="intersection", keep_geom_type=True)
    return parts.assign(m2=parts.area).groupby(["parcel_id", "place"])["m2"].sum()


def by_intersection(parcels: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> pd.Series[float]:
    """
    Cut only plots that no prepared town contains.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.
    towns : geopandas.GeoDataFrame
        Towns with ``place``.

    Returns
    -------
    pandas.Series of float
        Area in the plane in m2 of each part, by plot and town.
    """
    shapes, outlines = parcels.geometry.to_numpy(), towns.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    town, plot = tree.query(outlines, predicate="intersects")
    whole = np.zeros((len(outlines), len(shapes)), dtype=bool)
    whole[tuple(tree.query(outlines, predicate="contains_properly"))] = True
    cut = ~whole[town, plot]
    areas_m2 = shapely.area(shapes)[plot]
    areas_m2[cut] = shapely.area(shapely.intersection(shapes[plot[cut]], outlines[town[cut]]))
    ids, places = parcels["parcel_id"].to_numpy()[plot], towns["place"].to_numpy()[town]
    index = pd.MultiIndex.from_arrays([ids, places], names=["parcel_id", "place"])
    return pd.Series(areas_m2, index=index)


def by_package(parcels: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> pd.Series[float]:
    """
    Cut plots with the package.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.
    towns : geopandas.GeoDataFrame
        Towns with ``place``.

    Returns
    -------
    pandas.Series of float
        Area in the plane in m2 of each part, by plot and town.
    """
    parts = split(parcels, towns, sliver_m=0.0).rename(columns={"key": "place"})
    return parts.set_index(["parcel_id", "place"])["planar_m2"]


def greatest_m2(one: pd.Series[float], other: pd.Series[float]) -> float:
    """
    Compare the parts of plots; a part that only one has is compared with nothing.

    Parameters
    ----------
    one, other : pandas.Series of float
        Areas in m2 by plot and town.

    Returns
    -------
    float
        The greatest difference in m2.
    """
    return float(one.sub(other, fill_value=0.0).abs().max())


def by_union(parcels: gpd.GeoDataFrame) -> Shapes:
    """
    Unite the plots of each town with shapely.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``town``.

    Returns
    -------
    numpy.ndarray of shapely geometries
        One for each town, by name.
    """
    shapes = parcels.geometry.to_numpy()
    rows = parcels.groupby("town").indices
    return np.array([shapely.unary_union(shapes[rows[town]]) for town in sorted(rows)])


def by_geopandas(parcels: gpd.GeoDataFrame, method: str) -> Shapes:
    """
    Dissolve with geopandas.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``town``.
    method : {"unary", "coverage", "disjoint_subset"}
        How to unite.

    Returns
    -------
    numpy.ndarray of shapely geometries
        One for each town, by name.
    """
    return parcels[["town", "geometry"]].dissolve("town", method=method).geometry.to_numpy()


def by_dissolving(parcels: gpd.GeoDataFrame) -> Shapes:
    """
    Dissolve with the package.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``town``.

    Returns
    -------
    numpy.ndarray of shapely geometries
        One for each town, by name.
    """
    return dissolve(parcels, "town").geometry.to_numpy()


def split_routes(parcels: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> list[Route]:
    """
    List the routes to the parts of plots.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.
    towns : geopandas.GeoDataFrame
        Towns with ``place``.

    Returns
    -------
    list of Route
        The package first.
    """
    return [
        Route(SPLIT, partial(by_package, parcels, towns), is_ours=True),
        Route(OVERLAY, partial(by_overlay, parcels, towns)),
        Route("shapely prepared, cut what crosses", partial(by_intersection, parcels, towns)),
    ]


def dissolve_routes(parcels: gpd.GeoDataFrame) -> list[Route]:
    """
    List the routes to the ground of towns.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``town``.

    Returns
    -------
    list of Route
        The package first.
    """
    methods = ("unary", "coverage", "disjoint_subset")
    return [
        Route(DISSOLVE, partial(by_dissolving, parcels), is_ours=True),
        Route(UNARY, partial(by_union, parcels)),
        *(
            Route(f"geopandas dissolve, {method}", partial(by_geopandas, parcels, method))
            for method in methods
        ),
    ]


def compared(
    title: str,
    routes: list[Route],
    options: Options,
    standard: str,
    difference_m2: Callable[[Any, Any], float],
) -> tuple[Table, dict[str, float], Reached]:
    """
    Run all routes and compare their results with that of one of them.

    Parameters
    ----------
    title : str
        Of the table.
    routes : list of Route
        The package first.
    options : Options
        How often, how long.
    standard : str
        Name of the route that the others are compared with.
    difference_m2 : callable
        Compares two results.

    Returns
    -------
    tuple of Table, dict of str to float, and Reached
        A row for each route, the difference of each, and how much longer the standard takes than
        the package.
    """
    taken = options.take_turns(routes)
    expected = taken[standard]
    different = {
        name: math.nan if expected.failure else difference_m2(each.result, expected.result)
        for name, each in taken.items()
        if each.failure is None
    }

    def cells(each: Taken) -> list[str]:
        return [f"{different[each.route.name]:.2g}"]

    table = timing_table(title, taken, ["greatest difference m2"], cells)
    return table, different, ratio_to_best(taken, [standard])


def symmetric_m2(one: Shapes, other: Shapes) -> float:
    """
    Compare the grounds of towns.

    Parameters
    ----------
    one, other : numpy.ndarray of shapely geometries
        One for each town.

    Returns
    -------
    float
        Area of the greatest symmetric difference in m2; infinite where a ground is so invalid
        that it cannot be compared.
    """
    try:
        return float(shapely.area(shapely.symmetric_difference(one, other)).max())
    except shapely.GEOSException:
        return math.inf


def measure(options: Options) -> Section:
    """
    Compare the routes on a generated layer, dirty and clean.

    Parameters
    ----------
    options : Options
        How many plots, how often.

    Returns
    -------
    Section
        Tables and what was reached of the targets.
    """
    section = Section("Parts and grounds of towns", TEXT)
    worst_m2 = 0.0
    for kind in ("dirty", "clean"):
        parcels = surveyed_layer(options.n, seed=options.seed, dirty=kind == "dirty").parcels
        towns = towns_over(parcels, seed=options.seed)
        layer = f"{len(parcels)} generated plots, {kind}, seed {options.seed}, {options.runs} runs"
        if kind == "dirty":
            table, different, ratio = compared(
                f"Splitting {layer}", split_routes(parcels, towns), options, OVERLAY, greatest_m2
            )
            section.tables.append(table)
            most_m2 = different.get(SPLIT, math.nan)
            section.reached["split.ratio"] = ratio
            section.reached["split.different"] = Reached(most_m2, f"beside {OVERLAY}")
        routes = dissolve_routes(in_towns(parcels, towns))
        table, different, ratio = compared(
            f"Dissolving {layer}", routes, options, UNARY, symmetric_m2
        )
        section.tables.append(table)
        section.reached[f"dissolve.{kind}"] = ratio
        worst_m2 = max(worst_m2, different.get(DISSOLVE, math.inf))
    section.reached["dissolve.different"] = Reached(worst_m2, f"clean and dirty, beside {UNARY}")
    return section


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
