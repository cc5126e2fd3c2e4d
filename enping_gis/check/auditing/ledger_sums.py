"""Check what the rows of a table say together: totals, rates of targets, stages in order."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from enping_gis.check.auditing.adding import SumVerdict, added, addition, sum_verdict
from enping_gis.check.auditing.claims import Claim
from enping_gis.check.auditing.formulas import decimals_of, rounded, shown
from enping_gis.check.auditing.percentages import fits
from enping_gis.check.auditing.quantities import Reading
from enping_gis.check.auditing.shares import percent_interval
from enping_gis.check.auditing.words import any_of, words
from enping_gis.check.records.pairs import interval
from enping_gis.intake.tables.figures import day, figure
from enping_gis.intake.tables.grid import address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enping_gis.check.auditing.ledgers import Column, Table
    from enping_gis.intake.tables.figures import Figure

_WHOLE = 100
# Sums of binary fractions are off by less.
_NOISE = Fraction(1, 10**6)
# A share stored as a fraction of one is exact to whole percents at least.
_SHARE_DECIMALS = 2


def sums_of(table: Table) -> Iterator[Claim]:
    """
    Add up the columns above and below the totals of a table.

    A subtotal is that of the rows before it, or after it, up to the next one; a total that of
    all rows. Rows that somebody hid may count or not.

    Parameters
    ----------
    table : Table
        The table.

    Yields
    ------
    Claim
        Of kind ``sum``, one for each figure in a row of totals, and one for the number of
        rows where the label states it.
    """
    for row in table.totals:
        label = _label(table, row)
        if re.search(any_of(words("of_which")), label):
            continue
        if label and not re.search(any_of(words("sums"), words("subtotals")), label, re.IGNORECASE):
            continue
        groups = list(_groups(table, row, label))
        for column in table.columns:
            if re.search(any_of(words("not_summed")), column.name) is None:
                yield from _added(table, row, column, groups, label)
        yield from _counted(table, row, groups, label)


def rates_of(table: Table) -> Iterator[Claim]:
    """
    Compare a column of rates with the columns of what was done and of the target.

    Parameters
    ----------
    table : Table
        The table; only one with one column of each is compared.

    Yields
    ------
    Claim
        Of kind ``percentage``, one for each row with all three.
    """
    rates = [each for each in table.columns if _says(each, "rates")]
    targets = [
        each for each in table.columns if _says(each, "target_columns") and each not in rates
    ]
    done = [each for each in table.columns if _says(each, "done_columns")
            and each not in rates and each not in targets]  # fmt: skip
    pairs = [(one, other) for one in done for other in targets
             if (one.unit or "") == (other.unit or "")]  # fmt: skip
    if len(rates) != 1 or len(pairs) != 1:
        return
    for row in (*table.rows, *table.totals):
        several = [table.figure(row, each) for each in (*pairs[0], rates[0])]
        known = [each for each in several if each is not None]
        if len(known) == len(several):
            yield from _rate(table, row, rates[0], known)


def stages_of(table: Table) -> Iterator[Claim]:
    """
    Compare the days of stages, row by row.

    Parameters
    ----------
    table : Table
        The table.

    Yields
    ------
    Claim
        Of kind ``date``, one for each pair of days out of order.
    """
    known = dict(_stage_columns(table))
    for earlier, later in words("stage_order"):
        if earlier not in known or later not in known:
            continue
        first, second = known[earlier], known[later]
        for row in table.rows:
            cells = table.sheet.rows[row]
            one, other = (day(cells.get(each.number), serial=True) for each in (first, second))
            if one is not None and other is not None and one > other:
                yield Claim(
                    "date", f"{first.name} {one}, {second.name} {other}", f"{one} > {other}",
                    "wrong", "", "audit_date_stages", place=second.number, line=row,
                    sheet=table.sheet.name, cell=address(row, second.number),
                )  # fmt: skip


def _groups(table: Table, row: int, label: str) -> Iterator[list[int]]:
    """Yield which rows a total may add up, the likeliest first."""
    everything = sorted((*table.rows, *table.hidden))
    bounds = sorted(each for each in table.totals if not _is_part(table, each))
    before = max((each for each in bounds if each < row), default=0)
    after = min((each for each in bounds if each > row), default=max([*everything, row]) + 1)
    above = [each for each in everything if before < each < row]
    below = [each for each in everything if row < each < after]
    whole = [everything, list(table.rows)]
    if re.search(any_of(words("subtotals")), label):
        blocks = [above, below, *whole]
    else:
        blocks = [*whole, above, below]
    yield from (each for each in blocks if each)


def _added(
    table: Table, row: int, column: Column, groups: Sequence[list[int]], label: str
) -> Iterator[Claim]:
    total = table.figure(row, column)
    if total is None or total.unit == "%":
        return
    verdicts: list[tuple[SumVerdict, list[Figure], list[int]]] = []
    for rows in groups:
        cells = [table.figure(each, column) for each in rows]
        parts = [each for each in cells if each is not None]
        if parts and all(each.unit == total.unit for each in parts):
            known = [each for each in rows if table.figure(each, column) is not None]
            verdicts.append((_verdict(table, known, row, column), parts, rows))
            if verdicts[-1][0].verdict == "ok":
                break
    if not verdicts:
        return
    said, parts, rows = verdicts[-1] if verdicts[-1][0].verdict == "ok" else verdicts[0]
    where = address(row, column.number)
    claim = Claim(
        "sum", f"{label} {column.name} {shown(total.value or added([]))}".strip(),
        addition(parts, total), place=column.number, line=row, sheet=table.sheet.name, cell=where,
    )  # fmt: skip
    if said.verdict == "ok":
        yield claim
        return
    known = [each for each in rows if table.figure(each, column) is not None]
    part = "" if said.part is None else address(known[said.part], column.number)
    yield Claim(
        "sum", claim.text, claim.values, "wrong",
        _as_written(table, row, column, said.suggestion), f"audit_sum_{said.case}",
        "warning" if said.case == "rounding" else "error", column.number, row,
        table.sheet.name, where,
        said={"sum": shown(added(parts)), "total": shown(total.value or added([])), "part": part},
    )  # fmt: skip


def _verdict(table: Table, rows: Sequence[int], row: int, column: Column) -> SumVerdict:
    """Tell whether the cells of rows add up, as they are stored and as they are printed."""
    cells = [table.figure(each, column) for each in rows]
    total = table.figure(row, column)
    parts = [each for each in cells if each is not None]
    if total is None:
        return SumVerdict("ok")
    numbers = [table.stored(each, column) for each in (*rows, row)]
    known = [each for each in numbers if each is not None]
    exact = len(known) == len(numbers)
    said = sum_verdict(parts, total, exact=exact)
    if said.verdict == "ok" or not exact or abs(sum(known[:-1]) - known[-1]) > _NOISE:
        return said
    # What is stored adds up: only what is printed of it may not.
    is_printed = any(table.precision.is_formatted(each, column.number) for each in (*rows, row))
    return SumVerdict("wrong", "rounding", added(parts)) if is_printed else SumVerdict("ok")


def _as_written(table: Table, row: int, column: Column, value: Decimal | None) -> str:
    """Write a total with the decimals that it needs, and at least those of its cell."""
    if value is None:
        return ""
    own = figure(table.sheet.rows[row].get(column.number))
    least = decimals_of(own.value) if own is not None and own.value is not None else 0
    if table.precision.is_formatted(row, column.number):
        least = decimals_of(value)
    needed = max(least, decimals_of(value.normalize()))
    return shown(rounded(Fraction(value), min(needed, decimals_of(value))))


def _counted(table: Table, row: int, groups: Sequence[list[int]], label: str) -> Iterator[Claim]:
    """Compare the number of things in a label such as 合计119宗 with the rows."""
    counts = [each for each in Reading(label).quantities if each.kind == "count"]
    if len(counts) != 1 or not groups:
        return
    stated, numbers = int(counts[0].value), [len(rows) for rows in groups]
    cell = address(row, min(table.sheet.rows[row]))
    word = counts[0].word
    good = stated in numbers
    yield Claim(
        "sum", label, f"{stated if good else numbers[0]} {'=' if good else chr(0x2260)} {stated}",
        "ok" if good else "wrong", "" if good else f"{numbers[0]}{word}",
        "" if good else "audit_sum_rows", line=row, sheet=table.sheet.name, cell=cell,
        said={"sum": f"{numbers[0]}{word}", "total": f"{stated}{word}", "part": ""},
    )  # fmt: skip


def _rate(table: Table, row: int, column: Column, known: Sequence[Figure]) -> Iterator[Claim]:
    done, target, rate = known
    if not target.value or rate.value is None or done.value is None or target.value < 0:
        return
    exact = Fraction(target.value)
    is_percent = rate.unit == "%"
    # A cell of a workbook shown as 60% holds 0.6; one without a sign may mean either.
    shares = [rate] if is_percent else [rate, _in_percent(rate)]
    share = Fraction(done.value) / exact * _WHOLE
    decimals = decimals_of(rate.value)
    values = f"{shown(done.value)} / {shown(target.value)} = {rounded(share, decimals + 1)} %"
    good = any(fits(interval(done), exact, percent_interval(each)) for each in shares)
    written = f"{shown(rate.value)}{'%' if is_percent else ''}"
    yield Claim(
        "percentage", f"{column.name} {written}", values,
        "ok" if good else "wrong", "" if good else f"{rounded(share, decimals)}%",
        "" if good else "audit_percentage_target", place=column.number, line=row,
        sheet=table.sheet.name, cell=address(row, column.number),
        said={"percent": written, "done": shown(done.value), "target": shown(target.value)},
    )  # fmt: skip


def _in_percent(rate: Figure) -> Figure:
    value = Decimal(0) if rate.value is None else rate.value
    decimals = max(decimals_of(value), _SHARE_DECIMALS)
    return replace(rate, value=rounded(Fraction(value), decimals).scaleb(_SHARE_DECIMALS))


def _stage_columns(table: Table) -> Iterator[tuple[str, Column]]:
    for column in table.columns:
        if re.search(any_of(words("date_columns")), column.name) is None:
            continue
        codes = [each["code"] for each in words("stages")
                 if any(word in column.name for word in each["words"])]  # fmt: skip
        if len(codes) == 1 and not re.search(any_of(words("agreed")), column.name):
            yield codes[0], column


def _says(column: Column, kind: str) -> bool:
    return re.search(any_of(words(kind)), column.name) is not None


def _label(table: Table, row: int) -> str:
    cells = table.sheet.rows[row]
    texts = (cells[column] for column in sorted(cells))
    said = next((each for each in texts if isinstance(each, str)), "")
    return " ".join(said.split()) if not said[:1].isdecimal() else ""


def _is_part(table: Table, row: int) -> bool:
    return re.search(any_of(words("of_which")), _label(table, row)) is not None
