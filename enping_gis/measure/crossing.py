"""Round a table so that its cells, its rows, its columns and its total all still add up."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str, ...]
Cell = tuple[Path, Path]
# A figure of the table: the side it is on ("row", "column" or "cell") and its names.
_Figure = tuple[str, tuple[object, ...]]

# Remainders that differ by less than this part of a last digit are ties, which go by name.
_STEPS = 10**12


def crossed(cells: Mapping[Cell, Fraction], total: int) -> dict[Cell, int]:
    """
    Round a table to whole numbers: two-way controlled rounding.

    Every cell, every sum of a row or column (of a group of them too, where the names are
    nested) and the total is its exact value rounded down or up. Such a rounding always exists:
    the table is a flow from the rows to the columns, and where a flow exists within whole
    bounds, a whole one does (L. H. Cox, "A constructive procedure for unbiased controlled
    rounding", JASA 82, 1987). Of all of them this is the one whose outermost sums are nearest
    to the exact ones (least sum of distances), then the sums within, then the cells; ties go
    to the first names.

    Parameters
    ----------
    cells : mapping of (tuple of str, tuple of str) to fractions.Fraction
        Exact figures, not negative, by the names of the row and those of the column,
        outermost group first; all rows have as many names, and so have all columns.
    total : int
        The sum of the cells, rounded down or up.

    Returns
    -------
    dict of (tuple of str, tuple of str) to int
        The whole numbers, under the same keys in the same order.

    Examples
    --------
    >>> half = Fraction(1, 2)
    >>> crossed({((r,), (c,)): half for r in "ab" for c in "xy"}, 2)
    {(('a',), ('x',)): 1, (('a',), ('y',)): 0, (('b',), ('x',)): 0, (('b',), ('y',)): 1}
    >>> crossed({}, 0)
    {}
    """
    if not cells:
        return {}
    exact = _figures(cells)
    net = _Net()
    cost = _costs(exact)
    for figure, value in exact.items():
        begin, end = _ends(figure)
        net.join(begin, end, math.floor(value), figure if value.denominator > 1 else None,
                 cost[figure])  # fmt: skip
    net.surplus[net.node(("row", ()))] += total
    net.surplus[net.node(("column", ()))] -= total
    net.settle()
    up = net.chosen()
    return {key: math.floor(value) + (("cell", key) in up) for key, value in cells.items()}


def _figures(cells: Mapping[Cell, Fraction]) -> dict[_Figure, Fraction]:
    """Return the cells and every sum but the total, exact, in the order of their names."""
    sums: defaultdict[_Figure, Fraction] = defaultdict(Fraction)
    for (row, column), value in cells.items():
        for side, names in (("row", row), ("column", column)):
            for depth in range(1, len(names) + 1):
                sums[side, names[:depth]] += value
        sums["cell", (row, column)] = value
    return dict(sorted(sums.items()))


def _ends(figure: _Figure) -> tuple[_Figure, _Figure]:
    """Return where a figure flows: from the group around a row to it, and so on to the columns."""
    side, names = figure
    if side == "cell":
        return ("row", names[0]), ("column", names[1])  # type: ignore[return-value]  # names of a cell are paths
    around = (side, names[:-1])
    return (around, figure) if side == "row" else (figure, around)


def _costs(exact: dict[_Figure, Fraction]) -> dict[_Figure, int]:
    """Return what it costs to round each figure up; what lies further out weighs more."""
    deepest = max(len(names) for side, names in exact if side != "cell")
    level = {f: deepest if f[0] == "cell" else len(f[1]) - 1 for f in exact}
    weight = len(exact) ** 2 + 1  # more than all ranks together
    rung = 2 * _STEPS * weight * len(exact)  # more than all costs of a level together
    return {
        figure: (round((1 - 2 * (value % 1)) * _STEPS) * weight + rank)
        * rung ** (deepest - level[figure])
        for rank, (figure, value) in enumerate(exact.items())
    }


@dataclass
class _Net:
    """A network of arcs that carry one unit or none, and what each node has too much of."""

    number: dict[_Figure, int] = field(default_factory=dict)
    surplus: list[int] = field(default_factory=list)
    # Arcs stand in pairs: the arc, then its reverse; of a pair one is open.
    head: list[int] = field(default_factory=list)
    cost: list[int] = field(default_factory=list)
    open: list[bool] = field(default_factory=list)
    leaving: list[list[int]] = field(default_factory=list)
    figure: list[_Figure] = field(default_factory=list)

    def node(self, name: _Figure) -> int:
        """Return the number of a node, new if need be."""
        if name not in self.number:
            self.number[name] = len(self.surplus)
            self.surplus.append(0)
            self.leaving.append([])
        return self.number[name]

    def join(
        self, begin: _Figure, end: _Figure, least: int, figure: _Figure | None, cost: int
    ) -> None:
        """Let `least` units flow, and one more where there is a figure to round."""
        tail, head = self.node(begin), self.node(end)
        self._push(tail, head, least)
        if figure is None:
            return
        for start, stop, price in ((tail, head, cost), (head, tail, -cost)):
            self.leaving[start].append(len(self.head))
            self.head.append(stop)
            self.cost.append(price)
        # Whatever gains by flowing flows from the first, so that no arc that is open gains.
        self.open += [cost >= 0, cost < 0]
        self.figure.append(figure)
        if cost < 0:
            self._push(tail, head, 1)

    def chosen(self) -> set[_Figure]:
        """Return the figures that are rounded up."""
        return {figure for each, figure in enumerate(self.figure) if self.open[2 * each + 1]}

    def settle(self) -> None:
        """Send what is too much to where it lacks, at the least cost (shortest paths)."""
        height = [0] * len(self.surplus)
        while any(units > 0 for units in self.surplus):
            far, came, last = self._nearest(height)
            for node in range(len(height)):
                height[node] += min(far.get(node, far[last]), far[last])
            node = last
            while node in came:
                arc = came[node]
                self.open[arc], self.open[arc ^ 1] = False, True
                node = self.head[arc ^ 1]
            self._push(node, last, 1)

    def _push(self, tail: int, head: int, units: int) -> None:
        self.surplus[tail] -= units
        self.surplus[head] += units

    def _nearest(self, height: list[int]) -> tuple[dict[int, int], dict[int, int], int]:
        """Return how far nodes are from a surplus, by which arc, and the nearest that lacks."""
        queue = [(0, node) for node, units in enumerate(self.surplus) if units > 0]
        far = {node: 0 for _, node in queue}
        came: dict[int, int] = {}
        done: set[int] = set()
        while True:
            way, node = heappop(queue)
            if node in done:
                continue
            done.add(node)
            if self.surplus[node] < 0:
                return far, came, node
            for arc in self.leaving[node]:
                head = self.head[arc]
                if not self.open[arc] or head in done:
                    continue
                new = way + self.cost[arc] + height[node] - height[head]
                if head not in far or new < far[head]:
                    far[head], came[head] = new, arc
                    heappush(queue, (new, head))
