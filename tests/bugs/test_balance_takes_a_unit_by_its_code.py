"""`balance` is public, but its units could not be named from the public names."""

from __future__ import annotations

from decimal import Decimal

import pytest

from enping_gis import balance


def test_a_code_names_the_unit() -> None:
    assert balance({"a": 1000.0}, "mu") == {"a": Decimal("1.50")}
    assert balance({"a": 1000.0}) == {"a": Decimal("1.50")}
    assert balance({"a": 1000.0}, "ha") == {"a": Decimal("0.1000")}


def test_another_word_is_refused() -> None:
    with pytest.raises(ValueError, match="'acre' is not one of m2, ha, mu"):
        balance({"a": 1000.0}, "acre")
