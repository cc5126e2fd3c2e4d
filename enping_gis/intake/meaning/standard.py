"""Bring a layer as it was read into the standard columns, and keep the source's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.crs import transformed
from enping_gis.errors import ParcelError
from enping_gis.findings import Finding
from enping_gis.intake.meaning.identity import identified
from enping_gis.intake.meaning.interpret import Origin, interpreted
from enping_gis.intake.meaning.wording import found_parcel, kind_and_stem
from enping_gis.intake.raw import ROW
from enping_gis.schema import conformed, free_names, recognised_columns, table
from enping_gis.vocabulary import code_of, normalised, terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyproj import CRS

    from enping_gis.intake.meaning.identity import TakenIds
    from enping_gis.intake.raw import RawLayer

_ALIASES_SHOWN = 4


def standard_parcels(
    raw: RawLayer,
    places: Mapping[str, str],
    crs: CRS,
    *,
    row_prefix: str = "",
    taken: TakenIds | None = None,
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """
    Return the parcels of a layer in the standard columns.

    A column is recognised by its name or an alias. The source's own columns stay, under their
    own names; a cell that is not understood becomes empty and its column is kept as it was
    read under ``<column>_as_read``.

    Parameters
    ----------
    raw : RawLayer
        The layer as it was read; a plain table gives rows without geometry.
    places : mapping of str to str
        What `place_codes` returned.
    crs : pyproj.CRS
        Working CRS, in metres.
    row_prefix : str
        What the ids of rows without one begin with, so that those of two files differ.
    taken : TakenIds, optional
        Ids of earlier batches of the same source.

    Returns
    -------
    parcels : geopandas.GeoDataFrame
        Table ``parcels``, geometry in `crs`; ids are unique.
    findings : tuple of Finding
        What was not understood, row by row, and geometry that is not valid.
    """
    frame, origin = _renamed(raw, "parcels")
    cells = {}
    if raw.letters:
        cells = {int(row): origin.cell("parcel_id", int(row)) for row in frame[ROW]}
    frame, findings = identified(frame, origin.where, prefix=row_prefix, cells=cells, taken=taken)
    frame, found = interpreted(frame, "parcels", places, origin)
    findings += found + _unknown_statuses(frame, origin)
    if raw.decision is None:
        shapes = np.full(len(frame), None, dtype=object)
    else:
        findings += _invalid_rings(frame, origin.where)
        shapes = transformed(frame.geometry.to_numpy(), raw.decision.crs, crs)
    frame = frame.drop(columns=[ROW, "geometry"], errors="ignore")
    standard = conformed(frame, "parcels")
    geometry = gpd.GeoSeries(shapes, index=standard.index, crs=crs)
    return gpd.GeoDataFrame(standard, geometry=geometry), tuple(findings)


def standard_rows(
    raw: RawLayer, name: str, places: Mapping[str, str], parcels: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """
    Return the rows of a table without geometry in its standard columns.

    Parameters
    ----------
    raw : RawLayer
        The table as it was read.
    name : str
        Table of the layer model, such as ``"targets"``.
    places : mapping of str to str
        What `place_codes` returned.
    parcels : pandas.DataFrame
        Table ``parcels`` that the rows refer to, by id, name or alias.

    Returns
    -------
    rows : pandas.DataFrame
        Table `name`, one row for each identity; the last one counts.
    findings : tuple of Finding
        What was not understood; rows that lack what names them, refer to no plot, or repeat
        an earlier one are left out.
    """
    frame, origin = _renamed(raw, name)
    frame, findings = interpreted(frame, name, places, origin)
    frame = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    keep = np.ones(len(frame), dtype=bool)
    for column in table(name).columns:
        if column.refers == "parcels" and column.name in frame:
            found, lost = _referred(frame, column.name, parcels, origin)
            findings += lost
            keep &= np.array([given is None or each is not None
                              for given, each in found], dtype=bool)  # fmt: skip
            frame[column.name] = pd.Series([each for _, each in found], dtype="object")
    standard = conformed(frame, name)
    needed = [each for each in table(name).columns if each.required and each.name != "event_id"]
    for column in needed:
        for index in np.flatnonzero(standard[column.name].isna().to_numpy() & keep):
            findings.append(
                _left_out("cell_required", (name, column.name), standard, int(index), origin)
            )
            keep[index] = False
    identity = list(table(name).identity)
    if name != "events":
        again = standard[keep].duplicated(identity, keep="last")
        for index in again.index[again]:
            findings.append(
                _left_out("row_repeated", (name, identity[0]), standard, int(index), origin)
            )
            keep[index] = False
    return standard[keep].drop(columns=[ROW]).reset_index(drop=True), tuple(findings)


def _left_out(
    rule: str, place: tuple[str, str], frame: pd.DataFrame, index: int, origin: Origin
) -> Finding:
    name, column = place
    row = int(frame[ROW].iloc[index])
    value = frame[column].iloc[index]
    standard = table(name)
    meant = next(each for each in standard.columns if each.name == column)
    values = {"heading": meant, "known": ", ".join((meant.zh, *meant.aliases[:_ALIASES_SHOWN]))}
    return Finding(rule, "error", row=row, field=column, value="" if pd.isna(value) else str(value),
                   cell=origin.cell(column, row), values=values, **origin.where)  # fmt: skip


def _referred(
    frame: pd.DataFrame, column: str, parcels: pd.DataFrame, origin: Origin
) -> tuple[list[tuple[str | None, str | None]], list[Finding]]:
    """Return, for each cell, its wording and the id of the plot it means."""
    found: list[tuple[str | None, str | None]] = []
    findings = []
    for row, cell in zip(frame[ROW], frame[column], strict=True):
        if not normalised(cell):
            found.append((None, None))
            continue
        wording = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        try:
            found.append((wording, found_parcel(parcels, wording)))
        except ParcelError as error:
            found.append((wording, None))
            findings.append(
                Finding("parcel_not_found", "error", row=int(row), field=column, value=wording,
                        cell=origin.cell(column, int(row)), values={"reason": error},
                        **origin.where)
            )  # fmt: skip
    return found, findings


def standard_places(raw: RawLayer, crs: CRS) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """
    Return the places of a layer in the standard columns.

    Parameters
    ----------
    raw : RawLayer
        The layer as it was read.
    crs : pyproj.CRS
        Working CRS, in metres.

    Returns
    -------
    places : geopandas.GeoDataFrame
        Table ``places``, geometry in `crs`; a missing code is found by the name.
    findings : tuple of Finding
        Rows without a code that could be found; they are left out.
    """
    renamed, origin = _renamed(raw, "places")
    frame = conformed(renamed, "places")
    frame["place"] = [
        _place_code(place) if place else code_of("place", name)
        for place, name in zip(frame["place"], frame["name"], strict=True)
    ]
    kinds = {term.code: term for term in terms("place")}
    frame["kind"] = [
        code_of("place_kind", kind)
        or (kinds[place].attributes["place_kind"] if place in kinds else kind_and_stem(name)[0])
        for kind, place, name in zip(frame["kind"], frame["place"], frame["name"], strict=True)
    ]
    unknown = set(frame.loc[frame["place"].isna(), ROW])
    findings = tuple(
        Finding(
            "place_code",
            "error",
            row=int(row),
            field="place",
            value=str(name or ""),
            **origin.where,
        )
        for row, name in zip(frame[ROW], frame["name"], strict=True)
        if row in unknown
    )
    kept = frame[frame["place"].notna()].reset_index(drop=True)
    names = [name or place for name, place in zip(kept["name"], kept["place"], strict=True)]
    given = crs if raw.decision is None else raw.decision.crs
    geometry = transformed(kept.geometry.to_numpy(), given, crs)
    kept = kept.assign(name=names, source=kept["source"].fillna(Path(raw.file).name))
    kept = kept.drop(columns=[ROW]).set_geometry(gpd.GeoSeries(geometry, crs=crs))
    return one_row_each(kept), findings


def _place_code(written: str) -> str:
    # Statistics write twelve digits, of which the last three are those of a village.
    return written[:9] if len(written) == 12 and written.endswith("000") else written  # noqa: PLR2004 - see above


def one_row_each(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Put the rows of one place together: a place may have exclaves, each a row of its file.

    Parameters
    ----------
    places : geopandas.GeoDataFrame
        Table ``places``.

    Returns
    -------
    geopandas.GeoDataFrame
        One row for each code; cells are those of its first row.

    Examples
    --------
    >>> one_row_each(gpd.GeoDataFrame({"place": []}, geometry=[], crs=4546)).empty
    True
    """
    if places["place"].is_unique:
        return places
    shapes = [
        shapely.multipolygons(shapely.get_parts(shapely.union_all(part.to_numpy())))
        for _, part in places.geometry.groupby(places["place"], sort=False)
    ]
    first = places.drop_duplicates("place").reset_index(drop=True)
    return first.set_geometry(gpd.GeoSeries(shapes, crs=places.crs))


def _renamed(raw: RawLayer, name: str) -> tuple[gpd.GeoDataFrame, Origin]:
    """Copy recognised columns to their standard names; keep the others, and the originals."""
    frame = raw.frame
    kept = {ROW, "geometry"}
    own = [column for column in frame.columns if column not in kept]
    recognised = recognised_columns(name, own)
    respelt = {
        source: standard
        for standard, source in recognised.items()
        if normalised(standard) == normalised(source)
    }
    result = frame.rename(columns=respelt)
    for standard, source in recognised.items():
        if source not in respelt:
            result[standard] = frame[source]
    others = [each for each in result.columns if each not in {*kept, *recognised}]
    names = free_names([*table(name).names, *others])
    result = result.rename(columns={each: names[each] for each in others})
    # As in a stored layer, the geometry comes last.
    columns = [*result.columns.drop("geometry", errors="ignore"), "geometry"]
    origin = Origin({"file": raw.file, "layer": raw.layer}, recognised, raw.letters)
    return result[[each for each in columns if each in result]], origin


def given_columns(raw: RawLayer, name: str) -> frozenset[str]:
    """
    Return the standard columns that a layer speaks about.

    Parameters
    ----------
    raw : RawLayer
        The layer as it was read.
    name : str
        Table that its rows belong to.

    Returns
    -------
    frozenset of str
        The key, what is recognised, and what follows from it: rows that bring a geometry, an
        area or a town say themselves what that is based on, or leave it open.
    """
    own = [column for column in raw.frame.columns if column not in {ROW, "geometry"}]
    given = {str(table(name).key), "schematic", *recognised_columns(name, own)}
    if name == "places":
        return frozenset(given | {"name", "kind", "source"})
    follows = {"geometry_basis": {"parcel_id"}, "town_basis": {"town"}}
    follows["responsible_basis"] = {"responsible"}
    follows["area_basis"] = {"stated_ha", "stated_mu"}
    return frozenset(given | {basis for basis, causes in follows.items() if causes & given})


def _unknown_statuses(frame: pd.DataFrame, origin: Origin) -> list[Finding]:
    """Name the stated statuses that cannot become an event; their wording stays."""
    if "status_stated" not in frame:
        return []
    stated = frame["status_stated"]
    unknown = {
        each for each in stated.dropna().unique()
        if normalised(each) and code_of("status", each) is None
    }  # fmt: skip
    rows = np.flatnonzero(stated.isin(unknown)).tolist()
    return [
        Finding("status_unknown", "warning", row=int(frame[ROW].iloc[index]),
                parcel=frame["parcel_id"].iloc[index], field="status_stated",
                value=str(stated.iloc[index]),
                cell=origin.cell("status_stated", int(frame[ROW].iloc[index])), **origin.where)
        for index in rows
    ]  # fmt: skip


def _invalid_rings(frame: gpd.GeoDataFrame, where: dict[str, Any]) -> list[Finding]:
    shapes = frame.geometry.to_numpy()
    return [
        Finding("geometry_invalid", "warning", row=int(frame[ROW].iloc[row]),
                parcel=frame["parcel_id"].iloc[row],
                value=shapely.is_valid_reason(shapes[row]), **where)
        for row in np.flatnonzero(~shapely.is_valid(shapes))
    ]  # fmt: skip
