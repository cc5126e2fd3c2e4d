"""Write the files of plots: dossier."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import pandas as pd
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from enping_gis.cli.options import AsOf, Crs, Form, Lang, LayerName, opened
from enping_gis.cli.output import Format, Report, show
from enping_gis.errors import InputError
from enping_gis.messages import text
from enping_gis.reports.dossier import FORMS
from enping_gis.reports.dossier import dossier as dossier_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# typer reads these at run time, so they are spelled in the form it knows on every Python.
OnePlot = Annotated[
    Optional[str],  # noqa: UP045 - see above
    typer.Argument(metavar="PARCEL", help=text("help.dossier_parcel")),
]
InputAfter = Annotated[
    Optional[Path],  # noqa: UP045 - see above
    typer.Argument(metavar="INPUT", help=text("help.input")),
]
Template = Annotated[
    Optional[Path],  # noqa: UP045 - see above
    typer.Option("--template", metavar="FILE.docx", help=text("help.template")),
]
Only = Annotated[
    Optional[str],  # noqa: UP045 - see above
    typer.Option("--only", metavar="html|docx", help=text("help.dossier_only")),
]


def dossier(
    parcel: OnePlot = None,
    input_: InputAfter = None,
    folder: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help=text("help.dossier_folder"))
    ] = Path("dossiers"),
    every: Annotated[bool, typer.Option("--all", help=text("help.dossier_all"))] = False,
    only: Only = None,
    template: Template = None,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Write the file of one plot, or of all."""
    del lang
    if every and input_ is None and parcel is not None:
        # With --all the first word is the input.
        input_, parcel = Path(parcel), None
    if every == (parcel is not None):
        raise InputError("error.dossier_which")
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    wanted = FORMS if only is None else (only,)
    with _bar() as progress:
        paths = dossier_of(
            inventory,
            parcel,
            folder=folder,
            forms=wanted,  # type: ignore[arg-type]  # dossier refuses any other word
            template=template,
            progress=progress,
        )
    shown = [str(path.resolve()) for path in paths]
    parcels = len(inventory.parcels) if every else 1
    rows = pd.DataFrame([{"path": shown[0], "parcels": parcels, "files": len(shown)}])
    meta = {"parcels": parcels, "files": len(shown), "paths": shown}
    show(Report("dossier", rows, meta, inventory, inventory.findings, last_line=shown[0]), form)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None] | None]:
    """Show on a terminal how many plots are done; a pipe sees nothing of it."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task(text("cli.dossiers"), total=None)
        yield lambda done, whole: progress.update(task, completed=done, total=whole)
