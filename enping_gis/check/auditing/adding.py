"""Add parts up, compare them with their total, and find the slip that explains a difference."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from enping_gis._resources import shipped_json
from enping_gis.check.auditing.formulas import shown
from enping_gis.check.records.pairs import Interval, interval, step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enping_gis.intake.tables.figures import Figure

# More parts than these are not written out.
_PARTS_SHOWN = 8
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


class SumVerdict(NamedTuple):
    """
    What is to be said of parts and their total.

    Parameters
    ----------
    verdict : {"ok", "wrong"}
        Whether they can belong together.
    case : {"", "rounding", "unit", "transposed", "left_out", "twice", "total"}
        What explains a difference: rounding of the parts, a total in another unit, two digits
        exchanged, a part left out or counted twice; else only the sum is known.
    suggestion : decimal.Decimal or None
        What the figure at fault was probably meant to be.
    part : int or None
        Which part is at fault; None for the total.
    """

    verdict: str
    case: str = ""
    suggestion: Decimal | None = None
    part: int | None = None


def sum_verdict(parts: Sequence[Figure], total: Figure, *, exact: bool = False) -> SumVerdict:
    """
    Tell whether parts add up to their total.

    Printed parts have to add up to the printed total, as national practice has it. Figures
    with fewer decimals than the finest one stand for half a unit of their last digit to both
    sides; wording such as ``约`` widens a figure.

    Parameters
    ----------
    parts : sequence of Figure
        The parts, all in one unit.
    total : Figure
        Their total, in that unit.
    exact : bool
        Plain figures stand for themselves, however few decimals they have: numbers that a
        workbook stores.

    Returns
    -------
    SumVerdict
        With what explains a difference.

    Examples
    --------
    >>> from enping_gis.intake.tables.figures import Figure
    >>> several = [Figure(Decimal(each), "mu") for each in ("103.12", "162.49", "150")]
    >>> sum_verdict(several, Figure(Decimal("415.61"), "mu")).verdict
    'ok'
    >>> sum_verdict(several[:2], Figure(Decimal("256.61"), "mu"))[1:3]
    ('transposed', Decimal('265.61'))
    >>> rough = [Figure(Decimal("100.25")), Figure(Decimal(50))], Figure(Decimal("150.75"))
    >>> sum_verdict(*rough).verdict, sum_verdict(*rough, exact=True).suggestion
    ('ok', Decimal('150.25'))
    >>> sum_verdict([], Figure(Decimal(0), "mu")).verdict
    'ok'
    """
    if not parts or added(parts) == _value(total):
        return SumVerdict("ok")
    exchanged = _transposed(parts, total)
    if not exact and _adds_up(parts, total) and (exchanged is None or _are_vague([*parts, total])):
        return SumVerdict("ok")
    for found in (exchanged, _rounding(parts, total), _unit(parts, total)):
        if found is not None:
            return found
    own, whole = _value(total), added(parts)
    for case, goal in (("left_out", whole - own), ("twice", own - whole)):
        fits = [place for place, part in enumerate(parts) if _value(part) == goal]
        if len(fits) == 1 and goal:
            return SumVerdict("wrong", case, whole, fits[0])
    return SumVerdict("wrong", "total", whole)


def exceeds(parts: Sequence[Figure], total: Figure) -> bool:
    """
    Tell whether parts are more than what they are part of.

    Parameters
    ----------
    parts : sequence of Figure
        Some of the parts, all in one unit.
    total : Figure
        The whole, in that unit.

    Returns
    -------
    bool
        Also true of a single part that is larger; the last digits are given the benefit.

    Examples
    --------
    >>> from enping_gis.intake.tables.figures import Figure
    >>> exceeds([Figure(Decimal(9), "ha")], Figure(Decimal(8), "ha"))
    True
    >>> exceeds([], Figure(Decimal(8), "ha"))
    False
    """
    low = sum((_slack(each, _finest([*parts, total])).low for each in parts), Fraction(0))
    return low > _slack(total, _finest([*parts, total])).high


def added(parts: Sequence[Figure]) -> Decimal:
    """
    Add figures up.

    Parameters
    ----------
    parts : sequence of Figure
        The figures.

    Returns
    -------
    decimal.Decimal
        Their sum, exact.

    Examples
    --------
    >>> added([])
    Decimal('0')
    """
    return sum((_value(each) for each in parts), Decimal(0))


def addition(parts: Sequence[Figure], total: Figure, sign: str = "") -> str:
    """
    Write the addition down.

    Parameters
    ----------
    parts : sequence of Figure
        The parts.
    total : Figure
        The total as printed.
    sign : str
        What stands between sum and total where they differ.

    Returns
    -------
    str
        Such as ``"80 + 30 = 110 ≠ 119"``.

    Examples
    --------
    >>> from enping_gis.intake.tables.figures import Figure
    >>> addition([Figure(Decimal(80)), Figure(Decimal(30))], Figure(Decimal(119)), "<")
    '80 + 30 = 110 < 119'
    """
    written = [shown(_value(each)) for each in parts]
    if len(written) > _PARTS_SHOWN:
        written = [*written[: _PARTS_SHOWN - 2], _ELLIPSIS, written[-1]]
    whole = added(parts)
    left = " + ".join(written) + (f" = {shown(whole)}" if len(parts) > 1 else "")
    if whole == _value(total):
        return left if len(parts) > 1 else f"{left} = {shown(_value(total))}"
    return f"{left} {sign or chr(0x2260)} {shown(_value(total))}"


def _value(figure: Figure) -> Decimal:
    return Decimal(0) if figure.value is None else figure.value


def _finest(figures: Sequence[Figure]) -> Fraction:
    return min(step(_value(each)) for each in figures)


def _slack(figure: Figure, finest: Fraction) -> Interval:
    """Return what a figure stands for in a sum: a plain one of the finest digit is exact."""
    exact = Fraction(_value(figure))
    plain = not figure.qualifier and step(_value(figure)) <= finest
    return Interval(exact, exact) if plain else interval(figure)


def _adds_up(parts: Sequence[Figure], total: Figure) -> bool:
    finest = _finest([*parts, total])
    several = [_slack(each, finest) for each in parts]
    whole = Interval(
        sum((each.low for each in several), Fraction(0)),
        sum((each.high for each in several), Fraction(0)),
    )
    return whole.meets(_slack(total, finest))


def _are_vague(figures: Sequence[Figure]) -> bool:
    return any(each.qualifier for each in figures)


def _rounding(parts: Sequence[Figure], total: Figure) -> SumVerdict | None:
    """Explain a difference that half a unit of the last digit of each figure covers."""
    several = [interval(each) for each in parts]
    low = sum((each.low for each in several), Fraction(0))
    high = sum((each.high for each in several), Fraction(0))
    # Whole counts are never rounded.
    if step(_value(total)) == 1 or not Interval(low, high).meets(interval(total)):
        return None
    return SumVerdict("wrong", "rounding", added(parts))


def _unit(parts: Sequence[Figure], total: Figure) -> SumVerdict | None:
    """Explain a total that is given in another unit of area than the parts."""
    units = shipped_json("tables.json")["units"]
    if units.get(total.unit, {}).get("of") != "m2":
        return None
    whole = replace(total, value=added(parts))
    for unit in ("ha", "mu", "m2"):
        if unit != total.unit and interval(replace(total, unit=unit), "m2").meets(
            interval(whole, "m2")
        ):
            return SumVerdict("wrong", "unit", added(parts))
    return None


def _transposed(parts: Sequence[Figure], total: Figure) -> SumVerdict | None:
    """Explain a difference by two neighbouring digits exchanged in one figure."""
    whole, own = added(parts), _value(total)
    # The total is looked at first: nobody adds it up again, whereas parts come from files.
    for value in _exchanged(own):
        if value == whole:
            return SumVerdict("wrong", "transposed", value)
    found = [
        SumVerdict("wrong", "transposed", value, place)
        for place, part in enumerate(parts)
        for value in _exchanged(_value(part))
        if whole - _value(part) + value == own
    ]
    return found[0] if len(found) == 1 else None


def _exchanged(value: Decimal) -> Iterator[Decimal]:
    sign, digits, exponent = value.as_tuple()
    for place, (one, following) in enumerate(pairwise(digits)):
        if one != following and isinstance(exponent, int):
            swapped = (*digits[:place], following, one, *digits[place + 2 :])
            yield Decimal((sign, swapped, exponent))
