"""Keep the life of plots: record, history, adopt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import pandas as pd
import typer

from enping_gis.cli.options import (
    AsOf,
    Form,
    Input,
    InventoryName,
    Lang,
    Parcel,
    ToInventory,
    named_place,
    opened,
)
from enping_gis.cli.output import Format, Report, show, tell, working
from enping_gis.errors import ParcelError
from enping_gis.intake.meaning.wording import found_parcel
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.adopting import adopt as adopt_edits
from enping_gis.lifecycle.history import history as history_of
from enping_gis.lifecycle.recording import record as record_event
from enping_gis.lifecycle.verifying import verified
from enping_gis.messages import text
from enping_gis.units import MU, printed
from enping_gis.vocabulary import label

# An event of the whole programme names no plot.
_PROGRAMME = "-"
_SHOWN = ["date", "parcel_id", "event", "area_mu", "actor", "note", "document", "event_id"]

Day = Annotated[str, typer.Option("--date", metavar="DATE", help=text("help.event_date"))]
AreaMu = Annotated[
    Optional[float],  # noqa: UP045 - typer reads this at run time
    typer.Option("--area-mu", metavar="MU", help=text("help.event_area")),
]
Quantity = Annotated[
    Optional[float],  # noqa: UP045 - typer reads this at run time
    typer.Option("--quantity", help=text("help.event_quantity")),
]
Amount = Annotated[
    Optional[float],  # noqa: UP045 - typer reads this at run time
    typer.Option("--amount-yuan", metavar="YUAN", help=text("help.event_amount")),
]
By = Annotated[str, typer.Option("--by", help=text("help.event_actor"))]
Corrects = Annotated[
    Optional[str],  # noqa: UP045 - typer reads this at run time
    typer.Option("--corrects", metavar="ID", help=text("help.event_corrects")),
]


def record(
    parcel: Annotated[str, typer.Argument(metavar="PARCEL", help=text("help.event_parcel"))],
    kind: Annotated[str, typer.Argument(metavar="KIND", help=text("help.event_kind"))],
    day: Day,
    inventory_file: ToInventory,
    area_mu: AreaMu = None,
    quantity: Quantity = None,
    amount_yuan: Amount = None,
    by: By = "",
    note: Annotated[str, typer.Option("--note", help=text("help.event_note"))] = "",
    document: Annotated[str, typer.Option("--document", help=text("help.event_document"))] = "",
    corrects: Corrects = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Add an event."""
    del lang
    event = record_event(
        inventory_file, None if parcel == _PROGRAMME else parcel, kind, day=day, area_mu=area_mu,
        quantity=quantity, amount_yuan=amount_yuan, actor=by, note=note, document=document,
        corrects=corrects,
    )  # fmt: skip
    tell(text("cli.saved", path=inventory_file))
    area_m2 = event["area_m2"]
    row = event | {"area_mu": None if area_m2 is None else printed(area_m2, MU)}
    rows = pd.DataFrame([row], dtype=object)
    meta = {"path": str(inventory_file), "event_id": event["event_id"]}
    show(Report("record", _readable(rows, form), meta), form)


def history(
    parcel: Parcel = "",
    input_: Input = None,
    verify: Annotated[bool, typer.Option("--verify", help=text("help.verify"))] = False,
    as_of: AsOf = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Print the events of a plot, or verify the chains."""
    del lang
    # `history --verify FILE` names no plot.
    if verify and input_ is None and parcel:
        place = named_place(parcel)
        if not isinstance(place, Path) or place.is_file():
            parcel, input_ = "", place
    if not parcel and not verify:
        raise ParcelError("error.parcel", value=parcel)
    if not verify:
        inventory = opened(input_, as_of=as_of)
        rows = history_of(inventory, parcel)
        chosen = found_parcel(inventory.tables["parcels"], parcel)
        meta: dict[str, object] = {"parcel": chosen, "events": len(rows)}
        show(Report("history", _readable(rows, form), meta, inventory, inventory.findings), form)
        return
    with working("cli.verifying"):
        result = verified(input_)
    whole = not result.findings
    tell(text("cli.chains_whole" if whole else "cli.chains_broken", n=len(result.findings)))
    inventory = opened(input_, as_of=as_of)
    chains = result.chains.to_dict("records")
    meta = {"verified": whole, "chains": chains}
    rows = _readable(history_of(inventory, parcel), form) if parcel else result.chains
    show(Report("history", rows, meta, inventory, result.findings), form)
    if not whole:
        raise typer.Exit(1)


def adopt(
    file: InventoryName,
    by: By = "",
    day: Annotated[
        Optional[str],  # noqa: UP045 - typer reads this at run time
        typer.Option("--date", metavar="DATE", help=text("help.adopt_date")),
    ] = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Take in what other programs changed."""
    del lang
    with working("cli.reading"):
        adopted = adopt_edits(file, day=day, actor=by)
    tell(text("cli.adopted", path=file, n=len(adopted.events)))
    meta = {"path": str(file), "events": adopted.events["event_id"].tolist()}
    inventory = Inventory.open(file)
    rows = adopted.changes
    if form is Format.table:
        rows = rows.assign(change=[label("edit", code) for code in rows["change"]])
    show(Report("adopt", rows, meta, inventory, inventory.findings), form)


def _readable(rows: pd.DataFrame, form: Format) -> pd.DataFrame:
    """Return what a person reads of events; JSON and CSV have every column, in codes."""
    if form is not Format.table:
        return rows
    events = [label("event_kind", kind) for kind in rows["kind"]]
    return rows.assign(event=events)[_SHOWN]
