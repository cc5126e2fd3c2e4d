"""A column whose header was ``_row`` took the place of the row numbers of its sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enping_gis.intake.raw import ROW
from enping_gis.intake.tables.ledger import layers_of, rows_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_column_named_like_the_row_numbers_is_kept_beside_them(tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text(f"编号,{ROW}\nA-1,7\nA-2,8\n", encoding="utf-8")
    (rows,) = rows_of(path, layers_of(path)[0].name, shown=path.name)
    frame = rows.frame
    assert frame[ROW].tolist() == [2, 3]
    assert frame[f"{ROW}_2"].tolist() == ["7", "8"]
