"""Tell which sets of plots are wide enough, measuring each piece of land once at most."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.assembly.fitting import ground_of, is_wide

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from enping_gis.assembly.land import Land

    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]


class Widths:
    """
    What is known of the width of sets.

    More land is never less wide, so a plot or a few plots that are wide enough make every set
    wide enough that contains them: these are remembered, and looked for before geometry is.

    Parameters
    ----------
    land : Land
        The plots.
    least_m : float
        Width asked for, in metres; 0 asks for nothing.
    tolerance_m : float
        Gaps that are closed, in metres.
    """

    def __init__(self, land: Land, least_m: float, tolerance_m: float) -> None:
        self._shapes = land.parcels.geometry.to_numpy()
        self._least_m, self._tolerance_m = least_m, tolerance_m
        # 0 not known, 1 wide enough by itself, 2 not.
        self.alone = np.full(len(land), 1 if least_m <= 0 else 0, dtype=np.int64)
        self._cores: dict[int, list[frozenset[int]]] = {}
        self._narrow: set[frozenset[int]] = set()

    def enough(self, plots: Iterable[int]) -> bool:
        """
        Tell whether a set is wide enough.

        Parameters
        ----------
        plots : iterable of int
            Rows of its plots.

        Returns
        -------
        bool
            Whether a disk of the width asked for fits into their union.
        """
        chosen = frozenset(plots)
        if any(self._alone(plot) for plot in sorted(chosen)):
            return True
        if any(core <= chosen for core in chain.from_iterable(map(self._cores_of, chosen))):
            return True
        if len(chosen) == 1 or chosen in self._narrow:
            return False
        if not self._measured(chosen):
            self._narrow.add(chosen)
            return False
        core = self._core(chosen)
        for plot in core:
            self._cores.setdefault(plot, []).append(core)
        return True

    def among(self, members: Ints) -> Flags:
        """
        Tell which of many sets are wide enough.

        Parameters
        ----------
        members : numpy.ndarray of int, shape (m, k)
            Rows of the plots of each set, then -1.

        Returns
        -------
        numpy.ndarray of bool
            A flag for each set.
        """
        met: Flags = np.asarray(np.append(self.alone == 1, False)[members].any(axis=1))
        for row in np.flatnonzero(~met):
            met[row] = self.enough(int(plot) for plot in members[row] if plot >= 0)
        return met

    def _cores_of(self, plot: int) -> list[frozenset[int]]:
        return self._cores.get(plot, [])

    def _alone(self, plot: int) -> bool:
        if self.alone[plot] == 0:
            self.alone[plot] = 1 if self._measured([plot]) else 2
        return bool(self.alone[plot] == 1)

    def _measured(self, plots: Iterable[int]) -> bool:
        shapes = self._shapes[sorted(plots)]
        return is_wide(ground_of(shapes, self._tolerance_m), self._least_m)

    def _core(self, plots: frozenset[int]) -> frozenset[int]:
        """Leave out, smallest first, every plot that the width can do without."""
        core = set(plots)
        area = shapely.area(self._shapes)
        for plot in sorted(plots, key=lambda each: (area[each], each)):
            if len(core) > 1 and self._measured(core - {plot}):
                core.discard(plot)
        return frozenset(core)
