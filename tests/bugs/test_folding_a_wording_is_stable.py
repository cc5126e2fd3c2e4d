"""A folded wording could fold again to another one, and pandas' NA had no fold at all."""

from __future__ import annotations

import pandas as pd
import pytest

from enping_gis.vocabulary import normalised


@pytest.mark.parametrize("wording", ["A\N{ACUTE ACCENT}", "\N{LATIN SMALL LETTER SHARP S}", "Ａ"])
def test_folding_twice_changes_nothing(wording: str) -> None:
    assert normalised(normalised(wording)) == normalised(wording)


def test_missing_cells_fold_to_nothing() -> None:
    assert [normalised(cell) for cell in (None, float("nan"), pd.NA, pd.NaT)] == [""] * 4
