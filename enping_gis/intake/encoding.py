"""Find out in which encoding the texts of a Shapefile are."""

from __future__ import annotations

import codecs
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_HEADER_BYTES = 32
_FIELD_END = 0x0D
# Enough to meet Chinese text in any real table, and never slow on a large one.
_SAMPLE_BYTES = 4_000_000


class Encoding(NamedTuple):
    """
    An encoding, and how it was found.

    Parameters
    ----------
    name : str
        Name that Python and GDAL know.
    how : {"declared", "detected"}
        Said by the .cpg file, or found in the bytes because nothing fitting was said.
    declared : str
        What the .cpg file says, empty without one.
    """

    name: str
    how: str
    declared: str


def shapefile_encoding(path: Path) -> Encoding:
    """
    Decide the encoding of a Shapefile's attributes from its .cpg and the bytes themselves.

    Bytes that are valid UTF-8 beyond ASCII are UTF-8: text in GBK hardly ever is by chance.
    Anything else is read as GB18030, which contains GBK and GB2312. What the .cpg says holds
    where the bytes agree with it.

    Parameters
    ----------
    path : pathlib.Path
        The ``.shp`` file.

    Returns
    -------
    Encoding
        UTF-8 where the texts are plain ASCII or the .dbf is missing.
    """
    declared = _declared(path)
    texts = _texts(sibling(path, ".dbf"))
    if _fits(texts, "utf-8"):
        found = "UTF-8"
    elif _fits(texts, "gb18030"):
        found = "GB18030"
    else:
        found = "ISO-8859-1"
    if not declared:
        # Without Chinese, or any text beyond ASCII, there was nothing to detect.
        return Encoding(found, "declared" if all(map(bytes.isascii, texts)) else "detected", "")
    codec = _codec(declared)
    # Any bytes at all are some ISO-8859-1 or code page 1252: such a .cpg proves nothing.
    proves = codec is not None and codec not in {"iso8859-1", "cp1252"}
    agrees = codec == "utf-8" or found != "UTF-8" or all(map(bytes.isascii, texts))
    if codec is not None and proves and agrees and _fits(texts, codec):
        name = "GB18030" if codec in {"gbk", "gb2312"} else declared
        return Encoding(name, "declared", declared)
    return Encoding(found, "detected", declared)


def _declared(path: Path) -> str:
    cpg = sibling(path, ".cpg")
    if cpg is None:
        return ""
    written = cpg.read_bytes()[:64].decode("ascii", "ignore").strip()
    return {"936": "GBK", "65001": "UTF-8", "OEM": "GBK"}.get(written.upper(), written)


def _codec(name: str) -> str | None:
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # Python also calls hex, zip and the like codecs; they encode no text.
    return codec.name if codec._is_text_encoding else None  # noqa: SLF001 - the only way to ask


def sibling(path: Path, suffix: str) -> Path | None:
    """
    Return another part of a Shapefile.

    Parameters
    ----------
    path : pathlib.Path
        The ``.shp`` file.
    suffix : str
        Such as ``".dbf"``; Windows programs write it in capitals too.

    Returns
    -------
    pathlib.Path or None
        The file, None where it is missing.

    Examples
    --------
    >>> from pathlib import Path
    >>> sibling(Path("missing.shp"), ".dbf") is None
    True
    """
    spellings = (suffix, suffix.upper())
    found = (path.with_suffix(each) for each in spellings)
    return next((file for file in found if file.is_file()), None)


def _texts(dbf: Path | None) -> list[bytes]:
    """Return field names and text cells of a .dbf, as the bytes they are."""
    if dbf is None:
        return []
    content = dbf.read_bytes()[:_SAMPLE_BYTES]
    if len(content) < _HEADER_BYTES:
        return []
    header_bytes, record_bytes = struct.unpack("<HH", content[8:12])
    fields = []
    for start in range(_HEADER_BYTES, header_bytes - 1, _HEADER_BYTES):
        field = content[start : start + _HEADER_BYTES]
        if len(field) < _HEADER_BYTES or field[0] == _FIELD_END:
            break
        fields.append((field[:11].split(b"\x00")[0], chr(field[11]), field[16]))
    texts = [name for name, _, _ in fields]
    if record_bytes == 0:
        return texts
    for record in range(header_bytes, len(content) - record_bytes + 1, record_bytes):
        offset = record + 1
        for _, kind, width in fields:
            if kind == "C":
                texts.append(content[offset : offset + width].rstrip(b" \x00"))
            offset += width
    return texts


def _fits(texts: list[bytes], codec: str) -> bool:
    """Tell whether all texts decode; one cut off by the width of its field may lack an end."""
    for cell in texts:
        decoder = codecs.getincrementaldecoder(codec)()
        try:
            decoder.decode(cell, final=False)
        except UnicodeError:
            return False
    return True
