"""Write parcels in the formats that planners use, whole or part by part."""

from __future__ import annotations

import codecs
import os
import re
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import geopandas as gpd

from enping_gis.atomic import replacing, replacing_folder, replacing_parts
from enping_gis.errors import OutputError, SourceError
from enping_gis.export.boundary_points import BoundaryPointWriter
from enping_gis.export.drawing import DrawingWriter
from enping_gis.export.frames import empty_parcels
from enping_gis.export.gdal import (
    FlatGeobufWriter,
    GeodatabaseWriter,
    GeoPackageWriter,
    refuse_inventory,
)
from enping_gis.export.options import Options
from enping_gis.export.parquet import ParquetWriter
from enping_gis.export.shapefile import ShapefileWriter
from enping_gis.export.sheets import WorkbookWriter
from enping_gis.export.texts import CSVWriter, GeoJSONWriter, KMLWriter, KMZWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from pyproj import CRS

    from enping_gis.findings import Finding


class _Writer(Protocol):
    findings: list[Finding]

    def add(self, frame: gpd.GeoDataFrame) -> None: ...

    def finish(self) -> None: ...


_WRITERS: dict[str, Callable[[Path, str, Options], _Writer]] = {
    ".csv": CSVWriter,
    ".dxf": DrawingWriter,
    ".fgb": FlatGeobufWriter,
    ".gdb": GeodatabaseWriter,
    ".geojson": GeoJSONWriter,
    ".gpkg": GeoPackageWriter,
    ".json": GeoJSONWriter,
    ".kml": KMLWriter,
    ".kmz": KMZWriter,
    ".ovkml": KMLWriter,
    ".ovkmz": KMZWriter,
    ".parquet": ParquetWriter,
    ".shp": ShapefileWriter,
    ".txt": BoundaryPointWriter,
    ".xlsx": WorkbookWriter,
}
# Formats that GDAL writes; it takes some signs in a path for the end of a name.
_OF_GDAL = frozenset({".fgb", ".gdb", ".gpkg", ".shp"})
_PLAIN = re.compile(r"[\w /.:()~-]*")
_MAPS = frozenset({".kml", ".kmz", ".ovkml", ".ovkmz"})
# What libraries below take for an address or a path of their own.
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:[/\\]|[/\\]+vsi[a-z0-9]+[/\\]", re.IGNORECASE)
_ATOMIC = {".gdb": replacing_folder, ".shp": replacing_parts}


def write(
    parcels: gpd.GeoDataFrame,
    path: str | os.PathLike[str],
    *,
    crs: str | int | CRS | None = None,
    encoding: str | None = None,
    fields: int = 9,
    prefix: bool = True,
    gcj02: bool = False,
) -> tuple[Finding, ...]:
    """
    Write parcels to a file; its suffix says in which format.

    ``.gpkg``, ``.gdb``, ``.shp``, ``.fgb``, ``.parquet``, ``.geojson``, ``.kml``, ``.kmz``,
    ``.dxf``, ``.csv``, ``.xlsx``, and ``.txt`` for boundary points. An old file is replaced
    when the new one is complete, and left alone when something fails; an inventory is never
    replaced. Geometry keeps its place to a millimetre.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        The parcels, with a CRS.
    path : path-like
        The file.
    crs : str, int or pyproj.CRS, optional
        System to write in; by default that of the parcels. GeoJSON and KML are in WGS 84;
        boundary points in a Gauss-Kruger zone, drawings in metres.
    encoding : str, optional
        Encoding of boundary points (by default GB18030, of which GBK is a part), of a Shapefile
        (GBK) and of CSV (UTF-8 with a mark, as Excel likes it).
    fields : {9, 13}
        Headline of boundary points: the eight fields of the norm and the mark ``@``, or
        thirteen fields and the mark.
    prefix : bool
        Boundary points: write the zone number before the easting.
    gcj02 : bool
        KML: shift to GCJ-02 for Chinese map programs; the file says so. Nothing else is ever
        shifted.

    Returns
    -------
    tuple of Finding
        What the format could not take as it is: columns renamed, texts cut, rows left out.

    Raises
    ------
    OutputError
        The file cannot be written, or there is no such format.
    CRSError
        The parcels have no CRS, or the one asked for does not go with the format.
    SourceError
        There is no such encoding.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> [each.value for each in write(empty_parcels()[["name", "geometry"]], folder / "a.shp")]
    ['DKMC']
    >>> len(gpd.read_file(folder / "a.shp"))
    0
    """
    with Sink(path, crs=crs, encoding=encoding, fields=fields, prefix=prefix, gcj02=gcj02) as sink:
        sink.add(parcels)
    return sink.findings


class Sink:
    """
    Take in parcels part by part and write them to one file, in constant memory.

    The file takes its place when the ``with`` block ends well; else nothing changes.

    Parameters
    ----------
    path : path-like
        The file; its suffix says in which format.
    **options : Any
        Those of `write`.

    Raises
    ------
    OutputError
        There is no such format, the path is an address, or the format is never shifted.
    SourceError
        There is no such encoding.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "plots.geojson"
    >>> with Sink(target) as sink:
    ...     sink.add(empty_parcels())
    >>> len(gpd.read_file(target))
    0
    """

    def __init__(self, path: str | os.PathLike[str], **options: Any) -> None:  # noqa: ANN401 - Options has their types
        self.path = Path(path)
        self.options = Options(**options)
        self.findings: tuple[Finding, ...] = ()
        self._suffix = self.path.suffix.casefold()
        if self._suffix not in _WRITERS:
            raise OutputError("error.output_kind", path=path, known=", ".join(sorted(_WRITERS)))
        if _ELSEWHERE.match(os.fsdecode(path)):
            raise OutputError("error.output_not_local", path=path)
        if self.options.gcj02 and self._suffix not in _MAPS:
            raise OutputError("error.gcj02_kml", path=path)
        if self.options.encoding is not None and not _is_text_codec(self.options.encoding):
            raise SourceError("error.encoding", value=self.options.encoding)
        self._stack = ExitStack()
        self._writer: _Writer | None = None
        self._is_empty = True

    def __enter__(self) -> Self:
        """Open a temporary file beside the one to be written."""
        if self._suffix == ".gpkg":
            refuse_inventory(self.path)
        atomic = _ATOMIC.get(self._suffix, replacing)
        temporary = self._stack.enter_context(atomic(self.path))
        if self._suffix in _OF_GDAL and not _PLAIN.fullmatch(temporary.as_posix()):
            temporary = self._stack.enter_context(_plain_place(temporary))
        try:
            self._writer = _WRITERS[self._suffix](temporary, str(self.path), self.options)
        except BaseException:
            self._stack.close()
            raise
        return self

    def add(self, parcels: gpd.GeoDataFrame) -> None:
        """
        Write further parcels.

        Parameters
        ----------
        parcels : geopandas.GeoDataFrame
            The parcels, with a CRS; those that come later are brought into the columns and the
            CRS of the first ones.

        Raises
        ------
        OutputError
            The sink is not open, or the file cannot be written.
        """
        if self._writer is None:
            raise OutputError("error.sink_closed", path=self.path)
        if not isinstance(parcels, gpd.GeoDataFrame):
            parcels = gpd.GeoDataFrame(parcels, geometry=[None] * len(parcels), crs=4546)
        try:
            self._writer.add(parcels)
        except UnicodeEncodeError as error:
            lost = error.object[error.start : error.end]
            raise OutputError(
                "error.output_encoding", path=self.path, value=lost, encoding=error.encoding
            ) from error
        self._is_empty = False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put the file in its place, or leave the old one there when something failed."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        if error is None:
            try:
                if self._is_empty:
                    writer.add(empty_parcels())
                writer.finish()
            except BaseException as failure:
                self._abandon(writer, failure)
                raise
            self._stack.close()
            self.findings = tuple(writer.findings)
        else:
            self._abandon(writer, error)

    def _abandon(self, writer: _Writer, error: BaseException) -> None:
        close = getattr(writer, "close", None)
        if close is not None:
            close()
        # The contexts see the error and leave the old file in its place.
        self._stack.__exit__(type(error), error, error.__traceback__)


@contextmanager
def _plain_place(path: Path) -> Iterator[Path]:
    """Give a path without odd signs, and move what was written there to the one that has them."""
    with tempfile.TemporaryDirectory(prefix="enping-", ignore_cleanup_errors=True) as folder:
        plain = Path(folder) / f"plots{path.suffix}"
        yield plain
        for part in Path(folder).glob("plots.*"):
            shutil.move(part, path.with_name(path.stem + part.name.removeprefix("plots")))


def _is_text_codec(name: str) -> bool:
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return codec._is_text_encoding  # noqa: SLF001 - the only way to ask
