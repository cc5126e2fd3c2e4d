"""Commitments against what was put back to use: figures by hand, and those of the article."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from enping_gis import changes, progress
from enping_gis.errors import InputError
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.commitments import target_findings
from enping_gis.lifecycle.dividing import divided
from enping_gis.lifecycle.done import revitalised_parts
from enping_gis.lifecycle.merging import merged_plots
from enping_gis.lifecycle.targets import COLUMNS
from tests.lifecycle.offices import ENCHENG, HENGPI, PARK, done, event, office

if TYPE_CHECKING:
    from collections.abc import Mapping

YEAR = {"period": "2023", "deadline": "2023-12-31"}


def figures(inventory: Inventory, place: str = "", period: str = "2023") -> Mapping[str, Any]:
    rows = progress(inventory, period=period)
    return rows[rows["place"] == place].iloc[0].to_dict()


# The golden case.


@pytest.fixture(scope="module")
def demo() -> pd.DataFrame:
    return progress(Inventory.demo(), lang="zh")


@pytest.mark.parametrize(
    ("period", "said", "mark"),
    [
        ("2023", ["2000.00", "39.65", "487.67", "-305.33"], "ontime"),
        ("2023Q1", ["500.00", "158.60", "494.44", "-298.56"], "met"),
    ],
)
def test_the_figures_of_the_article(
    demo: pd.DataFrame, period: str, said: list[str], mark: str
) -> None:
    """793 of 2000 mu by 30 March 2023; 2000 x 89 / 365 days = 487.67 mu are due."""
    county = demo[(demo["period"] == period) & (demo["place"] == "")].iloc[0]
    assert county["done_mu"] == Decimal("793.00")
    assert county["parcels"] == 9
    figures_said = county[["commitment_mu", "percent", "due_mu", "behind_mu"]].tolist()
    assert figures_said == [Decimal(figure) for figure in said]
    assert county["mark"] == mark
    assert county["post"] == "领导小组组长"
    assert county["label"] == "全市"


def test_the_parts_add_up_in_print(demo: pd.DataFrame) -> None:
    assert tuple(demo.columns) == COLUMNS
    for _, rows in demo.groupby("period"):
        county, parts = rows.iloc[-1], rows.iloc[:-1]
        assert county["place"] == ""
        assert sum(parts["done_mu"]) == county["done_mu"]
        assert sum(parts["parcels"]) == county["parcels"]
        assert sum(parts["done_m2"]) == pytest.approx(county["done_m2"], abs=1e-6)
        for name in ("commitment_mu", "due_mu", "behind_mu"):
            printed = [figure for figure in parts[name] if isinstance(figure, Decimal)]
            assert not printed or sum(printed) == county[name], name


def test_each_row_names_who_answers_and_the_plots(demo: pd.DataFrame) -> None:
    park = demo[(demo["period"] == "2023") & (demo["place"] == PARK)].iloc[0]
    assert park["team"] == "恩平工业园工作专班"
    assert park["post"] == "主要负责岗位"
    assert park["parcel_ids"].split(";") == ["EP023", "EP039", "EP045"]
    assert park["basis"] == "synthetic"
    unasked = demo[(demo["period"] == "2022") & (demo["place"] == PARK)].iloc[0]
    assert unasked["mark"] == "notset"
    assert pd.isna(unasked["commitment_mu"])
    assert unasked["deadline"] is None


def test_by_town_the_plots_of_parks_count_where_they_lie() -> None:
    rows = progress(Inventory.demo(), by="town", period="2023")
    assert PARK not in set(rows["place"])
    assert rows.iloc[-1]["done_mu"] == Decimal("793.00")
    assert sum(rows["done_mu"].iloc[:-1]) == Decimal("793.00")


# By hand.


def test_what_is_due_runs_evenly_and_marks_follow() -> None:
    """Of 365 mu a year, on 30 March 89 mu are due; nine tenths of them are 80.10."""
    places = [ENCHENG, HENGPI, "440785101", "440785102", "440785103"]
    amounts = [89.0, 80.1, 80.09, 365.0, 0.0]
    plots = {
        f"p{n}": {"mu": 400, "responsible": place, "town": place} for n, place in enumerate(places)
    }
    inventory = office(
        plots,
        [done(f"p{n}", "2023-02-01", mu) for n, mu in enumerate(amounts) if mu],
        targets=[YEAR | {"place": place, "area_mu": 365} for place in places],
    )
    rows = progress(inventory, period="2023").set_index("place").loc[places]
    assert rows["due_mu"].tolist() == [Decimal("89.00")] * 5
    assert rows["mark"].tolist() == ["ontime", "near", "late", "met", "late"]
    assert [str(each) for each in rows["behind_mu"]] == ["0.00", "8.90", "8.91", "-276.00", "89.00"]
    assert str(rows["percent"].iloc[1]) == "21.95"  # 80.10 / 365 = 21.945 %
    # The county has no commitment of its own: it has the sum.
    assert figures(inventory)["commitment_mu"] == Decimal("1825.00")
    assert figures(inventory)["due_mu"] == Decimal("445.00")


def test_a_year_of_four_quarters_is_due_quarter_by_quarter() -> None:
    quarters = [100, 200, 300, 400]
    targets = [YEAR | {"area_mu": 1000, "place": ENCHENG}] + [
        {"period": f"2023Q{n}", "area_mu": mu, "place": ENCHENG}
        for n, mu in enumerate(quarters, start=1)
    ]
    inventory = office({"a": {}}, targets=targets, as_of="2023-05-16")
    # 46 of the 91 days of the second quarter: 100 + 200 x 46 / 91.
    assert figures(inventory, ENCHENG)["due_mu"] == Decimal("201.10")
    assert figures(inventory, ENCHENG, "2023Q2")["due_mu"] == Decimal("101.10")
    assert figures(inventory, ENCHENG, "2023Q1")["due_mu"] == Decimal("100.00")
    # Without the fourth nobody knows what the year asks of each day but its own line.
    partly = office({"a": {}}, targets=targets[:-1], as_of="2023-05-16")
    assert figures(partly, ENCHENG)["due_mu"] == Decimal("372.60")  # 1000 x 136 / 365
    wrong = office({"a": {}}, targets=[targets[0] | {"area_mu": 999}, *targets[1:]],
                   as_of="2023-12-31")  # fmt: skip
    assert figures(wrong, ENCHENG)["due_mu"] == Decimal("999.00")


@pytest.mark.parametrize(
    ("as_of", "needed"),
    [
        ("2022-12-31", "100.00"),  # twelve months
        ("2023-03-31", "133.33"),  # nine
        ("2023-03-30", "132.86"),  # nine and a day of 31
        ("2023-12-15", "1200.00"),  # no more than all in the month that is left
        ("2023-12-31", "nan"),  # nothing can be done any more
    ],
)
def test_what_each_month_needs(as_of: str, needed: str) -> None:
    inventory = office({"a": {}}, targets=[YEAR | {"area_mu": 1200}], as_of=as_of)
    assert str(figures(inventory)["needed_per_month_mu"]) == needed


def test_what_is_met_needs_nothing_more() -> None:
    inventory = office({"a": {}}, [done("a", "2023-01-05", 15)], targets=[YEAR | {"area_mu": 15}])
    county = figures(inventory)
    assert (county["mark"], str(county["needed_per_month_mu"])) == ("met", "0.00")
    past = inventory.on("2024-06-30")
    assert str(figures(past)["needed_per_month_mu"]) == "0.00"


def test_an_event_without_area_is_of_what_was_left() -> None:
    plots: dict[str, dict[str, Any]] = {"a": {"mu": 30}, "b": {"mu": 30, "stated_mu": 28.0}}
    inventory = office(
        plots,
        [done("a", "2023-01-05", 10), done("a", "2023-02-05"), done("a", "2023-02-06"),
         done("b", "2023-01-07")],
        targets=[YEAR | {"area_mu": 100}],
    )  # fmt: skip
    parts = revitalised_parts(inventory)
    assert (parts["done_m2"] * 3 / 2000).round(6).tolist() == [10, 28, 20, 0]
    assert figures(inventory)["done_mu"] == Decimal("58.00")
    assert figures(inventory)["parcels"] == 2


def test_what_was_taken_back_or_comes_later_does_not_count() -> None:
    events = [
        done("a", "2023-01-05", 5, event_id="one"),
        event("a", "2023-02-01", "corrected", corrects_id="one"),
        done("a", "2023-02-01", 4),
        done("a", "2023-03-31", 3),
        done("a", "2022-12-31", 2),
        done("nobody", "2023-02-01", 9),
    ]
    inventory = office({"a": {}}, events, targets=[YEAR | {"area_mu": 10}])
    assert figures(inventory)["done_mu"] == Decimal("4.00")
    assert figures(inventory.on("2023-01-31"))["done_mu"] == Decimal("5.00")
    assert figures(inventory, period="2022")["done_mu"] == Decimal("2.00")


def test_a_plot_divided_counts_once() -> None:
    """The parts carry the old plot's events on, so what was done counts there from then on."""
    plots: dict[str, dict[str, Any]] = {
        "a": {"mu": 30, "valid_to": "2023-03-01"},
        "a-1": {"parents": "a", "valid_from": "2023-03-01"},
        "a-2": {"parents": "a", "valid_from": "2023-03-01"},
        "gone": {"valid_to": "2023-02-20"},
    }
    events = [
        done("a", "2023-02-01", 12), done("a-1", "2023-02-01", 6),
        done("a-2", "2023-02-01", 6, event_id="wrong"), done("a-1", "2023-03-10", 9),
        done("gone", "2023-02-02", 5), event("a-2", "2023-03-20", "corrected", corrects_id="wrong"),
    ]  # fmt: skip
    inventory = office(plots, events, targets=[YEAR | {"area_mu": 100}])
    assert figures(inventory.on("2023-03-19"))["done_mu"] == Decimal("26.00")
    assert figures(inventory.on("2023-03-19"))["parcel_ids"] == "a-1;a-2;gone"
    assert figures(inventory.on("2023-02-28"))["done_mu"] == Decimal("17.00")
    assert figures(inventory.on("2023-02-28"))["parcel_ids"] == "a;gone"
    # What turns out to be wrong is taken back where it counts.
    assert figures(inventory)["done_mu"] == Decimal("20.00")


def test_what_is_divided_and_merged_leaves_the_figures_as_they_were() -> None:
    demo = Inventory.demo()
    whole = demo.parcels.set_index("parcel_id").loc["EP002"].geometry
    west, south, east, north = whole.bounds
    line = shapely.linestrings([[((west + east) / 2, south), ((west + east) / 2, north)]])
    after = divided(demo, "EP002", line, day="2023-03-01")
    after = merged_plots(after, ["EP004", "EP010"], day="2023-03-02")
    assert len(after.parcels) == len(demo.parcels)
    columns = ["period", "place", "done_mu", "percent", "mark"]
    assert progress(after)[columns].equals(progress(demo)[columns])
    told = changes(after, since="2023-03-01")
    parted = told[told["change"].isin(["split", "merged"])]
    assert sorted(parted["parcel_id"]) == [
        "EP002", "EP002-1", "EP002-2", "EP004", "EP004+EP010", "EP010",
    ]  # fmt: skip
    assert sum(parted["delta_mu"]) == 0
    assert parted["revitalised_mu"].unique().tolist() == [Decimal("0.00")]


def test_nobody_who_answers_is_a_row_of_its_own() -> None:
    inventory = office(
        {"a": {"responsible": None, "town": None}}, [done("a", "2023-01-05", 5)],
        targets=[YEAR | {"area_mu": 10}],
    )  # fmt: skip
    row = figures(inventory, "unknown")
    assert (row["done_mu"], row["mark"], row["label"]) == (Decimal("5.00"), "notset", "未载明")
    other = office({"a": {}}, targets=[YEAR | {"area_mu": 10}])
    assert "unknown" not in set(progress(other)["place"])


def test_late_plots_are_those_with_a_promise_overdue() -> None:
    inventory = office(
        {"a": {}, "b": {}, "c": {"responsible": HENGPI}},
        [event("b", "2023-01-15", "construction")],
        targets=[YEAR | {"area_mu": 10}, {"period": "2022", "area_mu": 5}],
        agreements=[
            {"parcel_id": parcel, "indicator": "start_by", "agreed": agreed}
            for parcel, agreed in (("a", 20230131), ("b", 20230131), ("c", 20230331))
        ],
    )
    assert figures(inventory, ENCHENG)["late_parcel_ids"] == "a"
    assert figures(inventory, HENGPI)["late_parcels"] == 0
    assert figures(inventory)["late_parcels"] == 1
    assert figures(inventory, ENCHENG, "2022")["late_parcels"] == 0
    assert figures(inventory.on("2023-04-01"), HENGPI)["late_parcels"] == 1


def test_periods_are_read_as_offices_write_them_and_the_rest_is_named() -> None:
    targets = [
        {"period": "2023年第一季度", "area_mu": 50, "place": "440785"},
        {"period": "soon", "area_mu": 50},
        {"period": "2023", "area_mu": -1},
    ]
    inventory = office({"a": {}}, targets=targets)
    assert set(progress(inventory)["period"]) == {"2023Q1"}
    assert progress(inventory).iloc[-1]["commitment_mu"] == Decimal("50.00")
    found = target_findings(inventory)
    assert [(each.row, each.field) for each in found] == [(2, "period"), (3, "area_mu")]
    assert "soon" in found[0].message("en")


def test_other_words_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="street"):
        progress(Inventory.demo(), by="street")  # type: ignore[arg-type]  # a word that is not there
    with pytest.raises(InputError, match="spring"):
        progress(Inventory.demo(), period="spring")


def test_nothing_promised_nothing_shown() -> None:
    assert progress(office({"a": {}})).empty
    assert figures(office({"a": {}}), period="2023")["mark"] == "notset"


# Whatever is recorded.


MU = st.integers(0, 100_000).map(lambda hundredths: hundredths / 300)


@settings(max_examples=settings().max_examples // 5)
@given(
    st.lists(st.tuples(st.sampled_from([ENCHENG, HENGPI, PARK, None]), MU), max_size=8),
    st.lists(MU, min_size=3, max_size=3),
    st.dates(pd.Timestamp("2022-12-01").date(), pd.Timestamp("2024-01-31").date()),
)
def test_printed_parts_add_up_to_the_printed_county(
    parts: list[tuple[str | None, float]],
    asked: list[float],
    day: Any,  # noqa: ANN401 - a date
) -> None:
    plots = {f"p{n}": {"mu": 300, "responsible": place} for n, (place, _) in enumerate(parts)}
    inventory = office(
        plots or {"p0": {}},
        [done(f"p{n}", "2023-01-15", mu) for n, (_, mu) in enumerate(parts)],
        targets=[YEAR | {"place": place, "area_mu": mu}
                 for place, mu in zip([ENCHENG, HENGPI, PARK], asked, strict=True)],
        as_of=day.isoformat(),
    )  # fmt: skip
    rows = progress(inventory, period="2023")
    county, places = rows.iloc[-1], rows.iloc[:-1]
    assert sum(places["done_mu"]) == county["done_mu"]
    given_mu = places[places["mark"] != "notset"]
    for name in ("commitment_mu", "due_mu"):
        total = sum(given_mu[name])
        assert total == (county[name] if isinstance(county[name], Decimal) else 0)
    for row in given_mu.to_dict("records"):
        assert row["behind_mu"] == row["due_mu"] - row["done_mu"]
        assert (row["mark"] == "met") == (row["done_mu"] >= row["commitment_mu"])
