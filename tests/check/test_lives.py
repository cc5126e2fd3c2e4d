"""Dates, shares, projects, and the clock of idle land (L2); ids and links (L1)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from enping_gis.check.checking import check
from enping_gis.inventory import Inventory
from tests.check.faulty import at, drawn, event, inventory, rectangle

if TYPE_CHECKING:
    import geopandas as gpd

MU_M2 = 2_000 / 3


def plots(*names: str) -> gpd.GeoDataFrame:
    return drawn({name: at(200.0 * n, 0, rectangle()) for n, name in enumerate(names or ("a",))})


def found(
    *events: dict[str, object], frame: gpd.GeoDataFrame | None = None, **options: pd.DataFrame
) -> pd.DataFrame:
    made = inventory(
        plots() if frame is None else frame, events=pd.DataFrame(list(events)), **options
    )
    return check(made, rules="L1,L2")


def test_a_life_in_order() -> None:
    steps = ["surveyed", "filed", "negotiating", "revitalised", "offered", "supplied"]
    steps += ["construction", "trial_production", "producing", "struck_off"]
    days = pd.date_range("2022-01-01", periods=len(steps), freq="MS").strftime("%Y-%m-%d")
    assert found(*(event("a", kind, day) for kind, day in zip(steps, days, strict=True))).empty
    same = [event("a", kind, "2022-01-01") for kind in steps]
    assert found(*same).empty


@pytest.mark.parametrize(
    ("later", "earlier"),
    [("construction", "supplied"), ("supplied", "offered"), ("producing", "construction"),
     ("producing", "trial_production"), ("trial_production", "construction"),
     ("revitalised", "surveyed"), ("struck_off", "producing")],
)  # fmt: skip
def test_steps_out_of_order(later: str, earlier: str) -> None:
    (row,) = found(event("a", earlier, "2022-06-01"), event("a", later, "2022-05-31")).to_dict(
        "records"
    )
    assert (row["rule"], row["case"], row["parcel_ids"]) == ("L2", "events_turned", "a")
    assert row["value"] == "2022-05-31"
    assert "2022-06-01" in row["message_zh"]


def test_an_event_taken_back_does_not_count() -> None:
    wrong = event("a", "construction", "2022-05-31")
    back = event("a", "corrected", "2022-07-01", corrects_id=wrong["event_id"])
    assert found(event("a", "supplied", "2022-06-01"), wrong, back).empty


def test_an_event_recorded_before_its_day() -> None:
    early = event("a", "surveyed", "2022-05-31", recorded_at="2022-05-30T23:59:00+08:00")
    (row,) = found(early).to_dict("records")
    assert (row["case"], row["severity"]) == ("recorded_early", "warning")
    in_utc = event("a", "surveyed", "2022-05-31", recorded_at="2022-05-30T16:30:00+00:00")
    assert found(in_utc).empty, "that is half past midnight in China"


def test_what_a_file_states_may_be_looked_at_on_a_later_day() -> None:
    early = event("a", "imported", "2023-03-30", recorded_at="2023-03-01T12:00:00+08:00")
    assert found(early).empty


@pytest.mark.parametrize("day", ["2023-02-30", "2022-13-01", "spring", "2023/3/1"])
def test_a_day_that_no_calendar_has(day: str) -> None:
    (row,) = found(event("a", "surveyed", day)).to_dict("records")
    assert (row["case"], row["value"], row["field"]) == ("date_unreal", day, "date")
    targets = pd.DataFrame({"period": ["2023"], "area_mu": [1.0], "deadline": [day]})
    (row,) = found(targets=targets).to_dict("records")
    assert (row["case"], row["value"], row["field"]) == ("date_unreal", day, "deadline")


def test_a_plot_that_ends_before_it_begins() -> None:
    frame = plots("a", "b", "c")
    frame["valid_from"] = ["2023-03-01", "2023-03-01", None]
    frame["valid_to"] = ["2023-02-28", "2023-04-01", "2030-01-01"]
    assert found(frame=frame)["parcel_ids"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("parts_mu", "exceeds"),
    [([14.99], False), ([7.0, 7.99], False), ([15.05], False), ([15.07], True), ([10, 10], True)],
)
def test_no_more_is_done_than_there_is(parts_mu: list[float], exceeds: bool) -> None:  # noqa: FBT001 - a case
    """The plot has 14.99 mu, and half a percent is within what areas may differ."""
    done = [
        event("a", "revitalised", f"2022-0{n + 1}-01", area_m2=mu * MU_M2)
        for n, mu in enumerate(parts_mu)
    ]
    rows = found(*done)
    assert rows["case"].tolist() == ["done_exceeds"] * exceeds


def test_shares_of_a_whole() -> None:
    frame = plots("a", "b", "c", "d")
    frame["建筑系数占比"] = [30.0, 100.0, 101.0, -1.0]
    frame["完成率"] = [158.0, 20.0, 30.0, 40.0]
    frame["绿地率(%)"] = ["20%", "35", "—", None]
    rows = found(frame=frame)
    assert rows[["parcel_ids", "field"]].to_numpy().tolist() == [
        ["c", "建筑系数占比"],
        ["d", "建筑系数占比"],
    ]


def test_projects_and_plots() -> None:
    projects = pd.DataFrame({"project_id": ["P1", "P2"], "name": ["Mill", "Kiln"]})
    links = pd.DataFrame({"parcel_id": ["a", "a"], "project_id": ["P1", "P9"]})
    rows = found(projects=projects, parcel_projects=links)
    assert rows[["rule", "case", "value"]].to_numpy().tolist() == [
        ["L1", "project_lost", "P9"],
        ["L2", "project_plotless", "P2"],
    ]
    assert rows["severity"].tolist() == ["error", "info"]


def test_rows_about_plots_that_are_not_there() -> None:
    agreements = pd.DataFrame({"parcel_id": ["y"], "indicator": ["far"]})
    rows = found(
        event("x", "surveyed", "2022-01-01"),
        event("x", "filed", "2022-01-02"),
        event("a", "filed", "2022-01-02"),
        {**event("", "meeting", "2022-01-03"), "parcel_id": None},
        agreements=agreements,
    )
    assert rows[["case", "parcel_ids", "size"]].to_numpy().tolist() == [
        ["plot_lost", "x", 2.0],
        ["plot_lost", "y", 1.0],
    ]


@pytest.mark.parametrize("other", ["A1", "ａ１", "a 1", "a\u30001"])
def test_one_id_in_two_spellings(other: str) -> None:
    rows = found(frame=plots("a1", other, "a2"))
    assert rows["case"].tolist() == ["id_twice"]
    assert rows["parcel_ids"].tolist() == [";".join(sorted(["a1", other]))]


def clock(
    *events: dict[str, object], day: str = "2023-03-30", start_by: float | None = None
) -> pd.DataFrame:
    agreements = pd.DataFrame({"parcel_id": ["a"], "indicator": ["start_by"], "agreed": [start_by]})
    made = inventory(
        plots(), events=pd.DataFrame(list(events) or [event("a", "surveyed", "2020-01-01")]),
        day=dt.date.fromisoformat(day), agreements=agreements.iloc[: int(start_by is not None)],
    )  # fmt: skip
    return check(made, rules="L2")


def test_the_clock_of_idle_land() -> None:
    """Handed over on 2021-03-30: to be started within a year, idle a year after that."""
    handed = event("a", "supplied", "2021-03-30")
    assert clock(handed).empty
    (row,) = clock(handed, day="2023-03-31").to_dict("records")
    assert (row["case"], row["severity"], row["value"]) == ("idle", "info", "2022-03-30")
    assert "366 天" in row["message_zh"]
    assert clock(handed, day="2024-03-31")["case"].tolist() == ["idle_long"]
    assert clock(handed, event("a", "construction", "2023-05-01"), day="2024-03-31").empty


def test_the_day_of_the_contract_comes_first() -> None:
    handed = event("a", "supplied", "2021-03-30")
    assert clock(handed, day="2024-01-01", start_by=20230630.0).empty
    assert clock(handed, start_by=20210630.0)["value"].tolist() == ["2021-06-30"]
    assert clock(start_by=20200229.0, day="2021-03-01")["value"].tolist() == ["2020-02-29"]
    assert clock(start_by=20230230.0).empty, "no such day"


def test_the_demonstration_has_projects_that_look_for_land() -> None:
    rows = check(Inventory.demo(), rules="L1,L2")
    assert set(rows["case"]) == {"project_plotless"}
    assert "PJ010" in set(rows["value"])
