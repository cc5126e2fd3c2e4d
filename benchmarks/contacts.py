"""
Compare `enping_gis.contacts` with plain ways to the same pairs, all in one interleaved run.

``python -m benchmarks.contacts --n 2000`` prints a Markdown table. Times are medians of user
CPU and wall seconds; a ratio above 1 says how many times longer the peer takes.
"""

from __future__ import annotations

import argparse
import os
import time
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from benchmarks.layers import surveyed_layer
from enping_gis.measure.contacts import contacts

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from benchmarks.layers import SurveyedLayer

    Route = Callable[[gpd.GeoDataFrame], pd.DataFrame]

COLUMNS = (
    "user s",
    "wall s",
    "user ratio",
    "wall ratio",
    "pairs",
    "recall",
    "precision",
    "median length error m",
)
TOLERANCE_M = 0.2
MIN_SHARED_M = 1.0
# The survey makes a boundary of just the least length a little longer or shorter.
CLEARLY_SHARED_M = MIN_SHARED_M + 0.2


class Run(NamedTuple):
    """
    What one run of a route took.

    Parameters
    ----------
    user_s, wall_s : float
        User CPU and wall time in seconds.
    """

    user_s: float
    wall_s: float


def by_package(parcels: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Find contacts with the package.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right``, ``shared_m`` of the pairs that share a boundary.
    """
    return contacts(parcels, tolerance_m=TOLERANCE_M, min_shared_m=MIN_SHARED_M).query(
        "kind == 'shared'"
    )


def by_buffer(parcels: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Find contacts with shapely: `dwithin` over an index, then boundaries in buffers.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right``, ``shared_m`` of the pairs that share a boundary.
    """
    shapes = parcels.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="dwithin", distance=TOLERANCE_M)
    once = left < right
    return _buffered(parcels, left[once], right[once])


def by_brute_force(parcels: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Find contacts by comparing every plot with every other, then boundaries in buffers.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right``, ``shared_m`` of the pairs that share a boundary.
    """
    shapes = parcels.geometry.to_numpy()
    pairs = []
    for row in range(len(shapes)):
        later = np.flatnonzero(shapely.dwithin(shapes[row], shapes[row + 1 :], TOLERANCE_M))
        pairs.append(np.column_stack([np.full(len(later), row), later + row + 1]))
    left, right = np.concatenate(pairs).T
    return _buffered(parcels, left, right)


def _buffered(parcels: gpd.GeoDataFrame, left: np.ndarray, right: np.ndarray) -> pd.DataFrame:
    outlines = shapely.boundary(parcels.geometry.to_numpy())
    bands = shapely.buffer(outlines, TOLERANCE_M)
    there = shapely.length(shapely.intersection(outlines[left], bands[right]))
    back = shapely.length(shapely.intersection(outlines[right], bands[left]))
    ids = parcels["parcel_id"].to_numpy()
    found = pd.DataFrame({"left": ids[left], "right": ids[right], "shared_m": (there + back) / 2})
    return found[found["shared_m"] >= MIN_SHARED_M]


ROUTES: dict[str, Route] = {
    "enping_gis.contacts": by_package,
    "shapely dwithin + buffer": by_buffer,
    "all pairs + buffer": by_brute_force,
}


def report(layer: SurveyedLayer, runs: int) -> str:
    """
    Run all routes in turn, several times, and compare them with the truth.

    Parameters
    ----------
    layer : SurveyedLayer
        Plots and truth.
    runs : int
        How often; the routes take turns.

    Returns
    -------
    str
        A Markdown table.
    """
    taken: dict[str, list[Run]] = {name: [] for name in ROUTES}
    found: dict[str, pd.DataFrame] = {}
    for _ in range(runs):
        for name, route in ROUTES.items():
            user_s, wall_s = os.times().user, time.perf_counter()
            found[name] = route(layer.parcels)
            taken[name].append(Run(os.times().user - user_s, time.perf_counter() - wall_s))
    lines = [
        f"| route | {' | '.join(COLUMNS)} |",
        "|---" * (len(COLUMNS) + 1) + "|",
    ]
    base = Run(*(median(values) for values in zip(*taken["enping_gis.contacts"], strict=True)))
    for name, each in taken.items():
        user_s, wall_s = (median(values) for values in zip(*each, strict=True))
        lines.append(
            f"| {name} | {user_s:.3f} | {wall_s:.3f} | {user_s / max(base.user_s, 1e-3):.1f} "
            f"| {wall_s / base.wall_s:.1f} | {len(found[name])} | {_quality(found[name], layer)} |"
        )
    return "\n".join(lines)


def _quality(found: pd.DataFrame, layer: SurveyedLayer) -> str:
    both = found.merge(layer.truth, on=["left", "right"], suffixes=("", "_true"))
    clearly_shared = layer.truth["shared_m"] > CLEARLY_SHARED_M
    recall = (both["shared_m_true"] > CLEARLY_SHARED_M).sum() / clearly_shared.sum()
    precision = len(both) / len(found)
    error_m = (both["shared_m"] - both["shared_m_true"]).abs().median()
    return f"{recall:.4f} | {precision:.4f} | {error_m:.3f}"


def main() -> None:
    """Read the command line, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=2000, help="plots")
    parser.add_argument("--seed", type=int, default=1, help="seed of the layer")
    parser.add_argument("--runs", type=int, default=5, help="turns of each route")
    chosen = parser.parse_args()
    layer = surveyed_layer(chosen.n, seed=chosen.seed)
    print(f"{len(layer.parcels)} plots, seed {chosen.seed}, {chosen.runs} runs")
    print()
    print(report(layer, chosen.runs))


if __name__ == "__main__":
    main()
