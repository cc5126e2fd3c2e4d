"""Tell the rows of a table that are plots from totals, notes, repeated headers and hidden rows."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from enping_gis._resources import shipped_json
from enping_gis.findings import Finding
from enping_gis.intake.tables.figures import figure, folded
from enping_gis.intake.tables.grid import address
from enping_gis.intake.tables.header import header_words, is_header_again
from enping_gis.schema import recognised_columns, tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enping_gis.findings import Severity
    from enping_gis.intake.tables.grid import Sheet
    from enping_gis.intake.tables.header import Header

_SHOWN_SIGNS = 60
_SEVERITIES: dict[str, Severity] = {
    "row_hidden": "warning",
    "quote_open": "error",
    "row_long": "error",
    "row_shifted": "error",
}
# The word for a total stands in one of the first cells with text: town, number, name.
_LABELS_SEARCHED = 3
_LEAST_COLUMN_NUMBERS = 3
# So many words of headers, most of its cells, make a row the header of another table.
_LEAST_HEADER_WORDS = 3
_HEADER_SHARE = 0.6
# A last row of figures alone is a total where one of them is, but for rounding, the sum.
_LEAST_SUMMANDS = 2
_SUM_TOLERANCE = Decimal("0.0001")


def kept_rows(
    sheet: Sheet, header: Header, where: Mapping[str, Any]
) -> tuple[list[int], list[Finding]]:
    """
    Return the rows of a table that are read, and say what the others are.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    header : Header
        Its header.
    where : mapping of str to Any
        File and layer, for the findings.

    Returns
    -------
    rows : list of int
        Rows of the sheet, ascending.
    findings : list of Finding
        Totals, notes, repeated headers (info), rows hidden by hand (warning), rows that
        cannot be divided into cells (error), each with its place; rows that only a filter
        hides are read, and counted in one info.

    Examples
    --------
    >>> from enping_gis.intake.tables.grid import Sheet
    >>> from enping_gis.intake.tables.header import Header
    >>> sheet = Sheet("a", {1: {1: "编号"}, 2: {1: "x", 2: 5}, 3: {1: "合计", 2: 5}})
    >>> rows, findings = kept_rows(sheet, Header(1, 1, {1: "编号", 2: "面积"}), {})
    >>> rows, [each.rule for each in findings]
    ([2], ['total_row'])
    >>> kept_rows(Sheet("a", {}), Header(1, 1, {}), {})
    ([], [])
    """
    keys, names = _naming_columns(header)
    rows: list[int] = []
    findings = _above(sheet, header, where)
    filtered: list[int] = []
    below = sorted(number for number in sheet.rows if number > header.bottom)
    for row in below:
        cells = sheet.rows[row]
        rule = _rule(sheet, header, row, keys, names)
        if rule == "second_table":
            findings.append(
                Finding(rule, "error", row=row, value=_shown(cells), cell=address(row, min(cells)),
                        values={"last": below[-1]}, **where)
            )  # fmt: skip
            break
        if not rule:
            rows.append(row)
            filtered += [row] * (row in sheet.filtered)
            continue
        severity = _SEVERITIES.get(rule, "info")
        first = min(cells)
        findings.append(
            Finding(rule, severity, row=row, value=_shown(cells), cell=address(row, first), **where)
        )
    if rows and _adds_up(sheet, rows, keys | names):
        last = rows.pop()
        cells = sheet.rows[last]
        findings.append(
            Finding("total_row", "warning", row=last, value=_shown(cells),
                    cell=address(last, min(cells)), **where)
        )  # fmt: skip
    if filtered:
        findings.append(
            Finding("rows_filtered", "info", row=filtered[0], value=str(len(filtered)), **where)
        )
    return rows, findings


def _naming_columns(header: Header) -> tuple[set[int], set[int]]:
    """Return the columns that hold keys of any table, and those that hold names."""
    own = {name: column for column, name in header.names.items()}
    keys, names = set(), set()
    for table in tables().values():
        found = recognised_columns(table.name, own)
        keys |= {own[found[each]] for each in (table.key,) if each in found}
        names |= {own[found["name"]]} if "name" in found else set()
    return keys, names


def _rule(sheet: Sheet, header: Header, row: int, keys: set[int], names: set[int]) -> str:
    """Return the rule under which a row is kept aside, empty for one that is read."""
    cells = sheet.rows[row]
    broken = sheet.broken.get(row, ("", ""))[0]
    long = broken == "row_long" and max(cells) > max(header.names)
    if row in sheet.hidden:
        return "row_hidden"
    if broken in {"quote_open", "row_shifted"} or long:
        return broken
    if _is_total(cells, keys):
        return "total_row"
    if is_header_again(sheet, header, row) or _numbers_columns(row, header, cells):
        return "note_row"
    if header_words(cells) >= max(_LEAST_HEADER_WORDS, _HEADER_SHARE * len(cells)):
        return "second_table"
    return "note_row" if _is_note(sheet, header, row, keys | names) else ""


def _is_total(cells: Mapping[int, object], keys: set[int]) -> bool:
    texts = [
        (column, _label(cell))
        for column, cell in sorted(cells.items())
        if isinstance(cell, str) and not _is_figure(cell)
    ][:_LABELS_SEARCHED]
    exact, ending, part = _total_patterns()
    for position, (column, label) in enumerate(texts):
        # What has a code of its own is a plot, whatever its name.
        if any(key in cells for key in keys if key != column):
            continue
        if exact.fullmatch(label):
            return True
        if position == 0 and (ending.fullmatch(label) or part.match(label)):
            return True
    return False


def _adds_up(sheet: Sheet, rows: list[int], naming: set[int]) -> bool:
    """Tell whether the last row is a total without a word: figures alone, one of them a sum."""
    *others, last = rows
    cells = sheet.rows[last]
    if len(others) < _LEAST_SUMMANDS or naming & set(cells) or not naming:
        return False
    if not all(isinstance(cell, int | float) for cell in cells.values()):
        return False
    for column, cell in cells.items():
        above = (figure(sheet.rows[row].get(column)) for row in others)
        total = sum((each.value for each in above if each and each.value), Decimal(0))
        own = figure(cell)
        if own and own.value and abs(total - own.value) <= abs(own.value) * _SUM_TOLERANCE:
            return True
    return False


def _is_note(sheet: Sheet, header: Header, row: int, naming: set[int]) -> bool:
    cells = sheet.rows[row]
    if not all(isinstance(cell, str) for cell in cells.values()):
        return False
    first = min(cells)
    label = _label(cells[first])
    if _note_pattern().match(label):
        return 2 * len(cells) <= max(4, len(header.names)) or all(
            _note_pattern().match(_label(cell)) for cell in cells.values()
        )
    if len(cells) > 1:
        return False
    if re.match(shipped_json("tables.json")["section"], label):
        return True
    width = max(
        (block.right - block.left + 1 for block in sheet.merged
         if block.top <= row <= block.bottom and block.left == first), default=0,
    )  # fmt: skip
    wide = width > 1 and 2 * width >= len(header.names)
    return wide or (first not in naming and len(label) > _SHOWN_SIGNS)


def _numbers_columns(row: int, header: Header, cells: Mapping[int, object]) -> bool:
    """Tell whether a row just below the header numbers the columns, as forms do."""
    if row != header.bottom + 1:
        return False
    words = set(shipped_json("tables.json")["column_numbers"])
    said = [_label(cell).strip("()") for cell in cells.values()]
    numbers = [each for each in said if each not in words]
    counted = [str(number) for number in range(1, len(numbers) + 1)]
    return len(numbers) >= _LEAST_COLUMN_NUMBERS and numbers == counted


def _above(sheet: Sheet, header: Header, where: Mapping[str, Any]) -> list[Finding]:
    return [
        Finding("note_row", "info", row=row, value=_shown(sheet.rows[row]),
                cell=address(row, min(sheet.rows[row])), **where)
        for row in sorted(number for number in sheet.rows if number < header.top)
    ]  # fmt: skip


def _label(cell: object) -> str:
    return folded(str(cell)).replace(" ", "")


def _is_figure(cell: str) -> bool:
    return folded(cell)[:1].isdecimal()


def _shown(cells: Mapping[int, object]) -> str:
    said = " | ".join(str(cells[column]) for column in sorted(cells))
    return said if len(said) <= _SHOWN_SIGNS else said[: _SHOWN_SIGNS - 1] + "…"


@cache
def _total_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = shipped_json("tables.json")
    total = "|".join(map(re.escape, data["totals"]))
    number = rf"[0-9]+(?:{'|'.join(map(re.escape, data['total_counts']))})?"
    count = rf"(?:\([^()]*\))?[:(]*(?:{number})?[:)]*"
    part = "|".join(map(re.escape, data["of_which"]))
    return (
        re.compile(rf"(?:{total}){count}"),
        re.compile(rf".{{0,16}}(?:{total}){count}"),
        re.compile(rf"(?:{part})(?::|$)"),
    )


@cache
def _note_pattern() -> re.Pattern[str]:
    words = "|".join(map(re.escape, shipped_json("tables.json")["notes"]))
    return re.compile(rf"(?:{words})(?:[0-9]*$|[0-9]*[:.(\u3001])")
