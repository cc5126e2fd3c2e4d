"""Which project goes where: match."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import pandas as pd
import typer

from enping_gis.assembly.matching import match_projects
from enping_gis.cli.options import (
    AsOf,
    Crs,
    Form,
    Input,
    Lang,
    LayerName,
    ToleranceM,
    WithinM,
    opened,
    refuse_input,
)
from enping_gis.cli.output import Format, Report, show, tell, working
from enping_gis.export.write import write
from enping_gis.findings import Finding
from enping_gis.intake.meaning.wording import found_place
from enping_gis.inventory import Inventory
from enping_gis.messages import text
from enping_gis.store.geopackage import is_inventory
from enping_gis.vocabulary import term

if TYPE_CHECKING:
    from enping_gis.assembly.matching import Matching
    from enping_gis.assembly.worth import Direction

# What a person compares; JSON and CSV have every column.
_SHOWN = ["project_id", "name", "need_mu_min", "need_mu_max", "parcel_ids", "area_mu",
          "min_width_m", "why"]  # fmt: skip

Texts = Optional[list[str]]  # noqa: UP045 - the form that typer knows on every Python
Word = Optional[str]  # noqa: UP045 - see above
File = Optional[Path]  # noqa: UP045 - see above


def match(
    input_: Input = None,
    projects: Annotated[
        File, typer.Option("--projects", metavar="FILE", help=text("help.match_projects"))
    ] = None,
    direction: Annotated[
        str, typer.Option("--direction", metavar="projects|land", help=text("help.match_direction"))
    ] = "projects",
    max_plots: Annotated[int, typer.Option("--max-plots", help=text("help.max_plots"))] = 8,
    within_m: WithinM = 0.0,
    status: Annotated[Texts, typer.Option("--status", help=text("help.match_status"))] = None,
    town: Annotated[Texts, typer.Option("--town", help=text("help.combine_town"))] = None,
    without: Annotated[
        Texts, typer.Option("--without", metavar="PARCEL", help=text("help.combine_without"))
    ] = None,
    unblocked: Annotated[bool, typer.Option("--unblocked", help=text("help.unblocked"))] = False,
    score: Annotated[
        Word, typer.Option("--score", metavar="COLUMN", help=text("help.combine_score"))
    ] = None,
    spare_share: Annotated[float, typer.Option("--spare", help=text("help.match_spare"))] = 0.1,
    max_sets: Annotated[int, typer.Option("--max-sets", help=text("help.match_sets"))] = 300,
    time_limit_s: Annotated[
        float, typer.Option("--time-limit", metavar="S", help=text("help.time_limit"))
    ] = 60.0,
    output: Annotated[
        File, typer.Option("-o", "--output", metavar="OUT", help=text("help.match_out"))
    ] = None,
    tolerance_m: ToleranceM = 0.2,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Match projects to sets of plots."""
    del lang
    refuse_input(output, input_, projects)
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    findings = [*inventory.findings]
    wanted = inventory.projects
    if projects is not None:
        with working("cli.reading"):
            wanted, found_there = _projects(inventory, projects)
        findings += found_there
    who: Direction = direction  # type: ignore[assignment]  # any other word is refused
    with working("cli.matching"):
        found = match_projects(
            inventory, wanted, direction=who, max_plots=max_plots, max_sets=max_sets,
            spare_share=spare_share, time_limit_s=time_limit_s, within_m=within_m,
            tolerance_m=tolerance_m, unblocked=unblocked, score=score,
            status=[term("status", each).code for each in status or ()],
            town=[found_place(inventory.places, each)[0] for each in town or ()],
            must_not=[inventory.parcel(each) for each in without or ()],
        )  # fmt: skip
    findings += [Finding("no_area", "error", parcel=each) for each in found.without_area]
    meta = _meta(found, projects)
    if output is not None:
        findings += write(found.rows.rename(columns={"name": "project"}), output)
        meta["path"] = str(output)
    _tell_result(found)
    rows = pd.concat(
        [
            pd.DataFrame(found.rows.drop(columns="geometry")).assign(placed=True),
            found.unplaced.assign(placed=False),
        ],
        ignore_index=True,
    )
    shown = rows[_SHOWN] if form is Format.table else rows
    last = "" if output is None else str(output)
    show(Report("match", shown, meta, inventory, findings, last_line=last), form)


def _projects(inventory: Inventory, path: Path) -> tuple[pd.DataFrame, list[Finding]]:
    """Read projects from a file; those of the inventory do not count then."""
    if path.is_file() and is_inventory(path):
        other = Inventory.open(path)
        return other.projects, [*other.findings]
    tables = {name: frame for name, frame in inventory.tables.items() if name != "projects"}
    read, _ = replace(inventory, tables=tables, findings=()).with_import(path, into="projects")
    return read.projects, [*read.findings]


def _meta(found: Matching, projects: Path | None) -> dict[str, Any]:
    return {
        "projects": None if projects is None else str(projects), "direction": found.direction,
        "unit": found.unit, "status": found.status, "value": found.value, "bound": found.bound,
        "gap": found.gap, "complete": found.complete, "placed": len(found.rows),
        "unplaced": len(found.unplaced), "greedy": found.greedy._asdict(),
        "max_plots": found.max_plots, "offered": found.offered, "considered": found.considered,
    }  # fmt: skip


def _tell_result(found: Matching) -> None:
    """Say in a line or two what came of it, and what is proven."""
    unit = text(f"unit.match_{found.unit}")
    tell(text("match.placed", placed=len(found.rows), n=len(found.rows) + len(found.unplaced),
              offered=found.offered, value=_told(found.value), unit=unit,
              greedy=found.greedy.placed, turns=_told(found.greedy.value)))  # fmt: skip
    if len(found.rows):
        code = "match.proven" if found.status == "optimal" else "match.not_proven"
        tell(text(code, bound=_told(found.bound), unit=unit, gap=f"{100 * found.gap:.2f}",
                  most=found.max_plots))  # fmt: skip
    if not found.complete:
        tell(text("match.cut_off"))


def _told(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")
