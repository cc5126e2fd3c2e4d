"""Find out in which encoding the texts of a Shapefile are."""

from __future__ import annotations

import codecs
import struct
from typing import TYPE_CHECKING

import numpy as np

from enping_gis.errors import SourceError
from enping_gis.intake.files.big5 import BIG5, big5_likelihood
from enping_gis.intake.raw import Encoding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy.typing as npt

_HEADER_BYTES = 32
_FIELD_END = 0x0D
# How Windows and ArcGIS call encodings by their code page.
_NUMBERED = {
    "936": "GBK",
    "CP936": "GBK",
    "ANSI 936": "GBK",
    "ANSI_936": "GBK",
    "OEM": "GBK",
    "65001": "UTF-8",
    "54936": "GB18030",
    "1252": "CP1252",
    "88591": "ISO-8859-1",
}
# Signs and characters of Chinese.
_CHINESE = (0x3000, 0x9FFF)
# Enough to meet Chinese text in any real table, and never slow on a large one.
_SAMPLE_BYTES = 4_000_000


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
    names, cells = _texts(sibling(path, ".dbf"))
    # A name may be cut off by its width, so cells decide where there are any.
    texts = [cell for cell in cells if not cell.isascii()] or names
    found = fitting_encoding(texts)
    if not declared:
        # Without Chinese, or any text beyond ASCII, there was nothing to detect.
        return Encoding(found, "declared" if all(map(bytes.isascii, texts)) else "detected", "")
    codec = _codec(declared)
    # Any bytes at all are some ISO-8859-1 or code page 1252: such a .cpg proves nothing.
    proves = codec is not None and codec not in {"iso8859-1", "cp1252"}
    agrees = codec == "utf-8" or found != "UTF-8" or all(map(bytes.isascii, texts))
    most = codec is not None and 2 * sum(_fits([text], codec) for text in texts) >= len(texts)
    if codec is not None and proves and agrees and most:
        name = "GB18030" if codec in {"gbk", "gb2312"} else declared
        return Encoding(name, "declared", declared)
    return Encoding(found, "detected", declared)


def fitting_encoding(texts: list[bytes]) -> str:
    """
    Return the encoding that fits texts of China.

    Parameters
    ----------
    texts : list of bytes
        Texts; each may be cut off within a character.

    Returns
    -------
    str
        ``UTF-8``, else ``GB18030`` or clearly Big5 (``CP950``), else ``ISO-8859-1``, which
        fits anything.

    Examples
    --------
    >>> fitting_encoding(["恩平".encode("gbk")]), fitting_encoding([])
    ('GB18030', 'UTF-8')
    """
    telling = [text for text in set(texts) if not text.isascii()]
    # Single cells may be damaged or from elsewhere; most of them decide.
    for codec in ("UTF-8", "GB18030"):
        if 2 * sum(_fits([text], codec) for text in telling) >= len(telling):
            is_big5 = codec == "GB18030" and big5_likelihood(telling) == "clear"
            return BIG5 if is_big5 else codec
    return "ISO-8859-1"


def _declared(path: Path) -> str:
    cpg = sibling(path, ".cpg")
    if cpg is None:
        return ""
    written = cpg.read_bytes()[:64].decode("ascii", "ignore").strip()
    return _NUMBERED.get(written.upper(), written)


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


def _texts(dbf: Path | None) -> tuple[list[bytes], list[bytes]]:
    """Return field names and text cells of a .dbf, as the bytes they are."""
    if dbf is None:
        return [], []
    with dbf.open("rb") as stream:
        content = stream.read(_SAMPLE_BYTES)
    if len(content) < _HEADER_BYTES:
        return [], []
    header_bytes, record_bytes = struct.unpack("<HH", content[8:12])
    fields = []
    for start in range(_HEADER_BYTES, header_bytes - 1, _HEADER_BYTES):
        field = content[start : start + _HEADER_BYTES]
        if len(field) < _HEADER_BYTES or field[0] == _FIELD_END:
            break
        fields.append((field[:11].split(b"\x00")[0], chr(field[11]), field[16]))
    names = [name for name, _, _ in fields]
    texts: list[bytes] = []
    if record_bytes == 0:
        return names, texts
    for record in range(header_bytes, len(content) - record_bytes + 1, record_bytes):
        offset = record + 1
        for _, kind, width in fields:
            if kind == "C":
                texts.append(content[offset : offset + width].rstrip(b" \x00"))
            offset += width
    return names, texts


def _fits(texts: list[bytes], codec: str) -> bool:
    """Tell whether all texts decode; one cut off by the width of its field may lack an end."""
    for cell in texts:
        decoder = codecs.getincrementaldecoder(codec)()
        try:
            decoder.decode(cell, final=False)
        except UnicodeError:
            return False
    return True


def checked_encoding(name: str | None) -> str | None:
    """
    Return the name of an encoding that somebody asked for.

    Parameters
    ----------
    name : str or None
        Any name that Python knows, and ``936`` or ``65001`` as Windows numbers them.

    Returns
    -------
    str or None
        ``GB18030`` for GBK and GB2312, which it contains; None for None.

    Raises
    ------
    SourceError
        There is no such encoding of texts.

    Examples
    --------
    >>> checked_encoding("gbk"), checked_encoding("utf8"), checked_encoding(None)
    ('GB18030', 'UTF-8', None)
    >>> checked_encoding("")
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    if name is None:
        return None
    codec = _codec(_NUMBERED.get(name.strip().upper(), name.strip()))
    if codec is None:
        raise SourceError("error.encoding", value=name)
    return "GB18030" if codec in {"gbk", "gb2312"} else codec.upper()


def decoded_cells(
    cells: Iterable[bytes | None],
    codec: str = "UTF-8",
    *,
    fallback: str | None = None,
    width: int | None = None,
) -> tuple[npt.NDArray[np.object_], dict[int, str]]:
    r"""
    Decode the texts of a column, each on its own.

    Parameters
    ----------
    cells : iterable of bytes or None
        The texts.
    codec : str
        Encoding of the file.
    fallback : str, optional
        Encoding of texts that are not in `codec`; by default UTF-8 and GB18030 stand in for
        each other. Tables put together from several files mix them.
    width : int, optional
        Greatest number of bytes in a cell; one that fills it may be cut off in a character.

    Returns
    -------
    texts : numpy.ndarray of str or None
        What no encoding fits has U+FFFD for what is unknown.
    doubtful : dict of int to str
        Position -> rule of the finding, ``text_recoded`` or ``text_damaged``.

    Examples
    --------
    >>> texts, doubtful = decoded_cells([b"a", "恩平".encode("gbk"), b"\xff\xff", None])
    >>> texts[1] == "恩平", doubtful
    (True, {1: 'text_recoded', 2: 'text_damaged'})
    >>> decoded_cells([])[1]
    {}
    """
    texts: list[str | None] = []
    doubtful: dict[int, str] = {}
    second = fallback or ("UTF-8" if codec == "GB18030" else "GB18030")
    for position, cell in enumerate(cells):
        if cell is None or cell.isascii():
            texts.append(None if cell is None else cell.decode("ascii"))
            continue
        order = (
            (second, codec) if fallback is None and _surely_utf8(cell, codec) else (codec, second)
        )
        text, rule = _decoded(cell, order, full=len(cell) == width)
        texts.append(text)
        if rule or order[0] != codec:
            doubtful[position] = rule or "text_recoded"
    return np.array([*texts, None], dtype=object)[:-1], doubtful


def _surely_utf8(cell: bytes, codec: str) -> bool:
    """Tell whether a text is UTF-8 in a table that is not: two Chinese characters and no other."""
    if codec != "GB18030":
        return False
    try:
        signs = [sign for sign in cell.decode("utf-8") if not sign.isascii()]
    except UnicodeDecodeError:
        return False
    return len(signs) > 1 and all(_CHINESE[0] <= ord(sign) <= _CHINESE[1] for sign in signs)


def _decoded(cell: bytes, order: tuple[str, str], *, full: bool) -> tuple[str, str]:
    """Decode by the first codec that fits; one that is cut off loses its last character."""
    for codec, rule in zip(order, ("", "text_recoded"), strict=True):
        try:
            return cell.decode(codec), rule
        except UnicodeDecodeError:
            continue
    try:
        if full:
            return codecs.getincrementaldecoder(order[0])().decode(cell), "text_cut"
    except UnicodeDecodeError:
        pass
    return cell.decode(order[0], "replace"), "text_damaged"


def decoded_name(written: bytes, codec: str) -> str:
    """
    Decode the name of a column, which may be in another encoding, and cut off in a character.

    Parameters
    ----------
    written : bytes
        The name.
    codec : str
        Encoding of the table.

    Returns
    -------
    str
        The name, without what is left of a character cut off.

    Examples
    --------
    >>> decoded_name("地块名称".encode()[:10], "GB18030") == "地块名"
    True
    >>> decoded_name(b"", "UTF-8")
    ''
    """
    second = "UTF-8" if codec == "GB18030" else "GB18030"
    whole = next((written[:-cut] if cut else written for cut in range(3)
                  if _surely_utf8(written[:-cut] if cut else written, codec)), b"")  # fmt: skip
    if whole:
        return whole.decode("utf-8").strip()
    for each in (codec, second):
        try:
            return codecs.getincrementaldecoder(each)().decode(written).strip()
        except UnicodeDecodeError:
            continue
    return written.decode(codec, "replace").strip()


def text_encoding(path: Path, asked: str | None = None, shown: str = "") -> Encoding:
    """
    Find out how a text file is encoded.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    asked : str, optional
        Encoding that somebody asked for.
    shown : str
        How messages call it; by default its path.

    Returns
    -------
    Encoding
        What was asked for; what the mark at its beginning says; UTF-8 where the text fits
        that, else GB18030.

    Raises
    ------
    SourceError
        The encoding asked for is unknown, or the text fits none.
    """
    wish = checked_encoding(asked)
    if wish is not None:
        return Encoding(wish, "option", wish)
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE_BYTES)
    for mark, name in ((codecs.BOM_UTF8, "UTF-8"), (codecs.BOM_UTF16_LE, "UTF-16"),
                       (codecs.BOM_UTF16_BE, "UTF-16")):  # fmt: skip
        if sample.startswith(mark):
            return Encoding(name, "declared", name)
    found = fitting_encoding([sample])
    if found == "ISO-8859-1":
        raise SourceError("error.undecodable", path=shown or path)
    return Encoding(found, "declared" if found == "UTF-8" else "detected", "")
