"""Say who answers for a place: its name, its team, the post that signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from enping_gis.messages import text
from enping_gis.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection

    from enping_gis.inventory import Inventory
    from enping_gis.messages import Language

# In tables of commitments the county has no code of its own.
COUNTY = ""


@dataclass(frozen=True)
class Answering:
    """
    Who answers for a place.

    Parameters
    ----------
    team : str
        Its teams, joined; empty where none is recorded.
    post : str
        Their posts, joined; each stands once.
    """

    team: str = ""
    post: str = ""


def answering(inventory: Inventory, lang: Language | None = None) -> dict[str, Answering]:
    """
    Return who answers for each place.

    Parameters
    ----------
    inventory : Inventory
        With table ``teams``.
    lang : {"zh", "en"}, optional
        Language of the list marks; by default the one in force.

    Returns
    -------
    dict of str to Answering
        By the code of the place, `COUNTY` for the county; places without a team are left out.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> answering(Inventory.demo(), "zh")["440785108"].team
    '大槐镇工作专班'
    """
    codes = county_codes(inventory.teams["place"], inventory)
    mark = text("list_mark", lang)
    found = {}
    for code, rows in inventory.teams.groupby(codes, sort=False):
        teams, posts = (
            mark.join(dict.fromkeys(rows[column].dropna().astype(str)))
            for column in ("team", "post")
        )
        found[str(code)] = Answering(teams, posts)
    return found


def county_codes(cells: pd.Series[str], inventory: Inventory) -> pd.Series[str]:
    """
    Return the codes of places with `COUNTY` for the county, however it is written.

    Parameters
    ----------
    cells : pandas.Series of str
        Codes of places; the county is an empty cell, or the code that those of all places
        begin with.
    inventory : Inventory
        With table ``places``.

    Returns
    -------
    pandas.Series of str
        The codes, on the same index.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> cells = pd.Series(["440785", None, "440785108"])
    >>> county_codes(cells, Inventory.demo()).tolist()
    ['', '', '440785108']
    """
    there = list(inventory.places["place"])
    return pd.Series(
        [COUNTY if _is_county(cell, there) else str(cell) for cell in cells],
        index=cells.index,
        dtype=object,
    )


def _is_county(cell: object, there: Collection[str]) -> bool:
    if cell is None or pd.isna(cell) or not str(cell).strip():
        return True
    above = bool(there) and all(code.startswith(str(cell)) for code in there)
    return above and str(cell) not in there


def place_label(inventory: Inventory, code: object, lang: Language | None = None) -> str:
    """
    Return what to print for a place, the county, or none.

    Parameters
    ----------
    inventory : Inventory
        With table ``places``.
    code : object
        Code of a place, `COUNTY`, ``"unknown"`` or a missing cell.
    lang : {"zh", "en"}, optional
        Language; by default the one in force.

    Returns
    -------
    str
        The name; the wording for "not stated" where nobody is named.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> demo = Inventory.demo()
    >>> [place_label(demo, code, "zh") for code in ("440785108", "", "unknown", None)]
    ['大槐镇', '全市', '未载明', '未载明']
    """
    if not isinstance(code, str) or code == UNKNOWN:
        return text("not_stated", lang)
    return text("county", lang) if code == COUNTY else inventory.place_name(code, lang)
