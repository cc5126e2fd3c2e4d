"""Find out in which bracket something stands."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.check.auditing.words import words

if TYPE_CHECKING:
    from enping_gis.check.auditing.quantities import Reading


class Brackets(NamedTuple):
    """
    The brackets of a text.

    Parameters
    ----------
    places : tuple of int
        Where another bracket becomes the innermost one.
    openings : tuple of int
        The opening sign of the innermost bracket from there on, -1 outside all.
    closings : dict of int to int
        Opening sign -> closing sign.
    length : int
        Length of the text.
    """

    places: tuple[int, ...]
    openings: tuple[int, ...]
    closings: dict[int, int]
    length: int

    def around(self, place: int) -> int:
        """
        Return the innermost bracket around a place.

        Parameters
        ----------
        place : int
            Place in the text; of an opening sign the bracket around it is meant.

        Returns
        -------
        int
            Place of its opening sign, -1 outside all brackets.
        """
        at = bisect_right(self.places, place)
        return self.openings[at - 1] if at else -1

    def span(self, opening: int) -> tuple[int, int]:
        """
        Return what a bracket holds.

        Parameters
        ----------
        opening : int
            As `around` returns it.

        Returns
        -------
        tuple of int and int
            The place behind its opening sign, and that of its closing sign.
        """
        return (opening + 1, self.closings[opening]) if opening >= 0 else (0, self.length)


@lru_cache(maxsize=16)
def brackets_of(reading: Reading) -> Brackets:
    """
    Find the brackets of a text.

    Parameters
    ----------
    reading : Reading
        The text.

    Returns
    -------
    Brackets
        A bracket that a sentence does not close is none; nor is one that it did not open.

    Examples
    --------
    >>> from enping_gis.check.auditing.quantities import Reading
    >>> found = brackets_of(Reading("农用地3公顷（其中耕地2公顷）、林地"))
    >>> found.around(7), found.span(6), found.around(16)
    (6, (7, 14), -1)
    >>> brackets_of(Reading("a) (b。c)")).around(5)
    -1
    """
    closings = _closings(reading)
    ends = {closing: opening for opening, closing in closings.items()}
    places, openings, around = [], [], [-1]
    for place in sorted([*closings, *ends]):
        if place in closings:
            around.append(place)
            places.append(place + 1)
        else:
            around.pop()
            places.append(place)
        openings.append(around[-1])
    return Brackets(tuple(places), tuple(openings), closings, len(reading.text))


def _closings(reading: Reading) -> dict[int, int]:
    """Match every closing sign with the last one opened in its sentence."""
    opening, closing = frozenset(words("opening")), frozenset(words("closing"))
    found: dict[int, int] = {}
    opened: list[int] = []
    for place, sign in enumerate(reading.plain):
        if sign in opening:
            opened.append(place)
        elif sign in closing and opened:
            if reading.sentence(opened[-1]) == reading.sentence(place):
                found[opened.pop()] = place
            else:
                opened.clear()
    return found
