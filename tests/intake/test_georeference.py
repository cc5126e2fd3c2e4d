"""Every way of writing coordinates leads to the same place, or is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from enping_gis.crs import CGCS2000, WGS84, Extent, enping_extent, transformed
from enping_gis.errors import CRSError
from enping_gis.gcj02 import to_bd09, to_gcj02
from enping_gis.intake.coordinates.datum import DatumShift
from enping_gis.intake.coordinates.georeference import Decoding, decoded
from enping_gis.intake.coordinates.packed import unpacked
from enping_gis.intake.raw import Hints
from enping_gis.inventory import Inventory
from tests.plots import square

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Literal

    import numpy.typing as npt

    from enping_gis.intake.raw import Datum

    Shapes = npt.NDArray[np.object_]
    Unit = Literal["", "metre", "degree", "dms"]

WORKING = CRS.from_epsg(4546)
TXT = Hints(northing_first=True, gauss_kruger_only=True)
SQUARES = np.array([square(n) for n in range(10)], dtype=object)
GUANGDONG = Extent(109.6, 20.2, 117.3, 25.5)
SYSTEMS = [4546, 4547, 4525, 4526, 4497, 4490, 3857]


@pytest.fixture(scope="module")
def plots() -> Shapes:
    """Return the plots of the demonstration, EPSG:4546."""
    return np.asarray(Inventory.demo().parcels.geometry.to_numpy(), dtype=object)


def turned(shapes: Shapes) -> Shapes:
    return shapely.transform(shapes, lambda vertices: vertices[:, ::-1])


def written(shapes: Shapes, epsg: int, *, swapped: bool = False) -> Shapes:
    """Return shapes of EPSG:4546 as another system writes them."""
    found = transformed(shapes, WORKING, CRS.from_epsg(epsg))
    return turned(found) if swapped else found


def shifted(shapes: Shapes, shift: Callable[..., Any]) -> Shapes:
    """Return shapes of EPSG:4546 in degrees with the shift of a web map."""
    degrees = transformed(shapes, WORKING, CGCS2000)
    return shapely.transform(degrees, lambda v: np.column_stack(shift(v[:, 0], v[:, 1])))


def packed(shapes: Shapes) -> Shapes:
    """Return shapes of EPSG:4546 as ddd.mmssss, seconds to 1e-6."""

    def _packed(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        seconds = np.rint(degrees * 3600e6) / 1e6
        minutes, seconds = np.divmod(seconds, 60)
        whole, minutes = np.divmod(minutes, 60)
        return whole + minutes / 100 + np.rint(seconds * 1e6) / 1e10

    return shapely.transform(transformed(shapes, WORKING, CGCS2000), _packed)


def miss_m(found: Decoding, truth: Shapes) -> float:
    """Return the greatest distance between decoded plots and the truth."""
    here = transformed(found.shapes[found.kept], found.decision.crs, WORKING)
    return float(shapely.hausdorff_distance(here, truth[found.kept]).max())


def rules(found: Decoding) -> list[str]:
    return [each.rule for each in found.findings]


@pytest.mark.parametrize("declared", [None, 4546, 4525, 4547, 4326, 4490])
@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("epsg", SYSTEMS)
def test_whatever_is_declared_plots_come_home(
    plots: Shapes, epsg: int, declared: int | None, *, swapped: bool
) -> None:
    said = None if declared is None else CRS.from_epsg(declared)
    found = decoded(written(plots, epsg, swapped=swapped), declared=said)
    assert miss_m(found, plots) < 1e-6
    assert found.kept.all()
    assert ("swapped_axes" in found.decision.decoders) is swapped
    # Nothing is done in silence, and what is right is read without a word.
    silent = not swapped and (declared == epsg or (epsg, declared) == (4490, 4326))
    assert (found.findings == ()) is silent
    assert found.decision.how == ("extent" if found.decision.crs != said else "declared")


@pytest.mark.parametrize(
    ("epsg", "declared", "decoders"),
    [
        (4525, 4546, ("zone_prefix",)),
        (4546, 4525, ("zone_prefix_missing",)),
        (4547, 4546, ("other_zone",)),
        (4526, 4546, ("other_zone", "zone_prefix")),
        (4497, 4546, ("zone_prefix", "six_degree")),
        (4490, 4546, ("degrees",)),
        (4546, 4326, ("metres",)),
        (4497, None, ("zone_prefix", "six_degree")),
        (4546, None, ()),
    ],
)
def test_the_account_names_the_decoder(
    epsg: int, declared: int | None, decoders: tuple[str, ...]
) -> None:
    said = None if declared is None else CRS.from_epsg(declared)
    assert decoded(written(SQUARES, epsg), declared=said).decision.decoders == decoders


def test_a_wrong_zone_is_corrected_with_both_names_and_the_distance() -> None:
    found = decoded(written(SQUARES, 4547), declared=WORKING, where={"file": "a.shp"})
    (finding,) = found.findings
    assert (finding.rule, finding.severity, finding.file) == ("crs_corrected", "warning", "a.shp")
    for word in ("EPSG:4546", "EPSG:4547", "30"):
        assert word in finding.message("en")
        assert word in finding.message("zh")


def test_utm_is_named_where_it_cannot_be_told() -> None:
    found = decoded(SQUARES)
    (other,) = [each for each in found.findings if each.rule == "crs_other"]
    assert other.values["candidates"] == "EPSG:32649"
    # The scale of UTM is 0.9996: 2,453 km of northing and 120 km of easting make 982 m.
    assert other.values["distance_m"] == pytest.approx(np.hypot(2_453_050, 120_050) * 4e-4, abs=3)
    assert "crs_other" not in rules(decoded(turned(SQUARES), hints=TXT))
    assert "crs_other" not in rules(decoded(written(SQUARES, 4547)))


@pytest.mark.parametrize("epsg", [32649, 4508, 4527])
def test_a_system_that_is_declared_and_lands_in_the_county_is_believed(epsg: int) -> None:
    found = decoded(written(SQUARES, epsg), declared=CRS.from_epsg(epsg))
    assert (found.decision.crs.to_epsg(), found.findings) == (epsg, ())


def test_swapped_axes_of_a_system_that_is_no_candidate() -> None:
    found = decoded(written(SQUARES, 32649, swapped=True), declared=CRS.from_epsg(32649))
    assert found.decision.decoders == ("swapped_axes",)
    assert miss_m(found, SQUARES) < 1e-6


def test_a_projection_in_the_words_of_esri() -> None:
    esri = CRS.from_wkt(WORKING.to_wkt("WKT1_ESRI").replace("CGCS2000_3", "My_3"))
    found = decoded(SQUARES, declared=esri)
    assert (found.decision.crs, found.findings) == (WORKING, ())
    high = CRS.from_user_input("EPSG:4546+5737")
    assert decoded(SQUARES, declared=high).decision.crs == WORKING


def test_a_site_grid_says_nothing() -> None:
    local = CRS.from_wkt('LOCAL_CS["site grid",UNIT["metre",1]]')
    found = decoded(SQUARES, declared=local, declared_text=local.to_wkt())
    assert (found.decision.how, found.decision.crs) == ("extent", WORKING)
    assert "site grid" in found.findings[0].message("en")


def test_the_input_is_as_it_was_and_nothing_gives_nothing() -> None:
    given_shapes = written(SQUARES, 4525, swapped=True)
    before = given_shapes.copy()
    decoded(given_shapes)
    assert shapely.equals_exact(given_shapes, before).all()
    nothing = decoded(np.array([], dtype=object))
    assert (nothing.shapes.size, nothing.decision.settled, nothing.findings) == (0, False, ())


# Plots that are not like the rest.


def test_each_plot_is_read_on_its_own(plots: Shapes) -> None:
    mixed = plots.copy()
    mixed[:40] = written(plots[:40], 4526)
    mixed[50:51] = turned(plots[50:51])
    mixed[60] = shapely.box(0, 0, 10, 10)
    mixed[61] = None
    mixed[62:63] = written(plots[62:63], 4490)
    mixed[63] = shapely.box(np.inf, 0, np.inf, 1)
    found = decoded(mixed, rows=np.arange(119) + 2)
    assert miss_m(found, plots) < 1e-6
    assert np.flatnonzero(~found.kept).tolist() == [60, 61, 63]
    assert found.decision.crs == WORKING
    assert found.decision.decoders == ("mixed_axes", "mixed_zones")
    errors = {each.rule: each.row for each in found.findings if each.severity == "error"}
    assert errors == {"geometry_missing": 63, "geometry_not_finite": 65, "plot_nowhere": 62}
    others = [each for each in found.findings if each.rule == "plots_other_system"]
    assert sorted((each.row, each.values["count"]) for each in others) == [
        (2, 40),
        (52, 1),
        (64, 1),
    ]
    assert "EPSG:4526" in next(each for each in others if each.row == 2).message("zh")


@pytest.mark.parametrize("half", [4547, 4525, 4526])
def test_half_of_another_zone_is_no_contradiction(plots: Shapes, half: int) -> None:
    mixed = plots.copy()
    mixed[::2] = written(plots[::2], half)
    for declared in (None, WORKING, CRS.from_epsg(half)):
        found = decoded(mixed, declared=declared)
        assert found.kept.all()
        assert miss_m(found, plots) < 1e-6
        assert "mixed_zones" in found.decision.decoders


@pytest.mark.parametrize("declared", [None, 4326, 4490])
@pytest.mark.parametrize("count", [1, 5, 9])
def test_plots_at_the_origin_cost_themselves_only(declared: int | None, count: int) -> None:
    shapes = written(SQUARES, 4490)
    shapes[:count] = shapely.box(0, 0, 0.001, 0.001)
    said = None if declared is None else CRS.from_epsg(declared)
    found = decoded(shapes, declared=said)
    assert found.kept.sum() == 10 - count
    assert rules(found).count("plot_nowhere") == count
    assert miss_m(found, SQUARES) < 1e-6


def test_a_plot_in_the_next_county_stays_and_is_named() -> None:
    shapes = SQUARES.copy()
    shapes[3] = shapely.transform(square(), lambda vertices: np.add(vertices, [100_000, 0]))
    found = decoded(shapes, declared=WORKING)
    assert found.kept.all()
    assert found.shapes[3].equals(shapes[3])
    (finding,) = found.findings
    assert (finding.rule, finding.row, finding.values["rows"]) == ("plots_outside", 4, "4")
    # Further off than that, it is a mistake.
    shapes[3] = shapely.transform(square(), lambda vertices: np.add(vertices, [0, 400_000]))
    assert rules(decoded(shapes, declared=WORKING)) == ["plot_nowhere"]


def test_later_parts_follow_the_first(plots: Shapes) -> None:
    shapes = written(plots, 4525, swapped=True)
    shapes[100] = shapely.box(0, 0, 1, 1)
    shapes[101:102] = written(plots[101:102], 4546)
    first = decoded(shapes[:60], declared=WORKING)
    second = decoded(
        shapes[60:], declared=WORKING, previous=first.decision, rows=np.arange(61, 120)
    )
    assert second.decision.crs == first.decision.crs
    assert second.decision.decoders == (*first.decision.decoders, "mixed_axes", "mixed_zones")
    assert rules(second) == ["plots_other_system", "plot_nowhere"]
    assert [each.row for each in second.findings] == [102, 101]
    assert miss_m(second, plots[60:]) < 1e-6


def test_a_first_part_without_coordinates_settles_nothing() -> None:
    first = decoded(np.array([None, None], dtype=object))
    assert not first.decision.settled
    assert rules(first) == ["geometry_missing"] * 2
    second = decoded(written(SQUARES, 4547), previous=first.decision)
    assert second.decision.crs.to_epsg() == 4547


# What is said besides a system, and what the user says.


def test_the_norm_of_a_kind_of_file_is_no_oddity() -> None:
    hints = TXT._replace(datum="cgcs2000", zone=37, zone_width_deg=3)
    for epsg in (4546, 4525):
        found = decoded(written(SQUARES, epsg, swapped=True), hints=hints)
        assert (found.decision.how, found.findings) == ("declared", ())
        assert miss_m(found, SQUARES) < 1e-6
        against = decoded(written(SQUARES, epsg), hints=hints)
        assert rules(against) == ["axes_swapped"]
        assert miss_m(against, SQUARES) < 1e-6


@pytest.mark.parametrize("zone", [38, 39, 19, 0, 99, -1])
def test_a_header_that_is_wrong_about_the_zone(zone: int) -> None:
    found = decoded(written(SQUARES, 4525, swapped=True), hints=TXT._replace(zone=zone))
    assert miss_m(found, SQUARES) < 1e-6
    assert "zone_header" in rules(found)


def test_a_header_settles_what_the_county_does_not() -> None:
    with pytest.raises(CRSError) as caught:
        decoded(SQUARES, county=GUANGDONG, where={"file": "a.txt"})
    assert caught.value.code == "error.crs_ambiguous"
    for word in ("a.txt", "EPSG:4546", "EPSG:4547"):
        assert word in caught.value.text("en")
    found = decoded(turned(SQUARES), county=GUANGDONG, hints=TXT._replace(zone=37))
    assert found.decision.crs == WORKING
    assert decoded(SQUARES, county=GUANGDONG, declared=WORKING).findings == ()


def test_a_header_serves_outside_the_county() -> None:
    beijing = transformed(
        np.array([shapely.box(116.4, 39.9, 116.41, 39.91)]), CGCS2000, CRS.from_epsg(4527)
    )
    found = decoded(turned(beijing), hints=TXT._replace(datum="cgcs2000", zone=39))
    assert (found.decision.crs.to_epsg(), found.decision.how) == (4527, "declared")
    with pytest.raises(CRSError, match="--crs"):
        decoded(turned(beijing), hints=TXT)


@pytest.mark.parametrize("swapped", [False, True])
def test_the_user_has_the_last_word_on_the_system_not_on_the_axes(*, swapped: bool) -> None:
    shapes = written(SQUARES, 4547, swapped=swapped)
    found = decoded(shapes, declared=WORKING, option=CRS.from_epsg(4547))
    assert found.decision.how == "option"
    assert miss_m(found, SQUARES) < 1e-6
    assert rules(found) == ["axes_swapped"] * swapped
    # Numbers of 111E stay where the user wants them, far from the county.
    elsewhere = decoded(SQUARES, option=CRS.from_epsg(4547))
    assert elsewhere.decision.crs.to_epsg() == 4547
    with pytest.raises(CRSError, match="--crs"):
        decoded(written(SQUARES, 4525), option=WORKING)
    with pytest.raises(CRSError, match="--crs"):
        decoded(written(SQUARES, 4490), option=WORKING)


def test_elsewhere_in_china_by_its_own_county() -> None:
    county = Extent(116.0, 39.6, 116.9, 40.3)
    truth = transformed(np.array([shapely.box(116.4, 39.9, 116.41, 39.91)]), CGCS2000, WORKING)
    for epsg in (4527, 4548, 4490, 4498):
        for swapped in (False, True):
            found = decoded(written(truth, epsg, swapped=swapped), county=county)
            assert found.decision.crs.to_epsg() == epsg
            assert miss_m(found, truth) < 1e-3


@pytest.mark.parametrize("declared", [4547, 4526])
def test_elsewhere_without_a_county_what_is_declared_guides(declared: int) -> None:
    """Guangzhou, 120 km from the county: axes and number of the zone are put right."""
    truth = transformed(np.array([shapely.box(113.3, 23.1, 113.31, 23.11)]), CGCS2000, WORKING)
    for epsg in (4547, 4526):
        for swapped in (False, True):
            shapes = written(truth, epsg, swapped=swapped)
            found = decoded(shapes, declared=CRS.from_epsg(declared))
            assert found.decision.crs.to_epsg() == epsg
            assert miss_m(found, truth) < 1e-3
            assert bool(found.findings) is (swapped or epsg != declared)


# Shifted degrees.


@pytest.mark.parametrize(("shift", "code"), [(to_gcj02, "gcj02"), (to_bd09, "bd09")])
def test_a_shift_that_the_file_names_is_taken_out(
    plots: Shapes, shift: Callable[..., Any], code: Datum
) -> None:
    hints = Hints(datum=code, said="ovkml")
    found = decoded(shifted(plots, shift), declared=WGS84, hints=hints)
    assert miss_m(found, plots) < 1e-6
    assert (found.decision.crs, found.decision.decoders) == (WGS84, (code,))
    (finding,) = found.findings
    assert (finding.rule, finding.severity) == ("shift_removed", "warning")
    assert "ovkml" in finding.message("zh")
    metres = transformed(shifted(plots, shift), CGCS2000, WORKING)
    assert miss_m(decoded(metres, declared=WORKING, hints=hints), plots) < 1e-6
    # The user may say that there is none.
    kept = decoded(shifted(plots, shift), option=WGS84, hints=hints)
    assert rules(kept) == ["datum_overridden"]
    assert miss_m(kept, plots) > 500


@pytest.mark.parametrize(("shift", "code"), [(to_gcj02, "gcj02"), (to_bd09, "bd09")])
def test_known_plots_tell_a_shift(plots: Shapes, shift: Callable[..., Any], code: str) -> None:
    known = gpd.GeoDataFrame(geometry=[None, *plots], crs=WORKING)
    for declared in (None, WGS84):
        found = decoded(shifted(plots, shift), declared=declared, known=known)
        assert (found.decision.how, found.decision.decoders) == ("reference", (code,))
        assert "shift_by_reference" in rules(found)
        assert miss_m(found, plots) < 1e-6
    degrees = known.to_crs(4490)
    assert decoded(shifted(plots, shift), known=degrees).decision.decoders == (code,)
    later = decoded(shifted(plots, shift), previous=found.decision, known=known)
    assert miss_m(later, plots) < 1e-6


def test_known_plots_that_say_nothing_change_nothing(plots: Shapes) -> None:
    degrees = written(plots, 4490)
    known = gpd.GeoDataFrame(geometry=plots, crs=WORKING)
    same = decoded(degrees, declared=WGS84, known=known)
    assert (same.decision.how, same.findings) == ("declared", ())
    elsewhere = gpd.GeoDataFrame(geometry=[square(500)], crs=WORKING)
    new = decoded(shifted(plots, to_gcj02), declared=WGS84, known=elsewhere)
    assert new.decision.decoders == ()
    for empty in (known.iloc[:0], known.set_crs(None, allow_override=True)):
        assert decoded(degrees, declared=WGS84, known=empty).findings == ()
    # A file that is shifted by its kind, but is not.
    hints = Hints(datum="gcj02", said="ovkml")
    found = decoded(degrees, declared=WGS84, known=known, hints=hints)
    assert rules(found) == ["shift_not_there"]
    assert miss_m(found, plots) < 1e-6


def test_degrees_of_unknown_datum_name_the_three_and_their_distances() -> None:
    found = decoded(written(SQUARES, 4490))
    (finding,) = [each for each in found.findings if each.rule == "degrees_unstated"]
    assert finding.value == "CGCS2000"
    assert 595 < finding.values["gcj02_m"] < 630  # type: ignore[operator]  # a number of metres
    assert finding.values["bd09_m"] > 1_200  # type: ignore[operator]  # a number of metres
    assert "BD-09" in finding.message("en")
    assert "degrees_unstated" not in rules(decoded(written(SQUARES, 4490), declared=WGS84))


# Packed degrees.


def test_packed_degrees_by_hand() -> None:
    values = np.array([112.1530, 112.153012, 22.0000, -0.3, 112.5959999, 112.6, 112.0060, np.nan])
    expected = [112 + 15.5 / 60, 112 + (15 + 30.12 / 60) / 60, 22, -0.5, 113 - 0.01 / 36e4 * 1]
    np.testing.assert_allclose(unpacked(values)[:5], expected, atol=3e-7)
    assert np.isnan(unpacked(values)[5:]).all()


@given(st.floats(-180, 180))
def test_what_is_packed_comes_out_again(degrees: float) -> None:
    seconds = round(abs(degrees) * 3600 * 1e4)
    whole, rest = divmod(seconds, 3600 * 10**4)
    minutes, rest = divmod(rest, 60 * 10**4)
    number = whole + minutes / 100 + rest / 10**8
    assert unpacked(np.array([number]))[0] == pytest.approx(seconds / 36e6, abs=1e-9)


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("unit", ["", "dms"])
def test_packed_degrees_are_told_by_their_digits(
    plots: Shapes, unit: Unit, *, swapped: bool
) -> None:
    shapes = turned(packed(plots)) if swapped else packed(plots)
    found = decoded(shapes, hints=TXT._replace(unit=unit))
    assert "dms" in found.decision.decoders
    assert "degrees_packed" in rules(found)
    assert miss_m(found, plots) < 1e-3
    decimal = decoded(written(plots, 4490, swapped=swapped), hints=TXT._replace(unit=unit))
    assert "dms" not in decimal.decision.decoders
    assert miss_m(decimal, plots) < 1e-6
    assert ("degrees_decimal" in rules(decimal)) is (unit == "dms")


def test_packed_or_decimal_is_not_guessed(plots: Shapes) -> None:
    one = turned(packed(plots[:1]))
    with pytest.raises(CRSError) as caught:
        decoded(one, hints=TXT, where={"file": "a.txt"})
    assert caught.value.code == "error.degrees_packed"
    assert "ddd.mmssss" in str(caught.value)
    assert miss_m(decoded(one, hints=TXT._replace(unit="dms")), plots[:1]) < 1e-3
    # A system that is declared, or a column of longitudes, means decimal degrees.
    for found in (
        decoded(one, hints=TXT, declared=CGCS2000),
        decoded(one, hints=TXT, option=CGCS2000),
        decoded(one, hints=TXT._replace(unit="degree")),
    ):
        assert found.shapes[0].equals_exact(turned(one)[0], 0)
    assert "degrees_perhaps_packed" in rules(found)
    many = decoded(turned(packed(plots)), hints=TXT._replace(unit="degree"))
    assert "degrees_packed" in rules(many)
    assert miss_m(many, plots) < 1e-3


def test_a_plot_with_sixty_minutes_among_packed_ones_is_kept_aside(plots: Shapes) -> None:
    shapes = packed(plots)
    shapes[7] = shapely.Polygon([(112.15, 22.1), (112.1599, 22.1075), (112.1510, 22.12)])
    found = decoded(shapes, hints=TXT._replace(unit="dms"))
    assert np.flatnonzero(~found.kept).tolist() == [7]
    assert rules(found).count("plot_nowhere") == 1


# Datums that need local parameters.


@pytest.mark.parametrize(
    "said",
    [
        {"declared": CRS.from_epsg(2382)},
        {"declared": CRS.from_epsg(2415)},
        {"declared": CRS.from_epsg(4610)},
        {"declared": CRS.from_epsg(28419)},
        {"declared": CRS.from_wkt(CRS.from_epsg(2383).to_wkt("WKT1_ESRI"))},
        {"declared_text": 'PROJCS["Xian_1980_3_Degree_GK'},
        {"hints": Hints(datum="xian80", said="1980西安坐标系")},
        {"hints": Hints(datum="beijing54", said="1954年北京坐标系"), "declared": WORKING},
        {"option": CRS.from_epsg(2382)},
    ],
    ids=str,
)
def test_local_datums_are_refused_without_parameters(said: dict[str, Any]) -> None:
    with pytest.raises(CRSError) as caught:
        decoded(SQUARES, where={"file": "a.shp"}, **said)
    assert caught.value.code == "error.crs_datum_file"
    assert "a.shp" in str(caught.value)
    assert "--parameters" in caught.value.text("en")


def test_the_user_may_say_that_the_header_is_wrong() -> None:
    hints = TXT._replace(datum="xian80", said="1980西安坐标系")
    found = decoded(turned(SQUARES), hints=hints, option=WORKING)
    assert rules(found) == ["datum_overridden"]
    assert miss_m(found, SQUARES) < 1e-6


@pytest.mark.parametrize(
    ("local", "epsg"), [(2382, 4546), (2361, 4525), (2383, 4547), (4610, 4490)]
)
@pytest.mark.parametrize("swapped", [False, True])
def test_parameters_take_old_plots_home(
    tmp_path: Path, plots: Shapes, local: int, epsg: int, *, swapped: bool
) -> None:
    path = tmp_path / "p.txt"
    path.write_text("source=西安80\ndx=-50\ndy=60\nrotation=0\nscale=0\nmeridian=111\n", "utf-8")
    shift = DatumShift.read(path)
    # What 111E of Xi'an 80 writes, so that the parameters lead to the plots.
    old = shapely.transform(plots, lambda vertices: np.add(vertices, [-60, 50]))
    there = transformed(old, CRS.from_epsg(2382), CRS.from_epsg(local))
    there = turned(there) if swapped else there
    found = decoded(there, declared=CRS.from_epsg(local), parameters=shift)
    assert found.decision.crs.to_epsg() == epsg
    assert "datum_shift" in found.decision.decoders
    assert miss_m(found, plots) < 1e-5
    (finding,) = [each for each in found.findings if each.rule == "datum_shifted"]
    assert finding.values["distance_m"] in {77, 78}
    by_header = decoded(there, hints=Hints(datum="xian80"), parameters=shift)
    assert miss_m(by_header, plots) < 1e-5
    with pytest.raises(CRSError) as caught:
        decoded(there, hints=Hints(datum="beijing54"), parameters=shift)
    assert caught.value.code == "error.datum_other"
    # Numbers that are on CGCS2000 already are left alone.
    assert miss_m(decoded(plots, declared=WORKING, parameters=shift), plots) == 0


# Elsewhere, and in bulk.


def test_real_parcels_of_another_country(shared_data: Path) -> None:
    parcels = gpd.read_file(shared_data / "cambridge_fy2013.gpkg")
    shapes = parcels.geometry.to_numpy()
    found = decoded(shapes, declared=parcels.crs)
    assert (found.decision.crs, found.findings) == (parcels.crs, ())
    assert found.kept.all()
    for declared in (None, WORKING):
        with pytest.raises(CRSError, match="--crs"):
            decoded(shapes, declared=declared)
    degrees = parcels.to_crs(4326)
    county = Extent(*map(float, degrees.total_bounds))
    for declared in (None, WGS84):
        swapped = decoded(turned(degrees.geometry.to_numpy()), county=county, declared=declared)
        assert swapped.decision.crs == WGS84
        assert swapped.kept.all()
        assert "degrees_unstated" not in rules(swapped)


def test_a_right_file_costs_no_look_at_its_vertices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The box of each plot is all that is looked at, so that 100,000 plots take milliseconds."""

    def _no_vertices(*_: object, **__: object) -> None:
        pytest.fail("vertices were looked at")

    monkeypatch.setattr(shapely, "get_coordinates", _no_vertices)
    monkeypatch.setattr(shapely, "transform", _no_vertices)
    found = decoded(SQUARES, declared=WORKING)
    assert found.shapes is SQUARES or (found.shapes == SQUARES).all()


@given(
    lon=st.floats(enping_extent().west, enping_extent().east),
    lat=st.floats(enping_extent().south, enping_extent().north),
    epsg=st.sampled_from(SYSTEMS),
    swapped=st.booleans(),
)
def test_one_plot_anywhere_in_the_county_is_enough(
    lon: float, lat: float, epsg: int, *, swapped: bool
) -> None:
    truth = transformed(
        np.array([shapely.box(lon, lat, lon + 0.001, lat + 0.001)]), CGCS2000, WORKING
    )
    found = decoded(written(truth, epsg, swapped=swapped))
    assert miss_m(found, truth) < 1e-6


@given(
    sides=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=4, max_size=4),
    declared=st.sampled_from([None, 4546, 4525, 4326, 3857, 32649]),
    unit=st.sampled_from(["", "dms", "degree", "metre"]),
)
def test_no_number_breaks_the_decision(
    sides: list[float], declared: int | None, unit: Unit
) -> None:
    said = None if declared is None else CRS.from_epsg(declared)
    shapes = np.array([shapely.box(*sides), *SQUARES], dtype=object)
    found = decoded(shapes, declared=said, hints=TXT._replace(unit=unit))
    assert found.kept[1:].all()
    assert found.kept[0] or any(each.row == 1 for each in found.findings)


@pytest.mark.parametrize(
    ("hints", "severity"),
    [
        (Hints("cgcs2000", "坐标系=2000", northing_first=True, zone_width_deg=3), "info"),
        (Hints("cgcs2000", "坐标系=2000", northing_first=True), "warning"),
        (Hints("cgcs2000", "坐标系=2000", northing_first=True, zone_width_deg=6), "warning"),
        (Hints("cgcs2000", "坐标系=2000", northing_first=True, zone=38, zone_width_deg=3),
         "warning"),
        (Hints(northing_first=True, zone_width_deg=3), "warning"),
    ],
)  # fmt: skip
def test_a_zone_left_open_in_a_system_that_is_stated(hints: Hints, severity: str) -> None:
    found = decoded(written(SQUARES, 4525, swapped=True), hints=hints)
    assert found.decision.crs.to_epsg() == 4525
    assert [each.severity for each in found.findings if each.rule == "crs_detected"] == [severity]
    # Without the number of the zone in them the numbers themselves say less.
    found = decoded(written(SQUARES, 4546, swapped=True), hints=hints)
    assert [each.severity for each in found.findings if each.rule == "crs_detected"] == ["warning"]


@pytest.mark.parametrize("said", ["坐标系=江门市独立坐标系", "坐标系=恩平 地方坐标系"])
def test_a_local_system_is_named(said: str) -> None:
    hints = TXT._replace(said=said)
    found = decoded(turned(SQUARES), hints=hints, where={"file": "a.txt"})
    assert rules(found) == ["crs_detected", "system_local"]
    for each in found.findings:
        assert said in each.message("zh")
        assert said in each.message("en")
    assert rules(decoded(turned(SQUARES), hints=hints, option=WORKING)) == []
    assert "system_local" not in rules(decoded(turned(SQUARES), hints=TXT._replace(said="a=b")))
    assert rules(decoded(SQUARES, declared_text=said))[-1] == "system_local"
