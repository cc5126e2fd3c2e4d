"""Find dates in running text: days that do not exist, ranges and stages out of order."""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.check.auditing.claims import Claim
from enping_gis.check.auditing.words import any_of, half_width, number, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.check.auditing.claims import Verdict
    from enping_gis.check.auditing.quantities import Reading

_MONTHS = 12
_QUARTERS = 4
# The longest months; a day without a year may be in a leap year.
_LEAP_YEAR = 2000
_LONGEST_MONTH = 31
# What a number is of stands before it within so many signs.
_NEAR_NAME = 12
# What happened on a day stands behind it within so many signs.
_NEAR_STAGE = 25
# A year that stands further back is another one, whatever full stops are missing.
_LONGEST_SENTENCE = 400


class Day(NamedTuple):
    """
    A date as far as a text gives it.

    Parameters
    ----------
    start, end : int
        Its place in the text.
    year, month, day : int or None
        None where the text leaves it out.
    """

    start: int
    end: int
    year: int | None
    month: int | None
    day: int | None

    def iso(self) -> str:
        """
        Return the date as ISO 8601 has it.

        Returns
        -------
        str
            Such as ``2022-02-24``, ``2022-02``, or ``02-24`` where no year is given.
        """
        year = [] if self.year is None else [f"{self.year:04d}"]
        return "-".join([*year, *(f"{part:02d}" for part in self[3:] if part is not None)])


def dates_in(reading: Reading) -> Iterator[Claim]:
    """
    Test the dates of a text.

    Parameters
    ----------
    reading : Reading
        The text.

    Yields
    ------
    Claim
        Of kind ``date``: one for each day and each range, and for what is out of order or
        cannot be. A day without a year is taken to be of the year named last before it.

    Examples
    --------
    >>> from enping_gis.check.auditing.quantities import Reading
    >>> said = "2022年2月30日开工，2022-2024年建成。"
    >>> [(each.text, each.verdict, each.suggestion) for each in dates_in(Reading(said))]
    [('2022年2月30日', 'impossible', '2022-02-28'), ('2022-2024年', 'ok', '')]
    >>> list(dates_in(Reading("")))
    []
    """
    days = list(_days(reading))
    for each in days:
        yield from _possible(reading, each)
        yield from _weekday(reading, each)
    yield from _ranges(reading, days)
    yield from _quarters(reading)
    yield from _stages(reading, days)


def existing(year: int | None, month: int | None, day: int | None) -> str:
    """
    Tell whether a date can be.

    Parameters
    ----------
    year, month, day : int or None
        None where it is not known.

    Returns
    -------
    {"", "year", "month", "day"}
        What is impossible about it; a year outside 1949 to 2099 is a misprint
        (``figures.json``).

    Examples
    --------
    >>> existing(2022, 2, 30), existing(None, 2, 29), existing(2022, 13, None)
    ('day', '', 'month')
    """
    first, last = words("years")["first"], words("years")["last"]
    if year is not None and not first <= year <= last:
        return "year"
    if month is not None and not 1 <= month <= _MONTHS:
        return "month"
    if day is None or month is None:
        return ""
    length = calendar.monthrange(_LEAP_YEAR if year is None else year, month)[1]
    return "" if 1 <= day <= length else "day"


def _days(reading: Reading) -> Iterator[Day]:
    """Yield all dates; one without a year takes the last year that was named in the sentence."""
    plain = half_width(reading.text)
    year: int | None = None
    for found in _day_pattern().finditer(plain):
        said = found.groupdict()
        if said["sign"] and _is_number(plain, found):
            continue
        parts = [_part(said, name) for name in ("year", "month", "day")]
        own = parts[0]
        if own is None:
            start = max(reading.sentence(found.start())[0], found.start() - _LONGEST_SENTENCE)
            named = list(_year_pattern().finditer(plain, start, found.start()))
            inherited = _whole(named[-1]["year"]) if named else year
            parts[0] = inherited if _is_same_year(plain, found.start(), named) else None
        else:
            year = own
        if own is not None or parts[1] is not None:
            yield Day(found.start(), found.end(), *parts)


def _is_number(plain: str, found: re.Match[str]) -> bool:
    """Tell whether figures with signs between them are no date: numbers of files, telephones."""
    before = plain[max(0, found.start() - _NEAR_NAME) : found.start()].rstrip(" :\uff1a")
    if before.endswith(tuple(words("no_dates"))):
        return True
    # Nobody mistypes a month so that it is no day either.
    return int(found["month_3"]) > _LONGEST_MONTH


def _part(said: dict[str, str | None], name: str) -> int | None:
    written = next((said[key] for key in (name, f"{name}_2", f"{name}_3") if said.get(key)), None)
    return None if written is None else _whole(written)


def _whole(written: str) -> int | None:
    value = number(written)
    return None if value is None else int(value)


def _is_same_year(plain: str, place: int, named: list[re.Match[str]]) -> bool:
    return bool(named) or plain.endswith(tuple(words("same_year")), 0, place)


def _possible(reading: Reading, day: Day) -> Iterator[Claim]:
    fault = existing(day.year, day.month, day.day)
    if fault:
        suggestion = ""
        if fault == "day" and day.month is not None and day.day:
            year = _LEAP_YEAR if day.year is None else day.year
            last = calendar.monthrange(year, day.month)[1]
            suggestion = day._replace(day=last).iso()
        yield _claim(reading, (day.start, day.end), day.iso(), "impossible", suggestion,
                     rule=f"audit_date_{fault}")  # fmt: skip
    elif day.day is not None:
        yield _claim(reading, (day.start, day.end), day.iso())


def _weekday(reading: Reading, day: Day) -> Iterator[Claim]:
    found = _weekday_pattern().match(reading.plain, day.end)
    if found is None or day.year is None or day.month is None or day.day is None:
        return
    if existing(day.year, day.month, day.day):
        return
    own = date(day.year, day.month, day.day).weekday()
    if words("weekdays")[found["weekday"]] == own:
        return
    right = next(sign for sign, each in words("weekdays").items() if each == own)
    yield _claim(reading, (day.start, found.end("weekday")), day.iso(), "wrong",
                 f"{found['mark']}{right}", rule="audit_date_weekday")  # fmt: skip


def _ranges(reading: Reading, days: list[Day]) -> Iterator[Claim]:
    for found in _years_pattern().finditer(reading.plain):
        first, last = _whole(found["first"]), _whole(found["last"])
        if first is None or last is None:
            continue
        fault = existing(first, None, None) or existing(last, None, None)
        rule = f"audit_date_{fault}" if fault else "audit_date_range" if first > last else ""
        verdict: Verdict = "impossible" if fault else "wrong" if rule else "ok"
        meant = f"{last}-{first}" if rule == "audit_date_range" else ""
        yield _claim(reading, found.span(), f"{first}-{last}", verdict, meant, rule=rule)
    for one, other in pairwise(days):
        between = "".join(reading.plain[one.end : other.start].split())
        if not _until_pattern().fullmatch(between):
            continue
        later = other if other.year is not None else other._replace(year=one.year)
        if _comparable(one, later) and _key(one, later) > _key(later, one):
            yield _claim(reading, (one.start, other.end), f"{one.iso()} > {later.iso()}", "wrong",
                         rule="audit_date_range")  # fmt: skip


def _quarters(reading: Reading) -> Iterator[Claim]:
    for found in _quarter_pattern().finditer(reading.plain):
        which = _whole(found["quarter"])
        if which is not None and not 1 <= which <= _QUARTERS and _is_ordinal(reading, found):
            yield _claim(reading, found.span(), str(which), "impossible",
                         rule="audit_date_quarter")  # fmt: skip


def _is_ordinal(reading: Reading, found: re.Match[str]) -> bool:
    """Tell a quarter of a year from a number of quarters: 五季度滚动计划."""
    before = reading.plain[max(0, found.start() - _NEAR_NAME) : found.start()].rstrip()
    if before.endswith((*words("ordinals"), *words("years_named"))):
        return True
    return re.search(rf"[0-9]{{4}}\s*{any_of(words('year_marks'))}$", before) is not None


def _stages(reading: Reading, days: list[Day]) -> Iterator[Claim]:
    """Compare the days of stages of one thing that follow each other, within a sentence."""
    known: dict[tuple[int, str], list[tuple[str, Day]]] = {}
    subject, last = "", -1
    for place, day in enumerate(days):
        sentence, closing = reading.sentence(day.start)
        following = days[place + 1].start if place + 1 < len(days) else len(reading.text)
        end = min(closing, following, day.end + _NEAR_STAGE)
        stage, lead = _stage(reading.plain[day.end : end])
        previous = days[place - 1].end if place else 0
        begin = max(sentence, previous, day.start - _NEAR_STAGE)
        named = _subject(reading.plain[begin : day.start]) or _subject(lead)
        # What is named once is meant until something else is.
        subject = named or (subject if sentence == last else "")
        last = sentence
        if stage:
            known.setdefault((sentence, subject), []).append((stage, day))
    for stages in known.values():
        yield from _out_of_order(reading, stages)


def _out_of_order(reading: Reading, stages: list[tuple[str, Day]]) -> Iterator[Claim]:
    named = dict(stages)
    # Two days of one stage are of two projects.
    if len(named) < len(stages):
        return
    for earlier, later in words("stage_order"):
        if earlier not in named or later not in named:
            continue
        one, other = named[earlier], named[later]
        if _comparable(one, other) and _key(one, other) > _key(other, one):
            first, last = sorted((one, other))
            yield _claim(reading, (first.start, last.end), f"{one.iso()} > {other.iso()}",
                         "wrong", rule="audit_date_stages")  # fmt: skip


def _stage(after: str) -> tuple[str, str]:
    """Return which stage a clause names, and what stands before that."""
    clause = re.split(r"[,;\uff0c\uff1b]", after, maxsplit=1)[0]
    found = [(clause.find(word), each["code"]) for each in words("stages")
             for word in each["words"] if word in clause]  # fmt: skip
    place, code = min(found, default=(0, ""))
    return code, clause[:place]


def _subject(said: str) -> str:
    """Return what a clause is about, such as 二期; empty where it goes on about the same."""
    clause = re.split(r"[,;:()\uff0c\uff1b\uff1a\u3001\u3002]", said)[-1].strip()
    found = re.search(any_of(words("subjects")), clause)
    if found is None:
        return ""
    name = clause[: found.end()]
    while name.startswith(tuple(words("no_subjects"))):
        name = name[1:]
    return "" if name in words("subjects") and len(name) > 1 else name


def _comparable(one: Day, other: Day) -> bool:
    return one.year is not None and other.year is not None


def _key(day: Day, other: Day) -> tuple[int, ...]:
    """Return what both days give, in order."""
    parts = zip(day[2:], other[2:], strict=True)
    common = []
    for own, theirs in parts:
        if own is None or theirs is None:
            break
        common.append(own)
    return tuple(common)


def _claim(
    reading: Reading,
    place: tuple[int, int],
    values: str,
    verdict: Verdict = "ok",
    suggestion: str = "",
    *,
    rule: str = "",
) -> Claim:
    start, end = place
    written = " ".join(reading.text[start:end].split())
    line = reading.line(start)
    return Claim("date", written, values, verdict, suggestion, rule, place=start, line=line)


@cache
def _day_pattern() -> re.Pattern[str]:
    year, month, day = (any_of(words(f"{name}_marks")) for name in ("year", "month", "day"))
    plain = "".join(words("numerals"))
    spelt = plain + "".join(words("numeral_powers"))
    four, two = rf"(?:[0-9]{{4}}|[{plain}]{{4}})", rf"(?:[0-9]{{1,2}}|[{spelt}]{{1,3}})"
    alone = r"(?<![0-9.\-/])"
    return re.compile(
        rf"{alone}(?P<year>{four})\s*+{year}(?:\s*+(?P<month>{two})\s*+{month}"
        rf"(?:\s*+(?P<day>{two})\s*+{day})?)?"
        rf"|{alone}(?P<month_2>{two})\s*+{month}\s*+(?P<day_2>{two})\s*+{day}"
        rf"|{alone}(?P<year_3>[0-9]{{4}})(?P<sign>[-/.])(?P<month_3>[0-9]{{1,2}})(?P=sign)"
        rf"(?P<day_3>[0-9]{{1,2}})(?![0-9.\-/])"
    )


@cache
def _year_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9\-])(?P<year>[0-9]{{4}})\s*+{any_of(words('year_marks'))}")


@cache
def _years_pattern() -> re.Pattern[str]:
    year, until = any_of(words("year_marks")), any_of(words("range_words"))
    return re.compile(
        rf"(?<![0-9])(?P<first>[0-9]{{4}})\s*+{year}?+\s*+{until}\s*+(?P<last>[0-9]{{4}})"
        rf"\s*+{year}(?!\s*+[0-9])"
    )


@cache
def _until_pattern() -> re.Pattern[str]:
    return re.compile(any_of(words("range_words")))


@cache
def _quarter_pattern() -> re.Pattern[str]:
    spelt = "".join(words("numerals"))
    return re.compile(rf"(?P<quarter>[0-9{spelt}])\s*+{any_of(words('quarter_marks'))}")


@cache
def _weekday_pattern() -> re.Pattern[str]:
    mark = any_of(words("weekday_marks"))
    day = "".join(words("weekdays"))
    return re.compile(rf"\s*[(\[\uff0c,\u3010]?\s*(?P<mark>{mark})(?P<weekday>[{day}])")
