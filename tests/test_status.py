"""The fold of events into statuses, row by row of the design's table."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from enping_gis.status import event_days, folded, standing_events
from enping_gis.vocabulary import terms
from tests.plots import events

DAY = date(2023, 3, 30)
WITHOUT_EFFECT = [
    "visit", "meeting", "idle_investigation", "lawyer_letter", "supplementary_agreement",
    "penalty_recovered", "holder_changed", "boundary_changed", "corrected", "split", "merged",
    "note", "settled",
]  # fmt: skip
LEADS = [
    ("surveyed", "surveyed"), ("filed", "surveyed"), ("negotiating", "remediating"),
    ("agreed", "remediating"), ("litigating", "disputed"), ("revitalised", "revitalised"),
    ("offered", "supplied"), ("supplied", "supplied"), ("construction", "building"),
    ("trial_production", "building"), ("producing", "producing"), ("struck_off", "producing"),
]  # fmt: skip


def fold(*rows: dict[str, Any], area_m2: float = 1000.0, day: date = DAY) -> pd.Series[Any]:
    """Fold the events of one plot called a."""
    return folded(events(*rows), day, pd.Series({"a": area_m2})).loc["a"]


def at(day: str, kind: str, **more: object) -> dict[str, Any]:
    return {"date": day, "kind": kind, **more}


@pytest.mark.parametrize(("kind", "status"), LEADS)
def test_an_event_leads_to_its_status(kind: str, status: str) -> None:
    row = fold(at("2022-05-01", kind))
    assert (row["status"], row["since"]) == (status, "2022-05-01")


@pytest.mark.parametrize("kind", WITHOUT_EFFECT)
def test_other_events_leave_the_status(kind: str) -> None:
    row = fold(at("2022-05-01", "agreed"), at("2022-06-01", kind))
    assert (row["status"], row["since"]) == ("remediating", "2022-05-01")


def test_the_table_of_the_design_is_the_vocabulary() -> None:
    kinds = {term.code for term in terms("event_kind")}
    assert kinds == {kind for kind, _ in LEADS} | set(WITHOUT_EFFECT) | {"imported"}
    assert {status for _, status in LEADS} | {"unknown"} == {term.code for term in terms("status")}


def test_without_events_nothing_is_known() -> None:
    row = fold()
    assert (row["status"], row["since"], row["done_m2"]) == ("unknown", None, 0)
    assert row["rest_m2"] == 1000


def test_the_last_event_counts_by_date_then_record_then_id() -> None:
    day = "2022-05-01"
    early, late = "2022-05-02T09:00:00+08:00", "2022-05-02T10:00:00+08:00"
    assert fold(at("2022-05-02", "agreed"), at(day, "producing"))["status"] == "remediating"
    by_record = (at(day, "producing", recorded_at=late), at(day, "agreed", recorded_at=early))
    assert fold(*by_record)["status"] == "producing"
    by_id = (
        at(day, "producing", recorded_at=early, event_id="b"),
        at(day, "agreed", recorded_at=early, event_id="a"),
    )
    assert fold(*by_id)["status"] == "producing"


def test_moments_are_compared_across_offsets() -> None:
    """01:30Z is 09:30 in China, after 09:00+08:00, though the text sorts before it."""
    rows = (
        at("2022-05-01", "producing", recorded_at="2022-05-01T01:30:00Z"),
        at("2022-05-01", "agreed", recorded_at="2022-05-01T09:00:00+08:00"),
    )
    assert fold(*rows)["status"] == "producing"


def test_a_day_counts_to_its_end_in_china() -> None:
    row = at("2023-03-30T23:59:59", "agreed")
    assert fold(row)["status"] == "remediating"
    assert fold(at("2023-03-30T15:59:59Z", "agreed"))["since"] == "2023-03-30"
    assert fold(at("2023-03-30T16:00:00Z", "agreed"))["status"] == "unknown"
    assert fold(at("2023-03-31", "agreed"))["status"] == "unknown"


def test_dates_that_cannot_be_read_do_not_count() -> None:
    table = events(at("2023-02-30", "agreed"), at("spring", "agreed"), {"kind": "agreed"},
                   at("2023-03", "agreed"))  # fmt: skip
    assert event_days(table).isna().all()
    assert standing_events(table, DAY).empty
    assert folded(table, DAY, pd.Series({"a": 1.0})).loc["a", "status"] == "unknown"


def test_a_part_revitalised_is_told_apart() -> None:
    row = fold(at("2022-05-01", "agreed"), at("2022-06-01", "revitalised", area_m2=300.0))
    assert (row["status"], row["since"]) == ("remediating", "2022-05-01")
    assert (row["done_m2"], row["rest_m2"], row["partly"]) == (300, 700, True)


def test_the_last_part_makes_it_revitalised() -> None:
    row = fold(
        at("2022-05-01", "revitalised", area_m2=300.0),
        at("2022-06-01", "revitalised", area_m2=700.0),
    )
    assert (row["status"], row["since"]) == ("revitalised", "2022-06-01")
    assert (row["done_m2"], row["rest_m2"], row["partly"]) == (1000, 0, False)


def test_revitalised_without_an_area_is_the_rest() -> None:
    row = fold(at("2022-05-01", "revitalised", area_m2=300.0), at("2022-06-01", "revitalised"))
    assert (row["status"], row["done_m2"], row["rest_m2"]) == ("revitalised", 1000, 0)


def test_more_than_the_plot_cannot_be_revitalised() -> None:
    row = fold(at("2022-05-01", "revitalised", area_m2=5000.0))
    assert (row["status"], row["done_m2"], row["rest_m2"]) == ("revitalised", 1000, 0)
    row = fold(at("2022-05-01", "revitalised", area_m2=-5.0))
    assert (row["status"], row["done_m2"], row["partly"]) == ("unknown", 0, False)


@pytest.mark.parametrize(("left_m2", "status"), [(3.4, "unknown"), (3.3, "revitalised")])
def test_nothing_is_left_where_the_rest_prints_as_zero_mu(left_m2: float, status: str) -> None:
    """Half of 0.01 mu is 3.33 m2."""
    assert fold(at("2022-05-01", "revitalised", area_m2=1000 - left_m2))["status"] == status


def test_the_ledger_may_be_smaller_than_the_plot() -> None:
    table = events(at("2022-05-01", "revitalised", area_m2=900.0))
    row = folded(table, DAY, pd.Series({"a": 1000.0}), pd.Series({"a": 900.0})).loc["a"]
    assert (row["status"], row["done_m2"], row["rest_m2"]) == ("revitalised", 1000, 0)


@pytest.mark.parametrize("ledger", [0.0, -1.0, None])
def test_a_ledger_that_says_nothing_is_no_area(ledger: float | None) -> None:
    table = events(at("2022-05-01", "revitalised", area_m2=400.0))
    stated = pd.Series({"a": ledger}, dtype=float)
    row = folded(table, DAY, pd.Series({"a": 1000.0}), stated).loc["a"]
    assert (row["status"], row["done_m2"], row["partly"]) == ("unknown", 400, True)


def test_settled_goes_back() -> None:
    court = (
        at("2022-05-01", "agreed"),
        at("2022-06-01", "litigating"),
        at("2022-06-02", "litigating"),
        at("2022-07-01", "settled"),
    )
    row = fold(*court)
    assert (row["status"], row["since"]) == ("remediating", "2022-07-01")
    assert fold(*court[1:])["status"] == "unknown"
    assert fold(*court, at("2022-08-01", "settled"))["since"] == "2022-07-01"


def test_a_corrected_event_no_longer_counts() -> None:
    wrong = at("2022-05-01", "producing", event_id="x")
    cure = at("2022-05-02", "corrected", event_id="y", corrects_id="x")
    assert fold(wrong, cure)["status"] == "unknown"
    assert fold(wrong, cure, day=date(2022, 5, 1))["status"] == "producing"
    undo = at("2022-05-03", "corrected", event_id="z", corrects_id="y")
    assert fold(wrong, cure, undo)["status"] == "producing"


def test_an_import_carries_the_status_of_the_file() -> None:
    row = fold(at("2022-05-01", "imported", status="supplied"))
    assert (row["status"], row["since"]) == ("supplied", None)
    row = fold(at("2022-05-01", "agreed"), at("2022-06-01", "imported", status="remediating"))
    assert row["since"] == "2022-05-01"
    assert fold(at("2022-05-01", "imported"))["status"] == "unknown"


def test_events_of_the_programme_and_of_strangers_touch_no_plot() -> None:
    row = fold(
        at("2022-05-01", "producing", parcel_id=None), at("2022-05-01", "producing", parcel_id="b")
    )
    assert row["status"] == "unknown"


def test_the_events_are_not_changed() -> None:
    table = events(at("2022-06-01", "revitalised", area_m2=1.0), at("2022-05-01", "agreed"))
    before = table.copy(deep=True)
    folded(table, DAY, pd.Series({"a": 10.0}))
    pd.testing.assert_frame_equal(table, before)
