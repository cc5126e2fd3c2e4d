"""Compile the few loops that arrays cannot express, where there is enough for them to do."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

Given = ParamSpec("Given")
Back = TypeVar("Back")

# Up to here the loops run uncompiled, in less than a second: compiling them takes half a minute
# once, and fetching them from disk as long as this in every process.
FEW_STEPS = 40_000
# What a vertex of an outline costs, and a pair of plots side by side, a step being a comparison.
STEPS_A_VERTEX = 8
STEPS_A_PAIR = 20
# Items in a block: some ten milliseconds of work, beside which handing it out costs nothing.
_BLOCK = 16_384

_parts: list[tuple[Callable[..., Any], bool]] = []


@dataclass(frozen=True)
class Loop(Generic[Given, Back]):
    """
    A loop that runs as it stands or compiled, with the same results.

    Parameters
    ----------
    plain : callable
        Takes and returns numbers, arrays and named tuples of them.
    makes_arrays : bool
        Whether it makes arrays of its own.
    """

    plain: Callable[Given, Back]
    makes_arrays: bool = False

    def at(self, steps: int) -> Callable[Given, Back]:
        """
        Choose how to run.

        Parameters
        ----------
        steps : int
            How many comparisons there are to make, more or less.

        Returns
        -------
        callable
            The loop as it stands if they are few, else compiled.
        """
        return self.plain if steps <= FEW_STEPS else self.quick

    @cached_property
    def quick(self) -> Callable[Given, Back]:
        """
        The loop, compiled when it is first called, and then kept on disk.

        Floating point stays as IEEE 754 has it: no reordering, nothing taken for finite.

        Returns
        -------
        callable
            Takes and returns what the loop does.
        """
        import numba  # noqa: PLC0415 - takes half a second, which small layers need not wait for
        from numba.extending import register_jitable  # noqa: PLC0415 - the same

        while _parts:
            part, makes_arrays = _parts.pop()
            register_jitable(_nrt=makes_arrays)(part)
        # Where arrays belong to the caller, nobody needs to count who holds them, as numba does;
        # that takes a third of the time of a loop.
        compile_it = numba.njit(cache=True, nogil=True, error_model="numpy", _nrt=self.makes_arrays)
        quick: Callable[Given, Back] = compile_it(self.plain)
        return quick

    def make_ready(self, *arguments: object) -> None:
        """
        Compile the loop, or fetch it from disk, without running it.

        Parameters
        ----------
        *arguments : object
            Of the types that it will be called with.
        """
        import numba  # noqa: PLC0415 - takes half a second, which small layers need not wait for

        dispatcher: Any = self.quick
        dispatcher.compile(tuple(numba.typeof(each) for each in arguments))


def compiled(function: Callable[Given, Back]) -> Loop[Given, Back]:
    """
    Make a loop of a function that makes no arrays: its callers do.

    Parameters
    ----------
    function : callable
        Takes and returns numbers, arrays and named tuples of them.

    Returns
    -------
    Loop
        To be called with `Loop.at`.
    """
    return Loop(function)


def compiled_with_arrays(function: Callable[Given, Back]) -> Loop[Given, Back]:
    """
    Make a loop of a function that makes arrays of its own.

    Parameters
    ----------
    function : callable
        Takes and returns numbers, arrays and named tuples of them.

    Returns
    -------
    Loop
        To be called with `Loop.at`.
    """
    return Loop(function, makes_arrays=True)


def part_of_loops(function: Callable[Given, Back]) -> Callable[Given, Back]:
    """
    Make a function that makes no arrays known to loops, which compile it with themselves.

    Parameters
    ----------
    function : callable
        Takes and returns numbers, arrays and named tuples of them.

    Returns
    -------
    callable
        The function itself.
    """
    _parts.append((function, False))
    return function


def part_with_arrays(function: Callable[Given, Back]) -> Callable[Given, Back]:
    """
    Make a function that makes arrays of its own known to loops that do so, too.

    Parameters
    ----------
    function : callable
        Takes and returns numbers, arrays and named tuples of them.

    Returns
    -------
    callable
        The function itself.
    """
    _parts.append((function, True))
    return function


def in_blocks(work: Callable[[slice], None], count: int) -> None:
    """
    Share work on many items out among the processors.

    Parameters
    ----------
    work : callable
        Does the items of a slice; blocks do not touch each other's results.
    count : int
        How many items there are.
    """
    blocks = [slice(first, first + _BLOCK) for first in range(0, count, _BLOCK)]
    if len(blocks) == 1:
        work(blocks[0])
    elif blocks:
        with ThreadPoolExecutor(min(os.cpu_count() or 1, len(blocks))) as threads:
            list(threads.map(work, blocks))
