"""Collect all plots of a file, and join what has no geometry to what has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from enping_gis.findings import Finding
from enping_gis.incoming import incoming
from enping_gis.intake.meaning.joining import joined
from enping_gis.intake.raw import ROW
from enping_gis.intake.stream import Wish
from enping_gis.schema import conformed, recognised_columns, table

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from enping_gis.incoming import Plots, Setting


def collected(
    path: str | os.PathLike[str],
    wish: Wish | None = None,
    *,
    setting: Setting | None = None,
    prefix: str = "",
    ledger: str | os.PathLike[str] | None = None,
) -> tuple[gpd.GeoDataFrame, list[Plots], tuple[Finding, ...]]:
    """
    Read all plots of a file, and join what has no geometry to what has.

    Parameters
    ----------
    path : path-like
        Any file or folder that the package reads.
    wish : Wish, optional
        What to take of it and how to decode it.
    setting : Setting, optional
        What to read into; by default chosen from the first batch.
    prefix : str
        What the ids of rows without one begin with.
    ledger : path-like, optional
        A table whose rows are joined to the plots, by code or name.

    Returns
    -------
    parcels : geopandas.GeoDataFrame
        Table ``parcels`` in the working CRS; rows of a ledger alone have no geometry.
    batches : list of Plots
        How each batch was read.
    findings : tuple of Finding
        What was noticed on the way.

    Raises
    ------
    InputError
        The file or an option cannot be used; the message says how to cure it.
    """
    wish = wish or Wish()
    batches = list(incoming(path, wish, setting=setting, prefix=prefix))
    findings = [finding for each in batches for finding in each.findings]
    drawn = [each for each in batches if each.raw.decision is not None]
    tables = [each for each in batches if each.raw.decision is None and len(each.parcels)]
    parcels = together(each.parcels for each in drawn or batches)
    if not drawn:
        parcels, found = _unique(parcels, batches)
        findings += found
    if drawn and tables:
        parcels, found = with_ledger(parcels, tables)
        findings += found
    if tables and not drawn:
        findings.append(Finding("no_geometry", "info", file=tables[0].raw.file))
    if ledger is not None:
        rows = list(incoming(ledger, replace(wish, layer=None), setting=batches[0].setting))
        findings += [finding for each in rows for finding in each.findings]
        parcels, found = with_ledger(parcels, rows)
        findings += found
        batches += rows
    return parcels, batches, tuple(findings)


def _unique(
    parcels: gpd.GeoDataFrame, batches: Sequence[Plots]
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Name the codes that a second sheet repeats; each row keeps an id of its own."""
    rows = [
        (each.raw, int(row)) for each in batches for row in each.raw.frame[ROW][: len(each.parcels)]
    ]
    repeated = parcels["parcel_id"].duplicated()
    if not repeated.any():
        return parcels, []
    ids = parcels["parcel_id"].tolist()
    taken, findings = set(ids), []
    for index in np.flatnonzero(repeated):
        raw, row = rows[index]
        free, number = ids[index], 2
        while free in taken:
            free, number = f"{parcels['parcel_id'].iloc[index]}~{number}", number + 1
        findings.append(
            Finding("id_repeated", "warning", file=raw.file, layer=raw.layer, row=row, parcel=free,
                    field="parcel_id", value=ids[index])
        )  # fmt: skip
        taken.add(free)
        ids[index] = free
    return parcels.assign(parcel_id=ids), findings


def with_ledger(
    parcels: gpd.GeoDataFrame, tables: Sequence[Plots]
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """
    Fill the attributes of plots from the sheets of a ledger, by code or name.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Table ``parcels``.
    tables : sequence of Plots
        Sheets without geometry.

    Returns
    -------
    parcels : geopandas.GeoDataFrame
        The plots, in their order.
    findings : list of Finding
        What is unmatched on either side, with sheet and cell.

    Examples
    --------
    >>> plots = conformed(gpd.GeoDataFrame(geometry=[], crs=4546), "parcels")
    >>> with_ledger(plots, [])[1]
    []
    """
    rows, places = [], []
    for each in tables:
        named = recognised_columns("parcels", each.raw.columns)
        frame = pd.DataFrame(each.parcels.drop(columns="geometry"))
        # A row that repeats a code was given one of its own; the ledger means the plot it names.
        renamed = {one.parcel: one.value for one in each.findings if one.rule == "id_repeated"}
        frame = frame.assign(parcel_id=frame["parcel_id"].replace(renamed))
        # Rows that were only numbered have no code to be found by.
        rows.append(frame if "parcel_id" in named else frame.assign(parcel_id=None))
        source = named.get("parcel_id", named.get("name", ""))
        letter = each.raw.letters.get(source, "")
        places += [(each.raw, int(row), letter) for row in each.raw.frame[ROW]]
    if not rows:
        return parcels, []
    whole = conformed(pd.concat(rows, ignore_index=True), "parcels")
    filled, found = joined(parcels, whole, rows=range(len(places)))
    findings = []
    for finding in found:
        raw, row, letter = places[finding.row or 0]
        own: dict[str, Any] = {"file": raw.file}
        if finding.row is not None:
            cell = f"{letter}{row}" if letter else ""
            own |= {"layer": raw.layer, "row": row, "cell": cell}
        findings.append(replace(finding, **own))
    return filled, findings


def together(frames: Iterable[gpd.GeoDataFrame], name: str = "parcels") -> gpd.GeoDataFrame:
    """
    Put the plots of several batches into one table.

    Parameters
    ----------
    frames : iterable of geopandas.GeoDataFrame
        The same table, in one CRS.
    name : str
        Which table that is.

    Returns
    -------
    geopandas.GeoDataFrame
        All rows; a column that a batch lacks is empty there.

    Examples
    --------
    >>> empty = conformed(gpd.GeoDataFrame(geometry=[], crs=4546), "parcels")
    >>> len(together([empty, empty]))
    0
    """
    parts = list(frames)
    filled = [part for part in parts if len(part)] or parts[:1]
    if len(filled) == 1:
        return filled[0].reset_index(drop=True)
    whole = pd.concat(filled, ignore_index=True)
    for column in set(whole.columns) - set(table(name).names) - {"geometry"}:
        # What a batch lacks comes as NaN, also where the cells are texts.
        if whole[column].dtype == object and not all(column in part for part in filled):
            whole[column] = whole[column].where(whole[column].notna(), None)
    columns = [*whole.columns.drop("geometry"), "geometry"]
    return gpd.GeoDataFrame(whole[columns], crs=filled[0].crs)
