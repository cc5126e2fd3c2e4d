"""Find the areas that a text gives in two units, and compare them."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from enping_gis.check.auditing.claims import Claim
from enping_gis.check.auditing.formulas import decimals_of, multiplied
from enping_gis.check.auditing.words import any_of, words
from enping_gis.check.records.pairs import agreement
from enping_gis.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.check.auditing.quantities import Quantity, Reading
    from enping_gis.check.records.pairs import PairVerdict
    from enping_gis.intake.tables.figures import Figure
    from enping_gis.messages import Language

# Between an area and its bracket a noun may stand, hardly a clause: 200公顷工业用地(3000亩).
_LONGEST_NOUN = 12


def pairs_in(reading: Reading) -> Iterator[Claim]:
    """
    Compare the areas that are given in two units.

    Parameters
    ----------
    reading : Reading
        The text.

    Yields
    ------
    Claim
        One for each pair, of kind ``pair``.

    Examples
    --------
    >>> from enping_gis.check.auditing.quantities import Reading
    >>> [(each.verdict, each.suggestion) for each in pairs_in(Reading("537.72公顷(8605.84亩)"))]
    [('wrong', '573.72公顷')]
    >>> list(pairs_in(Reading("10公顷，5亩")))
    []
    """
    for first, second in paired(reading):
        yield compared(reading, first, second)


@lru_cache(maxsize=16)
def paired(reading: Reading) -> tuple[tuple[Quantity, Quantity], ...]:
    """
    Find the areas that are given in two units.

    Parameters
    ----------
    reading : Reading
        The text.

    Returns
    -------
    tuple of tuple of Quantity and Quantity
        The area as given first, and what follows in brackets or after 合, 即 and the like.

    Examples
    --------
    >>> from enping_gis.check.auditing.quantities import Reading
    >>> len(paired(Reading("分别为2公顷、1公顷（30亩、15亩）")))
    2
    >>> paired(Reading(""))
    ()
    """
    return tuple(_paired(reading))


def _paired(reading: Reading) -> Iterator[tuple[Quantity, Quantity]]:
    areas = [each for each in reading.quantities if each.kind == "area"]
    place = 0
    while place < len(areas) - 1:
        group = _same_unit(reading, areas, place)
        said = len(group)
        other = _same_unit(reading, areas, place + said)
        if not other or other[0].unit == group[0].unit or not _joined(reading, group[-1], other):
            place += said
            continue
        taken = min(said, len(other))
        yield from zip(group[-taken:], other[:taken], strict=True)
        place += said + len(other)
        # A third unit in the same bracket says the same once more.
        while place < len(areas) and taken == 1 and _goes_on(reading, areas[place - 1 : place + 1]):
            yield group[-1], areas[place]
            place += 1


def compared(reading: Reading, first: Quantity, second: Quantity) -> Claim:
    """
    Compare two figures for one area.

    Parameters
    ----------
    reading : Reading
        The text.
    first, second : Quantity
        Areas in two units.

    Returns
    -------
    Claim
        Of kind ``pair``.
    """
    end = second.end
    closing = tuple(words("closing"))
    if reading.text[end : end + 1] in closing and reading.between(first, second):
        end += 1
    written = " ".join(reading.text[first.start : end].split())
    return pair_claim(written, first, second, place=first.start, line=reading.line(first.start))


def pair_claim(
    written: str,
    first: Quantity,
    second: Quantity,
    *,
    place: int = 0,
    line: int | None = None,
    sheet: str = "",
    cell: str = "",
) -> Claim:
    """
    Say whether two figures for one area agree.

    Parameters
    ----------
    written : str
        Both as they stand.
    first, second : Quantity
        Areas in two units; ranges are compared end by end.
    place : int
        Where in the text they begin.
    line : int, optional
        Line of the text.
    sheet, cell : str
        Where in a workbook.

    Returns
    -------
    Claim
        Of kind ``pair``.
    """
    ends = [(first.figure, second.figure)]
    if first.upper is not None and second.upper is not None:
        ends.append((first.upper, second.upper))
    verdicts = [(agreement(*each), *each) for each in ends]
    said, one, other = next((each for each in verdicts if each[0].verdict != "ok"), verdicts[0])
    lone = (first.upper is None) != (second.upper is None)
    if lone and first.interval("m2").meets(second.interval("m2")):
        said = type(said)("ok")
    kept, derived = (one, other) if one.unit == "mu" else (other, one)
    values = _conversion(kept, derived)
    claim = Claim("pair", written, values, place=place, line=line, sheet=sheet, cell=cell)
    if said.verdict == "ok":
        return claim
    return _fault(claim, said, {first.unit: first, second.unit: second})


def _conversion(kept: Figure, derived: Figure) -> str:
    one = replace(kept, value=Decimal(1)).in_unit(derived.unit)
    if kept.value is None or derived.value is None or one is None:
        return ""
    return multiplied(kept.value, one, decimals_of(derived.value) + 2)


def _fault(claim: Claim, said: PairVerdict, names: dict[str, Quantity]) -> Claim:
    suggestion = names[said.unit].written(Decimal(said.suggestion))
    other = names[said.other_unit].written(Decimal(said.other)) if said.other else ""
    return Claim(
        "pair", claim.text, claim.values, "wrong", suggestion, f"audit_pair_{said.case}",
        place=claim.place, line=claim.line, sheet=claim.sheet, cell=claim.cell,
        said={"other": _Or(other)},
    )  # fmt: skip


class _Or:
    """The other figure that may be meant, in the reader's language."""

    def __init__(self, figure: str) -> None:
        self.figure = figure

    def text(self, lang: Language | None = None) -> str:
        return text("audit.or", lang, other=self.figure) if self.figure else ""


def _same_unit(reading: Reading, areas: list[Quantity], place: int) -> list[Quantity]:
    """Return the areas in one unit that are listed from here on."""
    group = areas[place : place + 1]
    for at in range(place + 1, len(areas)):
        last, each = group[-1], areas[at]
        if each.unit != last.unit or not _list_pattern().fullmatch(reading.between(last, each)):
            break
        group.append(each)
    return group


def _goes_on(reading: Reading, two: list[Quantity]) -> bool:
    first, second = two
    between = reading.between(first, second)
    return first.unit != second.unit and bool(_further_pattern().fullmatch(between))


def _joined(reading: Reading, first: Quantity, others: list[Quantity]) -> bool:
    """Tell whether areas in another unit say the same as the one before them."""
    found = _joint_pattern().fullmatch(reading.between(first, others[0]))
    if found is None:
        return False
    if not found["opening"]:
        return True
    # A bracket that says more than the areas is about something else.
    rest = reading.plain[others[-1].end :].lstrip()
    return bool(_closing_pattern().match(rest))


@cache
def _joint_pattern() -> re.Pattern[str]:
    same, opening = any_of(words("means_the_same")), any_of(words("opening"))
    noun = rf"[^0-9\s,;:()\[\]\u3001\uff0c\u3002\uff1b\uff1a]{{0,{_LONGEST_NOUN}}}"
    return re.compile(rf"(?:{noun}(?P<opening>{opening}){same}*+|[,\uff0c\u3001]?{same}++)")


@cache
def _closing_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(words('closing'))}|[,\uff0c;\uff1b\u3001/]|$)")


@cache
def _list_pattern() -> re.Pattern[str]:
    return re.compile(rf"{any_of(words('list_marks'))}")


@cache
def _further_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:[,\uff0c;\uff1b\u3001]|{any_of(words('means_the_same'))})++")
