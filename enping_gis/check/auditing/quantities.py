"""Read quantities out of running text: 约20.6公顷, 15-20亿元, 119宗, 158%, 一百五十亩."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from enping_gis.check.auditing.patterns import (
    qualifiers,
    quantity_pattern,
    sentence_pattern,
    unit_and_kind,
)
from enping_gis.check.auditing.words import half_width, number, words
from enping_gis.check.records.pairs import Interval, interval
from enping_gis.check.records.slips import exponent, rounded
from enping_gis.intake.tables.figures import Figure, folded


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

    def written(self, value: Decimal) -> str:
        """
        Write another number like this one.

        Parameters
        ----------
        value : decimal.Decimal
            In `unit`.

        Returns
        -------
        str
            With the unit as it is written, and the decimals printed before it at least.
        """
        shown = value.scaleb(-_power(self.times))
        if self.times:
            least = min(0, exponent(self.printed))
            shown = rounded(Fraction(shown), -min(least, exponent(shown.normalize())))
        return f"{shown:f}{self.written_unit}"

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
        found = map(self._quantity, quantity_pattern().finditer(self.plain))
        return tuple(each for each in found if each is not None)

    @cached_property
    def _ends(self) -> list[int]:
        return [found.end() for found in sentence_pattern(self.lines_end).finditer(self.plain)]

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
        unit, kind = unit_and_kind(said["unit"])
        if said["percent_before"]:
            unit, kind = "%", "percent"
        if not unit or (kind == "count" and self._counts_nothing(found)):
            return None
        if not said["number"][:1].isdecimal() and self._is_guess(found, kind):
            return None
        value = _scaled(said["number"], said["times"])
        if value is None or self._is_fraction(found):
            return None
        value, end = self._with_rest(found, value, unit)
        start, before = found.start("whole"), said["before"]
        if before and self.plain.endswith(tuple(words("no_qualifiers")), 0, found.end("before")):
            start, before = found.end("before"), ""
        wording = before or said["more"] or said["after"]
        qualifier = qualifiers().get(folded(wording), "")
        if not before and wording in words("more_words"):
            qualifier = "more"
        upper = _scaled(said["upper"], said["times"]) if said["upper"] else None
        figure = Figure(value, unit, qualifier)
        other = None if upper is None else replace(figure, value=upper)
        return Quantity(start, end, kind, figure, other, said["unit"], said["times"])

    def _with_rest(self, found: re.Match[str], value: Decimal, unit: str) -> tuple[Decimal, int]:
        """Read what follows the unit as a part of one: 一亩半, 五亩三分."""
        said = found.groupdict(default="")
        if not said["half"] and not said["parts"]:
            return value, found.end("after") if said["after"] else found.end("core")
        if said["times"] or unit != "mu" or value != value.to_integral_value():
            return value, found.end("unit")
        if said["half"]:
            return value + Decimal("0.5"), found.end("half")
        for decimals, sign in enumerate(said["parts"][::2], 1):
            value += (number(sign) or Decimal(0)).scaleb(-decimals)
        return value, found.end("parts")

    def _is_fraction(self, found: re.Match[str]) -> bool:
        before = self.plain[max(0, found.start("number") - 2) : found.start("number")]
        return not found["percent_before"] and before == words("fraction_mark")

    def _is_guess(self, found: re.Match[str], kind: str) -> bool:
        """Tell whether a spelt number counts nothing, or only says about how much: 数十亩."""
        if kind == "count" and found["unit"] not in words("numeral_counters"):
            return True
        spelt = found["number"]
        # Only tens, hundreds and so on are counted so; 任务数五百 is a number.
        before = self.plain[max(0, found.start("number") - 2) : found.start("number")]
        return spelt[0] in words("numeral_powers") and before.endswith(tuple(words("indefinite")))

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
