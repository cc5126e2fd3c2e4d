"""Open what people send with figures in it: text, Word, tables of text, workbooks."""

from __future__ import annotations

import re
import zipfile
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from enping_gis.check.auditing.formats import formats_of
from enping_gis.errors import SourceError
from enping_gis.intake.files.archive import checked_archive
from enping_gis.intake.files.look import local_path
from enping_gis.intake.files.reasons import file_reason
from enping_gis.intake.points.text import decoded_text, is_table
from enping_gis.intake.tables.delimited import text_sheet
from enping_gis.intake.tables.grid import Sheet, is_workbook, workbook_sheets

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from xml.etree.ElementTree import Element

_TEXTS = {"", ".txt", ".md", ".markdown", ".text", ".log"}
_TABLES = {".csv", ".tsv"}
_BOOKS = {".xlsx", ".xlsm", ".xls"}
_WORD = {".docx", ".docm"}
# Signs that stand in no text, and for bytes that are no sign.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\ufffd]")
_SAMPLE_BYTES, _MOST_DIRT, _DIRT_SHARE = 65_536, 3, 0.01
_BODY = "word/document.xml"
_SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Text that somebody deleted, and what stands behind the page.
_LEFT_OUT = {f"{_SPACE}del", f"{_SPACE}moveFrom", f"{_SPACE}instrText"}


class Document(NamedTuple):
    """
    Running text, tables, or both.

    Parameters
    ----------
    text : str
        Running text, empty where there is none.
    lines_end : bool
        Every line of the text is a paragraph.
    sheets : tuple of Sheet
        Tables.
    formats : mapping of str to mapping
        Sheet of a workbook -> row and column of a cell -> decimals that are printed of it.
    """

    text: str
    lines_end: bool = False
    sheets: tuple[Sheet, ...] = ()
    formats: Mapping[str, Mapping[tuple[int, int], int]] = MappingProxyType({})


def document_of(path: str | os.PathLike[str], *, encoding: str | None = None) -> Document:
    """
    Open a file with figures.

    Parameters
    ----------
    path : path-like
        A text (``.txt``, ``.md``), a Word document (``.docx``), a table of text (``.csv``,
        ``.tsv``) or a workbook (``.xlsx``, ``.xls``).
    encoding : str, optional
        Encoding of a text; by default it is found from the bytes.

    Returns
    -------
    Document
        Its text and its tables; hidden sheets are left out.

    Raises
    ------
    SourceError
        It is missing, damaged, or of another kind; the message says how to cure it.
    """
    file = local_path(path)
    suffix = file.suffix.casefold()
    if file.is_dir():
        raise SourceError("error.audit_folder", path=file)
    if suffix not in _TEXTS | _TABLES | _BOOKS | _WORD:
        raise SourceError("error.audit_kind", path=file, value=suffix or "-")
    try:
        if suffix in _WORD:
            return _of_word(file)
        if is_workbook(file):
            return _of_workbook(file)
        if suffix in _TEXTS | _TABLES:
            _check_text(file, encoding)
        if suffix in _TABLES or (suffix in _TEXTS and is_table(file, encoding=encoding)):
            return _of_table(file, encoding)
        if suffix in _BOOKS:
            raise SourceError("error.workbook", path=file)
        return Document(decoded_text(file.read_bytes(), file, encoding).text)
    except OSError as error:
        raise SourceError("error.unreadable", path=file, reason=file_reason(error)) from error


def _of_workbook(file: Path) -> Document:
    with file.open("rb") as stream:
        packed = stream.read(2) == b"PK"
    if packed:
        checked_archive(file)
    sheets = tuple(each for each in workbook_sheets(file) if each.visible)
    return Document("", sheets=sheets, formats=formats_of(file))


def _of_table(file: Path, encoding: str | None) -> Document:
    sheet, _ = text_sheet(file, encoding=encoding)
    return Document("", sheets=(sheet,))


def _check_text(file: Path, encoding: str | None) -> None:
    """Refuse a picture or a program that somebody named like a text."""
    with file.open("rb") as stream:
        start = stream.read(_SAMPLE_BYTES)
    said = decoded_text(start, file, encoding, damage_is_fine=True).text
    # A sign or two are dirt, and the sample may end inside one.
    if len(_NO_TEXT.findall(said)) > max(_MOST_DIRT, len(said) * _DIRT_SHARE):
        raise SourceError("error.audit_binary", path=file)


def _of_word(file: Path) -> Document:
    try:
        checked_archive(file)
    except SourceError as error:
        if error.code == "error.archive_damaged":
            raise SourceError("error.audit_word", path=file) from error
        raise
    try:
        with zipfile.ZipFile(file) as archive:
            body = ElementTree.fromstring(archive.read(_BODY))
    except (KeyError, ParseError, DefusedXmlException, zipfile.BadZipFile, RuntimeError) as error:
        raise SourceError("error.audit_word", path=file) from error
    paragraphs: list[str] = []
    sheets: list[Sheet] = []
    for element in _blocks(body):
        if element.tag == f"{_SPACE}tbl":
            sheets.append(_sheet(element, str(len(sheets) + 1)))
        else:
            paragraphs.append(_said(element))
    return Document("\n".join(paragraphs), lines_end=True, sheets=tuple(sheets))


def _blocks(parent: Element) -> Iterator[Element]:
    """Yield paragraphs and tables in their order, those inside tables left to these."""
    for child in parent:
        if child.tag in {f"{_SPACE}p", f"{_SPACE}tbl"}:
            yield child
        elif child.tag not in _LEFT_OUT:
            yield from _blocks(child)


def _said(element: Element) -> str:
    if element.tag in _LEFT_OUT:
        return ""
    if element.tag == f"{_SPACE}t":
        return element.text or ""
    if element.tag in {f"{_SPACE}tab", f"{_SPACE}br", f"{_SPACE}cr"}:
        return " "
    return "".join(_said(child) for child in element)


def _sheet(table: Element, name: str) -> Sheet:
    rows: dict[int, dict[int, object]] = {}
    for number, row in enumerate(table.findall(f"{_SPACE}tr"), 1):
        cells = {
            place: _said(cell).strip() for place, cell in enumerate(row.findall(f"{_SPACE}tc"), 1)
        }
        kept: dict[int, object] = {place: cell for place, cell in cells.items() if cell}
        if kept:
            rows[number] = kept
    return Sheet(name, rows)
