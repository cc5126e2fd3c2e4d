"""Hold what was put back to use against the commitments: by place, year and quarter."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from enping_gis.errors import InputError
from enping_gis.lifecycle.answering import COUNTY, answering, place_label
from enping_gis.lifecycle.commitments import commitments
from enping_gis.lifecycle.done import revitalised_parts
from enping_gis.lifecycle.duties import open_duties
from enping_gis.lifecycle.pace import due_share, months_left
from enping_gis.lifecycle.periods import parsed_period
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.units import MU, balance, mu_to_m2, nearest_whole, printed
from enping_gis.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from enping_gis.inventory import Inventory
    from enping_gis.lifecycle.answering import Answering
    from enping_gis.lifecycle.commitments import Commitment
    from enping_gis.lifecycle.periods import Period
    from enping_gis.messages import Language

Attribution = Literal["responsible", "town"]
ATTRIBUTIONS: tuple[Attribution, ...] = get_args(Attribution)
COLUMNS = (
    "period", "place", "label", "commitment_mu", "done_mu", "done_m2", "parcels", "percent",
    "due_mu", "behind_mu", "mark", "needed_per_month_mu", "late_parcels", "deadline", "post",
    "team", "basis", "parcel_ids", "late_parcel_ids",
)  # fmt: skip
# Below this share of what is due by now a place is behind; the office may decide otherwise.
NEARLY = Fraction(9, 10)
_NONE = float("nan")


def progress(
    inventory: Inventory,
    *,
    by: Attribution = "responsible",
    period: str | None = None,
    lang: Language | None = None,
) -> pd.DataFrame:
    """
    Hold what was put back to use against the commitments, up to the inventory's day.

    What counts is the area of events `revitalised` within the period; one without an area is
    of what was left of its plot. Percentages, marks and differences follow from the figures
    as printed, so that a reader with a pocket calculator gets the same.

    What is due runs evenly from the first to the last day of a period, the day that is looked
    at counted whole. The due of a year follows its four quarters where each of them has a
    commitment of its own and they add up to that of the year.

    Parameters
    ----------
    inventory : Inventory
        Plots, events, commitments, teams and promises, on its own day.
    by : {"responsible", "town"}
        Whether a plot counts for who answers for it, as commitments have it, or where it lies;
        parks, in whose stead towns count then, are left out.
    period : str, optional
        Such as ``"2023"`` or ``"2023Q1"``; by default all that have a commitment.
    lang : {"zh", "en"}, optional
        Language of the labels; by default the one in force.

    Returns
    -------
    pandas.DataFrame
        One row for each period and place, in the order of the places; what nobody answers for
        is the place ``unknown``; the county, place ``""``, is last. A county without a
        commitment of its own has the sum of its places'. `period`, `place`, `label`;
        `commitment_mu` (NaN where there is none), `done_mu`, `due_mu`, `behind_mu` (due minus
        done), `percent` and `needed_per_month_mu` (from the inventory's day to the deadline, at
        least a month; NaN after it) are decimals as printed, parts adding up; `done_m2` is the
        area as it is; `parcels` and `late_parcels` count plots with areas done, and with a
        promise overdue that fell due by the end of the period, `parcel_ids` and
        `late_parcel_ids` name them. `mark` is ``met``, ``ontime`` (as much as is due),
        ``near`` (at least 90 % of it), ``late`` or ``notset``. `deadline` (ISO), `post`,
        `team` and `basis` (stated, inferred, synthetic) tell whose commitment it is.

    Raises
    ------
    InputError
        `by` or `period` is another word.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> year = progress(Inventory.demo(), period="2023").iloc[-1]
    >>> [str(year[name]) for name in ("done_mu", "commitment_mu", "percent", "due_mu", "mark")]
    ['793.00', '2000.00', '39.65', '487.67', 'ontime']
    >>> from dataclasses import replace
    >>> demo = Inventory.demo()
    >>> none = replace(demo, tables=demo.tables | {"targets": demo.targets.iloc[:0]})
    >>> progress(none).empty
    True
    """
    if by not in ATTRIBUTIONS:
        raise InputError("error.progress_by", value=by, known=", ".join(ATTRIBUTIONS))
    asked = commitments(inventory)
    periods = sorted({each.period.code: each.period for each in asked.values()}.items())
    if period is not None:
        wanted = parsed_period(period)
        if wanted is None:
            raise InputError("error.period", value=period)
        periods = [(wanted.code, wanted)]
    scene = _Scene(
        inventory, by, lang, asked, revitalised_parts(inventory), open_duties(inventory),
        answering(inventory, lang),
    )  # fmt: skip
    records = [record for _, each in periods for record in _rows(scene, each)]
    frame = pd.DataFrame({name: _column(records, name) for name in COLUMNS})
    return frame.astype({"parcels": "int64", "late_parcels": "int64", "done_m2": "float64"})


def _column(records: list[dict[str, Any]], name: str) -> pd.Series[Any]:
    return pd.Series([record[name] for record in records], dtype=object)


@dataclass(frozen=True)
class _Scene:
    """What the rows of all periods are made from."""

    inventory: Inventory
    by: Attribution
    lang: Language | None
    commitments: dict[tuple[str, str], Commitment]
    parts: pd.DataFrame
    late: pd.DataFrame
    teams: dict[str, Answering]


def _rows(scene: _Scene, period: Period) -> list[dict[str, Any]]:
    """Return the rows of one period, the county's last."""
    done_m2, plots = _done(scene, period)
    late = _late(scene, period)
    places = _places(scene, period, {*done_m2, *late})
    own = {place: scene.commitments.get((period.code, place)) for place in [*places, COUNTY]}
    there = {place: each for place, each in own.items() if each is not None and place != COUNTY}
    committed = _printed({place: each.mu for place, each in there.items()})
    due = _printed({place: _due_mu(scene, place, each) for place, each in there.items()})
    done = balance({place: done_m2[place] for place in places}, MU)
    rows = [
        _row(scene, period, place, own[place], _Figures(
            committed.get(place), due.get(place), done[place], done_m2[place],
            plots[place], late[place],
        ))
        for place in places
    ]  # fmt: skip
    county = own[COUNTY]
    if county is None:
        asked, due_now = (sum(each.values(), Decimal(0)) or None for each in (committed, due))
    else:
        asked, due_now = (half_up_mu(each) for each in (county.mu, _due_mu(scene, COUNTY, county)))
    whole = _Figures(
        asked, due_now, sum(done.values(), Decimal("0.00")), sum(done_m2.values(), Fraction(0)),
        _joined(plots), _joined(late),
    )  # fmt: skip
    return [*rows, _row(scene, period, COUNTY, county, whole)]


@dataclass(frozen=True)
class _Figures:
    """The figures of one row, as printed, and the plots behind them."""

    commitment: Decimal | None
    due: Decimal | None
    done: Decimal
    done_m2: Fraction
    plots: list[str]
    late: list[str]


def _done(
    scene: _Scene, period: Period
) -> tuple[defaultdict[str, Fraction], defaultdict[str, list[str]]]:
    """Return the area done in a period and the plots it is of, by place."""
    days = scene.parts["day"]
    within = scene.parts[
        (days >= period.begin.isoformat()) & (days <= period.end.isoformat())
    ]  # fmt: skip
    done_m2: defaultdict[str, Fraction] = defaultdict(Fraction)
    plots: defaultdict[str, list[str]] = defaultdict(list)
    for code, parcel, part_m2 in zip(
        within[scene.by], within["parcel_id"], within["done_m2"], strict=True
    ):
        place = code if isinstance(code, str) and code else UNKNOWN
        done_m2[place] += Fraction(part_m2)
        if parcel not in plots[place]:
            plots[place].append(parcel)
    return done_m2, plots


def _late(scene: _Scene, period: Period) -> defaultdict[str, list[str]]:
    """Return the plots of which a promise is overdue that fell due by the end of a period."""
    duties = scene.late
    overdue = duties[
        (duties["days"] < 0)
        & (duties["due"] <= period.end.isoformat())
        & (duties["parcel_id"] != "")
    ]
    late: defaultdict[str, list[str]] = defaultdict(list)
    for code, parcel in zip(overdue[scene.by], overdue["parcel_id"], strict=True):
        place = code if isinstance(code, str) and code else UNKNOWN
        if parcel not in late[place]:
            late[place].append(parcel)
    return late


def _places(scene: _Scene, period: Period, busy: Iterable[str]) -> list[str]:
    """Return the places that have a row: those of the inventory, then others that are named."""
    places = scene.inventory.places
    parks = set(places.loc[places["kind"] == "park", "place"]) if scene.by == "town" else set()
    named = {place for code, place in scene.commitments if code == period.code} | set(busy)
    known = [place for place in places["place"] if place not in parks]
    others = named - set(known) - parks - {COUNTY, UNKNOWN}
    return [*known, *sorted(others), *([UNKNOWN] if UNKNOWN in named else [])]


def _joined(lists: Mapping[str, list[str]]) -> list[str]:
    return list(dict.fromkeys(each for ids in lists.values() for each in ids))


def _printed(mu: Mapping[str, Fraction]) -> dict[str, Decimal]:
    return balance({place: mu_to_m2(each) for place, each in mu.items()}, MU)


def half_up_mu(area_mu: Fraction) -> Decimal:
    """
    Print an area that is given in mu.

    Parameters
    ----------
    area_mu : fractions.Fraction
        Area in mu, exact.

    Returns
    -------
    decimal.Decimal
        Half up, with the decimals of mu.

    Examples
    --------
    >>> half_up_mu(Fraction(1, 8)), half_up_mu(Fraction(0))
    (Decimal('0.13'), Decimal('0.00'))
    """
    return printed(mu_to_m2(area_mu), MU)


def _due_mu(scene: _Scene, place: str, own: Commitment) -> Fraction:
    """Return what a place has to have done by the day that is looked at."""
    quarters = [
        scene.commitments.get((f"{own.period.code}Q{number}", place)) for number in range(1, 5)
    ]
    there = [each for each in quarters if each is not None]
    if len(there) < len(quarters) or sum(each.mu for each in there) != own.mu:
        there = [own]
    day = scene.inventory.as_of
    return sum(
        (each.mu * due_share(each.period, each.deadline, day) for each in there), Fraction(0)
    )


def _row(
    scene: _Scene, period: Period, place: str, own: Commitment | None, figures: _Figures
) -> dict[str, Any]:
    asked, due, done = figures.commitment, figures.due, figures.done
    team = scene.teams.get(place)
    deadline = period.end if own is None else own.deadline
    return {
        "period": period.code,
        "place": place,
        "label": place_label(scene.inventory, place, scene.lang),
        "commitment_mu": _NONE if asked is None else asked,
        "done_mu": done,
        "done_m2": float(figures.done_m2),
        "parcels": len(figures.plots),
        "percent": _percent(done, asked),
        "due_mu": _NONE if due is None else due,
        "behind_mu": _NONE if due is None else due - done,
        "mark": _mark(done, due, asked),
        "needed_per_month_mu": _needed(done, asked, scene.inventory.as_of, deadline),
        "late_parcels": len(figures.late),
        "deadline": None if asked is None else deadline.isoformat(),
        "post": (own.post if own is not None else "") or (team.post if team is not None else ""),
        "team": "" if team is None else team.team,
        "basis": "" if own is None else own.basis,
        "parcel_ids": LIST_SEPARATOR.join(figures.plots),
        "late_parcel_ids": LIST_SEPARATOR.join(figures.late),
    }


def _percent(done: Decimal, asked: Decimal | None) -> Decimal | float:
    if not asked:
        return _NONE
    return Decimal(nearest_whole(Fraction(done) / Fraction(asked) * 10_000)).scaleb(-2)


def _mark(done: Decimal, due: Decimal | None, asked: Decimal | None) -> str:
    if asked is None or due is None:
        return "notset"
    if done >= asked:
        return "met"
    if done >= due:
        return "ontime"
    return "near" if done >= NEARLY * Fraction(due) else "late"


def _needed(done: Decimal, asked: Decimal | None, day: date, deadline: date) -> Decimal | float:
    """Return what is to be done in each month that is left, at least one."""
    if asked is None or (deadline <= day and done < asked):
        return _NONE
    rest = max(Fraction(asked) - Fraction(done), Fraction(0))
    return half_up_mu(rest / max(months_left(day, deadline), Fraction(1)))
