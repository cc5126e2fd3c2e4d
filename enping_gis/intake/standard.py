"""Bring a layer as it was read into the standard columns, and keep the source's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.crs import transformed
from enping_gis.findings import Finding
from enping_gis.intake.layers import ROW
from enping_gis.intake.wording import kind_and_stem
from enping_gis.schema import (
    LIST_SEPARATOR,
    Column,
    conformed,
    free_names,
    recognised_columns,
    table,
)
from enping_gis.vocabulary import code_of, normalised, terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyproj import CRS

    from enping_gis.intake.layers import RawLayer

# Above this a number of a double no longer has all its digits.
_EXACT_TO = 2**53
# Cells with more than one term are written with any of these in between.
_LIST_MARKS = str.maketrans(dict.fromkeys("\uff1b\u3001,\uff0c/|", LIST_SEPARATOR))


def standard_parcels(
    raw: RawLayer, places: Mapping[str, str], crs: CRS, *, row_prefix: str = ""
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """
    Return the parcels of a layer in the standard columns.

    A column is recognised by its name or an alias. The source's own columns stay, under their
    own names; a cell that is not understood becomes empty and its column is kept as it was
    read under ``<column>_as_read``.

    Parameters
    ----------
    raw : RawLayer
        The layer as it was read.
    places : mapping of str to str
        What `place_codes` returned.
    crs : pyproj.CRS
        Working CRS, in metres.
    row_prefix : str
        What the ids of rows without one begin with, so that those of two files differ.

    Returns
    -------
    parcels : geopandas.GeoDataFrame
        Table ``parcels``, geometry in `crs`; ids are unique.
    findings : tuple of Finding
        What was not understood, row by row, and geometry that is not valid.
    """
    frame = _renamed(raw.frame, "parcels")
    where: dict[str, Any] = {"file": raw.file, "layer": raw.layer}
    frame, findings = _identified(frame, where, row_prefix)
    for column in table("parcels").columns:
        if column.name in frame and column.name not in raw_free_text():
            findings += _interpret(frame, column, places, where)
    findings += _unknown_statuses(frame, where) + _invalid_rings(frame, where)
    geometry = transformed(frame.geometry.to_numpy(), raw.decision.crs, crs)
    frame = frame.drop(columns=[ROW]).set_geometry(gpd.GeoSeries(geometry, crs=crs))
    return conformed(frame, "parcels"), tuple(findings)


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
    frame = conformed(_renamed(raw.frame, "places"), "places")
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
    where: dict[str, Any] = {"file": raw.file, "layer": raw.layer}
    unknown = set(frame.loc[frame["place"].isna(), ROW])
    findings = tuple(
        Finding("place_code", "error", row=int(row), field="place", value=str(name or ""), **where)
        for row, name in zip(frame[ROW], frame["name"], strict=True)
        if row in unknown
    )
    kept = frame[frame["place"].notna()].reset_index(drop=True)
    names = [name or place for name, place in zip(kept["name"], kept["place"], strict=True)]
    geometry = transformed(kept.geometry.to_numpy(), raw.decision.crs, crs)
    kept = kept.assign(name=names, source=kept["source"].fillna(Path(raw.file).name))
    kept = kept.drop(columns=[ROW]).set_geometry(gpd.GeoSeries(geometry, crs=crs))
    return _one_row_each(kept), findings


def _place_code(written: str) -> str:
    # Statistics write twelve digits, of which the last three are those of a village.
    return written[:9] if len(written) == 12 and written.endswith("000") else written  # noqa: PLR2004 - see above


def _one_row_each(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put the rows of one place together: a place may have exclaves, each a row of its file."""
    if places["place"].is_unique:
        return places
    shapes = [
        shapely.multipolygons(shapely.get_parts(shapely.union_all(part.to_numpy())))
        for _, part in places.geometry.groupby(places["place"], sort=False)
    ]
    first = places.drop_duplicates("place").reset_index(drop=True)
    return first.set_geometry(gpd.GeoSeries(shapes, crs=places.crs))


def raw_free_text() -> frozenset[str]:
    """
    Return the columns whose cells are kept as they are written.

    Returns
    -------
    frozenset of str
        Column names of table ``parcels``.

    Examples
    --------
    >>> "status_stated" in raw_free_text(), "town" in raw_free_text()
    (True, False)
    """
    return frozenset(
        column.name
        for column in table("parcels").columns
        if not column.vocabulary and column.type in {"text", "bool"}
    )


def _renamed(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Copy recognised columns to their standard names; keep the others, and the originals."""
    own = [column for column in frame.columns if column not in {ROW, "geometry"}]
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
    others = [each for each in result.columns if each not in {ROW, "geometry", *recognised}]
    names = free_names([*table(name).names, *others])
    result = result.rename(columns={each: names[each] for each in others})
    # As in a stored layer, the geometry comes last.
    return result[[*result.columns.drop("geometry"), "geometry"]]


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


def _identified(
    frame: gpd.GeoDataFrame, where: dict[str, Any], prefix: str
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Give every row an id of its own; say which rows had none or a repeated one."""
    frame = frame.copy()
    if "parcel_id" not in frame:
        frame["parcel_id"] = [f"{prefix}{row}" for row in frame[ROW]]
        return frame, [Finding("id_numbered", "info", field="parcel_id", **where)]
    findings: list[Finding] = []
    ids: list[str] = []
    taken: set[str] = set()
    written = conformed(pd.DataFrame(frame[["parcel_id"]]), "parcels")["parcel_id"]
    reserved = set(written.dropna())
    for row, cell, given in zip(frame[ROW], frame["parcel_id"], written, strict=True):
        if isinstance(cell, float) and abs(cell) > _EXACT_TO:
            findings.append(
                Finding("id_inexact", "warning", row=int(row), parcel=given,
                        field="parcel_id", value=given, **where)
            )  # fmt: skip
        wish = f"{prefix}row-{row}" if given is None else given
        free, number = wish, 2
        while free in taken or (free != given and free in reserved):
            free, number = f"{wish}~{number}", number + 1
        if free != given:
            rule = "id_missing" if given is None else "id_repeated"
            findings.append(
                Finding(rule, "warning", row=int(row), parcel=free, field="parcel_id",
                        value=given or "", **where)
            )  # fmt: skip
        taken.add(free)
        ids.append(free)
    frame["parcel_id"] = ids
    return frame, findings


def _interpret(
    frame: gpd.GeoDataFrame, column: Column, places: Mapping[str, str], where: dict[str, Any]
) -> list[Finding]:
    """Replace the cells of one column of `frame` by codes or numbers."""
    cells = list(frame[column.name])
    read = _reader(column, places)
    result = [read(cell) for cell in cells]
    findings = []
    rule = {"place": "place_unknown", "": "number_unread"}.get(column.vocabulary, "term_unknown")
    if column.type == "date":
        rule = "date_unread"
    for index, (cell, understood) in enumerate(zip(cells, result, strict=True)):
        if understood is None and normalised(cell):
            findings.append(
                Finding(rule, "warning", row=int(frame[ROW].iloc[index]),
                        parcel=frame["parcel_id"].iloc[index], field=column.name,
                        value=str(cell), **where)
            )  # fmt: skip
    if findings and f"{column.name}_as_read" not in frame:
        frame[f"{column.name}_as_read"] = [None if pd.isna(cell) else str(cell) for cell in cells]
    frame[column.name] = pd.Series(result, index=frame.index, dtype="object")
    return findings


def _reader(column: Column, places: Mapping[str, str]) -> Callable[[object], object]:
    def place(cell: object) -> str | None:
        return places.get(normalised(_whole_number(cell)))

    def number(cell: object) -> float | None:
        value = pd.to_numeric(pd.Series([cell]), errors="coerce").iloc[0]
        return None if not np.isfinite(value) else float(value)

    def day(cell: object) -> str | None:
        value = pd.to_datetime(str(cell), errors="coerce") if normalised(cell) else pd.NaT
        return None if pd.isna(value) else value.date().isoformat()

    def listed(cell: object) -> str | None:
        parts = [part for part in str(cell).translate(_LIST_MARKS).split(LIST_SEPARATOR) if part]
        codes = [code_of(column.vocabulary, part) for part in parts]
        return LIST_SEPARATOR.join(map(str, codes)) if all(codes) and normalised(cell) else None

    def single(cell: object) -> str | None:
        return code_of(column.vocabulary, cell)

    if column.vocabulary == "place":
        return place
    if column.type in {"float", "date"}:
        return number if column.type == "float" else day
    return listed if column.is_list else single


def _whole_number(cell: object) -> object:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _unknown_statuses(frame: gpd.GeoDataFrame, where: dict[str, Any]) -> list[Finding]:
    """Name the stated statuses that cannot become an event; their wording stays."""
    if "status_stated" not in frame:
        return []
    return [
        Finding("status_unknown", "warning", row=int(row), parcel=parcel,
                field="status_stated", value=str(stated), **where)
        for row, parcel, stated in zip(frame[ROW], frame["parcel_id"], frame["status_stated"],
                                       strict=True)
        if normalised(stated) and code_of("status", stated) is None
    ]  # fmt: skip


def _invalid_rings(frame: gpd.GeoDataFrame, where: dict[str, Any]) -> list[Finding]:
    shapes = frame.geometry.to_numpy()
    return [
        Finding("geometry_invalid", "warning", row=int(frame[ROW].iloc[row]),
                parcel=frame["parcel_id"].iloc[row],
                value=shapely.is_valid_reason(shapes[row]), **where)
        for row in np.flatnonzero(~shapely.is_valid(shapes))
    ]  # fmt: skip
