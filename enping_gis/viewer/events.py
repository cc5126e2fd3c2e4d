"""What happened to each plot, for its card: columns in the order of plots and days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis.messages import text
from enping_gis.status import event_days
from enping_gis.units import M2, MU
from enping_gis.viewer.columns import in_decimals, in_units
from enping_gis.vocabulary import label, terms

if TYPE_CHECKING:
    from datetime import date

    from enping_gis.messages import Language
    from enping_gis.viewer.packing import Packer
    from enping_gis.viewer.page_data import PageData

    Record = dict[str, Any]

_TEXTS = ("actor", "note", "document")
_BASES = ("", "inferred", "synthetic")


def life(events: pd.DataFrame, ids: pd.Index[str], day: date) -> pd.DataFrame:
    """
    Return the events of plots up to a day, those of a plot in order.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns of table ``events``.
    ids : pandas.Index of str
        Ids of the plots.
    day : datetime.date
        The last day.

    Returns
    -------
    pandas.DataFrame
        The same columns, and ``row`` (place of the plot in `ids`), ``day`` (ISO; empty where no
        date is known) and ``undone`` (a later event takes it back). What has no date comes first.

    Examples
    --------
    >>> from datetime import date
    >>> from enping_gis.schema import conformed
    >>> life(conformed(pd.DataFrame(), "events"), pd.Index([], dtype=str), date(2023, 3, 30)).empty
    True
    """
    days = event_days(events).fillna("").astype(str)
    undone = events["event_id"].isin(set(events["corrects_id"].dropna()))
    row = ids.get_indexer(pd.Index(events["parcel_id"], dtype=object))
    found = events.assign(row=row, day=days, undone=undone)
    found = found[(found["row"] >= 0) & (found["day"] <= day.isoformat())]
    return found.sort_values(["row", "day", "recorded_at", "event_id"], ignore_index=True)


def add_events(packer: Packer, data: PageData) -> None:
    """
    Add the events of plots.

    Parameters
    ----------
    packer : Packer
        Takes the columns.
    data : PageData
        Plots and what happened to them.
    """
    found = data.events
    if found.empty:
        return
    packer.add("events", np.bincount(found["row"], minlength=len(data.parcels)))
    known = (found["day"] != "").to_numpy()
    days = found["day"].where(known, "1970-01-01").to_numpy(dtype="M8[D]").astype(np.int64)
    packer.add("eventDay", np.where(known, days + 1, 0), "steps")
    rank = {code: number for number, code in enumerate(_kinds(found))}
    packer.add("eventKind", found["kind"].fillna("").map(rank).astype(int))
    texts: dict[str, int] = {}
    for name in _TEXTS:
        codes, different = pd.factorize(found[name].to_numpy(dtype=object))
        cells = [str(each).strip() for each in different.tolist()]
        numbers = [texts.setdefault(cell, len(texts) + 1) if cell else 0 for cell in cells]
        packer.add("event" + name.capitalize(), np.array([*numbers, 0])[codes])
    packer.add_json("eventTexts", list(texts))
    area_m2 = np.nan_to_num(found["area_m2"].to_numpy(dtype=float))
    packer.add("eventM2", in_units(area_m2, M2), "signed")
    packer.add("eventMu", in_units(area_m2, MU), "signed")
    yuan = np.nan_to_num(found["amount_yuan"].to_numpy(dtype=float))
    packer.add("eventYuan", in_decimals(yuan, 2), "signed")
    codes, different = pd.factorize(found["date_basis"].to_numpy(dtype=object))
    numbers = [_BASES.index(each) if each in _BASES else 0 for each in different]
    packer.add("eventBasis", np.array([*numbers, 0])[codes])
    packer.add("eventUndone", found["undone"].to_numpy(dtype=bool), "bits")


def event_kinds(data: PageData, lang: Language) -> list[Record]:
    """
    Name the kinds of events there are.

    Parameters
    ----------
    data : PageData
        With the events of plots.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    list of dict
        ``label``, and ``status`` (its place in the vocabulary) where the kind leads to one.
    """
    rank = {term.code: number for number, term in enumerate(terms("status"))}
    leads = {term.code: term.attributes["leads_to"] for term in terms("event_kind")}
    found = []
    for code in _kinds(data.events):
        said = label("event_kind", code, lang) if code else text("not_stated", lang)
        record: Record = {"label": said}
        status = leads.get(code)
        found.append(record | ({"status": rank[status]} if status in rank else {}))
    return found


def _kinds(events: pd.DataFrame) -> list[str]:
    return sorted(set(events["kind"].fillna("").unique()))
