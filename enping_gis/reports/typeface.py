"""Set the styles, fonts, borders and fields of a Word document."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from typing import TYPE_CHECKING, Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from enping_gis._resources import shipped_json

if TYPE_CHECKING:
    from docx.document import Document

    from enping_gis.messages import Language

_SHEET: dict[str, Any] = shipped_json("reports/styles.json")
PAGE_MM: dict[str, float] = _SHEET["page_mm"]
CARD_MM: dict[str, float] = _SHEET["card_mm"]
_ASCII = "Times New Roman"
_ALIGN = {
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
    "left": WD_ALIGN_PARAGRAPH.LEFT,
}
_TWIPS_PER_PT, _TWIPS_PER_MM = 20, 1440 / 25.4
_INDENT_CHARACTERS = 2
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_DASH = "\N{EM DASH}"


def styled() -> tuple[str, ...]:
    """
    Return the parts of a paper that have a style of their own.

    Returns
    -------
    tuple of str
        Codes, such as ``"title"``.

    Examples
    --------
    >>> "title" in styled()
    True
    """
    return tuple(_SHEET["styles"])


def style_name(part: str) -> str:
    """
    Return the name of the style of a part, as Word lists it.

    Parameters
    ----------
    part : str
        One of `styled`.

    Returns
    -------
    str
        The name, in Chinese as offices have it.

    Examples
    --------
    >>> style_name("title") != style_name("body")
    True
    """
    return str(_SHEET["styles"][part]["name"])


def dress(document: Document, lang: Language) -> None:
    """
    Give a document the styles that it lacks, the grid of the page and names of other fonts.

    Parameters
    ----------
    document : docx.document.Document
        The document; it is changed.
    lang : {"zh", "en"}
        Language of its papers; sizes of type differ.
    """
    there = {style.name for style in document.styles}
    for part, look in _SHEET["styles"].items():
        if look["name"] not in there:
            _add_style(document, part, lang)
    section = document.sections[0]._sectPr  # noqa: SLF001 - python-docx has no name for the grid
    for old in section.findall(qn("w:docGrid")):
        section.remove(old)
    if lang == "zh":  # the grid is for signs of one width
        _set_grid(section)
    _name_fonts(document)


def _set_grid(section: Any) -> None:  # noqa: ANN401 - an element of XML
    pitch = str(round(_SHEET["grid"]["line_pt"] * _TWIPS_PER_PT))
    section.append(_element("w:docGrid", {"w:type": "lines", "w:linePitch": pitch}))


def _add_style(document: Document, part: str, lang: Language) -> None:
    look = _SHEET["styles"][part]
    style: Any = document.styles.add_style(look["name"], WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    english = lang == "en"
    size_pt = look["en_pt" if english else "zh_pt"]
    style.font.size = Pt(size_pt)
    style.font.bold = bool(look.get("bold") or (english and look.get("en_bold")))
    _set_fonts(style.element.get_or_add_rPr(), look["font"])
    if "colour" in look:
        style.font.color.rgb = RGBColor.from_string(look["colour"])
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(look.get("before_pt", 0)), Pt(look.get("after_pt", 0))
    form.alignment = _ALIGN[look.get("align", "left")]
    line_pt = look.get("en_line_pt") if english else None
    line_pt = line_pt or look.get("line_pt")
    form.line_spacing = Pt(line_pt) if line_pt else 1.0
    form.keep_with_next = bool(look.get("keep"))
    form.widow_control = True
    properties = style.element.get_or_add_pPr()
    if look.get("indent") and not english:
        form.first_line_indent = Pt(size_pt * _INDENT_CHARACTERS)
        indent = properties.find(qn("w:ind"))
        indent.set(qn("w:firstLineChars"), str(_INDENT_CHARACTERS * 100))
    # Papers set no gap between Chinese signs and figures.
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        _place(properties, _element(name, {"w:val": "0"}))
    if not line_pt:
        _place(properties, _element("w:snapToGrid", {"w:val": "0"}))
    _box_style(properties, look)
    if look.get("outline"):
        _place(properties, _element("w:outlineLvl", {"w:val": str(look["outline"] - 1)}))


def _box_style(properties: Any, look: dict[str, Any]) -> None:  # noqa: ANN401 - an element of XML
    if not look.get("box"):
        return
    box = _element("w:pBdr", {})
    for side in ("top", "left", "bottom", "right"):
        edge = {"w:val": "single", "w:sz": "8", "w:space": "4", "w:color": look["colour"]}
        box.append(_element(f"w:{side}", edge))
    _place(properties, box)
    shade = {"w:val": "clear", "w:color": "auto", "w:fill": look["fill"]}
    _place(properties, _element("w:shd", shade))


# The order in which the parts of a paragraph's properties have to stand (ECMA-376, CT_PPrBase).
_ORDER = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr",
    "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap",
    "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd",
    "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc",
    "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr",
    "sectPr", "pPrChange",
)  # fmt: skip
_RANK = {qn(f"w:{name}"): number for number, name in enumerate(_ORDER)}


def _place(properties: Any, element: Any) -> None:  # noqa: ANN401 - elements of XML
    """Put an element where the schema wants it; Word refuses files in another order."""
    for at, other in enumerate(properties):
        if _RANK.get(other.tag, 0) > _RANK[element.tag]:
            properties.insert(at, element)
            return
    properties.append(element)


def _set_fonts(properties: Any, east_asian: str) -> None:  # noqa: ANN401 - an element of XML
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = _element("w:rFonts", {})
        properties.insert(0, fonts)
    names = {"w:ascii": _ASCII, "w:hAnsi": _ASCII, "w:cs": _ASCII, "w:eastAsia": east_asian}
    for key, value in names.items():
        fonts.set(qn(key), value)


def _name_fonts(document: Document) -> None:
    """Name what to take where a font is not there: offices lack some, others have them."""
    for key, relation in list(document.part.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            del document.part.rels[key]
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/>'
        '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, other in _SHEET["fallbacks"].items()
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f"<w:fonts {nsdecls('w')}>{fonts}</w:fonts>"
    )
    where = PackURI("/word/fontTable.xml")
    part = Part(where, CONTENT_TYPE.WML_FONT_TABLE, content.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FONT_TABLE)


def add_runs(
    paragraph: Any,  # noqa: ANN401 - a paragraph of a library
    words: str,
    *,
    strong: bool = False,
    size_pt: float | None = None,
) -> None:
    """
    Add running text to a paragraph.

    Parameters
    ----------
    paragraph : docx.text.paragraph.Paragraph
        The paragraph; it is changed.
    words : str
        The text; signs that XML has no place for are left out.
    strong : bool
        Set it bold.
    size_pt : float, optional
        Size of type, points; by default that of the style.
    """
    run = paragraph.add_run(_speakable(words))
    # Word takes quotes and dashes for Latin unless the run says that it is East Asian.
    fonts = run._element.get_or_add_rPr()  # noqa: SLF001 - python-docx has no name for the hint
    if strong:
        run.bold = True
    if size_pt is not None:
        run.font.size = Pt(size_pt)
    if any(sign > "\u2e7f" for sign in words):
        hint = _element("w:rFonts", {"w:hint": "eastAsia"})
        fonts.insert(0, hint)


def _speakable(words: str) -> str:
    # Blanks of other widths are not printable for Python, but people type them; XML has no place
    # for control characters and halves of pairs.
    return "".join(
        sign for sign in words if sign.isprintable() or unicodedata.category(sign) == "Zs"
    )


def add_field(paragraph: Any, field: str, side: str) -> None:  # noqa: ANN401 - a paragraph of a library
    """
    Add the number of the page between dashes.

    Parameters
    ----------
    paragraph : docx.text.paragraph.Paragraph
        The paragraph; it is changed.
    field : str
        Name of the field, such as ``PAGE``.
    side : {"left", "right"}
        Where it stands: on the outer side of the page, one sign in.
    """
    paragraph.alignment = _ALIGN[side]
    inset = Pt(_SHEET["styles"]["page"]["zh_pt"])
    if side == "right":
        paragraph.paragraph_format.right_indent = inset
    else:
        paragraph.paragraph_format.left_indent = inset
    paragraph.add_run(f"{_DASH} ")
    for kind in ("begin", None, "separate", "1", "end"):
        run = paragraph.add_run()
        if kind is None:
            words = _element("w:instrText", {})
            words.text = f" {field} "
            run._element.append(words)  # noqa: SLF001 - python-docx has no fields
        elif kind == "1":
            run.text = kind
        else:
            run._element.append(_element("w:fldChar", {"w:fldCharType": kind}))  # noqa: SLF001 - see above
    paragraph.add_run(f" {_DASH}")


def add_box(table: Any) -> None:  # noqa: ANN401 - a table of a library
    """
    Give a table thin lines, none at the ends, and cells with little room about their text.

    Parameters
    ----------
    table : docx.table.Table
        The table; it is changed.
    """
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no borders
    for old in properties.findall(qn("w:tblBorders")):
        properties.remove(old)
    borders = _element("w:tblBorders", {})
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        kind = "nil" if side in {"left", "right"} else "single"
        edge = {"w:val": kind, "w:sz": "4", "w:space": "0", "w:color": "404040"}
        borders.append(_element(f"w:{side}", edge))
    margins = _element("w:tblCellMar", {})
    for side, width in (("top", 25), ("left", 70), ("bottom", 25), ("right", 70)):
        margins.append(_element(f"w:{side}", {"w:w": str(width), "w:type": "dxa"}))
    layout = properties.find(qn("w:tblLayout"))
    at = list(properties).index(layout) if layout is not None else len(properties)
    properties.insert(at, borders)
    after = at + 2 if layout is not None else at + 1
    properties.insert(after, margins)


def wrapped_zip(content: bytes) -> bytes:
    """
    Return a document with the same bytes whenever it says the same.

    Parameters
    ----------
    content : bytes
        A .docx file, whose parts carry the time at which they were packed.

    Returns
    -------
    bytes
        The same parts in the same order, with a fixed time.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            record = zipfile.ZipInfo(name, _FIXED_TIME)
            new.writestr(record, old.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _element(name: str, values: dict[str, str]) -> Any:  # noqa: ANN401 - an element of XML
    element = OxmlElement(name)
    for key, value in values.items():
        element.set(qn(key), value)
    return element
