"""Read GeoParquet batch by batch."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from enping_gis.errors import SourceError
from enping_gis.intake.files.reasons import file_reason
from enping_gis.intake.raw import Layer
from enping_gis.intake.vector.bulk import BATCH_ROWS, Batch, Place, plain_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enping_gis.intake.raw import RawRows

# The standard's own default where the metadata says nothing.
_DEFAULT_CRS = "OGC:CRS84"
_FAILURES = (pa.ArrowException, OSError, ValueError, TypeError, KeyError)
_USUAL_NAMES = ("geometry", "geom", "wkb_geometry", "shape")


def parquet_layers(path: Path, shown: str) -> tuple[Layer, ...]:
    """
    Look into a GeoParquet file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    shown : str
        How messages call it.

    Returns
    -------
    tuple of Layer
        Its one layer, named after the file.

    Raises
    ------
    SourceError
        It is damaged.
    """
    with _opened(path, shown) as (file, column, about):
        kinds = about.get("geometry_types") or ["Unknown"]
        return (
            Layer(
                path.stem, "/".join(map(str, kinds)) if column else "None",
                tuple(name for name in file.schema_arrow.names if name != column),
                file.metadata.num_rows, _crs(about) if column else "",
            ),
        )  # fmt: skip


@contextmanager
def _opened(path: Path, shown: str) -> Iterator[tuple[Any, str, dict[str, Any]]]:
    """Open a file; say which column has the geometry, and what is said about it."""
    try:
        with path.open("rb") as stream:
            file = pq.ParquetFile(stream)
            raw = (file.schema_arrow.metadata or {}).get(b"geo")
            geo = json.loads(raw) if raw else {}
            column = str(geo.get("primary_column", ""))
            names = file.schema_arrow.names
            if column not in names:
                column = next((name for name in names if _holds_wkb(file, name)), "")
                yield file, column, {"crs": None}
            else:
                yield file, column, dict(geo["columns"][column])
    except _FAILURES as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError("error.unreadable", path=shown, reason=file_reason(error)) from error


def _holds_wkb(file: Any, name: str) -> bool:  # noqa: ANN401 - Arrow comes without types
    kind = file.schema_arrow.field(name).type
    return name.casefold() in _USUAL_NAMES and pa.types.is_binary(kind)


def _crs(about: dict[str, Any]) -> str:
    crs = about.get("crs", _DEFAULT_CRS)
    return crs if isinstance(crs, str) else json.dumps(crs) if crs else ""


def parquet_rows(path: Path, layer: str, shown: str) -> Iterator[RawRows]:
    """
    Read a GeoParquet file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    layer : str
        Its one layer.
    shown : str
        How messages call it.

    Yields
    ------
    RawRows
        At most 65,536 rows each.

    Raises
    ------
    SourceError
        It is damaged.
    """
    place = Place(path, layer, shown, "Parquet")
    with _opened(path, shown) as (file, column, about):
        kinds = about.get("geometry_types") or ["Unknown"]
        meta = {
            "crs": _crs(about), "geometry_name": column or "wkb_geometry",
            "geometry_type": "/".join(map(str, kinds)) if column else None, "fid_column": "",
        }  # fmt: skip
        start = 0
        for table in file.iter_batches(BATCH_ROWS, use_threads=False):
            whole = _with_wkb(table, column) if column else table
            yield plain_rows(Batch(whole, meta, start, ()), place)
            start += table.num_rows
        if not start:
            empty = pa.RecordBatch.from_pylist([], schema=file.schema_arrow)
            yield plain_rows(Batch(empty, meta, 0, ()), place)


def _with_wkb(table: Any, column: str) -> Any:  # noqa: ANN401 - Arrow comes without types
    """Turn geometry in Arrow's own encodings into well-known binary."""
    cells = table[column]
    kind = cells.type.storage_type if isinstance(cells.type, pa.ExtensionType) else cells.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return table
    shapes = [_shape(cell) for cell in cells.to_pylist()]
    wkb = pa.array(shapely.to_wkb(np.array([*shapes, None], dtype=object)[:-1]), pa.binary())
    return table.set_column(table.schema.get_field_index(column), column, wkb)


def _shape(cell: Any) -> shapely.Geometry | None:  # noqa: ANN401 - nested lists of points
    """Make a polygon of lists of rings, or a multipolygon of lists of those."""
    if not cell:
        return None
    if isinstance(cell[0][0], list) and not isinstance(cell[0][0][0], float):
        return shapely.MultiPolygon([_shape(part) for part in cell])
    rings = [[(p["x"], p["y"]) if isinstance(p, dict) else p[:2] for p in ring] for ring in cell]
    return shapely.Polygon(rings[0], rings[1:])
