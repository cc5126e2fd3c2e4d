"""What the drawings of one inventory have in common: shapes, colours, borders, labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.measure.standing import status_on
from enping_gis.messages import text
from enping_gis.reports.marks import Shape, Words, text_width_mm
from enping_gis.reports.view import GREY, INK
from enping_gis.schema import synthetic_rows
from enping_gis.viewer.shapes import polygonal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from enping_gis.inventory import Inventory
    from enping_gis.messages import Language
    from enping_gis.reports.view import Room, View

    Dashes = tuple[float, ...]

_DOTTED, _DASHED, _LONG = (0.45, 0.6), (1.3, 0.8), (2.4, 1.3)
_PARK, _WARM = "#6B4FA0", "#7A4B00"


@dataclass(frozen=True)
class Ground:
    """
    What drawings of one inventory have in common.

    Parameters
    ----------
    ids : tuple of str
        The plots.
    shapes : numpy.ndarray of shapely geometries or None
        Their polygons, metres.
    statuses : tuple of str
        Their statuses.
    lines : tuple of tuple of float
        Dashes of their outlines: dotted for synthetic plots, dashed for sketched ones.
    places : tuple of (str, str, shapely geometry, bool)
        Name, kind, outline and whether it is schematic, of towns, streets and parks.
    synthetic : bool
        Some plots stand for no real plot.
    schematic : bool
        Some shapes or places are sketched.
    """

    ids: tuple[str, ...]
    shapes: np.ndarray
    statuses: tuple[str, ...]
    lines: tuple[Dashes, ...]
    places: tuple[tuple[str, str, shapely.Geometry, bool], ...]
    synthetic: bool
    schematic: bool

    def __post_init__(self) -> None:
        """Index the shapes."""
        object.__setattr__(self, "_tree", shapely.STRtree(self.shapes))

    def seen(self, view: View) -> list[int]:
        """
        Return the plots that lie on the paper.

        Parameters
        ----------
        view : View
            The paper.

        Returns
        -------
        list of int
            Their rows, in order.
        """
        found = self._tree.query(shapely.box(*view.bounds_m))  # type: ignore[attr-defined]  # set above
        return sorted(found.tolist())


def ground_of(
    inventory: Inventory, standing: pd.DataFrame | None = None, lang: Language | None = None
) -> Ground:
    """
    Prepare the drawings of an inventory.

    Parameters
    ----------
    inventory : Inventory
        Plots and places, on its day.
    standing : pandas.DataFrame, optional
        What `enping_gis.status_on` returned for it; saves folding the events again.
    lang : {"zh", "en"}, optional
        Language of the names of places; by default the one in force.

    Returns
    -------
    Ground
        For `plot_drawing` and `county_drawing`, when there are many to make.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> len(ground_of(Inventory.demo()).ids)
    119
    """
    standing = status_on(inventory) if standing is None else standing
    parcels = inventory.parcels
    synthetic = synthetic_rows(parcels).to_numpy()
    basis = parcels["geometry_basis"].fillna("")
    sketched = (parcels["schematic"] | basis.isin(("synthetic", "inferred"))).to_numpy()
    lines = [
        _DOTTED if made else _DASHED if drawn else ()
        for made, drawn in zip(synthetic.tolist(), sketched.tolist(), strict=True)
    ]
    known = inventory.places
    shapes = polygonal(known.geometry.to_numpy())
    places = [
        (inventory.place_name(code, lang), str(kind), shape, bool(schematic))
        for code, kind, schematic, shape in zip(
            known["place"], known["kind"], known["schematic"], shapes, strict=True
        )
        if shape is not None
    ]
    return Ground(
        ids=tuple(parcels["parcel_id"]),
        shapes=polygonal(parcels.geometry.to_numpy()),
        statuses=tuple(standing["status"]),
        lines=tuple(lines),
        places=tuple(places),
        synthetic=bool(synthetic.any()),
        schematic=bool(sketched.any()),
    )


def borders(ground: Ground, view: View) -> Iterator[Shape]:
    """
    Draw the lines of towns and streets, and those of parks over them.

    Parameters
    ----------
    ground : Ground
        What there is.
    view : View
        The paper.

    Yields
    ------
    Shape
        A line that two towns share is drawn once; long dashes are schematic.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> from enping_gis.reports.view import View
    >>> demo = ground_of(Inventory.demo())
    >>> [len(list(borders(demo, View(west, 2_470_000, 5_000, 80, 80)))) for west in (0, 6e5)]
    [0, 0]
    """
    for park, colour, width_mm in ((False, GREY, 0.3), (True, _PARK, 0.45)):
        for schematic in (False, True):
            chosen = [
                view.placed(shape)
                for _, kind, shape, sketched in ground.places
                if (kind == "park") == park and sketched == schematic
            ]
            lines = shapely.line_merge(shapely.unary_union(shapely.boundary(chosen)))
            rings = tuple(
                tuple((x, y) for x, y in shapely.get_coordinates(line).tolist())
                for line in shapely.get_parts(lines)
                if line.geom_type in {"LineString", "LinearRing"}
            )
            if rings:
                dash = _LONG if schematic else ()
                yield Shape(rings, stroke=colour, width_mm=width_mm, dash_mm=dash, closed=False)


def honest(
    ground: Ground, view: View, room: Room, lang: Language | None
) -> Iterator[Words]:  # fmt: skip
    """
    Say across a drawing what is made up, and below it what is sketched.

    Parameters
    ----------
    ground : Ground
        What there is.
    view : View
        The paper.
    room : Room
        Loses the place of the line below.
    lang : {"zh", "en"} or None
        Language.

    Yields
    ------
    Words
        Nothing where all is surveyed.
    """
    if ground.synthetic:
        words, plain = text("drawing.synthetic", lang), text("drawing.synthetic", "en")
        size_mm = min(12.0, 0.75 * view.width_mm / text_width_mm(words, 1.0))
        yield Words(
            view.width_mm / 2, view.height_mm / 2, words, size_mm, colour=_WARM, turned_deg=30.0,
            opacity=0.16, bold=True, plain=plain,
        )  # fmt: skip
    if ground.schematic or any(schematic for *_, schematic in ground.places):
        words, plain = text("drawing.schematic", lang), text("drawing.schematic", "en")
        size_mm = min(2.1, 0.6 * view.width_mm / text_width_mm(words, 1.0))
        line = Words(view.width_mm - 1.2, view.height_mm - 1.9, words, size_mm, "end",
                     colour=_WARM, halo_mm=0.35, plain=plain)  # fmt: skip
        room.take(line.box)
        yield line


def label_inside(
    area: shapely.Geometry, name: str, size: tuple[float, float], room: Room,
    *, bold: bool = False, colour: str = INK,
) -> Iterator[Words]:  # fmt: skip
    """
    Write a name inside an area, as deep as there is room.

    Parameters
    ----------
    area : shapely.Polygon or shapely.MultiPolygon
        In mm on paper.
    name : str
        What to write.
    size : tuple of float
        Height of an em and width of the white rim, mm.
    room : Room
        Loses the place.
    bold : bool
        Heavy letters.
    colour : str
        Colour of the letters.

    Yields
    ------
    Words
        One line, or nothing where there is no room.
    """
    if area.is_empty or not area.area:
        return
    size_mm, halo_mm = size
    left, top, right, bottom = area.bounds
    x, y = np.meshgrid(np.linspace(left, right, 15)[1:-1], np.linspace(top, bottom, 15)[1:-1])
    points = shapely.points(x.ravel(), y.ravel())
    within = points[shapely.contains_xy(area, x.ravel(), y.ravel())]
    depth_mm = shapely.distance(within, area.boundary)
    # What is wider than the area may stand a little aside; the middle looks best.
    places = [*within[np.argsort(-depth_mm, kind="stable")], shapely.point_on_surface(area)]
    tries = (
        Words(place.x, place.y, name, size_mm, colour=colour, halo_mm=halo_mm, bold=bold,
              plain=name if name.isascii() else "")
        for place in places
    )  # fmt: skip
    found = room.first(tries)
    if found is not None:
        yield found
