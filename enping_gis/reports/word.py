"""Write a paper as a Word document whose styles an office can restyle."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import docx
from docx.enum.section import WD_ORIENT
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from enping_gis.atomic import replacing
from enping_gis.errors import SourceError
from enping_gis.reports.layout import columns_of, fitting_pt, shares
from enping_gis.reports.model import (
    Break,
    Cell,
    Grid,
    Heading,
    Picture,
    Table,
    Text,
    as_cell,
    shown,
)
from enping_gis.reports.typeface import (
    CARD_MM,
    PAGE_MM,
    add_box,
    add_field,
    add_runs,
    dress,
    style_name,
    styled,
    wrapped_zip,
)

if TYPE_CHECKING:
    import os

    from docx.document import Document
    from docx.section import Section

    from enping_gis.messages import Language
    from enping_gis.reports.model import Block, Paper, Row

_TABLE_PT = {"zh": (10.5, 9.0, 7.5), "en": (9.5, 8.5, 7.5)}
_WIDE_MM = {"top": 28, "left": 26, "right": 24, "bottom": 26, "footer": 15}
_TWIPS_PER_MM = 1440 / 25.4


def write_word(
    paper: Paper,
    path: str | os.PathLike[str],
    *,
    template: str | os.PathLike[str] | None = None,
) -> None:
    """
    Write a paper as .docx: page and sizes of type of GB/T 9704, one style for each part.

    Parameters
    ----------
    paper : Paper
        What it says.
    path : path-like
        The file; an old one is replaced when the new one is complete.
    template : path-like, optional
        A document of the office, such as `write_template` made and somebody restyled; its styles
        hold, those it lacks are added, its text is left out.

    Raises
    ------
    SourceError
        The template is no Word document.
    OutputError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from enping_gis.reports.model import Paper
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_word(Paper("Empty", ()), Path(folder, "empty.docx"))
    ...     len(docx.Document(str(Path(folder, "empty.docx"))).paragraphs)
    1
    """
    document = _opened(template, paper.lang)
    _set_pages(document, paper)
    writer = _Writer(document, paper.lang, CARD_MM if paper.card else PAGE_MM)
    if paper.notice:
        writer.say(paper.notice, "notice")
    writer.say(" ".join((paper.title, *(f"[{tag}]" for tag in paper.tags))), "title")
    if paper.subtitle:
        writer.say(paper.subtitle, "subtitle")
    if paper.basis:
        writer.say(paper.basis, "basis")
    for block in paper.blocks:
        writer.add(block)
    _name(document, paper)
    _save(document, Path(path))


def write_template(path: str | os.PathLike[str], lang: Language = "zh") -> None:
    """
    Write a document with a line in each style, for an office to restyle.

    Parameters
    ----------
    path : path-like
        The file, ``.docx``.
    lang : {"zh", "en"}
        For papers in which language; sizes of type differ.

    Raises
    ------
    OutputError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_template(Path(folder, "own.docx"))
    ...     "\u4e00\u7ea7\u6807\u9898" in docx.Document(str(Path(folder, "own.docx"))).styles
    True
    """
    document = _opened(None, lang)
    for part in styled():
        document.add_paragraph(style_name(part), style=style_name(part))
    _save(document, Path(path))


def _opened(template: str | os.PathLike[str] | None, lang: Language) -> Document:
    if template is None:
        return docx.Document(io.BytesIO(_own_template(lang)))
    try:
        document = docx.Document(str(template))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise SourceError("error.template", path=template, reason=error) from error
    return _emptied(document, lang)


@cache
def _own_template(lang: Language) -> bytes:
    """Keep what is the same for every paper: adding the styles takes longer than most papers."""
    buffer = io.BytesIO()
    _emptied(docx.Document(), lang).save(buffer)
    return buffer.getvalue()


def _emptied(document: Document, lang: Language) -> Document:
    body = document.element.body
    for element in list(body):
        if element.tag != qn("w:sectPr"):
            body.remove(element)
    dress(document, lang)
    return document


def _save(document: Document, path: Path) -> None:
    buffer = io.BytesIO()
    document.save(buffer)
    with replacing(path) as temporary:
        temporary.write_bytes(wrapped_zip(buffer.getvalue()))


def _name(document: Document, paper: Paper) -> None:
    properties = document.core_properties
    properties.title = paper.title
    properties.comments = paper.notice
    properties.author = properties.last_modified_by = ""
    properties.language = "zh-CN" if paper.lang == "zh" else "en"


def _set_pages(document: Document, paper: Paper) -> None:
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    _size(section, CARD_MM if paper.card else PAGE_MM, wide=False)
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        for old in footer.paragraphs[1:]:
            old._element.getparent().remove(old._element)  # noqa: SLF001 - python-docx removes no paragraph
        first = footer.paragraphs[0]
        first.clear()
        if paper.notice:
            first.style = style_name("footer")
            add_runs(first, paper.notice)
            first = footer.add_paragraph()
        first.style = style_name("page")
        add_field(first, "PAGE", side)


def _size(section: Section, upright_mm: dict[str, float], *, wide: bool) -> None:
    across, down = Mm(PAGE_MM["width"]), Mm(PAGE_MM["height"])
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (down, across) if wide else (across, down)
    margins = _WIDE_MM if wide else upright_mm
    section.top_margin, section.bottom_margin = Mm(margins["top"]), Mm(margins["bottom"])
    section.left_margin, section.right_margin = Mm(margins["left"]), Mm(margins["right"])
    section.footer_distance = Mm(margins["footer"])


class _Writer:
    """Add block after block to a document."""

    def __init__(self, document: Document, lang: Language, margins: dict[str, float]) -> None:
        self.document = document
        self.margins = margins
        self.style_ids: dict[str, str] = {}
        self.lang: Language = lang
        self.wide = False
        self.begins_page = False

    @property
    def room_mm(self) -> float:
        if self.wide:
            return PAGE_MM["height"] - _WIDE_MM["left"] - _WIDE_MM["right"]
        return PAGE_MM["width"] - self.margins["left"] - self.margins["right"]

    def dress(self, paragraph: Any, part: str) -> None:  # noqa: ANN401 - a paragraph, whose class is private
        # python-docx reads all styles whenever one is named; their ids never change here.
        if part not in self.style_ids:
            self.style_ids[part] = self.document.styles[style_name(part)].style_id
        paragraph._p.style = self.style_ids[part]  # noqa: SLF001 - see above

    def say(self, words: str, part: str) -> Any:  # noqa: ANN401 - a paragraph, whose class is private
        paragraph = self.document.add_paragraph()
        self.dress(paragraph, part)
        add_runs(paragraph, words)
        if self.begins_page:
            paragraph.paragraph_format.page_break_before = True
            self.begins_page = False
        return paragraph

    def add(self, block: Block) -> None:
        if isinstance(block, Break):
            self.begins_page = True
            return
        self._turn(wide=isinstance(block, Table) and block.wide)
        if isinstance(block, Heading):
            self.say(block.words, f"h{block.level}")
        elif isinstance(block, Text):
            if block.look == "last" and self.document.paragraphs:
                # The line of who made it never stands on a page of its own.
                self.document.paragraphs[-1].paragraph_format.keep_with_next = True
            self.say(block.words, block.look)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Grid):
            self._grid(block)
        else:
            self._picture(block)

    def _turn(self, *, wide: bool) -> None:
        if wide == self.wide:
            return
        self.wide, self.begins_page = wide, False
        _size(self.document.add_section(), self.margins, wide=wide)

    def _table(self, table: Table) -> None:
        if table.caption:
            self.say(table.caption, "caption")
        if table.unit:
            self.say(table.unit, "unit")
        size_pt = fitting_pt(table, self.room_mm, _TABLE_PT[self.lang], self.lang)
        parts = shares(table, columns_of(self.room_mm, size_pt), self.lang)
        grid = self._new_table(len(table.rows) + 1, [part * self.room_mm for part in parts])
        smaller_pt = None if size_pt == _TABLE_PT[self.lang][0] else size_pt
        for cell, column in zip(_cells(grid.rows[0]), table.columns, strict=True):
            self._fill(cell, Cell(column.heading), "head", column.heading, smaller_pt)
        _repeat(grid.rows[0])
        for line, row in zip(list(grid.rows)[1:], table.rows, strict=True):
            _keep_whole(line)
            self._row(line, row, table, smaller_pt)
        self._close()

    def _row(self, line: Any, row: Row, table: Table, smaller_pt: float | None) -> None:  # noqa: ANN401 - a row of a library
        cells = _cells(line)
        if row.kind == "group":
            across = cells[0].merge(cells[-1])
            first = as_cell(row.cells[0])
            self._fill(across, Cell(first.value, strong=True), "cell",
                       shown(first.value, lang=self.lang), smaller_pt)  # fmt: skip
            return
        for cell, column, own in zip(cells, table.columns, row.cells, strict=True):
            value = as_cell(own)
            if row.kind == "total":
                value = Cell(value.value, value.plots, value.colour, strong=True)
            blank = row.kind == "total" and value.value is None
            words = "" if blank else shown(value.value, column.form, self.lang)
            self._fill(cell, value, "number" if column.is_figure else "cell", words, smaller_pt)

    def _grid(self, grid: Grid) -> None:
        pairs = max(len(row) for row in grid.rows)
        label = max(0.12, 0.34 / pairs)
        widths = [label, 1 / pairs - label] * pairs
        table = self._new_table(len(grid.rows), [width * self.room_mm for width in widths])
        for line, row in zip(table.rows, grid.rows, strict=True):
            _keep_whole(line)
            cells = _cells(line)
            for at, (label_words, own) in enumerate(row):
                value = as_cell(own)
                self._fill(cells[2 * at], Cell(label_words), "head", label_words)
                target = cells[2 * at + 1]
                if at == len(row) - 1 and len(row) < pairs:
                    target = target.merge(cells[-1])
                self._fill(target, value, "cell", shown(value.value, lang=self.lang))
        self._close()

    def _new_table(self, rows: int, widths_mm: list[float]) -> Any:  # noqa: ANN401 - a table of a library
        table = self.document.add_table(rows, len(widths_mm))
        table.autofit = False
        add_box(table)
        for column, width_mm in zip(table.columns, widths_mm, strict=True):
            column.width = Mm(width_mm)
        for line in table.rows:
            for cell, width_mm in zip(_cells(line), widths_mm, strict=True):
                cell.width = Mm(width_mm)
        return table

    def _fill(
        self, target: Any, cell: Cell, part: str, words: str, smaller_pt: float | None = None  # noqa: ANN401 - a cell of a library
    ) -> None:  # fmt: skip
        paragraph = target.paragraphs[0]
        self.dress(paragraph, part)
        if cell.colour:
            swatch = paragraph.add_run("\N{BLACK SQUARE} ")
            swatch.font.color.rgb = docx.shared.RGBColor.from_string(cell.colour.lstrip("#"))
        add_runs(paragraph, words, strong=cell.strong, size_pt=smaller_pt)

    def _close(self) -> None:
        """Keep a table apart from one that follows, or Word would make them one."""
        after = self.document.add_paragraph()
        self.dress(after, "unit")
        after.paragraph_format.line_spacing = Pt(6)
        after.paragraph_format.keep_with_next = False

    def _picture(self, picture: Picture) -> None:
        paragraph = self.say("", "picture")
        width_mm = min(picture.width_mm, self.room_mm)
        shape = paragraph.add_run().add_picture(io.BytesIO(picture.png), width=Mm(width_mm))
        shape._inline.docPr.set("descr", picture.alternative)  # noqa: SLF001 - python-docx has no name for it
        if picture.caption:
            self.say(picture.caption, "picture_caption")
        else:
            paragraph.paragraph_format.keep_with_next = False


def _cells(line: Any) -> list[Any]:  # noqa: ANN401 - a row of a library
    return list(line.cells)


def _repeat(line: Any) -> None:  # noqa: ANN401 - a row of a library
    properties = line._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no name for it
    properties.append(properties.makeelement(qn("w:tblHeader"), {}))
    _keep_whole(line)


def _keep_whole(line: Any) -> None:  # noqa: ANN401 - a row of a library
    properties = line._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no name for it
    properties.insert(0, properties.makeelement(qn("w:cantSplit"), {}))
