"""Find the targets that a text states."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from enping_gis.check.auditing.pairs_said import paired
from enping_gis.check.auditing.words import any_of, words

if TYPE_CHECKING:
    from enping_gis.check.auditing.quantities import Quantity, Reading

# A word for a target stands at most so many signs before its figure.
_NEAR_TARGET = 30


@lru_cache(maxsize=16)
def targets_of(reading: Reading) -> tuple[Quantity, ...]:
    """
    Return the targets that a text states.

    Parameters
    ----------
    reading : Reading
        The text.

    Returns
    -------
    tuple of Quantity
        In the order of the text.

    Examples
    --------
    >>> from enping_gis.check.auditing.quantities import Reading
    >>> said = Reading("任务数500亩，完成793亩。")
    >>> [str(each.value) for each in targets_of(said)]
    ['500']
    >>> targets_of(Reading(""))
    ()
    """
    return tuple(each for each in reading.quantities if _is_labelled(reading, each))


def is_target(reading: Reading, quantity: Quantity) -> bool:
    """
    Tell whether a figure is what was to be done.

    Parameters
    ----------
    reading : Reading
        The text.
    quantity : Quantity
        A figure in it.

    Returns
    -------
    bool
        True where its clause says 任务, 计划 and the like before it, with no other figure in
        between, and does not say that it is done.
    """
    return quantity.start in _starts(reading)


def period_of(said: str) -> Fraction | None:
    """
    Return which part of a year a wording names.

    Parameters
    ----------
    said : str
        Such as 一季度任务.

    Returns
    -------
    fractions.Fraction or None
        None where it names no period.

    Examples
    --------
    >>> period_of("完成一季度任务"), period_of("任务") is None
    (Fraction(1, 4), True)
    """
    found = next((part for word, part in words("periods").items() if word in said), None)
    return None if found is None else Fraction(found)


def target_period(reading: Reading, quantity: Quantity) -> Fraction | None:
    """
    Return the part of a year that a target is for.

    Parameters
    ----------
    reading : Reading
        The text.
    quantity : Quantity
        A target in it.

    Returns
    -------
    fractions.Fraction or None
        None where its clause names no period.
    """
    return period_of(_label(reading, quantity))


@lru_cache(maxsize=16)
def _starts(reading: Reading) -> frozenset[int]:
    return frozenset(each.start for each in targets_of(reading))


def _is_labelled(reading: Reading, quantity: Quantity) -> bool:
    label = _label(reading, quantity)
    found = list(re.finditer(any_of(words("target_words")), label))
    if not found:
        return False
    done = re.compile(any_of(words("done_already")))
    return not done.search(label, found[-1].end()) and not _reached_pattern().search(label)


@lru_cache(maxsize=16)
def _firsts(reading: Reading) -> dict[int, Quantity]:
    """Return where the second figure for one area stands -> the first one."""
    return {other.start: one for one, other in paired(reading)}


def _label(reading: Reading, quantity: Quantity) -> str:
    """Return what a clause says before a figure, from the figure before it on."""
    first = _firsts(reading).get(quantity.start, quantity)
    start = max(reading.sentence(first.start)[0], first.start - _NEAR_TARGET)
    before = reading.within(start, first.start)
    if before:
        start = max(start, before[-1].end)
    said = reading.plain[start : first.start]
    # Wording such as 不少于 is part of the figure.
    own = reading.plain[first.start : first.end]
    return re.split(r"[,;:\uff0c\uff1b\uff1a](?=.*\S)", said)[-1] + own


@cache
def _reached_pattern() -> re.Pattern[str]:
    """Find 完成任务 where nobody says that it is still to be done."""
    done, task = any_of(words("done_words")), any_of(words("task_words"))
    return re.compile(rf"^(?!.*{any_of(words('yet_to_do'))}).*{done}[^0-9]*{task}")
