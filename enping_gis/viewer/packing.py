"""
Pack columns of whole numbers and texts into one compressed block of the page.

A block is a head, JSON that names the columns, and the bytes of one column after the other, all
in one gzip stream (RFC 1952), whose check sum tells the browser that nothing was damaged. Whole
numbers are variable-length (LEB128, as in protocol buffers: seven bits a byte, the least
significant first); signed ones alternate (0, -1, 1, -2 ...), as https://protobuf.dev/programming-guides/encoding
says. `assets/codec.js` reads it back.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from enping_gis.viewer.deflating import gzipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Kind = Literal["whole", "signed", "steps", "bits", "json"]

_SEVEN = 7
_LOW = 127
_SHORT = 1 << 32
_HEAD_BYTES = 4


class Packer:
    """
    Collects columns and compresses them.

    Examples
    --------
    >>> packer = Packer()
    >>> packer.add("steps", np.array([5, 6, 4]), "steps")
    >>> packer.columns
    [['steps', 'steps', 3, 3]]
    >>> Packer().packed({})[:4]
    'H4sI'
    """

    def __init__(self) -> None:
        self.columns: list[list[str | int]] = []
        self._bytes: list[bytes] = []

    def add(self, name: str, numbers: npt.ArrayLike, kind: Kind = "whole") -> None:
        """
        Add a column of whole numbers.

        Parameters
        ----------
        name : str
            Of the column.
        numbers : array-like of int
            Its cells.
        kind : {"whole", "signed", "steps", "bits"}
            Not negative; any; any, of which the differences are kept; 0 or 1.
        """
        cells = np.asarray(numbers, dtype=np.int64)
        if kind == "bits":
            written = np.packbits(cells.astype(bool), bitorder="little").tobytes()
        elif kind == "whole":
            written = variable(cells)
        else:
            written = variable(alternating(np.diff(cells, prepend=0) if kind == "steps" else cells))
        self._put(name, kind, written, len(cells))

    def add_json(self, name: str, values: Sequence[Any]) -> None:
        """
        Add a column of anything that JSON can say.

        Parameters
        ----------
        name : str
            Of the column.
        values : sequence
            Its cells.
        """
        self._put(name, "json", _json(values), len(values))

    def add_coded(self, name: str, codes: npt.ArrayLike, values: Sequence[Any]) -> None:
        """
        Add a column in which values come again: each value once, and the number of each cell's.

        Parameters
        ----------
        name : str
            Of the column; nothing is added where no cell has a value.
        codes : array-like of int
            Place of each cell's value in `values`; -1 for a cell without.
        values : sequence
            Anything that JSON can say.
        """
        numbers = np.asarray(codes, dtype=np.int64)
        if not (numbers >= 0).any():
            return
        self.add_json(f"{name}.values", values)
        # Values that never come again, such as ids, need no numbers.
        if len(values) != len(numbers) or (numbers != np.arange(len(numbers))).any():
            self.add(f"{name}.codes", numbers + 1)

    def packed(self, head: dict[str, Any]) -> str:
        """
        Return the block.

        Parameters
        ----------
        head : dict
            JSON data that is read first; ``columns`` is added to it.

        Returns
        -------
        str
            Base64; the same for the same content.
        """
        first = _json(head | {"columns": self.columns})
        pieces = [len(first).to_bytes(_HEAD_BYTES, "little"), first, *self._bytes]
        return base64.b64encode(gzipped(pieces)).decode("ascii")

    def _put(self, name: str, kind: str, written: bytes, count: int) -> None:
        self.columns.append([name, kind, len(written), count])
        self._bytes.append(written)


def _json(value: object) -> bytes:
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Half of a pair of surrogates, which a damaged file may hold, has no UTF-8.
    return written.encode("utf-8", "replace")


def alternating(numbers: Ints) -> Ints:
    """
    Give signed whole numbers a number each, by their distance from 0.

    Parameters
    ----------
    numbers : numpy.ndarray of int
        Any.

    Returns
    -------
    numpy.ndarray of int
        Not negative.

    Examples
    --------
    >>> alternating(np.array([0, -1, 1, -2])).tolist()
    [0, 1, 2, 3]
    >>> alternating(np.array([], dtype=np.int64)).size
    0
    """
    return (numbers << 1) ^ (numbers >> 63)


def variable(numbers: Ints) -> bytes:
    """
    Write whole numbers in as many bytes as each needs.

    Parameters
    ----------
    numbers : numpy.ndarray of int
        Not negative.

    Returns
    -------
    bytes
        Seven bits a byte, the least significant first; the top bit says that more follow.

    Examples
    --------
    >>> variable(np.array([1, 127, 300])).hex()
    '017fac02'
    >>> variable(np.array([], dtype=np.int64))
    b''
    """
    most = int(numbers.max(initial=0))
    width = max(-(-most.bit_length() // _SEVEN), 1)
    if width == 1:
        return numbers.astype(np.uint8).tobytes()
    left: npt.NDArray[Any] = numbers.astype(np.uint32 if most < _SHORT else np.uint64)
    written = np.empty((len(left), width), dtype=np.uint8)
    kept = np.ones(written.shape, dtype=bool)
    for place in range(width):
        rest = left >> _SEVEN
        follows = rest > 0
        written[:, place] = (left & _LOW).astype(np.uint8) | (follows.astype(np.uint8) << _SEVEN)
        if place + 1 < width:
            np.logical_and(kept[:, place], follows, out=kept[:, place + 1])
        left = rest
    return written[kept].tobytes()
