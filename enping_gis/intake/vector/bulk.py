"""Read the layers that GDAL opens, batch by batch, as plain columns and shapes."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.intake.files.encoding import decoded_cells
from enping_gis.intake.files.reasons import file_reason
from enping_gis.intake.raw import Encoding, RawRows
from enping_gis.intake.vector.columns import frame_of, free_columns, iso_text, plain
from enping_gis.intake.vector.declared import declared_crs
from enping_gis.intake.vector.shapes import Shapes, shape_findings, shapes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import numpy.typing as npt

    from enping_gis.intake.raw import Layer

BATCH_ROWS = 65_536
_FAILURES = (
    DataSourceError, DataLayerError, FieldError, FeatureError, GeometryError, pa.ArrowException,
    ValueError, OSError, RuntimeError, SystemError,
)  # fmt: skip
# What GDAL remarks upon and this package says better, or what is of no account here.
_KNOWN_REMARKS = ("is not consistent with type in gpkg_geometry_columns", "organizePolygons")


class Place(NamedTuple):
    """
    Where rows come from.

    Parameters
    ----------
    path : pathlib.Path
        The file that is opened.
    layer : str
        Its layer.
    shown : str
        How messages call the file.
    driver : str
        GDAL driver.
    claimed : int
        Rows that the file says it has, -1 where it does not.
    """

    path: Path
    layer: str
    shown: str
    driver: str
    claimed: int = -1

    @property
    def where(self) -> dict[str, Any]:
        """
        Return file and layer as findings name them.

        Returns
        -------
        dict of str to str
            Keys ``file`` and ``layer``.
        """
        return {"file": self.shown, "layer": self.layer}


class Batch(NamedTuple):
    """
    A batch as GDAL gives it.

    Parameters
    ----------
    table : pyarrow.RecordBatch
        Columns, geometry as well-known binary.
    meta : mapping
        What pyogrio says about the layer.
    start : int
        Rows before this batch.
    remarks : tuple of str
        What GDAL said meanwhile.
    """

    table: Any
    meta: Mapping[str, Any]
    start: int
    remarks: tuple[str, ...]

    @property
    def geometry_name(self) -> str:
        """
        Return the name of the geometry column.

        Returns
        -------
        str
            As it is called in `table`, even where there is none.
        """
        return self.meta["geometry_name"] or "wkb_geometry"

    def wkb(self) -> npt.NDArray[np.object_] | None:
        """
        Return the geometry.

        Returns
        -------
        numpy.ndarray of bytes, or None
            None for a layer without geometry.
        """
        if self.meta["geometry_type"] is None or self.geometry_name not in self.table.schema.names:
            return None
        cells: npt.NDArray[np.object_] = self.table[self.geometry_name].to_numpy(
            zero_copy_only=False
        )
        return cells


def batches(place: Place, **options: object) -> Iterator[Batch]:
    """
    Read a layer batch by batch; a file that is cut off gives the rows before the cut.

    Parameters
    ----------
    place : Place
        The layer; its path is local, and what its name says.
    **options : object
        For `pyogrio.open_arrow`.

    Yields
    ------
    Batch
        At most 65,536 rows each; none for an empty layer is possible.

    Raises
    ------
    SourceError
        Not even the first row can be read.
    """
    done = 0
    try:
        for batch in _stream(place, 0, options):
            yield batch
            done += batch.table.num_rows
    except _FAILURES as error:
        rescued = _rescued(place, done, options)
        if rescued is not None:
            yield rescued
        elif not done:
            reason = file_reason(error)
            raise SourceError("error.unreadable", path=place.shown, reason=reason) from error


def _rescued(place: Place, skip: int, options: dict[str, Any]) -> Batch | None:
    """Read the rows before the one that cannot be read, one by one."""
    found: list[Batch] = []
    try:
        for batch in _stream(place, skip, options, size=1):
            found.append(batch)
            if len(found) == BATCH_ROWS:
                break
    except _FAILURES:
        pass  # it is this one
    if not found:
        return None
    whole = pa.Table.from_batches([each.table for each in found]).combine_chunks()
    return found[0]._replace(table=whole.to_batches()[0])


def _stream(place: Place, skip: int, options: dict[str, Any], size: int = 0) -> Iterator[Batch]:
    # Warnings are caught around each step, not around the whole: between two of them others
    # run, who want their own warnings.
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        source = pyogrio.open_arrow(
            place.path.absolute(), layer=place.layer, use_pyarrow=True, skip_features=skip,
            batch_size=size or BATCH_ROWS, datetime_as_string=True, **options,
        )  # fmt: skip
        meta, reader = source.__enter__()
    ending: Callable[[], object] = lambda: source.__exit__(None, None, None)  # noqa: E731 - used twice
    start = skip
    try:
        while True:
            with warnings.catch_warnings(record=True) as more:
                warnings.simplefilter("always")
                table = next(reader, None)
            if table is None:
                if start == skip == 0:
                    empty = pa.RecordBatch.from_pylist([], schema=reader.schema)
                    yield Batch(empty, meta, 0, _remarks(said))
                return
            yield Batch(table, meta, start, _remarks([*said, *more]))
            said = []
            start += table.num_rows
    finally:
        ending()


def _remarks(said: list[Any]) -> tuple[str, ...]:
    lines = dict.fromkeys(" ".join(str(each.message).split()) for each in said)
    return tuple(line for line in lines if not any(known in line for known in _KNOWN_REMARKS))


def plain_rows(
    batch: Batch,
    place: Place,
    *,
    mend: Callable[[dict[str, npt.NDArray[Any]], Batch], tuple[Finding, ...]] | None = None,
) -> RawRows:
    """
    Make rows of a batch.

    Parameters
    ----------
    batch : Batch
        What GDAL gave.
    place : Place
        Where it is from.
    mend : callable, optional
        Changes columns that GDAL gets wrong; returns findings.

    Returns
    -------
    RawRows
        With findings on this batch, and in the first one on the layer.
    """
    rows = np.arange(batch.start + 1, batch.start + batch.table.num_rows + 1)
    columns, findings = _columns(batch, place, rows)
    if mend is not None:
        findings += mend(columns, batch)
    wkb = batch.wkb()
    shapes = None
    if wkb is not None:
        made = shapes_of(wkb)
        shapes = made.shapes
        findings += shape_findings(made, rows, place.where) + heights_finding(batch, place, made)
    findings += tuple(
        Finding("reader_says", "warning", value=each, **place.where) for each in batch.remarks
    )
    wording = str(batch.meta.get("crs") or "")
    return RawRows(
        frame_of(columns, rows), shapes, place.shown, place.layer, place.driver,
        Encoding("UTF-8", "declared", ""), declared_crs(wording), wording,
        rows_in=len(rows), findings=findings,
    )  # fmt: skip


def _columns(
    batch: Batch, place: Place, rows: npt.NDArray[np.int64]
) -> tuple[dict[str, npt.NDArray[Any]], tuple[Finding, ...]]:
    left_out = {batch.geometry_name, batch.meta.get("fid_column")}
    own = [name for name in batch.table.schema.names if name not in left_out]
    names, renamed = free_columns(own, place.where)
    findings = list(renamed) if batch.start == 0 else []
    columns = {}
    kinds = dict(zip(batch.meta.get("fields", ()), batch.meta.get("ogr_types", ()), strict=True))
    for name, source in zip(names, own, strict=True):
        cells = batch.table[source]
        if kinds.get(source) in {"OFTDateTime", "OFTTime"} and pa.types.is_string(cells.type):
            cells = iso_text(cells)
            if place.driver == "OpenFileGDB":  # it has no time zones, GDAL makes one up
                cells = pc.replace_substring_regex(cells, r"Z$", "")
        try:
            values = plain(cells)
        except (UnicodeDecodeError, pa.ArrowException):
            # A file that says UTF-8 may hold anything.
            values, doubtful = decoded_cells(cells.cast(pa.binary()).to_pylist())
            for position, rule in doubtful.items():
                findings.append(
                    Finding(rule, "warning", row=int(rows[position]), field=name,
                            value=str(values[position]), **place.where)
                )  # fmt: skip
        if values is not None:
            columns[name] = values
        elif batch.start == 0:
            findings.append(Finding("column_bytes", "warning", field=name, **place.where))
    return columns, tuple(findings)


def heights_finding(batch: Batch, place: Place, made: Shapes) -> tuple[Finding, ...]:
    """
    Say once that heights or measures are dropped.

    Parameters
    ----------
    batch : Batch
        A batch.
    place : Place
        Where it is from.
    made : Shapes
        Its geometry.

    Returns
    -------
    tuple of Finding
        Empty where the layer is flat, and after the first batch.
    """
    declared = str(batch.meta["geometry_type"] or "")
    flat = not declared.endswith((" Z", " M", " ZM")) and not declared.startswith(("2.5D", "3D"))
    if batch.start or flat or not len(made.shapes):
        return ()
    return (Finding("heights_dropped", "info", value=declared, **place.where),)


def all_rows(
    place: Place,
    *,
    mend: Callable[[dict[str, npt.NDArray[Any]], Batch], tuple[Finding, ...]] | None = None,
    **options: object,
) -> Iterator[RawRows]:
    """
    Read a layer to its end, and say where it has fewer rows than it claims.

    Parameters
    ----------
    place : Place
        The layer.
    mend : callable, optional
        Changes columns that GDAL gets wrong; returns findings.
    **options : object
        For `pyogrio.open_arrow`.

    Yields
    ------
    RawRows
        At most 65,536 rows each; a last one without rows where some are missing.

    Raises
    ------
    SourceError
        Not even the first row can be read.
    """
    read, rows = 0, None
    for batch in batches(place, **options):
        rows = plain_rows(batch, place, mend=mend)
        read += len(rows.frame)
        yield rows
    if rows is not None and read < place.claimed:
        values: dict[str, object] = {"claimed": place.claimed, "read": read}
        missing = Finding("rows_missing", "error", value=str(read), values=values, **place.where)
        shapes = None if rows.shapes is None else rows.shapes[:0]
        yield replace(
            rows, frame=rows.frame.iloc[:0], shapes=shapes,
            rows_in=place.claimed - read, findings=(missing,),
        )  # fmt: skip


def chosen_layer(known: Mapping[str, Layer], place: Place) -> Layer:
    """
    Return the layer asked for.

    Parameters
    ----------
    known : mapping of str to Layer
        Layers of the file by name.
    place : Place
        The file and the name.

    Returns
    -------
    Layer
        The layer.

    Raises
    ------
    SourceError
        There is none of that name.
    """
    if place.layer not in known:
        listed = ", ".join(known)
        raise SourceError("error.layer", path=place.shown, value=place.layer, known=listed)
    return known[place.layer]
