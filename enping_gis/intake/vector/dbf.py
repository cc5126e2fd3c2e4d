"""Read the attribute table of a Shapefile to the letter: long codes, dates, texts in any state."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from enping_gis.findings import Finding
from enping_gis.intake.files.encoding import decoded_cells, decoded_name
from enping_gis.intake.vector.columns import EXACT_TO, free_columns

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

_HEADER_BYTES = 32
_FIELD_END = 0x0D
_DELETED = 0x2A
# A float keeps 15 digits for sure.
_FLOAT_DIGITS = 15
_DAY_DIGITS = 8
_BINARY = {"I": "<i4", "O": "<f8", "+": "<i4"}


class Field(NamedTuple):
    """
    A column of the table.

    Parameters
    ----------
    name : bytes
        Its name, in the encoding of the table.
    kind : str
        ``C`` text, ``N`` and ``F`` number, ``D`` day, ``L`` yes or no, others binary.
    offset, width : int
        Where it lies in a record, in bytes.
    decimals : int
        Digits after the point.
    """

    name: bytes
    kind: str
    offset: int
    width: int
    decimals: int


class Dbf(NamedTuple):
    """
    A table as its header describes it.

    Parameters
    ----------
    path : pathlib.Path
        The ``.dbf`` file.
    fields : tuple of Field
        Its columns.
    claimed : int
        Rows that the header says there are.
    rows : int
        Rows that are there whole.
    start, width : int
        Length of the header and of a record, in bytes.
    """

    path: Path
    fields: tuple[Field, ...]
    claimed: int
    rows: int
    start: int
    width: int

    def records(self, first: int, count: int) -> npt.NDArray[np.uint8]:
        """
        Return records as bytes.

        Parameters
        ----------
        first, count : int
            The first one, from 0, and how many; fewer where the table ends.

        Returns
        -------
        numpy.ndarray of uint8, shape (n, width)
            The bytes.
        """
        count = max(min(count, self.rows - first), 0)
        with self.path.open("rb") as stream:
            stream.seek(self.start + first * self.width)
            content = stream.read(count * self.width)
        return np.frombuffer(content, np.uint8).reshape(-1, self.width or 1)


def opened_dbf(path: Path) -> Dbf | None:
    """
    Read the header of a table.

    Parameters
    ----------
    path : pathlib.Path
        The ``.dbf`` file.

    Returns
    -------
    Dbf or None
        None where there is no header to go by.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEADER_BYTES)
        if len(head) < _HEADER_BYTES:
            return None
        claimed, start, width = struct.unpack_from("<IHH", head, 4)
        rest = stream.read(max(start - _HEADER_BYTES, 0))
    fields, offset = [], 1
    for at in range(0, len(rest) - _HEADER_BYTES + 1, _HEADER_BYTES):
        field = rest[at : at + _HEADER_BYTES]
        if field[0] == _FIELD_END:
            break
        kind, size, decimals = chr(field[11]), field[16], field[17]
        if kind == "C":  # long texts use both bytes
            size, decimals = size + 256 * decimals, 0
        fields.append(Field(field[:11].split(b"\x00")[0], kind, offset, size, decimals))
        offset += size
    if not fields or width < offset or start < _HEADER_BYTES:
        return None
    there = max(path.stat().st_size - start, 0) // width
    return Dbf(path, tuple(fields), claimed, min(claimed, there), start, width)


def field_names(
    table: Dbf, codec: str, where: dict[str, Any]
) -> tuple[list[str], tuple[Finding, ...]]:
    """
    Return the names of the columns.

    Parameters
    ----------
    table : Dbf
        The table.
    codec : str
        Its encoding; a name cut off within a character loses that character.
    where : dict
        File and layer.

    Returns
    -------
    names : list of str
        Each one is unique.
    findings : tuple of Finding
        Names that had to be changed.
    """
    return free_columns([decoded_name(field.name, codec) for field in table.fields], where)


def attributes(
    table: Dbf, codec: str, span: tuple[int, int], where: dict[str, Any]
) -> tuple[dict[str, npt.NDArray[Any]], npt.NDArray[np.bool_], tuple[Finding, ...]]:
    """
    Read the columns of some rows.

    Parameters
    ----------
    table : Dbf
        The table.
    codec : str
        Encoding of its texts.
    span : tuple of int
        First row, from 0, and how many.
    where : dict
        File and layer.

    Returns
    -------
    columns : dict of str to numpy.ndarray
        Text, numbers, and days as ISO text; None or NaN in rows beyond the end of the table.
    deleted : numpy.ndarray of bool
        Rows that are marked as deleted.
    findings : tuple of Finding
        Cells in doubt.
    """
    first, count = span
    records = table.records(first, count)
    names, _ = field_names(table, codec, {})
    columns = {}
    findings: list[Finding] = []
    for name, field in zip(names, table.fields, strict=True):
        cells = np.ascontiguousarray(records[:, field.offset : field.offset + field.width])
        values, doubtful = _values(cells, field, codec)
        findings += [
            Finding(rule, "warning", row=first + position + 1, field=name,
                    value=str(values[position]), **where)
            for position, rule in doubtful.items()
        ]  # fmt: skip
        columns[name] = _padded(values, count)
    deleted = np.zeros(count, dtype=bool)
    deleted[: len(records)] = records[:, 0] == _DELETED
    return columns, deleted, tuple(findings)


def _padded(values: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    if len(values) == count:
        return values
    if values.dtype.kind in "iu":
        values = values.astype(np.float64)
    rest = count - len(values)
    filler = np.full(rest, None if values.dtype == object else np.nan, dtype=values.dtype)
    return np.concatenate([values, filler])


def _values(
    cells: npt.NDArray[np.uint8], field: Field, codec: str
) -> tuple[npt.NDArray[Any], dict[int, str]]:
    if field.kind in _BINARY and cells.shape[1] == np.dtype(_BINARY[field.kind]).itemsize:
        return cells.view(_BINARY[field.kind]).ravel().astype(np.float64), {}
    if not cells.shape[1] or not len(cells):
        return np.full(len(cells), None, dtype=object), {}
    texts = cells.view(f"S{cells.shape[1]}").ravel()
    if field.kind in "NF":
        return _numbers(np.char.strip(texts, b" \x00"), field)
    if field.kind == "D":
        return _days(np.char.strip(texts, b" \x00")), {}
    if field.kind == "L":
        return _answers(texts), {}
    return _texts(texts, codec)


def _texts(
    texts: npt.NDArray[np.bytes_], codec: str
) -> tuple[npt.NDArray[np.object_], dict[int, str]]:
    stripped = np.char.rstrip(texts, b" \x00")
    # Towns, kinds and statuses repeat, so each different text is decoded once.
    different, positions = np.unique(stripped, return_inverse=True)
    decoded, doubtful = decoded_cells(
        (bytes(text) or None for text in different), codec, width=texts.dtype.itemsize
    )
    values: npt.NDArray[np.object_] = decoded[positions]
    if not doubtful:
        return values, {}
    rows = {
        int(row): doubtful[int(positions[row])]
        for row in np.flatnonzero(np.isin(positions, list(doubtful)))
    }
    return values, rows


def _numbers(
    texts: npt.NDArray[np.bytes_], field: Field
) -> tuple[npt.NDArray[Any], dict[int, str]]:
    """Return numbers; codes longer than a float can keep stay text."""
    # Programs fill a field with stars where a number did not fit, or where there is none.
    stars = np.char.startswith(texts, b"*")
    empty = (texts == b"") | stars
    filled = np.where(empty, b"nan", texts)
    try:
        values = filled.astype(np.float64)
    except ValueError:
        return _mixed(texts, empty), {}
    doubtful: dict[int, str] = {}
    whole = field.decimals == 0 and np.isfinite(values).any()
    if whole and field.width > _FLOAT_DIGITS and np.nanmax(np.abs(values)) > EXACT_TO:
        return _mixed(texts, empty), doubtful
    if whole and not empty.any() and (values == np.floor(values)).all():
        return values.astype(np.int64), doubtful
    return values, doubtful


def _mixed(texts: npt.NDArray[np.bytes_], empty: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    decoded = [text.decode("ascii", "replace") for text in texts]
    values = np.array([*decoded, None], dtype=object)[:-1]
    values[empty] = None
    return values


def _days(texts: npt.NDArray[np.bytes_]) -> npt.NDArray[np.object_]:
    """Return ISO days as they are written, also those that are none, such as 30 February."""
    different, positions = np.unique(texts, return_inverse=True)
    days: list[str | None] = []
    for written in different:
        day = bytes(written).decode("ascii", "replace")
        if not day.strip("0"):
            days.append(None)
        elif len(day) == _DAY_DIGITS and day.isdigit():
            days.append(f"{day[:4]}-{day[4:6]}-{day[6:]}")
        else:
            days.append(day)
    result: npt.NDArray[np.object_] = np.array([*days, None], dtype=object)[positions]
    return result


def _answers(texts: npt.NDArray[np.bytes_]) -> npt.NDArray[np.object_]:
    meaning = {b"T": True, b"Y": True, b"F": False, b"N": False}
    values = [meaning.get(bytes(text).upper()) for text in texts]
    return np.array([*values, None], dtype=object)[:-1]
