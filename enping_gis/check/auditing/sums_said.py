"""Find totals and their parts in running text, and add them up."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.check.auditing.adding import (
    SumVerdict,
    added,
    addition,
    exceeds,
    sum_verdict,
)
from enping_gis.check.auditing.brackets import brackets_of
from enping_gis.check.auditing.claims import Claim
from enping_gis.check.auditing.words import any_of, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enping_gis.check.auditing.quantities import Quantity, Reading

_LEAST_PARTS = 2
# Between a total and the word that begins its parts stands at most a clause.
_LONGEST_CLAUSE = 30


class _Group(NamedTuple):
    total: Quantity
    parts: list[Quantity]
    exhaustive: bool


def sums_in(reading: Reading) -> Iterator[Claim]:
    """
    Add up the parts that a text gives of a total.

    After 合计, 总计 and the like the parts before must add up to the total. After 其中 parts
    may be left out, so that they only must not exceed it, unless 其余 closes the list or the
    same list adds up in another unit.

    Parameters
    ----------
    reading : Reading
        The text.

    Yields
    ------
    Claim
        One for each total and unit, of kind ``sum``.

    Examples
    --------
    >>> from enping_gis.check.auditing.quantities import Reading
    >>> said = "恩城、沙湖分别盘活103.12亩、162.49亩，合计256.61亩。"
    >>> [(each.values, each.suggestion) for each in sums_in(Reading(said))]
    [('103.12 + 162.49 = 265.61 ≠ 256.61', '265.61亩')]
    >>> list(sums_in(Reading("")))
    []
    """
    if not reading.quantities:
        return
    brackets = brackets_of(reading)
    by_bracket: dict[int, list[re.Match[str]]] = {}
    for found in _trigger_pattern().finditer(reading.plain):
        by_bracket.setdefault(brackets.around(found.start()), []).append(found)
    for bracket, triggers in by_bracket.items():
        yield from _in_bracket(reading, bracket, triggers)


def _in_bracket(reading: Reading, bracket: int, triggers: list[re.Match[str]]) -> Iterator[Claim]:
    """Add up what stands in one bracket, or outside all; a bracket in it is an aside."""
    first, last = brackets_of(reading).span(bracket)
    for place, found in enumerate(triggers):
        since = triggers[place - 1].end() if place else first
        until = triggers[place + 1].start() if place + 1 < len(triggers) else last
        if found["altogether"]:
            groups = list(_before(reading, found, since))
        else:
            groups = list(_after(reading, found, until))
        # A list that is complete in one unit is complete in the others.
        complete = any(
            len(each.parts) >= _LEAST_PARTS and _verdict(each).verdict == "ok"
            and not _is_less(each) for each in groups
        )  # fmt: skip
        for each in groups:
            yield from _claims(reading, each, exhaustive=each.exhaustive or complete)


def _before(reading: Reading, found: re.Match[str], since: int) -> Iterator[_Group]:
    """Yield the parts that stand before a word such as 合计, with the total after it."""
    start, end = reading.sentence(found.start())
    since = max(start, since)
    totals = _head(reading, reading.within(found.end(), min(end, found.end() + _LONGEST_CLAUSE)))
    known = _beside(reading, found, since, found.start())
    if not totals or not known:
        return
    # What is said of the whole county is not said of the parts before.
    if re.search(any_of(words("wider")), reading.plain[known[-1].end : totals[0].start]):
        return
    for total in totals:
        parts = [each for each in known if each.unit == total.unit]
        if len(parts) >= _LEAST_PARTS:
            yield _Group(total, parts, exhaustive=True)


def _after(reading: Reading, found: re.Match[str], until: int) -> Iterator[_Group]:
    """Yield the total that stands before a word such as 其中, with the parts after it."""
    start, end = reading.sentence(found.start())
    end = min(end, until)
    near = reading.within(max(start, found.start() - _LONGEST_CLAUSE), found.start())
    totals = _tail(reading, near)
    known = _beside(reading, found, found.end(), end)
    for total in totals:
        parts = [each for each in known if each.unit == total.unit]
        if _overlap(reading, found, parts):
            yield from (_Group(total, [each], exhaustive=False) for each in parts)
        elif parts:
            yield _Group(total, parts, _is_complete(reading, found, total, parts))


def _overlap(reading: Reading, found: re.Match[str], parts: list[Quantity]) -> bool:
    """Tell whether parts are classes that hold each other: 亿元以上, 5亿元以上."""
    starts = [found.end(), *(each.end for each in parts)]
    leads = [reading.plain[start : each.start] for start, each in zip(starts, parts, strict=False)]
    word = re.compile(any_of(words("overlapping")))
    return sum(word.search(lead) is not None for lead in leads) >= _LEAST_PARTS


def _is_complete(
    reading: Reading, found: re.Match[str], total: Quantity, parts: list[Quantity]
) -> bool:
    """Tell whether a list names all parts: by its word, or because it ends with the rest."""
    if found["divided"]:
        return True
    if found["colon"]:
        before = reading.plain[max(0, total.start - _LONGEST_CLAUSE) : total.start].rstrip()
        return before.endswith(tuple(words("in_all")))
    rest = re.search(any_of(words("the_rest")), reading.plain[found.end() : parts[-1].start])
    return rest is not None


def _claims(reading: Reading, group: _Group, *, exhaustive: bool) -> Iterator[Claim]:
    figures = [each.figure for each in group.parts]
    less = _is_less(group)
    if len(figures) < _LEAST_PARTS and not exceeds(figures, group.total.figure):
        return
    said = _verdict(group)
    first = min(group.total.start, group.parts[0].start)
    last = max(group.total.end, group.parts[-1].end)
    written = " ".join(reading.text[first:last].split())
    line = reading.line(first)
    if said.verdict == "ok" or (less and not exhaustive):
        values = _addition(group, "<" if less else "≈")
        yield Claim("sum", written, values, place=first, line=line)
        return
    rule = "audit_sum_exceeded" if not exhaustive else f"audit_sum_{said.case}"
    part = "" if said.part is None else _said(group.parts[said.part])
    suggestion = "" if said.suggestion is None else group.total.written(said.suggestion)
    yield Claim(
        "sum", written, _addition(group), "wrong", suggestion, rule,
        "warning" if said.case == "rounding" else "error", first, line,
        said={"sum": group.total.written(added(figures)), "total": _said(group.total),
              "part": part},
    )  # fmt: skip


def _addition(group: _Group, sign: str = "") -> str:
    """Write the addition in the unit that is printed, where it is one for all."""
    several = [*group.parts, group.total]
    figures = [each.figure for each in several]
    if len({each.times for each in several}) == 1:
        figures = [replace(each.figure, value=each.printed) for each in several]
    return addition(figures[:-1], figures[-1], sign)


def _said(quantity: Quantity) -> str:
    return quantity.written(quantity.value)


def _verdict(group: _Group) -> SumVerdict:
    return sum_verdict([each.figure for each in group.parts], group.total.figure)


def _is_less(group: _Group) -> bool:
    parts = [each.figure for each in group.parts]
    return _verdict(group).verdict != "ok" and added(parts) < group.total.value


def _head(reading: Reading, several: Iterable[Quantity]) -> list[Quantity]:
    """Return the quantities that say one total: 119宗537.72公顷(8605.84亩)."""
    group: list[Quantity] = []
    for each in several:
        if each.kind == "percent" or each.upper is not None:
            break
        if group and (_stop_pattern().search(reading.between(group[-1], each))
                      or any(each.unit == one.unit for one in group)):  # fmt: skip
            break
        group.append(each)
    return group


def _tail(reading: Reading, several: Iterable[Quantity]) -> list[Quantity]:
    """Return the quantities that say one total, at the end of a stretch of text."""
    group: list[Quantity] = []
    for each in reversed(list(several)):
        if each.kind == "percent" or each.upper is not None:
            break
        if group and (_stop_pattern().search(reading.between(each, group[0]))
                      or any(each.unit == one.unit for one in group)):  # fmt: skip
            break
        group.insert(0, each)
    return group


def _beside(reading: Reading, found: re.Match[str], start: int, end: int) -> list[Quantity]:
    """Leave out what brackets add, except a bracket that holds nothing but figures."""
    brackets = brackets_of(reading)
    own = brackets.around(found.start())
    return [
        each
        for each in reading.within(start, end)
        if each.upper is None
        and (brackets.around(each.start) == own or _says_the_same(reading, each, own))
    ]


def _says_the_same(reading: Reading, quantity: Quantity, own: int) -> bool:
    """Tell whether the bracket around a quantity holds nothing before it but figures."""
    brackets = brackets_of(reading)
    opening = brackets.around(quantity.start)
    if opening < 0 or brackets.around(opening) != own:
        return False
    place = opening + 1
    for each in (*reading.within(place, quantity.start), quantity):
        between = "".join(reading.plain[place : each.start].split())
        if not _between_figures_pattern().fullmatch(between):
            return False
        place = each.end
    return True


@cache
def _trigger_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<altogether>{any_of(words('altogether'))})|(?P<divided>{any_of(words('divided_into'))})"
        rf"|{any_of(words('of_which'), words('made_up_of'))}\s*+{any_of(words('colons'))}?"
        rf"|(?P<colon>{any_of(words('colons'))})"
    )


@cache
def _between_figures_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:[,;\uff0c\uff1b\u3001]|{any_of(words('means_the_same'))})*+")


@cache
def _stop_pattern() -> re.Pattern[str]:
    return re.compile(r"[,;:\uff0c\uff1b\uff1a\u3002]")
