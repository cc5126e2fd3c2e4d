"""Plots and files of plots to test with: squares near Enping, so that figures follow by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import Transformer

from enping_gis.schema import conformed

if TYPE_CHECKING:
    from pathlib import Path

# A corner near 大槐 in EPSG:4546, metres.
EAST_M, NORTH_M = 620_000.0, 2_453_000.0


def square(column: int = 0, row: int = 0, *, side_m: float = 100.0) -> shapely.Polygon:
    """Return a square of a grid of squares that share their sides, EPSG:4546."""
    west, south = EAST_M + column * side_m, NORTH_M + row * side_m
    return shapely.box(west, south, west + side_m, south + side_m)


def layer(count: int = 3, **columns: list[Any]) -> gpd.GeoDataFrame:
    """Return a row of squares with the columns given, EPSG:4546."""
    return gpd.GeoDataFrame(columns, geometry=[square(n) for n in range(count)], crs=4546)


def in_degrees(shape: shapely.Geometry) -> shapely.Geometry:
    """Move a shape from EPSG:4546 to degrees."""
    move = Transformer.from_crs(4546, 4490, always_xy=True).transform
    return shapely.transform(shape, move, interleaved=False)


def geojson(
    path: Path,
    geometries: list[Any],
    properties: list[dict[str, Any]] | None = None,
    *,
    crs: str | None = None,
) -> Path:
    """Write a GeoJSON file by hand: a geometry may be a shape, None, or a raw mapping."""
    document: dict[str, Any] = {"type": "FeatureCollection", "features": []}
    if crs is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    for number, geometry in enumerate(geometries):
        raw = geometry
        if isinstance(geometry, shapely.Geometry):
            raw = json.loads(shapely.to_geojson(geometry))
        own = properties[number] if properties else {"id": f"p{number}"}
        document["features"].append({"type": "Feature", "properties": own, "geometry": raw})
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def shapefile(
    path: Path, frame: gpd.GeoDataFrame, *, encoding: str = "GBK", cpg: str | None = "GBK"
) -> Path:
    """Write a Shapefile as office programs do: ESRI .prj, any .cpg or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_file(path, encoding=encoding, engine="pyogrio")
    label = path.with_suffix(".cpg")
    label.unlink(missing_ok=True)
    if cpg is not None:
        label.write_text(cpg)
    return path


def events(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return a table of events; each has an id by its number unless it brings one."""
    numbered = [{"event_id": f"e{number:02}", "parcel_id": "a"} | row
                for number, row in enumerate(rows)]  # fmt: skip
    return conformed(pd.DataFrame(numbered), "events")
