"""Read files of plots back with nothing of the package, as another office's program would."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from pathlib import Path

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RING = re.compile(
    r"(?:第(\d+)块 |Part (\d+): )?(?:外环|Outer ring|内环(\d+)|Inner ring (\d+))"
    r"[（ ]\(?(\d+) ?(?:点|points)[）)]"
)
_BLOCK = 4
_LINES = {"p", "h1", "h5", "footer"}

Rows = list[list[str]]


@dataclass
class Ring:
    """A ring as it is printed."""

    part: int
    hole: int
    said: int
    # Number -> x to the north, y to the east, side to the next point, all in metres.
    corners: dict[int, tuple[float, float, float]] = field(default_factory=dict)

    def places(self) -> list[tuple[float, float]]:
        """Return east and north of the corners in the order of their numbers."""
        return [(east, north) for _, (north, east, _) in sorted(self.corners.items())]


class _Page(HTMLParser):
    """Keep the tables, headings and paragraphs of a page, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Rows] = []
        self.lines: list[str] = []
        self.links: list[str] = []
        self._words: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th", *_LINES}:
            self._words = []
        elif tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        if self._words is not None and tag in {"td", "th"}:
            self.tables[-1][-1].append("".join(self._words))
        elif self._words is not None and tag in _LINES:
            self.lines.append("".join(self._words))
        else:
            return
        self._words = None

    def handle_data(self, data: str) -> None:
        if self._words is not None:
            self._words.append(data)


def page_of(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


def word_tables(path: Path) -> list[Rows]:
    """Return the tables of a Word document, from its XML."""
    with zipfile.ZipFile(path) as archive:
        body = ET.fromstring(archive.read("word/document.xml"))  # noqa: S314 - written by this test
    return [
        [[_words(cell) for cell in row.iter(f"{_WORD}tc")] for row in table.iter(f"{_WORD}tr")]
        for table in body.iter(f"{_WORD}tbl")
    ]


def word_lines(path: Path) -> list[str]:
    """Return the paragraphs of a Word document, those of tables included."""
    with zipfile.ZipFile(path) as archive:
        body = ET.fromstring(archive.read("word/document.xml"))  # noqa: S314 - written by this test
    return [_words(each) for each in body.iter(f"{_WORD}p")]


def tables_of(path: Path) -> list[Rows]:
    return page_of(path).tables if path.suffix == ".html" else word_tables(path)


def lines_of(path: Path) -> list[str]:
    """Return everything that a file says, cell after cell and line after line."""
    if path.suffix == ".docx":
        return word_lines(path)
    page = page_of(path)
    return [*page.lines, *(cell for table in page.tables for row in table for cell in row)]


def headed(tables: list[Rows], *heads: str) -> Rows:
    """Return the rows under the heads of the one table that begins with these."""
    (found,) = [each for each in tables if tuple(each[0][: len(heads)]) == heads]
    return found[1:]


def rings_printed(path: Path, head: str = "点号") -> list[Ring]:
    """Return the rings of the table of boundary points; the file is HTML or Word."""
    rings: list[Ring] = []
    for row in headed(tables_of(path), head):
        if len(row) == 1:
            named = _RING.fullmatch(row[0])
            assert named, row[0]
            zh_part, en_part, zh_hole, en_hole, said = named.groups()
            part, hole = zh_part or en_part or 1, zh_hole or en_hole or 0
            rings.append(Ring(int(part), int(hole), int(said)))
            continue
        for start in range(0, len(row), _BLOCK):
            name, *figures = row[start : start + _BLOCK]
            if name.strip():
                north, east, side = map(float, figures)
                rings[-1].corners[int(name.removeprefix("J"))] = (north, east, side)
    return rings


def plot_printed(path: Path, head: str = "点号") -> shapely.MultiPolygon:
    """Return the plot that the table of boundary points describes."""
    parts: dict[int, list[Ring]] = {}
    for ring in rings_printed(path, head):
        parts.setdefault(ring.part, []).append(ring)
    return shapely.MultiPolygon(
        [
            shapely.Polygon(shell.places(), [hole.places() for hole in holes])
            for shell, *holes in parts.values()
        ]
    )


def _words(element: ET.Element) -> str:
    return "".join(each.text or "" for each in element.iter(f"{_WORD}t"))
