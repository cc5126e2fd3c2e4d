"""Find the place or the plot that somebody means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enping_gis.errors import ParcelError
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.vocabulary import normalised, terms

if TYPE_CHECKING:
    import pandas as pd

# A longer list of candidates would push the cure out of sight.
_CANDIDATES_SHOWN = 8


def place_codes(places: pd.DataFrame) -> dict[str, str]:
    """
    Return how places may be written, in the form of `vocabulary.normalised`.

    Parameters
    ----------
    places : pandas.DataFrame
        Table ``places`` of the inventory.

    Returns
    -------
    dict of str to str
        Code, name, name without its ending, and the aliases of the vocabulary -> code. A
        short name that two places share is left out.

    Examples
    --------
    >>> import pandas as pd
    >>> place_codes(pd.DataFrame({"place": ["440785108"], "name": ["大槐镇"]}))["大槐"]
    '440785108'
    >>> place_codes(pd.DataFrame({"place": [], "name": []}))
    {}
    """
    codes: dict[str, str] = {}
    ambiguous: set[str] = set()
    known = set(places["place"])

    def _add(wording: object, code: str) -> None:
        key = normalised(wording)
        if key and codes.setdefault(key, code) != code:
            ambiguous.add(key)

    for code, name in zip(places["place"], places["name"], strict=True):
        _add(code, code)
        _add(f"{code}000", code)  # the twelve-digit statistical code
        _add(name, code)
        for office in _offices(str(name)):
            codes.setdefault(normalised(f"{name}{office}"), code)
    for term in terms("place"):
        if term.code in known:
            for wording in (term.zh, term.en, *term.aliases):
                codes.setdefault(normalised(wording), term.code)
                for office in _offices(wording):
                    codes.setdefault(normalised(f"{wording}{office}"), term.code)
    stems: dict[str, set[str]] = {}
    for code, name in zip(places["place"], places["name"], strict=True):
        _, stem = kind_and_stem(str(name))
        stems.setdefault(normalised(stem), set()).add(code)
    codes = {stem: next(iter(those)) for stem, those in stems.items() if len(those) == 1} | codes
    return {key: code for key, code in codes.items() if key not in ambiguous}


def _offices(name: str) -> list[str]:
    """Return how the office of a place may be called after its name, as ledgers write it."""
    kind, _ = kind_and_stem(name)
    records = {term.code: term.attributes for term in terms("place_kind")}
    return records[kind]["offices"].split(LIST_SEPARATOR)


def found_place(places: pd.DataFrame, wording: str) -> tuple[str, str]:
    """
    Return the code of the place that somebody means, and how plots belong to it.

    Parameters
    ----------
    places : pandas.DataFrame
        Table ``places``.
    wording : str
        Code, name or alias.

    Returns
    -------
    code : str
        Code of the place.
    attribute : str
        Column of ``parcels`` that holds it: `responsible` for a park, else `town`.

    Raises
    ------
    ParcelError
        There is no such place; the message lists those there are.

    Examples
    --------
    >>> import pandas as pd
    >>> park = pd.DataFrame({"place": ["440785400"], "name": ["恩平工业园"], "kind": ["park"]})
    >>> found_place(park, "园区")
    ('440785400', 'responsible')
    >>> found_place(park, "")
    Traceback (most recent call last):
    ...
    enping_gis.errors.ParcelError: ...
    """
    code = place_codes(places).get(normalised(wording))
    if code is None:
        raise ParcelError("error.place", value=wording, known=", ".join(places["name"]))
    kind = places.set_index("place").loc[code, "kind"]
    return code, "responsible" if kind == "park" else "town"


def found_parcel(parcels: pd.DataFrame, wording: str) -> str:
    """
    Return the id of the plot that somebody means.

    Parameters
    ----------
    parcels : pandas.DataFrame
        Table ``parcels``.
    wording : str
        An id, a name or an alias; then a part of a name that fits one plot only.

    Returns
    -------
    str
        Its `parcel_id`.

    Raises
    ------
    ParcelError
        No plot fits, or several do; the message lists the candidates.

    Examples
    --------
    >>> import pandas as pd
    >>> two = pd.DataFrame({"parcel_id": ["1", "2"], "name": ["a", "b"], "aliases": [None, "c"]})
    >>> found_parcel(two, "c")
    '2'
    >>> found_parcel(two, "")
    Traceback (most recent call last):
    ...
    enping_gis.errors.ParcelError: ...
    """
    wish = normalised(wording)
    columns = ("parcel_id", "name", "aliases")
    rows = list(zip(*(parcels[column] for column in columns), strict=True))
    for fits in (_is_id, _is_name, _is_part) if wish else ():
        found = [row for row in rows if fits(wish, row)]
        if len(found) == 1:
            return str(found[0][0])
        if found:
            shown = [f"{row[0]} {row[1] or ''}".strip() for row in found[:_CANDIDATES_SHOWN]]
            known = ", ".join([*shown, "…"][: len(found)])
            raise ParcelError("error.parcel_ambiguous", value=wording, n=len(found), known=known)
    raise ParcelError("error.parcel", value=wording)


def kind_and_stem(name: object) -> tuple[str, str]:
    """
    Split a place name into the kind that its ending tells, and the rest.

    Parameters
    ----------
    name : object
        A name; None is empty.

    Returns
    -------
    kind : str
        Code of kind ``place_kind``; a town where the ending tells nothing.
    stem : str
        The name without its ending.

    Examples
    --------
    >>> kind_and_stem("大槐镇"), kind_and_stem(None)
    (('town', '大槐'), ('town', ''))
    """
    written = str(name or "")
    for term in terms("place_kind"):
        for ending in term.attributes["endings"].split(LIST_SEPARATOR):
            if written.endswith(ending) and written != ending:
                return term.code, written.removesuffix(ending)
    return "town", written


def _is_id(wish: str, row: tuple[Any, ...]) -> bool:
    return normalised(row[0]) == wish


def _is_name(wish: str, row: tuple[Any, ...]) -> bool:
    names = (row[1], *str(row[2] or "").split(LIST_SEPARATOR))
    return any(normalised(name) == wish for name in names)


def _is_part(wish: str, row: tuple[Any, ...]) -> bool:
    return wish in normalised(f"{row[1] or ''} {row[2] or ''}")
