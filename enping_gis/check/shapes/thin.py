"""Find plots, and parts of plots, that are too small or too thin to be plots."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from enping_gis.check.ground import once
from enping_gis.check.rules import rules
from enping_gis.check.shapes.turns import sharp_corners

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.check.ground import Ground

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

_TRIANGLE = 3


class Thin(NamedTuple):
    """
    Plots and parts of plots that are too small or too thin.

    Parameters
    ----------
    plot : numpy.ndarray of int, shape (k,)
        Row of the plot.
    shape : numpy.ndarray of shapely polygons, shape (k,)
        The plot, or the part of it, in the numbers of the layer.
    whole : numpy.ndarray of bool, shape (k,)
        Whether it is all of the plot.
    area_m2, compactness, width_m : numpy.ndarray of float, shape (k,)
        Area in m2; 4 pi A / P2, which is 1 for a disk; mean width 2 A / P in metres.
    thin : numpy.ndarray of bool, shape (k,)
        Whether it is too thin, spikes left out.
    """

    plot: Rows
    shape: Shapes
    whole: Flags
    area_m2: Floats
    compactness: Floats
    width_m: Floats
    thin: Flags

    @property
    def narrow(self) -> Flags:
        """
        Which are not only thin, but narrow, as no road is.

        Returns
        -------
        numpy.ndarray of bool, shape (k,)
            Thin, and less than 2 m wide in the mean.
        """
        narrow: Flags = self.thin & (self.width_m < rules()["T3"].limits["width_m"])
        return narrow

    @property
    def sliver_rows(self) -> Rows:
        """
        The plots that are slivers for their shape: their sharp ends are no spikes.

        Returns
        -------
        numpy.ndarray of int, shape (m,)
            Rows.
        """
        return np.unique(self.plot[self.narrow & self.whole])


@once
def thin_parts(ground: Ground) -> Thin:
    """
    Find what is too small or too thin.

    Parameters
    ----------
    ground : Ground
        The plots; those without area are left out.

    Returns
    -------
    Thin
        In the order of the layer. Of a plot of several parts, the parts; where the plot is too
        small as a whole, the whole.
    """
    limits = rules()["T3"].limits
    small = (ground.area_m2 < limits["area_m2"]) & ~ground.flat
    # What a repair makes of an invalid outline may be many parts: they are G1's.
    one_piece = small | ground.invalid | (shapely.get_num_geometries(ground.solid) == 1)
    one_piece &= ~ground.flat
    rows = np.flatnonzero(~ground.flat & ~one_piece)
    parts, of = shapely.get_parts(ground.solid[rows], return_index=True)
    plot = np.concatenate([np.flatnonzero(one_piece), rows[of]])
    whole = np.arange(len(plot)) < int(one_piece.sum())
    order = np.argsort(plot, kind="stable")
    shape = np.concatenate([ground.solid[one_piece], parts])[order]
    plot, whole = plot[order], whole[order]
    area_m2, round_m = shapely.area(shape), shapely.length(shape)
    compactness = 4 * math.pi * area_m2 / round_m**2
    kept = (area_m2 < limits["area_m2"]) | (compactness < limits["compactness"])
    found = Thin(
        plot=plot[kept],
        shape=shape[kept],
        whole=whole[kept],
        area_m2=area_m2[kept],
        compactness=compactness[kept],
        width_m=2 * area_m2[kept] / round_m[kept],
        thin=compactness[kept] < limits["compactness"],
    )
    return _without_spiky(ground, found, limits)


def _without_spiky(ground: Ground, found: Thin, limits: dict[str, float]) -> Thin:
    """Take for thin no plot that is thin only for a spike."""
    sharp = sharp_corners(ground)
    spike = sharp.angle_deg < rules()["G3"].limits["angle_deg"]
    spiky = np.zeros(len(ground.ids), dtype=bool)
    spiky[sharp.plot[spike]] = True
    spiky &= ~ground.invalid
    plot, tips = sharp.plot[spike], ground.points_in_layer(sharp.place[spike])
    thin = found.thin.copy()
    for row in np.flatnonzero(thin & spiky[found.plot]).tolist():
        its = tips[slice(*np.searchsorted(plot, [found.plot[row], found.plot[row] + 1]))]
        thin[row] = _blunt_compactness(found.shape[row], its) < limits["compactness"]
    kept = thin | (found.area_m2 < limits["area_m2"])
    return Thin(
        plot=found.plot[kept],
        shape=found.shape[kept],
        whole=found.whole[kept],
        area_m2=found.area_m2[kept],
        compactness=found.compactness[kept],
        width_m=found.width_m[kept],
        thin=thin[kept],
    )


def _blunt_compactness(shape: shapely.Geometry, tips: Floats) -> float:
    """Return 4 pi A / P2 of polygons without some corners; 0 where nothing is left."""
    area_m2, round_m = 0.0, 0.0
    for part in shapely.get_parts(shape):
        outer, *inner = (shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(part))
        outer = outer[~(outer[:, None] == tips[None]).all(axis=2).any(axis=1)]
        if len(outer) >= _TRIANGLE:
            blunt = shapely.Polygon(outer, inner)
            area_m2, round_m = area_m2 + blunt.area, round_m + blunt.length
    return 4 * math.pi * area_m2 / round_m**2 if round_m else 0.0
