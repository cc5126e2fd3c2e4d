"""Tell what changed: changes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Optional

import pandas as pd
import typer

from enping_gis.cli.options import AsOf, Crs, Form, Input, Lang, LayerName, opened
from enping_gis.cli.output import Format, Report, show, tell
from enping_gis.errors import InputError
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.answering import place_label
from enping_gis.lifecycle.changes import changes as changes_between
from enping_gis.lifecycle.periods import period_of
from enping_gis.messages import text
from enping_gis.opening import parsed_day
from enping_gis.vocabulary import label

_COLUMNS = [
    "parcel_id", "name", "place", "change", "before", "after", "date", "area_mu", "delta_mu",
    "revitalised_mu",
]  # fmt: skip


def changes(
    input_: Input = None,
    since: Annotated[
        Optional[str],  # noqa: UP045 - typer reads this at run time
        typer.Option("--since", metavar="DATE", help=text("help.since")),
    ] = None,
    cadence: Annotated[
        Optional[str],  # noqa: UP045 - typer reads this at run time
        typer.Option("--cadence", metavar="CADENCE", help=text("help.cadence")),
    ] = None,
    before: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads this at run time
        typer.Option("--before", metavar="FILE", help=text("help.before")),
    ] = None,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Print what changed."""
    del lang
    if sum(wish is not None for wish in (since, cadence, before)) > 1:
        raise InputError("error.changes_both")
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    first = None if since is None else parsed_day(since)
    if cadence is not None:
        first = period_of(cadence, inventory.as_of).begin
    earlier = None if before is None else Inventory.open(before)
    rows = changes_between(inventory, since=first, before=earlier)
    sums = {name: _sum(rows[name]) for name in ("delta_mu", "revitalised_mu")}
    counts = {str(code): int(n) for code, n in rows["change"].value_counts(sort=False).items()}
    begin = first if earlier is None else earlier.as_of
    meta: dict[str, Any] = {
        "since": begin.isoformat() if begin is not None else None,
        "until": inventory.as_of.isoformat(), "counts": counts, "total": sums,
    }  # fmt: skip
    findings = [*inventory.findings, *(() if earlier is None else earlier.findings)]
    if form is not Format.table:
        show(Report("changes", rows, meta, inventory, findings), form)
        return
    total = {"parcel_id": text("total"), **sums}
    worded = _worded(rows, inventory)
    if rows.empty:
        tell(text("changes.none", since=meta["since"], until=meta["until"]))
        total, worded = {}, rows[[]]
    show(Report("changes", worded, meta, inventory, findings, total), form)


def _sum(figures: pd.Series[Any]) -> Decimal:
    return sum(figures, Decimal("0.00"))


def _worded(rows: pd.DataFrame, inventory: Inventory) -> pd.DataFrame:
    """Return the rows as people read them."""
    worded = rows[_COLUMNS].copy()
    worded["place"] = [place_label(inventory, code) for code in rows["place"]]
    worded["change"] = [label("change", code) for code in rows["change"]]
    for name in ("before", "after"):
        worded[name] = pd.Series(
            [_end(change, cell, inventory)
             for change, cell in zip(rows["change"], rows[name], strict=True)],
            index=rows.index, dtype=object,
        )  # fmt: skip
    return worded


def _end(change: str, cell: object, inventory: Inventory) -> object:
    if not isinstance(cell, str):
        return cell
    return place_label(inventory, cell) if change == "moved" else label("status", cell)
