"""
Compress pieces of one block, each as it deserves, into one gzip stream (RFC 1952).

Where figures are noise, such as the steps from vertex to vertex, to look for what comes again takes
ten times as long as to write frequent bytes with fewer bits, and finds nothing more. So each large
piece is deflated (RFC 1951) by itself and ends on a whole byte; put behind each other they are one
stream, which any reader of gzip takes for what it is.
"""

from __future__ import annotations

import zlib
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# No name, no time, so that the same content gives the same bytes.
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_FOUR_BYTES = 2**32
# Up to here a piece takes hardly any time, whatever is done to it.
_SMALL = 1 << 16
_SAMPLE = 1 << 13
# Letters alone are taken where to look for repetitions would gain less than this share.
_GAIN = 0.05


class _Way(NamedTuple):
    level: int
    strategy: int = zlib.Z_DEFAULT_STRATEGY


_THOROUGH, _QUICK, _LETTERS = _Way(9), _Way(5), _Way(5, zlib.Z_HUFFMAN_ONLY)


def gzipped(pieces: Sequence[bytes]) -> bytes:
    """
    Compress pieces into one stream.

    Parameters
    ----------
    pieces : sequence of bytes
        What to compress; read back they follow each other without a seam.

    Returns
    -------
    bytes
        A gzip file of one member; the same for the same pieces.

    Examples
    --------
    >>> import gzip
    >>> gzip.decompress(gzipped([b"one ", b"two"]))
    b'one two'
    >>> gzip.decompress(gzipped([]))
    b''
    """
    written, check, size = [_HEADER], 0, 0
    for way, run in groupby(pieces, _way):
        deflater = zlib.compressobj(way.level, zlib.DEFLATED, -zlib.MAX_WBITS, 9, way.strategy)
        for piece in run:
            written.append(deflater.compress(piece))
            check, size = zlib.crc32(piece, check), size + len(piece)
        written.append(deflater.flush(zlib.Z_FULL_FLUSH))
    written.append(zlib.compressobj(wbits=-zlib.MAX_WBITS).flush())
    written += [each.to_bytes(4, "little") for each in (check, size % _FOUR_BYTES)]
    return b"".join(written)


def _way(piece: bytes) -> _Way:
    if len(piece) <= _SMALL:
        return _THOROUGH
    middle = len(piece) // 2
    sample = piece[middle : middle + _SAMPLE]
    letters, all_told = (len(_deflated(sample, way)) for way in (_LETTERS, _QUICK))
    return _LETTERS if letters <= all_told * (1 + _GAIN) else _QUICK


def _deflated(piece: bytes, way: _Way) -> bytes:
    deflater = zlib.compressobj(way.level, zlib.DEFLATED, -zlib.MAX_WBITS, 9, way.strategy)
    return deflater.compress(piece) + deflater.flush()
