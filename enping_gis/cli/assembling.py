"""Which plots to combine: combine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from enping_gis.cli.answers import Answer, listed, proved, weighed
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
    from collections.abc import Collection

    import pandas as pd

    from enping_gis.inventory import Inventory

# What a person compares; JSON and CSV have every column.
_SHOWN = ["parcel_ids", "plots", "area_mu", "holders", "compactness", "shared_m", "min_width_m",
          "roads", "blockers"]  # fmt: skip
_WEIGHED = {"readiness": "ready_share", "perimeter": "perimeter_m"}
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
    near_m: Annotated[
        float, typer.Option("--near-within", metavar="M", help=text("help.combine_near_within"))
    ] = 0.0,
    status: Annotated[Texts, typer.Option("--status", help=text("help.combine_status"))] = None,
    category: Annotated[
        Texts, typer.Option("--category", help=text("help.combine_category"))
    ] = None,
    town: Annotated[Texts, typer.Option("--town", help=text("help.combine_town"))] = None,
    containing: Annotated[
        Texts, typer.Option("--with", metavar="PARCEL", help=text("help.combine_with"))
    ] = None,
    without: Annotated[
        Texts, typer.Option("--without", metavar="PARCEL", help=text("help.combine_without"))
    ] = None,
    min_width_m: Annotated[float, typer.Option("--min-width", help=text("help.min_width"))] = 0.0,
    min_compactness: Annotated[
        float, typer.Option("--min-compactness", help=text("help.min_compactness"))
    ] = 0.0,
    max_holders: Annotated[
        Optional[int],  # noqa: UP045 - see above
        typer.Option("--max-holders", help=text("help.max_holders")),
    ] = None,
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
    prove: Annotated[bool, typer.Option("--prove", help=text("help.prove"))] = False,
    pareto: Annotated[
        Word, typer.Option("--pareto", metavar="A,B,...", help=text("help.pareto"))
    ] = None,
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
    asked = {
        "area_mu": window, "max_plots": max_plots, "time_limit_s": time_limit_s,
        "within_m": within_m, "tolerance_m": tolerance_m, "min_width_m": min_width_m,
        "unblocked": unblocked, "cost": cost, "budget_yuan": budget, "score": score,
        "min_compactness": min_compactness, "max_holders": max_holders, "near_m": near_m,
        "near": None if near is None else inventory.parcel(near),
        "must_contain": [inventory.parcel(each) for each in containing or ()],
        "must_not": [inventory.parcel(each) for each in without or ()],
        "status": [term("status", each).code for each in status or ()],
        "category": [term("category", each).code for each in category or ()],
        "town": [found_place(inventory.places, each)[0] for each in town or ()],
    }  # fmt: skip
    found = _answer(inventory, asked, best, limit, pareto=pareto, prove=prove)
    findings = [*inventory.findings]
    findings += [Finding("no_area", "error", parcel=parcel) for parcel in found.without_area]
    meta = {"area_mu": list(window), "max_plots": max_plots, **found.meta}
    if output is not None:
        findings += write(found.rows, output)
        meta["path"] = str(output)
    for line in found.lines:
        tell(line)
    rows = found.rows.drop(columns="geometry")
    rows = (
        _readable(rows, cost=cost, score=score, over=found.over) if form is Format.table else rows
    )
    last = "" if output is None else str(output)
    show(Report("combine", rows, meta, inventory, findings, last_line=last), form)


def _answer(
    inventory: Inventory, asked: dict[str, Any], best: str, limit: int, *, pareto: Word, prove: bool
) -> Answer:
    if prove and pareto is not None:
        raise InputError("error.two_options", one="--prove", other="--pareto")
    with working("cli.combining") as show_step:
        if prove:
            return proved(inventory, best, asked, show_step)
        if pareto is not None:
            over: list[Any] = [each.strip() for each in pareto.split(",") if each.strip()]
            return weighed(inventory, over, _SHAPES, asked)
        goal: Any = best
        return listed(inventory, goal, limit, _SHAPES, asked)


def _window(area: str) -> tuple[float, float]:
    low, dots, high = area.partition("..")
    try:
        return float(low), float(high if dots else low)
    except ValueError:
        raise InputError("error.area_range", value=area) from None


def _readable(
    rows: pd.DataFrame, *, cost: Word, score: Word, over: Collection[str]
) -> pd.DataFrame:
    more = [name for name, asked in (("cost_yuan", cost), ("score", score)) if asked is not None]
    more += [_WEIGHED[each] for each in over if each in _WEIGHED]
    listed = [
        text("list_mark").join(label("blocker", code) for code in cell.split(LIST_SEPARATOR))
        if isinstance(cell, str) and cell
        else None
        for cell in rows["blockers"]
    ]
    return rows[[*_SHOWN, *more]].assign(blockers=listed)
