"""Contacts as PostGIS has them: another engine, in another language, on real and dirty parcels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from benchmarks.layers import surveyed_layer
from benchmarks.postgis import load
from enping_gis.measure.contacts import contacts

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

TOLERANCE_M, WITHIN_M = 0.2, 12.0
# Pairs so close to the threshold may be in or out.
SLACK_M = 1e-6
# Coordinates have nanometres; observed on all parcels: gaps 1e-10 m, overlaps 3e-9 m2.
GAP_ERROR_M, OVERLAP_ERROR_M2 = 1e-6, 1e-6
# The band reaches beyond each end of a stretch, along it and along the sides that turn off there:
# together by at most so much per stretch. Observed: 0.52 m.
CAPS_M = 4 * TOLERANCE_M
# Where boundaries part at a flat angle, the last digits decide over some micrometres of length.
LENGTH_ERROR_M = 1e-4

NEAR = """
WITH solid AS MATERIALIZED (
    SELECT id, ST_MakeValid(geom, 'method=structure keepcollapsed=false') AS geom FROM plots),
pairs AS (
    SELECT a.id AS l, b.id AS r, ST_Distance(a.geom, b.geom) AS gap_m
    FROM plots a JOIN plots b ON ST_DWithin(a.geom, b.geom, %s) AND a.id < b.id)
SELECT l, r, gap_m,
    CASE WHEN gap_m = 0 THEN ST_Area(ST_Intersection(a.geom, b.geom)) ELSE 0 END
FROM pairs JOIN solid a ON a.id = l JOIN solid b ON b.id = r
"""
# The band about a boundary that is no further from it than the tolerance; in both directions.
BANDS = """
WITH bands AS MATERIALIZED (
    SELECT id, ST_Boundary(geom) AS line, ST_Buffer(ST_Boundary(geom), %s, 'quad_segs=32') AS band
    FROM plots),
cuts AS (
    SELECT a.id AS l, b.id AS r, ST_Intersection(a.line, b.band) AS forth,
        ST_Intersection(b.line, a.band) AS back
    FROM plots x JOIN plots y ON ST_DWithin(x.geom, y.geom, %s) AND x.id < y.id
        JOIN bands a ON a.id = x.id JOIN bands b ON b.id = y.id)
SELECT l, r, (ST_Length(forth) + ST_Length(back)) / 2,
    GREATEST(ST_NumGeometries(ST_LineMerge(forth)), ST_NumGeometries(ST_LineMerge(back)))
FROM cuts
"""


def asked(
    connection: psycopg.Connection, query: str, columns: tuple[str, ...], *reach_m: float
) -> pd.DataFrame:
    rows = connection.execute(query, reach_m).fetchall()
    return pd.DataFrame(rows, columns=["l", "r", *columns]).set_index(["l", "r"])


def assert_as_postgis(connection: psycopg.Connection, plots: gpd.GeoDataFrame) -> pd.DataFrame:
    """Compare all pairs, gaps and overlaps; lengths where both rings are valid."""
    load(connection, plots)
    near = asked(connection, NEAR, ("apart_m", "common_m2"), WITHIN_M + SLACK_M)
    bands = asked(connection, BANDS, ("band_m", "stretches"), TOLERANCE_M, TOLERANCE_M)
    found = contacts(plots, tolerance_m=TOLERANCE_M, within_m=WITHIN_M)
    row_of = pd.Index(plots["parcel_id"])
    found.index = pd.MultiIndex.from_arrays(
        [row_of.get_indexer(found[side]) for side in ("left", "right")], names=["l", "r"]
    )
    both = found.join(near, how="outer").join(bands, how="left")
    one_sided = both["gap_m"].isna() | both["apart_m"].isna()
    gap_m = both["gap_m"].fillna(both["apart_m"])
    assert ((gap_m - WITHIN_M).abs()[one_sided] <= SLACK_M).all(), both[one_sided]
    both = both[~one_sided]
    assert (both["gap_m"] - both["apart_m"]).abs().max() <= GAP_ERROR_M
    assert (both["overlap_m2"] - both["common_m2"]).abs().max() <= OVERLAP_ERROR_M2
    valid = plots.geometry.is_valid.to_numpy()
    left, right = (both.index.get_level_values(level) for level in ("l", "r"))
    lasting = both[valid[left] & valid[right] & both["band_m"].notna()]
    over_m = lasting["band_m"] - lasting["shared_m"]
    assert over_m.min() >= -LENGTH_ERROR_M
    assert (over_m <= CAPS_M * lasting["stretches"].clip(lower=1)).all()
    # What PostGIS finds no further apart than the tolerance is what may be shared.
    far = both["band_m"].isna()
    assert (both["shared_m"][far] == 0).all()
    assert set(both["kind"][far]) <= {"across"}
    return both


def real_parcels(folder: Path) -> gpd.GeoDataFrame:
    parcels = gpd.read_file(folder / "cambridge_fy2013.gpkg")
    return parcels.assign(parcel_id=[f"c{row}" for row in range(len(parcels))])


@pytest.mark.parametrize("seed", [3, 8])
def test_a_dirty_layer_is_as_postgis_has_it(postgis: psycopg.Connection, seed: int) -> None:
    """With belts of 1,600 vertices, islands, lanes, slivers and overlaps."""
    both = assert_as_postgis(postgis, surveyed_layer(320, seed=seed).parcels)
    assert set(both["kind"]) >= {"shared", "corner", "across"}
    assert (both["overlap_m2"] > 0).sum() > 100
    assert (both["band_m"] > 1).sum() > 600


def test_plots_repeated_contained_and_apart_are_as_postgis_has_them(
    postgis: psycopg.Connection,
) -> None:
    x, y = 634_000.0, 2_451_000.0
    boxes = [(0, 0, 50, 80), (0, 0, 50, 80), (10, 10, 20, 20), (50.1, 0, 99, 80), (111, 0, 150, 80)]
    shapes = [shapely.box(x + w, y + s, x + e, y + n) for w, s, e, n in boxes]
    ids = [f"p{row}" for row in range(len(shapes))]
    plots = gpd.GeoDataFrame({"parcel_id": ids}, geometry=shapes, crs=4546)
    both = assert_as_postgis(postgis, plots)
    assert both["kind"].value_counts().to_dict() == {"overlap": 3, "shared": 2, "across": 1}


def test_part_of_the_real_parcels_is_as_postgis_has_it(
    postgis: psycopg.Connection, shared_data: Path
) -> None:
    parcels = real_parcels(shared_data)
    x, y = parcels.geometry.centroid.x, parcels.geometry.centroid.y
    middle = ((x - x.median()).abs() + (y - y.median()).abs()).nsmallest(1200).index
    some = parcels.loc[middle.union(parcels.index[~parcels.geometry.is_valid])]
    assert len(assert_as_postgis(postgis, some)) > 3000


@pytest.mark.campaign
def test_all_real_parcels_are_as_postgis_has_them(
    postgis: psycopg.Connection, shared_data: Path
) -> None:
    both = assert_as_postgis(postgis, real_parcels(shared_data))
    assert len(both) == 42_902
    assert both["kind"].value_counts().to_dict() == {
        "shared": 23_111,
        "across": 18_100,
        "corner": 1_662,
        "overlap": 29,
    }
