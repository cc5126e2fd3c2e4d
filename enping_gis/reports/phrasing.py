"""Put days, figures, plots and headings into the words of a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enping_gis.messages import codes, text
from enping_gis.reports.model import Heading, Table, Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from enping_gis.messages import Language
    from enping_gis.reports.model import Block, Column, Row

# So many plots are named in a cell; the rest is counted.
_NAMED = 2
_COUNTY_DIGITS = 6
# A cell that somebody fills in by hand: a missing value would print as a dash.
BLANK = "\N{NO-BREAK SPACE}"


def day_words(day: date, lang: Language, *, year: bool = False) -> str:
    """
    Return a day as a sentence has it.

    Parameters
    ----------
    day : datetime.date
        The day.
    lang : {"zh", "en"}
        Language.
    year : bool
        With the year.

    Returns
    -------
    str
        Such as 3月30日.

    Examples
    --------
    >>> from datetime import date
    >>> day_words(date(2023, 3, 30), "en"), day_words(date(2023, 3, 30), "zh", year=True)
    ('30 March', '2023年3月30日')
    """
    month = text(f"paper.month_{day.month}", lang)
    if year:
        return text("paper.date", lang, year=day.year, month=month, day=day.day)
    return text("paper.day", lang, month=month, day=day.day)


def plain_mu(area_mu: Decimal) -> str:
    """
    Return an area as running text has it: no commas, and whole figures without decimals.

    Parameters
    ----------
    area_mu : decimal.Decimal
        Area as printed, mu.

    Returns
    -------
    str
        Such as ``"2000"`` for a commitment of 2,000.00 mu.

    Examples
    --------
    >>> from decimal import Decimal
    >>> plain_mu(Decimal("2000.00")), plain_mu(Decimal("408.50")), plain_mu(Decimal(0))
    ('2000', '408.50', '0')
    """
    whole = area_mu.to_integral_value()
    return str(int(whole)) if whole == area_mu else str(area_mu)


def plots_words(count: int, lang: Language) -> str:
    """
    Return a number of plots in words.

    Parameters
    ----------
    count : int
        How many.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Such as 9宗.

    Examples
    --------
    >>> plots_words(9, "zh"), plots_words(1, "en"), plots_words(0, "en")
    ('9宗', '1 plot', '0 plots')
    """
    return text("paper.plot" if count == 1 else "paper.plots", lang, n=count)


def named(names: Sequence[str], lang: Language) -> str:
    """
    Name the first few of several plots, and count the rest.

    Parameters
    ----------
    names : sequence of str
        Their names.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The names, joined.

    Examples
    --------
    >>> named(["a", "b"], "en"), named([], "en")
    ('a, b', '')
    """
    joined = text("list_mark", lang).join(names[:_NAMED])
    return joined if len(names) <= _NAMED else text("paper.more", lang, names=joined, n=len(names))


def numbered(number: int, words: str, lang: Language) -> Heading:
    """
    Return a heading of the first rank with its number.

    Parameters
    ----------
    number : int
        From 1 to 10.
    words : str
        The heading.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    Heading
        Such as 一、总体进展.

    Examples
    --------
    >>> numbered(1, "Overall", "en").words
    '1. Overall'
    """
    numeral = text(f"paper.numeral_{number}", lang)
    return Heading(text("paper.h1", lang, number=numeral, words=words))


def sub_numbered(number: int, words: str, lang: Language) -> Heading:
    """
    Return a heading of the second rank with its number.

    Parameters
    ----------
    number : int
        From 1 to 10.
    words : str
        The heading.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    Heading
        Such as （一）任务完成.

    Examples
    --------
    >>> sub_numbered(2, "Statuses", "en").words
    '(2) Statuses'
    """
    numeral = text(f"paper.numeral_{number}", lang)
    return Heading(text("paper.h2", lang, number=numeral, words=words), 2)


def listed(
    columns: Sequence[Column], rows: Sequence[Row], lang: Language, *, unit: str = "",
    caption: str = "", wide: bool = False,
) -> list[Block]:  # fmt: skip
    """
    Return a table, or the words that there is nothing: a section never vanishes.

    Parameters
    ----------
    columns : sequence of Column
        Its columns.
    rows : sequence of Row
        Its rows.
    lang : {"zh", "en"}
        Language.
    unit, caption : str
        What stands above it.
    wide : bool
        It needs a page across.

    Returns
    -------
    list of Block
        One block.

    Examples
    --------
    >>> listed((), (), "en")
    [Text(words='None in this period.', look='body')]
    """
    if not rows:
        return [Text(text("paper.none", lang))]
    return [Table(tuple(columns), tuple(rows), caption, unit, wide)]


def county_name(places: Sequence[str], lang: Language) -> str:
    """
    Return the name of the county whose places have these codes.

    Parameters
    ----------
    places : sequence of str
        Codes of places, which begin with that of their county.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Its name; empty where it is not known.

    Examples
    --------
    >>> county_name(["440785108"], "en"), county_name([], "en")
    ('Enping', '')
    """
    counties = {place[:_COUNTY_DIGITS] for place in places}
    code = f"paper.county_{min(counties, default='')}"
    return text(code, lang) if len(counties) == 1 and code in codes() else ""
