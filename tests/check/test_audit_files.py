"""Figures in files: ledgers with their totals, rates and stages, Word documents, texts."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import openpyxl
import pytest

from enping_gis import audit
from enping_gis.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

LEDGER = """恩平市低效用地台账,,,,,,
序号,地块名称,用地面积（公顷）,用地面积（亩）,开工日期,投产日期,备注
1,甲,20.5953,308.93,2022-03-01,2022-10-20,已盘活6.87公顷(103.12亩)
2,乙,1.4147,21.22,2022-05-01,2022-02-30,
3,丙,10.8327,162.94,2022-05-01,2021-12-01,占地537.72公顷(8605.84亩)
合计(3宗),,32.8427,492.64,,,
"""
SCOREBOARD = """镇街,年度任务（亩）,已盘活（亩）,完成率
恩城,500,198.25,39.65%
沙湖,300,150,50%
小计,800,348.25,43.5%
君堂,200,50,25%
大槐,100,120,120%
小计,300,170,56.7%
合计,1100,518.25,47.1%
"""


def faults(frame: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    wrong = frame[frame["verdict"] != "ok"]
    return list(
        zip(wrong["kind"], wrong["cell"], wrong["verdict"], wrong["suggestion"], strict=True)
    )


def csv(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "ledger.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_every_fault_of_a_ledger_is_found_once(tmp_path: Path, encoding: str) -> None:
    assert faults(audit(csv(tmp_path, LEDGER, encoding))) == [
        ("date", "F4", "impossible", "2022-02-28"),
        ("pair", "C5", "wrong", "162.49亩"),
        ("date", "F5", "wrong", ""),
        ("pair", "G5", "wrong", "573.72公顷"),
        ("sum", "D6", "wrong", "162.49"),
    ]


def test_a_total_at_fault_names_the_cell_that_explains_it(tmp_path: Path) -> None:
    frame = audit(csv(tmp_path, LEDGER))
    (row,) = frame[frame["cell"] == "D6"].to_dict("records")
    assert "D5" in row["cure_zh"]
    assert row["line"] == 6


def test_a_clean_scoreboard_has_no_fault(tmp_path: Path) -> None:
    frame = audit(csv(tmp_path, SCOREBOARD))
    assert faults(frame) == []
    assert set(frame["kind"]) == {"sum", "percentage"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("沙湖,300,150,50%", "沙湖,300,150,60%", [("percentage", "D3", "wrong", "50%")]),
        ("小计,300,170", "小计,300,107",
         [("sum", "C7", "wrong", "170"), ("percentage", "D7", "wrong", "35.7%")]),
        ("合计,1100", "合计,1000",
         [("sum", "B8", "wrong", "1100"), ("percentage", "D8", "wrong", "51.8%")]),
        ("大槐,100,120,120%", "大槐,100,120,1.2", []),
    ],
)  # fmt: skip
def test_one_change_of_a_scoreboard_is_found(
    tmp_path: Path, before: str, after: str, expected: list[tuple[str, str, str, str]]
) -> None:
    text = SCOREBOARD.replace(before, after)
    assert text != SCOREBOARD
    assert faults(audit(csv(tmp_path, text))) == expected


def test_a_workbook_with_computed_fractions_is_read_as_it_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "台账"
    sheet.append(["编号", "面积（公顷）", "面积（亩）"])
    for number, mu in enumerate((308.93, 21.22, 0.1 + 0.2), 1):
        sheet.append([f"EP{number:03d}", mu / 15, mu])
    sheet.append(["EP004", 20.33, 150])
    hidden = book.create_sheet("草稿")
    hidden.append(["说明"])
    hidden.append(["537.72公顷(8605.84亩)"])
    hidden.sheet_state = "hidden"
    book.save(path)
    frame = audit(path)
    assert faults(frame) == [("pair", "B5", "wrong", "10.00公顷")]
    assert set(frame["sheet"]) == {"台账"}
    assert len(frame) == 4


def test_a_count_in_the_label_of_a_total_is_compared(tmp_path: Path) -> None:
    frame = audit(csv(tmp_path, LEDGER.replace("合计(3宗)", "合计(4宗)")))
    assert ("sum", "A6", "wrong", "3宗") in faults(frame)


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(path: Path, body: str) -> Path:
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", document)
    return path


def paragraph(*runs: str) -> str:
    said = "".join(f"<w:r><w:t>{escape(run)}</w:t></w:r>" for run in runs)
    return f"<w:p>{said}</w:p>"


def test_a_word_document_is_read_by_paragraphs_and_tables(tmp_path: Path) -> None:
    rows = [["地块", "面积（公顷）", "面积（亩）"], ["甲", "10", "150"], ["乙", "10", "510"]]
    cells = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for row in rows
    )
    deleted = "<w:p><w:del><w:r><w:delText>1公顷(51亩)</w:delText></w:r></w:del></w:p>"
    body = f"{paragraph('标题')}{paragraph('摸排出537.', '72公顷(8605.84亩)')}{deleted}"
    frame = audit(word(tmp_path / "a.docx", f"{body}<w:tbl>{cells}</w:tbl>"))
    assert faults(frame) == [
        ("pair", "", "wrong", "573.72公顷"), ("pair", "B3", "wrong", "150亩"),
    ]  # fmt: skip
    assert frame["line"].iloc[0] == 2


@pytest.mark.parametrize(
    "body", ["<w:p>", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><w:p>&e;</w:p>"]
)
def test_a_damaged_word_document_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(SourceError, match="Word"):
        audit(word(tmp_path / "a.docx", body))


@pytest.mark.parametrize("name", ["a.pdf", "a.doc", "a.wps", "a.shp"])
def test_another_kind_of_file_names_the_cure(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"%PDF")
    with pytest.raises(SourceError, match=r"\.docx"):
        audit(path)


@pytest.mark.parametrize("content", [b"not a document", b"PK\x03\x04 cut off", b""])
def test_what_is_no_word_document_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        audit(path)
    assert caught.value.code == "error.audit_word"


def test_a_folder_is_refused_however_it_is_named(tmp_path: Path) -> None:
    for source in (tmp_path, str(tmp_path), "."):
        with pytest.raises(SourceError) as caught:
            audit(source)
        assert caught.value.code == "error.audit_folder"


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.md", "a"])
def test_what_is_no_text_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(SourceError) as caught:
        audit(path)
    assert caught.value.code == "error.audit_binary"


def test_a_sign_or_two_of_dirt_are_read_over(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\x00摸排出537.72公顷(8605.84亩)\x0c".encode())
    assert faults(audit(path)) == [("pair", "", "wrong", "573.72公顷")]


def test_a_missing_file_is_no_text() -> None:
    with pytest.raises(SourceError):
        audit("missing.txt")
    with pytest.raises(SourceError):
        audit("https://example.org/a.txt")


def test_a_text_in_a_planners_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "报道.txt"
    path.write_bytes("摸排出537.72公顷(8605.84亩)".encode("gb18030"))
    assert faults(audit(path)) == [("pair", "", "wrong", "573.72公顷")]
    assert audit("近53公顷(793亩)。").shape[0] == 1
