"""
Compare `enping_gis.contacts` with other ways to the pairs that share a boundary, and its length.

``python -m benchmarks.contacts --n 100000`` prints Markdown tables: a generated layer, whose truth
is known, and real parcels where they lie beside the checkout.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from benchmarks.boundaries import (
    TOLERANCE_M,
    by_bands,
    by_buffer,
    by_cleaning,
    by_pieces,
    by_sjoin,
)
from benchmarks.command import run_alone
from benchmarks.harness import Route
from benchmarks.pairs import Pairs, Truth, pairs_of, quality
from benchmarks.peers import databases, graph_route
from benchmarks.real import on_both_layers
from benchmarks.report import Reached, decimal, ratio_to_best, timing_table
from enping_gis.measure.contacts import contacts

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from benchmarks.command import Options
    from benchmarks.harness import Taken
    from benchmarks.layers import SurveyedLayer
    from benchmarks.peers import Databases
    from benchmarks.report import Section, Table

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

MIN_SHARED_M = 1.0
# The survey makes a boundary of just the least length a little longer or shorter.
CLEARLY_SHARED_M = MIN_SHARED_M + 0.3
# On real parcels a buffer stands for the truth: its caps add up to two tolerances at either end.
CLEARLY_SHARED_WITH_CAPS_M = MIN_SHARED_M + 4 * TOLERANCE_M
COLUMNS = ("pairs", "recall", "precision", "median length error m", "99 % m")
PACKAGE, PLAIN = "enping_gis.contacts", "shapely dwithin + buffer"
TEXT = """\
Pairs of plots whose boundaries run along each other for at least 1 m, no further apart than 0.2 m,
and the length they share. A pair must be found if it shares over 1.3 m in truth, since the survey
makes lengths near the least one a little longer or shorter; what was surveyed to overlap by 0.35 m
or more counts as neither right nor wrong. The package also says how far apart a pair is, what it
overlaps by and of which kind it is; the peers do not.

Each peer is written as its library does it best. Buffers have mitred corners, which is twice as
fast as round ones, and only the boundary of the plot with more vertices is cut, by the buffered
other plot; the caps at both ends make their lengths 0.4 m too long. With shapely, boxes are paired
first, since `dwithin` within the query compares a plot of 18,000 vertices anew with each neighbour;
faster still is to cut long boundaries into pieces. PostGIS has plots and lines in pieces
(`ST_Subdivide`), made before; "as written" is the query without. DuckDB compares every plot with
every other as soon as its join has a second condition, such as `a.id < b.id`, so boxes are joined
into a table first.
`coverage_clean` snaps nodes within 0.2 m, without merging gaps: of the settings tried (snapping 0,
0.05, 0.1, 0.15, 0.2 and 0.3 m, gaps 0, 0.05, 0.1 and 0.2 m) the fastest that find all. libpysal
finds no lengths where nodes are not shared; rook needs such nodes, fuzzy contiguity takes in what
touches at a corner. Loading and indexing are left out for PostGIS and DuckDB, results are fetched;
PostgreSQL answers with one process, given memory enough, and writes nothing through to disk.

On the real parcels the truth is what shapely finds with round bands about both boundaries, caps
included: a pair must be found if that is over 1.8 m, and lengths without caps are 0.4 m less.
"""

# The boundary of the plot with more vertices, in pieces, is cut by the buffered other one.
POSTGIS = """
WITH bands AS MATERIALIZED (
    SELECT id, ST_NPoints(geom) AS vertices, ST_Buffer(geom, 0.2, 'join=mitre') AS band FROM plots)
SELECT lines.id, bands.id, sum(ST_Length(ST_Intersection(lines.geom, bands.band)))
FROM bands JOIN lines ON lines.geom && bands.band
    AND (lines.vertices, lines.id) > (bands.vertices, bands.id)
GROUP BY lines.id, bands.id
"""
POSTGIS_AS_WRITTEN = """
SELECT a.id, b.id,
    ST_Length(ST_Intersection(ST_Boundary(a.geom), ST_Buffer(b.geom, 0.2, 'join=mitre')))
FROM plots a JOIN plots b ON ST_DWithin(a.geom, b.geom, 0.2) AND a.id < b.id
"""
DUCKDB = (
    """
CREATE OR REPLACE TEMP TABLE outlines AS SELECT id, geom, ST_NPoints(geom) AS vertices,
    ST_Boundary(geom) AS line, ST_Buffer(geom, 0.2, 1, 'CAP_ROUND', 'JOIN_MITRE', 5) AS band
FROM plots
""",
    """
CREATE OR REPLACE TEMP TABLE boxes AS SELECT a.id AS l, b.id AS r
FROM outlines a JOIN outlines b ON ST_Intersects_Extent(a.line, b.band)
""",
    """
SELECT l, r, ST_Length(ST_Intersection(a.line, b.band)) AS shared_m
FROM boxes JOIN outlines a ON l = a.id JOIN outlines b ON r = b.id
WHERE (a.vertices, l) > (b.vertices, r) AND ST_DWithin(a.geom, b.geom, 0.2)
""",
)


def by_package(parcels: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Find contacts with the package.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.

    Returns
    -------
    pandas.DataFrame
        The columns of `enping_gis.contacts`.
    """
    return contacts(parcels, tolerance_m=TOLERANCE_M, min_shared_m=MIN_SHARED_M)


def routes_of(parcels: gpd.GeoDataFrame, stores: Databases) -> list[Route]:
    """
    List the routes to the contacts of a layer.

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
    geometry = outlines.geometry
    strict, fuzzy = {"strict": True, "by_perimeter": True}, {"buffer": TOLERANCE_M / 2}
    return [
        Route(PACKAGE, partial(by_package, parcels), is_ours=True),
        Route(PLAIN, partial(by_buffer, shapes)),
        Route("shapely buffer, boundaries in pieces", partial(by_pieces, shapes)),
        Route("shapely coverage_clean + hash", partial(by_cleaning, shapes)),
        Route("geopandas sjoin + intersection", partial(by_sjoin, outlines)),
        graph_route("libpysal rook", geometry),
        graph_route("libpysal rook, strict, by_perimeter", geometry, strict),
        graph_route("libpysal fuzzy contiguity", geometry, fuzzy, is_fuzzy=True),
        stores.postgis_route("PostGIS ST_Buffer, in pieces", POSTGIS),
        stores.postgis_route("PostGIS ST_DWithin + ST_Buffer, as written", POSTGIS_AS_WRITTEN),
        stores.duckdb_route("DuckDB ST_DWithin + ST_Buffer", *DUCKDB),
    ]


def known_truth(layer: SurveyedLayer) -> Truth:
    """
    Take the truth from a generated layer.

    Parameters
    ----------
    layer : SurveyedLayer
        Plots and truth.

    Returns
    -------
    Truth
        Of the pairs that share a boundary.
    """
    ids = layer.parcels["parcel_id"]
    pairs, neither = (pairs_of(frame, ids) for frame in (layer.truth, layer.beyond))
    return Truth(pairs, neither, len(ids), CLEARLY_SHARED_M)


def buffered_truth(parcels: gpd.GeoDataFrame) -> Truth:
    """
    Take for the truth what `by_bands` finds.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots.

    Returns
    -------
    Truth
        Of the pairs that share a boundary.
    """
    pairs = by_bands(parcels.geometry.to_numpy()).lasting(MIN_SHARED_M)
    none = Pairs(*np.zeros((2, 0), dtype=np.int64))
    return Truth(pairs, none, len(parcels), CLEARLY_SHARED_WITH_CAPS_M)


def compared(
    title: str, layer: SurveyedLayer, options: Options
) -> tuple[Table, dict[str, Reached]]:
    """
    Run all routes on a layer and compare them with the truth.

    Parameters
    ----------
    title : str
        Of the table.
    layer : SurveyedLayer
        Plots, and what is known of their contacts.
    options : Options
        How often, how long.

    Returns
    -------
    tuple of Table and dict of str to Reached
        A row for each route, and what was reached of the targets.
    """
    parcels = layer.parcels
    truth = known_truth(layer) if len(layer.truth) else buffered_truth(parcels)
    with databases(parcels, limit_s=options.limit_s) as stores:
        taken = options.take_turns(routes_of(parcels, stores))
    qualities = {
        name: quality(pairs_of(each.result, parcels["parcel_id"]), truth, MIN_SHARED_M)
        for name, each in taken.items()
        if each.failure is None
    }

    def cells(each: Taken) -> list[str]:
        pairs, recall, precision, median_m, p99_m = qualities[each.route.name]
        shares = (decimal(recall, 5), decimal(precision, 5))
        return [str(pairs), *shares, decimal(median_m, 3), decimal(p99_m, 3)]

    complete = [name for name, each in qualities.items() if name != PACKAGE and each.is_complete]
    best, plain = ratio_to_best(taken, complete), ratio_to_best(taken, [PLAIN])
    note = f"{best.note}; {plain.figure:.1f}x {plain.note}"
    reached = {"contacts.ratio": Reached(best.figure, note)}
    if PACKAGE in qualities:
        ours = qualities[PACKAGE]
        figures = {"recall": ours.recall, "precision": ours.precision, "error": ours.median_m}
        reached |= {f"contacts.{name}": Reached(figure) for name, figure in figures.items()}
    return timing_table(title, taken, COLUMNS, cells), reached


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
    return on_both_layers("Contacts with shared length", TEXT, compared, options)


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
