"""Put a page's two languages beside each other: what is said, and where it says something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from enping_gis.messages import Language

OTHER: dict[Language, Language] = {"zh": "en", "en": "zh"}


def differences(said: object, other: object, *path: str | int) -> list[list[Any]]:
    """
    List where two data sets of the same build say something else.

    The page swaps these texts when its language is switched; swapped twice, all is as before.

    Parameters
    ----------
    said, other : object
        JSON data in one language and in the other.
    *path : str or int
        Where they stand.

    Returns
    -------
    list of list
        The path of each text that differs, and what the other language says there.

    Examples
    --------
    >>> differences({"a": [1, "x"], "b": "y"}, {"a": [1, "z"], "b": "y"}, "head")
    [[['head', 'a', 1], 'z']]
    >>> differences({}, {})
    []
    """
    if isinstance(said, dict) and isinstance(other, dict):
        pairs = [(key, said[key], other[key]) for key in said if key in other]
    elif isinstance(said, list) and isinstance(other, list):
        pairs = [(at, *both) for at, both in enumerate(zip(said, other, strict=False))]
    else:
        is_text = isinstance(said, str) and isinstance(other, str)
        return [[list(path), other]] if is_text and said != other else []
    return [each for key, one, two in pairs for each in differences(one, two, *path, key)]
