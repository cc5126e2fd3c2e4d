"""Look up the words that figures stand among, kept in ``figures.json``."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from enping_gis._resources import shipped_json

if TYPE_CHECKING:
    from collections.abc import Iterable

_FULL_WIDTH_COMMA = 0xFF0C
# A full-width comma inside a number: one to three digits before it, three behind each.
_THOUSANDS = re.compile(
    "(?<![0-9\uff10-\uff19.,\uff0e\uff0c])[0-9\uff10-\uff19]{1,3}"
    "(?:\uff0c[0-9\uff10-\uff19]{3}(?![0-9\uff10-\uff19]))+"
)
# More digits than these are no figure; together they are no more than decimals compute with.
MOST_DIGITS, MOST_DECIMALS, LONGEST_SPELT = 15, 12, 30
# Ten thousand, in powers of ten: where a section of a spelt number ends.
_MYRIAD = 4
# One sign for one, so that places in the text stay; the comma of a sentence divides no digits.
_HALF_WIDTH = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != _FULL_WIDTH_COMMA
} | dict.fromkeys((0x00A0, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000, 0xFEFF, 0x200B), 0x20)


def words(name: str) -> Any:  # noqa: ANN401 - lists and tables of words
    """
    Return an entry of ``figures.json``.

    Parameters
    ----------
    name : str
        Its key.

    Returns
    -------
    Any
        Words, or words with what they stand for; they are cached, so do not change them.

    Examples
    --------
    >>> words("the_rest")[0]
    '其余'
    """
    return shipped_json("check/records/figures.json")[name]


def any_of(*several: Iterable[str]) -> str:
    """
    Return a pattern for words, the longest first.

    Parameters
    ----------
    *several : iterable of str
        Lists of words.

    Returns
    -------
    str
        A group that captures nothing.

    Examples
    --------
    >>> any_of(["a", "ab"])
    '(?:ab|a)'
    """
    known = sorted({each for group in several for each in group}, key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, known))})"


def half_width(text: str) -> str:
    """
    Fold full-width signs sign by sign, so that places in the text stay.

    Parameters
    ----------
    text : str
        Running text.

    Returns
    -------
    str
        As long as `text`; the comma of a sentence stays what it is.

    Examples
    --------
    >>> half_width("２０．６公顷（３０９亩），")
    '20.6公顷(309亩)，'
    """
    whole = _THOUSANDS.sub(lambda found: found[0].replace(chr(_FULL_WIDTH_COMMA), ","), text)
    return whole.translate(_HALF_WIDTH)


@cache
def numeral_signs() -> str:
    """
    Return the signs that spelt numbers are made of.

    Returns
    -------
    str
        The signs of a character class.
    """
    signs = (words(f"numeral{each}") for each in ("s", "_powers", "_tens", "_point"))
    return "".join(sign for each in signs for sign in each)


def number(written: str) -> Decimal | None:
    """
    Read a number, in digits or spelt.

    Parameters
    ----------
    written : str
        Such as ``8,605.84``, ``一百五十`` or ``三点三三``.

    Returns
    -------
    decimal.Decimal or None
        With the decimals that are written; None where it is no number.

    Examples
    --------
    >>> number("8,605.84"), number("一百五十"), number("三点三三"), number("二〇二二")
    (Decimal('8605.84'), Decimal('150'), Decimal('3.33'), Decimal('2022'))
    >>> number("廿"), number("拾伍"), number("半")
    (Decimal('20'), Decimal('15'), Decimal('0.5'))
    >>> number(""), number("十十"), number("三五十")
    (None, None, None)
    """
    if len(written) > 2 * LONGEST_SPELT:
        return None
    if written == words("numeral_half"):
        return Decimal("0.5")
    if re.fullmatch(r"[0-9][0-9,]*(?:\.[0-9]+)?", written):
        return Decimal(written.replace(",", ""))
    for sign, spelt in words("numeral_tens").items():
        written = written.replace(sign, spelt)
    whole, _, decimals = written.partition(words("numeral_point"))
    value = _spelt(whole)
    digits = [words("numerals").get(sign) for sign in decimals]
    if value is None or None in digits:
        return None
    return Decimal(f"{value}.{''.join(map(str, digits))}") if digits else Decimal(value)


def _spelt(written: str) -> int | None:
    numerals, powers = words("numerals"), words("numeral_powers")
    if not written or any(sign not in numerals and sign not in powers for sign in written):
        return None
    if all(sign in numerals for sign in written):
        return int("".join(str(numerals[sign]) for sign in written))
    total = section = digit = 0
    below = _MYRIAD + 1
    for sign in written:
        if sign in numerals:
            # Two digits side by side are a guess: 三五十, 十五六.
            if digit:
                return None
            digit = numerals[sign]
            continue
        power = powers[sign]
        if power >= _MYRIAD:
            total += (section + digit) * 10**power
            section, below = 0, _MYRIAD
        elif power < below:
            section += (digit or 1) * 10**power
            below = power
        else:
            return None
        digit = 0
    return int(total + section + digit)
