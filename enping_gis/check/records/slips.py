"""Guess what somebody meant who printed a figure that does not fit."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from enping_gis._resources import shipped_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enping_gis.intake.tables.figures import Figure

# What explains a figure that does not fit; ``finding.audit_pair_<case>`` are the messages.
Case = Literal["", "unit", "transposed", "shifted", "digit", "converted"]
_PLACES = (1, -1, 2, -2)
_MOST_DIGITS = 200


def exponent(value: Decimal) -> int:
    """
    Return the place of the last digit.

    Parameters
    ----------
    value : decimal.Decimal
        A figure as printed.

    Returns
    -------
    int
        Power of ten.

    Examples
    --------
    >>> exponent(Decimal("537.72")), exponent(Decimal("1.3E+8")), exponent(Decimal(0))
    (-2, 7, 0)
    """
    place = value.as_tuple().exponent
    return place if isinstance(place, int) else 0


def rounded(value: Fraction, decimals: int) -> Decimal:
    """
    Round half up, exactly, however many digits there are.

    Parameters
    ----------
    value : fractions.Fraction
        The value.
    decimals : int
        Digits after the point; below zero digits before it.

    Returns
    -------
    decimal.Decimal
        With these decimals.

    Examples
    --------
    >>> rounded(Fraction(5, 2), 0), rounded(Fraction(120_000_000), -7)
    (Decimal('3'), Decimal('1.2E+8'))
    """
    units = math.floor(value * Fraction(10) ** decimals + Fraction(1, 2))
    return Decimal(units).scaleb(-decimals, Context(prec=_MOST_DIGITS))


def converted(kept: Figure, derived: Figure) -> Figure:
    """
    Return what a figure has to be where the other one is right.

    Parameters
    ----------
    kept : Figure
        The figure that is right.
    derived : Figure
        The other one, in another unit of the same kind.

    Returns
    -------
    Figure
        With the decimals that `derived` is printed with, or as many more as it takes to be
        right within the share that ``figures.json`` grants.

    Examples
    --------
    >>> from enping_gis.intake.tables.figures import Figure
    >>> mu = Figure(Decimal(150), "mu")
    >>> [str(converted(mu, Figure(Decimal(each), "ha")).value) for each in ("20.33", "2")]
    ['10.00', '10']
    >>> converted(Figure(Decimal(1), "mu"), Figure(Decimal(15), "ha")).value
    Decimal('0.07')
    """
    value = _printed(kept.in_unit(derived.unit) or Fraction(0), derived)
    return replace(derived, value=value, qualifier="")


def _printed(meant: Fraction, given: Figure) -> Decimal:
    first = -exponent(_value(given))
    last = max(first, _most_decimals()[given.unit])
    for decimals in range(first, last):
        value = rounded(meant, decimals)
        if abs(Fraction(value) - meant) <= abs(meant) * _share():
            return value
    return rounded(meant, last)


def _in_other_units(given: Figure) -> Iterator[Figure]:
    """Yield what the figure is where its number is in another unit than it says."""
    for unit in _most_decimals():
        meant = replace(given, unit=unit).in_unit(given.unit)
        if unit != given.unit and meant is not None:
            value = _printed(meant, given)
            # Too small to be printed in this unit: nobody meant that.
            if value:
                yield replace(given, value=value, qualifier="")


def _transposed(given: Figure) -> Iterator[Figure]:
    """Yield the figure with two neighbouring digits exchanged."""
    digits = _value(given).as_tuple().digits
    for n, (one, following) in enumerate(pairwise(digits)):
        # A zero brought to the front is no longer printed: that is a shift of the point.
        if one != following and (n or following):
            yield _with_digits(given, (*digits[:n], following, one, *digits[n + 2 :]))


def _shifted(given: Figure) -> Iterator[Figure]:
    """Yield the figure with its point in another place."""
    value = _value(given)
    for places in _PLACES:
        moved = value.scaleb(places)
        last = exponent(value)
        # Zeros that were before the point say nothing behind it: 8000 is 800, not 800.0.
        if exponent(moved) < last:
            bare = moved.normalize()
            moved = bare if exponent(bare) < last else rounded(Fraction(moved), -last)
        yield replace(given, value=moved)


def _with_one_digit_changed(given: Figure) -> Iterator[Figure]:
    """Yield the figure with one digit changed."""
    digits = _value(given).as_tuple().digits
    for n, one in enumerate(digits):
        for digit in range(10):
            if digit != one:
                yield _with_digits(given, (*digits[:n], digit, *digits[n + 1 :]))


def _with_digits(given: Figure, digits: tuple[int, ...]) -> Figure:
    value = _value(given)
    return replace(given, value=Decimal((value.as_tuple().sign, digits, exponent(value))))


# In this order: a slip of units is exact and so hardly ever chance, a changed digit explains
# one failure in nine.
SLIPS: tuple[tuple[Case, Callable[[Figure], Iterator[Figure]]], ...] = (
    ("unit", _in_other_units),
    ("transposed", _transposed),
    ("shifted", _shifted),
    ("digit", _with_one_digit_changed),
)


@cache
def _most_decimals() -> dict[str, int]:
    decimals: dict[str, int] = shipped_json("check/records/figures.json")["written_decimals"]
    return decimals


@cache
def _share() -> Fraction:
    return Fraction(shipped_json("check/records/figures.json")["suggested_share"]["value"])


def _value(figure: Figure) -> Decimal:
    return Decimal(0) if figure.value is None else figure.value
