"""Hold what a user may ask of a written file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyproj import CRS


@dataclass(frozen=True)
class Options:
    """
    What a file shall be like; each format takes what applies to it.

    Parameters
    ----------
    crs : str, int or pyproj.CRS, optional
        System to write in; by default that of the parcels, or the one the format asks for.
    encoding : str, optional
        Encoding of TXT (default GB18030), Shapefile (GBK) and CSV (UTF-8 with mark).
    fields : {9, 13}
        Form of the headline of a boundary-point file, see `write`.
    prefix : bool
        In a boundary-point file, write the zone number before the easting.
    gcj02 : bool
        In KML, shift the coordinates to GCJ-02.
    """

    crs: str | int | CRS | None = None
    encoding: str | None = None
    fields: int = 9
    prefix: bool = True
    gcj02: bool = False
