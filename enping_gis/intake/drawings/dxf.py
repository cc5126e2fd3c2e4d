"""Take the entities out of a DXF text: pairs of a code and a value, one to a line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNICODE = re.compile(r"\\[Uu]\+([0-9A-Fa-f]{4})")
# Formatting inside a text of several lines, such as {\fSimSun|b0;...}.
_FORMAT = re.compile(r"\\[ACcFfHhLlKkOoQTWp][^;\\]*;|[{}]|\\[LlOoKk]")
_CLOSED, _PAPER = 1, "1"
# A polyline whose vertices are those of a mesh is none.
_MESH_FLAGS = 16 | 64


@dataclass
class Entity:
    """
    One entity of a drawing.

    Parameters
    ----------
    kind : str
        Such as ``LWPOLYLINE``.
    number : int
        Its number in the drawing, from 1.
    layer, handle : str
        Layer of the drawing, and the program's own key.
    points : list of tuple of float
        Vertices, or the point where a text stands.
    bulges : list of float
        Per vertex, the bend of the edge after it: tangent of a quarter of its angle.
    closed, on_paper : bool
        It ends where it begins; it belongs to a sheet, not to the ground.
    text : str
        What a text says.
    height : float
        How large a text is written.
    extended : list of str
        Texts that programs such as CASS add.
    """

    kind: str
    number: int
    layer: str = ""
    handle: str = ""
    points: list[tuple[float, float]] = field(default_factory=list)
    bulges: list[float] = field(default_factory=list)
    closed: bool = False
    on_paper: bool = False
    text: str = ""
    height: float = 0.0
    extended: list[str] = field(default_factory=list)


def pairs(stream: TextIO) -> Iterator[tuple[int, str]]:
    """
    Yield codes and values.

    Parameters
    ----------
    stream : file of str
        The text.

    Yields
    ------
    tuple of int and str
        Code and value; comments are left out.

    Raises
    ------
    ValueError
        A code is no number.
    """
    for number, code in enumerate(stream):
        value = next(stream, "")
        written = code.strip().lstrip("\ufeff")
        if not written and not value:
            return
        if not written.lstrip("-").isdigit():
            msg = f"line {2 * number + 1}: {written[:40]!r}"
            raise ValueError(msg)
        if written != "999":
            yield int(written), value.strip("\r\n")


def header_of(stream: TextIO) -> dict[str, str]:
    """
    Return the variables of the header.

    Parameters
    ----------
    stream : file of str
        The text.

    Returns
    -------
    dict of str to str
        Such as ``$DWGCODEPAGE``.

    Examples
    --------
    >>> import io
    >>> header_of(io.StringIO(""))
    {}
    """
    variables: dict[str, str] = {}
    name = ""
    for code, value in pairs(stream):
        if code == 9:  # noqa: PLR2004 - the code of a variable's name
            name = value.strip()
        elif name:
            variables.setdefault(name, value.strip())
        if code == 0 and value.strip() == "ENDSEC":
            break
    return variables


def entities(stream: TextIO) -> Iterator[Entity]:
    """
    Yield the entities of a drawing; those inside blocks are left out.

    Parameters
    ----------
    stream : file of str
        The text.

    Yields
    ------
    Entity
        Old polylines have their vertices already.

    Raises
    ------
    ValueError
        The text is damaged.

    Examples
    --------
    >>> import io
    >>> list(entities(io.StringIO("")))
    []
    """
    number = 0
    polyline: Entity | None = None
    for kind, content in _records(stream):
        if kind == "SEQEND":
            if polyline is not None:
                yield polyline
            polyline = None
            continue
        if kind == "VERTEX":
            if polyline is not None:
                _add_vertex(polyline, content)
            continue
        number += 1
        entity = _entity(kind, number, content)
        if kind == "POLYLINE":
            entity.points.clear()
            polyline = entity
        else:
            yield entity
    if polyline is not None:
        yield polyline


def _records(stream: TextIO) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Yield kind and content of what stands in the section of entities."""
    inside, naming, kind = False, False, ""
    content: list[tuple[int, str]] = []
    ended = True
    for code, value in pairs(stream):
        if code == 0:
            if inside and kind:
                yield kind, content
            kind, content = value.strip().upper(), []
            naming = kind == "SECTION"
            if kind in {"SECTION", "ENDSEC", "EOF"}:
                inside = inside and kind == "SECTION"
                ended = kind in {"ENDSEC", "EOF"}
                kind = ""
        elif naming and code == 2:  # noqa: PLR2004 - the code of a name
            inside, naming = value.strip().upper() == "ENTITIES", False
        else:
            content.append((code, value))
    if inside and not ended:
        msg = "the drawing ends too early"
        raise ValueError(msg)


def _add_vertex(polyline: Entity, content: list[tuple[int, str]]) -> None:
    values = dict(content)
    if int(values.get(70, "0")) & (16 | 64 | 128):  # a frame, or part of a mesh
        return
    polyline.points.append((float(values.get(10, "0")), float(values.get(20, "0"))))
    polyline.bulges.append(float(values.get(42, "0")))


def _entity(kind: str, number: int, content: list[tuple[int, str]]) -> Entity:
    entity = Entity(kind, number)
    lines: list[str] = []
    mirrored, flags = False, 0
    for code, value in content:
        if code in {10, 20, 42}:
            _add_number(entity, code, float(value))
        elif code in {1, 3} and kind in {"TEXT", "MTEXT", "ATTRIB"}:
            lines.append(value)
        elif code == 70:  # noqa: PLR2004 - flags
            flags = int(value)
        elif code == 230:  # noqa: PLR2004 - seen from below
            mirrored = float(value) < 0
        else:
            _put(entity, code, value)
    entity.text = _plain("".join(lines))
    entity.closed = bool(flags & _CLOSED) or kind == "CIRCLE"
    if kind == "POLYLINE" and flags & _MESH_FLAGS:
        entity.kind = "MESH"
    if mirrored:
        entity.points = [(-x, y) for x, y in entity.points]
        entity.bulges = [-bulge for bulge in entity.bulges]
    if kind == "CIRCLE" and entity.points:
        (x, y), radius = entity.points[0], entity.height
        entity.points, entity.bulges = [(x - radius, y), (x + radius, y)], [1.0, 1.0]
    return entity


def _add_number(entity: Entity, code: int, number: float) -> None:
    if code == 10:  # noqa: PLR2004 - x of a point
        entity.points.append((number, 0.0))
        entity.bulges.append(0.0)
    elif entity.points and code == 20:  # noqa: PLR2004 - y of it
        entity.points[-1] = (entity.points[-1][0], number)
    elif entity.points and entity.kind == "LWPOLYLINE":
        entity.bulges[-1] = number


def _put(entity: Entity, code: int, value: str) -> None:
    if code == 40:  # noqa: PLR2004 - height of a text, radius of a circle
        entity.height = float(value)
    elif code == 8:  # noqa: PLR2004 - the layer
        entity.layer = _plain(value)
    elif code == 5:  # noqa: PLR2004 - the handle
        entity.handle = value.strip()
    elif code == 67:  # noqa: PLR2004 - model or paper
        entity.on_paper = value.strip() == _PAPER
    elif code == 1000:  # noqa: PLR2004 - a text of a program
        entity.extended.append(_plain(value))


def _plain(text: str) -> str:
    """Return a text without the marks that format it."""
    text = _UNICODE.sub(lambda match: chr(int(match[1], 16)), text)
    text = text.replace("\\P", " ").replace("\\~", " ")
    return _FORMAT.sub("", text).strip()
