"""A ledger joins plots by code or name; nothing on either side is lost in silence."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.intake.meaning.joining import joined
from enping_gis.schema import conformed
from tests.plots import layer

WHERE = {"file": "a.xlsx", "layer": "台账"}


def plots(**columns: list[Any]) -> gpd.GeoDataFrame:
    return conformed(layer(len(next(iter(columns.values()))), **columns), "parcels")


def ledger(**columns: list[Any]) -> pd.DataFrame:
    return conformed(pd.DataFrame(columns), "parcels")


def test_a_row_belongs_to_the_plot_of_its_code() -> None:
    before = plots(parcel_id=["a", "b"], name=["甲", "乙"], 备注=["x", None])
    rows = ledger(parcel_id=["Ｂ ", "a"], stated_mu=[2.0, 1.0], 备注=[None, "y"], 电话=["1", None])
    kept = before.copy()
    after, findings = joined(before, rows)
    assert after["parcel_id"].tolist() == ["a", "b"]
    assert after["stated_mu"].tolist() == [1.0, 2.0]
    assert after["备注"].tolist()[0] == "y"
    assert after["电话"].tolist() == [None, "1"]
    assert after["name"].tolist() == ["甲", "乙"]
    assert after.geometry.equals(before.geometry)
    assert after.crs == before.crs
    assert [(each.rule, each.field, each.severity) for each in findings] == [
        ("ledger_replaced", "备注", "info")
    ]
    pd.testing.assert_frame_equal(before, kept)


def test_without_a_code_the_only_plot_of_its_name() -> None:
    before = plots(parcel_id=["a", "b"], name=["甲", "乙"], aliases=[None, "丙;丁"])
    after, findings = joined(before, ledger(name=["丁", "甲 "], holder=["X", "Y"]))
    assert after["holder"].tolist() == ["Y", "X"]
    # An alias by which a plot was found is no new name for it.
    assert after["name"].tolist() == ["甲", "乙"]
    assert after["aliases"].tolist() == [None, "丙;丁"]
    assert findings == ()


def test_a_new_name_of_a_coded_plot_leaves_the_old_one_among_the_aliases() -> None:
    before = plots(parcel_id=["a"], name=["甲"], aliases=["丙"])
    after, findings = joined(before, ledger(parcel_id=["a"], name=["丁"]))
    assert (after["name"][0], after["aliases"][0]) == ("丁", "丙;甲")
    assert [each.rule for each in findings] == ["ledger_replaced"]


def test_what_fits_nothing_or_too_much_is_named() -> None:
    before = plots(parcel_id=["a", "b", "c"], name=["同", "同", "丙"])
    rows = ledger(
        parcel_id=[None, "c", "c", "z"], name=["同", None, None, None], holder=list("wxyz")
    )
    after, findings = joined(before, rows, where=WHERE, rows=[4, 5, 6, 7])
    assert after["holder"].tolist() == [None, None, "x"]
    assert [(each.rule, each.row, each.parcel) for each in findings] == [
        ("ledger_ambiguous", 4, ""),
        ("ledger_repeated", 6, "c"),
        ("ledger_unmatched", 7, "z"),
        ("parcel_unmatched", None, "a"),
        ("parcel_unmatched", None, "b"),
    ]
    assert {each.severity for each in findings} == {"warning"}
    assert all((each.file, each.layer) == ("a.xlsx", "台账") for each in findings)
    assert "a, b" in findings[0].message("zh")


def test_row_numbers_are_no_codes() -> None:
    before = plots(parcel_id=["2", "3"], name=["甲", "乙"])
    rows = ledger(parcel_id=["2", "3"], name=["乙", "甲"], holder=["B", "A"])
    assert joined(before, rows)[0]["holder"].tolist() == ["B", "A"]
    assert joined(before, rows, numbered=True)[0]["holder"].tolist() == ["A", "B"]


def test_a_flag_that_the_ledger_lacks_stays() -> None:
    before = plots(parcel_id=["a"], schematic=[True])
    after, _ = joined(before, ledger(parcel_id=["a"]))
    assert after["schematic"].tolist() == [True]


def test_an_empty_ledger_and_no_plots() -> None:
    before = plots(parcel_id=["a"])
    after, findings = joined(before, ledger(parcel_id=[]))
    assert after["parcel_id"].tolist() == ["a"]
    assert [each.rule for each in findings] == ["parcel_unmatched"]
    after, findings = joined(before.iloc[:0], ledger(parcel_id=["a"], holder=["x"]))
    assert after.empty
    assert [each.rule for each in findings] == ["ledger_unmatched"]


CODES = st.lists(st.sampled_from(["a", "b", "c", "d", None]), max_size=6)


@given(st.lists(st.sampled_from("abcd"), unique=True), CODES)
def test_it_agrees_with_a_merge_of_pandas(ids: list[str], codes: list[str | None]) -> None:
    before = conformed(gpd.GeoDataFrame(layer(len(ids)), crs=4546).assign(parcel_id=ids), "parcels")
    rows = ledger(parcel_id=codes, holder=[f"h{n}" for n in range(len(codes))])
    after, findings = joined(before, rows)
    first = rows.dropna(subset="parcel_id").drop_duplicates("parcel_id")
    expected = before[["parcel_id"]].merge(first[["parcel_id", "holder"]], how="left")
    found = [None if pd.isna(each) else each for each in expected["holder"]]
    assert [each or None for each in after["holder"]] == found
    used = sum(each is not None for each in found)
    assert len(findings) == (len(ids) - used) + (len(codes) - used)
