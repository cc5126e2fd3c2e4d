"""What is overdue and what falls due: promises for plots, projects, commitments."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from enping_gis import deadlines
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.deadlines import COLUMNS
from enping_gis.lifecycle.duties import duties, open_duties
from tests.lifecycle.offices import ENCHENG, done, event, office

TEAMS = [{"place": ENCHENG, "team": "team one", "post": "head"},
         {"place": ENCHENG, "team": "team two", "post": "head"}]  # fmt: skip


def promised(*days: float) -> Inventory:
    """Return plots a, b, ... each to be started by a day."""
    ids = "abcdef"[: len(days)]
    return office(
        {each: {} for each in ids},
        agreements=[
            {"parcel_id": each, "indicator": "start_by", "agreed": day}
            for each, day in zip(ids, days, strict=True)
        ],
        teams=TEAMS,
    )


def test_the_longest_overdue_is_first_and_the_far_off_left_out() -> None:
    rows = deadlines(promised(20230406, 20230330, 20230401, 20230101, 20230407), lang="zh")
    assert tuple(rows.columns) == COLUMNS
    assert rows["parcel_id"].tolist() == ["d", "b", "c", "a"]
    assert rows["days"].tolist() == [-88, 0, 2, 7]
    row = rows.iloc[0]
    assert (row["duty"], row["matter"], row["due"]) == ("start_by", "动工开发", "2023-01-01")
    assert (row["place"], row["post"], row["area_mu"]) == (ENCHENG, "head", Decimal("15.00"))
    assert len(deadlines(promised(20230406, 20230407), within_days=8)) == 2
    assert deadlines(promised(20230331), within_days=0).empty
    unread = promised(float("nan"), 2023.0, 20230231)
    assert deadlines(unread).empty


@pytest.mark.parametrize(
    ("duty", "kinds"),
    [
        ("start_by", {"construction", "trial_production", "producing"}),
        ("complete_by", {"trial_production", "producing", "struck_off"}),
    ],
)
def test_what_keeps_a_promise(duty: str, kinds: set[str]) -> None:
    all_kinds = ["supplied", "offered", "construction", "trial_production", "producing",
                 "struck_off", "revitalised"]  # fmt: skip
    for kind in all_kinds:
        inventory = office(
            {"a": {}}, [event("a", "2023-02-01", kind), event("a", "2023-01-01", kind)],
            agreements=[{"parcel_id": "a", "indicator": duty, "agreed": 20230101}],
        )  # fmt: skip
        kept = duties(inventory)["done_on"].iloc[0]
        assert kept == ("2023-01-01" if kind in kinds else None), kind
        assert open_duties(inventory).empty is (kind in kinds)


def test_what_a_file_stated_keeps_a_promise_too() -> None:
    for status, kept in (("building", True), ("producing", True), ("supplied", False)):
        inventory = office(
            {"a": {}}, [event("a", "2023-01-01", "imported", status=status)],
            agreements=[{"parcel_id": "a", "indicator": "start_by", "agreed": 20230101}],
        )  # fmt: skip
        assert open_duties(inventory).empty is kept, status


def test_projects_wait_for_their_land() -> None:
    inventory = office(
        {"a": {}, "b": {}},
        [event("b", "2023-03-01", "supplied")],
        projects=[
            {"project_id": "P1", "name": "mill", "deadline": "2023-03-31"},
            {"project_id": "P2", "name": "kiln", "deadline": "2023-04-01"},
            {"project_id": "P3", "name": "dock", "deadline": None},
            {"project_id": "P4", "name": "port", "deadline": "2023-02-30"},
        ],
        parcel_projects=[
            {"parcel_id": "a", "project_id": "P1"},
            {"parcel_id": "b", "project_id": "P1"},
        ],
    )
    rows = deadlines(inventory, lang="en")
    assert rows[["parcel_id", "name", "due"]].to_numpy().tolist() == [
        ["a", "plot a", "2023-03-31"],
        ["", "kiln", "2023-04-01"],
    ]
    assert rows["matter"].tolist() == [
        "Supply the land of a project (mill)", "Supply the land of a project",
    ]  # fmt: skip
    assert pd.isna(rows["area_mu"].iloc[1])
    assert rows["place"].iloc[1] is None


def test_commitments_that_are_not_met() -> None:
    inventory = office(
        {"a": {"mu": 30}}, [done("a", "2023-01-15", 10)],
        targets=[
            {"period": "2023Q1", "place": ENCHENG, "area_mu": 12.5, "deadline": "2023-03-31",
             "post": "mayor"},
            {"period": "2022", "place": ENCHENG, "area_mu": 5, "deadline": "2022-12-31"},
            {"period": "2023", "area_mu": 10, "deadline": "2023-03-31"},
        ],
    )  # fmt: skip
    rows = deadlines(inventory, lang="zh")
    # That of 2022 has a county row of its own, which is the sum of the places'.
    assert rows[["name", "matter", "days"]].to_numpy().tolist() == [
        ["恩城街道", "完成2022年度任务5.00亩", -89],
        ["全市", "完成2022年度任务5.00亩", -89],
        ["恩城街道", "完成2023年第一季度任务12.50亩", 1],
        ["全市", "完成2023年第一季度任务12.50亩", 1],
    ]
    assert rows["area_mu"].tolist() == [Decimal(each) for each in ("5.00", "5.00", "2.50", "2.50")]
    assert rows["post"].iloc[2] == "mayor"
    assert rows["place"].tolist() == [ENCHENG, "", ENCHENG, ""]


def test_the_demonstration_on_the_eve_of_a_quarter() -> None:
    rows = deadlines(Inventory.demo(), lang="zh")
    assert set(rows["duty"]) == {"target"}
    soon = rows[rows["days"] == 1]
    assert soon["name"].tolist() == ["横陂镇", "圣堂镇", "良西镇", "君堂镇", "那吉镇"]
    assert soon["post"].unique().tolist() == ["主要负责岗位"]
    assert rows.iloc[0]["matter"] == "完成2022年度任务3000.00亩"
    assert len(deadlines(Inventory.demo(), within_days=365)) > len(rows)
