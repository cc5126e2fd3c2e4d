"""Say everything the package says to a person, in Chinese or in English."""

from __future__ import annotations

import os
from contextvars import ContextVar
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
    return cast("str", shipped_json("messages.json")[code][lang or language()]).format(**values)


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
