"""Put the commands together."""

from __future__ import annotations

from typing import Annotated

import typer
import typer.core
import typer.main

from enping_gis import __version__
from enping_gis.cli.facts import doctor
from enping_gis.cli.filling import import_, new
from enping_gis.cli.looking import contacts, map_, neighbours, totals
from enping_gis.messages import LANGUAGES, text


def build() -> typer.core.TyperGroup:
    """
    Return the command line, with help in the language in force.

    Returns
    -------
    typer.core.TyperGroup
        The group of all commands.

    Examples
    --------
    >>> build().name is None
    True
    """
    app = typer.Typer(
        help=text("help.app"), no_args_is_help=True, add_completion=False, rich_markup_mode=None
    )
    app.callback(invoke_without_command=True)(_whole)
    commands = {
        "map": map_,
        "totals": totals,
        "contacts": contacts,
        "neighbours": neighbours,
        "new": new,
        "import": import_,
        "doctor": doctor,
    }
    for name, function in commands.items():
        app.command(name, help=text(f"help.{name}"), short_help=text(f"help.{name}"))(function)
    return typer.main.get_group(app)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - the form that typer calls
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def _language(value: str | None) -> str | None:
    if value is not None and value not in LANGUAGES:
        raise typer.BadParameter(text("error.language", value=value))
    return value


def _whole(
    version: Annotated[
        bool,
        typer.Option("--version", help=text("help.version"), callback=_show_version, is_eager=True),
    ] = False,  # noqa: FBT002 - a flag
    lang: Annotated[
        str | None,
        typer.Option("--lang", metavar="zh|en", help=text("help.lang"), callback=_language),
    ] = None,
) -> None:
    """Take the options that stand before the command; the language was seen to already."""
    del version, lang
