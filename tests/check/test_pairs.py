"""Areas in two units: the interval rule, and what explains a pair that breaks it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.check.records.pairs import (
    Interval,
    PairVerdict,
    agreement,
    interval,
    pair_verdict,
    step,
)
from enping_gis.intake.tables.figures import Figure
from enping_gis.units import HA, MU, printed


def said(ha: object, mu: object) -> PairVerdict:
    found = pair_verdict(ha, mu)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("ha", "mu"),
    [
        ("200", "3000"),
        ("约20.6", "308.93"),
        ("20.6", "308.93"),
        ("6.87", "103.12"),
        ("10", "150"),
        ("1.41", "21.22"),
        ("3.33", "50"),
        ("10.83", "162.49"),
        ("10.53", "158"),
        ("超过133", "2000"),
        ("近53", "793"),
        ("573.72", "8605.84"),
        ("2.5", "３７．５亩"),
        ("25000平方米", "37.5"),
        (2.5, 37.5),
        ("1.005", "15.08"),  # the ends of both intervals are one: 15.075
    ],
)
def test_figures_for_one_area_agree(ha: object, mu: object) -> None:
    assert said(ha, mu) == PairVerdict("ok")


@pytest.mark.parametrize(
    ("ha", "mu", "suggestion", "unit", "case"),
    [
        ("537.72", "8605.84", "573.72", "ha", "transposed"),
        ("20.6", "380.93", "308.93", "mu", "transposed"),
        ("8605.84", "8605.84", "573.72", "ha", "unit"),
        ("5737226.67", "8605.84", "573.72", "ha", "unit"),
        ("100", "150", "10", "ha", "shifted"),
        ("20", "330", "22", "ha", "digit"),
        ("20", "150", "10", "ha", "digit"),
        ("20.33", "150", "10.00", "ha", "converted"),
    ],
)
def test_a_failure_is_explained(ha: str, mu: str, suggestion: str, unit: str, case: str) -> None:
    found = said(ha, mu)
    assert (found.verdict, found.suggestion, found.unit, found.case) == (
        "wrong", suggestion, unit, case,
    )  # fmt: skip


def test_the_other_figure_is_named_where_it_explains_the_failure_as_well() -> None:
    """8065.84 mu would be 537.72 ha: which of the two was misprinted, figures cannot tell."""
    found = said("537.72", "8605.84")
    assert (found.other, found.other_unit) == ("8065.84", "mu")
    assert said("537.72", "8065.84").verdict == said("573.72", "8605.84").verdict == "ok"


@pytest.mark.parametrize(
    ("ha", "mu"), [("", "5"), (None, "5"), ("x", "5"), ("1", "—"), ("1元", "5")]
)
def test_no_verdict_without_two_areas(ha: object, mu: object) -> None:
    assert pair_verdict(ha, mu) is None


@pytest.mark.parametrize(
    ("wording", "low", "high"),
    [
        ("", "199.5", "200.5"),
        ("about", "190", "210"),  # half a unit of the last digit that is not zero, at most 5 %
        ("nearly", "190", "200.5"),
        ("over", "199.5", "210"),
        ("at_most", "190", "200.5"),
        ("more", "199.5", "300"),  # 200 and more: to the next hundred
    ],
)
def test_wording_widens_a_figure_to_its_side(wording: str, low: str, high: str) -> None:
    found = interval(Figure(Decimal(200), "ha", wording))
    assert found == Interval(Fraction(low), Fraction(high))


def test_decimals_printed_count_however_often_it_is_asked() -> None:
    """10 and 10.0000 are equal numbers, and different figures."""
    for _ in range(2):
        assert said("10", "152").verdict == "ok"
        assert said("10.0000", "152.0000").verdict == "wrong"


def test_more_is_told_from_over() -> None:
    assert said("2.6", "30余亩").verdict == "ok"
    assert said("2.6", "多于30亩").verdict == "wrong"


def test_the_unit_of_an_interval_is_of_the_same_kind() -> None:
    with pytest.raises(ValueError, match="another kind"):
        interval(Figure(Decimal(1), "ha"), "m")
    with pytest.raises(ValueError, match="blank"):
        interval(Figure(None, "ha"))


areas_m2 = st.decimals(min_value=1, max_value=10**8, places=2, allow_nan=False)


@given(areas_m2, st.sampled_from([0, 1, 2, 4]), st.sampled_from([0, 1, 2]))
def test_an_area_printed_twice_agrees_with_itself(
    area: Decimal, ha_decimals: int, mu_decimals: int
) -> None:
    ha = round(Fraction(area) / HA.m2 * 10**ha_decimals)
    mu = round(Fraction(area) / MU.m2 * 10**mu_decimals)
    two = (Decimal(ha).scaleb(-ha_decimals), Decimal(mu).scaleb(-mu_decimals))
    assert said(str(two[0]), str(two[1])).verdict == "ok"


@given(areas_m2, st.sampled_from(["about", "nearly", "over", "at_most"]))
def test_wording_never_narrows(area: Decimal, wording: str) -> None:
    plain, wide = (interval(Figure(area, "m2", each)) for each in ("", wording))
    assert wide.low <= plain.low
    assert wide.high >= plain.high


@given(areas_m2, areas_m2)
def test_what_is_suggested_agrees(first: Decimal, second: Decimal) -> None:
    """Whatever is wrong with a pair, the figure suggested makes it right."""
    ha, mu = printed(first, HA), printed(second, MU)
    one, other = Figure(ha, "ha"), Figure(mu, "mu")
    found = agreement(one, other)
    if found.verdict == "wrong":
        meant = Figure(Decimal(found.suggestion), found.unit)
        assert agreement(meant, other if found.unit == "ha" else one).verdict == "ok"


@given(areas_m2, areas_m2)
def test_the_rule_is_symmetrical(first: Decimal, second: Decimal) -> None:
    one, other = Figure(first / 10_000, "ha"), Figure(second, "mu")
    assert agreement(one, other).verdict == agreement(other, one).verdict


def test_one_unit_of_the_last_digit() -> None:
    assert step(Decimal("537.72")) == Fraction(1, 100)
    assert step(Decimal("4E+4")) == 10_000
