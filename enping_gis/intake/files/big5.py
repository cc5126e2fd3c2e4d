"""Tell texts in Big5, the encoding of traditional Chinese, from texts in GB18030."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from enping_gis.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

# The code page by which Windows writes Big5.
BIG5 = "CP950"

Likelihood = Literal["", "perhaps", "clear"]

_PAIR = re.compile(rb"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|[\x81-\xfe][\x40-\x7e\x80-\xfe]")
# Signs and punctuation, in both encodings: they tell nothing.
_SIGNS = (0xA1, 0xA3)
# The common characters: level 1 of GB 2312 (3,755) and of Big5 (5,401), as their standards
# lay them out. Names of plots and towns hardly hold any other.
_GB_COMMON, _BIG5_COMMON = (0xB0, 0xD7), (0xA440, 0xC67E)
_HIGH = 0xA1
# Kana, Greek, Cyrillic and what GB 18030 maps to private use: no text of China is full of them.
_STRANGE = (0xA4, 0xAF)
_LEAST_CHARACTERS = 4
_CLEAR_SHARE, _CLEAR_LEAD = 0.9, 0.2
# Damage costs single characters.
_LEAST_VALID = 0.98


def big5_likelihood(texts: Iterable[bytes]) -> Likelihood:
    """
    Tell whether texts that fit GB18030 are meant as Big5.

    Parameters
    ----------
    texts : iterable of bytes
        Texts that are not UTF-8; each may be cut off within a character.

    Returns
    -------
    {"", "perhaps", "clear"}
        ``"perhaps"`` where the texts are valid Big5, their reading as GB18030 has private-use
        characters, kana, Greek or Cyrillic, and more of their characters are common ones in
        Big5 than in GB 2312; ``"clear"`` where nine of ten are common ones in Big5, and at
        least a fifth more than in GB 2312.

    Examples
    --------
    >>> big5_likelihood(["恩平市大槐鎮".encode("big5")]), big5_likelihood([])
    ('clear', '')
    >>> big5_likelihood(["恩平市大槐镇".encode("gbk")])
    ''
    """
    pairs = [pair for text in texts for pair in _PAIR.findall(text)]
    pairs = [pair for pair in pairs if not _within(pair[0], _SIGNS) or len(pair) > 2]  # noqa: PLR2004 - more than a pair is a character of GB18030 alone
    strange = any(_within(pair[0], _STRANGE) for pair in pairs)
    if not strange or sum(map(_is_big5, pairs)) < _LEAST_VALID * len(pairs):
        return ""
    gb = sum(_within(pair[0], _GB_COMMON) and pair[1] >= _HIGH for pair in pairs) / len(pairs)
    big5 = sum(_within(int.from_bytes(pair, "big"), _BIG5_COMMON) for pair in pairs) / len(pairs)
    if big5 <= gb:
        return ""
    clear = big5 >= _CLEAR_SHARE and big5 - gb >= _CLEAR_LEAD and len(pairs) >= _LEAST_CHARACTERS
    return "clear" if clear else "perhaps"


def big5_finding(
    texts: Iterable[bytes], codec: str, where: Mapping[str, Any]
) -> tuple[Finding, ...]:
    """
    Say that texts were read as Big5, or might be meant as Big5.

    Parameters
    ----------
    texts : iterable of bytes
        Texts of a file whose encoding was found in its bytes.
    codec : str
        Encoding by which they are read.
    where : mapping of str to Any
        File and layer.

    Returns
    -------
    tuple of Finding
        One warning ``encoding_big5`` or ``encoding_perhaps_big5``; none for other texts.

    Examples
    --------
    >>> [each.rule for each in big5_finding(["恩平市大槐".encode("big5")], BIG5, {})]
    ['encoding_big5']
    >>> big5_finding([], "GB18030", {})
    ()
    """
    if codec == BIG5:
        return (Finding("encoding_big5", "warning", value="Big5", **where),)
    if codec != "GB18030" or not big5_likelihood(texts):
        return ()
    return (Finding("encoding_perhaps_big5", "warning", value="Big5", **where),)


def _within(value: int, span: tuple[int, int]) -> bool:
    return span[0] <= value <= span[1]


def _is_big5(pair: bytes) -> bool:
    try:
        pair.decode(BIG5)
    except UnicodeDecodeError:
        return False
    return True
