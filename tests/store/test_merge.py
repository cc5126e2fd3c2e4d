"""An import updates what is there, adds what is new, and touches nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from enping_gis.schema import conformed
from enping_gis.store.chain import chained
from enping_gis.store.merge import appended, merged, opening_events
from tests.plots import layer, square

NOW = datetime(2023, 3, 30, 9, tzinfo=UTC)


def test_rows_are_updated_by_their_key_and_added_at_the_end() -> None:
    old = layer(3, k=["a", "b", "c"], name=["A", "B", "C"])
    new = gpd.GeoDataFrame(
        {"k": ["d", "c", "a"], "name": ["D", "C2", "A"]},
        geometry=[square(9), square(2), square(0)],
        crs=4546,
    )
    result = merged(old, new, "k")
    assert (result.added, result.updated, result.unchanged) == (["d"], ["c"], ["a"])
    assert result.frame["k"].tolist() == ["a", "b", "c", "d"]
    assert result.frame["name"].tolist() == ["A", "B", "C2", "D"]
    assert isinstance(result.frame, gpd.GeoDataFrame)
    assert result.frame.crs.to_epsg() == 4546


def test_columns_that_one_side_has() -> None:
    old = layer(2, k=["a", "b"], kept=["x", "y"], n=[1, 2])
    new = layer(2, k=["a", "c"], added=["p", "q"], flag=[True, False])
    frame = merged(old, new, "k").frame.set_index("k")
    assert frame.loc["a", "kept"] == "x"
    assert frame.loc["a", "added"] == "p"
    assert frame.loc["b", "kept"] == "y"
    assert pd.isna(frame.loc["b", "added"])
    assert pd.isna(frame.loc["c", "kept"])
    assert frame["n"].tolist()[:2] == [1, 2]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ([1.0, None], [1, None]),
        (["1", None], [1, None]),
        (["True", "x"], [True, "x"]),
        ([None, None], [float("nan"), pd.NA]),
        (pd.to_datetime(["2023-01-01", None]).tolist(), [pd.Timestamp("2023-01-01"), pd.NaT]),
    ],
)
def test_equal_cells_of_other_types_are_no_change(stored: list[Any], read: list[Any]) -> None:
    result = merged(layer(2, k=["a", "b"], v=stored), layer(2, k=["a", "b"], v=read), "k")
    assert result.unchanged == ["a", "b"]


def test_a_shape_that_moved_is_a_change() -> None:
    old = layer(1, k=["a"])
    new = old.set_geometry(old.translate(1e-3))
    assert merged(old, new, "k").updated == ["a"]
    assert merged(old, old.set_geometry(old.translate(1e-8)), "k").unchanged == ["a"]


def test_empty_sides() -> None:
    none, one = layer(1, k=["a"], name=["A"]).iloc[:0], layer(1, k=["a"], name=["A"])
    assert merged(none, one, "k").frame["name"].tolist() == ["A"]
    assert merged(one, none, "k").frame["name"].tolist() == ["A"]
    assert merged(none, none, "k").frame.crs.to_epsg() == 4546


def test_inputs_are_not_changed() -> None:
    old, new = layer(1, k=["a"], v=[1]), layer(2, k=["a", "b"], v=[2, 3])
    before = old.copy(), new.copy()
    merged(old, new, "k")
    pd.testing.assert_frame_equal(pd.DataFrame(old), pd.DataFrame(before[0]))
    pd.testing.assert_frame_equal(pd.DataFrame(new), pd.DataFrame(before[1]))


def test_a_stated_status_becomes_an_event_where_it_is_new() -> None:
    plots = pd.DataFrame(
        {"parcel_id": list("abcd"), "status_stated": ["已盘活", "整治中", "谁知道", None]}
    )
    now = pd.Series({"a": "surveyed", "b": "remediating"})
    opening = opening_events(plots, now, date(2023, 3, 30), "a.shp")
    told = ["parcel_id", "date", "kind", "status", "note", "document"]
    assert opening[told].to_numpy().tolist() == [
        ["a", "2023-03-30", "imported", "revitalised", "已盘活", "a.shp"]
    ]


def test_new_events_are_chained_onto_the_last() -> None:
    none = conformed(pd.DataFrame(), "events")
    new = conformed(pd.DataFrame({"parcel_id": list("abc"), "kind": "visit"}), "events")
    first = appended(none, new, "office", NOW)
    assert first["event_id"].is_unique
    assert first["prev_hash"].tolist() == [None, *first["hash"][:-1]]
    assert first["recorded_at"].tolist() == ["2023-03-30T09:00:00+00:00"] * 3
    second = appended(first, new, "office", NOW)
    assert second["prev_hash"][3] == first["hash"][2]
    # the whole chain computed anew says the same
    pd.testing.assert_series_equal(chained(second)["hash"], second["hash"])


def test_tampering_stays_visible() -> None:
    none = conformed(pd.DataFrame(), "events")
    new = conformed(pd.DataFrame({"parcel_id": ["a"], "kind": "visit"}), "events")
    first = appended(none, new, "office", NOW)
    tampered = first.assign(kind="producing")
    after = appended(tampered, new, "office", NOW)
    assert after["hash"][0] == first["hash"][0]
    assert chained(after)["hash"][0] != after["hash"][0]
    assert after["prev_hash"][1] == first["hash"][0]


def test_each_origin_has_its_own_chain() -> None:
    none = conformed(pd.DataFrame(), "events")
    new = conformed(pd.DataFrame({"parcel_id": ["a"], "kind": "visit"}), "events")
    both = appended(appended(none, new, "east", NOW), new, "west", NOW)
    assert both["prev_hash"].tolist() == [None, None]
    third = appended(both, new, "east", NOW)
    assert third["prev_hash"][2] == third["hash"][0]


def test_a_clock_set_back_does_not_break_the_chain() -> None:
    none = conformed(pd.DataFrame(), "events")
    new = conformed(pd.DataFrame({"parcel_id": ["a"], "kind": "visit"}), "events")
    first = appended(none, new, "office", NOW)
    later = appended(first, new, "office", datetime(2020, 1, 1, tzinfo=UTC))
    assert later["recorded_at"][1] > later["recorded_at"][0]
    pd.testing.assert_series_equal(chained(later)["hash"], later["hash"])


def test_nothing_new_changes_nothing() -> None:
    none = conformed(pd.DataFrame(), "events")
    some = appended(none, conformed(pd.DataFrame({"kind": ["visit"]}), "events"), "x", NOW)
    pd.testing.assert_frame_equal(appended(some, none, "x", NOW), some)
