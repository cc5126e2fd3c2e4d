"""Which plots to combine: combine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from enping_gis.assembly.feasible import feasible_assemblies
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
from enping_gis.errors import InputError
from enping_gis.export.write import write
from enping_gis.findings import Finding
from enping_gis.intake.meaning.wording import found_place
from enping_gis.messages import text
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.vocabulary import label, term

if TYPE_CHECKING:
    import pandas as pd

    from enping_gis.assembly.feasible import Assemblies
    from enping_gis.assembly.figures import Best
    from enping_gis.inventory import Inventory

# What a person compares; JSON and CSV have every column.
_SHOWN = ["parcel_ids", "plots", "area_mu", "holders", "compactness", "shared_m", "min_width_m",
          "roads", "blockers"]  # fmt: skip
_SHAPES = 50

Area = Annotated[str, typer.Option("--area", metavar="LO..HI", help=text("help.combine_area"))]
Texts = Optional[list[str]]  # noqa: UP045 - the form that typer knows on every Python
Word = Optional[str]  # noqa: UP045 - see above
Number = Optional[float]  # noqa: UP045 - see above


def combine(
    area: Area,
    input_: Input = None,
    max_plots: Annotated[int, typer.Option("--max-plots", help=text("help.max_plots"))] = 8,
    within_m: WithinM = 0.0,
    near: Annotated[
        Word, typer.Option("--near", metavar="PARCEL", help=text("help.combine_near"))
    ] = None,
    status: Annotated[Texts, typer.Option("--status", help=text("help.combine_status"))] = None,
    town: Annotated[Texts, typer.Option("--town", help=text("help.combine_town"))] = None,
    without: Annotated[
        Texts, typer.Option("--without", metavar="PARCEL", help=text("help.combine_without"))
    ] = None,
    min_width_m: Annotated[float, typer.Option("--min-width", help=text("help.min_width"))] = 0.0,
    unblocked: Annotated[bool, typer.Option("--unblocked", help=text("help.unblocked"))] = False,
    cost: Annotated[
        Word, typer.Option("--cost", metavar="COLUMN", help=text("help.combine_cost"))
    ] = None,
    budget: Annotated[
        Number, typer.Option("--budget", metavar="YUAN", help=text("help.budget"))
    ] = None,
    score: Annotated[
        Word, typer.Option("--score", metavar="COLUMN", help=text("help.combine_score"))
    ] = None,
    best: Annotated[str, typer.Option("--best", help=text("help.best"))] = "fewest",
    limit: Annotated[int, typer.Option("--limit", help=text("help.combine_limit"))] = 20,
    time_limit_s: Annotated[
        Number, typer.Option("--time-limit", metavar="S", help=text("help.time_limit"))
    ] = None,
    output: Annotated[
        Optional[Path],  # noqa: UP045 - see above
        typer.Option("-o", "--output", metavar="OUT", help=text("help.combine_out")),
    ] = None,
    tolerance_m: ToleranceM = 0.2,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """List the sets of plots that make up an area."""
    del lang
    window = _window(area)
    refuse_input(output, input_)
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    goal: Best = best  # type: ignore[assignment]  # any other word is refused
    with working("cli.combining"):
        found = feasible_assemblies(
            inventory, area_mu=window, max_plots=max_plots, best=goal, limit=limit,
            shapes=_SHAPES, time_limit_s=time_limit_s, within_m=within_m, tolerance_m=tolerance_m,
            min_width_m=min_width_m, unblocked=unblocked, cost=cost, budget_yuan=budget,
            score=score, **_named(inventory, near, status, town, without),
        )  # fmt: skip
    findings = [*inventory.findings]
    findings += [Finding("no_area", "error", parcel=parcel) for parcel in found.without_area]
    meta = _meta(found, goal, window)
    if output is not None:
        findings += write(found.rows, output)
        meta["path"] = str(output)
    tell(text(_summary(found), n=found.count, shown=len(found.rows), most=max_plots))
    rows = found.rows.drop(columns="geometry")
    rows = _readable(rows, cost=cost, score=score) if form is Format.table else rows
    last = "" if output is None else str(output)
    show(Report("combine", rows, meta, inventory, findings, last_line=last), form)


def _named(
    inventory: Inventory, near: Word, status: Texts, town: Texts, without: Texts
) -> dict[str, Any]:
    """Find the plots, statuses and towns that words mean."""
    return {
        "near": None if near is None else inventory.parcel(near),
        "status": [term("status", each).code for each in status or ()],
        "town": [found_place(inventory.places, each)[0] for each in town or ()],
        "must_not": [inventory.parcel(each) for each in without or ()],
    }


def _window(area: str) -> tuple[float, float]:
    low, dots, high = area.partition("..")
    try:
        return float(low), float(high if dots else low)
    except ValueError:
        raise InputError("error.area_range", value=area) from None


def _meta(found: Assemblies, best: Best, window: tuple[float, float]) -> dict[str, Any]:
    """Say what is proved: where every set was looked at, the first is the best there is."""
    column = {"fewest": "plots", "compact": "compactness", "cost": "cost_yuan", "score": "score"}
    value = float(found.rows[column[best]].iloc[0]) if len(found.rows) else None
    is_proved = found.complete and value is not None
    if value is None:
        status = "infeasible" if found.complete else "unknown"
    else:
        status = "optimal" if found.complete else "feasible"
    return {
        "area_mu": list(window), "best": best, "count": found.count, "complete": found.complete,
        "status": status, "value": value, "bound": value if is_proved else None,
        "gap": 0.0 if is_proved else None,
    }  # fmt: skip


def _summary(found: Assemblies) -> str:
    if not found.count:
        return "combine.none" if found.complete else "combine.none_yet"
    return "combine.found" if found.complete else "combine.found_some"


def _readable(rows: pd.DataFrame, *, cost: str | None, score: str | None) -> pd.DataFrame:
    more = [name for name, asked in (("cost_yuan", cost), ("score", score)) if asked is not None]
    listed = [
        text("list_mark").join(label("blocker", code) for code in cell.split(LIST_SEPARATOR))
        if isinstance(cell, str) and cell
        else None
        for cell in rows["blockers"]
    ]
    return rows[[*_SHOWN, *more]].assign(blockers=listed)
