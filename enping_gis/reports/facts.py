"""Gather what the papers of one period say, each figure computed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.lifecycle.agreements import agreements
from enping_gis.lifecycle.answering import COUNTY
from enping_gis.lifecycle.changes import changes
from enping_gis.lifecycle.deadlines import deadlines
from enping_gis.lifecycle.leading import leading
from enping_gis.lifecycle.periods import period_of
from enping_gis.lifecycle.targets import progress
from enping_gis.measure.totals import totals
from enping_gis.reports.model import Cell
from enping_gis.reports.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enping_gis.inventory import Inventory
    from enping_gis.lifecycle.leading import Leading
    from enping_gis.lifecycle.periods import Period
    from enping_gis.measure.totals import Totals
    from enping_gis.messages import Language

    # Place and figure -> ids, and what each adds in mu where that is an area.
    Behind = dict[tuple[str, str], tuple[tuple[str, ...], tuple[Decimal, ...]]]

# How far ahead a paper looks: until the next one of its kind, at most.
_AHEAD_DAYS = {"daily": 1, "weekly": 7, "fortnightly": 14, "monthly": 31, "quarterly": 92}


@dataclass(frozen=True)
class Facts(Scene):
    """
    What the papers of one period are made from.

    Parameters
    ----------
    inventory : Inventory
        On the last day of the period.
    lang : {"zh", "en"}
        Language of names.
    period : Period
        The period.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> facts = facts_of(Inventory.demo(), "weekly", "en")
    >>> facts.cadence, facts.period.begin.isoformat()
    ('weekly', '2023-03-24')
    """

    period: Period

    @property
    def cadence(self) -> str:
        """
        Name the rhythm of the paper.

        Returns
        -------
        str
            Such as ``"weekly"``.
        """
        return self.period.kind

    @property
    def ahead_days(self) -> int:
        """
        Tell how far the paper looks ahead.

        Returns
        -------
        int
            Days.
        """
        return _AHEAD_DAYS[self.cadence]

    @cached_property
    def statuses_before(self) -> Totals:
        """
        Add up areas by status as they were.

        Returns
        -------
        Totals
            As printed, at the end of the day before the period.
        """
        before = self.inventory.on(self.period.begin - timedelta(days=1))
        return totals(before, "status", lang=self.lang)

    @cached_property
    def year(self) -> pd.DataFrame:
        """
        Hold the year against its commitments.

        Returns
        -------
        pandas.DataFrame
            As `enping_gis.progress` has it, by responsible unit, the county last.
        """
        return progress(self.inventory, period=str(self.day.year), lang=self.lang)

    @cached_property
    def quarter(self) -> pd.DataFrame:
        """
        Hold the quarter against its commitments.

        Returns
        -------
        pandas.DataFrame
            As `year`.
        """
        code = f"{self.day.year}Q{(self.day.month + 2) // 3}"
        return progress(self.inventory, period=code, lang=self.lang)

    @cached_property
    def leading(self) -> Leading:
        """
        See the county at a glance, each figure with its plots.

        Returns
        -------
        Leading
            Of the year.
        """
        return leading(self.inventory, lang=self.lang)

    @cached_property
    def _behind(self) -> Behind:
        return _traced(self.leading.plots)

    @cached_property
    def _behind_quarter(self) -> Behind:
        period = str(self.quarter["period"].iloc[-1])
        return _traced(leading(self.inventory, period=period, lang=self.lang).plots)

    def behind(self, place: str, figure: str) -> tuple[tuple[str, ...], tuple[Decimal, ...]]:
        """
        Return the plots behind a figure of `leading`.

        Parameters
        ----------
        place : str
            Code of the place, empty for the county.
        figure : str
            Name of the column.

        Returns
        -------
        tuple
            Ids, and what each adds in mu; that is empty for figures that count plots.
        """
        return self._behind.get((place, figure), ((), ()))

    def done_cell(self, row: Mapping[Any, Any]) -> Cell:
        """
        Return what a unit put back to use, with its plots.

        Parameters
        ----------
        row : dict
            A row of `progress`.

        Returns
        -------
        Cell
            The figure, with what each plot adds: less than its area where a part was done.
        """
        of_year = row["period"] == str(self.day.year)
        behind = self._behind if of_year else self._behind_quarter
        plots, parts_mu = behind.get((row["place"], "done_mu"), ((), ()))
        return Cell(row["done_mu"], plots, parts_mu=parts_mu)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """
        Tell what changed within the period.

        Returns
        -------
        pandas.DataFrame
            As `enping_gis.changes` has it.
        """
        return changes(
            self.inventory, since=self.period.begin, until=self.period.end, lang=self.lang
        )

    @cached_property
    def deadlines(self) -> pd.DataFrame:
        """
        List what is overdue and what falls due until the next paper.

        Returns
        -------
        pandas.DataFrame
            Columns of `enping_gis.lifecycle.deadlines.deadlines`, overdue first.
        """
        return deadlines(self.inventory, within_days=self.ahead_days, lang=self.lang)

    @cached_property
    def agreements(self) -> pd.DataFrame:
        """
        Hold the terms of contracts against what was done.

        Returns
        -------
        pandas.DataFrame
            As `enping_gis.agreements` has it.
        """
        return agreements(self.inventory)

    @property
    def new_events(self) -> pd.DataFrame:
        """
        Return the events of the period.

        Returns
        -------
        pandas.DataFrame
            Rows of `events`.
        """
        days = self.events["date"].astype(str).str[:10]
        return self.events[days >= self.period.begin.isoformat()]


def _traced(plots: pd.DataFrame) -> Behind:
    """Return by place and figure the plots behind it, and what each adds where that is an area."""
    whole = plots.assign(place=COUNTY)
    result = {}
    for (place, figure), rows in pd.concat([plots, whole]).groupby(["place", "figure"]):
        values = tuple(each for each in rows["value_mu"] if isinstance(each, Decimal))
        parts = values if len(values) == len(rows) else ()
        result[str(place), str(figure)] = (tuple(map(str, rows["parcel_id"])), parts)
    return result


def facts_of(inventory: Inventory, cadence: str, lang: Language) -> Facts:
    """
    Return the facts of the paper that a meeting gets on the inventory's day.

    Parameters
    ----------
    inventory : Inventory
        Plots, events, commitments, agreements.
    cadence : {"daily", "weekly", "fortnightly", "monthly", "quarterly"}
        How often the meeting is held.
    lang : {"zh", "en"}
        Language of names.

    Returns
    -------
    Facts
        Computed as they are asked for.

    Raises
    ------
    InputError
        `cadence` is another word.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> facts_of(Inventory.demo(), "quarterly", "en").period.begin.isoformat()
    '2023-01-01'
    """
    return Facts(inventory, lang, period_of(cadence, inventory.as_of))
