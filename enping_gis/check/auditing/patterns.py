"""Patterns of numbers, units and sentences in running text."""

from __future__ import annotations

import re
from functools import cache

from enping_gis._resources import shipped_json
from enping_gis.check.auditing.words import (
    LONGEST_SPELT,
    MOST_DECIMALS,
    MOST_DIGITS,
    any_of,
    numeral_signs,
    words,
)
from enping_gis.intake.tables.figures import folded

# Every repetition is bounded or never given back, so that no text takes longer than its length.
_DECIMALS = rf"(?:\.[0-9]{{1,{MOST_DECIMALS}}}+)?+(?![0-9])"
_WHOLE = rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,4}}+|[0-9]{{1,{MOST_DIGITS}}}+)"
_DIGITS = rf"{_WHOLE}{_DECIMALS}"


@cache
def unit_and_kind(word: str) -> tuple[str, str]:
    """
    Tell what a unit counts.

    Parameters
    ----------
    word : str
        As it is written.

    Returns
    -------
    unit : str
        Its code; of a count the word itself, empty for no word.
    kind : {"area", "money", "percent", "count", ""}
        What it counts.

    Examples
    --------
    >>> unit_and_kind("公顷"), unit_and_kind("宗"), unit_and_kind("")
    (('ha', 'area'), ('宗', 'count'), ('', ''))
    """
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
def qualifiers() -> dict[str, str]:
    """
    Return the wording that widens a figure.

    Returns
    -------
    dict of str to str
        Wording -> what it does, such as 约 -> about.

    Examples
    --------
    >>> qualifiers()["约"]
    'about'
    """
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
def quantity_pattern() -> re.Pattern[str]:
    """
    Return the pattern of a number with its unit.

    Returns
    -------
    re.Pattern
        With a group for each part; its time grows with the length of the text alone.

    Examples
    --------
    >>> quantity_pattern().search("近53公顷")["number"]
    '53'
    """
    records = list(shipped_json("tables.json")["qualifiers"].values())
    before = any_of(*(each["before"] for each in records))
    after = any_of(*(each["after"] for each in records))
    signs, half = numeral_signs(), words("numeral_half")
    spelt = rf"(?<![{signs}])(?:[{signs}]{{1,{LONGEST_SPELT}}}+(?![{signs}])|{half}(?!{half}))"
    unit = any_of(area_words(), words("money"), words("percent"), words("counters"))
    range_ = any_of(words("range_signs"))
    times = f"[{''.join(words('multipliers'))}]"
    digit = f"[0-9{''.join(words('numerals'))}]"
    parts = "".join(f"(?:{digit}{sign}" for sign in words("mu_parts"))
    parts += ")?" * (len(words("mu_parts")) - 1) + ")"
    # A spelt number before a unit: multipliers of digits only, the others are part of it.
    return re.compile(
        rf"(?P<whole>(?:(?P<before>{before})\s*+)?"
        rf"(?P<core>(?P<percent_before>{any_of(words('percent_before'))})?"
        rf"(?<![0-9A-Za-z.])(?P<number>{_DIGITS}|{spelt})"
        rf"(?:\s*+(?:{times}?{unit})?\s*+{range_}\s*+(?P<upper>{_DIGITS}))?"
        rf"\s*+(?P<times>{times}{{0,2}}+)(?P<more>{after})?\s*+"
        rf"(?(percent_before)(?P<none>)|(?P<unit>{unit})(?:(?<![A-Za-z0-9])|(?![A-Za-z0-9]))))"
        rf"(?:(?P<after>{after})|(?P<half>{half})|(?P<parts>{parts})"
        rf"(?!{any_of(words('not_mu_parts'))}))?)",
        re.IGNORECASE,
    )


@cache
def sentence_pattern(lines_end: bool) -> re.Pattern[str]:  # noqa: FBT001 - a key of the cache
    """
    Return the pattern of where a sentence ends.

    Parameters
    ----------
    lines_end : bool
        Every line is a paragraph of its own.

    Returns
    -------
    re.Pattern
        Without groups.

    Examples
    --------
    >>> [len(sentence_pattern(each).split(f"a{chr(10)}b。c")) for each in (False, True)]
    [2, 3]
    """
    # A line that ends without a full stop goes on, unless an empty one follows.
    line = r"\n" if lines_end else r"\n\s*\n"
    return re.compile(rf"[{re.escape(''.join(words('sentence_ends')))}]|{line}")
