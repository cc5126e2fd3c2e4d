"""Papers as Word documents."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from enping_gis.errors import SourceError
from enping_gis.reports.model import Paper, Text
from enping_gis.reports.typeface import style_name, styled
from enping_gis.reports.word import write_template, write_word
from tests.reports.sample import HOSTILE, NOTICE, paper

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - a document of a library
    path = tmp_path_factory.mktemp("word") / "周 调度.docx"
    write_word(paper(), path)
    return docx.Document(str(path))


def fonts(style: Any) -> tuple[str, str]:  # noqa: ANN401 - a style of a library
    names = style.element.rPr.find(qn("w:rFonts"))
    return names.get(qn("w:eastAsia")), names.get(qn("w:ascii"))


def test_the_page_is_that_of_the_standard(document: Any) -> None:  # noqa: ANN401 - see above
    section = document.sections[0]
    page = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(each.mm) for each in page] == [210, 297, 37, 28]
    text_block = (
        section.page_width - section.left_margin - section.right_margin,
        section.page_height - section.top_margin - section.bottom_margin,
    )
    assert [round(docx.shared.Length(each).mm) for each in text_block] == [156, 225]
    body = document.styles[style_name("body")]
    assert body.font.size == Pt(16)
    assert 28 <= body.paragraph_format.line_spacing.pt <= 29
    title = document.styles[style_name("title")]
    assert title.font.size == Pt(22)


def test_styles_have_names_that_an_office_knows(document: Any) -> None:  # noqa: ANN401 - see above
    names = {style.name for style in document.styles}
    assert {"材料标题", "材料正文", "一级标题", "二级标题", "表头", "表文", "落款"} <= names
    used = {each.style.name: each.text for each in document.paragraphs if each.text}
    assert used["材料标题"].startswith("周调度材料")
    assert used["一级标题"] == "一、总体进展"
    assert used["落款"] == "落款"


def test_east_asian_and_latin_fonts_are_apart_and_have_a_fallback(document: Any) -> None:  # noqa: ANN401 - see above
    styles = document.styles
    assert fonts(styles[style_name("title")]) == ("方正小标宋简体", "Times New Roman")
    assert fonts(styles[style_name("body")]) == ("仿宋_GB2312", "Times New Roman")
    assert fonts(styles[style_name("h1")])[0] == "黑体"
    assert fonts(styles[style_name("h2")])[0] == "楷体_GB2312"
    table = next(
        part for part in document.part.package.iter_parts() if "fontTable" in part.partname
    )
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>' in table.blob.decode()


def test_synthetic_data_is_said_first_and_in_every_footer(document: Any) -> None:  # noqa: ANN401 - see above
    first = document.paragraphs[0]
    assert (first.text, first.style.name) == (NOTICE, style_name("notice"))
    assert first.style.element.pPr.find(qn("w:pBdr")) is not None
    assert len(document.sections) == 3
    for section in document.sections:
        for footer in (section.footer, section.even_page_footer):
            assert NOTICE in [each.text for each in footer.paragraphs]


def test_pages_are_numbered_on_the_outer_side(document: Any) -> None:  # noqa: ANN401 - see above
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    sides = []
    for footer in (section.footer, section.even_page_footer):
        number = footer.paragraphs[-1]
        assert number.text == "— 1 —"
        assert "PAGE" in number._p.xml
        sides.append(number.alignment)
    assert sides == [WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT]


def test_a_table_repeats_its_head_and_shows_figures_on_the_right(document: Any) -> None:  # noqa: ANN401 - see above
    table = document.tables[0]
    head = table.rows[0]._tr.trPr
    assert head.find(qn("w:tblHeader")) is not None
    borders = table._tbl.tblPr.find(qn("w:tblBorders"))
    assert borders.find(qn("w:left")).get(qn("w:val")) == "nil"
    assert borders.find(qn("w:top")).get(qn("w:sz")) == "4"
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    assert texts[2] == [
        "1", "001", "■ 大槐镇", "8,605.84", "573.7227", "39.65%", "−3.20", "2023-03-30",
    ]  # fmt: skip
    assert texts[3] == ["2", "002", "—", "0.00", "—", "—", "持平", "—"]
    assert texts[4] == ["", "", "合计", "8,605.84", "573.7227", "39.65%", "−3.20", ""]
    assert set(texts[1]) == {"推进（2）"}
    styles = [cell.paragraphs[0].style.name for cell in table.rows[2].cells]
    assert styles == ["表数", "表文", "表文", "表数", "表数", "表数", "表数", "表文"]
    assert all(run.bold for cell in table.rows[4].cells for run in cell.paragraphs[0].runs
               if run.text)  # fmt: skip
    widths = [int(each.get(qn("w:w"))) for each in table._tbl.tblGrid]
    assert sum(widths) == pytest.approx(156 / 25.4 * 1440, abs=8)


def test_a_wide_table_has_a_page_across(document: Any) -> None:  # noqa: ANN401 - see above
    turns = [section.orientation for section in document.sections]
    assert turns == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    across = document.sections[1]
    assert across.page_width > across.page_height


def test_texts_stay_what_they_are(document: Any) -> None:  # noqa: ANN401 - see above
    texts = [each.text for each in document.paragraphs]
    assert texts.count(HOSTILE[0]) == 1
    assert "<script>alert(1)</script>" in texts
    assert "甲" in texts  # signs that XML has no place for are left out
    assert "制表：＿＿＿　审核：＿＿＿" in texts


def test_a_picture_has_a_description(document: Any) -> None:  # noqa: ANN401 - see above
    (shape,) = document.inline_shapes
    assert shape._inline.docPr.get("descr") == "分布 <图>"
    assert shape.width.mm == pytest.approx(90, abs=0.1)


def test_parts_of_styles_stand_in_the_order_of_the_schema(document: Any) -> None:  # noqa: ANN401 - see above
    """Word calls a document damaged whose properties are in another order."""
    order = ["keepNext", "widowControl", "pBdr", "shd", "autoSpaceDE", "autoSpaceDN", "snapToGrid",
             "spacing", "ind", "jc", "outlineLvl"]  # fmt: skip
    for part in styled():
        properties = document.styles[style_name(part)].element.pPr
        names = [re.sub("{.*}", "", each.tag) for each in properties]
        known = [name for name in names if name in order]
        assert known == sorted(known, key=order.index), part
        assert set(names) <= set(order), part


def test_an_office_restyles_by_a_template(tmp_path: Path) -> None:
    template = tmp_path / "own.docx"
    write_template(template)
    own = docx.Document(str(template))
    assert [each.text for each in own.paragraphs] == [style_name(part) for part in styled()]
    own.styles["材料标题"].font.size = Pt(30)
    own.styles.element.remove(own.styles["落款"].element)
    own.save(str(template))
    write_word(paper(), tmp_path / "out.docx", template=template)
    out = docx.Document(str(tmp_path / "out.docx"))
    assert out.styles["材料标题"].font.size == Pt(30)
    assert "落款" in {style.name for style in out.styles}
    assert out.paragraphs[0].text == NOTICE
    assert len(out.sections[0].footer.paragraphs) == 2


@pytest.mark.parametrize("content", [b"", b"no document", b"PK\x03\x04 cut off"])
def test_what_is_no_template_is_refused(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.docx"
    bad.write_bytes(content)
    with pytest.raises(SourceError, match=re.escape("bad.docx")):
        write_word(paper(), tmp_path / "out.docx", template=bad)
    assert not (tmp_path / "out.docx").exists()
    with pytest.raises(SourceError):
        write_word(paper(), tmp_path / "out.docx", template=tmp_path / "missing.docx")


def test_the_same_paper_has_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.docx", "b.docx"):
        write_word(paper(), tmp_path / name)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.docx") as parts:
        assert parts.testzip() is None


def test_an_empty_paper_is_a_document(tmp_path: Path) -> None:
    write_word(Paper("", (Text(""),), "en"), tmp_path / "empty.docx")
    assert len(docx.Document(str(tmp_path / "empty.docx")).paragraphs) == 2
