"""Pieces compressed each in its own way read back as one gzip stream."""

from __future__ import annotations

import gzip
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.viewer.deflating import gzipped

RANDOM = np.random.default_rng(1)
NOISE = RANDOM.geometric(0.05, 200_000).astype(np.uint8).tobytes()
REPEATED = b"the same again, " * 20_000
TEXT = " ".join(f"plot {row}" for row in range(20_000)).encode()
PIECES = st.sampled_from([b"", b"few", NOISE, REPEATED, TEXT])


@given(st.lists(PIECES, max_size=6))
def test_pieces_come_back_in_order(pieces: list[bytes]) -> None:
    written = gzipped(pieces)
    assert gzip.decompress(written) == b"".join(pieces)
    # Browsers take one member and nothing behind it.
    reader = zlib.decompressobj(31)
    reader.decompress(written)
    assert reader.eof
    assert reader.unused_data == b""


def test_noise_costs_no_more_than_with_a_search() -> None:
    mixed = len(gzipped([NOISE, TEXT, REPEATED]))
    assert mixed <= 1.02 * len(zlib.compress(NOISE + TEXT + REPEATED, 9))


def test_what_is_damaged_is_found_out() -> None:
    written = bytearray(gzipped([NOISE, TEXT]))
    written[len(written) // 2] ^= 1
    with pytest.raises((OSError, EOFError, zlib.error)):
        gzip.decompress(bytes(written))
