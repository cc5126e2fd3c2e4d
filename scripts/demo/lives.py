"""Invent the lives of the synthetic plots: attributes, and events from survey to production."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from enping_gis.units import mu_to_m2
from scripts.demo.article import RALLY_MINUTES, article_events
from scripts.demo.sites import (
    NAMED_MU,
    QUARTER_PLOTS,
    SEED,
    SITES,
    area_mu,
    plots_of_sites,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.random import Generator

AS_OF = date(2023, 3, 30)
CHINA = timezone(timedelta(hours=8))
SOURCE = "synthetic 合成演示数据（虚构），不代表真实地块"
ACTOR = "演示专班（虚构）"
INVESTIGATIONS_2022 = 9
LETTERS_2022 = 18
SURVEY_DAYS = 40
# How many synthetic plots stand where on 2023-03-30, beside the nine of the first quarter.
LAST_KINDS = {
    "surveyed": 5,
    "filed": 21,
    "negotiating": 17,
    "agreed": 13,
    "litigating": 9,
    "settled": 2,
    "part": 3,
    "revitalised": 9,
    "offered": 4,
    "supplied": 6,
    "construction": 5,
    "trial_production": 3,
    "producing": 3,
    "struck_off": 1,
}
QUARTER_LAST_KINDS = ("revitalised",) * 5 + ("offered", "supplied", "construction", "revitalised")
_TO_REVITALISED = ("surveyed", "filed", "negotiating", "agreed", "revitalised")
LIVES = {
    "surveyed": ("surveyed",),
    "filed": ("surveyed", "filed"),
    "negotiating": ("surveyed", "filed", "negotiating"),
    "agreed": ("surveyed", "filed", "negotiating", "agreed"),
    "litigating": ("surveyed", "filed", "negotiating", "litigating"),
    "settled": ("surveyed", "filed", "negotiating", "litigating", "settled"),
    "part": ("surveyed", "filed", "negotiating", "agreed", "part"),
    "revitalised": _TO_REVITALISED,
    "offered": (*_TO_REVITALISED, "offered"),
    "supplied": (*_TO_REVITALISED, "offered", "supplied"),
    "construction": (*_TO_REVITALISED, "offered", "supplied", "construction"),
    "trial_production": (*_TO_REVITALISED, "supplied", "construction", "trial_production"),
    "producing": (*_TO_REVITALISED, "construction", "trial_production", "producing"),
    "struck_off": (*_TO_REVITALISED, "construction", "producing", "struck_off"),
}
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CATEGORIES = ("idle_closed", "underused", "below_standard", "approved_unsupplied")
_DISPOSALS = ("purchase", "self_redevelopment", "lawful_transfer", "joint_redevelopment")
_BLOCKERS = ("mortgage", "contract_dispute", "legacy", "plan_conflict", "funding")
_MECHANISMS = {
    "purchase": "deferred_purchase",
    "self_redevelopment": "subsidiary",
    "lawful_transfer": "lease_redevelopment",
    "joint_redevelopment": "vacant_plant_reuse",
}


def synthetic_plots() -> list[str]:
    """
    Return the ids of the synthetic plots.

    Returns
    -------
    list of str
        EP010 to EP119.
    """
    return [plot for plot in area_mu() if plot not in NAMED_MU]


def printed_area_m2(mu: Decimal) -> Decimal:
    """
    Convert a printed figure to the m2 that an event carries.

    Parameters
    ----------
    mu : decimal.Decimal
        Figure in mu.

    Returns
    -------
    decimal.Decimal
        m2 with four decimals.
    """
    exact: Fraction = mu_to_m2(mu)
    quotient = Decimal(exact.numerator) / Decimal(exact.denominator)
    return quotient.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def last_kinds() -> dict[str, str]:
    """
    Draw how far each synthetic plot has come.

    Returns
    -------
    dict of str to str
        Plot id -> key of `LIVES`.
    """
    draw = _drawing(101)
    rest = [plot for plot in synthetic_plots() if plot not in QUARTER_PLOTS]
    kinds = [kind for kind, count in LAST_KINDS.items() for _ in range(count)]
    order = draw.permutation(len(rest))
    drawn = {rest[place]: kind for place, kind in zip(order, kinds, strict=True)}
    return drawn | dict(zip(QUARTER_PLOTS, QUARTER_LAST_KINDS, strict=True))


def synthetic_parcels() -> list[dict[str, Any]]:
    """
    Invent the attributes of the synthetic plots.

    Returns
    -------
    list of dict
        Columns of table "parcels" but for areas and bases.
    """
    draw = _drawing(102)
    kinds = last_kinds()
    site_of = {plot: n for n, plots in enumerate(plots_of_sites()) for plot in plots}
    rows = []
    for number, plot in enumerate(synthetic_plots()):
        site, kind = SITES[site_of[plot]], kinds[plot]
        category = _pick(draw, _CATEGORIES)
        disposal = _pick(draw, _DISPOSALS)
        blockers = [code for code in _BLOCKERS if draw.uniform() < 0.22]  # noqa: PLR2004 - about one in five
        in_court = kind in {"litigating", "settled"}
        settled_way = kind not in {"surveyed", "filed"}
        has_plant = category in {"underused", "below_standard"}
        floor_m2 = round(float(area_mu()[plot]) * float(draw.uniform(180, 520)), -1)
        rows.append(
            {
                "parcel_id": plot,
                "name": f"演示地块{plot[2:]}（虚构）",
                "aliases": f"演示{plot[2:]};demo plot {plot[2:]}",
                "site": f"演示片区{site_of[plot] + 1:02d}（虚构）",
                "town": site.town,
                "responsible": site.responsible,
                "holder": f"演示企业{_STEMS[number % 10]}{_BRANCHES[number // 10]}（虚构）",
                "category": category,
                "disposal": disposal if settled_way else None,
                "mechanism": "court_disposal"
                if in_court
                else (_MECHANISMS[disposal] if settled_way else None),
                "blockers": ";".join([*blockers, *(["judicial_auction"] if in_court else [])]),
                "floor_area_m2": floor_m2 if has_plant else None,
                "source": SOURCE,
                "town_basis": "synthetic",
                "responsible_basis": "synthetic",
            }
        )
    return rows


def all_events() -> list[dict[str, Any]]:
    """
    Return all events of the demonstration in the order in which they were recorded.

    Returns
    -------
    list of dict
        Columns of table "events" without the hashes.
    """
    events = [_article_event(event) for event in article_events()]
    for number, plot in enumerate(synthetic_plots()):
        events += _life(plot, last_kinds()[plot], _drawing(1000 + number))
    events += _supervision()
    events.sort(key=lambda e: (e["date"], e["parcel_id"] or "", e["kind"]))
    per_day: dict[str, int] = {}
    for event in events:
        nth = per_day[event["date"]] = per_day.get(event["date"], -1) + 1
        moment = datetime.combine(
            date.fromisoformat(event["date"]), time(17, 30), tzinfo=CHINA
        ) + timedelta(seconds=37 * nth)
        event["recorded_at"] = moment.isoformat()
        event["origin"] = "demo"
        event["event_id"] = _uuid7(moment, f"{event['parcel_id']}/{event['kind']}/{nth}")
    return events


def _article_event(event: dict[str, Any]) -> dict[str, Any]:
    area, plot = event["area"], event["parcel_id"]
    mu = None if area is None else area_mu()[plot] if area == "all" else Decimal(area)
    named = {key: value for key, value in event.items() if key != "area"}
    document = RALLY_MINUTES if plot is None else None
    return named | {
        "area_m2": None if mu is None else printed_area_m2(mu),
        "document": document,
    }


def _life(plot: str, last: str, draw: Generator) -> list[dict[str, Any]]:
    steps = LIVES[last]
    in_quarter = plot in QUARTER_PLOTS
    begin = date(2022, 2, 28) + timedelta(days=int(draw.integers(0, SURVEY_DAYS)))
    end = AS_OF if in_quarter else date(2022, 12, 29)
    days = _step_days(steps, begin, end, draw)
    if in_quarter:
        turn = steps.index("revitalised")
        before = _step_days(steps[:turn], begin, date(2022, 12, 20), draw)
        after = _step_days(
            steps[turn:], date(2023, 1, 5) + timedelta(days=int(draw.integers(0, 40))), AS_OF, draw
        )
        days = before + after
    return [_event(plot, step, day, draw) for step, day in zip(steps, days, strict=True)]


def _step_days(steps: tuple[str, ...], begin: date, end: date, draw: Generator) -> list[date]:
    span = (end - begin).days
    shares = [float(draw.uniform(0.3, 1.0)) for _ in steps]
    total, walked, days = sum(shares), 0.0, []
    for share in shares:
        days.append(begin + timedelta(days=int(span * walked / total)))
        walked += share
    return days


def _event(plot: str, step: str, day: date, draw: Generator) -> dict[str, Any]:
    mu = {"revitalised": area_mu()[plot], "part": _part_mu(plot, draw)}.get(step)
    kind = "revitalised" if step == "part" else step
    return {
        "parcel_id": plot,
        "date": day.isoformat(),
        "date_basis": "synthetic",
        "kind": kind,
        "area_m2": None if mu is None else printed_area_m2(mu),
        "actor": ACTOR,
        "note": "合成演示事件（虚构）",
    }


def _part_mu(plot: str, draw: Generator) -> Decimal:
    share = Decimal(f"{float(draw.uniform(0.3, 0.6)):.2f}")
    return (area_mu()[plot] * share).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _supervision() -> list[dict[str, Any]]:
    draw = _drawing(103)
    plots = synthetic_plots()
    order = [plots[place] for place in draw.permutation(len(plots))]
    idle, warned = order[:INVESTIGATIONS_2022], order[-LETTERS_2022:]
    events = []
    for plots_of_kind, kind in ((idle, "idle_investigation"), (warned, "lawyer_letter")):
        for plot in plots_of_kind:
            day = date(2022, 5, 9) + timedelta(days=int(draw.integers(0, 220)))
            events.append(_event(plot, kind, day, draw) | {"quantity": 1.0})
    for plot in order[20:24]:
        day = date(2022, 8, 1) + timedelta(days=int(draw.integers(0, 200)))
        events.append(
            _event(plot, "supplementary_agreement", day, draw) | {"document": "投资产出监管协议"}
        )
    return events


def _uuid7(moment: datetime, name: str) -> str:
    # RFC 9562: 48 bits of milliseconds, the version, and bits that are drawn from the seed here.
    digest = hashlib.sha256(f"{SEED}/{name}/{moment.isoformat()}".encode()).digest()
    bits = int(moment.timestamp() * 1000) << 80 | int.from_bytes(digest[:10], "big")
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    text = f"{bits:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _drawing(stream: int) -> Generator:
    return np.random.Generator(np.random.PCG64([SEED, stream]))


def _pick(draw: Generator, choices: tuple[str, ...]) -> str:
    return choices[int(draw.integers(0, len(choices)))]
