"""Take a JSON text apart piece by piece, so that a file may be larger than memory."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK_CHARS = 1 << 20
# A record separator stands between the texts of a sequence.
_BLANK = re.compile(r"[\s\x1e]*")
# A float keeps 15 digits; a longer whole number is a code, and stays as it is written.
_EXACT_DIGITS = 15
# How near the end of what is read an error may be caused by what is not read yet.
_TAIL_CHARS = 32


class MalformedError(ValueError):
    """The text is no JSON, or ends too early."""


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits.lstrip("-")) <= _EXACT_DIGITS else digits


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Keep both of two members that have one name."""
    members = dict(pairs)
    if len(members) < len(pairs):
        members = {}
        for name, value in pairs:
            free, number = name, 2
            while free in members:
                free, number = f"{name}_{number}", number + 1
            members[free] = value
    return members


class JsonText:
    """
    A JSON text that is read from front to back.

    Parameters
    ----------
    stream : file of str
        The text.

    Examples
    --------
    >>> import io
    >>> list(JsonText(io.StringIO('{"a": 1, "features": [2, 3]}')).members("features"))
    [('a', 1), ('features', 2), ('features', 3)]
    >>> list(JsonText(io.StringIO("")).members("features"))
    []
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._text = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder(parse_int=_whole, object_pairs_hook=_object)

    def members(self, array: str) -> Iterator[tuple[str, Any]]:
        """
        Yield the members of the top-level object, or of several that follow one another.

        Parameters
        ----------
        array : str
            Member whose elements are yielded one by one, each with this name; where it is
            empty, nothing is.

        Yields
        ------
        tuple of str and object
            Name and value; the name is empty after each object but the first.

        Raises
        ------
        MalformedError
            The text is no JSON, or ends too early.
        """
        while self._next():
            self._take("{")
            yield from self._inside(array)
            if self._next():
                yield "", None

    def _inside(self, array: str) -> Iterator[tuple[str, Any]]:
        while self._next() != "}":
            name = self._value()
            self._take(":")
            if name == array and self._next() == "[":
                self._take("[")
                while self._next() != "]":
                    yield array, self._value()
                    self._part("]")
                self._take("]")
            else:
                yield str(name), self._value()
            self._part("}")
        self._take("}")

    def _part(self, end: str) -> None:
        if self._next() != end:
            self._take(",")

    def _next(self) -> str:
        """Return the next sign that is not blank, empty at the end."""
        while True:
            match = _BLANK.match(self._text, self._at)
            self._at = match.end() if match is not None else self._at
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def _take(self, sign: str) -> None:
        found = self._next()
        if found != sign:
            msg = f"{sign!r} expected, {found!r} found" if found else "the text ends too early"
            raise MalformedError(msg)
        self._at += 1

    def _more(self) -> bool:
        """Read on; as much again as is there, so that a large value is not tried too often."""
        if self._ended:
            return False
        chunk = self._stream.read(max(_CHUNK_CHARS, len(self._text) - self._at))
        self._text = self._text[self._at :] + chunk
        self._at = 0
        self._ended = not chunk
        return bool(chunk)

    def _value(self) -> Any:  # noqa: ANN401 - JSON is whatever the file holds
        self._next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                inside = error.pos < len(self._text) - _TAIL_CHARS
                if (inside and not error.msg.startswith("Unterminated")) or not self._more():
                    raise MalformedError(error.msg) from error
                continue
            except RecursionError as error:
                msg = "nested too deeply"
                raise MalformedError(msg) from error
            # A number may go on in what is not read yet.
            if end == len(self._text) and self._more():
                continue
            self._at = end
            return value
