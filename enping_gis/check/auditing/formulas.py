"""Write down computations so that they can be done again by hand."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

_MOST_DECIMALS = 6


def rounded(value: Fraction, decimals: int) -> Decimal:
    """
    Round an exact value half up.

    Parameters
    ----------
    value : fractions.Fraction
        The value.
    decimals : int
        Digits after the point.

    Returns
    -------
    decimal.Decimal
        With these decimals.

    Examples
    --------
    >>> rounded(Fraction(25, 17) * 100, 1), rounded(Fraction(0), 0)
    (Decimal('147.1'), Decimal('0'))
    """
    with localcontext(prec=60):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def decimals_of(value: Decimal) -> int:
    """
    Count the digits after the point.

    Parameters
    ----------
    value : decimal.Decimal
        A number as written.

    Returns
    -------
    int
        0 for a whole number.

    Examples
    --------
    >>> decimals_of(Decimal("8605.84")), decimals_of(Decimal("4E+4"))
    (2, 0)
    """
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def shown(value: Decimal | Fraction) -> str:
    """
    Write a number in full, without zeros that say nothing.

    Parameters
    ----------
    value : decimal.Decimal or fractions.Fraction
        The number; a decimal keeps its decimals.

    Returns
    -------
    str
        Digits; at most six after the point of a fraction.

    Examples
    --------
    >>> shown(Decimal("4E+4")), shown(Fraction(2000, 3)), shown(Fraction(500))
    ('40000', '666.666667', '500')
    """
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = f"{rounded(value, _MOST_DECIMALS):f}"
    return text.rstrip("0").rstrip(".")


def multiplied(left: Decimal, ratio: Fraction, decimals: int) -> str:
    """
    Write down a conversion.

    Parameters
    ----------
    left : decimal.Decimal
        What is converted.
    ratio : fractions.Fraction
        Units of the result in one unit of `left`.
    decimals : int
        Digits after the point of the result.

    Returns
    -------
    str
        Such as ``"8605.84 / 15 = 573.7227"``.

    Examples
    --------
    >>> multiplied(Decimal("8605.84"), Fraction(1, 15), 4), multiplied(Decimal(2), Fraction(15), 0)
    ('8605.84 / 15 = 573.7227', '2 × 15 = 30')
    """
    sign = "\N{MULTIPLICATION SIGN}"
    by = f"{sign} {shown(Fraction(ratio.numerator))}" if ratio.numerator != 1 else ""
    over = f"/ {shown(Fraction(ratio.denominator))}" if ratio.denominator != 1 else ""
    result = shown(rounded(Fraction(left) * ratio, decimals))
    return " ".join(part for part in (shown(left), by, over, "=", result) if part)
