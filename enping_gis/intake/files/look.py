"""Look at a file before it is read: a local path, an allowed kind, and what it says it is."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import fiona
from fiona.errors import FionaError

from enping_gis.errors import SourceError
from enping_gis.intake.files.encoding import shapefile_encoding
from enping_gis.intake.files.reasons import file_reason
from enping_gis.intake.raw import Layer

if TYPE_CHECKING:
    from collections.abc import Callable


class Kind(NamedTuple):
    """
    A kind of file that may be opened.

    Parameters
    ----------
    driver : str
        The one GDAL driver that may open it, or the name of the package's own reader.
    begins : tuple of bytes
        How such a file begins; a renamed file of another kind does not. Empty where the kind
        has no mark of its own.
    reader : {"vector", "kml", "drawing", "points", "ledger", "archive"}
        Module of `enping_gis.intake` that reads it; ``archive`` is for
        `enping_gis.intake.files.unpack`. A text file may turn out to be points or a ledger.
    """

    driver: str
    begins: tuple[bytes, ...]
    reader: str = "vector"


_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = (b"\xd0\xcf\x11\xe0",)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

# An allow-list: other drivers follow references to further files and to the network.
KINDS = {
    ".gpkg": Kind("GPKG", (b"SQLite format 3\x00",)),
    ".shp": Kind("ESRI Shapefile", (b"\x00\x00\x27\x0a",)),
    ".gdb": Kind("OpenFileGDB", ()),
    ".geojson": Kind("GeoJSON", (b"{", *_UTF16)),
    ".json": Kind("GeoJSON", (b"{", *_UTF16)),
    ".fgb": Kind("FlatGeobuf", (b"fgb\x03fgb",)),
    ".parquet": Kind("Parquet", (b"PAR1",)),
    ".geoparquet": Kind("Parquet", (b"PAR1",)),
    ".tab": Kind("MapInfo File", (b"!table", b"!TABLE", b"!Table")),
    ".mif": Kind("MapInfo File", (b"Version", b"VERSION", b"version")),
    ".kml": Kind("KML", (b"<", *_UTF16), "kml"),
    ".ovkml": Kind("KML", (b"<", *_UTF16), "kml"),
    ".dxf": Kind("DXF", (b"0", b"999", b"AutoCAD Binary DXF"), "drawing"),
    ".txt": Kind("TXT", (), "points"),
    ".csv": Kind("CSV", (), "ledger"),
    ".tsv": Kind("CSV", (), "ledger"),
    ".xlsx": Kind("XLSX", _ZIP, "ledger"),
    ".xlsm": Kind("XLSX", _ZIP, "ledger"),
    ".xls": Kind("XLS", _OLE, "ledger"),
    ".zip": Kind("ZIP", _ZIP, "archive"),
    ".kmz": Kind("ZIP", _ZIP, "archive"),
    ".ovkmz": Kind("ZIP", _ZIP, "archive"),
}

# Kinds that people do send and that cannot be read here, with the message that names the cure.
_CONVERT = {
    "drawing": (".dwg", ".dgn", ".dws", ".dwt"),
    "access": (".mdb", ".accdb"),
    "ovital": (".ovobj", ".ovobx", ".ovobk"),
    "exchange": (".vct", ".e00", ".gml"),
    "archive": (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"),
    "virtual": (".vrt", ".url", ".lnk", ".wfs", ".gdalg"),
    "document": (".doc", ".docx", ".wps", ".pdf", ".ofd", ".ppt", ".pptx", ".rtf"),
    "sheet": (".et", ".ods", ".xlsb", ".numbers"),
    "picture": (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".img"),
    "project": (".qgz", ".qgs", ".mxd", ".aprx", ".mapx", ".lyr", ".lyrx", ".wor", ".qlr"),
    "shapefile": (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".qix"),
    "mapinfo": (".dat", ".map", ".id", ".ind", ".mid"),
}
# Survey software saves its points under the suffix of MapInfo's tables.
_SURVEY = ".dat"
_ADVICE = {suffix: what for what, suffixes in _CONVERT.items() for suffix in suffixes}

# What GDAL and its wrappers would take for an address or for the data itself.
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[/\\]+vsi|\s*[{\[<]|file:", re.IGNORECASE)
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_]+:")
_NUMBERED = re.compile(rb"[0-9] *,|,[^,]*[0-9]")
_SHOWN_CHARS = 200
_GDB_TABLE = "a00000001.gdbtable"


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


def local_path(path: str | os.PathLike[str]) -> Path:
    """
    Take a path only where it is one of this machine's files or folders.

    Libraries below take addresses, ``/vsicurl/`` chains, driver prefixes and data itself for a
    path; none of that gets through.

    Parameters
    ----------
    path : path-like
        What the user gave.

    Returns
    -------
    pathlib.Path
        The same as a path; it exists.

    Raises
    ------
    SourceError
        It is an address or data, or there is nothing there.

    Examples
    --------
    >>> from enping_gis._resources import data_folder
    >>> local_path(data_folder("boundaries") / "places.geojson").name
    'places.geojson'
    >>> local_path("https://example.org/a.geojson")
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    >>> local_path("")
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    wording = os.fsdecode(path)
    if _ELSEWHERE.match(wording):
        raise SourceError("error.not_local", path=wording[:_SHOWN_CHARS])
    file = Path(wording)
    try:
        # A prefix such as GeoJSON: is only one where no file has that name.
        if wording and file.exists():
            return file
    except (OSError, ValueError):  # too long for a name, or a null character in it
        pass
    code = "error.not_local" if _PREFIX.match(wording) else "error.missing_file"
    raise SourceError(code, path=wording[:_SHOWN_CHARS])


def checked_kind(path: Path, shown: str = "") -> str:
    """
    Return the kind of a file after a look at how it begins.

    Parameters
    ----------
    path : pathlib.Path
        A local file, or a ``.gdb`` folder.
    shown : str
        How messages call it; by default its path.

    Returns
    -------
    str
        Key of `KINDS`; ``".txt"`` for a ``.dat`` of survey points.

    Raises
    ------
    SourceError
        The kind is not read, or the content is another one's; the message says what to do.

    Examples
    --------
    >>> from enping_gis._resources import data_folder
    >>> checked_kind(data_folder("boundaries") / "places.geojson")
    '.geojson'
    """
    name, suffix = shown or str(path), path.suffix.casefold()
    # MapInfo and survey programs both write .dat; the first puts a .tab beside it.
    if suffix == _SURVEY and path.is_file() and not _has_part(path, ".tab"):
        begin = _begin(path, name)
        if _NUMBERED.search(begin) and b"\x00" not in begin:
            return ".txt"
    if suffix in _ADVICE:
        code = f"error.convert_{_ADVICE[suffix]}"
        raise SourceError(code, path=name, kind=suffix)
    kind = KINDS.get(suffix)
    if kind is None or (path.is_dir() if suffix != ".gdb" else path.is_file()):
        raise SourceError("error.kind", path=name, known=", ".join(KINDS))
    if suffix == ".gdb":
        if not (path / _GDB_TABLE).is_file():
            raise SourceError("error.not_its_kind", path=name, kind=kind.driver)
        return suffix
    if not path.is_file():  # a device or a pipe has no end
        raise SourceError("error.kind", path=name, known=", ".join(KINDS))
    if kind.begins and not _begin(path, name).startswith(kind.begins):
        raise SourceError("error.not_its_kind", path=name, kind=kind.driver)
    return suffix


def _begin(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError("error.unreadable", path=name, reason=reason) from error


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
    file = local_path(path)
    kind = KINDS.get(file.suffix.casefold())
    looked_into = (".gpkg", ".shp", ".geojson", ".json")
    if kind is None or file.suffix.casefold() not in looked_into or not file.is_file():
        raise SourceError("error.kind", path=file, known=", ".join(looked_into))
    checked_kind(file)
    if kind.driver == "ESRI Shapefile" and not _has_part(file, ".shx"):
        raise SourceError("error.shapefile_part", path=file, part=".shx")
    options = {}
    if kind.driver == "ESRI Shapefile":
        # A .cpg that is wrong would keep fiona from reading even the names of the columns.
        options["encoding"] = shapefile_encoding(file).name
    return Source(file, kind.driver, looked(file, kind.driver, str(file), **options))


def _has_part(file: Path, suffix: str) -> bool:
    return any(file.with_suffix(each).is_file() for each in (suffix, suffix.upper()))


def looked(path: Path, driver: str, shown: str, **options: str) -> tuple[Layer, ...]:
    """
    List the layers of a file that fiona opens, with the one driver allowed.

    Parameters
    ----------
    path : pathlib.Path
        The file; it has been checked to be what it says it is.
    driver : str
        GDAL driver.
    shown : str
        How messages call it.
    **options : str
        Open options, such as ``encoding``.

    Returns
    -------
    tuple of Layer
        In the order of the file.

    Raises
    ------
    SourceError
        It cannot be opened.
    """
    try:
        names: list[str] = fiona.listlayers(path)
        return tuple(_layer(path, name, driver, options) for name in names)
    except (FionaError, ValueError, OSError, KeyError, SystemError, AttributeError) as error:
        # The last three are how fiona fails on names and types that it does not expect.
        raise SourceError("error.unreadable", path=shown, reason=file_reason(error)) from error


def _layer(path: Path, name: str, driver: str, options: dict[str, str]) -> Layer:
    opened: Callable[..., fiona.Collection] = fiona.open
    with opened(path, layer=name, enabled_drivers=[driver], **options) as collection:
        schema = collection.schema
        return Layer(
            name=name,
            geometry=str(schema["geometry"]),
            columns=tuple(schema["properties"]),
            rows=_length(collection),
            crs_wkt=collection.crs_wkt or "",
        )


def _length(collection: Any) -> int:  # noqa: ANN401 - fiona comes without types
    try:
        return len(collection)
    except TypeError:  # the format does not say
        return -1
