"""Look into a file before it is read: kind, layers, columns, coordinate system."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import fiona
from fiona.errors import FionaError

from enping_gis.errors import SourceError
from enping_gis.intake.encoding import shapefile_encoding

if TYPE_CHECKING:
    import os


class Kind(NamedTuple):
    """
    A kind of file that may be opened.

    Parameters
    ----------
    driver : str
        The one GDAL driver that may open it.
    begins : tuple of bytes
        How such a file begins; a renamed file of another kind does not.
    """

    driver: str
    begins: tuple[bytes, ...]


# An allow-list: other drivers follow references to further files and to the network.
KINDS = {
    ".gpkg": Kind("GPKG", (b"SQLite format 3\x00",)),
    ".shp": Kind("ESRI Shapefile", (b"\x00\x00\x27\x0a",)),
    ".geojson": Kind("GeoJSON", (b"{",)),
    ".json": Kind("GeoJSON", (b"{",)),
}


@dataclass(frozen=True)
class Layer:
    """
    One layer as it lies in a file.

    Parameters
    ----------
    name : str
        Its name.
    geometry : str
        Declared geometry type, ``"None"`` for a plain table.
    columns : tuple of str
        Its attribute columns.
    rows : int
        Number of features that the file claims.
    crs_wkt : str
        Coordinate system as the file states it, empty where it states none.
    """

    name: str
    geometry: str
    columns: tuple[str, ...]
    rows: int
    crs_wkt: str

    @property
    def may_hold_parcels(self) -> bool:
        """
        Tell whether the layer can hold polygons.

        Returns
        -------
        bool
            False for plain tables, points and lines.
        """
        return not any(word in self.geometry for word in ("None", "Point", "Line"))


@dataclass(frozen=True)
class Source:
    """
    A file that may be read.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    driver : str
        The GDAL driver for it.
    layers : tuple of Layer
        Its layers.
    """

    path: Path
    driver: str
    layers: tuple[Layer, ...]

    def layer(self, wish: str | None = None, *, prefer: str = "parcels") -> Layer:
        """
        Choose the layer to read.

        Parameters
        ----------
        wish : str, optional
            Name asked for.
        prefer : str
            Name that wins where the file has several layers of polygons.

        Returns
        -------
        Layer
            The layer asked for, or the only one in question.

        Raises
        ------
        SourceError
            There is none, or there are several in question; the message names them.
        """
        names = ", ".join(layer.name for layer in self.layers)
        if wish is not None:
            chosen = [layer for layer in self.layers if layer.name == wish]
            if not chosen:
                raise SourceError("error.layer", path=self.path, value=wish, known=names)
            return chosen[0]
        fit = [layer for layer in self.layers if layer.may_hold_parcels]
        if not fit:
            raise SourceError("error.no_polygons", path=self.path, known=names)
        preferred = [layer for layer in fit if layer.name == prefer] or fit
        if len(preferred) > 1:
            known = ", ".join(layer.name for layer in fit)
            raise SourceError("error.layers", path=self.path, known=known)
        return preferred[0]


def look(path: str | os.PathLike[str]) -> Source:
    """
    Look into a file without reading its rows.

    Parameters
    ----------
    path : path-like
        A local file: GeoPackage, Shapefile or GeoJSON.

    Returns
    -------
    Source
        Driver and layers.

    Raises
    ------
    SourceError
        The file is missing, of a kind that is not read, not what its name says, or damaged.

    Examples
    --------
    >>> from enping_gis._resources import data_folder
    >>> [layer.rows for layer in look(data_folder("boundaries") / "places.geojson").layers]
    [12]
    >>> look("")
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    file = Path(path)
    kind = _kind(file)
    try:
        names = fiona.listlayers(file)
        layers = tuple(_layer(file, name, kind.driver) for name in names)
    except (FionaError, ValueError, OSError) as error:
        raise SourceError("error.unreadable", path=file, reason=_one_line(error)) from error
    return Source(file, kind.driver, layers)


def _kind(file: Path) -> Kind:
    if not str(file) or str(file) == "." or not file.exists():
        raise SourceError("error.missing_file", path=file)
    kind = KINDS.get(file.suffix.casefold())
    if kind is None or not file.is_file():
        raise SourceError("error.kind", path=file, known=", ".join(KINDS))
    try:
        with file.open("rb") as stream:
            begin = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        raise SourceError("error.unreadable", path=file, reason=error.strerror) from error
    if not begin.startswith(kind.begins):
        raise SourceError("error.not_its_kind", path=file, kind=kind.driver)
    if kind.driver == "ESRI Shapefile" and not _has_part(file, ".shx"):
        raise SourceError("error.shapefile_part", path=file, part=".shx")
    return kind


def _has_part(file: Path, suffix: str) -> bool:
    return any(file.with_suffix(each).is_file() for each in (suffix, suffix.upper()))


def _layer(file: Path, name: str, driver: str) -> Layer:
    options = {}
    if driver == "ESRI Shapefile":
        # A .cpg that is wrong would keep fiona from reading even the names of the columns.
        options["encoding"] = shapefile_encoding(file).name
    with fiona.open(file, layer=name, enabled_drivers=[driver], **options) as collection:
        schema = collection.schema
        return Layer(
            name=name,
            geometry=str(schema["geometry"]),
            columns=tuple(schema["properties"]),
            rows=len(collection),
            crs_wkt=collection.crs_wkt or "",
        )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
