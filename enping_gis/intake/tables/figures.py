"""Read figures and dates as planners type them: 约20.6公顷, １０.８３, 2023年3月30日."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from numbers import Integral, Real
from typing import Any

from enping_gis._resources import shipped_json

# A figure with a longer text around it is a sentence, and no cell to compute with.
_LONGEST_TEXT = 120
# Beyond these powers of ten nothing is an area or a sum of money, and exact fractions explode.
_MOST_DIGITS = 30
# Serial numbers of the days 1950-01-01 and 2099-12-31 in a sheet; a year such as 2022 is none.
_FIRST_SERIAL, _LAST_SERIAL = 18_264, 73_050
_SERIAL_EPOCH = date(1899, 12, 30)

# Full-width forms one by one: NFKC would also turn 10² into 102.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    (0x00A0, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000, 0xFEFF, 0x200B), 0x20
) | {0x2212: 0x2D}  # fmt: skip
_NUMBER = r"[+-]?(?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(?:\.[0-9]*)?(?:e[+-]?[0-9]{1,3})?"
_TIME = r"(?:[t ]*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:z|\+[0-9]{2}:?[0-9]{2})?)?"


@dataclass(frozen=True)
class Figure:
    """
    A figure as somebody wrote it.

    Parameters
    ----------
    value : decimal.Decimal or None
        The number, digit by digit as written; None where the cell says that there is none.
    unit : str
        Code of its unit in ``tables.json``, such as ``ha``, ``mu``, ``m2``, ``wan_m2``,
        ``yi_yuan``; empty where the cell names none.
    qualifier : {"", "about", "nearly", "over", "at_most"}
        What the wording does to it; empty for a plain figure.
    """

    value: Decimal | None
    unit: str = ""
    qualifier: str = ""

    @property
    def approximate(self) -> bool:
        """
        Tell whether the wording makes the number less than exact.

        Returns
        -------
        bool
            True for 约, 近, 超过, 余 and the like.
        """
        return bool(self.qualifier)

    def in_unit(self, unit: str) -> Fraction | None:
        """
        Convert the figure exactly.

        Parameters
        ----------
        unit : str
            Code of a unit in ``tables.json``.

        Returns
        -------
        fractions.Fraction or None
            None where the figure has no value, no unit, or a unit of another kind.

        Examples
        --------
        >>> Figure(Decimal("0.5"), "ha").in_unit("mu")
        Fraction(15, 2)
        >>> Figure(Decimal(1)).in_unit("mu") is None
        True
        """
        units = shipped_json("tables.json")["units"]
        if self.value is None or self.unit not in units:
            return None
        if units[self.unit]["of"] != units[unit]["of"]:
            return None
        size, wanted = (Fraction(units[each]["size"]) for each in (self.unit, unit))
        return Fraction(self.value) * size / wanted

    def taken_as(self, unit: str) -> Figure:
        """
        Return the figure with a unit that stands elsewhere, such as in the header.

        Parameters
        ----------
        unit : str
            Code of a unit; empty where none is known.

        Returns
        -------
        Figure
            The same where it has a unit of its own.

        Examples
        --------
        >>> Figure(Decimal(3)).taken_as("mu").unit, Figure(Decimal(3), "ha").taken_as("").unit
        ('mu', 'ha')
        """
        return self if self.unit or not unit else Figure(self.value, unit, self.qualifier)


def is_blank(cell: object) -> bool:
    """
    Tell whether a cell says nothing: empty, NaN, or a sign such as — or 无.

    Parameters
    ----------
    cell : object
        A cell as it was read.

    Returns
    -------
    bool
        False for a zero, and for text that is merely not understood.

    Examples
    --------
    >>> is_blank("—"), is_blank(None), is_blank(0), is_blank("?!")
    (True, True, False, False)
    """
    if cell is None or str(cell) in {"<NA>", "NaT"}:
        return True
    if isinstance(cell, float):
        return cell != cell  # noqa: PLR0124 - NaN alone differs from itself
    return isinstance(cell, str) and _is_blank_text(cell)


def figure(cell: object) -> Figure | None:
    """
    Read the one figure of a cell.

    Parameters
    ----------
    cell : object
        A number, or text such as ``约20.6公顷``, ``1,234.5`` or ``１０.８３亩``.

    Returns
    -------
    Figure or None
        The first, where the cell gives one quantity in two units; without a value where the
        cell is blank (`is_blank`); None where it is not understood. Nothing is guessed:
        ``10-20亩`` is not understood.

    Examples
    --------
    >>> figure("约20.6公顷")
    Figure(value=Decimal('20.6'), unit='ha', qualifier='about')
    >>> figure(12.5).value, figure("—").value, figure("").value, figure("10-20亩")
    (Decimal('12.5'), None, None, None)
    """
    if is_blank(cell):
        return Figure(None)
    found = figures(cell)
    return found[0] if found else None


def figures(cell: object) -> tuple[Figure, ...]:
    """
    Read the figures of a cell; several are one quantity in several units.

    Parameters
    ----------
    cell : object
        A number, or text such as ``20.6公顷（309亩）``.

    Returns
    -------
    tuple of Figure
        Empty where the cell is blank or not understood to its last sign.

    Examples
    --------
    >>> [(str(each.value), each.unit) for each in figures("20.6公顷（309亩）")]
    [('20.6', 'ha'), ('309', 'mu')]
    >>> figures(None)
    ()
    """
    if isinstance(cell, bool) or is_blank(cell):
        return ()
    if isinstance(cell, Decimal | Real):
        value = Decimal(_plain(cell))
        return (Figure(value),) if _is_sensible(value) else ()
    return _of_text(cell) if isinstance(cell, str) else ()


def day(cell: object, *, serial: bool = False) -> str | None:
    """
    Read a date.

    Parameters
    ----------
    cell : object
        A date or datetime; text such as ``2023-03-30``, ``2023年3月30日``, ``2023.3.30``,
        ``2023/3/30`` or ``20230330``, with or without a time of day; or such a number.
    serial : bool
        The column is one of dates: a number between 18264 and 73050 counts days since
        1899-12-30, as sheets do (1950 to 2099).

    Returns
    -------
    str or None
        ISO date; None where the cell is blank, is not understood, or names no day that
        exists (2022-02-30, 2023年3月).

    Examples
    --------
    >>> day("2023年3月30日"), day("20230330"), day(44600, serial=True)
    ('2023-03-30', '2023-03-30', '2022-02-08')
    >>> day("2022-02-30"), day(""), day(2022, serial=True)
    (None, None, None)
    """
    if is_blank(cell) or isinstance(cell, bool):
        return None
    if isinstance(cell, date):
        return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    written = folded(_plain(cell))
    found = _day_pattern().fullmatch(written)
    if found is not None:
        parts = [int(part) for part in found.groups() if part is not None]
        return _existing(*parts[:3])
    if serial and re.fullmatch(r"[0-9]{5}(?:\.[0-9]*)?", written):
        number = int(written[:5])
        if _FIRST_SERIAL <= number <= _LAST_SERIAL:
            return (_SERIAL_EPOCH + timedelta(days=number)).isoformat()
    return None


def unit_of(wording: object) -> str:
    """
    Return the code of a unit that somebody names.

    Parameters
    ----------
    wording : object
        Such as ``亩`` or ``hm²``.

    Returns
    -------
    str
        Code of the unit in ``tables.json``; empty where there is none of that name.

    Examples
    --------
    >>> unit_of("㎡"), unit_of("公斤"), unit_of(None)
    ('m2', '', '')
    """
    return _units().get(folded(str(wording)).replace(" ", ""), "")


def folded(wording: str) -> str:
    """
    Fold full-width forms, white space and case, and nothing that changes a number.

    Parameters
    ----------
    wording : str
        Text of a cell.

    Returns
    -------
    str
        Lower case, single spaces, none at the ends.

    Examples
    --------
    >>> folded("　１０.８３　ＨＡ"), folded("10²"), folded("")
    ('10.83 ha', '10²', '')
    """
    plain = wording if wording.isascii() else wording.translate(_HALF_WIDTH)
    return " ".join(plain.casefold().split())


def _is_blank_text(cell: str) -> bool:
    written = folded(cell)
    return not written or written in _blank_words()


@cache
def _blank_words() -> frozenset[str]:
    return frozenset(folded(each) for each in shipped_json("tables.json")["blank"])


@cache
def _units() -> dict[str, str]:
    units = shipped_json("tables.json")["units"].items()
    return {folded(word): code for code, record in units for word in record["words"]}


def _plain(cell: object) -> str:
    """Return the shortest text of a number, so that 0.1 is read as it was typed."""
    if isinstance(cell, Integral):
        return str(int(cell))
    if isinstance(cell, Real):
        number = float(cell)
        return str(int(number)) if number.is_integer() else repr(number)
    return str(cell)


def _is_sensible(value: Decimal) -> bool:
    return value.is_finite() and (value == 0 or abs(value.adjusted()) <= _MOST_DIGITS)


def _of_text(cell: str) -> tuple[Figure, ...]:
    if len(cell) > _LONGEST_TEXT:
        return ()
    rest, found = folded(cell), []
    pattern, joiner = _item_pattern(), _joiner_pattern()
    while rest:
        item = pattern.match(rest)
        if item is None:
            return ()
        one = _figure_of(item)
        if one is None:
            return ()
        found.append(one)
        rest = rest[item.end() :]
        between = joiner.match(rest)
        if rest and between is None:
            return ()
        rest = rest[between.end() :] if between else rest
    kinds = {each.unit for each in found}
    # Two figures say one thing only where each names a unit of its own.
    one_quantity = len(kinds) == len(found) and "" not in kinds
    return tuple(found) if len(found) == 1 or one_quantity else ()


def _figure_of(item: re.Match[str]) -> Figure | None:
    before, number, close, unit, after = item.groups(default="")
    value = Decimal(number.replace(",", "").replace(" ", ""))
    code = _units().get(unit, "")
    if not _is_sensible(value):
        return None
    if code == "wan":
        value, code = value * 10_000, ""
    said = [word for word in (before, close, after) if word]
    qualifiers = _qualifiers()
    return Figure(value, code, next((qualifiers[word] for word in said), ""))


@cache
def _qualifiers() -> dict[str, str]:
    return {
        folded(word): code
        for code, record in shipped_json("tables.json")["qualifiers"].items()
        for word in (*record["before"], *record["after"])
    }


@cache
def _item_pattern() -> re.Pattern[str]:
    records = list(shipped_json("tables.json")["qualifiers"].values())
    lead = _any_of(shipped_json("tables.json")["lead_in"])
    before = _any_of([word for record in records for word in record["before"]])
    after = _any_of([word for record in records for word in record["after"]])
    unit = _any_of(list(_units()))
    return re.compile(
        rf"\s*(?:{lead})?\s*({before})?\s*({_NUMBER})\s*({after})?\s*({unit})?\s*({after})?\s*"
    )


@cache
def _joiner_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:\s*(?:{_any_of(shipped_json('tables.json')['joiners'])}))+\s*")


def _any_of(words: list[str]) -> str:
    # The longest first: otherwise the sign for ten thousand hides the unit that begins with it.
    known = sorted({folded(word) for word in words}, key=len, reverse=True)
    return "|".join(map(re.escape, known))


@cache
def _day_pattern() -> re.Pattern[str]:
    marks: dict[str, Any] = shipped_json("tables.json")["day_marks"]
    year, month, last = (_any_of(marks[each]) for each in ("year", "month", "day"))
    four, two = "([0-9]{4})", "([0-9]{1,2})"
    spelt = rf"{four} ?(?:{year}) ?{two} ?(?:{month}) ?{two} ?(?:{last})?"
    signs = "|".join(rf"{four}{sign}{two}{sign}{two}" for sign in ("-", r"\.", "/"))
    return re.compile(rf"(?:{spelt}|{signs}|{four}([0-9]{{2}})([0-9]{{2}})){_TIME}")


def _existing(year: int, month: int, number: int) -> str | None:
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return None
