"""Combine plots the slow way: try every set of plots, measure with shapely, add with floats."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import shapely

from enping_gis import area, contacts
from enping_gis.units import MU, printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import numpy as np

    Figures = dict[str, Any]
    Chosen = tuple[str, ...]


@dataclass
class Layer:
    """What is known of the plots of a small layer."""

    plots: gpd.GeoDataFrame
    shared_m: dict[frozenset[str], float]
    near: dict[str, set[str]]
    told: dict[str, dict[str, Any]]
    _widths_m: dict[Chosen, float] = field(default_factory=dict)

    @classmethod
    def of(cls, parcels: gpd.GeoDataFrame, within_m: float) -> Layer:
        plots = parcels.set_index("parcel_id", drop=False)
        near: dict[str, set[str]] = {each: set() for each in plots.index}
        shared_m = {}
        for pair in contacts(parcels, within_m=within_m).itertuples():
            direct = pair.kind in {"shared", "overlap"}
            if direct or (within_m > 0 and pair.kind == "across" and _is_free(plots, pair)):
                near[pair.left].add(pair.right)
                near[pair.right].add(pair.left)
                shared_m[frozenset((pair.left, pair.right))] = pair.shared_m if direct else 0.0
        told = plots.assign(
            area_m2=area(plots), planar_m2=plots.area, length_m=plots.length
        ).drop(columns="geometry").to_dict("index")  # fmt: skip
        for parcel, row in told.items():
            # An island may share a little more than its outline: lengths are means of both sides.
            bordering_m = sum(length_m for pair, length_m in shared_m.items() if parcel in pair)
            row["length_m"] = max(row["length_m"], bordering_m)
        return cls(plots, shared_m, near, told)

    def sets(self, most: int) -> Iterator[Chosen]:
        """Yield every connected set."""
        for count in range(1, most + 1):
            for chosen in combinations(self.plots.index, count):
                if self.is_connected(chosen):
                    yield chosen

    def is_connected(self, chosen: Chosen) -> bool:
        reached, todo = {chosen[0]}, [chosen[0]]
        while todo:
            fresh = (self.near[todo.pop()] & {*chosen}) - reached
            reached |= fresh
            todo += fresh
        return len(reached) == len(chosen)

    def figures(self, chosen: Chosen) -> Figures:
        rows = [self.told[each] for each in chosen]
        shared_m = sum(self.shared_m.get(frozenset(pair), 0.0) for pair in combinations(chosen, 2))
        perimeter_m = sum(row["length_m"] for row in rows) - 2 * shared_m
        known = {row["holder"] for row in rows if isinstance(row["holder"], str)}
        unknown = sum(not isinstance(row["holder"], str) for row in rows)
        # Plots are added in whole square centimetres, which decides the last digit of a mu.
        area_m2 = sum(round(row["area_m2"], 4) for row in rows)
        planar_m2 = sum(row["planar_m2"] for row in rows)
        return {
            "area_mu": float(printed(round(area_m2, 4), MU)),
            "area_m2": area_m2,
            "fewest": len(chosen),
            "shared_m": shared_m,
            "perimeter": perimeter_m,
            "compact": 4 * math.pi * planar_m2 / perimeter_m**2,
            "holders": len(known) + unknown,
            "cost": sum(row["cost_yuan"] for row in rows),
            "score": sum(row["merit"] for row in rows),
        }

    def width_m(self, chosen: Chosen) -> float:
        if chosen not in self._widths_m:
            shapes = self.plots.geometry[list(chosen)].buffer(0.1, join_style="mitre")
            ground = shapely.union_all(shapes).buffer(-0.1, join_style="mitre")
            disk = shapely.maximum_inscribed_circle(ground, tolerance=0.001)
            self._widths_m[chosen] = 2 * disk.length
        return self._widths_m[chosen]


def _is_free(plots: gpd.GeoDataFrame, pair: Any) -> bool:  # noqa: ANN401 - a named tuple
    ends = [plots.geometry[pair.left], plots.geometry[pair.right]]
    ends.sort(key=lambda shape: shape.bounds[:2])
    way = shapely.shortest_line(*ends)
    others = plots.geometry.drop([pair.left, pair.right])
    return not (shapely.length(shapely.intersection(others.to_numpy(), way)) > 0.2).any()


def feasible(layer: Layer, wish: dict[str, Any], most: int) -> dict[Chosen, Figures]:
    """Return the figures of every set that keeps to the demands."""
    low, high = wish["area_mu"]
    found = {}
    for chosen in layer.sets(most):
        if wish.get("near") not in {None, *chosen} or {*wish.get("must_not", ())} & {*chosen}:
            continue
        told = layer.figures(chosen)
        met = (
            low <= told["area_mu"] <= high
            and told["compact"] >= wish.get("min_compactness", 0.0)
            and told["cost"] <= wish.get("budget_yuan", math.inf) + 0.005
            and told["holders"] <= wish.get("max_holders", math.inf)
        )
        width_m = wish.get("min_width_m", 0.0)
        if met and (not width_m or layer.width_m(chosen) >= width_m - 0.01):
            found[chosen] = told
    return found


def random_wish(layer: Layer, random: np.random.Generator, *, hopeless: bool) -> dict[str, Any]:
    """Draw demands, hopeless ones by one figure that nothing reaches."""
    total_mu = sum(row["area_m2"] for row in layer.told.values()) * 3 / 2000
    low = float(random.uniform(0.1, 0.45) * total_mu)
    wish: dict[str, Any] = {"area_mu": (round(low, 2), round(low * random.uniform(1.15, 1.8), 2))}
    if random.uniform() < 0.5:
        wish["min_compactness"] = round(float(random.uniform(0.2, 0.55)), 3)
    if random.uniform() < 0.3:
        wish["budget_yuan"] = round(low * float(random.uniform(180_000, 400_000)), 2)
        wish["cost"] = "cost_yuan"
    if random.uniform() < 0.25:
        wish["max_holders"] = int(random.integers(2, 6))
    if random.uniform() < 0.4:
        wish["min_width_m"] = round(float(random.uniform(50, 220)), 1)
    if random.uniform() < 0.2:
        wish["near"] = str(random.choice(layer.plots.index))
    if random.uniform() < 0.2:
        unwanted = {str(each) for each in random.choice(layer.plots.index, 2)}
        wish["must_not"] = sorted(unwanted - {wish.get("near")})
    if hopeless:
        hopes: list[dict[str, Any]] = [
            {"min_compactness": 0.97}, {"budget_yuan": 10.0, "cost": "cost_yuan"},
            {"min_width_m": 3000.0}, {"area_mu": (1.2 * total_mu, 1.3 * total_mu)},
        ]  # fmt: skip
        wish |= hopes[int(random.integers(0, 4))]
    return wish
