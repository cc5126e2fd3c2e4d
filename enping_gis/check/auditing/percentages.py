"""Find percentages of targets and shares in running text, and test them against their figures."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.check.auditing.claims import Claim
from enping_gis.check.auditing.formulas import decimals_of, rounded, shown
from enping_gis.check.auditing.pairs_said import paired
from enping_gis.check.auditing.words import any_of, words
from enping_gis.check.records.pairs import Interval, interval, step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enping_gis.check.auditing.claims import Verdict
    from enping_gis.check.auditing.quantities import Quantity, Reading
    from enping_gis.intake.tables.figures import Figure

_WHOLE = 100
# A word for a target stands at most so many signs before its figure, in the same clause.
_NEAR_TARGET = 30
_SHOWN_DECIMALS = 1
# What stands further back belongs to something else, whatever full stops are missing.
_LONGEST_SENTENCE = 400
# So many of the targets that a text has stated before may be meant.
_TARGETS_REMEMBERED = 12


class _Said(NamedTuple):
    """A percentage with what it is of."""

    reading: Reading
    percent: Quantity
    done: Quantity
    first: int
    of: str
    is_share: bool


class _Target(NamedTuple):
    """A stated target, or the part of it that falls to a period."""

    value: Fraction
    written: Quantity
    part: Fraction


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
        said = _said(reading, percent)
        if said is not None:
            claim = _judged(said)
            if claim is not None:
                yield claim


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
    >>> share = Interval(Fraction(1435, 1000), Fraction(145, 100))
    >>> fits(Interval(Fraction(25), Fraction(25)), Fraction(17), share)
    False
    """
    return done.low < percent.high * target and done.high >= percent.low * target


def _said(reading: Reading, percent: Quantity) -> _Said | None:
    start = max(reading.sentence(percent.start)[0], percent.start - _LONGEST_SENTENCE)
    before = reading.plain[start : percent.start]
    verbs = list(_verb_pattern().finditer(before))
    last = verbs[-1] if verbs else None
    if last is None or _other_pattern().search(before, last.start()):
        return None
    of = before[last.end() :]
    others = reading.within(start, percent.start)
    # Another percentage in between has taken the verb.
    if any(each.kind == "percent" and each.start > start + last.start() for each in others):
        return None
    is_share = last["share"] is not None
    if not is_share and not re.search(any_of(words("task_words")), of):
        return None
    earlier = [each for each in others if each.start < start + last.start()]
    done = _done(reading, earlier, of)
    if done is None:
        return None
    return _Said(reading, percent, done, start + last.start(), of, is_share)


def _done(reading: Reading, earlier: Sequence[Quantity], of: str) -> Quantity | None:
    """Return the figure that a percentage is of: the last one before it of the kind meant."""
    kind = next((kind for word, kind in words("task_kinds").items() if word in of), "")
    several = [each for each in earlier if each.kind != "percent" and each.upper is None]
    last = next((each for each in reversed(several) if kind in {"", each.kind}), None)
    if last is None:
        return None
    # Of an area in two units, the one in mu was measured.
    alike = _pair_of(reading, last)
    return next((each for each in alike if each.unit == "mu"), last)


def _pair_of(reading: Reading, quantity: Quantity) -> tuple[Quantity, ...]:
    """Return the area in both units that a quantity is a part of, empty where in one only."""
    pairs = paired(reading)
    at = bisect_right(pairs, quantity.start, key=lambda pair: pair[0].start)
    return next((pair for pair in pairs[max(0, at - 2) : at] if quantity in pair), ())


def _judged(said: _Said) -> Claim | None:
    percent = percent_interval(said.percent.figure)
    if said.is_share and percent.low > 1:
        return _claim(said, "", "impossible", rule="audit_percentage_over")
    stated = [_Target(*each) for each in _stated(said)]
    fit = next((each for each in stated if fits(_exact(said.done), each.value, percent)), None)
    if fit is not None:
        return _claim(said, _division(said, fit))
    if said.is_share:
        # Of several figures before, it is not known which is the whole.
        return _missed(said, stated[0]) if len(stated) == 1 else None
    if stated and (_is_explicit(said, stated[0]) or not _is_round(said, percent)):
        return _missed(said, stated[0])
    return _whole(said, percent) if said.done.kind == "count" else _implied(said, percent)


def _missed(said: _Said, target: _Target) -> Claim:
    """Say that a stated target gives another percentage."""
    meant = _percent_of(said, target.value, decimals_of(said.percent.value))
    rule = "audit_percentage_share" if said.is_share else "audit_percentage_target"
    written = f"{shown(_in_unit(said, target.value))}{said.done.written_unit}"
    return _claim(said, _division(said, target), "wrong", f"{meant}%", rule, target=written)


def _stated(said: _Said) -> Iterator[tuple[Fraction, Quantity, Fraction]]:
    """Yield the targets that may be meant: in the sentence, else those of the text."""
    unit = _base(said.done)
    own = [
        each
        for each in said.reading.within(said.first, said.percent.start)
        if each.kind == said.done.kind and _base(each) == unit
    ]
    if own:
        for each in own:
            yield _value(each), each, Fraction(1)
        return
    start = max(said.reading.sentence(said.percent.start)[0], said.first - _LONGEST_SENTENCE)
    if said.is_share:
        for each in said.reading.within(start, said.done.start):
            if _base(each) == unit and _value(each) > _value(said.done):
                yield _value(each), each, Fraction(1)
        return
    if said.done.kind == "count":
        return
    parts = [Fraction(part) for word, part in words("periods").items() if word in said.of]
    known = _targets(said.reading)
    at = bisect_right(known, said.first, key=lambda each: each.start)
    for each in reversed(known[max(0, at - _TARGETS_REMEMBERED) : at]):
        if each.kind == said.done.kind and _base(each) == unit:
            for part in dict.fromkeys([*parts[:1], Fraction(1)]):
                yield _value(each) * part, each, part


@lru_cache(maxsize=16)
def _targets(reading: Reading) -> tuple[Quantity, ...]:
    return tuple(each for each in reading.quantities if _is_target(reading, each))


def _is_target(reading: Reading, quantity: Quantity) -> bool:
    if quantity.figure.qualifier == "over":
        return True
    start, _ = reading.sentence(quantity.start)
    near = reading.plain[max(start, quantity.start - _NEAR_TARGET) : quantity.start]
    return bool(re.search(any_of(words("target_words")), near))


def _is_explicit(said: _Said, target: _Target) -> bool:
    return target.written.start > said.first


def _is_round(said: _Said, percent: Interval) -> bool:
    """Tell whether a target such as offices set them would explain the percentage."""
    steps = words("round_targets")["value"]
    done = _exact(said.done)
    if _base(said.done) not in steps or percent.low <= 0:
        return True
    size = Fraction(steps[_base(said.done)])
    low, high = done.low / percent.high, done.high / percent.low
    return math.floor(high / size) * size > low


def _whole(said: _Said, percent: Interval) -> Claim:
    """Judge the percentage of a count, whose target is a whole number."""
    done = _exact(said.done)
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


def _implied(said: _Said, percent: Interval) -> Claim:
    """Say which target the percentage implies, where none is stated."""
    middle = Fraction(said.percent.value) / _WHOLE
    if middle <= 0 or percent.low <= 0:
        return _claim(said, f"{shown(said.percent.value)} %")
    target = rounded(Fraction(said.done.printed) / middle, _SHOWN_DECIMALS)
    written = f"{shown(said.done.printed)} / {shown(said.percent.value)} %"
    return _claim(said, f"{written} = {shown(target)}")


def _claim(
    said: _Said,
    values: str,
    verdict: Verdict = "ok",
    suggestion: str = "",
    rule: str = "",
    *,
    target: str = "",
) -> Claim:
    reading, end = said.reading, said.percent.end
    start = min((each.start for each in _pair_of(reading, said.done)), default=said.done.start)
    return Claim(
        "percentage", " ".join(reading.text[start:end].split()),
        values or f"{shown(said.percent.value)} % > 100 %",
        verdict, suggestion, rule, place=start, line=reading.line(start),
        said={
            "percent": f"{shown(said.percent.value)}%",
            "done": f"{shown(said.done.printed)}{said.done.written_unit}", "target": target,
        },
    )  # fmt: skip


def _division(said: _Said, target: _Target) -> str:
    values = _ratio(said, _in_unit(said, target.value))
    if target.part == 1:
        return values
    whole = _in_unit(said, target.value / target.part)
    times = "\N{MULTIPLICATION SIGN}"
    by = f"/ {1 / target.part}" if target.part.numerator == 1 else f"{times} {target.part}"
    part = f"{shown(whole)} {by}"
    return f"{values} ({part} = {shown(_in_unit(said, target.value))})"


def _ratio(said: _Said, target: Fraction) -> str:
    """Write down the division, with one decimal more than printed."""
    decimals = decimals_of(said.percent.value) + 1
    share = rounded(Fraction(said.done.printed) / target * _WHOLE, decimals) if target else 0
    return f"{shown(said.done.printed)} / {shown(target)} = {share} %"


def _percent_of(said: _Said, target: Fraction, decimals: int) -> str:
    return shown(rounded(_value(said.done) / target * _WHOLE, decimals)) if target else "0"


def _exact(quantity: Quantity) -> Interval:
    """Return what a figure stands for; a plain count is exact."""
    if quantity.kind == "count" and not quantity.figure.qualifier:
        return Interval(Fraction(quantity.value), Fraction(quantity.value))
    return quantity.interval(_base(quantity) if quantity.kind == "area" else "")


def _base(quantity: Quantity) -> str:
    return "m2" if quantity.kind == "area" else quantity.unit


def _value(quantity: Quantity) -> Fraction:
    exact = quantity.figure.in_unit("m2") if quantity.kind == "area" else None
    return Fraction(quantity.value) if exact is None else exact


def _in_unit(said: _Said, value: Fraction) -> Fraction:
    """Return a value of the base unit in the unit of what was done, as that is written."""
    whole = _value(said.done)
    return value / whole * Fraction(said.done.printed) if whole else value


@cache
def _verb_pattern() -> re.Pattern[str]:
    share, done = any_of(words("share_words")), any_of(words("done_words"))
    return re.compile(rf"(?P<share>{share}(?!{any_of(words('occupies'))}))|{done}")


@cache
def _other_pattern() -> re.Pattern[str]:
    # A clause that begins anew is about something else.
    return re.compile(rf"{any_of(words('no_shares'))}|[,;\uff0c\uff1b]")
