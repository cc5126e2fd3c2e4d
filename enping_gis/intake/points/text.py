"""Decode the bytes of a text file whose encoding nobody states."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.errors import SourceError
from enping_gis.intake.files.big5 import BIG5, big5_likelihood
from enping_gis.intake.points.lines import points_in
from enping_gis.intake.raw import Encoding

if TYPE_CHECKING:
    from pathlib import Path

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ORDER_BYTES = 4_096
_SAMPLE_BYTES = 65_536
_TABLE_MARKS = re.compile(r"[,\t;|]")
_NO_HEADER = ("[", "\u3010", "#", "//")
_REPLACED = "\ufffd"
_BINARY = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_LEAST_POINTS = 3


class DecodedText(NamedTuple):
    """
    A text, and how it was decoded.

    Parameters
    ----------
    text : str
        The text.
    encoding : Encoding
        Its encoding and how that was found.
    damaged : bool
        Some bytes are of no character; they stand as U+FFFD.
    """

    text: str
    encoding: Encoding
    damaged: bool


def decoded_text(
    content: bytes, path: Path | str, encoding: str | None = None, *, damage_is_fine: bool = False
) -> DecodedText:
    """
    Decode a text file: a byte-order mark first, then UTF-8, UTF-16, GB18030.

    Text is taken for Big5 only where it clearly is. Text in GBK is hardly ever valid UTF-8 by
    chance. Text in UTF-8 with a few bytes lost is often valid GB18030, so it is recognised by
    the many characters that do decode.

    Parameters
    ----------
    content : bytes
        The file.
    path : pathlib.Path or str
        How messages name it.
    encoding : str, optional
        Encoding to use instead.
    damage_is_fine : bool
        With `encoding`: bytes that do not decode are replaced, as in a file cut off.

    Returns
    -------
    DecodedText
        The text without its byte-order mark.

    Raises
    ------
    SourceError
        `encoding` is not known, or the file is not in it.

    Examples
    --------
    >>> decoded_text("恩平".encode("gbk"), "a.txt").encoding.name
    'GB18030'
    >>> decoded_text(b"", "a.txt").text
    ''
    """
    if encoding is not None:
        return _as_asked(content, path, encoding, damage_is_fine=damage_is_fine)
    for mark, name in _MARKS:
        if content.startswith(mark):
            text = content.decode(name, "replace")
            return DecodedText(text, Encoding(name.upper(), "detected", ""), _REPLACED in text)
    wide = _wide(content)
    if wide:
        text = content.decode(wide, "replace")
        return DecodedText(text, Encoding(wide.upper(), "detected", ""), _REPLACED in text)
    try:
        return DecodedText(
            content.decode("utf-8"), Encoding("UTF-8", "detected", ""), damaged=False
        )
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
    lost = text.count(_REPLACED)
    read = sum(len(line) - len(line.encode("ascii", "ignore")) for line in text.split("\n")) - lost
    if read > 4 * lost:
        return DecodedText(text, Encoding("UTF-8", "detected", ""), damaged=True)
    codec = BIG5 if big5_likelihood([content[:_SAMPLE_BYTES]]) == "clear" else "GB18030"
    text = content.decode(codec, "replace")
    return DecodedText(text, Encoding(codec, "detected", ""), _REPLACED in text)


def is_table(path: Path, *, encoding: str | None = None) -> bool:
    """
    Tell whether a text file is a table under a header line, rather than boundary points.

    Parameters
    ----------
    path : pathlib.Path
        The file; its first 64 KiB are looked at.
    encoding : str, optional
        Encoding of the file; by default it is found from the bytes.

    Returns
    -------
    bool
        True where the first line names columns, and no section or headline follows.

    Examples
    --------
    >>> from pathlib import Path
    >>> is_table(Path("not there.txt"))
    False
    """
    return _is_table(_start(path, encoding))


def holds_points(path: Path, *, encoding: str | None = None) -> bool:
    """
    Tell whether a file with the suffix of another kind holds boundary points or survey points.

    Parameters
    ----------
    path : pathlib.Path
        The file; its first 64 KiB are looked at.
    encoding : str, optional
        Encoding of the file; by default it is found from the bytes.

    Returns
    -------
    bool
        True where points stand under a headline, or there are points and nothing else.

    Examples
    --------
    >>> from pathlib import Path
    >>> holds_points(Path("not there.dat"))
    False
    """
    text = _start(path, encoding)
    if _BINARY.search(text.rstrip("\x00")) or _is_table(text):
        return False
    whole = text.replace("\r", "\n").rpartition("\n")[0] if len(text) > _ORDER_BYTES else text
    found = points_in(whole)
    plots = [plot for section in found.sections for plot in section.plots]
    alone = not found.unread and not any(plot.fields or plot.broken for plot in plots)
    return len(found.xs) >= _LEAST_POINTS and (alone or _has_headline(_filled(whole)))


def _start(path: Path, encoding: str | None) -> str:
    try:
        with path.open("rb") as source:
            start = source.read(_SAMPLE_BYTES)
    except OSError:
        return ""
    return decoded_text(start, path, encoding, damage_is_fine=True).text


def _filled(text: str) -> list[str]:
    return [line.strip(" \ufeff\u3000") for line in text.splitlines() if line.strip()]


def _has_headline(lines: list[str]) -> bool:
    return any(line.rstrip(',\t \uff0c";\uff1b\u3001|').endswith(("@", "\uff20")) for line in lines)


def _is_table(text: str) -> bool:
    lines = _filled(text)
    if not lines or _has_headline(lines):
        return False
    fields = [each.strip(' "') for each in _TABLE_MARKS.split(lines[0])]
    named = all(fields) and not any(any(map(str.isdigit, each[:1])) for each in fields)
    return named and len(fields) > 1 and not lines[0].startswith(_NO_HEADER)


def _as_asked(
    content: bytes, path: Path | str, encoding: str, *, damage_is_fine: bool
) -> DecodedText:
    try:
        codec = codecs.lookup(encoding)
        is_text = codec._is_text_encoding  # noqa: SLF001 - the only way to ask
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise SourceError("error.encoding", path=path, value=encoding)
    name = "utf-8-sig" if codec.name == "utf-8" else codec.name
    try:
        text = content.decode(name, "replace" if damage_is_fine else "strict")
    except UnicodeError as error:
        raise SourceError("error.encoding_misfit", path=path, value=encoding) from error
    return DecodedText(text, Encoding(encoding, "option", ""), damaged=False)


def _wide(content: bytes) -> str:
    """Name the byte order of UTF-16 without a mark: every other byte of Western signs is zero."""
    start = content[:_ORDER_BYTES]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 < len(start) or len(start) < 2:  # noqa: PLR2004 - one sign of two bytes
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"
