"""Write Shapefiles that office programs read: short names, GBK, no text too long."""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyogrio

from enping_gis._resources import shipped_json
from enping_gis.export.frames import renamed, short
from enping_gis.export.gdal import LayerWriter
from enping_gis.findings import Finding

if TYPE_CHECKING:
    import geopandas as gpd

# What a .dbf can hold: bytes of a name, and of a text.
_NAME_BYTES = 10
_TEXT_BYTES = 254
# GDAL gives a number 24 signs; of a larger one it would cut the end.
_LARGEST_NUMBER = 1e22


class ShapefileWriter(LayerWriter):
    """
    Write a Shapefile with short field names, and a table of them beside it.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants, see `LayerWriter`; the encoding is GBK unless said otherwise.
    """

    driver = "ESRI Shapefile"

    def _named(self, columns: list[str]) -> tuple[dict[str, str], list[Finding]]:
        names = short_names(columns, self._codec())
        return names, renamed(names, {"file": self.shown})

    def _codec(self) -> str:
        return self.options.encoding or "GBK"

    def _conformed(self, table: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
        result = super()._conformed(table, ids)
        for own, name in self._names.items():
            if result[name].dtype.kind == "f":
                result[name] = self._held(result[name], ids, own)
            if result[name].dtype == object:
                result[name] = pd.Series(self._cut(result[name], ids, own), dtype=object)
        return result

    def _held(self, numbers: pd.Series, ids: list[str], field: str) -> pd.Series:
        """Leave out numbers that are too large for a field."""
        too_large = numbers.abs() >= _LARGEST_NUMBER
        for at in np.flatnonzero(too_large):
            self.findings.append(
                Finding("cell_not_written", "warning", file=self.shown, row=self.rows + int(at) + 1,
                        parcel=ids[at], field=field, value=str(numbers.iloc[at]))
            )  # fmt: skip
        return numbers.mask(too_large)

    def _cut(self, cells: pd.Series, ids: list[str], field: str) -> list[str | None]:
        codec, fitting = self._codec(), []
        cut = lru_cache(1024)(_fitting)
        for at, cell in enumerate(cells):
            kept = cell
            if cell is not None and (len(cell) > _TEXT_BYTES or not cell.isascii()):
                kept = cut(cell, codec)
                if kept != cell:
                    rule = "text_changed" if len(kept) == len(cell) else "text_shortened"
                    self.findings.append(
                        Finding(rule, "warning", file=self.shown, row=self.rows + at + 1,
                                parcel=ids[at], field=field, value=short(cell))
                    )  # fmt: skip
            fitting.append(kept)
        return fitting

    def _write(self, layer: gpd.GeoDataFrame) -> None:
        pyogrio.write_dataframe(
            layer, self.path, driver=self.driver, append=self.path.exists(),
            encoding=self._codec(), geometry_type="Polygon",
        )  # fmt: skip

    def finish(self) -> None:
        """Write the encoding and the table of fields beside the Shapefile."""
        self.path.with_suffix(".cpg").write_text(self._codec(), encoding="ascii")
        with self.path.with_suffix(".fields.csv").open(
            "w", encoding="utf-8-sig", newline=""
        ) as target:
            writer = csv.writer(target)
            writer.writerow(["field", "column"])
            writer.writerows([new, own] for own, new in self._names.items())


def short_names(columns: list[str], codec: str) -> dict[str, str]:
    """
    Return names of at most 10 bytes, each once, for the fields of a Shapefile.

    Parameters
    ----------
    columns : list of str
        Names of columns.
    codec : str
        Encoding of the .dbf.

    Returns
    -------
    dict of str to str
        Own name -> the usual code of a standard column, else the name cut between characters
        and numbered where it is taken.

    Examples
    --------
    >>> short_names(["parcel_id", "name", "土地使用权人", "土地使用权证"], "GBK")
    {'parcel_id': 'DKBH', 'name': 'DKMC', '土地使用权人': '土地使用权',
    '土地使用权证': '土地使用_2'}
    >>> short_names([], "GBK")
    {}
    """
    codes = shipped_json("fields.json")["shapefile"]
    taken: set[str] = set()
    names: dict[str, str] = {}
    # Standard columns first: an own column of that name steps aside.
    for own in sorted(columns, key=lambda each: each not in codes):
        wish, number = codes.get(own, own) or "F", 1
        name = _bytes_cut(wish, codec, _NAME_BYTES) or "F"
        while name.casefold() in taken:
            number += 1
            tail = f"_{number}"
            name = _bytes_cut(wish, codec, _NAME_BYTES - len(tail)) + tail
        taken.add(name.casefold())
        names[own] = name
    return {own: names[own] for own in columns}


def _fitting(text: str, codec: str) -> str:
    return _bytes_cut(text, codec, _TEXT_BYTES)


def _bytes_cut(text: str, codec: str, most: int) -> str:
    """Cut a text between characters; what the encoding lacks becomes a question mark."""
    raw = text.encode(codec, "replace")
    return raw[:most].decode(codec, "ignore")
