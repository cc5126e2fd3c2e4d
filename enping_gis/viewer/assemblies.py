"""Sets of plots to combine, as ``combine -o`` writes them, for the map page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio

from enping_gis.crs import WGS84, transformed
from enping_gis.errors import SchemaError, SourceError
from enping_gis.intake.files.unpack import members
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.units import half_up
from enping_gis.viewer.shapes import polygonal, rings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    Record = dict[str, Any]

_COLUMN = "parcel_ids"
_KINDS = (".gpkg", ".geojson", ".json", ".fgb", ".shp")
_NAMES = ("project_name", "project", "name", "project_id")
_FIGURES = {"area_mu": 2, "compactness": 3, "shared_m": 2, "min_width_m": 1}


def read_assemblies(path: str | os.PathLike[str]) -> gpd.GeoDataFrame:
    """
    Read sets of plots from a layer that ``combine -o`` or a match of projects wrote.

    Parameters
    ----------
    path : str or path-like
        GeoPackage, GeoJSON or another layer with a column ``parcel_ids``.

    Returns
    -------
    geopandas.GeoDataFrame
        As it stands in the file.

    Raises
    ------
    SourceError
        The file is missing, damaged, or of another kind.
    SchemaError
        There is no column ``parcel_ids``.

    Examples
    --------
    >>> read_assemblies("nowhere.gpkg")
    Traceback (most recent call last):
    enping_gis.errors.SourceError: ...
    """
    with members(path) as contents:
        (member, *more) = contents.members
        if more or member.kind not in _KINDS:
            raise SourceError("error.assemblies_kind", path=path)
        try:
            names = [str(name) for name, _ in pyogrio.list_layers(member.path)]
            for name in names:
                if _COLUMN in pyogrio.read_info(member.path, layer=name)["fields"]:
                    return gpd.GeoDataFrame(pyogrio.read_dataframe(member.path, layer=name))
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            raise SourceError("error.unreadable", path=path, reason=error) from error
    raise SchemaError("error.assemblies_column", path=path)


def assembly_rows(sets: gpd.GeoDataFrame, rows: Mapping[str, int]) -> list[Record]:
    """
    Return what the page is told of sets of plots.

    Parameters
    ----------
    sets : geopandas.GeoDataFrame
        With a column ``parcel_ids``, ids joined by ``;``.
    rows : mapping of str to int
        Place of each plot on the page, by id.

    Returns
    -------
    list of dict
        ``plots``, ``label`` of a project, ``rings`` of the outline, and the figures there are, as
        printed; ``elsewhere`` counts plots that are not on the page.

    Raises
    ------
    SchemaError
        There is no column ``parcel_ids``.

    Examples
    --------
    >>> assembly_rows(gpd.GeoDataFrame({"parcel_ids": ["a;b"]}, geometry=[None]), {"a": 3})
    [{'plots': [3], 'elsewhere': 1}]
    """
    if _COLUMN not in sets.columns:
        raise SchemaError("error.assemblies_column", path=_COLUMN)
    shapes = polygonal(sets.geometry.to_numpy())
    degrees = shapes if sets.crs is None else transformed(shapes, sets.crs, WGS84)
    records = pd.DataFrame(sets.drop(columns=sets.geometry.name)).to_dict("records")
    return [
        _row({str(key): value for key, value in record.items()}, shape, rows)
        for record, shape in zip(records, degrees, strict=True)
    ]


def _row(record: Record, shape: Any, rows: Mapping[str, int]) -> Record:  # noqa: ANN401 - shapely has no types
    cell = record[_COLUMN]
    listed = [] if not isinstance(cell, str) else cell.split(LIST_SEPARATOR)
    ids = list(dict.fromkeys(each.strip() for each in listed if each.strip()))
    found: Record = {"plots": [rows[each] for each in ids if each in rows]}
    name = next((record[key] for key in _NAMES if isinstance(record.get(key), str)), "")
    figures = {
        key: f"{half_up(float(record[key]), decimals):f}"
        for key, decimals in _FIGURES.items()
        if isinstance(record.get(key), int | float) and not pd.isna(record[key])
    }
    more = {
        "label": name,
        "elsewhere": len(ids) - len(found["plots"]),
        "rings": [] if shape is None else rings(shape),
    }
    return found | figures | {key: value for key, value in more.items() if value}
