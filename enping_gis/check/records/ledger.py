"""Hold ids against each other, and a ledger against the map (L1)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from enping_gis.check.faults import Fault
from enping_gis.check.rules import rules
from enping_gis.collecting import with_ledger
from enping_gis.incoming import Setting, incoming, wished
from enping_gis.vocabulary import normalised

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from enping_gis.crs import Extent
    from enping_gis.findings import Finding

# Tables whose rows name plots, and the column that says which row it is.
_LINKED = {"events": "event_id", "parcel_projects": "project_id", "agreements": "indicator"}


def repeated_ids(plots: pd.DataFrame) -> Iterator[Fault]:
    """
    Find ids that are one and the same but for blanks, case or full-width forms (L1).

    Parameters
    ----------
    plots : pandas.DataFrame
        Plots with ``parcel_id``, none of which is repeated to the letter.

    Yields
    ------
    Fault
        One for each id, with all plots that have it.

    Examples
    --------
    >>> plots = pd.DataFrame({"parcel_id": ["EP001", "EP002", "ep 001"]})
    >>> [fault.parcels for fault in repeated_ids(plots)]
    [('EP001', 'ep 001')]
    >>> list(repeated_ids(plots.iloc[:0]))
    []
    """
    same: defaultdict[str, list[str]] = defaultdict(list)
    for each in plots["parcel_id"]:
        same[normalised(each)].append(str(each))
    for key, ids in same.items():
        if len(ids) > 1:
            yield Fault(
                "L1", "id_twice", rules()["L1"].severity, tuple(sorted(ids)), field="parcel_id",
                value=key, size=float(len(ids)), values={"n": len(ids)},
            )  # fmt: skip


def lost_links(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """
    Find rows about plots, or projects, that are not there (L1).

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables of the layer model by name.

    Yields
    ------
    Fault
        One for each plot that is named in a table and for each project that plots are linked
        to, with the number of rows.

    Examples
    --------
    >>> none = pd.DataFrame({"parcel_id": []})
    >>> events = pd.DataFrame({"event_id": ["1"], "parcel_id": ["EP9"]})
    >>> [fault.parcels for fault in lost_links({"parcels": none, "events": events})]
    [('EP9',)]
    """
    known = set(tables["parcels"]["parcel_id"])
    for name in _LINKED:
        named = tables[name]["parcel_id"].dropna() if name in tables else pd.Series(dtype=object)
        lost = named[~named.isin(known) & (named != "")]
        for parcel, count in lost.value_counts(sort=False).items():
            yield Fault(
                "L1", "plot_lost", rules()["L1"].severity, (str(parcel),), field="parcel_id",
                value=str(parcel), size=float(count), values={"table": name, "n": int(count)},
            )  # fmt: skip
    yield from _lost_projects(tables)


def _lost_projects(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    if "parcel_projects" not in tables or "projects" not in tables:
        return
    links = tables["parcel_projects"]
    lost = links[~links["project_id"].isin(tables["projects"]["project_id"])]
    for project, rows in lost.groupby("project_id", sort=True):
        ids = tuple(sorted(rows["parcel_id"].dropna().astype(str)))
        yield Fault(
            "L1", "project_lost", rules()["L1"].severity, ids, field="project_id",
            value=str(project), size=float(len(rows)),
        )  # fmt: skip


def with_figures_of(
    plots: gpd.GeoDataFrame,
    ledger: str | os.PathLike[str],
    places: gpd.GeoDataFrame,
    county: Extent | None,
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """
    Return plots with what a ledger states of them, so that the ledger is held against the map.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Table ``parcels``.
    ledger : path-like
        A table of plots; a geometry in it is not looked at.
    places : geopandas.GeoDataFrame
        Table ``places``.
    county : Extent or None
        Box of the county in degrees.

    Returns
    -------
    plots : geopandas.GeoDataFrame
        The same plots with the attributes of the ledger, found by code or name.
    findings : tuple of Finding
        What the ledger lacks, what it has besides, and how it was read.

    Raises
    ------
    InputError
        The ledger cannot be read.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from enping_gis.schema import conformed
    >>> plots = conformed(gpd.GeoDataFrame(geometry=[], crs=4546), "parcels")
    >>> with_figures_of(plots, "missing.xlsx", plots, None)
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    setting = Setting(plots.crs, places, county)
    rows = list(incoming(ledger, wished(county=county), setting=setting))
    filled, joined = with_ledger(plots, rows)
    read = [
        finding for each in rows for finding in each.findings
        if finding.rule != "id_repeated"  # told as a row that belongs to the same plot
    ]  # fmt: skip
    return filled, (*read, *joined)
