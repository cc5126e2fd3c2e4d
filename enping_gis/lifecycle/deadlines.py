"""List what is overdue and what falls due: promises for plots, projects, commitments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.lifecycle.answering import answering
from enping_gis.lifecycle.duties import open_duties
from enping_gis.lifecycle.periods import parsed_period
from enping_gis.lifecycle.targets import progress
from enping_gis.measure.areas import area
from enping_gis.messages import text
from enping_gis.opening import parsed_day
from enping_gis.units import MU, printed
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.inventory import Inventory
    from enping_gis.lifecycle.answering import Answering
    from enping_gis.messages import Language

COLUMNS = (
    "parcel_id", "name", "place", "area_mu", "duty", "matter", "due", "days", "post",
)  # fmt: skip


def deadlines(
    inventory: Inventory, *, within_days: int = 7, lang: Language | None = None
) -> pd.DataFrame:
    """
    List what is overdue on the inventory's day, and what falls due soon.

    Parameters
    ----------
    inventory : Inventory
        Plots, events, agreements, projects and commitments, on its own day.
    within_days : int, default 7
        What falls due in so many days is listed too, today's included.
    lang : {"zh", "en"}, optional
        Language of `name` and `matter`; by default the one in force.

    Returns
    -------
    pandas.DataFrame
        `parcel_id` (empty where a matter concerns no plot), `name` (of the plot, else of the
        project or the place), `place` (code of who answers, None where nobody is named, empty
        for the county), `area_mu` (decimal: the plot's area, or what is missing of a
        commitment; NaN for a project without a plot), `duty` (code of the vocabulary),
        `matter` in words, `due` (ISO day), `days` until then, negative where it is over, and
        `post`. Longest overdue first.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> soon = deadlines(Inventory.demo(), lang="en")
    >>> soon["duty"].unique().tolist(), int(soon["days"].max())
    (['target'], 1)
    >>> deadlines(Inventory.demo().on("2021-12-31")).empty
    True
    """
    teams = answering(inventory, lang)
    records = [
        record
        for record in (
            *_of_plots(inventory, teams, lang),
            *_of_commitments(inventory, lang),
        )
        if record["days"] <= within_days
    ]
    records.sort(key=lambda record: (record["due"], record["parcel_id"], record["duty"]))
    frame = pd.DataFrame(
        {name: pd.Series([record[name] for record in records], dtype=object) for name in COLUMNS}
    )
    return frame.astype({"days": "int64"})


def _of_plots(
    inventory: Inventory, teams: dict[str, Answering], lang: Language | None
) -> Iterator[dict[str, Any]]:
    duties = open_duties(inventory)
    parcels = inventory.parcels
    mine = parcels[parcels["parcel_id"].isin(duties["parcel_id"])]
    area_m2 = dict(
        zip(mine["parcel_id"], area(mine, method=inventory.meta.area_method), strict=True)
    )
    for row in duties.to_dict("records"):
        own_m2 = area_m2.get(row["parcel_id"], float("nan"))
        team = teams.get(row["responsible"])
        matter = label("duty", row["duty"], lang)
        if row["subject"] and row["parcel_id"]:
            matter = text("deadline.project", lang, matter=matter, project=row["subject"])
        yield {
            "parcel_id": row["parcel_id"],
            "name": row["name"],
            "place": row["responsible"],
            "area_mu": own_m2 if pd.isna(own_m2) else printed(own_m2, MU),
            "duty": row["duty"],
            "matter": matter,
            "due": row["due"],
            "days": row["days"],
            "post": "" if team is None else team.post,
        }


def _of_commitments(inventory: Inventory, lang: Language | None) -> Iterator[dict[str, Any]]:
    rows = progress(inventory, lang=lang)
    for row in rows[rows["deadline"].notna() & (rows["mark"] != "met")].to_dict("records"):
        period = parsed_period(row["period"])
        if period is None:
            continue
        yield {
            "parcel_id": "",
            "name": row["label"],
            "place": row["place"],
            "area_mu": row["commitment_mu"] - row["done_mu"],
            "duty": "target",
            "matter": text(
                "deadline.target", lang, period=period.label(lang), mu=row["commitment_mu"]
            ),
            "due": row["deadline"],
            "days": (parsed_day(row["deadline"]) - inventory.as_of).days,
            "post": row["post"],
        }
