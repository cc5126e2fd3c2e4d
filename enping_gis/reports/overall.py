"""Say how far the programme is, and how each unit stands against its commitment."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from enping_gis.messages import text
from enping_gis.reports.figures import added, known
from enping_gis.reports.model import Column, Row, Text
from enping_gis.reports.phrasing import day_words, listed, plain_mu, plots_words
from enping_gis.units import half_up
from enping_gis.vocabulary import UNKNOWN, term

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    import pandas as pd

    from enping_gis.reports.facts import Facts
    from enping_gis.reports.model import Block


def overall(facts: Facts) -> list[Block]:
    """
    Say in one paragraph how far the programme is and what the period brought.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        One paragraph.
    """
    return [Text(stock_words(facts) + year_words(facts) + period_words(facts))]


def stock_words(facts: Facts) -> str:
    """
    Say how many plots there are.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    str
        A sentence.
    """
    lang = facts.lang
    return text(
        "paper.stock", lang, day=day_words(facts.day, lang), plots=plots_words(facts.count, lang),
        mu=facts.total_mu,
    )  # fmt: skip


def year_words(facts: Facts) -> str:
    """
    Say what was put back to use this year, and hold it against what was promised.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    str
        A sentence.
    """
    lang = facts.lang
    year, quarter = county_row(facts.year), county_row(facts.quarter)
    words = text(
        "paper.done_year", lang, plots=plots_words(year["parcels"], lang), mu=year["done_mu"]
    )
    if known(year["commitment_mu"]) is None:
        return words + text("paper.no_commitment", lang)
    words += text(
        "paper.of_year", lang, mu=plain_mu(year["commitment_mu"]), percent=percent_words(year)
    )
    if known(quarter["commitment_mu"]) is not None:
        number = (facts.day.month + 2) // 3
        words += text(
            "paper.of_quarter", lang, quarter=text(f"paper.quarter_{number}", lang),
            mu=plain_mu(quarter["commitment_mu"]), percent=percent_words(quarter),
        )  # fmt: skip
    gap_mu = year["behind_mu"]
    gap = "paper.behind" if gap_mu > 0 else "paper.ahead" if gap_mu < 0 else "paper.even"
    return words + text("paper.due", lang, mu=year["due_mu"], gap=text(gap, lang, mu=abs(gap_mu)))


def period_words(facts: Facts) -> str:
    """
    Say what the period brought.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    str
        A sentence.
    """
    lang, rows = facts.lang, facts.changes
    done = rows[rows["revitalised_m2"] > 0]
    return text(
        "paper.period", lang, this=text(f"paper.this_{facts.cadence}", lang),
        plots=plots_words(done["parcel_id"].nunique(), lang),
        mu=sum(done["revitalised_mu"], Decimal("0.00")),
        forward=plots_words(moved(rows, "forward"), lang),
        back=plots_words(moved(rows, "back"), lang),
        late=text("paper.units", lang, n=len(late_units(facts))),
    )  # fmt: skip


def moved(rows: pd.DataFrame, change: str) -> int:
    """
    Count the plots of a kind of change.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `enping_gis.changes` has them.
    change : str
        Such as ``"forward"``.

    Returns
    -------
    int
        Plots.

    Examples
    --------
    >>> import pandas as pd
    >>> moved(pd.DataFrame({"change": [], "parcel_id": []}), "forward")
    0
    """
    return int(rows.loc[rows["change"] == change, "parcel_id"].nunique())


def late_units(facts: Facts) -> list[dict[Hashable, Any]]:
    """
    Return the units that are behind their commitment of the year.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of dict
        Rows of `progress`, furthest behind first.
    """
    rows = units_of(facts.year)
    late = rows[rows["mark"] == "late"].to_dict("records")
    return sorted(late, key=lambda row: (-row["behind_mu"], row["place"]))


def county_row(rows: pd.DataFrame) -> dict[Hashable, Any]:
    """
    Return the row of the county.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `progress` has them, of one period.

    Returns
    -------
    dict
        Its columns.
    """
    return rows.iloc[-1].to_dict()


def units_of(rows: pd.DataFrame) -> pd.DataFrame:
    """
    Return the rows of units, the county left out.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `progress` has them, of one period.

    Returns
    -------
    pandas.DataFrame
        The others.

    Examples
    --------
    >>> import pandas as pd
    >>> units_of(pd.DataFrame({"place": ["440785108", ""]}))["place"].tolist()
    ['440785108']
    """
    return rows[rows["place"] != ""]


def percent_words(row: dict[Hashable, Any]) -> str:
    """
    Return a percentage as running text has it.

    Parameters
    ----------
    row : dict
        A row of `progress`.

    Returns
    -------
    str
        Such as ``"39.65%"``.

    Examples
    --------
    >>> percent_words({"percent": Decimal("39.65")}), percent_words({"percent": float("nan")})
    ('39.65%', '—')
    """
    percent = known(row["percent"])
    return "\N{EM DASH}" if percent is None else f"{half_up(percent, 2)}%"


def ahead_mu(row: dict[Hashable, Any]) -> Decimal | None:
    """
    Return what a unit has done beyond what is due.

    Parameters
    ----------
    row : dict
        A row of `progress`.

    Returns
    -------
    decimal.Decimal or None
        Mu, negative where it is behind; None without a commitment.

    Examples
    --------
    >>> ahead_mu({"behind_mu": Decimal("43.97")}), ahead_mu({"behind_mu": float("nan")})
    (Decimal('-43.97'), None)
    """
    behind = known(row["behind_mu"])
    return None if behind is None else -behind


def mark_words(row: dict[Hashable, Any], facts: Facts) -> str:
    """
    Return how a unit stands, with its sign.

    Parameters
    ----------
    row : dict
        A row of `progress`.
    facts : Facts
        The period.

    Returns
    -------
    str
        Such as ▲滞后.
    """
    # Never colour alone: each mark has a sign of its own.
    mark = term("progress_mark", row["mark"])
    return mark.attributes["sign"] + mark.label(facts.lang)


def period_done(facts: Facts) -> dict[str, Decimal]:
    """
    Print what each unit put back to use within the period.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    dict of str to decimal.Decimal
        Mu by code; they add up.
    """
    rows = facts.changes[facts.changes["revitalised_m2"] > 0]
    return added(
        (place if isinstance(place, str) and place else UNKNOWN, float(area_m2))
        for place, area_m2 in zip(rows["place"], rows["revitalised_m2"], strict=True)
    )


def units_table(facts: Facts) -> list[Block]:
    """
    Hold every unit against its commitment of the year, the furthest behind first.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A table with its unit of area, and a note; a line where no commitment is recorded.
    """
    lang = facts.lang
    if known(county_row(facts.year)["commitment_mu"]) is None:
        return [Text(text("paper.no_targets", lang))]
    new_mu = period_done(facts)
    units = units_of(facts.year).to_dict("records")
    units.sort(key=lambda row: (ahead_mu(row) is None, ahead_mu(row) or Decimal(0), row["place"]))
    rows = [
        Row((
            number, row["label"], known(row["commitment_mu"]),
            new_mu.get(str(row["place"]), Decimal("0.00")),
            facts.done_cell(row), known(row["percent"]),
            known(row["due_mu"]), ahead_mu(row), mark_words(row, facts),
        ))
        for number, row in enumerate(units, start=1)
    ]  # fmt: skip
    rows += _total_rows(facts, units, sum(new_mu.values(), Decimal("0.00")))
    columns = [
        Column(text("paper.col_number", lang), "whole"),
        Column(text("paper.col_unit", lang), weight=1),
        Column(text("paper.col_year_commitment", lang), "mu"),
        Column(text(f"paper.col_new_{facts.cadence}", lang), "mu"),
        Column(text("paper.col_done", lang), "mu"),
        Column(text("paper.col_percent", lang), "percent"),
        Column(text("paper.col_due", lang), "mu"),
        Column(text("paper.col_gap", lang), "signed"),
        Column(text("paper.col_mark", lang)),
    ]
    table = listed(columns, rows, lang, unit=text("paper.unit_mu", lang))
    return [*table, Text(text("paper.gap_note", lang), "note")]


def _total_rows(facts: Facts, units: list[dict[Hashable, Any]], new_mu: Decimal) -> list[Row]:
    """Add the parts up; where the county has promised more or less than they, it has a row too."""
    county = county_row(facts.year)
    asked, done, due = (
        _sum(known(row[name]) for row in units) for name in ("commitment_mu", "done_mu", "due_mu")
    )
    whole = (
        known(county["commitment_mu"]), new_mu, facts.done_cell(county), known(county["percent"]),
        known(county["due_mu"]), ahead_mu(county), mark_words(county, facts),
    )  # fmt: skip
    total = text("total", facts.lang)
    if (asked, done, due) == (whole[0], county["done_mu"], whole[4]):
        return [Row((None, total, *whole), "total")]
    percent = None if asked is None or done is None else share(done, asked)
    gap = None if due is None or done is None else done - due
    parts = (None, total, asked, new_mu, done, percent, due, gap, None)
    name = text("paper.whole_county", facts.lang)
    return [Row(parts, "total"), Row((None, name, *whole), "total")]


def _sum(figures: Iterable[Decimal | None]) -> Decimal | None:
    there = [figure for figure in figures if figure is not None]
    return sum(there, Decimal("0.00")) if there else None


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """
    Return a part in percent of a whole.

    Parameters
    ----------
    part, whole : decimal.Decimal
        Two figures of one unit.

    Returns
    -------
    decimal.Decimal or None
        Percent with two decimals, half up; None of nothing.

    Examples
    --------
    >>> share(Decimal("793"), Decimal("2000")), share(Decimal(1), Decimal(0))
    (Decimal('39.65'), None)
    """
    return half_up(part * 100 / whole, 2) if whole else None
