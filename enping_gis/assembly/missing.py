"""Say why a project gets no land, and what came nearest."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis.assembly.demands import CM2_PER_M2
from enping_gis.assembly.figures import figures_of
from enping_gis.assembly.fitting import ground_of, width_m
from enping_gis.assembly.offers import grown
from enping_gis.assembly.wanted import own_columns
from enping_gis.messages import text
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.units import M2_PER_MU, MU, printed

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.assembly.demands import Demands
    from enping_gis.assembly.figures import Figures
    from enping_gis.assembly.land import Land
    from enping_gis.assembly.offers import Offers
    from enping_gis.assembly.wanted import Waiting

    Ints = npt.NDArray[np.int64]

# Looking for what came nearest takes so many seconds at most, and measures so many widths.
_AROUND_S, _WIDTHS = 5.0, 50
# What came nearest is looked for up to so many times the area wanted.
_TIMES = 2.0
_NEAREST: dict[str, Any] = {
    "nearest_ids": None, "nearest_mu": math.nan, "miss_mu": math.nan, "miss_m": math.nan,
    "rivals": None,
}  # fmt: skip


def unplaced_rows(
    land: Land, waiting: Waiting, offers: Offers, given: dict[int, int]
) -> pd.DataFrame:
    """
    Say why projects get no land.

    Parameters
    ----------
    land : Land
        The plots.
    waiting : Waiting
        The projects.
    offers : Offers
        The sets they could have.
    given : dict of int to int
        Who gets which set.

    Returns
    -------
    pandas.DataFrame
        A row for each project without land, see `enping_gis.match_projects`.
    """
    story = _Story.of(land, waiting, offers, given)
    without = [row for row in range(len(waiting.rows)) if row not in given]
    reasons = pd.DataFrame(
        [{**_NEAREST, **story.of_project(row)} for row in without], columns=["reason", *_NEAREST]
    )
    own = own_columns(waiting.rows.iloc[without])
    texts = {name: pd.array(reasons[name], dtype="str")
             for name in ("reason", "nearest_ids", "rivals")}  # fmt: skip
    result = pd.concat([own, reasons.assign(**texts)], axis=1)
    why = pd.array([_why(row) for row in result.to_dict("records")], dtype="str")
    result.insert(list(result.columns).index("reason") + 1, "why", why)
    return result


@dataclass(frozen=True)
class _Story:
    """What happened to the projects without land."""

    land: Land
    waiting: Waiting
    offers: Offers
    holder: dict[int, str]
    around: Figures

    @classmethod
    def of(cls, land: Land, waiting: Waiting, offers: Offers, given: dict[int, int]) -> _Story:
        ids = waiting.rows["project_id"]
        holder = {
            plot: ids.iloc[project]
            for project, place in given.items()
            for plot in _plots(offers.figures, place)
        }
        lost = [demands for demands, sets in zip(
            (waiting.demands[each] for each in waiting.asking), offers.in_window, strict=True
        ) if not len(sets)]  # fmt: skip
        return cls(land, waiting, offers, holder, _around(land, waiting, lost))

    def of_project(self, row: int) -> dict[str, Any]:
        """Return the reason, and what came nearest."""
        fate = self.waiting.fate[row]
        if fate is not None:
            return {"reason": fate}
        number = self.waiting.asking.index(row)
        if len(self.offers.of_project[number]):
            return self._taken(self.offers.of_project[number])
        demands = self.waiting.demands[row]
        if len(self.offers.in_window[number]):
            return self._narrow(self.offers.in_window[number], demands)
        reason = "no_set" if self.offers.complete else "not_found"
        return {"reason": reason, **self._nearest(demands)}

    def _taken(self, sets: Ints) -> dict[str, Any]:
        """Find the set that the fewest others stand in the way of."""
        rivals = [
            sorted({self.holder[plot] for plot in _plots(self.offers.figures, place)
                    if plot in self.holder})
            for place in sets
        ]  # fmt: skip
        best = min(range(len(sets)), key=lambda each: (len(rivals[each]), each))
        told = LIST_SEPARATOR.join(rivals[best]) or None
        return {"reason": "taken", **self._set(self.offers.figures, sets[best]), "rivals": told}

    def _narrow(self, sets: Ints, demands: Demands) -> dict[str, Any]:
        """Find the widest of the sets that are too narrow, among the first of them."""
        shapes = self.land.parcels.geometry.to_numpy()
        widths = [
            width_m(ground_of(shapes[_plots(self.offers.figures, place)], demands.tolerance_m))
            for place in sets[:_WIDTHS]
        ]
        best = int(np.argmax(widths))
        lacking = max(demands.min_width_m - widths[best], 0.0)
        found = self._set(self.offers.figures, sets[best])
        return {"reason": "too_narrow", **found, "miss_m": round(lacking, 2)}

    def _nearest(self, demands: Demands) -> dict[str, Any]:
        """Find the set whose area comes nearest to the window."""
        area = self.around.area_cm2
        if not len(area):
            return {}
        apart = np.maximum(demands.low_cm2 - area, area - demands.high_cm2)
        best = int(np.lexsort((self.around.plots, apart))[0])
        found = self._set(self.around, best)
        edge = demands.low_mu if area[best] < demands.low_cm2 else demands.high_mu
        return {**found, "miss_mu": round(found["nearest_mu"] - edge, MU.decimals)}

    def _set(self, figures: Figures, place: int) -> dict[str, Any]:
        ids = [self.land.ids[plot] for plot in _plots(figures, place)]
        area_m2 = int(figures.area_cm2[place]) / CM2_PER_M2
        return {"nearest_ids": LIST_SEPARATOR.join(ids), "nearest_mu": float(printed(area_m2, MU))}


def _plots(figures: Figures, place: int) -> list[int]:
    row = figures.members[place]
    plots: list[int] = row[row >= 0].tolist()
    return plots


def _around(land: Land, waiting: Waiting, lost: list[Demands]) -> Figures:
    """Return sets with less or more land than the projects ask for that no set suits."""
    empty = figures_of(land, np.empty((0, 1), dtype=np.int64))
    if not lost or not len(land):
        return empty
    smallest_mu = float(land.area_cm2.min() / CM2_PER_M2 / M2_PER_MU)
    high_mu = max(_TIMES * max(each.high_mu for each in lost), smallest_mu + 1)
    wide = replace(waiting.common, low_mu=0.0, high_mu=high_mu)
    found, _ = grown(land, wide, [wide], waiting.roots, time.monotonic() + _AROUND_S)
    return found


def _why(row: dict[Any, Any]) -> str:
    """Say the reason in words."""
    reason = row["reason"]
    values = {
        "ids": row["nearest_ids"], "mu": _told(row["nearest_mu"]), "rivals": row["rivals"],
        "low": _told(row["need_mu_min"]), "high": _told(row["need_mu_max"]),
        "miss": _told(abs(row["miss_mu"])), "miss_m": _told(row["miss_m"]),
        "width": _told(row["need_width_m"]),
    }  # fmt: skip
    if reason in {"no_set", "not_found"} and not math.isnan(row["miss_mu"]):
        reason += "_less" if row["miss_mu"] < 0 else "_more"
    return text(f"match.{reason}", **values)


def _told(number: float) -> str:
    return "" if math.isnan(number) else f"{number:.2f}"
