"""How a page is shared among columns, and how values are printed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.reports.layout import columns_of, fitting_pt, needs, shares, type_columns
from enping_gis.reports.model import Column, Row, Table, shown

if TYPE_CHECKING:
    from enping_gis.reports.model import Form

WORDS = st.text("aZ0 ,.镇亩（）", max_size=40)
FORMS: list[Form] = ["text", "mu", "id", "percent"]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    count = draw(st.integers(1, 9))
    columns = tuple(
        Column(draw(WORDS), draw(st.sampled_from(FORMS)), draw(st.sampled_from([0.0, 1.0, 3.0])))
        for _ in range(count)
    )
    rows = tuple(
        Row(tuple(
            draw(WORDS) if column.form in {"text", "id"}
            else draw(st.decimals(-10**6, 10**6, places=2))
            for column in columns
        ))
        for _ in range(draw(st.integers(0, 4)))
    )  # fmt: skip
    return Table(columns, rows)


@given(tables(), st.floats(20, 200))
def test_shares_fill_the_page_and_no_column_vanishes(table: Table, room: float) -> None:
    parts = shares(table, room, "zh")
    assert sum(parts) == pytest.approx(1)
    assert min(parts) > 0
    least = [pair[0] for pair in needs(table, "zh")]
    if sum(least) <= room:
        assert all(part * room >= own - 1e-6 for part, own in zip(parts, least, strict=True))


@given(tables())
def test_smaller_type_is_taken_only_when_it_is_needed(table: Table) -> None:
    size_pt = fitting_pt(table, 156, (10.5, 9, 7.5), "zh")
    least = sum(pair[0] for pair in needs(table, "zh"))
    larger = [each for each in (10.5, 9, 7.5) if each > size_pt]
    assert all(columns_of(156, each) < least for each in larger)


def test_a_chinese_sign_is_two_columns() -> None:
    assert type_columns("大槐镇 A1") == 9


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [
        (Decimal("8605.84"), "mu", "8,605.84"), (Decimal("0.005"), "mu", "0.01"),
        (Decimal("-0.005"), "mu", "−0.01"), (Decimal("573.7227"), "ha", "573.7227"),
        (Decimal("39.655"), "percent", "39.66%"), (Decimal("12.5"), "signed", "+12.50"),
        (Decimal("-3.2"), "signed", "−3.20"), (Decimal("0.001"), "signed", "持平"),
        (9, "whole", "9"), (Decimal("2453000.1234"), "coordinate", "2453000.123"),
        (Decimal("3.5"), "yi", "3.5"), (None, "mu", "—"), ("", "text", "—"), ("=1", "text", "=1"),
    ],
)  # fmt: skip
def test_values_are_printed_as_papers_have_them(value: object, form: str, said: str) -> None:
    assert shown(value, form, "zh") == said  # type: ignore[arg-type]  # from the table above


def test_bold_heads_and_totals_need_more_than_plain_texts() -> None:
    """In bold "Document" and "On time" would break within a word or a line of their own."""
    ((least, _),) = needs(Table((Column("Document"),), ()), "en")
    assert least > len("Document") + 3
    plain = Table((Column("M", "id"),), (Row(("On time",)),))
    total = Table((Column("M", "id"),), (Row(("On time",)), Row(("On time",), "total")))
    assert needs(total, "en")[0][0] > needs(plain, "en")[0][0]
    assert (
        needs(Table((Column("文号"),), ()), "zh")[0] == needs(Table((Column("面积"),), ()), "zh")[0]
    )
