"""Read the command line of a benchmark and print what it says."""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.harness import take_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.harness import Route, Taken
    from benchmarks.report import Section

    Measure = Callable[["Options"], Section]

# A route that takes longer is stopped; one that takes a third of it is run once only.
LIMIT_S = 90.0
ONCE_SHARE = 1 / 3


@dataclass(frozen=True)
class Options:
    """
    What a benchmark is asked for.

    Parameters
    ----------
    n : int
        Plots of the generated layer.
    seed : int
        Of the layer.
    runs : int
        Turns of each route.
    limit_s : float
        Wall time after which a route is stopped, in seconds.
    is_quick : bool
        Whether it is enough to see that all works: no real parcels, little compiled anew.
    """

    n: int = 100_000
    seed: int = 1
    runs: int = 5
    limit_s: float = LIMIT_S
    is_quick: bool = False

    @property
    def once_s(self) -> float:
        """Return the wall time after which a route has no second turn, in seconds."""
        return self.limit_s * ONCE_SHARE

    def take_turns(self, routes: Sequence[Route]) -> dict[str, Taken]:
        """
        Run routes in turn, as often and as long as asked for.

        Parameters
        ----------
        routes : sequence of Route
            In the order of a turn.

        Returns
        -------
        dict of str to Taken
            By the name of the route.
        """
        return take_turns(routes, self.runs, limit_s=self.limit_s, once_s=self.once_s)


def parser(description: str) -> argparse.ArgumentParser:
    """
    Make a parser of the options that all benchmarks have.

    Parameters
    ----------
    description : str
        Docstring of the module; its first paragraph is shown.

    Returns
    -------
    argparse.ArgumentParser
        Its results have the names of `Options`.
    """
    made = argparse.ArgumentParser(description=description.strip().partition("\n\n")[0])
    made.add_argument("--n", type=int, default=Options.n, help="plots of the generated layer")
    made.add_argument("--seed", type=int, default=Options.seed, help="seed of the layer")
    made.add_argument("--runs", type=int, default=Options.runs, help="turns of each route")
    made.add_argument(
        "--limit", type=float, default=LIMIT_S, dest="limit_s", metavar="SECONDS",
        help="a route that takes longer is stopped",
    )  # fmt: skip
    return made


def options_of(chosen: argparse.Namespace) -> Options:
    """
    Take the common options out of a command line.

    Parameters
    ----------
    chosen : argparse.Namespace
        What a `parser` read.

    Returns
    -------
    Options
        The common options.
    """
    return Options(chosen.n, chosen.seed, chosen.runs, chosen.limit_s)


def run_alone(measure: Measure, description: str, arguments: Sequence[str] | None = None) -> None:
    """
    Run one benchmark from the command line and print its section.

    Parameters
    ----------
    measure : callable
        Makes the section.
    description : str
        Docstring of its module.
    arguments : sequence of str, optional
        The command line; by default that of the process.
    """
    leave_in_order()
    print(measure(options_of(parser(description).parse_args(arguments))).markdown())


def leave_in_order() -> None:
    """End by an exception when told to, so that a server that was started is stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
