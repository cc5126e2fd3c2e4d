"""The words of a file in the standard columns, and nothing of its own lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from enping_gis.errors import ParcelError
from enping_gis.intake.meaning.wording import found_parcel, found_place, place_codes
from enping_gis.inventory import Inventory
from tests.plots import geojson, layer, shapefile, square

if TYPE_CHECKING:
    from pathlib import Path

    from enping_gis.errors import EnpingError


def known(error: EnpingError) -> str:
    """Return the candidates that an error lists."""
    return str(dict(error.values)["known"])


def opened(path: Path, *rows: dict[str, Any]) -> Inventory:
    """Open a GeoJSON of squares with these properties."""
    squares = [square(2 * number) for number in range(len(rows))]
    source = geojson(path / "a.geojson", squares, list(rows), crs="EPSG:4546")
    return Inventory.open(source)


def test_columns_of_an_office_are_understood(tmp_path: Path) -> None:
    row = {
        "地块编号": "A-1", "地块名称": "肯达", "乡镇": "大槐", "责任单位": "园区",
        "权利人": "某公司", "低效类型": "批而未供", "处置方式": "收储", "存在问题": "抵押、资金",
        "状态": "整治中", "亩数": "21.22", "建筑面积": 12, "备注": "自留",
    }  # fmt: skip
    inventory = opened(tmp_path, row)
    plot = inventory.parcels.iloc[0]
    assert plot["parcel_id"] == "A-1"
    assert (plot["name"], plot["holder"]) == ("肯达", "某公司")
    assert (plot["town"], plot["responsible"]) == ("440785108", "440785400")
    assert (plot["category"], plot["disposal"]) == ("approved_unsupplied", "purchase")
    assert plot["blockers"] == "mortgage;funding"
    assert (plot["stated_mu"], plot["floor_area_m2"]) == (21.22, 12)
    assert (plot["备注"], plot["乡镇"]) == ("自留", "大槐")
    assert inventory.findings == ()
    assert inventory.events["status"].tolist() == ["remediating"]


def test_what_is_not_understood_is_named_and_kept(tmp_path: Path) -> None:
    inventory = opened(
        tmp_path,
        {"id": "a", "town": "{0} 镇", "category": "其他", "亩数": "二十亩多", "valid_from": "春天"},
        {"id": "b", "town": "大槐镇", "category": None, "亩数": "1", "valid_from": "2023-01-05"},
    )
    found = {(f.rule, f.parcel, f.field, f.value) for f in inventory.findings}
    assert found == {
        ("place_unknown", "a", "town", "{0} 镇"),
        ("term_unknown", "a", "category", "其他"),
        ("number_unread", "a", "stated_mu", "二十亩多"),
        ("date_unread", "a", "valid_from", "春天"),
    }
    for finding in inventory.findings:  # braces in a value are no placeholders
        assert finding.value in finding.message("zh") or finding.rule == "term_unknown"
        assert finding.cure("en")
    first = inventory.tables["parcels"].iloc[0]
    assert first["town"] is None
    assert first["town_as_read"] == "{0} 镇"
    assert first["stated_mu_as_read"] == "二十亩多"
    assert pd.isna(first["stated_mu"])


def test_ids_are_unique_and_every_change_is_named(tmp_path: Path) -> None:
    ids = ["a", "a", None, "", "a~2", "row-3"]
    inventory = opened(tmp_path, *({"id": each} for each in ids))
    given = inventory.parcels["parcel_id"].tolist()
    assert len(set(given)) == 6
    assert (given[0], given[4], given[5]) == ("a", "a~2", "row-3")
    assert [(f.rule, f.row) for f in inventory.findings] == [
        ("id_repeated", 2),
        ("id_missing", 3),
        ("id_missing", 4),
    ]


def test_without_an_id_column_plots_are_numbered(tmp_path: Path) -> None:
    inventory = opened(tmp_path, {"note": "x"}, {"note": "y"})
    assert inventory.parcels["parcel_id"].tolist() == ["1", "2"]
    assert [(f.rule, f.severity) for f in inventory.findings] == [("id_numbered", "info")]


def test_long_ids_keep_all_their_digits(tmp_path: Path) -> None:
    one, two = "4407850012345678901", "4407850012345678902"
    for rows in ([{"id": one}, {"id": two}], [{"id": int(one)}, {"id": int(two)}]):
        inventory = opened(tmp_path, *rows)
        assert inventory.parcels["parcel_id"].tolist() == [one, two]
        assert inventory.findings == ()


def test_ids_that_lost_their_digits_are_named(tmp_path: Path) -> None:
    frame = layer(2, id=[4407850012345678901.0, 4407850012345678902.0])
    inventory = Inventory.open(shapefile(tmp_path / "a.shp", frame))
    found = [f.rule for f in inventory.findings]
    assert found.count("id_inexact") == 2
    assert found.count("id_repeated") == 1
    assert len(inventory.parcels) == 2
    whole = Inventory.open(shapefile(tmp_path / "b.shp", layer(2, id=[12.0, 13.0])))
    assert whole.parcels["parcel_id"].tolist() == ["12", "13"]
    assert whole.findings == ()


def test_columns_that_differ_by_case_or_are_reserved(tmp_path: Path) -> None:
    row = {"id": "a", "NAME": "upper", "name": "lower", "fid": 7, "geom": "g", "Geometry": "G"}
    inventory = opened(tmp_path, row)
    plot = inventory.parcels.iloc[0]
    assert plot["name"] == "lower"
    assert plot["NAME_2"] == "upper"
    assert (plot["fid_2"], plot["geom_2"], plot["Geometry_2"]) == (7, "g", "G")
    empty = Inventory.create(tmp_path / "i.gpkg")
    full, _ = empty.with_import(tmp_path / "a.geojson")
    full.save(tmp_path / "i.gpkg")
    again = Inventory.open(tmp_path / "i.gpkg")
    assert list(again.parcels.columns) == list(full.parcels.columns)
    _, done = again.with_import(tmp_path / "a.geojson")
    assert done.changes.set_index("change")["rows"].to_dict()["unchanged"] == 1


def test_a_name_in_capitals_is_the_name(tmp_path: Path) -> None:
    inventory = opened(tmp_path, {"ID": "a", "NAME": "x"})
    assert inventory.parcels[["parcel_id", "name"]].to_numpy().tolist() == [["a", "x"]]
    assert "NAME" not in inventory.parcels


@pytest.mark.parametrize(
    ("wording", "code"),
    [
        ("大槐镇", "440785108"), ("大槐", "440785108"), ("440785108", "440785108"),
        ("440785108000", "440785108"), ("恩城街道办事处", "440785001"),
        ("Dahuai Town", "440785108"),
        ("恩平工业园区", "440785400"), (" 大 槐 镇 ", "440785108"), ("大槐县", None), ("", None),
    ],
)  # fmt: skip
def test_how_places_are_written(wording: str, code: str | None) -> None:
    codes = place_codes(Inventory.demo().places)
    assert codes.get("".join(wording.casefold().split())) == code


def test_a_short_name_of_two_places_is_nobodys() -> None:
    places = pd.DataFrame({"place": ["1", "2", "3"], "name": ["甲镇", "甲镇", "乙镇"]})
    codes = place_codes(places)
    assert {"甲镇", "甲"}.isdisjoint(codes)
    assert (codes["乙镇"], codes["乙"], codes["2"]) == ("3", "3", "2")


def test_a_place_is_found_or_those_there_are_listed() -> None:
    places = Inventory.demo().places
    assert found_place(places, "恩平工业园") == ("440785400", "responsible")
    assert found_place(places, "大槐") == ("440785108", "town")
    with pytest.raises(ParcelError, match="大槐镇"):
        found_place(places, "没有")


def test_a_plot_is_found_by_id_then_name_then_part() -> None:
    plots = pd.DataFrame(
        {
            "parcel_id": ["1", "2", "3", "4"],
            "name": ["木业", "木业二期", "1", "木业二期"],
            "aliases": [None, "蛟龙;智造", "", None],
        }
    )
    assert found_parcel(plots, "1") == "1"  # an id before a name
    assert found_parcel(plots, "木业") == "1"  # a whole name before a part of one
    assert found_parcel(plots, "智造") == "2"
    assert found_parcel(plots, "蛟") == "2"
    with pytest.raises(ParcelError) as caught:
        found_parcel(plots, "木业二期")
    assert known(caught.value) == "2 木业二期, 4 木业二期"
    for wording in ("", " ", "没有"):
        with pytest.raises(ParcelError):
            found_parcel(plots, wording)


def test_many_candidates_are_cut_short() -> None:
    plots = pd.DataFrame({"parcel_id": map(str, range(9)), "name": "x", "aliases": None})
    with pytest.raises(ParcelError, match="9") as caught:
        found_parcel(plots, "x")
    assert known(caught.value).endswith("7 x, …")


def test_places_with_exclaves_are_one_row(tmp_path: Path) -> None:
    town = {"XZQDM": "440785108000", "XZQMC": "大槐镇"}
    rows: list[dict[str, Any]] = [town, town, {"XZQDM": None, "XZQMC": "无名"}]
    path = geojson(
        tmp_path / "乡镇.geojson", [square(), square(3), square(6)], rows, crs="EPSG:4546"
    )
    inventory = Inventory.create(tmp_path / "i.gpkg")
    after, done = inventory.with_import(path, into="places")
    assert done.changes.set_index("change")["rows"].to_dict() == {
        "added": 0, "updated": 1, "unchanged": 0, "kept_aside": 1,
    }  # fmt: skip
    mine = after.places.set_index("place").loc["440785108"]
    assert mine.geometry.equals(shapely.MultiPolygon([square(), square(3)]))
    assert [f.rule for f in after.findings] == ["place_code", "places_schematic"]


def test_a_layer_written_from_the_demonstration_is_input(tmp_path: Path) -> None:
    demo = Inventory.demo()
    shuffled = demo.parcels.sample(frac=1, random_state=3).reset_index(drop=True)
    shuffled["parcel_id"] = ["X" + each for each in shuffled["parcel_id"]]
    shuffled.to_file(tmp_path / "copy.gpkg")
    copy = Inventory.open(tmp_path / "copy.gpkg")
    assert copy.findings == ()
    assert isinstance(copy.parcels, gpd.GeoDataFrame)
    pd.testing.assert_frame_equal(
        pd.DataFrame(copy.parcels.drop(columns="geometry")),
        pd.DataFrame(shuffled.drop(columns="geometry")),
        check_dtype=False,
    )
    assert shapely.equals_exact(copy.parcels.geometry, shuffled.geometry, 1e-6).all()
    aliased = demo.parcels.loc[demo.parcels["aliases"].notna()].iloc[0]
    for alias in aliased["aliases"].split(";"):
        assert copy.parcel(alias) == "X" + aliased["parcel_id"]


def test_full_width_ids_become_plain_and_the_column_stays(tmp_path: Path) -> None:
    inventory = opened(tmp_path, {"地块编号": "４４０７－１"}, {"地块编号": "4407-2"})
    assert inventory.parcels["parcel_id"].tolist() == ["4407-1", "4407-2"]
    assert inventory.parcels["地块编号"].tolist() == ["４４０７－１", "4407-2"]
    assert [(f.rule, f.value) for f in inventory.findings] == [("id_full_width", "４４０７－１")]


@pytest.mark.parametrize("office", ["大槐镇人民政府", "大槐镇政府", "恩平市大槐镇人民政府"])
def test_the_office_of_a_town_is_the_town(office: str) -> None:
    assert place_codes(Inventory.demo().places)[office] == "440785108"


def test_the_lower_part_of_a_header_in_two_rows_counts(tmp_path: Path) -> None:
    inventory = opened(tmp_path, {"id": "a", "位置/所在镇街": "大槐镇"})
    assert inventory.parcels["town"].tolist() == ["440785108"]
