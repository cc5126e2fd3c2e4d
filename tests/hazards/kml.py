"""Write KML, plain or odd."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import shapely

from tests.hazards.land import PLOTS, moved

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.hazards.land import Plot

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.opengis.net/kml/2.2"'


def coordinates(ring: shapely.LinearRing, *, height: str = ",0") -> str:
    """Return the points of a ring, ten decimals: a hundredth of a millimetre."""
    return " ".join(f"{east:.10f},{north:.10f}{height}" for east, north in ring.coords)


def polygon(shape: shapely.Polygon, *, height: str = ",0") -> str:
    """Return a polygon in degrees as an element."""
    inner = "".join(
        f"<innerBoundaryIs><LinearRing><coordinates>{coordinates(ring, height=height)}"
        "</coordinates></LinearRing></innerBoundaryIs>"
        for ring in shape.interiors
    )
    return (
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{coordinates(shape.exterior, height=height)}"
        f"</coordinates></LinearRing></outerBoundaryIs>{inner}</Polygon>"
    )


def geometry(shape: shapely.Geometry) -> str:
    """Return a polygon, or parts under one roof."""
    shapes = [polygon(part) for part in shapely.get_parts(shape)]
    return shapes[0] if len(shapes) == 1 else f"<MultiGeometry>{''.join(shapes)}</MultiGeometry>"


def data(plot: Plot) -> str:
    """Return the code as extended data."""
    return f'<ExtendedData><Data name="地块编号"><value>{plot.code}</value></Data></ExtendedData>'


def placemark(plot: Plot, shape: str = "", extra: str = "") -> str:
    """Return a plot, with its shape in degrees unless it is given."""
    own = shape or geometry(moved(plot.shape, 4326))
    return f"<Placemark><name>{plot.name}</name>{extra or data(plot)}{own}</Placemark>"


def document(content: str, *, head: str = HEAD, root: str = SPACE) -> str:
    """Return a document around placemarks."""
    return f"{head}<kml {root}><Document><name>图层</name>{content}</Document></kml>"


def kml(
    path: Path,
    plots: Sequence[Plot] = PLOTS,
    *,
    mark: Callable[[Plot], str] = placemark,
    wrap: Callable[[str], str] = document,
    encoding: str = "utf-8",
) -> Path:
    """Write plots as KML."""
    path.write_text(wrap("".join(map(mark, plots))), encoding=encoding)
    return path


def kmz(path: Path, plots: Sequence[Plot] = PLOTS, *, member: str = "doc.kml") -> Path:
    """Write plots as KMZ."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, document("".join(map(placemark, plots))))
    return path
