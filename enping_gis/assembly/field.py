"""What the search for the best set of plots works on: arrays alone, so that it can be compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

# Goals: the sum of gains is to be as great, the perimeter as short, the shape as compact, the
# holders as few as can be.
GAIN, PERIMETER, COMPACT, HOLDERS = 0, 1, 2, 3
# What is known of a plot: free to be taken, taken, passed over, out of reach.
FREE, TAKEN, PASSED, AWAY = 0, 1, 2, 3
# Why the loop came back: the steps are used up, a width is asked for, the root is done.
RUNNING, ASKING, DONE = 0, 1, 2
# Places in `Stand.at`: depth, reason, steps, pending answer (1 wide enough, 2 not),
# how many plots there are in the ball, and the mark of those that can be reached.
DEPTH, REASON, STEPS, ANSWER, BALL, MARK = 0, 1, 2, 3, 4, 5
# Places in `Stand.found`: value of the best set, and of the one whose width is asked for.
VALUE, PENDING = 0, 1
NOTHING = -1e300


class Field(NamedTuple):
    """
    Plots, numbered by what they add per area, and who lies against whom.

    Parameters
    ----------
    first, other, shared : numpy.ndarray of int
        As in `Links`.
    area, planar, cost, gain, perimeter, holder : numpy.ndarray of int
        Of each plot, as in `Land`; `gain` is what the goal adds up.
    worth : numpy.ndarray of float
        The gain less what its cost takes from the budget, at the price of `Rules.price`.
    support : numpy.ndarray of int, shape (n, directions)
        Reach in each direction.
    root : numpy.ndarray of int
        1 where sets may begin; of these the first of a set is its root.
    required : numpy.ndarray of int
        1 where sets have to contain the plot.
    wide : numpy.ndarray of int
        1 where the plot alone is wide enough.
    """

    first: Ints
    other: Ints
    shared: Ints
    area: Ints
    planar: Ints
    cost: Ints
    gain: Ints
    perimeter: Ints
    holder: Ints
    worth: Floats
    support: Ints
    root: Ints
    required: Ints
    wide: Ints


class Rules(NamedTuple):
    """
    What sets have to keep to.

    Parameters
    ----------
    goal : int
        What is sought.
    low, high, budget, most, holders, required : int
        Window of the area, most cost, plots and holders; how many plots are required.
    compactness : float
        Least Polsby-Popper score.
    square : float
        4 pi in tenths of a millimetre squared per cm2.
    hull : float
        Length of a hull per sum of its reach.
    thick, thin : float
        Greatest and least area in the plane over the area that counts.
    price : float
        What a fen of the budget is worth in the bound.
    """

    goal: int
    low: int
    high: int
    budget: int
    most: int
    holders: int
    required: int
    compactness: float
    square: float
    hull: float
    thick: float
    thin: float
    price: float


class Stand(NamedTuple):
    """
    Where the search stands, so that it can go on; a row for each depth.

    Parameters
    ----------
    at : numpy.ndarray of int
        See the places above.
    found : numpy.ndarray of float
        See the places above.
    state : numpy.ndarray of int
        What is known of each plot.
    ball : numpy.ndarray of int
        The plots within reach of the root, best first.
    seen : numpy.ndarray of int
        The plots that lie against the set, in the order in which they came to.
    passed : numpy.ndarray of int
        The plots passed over, and how many at each depth in `passed_at`.
    chosen, seen_at, passed_at, area, planar, cost, gain, holders, required : numpy.ndarray of int
        Of the set at each depth.
    bound : numpy.ndarray of float
        Of what is left at each depth.
    support : numpy.ndarray of int, shape (depth, directions)
        Reach of the set.
    apart : numpy.ndarray of int
        Least area of a set with the root and a plot; for the search of the ball.
    queue, queued : numpy.ndarray of int
        Plots whose neighbours have to be looked at, and 1 for each of them.
    near, near_area : numpy.ndarray of int
        Mark of each plot that can still be reached from the set, and the least area it takes.
    holder_count, holder_area : numpy.ndarray of int
        How many plots of the set each holder has, and how much free land in the ball.
    """

    at: Ints
    found: Floats
    state: Ints
    ball: Ints
    seen: Ints
    passed: Ints
    chosen: Ints
    seen_at: Ints
    passed_at: Ints
    area: Ints
    planar: Ints
    cost: Ints
    gain: Ints
    holders: Ints
    required: Ints
    bound: Floats
    support: Ints
    apart: Ints
    queue: Ints
    queued: Ints
    near: Ints
    near_area: Ints
    holder_count: Ints
    holder_area: Ints
