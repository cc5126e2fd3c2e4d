"""The shifts of Chinese web maps: published values, the inverse, the edge of China."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from enping_gis import gcj02
from enping_gis.crs import enping_extent
from enping_gis.gcj02 import from_bd09, from_gcj02, to_bd09, to_gcj02

if TYPE_CHECKING:
    import numpy.typing as npt

    Degrees = npt.NDArray[np.float64]

Shift = Callable[[Any, Any], tuple[Any, Any]]
ELLIPSOID = Geod(ellps="GRS80")
PAIRS: list[tuple[Shift, Shift]] = [(to_gcj02, from_gcj02), (to_bd09, from_bd09)]
LON, LAT = st.floats(73.5, 135), st.floats(4, 53.5)


def apart_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    return float(ELLIPSOID.inv(lon, lat, other_lon, other_lat)[2])


def test_the_published_example() -> None:
    """Tian'anmen as the common programs for this shift print it."""
    lon, lat = to_gcj02(116.404, 39.915)
    assert (float(lon), float(lat)) == pytest.approx((116.41024449916938, 39.91640428150164))
    # The step from GCJ-02 to BD-09 alone, by the example of the same programs.
    raw_lon, raw_lat = from_gcj02(116.404, 39.915)
    lon, lat = to_bd09(raw_lon, raw_lat)
    assert (float(lon), float(lat)) == pytest.approx((116.41036949371029, 39.92133699351021))


def test_the_shift_in_the_county() -> None:
    county = enping_extent()
    lon, lat = map(np.ravel, np.meshgrid(*np.linspace(county[:2], county[2:], 20).T))
    there = to_gcj02(lon, lat)
    azimuth, _, far_m = ELLIPSOID.inv(lon, lat, *there)
    assert 595 < far_m.min() < far_m.max() < 630
    assert 115 < azimuth.min() < azimuth.max() < 125
    assert ELLIPSOID.inv(lon, lat, *to_bd09(lon, lat))[2].min() > 1_200


@pytest.mark.parametrize(("there", "back"), PAIRS)
@given(lon=LON, lat=LAT)
def test_back_and_there_within_a_micrometre(
    there: Shift, back: Shift, lon: float, lat: float
) -> None:
    assert apart_m(lon, lat, *map(float, there(*back(lon, lat)))) < 1e-6
    assert apart_m(lon, lat, *map(float, back(*there(lon, lat)))) < 1e-6


@pytest.mark.parametrize(("there", "back"), PAIRS)
def test_back_and_there_on_the_meridian_where_the_series_bends(there: Shift, back: Shift) -> None:
    lon = 105 + np.array([-1e-6, -1e-12, 0, 1e-12, 1e-6])
    lat = np.full(5, 35.0)
    again = there(*back(lon, lat))
    assert max(map(apart_m, lon, lat, *again)) < 1e-6


@pytest.mark.parametrize("function", [each for pair in PAIRS for each in pair])
@pytest.mark.parametrize("place", [(-71.1, 42.4), (151.2, -33.9), (0.0, 0.0), (112.3, 56.5)])
def test_outside_china_nothing_moves(function: Shift, place: tuple[float, float]) -> None:
    assert tuple(map(float, function(*place))) == place


@pytest.mark.parametrize("function", [each for pair in PAIRS for each in pair])
def test_what_is_no_number_stays_so_and_the_input_is_as_it_was(function: Shift) -> None:
    lon, lat = np.array([np.nan, 112.3, np.inf]), np.array([22.2, 22.2, 22.2])
    before = lon.copy()
    found, _ = function(lon, lat)
    assert np.isnan(found[0])
    assert found[2] == np.inf
    assert abs(found[1] - 112.3) > 0.001
    np.testing.assert_array_equal(lon, before)


def test_the_inverse_stops_early() -> None:
    """Three rounds leave 0.03 mm; the bound on rounds is for places where the series bends."""
    rounds = []

    def _counted(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
        rounds.append(1)
        return gcj02._gcj02(lon, lat)

    gcj02._inverse(_counted, np.array([112.3]), np.array([22.2]))
    assert len(rounds) < 8
