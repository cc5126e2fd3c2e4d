"""Print differences so that they add up to the difference of the printed totals."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from enping_gis.units import MU, dealt, nearest_whole

if TYPE_CHECKING:
    from collections.abc import Sequence


def levelled(
    deltas_m2: Sequence[Fraction], groups: Sequence[str], before_m2: Fraction
) -> list[Decimal]:
    """
    Print what areas changed by, in mu.

    The sum is the printed total afterwards minus the printed total before. It is rounded down
    or up from the exact one, and so is every group and every part (Hamilton's method on
    integers, from the outside inwards), so that none moves by a whole unit of its last digit.

    Parameters
    ----------
    deltas_m2 : sequence of fractions.Fraction
        What each part changed by, m2, with its sign.
    groups : sequence of str
        The group of each part.
    before_m2 : fractions.Fraction
        The total before, m2.

    Returns
    -------
    list of decimal.Decimal
        The differences as printed, in their order.

    Examples
    --------
    >>> mu = Fraction(2000, 3)
    >>> figures = levelled([mu / 3, mu / 3, -mu / 3], ["a", "a", "b"], mu)
    >>> [str(figure) for figure in figures]
    ['0.34', '0.33', '-0.34']
    >>> levelled([], [], mu)
    []
    """
    exact = [_units(delta_m2) for delta_m2 in deltas_m2]
    whole = sum(exact, Fraction(0))
    total = nearest_whole(_units(before_m2) + whole) - nearest_whole(_units(before_m2))
    members: defaultdict[str, dict[tuple[object, ...], Fraction]] = defaultdict(dict)
    for number, (group, each) in enumerate(zip(groups, exact, strict=True)):
        members[group][(number,)] = each
    sums = {group: sum(parts.values(), Fraction(0)) for group, parts in members.items()}
    units: dict[tuple[object, ...], int] = {}
    for group, level in dealt(sums, total).items():
        units |= dealt(members[group], level)
    return [Decimal(units[(number,)]).scaleb(-MU.decimals) for number in range(len(exact))]


def _units(area_m2: Fraction) -> Fraction:
    """Return an area in units of the last printed digit."""
    return area_m2 / MU.m2 * 10**MU.decimals
