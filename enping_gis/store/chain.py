"""Chain events by hashes, so that a changed or missing event shows."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.schema import conformed, table

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHAIN_COLUMNS = ("prev_hash", "hash")


def event_hash(event: Mapping[str, Any] | pd.Series, prev_hash: str | None) -> str:
    """
    Return the hash of an event and of what its chain holds before it.

    It is SHA-256 (FIPS 180-4) over canonical JSON: the columns of table "events" without
    ``prev_hash`` and ``hash``, by their types in the layer model, sorted by name, no white
    space, UTF-8, empty cells as null; then a line feed and `prev_hash`.

    Parameters
    ----------
    event : mapping or pandas.Series
        An event by column; further columns do not count, missing ones are empty.
    prev_hash : str or None
        Hash of the event before it; None or empty for the first of a chain.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    ValueError
        A column of numbers holds text that is no number.

    Examples
    --------
    >>> first = event_hash({"event_id": "a", "kind": "visit", "quantity": 3}, None)
    >>> first == event_hash({"event_id": "a", "kind": "visit", "quantity": 3.0}, "")
    True
    >>> first == event_hash({}, None)
    False
    """
    canonical = {
        column.name: _number(event.get(column.name))
        if column.type == "float"
        else _text(event.get(column.name))
        for column in table("events").columns
        if column.name not in _CHAIN_COLUMNS
    }
    content = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{content}\n{_text(prev_hash) or ''}".encode()).hexdigest()


def chained(events: pd.DataFrame) -> pd.DataFrame:
    """
    Chain events anew: one chain for each ``origin``, by ``recorded_at``, then ``event_id``.

    Parameters
    ----------
    events : pandas.DataFrame
        Rows of table "events"; hashes they carry are replaced.

    Returns
    -------
    pandas.DataFrame
        A copy in the order and with the index given, ``prev_hash`` and ``hash`` filled;
        ``prev_hash`` of the first event of a chain is None.

    Raises
    ------
    ValueError
        Two events have one id, so that their order is not decided.

    Examples
    --------
    >>> two = pd.DataFrame(
    ...     {"event_id": ["b", "a"], "kind": "visit", "recorded_at": ["2", "1"], "origin": "x"}
    ... )
    >>> linked = chained(two)
    >>> linked["prev_hash"][0] == linked["hash"][1], linked["prev_hash"][1] is None
    (True, True)
    >>> len(chained(two[:0]))
    0
    """
    result = conformed(events, "events")
    repeated = result["event_id"][result["event_id"].duplicated()]
    if len(repeated):
        msg = f"events: id {repeated.iloc[0]!r} occurs twice, give every event its own"
        raise ValueError(msg)
    previous: dict[str, str] = {}
    previous_hashes: dict[int, str | None] = {}
    hashes: dict[int, str] = {}
    rows = result.to_dict("records")
    for position in sorted(range(len(rows)), key=lambda each: _order(rows[each])):
        origin = _text(rows[position]["origin"]) or ""
        previous_hashes[position] = previous.get(origin)
        previous[origin] = event_hash(rows[position], previous.get(origin))
        hashes[position] = previous[origin]
    positions = range(len(rows))
    for name, column in (("prev_hash", previous_hashes), ("hash", hashes)):
        cells = [column[position] for position in positions]
        result[name] = pd.Series(cells, index=result.index, dtype="object")
    return result


def _order(event: Mapping[str, Any]) -> tuple[str, str]:
    return _text(event["recorded_at"]) or "", _text(event["event_id"]) or ""


def _number(cell: object) -> float | None:
    return None if _is_empty(cell) else float(str(cell))


def _text(cell: object) -> str | None:
    return None if _is_empty(cell) else str(cell)


def _is_empty(cell: object) -> bool:
    # NaN and NaT are the values unequal to themselves.
    return cell is None or cell is pd.NA or cell == "" or bool(cell != cell)  # noqa: PLR0124 - see above
