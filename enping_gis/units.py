"""Convert and print areas exactly, and balance printed parts to their printed total."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Key = TypeVar("Key", bound="str | tuple[object, ...]")

M2_PER_HA = Fraction(10_000)
# One hectare is exactly 15 mu; 666.67 would already miss 0.04 mu on 8,605.84 mu.
M2_PER_MU = Fraction(2_000, 3)


@dataclass(frozen=True)
class AreaUnit:
    """
    A unit in which areas are printed.

    Parameters
    ----------
    code : str
        Suffix of the column names that carry it.
    m2 : fractions.Fraction
        Size of one unit in square metres, exact.
    decimals : int
        Digits after the point when printed (field practice: m2 2, hectare 4, mu 2).
    """

    code: str
    m2: Fraction
    decimals: int

    @property
    def last_digit(self) -> Decimal:
        """
        Size of one unit of the last printed digit.

        Returns
        -------
        decimal.Decimal
            Such as ``Decimal("0.01")``.
        """
        return Decimal(1).scaleb(-self.decimals)


M2 = AreaUnit("m2", Fraction(1), 2)
HA = AreaUnit("ha", M2_PER_HA, 4)
MU = AreaUnit("mu", M2_PER_MU, 2)
AREA_UNITS = (M2, HA, MU)


def printed(area_m2: float | Fraction | Decimal, unit: AreaUnit) -> Decimal:
    """
    Print an area in `unit`: exact conversion, then half up at the last digit.

    Parameters
    ----------
    area_m2 : float, fractions.Fraction or decimal.Decimal
        Area in m2; a float counts as the exact binary value it is.
    unit : AreaUnit
        `M2`, `HA` or `MU`.

    Returns
    -------
    decimal.Decimal
        The printed figure, with all its decimals.

    Raises
    ------
    ValueError
        `area_m2` is not finite.

    Examples
    --------
    >>> printed(mu_to_m2("8605.84"), HA), printed(mu_to_m2("21.22"), MU)
    (Decimal('573.7227'), Decimal('21.22'))
    >>> printed(0, MU)
    Decimal('0.00')
    """
    units = nearest_whole(Fraction(area_m2) / unit.m2 * 10**unit.decimals)
    return Decimal(units).scaleb(-unit.decimals)


def mu_to_m2(area_mu: str | float | Decimal | Fraction) -> Fraction:
    """
    Convert mu to square metres without rounding.

    Parameters
    ----------
    area_mu : str, float, decimal.Decimal or fractions.Fraction
        Area in mu; a float is read by its shortest decimal form, as it was typed.

    Returns
    -------
    fractions.Fraction
        Area in m2, exact.

    Raises
    ------
    ValueError
        A text is no number.

    Examples
    --------
    >>> mu_to_m2("1.5")
    Fraction(1000, 1)
    >>> mu_to_m2(0)
    Fraction(0, 1)
    """
    return as_typed(area_mu) * M2_PER_MU


def ha_to_m2(area_ha: str | float | Decimal | Fraction) -> Fraction:
    """
    Convert hectares to square metres without rounding.

    Parameters
    ----------
    area_ha : str, float, decimal.Decimal or fractions.Fraction
        Area in ha; a float is read by its shortest decimal form, as it was typed.

    Returns
    -------
    fractions.Fraction
        Area in m2, exact.

    Raises
    ------
    ValueError
        A text is no number.

    Examples
    --------
    >>> ha_to_m2("0.5")
    Fraction(5000, 1)
    >>> ha_to_m2(0)
    Fraction(0, 1)
    """
    return as_typed(area_ha) * M2_PER_HA


def balance(
    parts_m2: Mapping[str, float | Fraction], unit: AreaUnit | str = "mu"
) -> dict[str, Decimal]:
    """
    Print parts so that they add up to their printed total.

    The total is the half-up rounding of the exact sum. The parts are cut to whole units of
    the last digit, and the units still missing go to the largest remainders, ties by key
    (Hamilton's method on integers), so no part moves by a whole unit of its last digit.
    National practice calls this 强制调平 (forced levelling of rounding).

    Parameters
    ----------
    parts_m2 : mapping of str to float or fractions.Fraction
        Area of each part in m2, not negative; floats count as their exact binary value.
    unit : AreaUnit or {"m2", "ha", "mu"}
        In which to print.

    Returns
    -------
    dict of str to decimal.Decimal
        The printed parts under the same keys, in the same order.

    Raises
    ------
    ValueError
        A part is negative or not finite, or there is no such unit.

    Examples
    --------
    >>> third = mu_to_m2("1") / 3
    >>> balance({"a": third, "b": third, "c": third}, MU)
    {'a': Decimal('0.34'), 'b': Decimal('0.33'), 'c': Decimal('0.33')}
    >>> balance({}, "ha")
    {}
    """
    unit = area_unit(unit)
    exact: dict[str, Fraction] = {}
    for key, part in parts_m2.items():
        if not math.isfinite(part) or part < 0:
            msg = f"part {key!r} is {part}, an area must be finite and not negative"
            raise ValueError(msg)
        exact[key] = Fraction(part) / unit.m2 * 10**unit.decimals
    # Half up of a sum is at most one unit per part above the cut parts.
    whole = dealt(exact, nearest_whole(sum(exact.values(), Fraction(0))))
    return {key: Decimal(value).scaleb(-unit.decimals) for key, value in whole.items()}


def dealt(exact: Mapping[Key, Fraction], total: int) -> dict[Key, int]:
    """
    Round figures to whole numbers that add up to a given one (Hamilton's method).

    Parameters
    ----------
    exact : mapping of Key to fractions.Fraction
        The figures, not negative.
    total : int
        What they have to add up to: their exact sum, rounded down or up.

    Returns
    -------
    dict of Key to int
        Each figure rounded down or up, under the same keys in the same order; up go the
        largest remainders, ties by key.

    Examples
    --------
    >>> dealt({"a": Fraction(3, 2), "b": Fraction(3, 2), "c": Fraction(2)}, 5)
    {'a': 2, 'b': 1, 'c': 2}
    >>> dealt({}, 0)
    {}
    """
    whole = {key: math.floor(value) for key, value in exact.items()}
    missing = total - sum(whole.values())
    by_remainder = sorted(exact, key=lambda key: (whole[key] - exact[key], key))
    for key in by_remainder[:missing]:
        whole[key] += 1
    return whole


def area_unit(unit: AreaUnit | str) -> AreaUnit:
    """
    Return the unit that a code names.

    Parameters
    ----------
    unit : AreaUnit or {"m2", "ha", "mu"}
        A unit, or its code.

    Returns
    -------
    AreaUnit
        One of `AREA_UNITS`, or the unit as given.

    Raises
    ------
    ValueError
        There is no such unit.

    Examples
    --------
    >>> area_unit("ha") is HA
    True
    """
    if isinstance(unit, AreaUnit):
        return unit
    for known in AREA_UNITS:
        if unit == known.code:
            return known
    msg = f"unit {unit!r} is not one of {', '.join(known.code for known in AREA_UNITS)}"
    raise ValueError(msg)


def nearest_whole(value: Fraction) -> int:
    """
    Round half up, away from zero.

    Parameters
    ----------
    value : fractions.Fraction
        The figure.

    Returns
    -------
    int
        The whole number.

    Examples
    --------
    >>> nearest_whole(Fraction(5, 2)), nearest_whole(Fraction(0))
    (3, 0)
    """
    sign = -1 if value < 0 else 1
    return sign * math.floor(abs(value) + Fraction(1, 2))


def as_typed(value: str | float | Decimal | Fraction) -> Fraction:
    """
    Read a figure as it was typed.

    Parameters
    ----------
    value : str, float, decimal.Decimal or fractions.Fraction
        The figure; a float is read by its shortest decimal form.

    Returns
    -------
    fractions.Fraction
        The figure, exact.

    Raises
    ------
    ValueError
        A text is no number.

    Examples
    --------
    >>> as_typed(0.1), as_typed("0.1")
    (Fraction(1, 10), Fraction(1, 10))
    """
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def half_up(value: float | Decimal, decimals: int) -> Decimal:
    """
    Round a measured figure half up, as planners do, where `round` would go half to even.

    Parameters
    ----------
    value : float or decimal.Decimal
        The figure; a float is read by its shortest decimal form.
    decimals : int
        Digits after the point.

    Returns
    -------
    decimal.Decimal
        The rounded figure.

    Examples
    --------
    >>> half_up(0.125, 2), half_up(0, 1)
    (Decimal('0.13'), Decimal('0.0'))
    """
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
