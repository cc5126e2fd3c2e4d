"""Read one layer of a planner's file as it is: rows, encoding, coordinate system."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError

from enping_gis.crs import crs_name, parsed_crs
from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.intake.encoding import Encoding, shapefile_encoding, sibling
from enping_gis.intake.georeference import decided_crs
from enping_gis.intake.look import look

if TYPE_CHECKING:
    import os

    from pyproj import CRS

    from enping_gis.crs import Extent
    from enping_gis.intake.georeference import Decision

_DEFAULT_ENCODING = Encoding("UTF-8", "declared", "")
# Row of the source, counted from 1: the place that every message about a row names.
ROW = "_row"


@dataclass(frozen=True)
class RawLayer:
    """
    A layer as it was read, before any of its words is interpreted.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        The source's own columns, polygons as MultiPolygon in the decided CRS, and `ROW`.
    file, layer : str
        Where it is from.
    driver : str
        GDAL driver.
    encoding : Encoding
        Encoding of its texts.
    decision : Decision
        Its coordinate system and how that was found.
    rows_in : int
        Rows in the source, with those kept aside.
    findings : tuple of Finding
        What was noticed on the way.
    """

    frame: gpd.GeoDataFrame
    file: str
    layer: str
    driver: str
    encoding: Encoding
    decision: Decision
    rows_in: int
    findings: tuple[Finding, ...]


def read_layer(
    path: str | os.PathLike[str],
    *,
    layer: str | None = None,
    crs: CRS | None = None,
    county: Extent | None = None,
    prefer: str = "parcels",
) -> RawLayer:
    """
    Read a layer of polygons.

    fiona has looked into the file first (allow-list of drivers, layers, schema), pyogrio reads.

    Parameters
    ----------
    path : path-like
        GeoPackage, Shapefile or GeoJSON.
    layer : str, optional
        Layer to read, where there are several.
    crs : pyproj.CRS, optional
        System to use, whatever the file declares.
    county : Extent, optional
        Box of the county in degrees, to settle a missing CRS; by default Enping's.
    prefer : str
        Layer name that wins where several layers hold polygons.

    Returns
    -------
    RawLayer
        Rows with a polygon, the account of how they were read, and a finding for each row
        that was kept aside.

    Raises
    ------
    SourceError
        The file is missing, of another kind, or damaged.
    CRSError
        The coordinate system is missing and not decidable, or cannot be used.
    """
    source = look(path)
    chosen = source.layer(layer, prefer=prefer)
    encoding = _DEFAULT_ENCODING
    if source.driver == "ESRI Shapefile":
        encoding = shapefile_encoding(source.path)
    where: dict[str, Any] = {"file": str(source.path), "layer": chosen.name}
    with warnings.catch_warnings(record=True) as said, np.errstate(invalid="ignore"):
        warnings.simplefilter("always")
        frame = _rows(str(source.path), chosen.name, source.driver, encoding)
    remarks = dict.fromkeys(" ".join(str(each.message).split()) for each in said)
    findings = tuple(Finding("reader_says", "warning", value=each, **where) for each in remarks)
    findings += _missing_rows(chosen.rows, len(frame), where)
    if source.driver == "ESRI Shapefile" and sibling(source.path, ".dbf") is None:
        findings += (Finding("attributes_missing", "error", **where),)
    rows_in = max(chosen.rows, len(frame))
    frame, aside = _polygons_only(frame, where)
    declared = frame.crs
    decision = decided_crs(
        _bounds(frame),
        None if declared is None else parsed_crs(declared),
        option=crs,
        county=county,
    )
    findings += aside + _account(encoding, decision, declared, where)
    frame = frame.set_crs(decision.crs, allow_override=True)
    return RawLayer(
        frame, where["file"], chosen.name, source.driver, encoding, decision, rows_in, findings
    )


def _rows(path: str, layer: str, driver: str, encoding: Encoding) -> gpd.GeoDataFrame:
    options = {"encoding": encoding.name} if driver == "ESRI Shapefile" else {}
    if driver == "GeoJSON":
        # One date that is none, such as 2022-02-30, would otherwise cost the whole file.
        options["DATE_AS_STRING"] = "YES"
    try:
        # An unclosed ring then costs its own row, which a finding names, not the file.
        frame = pyogrio.read_dataframe(path, layer=layer, on_invalid="ignore", **options)
    except (DataSourceError, DataLayerError, FieldError, UnicodeDecodeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise SourceError("error.unreadable", path=path, reason=reason) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise SourceError("error.no_polygons", path=path, known=layer)
    frame[ROW] = np.arange(1, len(frame) + 1)
    return frame


def _missing_rows(claimed: int, read: int, where: dict[str, Any]) -> tuple[Finding, ...]:
    if read >= claimed:
        return ()
    values: dict[str, object] = {"claimed": claimed, "read": read}
    return (Finding("rows_missing", "error", value=str(read), values=values, **where),)


def _polygons_only(
    frame: gpd.GeoDataFrame, where: dict[str, Any]
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    kinds = shapely.get_type_id(shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    polygons = np.isin(kinds, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    # The bounds of a shape leave out what is no number, so its vertices are asked.
    vertices, owners = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[owners[~np.isfinite(vertices).all(axis=1)]] = False
    findings = []
    for rows, rule in (
        (empty, "geometry_missing"),
        (~empty & ~polygons, "geometry_kind"),
        (~empty & polygons & ~finite, "geometry_not_finite"),
    ):
        for row in np.flatnonzero(rows):
            value = "" if empty[row] else shapes[row].geom_type
            findings.append(Finding(rule, "error", row=int(row) + 1, value=value, **where))
    keep = polygons & ~empty & finite
    kept = frame[keep].reset_index(drop=True)
    multi = [
        shape if kind == shapely.GeometryType.MULTIPOLYGON else shapely.MultiPolygon([shape])
        for shape, kind in zip(shapes[keep], kinds[keep], strict=True)
    ]
    attributes = pd.DataFrame(kept.drop(columns=kept.geometry.name))
    geometry = gpd.GeoSeries(multi, crs=frame.crs)
    return gpd.GeoDataFrame(attributes, geometry=geometry), tuple(findings)


def _bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float] | None:
    if frame.empty:
        return None
    west, south, east, north = (float(side) for side in frame.total_bounds)
    return west, south, east, north


def _account(
    encoding: Encoding, decision: Decision, declared: object, where: dict[str, Any]
) -> tuple[Finding, ...]:
    findings = []
    if encoding.how == "detected":
        values: dict[str, object] = {"declared": encoding.declared or "-"}
        findings.append(
            Finding("encoding_detected", "info", value=encoding.name, values=values, **where)
        )
    if decision.how == "extent":
        values = {"declared": "-" if declared is None else str(pd.Series([declared])[0])[:60]}
        name = crs_name(decision.crs)
        findings.append(Finding("crs_detected", "warning", value=name, values=values, **where))
    return tuple(findings)
