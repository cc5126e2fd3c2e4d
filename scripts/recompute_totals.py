"""
Recompute the area totals of each town from an inventory or a file of parcels.

Writes a CSV and a workbook: per town the plots, the measured area and, for the plots whose
ledger states an area, the stated against the measured one. Towns without a plot, plots
without a town and rows that could not be read are named.

    python scripts/recompute_totals.py plots.shp -o totals
    python scripts/recompute_totals.py            # the demonstration inventory
"""

from __future__ import annotations

import argparse
import csv
import sys
import unicodedata
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter

from enping_gis import EnpingError, Inventory, OutputError, area, findings_frame, totals
from enping_gis.atomic import replacing
from enping_gis.crs import crs_name
from enping_gis.messages import printable
from enping_gis.status import today
from enping_gis.units import MU, balance, ha_to_m2, half_up, mu_to_m2, printed
from enping_gis.vocabulary import UNKNOWN, label, normalised

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADINGS = {
    "key": "代码",
    "label": "镇（街）",
    "parcels": "宗数",
    "area_m2": "面积（m²）",
    "area_ha": "面积（公顷）",
    "area_mu": "面积（亩）",
    "stated_parcels": "台账有面积的宗数",
    "stated_mu": "台账面积（亩）",
    "measured_mu": "其实测面积（亩）",
    "difference_mu": "实测减台账（亩）",
}
PLOT_HEADINGS = {
    "parcel_id": "编号",
    "name": "名称",
    "town": "镇（街）",
    "measured_mu": "实测（亩）",
    "stated_mu": "台账（亩）",
    "difference_mu": "差（亩）",
}
# A longer list of plots would push the rest out of sight; the workbook has them all.
SHOWN = 10


def main(argv: Sequence[str] | None = None) -> int:
    """Recompute and write the totals; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("input", nargs="?", help="inventory or file of parcels")
    parser.add_argument("-o", "--output", default="totals", help="path without suffix")
    parser.add_argument("--crs", help="coordinate system of the file, such as EPSG:4546")
    wishes = parser.parse_args(argv)
    try:
        if wishes.input is None:
            inventory = Inventory.demo()
        else:
            inventory = Inventory.open(wishes.input, crs=wishes.crs)
        plots = plot_rows(inventory)
        rows, total = town_rows(inventory, plots)
        written = [
            write_csv(Path(f"{wishes.output}.csv"), rows, total, inventory),
            write_workbook(Path(f"{wishes.output}.xlsx"), rows, total, plots, inventory),
        ]
    except EnpingError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for line in remarks(inventory, rows, plots):
        sys.stderr.write(f"{printable(line)}\n")
    for path in written:
        print(path)
    return 0


def plot_rows(inventory: Inventory) -> pd.DataFrame:
    """Return each plot's measured and stated area, exact in m2 and printed in mu."""
    parcels = inventory.parcels
    measured_m2 = area(parcels, method=inventory.meta.area_method)
    rows = parcels[["parcel_id", "name", "town"]].assign(measured_m2=measured_m2)
    rows["stated"] = [
        mu_to_m2(mu) if mu > 0 else (ha_to_m2(ha) if ha > 0 else None)
        for mu, ha in zip(parcels["stated_mu"], parcels["stated_ha"], strict=True)
    ]
    rows["measured_mu"] = [None if pd.isna(m2) else printed(m2, MU) for m2 in measured_m2]
    rows["stated_mu"] = [None if m2 is None else printed(m2, MU) for m2 in rows["stated"]]
    rows["difference_mu"] = [
        None if measured is None or stated is None else measured - stated
        for measured, stated in zip(rows["measured_mu"], rows["stated_mu"], strict=True)
    ]
    return rows


def town_rows(inventory: Inventory, plots: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return one row per town and the total row; every printed column adds up."""
    result = totals(inventory, "town")
    compared = plots[plots["stated"].notna() & plots["measured_m2"].notna()]
    groups = compared.groupby(compared["town"].fillna(UNKNOWN))
    keys = list(result.rows["key"])
    stated = dict.fromkeys(keys, Fraction(0))
    stated |= {key: sum(part["stated"], Fraction(0)) for key, part in groups}
    measured = dict.fromkeys(keys, Fraction(0))
    measured |= {key: sum(map(Fraction, part["measured_m2"]), Fraction(0)) for key, part in groups}
    count = {key: len(part) for key, part in groups}
    stated_mu, measured_mu = balance(stated, MU), balance(measured, MU)
    rows = result.rows.assign(
        stated_parcels=[count.get(key, 0) for key in keys],
        stated_mu=[stated_mu[key] for key in keys],
        measured_mu=[measured_mu[key] for key in keys],
        difference_mu=[measured_mu[key] - stated_mu[key] for key in keys],
    )
    total: dict[str, Any] = {"key": "", "label": "合计", **result.total}
    for column in ("stated_parcels", "stated_mu", "measured_mu", "difference_mu"):
        zero = 0 if column == "stated_parcels" else Decimal("0.00")
        total[column] = sum(rows[column], zero)
    return rows, total


def remarks(inventory: Inventory, rows: pd.DataFrame, plots: pd.DataFrame) -> list[str]:
    """Return what a reader of the totals must know."""
    lines = [basis(inventory)]
    if inventory.synthetic.any():
        lines.append(synthetic_notice(inventory))
    towns = inventory.places[inventory.places["kind"] != "park"]
    empty = towns.loc[~towns["place"].isin(rows["key"]), "name"]
    if len(empty):
        lines.append(f"没有地块的镇（街）：{'、'.join(empty)}")
    nowhere = plots.loc[plots["town"].isna(), "parcel_id"]
    if len(nowhere):
        shown = "、".join(nowhere[:SHOWN]) + (" 等" if len(nowhere) > SHOWN else "")
        lines.append(f"未载明镇（街）的地块 {len(nowhere)} 宗：{shown}")
    unmeasured = plots.loc[plots["measured_m2"].isna(), "parcel_id"]
    lines += [f"地块 {parcel} 没有面积，未计入合计" for parcel in unmeasured]
    for finding in inventory.findings:
        row = f" 第 {finding.row} 行" if finding.row else ""
        where = f"{Path(finding.file).name}{row} {finding.parcel}".strip()
        lines.append(f"{where}：{finding.message()}。{finding.cure()}。")
    return lines


def basis(inventory: Inventory) -> str:
    """Return the line that says how the areas were measured."""
    method = label("area_method", inventory.meta.area_method, "zh")
    return f"坐标系 {crs_name(inventory.crs)} · 面积 {method} · 截至 {inventory.as_of}"


def synthetic_notice(inventory: Inventory) -> str:
    """Return the line that says which plots are generated."""
    return (
        f"演示数据：{len(inventory.parcels)} 宗中 {int(inventory.synthetic.sum())} 宗为程序合成，"
        "不代表真实地块"
    )


def write_csv(path: Path, rows: pd.DataFrame, total: dict[str, Any], inventory: Inventory) -> Path:
    """Write the totals for a spreadsheet: UTF-8 with BOM, notice first, cells never formulas."""
    note = synthetic_notice(inventory) if inventory.synthetic.any() else ""
    with (
        replacing(path) as temporary,
        temporary.open("w", encoding="utf-8-sig", newline="") as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow([*HEADINGS, "note"])
        for row in [*rows.to_dict("records"), total]:
            writer.writerow([_safe(row[column]) for column in HEADINGS] + [note])
    return path


def _safe(value: object) -> object:
    # A spreadsheet runs a text that begins like a formula.
    begins = isinstance(value, str) and normalised(value).startswith(("=", "+", "-", "@"))
    return f"'{value}" if begins else value


def write_workbook(
    path: Path,
    rows: pd.DataFrame,
    total: dict[str, Any],
    plots: pd.DataFrame,
    inventory: Inventory,
) -> Path:
    """Write totals, plots and findings, one sheet each."""
    names = dict(zip(inventory.places["place"], inventory.places["name"], strict=True))
    plots = plots.assign(town=plots["town"].map(names).fillna("未载明"))
    findings = findings_frame(inventory.findings)
    notes = [basis(inventory)]
    if inventory.synthetic.any():
        notes.append(synthetic_notice(inventory))
    with replacing(path) as temporary:
        try:
            options = {"strings_to_formulas": False, "strings_to_urls": False}
            with xlsxwriter.Workbook(temporary, options) as book:
                sheet = _Sheet(
                    book, "各镇街面积", f"各镇（街）低效产业用地面积（{today()} 重算）", notes
                )
                sheet.fill(HEADINGS, rows.to_dict("records"), total)
                sheet = _Sheet(book, "地块", "地块面积：实测与台账", notes)
                sheet.fill(PLOT_HEADINGS, plots.to_dict("records"))
                sheet = _Sheet(book, "问题", "读取时发现的问题", notes)
                sheet.fill(dict(zip(findings, findings, strict=True)), findings.to_dict("records"))
        except xlsxwriter.exceptions.XlsxWriterException as error:
            raise OutputError("error.output", path=path, reason=error) from error
    return path


def _columns_wide(words: str) -> int:
    # A Chinese sign takes two columns.
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in words)


class _Sheet:
    """A sheet with a title, notes, a frozen head, and columns as wide as their text."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, title: str, notes: list[str]) -> None:
        self.sheet = book.add_worksheet(name)
        self.title = book.add_format({"bold": True, "font_size": 14})
        look = {"bold": True, "bg_color": "#F2F0EA", "bottom": 1, "text_wrap": True}
        self.head = {
            numeric: book.add_format({**look, "align": "right" if numeric else "left"})
            for numeric in (False, True)
        }
        self.bold = {"bold": True, "top": 1}
        self.formats = {
            (digits, bold): book.add_format(
                {
                    "num_format": "#,##0" + ("." + "0" * digits if digits else ""),
                    **(self.bold if bold else {}),
                }
            )
            for digits in (0, 2, 4)
            for bold in (False, True)
        }
        self.text = {bold: book.add_format(self.bold if bold else {}) for bold in (False, True)}
        self.sheet.write_string(0, 0, title, self.title)
        for number, note in enumerate(notes, 1):
            self.sheet.write_string(number, 0, note)
        self.first = len(notes) + 1
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)

    def fill(
        self,
        headings: dict[str, str],
        rows: list[dict[str, Any]],
        total: dict[str, Any] | None = None,
    ) -> None:
        for column, (name, heading) in enumerate(headings.items()):
            cells = [row[name] for row in [*rows, *([total] if total else [])]]
            numeric = any(isinstance(cell, (Decimal, int, float)) for cell in cells)
            self.sheet.write_string(self.first, column, heading, self.head[numeric])
            widest = max(map(_columns_wide, [heading, *(str(cell or "") for cell in cells)]))
            self.sheet.set_column(column, column, min(widest + 3, 60))
        for number, row in enumerate([*rows, *([total] if total else [])], self.first + 1):
            for column, name in enumerate(headings):
                self._cell(number, column, row[name], bold=row is total)
        self.sheet.freeze_panes(self.first + 1, 2)
        self.sheet.repeat_rows(self.first)

    def _cell(self, row: int, column: int, value: object, *, bold: bool) -> None:
        if isinstance(value, Decimal):
            digits = max(-int(value.as_tuple().exponent), 0)
            self.sheet.write_number(row, column, float(value), self.formats[digits, bold])
        elif isinstance(value, int):
            self.sheet.write_number(row, column, value, self.formats[0, bold])
        elif isinstance(value, float) and pd.notna(value):
            exact = float(half_up(value, 4))
            self.sheet.write_number(row, column, exact, self.formats[4, bold])
        else:
            self.sheet.write_string(
                row, column, "" if pd.isna(value) else str(value), self.text[bold]
            )


if __name__ == "__main__":
    sys.exit(main())
