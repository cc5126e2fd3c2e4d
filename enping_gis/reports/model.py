"""
Describe a paper as what it says: headings, sentences, tables, pictures.

A paper is built once, and `enping_gis.reports.word` and `enping_gis.reports.web` write it; what a
cell looks like follows from the form of its column, so that both write the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from enping_gis.messages import text
from enping_gis.units import half_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enping_gis.messages import Language

Value = str | int | Decimal | date | None
Form = Literal[
    "text", "id", "date", "whole", "mu", "ha", "m2", "metres", "coordinate", "percent", "signed",
    "yi", "difference",
]  # fmt: skip
Look = Literal["body", "addressee", "note", "sign", "last"]

# Digits after the point of the forms that are figures.
DECIMALS: dict[str, int] = {
    "whole": 0, "mu": 2, "ha": 4, "m2": 2, "metres": 2, "coordinate": 3, "percent": 2, "signed": 2,
    "difference": 2,
}  # fmt: skip
MISSING = "\N{EM DASH}"
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Cell:
    """
    A cell of a table that has more to it than its value.

    Parameters
    ----------
    value : str, int, decimal.Decimal, datetime.date or None
        What it holds; None prints as a dash.
    plots : tuple of str
        Ids of the plots behind a figure, which a reader can ask for.
    colour : str
        Colour of a swatch before the text, such as ``#3FA87F``; empty for none.
    strong : bool
        Print it bold.
    link : str
        Where it leads on a screen, relative to the paper; empty for nowhere.
    parts_mu : tuple of decimal.Decimal
        What each of `plots` adds to the figure, mu; empty where it adds its whole area.
    """

    value: Value
    plots: tuple[str, ...] = ()
    colour: str = ""
    strong: bool = False
    link: str = ""
    parts_mu: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Column:
    """
    A column of a table.

    Parameters
    ----------
    heading : str
        What stands above it; units of figures belong there.
    form : str
        What its cells are: a text, an id, a date, or a figure in one of `DECIMALS`; ``yi`` is a
        figure printed as it is given.
    weight : float
        Share of the width that is left when all columns have what they need; for long texts.
    """

    heading: str
    form: Form = "text"
    weight: float = 0.0

    @property
    def is_figure(self) -> bool:
        """
        Tell whether its cells are figures, which stand on the right.

        Returns
        -------
        bool
            True for figures.
        """
        return self.form in DECIMALS or self.form == "yi"


@dataclass(frozen=True)
class Row:
    """
    A row of a table.

    Parameters
    ----------
    cells : tuple of Cell or value
        One for each column; the heading of a group has one cell across.
    kind : {"plain", "group", "total"}
        A plain row, the heading of a group, or a total, which is bold.
    """

    cells: tuple[Cell | Value, ...]
    kind: Literal["plain", "group", "total"] = "plain"


@dataclass(frozen=True)
class Heading:
    """
    A heading.

    Parameters
    ----------
    words : str
        With its number, as it is printed.
    level : {1, 2, 3, 4}
        Its rank; 4 is the small heading of a card.
    """

    words: str
    level: Literal[1, 2, 3, 4] = 1


@dataclass(frozen=True)
class Text:
    """
    A paragraph.

    Parameters
    ----------
    words : str
        Running text.
    look : {"body", "addressee", "note", "sign", "last"}
        Which style it has.
    """

    words: str
    look: Look = "body"


@dataclass(frozen=True)
class Table:
    """
    A table.

    Parameters
    ----------
    columns : tuple of Column
        Its columns.
    rows : tuple of Row
        Its rows; totals are rows of their own kind.
    caption : str
        What stands above it.
    unit : str
        The line of the unit, at the right above it.
    wide : bool
        It needs a page across.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    unit: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Grid:
    """
    Labels and values side by side, as in the head of a form.

    Parameters
    ----------
    rows : tuple of tuple of (str, Cell or value) pairs
        Each row has pairs of a label and a value; a row with fewer pairs than the widest gives
        its last value the rest of the line.
    """

    rows: tuple[tuple[tuple[str, Cell | Value], ...], ...]


@dataclass(frozen=True)
class Picture:
    """
    A drawing, once for the screen and once for paper.

    Parameters
    ----------
    svg : str
        The drawing as SVG without scripts and style attributes; goes into HTML as it stands.
    png : bytes
        The same as PNG, for Word.
    alternative : str
        What it shows, in words.
    caption : str
        What stands under it.
    width_mm : float
        Printed width, mm.
    """

    svg: str
    png: bytes
    alternative: str
    caption: str = ""
    width_mm: float = 80.0


@dataclass(frozen=True)
class Break:
    """The next block begins a page."""


Block = Heading | Text | Table | Grid | Picture | Break


@dataclass(frozen=True)
class PlotLine:
    """
    How a plot is named where a figure is traced to its plots.

    Parameters
    ----------
    name, unit : str
        Its name and who answers for it.
    area_mu : decimal.Decimal or None
        Its area as printed, mu.
    """

    name: str
    unit: str
    area_mu: Decimal | None


@dataclass(frozen=True)
class Paper:
    """
    A paper.

    Parameters
    ----------
    title : str
        Its title.
    blocks : tuple of Block
        What it says, in order.
    lang : {"zh", "en"}
        Language it is written in.
    subtitle : str
        Line under the title.
    basis : str
        Line under that: as of which day, areas by which method, for whom.
    notice : str
        What has to be said of synthetic data: the boxed first line, and every footer.
    tags : tuple of str
        Short words after the title, such as that the shape is schematic.
    plots : mapping of str to PlotLine
        The plots that cells refer to.
    card : bool
        It is a card to be filed, with the narrow margins of one, and not a paper to be read.
    """

    title: str
    blocks: tuple[Block, ...]
    lang: Language = "zh"
    subtitle: str = ""
    basis: str = ""
    notice: str = ""
    tags: tuple[str, ...] = ()
    plots: Mapping[str, PlotLine] = field(default_factory=dict)
    card: bool = False


def as_cell(cell: Cell | Value) -> Cell:
    """
    Return a cell, whether it was given as one or as its value.

    Parameters
    ----------
    cell : Cell or value
        What a row holds.

    Returns
    -------
    Cell
        The cell.

    Examples
    --------
    >>> as_cell(None)
    Cell(value=None, plots=(), colour='', strong=False, link='', parts_mu=())
    """
    return cell if isinstance(cell, Cell) else Cell(cell)


def shown(value: Value, form: Form = "text", lang: Language | None = None) -> str:
    """
    Return a value as a table prints it.

    Figures have commas and the decimals of their form, rounded half up; a change has its sign
    and none is said in words; what is missing is a dash.

    Parameters
    ----------
    value : str, int, decimal.Decimal, datetime.date or None
        The value.
    form : str
        The form of its column.
    lang : {"zh", "en"}, optional
        Language; by default the one in force.

    Returns
    -------
    str
        What to print.

    Examples
    --------
    >>> shown(Decimal("8605.84"), "mu"), shown(Decimal("39.65"), "percent"), shown(None, "mu")
    ('8,605.84', '39.65%', '—')
    >>> shown(Decimal("12.5"), "signed"), shown(Decimal("-3.2"), "signed")
    ('+12.50', '−3.20')
    """
    if value is None or value == "":
        return MISSING
    if isinstance(value, (str, date)):
        return str(value)
    return _figure(Decimal(value), form, lang)


def _figure(value: Decimal, form: Form, lang: Language | None) -> str:
    if form not in DECIMALS:
        return f"{value:,}".replace("-", _MINUS)
    figure = half_up(value, DECIMALS[form])
    if form in {"signed", "difference"}:
        if not figure and form == "signed":
            return text("paper.level", lang)
        sign = "+" if figure > 0 else _MINUS if figure else ""
        return f"{sign}{abs(figure):,}"
    if form == "coordinate":  # surveyors write coordinates without commas
        return f"{figure}"
    return f"{figure:,}".replace("-", _MINUS) + ("%" if form == "percent" else "")
