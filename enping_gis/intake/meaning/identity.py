"""Give every row of a file an id of its own, and name each id that had to be changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis.cells import as_texts
from enping_gis.findings import Finding
from enping_gis.intake.raw import ROW

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

# Above this a number of a double no longer has all its digits.
_EXACT_TO = 2**53
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./()-]*")
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class TakenIds:
    """
    Remember the ids of the batches before, in eight bytes each.

    Two ids that share a hash by chance (once in ten million files of a million rows) would
    count as repeated: the second is renamed, and a finding says so.

    Examples
    --------
    >>> taken = TakenIds()
    >>> taken.add(["a"])
    >>> taken.among(["a", "b"]).tolist(), taken.among([]).tolist()
    ([True, False], [])
    """

    def __init__(self) -> None:
        self._hashes = np.empty(0, dtype=np.uint64)

    def among(self, ids: list[str]) -> npt.NDArray[np.bool_]:
        """
        Tell which ids were there before.

        Parameters
        ----------
        ids : list of str
            Ids of a batch, n of them.

        Returns
        -------
        numpy.ndarray of bool, shape (n,)
            True for each that an earlier batch had.
        """
        if not self._hashes.size:
            return np.zeros(len(ids), dtype=bool)
        wanted = _hashed(ids)
        places = np.searchsorted(self._hashes, wanted)
        inside = places < self._hashes.size
        found = np.zeros(len(ids), dtype=bool)
        found[inside] = self._hashes[places[inside]] == wanted[inside]
        return found

    def add(self, ids: list[str]) -> None:
        """
        Remember the ids of a batch.

        Parameters
        ----------
        ids : list of str
            Its ids.
        """
        self._hashes = np.sort(np.concatenate([self._hashes, _hashed(ids)]))


def identified(
    frame: gpd.GeoDataFrame,
    where: dict[str, Any],
    *,
    prefix: str = "",
    cells: dict[int, str] | None = None,
    taken: TakenIds | None = None,
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """
    Give every row an id of its own; say which rows had none or a repeated one.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Rows with `ROW` and perhaps a column ``parcel_id``.
    where : dict
        File and layer, for the findings.
    prefix : str
        What the ids of rows without one begin with.
    cells : dict of int to str, optional
        Address of the id's cell by row, where the source is a sheet.
    taken : TakenIds, optional
        Ids of earlier batches of the same source; those of this one are added.

    Returns
    -------
    frame : geopandas.GeoDataFrame
        The rows with unique ids.
    findings : list of Finding
        Ids that were missing, repeated, or had lost digits.

    Examples
    --------
    >>> identified(pd.DataFrame({ROW: [1, 2], "parcel_id": ["a", "a"]}), {})[0][
    ...     "parcel_id"
    ... ].tolist()
    ['a', 'a~2']
    >>> identified(pd.DataFrame({ROW: [], "parcel_id": []}), {})[1]
    []
    """
    taken = TakenIds() if taken is None else taken
    frame = frame.copy()
    if "parcel_id" not in frame:
        frame["parcel_id"] = [f"{prefix}{row}" for row in frame[ROW]]
        taken.add(frame["parcel_id"].tolist())
        numbered = Finding("id_numbered", "info", field="parcel_id", **where)
        return frame, [numbered] if len(frame) else []
    written, findings = _half_width(as_texts(frame["parcel_id"]), where)
    missing = written.isna().to_numpy()
    earlier = np.zeros(len(frame), dtype=bool)
    earlier[~missing] = taken.among(written[~missing].tolist())
    repeated = written.duplicated().to_numpy() & ~missing | earlier
    findings += _inexact(frame, written, where, cells or {})
    ids = written.to_numpy(dtype=object, copy=True)
    used = set(written[~missing]) if (missing | repeated).any() else set()
    for index in np.flatnonzero(missing | repeated):
        row, given = int(frame[ROW].iloc[index]), written.iloc[index]
        free = _free(f"{prefix}row-{row}" if given is None else given, used, taken)
        used.add(free)
        ids[index] = free
        findings.append(
            Finding("id_missing" if given is None else "id_repeated", "warning", row=row,
                    parcel=free, field="parcel_id", value=given or "",
                    cell=(cells or {}).get(row, ""), **where)
        )  # fmt: skip
    frame["parcel_id"] = ids
    taken.add(ids.tolist())
    return frame, findings


def _half_width(ids: pd.Series, where: dict[str, Any]) -> tuple[pd.Series, list[Finding]]:
    """Turn full-width digits and letters into plain ones, or no ledger would ever match."""
    if all(cell is None or cell.isascii() for cell in ids):
        return ids, []
    folded = ids.map(lambda cell: None if cell is None else _plain(cell))
    changed = np.flatnonzero((folded != ids) & ids.notna())
    if not changed.size:
        return ids, []
    value = ids.iloc[changed[0]]
    values: dict[str, object] = {"n": int(changed.size), "read": folded.iloc[changed[0]]}
    return folded, [Finding("id_full_width", "info", field="parcel_id", value=value,
                            values=values, **where)]  # fmt: skip


def _plain(cell: str) -> str:
    folded = cell.translate(_PLAIN)
    # What is no code, such as a formula in disguise, stays as it was written.
    return folded if _CODE.fullmatch(folded) else cell


def _free(wish: str, used: set[str], taken: TakenIds) -> str:
    free, number = wish, 2
    while free in used or taken.among([free])[0]:
        free, number = f"{wish}~{number}", number + 1
    return free


def _inexact(
    frame: gpd.GeoDataFrame, written: pd.Series, where: dict[str, Any], cells: dict[int, str]
) -> list[Finding]:
    numbers = frame["parcel_id"]
    if pd.api.types.infer_dtype(numbers) == "string":
        return []
    if not pd.api.types.is_float_dtype(numbers):
        numbers = numbers.map(lambda cell: cell if isinstance(cell, float) else 0.0)
    lost = np.flatnonzero(numbers.abs().to_numpy(dtype=float, na_value=0.0) > _EXACT_TO)
    rows = [int(frame[ROW].iloc[index]) for index in lost]
    return [
        Finding("id_inexact", "warning", row=row, parcel=written.iloc[index], field="parcel_id",
                value=written.iloc[index], cell=cells.get(row, ""), **where)
        for row, index in zip(rows, lost, strict=True)
    ]  # fmt: skip


def _hashed(ids: list[str]) -> npt.NDArray[np.uint64]:
    return pd.util.hash_array(np.array(ids, dtype=object), categorize=False)
