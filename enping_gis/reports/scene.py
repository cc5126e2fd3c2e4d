"""Tell what stands in an inventory on a day: plots, areas, names, and what is synthetic."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.measure.standing import status_on
from enping_gis.measure.totals import totals
from enping_gis.messages import text
from enping_gis.reports.model import PlotLine
from enping_gis.reports.phrasing import county_name, day_words
from enping_gis.status import standing_events
from enping_gis.units import MU, balance
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from datetime import date

    from enping_gis.inventory import Inventory
    from enping_gis.measure.totals import Totals
    from enping_gis.messages import Language


@dataclass(frozen=True)
class Scene:
    """
    An inventory on its day, as papers show it; what is asked for is computed once.

    Parameters
    ----------
    inventory : Inventory
        On the day.
    lang : {"zh", "en"}
        Language of names.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> scene = Scene(Inventory.demo(), "en")
    >>> scene.day.isoformat(), scene.count, scene.total_mu
    ('2023-03-30', 119, Decimal('8605.84'))
    """

    inventory: Inventory
    lang: Language

    @property
    def day(self) -> date:
        """
        Name the day the figures are of.

        Returns
        -------
        datetime.date
            The inventory's.
        """
        return self.inventory.as_of

    @property
    def count(self) -> int:
        """
        Count the plots.

        Returns
        -------
        int
            Plots that stand on the day.
        """
        return len(self.inventory.parcels)

    @cached_property
    def statuses(self) -> Totals:
        """
        Add up areas by status.

        Returns
        -------
        Totals
            As printed, on the day.
        """
        return totals(self.inventory, "status", lang=self.lang)

    @property
    def total_mu(self) -> Decimal:
        """
        Return the area of all plots.

        Returns
        -------
        decimal.Decimal
            As printed, mu.
        """
        return Decimal(self.statuses.total["area_mu"])

    @cached_property
    def standing(self) -> pd.DataFrame:
        """
        Tell where each plot stands.

        Returns
        -------
        pandas.DataFrame
            As `enping_gis.status_on` has it.
        """
        return status_on(self.inventory)

    @cached_property
    def plots(self) -> dict[str, dict[str, Any]]:
        """
        Return the plots by id.

        Returns
        -------
        dict of str to dict
            Columns of table ``parcels`` without the geometry, None for what is missing, with
            `status`, `since` and `area_m2` of the day.
        """
        rows = pd.DataFrame(self.inventory.parcels.drop(columns="geometry"))
        standing = self.standing[["status", "since", "area_m2"]].to_dict("index")
        result: dict[str, dict[str, Any]] = {}
        for row in rows.to_dict("records"):
            plot = {str(name): None if pd.isna(cell) else cell for name, cell in row.items()}
            key = str(plot["parcel_id"])
            own = {str(name): cell for name, cell in standing[key].items()}
            result[key] = plot | own | {"since": own["since"] or None}
        return result

    @cached_property
    def printed_mu(self) -> dict[str, Decimal]:
        """
        Print the area of each plot.

        Returns
        -------
        dict of str to decimal.Decimal
            Mu by id; they add up to `total_mu`.
        """
        known = self.standing["area_m2"].dropna()
        return balance(dict(zip(known.index, known, strict=True)), MU)

    @cached_property
    def lines(self) -> dict[str, PlotLine]:
        """
        Name each plot for those who trace a figure.

        Returns
        -------
        dict of str to PlotLine
            By id.
        """
        mu = self.printed_mu
        return {
            key: PlotLine(row["name"] or "", self.unit(row["responsible"]), mu.get(key))
            for key, row in self.plots.items()
        }

    @cached_property
    def events(self) -> pd.DataFrame:
        """
        Return the events that count.

        Returns
        -------
        pandas.DataFrame
            Table ``events`` up to the day, in the order in which they count.
        """
        return standing_events(self.inventory.events, self.day)

    def unit(self, code: object) -> str:
        """
        Return what a unit is called.

        Parameters
        ----------
        code : object
            Code of a place; a missing one is said to be so.

        Returns
        -------
        str
            Its name.
        """
        if isinstance(code, str) and code == "":
            return text("paper.whole_county", self.lang)
        return self.inventory.place_name(code if isinstance(code, str) else None, self.lang)

    def name(self, parcel_id: str) -> str:
        """
        Return what a plot is called.

        Parameters
        ----------
        parcel_id : str
            Its id.

        Returns
        -------
        str
            Its name, else its id.
        """
        row = self.plots.get(parcel_id)
        return parcel_id if row is None else str(row["name"] or parcel_id)

    @property
    def county(self) -> str:
        """
        Return the name of the county.

        Returns
        -------
        str
            Empty where it is not known.
        """
        return county_name([str(code) for code in self.inventory.places["place"]], self.lang)

    @property
    def notice(self) -> str:
        """
        Say which plots are synthetic.

        Returns
        -------
        str
            The boxed first line; empty where no plot is.
        """
        synthetic = int(self.inventory.synthetic.sum())
        if not synthetic:
            return ""
        return text("paper.notice", self.lang, n=self.count, s=synthetic)

    @property
    def basis(self) -> str:
        """
        Say as of which day the figures are, and by which method.

        Returns
        -------
        str
            The line under the title.
        """
        method = label("area_method", self.inventory.meta.area_method, self.lang)
        day = day_words(self.day, self.lang, year=True)
        return text("paper.basis", self.lang, day=day, method=method)
