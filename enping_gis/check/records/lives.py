"""Hold what happened to plots against the calendar and against itself (L2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis._resources import shipped_json
from enping_gis.check.faults import Fault
from enping_gis.check.rules import rules
from enping_gis.schema import tables as layer_model
from enping_gis.status import event_days, standing_events
from enping_gis.units import MU, printed
from enping_gis.vocabulary import label, normalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from enping_gis.messages import Language


def unreal_dates(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """
    Find dates that no calendar has, such as 30 February (L2).

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables of the layer model by name.

    Yields
    ------
    Fault
        One for each cell of a date column that is not blank and no ISO date. Dates of events
        may be moments.

    Examples
    --------
    >>> targets = pd.DataFrame({"period": ["2023"], "deadline": ["2023-02-30"]})
    >>> [fault.value for fault in unreal_dates({"targets": targets})]
    ['2023-02-30']
    >>> list(unreal_dates({}))
    []
    """
    for name, table in layer_model().items():
        for column in table.columns:
            if column.type != "date" or name not in tables or column.name not in tables[name]:
                continue
            rows = tables[name]
            written = rows[column.name]
            told = written.notna() & (written.astype(str).str.strip() != "")
            if not told.any():
                continue
            days = event_days(pd.DataFrame({"date": written[told]}))
            for index in days.index[days.isna()]:
                parcel = _cell(rows, index, "parcel_id")
                yield Fault(
                    "L2", "date_unreal", rules()["L2"].severity, (parcel,) if parcel else (),
                    field=column.name, value=str(written[index]),
                    values={"table": name, "row": _cell(rows, index, table.key or "") or "-"},
                )  # fmt: skip


def _cell(rows: pd.DataFrame, index: object, column: str) -> str:
    value = rows.loc[index, column] if column in rows else None
    return "" if pd.isna(value) else str(value)


def periods(plots: pd.DataFrame) -> Iterator[Fault]:
    """
    Find plots that end before they begin (L2).

    Parameters
    ----------
    plots : pandas.DataFrame
        Plots with ``parcel_id``, ``valid_from`` and ``valid_to``.

    Yields
    ------
    Fault
        One for each.

    Examples
    --------
    >>> plots = pd.DataFrame(
    ...     {"parcel_id": ["a"], "valid_from": ["2023-03-01"], "valid_to": ["2022-03-01"]}
    ... )
    >>> [fault.parcels for fault in periods(plots)]
    [('a',)]
    """
    turned = plots["valid_from"].fillna("") > plots["valid_to"].fillna("9")
    for parcel, begins, ends in plots.loc[
        turned, ["parcel_id", "valid_from", "valid_to"]
    ].itertuples(index=False, name=None):
        yield Fault(
            "L2", "period_turned", rules()["L2"].severity, (parcel,), field="valid_to",
            value=ends, values={"begins": begins},
        )  # fmt: skip


def counted_events(events: pd.DataFrame, day: date) -> pd.DataFrame:
    """
    Return the events that count at the end of a day, each with its day.

    Parameters
    ----------
    events : pandas.DataFrame
        Table ``events``.
    day : datetime.date
        The day, in Asia/Shanghai.

    Returns
    -------
    pandas.DataFrame
        As `enping_gis.status.standing_events` gives them, with the ISO day in column ``day``.

    Examples
    --------
    >>> from datetime import date
    >>> from enping_gis.schema import conformed
    >>> counted_events(conformed(pd.DataFrame(), "events"), date(2023, 3, 30)).empty
    True
    """
    standing = standing_events(events, day)
    return standing.assign(day=event_days(standing))


def order_of_events(counted: pd.DataFrame) -> Iterator[Fault]:
    """
    Find plots on which a later step is dated before an earlier one (L2).

    Parameters
    ----------
    counted : pandas.DataFrame
        What `counted_events` returned.

    Yields
    ------
    Fault
        One for each plot and pair of steps in ``rules.json``; the first event of either kind
        counts.

    Examples
    --------
    >>> columns = ["parcel_id", "kind", "day"]
    >>> steps = [("a", "supplied", "2023-02-01"), ("a", "construction", "2023-01-01")]
    >>> [fault.value for fault in order_of_events(pd.DataFrame(steps, columns=columns))]
    ['2023-01-01']
    >>> list(order_of_events(pd.DataFrame(columns=columns)))
    []
    """
    of_plots = counted[counted["parcel_id"].notna()]
    first = of_plots.groupby(["parcel_id", "kind"], sort=False)["day"].min().unstack()  # noqa: PD010 - one column for each kind is what is wanted
    for earlier, later in _record("L2")["order"]:
        if earlier not in first or later not in first:
            continue
        both = first[[later, earlier]].dropna()
        for parcel in both.index[both[later] < both[earlier]]:
            yield Fault(
                "L2", "events_turned", rules()["L2"].severity, (str(parcel),), field="date",
                value=str(first.loc[parcel, later]),
                values={
                    "later": _kind(later), "earlier": _kind(earlier),
                    "earlier_day": str(first.loc[parcel, earlier]),
                },
            )  # fmt: skip


def _kind(code: str) -> Any:  # noqa: ANN401 - a placeholder that speaks either language
    def _said(lang: Language | None) -> str:
        return label("event_kind", code, lang)

    return _said


def _record(code: str) -> dict[str, Any]:
    records = shipped_json("check/rules.json")["rules"]
    return next(record for record in records if record["code"] == code)


def recorded_too_early(events: pd.DataFrame) -> Iterator[Fault]:
    """
    Find events that were recorded before they happened (L2).

    Parameters
    ----------
    events : pandas.DataFrame
        Table ``events``.

    Yields
    ------
    Fault
        Warnings, one for each event.

    Examples
    --------
    >>> from enping_gis.schema import conformed
    >>> list(recorded_too_early(conformed(pd.DataFrame(), "events")))
    []
    """
    happened = event_days(events)
    recorded = event_days(events.assign(date=events["recorded_at"]))
    # What a file states holds on the day that is looked at, whenever that is.
    told = events["kind"] != "imported"
    early = (
        told & happened.notna() & recorded.notna() & (recorded.fillna("9") < happened.fillna(""))
    )
    for index in events.index[early.astype(bool)]:
        parcel = events.loc[index, "parcel_id"]
        yield Fault(
            "L2", "recorded_early", "warning", () if pd.isna(parcel) else (str(parcel),),
            field="recorded_at", value=str(recorded[index]),
            values={"day": happened[index], "kind": _kind(str(events.loc[index, "kind"]))},
        )  # fmt: skip


def too_much_done(
    counted: pd.DataFrame, area_m2: pd.Series[float], stated_m2: pd.Series[float]
) -> Iterator[Fault]:
    """
    Find plots of which more was revitalised than there is (L2).

    Parameters
    ----------
    counted : pandas.DataFrame
        What `counted_events` returned.
    area_m2, stated_m2 : pandas.Series of float
        Area of each plot as measured and as the ledger has it, by id; the larger counts.

    Yields
    ------
    Fault
        One for each plot whose parts exceed it by more than rule A1 allows.

    Examples
    --------
    >>> done = {"parcel_id": ["a"], "kind": ["revitalised"], "area_m2": [2_000.0]}
    >>> whole = pd.Series({"a": 1_000.0})
    >>> [fault.size for fault in too_much_done(pd.DataFrame(done), whole, whole)]
    [1.5]
    >>> list(too_much_done(pd.DataFrame(done).iloc[:0], whole, whole))
    []
    """
    limits = rules()["A1"].limits
    done = counted[(counted["kind"] == "revitalised") & counted["area_m2"].notna()]
    sums_m2 = done.groupby("parcel_id", sort=False)["area_m2"].sum()
    for parcel, done_m2 in sums_m2.items():
        if parcel not in area_m2.index:
            continue
        whole_m2 = np.nanmax([area_m2[parcel], stated_m2[parcel], 0.0])
        most_m2 = whole_m2 + max(limits["percent"] / 100 * whole_m2, limits["least_m2"])
        if whole_m2 > 0 and done_m2 > most_m2:
            yield Fault(
                "L2", "done_exceeds", rules()["L2"].severity, (str(parcel),), field="area_m2",
                value=f"{printed(done_m2, MU):f}", size=float(printed(done_m2 - whole_m2, MU)),
                unit="mu", tolerance=f"> {limits['percent']:g} %",
                values={"whole": f"{printed(whole_m2, MU):,}", "done": f"{printed(done_m2, MU):,}"},
            )  # fmt: skip


def shares(plots: pd.DataFrame) -> Iterator[Fault]:
    """
    Find percentages of a whole above 100 or below 0 (L2).

    Parameters
    ----------
    plots : pandas.DataFrame
        Plots with ``parcel_id`` and the further columns of their file.

    Yields
    ------
    Fault
        One for each cell, in columns whose heading says that they are percentages of a whole.

    Examples
    --------
    >>> plots = pd.DataFrame({"parcel_id": ["a", "b"], "percent built": [35.0, 350.0]})
    >>> [fault.parcels for fault in shares(plots)]
    [('b',)]
    """
    limit = rules()["L2"].limits["percent"]
    known = set(layer_model()["parcels"].names) | {"geometry"}
    record = _record("L2")
    words = [normalised(word) for word in record["share_words"]]
    others = [normalised(word) for word in record["no_share_words"]]
    for name in plots.columns.difference(list(known), sort=False):
        heading = normalised(name)
        if not any(word in heading for word in words) or any(word in heading for word in others):
            continue
        figures = pd.to_numeric(plots[name].astype(str).str.rstrip("%"), errors="coerce")
        for index in figures.index[(figures > limit) | (figures < 0)]:
            yield Fault(
                "L2", "share_impossible", rules()["L2"].severity,
                (str(plots.loc[index, "parcel_id"]),), field=str(name),
                value=str(plots.loc[index, name]), size=float(figures[index]), unit="%",
                tolerance=f"0 to {limit:g} %",
            )  # fmt: skip


def projects_without_plot(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """
    Find projects that no plot was found for (L2).

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables of the layer model by name.

    Yields
    ------
    Fault
        Information, one for each project: one that still looks for land is no mistake.

    Examples
    --------
    >>> projects = pd.DataFrame({"project_id": ["P1"], "name": ["Mill"]})
    >>> [fault.value for fault in projects_without_plot({"projects": projects})]
    ['P1']
    """
    if "projects" not in tables:
        return
    linked = tables["parcel_projects"]["project_id"] if "parcel_projects" in tables else []
    projects = tables["projects"]
    for index in projects.index[~projects["project_id"].isin(list(linked))]:
        yield Fault(
            "L2", "project_plotless", "info", field="project_id",
            value=str(projects.loc[index, "project_id"]),
            values={"name": _cell(projects, index, "name") or "-"},
        )  # fmt: skip
