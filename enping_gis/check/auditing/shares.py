"""Test shares by themselves: none is over 100 %, and those of one whole add up to it."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from enping_gis.check.auditing.claims import Claim
from enping_gis.check.auditing.formulas import shown
from enping_gis.check.auditing.words import any_of, words
from enping_gis.check.records.pairs import Interval, interval, step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enping_gis.check.auditing.quantities import Quantity, Reading
    from enping_gis.intake.tables.figures import Figure

_WHOLE = 100
_LEAST_SHARES = 2
# A word for a share stands at most so many signs before its figure.
_NEAR = 20


def percent_interval(percent: Figure) -> Interval:
    """
    Return which ratios are printed as a percentage.

    Parameters
    ----------
    percent : Figure
        As printed.

    Returns
    -------
    Interval
        As a share of one; printed figures are rounded, or cut as press offices do. Wording
        such as ``近`` or ``超过`` widens it.

    Examples
    --------
    >>> from enping_gis.intake.tables.figures import Figure
    >>> [float(end) for end in percent_interval(Figure(Decimal(158), "%"))]
    [1.575, 1.59]
    """
    value = Decimal(0) if percent.value is None else percent.value
    wide = interval(percent)
    cut = Fraction(value) + step(value)
    return Interval(wide.low / _WHOLE, max(wide.high, cut) / _WHOLE)


def excess(reading: Reading, percent: Quantity) -> Claim | None:
    """
    Find a share of more than everything.

    Parameters
    ----------
    reading : Reading
        The text.
    percent : Quantity
        A percentage in it.

    Returns
    -------
    Claim or None
        None where it is no share, or can be one.

    Examples
    --------
    >>> from enping_gis.check.auditing.quantities import Reading
    >>> said = Reading("土地利用率达120%")
    >>> excess(said, said.quantities[0]).verdict
    'impossible'
    >>> grown = Reading("增长120%")
    >>> excess(grown, grown.quantities[0]) is None
    True
    """
    if percent_interval(percent.figure).low <= 1:
        return None
    start = max(reading.sentence(percent.start)[0], percent.start - _NEAR)
    found = _share_pattern().search(reading.plain, start, percent.start)
    if found is None:
        return None
    written = " ".join(reading.text[found.start() : percent.end].split())
    return Claim(
        "percentage", written, f"{shown(percent.value)} % > 100 %", "impossible", "",
        "audit_percentage_over", place=found.start(), line=reading.line(found.start()),
    )  # fmt: skip


def shares_added(reading: Reading) -> Iterator[Claim]:
    """
    Add up the shares of one whole.

    Parameters
    ----------
    reading : Reading
        The text.

    Yields
    ------
    Claim
        One for each list of shares that 其他 or the like closes, or that 分别占 begins.

    Examples
    --------
    >>> from enping_gis.check.auditing.quantities import Reading
    >>> said = Reading("工业用地占60%，商业用地占30%，其他占20%。")
    >>> [(each.values, each.suggestion) for each in shares_added(said)]
    [('60 + 30 + 20 = 110 % ≠ 100 %', '10%')]
    >>> list(shares_added(Reading("")))
    []
    """
    percents = [each for each in reading.quantities if each.kind == "percent"]
    place = 0
    while place < len(percents):
        group = [percents[place]]
        for each in percents[place + 1 :]:
            if not _goes_on(reading, group, each):
                break
            group.append(each)
        place += len(group)
        closed = _is_rest(reading, group)
        if len(group) >= _LEAST_SHARES and (closed or _is_divided(reading, group[0])):
            yield from _added(reading, group, closed=closed)


def _goes_on(reading: Reading, group: Sequence[Quantity], following: Quantity) -> bool:
    last = group[-1]
    if last.upper is not None or following.upper is not None:
        return False
    between = reading.plain[last.end : following.start]
    if _is_divided(reading, group[0]):
        return re.fullmatch(any_of(words("list_marks")), between.strip()) is not None
    return len(between) <= 2 * _NEAR and _next_pattern().fullmatch(between) is not None


def _is_rest(reading: Reading, group: Sequence[Quantity]) -> bool:
    """Tell whether the last share of a list is what is left, and the first one a share too."""
    if len(group) < _LEAST_SHARES:
        return False
    first, last = group[0], group[-1]
    said = reading.plain[group[-2].end : last.start]
    begin = reading.plain[max(0, first.start - _NEAR) : first.start]
    return (
        re.search(any_of(words("the_rest"), words("others")), said) is not None
        and _begin_pattern().search(begin) is not None
    )


def _is_divided(reading: Reading, first: Quantity) -> bool:
    before = reading.plain[max(0, first.start - _NEAR) : first.start]
    return _divided_pattern().search(before) is not None


def _added(reading: Reading, group: Sequence[Quantity], *, closed: bool) -> Iterator[Claim]:
    several = [percent_interval(each.figure) for each in group]
    low, high = (sum((each[end] for each in several), Fraction(0)) for end in (0, 1))
    start, end = group[0].start, group[-1].end
    written = " ".join(reading.text[start:end].split())
    whole = sum((each.value for each in group), Decimal(0))
    values = f"{' + '.join(shown(each.value) for each in group)} = {shown(whole)} %"
    line = reading.line(start)
    if low <= 1 and (high >= 1 or not closed):
        yield Claim("percentage", written, values, place=start, line=line)
        return
    rest = _WHOLE - whole + group[-1].value
    suggestion = f"{shown(rest)}%" if closed and rest > 0 else ""
    yield Claim(
        "percentage", written, f"{values} {chr(0x2260)} 100 %", "wrong", suggestion,
        "audit_percentage_sum", place=start, line=line, said={"sum": f"{shown(whole)}%"},
    )  # fmt: skip


@cache
def _share_pattern() -> re.Pattern[str]:
    share = any_of(words("share_words"), words("share_rates"))
    return re.compile(rf"{share}(?:\s|{any_of(words('amounts_to'))})*+$")


@cache
def _begin_pattern() -> re.Pattern[str]:
    return re.compile(rf"{any_of(words('share_words'))}(?:\s|{any_of(words('amounts_to'))})*+$")


@cache
def _next_pattern() -> re.Pattern[str]:
    """Find a clause of a word and a share, and nothing more: ，商业用地占."""
    share, amounts = any_of(words("share_words")), any_of(words("amounts_to"))
    return re.compile(
        rf"\s*[,;\uff0c\uff1b\u3001]\s*[^0-9,;\uff0c\uff1b\u3001\u3002]*?{share}"
        rf"(?:\s|{amounts})*+"
    )


@cache
def _divided_pattern() -> re.Pattern[str]:
    share, apiece = any_of(words("share_words")), any_of(words("apiece"))
    amounts = any_of(words("amounts_to"))
    return re.compile(
        rf"(?:{apiece}{share}|{share}{apiece})[^0-9,;\uff0c\uff1b\u3002]{{0,12}}"
        rf"(?:\s|{amounts})*+$"
    )
