"""Cut layers into partitions and measure them, on one machine or many: partition, measure."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import pandas as pd
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from enping_gis.cli.options import Crs, Form, Input, Lang, MinSharedM, ToleranceM, WithinM, opened
from enping_gis.cli.output import Format, Report, show, tell, working
from enping_gis.distributed import measure as measure_parts
from enping_gis.distributed import open_partitions
from enping_gis.distributed import partition as cut
from enping_gis.messages import text
from enping_gis.units import AREA_UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enping_gis.distributed import Measured

Output = Annotated[Path, typer.Option("--output", "-o", help=text("help.partition_output"))]
Count = Annotated[
    Optional[int],  # noqa: UP045 - typer reads it on Python 3.11
    typer.Option("--partitions", help=text("help.partition_count")),
]
Layer = Annotated[Path, typer.Argument(metavar="FOLDER", help=text("help.measure_input"))]
Results = Annotated[Path, typer.Option("--output", "-o", help=text("help.measure_output"))]
By = Annotated[str, typer.Option("--by", help=text("help.measure_by"))]
Rules = Annotated[str, typer.Option("--rules", help=text("help.measure_rules"))]
Workers = Annotated[
    Optional[int],  # noqa: UP045 - see above
    typer.Option("--workers", help=text("help.measure_workers")),
]
Scheduler = Annotated[
    Optional[str],  # noqa: UP045 - see above
    typer.Option("--scheduler", metavar="tcp://...", help=text("help.measure_scheduler")),
]


def partition(
    output: Output,
    input_: Input = None,
    partitions: Count = None,
    crs: Crs = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Cut a layer into partitions."""
    del lang
    with working("cli.partitioning"):
        if isinstance(input_, Path) and input_.is_dir() and any(input_.glob("*.parquet")):
            layer = cut(input_, output, partitions=partitions)
        else:
            plots = opened(input_, crs=crs).parcels
            layer = cut(plots, output, partitions=partitions)
    tell(text("cli.partitioned", n=len(layer.parts), rows=layer.rows, path=output))
    rows = pd.DataFrame([{"file": part.path.name, "parcels": part.rows} for part in layer.parts])
    meta = {"path": str(output), "parcels": layer.rows, "partitions": len(layer.parts)}
    show(Report("partition", rows, meta, last_line=str(output.resolve())), form)


def measure(
    folder: Layer,
    output: Results,
    by: By = "",
    tolerance: ToleranceM = 0.2,
    within: WithinM = 0.0,
    min_shared: MinSharedM = 1.0,
    rules: Rules = "",
    workers: Workers = None,
    scheduler: Scheduler = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Measure a layer in partitions."""
    del lang
    layer = open_partitions(folder)
    with _bar() as progress:
        measured = measure_parts(
            layer,
            output,
            by=[name for each in by.replace("\uff0c", ",").split(",") if (name := each.strip())],
            tolerance_m=tolerance,
            within_m=within,
            min_shared_m=min_shared,
            rules=rules,
            workers=workers,
            scheduler=scheduler,
            progress=progress,
        )
    told = {
        "rows": measured.parcels,
        "parts": len(layer.parts),
        "resumed": measured.resumed,
        "path": output,
    }
    tell(text("cli.measured", **told))
    meta = {
        "path": str(output),
        "crs": layer.crs.to_string(),
        "method": "ellipsoidal",
        "partitions": len(layer.parts),
        "resumed": measured.resumed,
        "without_area": measured.without_area,
        "contacts": {
            kind: {"pairs": pairs, "shared_m": shared_m}
            for kind, (pairs, shared_m) in measured.contacts.items()
        },
        "faults": measured.faults,
        "total": _total(measured),
    }
    show(Report("measure", _rows(measured), meta, last_line=str(output.resolve())), form)


def _rows(measured: Measured) -> pd.DataFrame:
    """Put the groups of all columns in one table, the total last."""
    tables = [table.iloc[:-1].assign(by=by) for by, table in measured.totals.items() if by != "all"]
    tables.append(measured.totals["all"].iloc[-1:].assign(by="all"))
    rows = pd.concat(tables, ignore_index=True)
    return rows[["by", "key", "parcels", *(f"area_{unit.code}" for unit in AREA_UNITS)]]


def _total(measured: Measured) -> dict[str, object]:
    row = measured.totals["all"].iloc[-1]
    return {name: row[name] for name in ("parcels", "area_m2", "area_ha", "area_mu")}


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None] | None]:
    """Show on a terminal how many partitions are done; a pipe sees nothing of it."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task(text("cli.measuring_parts"), total=None)
        yield lambda done, whole: progress.update(task, completed=done, total=whole)
