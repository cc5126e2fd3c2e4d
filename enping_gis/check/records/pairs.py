"""Tell whether two printed figures say the same area, and what explains it where they do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from enping_gis._resources import shipped_json
from enping_gis.intake.tables.figures import Figure, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

# What explains a figure that does not fit; ``audit.case.<case>`` are the messages.
Case = Literal["", "unit", "transposed", "shifted", "digit", "converted"]
_SHIFTS = (Fraction(10), Fraction(1, 10), Fraction(100), Fraction(1, 100))
_MU = frozenset({"mu", "wan_mu"})


class Interval(NamedTuple):
    """
    What a printed figure may stand for, ends included.

    Parameters
    ----------
    low, high : fractions.Fraction
        The ends, in the unit asked for.
    """

    low: Fraction
    high: Fraction

    def meets(self, other: Interval) -> bool:
        """
        Tell whether some value lies in both.

        Parameters
        ----------
        other : Interval
            Another interval in the same unit.

        Returns
        -------
        bool
            True also where they have one end in common.

        Examples
        --------
        >>> Interval(Fraction(0), Fraction(1)).meets(Interval(Fraction(1), Fraction(2)))
        True
        """
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class PairVerdict:
    """
    What is to be said of two figures for one area.

    Parameters
    ----------
    verdict : {"ok", "wrong"}
        Whether some area is printed as both.
    suggestion : str
        The figure that was probably meant, digits only; empty where they agree.
    unit : str
        Unit of `suggestion`: that of the figure it stands for, such as ``"ha"``.
    case : {"", "unit", "transposed", "shifted", "digit", "converted"}
        What explains the failure: a figure in another unit, two digits exchanged, the point
        in another place, one digit; else the figure is converted from the other.
    other, other_unit : str
        The other figure corrected in the same way, where that explains it as well.

    Examples
    --------
    >>> pair_verdict("537.72", "8605.84")
    PairVerdict(verdict='wrong', suggestion='573.72', unit='ha', case='transposed', \
other='8065.84', other_unit='mu')
    """

    verdict: Literal["ok", "wrong"]
    suggestion: str = ""
    unit: str = ""
    case: Case = ""
    other: str = ""
    other_unit: str = ""


def pair_verdict(ha: object, mu: object) -> PairVerdict | None:
    """
    Tell whether an area in hectares and one in mu are the same.

    Parameters
    ----------
    ha, mu : object
        Figures as printed: the number of decimals counts, so text is best; ``约``, ``近``,
        ``超过`` and the like widen a figure; a unit in the text counts before the column's.

    Returns
    -------
    PairVerdict or None
        None where one of them is blank, not understood, or no area.

    Examples
    --------
    >>> pair_verdict("约20.6", "308.93").verdict, pair_verdict("133", "2000").verdict
    ('ok', 'ok')
    >>> pair_verdict("15", "1").suggestion, pair_verdict("", "1")
    ('0.07', None)
    """
    first, second = figure(ha), figure(mu)
    if first is None or second is None:
        return None
    first, second = first.taken_as("ha"), second.taken_as("mu")
    if first.in_unit("m2") is None or second.in_unit("m2") is None:
        return None
    return agreement(first, second)


@lru_cache(maxsize=4096)
def agreement(first: Figure, second: Figure) -> PairVerdict:
    """
    Tell whether two figures say the same area.

    The intervals of what they may stand for must meet: half a unit of the last printed
    digit to both sides, more where the wording widens it.

    Parameters
    ----------
    first, second : Figure
        Areas, each with its unit.

    Returns
    -------
    PairVerdict
        With what explains it where they do not agree. Figures in mu are taken for the ones
        that were measured, others for derived from them, and so are corrected first.

    Examples
    --------
    >>> agreement(Figure(Decimal("1.41"), "ha"), Figure(Decimal("21.22"), "mu")).verdict
    'ok'
    """
    if _agree(first, second):
        return PairVerdict("ok")
    derived, kept = (second, first) if first.unit in _MU else (first, second)
    for case, candidates in _EXPLANATIONS:
        fits = _fitting(candidates(derived), kept)
        others = _fitting(candidates(kept), derived)
        if len(fits) == 1:
            other = others[0] if len(others) == 1 else None
            return _explained(case, fits[0], other)
        # A slip that explains either figure in several ways explains nothing.
        if not fits and len(others) == 1:
            return _explained(case, others[0], None)
    return _explained("converted", _converted(kept, derived), _converted(derived, kept))


def interval(figure: Figure, unit: str = "") -> Interval:
    """
    Return what a printed figure may stand for.

    Parameters
    ----------
    figure : Figure
        The figure; the number of its decimals counts.
    unit : str
        Unit of the result, of the same kind; by default its own.

    Returns
    -------
    Interval
        Half a unit of the last digit to both sides. Where the wording widens it (``约`` to
        both sides, ``近`` and ``不超过`` downwards, ``超过`` and ``多`` upwards), half a unit
        of the last digit that is not zero or that stands after the point, at most 5 % and at
        least one unit of the last digit: ``figures.json`` has these numbers and their source.

    Raises
    ------
    ValueError
        The figure has no value, or `unit` is of another kind.

    Examples
    --------
    >>> [float(end) for end in interval(Figure(Decimal("20.6"), "ha", "about"))]
    [20.5, 20.7]
    >>> [float(end) for end in interval(Figure(Decimal(3000), "mu"), "ha")]
    [199.96666666666667, 200.03333333333333]
    """
    if figure.value is None:
        msg = "a blank figure stands for no interval"
        raise ValueError(msg)
    size = _size(figure.unit, unit or figure.unit)
    if size is None:
        msg = f"unit {figure.unit!r} is of another kind than {unit!r}"
        raise ValueError(msg)
    value, half = Fraction(figure.value), step(figure.value) / 2
    width = shipped_json("check/records/figures.json")["widths"][figure.qualifier]
    wide = _wide(figure.value) if any(width.values()) else half
    below, above = (wide if width[side] else half for side in ("below", "above"))
    return Interval((value - below) * size, (value + above) * size)


def step(value: Decimal) -> Fraction:
    """
    Return one unit of the last printed digit.

    Parameters
    ----------
    value : decimal.Decimal
        A figure as printed.

    Returns
    -------
    fractions.Fraction
        Such as 1/100 for 537.72; 1 for 3000.

    Examples
    --------
    >>> step(Decimal("537.72")), step(Decimal(0))
    (Fraction(1, 100), Fraction(1, 1))
    """
    return _power(_exponent(value))


@cache
def _power(exponent: int) -> Fraction:
    return Fraction(10) ** exponent


@cache
def _size(unit: str, wanted: str) -> Fraction | None:
    """Return how many units of another kind one unit is, None where there is no such number."""
    return Fraction(1) if unit == wanted else Figure(Decimal(1), unit).in_unit(wanted)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _wide(value: Decimal) -> Fraction:
    """Return how far a figure reaches that is said to be about, nearly or over."""
    last = step(value)
    # Zeros after the point are printed because they count; those before it may be rounded.
    told = _power(_exponent(value.normalize())) if value and last >= 1 else last
    return max(last, min(told / 2, abs(Fraction(value)) * _width_share()))


@cache
def _width_share() -> Fraction:
    return Fraction(shipped_json("check/records/figures.json")["width_share"]["value"])


def _agree(first: Figure, second: Figure) -> bool:
    return interval(first, "m2").meets(interval(second, "m2"))


def _fitting(candidates: Iterator[Figure], kept: Figure) -> list[Figure]:
    goal = interval(kept, "m2")
    found = {each.value: each for each in candidates if interval(each, "m2").meets(goal)}
    return list(found.values())


def _explained(case: Case, one: Figure, other: Figure | None) -> PairVerdict:
    meant = ("", "") if other is None else (f"{other.value:f}", other.unit)
    return PairVerdict("wrong", f"{one.value:f}", one.unit, case, *meant)


def _in_other_units(given: Figure) -> Iterator[Figure]:
    """Yield what the figure is where its number is in another unit than it says."""
    decimals = _written_decimals()
    for unit in decimals:
        meant = replace(given, unit=unit).in_unit(given.unit)
        if unit != given.unit and meant is not None:
            digits = max(-_exponent(_value(given)), decimals[given.unit])
            value = _rounded(meant, digits)
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
    for factor in _SHIFTS:
        places = len(str(max(factor, 1 / factor))) - 1
        yield replace(given, value=_value(given).scaleb(places if factor > 1 else -places))


def _with_one_digit_changed(given: Figure) -> Iterator[Figure]:
    """Yield the figure with one digit changed."""
    digits = _value(given).as_tuple().digits
    for n, one in enumerate(digits):
        for digit in range(10):
            if digit != one:
                yield _with_digits(given, (*digits[:n], digit, *digits[n + 1 :]))


def _with_digits(given: Figure, digits: tuple[int, ...]) -> Figure:
    value = _value(given)
    return replace(given, value=Decimal((value.as_tuple().sign, digits, _exponent(value))))


# In this order: a slip of units is exact and so hardly ever chance, a changed digit explains
# one failure in nine.
_EXPLANATIONS: tuple[tuple[Case, Any], ...] = (
    ("unit", _in_other_units),
    ("transposed", _transposed),
    ("shifted", _shifted),
    ("digit", _with_one_digit_changed),
)


def _converted(kept: Figure, derived: Figure) -> Figure:
    meant = kept.in_unit(derived.unit)
    decimals = max(-_exponent(_value(derived)), min(2, _written_decimals()[derived.unit]))
    return replace(derived, value=_rounded(meant or Fraction(0), decimals), qualifier="")


@cache
def _written_decimals() -> dict[str, int]:
    decimals: dict[str, int] = shipped_json("check/records/figures.json")["written_decimals"]
    return decimals


def _rounded(value: Fraction, decimals: int) -> Decimal:
    whole = value * 10**decimals
    units = (Decimal(whole.numerator) / Decimal(whole.denominator)).quantize(
        Decimal(1), rounding=ROUND_HALF_UP
    )
    return units.scaleb(-decimals)


def _value(figure: Figure) -> Decimal:
    return Decimal(0) if figure.value is None else figure.value
