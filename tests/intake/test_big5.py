"""Texts in Big5 are told from texts in GB18030 by which characters they would have in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.intake.files.big5 import BIG5, big5_finding, big5_likelihood
from enping_gis.intake.files.encoding import fitting_encoding
from enping_gis.intake.tables.ledger import layers_of, rows_of
from enping_gis.vocabulary import terms

if TYPE_CHECKING:
    from pathlib import Path

PLOTS = ["米倉木材市場", "鑫發地塊", "君堂紡織", "恩平大槐陶瓷"]
WORDS = sorted({each.zh for each in terms("place")} | {each.zh for each in terms("status")})


@pytest.mark.parametrize("plot", PLOTS)
def test_a_single_name_is_at_least_doubted(plot: str) -> None:
    assert big5_likelihood([plot.encode("big5")])
    assert big5_likelihood([plot.encode("gb18030")]) == ""


def test_names_together_are_clear() -> None:
    texts = [plot.encode("big5") for plot in PLOTS]
    assert fitting_encoding(texts) == BIG5
    assert [text.decode(BIG5) for text in texts] == PLOTS


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
def test_simplified_texts_are_never_taken_for_big5(words: list[str]) -> None:
    texts = [word.encode("gb18030") for word in words]
    assert big5_likelihood(texts) == ""
    assert fitting_encoding(texts) == "GB18030"


@pytest.mark.parametrize(
    "text", ["优の品", "一号地（β区）", "陳氏東成鎮國際開發區", "Ⅱ期", "①②③", "〇", ""]
)
def test_signs_and_traditional_texts_in_gbk_stay_gbk(text: str) -> None:
    assert big5_finding([text.encode("gb18030")], "GB18030", {}) == ()


def test_damage_does_not_hide_big5() -> None:
    text = "恩平市大槐鎮陶瓷工業園區" * 20
    assert big5_likelihood([text.encode("big5") + b"\xff"]) == "clear"


def test_a_table_in_big5_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = ["編號,地塊名稱", *(f"{n},{plot}" for n, plot in enumerate(PLOTS))]
    path.write_text("\n".join(lines), encoding="big5")
    (rows,) = rows_of(path, layers_of(path)[0].name)
    assert rows.frame["地塊名稱"].tolist() == PLOTS
    assert (rows.encoding.name, rows.encoding.how) == (BIG5, "detected")
    assert [(each.rule, each.severity) for each in rows.findings] == [("encoding_big5", "warning")]


def test_a_doubtful_table_names_big5(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("id,name\n1,鎮大\n2,鑫發\n".encode("big5"))
    (rows,) = rows_of(path, layers_of(path)[0].name)
    assert rows.encoding.name == "GB18030"
    assert [each.rule for each in rows.findings] == ["encoding_perhaps_big5"]
    (asked,) = rows_of(path, layers_of(path)[0].name, encoding="big5")
    assert asked.frame["name"].tolist() == ["鎮大", "鑫發"]
    assert asked.findings == ()
