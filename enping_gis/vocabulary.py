"""Look up the words of the trade: statuses, event kinds, categories, places, and the rest."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from enping_gis._resources import shipped_json
from enping_gis.errors import VocabularyError
from enping_gis.messages import language, text

if TYPE_CHECKING:
    from enping_gis.messages import Language

UNKNOWN = "unknown"
# White space, and signs of no width that come along when text is copied.
BLANKS = "".join(
    sign
    for sign in map(chr, range(0x10000))
    if sign.isspace() or sign in "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
)
_NO_BLANKS = str.maketrans("", "", BLANKS)


@dataclass(frozen=True)
class Term:
    """
    One word of the vocabulary, as ``vocabulary.json`` has it.

    Parameters
    ----------
    kind, code : str
        The list it belongs to, and its code there.
    zh, en : str
        Its two names.
    aliases : tuple of str
        Other spellings that are read as this term.
    source : str
        Where the word is from.
    attributes : dict of str to str
        What its kind adds: ``colour``, ``leads_to``, ``place_kind`` and so on.
    """

    kind: str
    code: str
    zh: str
    en: str
    aliases: tuple[str, ...]
    source: str
    attributes: dict[str, str] = field(default_factory=dict, compare=False)

    def label(self, lang: Language | None = None) -> str:
        """
        Return the name of the term.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
            Language; by default the one in force.

        Returns
        -------
        str
            The name in that language.
        """
        return self.zh if (lang or language()) == "zh" else self.en


def kinds() -> tuple[str, ...]:
    """
    Return the kinds of terms there are.

    Returns
    -------
    tuple of str
        Such as ``"status"`` and ``"category"``.

    Examples
    --------
    >>> "status" in kinds()
    True
    """
    return tuple(shipped_json("vocabulary.json"))


@cache
def terms(kind: str) -> tuple[Term, ...]:
    """
    Return all terms of one kind, in the order in which they are shown.

    Parameters
    ----------
    kind : str
        One of `kinds`.

    Returns
    -------
    tuple of Term
        The terms.

    Raises
    ------
    KeyError
        There is no such kind.

    Examples
    --------
    >>> [term.code for term in terms("category")]
    ['idle_closed', 'underused', 'below_standard', 'approved_unsupplied']
    """
    return tuple(_term(kind, record) for record in shipped_json("vocabulary.json")[kind])


def term(kind: str, wording: str) -> Term:
    """
    Find a term by its code, either name, or an alias.

    Full-width and half-width forms, case and white space make no difference.

    Parameters
    ----------
    kind : str
        One of `kinds`.
    wording : str
        What somebody wrote.

    Returns
    -------
    Term
        The term meant.

    Raises
    ------
    VocabularyError
        Nothing matches; the message names the nearest three.

    Examples
    --------
    >>> term("place", "恩平工业园区").code
    '440785400'
    >>> term("status", "")
    Traceback (most recent call last):
    ...
    enping_gis.errors.VocabularyError: ...
    """
    index = _index(kind)
    key = normalised(wording)
    if key in index:
        return index[key]
    near = dict.fromkeys(index[match].label() for match in get_close_matches(key, index, 6, 0.3))
    names = list(near)[:3] or [each.label() for each in terms(kind)][:3]
    raise VocabularyError("error.vocabulary", kind=kind, value=wording, nearest=", ".join(names))


def code_of(kind: str, wording: object) -> str | None:
    """
    Return the code of a term, or None where the wording is unknown or empty.

    Parameters
    ----------
    kind : str
        One of `kinds`.
    wording : object
        A cell as it was read; None and NaN are empty.

    Returns
    -------
    str or None
        The code.

    Examples
    --------
    >>> code_of("status", " 已盘活 "), code_of("status", None), code_of("status", "?")
    ('revitalised', None, None)
    """
    found = _index(kind).get(normalised(wording))
    return None if found is None else found.code


def label(kind: str, code: str | None, lang: Language | None = None) -> str:
    """
    Return the name of a code; an unknown code keeps its own spelling, none is 未载明.

    Parameters
    ----------
    kind : str
        One of `kinds`.
    code : str or None
        The code.
    lang : {"zh", "en"}, optional
        Language; by default the one in force.

    Returns
    -------
    str
        What to print.

    Examples
    --------
    >>> label("status", "producing", "en"), label("category", None, "zh")
    ('In production', '未载明')
    """
    if not isinstance(code, str) or not code:
        return text("not_stated", lang)
    found = _by_code(kind).get(code)
    return code if found is None else found.label(lang)


def normalised(wording: object) -> str:
    """
    Fold a wording to the form in which words are compared.

    Parameters
    ----------
    wording : object
        A cell; None and NaN give an empty text.

    Returns
    -------
    str
        NFKC, lower case, no white space.

    Examples
    --------
    >>> normalised("Ｅn 城"), normalised(None)
    ('en城', '')
    """
    # pandas' NA has no truth value, so it goes by its print; NaN is unequal to itself.
    if wording is None or str(wording) == "<NA>" or wording != wording:  # noqa: PLR0124 - see above
        return ""
    folded = str(wording).translate(_NO_BLANKS)
    while True:
        # Folding case can leave a form that folds again, so the words compared are stable ones.
        again = unicodedata.normalize("NFKC", folded).casefold().translate(_NO_BLANKS)
        if again == folded:
            return folded
        folded = again


def _term(kind: str, record: dict[str, Any]) -> Term:
    known = {"code", "zh", "en", "aliases", "source"}
    return Term(
        kind=kind,
        code=record["code"],
        zh=record["zh"],
        en=record["en"],
        aliases=tuple(record["aliases"]),
        source=record["source"],
        attributes={key: value for key, value in record.items() if key not in known},
    )


@cache
def _by_code(kind: str) -> dict[str, Term]:
    return {each.code: each for each in terms(kind)}


@cache
def _index(kind: str) -> dict[str, Term]:
    index: dict[str, Term] = {}
    for each in terms(kind):
        for wording in (each.code, each.zh, each.en, *each.aliases):
            index.setdefault(normalised(wording), each)
    return index
