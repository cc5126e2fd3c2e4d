"""Hold what was promised against what was done: targets, agreements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import pandas as pd
import typer

from enping_gis.cli.options import AsOf, Crs, Form, Input, Lang, LayerName, opened
from enping_gis.cli.output import Format, Report, show, tell
from enping_gis.lifecycle.agreements import agreements as agreements_of
from enping_gis.lifecycle.answering import COUNTY
from enping_gis.lifecycle.commitments import target_findings
from enping_gis.lifecycle.targets import progress
from enping_gis.messages import language, text
from enping_gis.vocabulary import label, term

if TYPE_CHECKING:
    from enping_gis.lifecycle.targets import Attribution

_TARGET_COLUMNS = [
    "period", "label", "commitment_mu", "done_mu", "percent", "due_mu", "behind_mu", "mark",
    "needed_per_month_mu", "late_parcels", "post",
]  # fmt: skip
_AGREEMENT_COLUMNS = [
    "parcel_id", "name", "indicator", "unit", "agreed", "actual", "gap", "gap_percent",
    "threshold", "verdict", "due", "days", "proposal",
]  # fmt: skip
_MISSED = ("missed", "below_threshold")


def targets(
    input_: Input = None,
    by: Annotated[str, typer.Option("--by", help=text("help.targets_by"))] = "responsible",
    period: Annotated[
        Optional[str],  # noqa: UP045 - typer reads this at run time
        typer.Option("--period", metavar="PERIOD", help=text("help.period")),
    ] = None,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Print what was done against the commitments."""
    del lang
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    attribution: Attribution = by  # type: ignore[assignment]  # progress refuses any other word
    rows = progress(inventory, by=attribution, period=period)
    if rows.empty:
        tell(text("targets.none"))
    findings = [*inventory.findings, *target_findings(inventory)]
    county = rows[rows["place"] == COUNTY].drop(columns=["place", "label", "team"])
    meta = {"by": by, "county": county.to_dict("records")}
    if form is Format.table:
        marks = [f"{term('progress_mark', code).attributes['sign']} {label('progress_mark', code)}"
                 for code in rows["mark"]]  # fmt: skip
        rows = rows.assign(mark=pd.Series(marks, index=rows.index, dtype=object))[_TARGET_COLUMNS]
    show(Report("targets", rows, meta, inventory, findings), form)


def agreements(
    input_: Input = None,
    missed: Annotated[bool, typer.Option("--missed", help=text("help.missed"))] = False,
    standards: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads this at run time
        typer.Option("--standards", metavar="FILE.json", help=text("help.standards")),
    ] = None,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Print the terms of contracts, the clock of idle land, and what is proposed."""
    del lang
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    rows = agreements_of(inventory, standards=standards)
    meta: dict[str, Any] = {
        "terms": len(rows),
        "missed": int(rows["verdict"].isin(_MISSED).sum()),
        "proposals": {
            code: int((rows["proposal"] == code).sum()) for code in ("letter", "investigate")
        },
    }
    if missed:
        wanted = rows["verdict"].isin(_MISSED) | (rows["proposal"] != "none")
        rows = rows[wanted].reset_index(drop=True)
    summary = text(
        "agreements.summary", n=meta["terms"], missed=meta["missed"], **meta["proposals"]
    )
    last = "\n".join([*_proposals(rows), summary])
    if form is Format.table:
        kinds = {"indicator": "agreement_indicator", "verdict": "verdict", "proposal": "proposal"}
        words = {
            column: rows[column].map(lambda code, kind=kind: label(kind, code))
            for column, kind in kinds.items()
        }
        rows = rows.assign(**words)[_AGREEMENT_COLUMNS]
    show(Report("agreements", rows, meta, inventory, inventory.findings, last_line=last), form)


def _proposals(rows: pd.DataFrame) -> list[str]:
    """Return a line for each proposal: the plot, the term, and what speaks for it."""
    proposed = rows[rows["proposal"] != "none"]
    return [
        text(
            "agreements.proposal", parcel=row["parcel_id"], evidence=row[f"evidence_{language()}"],
            indicator=label("agreement_indicator", row["indicator"]),
            proposal=label("proposal", row["proposal"]),
        )
        for row in proposed.to_dict("records")
    ]  # fmt: skip
