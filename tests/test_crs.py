"""Which system numbers are in, which one is measured in, and moving between them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from enping_gis.crs import (
    WGS84,
    Extent,
    crs_name,
    enping_extent,
    geographic_of,
    is_metric,
    lonlat,
    lonlat_extent,
    parsed_crs,
    transformed,
    working_crs,
)
from enping_gis.errors import CRSError
from enping_gis.intake.coordinates.georeference import decoded

if TYPE_CHECKING:
    from enping_gis.intake.raw import Decision

ENPING = Extent(112.15, 22.15, 112.25, 22.25)


def decided_crs(
    bounds: tuple[float, float, float, float] | None,
    declared: CRS | None,
    option: CRS | None = None,
) -> Decision:
    """Decide the system of one plot that fills a box."""
    shapes = [] if bounds is None else [shapely.box(*bounds)]
    return decoded(np.array(shapes, dtype=object), declared=declared, option=option).decision


def bounds_in(epsg: int) -> tuple[float, float, float, float]:
    """Return the box of `ENPING` in another system."""
    move = Transformer.from_crs(4490, epsg, always_xy=True)
    west, south = move.transform(ENPING.west, ENPING.south)
    east, north = move.transform(ENPING.east, ENPING.north)
    return west, south, east, north


@pytest.mark.parametrize("epsg", [4490, 4525, 4526, 4546, 4547])
def test_numbers_without_a_system_are_told_by_the_county(epsg: int) -> None:
    decision = decided_crs(bounds_in(epsg), None)
    assert (decision.crs.to_epsg(), decision.how) == (epsg, "extent")


@pytest.mark.parametrize(
    ("truth", "declared"),
    [(4525, 4546), (4546, 4525), (4490, 4546), (4546, 4326), (4525, 4326)],
)
def test_a_wrong_declaration_gives_way_to_the_county(truth: int, declared: int) -> None:
    decision = decided_crs(bounds_in(truth), CRS.from_epsg(declared))
    assert (decision.crs.to_epsg(), decision.how) == (truth, "extent")


@pytest.mark.parametrize("epsg", [4326, 4490, 4525, 4546, 32649, 3857])
def test_a_right_declaration_holds(epsg: int) -> None:
    decision = decided_crs(bounds_in(epsg), CRS.from_epsg(epsg))
    assert (decision.crs.to_epsg(), decision.how) == (epsg, "declared")


def test_what_the_user_says_wins_over_the_file() -> None:
    decision = decided_crs(bounds_in(4546), CRS.from_epsg(4547), option=CRS.from_epsg(4546))
    assert (decision.crs.to_epsg(), decision.how) == (4546, "option")


@pytest.mark.parametrize(
    ("bounds", "option"),
    [
        ((620_000.0, 2_453_000.0, 621_000.0, 2_454_000.0), 4326),
        ((37_620_000.0, 2_453_000.0, 37_621_000.0, 2_454_000.0), 4546),
        # degrees would lie some metres from the origin of the zone
        ((112.2, 22.1, 112.3, 22.2), 4546),
        ((-71.2, 42.3, -71.1, 42.4), 32619),
    ],
)
def test_what_the_user_says_must_be_possible(
    bounds: tuple[float, float, float, float], option: int
) -> None:
    with pytest.raises(CRSError, match="--crs"):
        decided_crs(bounds, None, option=CRS.from_epsg(option))


@pytest.mark.parametrize(
    "bounds",
    [
        (0.0, 0.0, 100.0, 100.0),
        (-71.2, 42.3, -71.1, 42.4),
        (1e9, 1e9, 1e9, 1e9),
    ],
)
@pytest.mark.parametrize("declared", [None, 4546])
def test_what_is_not_decidable_is_refused(
    bounds: tuple[float, float, float, float], declared: int | None
) -> None:
    with pytest.raises(CRSError, match="--crs") as caught:
        decided_crs(bounds, None if declared is None else CRS.from_epsg(declared))
    assert f"{bounds[0]:.8g}" in str(caught.value)


@pytest.mark.parametrize(
    ("bounds", "epsg"),
    [((2_453_000.0, 620_000.0, 2_454_000.0, 621_000.0), 4546), ((22.1, 112.1, 22.2, 112.2), 4490)],
)
@pytest.mark.parametrize("declared", [None, 4546])
def test_swapped_axes_are_told_by_the_county(
    bounds: tuple[float, float, float, float], epsg: int, declared: int | None
) -> None:
    decision = decided_crs(bounds, None if declared is None else CRS.from_epsg(declared))
    assert decision.crs.to_epsg() == epsg
    assert "swapped_axes" in decision.decoders


def test_a_layer_without_coordinates_contradicts_nothing() -> None:
    assert decided_crs(None, CRS.from_epsg(4525)).crs.to_epsg() == 4525
    assert decided_crs(None, None).crs.to_epsg() == 4546
    assert decided_crs(None, None, option=WGS84).how == "option"


@pytest.mark.parametrize(
    ("extent", "crs", "expected"),
    [
        (ENPING, 4326, 4546),
        (ENPING, 4525, 4546),
        (ENPING, 32649, 4546),
        (Extent(113.2, 23.1, 113.3, 23.2), 4326, 4547),  # Guangzhou: CM 114E
        (Extent(75.5, 39.4, 76, 39.5), 4326, 4534),  # Kashgar: CM 75E
        (Extent(134.5, 48, 134.7, 48.2), 4326, 4554),  # Fuyuan: CM 135E
        (Extent(113.2, 23.1, 113.3, 23.2), 4526, 4526),  # metres are kept
        (Extent(-71.2, 42.3, -71.0, 42.4), 26986, 26986),
        (Extent(-71.2, 42.3, -71.0, 42.4), 4326, 32619),
        (Extent(-71.2, 42.3, -71.0, 42.4), 3857, 32619),
        (Extent(-71.2, 42.3, -71.0, 42.4), 2249, 32619),  # feet
        (Extent(151.1, -33.9, 151.2, -33.8), 4326, 32756),
        (Extent(179.5, 60, 180, 61), 4326, 32660),
    ],
)
def test_the_system_to_measure_in(extent: Extent, crs: int, expected: int) -> None:
    assert working_crs(CRS.from_epsg(crs), extent).to_epsg() == expected


@pytest.mark.parametrize("wording", ["", "EPSG:999999", "nonsense", "EPSG:", "4546m"])
def test_nonsense_is_no_system(wording: str) -> None:
    with pytest.raises(CRSError, match="EPSG:4546"):
        parsed_crs(wording)


@pytest.mark.parametrize(
    "wording",
    [
        "EPSG:2383",
        "EPSG:4610",
        "EPSG:2415",
        "EPSG:4214",
        CRS.from_epsg(2383).to_wkt("WKT1_ESRI"),
        CRS.from_epsg(2415).to_wkt("WKT1_ESRI"),
        CRS.from_epsg(2383).to_wkt("WKT1_ESRI").replace("114.0", "111.9"),
        "+proj=tmerc +lon_0=111 +x_0=500000 +ellps=krass +units=m",
    ],
    ids=str.__len__,
)
def test_systems_that_need_local_parameters_are_refused(wording: str) -> None:
    with pytest.raises(CRSError) as caught:
        parsed_crs(wording)
    assert caught.value.code == "error.crs_datum"


@pytest.mark.parametrize("epsg", [4490, 4525, 4526, 4546, 4547])
def test_a_prj_of_esri_is_the_epsg_system(epsg: int) -> None:
    assert parsed_crs(CRS.from_epsg(epsg).to_wkt("WKT1_ESRI")) == CRS.from_epsg(epsg)


@pytest.mark.parametrize(
    ("epsg", "expected"), [(4546, True), (32649, True), (3857, False), (4326, False), (2249, False)]
)
def test_metres_are_metres(epsg: int, *, expected: bool) -> None:
    assert is_metric(CRS.from_epsg(epsg)) is expected


def test_the_zones_differ_by_their_number_alone() -> None:
    point = np.array([shapely.Point(620_000, 2_453_000)])
    moved = transformed(point, CRS.from_epsg(4546), CRS.from_epsg(4525))[0]
    assert (moved.x - 37_000_000, moved.y) == pytest.approx((620_000, 2_453_000), abs=1e-6)


def test_there_and_back_within_a_micrometre() -> None:
    points = shapely.points(np.random.default_rng(1).uniform([6e5, 2.4e6], [6.5e5, 2.5e6], (50, 2)))
    there = transformed(points, CRS.from_epsg(4546), WGS84)
    back = transformed(there, WGS84, CRS.from_epsg(4546))
    assert shapely.distance(points, back).max() < 1e-6


def test_nothing_stays_nothing_and_heights_go() -> None:
    given = np.array([None, shapely.Point(111, 0, 7), shapely.Polygon()], dtype=object)
    moved = transformed(given, geographic_of(CRS.from_epsg(4546)), CRS.from_epsg(4546))
    assert moved[0] is None
    assert not moved[1].has_z
    assert moved[2].is_empty
    assert given[1].has_z  # the input is as it was


def test_display_needs_a_system() -> None:
    with pytest.raises(CRSError) as caught:
        lonlat(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]))
    assert caught.value.code == "error.crs_none"


def test_numbers_off_the_globe_give_no_box() -> None:
    box = lonlat_extent((37_620_000.0, 2_453_000.0, 37_621_000.0, 2_454_000.0), CRS.from_epsg(4546))
    assert not math.isfinite(box.west)
    assert not enping_extent().holds(box)


def test_a_local_system_is_not_tied_to_the_earth() -> None:
    local = CRS.from_wkt('LOCAL_CS["site grid",UNIT["metre",1]]')
    with pytest.raises(CRSError, match="site grid"):
        geographic_of(local)


def test_how_a_system_is_printed() -> None:
    assert crs_name(CRS.from_epsg(4546)) == "EPSG:4546 (CGCS2000 / 3-degree Gauss-Kruger CM 111E)"
    custom = CRS.from_proj4("+proj=tmerc +lon_0=111.9 +x_0=500000 +ellps=GRS80 +units=m")
    assert crs_name(custom) == custom.name
