"""Exchange edits between a file taken into the field and a database: push, pull."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from enping_gis.cli.options import Form, Lang, named_place
from enping_gis.cli.output import Format, Report, show, tell, working
from enping_gis.lifecycle.exchanging import pull as pull_edits
from enping_gis.lifecycle.exchanging import push as push_edits
from enping_gis.messages import text
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from enping_gis.lifecycle.exchanging import Exchanged

FieldFile = Annotated[
    Any,
    typer.Argument(metavar="FILE.gpkg", help=text("help.exchange_file"), parser=named_place),
]
OfficeDatabase = Annotated[
    Any,
    typer.Argument(
        metavar="postgresql://...", help=text("help.exchange_database"), parser=named_place
    ),
]


def push(
    file: FieldFile, database: OfficeDatabase, form: Form = Format.table, lang: Lang = None
) -> None:
    """Carry edits to a database."""
    del lang
    with working("cli.exchanging"):
        exchanged = push_edits(file, database)
    _show("push", exchanged, str(database), form)


def pull(
    database: OfficeDatabase, file: FieldFile, form: Form = Format.table, lang: Lang = None
) -> None:
    """Carry edits to a file."""
    del lang
    with working("cli.exchanging"):
        exchanged = pull_edits(database, file)
    _show("pull", exchanged, str(file), form)


def _show(command: str, exchanged: Exchanged, target: str, form: Format) -> None:
    carried, conflicts = exchanged
    plots = conflicts.drop_duplicates(["table", "key"])
    tell(text("cli.exchanged", path=target, n=len(carried)))
    if len(plots):
        tell(text("cli.conflicts", n=len(plots)))
    meta = {
        "path": target,
        "carried": carried.to_dict("records"),
        "conflicts": len(plots),
    }
    rows = conflicts
    if form is Format.table and conflicts.empty:
        worded = carried.assign(change=[label("edit", code) for code in carried["change"]])
        rows = worded if len(worded) else worded[[]]
    show(Report(command, rows, meta), form)
    if len(plots):
        raise typer.Exit(1)
