"""Put the commands together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
import typer.core
import typer.main

from enping_gis import __version__
from enping_gis.cli.assembling import combine
from enping_gis.cli.auditing import audit
from enping_gis.cli.changing import changes
from enping_gis.cli.checking import check
from enping_gis.cli.dossiers import dossier
from enping_gis.cli.exchanging import pull, push
from enping_gis.cli.facts import doctor
from enping_gis.cli.filling import import_, new
from enping_gis.cli.intake import read
from enping_gis.cli.looking import contacts, map_, neighbours, totals
from enping_gis.cli.matching import match
from enping_gis.cli.options import Lang
from enping_gis.cli.partitions import measure, partition
from enping_gis.cli.promises import agreements, targets
from enping_gis.cli.recording import adopt, history, record
from enping_gis.cli.repairing import repair
from enping_gis.cli.reporting import report
from enping_gis.cli.splitting import split
from enping_gis.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable


def build() -> typer.core.TyperGroup:
    """
    Return the command line, with help in the language in force.

    Returns
    -------
    typer.core.TyperGroup
        The group of all commands.

    Examples
    --------
    >>> {"map", "check", "totals"} <= set(build().commands)
    True
    """
    app = typer.Typer(
        help=text("help.app"), no_args_is_help=True, add_completion=False, rich_markup_mode=None
    )
    app.callback(invoke_without_command=True)(_whole)
    commands: dict[str, Callable[..., None]] = {
        "map": map_,
        "totals": totals,
        "contacts": contacts,
        "neighbours": neighbours,
        "combine": combine,
        "match": match,
        "read": read,
        "check": check,
        "repair": repair,
        "split": split,
        "audit": audit,
        "new": new,
        "import": import_,
        "adopt": adopt,
        "record": record,
        "history": history,
        "push": push,
        "pull": pull,
        "targets": targets,
        "agreements": agreements,
        "changes": changes,
        "report": report,
        "dossier": dossier,
        "partition": partition,
        "measure": measure,
        "doctor": doctor,
    }
    for name, function in commands.items():
        app.command(name, help=text(f"help.{name}"), short_help=text(f"help.{name}"))(function)
    return typer.main.get_group(app)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - the form that typer calls
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def _whole(
    version: Annotated[
        bool,
        typer.Option("--version", help=text("help.version"), callback=_show_version, is_eager=True),
    ] = False,
    lang: Lang = None,
) -> None:
    """Take the options that stand before the command; the language was seen to already."""
    del version, lang
