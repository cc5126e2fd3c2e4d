"""Gather what the files of single plots say, once for all plots of an inventory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis.lifecycle.agreements import agreements
from enping_gis.lifecycle.deadlines import deadlines
from enping_gis.measure.areas import AREA_METHODS, area
from enping_gis.measure.contacts import contacts
from enping_gis.measure.standing import status_on
from enping_gis.messages import language
from enping_gis.reports.bearings import rank, towards
from enping_gis.reports.ground import ground_of
from enping_gis.schema import LIST_SEPARATOR, synthetic_rows
from enping_gis.status import event_days, standing_events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enping_gis.inventory import Inventory
    from enping_gis.messages import Language
    from enping_gis.reports.ground import Ground

    Record = dict[str, Any]

# Plots as far apart as a wide road are neighbours.
WITHIN_M = 40.0
_EVER_DAYS = 1_000_000


@dataclass(frozen=True)
class Facts:
    """
    What is known of all plots; each mapping is by parcel id.

    Parameters
    ----------
    inventory : Inventory
        Where it is from, on its day.
    lang : {"zh", "en"}
        Language of the files.
    plots : dict
        Rows of table ``parcels``, cells that are empty left out.
    standing : dict
        Rows of `enping_gis.status_on`.
    areas_m2 : dict
        Area of each plot in m2 by method.
    synthetic : frozenset of str
        Plots that stand for no real plot.
    neighbours : dict
        Rows with `other`, `direction`, `kind`, `shared_m`, `gap_m` and `overlap_m2`, clockwise
        from the north.
    projects, agreements, duties : dict
        Rows of ``projects``, of `agreements` and of `deadlines`.
    events : dict
        Rows of ``events`` with `day` and `counts`, in the order in which they count.
    documents : dict of str to str
        Titles of the papers that events cite.
    ground : Ground
        For the drawings.
    """

    inventory: Inventory
    lang: Language
    plots: dict[str, Record]
    standing: dict[str, Record]
    areas_m2: dict[str, dict[str, float]]
    synthetic: frozenset[str]
    neighbours: dict[str, list[Record]]
    projects: dict[str, list[Record]]
    agreements: dict[str, list[Record]]
    duties: dict[str, list[Record]]
    events: dict[str, list[Record]]
    documents: dict[str, str]
    ground: Ground

    def ancestors(self, parcel_id: str) -> list[str]:
        """
        Return the plots that a plot was made of, by dividing or merging.

        Parameters
        ----------
        parcel_id : str
            The plot.

        Returns
        -------
        list of str
            Their ids, the nearest first; each once.
        """
        rows = self.inventory.tables["parcels"]
        parents = dict(zip(rows["parcel_id"], rows["parents"], strict=True))
        found: list[str] = []
        waiting = [parcel_id]
        while waiting:
            listed = str(parents.get(waiting.pop(0)) or "").split(LIST_SEPARATOR)
            new = [each.strip() for each in listed if each.strip()]
            new = [each for each in new if each not in found and each != parcel_id]
            found += new
            waiting += new
        return found


def facts_of(inventory: Inventory, lang: Language | None = None) -> Facts:
    """
    Gather the facts of all plots.

    Parameters
    ----------
    inventory : Inventory
        Plots, events, projects and agreements, on its own day.
    lang : {"zh", "en"}, optional
        Language of the files; by default the one in force.

    Returns
    -------
    Facts
        Everything that `enping_gis.reports.dossier.dossier` prints.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> facts = facts_of(Inventory.demo())
    >>> [row["other"] for row in facts.neighbours["EP005"]][:2], facts.ancestors("EP005")
    (['EP012', 'EP010'], [])
    """
    chosen = lang or language()
    parcels = inventory.parcels
    ids = parcels["parcel_id"].tolist()
    standing = status_on(inventory)
    areas = {method: area(parcels, method=method).tolist() for method in AREA_METHODS}
    duties = deadlines(inventory, within_days=_EVER_DAYS, lang=chosen)
    table = parcels.drop(columns=parcels.geometry.name)
    return Facts(
        inventory=inventory,
        lang=chosen,
        plots={row["parcel_id"]: row for row in map(_filled, table.to_dict("records"))},
        standing=dict(zip(ids, map(_filled, standing.to_dict("records")), strict=True)),
        areas_m2={
            parcel: {method: values[at] for method, values in areas.items()}
            for at, parcel in enumerate(ids)
        },
        synthetic=frozenset(parcels.loc[synthetic_rows(parcels), "parcel_id"]),
        neighbours=_neighbours(inventory),
        projects=_projects(inventory),
        agreements=_by_parcel(agreements(inventory, lang=chosen).to_dict("records")),
        duties=_by_parcel(duties.to_dict("records")),
        events=_events(inventory),
        documents=_titles(inventory),
        ground=ground_of(inventory, standing, chosen),
    )


def is_blank(value: object) -> bool:
    """
    Tell whether a cell says nothing.

    Parameters
    ----------
    value : object
        A cell of any table.

    Returns
    -------
    bool
        True for None, NaN and an empty text.

    Examples
    --------
    >>> is_blank(None), is_blank(float("nan")), is_blank(" "), is_blank(0)
    (True, True, True, False)
    """
    if isinstance(value, str):
        return not value.strip()
    return bool(pd.isna(value))


def _filled(record: dict[Any, Any]) -> Record:
    return {str(key): value for key, value in record.items() if not is_blank(value)}


def _by_parcel(records: Iterable[dict[Any, Any]]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in map(_filled, records):
        if "parcel_id" in record:
            found[record["parcel_id"]].append(record)
    return dict(found)


def _neighbours(inventory: Inventory) -> dict[str, list[Record]]:
    parcels = inventory.parcels
    shapes = dict(zip(parcels["parcel_id"], parcels.geometry, strict=True))
    found: dict[str, list[Record]] = defaultdict(list)
    for pair in contacts(parcels, within_m=WITHIN_M).to_dict("records"):
        for own, other in ((pair["left"], pair["right"]), (pair["right"], pair["left"])):
            lies = towards(shapes[own], shapes[other], pair["gap_m"])
            found[own].append({**pair, "other": other, "direction": lies})
    for rows in found.values():
        rows.sort(key=lambda row: (rank(row["direction"]), -row["shared_m"], row["gap_m"]))
    return dict(found)


def _projects(inventory: Inventory) -> dict[str, list[Record]]:
    known = {row["project_id"]: _filled(row) for row in inventory.projects.to_dict("records")}
    found: dict[str, list[Record]] = defaultdict(list)
    links = inventory.parcel_projects
    for parcel, project in zip(links["parcel_id"], links["project_id"], strict=True):
        if project in known:
            found[parcel].append(known[project])
    return dict(found)


def _events(inventory: Inventory) -> dict[str, list[Record]]:
    """Order the events as they count; those whose date cannot be read come last."""
    events = inventory.events
    events = events.assign(day=event_days(events))
    counting = set(standing_events(events, inventory.as_of)["event_id"])
    lasting = events["day"].fillna("9999").to_numpy(dtype=str)
    order = np.lexsort((events["event_id"].astype(str), events["recorded_at"].astype(str), lasting))
    rows = events.iloc[order].to_dict("records")
    return _by_parcel({**row, "counts": row["event_id"] in counting} for row in rows)


def _titles(inventory: Inventory) -> dict[str, str]:
    rows = map(_filled, inventory.documents.to_dict("records"))
    return {row["document"]: row["title"] for row in rows if {"document", "title"} <= set(row)}
