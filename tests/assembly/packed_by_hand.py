"""Match projects the slow way: try every way of giving feasible sets to projects."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from tests.assembly.oracle import Layer, feasible

if TYPE_CHECKING:
    from collections.abc import Sequence

Sets = list[frozenset[str]]


def sets_of(layer: Layer, project: dict[str, Any], most: int) -> Sets:
    """Return the sets that suit a project."""
    wish = {
        "area_mu": (project["need_mu_min"], project["need_mu_max"]),
        "min_width_m": project["min_width_m"],
    }
    return [frozenset(chosen) for chosen in feasible(layer, wish, most)]


def best_by_count(
    sets: Sequence[Sets], worth: Sequence[dict[frozenset[str], float]]
) -> list[float]:
    """Return the greatest worth of a plan that places so many projects, -1 where none does."""

    @cache
    def best(project: int, used: frozenset[str]) -> tuple[float, ...]:
        if project == len(sets):
            return (0.0,)
        found = [*best(project + 1, used), -1.0]
        for each in sets[project]:
            if not each & used:
                for count, value in enumerate(best(project + 1, used | each)):
                    if value >= 0:
                        found[count + 1] = max(found[count + 1], value + worth[project][each])
        return tuple(found)

    return list(best(0, frozenset()))
