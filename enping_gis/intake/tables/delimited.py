"""Take the cells of a table of text as they stand: CSV, TSV, whatever divides its columns."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.errors import SourceError
from enping_gis.intake.files.big5 import BIG5, big5_likelihood
from enping_gis.intake.raw import Encoding
from enping_gis.intake.tables.grid import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# In the order in which they win where a text fits several.
_DELIMITERS = (",", "\t", ";", "|", "\uff0c")
_SAMPLE_RECORDS = 200
_SAMPLE_BYTES = 4_000
# Enough to meet Chinese text in any real table.
_LARGEST_SAMPLE = 4_000_000
# A zero or two are dirt; in UTF-16 every comma and every end of a line has one.
_LEAST_ZEROS = 3
# So much of a row a message shows.
_SHOWN_SIGNS = 80
# A record of more lines than this is a quote that nobody closed.
_MOST_LINES = 1_000
# A boundary of a million points is one cell.
_LONGEST_CELL = 2**31 - 1
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How spreadsheets are kept from taking a code for a number: ="0123" and '0123.
_PROTECTED = re.compile(r"\s*(?:=\"([^\"]*)\"|'([0-9A-Za-z]+))\s*")
# A figure such as 1,234.5 that a comma tore in two.
_THOUSANDS = re.compile(r"(?:^|,)[0-9]{1,3},[0-9]{3}(?:[.][0-9]*)?(?:,|$)")
_MARKUP = re.compile(r"\s*<(?:!doctype|html|table|\?xml|meta|head)", re.IGNORECASE)
_REPLACED = "\ufffd"
# What stands in a text for bytes that are no character of it.
DAMAGE = (_REPLACED, "\0")


def text_sheet(
    path: Path, *, shown: str = "", encoding: str | None = None
) -> tuple[Sheet, Encoding]:
    """
    Return the cells of a table of text.

    The encoding is the one asked for, else what a byte order mark says, else UTF-8 where the
    bytes are valid UTF-8, else Big5 where they clearly are, else GB18030. The delimiter is
    the one that divides the lines most evenly. A row is a record as a spreadsheet counts it,
    empty lines too.

    Parameters
    ----------
    path : pathlib.Path
        A local file.
    shown : str
        How messages call it; by default the path.
    encoding : str, optional
        Codec to use instead of what is found.

    Returns
    -------
    sheet : Sheet
        All cells are text; rows with bytes of no character and quotes never closed are in
        `Sheet.broken`, under ``text_damaged``, ``quote_kept`` (read with the quotes as plain
        signs), ``quote_open``, or ``row_long`` (more cells than
        the others), ``row_shifted`` (and a figure that a comma tore in two), or ``row_cut``
        (the last one, with fewer cells and no end of line).
    encoding : Encoding
        What was used, and how it was found.

    Raises
    ------
    SourceError
        The file cannot be opened, is no table but a page of markup, or there is no such
        encoding.
    """
    name = shown or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError("error.unreadable", path=name, reason=reason) from error
    text, found = _decoded(content, encoding, name)
    if _MARKUP.match(text):
        raise SourceError("error.table_markup", path=name)
    lines = list(io.StringIO(text, newline=""))
    delimiter, skipped = _announced(lines) or (_delimiter(lines), 0)
    rows: dict[int, dict[int, object]] = {}
    records: dict[int, _Record] = {}
    for number, (fields, is_whole) in enumerate(_records(lines[skipped:], delimiter), 1 + skipped):
        kept: dict[int, object] = {
            place: _plain(cell) for place, cell in enumerate(fields, 1) if cell.strip()
        }
        if kept:
            rows[number] = kept
            written = delimiter.join(fields)
            torn = delimiter == "," and bool(_THOUSANDS.search(written))
            damaged = any(sign in written for sign in DAMAGE)
            records[number] = _Record(
                len(fields), max(kept), is_whole, torn, damaged, _short(written)
            )
    broken = _broken(records, found.name)
    last = max(records, default=0)
    usual = max((each.fields for each in records.values() if each.is_whole), default=0)
    if last and records[last].fields < usual and not text.endswith(("\n", "\r")):
        broken.setdefault(last, ("row_cut", records[last].shown))
    return Sheet(path.stem, rows, broken=broken), found


class _Record(NamedTuple):
    fields: int
    last: int
    is_whole: bool
    is_torn: bool
    is_damaged: bool
    shown: str


def _broken(records: Mapping[int, _Record], encoding: str) -> dict[int, tuple[str, str]]:
    """Return the rows that are not as the others, and why."""
    widths = Counter(each.fields for each in records.values() if each.is_whole)
    usual = widths.most_common(1)[0][0] if widths else 0
    broken: dict[int, tuple[str, str]] = {}
    for number, each in records.items():
        if not each.is_whole:
            # A quote that stands in a text as a plain sign shifts no column.
            broken[number] = ("quote_kept" if each.fields == usual else "quote_open", each.shown)
        elif each.is_torn and each.fields > usual:
            broken[number] = ("row_shifted", each.shown)
        elif each.last > usual:
            broken[number] = ("row_long", each.shown)
        elif each.is_damaged:
            broken[number] = ("text_damaged", encoding)
    return broken


def _decoded(content: bytes, wish: str | None, name: str) -> tuple[str, Encoding]:
    if wish:
        try:
            text = content.decode(wish, "replace")
        except (LookupError, ValueError) as error:
            raise SourceError("error.encoding", path=name, value=wish) from error
        return text.removeprefix("\ufeff"), Encoding(wish, "option", "")
    for mark, codec in _BOMS:
        if content.startswith(mark):
            return content.decode(codec, "replace"), Encoding(codec, "declared", codec)
    wide = _wide_codec(content)
    if wide:
        return content.decode(wide, "replace"), Encoding(wide, "detected", "")
    for codec in ("utf-8", "gb18030"):
        if codec == "gb18030" and big5_likelihood([content[:_LARGEST_SAMPLE]]) == "clear":
            return content.decode(BIG5, "replace"), Encoding(BIG5, "detected", "")
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        how = "declared" if content.isascii() else "detected"
        return text, Encoding("UTF-8" if codec == "utf-8" else "GB18030", how, "")
    # Some bytes are no character in either: the one with fewer of them is meant.
    texts = {each: content.decode(each, "replace") for each in ("utf-8", "gb18030")}
    codec = min(texts, key=lambda each: texts[each].count(_REPLACED))
    return texts[codec], Encoding("UTF-8" if codec == "utf-8" else "GB18030", "detected", "")


def _wide_codec(content: bytes) -> str:
    """Return the codec of UTF-16 without a byte order mark, told by where its zeros stand."""
    sample = content[:_SAMPLE_BYTES]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if even + odd < _LEAST_ZEROS or min(even, odd) * 10 > even + odd:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _announced(lines: list[str]) -> tuple[str, int] | None:
    """Return the delimiter that a first line ``sep=;`` names, as Excel writes it."""
    said = re.fullmatch(r"\"?sep=(.)\"?", lines[0].strip("\r\n ")) if lines else None
    return (said[1], 1) if said else None


def _delimiter(lines: list[str]) -> str:
    def evenness(delimiter: str) -> float:
        counts = Counter(
            len(fields)
            for fields, _ in islice(
                _records(lines[: 2 * _SAMPLE_RECORDS], delimiter), _SAMPLE_RECORDS
            )
            if any(fields)
        )
        # Lines of one field are titles and notes: they speak against no delimiter.
        several = {width: number for width, number in counts.items() if width > 1}
        if not several:
            return 0.0
        width, number = max(several.items(), key=lambda each: (each[1], each[0]))
        return number / counts.total() + 0.001 * min(width, 100)

    return max(_DELIMITERS, key=evenness)


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], bool]]:
    """Yield the fields of each record, and False where a quote in it was never closed."""
    csv.field_size_limit(_LONGEST_CELL)
    start = 0
    while start < len(lines):
        if '"' not in lines[start]:
            fields = lines[start].rstrip("\r\n").split(delimiter)
            yield fields, True
            start += 1
            continue
        # Line by line by its number: a slice would run over all lines before it.
        following = (lines[n] for n in range(start, min(start + _MOST_LINES, len(lines))))
        reader = csv.reader(following, delimiter=delimiter, strict=True)
        try:
            fields = next(reader)
            yield fields, True
            start += max(1, reader.line_num)
        except (csv.Error, StopIteration):
            fields = lines[start].rstrip("\r\n").split(delimiter)
            yield [each.strip('" ') if each.count('"') == 1 else each for each in fields], False
            start += 1


def _plain(cell: str) -> str:
    protected = _PROTECTED.fullmatch(cell)
    return (protected[1] or protected[2] or "") if protected else cell


def _short(written: str) -> str:
    return written if len(written) <= _SHOWN_SIGNS else written[: _SHOWN_SIGNS - 1] + "…"
