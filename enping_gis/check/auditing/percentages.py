"""Find percentages of targets and shares in running text, and test them against their figures."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.check.auditing.claims import Claim
from enping_gis.check.auditing.formulas import decimals_of, rounded, shown
from enping_gis.check.auditing.percents_said import (
    LONGEST_SENTENCE,
    base,
    done_interval,
    exact_value,
    pair_of,
    said_of,
)
from enping_gis.check.auditing.shares import excess, percent_interval, shares_added
from enping_gis.check.auditing.targets_said import period_of, target_period, targets_of
from enping_gis.check.auditing.words import any_of, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enping_gis.check.auditing.claims import Verdict
    from enping_gis.check.auditing.percents_said import Said
    from enping_gis.check.auditing.quantities import Quantity, Reading
    from enping_gis.check.records.pairs import Interval

_WHOLE = 100
_SHOWN_DECIMALS = 1
# So many of the targets that a text has stated before may be meant.
_TARGETS_REMEMBERED = 12


class _Target(NamedTuple):
    """A stated target, or the part of it that falls to a period."""

    value: Fraction
    written: Quantity
    part: Fraction = Fraction(1)
    is_whole: bool = False


def percentages_in(reading: Reading) -> Iterator[Claim]:
    """
    Test the percentages of targets, and shares, that a text gives.

    Parameters
    ----------
    reading : Reading
        The text.

    Yields
    ------
    Claim
        One for each percentage that figures in its sentence belong to, of kind
        ``percentage``. A count has a whole number as its target: where none gives the
        percentage, rounded or cut, it is impossible. Other targets are looked for in the
        sentence and among the targets that the text states, divided by the quarters of a year.

    Examples
    --------
    >>> from enping_gis.check.auditing.quantities import Reading
    >>> said = Reading("新招引项目25个，完成下达任务的144%。")
    >>> [(each.verdict, each.values) for each in percentages_in(said)]
    [('impossible', '25 / 17 = 147.1 %, 25 / 18 = 138.9 %')]
    >>> said = Reading("计划盘活2000亩。已盘活793亩，完成一季度任务的158%。")
    >>> [(each.verdict, each.values) for each in percentages_in(said)]
    [('ok', '793 / 500 = 158.6 % (2000 / 4 = 500)')]
    >>> list(percentages_in(Reading("")))
    []
    """
    for percent in reading.quantities:
        if percent.kind != "percent" or percent.upper is not None:
            continue
        said = said_of(reading, percent)
        claim = excess(reading, percent) if said is None else _judged(said)
        if claim is not None:
            yield claim
    yield from shares_added(reading)


def fits(done: Interval, target: Fraction, percent: Interval) -> bool:
    """
    Tell whether a figure is that share of a target.

    Parameters
    ----------
    done : Interval
        What was done.
    target : fractions.Fraction
        What was to be done, in the same unit, above zero.
    percent : Interval
        As `percent_interval` returns it.

    Returns
    -------
    bool
        The upper end of `percent` is not part of it: there the next figure is printed.

    Examples
    --------
    >>> from enping_gis.check.records.pairs import Interval
    >>> share = Interval(Fraction(1435, 1000), Fraction(145, 100))
    >>> fits(Interval(Fraction(25), Fraction(25)), Fraction(17), share)
    False
    """
    return done.low < percent.high * target and done.high >= percent.low * target


def _judged(said: Said) -> Claim | None:
    percent = percent_interval(said.percent.figure)
    if said.manner == "share" and percent.low > 1:
        return _claim(said, "", "impossible", rule="audit_percentage_over")
    stated = [_Target(*each) for each in _stated(said)]
    done = done_interval(said.done)
    fit = next((each for each in stated if fits(done, each.value, percent)), None)
    if fit is not None:
        return _claim(said, _division(said, fit))
    if said.manner == "share" or (stated and stated[0].is_whole):
        # Of several figures before, it is not known which is the whole.
        return _missed(said, stated[0]) if len(stated) == 1 else None
    if stated and (_decides(said, stated) or not _is_round(said, percent)):
        return _missed(said, stated[0])
    return _whole(said, percent) if said.done.kind == "count" else _implied(said, percent)


def _missed(said: Said, target: _Target) -> Claim:
    """Say that a stated target gives another percentage."""
    meant = _percent_of(said, target.value, decimals_of(said.percent.value))
    is_share = said.manner == "share" or target.is_whole
    rule = "audit_percentage_share" if is_share else "audit_percentage_target"
    written = f"{shown(_in_unit(said, target.value))}{said.done.written_unit}"
    return _claim(said, _division(said, target), "wrong", f"{meant}%", rule, target=written)


def _stated(said: Said) -> list[_Target]:
    """Return the targets that may be meant: in the sentence, else those of the text."""
    own = _alike(said, said.first, said.percent.start)
    if own:
        return [_Target(exact_value(each), each) for each in own]
    before = _alike(said, said.start, said.first)
    wholes = [
        _Target(exact_value(each), each, is_whole=True)
        for each in before
        if each.start < said.done.start and exact_value(each) > exact_value(said.done)
    ]
    if said.manner == "share":
        return wholes
    several = list(_targets(said, before))
    if said.manner == "rate" and not several:
        return wholes
    # A count has whole targets anyway; those of other sentences are hardly for the same thing.
    return several


def _alike(said: Said, start: int, end: int) -> list[Quantity]:
    """Return the figures of a stretch that what was done may be compared with."""
    both = (said.done, *pair_of(said.reading, said.done))
    return [
        each
        for each in said.reading.within(start, end)
        if each.kind == said.done.kind and base(each) == base(said.done) and each not in both
    ]


def _targets(said: Said, before: Sequence[Quantity]) -> Iterator[_Target]:
    """Yield the targets stated before, the nearest first, and the parts for a period."""
    reading, period = said.reading, period_of(said.of)
    known = targets_of(reading)
    at = bisect_right(known, said.first, key=lambda each: each.start)
    both = (said.done, *pair_of(reading, said.done))
    for each in reversed(known[max(0, at - _TARGETS_REMEMBERED) : at]):
        if each.kind != said.done.kind or base(each) != base(said.done) or each in both:
            continue
        if each.kind == "count" and each not in before:
            continue
        own = target_period(reading, each)
        part = Fraction(1) if period is None else period / (own or 1)
        parts = [part] if own is not None else [part, Fraction(1)]
        for share in dict.fromkeys(parts):
            if share <= 1:
                yield _Target(exact_value(each) * share, each, share)


def _decides(said: Said, stated: Sequence[_Target]) -> bool:
    """Tell whether the text leaves no doubt which target a percentage is of."""
    reading, target = said.reading, stated[0]
    start, _ = reading.sentence(said.percent.start)
    if target.written.start > said.first:
        return True
    if target.part != 1 or re.search(any_of(words("assigned")), said.of):
        return False
    previous, _ = reading.sentence(max(0, start - 1))
    is_near = target.written.start >= max(previous, said.first - LONGEST_SENTENCE)
    return is_near or len({each.value for each in stated}) == 1


def _is_round(said: Said, percent: Interval) -> bool:
    """Tell whether a target such as offices set them would explain the percentage."""
    steps = words("round_targets")["value"]
    done = done_interval(said.done)
    if base(said.done) not in steps or percent.low <= 0:
        return True
    size = Fraction(steps[base(said.done)])
    low, high = done.low / percent.high, done.high / percent.low
    return math.floor(high / size) * size > low


def _whole(said: Said, percent: Interval) -> Claim:
    """Judge the percentage of a count, whose target is a whole number."""
    done = done_interval(said.done)
    guess = int(done.high / max(percent.low, Fraction(1, 10**6)))
    if percent.low <= 0 or (guess >= 1 and fits(done, Fraction(guess), percent)):
        values = f"{shown(said.done.printed)} / {shown(said.percent.value)} %"
        if guess >= 1 and percent.low > 0:
            values = _ratio(said, Fraction(guess))
        return _claim(said, values)
    near = [each for each in (guess, guess + 1) if each >= 1]
    values = ", ".join(_ratio(said, Fraction(each)) for each in near)
    decimals = decimals_of(said.percent.value)
    meant = [f"{_percent_of(said, Fraction(each), decimals)}%" for each in near]
    return _claim(said, values, "impossible", " / ".join(meant), "audit_percentage_whole")


def _implied(said: Said, percent: Interval) -> Claim:
    """Say which target the percentage implies, where none is stated."""
    middle = Fraction(said.percent.value) / _WHOLE
    if middle <= 0 or percent.low <= 0:
        return _claim(said, f"{shown(said.percent.value)} %")
    target = rounded(Fraction(said.done.printed) / middle, _SHOWN_DECIMALS)
    written = f"{shown(said.done.printed)} / {shown(said.percent.value)} %"
    return _claim(said, f"{written} = {shown(target)}")


def _claim(
    said: Said,
    values: str,
    verdict: Verdict = "ok",
    suggestion: str = "",
    rule: str = "",
    *,
    target: str = "",
) -> Claim:
    reading, end = said.reading, said.percent.end
    start = min((each.start for each in pair_of(reading, said.done)), default=said.done.start)
    return Claim(
        "percentage", " ".join(reading.text[start:end].split()),
        values or f"{shown(said.percent.value)} % > 100 %",
        verdict, suggestion, rule, place=start, line=reading.line(start),
        said={
            "percent": f"{shown(said.percent.value)}%",
            "done": f"{shown(said.done.printed)}{said.done.written_unit}", "target": target,
        },
    )  # fmt: skip


def _division(said: Said, target: _Target) -> str:
    values = _ratio(said, _in_unit(said, target.value))
    if target.part == 1:
        return values
    whole = _in_unit(said, target.value / target.part)
    times = "\N{MULTIPLICATION SIGN}"
    by = f"/ {1 / target.part}" if target.part.numerator == 1 else f"{times} {target.part}"
    part = f"{shown(whole)} {by}"
    return f"{values} ({part} = {shown(_in_unit(said, target.value))})"


def _ratio(said: Said, target: Fraction) -> str:
    """Write down the division, with one decimal more than printed."""
    decimals = decimals_of(said.percent.value) + 1
    share = rounded(Fraction(said.done.printed) / target * _WHOLE, decimals) if target else 0
    return f"{shown(said.done.printed)} / {shown(target)} = {share} %"


def _percent_of(said: Said, target: Fraction, decimals: int) -> str:
    return shown(rounded(exact_value(said.done) / target * _WHOLE, decimals)) if target else "0"


def _in_unit(said: Said, value: Fraction) -> Fraction:
    """Return a value of the base unit in the unit of what was done, as that is written."""
    whole = exact_value(said.done)
    return value / whole * Fraction(said.done.printed) if whole else value
