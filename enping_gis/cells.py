"""Turn the cells of a column into texts, flags or moments, quickly and always in the same way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from enping_gis.vocabulary import BLANKS, code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

# A moment before all others: that of a cell which tells none.
UNREADABLE = np.iinfo(np.int64).min
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# China's clocks have been eight hours ahead of UTC since 1991.
_AHEAD = timedelta(hours=8)
# The forms in which nearly all moments are written, which Arrow reads many at a time, and how far
# their clock is ahead of UTC.
_FORMS = (
    (r"^[12]\d{3}-\d\d-\d\d$", pa.timestamp("us"), _AHEAD // _MICROSECOND),
    (
        r"^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?[+-](0\d|1[0-3]):[0-5]\d$",
        pa.timestamp("us", "UTC"),
        0,
    ),
)


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


def as_moments(cells: pd.Series) -> npt.NDArray[np.int64]:
    """
    Return cells as moments.

    Parameters
    ----------
    cells : pandas.Series
        ISO days, which begin in China, or moments, which are China's where they name no zone.

    Returns
    -------
    numpy.ndarray of int
        Microseconds since 1970 in UTC; `UNREADABLE` for a cell that tells no moment.

    Examples
    --------
    >>> day, moment, none = as_moments(pd.Series(["1970-01-01", "1970-01-01T00:00:01Z", "spring"]))
    >>> int(day), int(moment), bool(none == UNREADABLE)
    (-28800000000, 1000000, True)
    >>> as_moments(pd.Series([], dtype="object")).size
    0
    """
    texts = _arrow_texts(cells)
    moments = np.full(len(cells), UNREADABLE, dtype=np.int64)
    left = texts.is_valid().to_numpy(zero_copy_only=False)
    for pattern, kind, ahead in _FORMS:
        fits = pc.fill_null(pc.match_substring_regex(texts, pattern), fill_value=False)
        try:
            read = pc.cast(texts.filter(fits), kind).cast(pa.int64())
        except pa.ArrowInvalid:  # some tell a day that there is not, so each is read by itself
            continue
        rows = fits.to_numpy(zero_copy_only=False)
        moments[rows] = read.to_numpy() - ahead
        left = left & ~rows
    for row in np.flatnonzero(left):
        moments[row] = _as_moment(texts[row].as_py())
    return moments


def _arrow_texts(cells: pd.Series) -> pa.StringArray:
    given = cells.to_numpy(dtype=object)
    try:
        return pa.array(given, type=pa.string(), from_pandas=True)
    except (pa.ArrowException, ValueError):
        # Cells of another type than text, or texts that no encoding has.
        written = [str(cell).encode(errors="replace").decode() for cell in given]
        return pa.array(written, type=pa.string())


def _as_moment(written: str) -> int:
    try:
        moment = datetime.fromisoformat(written.strip())
        if moment.tzinfo is None:
            return (moment.replace(tzinfo=UTC) - _EPOCH - _AHEAD) // _MICROSECOND
        return (moment - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return UNREADABLE


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
