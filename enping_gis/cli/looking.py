"""Look at an inventory or a file: map, totals, contacts, neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pandas as pd
import typer

from enping_gis.cli.options import (
    AsOf,
    Crs,
    Form,
    Input,
    Lang,
    LayerName,
    MinSharedM,
    Parcel,
    ToleranceM,
    WithinM,
    opened,
)
from enping_gis.cli.output import Format, Report, show, working
from enping_gis.findings import Finding
from enping_gis.measure.contacts import contacts as contacts_of
from enping_gis.measure.contacts import neighbours as neighbours_of
from enping_gis.measure.totals import totals as totals_of
from enping_gis.messages import text
from enping_gis.viewer import ParcelMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enping_gis.inventory import Inventory
    from enping_gis.measure.totals import Grouping

_CONTACT_ROWS = [
    "left", "right", "left_name", "right_name", "kind", "shared_m", "gap_m", "overlap_m2",
]  # fmt: skip


def map_(
    input_: Input = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE.html", help=text("help.output_map"))
    ] = Path("enping.html"),
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Write the offline page."""
    del lang
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    with working("cli.drawing"):
        ParcelMap(inventory).save(output)
    path = output.resolve()
    meta = {"path": str(path), "parcels": len(inventory.parcels), "bytes": path.stat().st_size}
    rows = pd.DataFrame([meta])
    show(Report("map", rows, meta, inventory, inventory.findings, last_line=str(path)), form)


def totals(
    input_: Input = None,
    by: Annotated[str, typer.Option("--by", help=text("help.by"))] = "town",
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Print areas per group."""
    del lang
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    grouping: Grouping = by  # type: ignore[assignment]  # totals refuses any other word
    result = totals_of(inventory, grouping)
    unmeasured = [Finding("no_area", "error", parcel=parcel) for parcel in result.without_area]
    findings = [*inventory.findings, *unmeasured]
    total = {"label": text("total"), **result.total}
    meta = {"by": by, "total": result.total}
    show(Report("totals", result.rows, meta, inventory, findings, total), form)


def contacts(
    input_: Input = None,
    tolerance_m: ToleranceM = 0.2,
    within_m: WithinM = 0.0,
    min_shared_m: MinSharedM = 1.0,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Print all pairs of plots that lie against each other."""
    del lang
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    limits = _limits(tolerance_m, within_m, min_shared_m)
    with working("cli.measuring"):
        rows = contacts_of(inventory.parcels, **limits)
    _show_pairs("contacts", rows, limits, inventory, form)


def neighbours(
    parcel: Parcel,
    input_: Input = None,
    tolerance_m: ToleranceM = 0.2,
    within_m: WithinM = 0.0,
    min_shared_m: MinSharedM = 1.0,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Print the plots that lie against one."""
    del lang
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    limits = _limits(tolerance_m, within_m, min_shared_m)
    chosen = inventory.parcel(parcel)
    rows = neighbours_of(inventory.parcels, chosen, **limits)
    _show_pairs("neighbours", rows, {"parcel": chosen, **limits}, inventory, form)


def _limits(tolerance_m: float, within_m: float, min_shared_m: float) -> dict[str, float]:
    return {"tolerance_m": tolerance_m, "within_m": within_m, "min_shared_m": min_shared_m}


def _show_pairs(
    command: str,
    pairs: pd.DataFrame,
    meta: Mapping[str, object],
    inventory: Inventory,
    form: Format,
) -> None:
    names = dict(zip(inventory.parcels["parcel_id"], inventory.parcels["name"], strict=True))
    rows = pairs.assign(left_name=pairs["left"].map(names), right_name=pairs["right"].map(names))
    show(Report(command, rows[_CONTACT_ROWS], dict(meta), inventory, inventory.findings), form)
