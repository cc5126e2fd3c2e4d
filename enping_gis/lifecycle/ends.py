"""Hold the two ends of a comparison: which plots stand, what was done, which events tell of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.lifecycle.done import revitalised_parts
from enping_gis.lifecycle.duties import steps
from enping_gis.measure.standing import status_on
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from enping_gis.inventory import Inventory

_COLUMNS = (
    "parcel_id", "name", "responsible", "town", "parents", "valid_from", "valid_to",
)  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """
    A plot at one end.

    Parameters
    ----------
    name, place, town : str or None
        What it is called, who answers for it, and where it lies.
    parents : tuple of str
        The plots that it was made from.
    begins, ends : str or None
        ISO days from when and until when it stands.
    status : str
        Code of its status.
    area_m2 : float
        Its area, m2; 0 where it has none.
    """

    name: str | None
    place: str | None
    town: str | None
    parents: tuple[str, ...]
    begins: str | None
    ends: str | None
    status: str = UNKNOWN
    area_m2: float = 0.0


@dataclass(frozen=True)
class State:
    """
    One end of a comparison.

    Parameters
    ----------
    inventory : Inventory
        On the day of this end.
    plots : dict of str to Plot
        The plots that stand, by id.
    gone : dict of str to Plot
        The others that the inventory knows, without status and area.
    done_m2 : dict of str to fractions.Fraction
        What was put back to use up to the day, by plot.
    events : pandas.DataFrame
        The events that count.
    """

    inventory: Inventory
    plots: dict[str, Plot]
    gone: dict[str, Plot]
    done_m2: dict[str, Fraction]
    events: pd.DataFrame


def state(inventory: Inventory) -> State:
    """
    Return one end of a comparison.

    Parameters
    ----------
    inventory : Inventory
        On the day of this end.

    Returns
    -------
    State
        Its plots, what was done on them, and its events.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> end = state(Inventory.demo())
    >>> len(end.plots), len(end.gone), end.plots["EP004"].status
    (119, 0, 'supplied')
    """
    known = {
        row["parcel_id"]: _plot(row)
        for row in inventory.tables["parcels"][list(_COLUMNS)].to_dict("records")
    }
    standing = status_on(inventory)
    plots = {
        parcel: replace(
            known[parcel], status=status, area_m2=0.0 if pd.isna(area_m2) else float(area_m2)
        )
        for parcel, status, area_m2 in zip(
            standing.index, standing["status"], standing["area_m2"], strict=True
        )
    }
    done_m2: dict[str, Fraction] = {}
    parts = revitalised_parts(inventory)
    for parcel, part_m2 in zip(parts["parcel_id"], parts["done_m2"], strict=True):
        done_m2[parcel] = done_m2.get(parcel, Fraction(0)) + Fraction(part_m2)
    gone = {parcel: plot for parcel, plot in known.items() if parcel not in plots}
    return State(inventory, plots, gone, done_m2, steps(inventory))


def _plot(row: Mapping[Any, Any]) -> Plot:
    name, place, town, parents, begins, ends = (_said(row[column]) for column in _COLUMNS[1:])
    of = tuple(part for each in (parents or "").split(LIST_SEPARATOR) if (part := each.strip()))
    return Plot(name, place, town, of, begins, ends)


def _said(cell: object) -> str | None:
    return cell if isinstance(cell, str) and cell else None


class News:
    """
    What the later end knows that the earlier one did not.

    Parameters
    ----------
    base, end : State
        The two ends.
    """

    def __init__(self, base: State, end: State) -> None:
        self._base, self._end = base, end
        # The day of a change that no event tells of is that of the later end.
        self.day = end.inventory.as_of.isoformat()
        new = end.events[~end.events["event_id"].isin(base.events["event_id"])]
        new = new[new["parcel_id"].notna()]
        self._events: dict[str, list[dict[str, Any]]] = {}
        columns = ["parcel_id", "event_id", "kind", "day", "actor", "note", "document"]
        for record in new[columns].astype(object).to_dict("records"):
            event = {str(name): None if pd.isna(cell) else cell for name, cell in record.items()}
            self._events.setdefault(str(event["parcel_id"]), []).append(event)
        self._children: dict[str, int] = {}
        self._families: dict[str, str] = {}
        for parcel, child in end.plots.items():
            for parent in child.parents:
                count = max(self._children.get(parent, 0), len(child.parents))
                self._children[parent] = count
                eldest = self._families.setdefault(child.parents[0], child.parents[0])
                self._families[parcel] = self._families[parent] = eldest

    def last(self, parcel: str, kinds: Collection[str]) -> dict[str, Any] | None:
        """
        Return the last new event of certain kinds.

        Parameters
        ----------
        parcel : str
            Id of a plot.
        kinds : collection of str
            Codes of kinds.

        Returns
        -------
        dict of str to Any or None
            The event, None where there is none.
        """
        own = [event for event in self._events.get(parcel, ()) if event["kind"] in kinds]
        return own[-1] if own else None

    def first(self, parcel: str) -> dict[str, Any] | None:
        """
        Return the first new event of a plot.

        Parameters
        ----------
        parcel : str
            Id of a plot.

        Returns
        -------
        dict of str to Any or None
            The event, None where there is none.
        """
        return next(iter(self._events.get(parcel, ())), None)

    def family(self, parcel: str) -> str:
        """
        Return what plots have in common that were made of one another.

        Parameters
        ----------
        parcel : str
            Id of a plot.

        Returns
        -------
        str
            Id of the plot that its family begins with, its own where it has none.
        """
        return self._families.get(parcel, parcel)

    def came_by(self, plot: Plot) -> str:
        """
        Return how a plot came to stand.

        Parameters
        ----------
        plot : Plot
            A plot that stands at the later end only.

        Returns
        -------
        str
            ``split`` or ``merged`` where plots of the earlier end were made into it, else
            ``added``.
        """
        if not any(parent in self._base.plots for parent in plot.parents):
            return "added"
        return "merged" if len(plot.parents) > 1 else "split"

    def went_by(self, parcel: str) -> str:
        """
        Return how a plot came to stand no longer.

        Parameters
        ----------
        parcel : str
            Id of a plot that stands at the earlier end only.

        Returns
        -------
        str
            ``split`` or ``merged`` where it was made into others, else ``removed``.
        """
        count = self._children.get(parcel, 0)
        if not count:
            return "removed"
        return "merged" if count > 1 else "split"

    def gone(self, parcel: str) -> Plot:
        """
        Return what is known of a plot that stands no longer.

        Parameters
        ----------
        parcel : str
            Its id.

        Returns
        -------
        Plot
            As the later end has it, else the earlier.
        """
        return self._end.gone.get(parcel) or self._base.plots[parcel]
