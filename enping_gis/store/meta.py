"""Say what an inventory is: working CRS, day, county, area method."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, cast, get_args

from enping_gis.crs import Extent, parsed_crs
from enping_gis.errors import SourceError
from enping_gis.store.merge import new_origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyproj import CRS

    from enping_gis.store.place import Place

DEMO_ORIGIN = "demo"
AreaMethod = Literal["ellipsoidal", "planar", "geodesic"]


@dataclass(frozen=True)
class InventoryMeta:
    """
    What an inventory says of itself.

    Parameters
    ----------
    crs : pyproj.CRS
        Working CRS, projected, in metres.
    as_of : datetime.date or None
        The day its figures are of; None means today.
    county_extent : Extent or None
        Box of the county in degrees; None where nothing is known of the county.
    area_method : {"ellipsoidal", "planar", "geodesic"}
        Method of its printed areas.
    name : str
        What it is called.
    origin : str
        Name of the chain that its own new events go to.
    is_demo : bool
        It began as the demonstration inventory.
    source_path : pathlib.Path, Database or None
        The file, or the schema of a database, it was opened from.
    revision : int
        How often that file had been written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from pyproj import CRS
    >>> meta = InventoryMeta(CRS.from_epsg(4546), as_of=date(2023, 3, 30))
    >>> InventoryMeta.read(meta.written(), Path("plots.gpkg")).as_of.isoformat()
    '2023-03-30'
    """

    crs: CRS
    as_of: date | None = None
    county_extent: Extent | None = None
    area_method: AreaMethod = "ellipsoidal"
    name: str = ""
    origin: str = ""
    is_demo: bool = False
    source_path: Place | None = None
    revision: int = 0

    @classmethod
    def read(cls, written: Mapping[str, str], path: Place) -> InventoryMeta:
        """
        Read what a file says of itself.

        Parameters
        ----------
        written : mapping of str to str
            As `written` gave it.
        path : pathlib.Path
            The file.

        Returns
        -------
        InventoryMeta
            The same, typed.

        Raises
        ------
        SourceError
            A value is missing or cannot be read.
        """
        try:
            extent = json.loads(written.get("county_extent") or "null")
            day = written.get("as_of")
            return cls(
                parsed_crs(written["crs"]),
                as_of=date.fromisoformat(day) if day else None,
                county_extent=Extent(*extent) if extent else None,
                area_method=_method(written.get("area_method")),
                name=written.get("name", path.stem),
                origin=written.get("origin", ""),
                is_demo=written.get("is_demo") == "1",
                source_path=path,
                revision=int(written.get("revision", "0")),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise SourceError("error.not_inventory", path=path, reason=error) from error

    def written(self) -> dict[str, str]:
        """
        Return what is to be written into the file.

        Returns
        -------
        dict of str to str
            All values as text; a demonstration copy gets an origin of its own.
        """
        code = self.crs.to_epsg()
        return {
            "version": "1",
            "name": self.name,
            "crs": self.crs.to_wkt() if code is None else f"EPSG:{code}",
            "as_of": "" if self.as_of is None else self.as_of.isoformat(),
            "area_method": self.area_method,
            "county_extent": json.dumps(self.county_extent),
            "origin": new_origin() if self.origin in {"", DEMO_ORIGIN} else self.origin,
            "is_demo": str(int(self.is_demo)),
        }


def _method(written: str | None) -> AreaMethod:
    for method in get_args(AreaMethod):
        if method == (written or "ellipsoidal"):
            return cast("AreaMethod", method)
    msg = f"area_method={written}"
    raise ValueError(msg)
