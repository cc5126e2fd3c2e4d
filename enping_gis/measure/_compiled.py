"""Compile the few loops that arrays cannot express."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import numba

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Function = TypeVar("Function", bound=Callable[..., Any])

# Items in a block: some ten milliseconds of work, beside which handing it out costs nothing.
_BLOCK = 16_384


def compiled(function: Function) -> Function:
    """
    Compile a function of numbers and arrays when it is first called, and keep it on disk.

    Floating point stays as IEEE 754 has it: no reordering, no assumption that values are finite.

    Parameters
    ----------
    function : callable
        Takes and returns numbers, arrays and tuples of them.

    Returns
    -------
    callable
        The same function, compiled.
    """
    # Without `cache` every process would compile anew, for seconds.
    quick: Function = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return quick


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
