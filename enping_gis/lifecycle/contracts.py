"""Gather what is known of each plot's contract: its terms, its steps, its projects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.idle import as_day, start_clocks
from enping_gis.lifecycle.duties import first_days, steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from enping_gis.idle import StartClock
    from enping_gis.inventory import Inventory
    from enping_gis.lifecycle.evidence import Evidence

# Steps that supervision takes, in the order in which they are told.
ACTIONS = (
    "lawyer_letter", "idle_investigation", "supplementary_agreement", "penalty_recovered",
)  # fmt: skip


@dataclass(frozen=True)
class Term:
    """
    One term of a contract.

    Parameters
    ----------
    agreed, actual : float or None
        The two figures; days are numbers such as 20230331.
    as_of : str or None
        ISO day of the actual figure.
    """

    agreed: float | None
    actual: float | None
    as_of: str | None


@dataclass(frozen=True)
class Contract:
    """
    What is known of the contract of a plot.

    Parameters
    ----------
    parcel_id : str
        The plot.
    name, place : str or None
        What it is called, and the code of who answers for it.
    day : datetime.date
        The day that is looked at.
    terms : dict of str to Term
        By indicator.
    industries : tuple of str
        How the projects on the plot describe their industries.
    clock : StartClock or None
        When it was to be started, and when it was.
    completed : datetime.date or None
        The first day of production on it.
    actions : dict of str to str
        ISO day of the last step of supervision of each kind.
    """

    parcel_id: str
    name: str | None
    place: str | None
    day: date
    terms: dict[str, Term]
    industries: tuple[str, ...]
    clock: StartClock | None
    completed: date | None
    actions: dict[str, str]

    @property
    def complete_by(self) -> date | None:
        """
        The day by which the plot has to be complete.

        Returns
        -------
        datetime.date or None
            None where none is agreed.
        """
        term = self.terms.get("complete_by")
        return None if term is None else as_day(term.agreed)

    def acted(self, kind: str, since: str) -> bool:
        """
        Tell whether a step of supervision was taken.

        Parameters
        ----------
        kind : str
            Kind of the event.
        since : str
            ISO day from when on it counts.

        Returns
        -------
        bool
            True where the last such step is of that day or later.
        """
        return self.actions.get(kind, "") >= since if kind in self.actions else False

    def steps_taken(self, evidence: Evidence) -> Evidence:
        """
        Add the steps of supervision to the evidence.

        Parameters
        ----------
        evidence : Evidence
            What was said so far.

        Returns
        -------
        Evidence
            With a sentence for each kind of step that was taken.
        """
        for kind in ACTIONS:
            if kind in self.actions:
                evidence = evidence.said("action", day=self.actions[kind], kind=kind)
        return evidence

    def row(self, cells: dict[str, Any], evidence: Evidence) -> dict[str, Any]:
        """
        Return a row of the result.

        Parameters
        ----------
        cells : dict of str to Any
            What is known of the term.
        evidence : Evidence
            What was said.

        Returns
        -------
        dict of str to Any
            With the plot and the evidence in both languages.
        """
        own = {"parcel_id": self.parcel_id, "name": self.name, "place": self.place}
        said = {
            "evidence_zh": evidence.in_language("zh"),
            "evidence_en": evidence.in_language("en"),
        }
        return {**own, **cells, **said}


def contracts(inventory: Inventory) -> Iterator[Contract]:
    """
    Yield the contracts of the plots that stand on the inventory's day.

    Parameters
    ----------
    inventory : Inventory
        Plots, events, agreements and projects.

    Yields
    ------
    Contract
        One for each plot with a term or with a clock, in the order of ids.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> sorted(next(contracts(Inventory.demo())).terms)
    ['far', 'investment_per_mu', 'tax_per_mu']
    """
    counted = steps(inventory)
    terms = _terms(inventory)
    clocks = start_clocks(counted, inventory.agreements)
    completed = first_days(counted, "complete_by")
    industries = _industries(inventory)
    actions = _actions(counted)
    parcels = inventory.parcels
    plots = zip(parcels["parcel_id"], parcels["name"], parcels["responsible"], strict=True)
    for parcel, name, place in sorted(plots, key=lambda plot: str(plot[0])):
        if parcel not in terms and parcel not in clocks:
            continue
        own = terms.get(parcel, {})
        clock = clocks.get(parcel)
        begun = as_day(own["start_by"].actual) if "start_by" in own else None
        if clock is not None and begun is not None and begun <= inventory.as_of:
            clock = replace(clock, started=begun)
        done = as_day(own["complete_by"].actual) if "complete_by" in own else None
        if done is None and parcel in completed:
            done = pd.Timestamp(completed[parcel]).date()
        yield Contract(
            parcel, _said(name), _said(place), inventory.as_of, own,
            industries.get(parcel, ()), clock, done, actions.get(parcel, {}),
        )  # fmt: skip


def _said(cell: object) -> str | None:
    return cell if isinstance(cell, str) and cell else None


def _terms(inventory: Inventory) -> dict[str, dict[str, Term]]:
    found: dict[str, dict[str, Term]] = {}
    table = inventory.agreements
    columns = ("parcel_id", "indicator", "agreed", "actual", "as_of")
    for parcel, indicator, agreed, actual, as_of in zip(
        *(table[column] for column in columns), strict=True
    ):
        # What was found out later was not known on the day that is looked at.
        known = (_said(as_of) or "") <= inventory.as_of.isoformat()
        found.setdefault(str(parcel), {})[str(indicator)] = Term(
            _figure(agreed), _figure(actual) if known else None, _said(as_of) if known else None
        )
    return found


def _figure(cell: float) -> float | None:
    return None if pd.isna(cell) else float(cell)


def _industries(inventory: Inventory) -> dict[str, tuple[str, ...]]:
    described = dict(
        zip(inventory.projects["project_id"], inventory.projects["industry"], strict=True)
    )
    found: dict[str, tuple[str, ...]] = {}
    linked = inventory.parcel_projects
    for parcel, project in zip(linked["parcel_id"], linked["project_id"], strict=True):
        industry = _said(described.get(project))
        if industry is not None:
            found[parcel] = (*found.get(parcel, ()), industry)
    return found


def _actions(counted: pd.DataFrame) -> dict[str, dict[str, str]]:
    rows = counted[counted["kind"].isin(ACTIONS) & counted["parcel_id"].notna()]
    found: dict[str, dict[str, str]] = {}
    for parcel, kind, day in zip(rows["parcel_id"], rows["kind"], rows["day"], strict=True):
        found.setdefault(str(parcel), {})[str(kind)] = str(day)
    return found
