"""Find the cells of a workbook whose formula has no value that can be trusted."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from openpyxl.utils import coordinate_to_tuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_BOOK = "xl/workbook.xml"
_LINKS = "xl/_rels/workbook.xml.rels"
_CHUNK_BYTES = 1 << 20


def uncomputed(content: bytes) -> dict[str, set[tuple[int, int]]]:
    """
    Return the cells with a formula that were never computed.

    A program that is no spreadsheet writes formulas without a value, or with 0 for a value
    and the wish to compute all on loading (``fullCalcOnLoad``).

    Parameters
    ----------
    content : bytes
        A ``.xlsx`` file.

    Returns
    -------
    dict of str to set of tuple of int and int
        Name of the sheet -> rows and columns, counted from 1; empty where nothing can be
        found out, for what is read of such a file is refused elsewhere.

    Examples
    --------
    >>> uncomputed(b"")
    {}
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _uncomputed(archive)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError, DefusedXmlException):
        return {}


def _uncomputed(archive: zipfile.ZipFile) -> dict[str, set[tuple[int, int]]]:
    book = ElementTree.fromstring(archive.read(_BOOK))
    links = ElementTree.fromstring(archive.read(_LINKS))
    targets = {each.get("Id"): each.get("Target", "") for each in links}
    unreliable = any(
        _local(each) == "calcPr" and each.get("fullCalcOnLoad") in {"1", "true"}
        for each in book.iter()
    )
    found: dict[str, set[tuple[int, int]]] = {}
    for sheet in book.iter():
        if _local(sheet) != "sheet":
            continue
        link = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        part = posixpath.normpath(posixpath.join("xl", targets.get(link, ""))).lstrip("/")
        if part in archive.NameToInfo and _has_formulas(archive, part):
            found[sheet.get("name", "")] = set(_cells(archive, part, unreliable=unreliable))
    return found


def _has_formulas(archive: zipfile.ZipFile, part: str) -> bool:
    """Tell by the bytes alone, so that a sheet of plain values is not parsed twice."""
    with archive.open(part) as stream:
        last = b""
        while chunk := stream.read(_CHUNK_BYTES):
            joined = last + chunk
            if any(mark in joined for mark in (b"<f>", b"<f ", b":f>", b":f ", b"<f/>")):
                return True
            last = joined[-4:]
    return False


def _cells(archive: zipfile.ZipFile, part: str, *, unreliable: bool) -> Iterator[tuple[int, int]]:
    with archive.open(part) as stream:
        for _, element in ElementTree.iterparse(stream):
            if _local(element) == "row":
                element.clear()
            elif _local(element) == "c":
                place = element.get("r")
                if place and _is_uncomputed(element, unreliable=unreliable):
                    yield coordinate_to_tuple(place)


def _is_uncomputed(cell: Element, *, unreliable: bool) -> bool:
    parts = {_local(each): each for each in cell}
    if "f" not in parts:
        return False
    value = parts.get("v")
    if value is None or (not value.text and cell.get("t") != "str"):
        return True
    return unreliable and value.text == "0"


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
