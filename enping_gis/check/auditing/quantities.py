"""Read quantities out of running text: 约20.6公顷, 15-20亿元, 119宗, 158%, 一百五十亩."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import NamedTuple

from enping_gis._resources import shipped_json
from enping_gis.check.auditing.words import any_of, half_width, number, numeral_signs, words
from enping_gis.check.records.pairs import Interval, interval
from enping_gis.intake.tables.figures import Figure, folded

_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"


class Quantity(NamedTuple):
    """
    A number with its unit, as it stands in a text.

    Parameters
    ----------
    start, end : int
        Its place in the text, wording that widens it included.
    kind : {"area", "money", "count", "percent"}
        What it counts.
    figure : Figure
        Value in `unit`, ten thousands and the like multiplied out.
    upper : Figure or None
        The other end, where it is a range.
    word : str
        How the unit is written.
    times : str
        What multiplies it, such as 万; empty mostly.
    """

    start: int
    end: int
    kind: str
    figure: Figure
    upper: Figure | None
    word: str
    times: str

    @property
    def unit(self) -> str:
        """
        Return what is counted.

        Returns
        -------
        str
            Code of a unit; of a count the word it is counted with.
        """
        return self.figure.unit

    @property
    def value(self) -> Decimal:
        """
        Return the number, the lower one of a range.

        Returns
        -------
        decimal.Decimal
            In `unit`.
        """
        return Decimal(0) if self.figure.value is None else self.figure.value

    @property
    def printed(self) -> Decimal:
        """
        Return the number as it is written.

        Returns
        -------
        decimal.Decimal
            11 of 11亿元.
        """
        return self.value.scaleb(-_power(self.times))

    @property
    def written_unit(self) -> str:
        """
        Return the unit as it is written.

        Returns
        -------
        str
            With what multiplies it, such as 亿元.
        """
        return f"{self.times}{self.word}"

    def interval(self, unit: str = "") -> Interval:
        """
        Return what it may stand for.

        Parameters
        ----------
        unit : str
            Unit of the result; by default its own.

        Returns
        -------
        Interval
            From the lower end of a range to its upper one.
        """
        first = interval(self.figure, unit)
        return first if self.upper is None else Interval(first.low, interval(self.upper, unit).high)


@dataclass(frozen=True)
class Reading:
    """
    A text with the quantities in it.

    Parameters
    ----------
    text : str
        As it was written.
    lines_end : bool
        Every line is a paragraph of its own; else a sentence may go on in the next line.

    Examples
    --------
    >>> [each.kind for each in Reading("盘活低效用地近53公顷(793亩)，完成任务的158%。").quantities]
    ['area', 'area', 'percent']
    >>> Reading("").quantities
    ()
    """

    text: str
    lines_end: bool = False

    @cached_property
    def plain(self) -> str:
        """
        The text with half-width digits and signs, every sign in its place.

        Returns
        -------
        str
            As long as `text`.
        """
        return half_width(self.text)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """
        All quantities.

        Returns
        -------
        tuple of Quantity
            In the order of the text.
        """
        found = map(self._quantity, _pattern().finditer(self.plain))
        return tuple(each for each in found if each is not None)

    @cached_property
    def _ends(self) -> list[int]:
        return [found.end() for found in _sentence_pattern(self.lines_end).finditer(self.plain)]

    @cached_property
    def _starts(self) -> list[int]:
        return [each.start for each in self.quantities]

    @cached_property
    def _line_ends(self) -> list[int]:
        return [found.end() for found in re.finditer(r"\r\n|\r|\n", self.text)]

    def sentence(self, place: int) -> tuple[int, int]:
        """
        Return the sentence that a place lies in.

        Parameters
        ----------
        place : int
            Place in the text.

        Returns
        -------
        tuple of int and int
            Its start and its end: from the sign after the last full stop to the next one.
        """
        ends = self._ends
        at = bisect_right(ends, place)
        return (ends[at - 1] if at else 0, ends[at] if at < len(ends) else len(self.text))

    def line(self, place: int) -> int:
        """
        Return the line of a place.

        Parameters
        ----------
        place : int
            Place in the text.

        Returns
        -------
        int
            Counted from 1.
        """
        return bisect_right(self._line_ends, place) + 1

    def within(self, start: int, end: int) -> tuple[Quantity, ...]:
        """
        Return the quantities of a stretch of text.

        Parameters
        ----------
        start, end : int
            Places in the text.

        Returns
        -------
        tuple of Quantity
            Those that begin in it.
        """
        first, last = (bisect_left(self._starts, place) for place in (start, end))
        return self.quantities[first:last]

    def between(self, first: Quantity, second: Quantity) -> str:
        """
        Return the text between two quantities.

        Parameters
        ----------
        first, second : Quantity
            In the order of the text.

        Returns
        -------
        str
            With half-width signs, without blanks.
        """
        return "".join(self.plain[first.end : second.start].split())

    def _quantity(self, found: re.Match[str]) -> Quantity | None:
        said = found.groupdict(default="")
        unit, kind = _unit_of(said["unit"])
        if said["percent_before"]:
            unit, kind = "%", "percent"
        if not unit or (kind == "count" and self._counts_nothing(found)):
            return None
        spelt = not said["number"][:1].isdecimal()
        if spelt and kind == "count" and said["unit"] not in words("numeral_counters"):
            return None
        value = _scaled(said["number"], said["times"])
        if value is None:
            return None
        start, before = found.start("whole"), said["before"]
        if before and self.plain.endswith(tuple(words("no_qualifiers")), 0, found.end("before")):
            start, before = found.end("before"), ""
        wording = before or said["more"] or said["after"]
        figure = Figure(value, unit, _qualifiers().get(folded(wording), ""))
        upper = _scaled(said["upper"], said["times"]) if said["upper"] else None
        other = None if upper is None else replace(figure, value=upper)
        end = found.end("after") if said["after"] else found.end("core")
        return Quantity(start, end, kind, figure, other, said["unit"], said["times"])

    def _counts_nothing(self, found: re.Match[str]) -> bool:
        """Tell whether a counting word is part of another word, or the number an ordinal."""
        end = found.end("after" if found["after"] else "unit")
        if self.plain.startswith(tuple(words("counted_otherwise")), end):
            return True
        before = self.plain[max(0, found.start("number") - 4) : found.start("number")].rstrip()
        return before.endswith(tuple(words("ordinals")))


def _scaled(written: str, times: str) -> Decimal | None:
    value = number(written)
    if value is None:
        return None
    return value.scaleb(_power(times))


def _power(times: str) -> int:
    return sum(words("multipliers")[sign] for sign in times)


@cache
def _unit_of(word: str) -> tuple[str, str]:
    written = folded(word)
    if not written:
        return "", ""
    for code, each in shipped_json("tables.json")["units"].items():
        if each["of"] == "m2" and written in map(folded, each["words"]):
            return code, "area"
    if word in words("money"):
        return "yuan", "money"
    if word in words("percent"):
        return "%", "percent"
    return word, "count"


@cache
def _qualifiers() -> dict[str, str]:
    return {
        folded(word): code
        for code, record in shipped_json("tables.json")["qualifiers"].items()
        for word in (*record["before"], *record["after"])
    }


@cache
def area_words() -> tuple[str, ...]:
    """
    Return how units of area are written, those that multiply left out.

    Returns
    -------
    tuple of str
        Such as 公顷 and 亩.
    """
    units = shipped_json("tables.json")["units"].items()
    # Ten thousands are read as multipliers, so that words may stand between: 4万多平方米.
    return tuple(
        word
        for code, record in units
        if record["of"] == "m2" and not code.startswith("wan_")
        for word in record["words"]
    )


@cache
def _pattern() -> re.Pattern[str]:
    records = list(shipped_json("tables.json")["qualifiers"].values())
    before = any_of(*(each["before"] for each in records))
    after = any_of(*(each["after"] for each in records))
    spelt = f"[{numeral_signs()}]+"
    unit = any_of(area_words(), words("money"), words("percent"), words("counters"))
    range_ = any_of(words("range_signs"))
    times = f"[{''.join(words('multipliers'))}]"
    # A spelt number before a unit: multipliers of digits only, the others are part of it.
    return re.compile(
        rf"(?P<whole>(?:(?P<before>{before})\s*)?"
        rf"(?P<core>(?P<percent_before>{any_of(words('percent_before'))})?"
        rf"(?<![0-9A-Za-z.])(?P<number>{_DIGITS}|{spelt})"
        rf"(?:\s*(?:{times}?{unit})?\s*{range_}\s*(?P<upper>{_DIGITS}))?"
        rf"\s*(?P<times>{times}{{0,2}})(?P<more>{after})?\s*"
        rf"(?(percent_before)(?P<none>)|(?P<unit>{unit})(?:(?<![A-Za-z0-9])|(?![A-Za-z0-9]))))"
        rf"(?P<after>{after})?)",
        re.IGNORECASE,
    )


@cache
def _sentence_pattern(lines_end: bool) -> re.Pattern[str]:  # noqa: FBT001 - a key of the cache
    # A line that ends without a full stop goes on, unless an empty one follows.
    line = r"\n" if lines_end else r"\n\s*\n"
    return re.compile(rf"[{re.escape(''.join(words('sentence_ends')))}]|{line}")
