"""Write GeoPackage, FileGDB and FlatGeobuf through pyogrio, part by part."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely

from enping_gis.errors import OutputError
from enping_gis.export.frames import (
    attributes,
    parcel_ids,
    shapes_in,
    short,
    stored_names,
    target_crs,
)
from enping_gis.findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from pyproj import CRS

    from enping_gis.export.options import Options

LAYER = "parcels"
_AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_INVENTORY_TABLE = "enping_inventory"
_GDAL_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.CRSError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyogrio.errors.GeometryError,
)


class LayerWriter:
    """
    Write one layer of a GDAL format.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants.
    """

    driver = ""
    need = "any"

    def __init__(self, path: Path, shown: str, options: Options) -> None:
        self.path, self.shown, self.options = path, shown, options
        self.findings: list[Finding] = []
        self.rows = 0
        self._crs: CRS | None = None
        self._names: dict[str, str] = {}
        self._types: dict[str, np.dtype[Any]] = {}

    def add(self, frame: gpd.GeoDataFrame) -> None:
        """
        Write further rows.

        Parameters
        ----------
        frame : geopandas.GeoDataFrame
            The rows; those after the first ones are brought into their columns and CRS.

        Raises
        ------
        OutputError
            GDAL cannot write them.
        """
        if self._crs is None:
            self._crs = target_crs(frame, self.options.crs, need=self.need)
        ids = parcel_ids(frame)
        table = self._conformed(attributes(frame), ids)
        shapes = self._areal(shapes_in(frame, self._crs), ids)
        layer = gpd.GeoDataFrame(table, geometry=shapes, crs=self._crs)
        try:
            self._write(layer)
        except _GDAL_ERRORS as error:
            raise OutputError("error.output", path=self.shown, reason=error) from error
        self.rows += len(frame)

    def finish(self) -> None:
        """Complete the file."""

    def _areal(self, shapes: npt.NDArray[np.object_], ids: list[str]) -> npt.NDArray[np.object_]:
        """Leave out shapes that a layer of polygons cannot hold."""
        kinds = shapely.get_type_id(shapes)
        odd = ~np.isin(kinds, _AREAL) & ~shapely.is_missing(shapes)
        for at in np.flatnonzero(odd):
            self.findings.append(
                Finding("shape_not_written", "warning", file=self.shown, parcel=ids[at],
                        row=self.rows + int(at) + 1, value=shapes[at].geom_type)
            )  # fmt: skip
        if odd.any():
            shapes = shapes.copy()
            shapes[odd] = None
        return shapes

    def _conformed(self, table: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
        """Bring a part into the columns and types of the first one."""
        if not self._types:
            self._names, findings = self._named([str(each) for each in table.columns])
            self.findings += findings
            self._types = {name: table[name].dtype for name in table.columns}
        result = {}
        for own, stored in self._names.items():
            cells = table.get(own)
            if cells is None:
                cells = pd.Series([None] * len(table), dtype=object)
            result[stored] = _as_type(cells, self._types[own])
            for at in np.flatnonzero(cells.notna() & result[stored].isna()):
                self.findings.append(
                    Finding("cell_not_written", "warning", file=self.shown, field=own,
                            row=self.rows + int(at) + 1, parcel=ids[at],
                            value=short(str(cells.iloc[at])))
                )  # fmt: skip
        for extra in table.columns.difference(list(self._names)):
            self.findings.append(
                Finding("field_late", "warning", file=self.shown, field=str(extra))
            )
        return pd.DataFrame(result, index=pd.RangeIndex(len(table)))

    def _named(self, columns: list[str]) -> tuple[dict[str, str], list[Finding]]:
        return stored_names(columns, {"file": self.shown})

    def _write(self, layer: gpd.GeoDataFrame) -> None:
        pyogrio.write_dataframe(
            layer,
            self.path,
            layer=LAYER,
            driver=self.driver,
            append=self.rows > 0 or self.path.exists(),
            geometry_type="MultiPolygon",
            promote_to_multi=True,
            use_arrow=True,
        )


def _as_type(cells: pd.Series, wanted: np.dtype[Any]) -> pd.Series:
    """Bring cells into the type of the first part; what does not go into it becomes empty."""
    if cells.dtype == wanted:
        return cells
    if wanted.kind == "b":
        flags = [cell if isinstance(cell, bool | np.bool_) else None for cell in cells]
        return pd.Series(flags, dtype="boolean")
    if wanted.kind in "iuf":
        numbers = pd.to_numeric(cells, errors="coerce")
        if wanted.kind == "f":
            return numbers.astype(float)
        return numbers.where(numbers % 1 == 0).astype("Int64")
    texts = [None if pd.isna(cell) else str(cell) for cell in cells]
    return pd.Series(texts, dtype=object)


class GeoPackageWriter(LayerWriter):
    """
    Write a GeoPackage with one layer, ``parcels``.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants, see `LayerWriter`.
    """

    driver = "GPKG"


class GeodatabaseWriter(LayerWriter):
    """
    Write a file geodatabase with one feature class, ``parcels``.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants, see `LayerWriter`.
    """

    driver = "OpenFileGDB"


class FlatGeobufWriter(LayerWriter):
    """
    Write a FlatGeobuf file in the order of the rows, without a spatial index.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants, see `LayerWriter`.
    """

    driver = "FlatGeobuf"

    def __init__(self, path: Path, shown: str, options: Options) -> None:
        super().__init__(path, shown, options)
        # The format cannot be appended to: parts wait in a file beside it.
        self._waiting = path.with_suffix(".arrows")
        self._stream: pa.ipc.RecordBatchStreamWriter | None = None

    def _write(self, layer: gpd.GeoDataFrame) -> None:
        batch = arrow_table(layer)
        if self._stream is None:
            self._schema = batch.schema
            self._stream = pa.ipc.new_stream(str(self._waiting), batch.schema)
        self._stream.write_table(batch.cast(self._schema))

    def finish(self) -> None:
        """
        Write the file from the parts that wait.

        Raises
        ------
        OutputError
            GDAL cannot write it.
        """
        if self._stream is None or self._crs is None:
            return
        self._stream.close()
        try:
            with pa.OSFile(str(self._waiting)) as source, pa.ipc.open_stream(source) as parts:
                pyogrio.write_arrow(
                    parts, self.path, layer=LAYER, driver=self.driver, geometry_name="geometry",
                    geometry_type="MultiPolygon", crs=self._crs.to_wkt(),
                    layer_options={"SPATIAL_INDEX": "NO"},
                )  # fmt: skip
        except _GDAL_ERRORS as error:
            raise OutputError("error.output", path=self.shown, reason=error) from error
        finally:
            self._waiting.unlink(missing_ok=True)


def arrow_table(layer: gpd.GeoDataFrame) -> pa.Table:
    """
    Return a layer as an Arrow table, geometry as WKB of MultiPolygons.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame
        Columns of plain types.

    Returns
    -------
    pyarrow.Table
        Text columns are strings even where all cells are empty.

    Examples
    --------
    >>> arrow_table(gpd.GeoDataFrame({"a": []}, geometry=[])).num_rows
    0
    """
    columns: dict[str, Any] = {}
    for name in layer.columns.drop("geometry"):
        cells = layer[name]
        kind = pa.string() if cells.dtype == object else None
        columns[name] = pa.array(cells, kind, from_pandas=True)
    shapes = layer.geometry.to_numpy()
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    several = shapes.copy()
    several[single] = [shapely.MultiPolygon([shape]) for shape in shapes[single]]
    columns["geometry"] = pa.array(shapely.to_wkb(several), pa.binary())
    return pa.table(columns)


def refuse_inventory(path: Path) -> None:
    """
    Refuse to write parcels over an inventory, which holds far more.

    Parameters
    ----------
    path : pathlib.Path
        A ``.gpkg`` that may be there.

    Raises
    ------
    OutputError
        It is an inventory.

    Examples
    --------
    >>> from pathlib import Path
    >>> refuse_inventory(Path("not there.gpkg"))
    """
    if not path.is_file():
        return
    query = "SELECT count(*) FROM sqlite_master WHERE name = ?"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            (there,) = connection.execute(query, (_INVENTORY_TABLE,)).fetchone()
    except sqlite3.DatabaseError:
        return
    if there:
        raise OutputError("error.exists", path=path)
