"""Put the papers of the five meetings together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from enping_gis.messages import text
from enping_gis.reports.drawing import county_drawing
from enping_gis.reports.estate import (
    candidates_table,
    landed_table,
    landless_table,
    ledger_table,
    statuses_table,
)
from enping_gis.reports.hurdles import (
    blockers_line,
    blockers_table,
    courts_table,
    late_units_words,
    remedies_table,
    terms_table,
)
from enping_gis.reports.model import Break, Paper, Picture, Table, Text
from enping_gis.reports.moving import (
    changes_table,
    deadlines_table,
    decisions_table,
    events_table,
    nodes_table,
    placeholder,
)
from enping_gis.reports.overall import overall, period_words, units_table
from enping_gis.reports.phrasing import day_words, numbered, sub_numbered
from enping_gis.reports.ranking import needs_table, ranking_table, units_detail
from enping_gis.reports.raster import png
from enping_gis.reports.trend import trend

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enping_gis.reports.facts import Facts
    from enping_gis.reports.model import Block

    Section = tuple[str, list[Block]]

_MAP_MM = {"width_mm": 156.0, "height_mm": 165.0}


def paper_of(facts: Facts) -> Paper:
    """
    Return the paper of a meeting.

    Parameters
    ----------
    facts : Facts
        The period; its cadence says which meeting.

    Returns
    -------
    Paper
        Ready to be written; what the data cannot say is left open in brackets.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> from enping_gis.reports.facts import facts_of
    >>> paper_of(facts_of(Inventory.demo(), "daily", "zh")).title
    '恩平市低效产业用地整治提升工作日碰头材料'
    """
    lang, cadence = facts.lang, facts.cadence
    quarter = text(f"period.quarter_{facts.period.number}", lang) if cadence == "quarterly" else ""
    title = text(
        f"paper.title_{cadence}", lang, county=facts.county, year=facts.day.year, quarter=quarter
    )
    return Paper(
        title=title.strip(),
        blocks=tuple(_PAPERS[cadence](facts)),
        lang=lang,
        subtitle="" if cadence == "quarterly" else _subtitle(facts),
        basis=facts.basis,
        notice=facts.notice,
        plots=facts.lines,
    )


def _subtitle(facts: Facts) -> str:
    lang, period = facts.lang, facts.period
    issue = period.label(lang)
    if period.begin == period.end:
        day = day_words(period.end, lang)
        return text("paper.subtitle_day", lang, issue=issue, day=day)
    begin, end = day_words(period.begin, lang), day_words(period.end, lang)
    return text("paper.subtitle", lang, issue=issue, begin=begin, end=end)


def _sections(facts: Facts, sections: Sequence[Section]) -> list[Block]:
    blocks: list[Block] = []
    for number, (code, content) in enumerate(sections, start=1):
        this = text(f"paper.this_{facts.cadence}", facts.lang)
        following = text(f"paper.next_{facts.cadence}", facts.lang)
        words = text(code, facts.lang, this=this, next=following)
        blocks += [numbered(number, words, facts.lang), *content]
    return blocks


def _parts(facts: Facts, parts: Sequence[Section]) -> list[Block]:
    blocks: list[Block] = []
    for number, (code, content) in enumerate(parts, start=1):
        blocks += [sub_numbered(number, text(code, facts.lang), facts.lang), *content]
    return blocks


def _last(facts: Facts) -> Text:
    day = day_words(facts.day, facts.lang, year=True)
    return Text(text("paper.last", facts.lang, day=day), "last")


def county_map(facts: Facts) -> Picture:
    """
    Draw the county with its plots, those that changed ringed.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    Picture
        A drawing for a page of its own.
    """
    marked = [str(each) for each in facts.changes["parcel_id"] if isinstance(each, str)]
    drawing = county_drawing(facts.inventory, marked=marked, lang=facts.lang, **_MAP_MM)
    caption = text(
        "paper.map", facts.lang, this=text(f"paper.this_{facts.cadence}", facts.lang),
        n=len(set(marked)), scale=f"{drawing.scale:,}".replace(",", " "),
    )  # fmt: skip
    return Picture(drawing.svg(), png(drawing), drawing.title, caption, _MAP_MM["width_mm"])


def _regular(facts: Facts) -> list[Block]:
    """Return the paper of the weekly and of the fortnightly meeting."""
    first = overall(facts)
    if facts.cadence == "fortnightly":
        first = [*first, trend(facts)]
    coordinate = [*blockers_table(facts), placeholder(facts, "paper.fill_issues")]
    blocks = _sections(
        facts,
        [
            ("paper.overall", first),
            ("paper.units_against", units_table(facts)),
            ("paper.changes", changes_table(facts)),
            ("paper.deadlines", deadlines_table(facts)),
            ("paper.decisions", decisions_table(facts)),
            ("paper.to_coordinate", coordinate),
            ("paper.nodes", nodes_table(facts)),
        ],
    )
    return [*blocks, _last(facts), Break(), county_map(facts)]


def _daily(facts: Facts) -> list[Block]:
    # The sentence says that nothing happened; a second line of that would make it two pages.
    happened = [block for block in events_table(facts) if isinstance(block, Table)]
    blocks = _sections(
        facts,
        [
            ("paper.events", [Text(period_words(facts)), *happened]),
            ("paper.due_now", deadlines_table(facts)),
            ("paper.blocked", blockers_line(facts)),
        ],
    )
    return [*blocks, _last(facts)]


def _monthly(facts: Facts) -> list[Block]:
    blocks = _sections(
        facts,
        [
            ("paper.overall", [*overall(facts), *statuses_table(facts)]),
            ("paper.by_blocker", blockers_table(facts)),
            ("paper.by_remedy", remedies_table(facts)),
            ("paper.candidates", candidates_table(facts)),
            ("paper.landless", landless_table(facts)),
            ("paper.clocks", terms_table(facts, clocks=True)),
            ("paper.to_discuss", [placeholder(facts, "paper.fill_discussion")]),
        ],
    )
    return [*blocks, _last(facts)]


def _quarterly(facts: Facts) -> list[Block]:
    lang = facts.lang
    quarter = facts.period.label(lang)
    if facts.cadence == "quarterly":
        number = text(f"period.quarter_{facts.period.number}", lang)
        quarter = text("period.quarter", lang, year=facts.day.year, part=number)
    opening = [
        Text(text("paper.addressees", lang), "addressee"),
        Text(text("paper.opening", lang, quarter=quarter)),
    ]
    body = _sections(
        facts,
        [
            ("paper.situation", _parts(facts, [
                ("paper.commitments_met", overall(facts)),
                ("paper.statuses", statuses_table(facts)),
                ("paper.projects_landed", landed_table(facts)),
            ])),
            ("paper.units_done", ranking_table(facts)),
            ("paper.problems", _parts(facts, [
                ("paper.late_units", late_units_words(facts)),
                ("paper.overdue_plots", deadlines_table(facts, ahead=False)),
                ("paper.courts", courts_table(facts)),
                ("paper.terms", terms_table(facts)),
            ])),
            ("paper.next_steps", [
                *needs_table(facts), *nodes_table(facts), placeholder(facts, "paper.fill_work"),
            ]),
        ],
    )  # fmt: skip
    closing = [
        Text(text("paper.annexes", lang)),
        Text(text("paper.office", lang, county=facts.county), "sign"),
        Text(day_words(facts.day, lang, year=True), "sign"),
        Text(text("paper.copies", lang), "note"),
        _last(facts),
    ]
    return [*opening, *body, *closing, *_annexes(facts)]


def _annexes(facts: Facts) -> list[Block]:
    lang = facts.lang
    annexes: list[list[Block]] = [
        units_detail(facts),
        deadlines_table(facts, ahead=False),
        ledger_table(facts),
        [county_map(facts)],
    ]
    blocks: list[Block] = []
    for number, content in enumerate(annexes, start=1):
        title, first = text(f"paper.annex_{number}", lang), content[0]
        if isinstance(first, Table) and first.wide:
            # A page across begins by itself, and its title has to stand on it.
            blocks += [replace(first, caption=title), *content[1:]]
        else:
            blocks += [Break(), Text(title, "addressee"), *content]
    return blocks


_PAPERS: dict[str, Callable[[Facts], list[Block]]] = {
    "daily": _daily,
    "weekly": _regular,
    "fortnightly": _regular,
    "monthly": _monthly,
    "quarterly": _quarterly,
}
