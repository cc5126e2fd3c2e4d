"""Tell whether two printed figures say the same area, and what explains it where they do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from enping_gis._resources import shipped_json
from enping_gis.check.records.slips import SLIPS, converted, exponent, rounded
from enping_gis.intake.tables.figures import Figure, figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enping_gis.check.records.slips import Case

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
    first, second = (placed(cell, figure(cell)) for cell in (ha, mu))
    if first is None or second is None:
        return None
    first, second = first.taken_as("ha"), second.taken_as("mu")
    if first.in_unit("m2") is None or second.in_unit("m2") is None:
        return None
    return agreement(first, second)


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
    # Equal numbers with other decimals are other figures.
    ends = (0 if each.value is None else exponent(each.value) for each in (first, second))
    return _agreement(first, second, *ends)


@lru_cache(maxsize=4096)
def _agreement(first: Figure, second: Figure, *ends: int) -> PairVerdict:
    del ends
    if _agree(first, second):
        return PairVerdict("ok")
    derived, kept = (second, first) if first.unit in _MU else (first, second)
    # A figure that is the other one converted, to its last digit, is hardly ever chance.
    for is_fit in (_is_exact, _agree):
        for case, slips in SLIPS:
            fits = _fitting(slips(derived), kept, is_fit)
            others = _fitting(slips(kept), derived, is_fit)
            if len(fits) == 1:
                other = others or _fitting(slips(kept), derived, _agree)
                return _explained(case, fits[0], other[0] if len(other) == 1 else None)
            # A slip that explains either figure in several ways explains nothing.
            if not fits and len(others) == 1:
                # The same slip in the figure that is derived is likelier.
                alike = _fitting(slips(derived), kept, _agree)
                if len(alike) == 1:
                    return _explained(case, alike[0], others[0])
                return _explained(case, others[0], None)
    return _explained("converted", converted(kept, derived), converted(derived, kept))


def placed(cell: object, figure: Figure | None) -> Figure | None:
    """
    Tell figures that go on to the next unit of their last place from those merely exceeded.

    Parameters
    ----------
    cell : object
        What is written, such as ``20余亩`` or ``超过20亩``.
    figure : Figure or None
        What was read of it.

    Returns
    -------
    Figure or None
        The same, with the qualifier ``more`` where 余 or 多 follows the number.

    Examples
    --------
    >>> placed("20余亩", Figure(Decimal(20), "mu", "over")).qualifier
    'more'
    >>> placed("多于20亩", Figure(Decimal(20), "mu", "over")).qualifier, placed("", None)
    ('over', None)
    """
    if figure is None or figure.qualifier != "over" or not isinstance(cell, str):
        return figure
    words = shipped_json("check/records/figures.json")["more_words"]
    first = next((place for place, sign in enumerate(cell) if sign.isdecimal()), 0)
    return (
        replace(figure, qualifier="more") if any(each in cell[first:] for each in words) else figure
    )


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
        After 余 and 多 (qualifier ``more``) a figure reaches to the next unit of the place of
        its last digit that is not zero: 20余 to 30.

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
    >>> [float(end) for end in interval(Figure(Decimal(20), "mu", "more"))]
    [19.5, 30.0]
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
    if figure.qualifier == "more":
        above = max(above, _told(figure.value))
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
    return _power(exponent(value))


@cache
def _power(exponent: int) -> Fraction:
    return Fraction(10) ** exponent


@cache
def _size(unit: str, wanted: str) -> Fraction | None:
    """Return how many units of another kind one unit is, None where there is no such number."""
    return Fraction(1) if unit == wanted else Figure(Decimal(1), unit).in_unit(wanted)


def _wide(value: Decimal) -> Fraction:
    """Return how far a figure reaches that is said to be about, nearly or over."""
    last = step(value)
    return max(last, min(_told(value) / 2, abs(Fraction(value)) * _width_share()))


def _told(value: Decimal) -> Fraction:
    """Return one unit of the last place that says something."""
    last = step(value)
    # Zeros after the point are printed because they count; those before it may be rounded.
    return _power(exponent(value.normalize())) if value and last >= 1 else last


@cache
def _width_share() -> Fraction:
    return Fraction(shipped_json("check/records/figures.json")["width_share"]["value"])


def _agree(first: Figure, second: Figure) -> bool:
    return interval(first, "m2").meets(interval(second, "m2"))


def _is_exact(one: Figure, other: Figure) -> bool:
    """Tell whether a figure is the other one converted and rounded half up to its digits."""
    meant = other.in_unit(one.unit)
    if meant is None or one.value is None:
        return False
    return one.value == rounded(meant, -exponent(one.value))


def _fitting(
    slips: Iterator[Figure], kept: Figure, is_fit: Callable[[Figure, Figure], bool]
) -> list[Figure]:
    return list({each.value: each for each in slips if is_fit(each, kept)}.values())


def _explained(case: Case, one: Figure, other: Figure | None) -> PairVerdict:
    meant = ("", "") if other is None else (f"{other.value:f}", other.unit)
    return PairVerdict("wrong", f"{one.value:f}", one.unit, case, *meant)
