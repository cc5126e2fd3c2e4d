"""Hold what a reader found in a file, before and after its coordinates are decoded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from pyproj import CRS

    from enping_gis.findings import Finding

# Row of the source, counted from 1 (in a table: the row of the sheet): the place that every
# message about a row names.
ROW = "_row"

Datum = Literal["", "cgcs2000", "wgs84", "xian80", "beijing54", "gcj02", "bd09"]


class Layer(NamedTuple):
    """
    One layer as it lies in a file.

    Parameters
    ----------
    name : str
        Its name; of a workbook, the sheet.
    geometry : str
        Declared geometry type, ``"None"`` for a plain table, ``"Unknown"`` where not declared.
    columns : tuple of str
        Its attribute columns, empty where they are known only after reading.
    rows : int
        Number of features that the file claims, -1 where it claims none.
    crs_wkt : str
        Coordinate system as the file states it, empty where it states none.
    """

    name: str
    geometry: str
    columns: tuple[str, ...] = ()
    rows: int = -1
    crs_wkt: str = ""

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


class Member(NamedTuple):
    """
    One readable file: the source itself, or a part of an archive or a folder.

    Parameters
    ----------
    path : pathlib.Path
        Where it lies now; of an archive, its unpacked copy.
    shown : str
        How messages call it, such as ``plots.zip/a.shp``.
    kind : str
        Key of `enping_gis.intake.files.look.KINDS`, such as ``".shp"``.
    """

    path: Path
    shown: str
    kind: str


class Hints(NamedTuple):
    """
    What a file says, or its kind implies, about its coordinates besides a CRS.

    Parameters
    ----------
    datum : str
        Datum it names, empty where it names none.
    said : str
        The wording in the file, for messages.
    northing_first : bool
        The rule of this kind of file is northing before easting.
    zone, zone_width_deg : int or None
        Zone number and width of the zones, as the header says.
    unit : {"", "metre", "degree", "dms"}
        Unit it names; ``dms`` is degrees, minutes and seconds packed as ddd.mmssss.
    gauss_kruger_only : bool
        The kind of file is defined for Gauss-Kruger coordinates or degrees alone.
    """

    datum: Datum = ""
    said: str = ""
    northing_first: bool = False
    zone: int | None = None
    zone_width_deg: int | None = None
    unit: Literal["", "metre", "degree", "dms"] = ""
    gauss_kruger_only: bool = False


class Encoding(NamedTuple):
    """
    An encoding, and how it was found.

    Parameters
    ----------
    name : str
        Name that Python and GDAL know.
    how : {"declared", "detected", "option"}
        Said by the .cpg file, or found in the bytes because nothing fitting was said.
    declared : str
        What the .cpg file says, empty without one.
    """

    name: str
    how: str
    declared: str


class Decision(NamedTuple):
    """
    A coordinate system, and how it was found.

    Parameters
    ----------
    crs : pyproj.CRS
        The system.
    how : {"option", "declared", "extent", "reference"}
        Asked for, said by the file, the only one that puts the numbers into the county, or
        told by plots that are known.
    decoders : tuple of str
        What was done to the numbers: ``swapped_axes``, ``zone_prefix``,
        ``zone_prefix_missing``, ``six_degree``, ``other_zone``, ``degrees``, ``metres``,
        ``web_mercator``, ``gcj02``, ``bd09``, ``dms``, ``datum_shift``, ``mixed_zones``,
        ``mixed_axes``.
    settled : bool
        False where no plot had coordinates, so that a later part of the layer decides.
    """

    crs: CRS
    how: str
    decoders: tuple[str, ...] = ()
    settled: bool = True


@dataclass(frozen=True)
class RawRows:
    """
    Rows as they stand in a file: nothing decoded, nothing interpreted.

    Parameters
    ----------
    frame : pandas.DataFrame
        The source's own columns and `ROW`, RangeIndex.
    shapes : numpy.ndarray of shapely geometries, shape (n,), or None
        Geometry in the file's own numbers, its first number as x; None for a plain table.
    file, layer, driver : str
        Where it is from, as messages name it, and the driver or reader.
    encoding : Encoding
        Encoding of its texts.
    declared : pyproj.CRS or None
        CRS that the file declares and PROJ understands.
    declared_text : str
        The same as the file writes it, empty where it says nothing.
    hints : Hints
        What else it says about its coordinates.
    rows_in : int
        Rows of the source that this batch stands for, with those kept aside.
    findings : tuple of Finding
        What the reader noticed.
    letters : mapping of str to str
        Of a table: column name -> letter of its column in the sheet.
    """

    frame: pd.DataFrame
    shapes: npt.NDArray[np.object_] | None
    file: str
    layer: str
    driver: str
    encoding: Encoding
    declared: CRS | None = None
    declared_text: str = ""
    hints: Hints = Hints()  # noqa: RUF009 - a named tuple cannot change
    rows_in: int = 0
    findings: tuple[Finding, ...] = ()
    letters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RawLayer:
    """
    A layer in a known coordinate system, before any of its words is interpreted.

    Parameters
    ----------
    frame : pandas.DataFrame or geopandas.GeoDataFrame
        The source's own columns, `ROW`, and polygons as MultiPolygon in the decided CRS; a
        plain DataFrame for a table without geometry.
    file, layer : str
        Where it is from.
    driver : str
        GDAL driver or reader.
    encoding : Encoding
        Encoding of its texts.
    decision : Decision or None
        Its coordinate system and how that was found; None without geometry.
    rows_in : int
        Rows in the source, with those kept aside.
    findings : tuple of Finding
        What was noticed on the way.
    letters : mapping of str to str
        Of a table: column name -> letter of its column in the sheet.
    """

    frame: gpd.GeoDataFrame
    file: str
    layer: str
    driver: str
    encoding: Encoding
    decision: Decision | None
    rows_in: int
    findings: tuple[Finding, ...]
    letters: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """
        Return the source's own columns.

        Returns
        -------
        list of str
            Without the geometry and `ROW`.
        """
        return [column for column in self.frame.columns if column not in {ROW, "geometry"}]
