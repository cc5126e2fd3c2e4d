"""The fold of arrays is the fold one by one: at every date, in any order, plot by plot."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enping_gis.cells import UNREADABLE, as_moments
from enping_gis.inventory import Inventory
from enping_gis.measure.standing import stated_m2, status_on
from enping_gis.measure.totals import totals
from enping_gis.schema import conformed
from enping_gis.status import event_days, faulty_events, folded, standing_events
from enping_gis.vocabulary import terms
from tests.folding import counting, day_of, folded_one_by_one, moment_of
from tests.plots import events

if TYPE_CHECKING:
    from collections.abc import Sequence

# Some tests fold many times for each example.
FEW = settings().max_examples // 3
KINDS = [term.code for term in terms("event_kind")]
FIRST = date(2022, 2, 27)
DAYS = [
    "2022-02-27", "2022-02-28", "2022-02-28T20:00:00Z", "2022-03-01", "20220301",
    "2022-03-01T23:59", "2022-03-02T00:30:00+09:00", "2022-W09-3", " 2022-03-02 ", "2022-02-30",
    "2022-03-02T24:61:00+08:00", "spring", "", None,
]  # fmt: skip
MOMENTS = [
    "2022-03-05T09:00:00+08:00", "2022-03-05T01:00:00Z", "2022-03-05T09:00:00", "2022-03-05", "",
    "2022-03-05T09:00:00.5+08:00", "2022-03-05T08:59:59+08:00", "2022-03-05T09:00:00-12:00", None,
    "2022-02-30T09:00:00+08:00", "earlier",
]  # fmt: skip
ODD = [
    20220301, 2.5, True, "\ud800", "0001-01-01T00:00+08:00", "9999-12-31T23:59:59-08:00",
    "2022-03-05t09:00:00+08:00",
]  # fmt: skip
PLOTS = pd.Series({"a": 1000.0, "b": 600.0, "c": np.nan, "d": 0.0})
LEDGER = pd.Series({"a": 990.0, "b": np.nan, "c": 600.0, "d": 0.0})


def table_of(seed: int, count: int, dates: Sequence[Any] = DAYS) -> pd.DataFrame:
    """Make events of four plots, of strangers and of the programme, some taking back others."""
    random = Random(seed)  # noqa: S311 - no secret is made
    ids = [f"e{number:02}" for number in range(count)]
    random.shuffle(ids)
    usual = ["revitalised", "litigating", "settled", "corrected", "imported"] * 4
    choices: dict[str, Sequence[Any]] = {
        "parcel_id": ["a", "a", "b", "c", "d", "stranger", None],
        "date": dates,
        "date_basis": ["stated", None],
        "kind": [*usual, *KINDS, "unheard of", None],
        "status": [None, "disputed", "supplied", "unknown", "no status"],
        "area_m2": [np.nan, 0.1, 0.2, 300.0, 996.7, 5000.0, 0.0, -5.0],
        "recorded_at": MOMENTS,
        "corrects_id": [*ids, None],
    }
    rows = [
        {"event_id": random.choice([each, each, each, None])}
        | {name: random.choice(cells) for name, cells in choices.items()}
        for each in ids
    ]
    return conformed(pd.DataFrame(rows, index=range(5, 5 + count)), "events")


def tables(dates: Sequence[Any] = DAYS) -> st.SearchStrategy[pd.DataFrame]:
    """Draw a seed, not every cell: that would take most of the time."""
    return st.builds(table_of, st.integers(0, 2**32), st.integers(0, 14), st.just(dates))


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Compare to the last bit; an empty cell is None or NaN."""
    assert list(one.columns) == list(other.columns)
    assert one.index.equals(other.index)
    for column in one:
        left, right = (frame[column].astype(object).tolist() for frame in (one, other))
        pairs = zip(left, right, strict=True)
        assert all(a == b or (pd.isna(a) and pd.isna(b)) for a, b in pairs), (column, left, right)


@given(tables(), st.integers(0, 5))
def test_arrays_fold_as_one_by_one(table: pd.DataFrame, later: int) -> None:
    day = FIRST + timedelta(days=later)
    before = table.copy(deep=True)
    for ledger in (None, LEDGER):
        assert_same(folded(table, day, PLOTS, ledger), folded_one_by_one(table, day, PLOTS, ledger))
    expected = [row["event_id"] for row in counting(table, day)]
    assert standing_events(table, day)["event_id"].tolist() == expected
    assert [each or None for each in event_days(table)] == [day_of(cell) for cell in table["date"]]
    pd.testing.assert_frame_equal(table, before)


@settings(max_examples=FEW)
@given(tables(), st.integers(0, 2**32))
def test_the_order_of_rows_does_not_matter(table: pd.DataFrame, seed: int) -> None:
    table = table[table["event_id"].notna()]  # events without a name keep the order of the file
    rows = list(range(len(table)))
    Random(seed).shuffle(rows)  # noqa: S311 - see above
    day = FIRST + timedelta(days=9)
    assert_same(folded(table.iloc[rows], day, PLOTS, LEDGER), folded(table, day, PLOTS, LEDGER))


@settings(max_examples=FEW)
@given(tables(dates=[each for each in DAYS if day_of(each)]))
def test_from_scratch_is_the_same_as_day_by_day(table: pd.DataFrame) -> None:
    """What was there is kept for plots that a day leaves alone; the others are folded anew."""
    plots = table.set_index("event_id")["parcel_id"].dropna()
    kept = folded(table.iloc[:0], FIRST, PLOTS, LEDGER)
    days = event_days(table)
    for later in range(5):
        day = FIRST + timedelta(days=later)
        today = table[days == day.isoformat()]
        # A correction touches the plot of what it corrects, too, and so on along a chain.
        touched, names = set(today["parcel_id"].dropna()), set(today["corrects_id"].dropna())
        for _ in range(len(table)):
            more = table.loc[table["event_id"].isin(names), "corrects_id"].dropna()
            names |= set(more)
        touched |= {plots[name] for name in names if name in plots.index}
        here = PLOTS.index.isin(list(touched))
        anew = folded(table, day, PLOTS[here], LEDGER[here])
        kept = pd.concat([kept[~here].astype(object), anew.astype(object)]).loc[PLOTS.index]
        assert_same(kept, folded(table, day, PLOTS, LEDGER).astype(object))


@settings(max_examples=FEW)
@given(tables(dates=["2022-02-27", "2022-02-28", "2022-03-01"]))
def test_one_event_more_is_the_fold_of_the_plot_alone(table: pd.DataFrame) -> None:
    """What a store does with each event: fold the one plot again, leave the others."""
    table = table[table["kind"] != "corrected"]
    day = FIRST + timedelta(days=9)
    kept = folded(table.iloc[:0], day, PLOTS, LEDGER).astype(object)
    for count, parcel in enumerate(table["parcel_id"], start=1):
        if parcel in PLOTS.index:
            own = table.iloc[:count][(table["parcel_id"] == parcel).iloc[:count]]
            kept.loc[parcel] = folded(own, day, PLOTS[[parcel]], LEDGER[[parcel]]).loc[parcel]
    assert_same(kept, folded(table, day, PLOTS, LEDGER).astype(object))


@settings(max_examples=FEW)
@given(tables(), st.integers(0, 13), st.integers(0, 5))
def test_an_event_taken_back_was_never_there(table: pd.DataFrame, which: int, later: int) -> None:
    table = table[(table["kind"] != "corrected") & table["event_id"].notna()]
    day = FIRST + timedelta(days=later)
    if which >= len(table) or event_days(table).iloc[which] is None:
        return
    wrong = table.iloc[[which]]
    cure = {"event_id": "z", "kind": "corrected", "corrects_id": wrong["event_id"].iloc[0]}
    both = pd.concat([table, events(cure | {"date": wrong["date"].iloc[0]})], ignore_index=True)
    without = table.drop(index=wrong.index)
    assert_same(folded(both, day, PLOTS, LEDGER), folded(without, day, PLOTS, LEDGER))
    undone = events(
        {"event_id": "zz", "kind": "corrected", "corrects_id": "z", "date": "2022-03-09"}
    )
    thrice = pd.concat([both, undone], ignore_index=True)
    last = date(2022, 3, 9)
    assert_same(folded(thrice, last, PLOTS, LEDGER), folded(table, last, PLOTS, LEDGER))


@settings(max_examples=FEW)
@given(tables(dates=["2022-02-27", "2022-02-28", "2022-03-01"]))
def test_done_and_rest_are_the_plot(table: pd.DataFrame) -> None:
    before_m2 = pd.Series(0.0, index=PLOTS.index)
    table = table[table["kind"] != "corrected"]
    for later in range(4):
        rows = folded(table, FIRST + timedelta(days=later), PLOTS, LEDGER)
        known = rows[rows["area_m2"].notna()]
        sums_m2 = (known["done_m2"] + known["rest_m2"]).tolist()
        assert sums_m2 == pytest.approx(known["area_m2"].tolist())
        assert (rows["done_m2"].fillna(0) >= before_m2).all()  # what is done stays done
        before_m2 = rows["done_m2"].fillna(0)


@given(st.lists(st.sampled_from([*DAYS, *MOMENTS, *ODD])))
def test_moments_are_read_as_one_by_one(cells: list[object]) -> None:
    found = as_moments(pd.Series(cells, dtype="object"))
    alone = [as_moments(pd.Series([cell], dtype="object"))[0] for cell in cells]
    assert found.tolist() == alone
    written = [cell for cell in cells if isinstance(cell, str) and cell[:4] not in {"0001", "9999"}]
    moments = as_moments(pd.Series(written, dtype="object"))
    for cell, moment in zip(written, moments, strict=True):
        text = moment_of(cell)
        if not text:
            assert moment == UNREADABLE
        else:
            assert np.datetime64(int(moment), "us") == np.datetime64(text[:26])


def test_a_date_at_the_end_of_time_stops_nothing() -> None:
    table = events(
        {"date": "0001-01-01T00:00:00+09:00", "kind": "agreed"},
        {"date": "9999-12-31T23:59:59-08:00", "kind": "producing"},
    )
    assert (
        folded(table, date(9999, 12, 31), pd.Series({"a": 1.0})).loc["a", "status"] == "remediating"
    )


def test_since_is_the_day_in_china() -> None:
    table = events({"date": "2022-03-01T20:00:00Z", "kind": "agreed"})
    assert folded(table, date(2022, 3, 2), pd.Series({"a": 1.0})).loc["a", "since"] == "2022-03-02"


def test_the_demonstration_is_folded_alike_on_every_day() -> None:
    """Golden: 119 plots, 8,605.84 mu; 793 mu revitalised in the first quarter of 2023."""
    demo = Inventory.demo()
    standing = status_on(demo)
    ledger = stated_m2(demo.parcels).set_axis(standing.index)
    days = sorted(set(event_days(demo.events)))
    assert len(days) > 100
    for day in [*map(date.fromisoformat, days[::9]), demo.as_of]:
        both = [fold(demo.events, day, standing["area_m2"], ledger)
                for fold in (folded, folded_one_by_one)]  # fmt: skip
        assert_same(*both)
    assert totals(demo, "status").total["area_mu"] == totals(demo).total["area_mu"]


def test_faulty_events_are_named_among_many() -> None:
    table = events(*({"date": "2022-02-27", "kind": "visit"} for _ in range(2000)))
    table.loc[7, "date"] = "2022-02-30"
    table.loc[9, "kind"] = "unheard of"
    table.loc[11, "parcel_id"] = "gone"
    found = [each.as_row() for each in faulty_events(table, ["a"], "f")]
    assert [row["rule"] for row in found] == ["event_orphan", "event_date", "event_kind"]
    assert [row["value"] for row in found[1:]] == ["2022-02-30", "unheard of"]
