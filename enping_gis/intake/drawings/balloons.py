"""Take the attributes out of the HTML table that many programs write as a description."""

from __future__ import annotations

from html.parser import HTMLParser

_CELLS = ("td", "th")
_PAIR = 2


def table_cells(html: str) -> list[tuple[str, str]]:
    """
    Return the rows of two cells in a text of HTML.

    Parameters
    ----------
    html : str
        A description; without a table nothing is taken from it.

    Returns
    -------
    list of tuple of str and str
        Name and value of each row, in order; rows without a name are left out.

    Examples
    --------
    >>> table_cells("<table><tr><th>code</th><td>7</td></tr><tr><td>all</td></tr></table>")
    [('code', '7')]
    >>> table_cells("")
    []
    """
    if "<tr" not in html.casefold():
        return []
    reader = _Rows()
    reader.feed(html)
    reader.close()
    reader.end_row()
    return reader.pairs


class _Rows(HTMLParser):
    """Collect rows; a cell or a row that is not closed ends where the next one begins."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self._cells: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser gives them
        if tag in {"tr", "table"}:
            self.end_row()
        elif tag in _CELLS:
            self._cells.append([])
            self._inside = True
        elif tag == "br" and self._inside:
            self._cells[-1].append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"tr", "table"}:
            self.end_row()
        elif tag in _CELLS:
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._cells[-1].append(data)

    def end_row(self) -> None:
        cells = [" ".join("".join(cell).split()) for cell in self._cells]
        self._cells, self._inside = [], False
        if len(cells) == _PAIR and cells[0]:
            self.pairs.append((cells[0], cells[1]))
