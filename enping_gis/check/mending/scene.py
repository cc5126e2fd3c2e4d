"""Keep a layer under repair: its plots as they are, what lies around, who takes ground."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.check.mending.reshaping import made_valid
from enping_gis.measure.cutting.clipping import areal

if TYPE_CHECKING:
    import numpy.typing as npt
    from pyproj import CRS

    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

# How far around a fault plots may matter: the widest gap, and a little more.
_AROUND_M = 5.0


@dataclass(frozen=True)
class Change:
    """
    What a cure does.

    Parameters
    ----------
    case : str
        ``repair.<case>`` is its message.
    shapes : dict of int to (shapely.Geometry or None)
        New shapes by row; None takes the plot out of the layer.
    others : tuple of int
        Rows of further plots that the cure is about.
    """

    case: str
    shapes: dict[int, shapely.Geometry | None]
    others: tuple[int, ...] = ()


@dataclass(frozen=True)
class Left:
    """
    Why a fault is left as it is.

    Parameters
    ----------
    reason : str
        ``repair.left_<reason>`` is its message.
    row : int
        The plot that would have changed.
    others : tuple of int
        Rows of further plots.
    values : dict of str to str
        Further placeholders of the message.
    """

    reason: str
    row: int
    others: tuple[int, ...] = ()
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Scene:
    """
    The layer between two cures.

    Parameters
    ----------
    ids : numpy.ndarray of object, shape (n,)
        Of all plots, those that are taken out too.
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        As they are now; None where there is no plot, or no more.
    crs : pyproj.CRS
        Projected, in metres.
    sides : tuple of str
        Who takes ground in question, the first that fits.
    rules : tuple of str
        Codes of the rules asked for.
    """

    ids: npt.NDArray[np.object_]
    shapes: Shapes
    crs: CRS
    sides: tuple[str, ...]
    rules: tuple[str, ...]
    row_of: dict[str, int] = field(init=False)
    gone: npt.NDArray[np.bool_] = field(init=False)
    _new: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Give the ids their rows."""
        self.gone = np.zeros(len(self.ids), dtype=bool)
        self.row_of = {name: row for row, name in enumerate(self.ids)}

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    def replace(self, row: int, shape: shapely.Geometry | None) -> None:
        """
        Give a plot a new shape.

        Parameters
        ----------
        row : int
            The plot.
        shape : shapely.Geometry or None
            None takes it out of the layer.
        """
        self.shapes[row] = shape
        self.gone[row] = shape is None
        self._new.append(row)

    def around(self, shape: shapely.Geometry, *, but: tuple[int, ...]) -> Rows:
        """
        Return the plots around a shape.

        Parameters
        ----------
        shape : shapely.Geometry
            In the numbers of the layer.
        but : tuple of int
            Rows to leave out.

        Returns
        -------
        numpy.ndarray of int, shape (m,)
            Rows of plots with ground, ascending.
        """
        west, south, east, north = shapely.bounds(shape)
        box = shapely.box(west - _AROUND_M, south - _AROUND_M, east + _AROUND_M, north + _AROUND_M)
        # The tree knows the plots as they came; those that changed may reach further now.
        new = np.unique(np.array(self._new, dtype=np.int64))
        hits = [self._tree.query(box), new[shapely.intersects(box, self.shapes[new])]]
        rows = np.setdiff1d(np.concatenate(hits), np.array(but, dtype=np.int64))
        there = ~(shapely.is_missing(self.shapes[rows]) | shapely.is_empty(self.shapes[rows]))
        return rows[there]

    def ground(self, rows: Rows) -> Shapes:
        """
        Return what plots cover.

        Parameters
        ----------
        rows : numpy.ndarray of int, shape (m,)
            The plots.

        Returns
        -------
        numpy.ndarray of shapely polygons and multipolygons, shape (m,)
            Valid and flat; repaired copies of those that are not.
        """
        shapes: Shapes = shapely.force_2d(areal(self.shapes[rows]))
        for row in np.flatnonzero(~shapely.is_valid(shapes)):
            shapes[row] = made_valid(shapes[row]) or shapely.Polygon()
        return shapes

    def flat(self, row: int) -> shapely.Geometry | None:
        """
        Return a plot as cures take it.

        Parameters
        ----------
        row : int
            The plot.

        Returns
        -------
        shapely.Geometry or None
            Polygon or multipolygon without heights; None where there is none.
        """
        shape = areal(self.shapes[row : row + 1])[0]
        return None if shapely.is_empty(shape) else shapely.force_2d(shape)

    def side(self, rows: list[int]) -> int | None:
        """
        Choose the plot that takes ground in question.

        Parameters
        ----------
        rows : list of int
            The plots it may go to.

        Returns
        -------
        int or None
            The row; None where no side that was stated fits.
        """
        if not rows:
            return None
        for wish in self.sides:
            if wish in {"larger", "smaller"}:
                sign = 1 if wish == "smaller" else -1
                return min(rows, key=lambda row: (sign * self._area_m2(row), self.ids[row]))
            if wish in {"first", "last"}:
                return min(rows) if wish == "first" else max(rows)
            if self.row_of[wish] in rows:
                return self.row_of[wish]
        return None

    def _area_m2(self, row: int) -> float:
        # Areas that differ by rounding alone are a tie.
        return round(float(shapely.area(self.ground(np.array([row]))[0])), 6)
