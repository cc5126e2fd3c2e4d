"""Print a result as a table, JSON or CSV; messages go to stderr."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rich.cells import cell_len
from rich.console import Console

from enping_gis.crs import crs_name
from enping_gis.messages import printable, text
from enping_gis.vocabulary import label, normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from enping_gis.findings import Finding
    from enping_gis.inventory import Inventory

# So many findings of one rule are printed in full; the rest is counted, JSON has them all.
FINDINGS_SHOWN = 5
_FORMULA_SIGNS = ("=", "+", "-", "@")
_LABELLED = {"kind": "contact", "status": "status"}


class Format(StrEnum):
    """How a result is printed."""

    table = "table"
    json = "json"
    csv = "csv"


@dataclass(frozen=True)
class Report:
    """
    What a command has to say.

    Parameters
    ----------
    command : str
        Its name.
    rows : pandas.DataFrame
        The result.
    meta : dict of str to Any
        What the command adds to the meta of its input.
    inventory : Inventory, optional
        What it was computed from.
    findings : sequence of Finding
        What is wrong with the input.
    total : dict of str to Any
        A last row for the table, in which it is set off.
    last_line : str
        What the table ends with, such as a path.
    groups : pandas.DataFrame, optional
        A second table, to which the total belongs then.
    """

    command: str
    rows: pd.DataFrame
    meta: dict[str, Any] = field(default_factory=dict)
    inventory: Inventory | None = None
    findings: Sequence[Finding] = ()
    total: dict[str, Any] = field(default_factory=dict)
    last_line: str = ""
    groups: pd.DataFrame | None = None


def show(report: Report, form: Format) -> None:
    """
    Print a report: the result to stdout, everything else to stderr.

    Parameters
    ----------
    report : Report
        What to print.
    form : Format
        How.
    """
    if form is Format.json:
        sys.stdout.write(json_text(report))
        _tell_findings(report.findings)
        return
    _tell_basis(report.inventory)
    _tell_findings(report.findings)
    if form is Format.csv:
        sys.stdout.write(csv_text(report.rows))
        return
    tables = [report.rows] if report.groups is None else [report.rows, report.groups]
    shown = [table for table in tables if len(table.columns)]
    for number, table in enumerate(shown):
        if number:
            sys.stdout.write("\n")
        _print_table(table, report.total if table is tables[-1] else {})
    if report.last_line:
        sys.stdout.write(report.last_line + "\n")


def json_text(report: Report) -> str:
    """
    Return a report as JSON.

    Parameters
    ----------
    report : Report
        What to print.

    Returns
    -------
    str
        ``{"meta": {...}, "findings": [...], "rows": [...]}`` and a line end.

    Examples
    --------
    >>> json.loads(json_text(Report("doctor", pd.DataFrame())))["rows"]
    []
    """
    document = {
        "meta": _plain_row(_meta(report)),
        "findings": [_plain_row(finding.as_row()) for finding in report.findings],
        "rows": [_plain_row(row) for row in report.rows.to_dict("records")],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


@contextmanager
def working(step: str) -> Iterator[Callable[[str], None]]:
    """
    Show on a terminal that work goes on; a pipe sees nothing of it.

    Parameters
    ----------
    step : str
        Code of the message that names the work.

    Yields
    ------
    callable
        Takes a line that says how far the work is; nothing else is printed in the block.
    """
    if not sys.stderr.isatty():
        yield lambda _line: None
        return
    with Console(stderr=True).status(text(step)) as status:
        yield status.update


def tell(message: str) -> None:
    """
    Print one line to stderr.

    Parameters
    ----------
    message : str
        The line.
    """
    sys.stderr.write(message + "\n")


def _meta(report: Report) -> dict[str, Any]:
    meta: dict[str, Any] = {"command": report.command}
    inventory = report.inventory
    if inventory is not None:
        source = inventory.meta.source_path
        meta |= {
            "input": "demo" if source is None else str(source),
            "crs": crs_name(inventory.crs),
            "method": inventory.meta.area_method,
            "as_of": inventory.as_of.isoformat(),
            "synthetic": int(inventory.synthetic.sum()),
        }
    return meta | report.meta


def _tell_basis(inventory: Inventory | None) -> None:
    if inventory is None:
        return
    tell(
        text(
            "cli.basis",
            crs=crs_name(inventory.crs),
            method=label("area_method", inventory.meta.area_method),
            as_of=inventory.as_of.isoformat(),
        )
    )
    synthetic = int(inventory.synthetic.sum())
    if synthetic:
        tell(text("cli.synthetic", n=len(inventory.parcels), s=synthetic))


def _tell_findings(findings: Sequence[Finding]) -> None:
    counts = Counter(finding.rule for finding in findings)
    shown: Counter[str] = Counter()
    for finding in findings:
        shown[finding.rule] += 1
        if shown[finding.rule] <= FINDINGS_SHOWN:
            severity = text(f"severity.{finding.severity}")
            where = text("cli.where", file=finding.file, row=finding.row) if finding.row else ""
            cure = finding.cure()
            tell(text("cli.finding", severity=severity, where=where,
                      message=finding.message(), cure=cure))  # fmt: skip
    for rule, count in counts.items():
        if count > FINDINGS_SHOWN:
            tell(text("cli.more_findings", rule=rule, n=count - FINDINGS_SHOWN))


def _print_table(table: pd.DataFrame, total: dict[str, Any]) -> None:
    columns = list(table.columns)
    rows = [[_cell(name, row[name]) for name in columns] for row in table.to_dict("records")]
    totals = [[_cell(name, total.get(name, "")) for name in columns]] if total else []
    head = [text(f"column.{name}") for name in columns]
    # A Chinese sign takes two columns of a terminal, so rich counts and not len.
    widths = [max(map(cell_len, cells)) for cells in zip(head, *rows, *totals, strict=True)]
    numeric = [_is_number(table[name]) for name in columns]
    rule = "\N{BOX DRAWINGS LIGHT HORIZONTAL}" * (sum(widths) + 3 * (len(widths) - 1))
    lines = [_line(head, widths, numeric), rule]
    lines += [_line(row, widths, numeric) for row in rows]
    lines += [line for row in totals for line in (rule, _line(row, widths, numeric))]
    sys.stdout.write("\n".join(lines) + "\n")


def _line(cells: list[str], widths: list[int], numeric: list[bool]) -> str:
    padded = (
        " " * (width - cell_len(cell)) + cell if right else cell + " " * (width - cell_len(cell))
        for cell, width, right in zip(cells, widths, numeric, strict=True)
    )
    return "   ".join(padded).rstrip()


def _is_number(cells: pd.Series[Any]) -> bool:
    return bool(len(cells)) and all(
        isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool) for cell in cells
    )


def _cell(column: str, value: Any) -> str:  # noqa: ANN401 - a cell of any table
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "\N{EM DASH}"
    if isinstance(value, (bool, np.bool_)):
        return text("yes" if value else "no")
    if isinstance(value, (Decimal, float)):
        return f"{value:,}" if isinstance(value, Decimal) else f"{value:,.2f}"
    if column == "how":
        return printable(
            text("list_mark").join(
                label("decoder", code) for code in str(value).split(", ") if code
            )
        )
    if column in _LABELLED:
        return printable(label(_LABELLED[column], str(value)))
    return printable(str(value))


def csv_text(rows: pd.DataFrame) -> str:
    r"""
    Return rows as comma-separated text in which no cell runs as a formula.

    Parameters
    ----------
    rows : pandas.DataFrame
        The rows.

    Returns
    -------
    str
        A line of names, then a line for each row.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"a": [1.5], "b": ["=1"]}))
    "a,b\n1.5,'=1\n"
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(rows.columns)
    for row in rows.to_dict("records"):
        writer.writerow([_csv_cell(_plain(value)) for value in row.values()])
    return buffer.getvalue()


def _csv_cell(value: Any) -> Any:  # noqa: ANN401 - a cell of any table
    if not isinstance(value, str):
        return value
    # A spreadsheet would run a text that begins like a formula, in full width and after blanks
    # too, and it takes tabs for blanks.
    begins = normalised(value).startswith(_FORMULA_SIGNS) or value.startswith(("\t", "\r"))
    return f"'{printable(value)}" if begins else printable(value)


def _plain_row(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): _plain(value) for key, value in row.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of any table
    if isinstance(value, Decimal):
        return float(value)
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and pd.isna(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return _plain_row(value)
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return str(value)
