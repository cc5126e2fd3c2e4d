"""Measure an inventory for the page, once, before anything is encoded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from enping_gis.lifecycle.answering import place_label
from enping_gis.measure.contacts import contacts_by_row
from enping_gis.measure.standing import stated_m2, status_on
from enping_gis.measure.totals import totals_of
from enping_gis.messages import LANGUAGES, text
from enping_gis.viewer.events import life
from enping_gis.viewer.history import steps
from enping_gis.viewer.page_data import PageData, PageFacts
from enping_gis.viewer.scores import scores

if TYPE_CHECKING:
    from enping_gis.inventory import Inventory
    from enping_gis.messages import Language


def page_facts(
    inventory: Inventory, lang: Language, within_m: float, title: str | None
) -> PageFacts:
    """
    Return what the page says of itself.

    Parameters
    ----------
    inventory : Inventory
        What is shown.
    lang : {"zh", "en"}
        Language of the page.
    within_m : float
        How far apart neighbours may lie, in metres.
    title : str or None
        Title, unless it is the usual one.

    Returns
    -------
    PageFacts
        Title, day, CRS, methods and sources.
    """
    meta = inventory.meta
    at_home = bool(meta.is_demo or len(inventory.places))
    return PageFacts(
        lang=lang,
        title=title or text("page.title" if at_home else "page.title_other", lang),
        as_of=inventory.as_of,
        crs=meta.crs,
        area_method=meta.area_method,
        is_demo=meta.is_demo,
        source=text("page.foot_demo", lang) if meta.is_demo else meta.name,
        within_m=within_m,
    )


def page_data(inventory: Inventory, lang: Language, within_m: float) -> PageData:
    """
    Return all figures of the page, measured.

    Parameters
    ----------
    inventory : Inventory
        What is shown, on its own day.
    lang : {"zh", "en"}
        Language of labels.
    within_m : float
        How far apart neighbours may lie, in metres.

    Returns
    -------
    PageData
        Plots, places, standings, contacts and totals.
    """
    shown = inventory.parcels
    standing = today = status_on(inventory)
    by_status = totals_of(inventory, today, "status", lang=lang)
    grouping = _grouping(shown)
    whole, lives = _at_any_time(inventory)
    parcels = whole.parcels
    if len(parcels) > len(shown):
        standing = status_on(whole)
    stated = stated_m2(parcels).set_axis(standing.index)
    units = totals_of(inventory, today, grouping, lang=lang).rows
    progress = scores(inventory)
    keys = {*units["key"], *(row["place"] for day in progress for row in day["rows"])}
    return PageData(
        parcels=parcels,
        lives=lives,
        places=inventory.places,
        standing=standing,
        contacts=_at_one_time(contacts_by_row(parcels, within_m=within_m), lives),
        projects=inventory.projects,
        parcel_projects=inventory.parcel_projects,
        legend=by_status.rows,
        grouping=grouping,
        units=units,
        total=by_status.total,
        steps=steps(inventory.events, inventory.as_of, standing["area_m2"], stated),
        events=life(inventory.events, standing.index, inventory.as_of),
        progress=progress,
        labels={
            each: {key: place_label(inventory, key, each) for key in keys} for each in LANGUAGES
        },
    )


def _at_any_time(inventory: Inventory) -> tuple[Inventory, pd.DataFrame]:
    """
    Return an inventory in which all plots stand that ever did, and from when to when each did.

    The page shows any day up to the last, so plots that were divided or merged belong on it. The
    days are ISO dates, empty where a plot stands from the first day on or to this day.
    """
    rows = inventory.tables["parcels"]
    day = inventory.as_of.isoformat()
    begun = rows[rows["valid_from"].isna() | (rows["valid_from"].fillna("") <= day)]
    begun = begun[begun["valid_to"].isna() | (begun["valid_to"] > begun["valid_from"].fillna(""))]
    begun = begun.reset_index(drop=True)
    lives = begun[["valid_from", "valid_to"]].fillna("").astype(str)
    lives["valid_to"] = lives["valid_to"].where(lives["valid_to"] <= day, "")
    lives.index = pd.Index(begun["parcel_id"], name="parcel_id")
    always = begun.assign(valid_from=None, valid_to=None)
    tables = inventory.tables | {"parcels": always}
    return replace(inventory, tables=tables), lives


def _at_one_time(pairs: pd.DataFrame, lives: pd.DataFrame) -> pd.DataFrame:
    """Keep the contacts of plots that once stood together: no part touches what it is part of."""
    if not (lives != "").to_numpy().any():
        return pairs
    begin, end = lives["valid_from"].to_numpy(), lives["valid_to"].replace("", "9").to_numpy()
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    together = (begin[left] < end[right]) & (begin[right] < end[left])
    return pairs[together].reset_index(drop=True)


def _grouping(parcels: pd.DataFrame) -> Literal["responsible", "town"]:
    """Group by town where no plot has a responsible unit; a ledger may well lack the column."""
    stated = {column: _any_stated(parcels[column]) for column in ("responsible", "town")}
    return "town" if stated["town"] and not stated["responsible"] else "responsible"


def _any_stated(codes: pd.Series[Any]) -> bool:
    return any(isinstance(code, str) and code != "" for code in codes)
