"""Lay plots out once for all rules that look at their shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import shapely

from enping_gis.check.rules import rules
from enping_gis.measure.contacts import contacts
from enping_gis.measure.outlines.faults import solid_shapes
from enping_gis.measure.outlines.plane import plane_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from enping_gis.measure.outlines.plane import Plane

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

Found = TypeVar("Found")

_SURFACES = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


class Corners(NamedTuple):
    """
    The vertices of all rings, each once.

    Parameters
    ----------
    place : numpy.ndarray of int, shape (v,)
        Where in the points of the outlines each vertex is; the next point is the next vertex of
        the ring, or its first again.
    before : numpy.ndarray of int, shape (v,)
        Row of the vertex before it in its ring.
    after : numpy.ndarray of int, shape (v,)
        Row of the vertex after it.
    ring : numpy.ndarray of int, shape (v,)
        Number of its ring.
    plot : numpy.ndarray of int, shape (v,)
        Row of its plot.
    sign : numpy.ndarray of float, shape (v,)
        1 where the plot lies to the left of the ring, -1 where it lies to the right.
    """

    place: Rows
    before: Rows
    after: Rows
    ring: Rows
    plot: Rows
    sign: Floats


class Pairs(NamedTuple):
    """
    Plots that lie against each other, or so near that a gap may lie between them.

    Parameters
    ----------
    left, right : numpy.ndarray of int, shape (m,)
        Rows, left the lesser.
    overlap_m2 : numpy.ndarray of float, shape (m,)
        What they overlap by.
    overlaps : numpy.ndarray of bool, shape (m,)
        Whether they overlap by more than survey noise in width, or one contains the other.
    touches : numpy.ndarray of bool, shape (m,)
        Whether they lie no further apart than survey noise.
    """

    left: Rows
    right: Rows
    overlap_m2: Floats
    overlaps: Flags
    touches: Flags


@dataclass(frozen=True, eq=False)
class Ground:
    """
    The plots of a layer, laid out for checks; what several rules need is worked out once.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots with ``parcel_id``, in a projected CRS in metres.

    Attributes
    ----------
    found : dict of str to object
        What `once` keeps.
    """

    plots: gpd.GeoDataFrame
    found: dict[str, object] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def ids(self) -> npt.NDArray[np.object_]:
        """
        The ids of the plots.

        Returns
        -------
        numpy.ndarray of object, shape (n,)
            Text.
        """
        return self.plots["parcel_id"].astype(str).to_numpy(dtype=object)

    @cached_property
    def shapes(self) -> Shapes:
        """
        The shapes as they stand, without heights.

        Returns
        -------
        numpy.ndarray of shapely geometries, shape (n,)
            None where there is none.
        """
        shapes = np.array(self.plots.geometry.to_numpy(), dtype=object)
        tall = shapely.has_z(shapes)
        shapes[tall] = shapely.force_2d(shapes[tall])
        return shapes

    @cached_property
    def plane(self) -> Plane:
        """
        The plane in which outlines are compared.

        Returns
        -------
        Plane
            Without what is no polygon or has a coordinate that is not finite.
        """
        return plane_of(self.plots)

    @cached_property
    def _solid(self) -> tuple[Shapes, Flags]:
        solid, repaired = solid_shapes(self.plane)
        there = np.isin(shapely.get_type_id(solid), _SURFACES)
        solid[~there | shapely.is_empty(solid)] = None
        return shapely.force_2d(solid), repaired

    @property
    def solid(self) -> Shapes:
        """
        The ground that each plot covers.

        Returns
        -------
        numpy.ndarray of shapely polygons and multipolygons, shape (n,)
            Valid; None where there is none.
        """
        return self._solid[0]

    @property
    def invalid(self) -> Flags:
        """
        Which plots have polygons that are not valid.

        Returns
        -------
        numpy.ndarray of bool, shape (n,)
            As GEOS has it.
        """
        return self._solid[1]

    @cached_property
    def area_m2(self) -> Floats:
        """
        Planar areas.

        Returns
        -------
        numpy.ndarray of float, shape (n,)
            Of `solid`, in m2; 0 where there is none.
        """
        return np.nan_to_num(shapely.area(self.solid))

    @cached_property
    def flat(self) -> Flags:
        """
        Which plots have no ground to speak of.

        Returns
        -------
        numpy.ndarray of bool, shape (n,)
            Less than an area that is printed as 0.00 m2.
        """
        return self.area_m2 < rules()["G1"].limits["area_m2"]

    @cached_property
    def sound(self) -> Ground:
        """
        The ground of the plots, with valid outlines, as plots beside each other are compared.

        Returns
        -------
        Ground
            Invalid plots are replaced by `solid`, those without area by none; this layer itself
            where there are none of these.
        """
        if not (self.invalid.any() or self.flat.any()):
            return self
        solid = self.solid.copy()
        solid[self.flat] = None
        rows = self.plots[["parcel_id"]]
        return Ground(gpd.GeoDataFrame(rows, geometry=solid, crs=self.plots.crs))

    @cached_property
    def solid_at_origin(self) -> Shapes:
        """
        `solid` in the numbers of the outlines, which lose nothing to large coordinates.

        Returns
        -------
        numpy.ndarray of shapely polygons and multipolygons, shape (n,)
            Valid; None where there is none.
        """
        return self.plane.at_origin(self.solid)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """
        An index of `solid_at_origin`.

        Returns
        -------
        shapely.STRtree
            Over all rows.
        """
        return shapely.STRtree(self.solid_at_origin)

    @cached_property
    def corners(self) -> Corners:
        """
        The vertices of all rings.

        Returns
        -------
        Corners
            Ring by ring, in the order of the layer.
        """
        outlines = self.plane.outlines
        opens = np.flatnonzero(outlines.run_opens)
        first = outlines.run_first[opens]
        last = outlines.run_last[np.append(opens[1:], len(outlines.run_first))[: len(opens)] - 1]
        counts = last - first
        begin = np.cumsum(counts) - counts
        ring = np.repeat(np.arange(len(opens)), counts)
        rows = np.arange(len(ring))
        before, after = rows - 1, rows + 1
        before[begin], after[begin + counts - 1] = begin + counts - 1, begin
        return Corners(
            place=rows - begin[ring] + first[ring],
            before=before,
            after=after,
            ring=ring,
            plot=outlines.plot_of_run[opens][ring],
            sign=outlines.run_sign[opens][ring],
        )

    @cached_property
    def pairs(self) -> Pairs:
        """
        The plots that lie against each other.

        Returns
        -------
        Pairs
            As `enping_gis.contacts` measures them, out to the widest gap; to be asked of `sound`.
        """
        noise_m = rules()["T1"].limits["width_m"]
        rows = self.plots[["geometry"]].assign(parcel_id=np.arange(len(self.plots)))
        widest_m = rules()["T2"].limits["width_max_m"]
        found = contacts(rows, tolerance_m=noise_m, within_m=widest_m)
        return Pairs(
            left=found["left"].to_numpy(dtype=np.int64),
            right=found["right"].to_numpy(dtype=np.int64),
            overlap_m2=found["overlap_m2"].to_numpy(),
            overlaps=(found["kind"] == "overlap").to_numpy(),
            touches=(found["gap_m"] <= rules()["T4"].limits["tolerance_m"]).to_numpy(),
        )

    def names(self, *rows: int) -> tuple[str, ...]:
        """
        Return the ids of some plots.

        Parameters
        ----------
        *rows : int
            Their rows.

        Returns
        -------
        tuple of str
            Sorted.
        """
        return tuple(sorted(self.ids[list(rows)]))

    def in_layer(self, shapes: Shapes) -> Shapes:
        """
        Bring shapes from about the origin to where they lie in the layer.

        Parameters
        ----------
        shapes : array of shapely geometries, shape (m,)
            In the numbers of the outlines.

        Returns
        -------
        array of shapely geometries, shape (m,)
            In those of the layer.
        """
        moved: Shapes = shapely.transform(shapes, lambda points: points + self.plane.centre)
        return moved

    def points_in_layer(self, places: Rows) -> Floats:
        """
        Return vertices where they lie in the layer.

        Parameters
        ----------
        places : numpy.ndarray of int, shape (m,)
            Where in the points of the outlines they are.

        Returns
        -------
        numpy.ndarray of float, shape (m, 2)
            In metres.
        """
        moved: Floats = self.plane.outlines.points[places] + self.plane.centre
        return moved


def once(find: Callable[[Ground], Found]) -> Callable[[Ground], Found]:
    """
    Keep what is found on a layer, which several rules ask for.

    Parameters
    ----------
    find : callable
        Takes a layer, returns what is found on it.

    Returns
    -------
    callable
        The same; a second call for the same layer returns what the first one found.
    """
    name = f"{find.__module__}.{find.__qualname__}"

    @wraps(find)
    def _found(ground: Ground) -> Found:
        if name not in ground.found:
            ground.found[name] = find(ground)
        result: Found = ground.found[name]  # type: ignore[assignment]  # kept by this function
        return result

    return _found


def ground_of(plots: gpd.GeoDataFrame | Ground) -> Ground:
    """
    Lay plots out, unless they are.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame or Ground
        Plots with ``parcel_id``, in a projected CRS in metres.

    Returns
    -------
    Ground
        To be given to several rules.
    """
    return plots if isinstance(plots, Ground) else Ground(plots)
