"""Look at an inventory or a file: map, totals, contacts, neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

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
from enping_gis.cli.output import Format, Report, show, tell, working
from enping_gis.findings import Finding
from enping_gis.measure.contacts import contacts as contacts_of
from enping_gis.measure.contacts import neighbours as neighbours_of
from enping_gis.measure.totals import totals as totals_of
from enping_gis.messages import text
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.viewer import ParcelMap
from enping_gis.viewer.assemblies import read_assemblies
from enping_gis.viewer.basemaps import NONE, BaseMap
from enping_gis.viewer.finding_files import read_findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enping_gis.inventory import Inventory
    from enping_gis.measure.totals import Grouping

FindingsFile = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads this at run time
    typer.Option("--findings", metavar="FILE", help=text("help.findings")),
]
AssembliesFile = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads this at run time
    typer.Option("--assemblies", metavar="FILE", help=text("help.assemblies")),
]
BaseMapChoice = Annotated[
    str,
    typer.Option(
        "--basemap",
        metavar="none|tianditu|tianditu-img|amap|FOLDER|IMAGE",
        help=text("help.basemap"),
    ),
]
TiandituKey = Annotated[
    Optional[str],  # noqa: UP045 - see above
    typer.Option(
        "--tianditu-key", envvar="ENPING_TIANDITU_KEY", show_envvar=True, help=text("help.key")
    ),
]
_CONTACT_ROWS = [
    "left", "right", "left_name", "right_name", "kind", "shared_m", "gap_m", "overlap_m2",
]  # fmt: skip


def map_(
    input_: Input = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE.html", help=text("help.output_map"))
    ] = Path("enping.html"),
    findings: FindingsFile = None,
    assemblies: AssembliesFile = None,
    public: Annotated[bool, typer.Option("--public", help=text("help.public"))] = False,
    basemap: BaseMapChoice = NONE,
    tianditu_key: TiandituKey = None,
    store_key: Annotated[bool, typer.Option("--store-key", help=text("help.store_key"))] = False,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Write the offline page."""
    del lang
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    found = None if findings is None else read_findings(findings)
    sets = None if assemblies is None else read_assemblies(assemblies)
    base = BaseMap(basemap, key=tianditu_key, store_key=store_key)
    with working("cli.drawing"):
        page = ParcelMap(inventory, findings=found, public=public, basemap=base, assemblies=sets)
        page.save(output)
    if store_key:
        tell(text("cli.key_stored", path=output))
    path = output.resolve()
    meta: dict[str, object] = {"path": str(path), "parcels": len(inventory.parcels)}
    notes = [*inventory.findings]
    if found is not None:
        meta["findings"] = len(found)
        notes += _strangers(found, inventory, str(findings))
    if sets is not None:
        meta["assemblies"] = len(sets)
        notes += _strangers(sets, inventory, str(assemblies), "assemblies_elsewhere")
    meta["bytes"] = path.stat().st_size
    rows = pd.DataFrame([meta])
    show(Report("map", rows, meta, inventory, notes, last_line=str(path)), form)


def _strangers(
    found: pd.DataFrame, inventory: Inventory, file: str, code: str = "findings_elsewhere"
) -> Iterator[Finding]:
    """Say that a file names plots which are not on the map, as one made of other data does."""
    named = found.get("parcel_ids", pd.Series(dtype=object)).dropna().astype(str)
    ids = named.str.split(LIST_SEPARATOR).explode().str.strip()
    strange = ids[(ids != "") & ~ids.isin(inventory.parcels["parcel_id"])].unique()
    if len(strange):
        values = {"n": len(strange)}
        yield Finding(code, "warning", file=file, value=str(strange[0]), values=values)


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
