"""Terms of contracts, the clock of idle land, and proposals: figures and days by hand."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from enping_gis import agreements
from enping_gis.errors import SourceError
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.agreements import COLUMNS
from enping_gis.lifecycle.thresholds import least_of, thresholds
from tests.lifecycle.offices import ENCHENG, event, office

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def term(indicator: str, agreed: float | None, actual: float | None = None, **more: Any) -> Any:  # noqa: ANN401 - a row
    return {
        "parcel_id": "a", "indicator": indicator, "agreed": agreed, "actual": actual,
        "as_of": "2023-03-01", **more,
    }  # fmt: skip


def row(indicator: str, *terms: Any, events: Any = (), as_of: str = "2023-03-30",  # noqa: ANN401 - rows
        **tables: Any) -> Mapping[str, Any]:  # noqa: ANN401 - rows  # fmt: skip
    inventory = office({"a": {}}, events, as_of=as_of, agreements=terms, **tables)
    rows = agreements(inventory).set_index("indicator")
    return rows.loc[indicator].to_dict()


@pytest.mark.parametrize(
    ("agreed", "actual", "gap", "percent", "verdict", "proposal"),
    [
        (1.2, 1.2, 0.0, "0.00", "met", "none"),
        (1.2, 1.3, 0.1, "8.33", "met", "none"),
        (1.2, 1.19, -0.01, "-0.83", "missed", "letter"),
        (300.0, 150.0, -150.0, "-50.00", "missed", "letter"),
        (300.0, None, None, None, "unknown", "none"),
        (None, 2.0, None, None, "unknown", "none"),
        (None, None, None, None, "unknown", "none"),
        (0.0, 2.0, 2.0, None, "met", "none"),
    ],
)
def test_figures_agreed_and_reached(  # noqa: PLR0917 - the columns of a table
    agreed: float | None, actual: float | None, gap: float | None, percent: str | None,
    verdict: str, proposal: str,
) -> None:  # fmt: skip
    found = row("far", term("far", agreed, actual))
    assert (found["agreed"], found["actual"], found["gap"]) == (agreed, actual, gap)
    assert found["gap_percent"] == (None if percent is None else Decimal(percent))
    assert (found["verdict"], found["proposal"]) == (verdict, proposal)
    assert found["evidence_zh"]
    assert found["evidence_en"]


def test_a_letter_once_sent_is_not_proposed_again() -> None:
    missed = term("far", 1.2, 0.6)
    before = row("far", missed, events=[event("a", "2023-02-28", "lawyer_letter")])
    assert before["proposal"] == "letter"
    assert "2023-02-28有“律师函”记录" in before["evidence_zh"]
    after = row("far", missed, events=[event("a", "2023-03-01", "lawyer_letter")])
    assert after["proposal"] == "none"


def test_no_letter_before_the_plot_has_to_be_complete() -> None:
    missed = term("far", 1.2, 0.6)
    assert row("far", missed, term("complete_by", 20230330))["proposal"] == "none"
    assert row("far", missed, term("complete_by", 20230329))["proposal"] == "letter"
    producing = [event("a", "2023-01-01", "producing")]
    early = row("far", missed, term("complete_by", 20231231), events=producing)
    assert early["proposal"] == "letter"


def test_what_was_found_out_later_is_not_known_yet() -> None:
    later = term("far", 1.2, 0.6, as_of="2023-03-30")
    assert row("far", later)["verdict"] == "missed"
    assert row("far", later, as_of="2023-03-29")["verdict"] == "unknown"


# Thresholds by industry.


def with_project(industry: str, actual: float) -> Mapping[str, Any]:
    return row(
        "far", term("far", 0.5, actual),
        projects=[{"project_id": "P", "name": "mill", "industry": industry}],
        parcel_projects=[{"parcel_id": "a", "project_id": "P"}],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("industry", "least"),
    [("纺织", 0.8), ("纺织服装", 1.0), ("智能装备制造", 0.7), ("化工", 0.6), ("食品加工", 1.0)],
)
def test_the_least_figure_of_an_industry(industry: str, least: float) -> None:
    below = with_project(industry, least - 0.01)
    assert (below["threshold"], below["verdict"]) == (least, "below_threshold")
    assert below["proposal"] == "none", "the contract is kept"
    assert "国土资发〔2008〕24号" in below["threshold_source"]
    assert with_project(industry, least)["verdict"] == "met"


def test_an_industry_nobody_knows_has_no_least_figure() -> None:
    assert with_project("观光农业", 0.1)["threshold"] is None


def test_thresholds_of_a_county_come_from_its_own_file(tmp_path: Path) -> None:
    record = {"indicator": "tax_per_mu", "value": "20", "source": "县规〔2023〕1号",
              "date": "2023-01-01"}  # fmt: skip
    path = tmp_path / "标准 文件.json"
    path.write_text(json.dumps({"thresholds": [record]}), encoding="utf-8")
    inventory = office({"a": {}}, agreements=[term("tax_per_mu", 15, 16), term("far", 1, 0.5)])
    rows = agreements(inventory, standards=path, lang="en").set_index("indicator")
    assert rows.loc["tax_per_mu", "verdict"] == "below_threshold"
    assert rows.loc["tax_per_mu", "unit"] == "10,000 yuan/mu"
    assert "(all)" in rows.loc["tax_per_mu", "evidence_en"]
    assert rows.loc["far", "threshold"] is None


@pytest.mark.parametrize(
    "content", ["", "[]", '{"thresholds": [{"indicator": "far"}]}', '{"thresholds": 1}',
                '{"thresholds": [{"indicator": "x", "value": 1, "source": "", "date": ""}]}',
                '{"thresholds": [{"indicator": "far", "value": "1/0", "source": "", "date": ""}]}']
)  # fmt: skip
def test_a_file_of_thresholds_that_cannot_be_used_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "own.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=r"own\.json"):
        thresholds(path)
    with pytest.raises(SourceError, match=r"nowhere\.json"):
        thresholds(tmp_path / "nowhere.json")


def test_every_shipped_threshold_is_found_by_its_words() -> None:
    shipped = thresholds()
    for each in shipped:
        for word in each.words:
            found = least_of(shipped, each.indicator, [word])
            assert found is not None
            assert found.industry == each.industry, word
        assert 0 < each.value <= 1
        assert each.industry_en != each.industry
        assert date.fromisoformat(each.date) < date(2024, 1, 1)


# Days.

START = date(2022, 3, 30)


def start(days: int, *events: Any, agreed: bool = True) -> Mapping[str, Any]:  # noqa: ANN401 - rows
    """Look at a plot that was to be started on 2022-03-30, so many days later."""
    day = (START + timedelta(days=days)).isoformat()
    if agreed:
        return row("start_by", term("start_by", 20220330), events=events, as_of=day)
    handed = event("a", "2021-03-30", "supplied")
    return row("start_by", events=[handed, *events], as_of=day)


@pytest.mark.parametrize(
    ("days", "verdict", "proposal"),
    [
        (-10, "unknown", "none"), (0, "unknown", "none"), (1, "missed", "letter"),
        (364, "missed", "letter"), (365, "missed", "letter"), (366, "missed", "investigate"),
        (731, "missed", "investigate"), (732, "missed", "investigate"),
    ],
)  # fmt: skip
def test_the_clock_of_a_start_that_was_agreed(days: int, verdict: str, proposal: str) -> None:
    found = start(days)
    assert (found["verdict"], found["proposal"]) == (verdict, proposal)
    assert (found["agreed"], found["due"], found["days"]) == ("2022-03-30", "2022-03-30", -days)
    assert ("第二条" in found["evidence_zh"]) is (366 <= days <= 731)
    assert ("第十四条" in found["evidence_zh"]) is (days > 731)
    assert ("由主管部门" in found["evidence_zh"]) is (proposal != "none")


def test_a_day_that_nobody_agreed_on_follows_from_the_hand_over() -> None:
    found = start(10, agreed=False)
    assert (found["agreed"], found["due"]) == (None, "2022-03-30")
    assert found["proposal"] == "none", "no contract, no letter"
    assert "2021-03-30供地" in found["evidence_zh"]
    assert start(366, agreed=False)["proposal"] == "investigate"


def test_an_investigation_that_runs_is_not_proposed_again() -> None:
    opened = event("a", "2022-06-01", "idle_investigation")
    assert start(366, opened)["proposal"] == "none"
    before = event("a", "2022-03-29", "idle_investigation")
    assert start(366, before)["proposal"] == "investigate"


def test_a_start_ends_the_clock() -> None:
    late = start(400, event("a", "2022-04-02", "construction"))
    assert (late["verdict"], late["gap"], late["proposal"]) == ("missed", -3, "none")
    assert late["days"] is None
    kept = start(400, event("a", "2022-03-30", "construction"))
    assert (kept["verdict"], kept["gap"]) == ("met", 0)
    stated = event("a", "2022-03-01", "imported", status="building")
    assert start(400, stated)["verdict"] == "met"
    written = row("start_by", term("start_by", 20220330, 20220401), as_of="2023-06-01")
    assert (written["actual"], written["gap"]) == ("2022-04-01", -2)
    handed = [event("a", "2021-01-01", "supplied"), event("a", "2021-02-01", "construction")]
    assert agreements(office({"a": {}}, handed)).empty, "nothing was agreed and nothing is open"


def test_a_plot_to_be_complete() -> None:
    complete = term("complete_by", 20230131)
    late = row("complete_by", complete)
    assert (late["verdict"], late["days"], late["proposal"]) == ("missed", -58, "letter")
    done = row("complete_by", complete, events=[event("a", "2023-01-31", "trial_production")])
    assert (done["verdict"], done["actual"], done["gap"]) == ("met", "2023-01-31", 0)
    ahead = row("complete_by", term("complete_by", 20230430))
    assert (ahead["verdict"], ahead["days"], ahead["gap"]) == ("unknown", 31, None)


@pytest.mark.parametrize(
    ("developed", "invested", "as_of", "proposal"),
    [
        (50.0, 25.0, "2023-03-30", "none"),  # a third of 150 mu, a quarter of 100
        (49.99, 25.0, "2023-03-30", "investigate"),
        (50.0, 24.99, "2023-03-30", "investigate"),
        (49.99, 24.99, "2023-03-29", "none"),  # stopped for 364 days
        (None, None, "2023-03-30", "none"),
    ],
)
def test_a_plot_that_stands_still(
    developed: float | None, invested: float | None, as_of: str, proposal: str
) -> None:
    found = row(
        "stopped_since",
        term("stopped_since", None, 20220330), term("developed_mu", 150, developed),
        term("invested_wan", 100, invested),
        events=[event("a", "2021-03-30", "construction")], as_of=as_of,
    )  # fmt: skip
    assert (found["proposal"], found["verdict"]) == (proposal, "unknown")
    assert (found["actual"], found["due"]) == ("2022-03-30", "2023-03-30")
    if developed:
        assert "以三分之一为界" in found["evidence_zh"]


def test_investment_per_mu_stands_for_the_money_invested() -> None:
    stopped = term("stopped_since", None, 20220101)
    found = row("stopped_since", stopped, term("investment_per_mu", 200, 49))
    assert found["proposal"] == "investigate"
    assert "24.50%" in found["evidence_zh"]
    produced = row("stopped_since", stopped, term("investment_per_mu", 200, 49),
                   events=[event("a", "2022-12-01", "producing")])  # fmt: skip
    assert produced["proposal"] == "none"


# The table.


def test_the_demonstration_inventory() -> None:
    demo = Inventory.demo()
    rows = agreements(demo)
    assert tuple(rows.columns) == COLUMNS
    terms = rows[rows["indicator"] != "start_by"]
    assert len(terms) == len(demo.agreements) == 60
    assert terms["verdict"].value_counts().to_dict() == {"unknown": 30, "missed": 22, "met": 8}
    assert set(rows["proposal"]) == {"none", "letter"}
    ids = rows["parcel_id"].tolist()
    assert ids == sorted(ids)
    # The park lies in towns: who answers is named, not the town.
    assert rows.loc[rows["parcel_id"] == "EP010", "place"].unique().tolist() == ["440785400"]


def test_plots_that_do_not_stand_have_no_terms_any_more() -> None:
    inventory = office(
        {"a": {"valid_to": "2023-01-01"}, "b": {}}, agreements=[term("far", 1.0, 0.5)]
    )
    assert agreements(inventory).empty
    assert agreements(inventory.on("2022-12-31"))["place"].tolist() == [ENCHENG]


def test_nothing_agreed() -> None:
    rows = agreements(office({"a": {}}))
    assert rows.empty
    assert tuple(rows.columns) == COLUMNS
