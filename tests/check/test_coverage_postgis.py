"""Validity, overlaps and gaps as PostGIS and geopandas have them, on real and dirty parcels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely

from benchmarks.checking import (
    INTERSECTIONS,
    INVALID,
    as_series,
    by_intersection,
    by_overlay,
    by_package,
    different,
    faulty_layer,
    repaired,
)
from benchmarks.postgis import load
from enping_gis.check.coverage.finders import gaps, overlaps
from enping_gis.check.ground import Ground
from enping_gis.check.shapes.finders import SHAPE_FINDERS
from enping_gis.check.shapes.validity import invalid_shapes

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg


def real_parcels(folder: Path) -> gpd.GeoDataFrame:
    parcels = gpd.read_file(folder / "cambridge_fy2013.gpkg")
    ids = [f"c{row}" for row in range(len(parcels))]
    return gpd.GeoDataFrame({"parcel_id": ids}, geometry=parcels.geometry, crs=parcels.crs)


def assert_as_postgis(connection: psycopg.Connection, plots: gpd.GeoDataFrame) -> None:
    load(connection, plots)
    wrong = {row for (row,) in connection.execute(INVALID).fetchall()}
    ids = plots["parcel_id"].to_numpy()
    found = {fault.parcels[0] for fault in invalid_shapes(plots)}
    assert found == set(ids[sorted(wrong)]) == set(ids[~plots.geometry.is_valid])
    assert found
    load(connection, repaired(plots))
    rows = connection.execute(INTERSECTIONS).fetchall()
    ours = by_package(plots)
    assert len(ours)
    assert different(ours, as_series(*np.array(rows).reshape(-1, 3).T)) == 0


def test_a_layer_with_faults_is_as_postgis_has_it(postgis: psycopg.Connection) -> None:
    assert_as_postgis(postgis, faulty_layer(96, seed=4))


def test_overlaps_are_those_of_geopandas_and_shapely() -> None:
    plots = faulty_layer(64, seed=5)
    ours, valid = by_package(plots), repaired(plots)
    assert len(ours) > 50
    assert different(ours, by_overlay(valid)) == different(ours, by_intersection(valid)) == 0
    # What only one has counts.
    assert different(ours, ours.iloc[1:]) == 1


def test_real_parcels_are_as_postgis_has_them(
    postgis: psycopg.Connection, shared_data: Path
) -> None:
    assert_as_postgis(postgis, real_parcels(shared_data))


def test_real_parcels_have_one_duplicate_and_every_fault_is_where_it_says(
    shared_data: Path,
) -> None:
    plots = real_parcels(shared_data)
    ground = Ground(plots)
    shapes = dict(zip(plots["parcel_id"], plots.geometry, strict=True))
    kinds = [fault.case for fault in overlaps(ground)]
    assert kinds.count("repeated") == 1
    for find in SHAPE_FINDERS.values():
        for fault in find(ground):
            assert fault.shape is not None
            assert shapely.distance(fault.shape, shapes[fault.parcels[0]]) < 1e-6
    solid = repaired(plots).geometry.to_numpy()
    tree = shapely.STRtree(solid)
    found = list(gaps(ground))
    assert found
    for fault in found:
        near = solid[tree.query(fault.shape, predicate="intersects")]
        assert shapely.area(shapely.intersection(fault.shape, near)).sum() < 1e-3
        assert all(shapes[each].distance(fault.shape) < 1e-4 for each in fault.parcels)
        assert shapely.buffer(fault.shape, -1.01).is_empty


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(20))
def test_many_layers_with_faults_are_as_postgis_has_them(
    postgis: psycopg.Connection, seed: int
) -> None:
    assert_as_postgis(postgis, faulty_layer(500, seed=seed))
