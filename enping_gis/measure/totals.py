"""Add up areas per town, responsible unit, status, category or year, and print them balanced."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from enping_gis.errors import InputError
from enping_gis.measure.standing import status_on
from enping_gis.measure.sums import exact_sums
from enping_gis.messages import text
from enping_gis.status import OPEN_STATUSES, standing_events
from enping_gis.units import AREA_UNITS, balance, printed
from enping_gis.vocabulary import UNKNOWN, label, terms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    import numpy.typing as npt

    from enping_gis.inventory import Inventory
    from enping_gis.messages import Language

    Floats = npt.NDArray[np.float64]

Grouping = Literal["town", "responsible", "status", "category", "year"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)
COLUMNS = ("key", "label", "parcels", "area_m2", "area_ha", "area_mu")
NOT_YET = "not_yet"


@dataclass(frozen=True)
class Totals:
    """
    Areas per group, and their total.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns `COLUMNS`; areas are decimals as printed, which add up to the total.
    total : dict of str to int or decimal.Decimal
        `parcels`, `area_m2`, `area_ha` and `area_mu`.
    without_area : tuple of str
        Ids of plots whose area is not known; they are counted with no area.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> list(totals(Inventory.demo(), "year").rows["key"])
    ['2022', '2023', 'not_yet']
    """

    rows: pd.DataFrame
    total: dict[str, int | Decimal]
    without_area: tuple[str, ...]


def totals(inventory: Inventory, by: Grouping = "town", *, lang: Language | None = None) -> Totals:
    """
    Add up the areas of plots per group.

    A total is the half-up rounding of the exact sum; the parts of each unit are balanced to
    it (`enping_gis.units.balance`), so that the printed column adds up. By status, a plot of
    which a part is revitalised is counted once, under the status of its rest, and its area is
    split between the two. By year, an area is that of its revitalisation.

    Parameters
    ----------
    inventory : Inventory
        Plots and events, on its own day; areas follow its area method.
    by : {"town", "responsible", "status", "category", "year"}
        What makes a group; what is not stated is a group of its own.
    lang : {"zh", "en"}, optional
        Language of the labels; by default the one in force.

    Returns
    -------
    Totals
        Groups in the order of the vocabulary, what is not stated last.

    Raises
    ------
    InputError
        `by` is another word.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> result = totals(Inventory.demo(), "status")
    >>> result.total["parcels"], result.total["area_mu"]
    (119, Decimal('8605.84'))
    >>> from dataclasses import replace
    >>> demo = Inventory.demo()
    >>> none = replace(demo, tables=demo.tables | {"parcels": demo.parcels.iloc[:0]})
    >>> totals(none).total["area_mu"]
    Decimal('0.00')
    """
    if by not in GROUPINGS:
        raise InputError("error.grouping", value=by, known=", ".join(GROUPINGS))
    return totals_of(inventory, status_on(inventory), by, lang=lang)


def totals_of(
    inventory: Inventory, standing: pd.DataFrame, by: Grouping, *, lang: Language | None = None
) -> Totals:
    """
    Add up the areas of plots per group as `totals` does, where their standing is known already.

    Parameters
    ----------
    inventory : Inventory
        Plots and events.
    standing : pandas.DataFrame
        As `enping_gis.measure.standing.status_on` returns it for this inventory.
    by : {"town", "responsible", "status", "category", "year"}
        What makes a group.
    lang : {"zh", "en"}, optional
        Language of the labels; by default the one in force.

    Returns
    -------
    Totals
        As of `totals`.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> demo = Inventory.demo()
    >>> totals_of(demo, status_on(demo), "status").total["area_mu"]
    Decimal('8605.84')
    """
    without_area = tuple(standing.index[standing["area_m2"].isna()])
    shares = _shares(inventory, standing.fillna({"area_m2": 0, "rest_m2": 0}), by)
    group, found = pd.factorize(shares.keys)
    sums = dict(zip(found, exact_sums(shares.area_m2, group, len(found)), strict=True))
    plots = np.bincount(group, weights=shares.plots, minlength=len(found)).astype(int)
    counts = dict(zip(found, plots.tolist(), strict=True))
    keys = sorted(sums, key=_order(inventory, by, sums))
    exact = {key: sums[key] for key in keys}
    columns: dict[str, Any] = {
        "key": keys,
        "label": [_label(inventory, by, key, lang) for key in keys],
        "parcels": [counts[key] for key in keys],
    }
    total: dict[str, int | Decimal] = {"parcels": len(standing)}
    for unit in AREA_UNITS:
        columns[f"area_{unit.code}"] = list(balance(exact, unit).values())
        total[f"area_{unit.code}"] = printed(sum(exact.values(), Fraction(0)), unit)
    return Totals(pd.DataFrame(columns, columns=list(COLUMNS)), total, without_area)


class _Shares(NamedTuple):
    keys: npt.NDArray[np.object_]
    area_m2: Floats
    plots: npt.NDArray[np.int64]


def _shares(inventory: Inventory, standing: pd.DataFrame, by: Grouping) -> _Shares:
    area_m2 = standing["area_m2"].to_numpy(dtype=float)
    once = np.ones(len(standing), dtype=np.int64)
    if by == "year":
        columns = list(zip(*_by_year(inventory, standing), strict=True)) or [(), (), ()]
        return _Shares(
            np.array(columns[0], dtype=object), np.array(columns[1], dtype=float),
            np.array(columns[2], dtype=np.int64),
        )  # fmt: skip
    if by == "status":
        partly = standing["partly"].to_numpy(dtype=bool)
        done_m2 = standing["done_m2"].to_numpy(dtype=float)[partly]
        rest_m2 = np.where(partly, standing["rest_m2"].to_numpy(dtype=float), area_m2)
        status = standing["status"].to_numpy(dtype=object)
        done = np.full(len(done_m2), "revitalised", dtype=object)
        return _Shares(
            np.concatenate([status, done]),
            np.concatenate([rest_m2, done_m2]),
            np.concatenate([once, np.zeros(len(done), dtype=np.int64)]),
        )
    codes = inventory.parcels[by]
    stated = codes.where(codes.notna() & (codes != ""), UNKNOWN)
    return _Shares(stated.to_numpy(dtype=object), area_m2, once)


def _rows(standing: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    columns = ("status", "area_m2", "done_m2", "rest_m2", "partly")
    return zip(*(standing[column].tolist() for column in columns), strict=True)


def _by_year(inventory: Inventory, standing: pd.DataFrame) -> Iterator[tuple[str, float, int]]:
    """Give each year what was revitalised in it; the last part takes what is left of a plot."""
    events = standing_events(inventory.events, inventory.as_of)
    done = events[events["kind"] == "revitalised"]
    parts: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for parcel, day, part_m2 in zip(done["parcel_id"], done["date"], done["area_m2"], strict=True):
        parts[parcel].append((str(day)[:4], part_m2))
    for parcel, row in zip(standing.index, _rows(standing), strict=True):
        status, area_m2, done_m2, rest_m2, _ = row
        left_m2 = area_m2
        for number, (year, part_m2) in enumerate(parts[parcel]):
            last = number == len(parts[parcel]) - 1
            open_m2 = left_m2 if pd.isna(part_m2) else min(part_m2, left_m2)
            if last and rest_m2 == 0 and done_m2 > 0:
                open_m2 = left_m2
            yield year, open_m2, int(last)
            left_m2 -= open_m2
        if parts[parcel] and left_m2 <= 0:
            continue
        still_open = status in OPEN_STATUSES and status != UNKNOWN
        key = NOT_YET if still_open or parts[parcel] else UNKNOWN
        yield key, left_m2, int(not parts[parcel])


def _order(inventory: Inventory, by: Grouping, sums: dict[str, Fraction]) -> Any:  # noqa: ANN401 - a sort key
    if by in {"status", "category"}:
        known = [term.code for term in terms(by)]
    elif by == "year":
        known = [*sorted(key for key in sums if key.isdigit()), NOT_YET]
    else:
        known = list(inventory.places["place"])
    rank = {code: number for number, code in enumerate(known)}
    return lambda key: (key == UNKNOWN, rank.get(key, len(rank)), key)


def _label(inventory: Inventory, by: Grouping, key: str, lang: Language | None) -> str:
    if key == UNKNOWN:
        return text("not_stated", lang)
    if by == "year":
        return text("totals.not_yet", lang) if key == NOT_YET else key
    if by in {"status", "category"}:
        return label(by, key, lang)
    return inventory.place_name(key, lang)
