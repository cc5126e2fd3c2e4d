"""Write boundary-point TXT files as the exchange format has them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from pyproj import CRS

from enping_gis._resources import shipped_json
from enping_gis.crs import WGS84, lonlat_extent, working_crs
from enping_gis.errors import CRSError, OutputError
from enping_gis.export.columns import cells_of
from enping_gis.export.frames import rings_of, target_crs, without_shape
from enping_gis.export.texts import TextWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd
    import numpy.typing as npt
    import pandas as pd

    from enping_gis.export.options import Options

# Families of CGCS2000 / Gauss-Kruger in the EPSG register: first code, number of zones, number
# of the first zone, width in degrees, and whether the easting begins with the zone number.
_FAMILIES = (
    (4491, 11, 13, 6, True),
    (4502, 11, 13, 6, False),
    (4513, 21, 25, 3, True),
    (4534, 21, 25, 3, False),
)
# Millimetres, as surveys print.
_DECIMALS = 3
_SQUARE_M_PER_HA = 10_000.0
_MU_PER_HA = 15.0
_FORMS = {9: 8, 13: 13}
_SEPARATORS = str.maketrans({",": "\uff0c", "\n": " ", "\r": " ", "\t": " ", "@": "\uff20"})


class Zone(NamedTuple):
    """
    A zone of the Gauss-Kruger projection on CGCS2000.

    Parameters
    ----------
    number, width_deg : int
        Its number and width.
    crs : pyproj.CRS
        The system, with or without the zone number in the easting.
    """

    number: int
    width_deg: int
    crs: CRS


def zone_of(crs: CRS, *, prefix: bool) -> Zone | None:
    """
    Return the Gauss-Kruger zone that a system is about.

    Parameters
    ----------
    crs : pyproj.CRS
        Any system.
    prefix : bool
        Return the system with the zone number before the easting.

    Returns
    -------
    Zone or None
        None for what is no Gauss-Kruger system on CGCS2000.

    Examples
    --------
    >>> zone_of(CRS.from_epsg(4546), prefix=True).crs.to_epsg()
    4525
    >>> zone_of(WGS84, prefix=True) is None
    True
    """
    code = crs.to_epsg()
    for first, count, zone, width, _ in _FAMILIES:
        if code is not None and first <= code < first + count:
            wanted = next(f for f in _FAMILIES if f[3] == width and f[4] == prefix)
            return Zone(zone + code - first, width, CRS.from_epsg(wanted[0] + code - first))
    return None


class BoundaryPointWriter(TextWriter):
    """
    Write plots as boundary points: northing first, outer rings clockwise from the north-west.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants; the encoding is GB18030, of which GBK is a part, unless said
        otherwise.
    """

    need = "metres"

    def __init__(self, path: Path, shown: str, options: Options) -> None:
        super().__init__(path, shown, options)
        if options.fields not in _FORMS:
            known = ", ".join(map(str, _FORMS))
            raise OutputError("error.headline_fields", value=options.fields, known=known)
        wish = (options.encoding or "gb18030").casefold()
        self.encoding = "gb18030" if wish in {"gbk", "gb2312", "936", "cp936"} else wish

    def add(self, frame: gpd.GeoDataFrame) -> None:
        """
        Write further plots.

        Parameters
        ----------
        frame : geopandas.GeoDataFrame
            The plots.

        Raises
        ------
        CRSError
            The system is none of Gauss-Kruger on CGCS2000.
        """
        if self._crs is None:
            chosen = target_crs(frame, self.options.crs, need=self.need)
            zone = zone_of(chosen, prefix=self.options.prefix)
            if zone is None and self.options.crs is None and len(frame):
                degrees = lonlat_extent(frame.total_bounds, frame.crs)
                zone = zone_of(working_crs(WGS84, degrees), prefix=self.options.prefix)
            if zone is None:
                raise CRSError("error.crs_not_gauss", value=chosen.name)
            self._zone, self._crs = zone, zone.crs
        super().add(frame)

    def _begin(self, frame: gpd.GeoDataFrame) -> str:  # noqa: ARG002 - the same for all
        table = shipped_json("points.json")
        said = {
            table["keys"]["zone_width"][0]: str(self._zone.width_deg),
            table["keys"]["zone"][0]: str(self._zone.number),
        }
        lines = [f"{key}={said.get(key, value)}" for key, value in table["header"]]
        return "\r\n".join([f"[{table['section']}]", *lines, f"[{table['body']}]", ""])

    def _lines(
        self, frame: gpd.GeoDataFrame, table: pd.DataFrame, shapes: npt.NDArray[np.object_]
    ) -> Iterator[str]:
        self.findings += without_shape(frame, shapes, self.rows + 1, {"file": self.shown})
        names = shipped_json("points.json")["fields"][: _FORMS[self.options.fields]]
        planar = shapely.area(shapes).tolist()
        empty = [None] * len(table)
        wanted = ("stated_ha", "stated_mu", *names)
        cells = {name: list(table.get(name, empty)) for name in wanted}
        cells |= {name: cells_of(table, name) for name in ("parcel_id", "name")}
        for at, parts in enumerate(rings_of(shapes)):
            if parts:
                points = _points(parts)
                own = {name: values[at] for name, values in cells.items()}
                own["area"] = planar[at]
                yield "\r\n".join([self._headline(own, names, len(points), at), *points, ""])

    def _headline(self, own: dict[str, Any], names: list[str], count: int, at: int) -> str:
        """Write the fields in the order of the norm; the area stated goes before the computed."""
        hectares, mu = _number(own["stated_ha"]), _number(own["stated_mu"])
        if hectares is None:
            hectares = own["area"] / _SQUARE_M_PER_HA if mu is None else mu / _MU_PER_HA
        kind = shipped_json("points.json")["area_kind"]
        said = (count, f"{hectares:.4f}", own["parcel_id"], own["name"], kind)
        fields = [*said, *(own[name] for name in names[len(said) :])]
        written = [self._field(cell, at, name) for cell, name in zip(fields, names, strict=True)]
        return ",".join([*written, "@"])

    def _field(self, cell: object, at: int, name: str) -> str:
        if cell is None or cell != cell:  # noqa: PLR0124 - NaN
            return ""
        text = str(cell)
        clean = text.translate(_SEPARATORS).strip()
        if clean != text:
            self._change("text_changed", self.rows + at + 1, name, text)
        return clean


def _number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, int | float) and np.isfinite(cell) else None


def _points(parts: list[list[list[list[float]]]]) -> list[str]:
    """Return the lines of all rings: numbers of points and rings run on through the plot."""
    lines: list[str] = []
    label, number = 0, 0
    for rings in parts:
        for inner, ring in enumerate(rings):
            number += 1
            turned = from_north_west(ring, clockwise=inner == 0)
            for at, (east, north) in enumerate((*turned, turned[0])):
                own = label + 1 + at % len(turned)
                lines.append(f"J{own},{number},{north:.{_DECIMALS}f},{east:.{_DECIMALS}f}")
            label += len(turned)
    return lines


def from_north_west(ring: list[list[float]], *, clockwise: bool) -> list[list[float]]:
    """
    Turn a ring the way asked for, and begin at the point next to its north-west corner.

    Parameters
    ----------
    ring : list of [float, float]
        Corners as ``[x, y]``, x to the east and y to the north, the closing one left out; at
        least one.
    clockwise : bool
        As surveys number an outer ring; an inner one runs the other way.

    Returns
    -------
    list of [float, float]
        The same corners in that order.

    Examples
    --------
    >>> from_north_west([[0, 0], [1, 0], [1, 1], [0, 1]], clockwise=True)
    [[0, 1], [1, 1], [1, 0], [0, 0]]
    """
    x0, y0 = ring[0]
    doubled = sum(
        (x - x0) * (next_y - y0) - (next_x - x0) * (y - y0)
        for (x, y), (next_x, next_y) in pairwise((*ring, ring[0]))
    )
    turned = ring[::-1] if (doubled > 0) == clockwise else ring
    first = min(range(len(turned)), key=lambda at: turned[at][0] - turned[at][1])
    return turned[first:] + turned[:first]
