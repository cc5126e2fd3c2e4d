"""Read figures and ids from cells of tables, and add areas up as they are printed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from enping_gis.schema import LIST_SEPARATOR
from enping_gis.units import MU, balance

if TYPE_CHECKING:
    from collections.abc import Iterable


def ids(joined: object) -> tuple[str, ...]:
    """
    Split the ids that a cell lists.

    Parameters
    ----------
    joined : object
        Ids with `LIST_SEPARATOR` between them; what is no text lists none.

    Returns
    -------
    tuple of str
        The ids.

    Examples
    --------
    >>> ids("EP001;EP002"), ids(None)
    (('EP001', 'EP002'), ())
    """
    if not isinstance(joined, str):
        return ()
    return tuple(each for each in joined.split(LIST_SEPARATOR) if each)


def known(value: object) -> Decimal | None:
    """
    Return a printed figure, None where it is missing.

    Parameters
    ----------
    value : object
        A decimal, or NaN.

    Returns
    -------
    decimal.Decimal or None
        The figure.

    Examples
    --------
    >>> known(Decimal("1.50")), known(float("nan"))
    (Decimal('1.50'), None)
    """
    return value if isinstance(value, Decimal) else None


def added(areas_m2: Iterable[tuple[str, float]]) -> dict[str, Decimal]:
    """
    Add up areas by key and print them so that they add up.

    Parameters
    ----------
    areas_m2 : iterable of (str, float)
        Keys with areas in m2.

    Returns
    -------
    dict of str to decimal.Decimal
        Mu by key, in the order in which keys came.

    Examples
    --------
    >>> added([("a", 1000.0), ("a", 500.0)]), added([])
    ({'a': Decimal('2.25')}, {})
    """
    sums: dict[str, Fraction] = {}
    for key, area_m2 in areas_m2:
        sums[key] = sums.get(key, Fraction(0)) + Fraction(area_m2)
    return balance(sums, MU)
