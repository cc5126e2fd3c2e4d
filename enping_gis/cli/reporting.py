"""Write the papers of the meetings: report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import pandas as pd
import typer

from enping_gis.cli.options import AsOf, Crs, Form, Input, Lang, LayerName, opened, refuse_input
from enping_gis.cli.output import Format, Report, show, working
from enping_gis.errors import OutputError
from enping_gis.lifecycle.periods import period_of
from enping_gis.messages import language, text
from enping_gis.reports.report import report as write_report
from enping_gis.reports.word import write_template


def report(
    input_: Input = None,
    cadence: Annotated[
        str, typer.Option("--cadence", metavar="CADENCE", help=text("help.cadence"))
    ] = "weekly",
    output: Annotated[
        Optional[list[Path]],  # noqa: UP045 - typer reads this at run time
        typer.Option("-o", "--output", metavar="FILE", help=text("help.report_out")),
    ] = None,
    template: Annotated[
        Optional[Path],  # noqa: UP045 - see above
        typer.Option("--template", metavar="FILE.docx", help=text("help.template")),
    ] = None,
    save_template: Annotated[
        Optional[Path],  # noqa: UP045 - see above
        typer.Option("--save-template", metavar="FILE.docx", help=text("help.save_template")),
    ] = None,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Write the papers of a meeting, on the inventory's day."""
    del lang
    paths: list[str] = []
    if save_template is not None:
        if save_template.suffix.casefold() != ".docx":
            raise OutputError("error.output_kind", path=save_template, known=".docx")
        write_template(save_template, language())
        paths.append(str(save_template.resolve()))
    if save_template is not None and not output:
        rows = pd.DataFrame({"path": paths})
        shown = rows[[]] if form is Format.table else rows
        show(Report("report", shown, {"paths": paths}, last_line="\n".join(paths)), form)
        return
    files = output or []
    for file in files:
        refuse_input(file, input_, template)
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    period = period_of(cadence, inventory.as_of)
    with working("cli.reporting"):
        written = write_report(inventory, files, cadence=cadence, template=template)
    paths += [str(file.resolve()) for file in written]
    meta = {
        "paths": paths, "cadence": cadence, "period": period.code,
        "begin": period.begin.isoformat(), "end": period.end.isoformat(),
    }  # fmt: skip
    rows = pd.DataFrame({"path": paths})
    shown = rows[[]] if form is Format.table else rows
    show(
        Report("report", shown, meta, inventory, inventory.findings, last_line="\n".join(paths)),
        form,
    )
