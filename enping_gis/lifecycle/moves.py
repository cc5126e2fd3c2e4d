"""Say which way a plot went between two statuses: forward, back, or aside to the courts."""

from __future__ import annotations

from enping_gis.vocabulary import terms

_RANK = {term.code: rank for rank, term in enumerate(terms("status"))}


def move(before: str, after: str) -> str | None:
    """
    Return which way a plot went.

    Parameters
    ----------
    before, after : str
        Codes of the two statuses.

    Returns
    -------
    str or None
        ``"forward"``, ``"back"`` or ``"aside"`` (into court proceedings, or out of them to
        where the plot is still to be remediated); None where it did not move.

    Examples
    --------
    >>> move("surveyed", "remediating"), move("supplied", "remediating")
    ('forward', 'back')
    >>> move("remediating", "disputed"), move("disputed", "remediating")
    ('aside', 'aside')
    >>> move("disputed", "revitalised"), move("unknown", "unknown")
    ('forward', None)
    """
    if before == after:
        return None
    leaves = before == "disputed" and _RANK[after] < _RANK["disputed"]
    if after == "disputed" or leaves:
        return "aside"
    return "forward" if _RANK[after] > _RANK[before] else "back"
