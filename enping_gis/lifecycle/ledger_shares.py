"""Share the figures of a ledger out, to their last digit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from enping_gis.units import HA, M2_PER_HA, M2_PER_MU, as_typed, dealt, nearest_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enping_gis.units import AreaUnit

# A ledger figure with more decimals was computed, not written down.
_MOST_DECIMALS = 6


def in_hectares(shares_mu: Sequence[float], figure_ha: float) -> list[float]:
    """
    Print the shares of a ledger figure in hectares, too, so that either tells the same.

    Parameters
    ----------
    shares_mu : sequence of float
        The shares in mu.
    figure_ha : float
        What the ledger has in hectares for all of them.

    Returns
    -------
    list of float
        In hectares, four decimals. They add up to the ledger's figure; where that is a rough one,
        such as 20.6 for 308.93 mu, to the print of the figure in mu.

    Examples
    --------
    >>> in_hectares([205.95, 102.98], 20.6), in_hectares([], 0.0)
    ([13.73, 6.8653], [])
    >>> sum(in_hectares([5.0, 5.0, 5.0], 1.0))
    1.0
    """
    last_digit = M2_PER_HA / 10**HA.decimals
    exact = {f"{n:06}": as_typed(each) * M2_PER_MU / last_digit for n, each in enumerate(shares_mu)}
    total = nearest_whole(sum(exact.values(), Fraction(0)))
    written = as_typed(figure_ha) * M2_PER_HA / last_digit
    if written.denominator == 1 and abs(written - sum(exact.values())) < 1:
        total = int(written)
    return [float(Decimal(each).scaleb(-HA.decimals)) for each in dealt(exact, total).values()]


def shared_out(figure: float, unit: AreaUnit, weights: Sequence[float]) -> list[float]:
    """
    Share a ledger figure out, so that the shares add up to it to its last digit.

    Parameters
    ----------
    figure : float
        Area in `unit`; NaN is no figure.
    unit : AreaUnit
        Its decimals are the least that shares have; they have those of the figure, up to six.
    weights : sequence of float
        One for each share, in whose proportion; above 0.

    Returns
    -------
    list of float
        The nearest floats to the decimals.

    Examples
    --------
    >>> from enping_gis.units import MU
    >>> shared_out(308.93, MU, [2, 1]), shared_out(0.001, MU, [1, 1])
    ([205.95, 102.98], [0.001, 0.0])
    >>> shared_out(float("nan"), MU, [1, 1])
    [nan, nan]
    """
    if pd.isna(figure):
        return [np.nan] * len(weights)
    written = Decimal(repr(float(figure))).normalize()
    decimals = max(unit.decimals, -int(written.as_tuple().exponent))
    decimals = decimals if decimals <= _MOST_DECIMALS else unit.decimals
    total = nearest_whole(as_typed(float(figure)) * 10**decimals)
    whole = sum(map(Fraction, weights))
    # Keys of one length are dealt with in the order of their numbers.
    exact = {f"{n:06}": total * Fraction(each) / whole for n, each in enumerate(weights)}
    return [float(Decimal(each).scaleb(-decimals)) for each in dealt(exact, total).values()]
