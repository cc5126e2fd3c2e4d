"""Draw how much was put back to use over the year, against what was due."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from enping_gis.lifecycle.done import revitalised_parts
from enping_gis.messages import text
from enping_gis.reports.figures import known
from enping_gis.reports.marks import Dot, Drawing, Shape, Words
from enping_gis.reports.model import Picture
from enping_gis.reports.overall import county_row
from enping_gis.reports.raster import png
from enping_gis.units import M2_PER_MU

if TYPE_CHECKING:
    from enping_gis.reports.facts import Facts
    from enping_gis.reports.marks import Mark, Point

_WIDTH_MM, _HEIGHT_MM = 150.0, 70.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 16.0, 6.0, 7.0, 9.0
_INK, _GREY, _PALE = "#1B1F24", "#8A8F96", "#D9DBD5"
_STEPS = (1, 2, 2.5, 5, 10)
_LINES = 5
_MONTHS = 12


def trend(facts: Facts) -> Picture:
    """
    Draw the area put back to use so far this year, day by day, and the line of what was due.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    Picture
        Black steps for what is done, a grey dashed line for what is due; prints in grey.
    """
    year = county_row(facts.year)
    due_mu = known(year["due_mu"])
    done = _done_by_day(facts)
    top_mu = max(float(done[-1][1]), float(due_mu or 0), 1.0)
    step_mu = _step(top_mu / _LINES)
    marks: list[Mark] = [*_lines(step_mu, top_mu), *_months(facts)]
    first, last = _x(facts.day, date(facts.day.year, 1, 1)), _x(facts.day, facts.day)
    if due_mu is not None:
        ends = ((first, _y(0, top_mu)), (last, _y(float(due_mu), top_mu)))
        marks.append(Shape((ends,), stroke=_GREY, width_mm=0.5, dash_mm=(2.0, 1.2), closed=False))
        marks.append(_label(last, _y(float(due_mu), top_mu), f"{due_mu:,}", _GREY))
    points: list[Point] = []
    level = 0.0
    for day, mu in done:
        x = _x(facts.day, day)
        points += [(x, _y(level, top_mu)), (x, _y(float(mu), top_mu))]
        level = float(mu)
    points.append((last, _y(level, top_mu)))
    marks.append(Shape((tuple(points),), stroke=_INK, width_mm=0.7, closed=False))
    marks.append(Dot(last, _y(level, top_mu), 0.9, fill=_INK))
    marks.append(_label(last, _y(level, top_mu), f"{year['done_mu']:,}", _INK))
    title = text("paper.trend", facts.lang, year=facts.day.year)
    drawing = Drawing(_WIDTH_MM, _HEIGHT_MM, tuple(marks), title)
    return Picture(drawing.svg(), png(drawing), title, title, _WIDTH_MM)


def _done_by_day(facts: Facts) -> list[tuple[date, Fraction]]:
    """Return what was done so far on each day on which something was, exact, mu."""
    begin = date(facts.day.year, 1, 1)
    parts = revitalised_parts(facts.inventory)
    sums: dict[str, Fraction] = {begin.isoformat(): Fraction(0)}
    for day, done_m2 in zip(parts["day"], parts["done_m2"], strict=True):
        if day >= begin.isoformat():
            sums[day] = sums.get(day, Fraction(0)) + Fraction(done_m2)
    total, result = Fraction(0), []
    for day in sorted(sums):
        total += sums[day] / M2_PER_MU
        result.append((date.fromisoformat(day), total))
    return result


def _step(least: float) -> float:
    """Return a round distance of lines, at least so large."""
    power = 1.0
    while power * _STEPS[-1] < least:
        power *= 10
    return next(power * step for step in _STEPS if power * step >= least)


def _lines(step_mu: float, top_mu: float) -> list[Mark]:
    marks: list[Mark] = []
    for number in range(int(top_mu / step_mu) + 1):
        y = _y(number * step_mu, top_mu)
        ends = ((_LEFT, y), (_WIDTH_MM - _RIGHT, y))
        marks.append(Shape((ends,), stroke=_PALE if number else _GREY, closed=False))
        words = f"{number * step_mu:,.0f}"
        marks.append(Words(_LEFT - 1.5, y, words, 3.0, "end", plain=words))
    return marks


def _months(facts: Facts) -> list[Mark]:
    marks: list[Mark] = []
    for month in range(1, facts.day.month + 1):
        first = date(facts.day.year, month, 1)
        x = _x(facts.day, first)
        ends = ((x, _HEIGHT_MM - _BOTTOM), (x, _HEIGHT_MM - _BOTTOM + 1.2))
        marks.append(Shape((ends,), stroke=_GREY, closed=False))
        words = f"{facts.day.year}-{month:02}"
        if facts.day.month <= _MONTHS // 2 or month % 2:
            marks.append(Words(x, _HEIGHT_MM - _BOTTOM + 4, words, 3.0, "start", plain=words))
    return marks


def _x(last: date, day: date) -> float:
    """Return where a day stands; the axis runs from New Year to the last day."""
    begin = date(last.year, 1, 1) - timedelta(days=1)
    return _LEFT + (_WIDTH_MM - _LEFT - _RIGHT) * (day - begin).days / (last - begin).days


def _y(mu: float, top_mu: float) -> float:
    return _HEIGHT_MM - _BOTTOM - (_HEIGHT_MM - _TOP - _BOTTOM) * mu / top_mu


def _label(x: float, y: float, words: str, colour: str) -> Words:
    return Words(x - 1.5, y - 2.6, words, 3.4, "end", colour, halo_mm=0.8, bold=True, plain=words)
