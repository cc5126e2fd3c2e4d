"""Find what a percentage in running text is of: what was done, and by which word."""

from __future__ import annotations

import re
from bisect import bisect_right
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.check.auditing.pairs_said import paired
from enping_gis.check.auditing.targets_said import is_target
from enping_gis.check.auditing.words import any_of, words
from enping_gis.check.records.pairs import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enping_gis.check.auditing.quantities import Quantity, Reading

# What stands further back belongs to something else, whatever full stops are missing.
LONGEST_SENTENCE = 400


class Said(NamedTuple):
    """
    A percentage with what it is of.

    Parameters
    ----------
    reading : Reading
        The text.
    percent : Quantity
        The percentage.
    done : Quantity
        What was done, or what the share is.
    first : int
        Where the word stands that makes the percentage one of something.
    of : str
        What stands between that word and the percentage.
    manner : {"share", "task", "rate"}
        占 a whole, 完成 a task, or a rate such as 完成率.
    """

    reading: Reading
    percent: Quantity
    done: Quantity
    first: int
    of: str
    manner: str

    @property
    def start(self) -> int:
        """
        Return where the sentence begins, as far as it is looked at.

        Returns
        -------
        int
            Place in the text.
        """
        start, _ = self.reading.sentence(self.percent.start)
        return max(start, self.first - LONGEST_SENTENCE)


def said_of(reading: Reading, percent: Quantity) -> Said | None:
    """
    Find what a percentage is of.

    Parameters
    ----------
    reading : Reading
        The text.
    percent : Quantity
        A percentage in it.

    Returns
    -------
    Said or None
        None where no figure in its sentence belongs to it.

    Examples
    --------
    >>> from enping_gis.check.auditing.quantities import Reading
    >>> reading = Reading("任务2000亩，已完成793亩，完成率39.65%")
    >>> found = said_of(reading, reading.quantities[-1])
    >>> found.done.written_unit, found.done.value, found.manner
    ('亩', Decimal('793'), 'rate')
    >>> alone = Reading("5%")
    >>> said_of(alone, alone.quantities[0]) is None
    True
    """
    start = max(reading.sentence(percent.start)[0], percent.start - LONGEST_SENTENCE)
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
    manner = last.lastgroup or "task"
    if not _belongs(manner, of):
        return None
    earlier = [each for each in others if each.start < start + last.start()]
    done = _done(reading, earlier, of)
    if done is None:
        return None
    return Said(reading, percent, done, start + last.start(), of, manner)


def pair_of(reading: Reading, quantity: Quantity) -> tuple[Quantity, ...]:
    """
    Return the area in both units that a quantity is a part of.

    Parameters
    ----------
    reading : Reading
        The text.
    quantity : Quantity
        An area in it.

    Returns
    -------
    tuple of Quantity
        Empty where it is given in one unit only.
    """
    pairs = paired(reading)
    at = bisect_right(pairs, quantity.start, key=lambda pair: pair[0].start)
    return next((pair for pair in pairs[max(0, at - 2) : at] if quantity in pair), ())


def base(quantity: Quantity) -> str:
    """
    Return the unit that quantities of one kind are compared in.

    Parameters
    ----------
    quantity : Quantity
        Any quantity.

    Returns
    -------
    str
        That of square metres for areas, else its own.
    """
    return "m2" if quantity.kind == "area" else quantity.unit


def exact_value(quantity: Quantity) -> Fraction:
    """
    Return the number of a quantity.

    Parameters
    ----------
    quantity : Quantity
        Any quantity.

    Returns
    -------
    fractions.Fraction
        In the unit of `base`.
    """
    exact = quantity.figure.in_unit("m2") if quantity.kind == "area" else None
    return Fraction(quantity.value) if exact is None else exact


def done_interval(quantity: Quantity) -> Interval:
    """
    Return what a figure that was done may stand for.

    Parameters
    ----------
    quantity : Quantity
        A figure beside a percentage.

    Returns
    -------
    Interval
        A plain count is exact. Any other plain figure is taken as rounded, but not by more
        than the share of itself that ``figures.json`` grants: who writes 5亿元 and a
        percentage of two digits means 5.
    """
    exact = exact_value(quantity)
    if quantity.kind == "count" and not quantity.figure.qualifier:
        return Interval(exact, exact)
    wide = quantity.interval(base(quantity) if quantity.kind == "area" else "")
    if quantity.figure.qualifier or quantity.upper is not None:
        return wide
    most = abs(exact) * Fraction(words("rounded_share")["value"])
    return Interval(max(wide.low, exact - most), min(wide.high, exact + most))


def _belongs(manner: str, of: str) -> bool:
    if manner == "rate":
        return not of.strip()
    return manner == "share" or re.search(any_of(words("task_words")), of) is not None


def _done(reading: Reading, earlier: Sequence[Quantity], of: str) -> Quantity | None:
    """Return the figure that a percentage is of: the last one before it of the kind meant."""
    kind = next((kind for word, kind in words("task_kinds").items() if word in of), "")
    several = [each for each in earlier if each.kind != "percent" and each.upper is None]
    last = next((each for each in reversed(several) if kind in {"", each.kind}), None)
    if last is None:
        return None
    if is_target(reading, last):
        # What was to be done may stand between what was done and the percentage.
        alike = [each for each in several if base(each) == base(last)]
        last = next((each for each in reversed(alike) if not is_target(reading, each)), last)
    # Of an area in two units, the one in mu was measured.
    return next((each for each in pair_of(reading, last) if each.unit == "mu"), last)


@cache
def _verb_pattern() -> re.Pattern[str]:
    share, done = any_of(words("share_words")), any_of(words("done_words"))
    rate, amounts = any_of(words("rates")), any_of(words("amounts_to"))
    return re.compile(
        rf"(?P<rate>{rate}(?:\s|{amounts})*+)"
        rf"|(?P<share>{share}(?!{any_of(words('occupies'))}))|(?P<task>{done})"
    )


@cache
def _other_pattern() -> re.Pattern[str]:
    # A clause that begins anew is about something else.
    return re.compile(rf"{any_of(words('no_shares'))}|[,;\uff0c\uff1b]")
