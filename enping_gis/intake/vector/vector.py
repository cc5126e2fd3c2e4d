"""Read vector files in batches of plain rows: one door for all formats that hold features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enping_gis.intake.files.encoding import checked_encoding
from enping_gis.intake.files.look import KINDS, checked_kind, looked
from enping_gis.intake.vector import bulk, features, geopackage, geoparquet, mapinfo, shapefile
from enping_gis.intake.vector.geodatabase import geodatabase_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enping_gis.intake.raw import Layer, RawRows


def layers_of(path: Path, *, encoding: str | None = None) -> tuple[Layer, ...]:
    """
    List the layers of a vector file.

    Parameters
    ----------
    path : pathlib.Path
        A local file (a folder for ``.gdb``): GeoPackage, Shapefile, FileGDB, GeoJSON,
        FlatGeobuf, GeoParquet or MapInfo.
    encoding : str, optional
        Encoding of its texts, whatever it declares.

    Returns
    -------
    tuple of Layer
        In the order of the file.

    Raises
    ------
    SourceError
        It is damaged, is not what its name says, or the encoding is unknown.

    Examples
    --------
    >>> from enping_gis._resources import data_folder
    >>> [layer.name for layer in layers_of(data_folder("boundaries") / "places.geojson")]
    ['places']
    """
    return _layers(path, str(path), encoding)


def _layers(path: Path, shown: str, encoding: str | None) -> tuple[Layer, ...]:
    kind = KINDS[checked_kind(path, shown)]
    checked_encoding(encoding)
    if kind.driver == "ESRI Shapefile":
        return shapefile.shapefile_layers(path, shown, encoding)
    if kind.driver == "GPKG":
        return geopackage.geopackage_layers(path, shown)
    if kind.driver == "GeoJSON":
        return features.feature_layers(path, shown, encoding)
    if kind.driver == "Parquet":
        return geoparquet.parquet_layers(path, shown)
    if kind.driver == "MapInfo File":
        return mapinfo.mapinfo_layers(path, shown, encoding)
    return looked(path, kind.driver, shown)


def rows_of(
    path: Path, layer: str, *, encoding: str | None = None, shown: str = ""
) -> Iterator[RawRows]:
    """
    Read a layer of a vector file batch by batch, in constant memory.

    Parameters
    ----------
    path : pathlib.Path
        A local file, or a ``.gdb`` folder.
    layer : str
        Name of the layer.
    encoding : str, optional
        Encoding of its texts, whatever it declares.
    shown : str
        How messages call the file; by default its path.

    Yields
    ------
    RawRows
        At most 65,536 rows each, and one without rows for an empty layer.

    Raises
    ------
    SourceError
        It is damaged, has no such layer, or the encoding is unknown.
    """
    shown = shown or str(path)
    kind = KINDS[checked_kind(path, shown)]
    checked_encoding(encoding)
    if kind.driver == "ESRI Shapefile":
        yield from shapefile.shapefile_rows(path, layer, shown, encoding)
    elif kind.driver == "GeoJSON":
        yield from features.feature_rows(path, layer, shown, encoding)
    elif kind.driver == "Parquet":
        yield from geoparquet.parquet_rows(path, layer, shown)
    elif kind.driver == "MapInfo File":
        yield from mapinfo.mapinfo_rows(path, layer, shown, encoding)
    else:
        yield from _database_rows(bulk.Place(path, layer, shown, kind.driver))


def _database_rows(place: bulk.Place) -> Iterator[RawRows]:
    """Read a GeoPackage, a FileGDB or a FlatGeobuf."""
    known = {each.name: each for each in _layers(place.path, place.shown, None)}
    chosen = bulk.chosen_layer(known, place)
    place = place._replace(claimed=chosen.rows)
    if place.driver == "GPKG":
        mend = geopackage.mender(place)
        yield from bulk.all_rows(place, mend=mend, return_fids=True)
    elif place.driver == "OpenFileGDB":
        yield from geodatabase_rows(place)
    else:
        yield from bulk.all_rows(place)
