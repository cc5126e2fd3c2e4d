"""Tell which plots can make one piece of land: over a shared boundary, or across a road."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.assembly.demands import TENTHS_PER_M
from enping_gis.measure.contacts import contacts

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt
    import pandas as pd

    from enping_gis.assembly.demands import Demands

    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

# Contacts over which plots are one piece: a corner is none, whatever road may be crossed.
_DIRECT = ("shared", "overlap")


@dataclass(frozen=True)
class Links:
    """
    Who lies against whom, each pair in both directions, ordered.

    Parameters
    ----------
    first : numpy.ndarray of int, shape (n + 1,)
        Where the links of each plot begin.
    other : numpy.ndarray of int
        The plot at the other end.
    shared : numpy.ndarray of int
        Length shared, in tenths of a millimetre; 0 across a road.
    gap : numpy.ndarray of int
        Width of the road between them, in tenths of a millimetre; -1 where there is none.
    """

    first: Ints
    other: Ints
    shared: Ints
    gap: Ints

    @classmethod
    def of_pairs(cls, pairs: npt.NDArray[np.int64], shared: Ints, gap: Ints, count: int) -> Links:
        """
        Make links of pairs.

        Parameters
        ----------
        pairs : numpy.ndarray of int, shape (m, 2)
            The plots of each pair.
        shared, gap : numpy.ndarray of int, shape (m,)
            What they share, and how far apart they lie.
        count : int
            How many plots there are.

        Returns
        -------
        Links
            In both directions.
        """
        here = np.concatenate([pairs[:, 0], pairs[:, 1]])
        there = np.concatenate([pairs[:, 1], pairs[:, 0]])
        order = np.lexsort((there, here))
        first = np.searchsorted(here[order], np.arange(count + 1))
        return cls(first, there[order], np.tile(shared, 2)[order], np.tile(gap, 2)[order])

    def among(self, rows: Ints, count: int) -> Links:
        """
        Return the links among some plots, numbered anew.

        Parameters
        ----------
        rows : numpy.ndarray of int
            The plots to keep, in order.
        count : int
            How many plots there were.

        Returns
        -------
        Links
            Of the plots kept.
        """
        number = np.full(count, -1, dtype=np.int64)
        number[rows] = np.arange(len(rows))
        here = number[np.repeat(np.arange(count), np.diff(self.first))]
        there = number[self.other]
        kept = (here >= 0) & (there >= 0)
        first = np.searchsorted(here[kept], np.arange(len(rows) + 1))
        return Links(first, there[kept], self.shared[kept], self.gap[kept])

    def no_wider(self, gap: int) -> Links:
        """
        Return the links without those across wider roads.

        Parameters
        ----------
        gap : int
            The widest road that is kept, in tenths of a millimetre.

        Returns
        -------
        Links
            Of the same plots.
        """
        kept = self.gap <= gap
        here = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))[kept]
        first = np.searchsorted(here, np.arange(len(self.first)))
        return Links(first, self.other[kept], self.shared[kept], self.gap[kept])


def links_of(plots: gpd.GeoDataFrame, demands: Demands) -> tuple[Links, Ints]:
    """
    Find which plots lie against each other, or across a road that may be crossed.

    Two plots lie across a road where the shortest way between them is no longer than `within_m`
    and leads over no other plot; a third plot in between makes it no road.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        All plots, ordered by id.
    demands : Demands
        With the distances that decide.

    Returns
    -------
    links : Links
        Of all plots.
    bordering : numpy.ndarray of int
        What each plot shares with all of its neighbours, in tenths of a millimetre.
    """
    found = contacts(
        plots,
        tolerance_m=demands.tolerance_m,
        within_m=demands.within_m,
        min_shared_m=demands.min_shared_m,
    )
    place = dict(zip(plots["parcel_id"], range(len(plots)), strict=True))
    pairs = np.column_stack(
        [found[side].map(place).to_numpy(dtype=np.int64) for side in ("left", "right")]
    )
    direct = found["kind"].isin(_DIRECT).to_numpy()
    across = (found["kind"] == "across").to_numpy() & (demands.within_m > 0)
    across[across] = _free_ways(plots, pairs[across], demands.tolerance_m)
    kept = direct | across
    shared = np.where(direct, _tenths(found["shared_m"]), 0)[kept]
    gap = np.where(across, _tenths(found["gap_m"]), -1)[kept]
    links = Links.of_pairs(pairs[kept], shared, gap, len(plots))
    here = np.repeat(np.arange(len(plots)), np.diff(links.first))
    bordering = np.zeros(len(plots), dtype=np.int64)
    np.add.at(bordering, here, links.shared)
    return links, bordering


def _tenths(lengths_m: pd.Series[float]) -> Ints:
    tenths: Ints = np.rint(lengths_m.to_numpy() * TENTHS_PER_M).astype(np.int64)
    return tenths


def _free_ways(plots: gpd.GeoDataFrame, pairs: Ints, tolerance_m: float) -> Flags:
    """Tell which pairs can be walked between without treading on a third plot."""
    free = np.ones(len(pairs), dtype=np.bool_)
    if not len(pairs):
        return free
    shapes = plots.geometry.to_numpy()
    # The shortest way starts from the western plot, so that the order of ids decides nothing.
    west, south, _, _ = shapely.bounds(shapes).T
    one, other = pairs.T
    turned = (west[other] < west[one]) | ((west[other] == west[one]) & (south[other] < south[one]))
    start, end = np.where(turned, other, one), np.where(turned, one, other)
    ways = shapely.shortest_line(shapes[start], shapes[end])
    way, third = shapely.STRtree(shapes).query(ways, predicate="intersects")
    between = (third != start[way]) & (third != end[way])
    way, third = way[between], third[between]
    on_third_m = shapely.length(shapely.intersection(ways[way], _solid(shapes[third])))
    free[way[on_third_m > tolerance_m]] = False
    return free


def _solid(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Repair what GEOS would refuse to intersect."""
    invalid = ~shapely.is_valid(shapes)
    solid = shapes.copy()
    solid[invalid] = shapely.make_valid(shapes[invalid])
    return solid
