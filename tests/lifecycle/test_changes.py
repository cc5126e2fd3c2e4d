"""What changed: by hand, and whatever two inventories hold, the parts add up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enping_gis import changes, progress, totals
from enping_gis.errors import InputError, SchemaError
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.changes import COLUMNS
from enping_gis.lifecycle.done import revitalised_parts
from enping_gis.lifecycle.levelling import levelled
from enping_gis.lifecycle.moves import move
from enping_gis.measure.standing import status_on
from enping_gis.units import MU, printed
from tests.lifecycle.offices import ENCHENG, HENGPI, PARK, done, event, office

if TYPE_CHECKING:
    import pandas as pd

MU_M2 = Fraction(2000, 3)
# Each example makes two inventories and takes some hundredths of a second.
FEW = settings().max_examples // 12


def told(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    columns = ["parcel_id", "change", "before", "after", "date"]
    return list(rows[columns].itertuples(index=False, name=None))


# Two days of one inventory.


def test_a_plot_that_moved_on_names_its_event() -> None:
    inventory = office({"a": {}}, [
        event("a", "2023-03-01", "surveyed"),
        event("a", "2023-03-24", "negotiating", actor="team", note="began", document="no. 1"),
        event("a", "2023-03-25", "visit"),
    ])  # fmt: skip
    rows = changes(inventory, since="2023-03-24")
    assert tuple(rows.columns) == COLUMNS
    assert told(rows) == [("a", "forward", "surveyed", "remediating", "2023-03-24")]
    row = rows.iloc[0]
    assert (row["actor"], row["note"], row["document"]) == ("team", "began", "no. 1")
    assert row["event_id"] == "e001"
    assert (row["place"], row["town"], row["name"]) == (ENCHENG, ENCHENG, "plot a")
    assert (str(row["area_mu"]), str(row["delta_mu"])) == ("15.00", "0.00")
    # The first day counts, so does the last.
    assert changes(inventory, since="2023-03-25").empty
    assert len(changes(inventory, since="2023-03-24", until="2023-03-24")) == 1
    assert changes(inventory, since="2023-03-02", until="2023-03-23").empty


def test_back_by_a_correction_and_aside_to_the_courts() -> None:
    inventory = office({"a": {}, "b": {}, "c": {}}, [
        event("a", "2023-01-01", "agreed"),
        done("a", "2023-02-01", 15, event_id="wrong"),
        event("a", "2023-03-20", "corrected", corrects_id="wrong", note="not yet"),
        event("b", "2023-01-01", "agreed"),
        event("b", "2023-03-21", "litigating"),
        event("c", "2023-01-01", "litigating"),
        event("c", "2023-03-22", "settled"),
    ])  # fmt: skip
    rows = changes(inventory, since="2023-03-01")
    assert told(rows) == [
        ("a", "back", "revitalised", "remediating", "2023-03-20"),
        ("b", "aside", "remediating", "disputed", "2023-03-21"),
        ("c", "aside", "disputed", "unknown", "2023-03-22"),
    ]
    assert rows["revitalised_mu"].tolist() == [Decimal("-15.00"), Decimal("0.00"), Decimal("0.00")]
    assert rows["note"].iloc[0] == "not yet"


def test_a_part_done_is_told_though_the_status_stays() -> None:
    inventory = office({"a": {"mu": 30}}, [
        event("a", "2023-01-01", "agreed"), done("a", "2023-03-25", 12.5),
    ])  # fmt: skip
    rows = changes(inventory, since="2023-03-24")
    assert told(rows) == [("a", "forward", "remediating", "remediating", "2023-03-25")]
    assert str(rows["revitalised_mu"].iloc[0]) == "12.50"


def test_plots_come_and_go() -> None:
    inventory = office({
        "old": {"valid_to": "2023-03-25"},
        "new": {"valid_from": "2023-03-26", "mu": 30, "responsible": HENGPI},
        "past": {"valid_to": "2023-01-01"},
    }, [event("new", "2023-03-26", "surveyed")])  # fmt: skip
    rows = changes(inventory, since="2023-03-24")
    assert told(rows) == [
        ("new", "added", None, "surveyed", "2023-03-26"),
        ("old", "removed", "unknown", None, "2023-03-25"),
    ]
    assert [str(each) for each in rows["delta_mu"]] == ["30.00", "-15.00"]


@pytest.mark.parametrize(
    ("parents", "change"), [(["a"], "split"), (["a", "b"], "merged"), (["other"], "added")]
)
def test_plots_made_of_others(parents: list[str], change: str) -> None:
    plots: dict[str, dict[str, Any]] = {
        each: {"valid_to": "2023-03-25"} for each in parents if each != "other"
    }
    plots["child"] = {"parents": ";".join(parents), "valid_from": "2023-03-25", "mu": 30}
    rows = changes(office(plots, [event("child", "2023-03-25", "split")]), since="2023-03-24")
    assert set(rows["change"]) == {change}
    assert set(rows["parcel_id"]) == set(plots)
    assert set(rows["date"]) == {"2023-03-25"}


def test_a_division_hands_nothing_on_twice() -> None:
    """The parts repeat the old plot's events with their days; 12 mu stay 12 mu."""
    inventory = office(
        {"a": {"mu": 30, "valid_to": "2023-03-25"},
         "a-1": {"parents": "a", "valid_from": "2023-03-25"},
         "a-2": {"parents": "a", "valid_from": "2023-03-25"}},
        [done("a", "2023-02-01", 12), done("a-1", "2023-02-01", 6), done("a-2", "2023-02-01", 6),
         event("a", "2023-03-25", "split"), event("a-1", "2023-03-25", "split")],
    )  # fmt: skip
    rows = changes(inventory, since="2023-03-24")
    assert rows["change"].tolist() == ["split"] * 3
    assert rows["delta_mu"].sum() == 0
    assert rows["revitalised_m2"].tolist() == [0, 0, 0]
    assert changes(inventory, since="2023-02-01")["revitalised_mu"].sum() == Decimal("12.00")


def test_a_promise_missed_in_between() -> None:
    inventory = office(
        {"a": {}, "b": {}}, [event("b", "2023-03-26", "construction")],
        agreements=[
            {"parcel_id": parcel, "indicator": "start_by", "agreed": 20230325}
            for parcel in ("a", "b")
        ],
    )  # fmt: skip
    rows = changes(inventory, since="2023-03-25", lang="en")
    late = rows[rows["change"] == "late"]
    assert told(late) == [("a", "late", "unknown", "unknown", "2023-03-25")]
    assert late["note"].iloc[0] == "Start building"
    assert "late" not in set(changes(inventory, since="2023-03-27")["change"])
    # On the day due it is not over yet.
    assert "late" not in set(changes(inventory, since="2023-03-25", until="2023-03-25")["change"])


def test_a_boundary_that_was_recorded_as_changed() -> None:
    inventory = office({"a": {}}, [event("a", "2023-03-25", "boundary_changed", note="survey")])
    rows = changes(inventory, since="2023-03-24")
    assert told(rows) == [("a", "area", Decimal("15.00"), Decimal("15.00"), "2023-03-25")]


def test_days_have_to_be_given_and_in_order() -> None:
    inventory = office({"a": {}})
    with pytest.raises(InputError):
        changes(inventory)
    with pytest.raises(InputError, match="2023-03-31"):
        changes(inventory, since="2023-03-31")
    with pytest.raises(SchemaError):
        changes(inventory, since="spring")


# Two inventories.


def test_areas_and_places_of_two_inventories() -> None:
    before = office({"a": {}, "b": {}, "c": {"town": HENGPI}}, as_of="2022-12-31")
    after = office({"a": {"mu": 16.5}, "b": {"responsible": HENGPI, "mu": 12}, "c": {}})
    rows = changes(after, before=before)
    assert told(rows) == [
        ("a", "area", Decimal("15.00"), Decimal("16.50"), "2023-03-30"),
        ("b", "moved", ENCHENG, HENGPI, "2023-03-30"),
        ("b", "moved", ENCHENG, HENGPI, "2023-03-30"),
        ("c", "moved", HENGPI, ENCHENG, "2023-03-30"),
        ("c", "moved", HENGPI, ENCHENG, "2023-03-30"),
    ]
    assert [str(each) for each in rows["delta_mu"]] == [
        "1.50", "-15.00", "12.00", "-15.00", "15.00",
    ]  # fmt: skip


def test_what_writing_moved_by_a_hair_is_no_change() -> None:
    before = office({"a": {}})
    shifted = before.tables["parcels"].copy()
    shifted["geometry"] = shifted.scale(1 + 1e-9, 1 + 1e-9)
    after = replace(before, tables=before.tables | {"parcels": shifted})
    assert changes(after, before=before).empty


def test_the_area_method_is_that_of_the_later() -> None:
    before = Inventory.demo()
    planar = replace(before, meta=replace(before.meta, area_method="planar"))
    assert changes(before, before=planar).empty


def test_the_first_quarter_of_the_demonstration() -> None:
    demo = Inventory.demo()
    rows = changes(demo, since="2023-01-01")
    done_rows = rows[rows["revitalised_m2"] > 0]
    assert len(done_rows) == 9
    assert sum(rows["revitalised_mu"]) == Decimal("793.00")
    by_place = done_rows.groupby("place")["revitalised_mu"].sum()
    year = progress(demo, period="2023").set_index("place")["done_mu"]
    assert by_place.to_dict() == {place: mu for place, mu in year.items() if mu and place}
    before = demo.on("2022-12-31")
    other = changes(demo, before=before)
    assert other.equals(rows)


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ("unknown", "surveyed", "forward"), ("producing", "building", "back"),
        ("revitalised", "disputed", "aside"), ("disputed", "surveyed", "aside"),
        ("disputed", "supplied", "forward"), ("supplied", "supplied", None),
    ],
)  # fmt: skip
def test_which_way_a_plot_went(before: str, after: str, way: str | None) -> None:
    assert move(before, after) == way


# Whatever they hold.

KINDS = st.sampled_from(["surveyed", "agreed", "revitalised", "supplied", "litigating", "settled"])
AREAS = st.integers(1, 40_000).map(lambda hundredths: hundredths / 300)


@st.composite
def inventories(draw: st.DrawFn, as_of: str) -> Inventory:
    ids = draw(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1, max_size=5))
    owners = st.sampled_from([ENCHENG, HENGPI, PARK, None])
    plots = {each: {"mu": draw(AREAS), "responsible": draw(owners), "town": draw(owners)}
             for each in ids}  # fmt: skip
    days = st.integers(1, 28).map("2022-06-{:02}".format)
    events = [
        event(parcel, draw(days), draw(KINDS), event_id=f"{parcel}{number}",
              area_m2=draw(st.none() | AREAS.map(lambda mu: mu * 300)))
        for parcel in ids for number in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    return office(plots, events, as_of=as_of)


def by_place(inventory: Inventory, column: str) -> dict[str | None, Fraction]:
    sums: defaultdict[str | None, Fraction] = defaultdict(Fraction)
    areas = status_on(inventory)["area_m2"]
    for place, area_m2 in zip(inventory.parcels[column], areas, strict=True):
        sums[place or None] += Fraction(area_m2)
    return sums


@settings(max_examples=FEW)
@given(inventories("2022-06-10"), inventories("2022-06-20"))
def test_changes_add_up_to_the_difference_of_the_totals(
    before: Inventory, after: Inventory
) -> None:
    rows = changes(after, before=before)
    for column, attribute in (("place", "responsible"), ("town", "town")):
        old, new = by_place(before, attribute), by_place(after, attribute)
        deltas: defaultdict[str | None, float] = defaultdict(float)
        for place, delta_m2 in zip(rows[column], rows["delta_m2"], strict=True):
            deltas[place or None] += delta_m2
        for place in {*old, *new, *deltas}:
            assert deltas[place] == pytest.approx(float(new[place] - old[place]), abs=0.05)
    printed_before, printed_after = (totals(each).total["area_mu"] for each in (before, after))
    assert sum(rows["delta_mu"], Decimal("0.00")) == printed_after - printed_before
    parts = [Fraction(float(revitalised_parts(each)["done_m2"].sum())) for each in (before, after)]
    assert float(sum(rows["revitalised_m2"])) == pytest.approx(float(parts[1] - parts[0]), abs=1e-3)


@settings(max_examples=FEW)
@given(inventories("2022-06-28"), st.integers(1, 27), st.integers(1, 27))
def test_two_periods_in_a_row_are_one(inventory: Inventory, one: int, other: int) -> None:
    first, last = sorted((one, other))
    whole = changes(inventory, since=f"2022-06-{first:02}")
    parts = [
        changes(inventory, since=f"2022-06-{first:02}", until=f"2022-06-{last:02}"),
        changes(inventory, since=f"2022-06-{last + 1:02}"),
    ]
    done_m2 = sum(part["revitalised_m2"].sum() for part in parts)
    assert whole["revitalised_m2"].sum() == pytest.approx(done_m2, abs=1e-6)
    # Printed figures are differences of printed totals, so they add up over time as well.
    printed_mu = sum((each for part in parts for each in part["revitalised_mu"]), Decimal(0))
    assert sum(whole["revitalised_mu"], Decimal(0)) == printed_mu
    moved = {parcel for part in parts for parcel in part["parcel_id"]}
    assert set(whole["parcel_id"]) <= moved


@given(st.lists(st.tuples(st.sampled_from("abc"), st.fractions(-9000, 9000)), max_size=6),
       st.fractions(60_000, 90_000))  # fmt: skip
def test_printed_differences_add_up(parts: list[tuple[str, Fraction]], before: Fraction) -> None:
    deltas = [each for _, each in parts]
    figures = levelled(deltas, [group for group, _ in parts], before)
    after = before + sum(deltas, Fraction(0))
    assert sum(figures, Decimal(0)) == printed(after, MU) - printed(before, MU)
    for delta, figure in zip(deltas, figures, strict=True):
        assert abs(Fraction(figure) - delta / MU_M2) < Fraction(1, 50)
        assert delta or not figure
