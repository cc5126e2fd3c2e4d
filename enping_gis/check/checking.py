"""Check plots, ledger and events as a whole, by all rules or by some."""

from __future__ import annotations

from functools import cache, cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from enping_gis.check.coverage import finders as coverage
from enping_gis.check.coverage.finders import COVERAGE_FINDERS
from enping_gis.check.faults import faults_frame
from enping_gis.check.ground import Ground, ground_of
from enping_gis.check.noticed import is_told, noticed_faults
from enping_gis.check.placing import coordinates, places
from enping_gis.check.records import idle, ledger, lives, stated, statements
from enping_gis.check.rules import rules as all_rules
from enping_gis.check.shapes import finders as shapes
from enping_gis.check.shapes import validity
from enping_gis.check.shapes.finders import SHAPE_FINDERS
from enping_gis.errors import InputError
from enping_gis.measure.areas import area
from enping_gis.measure.standing import stated_m2
from enping_gis.schema import conformed

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator

    import geopandas as gpd

    from enping_gis.check.faults import Fault
    from enping_gis.findings import Finding
    from enping_gis.inventory import Inventory

    Finder = Callable[["_Subject"], Iterable[Fault]]


def check(
    inventory: Inventory,
    *,
    rules: Iterable[str] | str | None = None,
    ledger: str | os.PathLike[str] | None = None,
) -> gpd.GeoDataFrame:
    """
    Find the faults of plots, of what a ledger states of them, and of their events.

    The rules with their thresholds, sources and dates are in ``check/rules.json``: geometry
    (G1-G6), topology (T1-T6), coordinates (C1, C2), areas (A1-A3), ledger (L1, L2). A plot is
    found by the rule that is the cause: one that lies outside the county is not held against
    town lines or stated areas as well, and one with an invalid outline not against its area.

    Parameters
    ----------
    inventory : Inventory
        Plots on its own day; what was noticed on reading it belongs to the result. It has to
        be whole: of the plots of one town alone, no total of the county is the sum.
    rules : iterable of str or str, optional
        Codes of the rules to apply, a text with commas between them also; by default all.
    ledger : path-like, optional
        A table of plots that is held against the map: what is missing on either side, and the
        areas and towns that it states.

    Returns
    -------
    geopandas.GeoDataFrame
        One row for each fault, in the order of the rules: columns
        `enping_gis.check.faults.COLUMNS` and ``geometry`` in the CRS of the inventory; empty
        where nothing is wrong.

    Raises
    ------
    InputError
        There is no such rule, or the ledger cannot be read.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> found = check(Inventory.demo(), rules="A2")
    >>> found[["rule", "case", "value"]].to_numpy().tolist()
    [['A2', 'statement_pair', '537.72 / 8605.84']]
    >>> check(Inventory.demo(), rules=[]).shape
    (0, 17)
    """
    found, _ = checked(inventory, rules, ledger)
    return found


def checked(
    inventory: Inventory,
    rules: Iterable[str] | str | None = None,
    ledger: str | os.PathLike[str] | None = None,
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """
    Find faults as `check` does, and tell what else was noticed on reading.

    Parameters
    ----------
    inventory : Inventory
        See `check`.
    rules : iterable of str or str, optional
        See `check`.
    ledger : path-like, optional
        See `check`.

    Returns
    -------
    found : geopandas.GeoDataFrame
        What `check` returns.
    noticed : tuple of Finding
        What was noticed on reading plots and ledger that no rule has an answer for.

    Raises
    ------
    InputError
        There is no such rule, or the ledger cannot be read.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> found, noticed = checked(Inventory.demo(), "G5")
    >>> len(found), noticed
    (1, ())
    """
    chosen = chosen_rules(rules)
    subject = _Subject(inventory, ledger)
    found = list(noticed_faults(subject.findings)) if chosen else []
    order = {code: number for number, code in enumerate(all_rules())}
    for code in chosen:
        found.extend(chain.from_iterable(find(subject) for find in _FINDERS[code]))
    told = [fault for fault in found if fault.rule in chosen]
    told.sort(key=lambda fault: order[fault.rule])
    noticed = tuple(each for each in subject.findings if not is_told(each.rule))
    return faults_frame(told, inventory.crs), noticed


def shape_faults(plots: gpd.GeoDataFrame, rules: Iterable[str]) -> Iterator[Fault]:
    """
    Find faults of outlines alone, which need no ledger, places or events.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots with ``parcel_id``, in a projected CRS in metres.
    rules : iterable of str
        Codes of `SHAPE_RULES`.

    Yields
    ------
    Fault
        What each rule finds, in turn.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> [fault.case for fault in shape_faults(Inventory.demo().parcels, ["G5"])]
    ['multipart']
    >>> list(shape_faults(Inventory.demo().parcels, []))
    []
    """
    ground = ground_of(plots)
    for rule in rules:
        yield from _ON_SHAPES[rule](ground)


def chosen_rules(rules: Iterable[str] | str | None) -> tuple[str, ...]:
    """
    Return the rules that are wanted.

    Parameters
    ----------
    rules : iterable of str or str or None
        Codes, a text with commas between them also; None for all.

    Returns
    -------
    tuple of str
        Codes in the order of the rules.

    Raises
    ------
    InputError
        There is no such rule.

    Examples
    --------
    >>> chosen_rules("t1, g1"), chosen_rules([])
    (('G1', 'T1'), ())
    """
    known = tuple(all_rules())
    if rules is None:
        return known
    given = rules.replace("\uff0c", ",").split(",") if isinstance(rules, str) else rules
    wanted = {str(each).strip().upper() for each in given} - {""}
    strange = sorted(wanted - set(known))
    if strange:
        raise InputError("error.rule", value=", ".join(strange), known=", ".join(known))
    return tuple(code for code in known if code in wanted)


class _Subject:
    """What is checked, with what several rules have to know of it."""

    def __init__(self, inventory: Inventory, ledger_path: Any) -> None:  # noqa: ANN401 - a path or None
        self.inventory = inventory
        self.plots: gpd.GeoDataFrame = inventory.parcels
        # A message names its town in two languages, and there may be many messages.
        self.place_name = cache(inventory.place_name)
        self.findings: tuple[Finding, ...] = inventory.findings
        if ledger_path is not None:
            self.plots, found = ledger.with_figures_of(
                self.plots, ledger_path, inventory.places, inventory.meta.county_extent
            )
            self.findings = (*self.findings, *found)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the layer model, in its columns also where there is none."""
        there = self.inventory.tables
        return there[name] if name in there else _no_rows(name)

    @cached_property
    def astray(self) -> tuple[Fault, ...]:
        return tuple(coordinates.misplaced(self.plots, self.inventory.meta.county_extent))

    @cached_property
    def in_place(self) -> gpd.GeoDataFrame:
        """Plots whose coordinates put them where plots may be."""
        strays = {parcel for fault in self.astray for parcel in fault.parcels}
        return self.plots[~self.plots["parcel_id"].isin(strays)].reset_index(drop=True)

    @cached_property
    def ground(self) -> Ground:
        """All plots, laid out once for the rules on shapes."""
        return ground_of(self.plots)

    @cached_property
    def towns(self) -> places.Outlines:
        return places.Outlines.of(self.plots, self.inventory.places, "town")

    @cached_property
    def parks(self) -> places.Outlines:
        return places.Outlines.of(self.plots, self.inventory.places, "park")

    @cached_property
    def in_towns(self) -> places.Lying:
        return places.lying(self.in_place, self.towns)

    @cached_property
    def elsewhere(self) -> tuple[Fault, ...]:
        """Plots that do not lie in the town stated, before a shift is thought of."""
        return tuple(places.elsewhere(self.in_place, self.in_towns, self.towns, self.place_name))

    @cached_property
    def shifted(self) -> tuple[Fault, ...]:
        wrong = {parcel for fault in self.elsewhere for parcel in fault.parcels}
        flags = self.in_place["parcel_id"].isin(wrong).to_numpy(dtype=bool)
        return tuple(coordinates.shifted(self.in_place, flags, self.towns))

    @cached_property
    def subjects(self) -> statements.Subjects:
        inventory = self.inventory
        return statements.Subjects(self.plots, inventory.places, self.place_name)

    @cached_property
    def area_m2(self) -> pd.Series[float]:
        """Measured areas of the plots in place; NaN where the outline is not valid."""
        outlines = self.in_place.geometry.to_numpy()
        sound = shapely.is_valid(outlines) & ~shapely.is_missing(outlines)
        measured = area(self.in_place[sound], method=self.inventory.meta.area_method)
        return measured.reindex(self.in_place.index, fill_value=np.nan)


@cache
def _no_rows(name: str) -> pd.DataFrame:
    return conformed(pd.DataFrame(), name)


def _coordinates(rule: str, subject: _Subject) -> Iterator[Fault]:
    yield from (fault for fault in subject.astray if fault.rule == rule)
    yield from subject.shifted if rule == "C1" else coordinates.old_datums(subject.plots)


def _across_towns(subject: _Subject) -> Iterator[Fault]:
    names = subject.place_name
    return places.across_towns(subject.in_place, subject.in_towns, subject.towns, names)


def _elsewhere(subject: _Subject) -> Iterator[Fault]:
    explained = {parcel for fault in subject.shifted for parcel in fault.parcels}
    yield from (fault for fault in subject.elsewhere if not explained & set(fault.parcels))
    names = subject.place_name
    yield from places.outside_park(subject.in_place, subject.parks, names)


def _totals(subject: _Subject) -> Iterator[Fault]:
    yield from statements.totals_of_statements(subject.table("statements"), subject.subjects)
    yield from statements.totals_of_targets(subject.table("targets"))


def _lives(subject: _Subject) -> Iterator[Fault]:
    inventory, day = subject.inventory, subject.inventory.as_of
    events = subject.table("events")
    counted = lives.counted_events(events, day)
    ids = subject.in_place["parcel_id"].to_numpy()
    yield from lives.unreal_dates(inventory.tables)
    yield from lives.periods(inventory.tables["parcels"])
    yield from lives.order_of_events(counted)
    yield from lives.recorded_too_early(events)
    yield from lives.too_much_done(
        counted, subject.area_m2.set_axis(ids), stated_m2(subject.in_place).set_axis(ids)
    )
    yield from lives.shares(subject.plots)
    yield from lives.projects_without_plot(inventory.tables)
    yield from idle.idle_clocks(counted, subject.table("agreements"), day)


_ON_SHAPES = {**SHAPE_FINDERS, **COVERAGE_FINDERS}
SHAPE_RULES = tuple(_ON_SHAPES)

_FINDERS: dict[str, tuple[Finder, ...]] = {
    "G1": (lambda subject: validity.invalid_shapes(subject.ground),),
    "G2": (lambda subject: shapes.close_points(subject.ground),),
    "G3": (lambda subject: shapes.spikes(subject.ground),),
    "G4": (lambda subject: shapes.arcs(subject.ground),),
    "G5": (lambda subject: shapes.several_parts(subject.ground),),
    "G6": (lambda subject: shapes.holes(subject.ground),),
    "T1": (lambda subject: coverage.overlaps(subject.ground),),
    "T2": (lambda subject: coverage.gaps(subject.ground),),
    "T3": (lambda subject: coverage.slivers(subject.ground),),
    "T4": (lambda subject: coverage.unmatched_nodes(subject.ground),),
    "T5": (_across_towns,),
    "T6": (_elsewhere,),
    "C1": (partial(_coordinates, "C1"),),
    "C2": (partial(_coordinates, "C2"),),
    "A1": (lambda subject: stated.areas_against_map(subject.in_place, subject.area_m2),),
    "A2": (
        lambda subject: stated.pairs_of_plots(subject.in_place, subject.area_m2),
        lambda subject: statements.pairs_of_statements(
            subject.table("statements"), subject.subjects
        ),
    ),
    "A3": (_totals,),
    "L1": (
        lambda subject: ledger.repeated_ids(subject.inventory.tables["parcels"]),
        lambda subject: ledger.lost_links(subject.inventory.tables),
    ),
    "L2": (_lives,),
}
