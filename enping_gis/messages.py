"""Say everything the package says to a person, in Chinese or in English."""

from __future__ import annotations

import os
import unicodedata
from contextvars import ContextVar
from decimal import Decimal
from typing import Literal, cast, get_args

from enping_gis._resources import shipped_json

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_chosen: ContextVar[Language | None] = ContextVar("enping_language", default=None)


def language() -> Language:
    """
    Return the language in force: the one chosen, else ``ENPING_LANG``, else Chinese.

    Returns
    -------
    {"zh", "en"}
        The language of messages, labels and pages.

    Examples
    --------
    >>> language() in ("zh", "en")
    True
    """
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    wish = os.environ.get("ENPING_LANG", "zh")
    return wish if wish in LANGUAGES else "zh"


def choose_language(wish: Language | None) -> None:
    """
    Choose the language for this context.

    Parameters
    ----------
    wish : {"zh", "en"} or None
        The language; None goes back to ``ENPING_LANG``.

    Raises
    ------
    ValueError
        `wish` is another language.

    Examples
    --------
    >>> choose_language("en")
    >>> text("total")
    'Total'
    >>> choose_language(None)
    """
    if wish is not None and wish not in LANGUAGES:
        msg = f"language {wish!r} is not one of {', '.join(LANGUAGES)}"
        raise ValueError(msg)
    _chosen.set(wish)


def text(code: str, lang: Language | None = None, /, **values: object) -> str:
    """
    Return the message `code`, filled in.

    Parameters
    ----------
    code : str
        Key of ``messages.json``.
    lang : {"zh", "en"}, optional
        Language; by default the one in force.
    **values : object
        What the placeholders of the message name.

    Returns
    -------
    str
        One line.

    Raises
    ------
    KeyError
        There is no such message, or a placeholder has no value.

    Examples
    --------
    >>> text("total", "zh"), text("total", "en")
    ('合计', 'Total')
    """
    message = cast("str", shipped_json("messages.json")[code][lang or language()])
    return message.format(**{name: _placed(value) for name, value in values.items()})


def printable(wording: str) -> str:
    r"""
    Return a text of unknown origin in a form that cannot steer a terminal.

    Parameters
    ----------
    wording : str
        Text of a file, a path, or what a library said.

    Returns
    -------
    str
        One line: control and direction characters are spaces, surrogates a question mark.

    Examples
    --------
    >>> printable("a\x1b[31mb\nc"), printable("")
    ('a [31mb c', '')
    """
    if wording.isprintable():  # by far most are, and then there is nothing to look for
        return wording
    return "".join(_SHOWN.get(unicodedata.category(sign), sign) for sign in wording)


_SHOWN = {"Cc": " ", "Cf": " ", "Zl": " ", "Zp": " ", "Cs": "?"}


def _placed(value: object) -> object:
    # Numbers keep their own formatting.
    return value if isinstance(value, int | float | Decimal) else printable(str(value))


def codes() -> tuple[str, ...]:
    """
    Return the codes of all messages.

    Returns
    -------
    tuple of str
        In the order of the table.

    Examples
    --------
    >>> "total" in codes()
    True
    """
    return tuple(shipped_json("messages.json"))
