"""Measure all partitions of a layer: on workers, again where one died, and not twice."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enping_gis.check.checking import SHAPE_RULES, chosen_rules
from enping_gis.distributed.engine import client_of, needed
from enping_gis.distributed.figures import Sums, added, area_table
from enping_gis.distributed.measuring import ALL, Asked, measured_part
from enping_gis.distributed.partitions import Partitions, open_partitions
from enping_gis.errors import InputError, SchemaError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from enping_gis.distributed.partitions import Part
    from enping_gis.measure.areas import AreaMethod

# Raise it when results change: what an older package measured is measured again then.
EDITION = 1
# How often the work on a partition may die with its worker before the run gives up.
MOST_DEATHS = 10


@dataclass(frozen=True)
class Measured:
    """
    What a layer in partitions was measured to be.

    Parameters
    ----------
    folder : pathlib.Path
        Where the rows are: ``areas``, ``contacts`` and ``faults``, with one GeoParquet or Parquet
        file for each partition, which pandas and dask read as one table.
    parcels : int
        How many plots.
    without_area : int
        How many of them have no area: no geometry, or a coordinate that is not finite.
    totals : dict of str to pandas.DataFrame
        Areas by ``all`` and by each column asked for: ``key``, ``parcels``, ``area_m2``,
        ``area_ha`` and ``area_mu`` as printed, the last row the total.
    contacts : dict of str to tuple of int and float
        Number of pairs and sum of ``shared_m``, by kind.
    faults : dict of str to int
        Faults by rule.
    resumed : int
        Partitions that an earlier run had measured already.
    """

    folder: Path
    parcels: int
    without_area: int
    totals: dict[str, pd.DataFrame]
    contacts: dict[str, tuple[int, float]]
    faults: dict[str, int]
    resumed: int


def measure(  # noqa: PLR0913 - what it asks of contacts, areas and checks, by name
    layer: Partitions | str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    by: Iterable[str] = (),
    method: AreaMethod = "ellipsoidal",
    tolerance_m: float = 0.2,
    within_m: float = 0.0,
    min_shared_m: float = 1.0,
    rules: Iterable[str] | str = (),
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Measured:
    """
    Measure areas, totals, contacts and faults of a layer in partitions.

    Each partition is read with its halo, the plots of others within reach, and measured by the
    same functions as a layer in memory. A plot belongs to the partition it lies in, a pair to the
    first partition of its two plots, a fault to the first of its plots, so that each is found
    once. Plots are measured in the order of their ids and sums are exact, so that results do not
    depend on how the layer is cut, to the last bit.

    A worker holds one partition and its halo at a time. Results are written whole, partition by
    partition; a run that was stopped goes on where it was, unless plots or options have changed.

    Parameters
    ----------
    layer : Partitions or path-like
        The layer, or its folder of GeoParquet files, which all workers see.
    folder : path-like
        Where results are written, which all workers see.
    by : iterable of str, optional
        Columns that make groups of plots, whose areas are added up.
    method : {"ellipsoidal", "planar", "geodesic"}
        See `enping_gis.measure.areas.area`.
    tolerance_m, within_m, min_shared_m : float
        See `enping_gis.measure.contacts.contacts`; in metres.
    rules : iterable of str or str, optional
        Rules on outlines (G1 to G6, T1 to T4) to check plots by; by default none.
    workers : int, optional
        Processes on this machine; by default one for each core.
    scheduler : str, optional
        Address of a dask scheduler to use instead.
    progress : callable, optional
        Called with the numbers of partitions done and of all.

    Returns
    -------
    Measured
        Totals, counts, and where the rows are; ``left`` of a contact is the lesser id.

    Raises
    ------
    InputError
        dask is missing, a length is negative, a rule is not one of outlines, or a partition
        killed its workers ten times.
    SchemaError
        A column of `by` is missing; an id is missing, or repeated within reach.
    SourceError
        There are no partitions, or a file is damaged.
    CRSError
        The CRS is not projected in metres.

    Examples
    --------
    >>> import tempfile
    >>> import geopandas as gpd, shapely
    >>> from enping_gis.distributed import partition
    >>> shapes = [shapely.box(x, 0, x + 10, 10) for x in range(0, 100, 10)]
    >>> ids = [f"p{number}" for number in range(10)]
    >>> plots = gpd.GeoDataFrame({"parcel_id": ids}, geometry=shapes, crs=4546)
    >>> layer = partition(plots, tempfile.mkdtemp(), partitions=3)
    >>> measure(layer, tempfile.mkdtemp(), workers=1).contacts  # doctest: +SKIP
    {'shared': (9, 90.0)}
    """
    whole = layer if isinstance(layer, Partitions) else open_partitions(layer)
    asked = Asked(
        tuple(dict.fromkeys(by)), method, tolerance_m, within_m, min_shared_m, _outline_rules(rules)
    )
    _refuse_missing(whole, asked.by)
    out = Path(folder)
    jobs = {number: _job(whole, number, asked) for number in range(len(whole.parts))}
    keys = {number: _key(number, job, asked) for number, job in jobs.items()}
    done = {
        number: figures
        for number, key in keys.items()
        if (figures := _figures(out, whole.parts[number], key)) is not None
    }
    resumed = len(done)
    _drop_strange(out, {part.name for part in whole.parts})
    tell = progress or (lambda _done, _all: None)
    tell(resumed, len(jobs))
    if resumed < len(jobs):
        with client_of(workers, scheduler) as client:
            rest = {number: job for number, job in jobs.items() if number not in done}
            for number, figures in _run(client, rest, asked, out.resolve(), keys):
                done[number] = figures
                tell(len(done), len(jobs))
    return _together(out, done, asked, resumed)


def _outline_rules(rules: Iterable[str] | str) -> tuple[str, ...]:
    chosen = chosen_rules(rules)
    strange = [rule for rule in chosen if rule not in SHAPE_RULES]
    if strange:
        raise InputError(
            "error.rule_not_outline", value=", ".join(strange), known=", ".join(SHAPE_RULES)
        )
    return chosen


def _refuse_missing(whole: Partitions, by: tuple[str, ...]) -> None:
    for column in by:
        if column not in whole.columns:
            raise SchemaError(
                "error.partition_column", value=column, known=", ".join(whole.columns)
            )


def _job(whole: Partitions, number: int, asked: Asked) -> dict[int, Part]:
    """Return a partition and those that matter to it: for pairs alone, those after it."""
    part = whole.parts[number]
    return {
        other: its
        for other, its in enumerate(whole.parts)
        if other == number
        or (its.rows and (asked.rules or other > number) and part.meets(its, asked.reach_m))
    }


def _key(number: int, job: Mapping[int, Part], asked: Asked) -> str:
    """Say what a result comes from: this edition, what was asked, and the files read."""
    stamps = [[each, part.name, part.stamp] for each, part in job.items()]
    said = json.dumps([EDITION, asdict(asked), number, stamps])
    return hashlib.sha256(said.encode()).hexdigest()


def _figures(out: Path, part: Part, key: str) -> dict[str, Any] | None:
    """Return the figures that an earlier run wrote, where they are of the same input."""
    try:
        figures = json.loads((out / "figures" / f"{part.name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return figures if isinstance(figures, dict) and figures.get("key") == key else None


def _drop_strange(out: Path, names: set[str]) -> None:
    """Remove results of partitions that the layer no longer has: they would count as its own."""
    for kind in ("areas", "contacts", "faults", "figures"):
        for path in (out / kind).glob("*"):
            if path.is_file() and path.stem not in names:
                path.unlink()


def _run(
    client: Any,  # noqa: ANN401 - dask comes without types
    jobs: Mapping[int, dict[int, Part]],
    asked: Asked,
    out: Path,
    keys: Mapping[int, str],
) -> Iterable[tuple[int, dict[str, Any]]]:
    distributed = needed("distributed")
    dask = needed("dask")
    with dask.config.set({"distributed.scheduler.allowed-failures": MOST_DEATHS}):
        client.run_on_scheduler(_allow_deaths)
        futures = {
            client.submit(
                measured_part, job, number, asked, out, keys[number], key=keys[number], pure=False
            ): number
            for number, job in jobs.items()
        }
        try:
            for future in distributed.as_completed(futures):
                try:
                    yield futures[future], future.result()
                except distributed.KilledWorker as error:
                    name = jobs[futures[future]][futures[future]].name
                    raise InputError(
                        "error.partition_kills", value=name, count=MOST_DEATHS
                    ) from error
        finally:
            client.cancel(list(futures))


def _allow_deaths(dask_scheduler: Any) -> None:  # noqa: ANN401 - dask names and types it
    dask_scheduler.allowed_failures = max(dask_scheduler.allowed_failures, MOST_DEATHS)


def _together(
    out: Path, done: Mapping[int, dict[str, Any]], asked: Asked, resumed: int
) -> Measured:
    figures = [done[number] for number in sorted(done)]
    pairs = added(Sums.read(each["contacts"]) for each in figures)
    rules = sorted({rule for each in figures for rule in each["faults"]})
    return Measured(
        folder=out,
        parcels=sum(each["rows"] for each in figures),
        without_area=sum(each["without_area"] for each in figures),
        totals={
            column: area_table(added(Sums.read(each[f"area.{column}"]) for each in figures))
            for column in (ALL, *asked.by)
        },
        contacts={
            kind: (pairs.counts[kind], float(pairs.exact[kind])) for kind in sorted(pairs.counts)
        },
        faults={rule: sum(each["faults"].get(rule, 0) for each in figures) for rule in rules},
        resumed=resumed,
    )
