"""See a county at a glance: who answers for what, and the plots behind every figure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.lifecycle.answering import COUNTY, Answering, answering, place_label
from enping_gis.lifecycle.done import revitalised_parts
from enping_gis.lifecycle.periods import parsed_period
from enping_gis.lifecycle.targets import progress
from enping_gis.measure.balancing import balance
from enping_gis.measure.standing import status_on
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.units import MU, dealt
from enping_gis.vocabulary import UNKNOWN, terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.inventory import Inventory
    from enping_gis.messages import Language

STATUSES = tuple(term.code for term in terms("status"))
_PROGRESS = (
    "commitment_mu", "done_mu", "percent", "due_mu", "behind_mu", "mark", "needed_per_month_mu",
    "late_parcels", "deadline",
)  # fmt: skip
COLUMNS = (
    "place", "label", "kind", "team", "post", "parcels", "area_mu",
    *(f"{status}_mu" for status in STATUSES), "period", *_PROGRESS,
)  # fmt: skip
PLOT_COLUMNS = ("place", "figure", "parcel_id", "name", "value_mu")


@dataclass(frozen=True)
class Leading:
    """
    The county at a glance.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row for each place, columns `COLUMNS`, the county last.
    plots : pandas.DataFrame
        The plots behind each figure, columns `PLOT_COLUMNS`: `figure` is the name of a column
        of `rows`, and the values of its plots add up to it; those of ``parcels`` and
        ``late_parcels`` are counted. The county's are those of all places.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> view = leading(Inventory.demo())
    >>> view.rows.iloc[-1][["parcels", "area_mu", "done_mu"]].tolist()
    [119, Decimal('8605.84'), Decimal('793.00')]
    """

    rows: pd.DataFrame
    plots: pd.DataFrame


def leading(
    inventory: Inventory, *, period: str | None = None, lang: Language | None = None
) -> Leading:
    """
    Return what leads a meeting: places, who answers, their plots by status, their commitments.

    Every figure can be traced: `plots` names the plots behind it, with what each adds.

    Parameters
    ----------
    inventory : Inventory
        Plots, events, teams and commitments, on its own day.
    period : str, optional
        Whose commitments are shown; by default the year of the inventory's day.
    lang : {"zh", "en"}, optional
        Language of the labels; by default the one in force.

    Returns
    -------
    Leading
        Areas are printed decimals that add up both ways, by place and by status; a plot partly
        done is counted once and its area split between its status and ``revitalised``.
        `done_mu` and what follows are as `enping_gis.lifecycle.targets.progress` has them:
        they are of the period, those by status are of all time.

    Raises
    ------
    InputError
        `period` cannot be read.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> view = leading(Inventory.demo(), lang="zh")
    >>> view.rows.loc[0, ["label", "team", "post"]].tolist()
    ['恩城街道', '恩城街道工作专班', '负责岗位']
    >>> leading(Inventory.demo().on("1990-01-01")).rows["done_mu"].sum()
    Decimal('0.00')
    """
    year = str(inventory.as_of.year) if period is None else period
    done = progress(inventory, period=year, lang=lang).set_index("place")
    shares = _shares(inventory)
    levelled = balance(shares, MU, within="place", across="status")
    counts = shares[shares["counted"]].groupby("place").size()
    places = [place for place in done.index if place != COUNTY]
    places += [place for place in counts.index if place not in places]
    rows = [
        {
            **_who(inventory, place, lang),
            "parcels": int(counts.sum() if place == COUNTY else counts.get(place, 0)),
            **_areas(levelled, place),
            "period": year,
            **{name: done[name].get(place, _absent(name)) for name in _PROGRESS},
        }
        for place in [*places, COUNTY]
    ]
    frame = pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=object) for name in COLUMNS}
    )
    behind = [*_behind_areas(levelled, shares), *_behind_progress(inventory, done, year)]
    plots = pd.DataFrame(
        {
            name: pd.Series([each.get(name) for each in behind], dtype=object)
            for name in PLOT_COLUMNS
        }
    )
    names = dict(
        zip(inventory.tables["parcels"]["parcel_id"], inventory.tables["parcels"]["name"],
            strict=True)
    )  # fmt: skip
    return Leading(frame, plots.assign(name=plots["parcel_id"].map(names).astype(object)))


def _who(inventory: Inventory, place: str, lang: Language | None) -> dict[str, str]:
    own = answering(inventory, lang).get(place, Answering())
    kinds = dict(zip(inventory.places["place"], inventory.places["kind"], strict=True))
    return {
        "place": place,
        "label": place_label(inventory, place, lang),
        "kind": str(kinds.get(place) or ""),
        "team": own.team,
        "post": own.post,
    }


def _shares(inventory: Inventory) -> pd.DataFrame:
    """Return the area of each plot by place and status; the part done is a share of its own."""
    parcels = inventory.parcels
    standing = status_on(inventory).fillna({"area_m2": 0.0, "rest_m2": 0.0, "done_m2": 0.0})
    whole = pd.DataFrame(
        {
            "parcel_id": standing.index,
            "place": [code or UNKNOWN for code in parcels["responsible"]],
            "status": standing["status"].to_numpy(),
            "area_m2": standing["area_m2"]
            .where(~standing["partly"], standing["rest_m2"])
            .to_numpy(),
            "counted": True,
        }
    )
    done = whole.assign(area_m2=standing["done_m2"].to_numpy(), status="revitalised", counted=False)
    return pd.concat([whole, done[standing["partly"].to_numpy()]], ignore_index=True)


def _areas(levelled: pd.DataFrame, place: str) -> dict[str, Decimal]:
    """Return the printed area of a place, and how it is made up by status."""
    final = f"final_{MU.code}"
    if place == COUNTY:
        whole = levelled.loc[levelled["level"] == "total", final]
        parts = levelled[levelled["level"] == "status"]
    else:
        whole = levelled.loc[(levelled["level"] == "place") & (levelled["place"] == place), final]
        parts = levelled[(levelled["level"] == "place*status") & (levelled["place"] == place)]
    by_status = dict(zip(parts["status"], parts[final], strict=True))
    none = Decimal("0.00")
    areas = {f"{status}_mu": by_status.get(status, none) for status in STATUSES}
    return {"area_mu": next(iter(whole), none), **areas}


def _absent(name: str) -> Any:  # noqa: ANN401 - a cell of any column
    if name == "done_mu":
        return Decimal("0.00")
    return {"mark": "notset", "late_parcels": 0, "deadline": None}.get(name, float("nan"))


def _behind_areas(levelled: pd.DataFrame, shares: pd.DataFrame) -> Iterator[dict[str, Any]]:
    parts = levelled[levelled["level"] == "parcel_id"]
    final = f"final_{MU.code}"
    # A plot partly done has two shares, but one area.
    whole = parts.groupby(["place", "parcel_id"])[final].sum()
    columns = ["parcel_id", "place", "status", final]
    for (parcel, place, status, value), counted in zip(
        parts[columns].itertuples(index=False, name=None), shares["counted"], strict=True
    ):
        yield {"place": place, "parcel_id": parcel, "value_mu": value, "figure": f"{status}_mu"}
        for figure in ("area_mu", "parcels") if counted else ():
            own = whole[place, parcel]
            yield {"place": place, "parcel_id": parcel, "value_mu": own, "figure": figure}


def _behind_progress(
    inventory: Inventory, done: pd.DataFrame, year: str
) -> Iterator[dict[str, Any]]:
    """Yield the plots behind what was done in the period, and those that are late."""
    period = parsed_period(year)
    parts = revitalised_parts(inventory)
    if period is not None:
        first, last = period.begin.isoformat(), period.end.isoformat()
        parts = parts[(parts["day"] >= first) & (parts["day"] <= last)]
    exact: dict[str, dict[str, Fraction]] = {}
    for code, parcel, part_m2 in zip(
        parts["responsible"], parts["parcel_id"], parts["done_m2"], strict=True
    ):
        place = code if isinstance(code, str) and code else UNKNOWN
        own = exact.setdefault(place, {})
        own[parcel] = own.get(parcel, Fraction(0)) + Fraction(part_m2)
    for place, own in exact.items():
        # The printed figure of the place is rounded down or up from the exact sum of its plots.
        units = {parcel: area_m2 / MU.m2 * 10**MU.decimals for parcel, area_m2 in own.items()}
        level = dealt(units, int(done["done_mu"][place].scaleb(MU.decimals)))
        for parcel, value in level.items():
            yield {
                "place": place, "figure": "done_mu", "parcel_id": parcel,
                "value_mu": Decimal(value).scaleb(-MU.decimals),
            }  # fmt: skip
    for place, ids in done["late_parcel_ids"].items():
        for parcel in filter(None, str(ids).split(LIST_SEPARATOR)):
            if place != COUNTY:
                yield {
                    "place": place, "figure": "late_parcels", "parcel_id": parcel,
                    "value_mu": None,
                }  # fmt: skip
