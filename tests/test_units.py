"""Areas convert exactly, round half up, and printed parts add up to their printed total."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enping_gis.units import (
    AREA_UNITS,
    HA,
    M2,
    MU,
    AreaUnit,
    balance,
    ha_to_m2,
    half_up,
    mu_to_m2,
    printed,
)

if TYPE_CHECKING:
    import random

areas_m2 = st.one_of(
    st.floats(min_value=0, max_value=1e9),
    st.fractions(min_value=0, max_value=10**9, max_denominator=10**6),
    st.decimals(min_value=0, max_value=10**7, places=2).map(mu_to_m2),
)
parts_m2 = st.dictionaries(st.text(max_size=6), areas_m2, max_size=40)
units = st.sampled_from(AREA_UNITS)


def oracle(area_m2: float | Fraction, unit: AreaUnit) -> Decimal:
    """Round half up by whole numbers alone, another way than the code takes."""
    size = {"m2": Fraction(1), "ha": Fraction(10_000), "mu": Fraction(10_000, 15)}[unit.code]
    in_units = Fraction(area_m2) / size * 10**unit.decimals
    whole, rest = divmod(in_units.numerator, in_units.denominator)
    whole += 2 * rest >= in_units.denominator
    return Decimal(whole).scaleb(-unit.decimals)


@given(areas_m2, units)
@example(Fraction(5, 1000), M2)
@example(Fraction(1, 2), HA)
@example(Fraction(10, 3), MU)
def test_printed_is_the_exact_value_half_up(area_m2: float | Fraction, unit: AreaUnit) -> None:
    got = printed(area_m2, unit)
    assert got == oracle(area_m2, unit)
    assert -int(got.as_tuple().exponent) == unit.decimals


@pytest.mark.parametrize(
    ("area_m2", "unit", "text"),
    [
        (0, M2, "0.00"),
        (0.005, M2, "0.01"),  # as a float it lies a little above the half
        (Decimal("0.005"), M2, "0.01"),
        (Decimal("0.0049999"), M2, "0.00"),
        (Fraction(1, 2), HA, "0.0001"),
        (-0.5, HA, "-0.0001"),
        (Fraction(2000, 3), MU, "1.00"),
        (666.67, MU, "1.00"),
        (1e9, HA, "100000.0000"),
    ],
)
def test_printed_by_hand(area_m2: float | Decimal | Fraction, unit: AreaUnit, text: str) -> None:
    assert str(printed(area_m2, unit)) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_not_finite_has_no_area(value: float) -> None:
    with pytest.raises((ValueError, OverflowError)):
        printed(value, M2)
    with pytest.raises(ValueError, match="'plot'"):
        balance({"plot": value}, M2)


def test_mu_hectare_and_square_metre_are_exact() -> None:
    assert mu_to_m2(15) == ha_to_m2(1) == 10_000
    assert mu_to_m2("0.01") * 3 == 20
    assert Fraction(2000, 3) == MU.m2
    assert mu_to_m2(21.22) == mu_to_m2("21.22") == mu_to_m2(Decimal("21.22"))
    assert mu_to_m2("21.22") != Fraction(21.22) * Fraction(2000, 3)
    with pytest.raises(ValueError, match="Invalid literal"):
        mu_to_m2("about 5")


@given(st.decimals(min_value=0, max_value=10**6, places=2))
def test_a_stated_mu_comes_back_as_stated(stated_mu: Decimal) -> None:
    assert printed(mu_to_m2(stated_mu), MU) == stated_mu


@given(st.decimals(min_value=0, max_value=10**6, places=4))
def test_a_stated_hectare_comes_back_as_stated(stated_ha: Decimal) -> None:
    assert printed(ha_to_m2(stated_ha), HA) == stated_ha


def test_the_published_total() -> None:
    """8605.84 mu are 573.72 ha, where the article prints 537.72."""
    assert half_up(printed(mu_to_m2("8605.84"), HA), 2) == Decimal("573.72")


@given(parts_m2, units)
def test_printed_parts_add_up(parts: dict[str, float | Fraction], unit: AreaUnit) -> None:
    got = balance(parts, unit)
    exact = sum((Fraction(part) for part in parts.values()), Fraction(0))
    assert sum(got.values(), Decimal(0)) == oracle(exact, unit)
    assert list(got) == list(parts)
    size = unit.m2 / 10**unit.decimals
    for key, part in parts.items():
        assert abs(Fraction(got[key]) * unit.m2 - Fraction(part)) < size


@given(parts_m2, units, st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(
    parts: dict[str, float | Fraction], unit: AreaUnit, rng: random.Random
) -> None:
    keys = list(parts)
    rng.shuffle(keys)
    assert balance({key: parts[key] for key in keys}, unit) == balance(parts, unit)


@given(parts_m2, units)
def test_balance_leaves_its_input_alone(parts: dict[str, float | Fraction], unit: AreaUnit) -> None:
    before = dict(parts)
    balance(parts, unit)
    assert parts == before


@given(st.dictionaries(st.text(max_size=6), st.decimals(0, 10**5, places=2), max_size=40))
def test_balance_never_moves_parts_that_add_up(stated_mu: dict[str, Decimal]) -> None:
    assert balance({key: mu_to_m2(mu) for key, mu in stated_mu.items()}, MU) == stated_mu


@given(st.lists(st.text(max_size=6), min_size=1, max_size=12, unique=True), units)
def test_ties_go_by_key(keys: list[str], unit: AreaUnit) -> None:
    """Equal parts: the units left over go to the keys that sort first."""
    part = unit.m2 / 10**unit.decimals / 2
    got = balance(dict.fromkeys(keys, part), unit)
    favoured = {key for key, value in got.items() if value}
    assert favoured == set(sorted(keys)[: (len(keys) + 1) // 2])


def test_balance_beats_rounding_each_part() -> None:
    """Three thirds of a hectare, rounded one by one, would lose the last digit."""
    third = ha_to_m2(1) / 3
    parts = dict.fromkeys("abc", third)
    assert sum(printed(part, HA) for part in parts.values()) == Decimal("0.9999")
    assert sum(balance(parts, HA).values()) == Decimal("1.0000")
    assert balance({}, HA) == {}
    assert balance({"only": 0}, HA) == {"only": Decimal("0.0000")}


def test_a_negative_part_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'b' is -1"):
        balance({"a": 1, "b": -1}, M2)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(0.125, 2, "0.13"), (2.675, 2, "2.68"), (-0.125, 2, "-0.13"), (0, 0, "0"), (10, 1, "10.0")],
)
def test_half_up(value: float, decimals: int, text: str) -> None:
    assert str(half_up(value, decimals)) == text


def test_each_unit_names_its_last_digit() -> None:
    assert [str(unit.last_digit) for unit in AREA_UNITS] == ["0.01", "0.0001", "0.01"]
