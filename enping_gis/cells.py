"""Turn the cells of a column into texts or flags, quickly and always in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from enping_gis.vocabulary import BLANKS, code_of

if TYPE_CHECKING:
    from collections.abc import Callable


def as_texts(cells: pd.Series) -> pd.Series:
    """
    Return cells as texts, without blanks around them.

    Parameters
    ----------
    cells : pandas.Series
        Cells of any type.

    Returns
    -------
    pandas.Series of object
        Texts, and None where a cell is missing or blank; a whole number has no decimal point.

    Examples
    --------
    >>> as_texts(pd.Series([" a ", "", None, 12.0], dtype="object")).tolist()
    ['a', None, None, '12']
    >>> as_texts(pd.Series([], dtype="object")).tolist()
    []
    """
    try:
        texts = pa.array(cells, type=pa.string(), from_pandas=True)
    except (pa.ArrowException, UnicodeError, ValueError):
        # Cells of another type than text, or of several, are converted one by one.
        return pd.Series(_each_once(cells, _as_text), index=cells.index, dtype="object")
    trimmed = pc.utf8_trim(texts, characters=BLANKS)
    told = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    return pd.Series(told.to_numpy(zero_copy_only=False), index=cells.index, dtype="object")


def as_flags(cells: pd.Series) -> pd.Series:
    """
    Return cells as flags.

    Parameters
    ----------
    cells : pandas.Series
        Cells of any type.

    Returns
    -------
    pandas.Series of bool
        True where the cell says yes in one of the ways of the vocabulary.

    Examples
    --------
    >>> as_flags(pd.Series(["是", "no", None, True], dtype="object")).tolist()
    [True, False, False, True]
    >>> as_flags(pd.Series([], dtype="object")).tolist()
    []
    """
    if pd.api.types.is_bool_dtype(cells):
        return cells.astype("bool")
    return pd.Series(_each_once(cells, _is_true), index=cells.index, dtype="bool")


def _each_once(cells: pd.Series, convert: Callable[[object], object]) -> list[object]:
    """Convert cells; text that comes again, as it does in large layers, is converted once."""
    done: dict[object, object] = {}
    result = []
    for cell in cells.array.astype(object):
        # 1, 1.0 and True are equal but print differently, so only texts are kept in mind.
        if type(cell) is not str:
            result.append(convert(cell))
            continue
        if cell not in done:
            done[cell] = convert(cell)
        result.append(done[cell])
    return result


def _is_true(cell: object) -> bool:
    return not _is_missing(cell) and code_of("answer", cell) == "yes"


def _is_missing(cell: object) -> bool:
    # NaN and NaT are the values unequal to themselves; NA refuses to be compared.
    return cell is None or cell is pd.NA or cell != cell  # noqa: PLR0124 - see above


def _as_text(cell: object) -> str | None:
    if _is_missing(cell):
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, pd.Timestamp):
        return cell.date().isoformat()
    written = str(cell).strip(BLANKS)
    return written or None
