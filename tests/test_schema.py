"""The tables are whole, and frames are brought into their shape without being changed."""

from __future__ import annotations

from typing import get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from enping_gis import vocabulary
from enping_gis._resources import shipped_json
from enping_gis.errors import SchemaError
from enping_gis.schema import (
    Column,
    ColumnType,
    Table,
    conformed,
    recognised_columns,
    table,
    tables,
)

TABLES = list(tables().values())
COLUMNS = [(each.name, column) for each in TABLES for column in each.columns]


def test_the_layer_model() -> None:
    assert set(tables()) == {
        "places", "parcels", "projects", "parcel_projects", "events",
        "targets", "agreements", "statements", "teams", "documents",
    }  # fmt: skip
    with_geometry = {each.name for each in TABLES if each.geometry is not None}
    assert with_geometry == {"places", "parcels"}
    with pytest.raises(SchemaError):
        table("no such table")


@pytest.mark.parametrize("each", TABLES, ids=lambda each: each.name)
def test_a_table_is_whole(each: Table) -> None:
    assert len(set(each.names)) == len(each.names)
    assert each.key is None or each.key in each.names
    record = shipped_json("schema.json")[each.name]
    assert set(record) - {"identity"} == {"geometry", "key", "columns"}
    assert each.identity, "rows that nothing names could not be imported twice"
    assert set(each.identity) <= set(each.names)
    for column in record["columns"]:
        assert set(column) <= {
            "name", "type", "zh", "en", "aliases", "vocabulary", "list", "required", "unit",
            "refers",
        }  # fmt: skip


@pytest.mark.parametrize(("_", "column"), COLUMNS, ids=lambda value: getattr(value, "name", value))
def test_a_column_is_whole(_: str, column: Column) -> None:
    assert column.type in get_args(ColumnType)
    assert column.zh.strip() == column.zh != ""
    assert column.en.strip() == column.en != ""
    assert column.heading("zh") == column.zh
    assert column.heading("en") == column.en
    assert column.vocabulary == "" or column.vocabulary in vocabulary.kinds()


@pytest.mark.parametrize("each", TABLES, ids=lambda each: each.name)
def test_no_wording_is_claimed_by_two_columns(each: Table) -> None:
    owner: dict[str, str] = {}
    for column in each.columns:
        for wording in (column.name, column.zh, *column.aliases):
            key = vocabulary.normalised(wording)
            assert owner.setdefault(key, column.name) == column.name, wording


def test_columns_are_recognised_however_written() -> None:
    own = ["ＤＫＢＨ", " 地块 名称", "镇街", "Shape_Leng", "面积（亩）"]
    assert recognised_columns("parcels", own) == {
        "parcel_id": "ＤＫＢＨ",
        "name": " 地块 名称",
        "town": "镇街",
        "stated_mu": "面积（亩）",
    }
    assert recognised_columns("parcels", []) == {}


def test_an_exact_name_wins_over_an_alias() -> None:
    assert recognised_columns("parcels", ["编号", "parcel_id"])["parcel_id"] == "parcel_id"
    assert recognised_columns("parcels", ["parcel_id", "编号"])["parcel_id"] == "parcel_id"
    first, second = table("parcels").columns[0].aliases[:2]
    assert recognised_columns("parcels", [second, first])["parcel_id"] == first


@pytest.mark.parametrize("each", TABLES, ids=lambda each: each.name)
def test_an_empty_frame_gets_every_column(each: Table) -> None:
    shaped = conformed(pd.DataFrame(), each.name)
    assert list(shaped.columns) == each.names
    assert shaped.empty


def test_cells_by_type() -> None:
    given = pd.DataFrame(
        {
            "stated_mu": ["150", "about 5", None],
            "schematic": ["是", "否", None],
            "valid_from": [pd.Timestamp("2022-02-24"), pd.NaT, None],
            "parcel_id": [7.0, "  a-1 ", ""],
            "their own": [1, 2, 3],
        }
    )
    before = given.copy()
    shaped = conformed(given, "parcels")
    pd.testing.assert_frame_equal(given, before)
    assert shaped["stated_mu"].iloc[0] == 150
    assert shaped["stated_mu"].iloc[1:].isna().all()
    assert shaped["schematic"].tolist() == [True, False, False]
    assert shaped["valid_from"].tolist() == ["2022-02-24", None, None]
    assert shaped["parcel_id"].tolist() == ["7", "a-1", None]
    assert shaped["name"].tolist() == [None, None, None]
    assert list(shaped.columns) == [*table("parcels").names, "their own"]


@pytest.mark.parametrize("yes", [True, 1, 1.0, "1", "true", "TRUE", " 是 ", "Y", "t", "yes"])
def test_yes(yes: object) -> None:
    assert conformed(pd.DataFrame({"schematic": [yes]}), "places")["schematic"].tolist() == [True]


@pytest.mark.parametrize("no", [False, 0, "0", "否", "", None, np.nan, pd.NA, pd.NaT, "no", "?"])
def test_no(no: object) -> None:
    assert conformed(pd.DataFrame({"schematic": [no]}), "places")["schematic"].tolist() == [False]


def test_geometry_and_crs_are_kept() -> None:
    given = gpd.GeoDataFrame({"place": ["1"]}, geometry=[Point(1, 2)], crs=4490, index=[9])
    shaped = conformed(given, "places")
    assert isinstance(shaped, gpd.GeoDataFrame)
    assert shaped.crs == given.crs
    assert shaped.index.tolist() == [9]
    assert shaped.geometry.iloc[0].equals(Point(1, 2))


def test_shaping_twice_changes_nothing() -> None:
    once = conformed(pd.DataFrame({"parcel_id": ["a", None], "stated_ha": [1.5, None]}), "parcels")
    pd.testing.assert_frame_equal(conformed(once, "parcels"), once)
