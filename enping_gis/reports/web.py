"""Write a paper as one HTML file that needs no network and no script."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from enping_gis._resources import shipped_text
from enping_gis.atomic import replacing
from enping_gis.messages import text
from enping_gis.reports.model import Break, Grid, Heading, Picture, Table, Text, as_cell, shown

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from decimal import Decimal

    from enping_gis.messages import Language
    from enping_gis.reports.model import Block, Cell, Column, Paper, Row

_LANGUAGE_TAG = {"zh": "zh-CN", "en": "en"}


def write_web(paper: Paper, path: str | os.PathLike[str]) -> None:
    """
    Write a paper as one .html file.

    Parameters
    ----------
    paper : Paper
        What it says.
    path : path-like
        The file; an old one is replaced when the new one is complete.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    with replacing(Path(path)) as temporary:
        temporary.write_text(web_page(paper), encoding="utf-8", newline="\n")


def web_page(paper: Paper) -> str:
    """
    Return a paper as HTML.

    Its content security policy lets nothing be loaded and nothing run. A figure with plots
    behind it is a link that shows them at the foot of the window.

    Parameters
    ----------
    paper : Paper
        What it says.

    Returns
    -------
    str
        The whole page.

    Examples
    --------
    >>> from enping_gis.reports.model import Paper
    >>> page = web_page(Paper("<b>", ()))
    >>> "<h1>&lt;b&gt;</h1>" in page, "<script" in page
    (True, False)
    """
    style = shipped_text("reports/paper.css") + _printed_footer(paper.notice)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    writer = _Writer(paper)
    body = list(writer.page())
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{_LANGUAGE_TAG[paper.lang]}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(paper.title)}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )


def _printed_footer(notice: str) -> str:
    """Return the notice as a rule for the foot of printed pages; letters become escapes."""
    if not notice:
        return ""
    spelt = "".join(f"\\{ord(sign):06x}" for sign in notice)
    return f'@page{{@bottom-left{{content:"{spelt}";font-size:8pt;width:85%}}}}'


class _Writer:
    """Turn block after block into lines of HTML."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.lang: Language = paper.lang
        # Equal sets of plots share a list; the number is the name of its anchor.
        self.lists: dict[tuple[tuple[str, ...], tuple[Decimal, ...]], int] = {}

    def page(self) -> Iterator[str]:
        paper = self.paper
        yield "<main>"
        if paper.notice:
            yield f'<p class="notice" role="note">{escape(paper.notice)}</p>'
        tags = "".join(f' <span class="tag">{escape(tag)}</span>' for tag in paper.tags)
        yield f"<header><h1>{escape(paper.title)}{tags}</h1>"
        if paper.subtitle:
            yield f'<p class="subtitle">{escape(paper.subtitle)}</p>'
        if paper.basis:
            yield f'<p class="basis">{escape(paper.basis)}</p>'
        yield "</header>"
        for block in paper.blocks:
            yield from self.block(block)
        if paper.notice:
            yield f'<footer class="notice">{escape(paper.notice)}</footer>'
        yield "</main>"
        for (plots, parts_mu), number in self.lists.items():
            yield from self.plot_list(plots, parts_mu, number)

    def block(self, block: Block) -> Iterator[str]:
        if isinstance(block, Heading):
            yield f"<h{block.level + 1}>{escape(block.words)}</h{block.level + 1}>"
        elif isinstance(block, Text):
            yield f'<p class="{block.look}">{escape(block.words)}</p>'
        elif isinstance(block, Table):
            yield from self.table(block)
        elif isinstance(block, Grid):
            yield from self.grid(block)
        elif isinstance(block, Picture):
            yield from self.picture(block)
        elif isinstance(block, Break):
            yield '<div class="break"></div>'

    def table(self, table: Table) -> Iterator[str]:
        kind = " wide" if table.wide else ""
        yield f'<div class="table{kind}"><table>'
        if table.caption or table.unit:
            unit = f'<span class="unit">{escape(table.unit)}</span>' if table.unit else ""
            yield f"<caption>{escape(table.caption)}{unit}</caption>"
        heads = "".join(
            f'<th scope="col"{_class(column)}>{escape(column.heading)}</th>'
            for column in table.columns
        )
        yield f"<thead><tr>{heads}</tr></thead>"
        yield "<tbody>"
        yield from (self.row(row, table.columns) for row in table.rows)
        yield "</tbody></table></div>"

    def row(self, row: Row, columns: tuple[Column, ...]) -> str:
        if row.kind == "group":
            words = escape(shown(as_cell(row.cells[0]).value, lang=self.lang))
            across = f'colspan="{len(columns)}" scope="rowgroup"'
            return f'<tr class="group"><th {across}>{words}</th></tr>'
        cells = []
        for column, own in zip(columns, row.cells, strict=True):
            cell = as_cell(own)
            blank = row.kind == "total" and cell.value is None
            words = "" if blank else self.words(cell, column)
            kind = ' class="state"' if cell.colour else _class(column)
            cells.append(f"<td{kind}>{words}</td>")
        kind = ' class="total"' if row.kind == "total" else ""
        return f"<tr{kind}>{''.join(cells)}</tr>"

    def words(self, cell: Cell, column: Column | None = None) -> str:
        form = "text" if column is None else column.form
        words = escape(shown(cell.value, form, self.lang))
        if cell.strong:
            words = f"<strong>{words}</strong>"
        if cell.plots:
            key = (cell.plots, cell.parts_mu)
            new = key not in self.lists
            number = self.lists.setdefault(key, len(self.lists) + 1)
            # Closing the list goes back to the first figure that opens it.
            name = f' id="figure-{number}"' if new else ""
            words = f'<a{name} href="#plots-{number}">{words}</a>'
        elif cell.link:
            words = f'<a href="{escape(cell.link)}">{words}</a>'
        if cell.colour:
            # A rule of style would need a hash of its own; a drawing does not.
            fill = f'fill="{escape(cell.colour)}" stroke="#565C63"'
            box = f'<rect width="9" height="9" x=".5" y=".5" {fill}/>'
            size = 'width="10" height="10" aria-hidden="true"'
            words = f'<svg class="swatch" {size}>{box}</svg>{words}'
        return words

    def grid(self, grid: Grid) -> Iterator[str]:
        pairs = max(len(row) for row in grid.rows)
        yield '<div class="table"><table class="grid"><tbody>'
        for row in grid.rows:
            cells = []
            for at, (label, own) in enumerate(row):
                rest = 2 * (pairs - len(row)) + 1 if at == len(row) - 1 else 1
                span = f' colspan="{rest}"' if rest > 1 else ""
                cells.append(f'<th scope="row">{escape(label)}</th>')
                cells.append(f"<td{span}>{self.words(as_cell(own))}</td>")
            yield f"<tr>{''.join(cells)}</tr>"
        yield "</tbody></table></div>"

    def picture(self, picture: Picture) -> Iterator[str]:
        yield f'<figure role="group" aria-label="{escape(picture.alternative)}">'
        yield picture.svg
        if picture.caption:
            yield f"<figcaption>{escape(picture.caption)}</figcaption>"
        yield "</figure>"

    def plot_list(
        self, plots: tuple[str, ...], parts_mu: tuple[Decimal, ...], number: int
    ) -> Iterator[str]:
        title = text("paper.plots_behind", self.lang, n=len(plots))
        close = text("paper.close", self.lang)
        yield f'<section class="plots" id="plots-{number}" aria-label="{escape(title)}">'
        back = f'<a href="#figure-{number}">{escape(close)}</a>'
        yield f"<p><strong>{escape(title)}</strong> {back}</p>"
        yield "<ul>"
        for plot, part_mu in zip(plots, parts_mu or (None,) * len(plots), strict=True):
            yield f"<li>{self.plot_line(plot, part_mu)}</li>"
        yield "</ul></section>"

    def plot_line(self, plot: str, part_mu: Decimal | None) -> str:
        line = self.paper.plots.get(plot)
        words = [plot]
        if line is not None:
            words += [line.name, line.unit]
        area_mu = part_mu if part_mu is not None or line is None else line.area_mu
        if area_mu is not None:
            words.append(f"{shown(area_mu, 'mu', self.lang)} {text('unit.mu', self.lang)}")
        return " · ".join(escape(word) for word in words if word)


def _class(column: Column) -> str:
    if column.is_figure:
        return ' class="figure"'
    return ' class="code"' if column.form in {"id", "date"} else ""
