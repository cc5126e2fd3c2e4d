"""Turn Arrow columns into plain ones: text, numbers, and dates as ISO text, the same for all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from enping_gis.findings import Finding
from enping_gis.intake.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

# A float tells whole numbers apart up to here; longer ones are codes, and kept as text.
EXACT_TO = 2**53
# Names that the table of parcels needs for itself.
_RESERVED = ("geometry", ROW)
_MIDNIGHT = r"[ T]00:00:00(\.0+)?(Z|[+-]00:?00)?$"
_FRACTION = r"(\d\d:\d\d:\d\d)\.0+(Z|[+-]\d\d:?\d\d)?$"


def free_columns(
    names: Sequence[str], where: dict[str, Any]
) -> tuple[list[str], tuple[Finding, ...]]:
    """
    Give each column a name of its own.

    Parameters
    ----------
    names : sequence of str
        Names as the file has them; they may repeat, be empty, or be one that is needed.
    where : dict
        File and layer, for findings.

    Returns
    -------
    names : list of str
        The same where possible.
    findings : tuple of Finding
        One for each that had to be changed.

    Examples
    --------
    >>> free_columns(["a", "a", "geometry"], {})[0]
    ['a', 'a_2', 'geometry_2']
    >>> free_columns([], {})
    ([], ())
    """
    taken = {*_RESERVED}
    free: list[str] = []
    findings = []
    for position, name in enumerate(names, 1):
        wish = name or f"column_{position}"
        choice, number = wish, 2
        while choice in taken or (choice != name and choice in names):
            choice, number = f"{wish}_{number}", number + 1
        taken.add(choice)
        free.append(choice)
        if choice != name:
            findings.append(Finding("column_renamed", "warning", field=choice, value=name, **where))
    return free, tuple(findings)


def frame_of(columns: dict[str, npt.NDArray[Any]], rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    """
    Put plain columns and row numbers together.

    Parameters
    ----------
    columns : dict of str to numpy.ndarray
        Objects (text or None) or numbers.
    rows : numpy.ndarray of int
        Row of the source, from 1.

    Returns
    -------
    pandas.DataFrame
        RangeIndex; texts stay objects, which pandas would else make a type of its own.

    Examples
    --------
    >>> import numpy as np
    >>> frame_of({"a": np.array(["x"], dtype=object)}, np.array([1])).dtypes.tolist()
    [dtype('O'), dtype('int64')]
    """
    series = {
        name: pd.Series(values, dtype=values.dtype, copy=False) for name, values in columns.items()
    }
    # An integer is needed even where there is no row.
    series[ROW] = pd.Series(rows, dtype=np.int64)
    return pd.DataFrame(series, copy=False)


def plain(column: Any) -> npt.NDArray[Any] | None:  # noqa: ANN401 - Arrow comes without types
    """
    Turn one Arrow column into a plain one.

    Parameters
    ----------
    column : pyarrow.Array
        Any type.

    Returns
    -------
    numpy.ndarray or None
        Objects (str, bool or None) or numbers; whole numbers beyond 2**53 and decimals beyond
        15 digits become text, dates ISO text (a time of midnight is left out), lists JSON.
        None for bytes, which are neither.

    Examples
    --------
    >>> plain(pa.array([1, None])).tolist(), plain(pa.array([2**53 + 1, None])).tolist()
    ([1.0, nan], ['9007199254740993', None])
    >>> plain(pa.array([], pa.string())).tolist()
    []
    """
    if isinstance(column.type, pa.ExtensionType):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return None
    if pa.types.is_floating(kind):
        return np.asarray(column.to_numpy(zero_copy_only=False))
    if pa.types.is_integer(kind):
        return _whole(column)
    return _other(column)


def _other(column: Any) -> npt.NDArray[Any]:  # noqa: ANN401 - Arrow comes without types
    kind = column.type
    if pa.types.is_decimal(kind):
        whole = kind.scale == 0 and kind.precision > 15  # noqa: PLR2004 - a float keeps 15 digits
        return _objects(column.cast(pa.string())) if whole else _floats(column)
    if pa.types.is_nested(kind) or pa.types.is_duration(kind):
        return _json(column.to_pylist())
    if pa.types.is_temporal(kind):
        return _objects(iso_text(column))
    return _objects(column)


def _objects(column: Any) -> npt.NDArray[np.object_]:  # noqa: ANN401 - Arrow comes without types
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)


def _floats(column: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - Arrow comes without types
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False))


def _whole(column: Any) -> npt.NDArray[Any]:  # noqa: ANN401 - Arrow comes without types
    bounds = pc.min_max(column).as_py()
    if bounds["min"] is not None and max(-bounds["min"], bounds["max"]) > EXACT_TO:
        return _objects(column.cast(pa.string()))
    return (
        np.asarray(column.to_numpy(zero_copy_only=False))
        if not column.null_count
        else _floats(column)
    )


def iso_text(column: Any) -> Any:  # noqa: ANN401 - Arrow comes without types
    """
    Write times like 2023-03-30T08:30:00, and dates without a time of day as the day alone.

    Parameters
    ----------
    column : pyarrow.Array
        Times, or texts of times as GDAL writes them.

    Returns
    -------
    pyarrow.Array of str
        All in one form.

    Examples
    --------
    >>> iso_text(pa.array(["2023-03-30 00:00:00.000", "2023-03-30 08:30:00.000Z"])).to_pylist()
    ['2023-03-30', '2023-03-30T08:30:00Z']
    """
    coded = column.dictionary_encode()  # days repeat
    texts = coded.dictionary.cast(pa.string())
    texts = pc.replace_substring_regex(texts, _MIDNIGHT, "")
    texts = pc.replace_substring_regex(texts, _FRACTION, r"\1\2")
    texts = pc.replace_substring_regex(texts, r"^(\d{4}-\d\d-\d\d) ", r"\1T")
    return texts.take(coded.indices)


def _json(cells: Iterable[Any]) -> npt.NDArray[np.object_]:
    written = [
        None if cell is None else json.dumps(cell, ensure_ascii=False, default=str)
        for cell in cells
    ]
    return np.array(written, dtype=object)


def plain_cells(cells: Sequence[Any]) -> npt.NDArray[Any]:
    """
    Turn cells of any kind into one plain column.

    Parameters
    ----------
    cells : sequence of object
        Text, numbers, booleans, None, or nested values, as JSON has them.

    Returns
    -------
    numpy.ndarray
        Whole numbers, numbers, booleans, or texts; where these mix, all are text.

    Examples
    --------
    >>> plain_cells([1, None]).tolist(), plain_cells([1, "a", {"b": 2}]).tolist()
    ([1.0, nan], ['1', 'a', '{"b": 2}'])
    >>> plain_cells([]).tolist()
    []
    """
    kinds = set(map(type, cells))
    if kinds == {int} and max(map(abs, cells)) <= EXACT_TO:
        return np.array(cells, dtype=np.int64)
    numbers = kinds <= {int, float, type(None)} and kinds != {type(None)}
    if kinds and numbers and all(abs(cell) <= EXACT_TO for cell in cells if type(cell) is int):
        return np.array(cells, dtype=np.float64)
    if not kinds <= {bool, type(None)}:
        cells = [cell if cell is None else _text(cell) for cell in cells]
    return np.array([*cells, None], dtype=object)[:-1]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) > EXACT_TO:
        return f"{cell:.0f}"  # a code; nobody knows it by its power of ten
    text = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False, default=str)
    # Half a character, which JSON can spell, could not be written anywhere.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def table_of(
    records: Sequence[dict[str, Any]], where: dict[str, Any]
) -> tuple[dict[str, npt.NDArray[Any]], tuple[Finding, ...]]:
    """
    Make columns of rows that each have names of their own.

    Parameters
    ----------
    records : sequence of dict
        Name -> cell; what a row lacks is None.
    where : dict
        File and layer, for findings.

    Returns
    -------
    columns : dict of str to numpy.ndarray
        In the order in which the names appear.
    findings : tuple of Finding
        Names that had to be changed.

    Examples
    --------
    >>> columns, _ = table_of([{"a": 1}, {"b": "x"}], {})
    >>> columns["b"].tolist()
    [None, 'x']
    >>> table_of([], {})
    ({}, ())
    """
    own = list(dict.fromkeys(name for record in records for name in record))
    names, findings = free_columns([_text(name) for name in own], where)
    columns = {
        name: plain_cells([record.get(key) for record in records])
        for name, key in zip(names, own, strict=True)
    }
    return columns, findings
