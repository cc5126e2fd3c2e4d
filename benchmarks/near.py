"""
Compare `enping_gis.contacts` with other ways to the pairs of plots within 30 m of each other.

``python -m benchmarks.near --n 100000`` prints Markdown tables: a generated layer, and real parcels
where they lie beside the checkout.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.command import run_alone
from benchmarks.harness import Route
from benchmarks.pairs import Pairs, pairs_of
from benchmarks.peers import databases, within
from benchmarks.real import on_both_layers
from benchmarks.report import Reached, ratio_to_best, timing_table
from enping_gis.measure.contacts import contacts

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from benchmarks.command import Options
    from benchmarks.harness import Taken
    from benchmarks.layers import SurveyedLayer
    from benchmarks.peers import Databases
    from benchmarks.report import Section, Table

    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

REACH_M = 30.0
# Distances that differ by less are the same, see `enping_gis.contacts`.
SLACK_M = 1e-6
PACKAGE = "enping_gis.contacts"
TREE = "shapely STRtree dwithin"
BOXES = "shapely boxes, then dwithin prepared"
POSTGIS = ("PostGIS ST_DWithin, in pieces", "PostGIS ST_DWithin, as written")
COLUMNS = ("pairs", "only here", "only enping_gis")
TEXT = """\
All pairs of plots at most 30 m apart. The package also measures how far apart each pair is, what
it shares and overlaps by, and of which kind it is; the peers find the pairs, those that say so the
distance, too. The peers are prepared as for the shared lengths: PostGIS has plots of many vertices
in pieces, DuckDB joins boxes first, shapely is shown with its query alone and with boxes first.
Alone, it and PostGIS compare all sides of a plot of 18,000 vertices with each neighbour's. A pair
counts as different only if its distance is further than 1e-6 m from 30 m.
"""
IN_PIECES = """
SELECT DISTINCT a.id, b.id FROM pieces a JOIN pieces b ON ST_DWithin(a.geom, b.geom, 30)
    AND a.id < b.id
"""
AS_WRITTEN = """
SELECT a.id, b.id FROM plots a JOIN plots b ON ST_DWithin(a.geom, b.geom, 30) AND a.id < b.id
"""
DUCKDB = (
    """
CREATE OR REPLACE TEMP TABLE boxes AS SELECT a.id AS l, b.id AS r
FROM (SELECT id, ST_Envelope(geom) AS box FROM plots) a
JOIN (SELECT id, ST_Buffer(ST_Envelope(geom), 30, 1, 'CAP_ROUND', 'JOIN_MITRE', 5) AS box
      FROM plots) b ON ST_Intersects_Extent(a.box, b.box)
""",
    """
SELECT l, r FROM boxes JOIN plots a ON l = a.id JOIN plots b ON r = b.id
WHERE l < r AND ST_DWithin(a.geom, b.geom, 30)
""",
)


def by_package(parcels: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Find pairs with the package.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.

    Returns
    -------
    pandas.DataFrame
        The columns of `enping_gis.contacts`.
    """
    return contacts(parcels, within_m=REACH_M)


def by_tree(shapes: Shapes) -> Pairs:
    """
    Find pairs with the query of an index.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        The plots.

    Returns
    -------
    Pairs
        Each once.
    """
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=REACH_M)
    once = left < right
    return Pairs(left[once], right[once])


def by_boxes(shapes: Shapes, *, is_measured: bool = False) -> Pairs:
    """
    Find pairs of boxes, then those of plots, prepared.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        The plots.
    is_measured : bool, default False
        Whether to measure how far apart they are, too.

    Returns
    -------
    Pairs
        Each once.
    """
    one, other = within(shapes, REACH_M)
    if is_measured:
        near = shapely.distance(shapes[one], shapes[other]) <= REACH_M
        one, other = one[near], other[near]
    return Pairs(one, other)


def by_sjoin(outlines: gpd.GeoDataFrame) -> Pairs:
    """
    Find pairs with a spatial join.

    Parameters
    ----------
    outlines : geopandas.GeoDataFrame
        The plots, on their row numbers.

    Returns
    -------
    Pairs
        Each once.
    """
    joined = gpd.sjoin(outlines, outlines, predicate="dwithin", distance=REACH_M)
    left, right = joined.index.to_numpy(), joined["index_right"].to_numpy()
    return Pairs(left[left < right], right[left < right])


def routes_of(parcels: gpd.GeoDataFrame, stores: Databases) -> list[Route]:
    """
    List the routes to the pairs of a layer.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.
    stores : Databases
        They have the plots, too.

    Returns
    -------
    list of Route
        The package first.
    """
    shapes = parcels.geometry.to_numpy()
    outlines = gpd.GeoDataFrame(geometry=parcels.geometry.reset_index(drop=True))
    return [
        Route(PACKAGE, partial(by_package, parcels), is_ours=True),
        Route(TREE, partial(by_tree, shapes)),
        Route(BOXES, partial(by_boxes, shapes)),
        Route(f"{BOXES}, + distance", partial(by_boxes, shapes, is_measured=True)),
        Route("geopandas sjoin dwithin", partial(by_sjoin, outlines)),
        stores.postgis_route(POSTGIS[0], IN_PIECES),
        stores.postgis_route(POSTGIS[1], AS_WRITTEN),
        stores.duckdb_route("DuckDB ST_DWithin", *DUCKDB),
    ]


def compared(
    title: str, layer: SurveyedLayer, options: Options
) -> tuple[Table, dict[str, Reached]]:
    """
    Run all routes on a layer and compare the sets they find.

    Parameters
    ----------
    title : str
        Of the table.
    layer : SurveyedLayer
        Plots.
    options : Options
        How often, how long.

    Returns
    -------
    tuple of Table and dict of str to Reached
        A row for each route, and what was reached of the targets.
    """
    parcels = layer.parcels
    with databases(parcels, limit_s=options.limit_s) as stores:
        taken = options.take_turns(routes_of(parcels, stores))
    shapes, ids = parcels.geometry.to_numpy(), parcels["parcel_id"]
    keys = {
        name: pairs_of(each.result, ids).keys(len(ids))
        for name, each in taken.items()
        if each.failure is None
    }
    ours = keys.get(PACKAGE, np.zeros(0, dtype=np.int64))
    different = {
        name: (
            _clearly(shapes, np.setdiff1d(each, ours)),
            _clearly(shapes, np.setdiff1d(ours, each)),
        )
        for name, each in keys.items()
    }

    def cells(each: Taken) -> list[str]:
        name = each.route.name
        return [str(len(keys[name])), *map(str, different[name])]

    worst = max(sum(counts) for counts in different.values()) if PACKAGE in keys else math.nan
    tree, boxes = ratio_to_best(taken, [TREE]), ratio_to_best(taken, [BOXES])
    reached = {
        "near.different": Reached(worst, "all peers that came to an end"),
        "near.postgis": ratio_to_best(taken, POSTGIS),
        "near.strtree": Reached(tree.figure, f"{tree.note}; {boxes.figure:.1f}x {boxes.note}"),
    }
    return timing_table(title, taken, COLUMNS, cells), reached


def _clearly(shapes: Shapes, keys: Rows) -> int:
    """Count the pairs whose distance is not just the one asked for."""
    left, right = np.divmod(keys, len(shapes))
    off_m = np.abs(shapely.distance(shapes[left], shapes[right]) - REACH_M)
    return int((off_m > SLACK_M).sum())


def measure(options: Options) -> Section:
    """
    Compare the routes on a generated layer, and on real parcels.

    Parameters
    ----------
    options : Options
        How many plots, how often.

    Returns
    -------
    Section
        Tables and what was reached of the targets.
    """
    return on_both_layers("Pairs within 30 m", TEXT, compared, options)


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
