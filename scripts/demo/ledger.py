"""Invent projects, commitments and agreements, and write down who answers for what."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from enping_gis.units import MU, balance, mu_to_m2
from enping_gis.vocabulary import terms
from scripts.demo.article import ARTICLE, article_parcels, article_projects
from scripts.demo.lives import SOURCE, last_kinds, synthetic_parcels
from scripts.demo.sites import QUARTER_PLOTS, SEED, area_mu

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.random import Generator

PROJECTS_2023Q1 = 8
WAITING_PROJECTS = 14
AGREEMENTS_OF = ("construction", "trial_production", "producing", "supplied", "struck_off")
_INDUSTRIES = ("智能装备制造", "电子信息", "家居灯饰", "新型建材", "纺织服装", "食品加工")
_COUNTY_TARGETS = (
    ("2022", "3000", "2022-12-31", "stated", ARTICLE),
    ("2023", "2000", "2023-12-31", "stated", ARTICLE),
    ("2023Q1", "500", "2023-03-31", "inferred", "158% 与 793 亩反推：2000 亩的四分之一"),
)


def projects() -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """
    Return the article's projects and synthetic ones, with the plots they use.

    The eight projects of the first quarter take the nine plots put back to use in it; others
    wait for land.

    Returns
    -------
    projects, parcel_projects : list of dict
        Rows of the two tables.
    """
    draw = _drawing(201)
    rows, uses = article_projects()
    groups = [*([plot] for plot in QUARTER_PLOTS[:-2]), list(QUARTER_PLOTS[-2:])]
    groups += [
        [plot]
        for plot, kind in last_kinds().items()
        if plot not in QUARTER_PLOTS and kind in AGREEMENTS_OF
    ]
    for plots in [*groups, *([] for _ in range(WAITING_PROJECTS))]:
        project_id = f"PJ{len(rows) + 1:03d}"
        land_mu = float(sum((area_mu()[plot] for plot in plots), Decimal(0)))
        rows.append(_project(project_id, land_mu, draw))
        uses += [{"parcel_id": plot, "project_id": project_id} for plot in plots]
    return rows, uses


def targets() -> list[dict[str, Any]]:
    """
    Return the commitments: the county's as published, each place's invented.

    Returns
    -------
    list of dict
        Rows of table "targets"; the places of a period add up to the county.
    """
    rows: list[dict[str, Any]] = [
        {"period": period, "area_mu": mu, "deadline": deadline, "post": "领导小组组长",
         "basis": basis, "source": source}
        for period, mu, deadline, basis, source in _COUNTY_TARGETS
    ]  # fmt: skip
    land_mu = _land_of_places()
    for period, mu, deadline, _, _ in _COUNTY_TARGETS[1:]:
        whole = mu_to_m2(mu)
        parts: dict[str, float | Fraction] = {
            place: whole * mu_to_m2(land) / mu_to_m2(sum(land_mu.values(), Decimal(0)))
            for place, land in land_mu.items()
        }
        rows += [
            {"period": period, "place": place, "area_mu": part, "deadline": deadline,
             "post": "主要负责岗位", "basis": "synthetic", "source": SOURCE}
            for place, part in balance(parts, MU).items()
        ]  # fmt: skip
    return rows


def agreements() -> list[dict[str, Any]]:
    """
    Invent supervised terms for plots that have a project.

    Returns
    -------
    list of dict
        Rows of table "agreements": floor-area ratio, and 10,000 yuan per mu.
    """
    draw = _drawing(202)
    rows: list[dict[str, Any]] = []
    for plot, kind in last_kinds().items():
        if kind not in AGREEMENTS_OF:
            continue
        producing = kind in {"producing", "struck_off"}
        agreed = {
            "far": (draw.uniform(0.8, 1.6), 2),
            "investment_per_mu": (draw.uniform(200, 420), 0),
            "tax_per_mu": (draw.uniform(12, 26), 1),
        }
        for indicator, (value, digits) in agreed.items():
            share = float(draw.uniform(0.55, 1.15))
            known = producing or (indicator != "tax_per_mu" and kind != "supplied")
            rows.append(
                {
                    "parcel_id": plot,
                    "indicator": indicator,
                    "agreed": round(float(value), digits),
                    "actual": round(float(value) * share, digits) if known else None,
                    "as_of": "2023-03-30",
                }
            )
    return rows


def teams() -> list[dict[str, str]]:
    """
    Return who answers: the working groups the article names, and one for every place.

    Returns
    -------
    list of dict
        Rows of table "teams"; posts, never names of persons.
    """
    county = [
        ("整治工作攻坚专班", "组长由分管市领导担任"),
        ("土地收储及处置专班", "组长由分管市领导担任"),
        ("金融财政支持专班", "组长由分管市领导担任"),
    ]
    rows = [
        {"place": "440785", "team": team, "post": "组长", "note": note, "source": ARTICLE}
        for team, note in county
    ]
    return rows + [
        {
            "place": place.code,
            "team": f"{place.zh}工作专班",
            "post": "负责岗位",
            "note": "全市11个镇(街)及恩平工业园同步设立工作专班",
            "source": ARTICLE,
        }
        for place in terms("place")
    ]


def _project(project_id: str, land_mu: float, draw: Generator) -> dict[str, Any]:
    waiting = land_mu == 0
    need_mu = float(draw.uniform(15, 180)) if waiting else land_mu
    investment_yi = need_mu * float(draw.uniform(200, 500)) / 10_000
    industry = _INDUSTRIES[int(draw.integers(0, len(_INDUSTRIES)))]
    output_yi = investment_yi * float(draw.uniform(0.8, 2.0))
    width_m = float(draw.integers(4, 13)) * 10
    return {
        "project_id": project_id,
        "name": f"演示项目{project_id[2:]}（虚构）",
        "investor": f"演示投资方{project_id[2:]}（虚构）",
        "industry": industry,
        "investment_yi": round(investment_yi, 2),
        "output_yi_min": round(output_yi, 2),
        "output_yi_max": round(output_yi * 1.2, 2),
        "need_mu_min": round(need_mu) if waiting else None,
        "need_mu_max": round(need_mu * 1.25) if waiting else None,
        "min_width_m": width_m if waiting else None,
        "deadline": f"2023-{int(draw.integers(6, 13)):02d}-28" if waiting else None,
        "source": SOURCE,
    }


def _land_of_places() -> dict[str, Decimal]:
    land: dict[str, Decimal] = {}
    for row in (*article_parcels(), *synthetic_parcels()):
        if row["responsible"]:
            before = land.get(row["responsible"], Decimal(0))
            land[row["responsible"]] = before + area_mu()[row["parcel_id"]]
    return dict(sorted(land.items()))


def _drawing(stream: int) -> Generator:
    return np.random.Generator(np.random.PCG64([SEED, stream]))
