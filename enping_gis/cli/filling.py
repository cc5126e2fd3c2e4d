"""Make and fill inventories: new, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from enping_gis.cli.options import (
    AsOf,
    Crs,
    EncodingName,
    Form,
    Lang,
    LayerName,
    NewName,
    Parameters,
    ToInventory,
)
from enping_gis.cli.output import Format, Report, show, tell, working
from enping_gis.inventory import Inventory
from enping_gis.measure.standing import status_on
from enping_gis.messages import printable, text
from enping_gis.store.engines import require_inventory

# So many changes are printed one by one; JSON has them all.
DETAILS_SHOWN = 20


def new(
    file: NewName,
    demo: Annotated[bool, typer.Option("--demo", help=text("help.demo"))] = False,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Make an inventory file."""
    del lang
    inventory = Inventory.create(file, demo=demo)
    counts = {name: len(frame) for name, frame in inventory.tables.items() if len(frame)}
    rows = pd.DataFrame({"table": list(counts), "rows": list(counts.values())})
    meta = {"path": str(file), "parcels": len(inventory.parcels)}
    show(Report("new", rows, meta, inventory, last_line=str(file)), form)


def import_(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help=text("help.source"))],
    inventory_file: ToInventory,
    table: Annotated[str, typer.Option("--table", help=text("help.table"))] = "parcels",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=text("help.dry_run"))] = False,
    as_of: AsOf = None,
    crs: Crs = None,
    encoding: EncodingName = None,
    parameters: Parameters = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Fill an inventory from a file."""
    del lang
    require_inventory(inventory_file)
    before = Inventory.open(inventory_file)
    status_now = status_on(before)["status"]
    with working("cli.reading"):
        after, imported = before.with_import(
            source, into=table, layer=layer, crs=crs, encoding=encoding, parameters=parameters,
            status_now=status_now, day=as_of,
        )  # fmt: skip
    if not dry_run:
        after.save(inventory_file)
    tell(text("cli.dry_run" if dry_run else "cli.saved", path=inventory_file))
    meta = {
        "source": str(source),
        "path": str(inventory_file),
        "table": table,
        "dry_run": dry_run,
        "details": imported.details.to_dict("records"),
    }
    _tell_details(imported.details)
    show(Report("import", imported.changes, meta, after, after.findings), form)
    if any(finding.severity == "error" for finding in after.findings):
        raise typer.Exit(1)


def _tell_details(details: pd.DataFrame) -> None:
    """Print what changes, cell by cell; a long list is cut and JSON has the whole."""
    for row in details.head(DETAILS_SHOWN).to_dict("records"):
        code = "cli.detail_added" if row["change"] == "added" else "cli.detail"
        tell(printable(text(code, **row)))
    if len(details) > DETAILS_SHOWN:
        tell(text("cli.more_details", n=len(details) - DETAILS_SHOWN))
