"""Bring a layer as it was read into the standard columns, and keep the source's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.crs import transformed
from enping_gis.findings import Finding
from enping_gis.intake.layers import ROW
from enping_gis.schema import LIST_SEPARATOR, Column, conformed, recognised_columns, table
from enping_gis.vocabulary import code_of, normalised, terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyproj import CRS

    from enping_gis.intake.layers import RawLayer

# Cells with more than one term are written with any of these in between.
_LIST_MARKS = str.maketrans(dict.fromkeys("\uff1b\u3001,\uff0c/|", LIST_SEPARATOR))


def place_codes(places: pd.DataFrame) -> dict[str, str]:
    """
    Return how places may be written, in the form of `vocabulary.normalised`.

    Parameters
    ----------
    places : pandas.DataFrame
        Table ``places`` of the inventory.

    Returns
    -------
    dict of str to str
        Code, name, name without its ending, and the aliases of the vocabulary -> code. A
        short name that two places share is left out.

    Examples
    --------
    >>> place_codes(pd.DataFrame({"place": ["440785108"], "name": ["大槐镇"]}))["大槐"]
    '440785108'
    >>> place_codes(pd.DataFrame({"place": [], "name": []}))
    {}
    """
    codes: dict[str, str] = {}
    ambiguous: set[str] = set()
    known = set(places["place"])

    def add(wording: object, code: str) -> None:
        key = normalised(wording)
        if key and codes.setdefault(key, code) != code:
            ambiguous.add(key)

    for code, name in zip(places["place"], places["name"], strict=True):
        add(code, code)
        add(f"{code}000", code)  # the twelve-digit statistical code
        add(name, code)
    for term in terms("place"):
        if term.code in known:
            for wording in (term.zh, term.en, *term.aliases):
                codes.setdefault(normalised(wording), term.code)
    for code, name in zip(places["place"], places["name"], strict=True):
        _, stem = _kind_and_stem(str(name))
        codes.setdefault(normalised(stem), code)
    return {key: code for key, code in codes.items() if key not in ambiguous}


def standard_parcels(
    raw: RawLayer, places: Mapping[str, str], crs: CRS
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

    Returns
    -------
    parcels : geopandas.GeoDataFrame
        Table ``parcels``, geometry in `crs`; ids are unique.
    findings : tuple of Finding
        What was not understood, row by row, and geometry that is not valid.
    """
    frame = _renamed(raw.frame, "parcels")
    where = {"file": raw.file, "layer": raw.layer}
    frame, findings = _identified(frame, where)
    for column in table("parcels").columns:
        if column.name in frame and column.name not in raw_free_text():
            findings += _interpret(frame, column, places, where)
    findings += _invalid_rings(frame, where)
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
        str(place) if place else code_of("place", name)
        for place, name in zip(frame["place"], frame["name"], strict=True)
    ]
    kinds = {term.code: term for term in terms("place")}
    frame["kind"] = [
        code_of("place_kind", kind)
        or (kinds[place].attributes["place_kind"] if place in kinds else _kind_and_stem(name)[0])
        for kind, place, name in zip(frame["kind"], frame["place"], frame["name"], strict=True)
    ]
    where = {"file": raw.file, "layer": raw.layer}
    findings = tuple(
        Finding("place_code", "error", row=int(row), field="place", value=str(name or ""), **where)
        for row, name in zip(frame[ROW], frame["name"], strict=True)
        if not frame.loc[frame[ROW] == row, "place"].iloc[0]
    )
    known = frame["place"].notna() & (frame["place"] != "")
    kept = frame[known].reset_index(drop=True)
    names = [name or place for name, place in zip(kept["name"], kept["place"], strict=True)]
    geometry = transformed(kept.geometry.to_numpy(), raw.decision.crs, crs)
    kept = kept.assign(name=names, source=kept["source"].fillna(raw.file)).drop(columns=[ROW])
    return kept.set_geometry(gpd.GeoSeries(geometry, crs=crs)), findings


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
    result = frame.copy()
    for standard, source in recognised_columns(name, own).items():
        if standard != source:
            result[standard] = frame[source]
            if normalised(standard) == normalised(source):
                result = result.drop(columns=[source])
    return result


def _identified(
    frame: gpd.GeoDataFrame, where: dict[str, str]
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Give every row an id of its own; say which rows had none or a repeated one."""
    frame = frame.copy()
    if "parcel_id" not in frame:
        frame["parcel_id"] = [str(row) for row in frame[ROW]]
        return frame, [Finding("id_numbered", "info", field="parcel_id", **where)]
    findings: list[Finding] = []
    ids: list[str] = []
    taken: set[str] = set()
    written = conformed(frame[["parcel_id"]], "parcels")["parcel_id"]
    reserved = set(written.dropna())
    for row, given in zip(frame[ROW], written, strict=True):
        free = given if given is not None and given not in taken else None
        number = 2
        while free is None:
            proposal = f"row-{row}" if given is None and number == 2 else f"{given or 'row'}~{number}"  # noqa: PLR2004
            free = proposal if proposal not in taken | reserved else None
            number += 1
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
    frame: gpd.GeoDataFrame, column: Column, places: Mapping[str, str], where: dict[str, str]
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


def _invalid_rings(frame: gpd.GeoDataFrame, where: dict[str, str]) -> list[Finding]:
    shapes = frame.geometry.to_numpy()
    return [
        Finding("geometry_invalid", "warning", row=int(frame[ROW].iloc[row]),
                parcel=frame["parcel_id"].iloc[row],
                value=shapely.is_valid_reason(shapes[row]), **where)
        for row in np.flatnonzero(~shapely.is_valid(shapes))
    ]  # fmt: skip


def _kind_and_stem(name: object) -> tuple[str, str]:
    """Split a place name into the kind that its ending tells, and the rest."""
    written = str(name or "")
    for term in terms("place_kind"):
        for ending in term.attributes["endings"].split(LIST_SEPARATOR):
            if written.endswith(ending) and written != ending:
                return term.code, written.removesuffix(ending)
    return "town", written
