"""Repair the faults that are asked for, and write the result as a new file: repair."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from enping_gis.check.mending.repair import MOST_AT_ONCE_M2, moved_m2
from enping_gis.check.mending.repair import repair as repair_of
from enping_gis.cli.options import AsOf, Crs, Form, Lang, LayerName, opened, refuse_input
from enping_gis.cli.output import Format, Report, show, tell, working
from enping_gis.errors import InputError
from enping_gis.export.write import write
from enping_gis.findings import Finding
from enping_gis.messages import language, text
from enping_gis.units import M2, half_up

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = ["rule", "outcome", "parcel_id", "other_ids", "before_m2", "after_m2", "change_m2"]
_AREAS = ["before_m2", "after_m2", "change_m2", "gained_m2", "lost_m2"]
# Changes of area are told to a thousandth of a square millimetre.
_AREA_DECIMALS = 9
# Kinds that hold rounded degrees: what was repaired to the millimetre is not kept to it.
_IN_DEGREES = frozenset({".geojson", ".json", ".kml", ".kmz", ".ovkml"})


def repair(
    input_: Annotated[Path, typer.Argument(metavar="INPUT", help=text("help.repair_input"))],
    rules: Annotated[
        Optional[str],  # noqa: UP045 - the form that typer knows on every Python
        typer.Option("--rules", metavar="G1,T1", help=text("help.repair_rules")),
    ] = None,
    output: Annotated[
        Optional[Path],  # noqa: UP045 - see above
        typer.Option("-o", "--output", metavar="OUT", help=text("help.repair_out")),
    ] = None,
    to: Annotated[
        Optional[list[str]],  # noqa: UP045 - see above
        typer.Option("--to", metavar="SIDE|ID", help=text("help.repair_to")),
    ] = None,
    max_moved_m2: Annotated[
        Optional[float],  # noqa: UP045 - see above
        typer.Option("--max-moved", metavar="M2", help=text("help.repair_max_moved")),
    ] = None,
    max_each_m2: Annotated[
        float, typer.Option("--max-each", metavar="M2", help=text("help.repair_max_each"))
    ] = MOST_AT_ONCE_M2,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Cure what is asked for, in a new file."""
    del lang
    if output is None:
        raise InputError("error.repair_output")
    refuse_input(output, input_)
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    with working("cli.repairing"):
        cured, table = repair_of(
            inventory.parcels, rules=rules or "", to=to or (),
            max_moved_m2=max_moved_m2, max_each_m2=max_each_m2,
        )  # fmt: skip
    findings = [*inventory.findings, *write(cured, output)]
    if output.suffix.casefold() in _IN_DEGREES and len(cured):
        findings.append(Finding("repair_degrees", "warning", file=str(output)))
    changed = table[table["outcome"] != "left"]
    meta: dict[str, Any] = {
        "path": str(output),
        "rules": sorted(
            set((rules or "").replace("\uff0c", ",").replace(" ", "").upper().split(","))
        ),
        "to": list(to or ()),
        "parcels": len(cured),
        "changed": int(changed["parcel_id"].nunique()),
        "removed": int((table["outcome"] == "removed").sum()),
        "left": int((table["outcome"] == "left").sum()),
        "moved_m2": half_up(moved_m2(table), M2.decimals),
        "change_m2": half_up(float(table["change_m2"].sum()), M2.decimals),
    }
    tell(text("repair.done", **{name: meta[name] for name in ("changed", "removed", "left")},
              moved=meta["moved_m2"]))  # fmt: skip
    show(
        Report("repair", _rows(table, form), meta, inventory, findings, last_line=str(output)), form
    )


def _rows(table: pd.DataFrame, form: Format) -> pd.DataFrame:
    """Return the rows as they are printed; a table has the message in one language."""
    decimals = M2.decimals if form is Format.table else _AREA_DECIMALS
    rows = table.assign(
        **{name: [half_up(figure, decimals) for figure in table[name]] for name in _AREAS}
    )
    if form is not Format.table:
        return rows
    if rows.empty:
        tell(text("repair.none"))
        return rows[[]]
    rows = rows.assign(
        message=rows[f"message_{language()}"],
        outcome=[text(f"repair.outcome_{each}") for each in rows["outcome"]],
    )
    return rows[[*_SHOWN, "message"]]
