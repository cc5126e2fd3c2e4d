"""Write GeoParquet, part by part."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from enping_gis.export.gdal import LayerWriter, arrow_table

if TYPE_CHECKING:
    import geopandas as gpd


class ParquetWriter(LayerWriter):
    """
    Write GeoParquet 1.0 with WKB geometry.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants, see `LayerWriter`.
    """

    _open: pq.ParquetWriter | None = None

    def _write(self, layer: gpd.GeoDataFrame) -> None:
        table = arrow_table(layer)
        if self._open is None:
            assert self._crs is not None  # noqa: S101 - add() has chosen it
            geometry = {
                "encoding": "WKB",
                "geometry_types": ["MultiPolygon"],
                "crs": self._crs.to_json_dict(),
            }
            meta = {
                "version": "1.0.0",
                "primary_column": "geometry",
                "columns": {"geometry": geometry},
            }
            schema = table.schema.with_metadata({"geo": json.dumps(meta)})
            self._open = pq.ParquetWriter(self.path, schema)
        self._open.write_table(table.cast(self._open.schema))

    def finish(self) -> None:
        """Write the end of the file."""
        if self._open is not None:
            self._open.close()

    def close(self) -> None:
        """Close the file after a failure."""
        self.finish()
