"""Sums of groups are exact: the same fractions as adding one after the other."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.measure.sums import exact_sums

FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(FLOATS, st.integers(0, 4)), max_size=60))
def test_sums_are_those_of_fractions(parts: list[tuple[float, int]]) -> None:
    expected = [Fraction(0)] * 5
    for part, group in parts:
        expected[group] += Fraction(part)
    groups = np.array([group for _, group in parts], dtype=np.int64)
    assert exact_sums(np.array([part for part, _ in parts]), groups, 5) == expected


def test_many_parts_do_not_round() -> None:
    parts = np.full(300_000, 1e16 / 3)
    found = exact_sums(parts, np.zeros(len(parts), dtype=np.int64), 1)
    assert found == [Fraction(1e16 / 3) * len(parts)]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        exact_sums(np.array([1.0, bad]), np.array([0, 0]), 1)
