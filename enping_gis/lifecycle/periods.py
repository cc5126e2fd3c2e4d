"""Name the periods that people report on: years, quarters, months, and issues of a paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

from enping_gis._resources import shipped_json
from enping_gis.errors import InputError
from enping_gis.messages import text
from enping_gis.vocabulary import normalised

if TYPE_CHECKING:
    from enping_gis.messages import Language

Cadence = Literal["daily", "weekly", "fortnightly", "monthly", "quarterly"]
CADENCES: tuple[Cadence, ...] = get_args(Cadence)
_MONTHS = 12


@dataclass(frozen=True)
class Period:
    """
    A run of days that a figure is of.

    Parameters
    ----------
    code : str
        How it is written in table ``targets``, such as ``"2023Q1"``; for an issue of a paper
        its year and number, such as ``"2023-13"``.
    kind : str
        ``year``, ``half``, ``quarter``, ``month``, ``years``, or a cadence.
    begin, end : datetime.date
        First and last day, both within.
    year, number : int
        The year, and which part of it.
    """

    code: str
    kind: str
    begin: date
    end: date
    year: int
    number: int

    def label(self, lang: Language | None = None) -> str:
        """
        Return what the period is called.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
            Language; by default the one in force.

        Returns
        -------
        str
            Such as 2023年第一季度, or 2023年第13期 for an issue.
        """
        if self.kind in CADENCES:
            return text("period.issue", lang, year=self.year, number=self.number)
        part = ""
        if self.kind in {"half", "quarter"}:
            part = text(f"period.{self.kind}_{self.number}", lang)
        return text(
            f"period.{self.kind}", lang, year=self.year, number=self.number, part=part,
            last=self.end.year,
        )  # fmt: skip

    @property
    def days(self) -> int:
        """
        How long it is.

        Returns
        -------
        int
            Days, first and last counted.
        """
        return (self.end - self.begin).days + 1


def parsed_period(wording: object) -> Period | None:
    """
    Read the period of a commitment.

    Parameters
    ----------
    wording : object
        Such as 2023, 2023Q1, 2023H1, 2023-03, 2022-2024, or in Chinese 2023年第一季度.

    Returns
    -------
    Period or None
        The period; None where it cannot be read.

    Examples
    --------
    >>> parsed_period("2023Q1").end.isoformat(), parsed_period("2023").days
    ('2023-03-31', 365)
    >>> parsed_period("spring"), parsed_period(None)
    (None, None)
    """
    key = normalised(wording)
    for kind, form in _forms().items():
        match = form.fullmatch(key)
        if match:
            return _period(kind, match.groupdict())
    return None


@cache
def _forms() -> dict[str, re.Pattern[str]]:
    forms = shipped_json("lifecycle/periods.json")["forms"]
    return {kind: re.compile(form) for kind, form in forms.items()}


def _period(kind: str, found: dict[str, str | None]) -> Period | None:
    data = shipped_json("lifecycle/periods.json")
    year = int(found["year"] or 0)
    word = found.get("number") or found.get("word") or "1"
    number = data["numerals"].get(word) or int(word)
    months = data["months"][kind]
    last_year = int(found.get("last") or year)
    if not 1 <= year <= last_year < date.max.year or not 1 <= number <= _MONTHS // months:
        return None
    begin = date(year, (number - 1) * months + 1, 1)
    end = _month_on(begin.replace(year=last_year), months) - timedelta(days=1)
    return Period(_code(kind, year, number, last_year), kind, begin, end, year, number)


def _code(kind: str, year: int, number: int, last_year: int) -> str:
    endings = {
        "year": "", "half": f"H{number}", "quarter": f"Q{number}", "month": f"-{number:02}",
        "years": f"-{last_year}",
    }  # fmt: skip
    return f"{year}{endings[kind]}"


def _month_on(first: date, months: int) -> date:
    """Return the first day of the month that many months later."""
    count = first.year * _MONTHS + first.month - 1 + months
    return date(count // _MONTHS, count % _MONTHS + 1, 1)


def period_of(cadence: str, day: date) -> Period:
    """
    Return the period that a meeting's paper is of.

    It ends on the day that is looked at: the day itself, the seven or fourteen days up to it,
    or its month or quarter so far. The number is that of the day in its year, of the week by
    ISO 8601, of two such weeks, of the month or of the quarter.

    Parameters
    ----------
    cadence : {"daily", "weekly", "fortnightly", "monthly", "quarterly"}
        How often the meeting is held.
    day : datetime.date
        The last day of the period.

    Returns
    -------
    Period
        With `begin`, `end` and `number`.

    Raises
    ------
    InputError
        `cadence` is another word.

    Examples
    --------
    >>> week = period_of("weekly", date(2023, 3, 30))
    >>> week.begin.isoformat(), week.end.isoformat(), week.label("zh")
    ('2023-03-24', '2023-03-30', '2023年第13期')
    >>> period_of("quarterly", date(2023, 3, 30)).begin.isoformat()
    '2023-01-01'
    """
    if cadence not in CADENCES:
        raise InputError("error.cadence", value=cadence, known=", ".join(CADENCES))
    week_year, week, _ = day.isocalendar()
    begin, year, number = {
        "daily": (day, day.year, day.timetuple().tm_yday),
        "weekly": (None, week_year, week),
        "fortnightly": (None, week_year, (week + 1) // 2),
        "monthly": (day.replace(day=1), day.year, day.month),
        "quarterly": (
            date(day.year, (day.month - 1) // 3 * 3 + 1, 1), day.year, (day.month + 2) // 3,
        ),
    }[cadence]  # fmt: skip
    if begin is None:
        days = shipped_json("lifecycle/periods.json")["cadence_days"][cadence]
        begin = day - timedelta(days=days - 1)
    return Period(f"{year}-{number:02}", cadence, begin, day, year, number)
