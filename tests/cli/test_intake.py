"""The command that says what a file is, and converts it: read."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from enping_gis.inventory import Inventory
from tests.plots import geojson, layer, shapefile, square

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    frame = layer(3, 编号=list("abc"), 名称=["肯达", "鑫发", "道氏"], 备注=["甲", None, "丙"])
    return shapefile(tmp_path / "我的 文件" / "地块 清单.shp", frame.to_crs(4525), cpg=None)


def test_what_a_file_is(run: Callable[..., Any], source: Path) -> None:
    said = run("read", source)
    assert said.code == 0
    for word in ("GB18030", "EPSG:4525", "文件声明", "ESRI Shapefile"):
        assert word in said.out
    document = run("read", source, "--format", "json").json()
    (row,) = document["rows"]
    assert (row["driver"], row["encoding"], row["encoding_how"]) == (
        "ESRI Shapefile", "GB18030", "detected",
    )  # fmt: skip
    assert (row["how"], row["rows_in"], row["rows_out"], row["parcels"]) == ("declared", 3, 3, 3)
    assert row["area_m2"] == pytest.approx(30_000, rel=1e-3)
    assert document["meta"]["command"] == "read"
    assert document["meta"]["crs"].startswith("EPSG:4546")
    assert [each["rule"] for each in document["findings"]] == ["encoding_detected"]


@pytest.mark.parametrize(
    "name",
    ["出.gpkg", "出.shp", "出.geojson", "出.txt", "出.kml", "出.kmz", "出.dxf", "出.fgb",
     "出.parquet", "出.csv", "出.gdb"],
)  # fmt: skip
def test_a_file_goes_out_and_comes_back(
    run: Callable[..., Any], source: Path, tmp_path: Path, name: str
) -> None:
    said = run("read", source, "-o", tmp_path / name)
    assert said.code == 0
    assert said.out.splitlines()[-1] == str(tmp_path / name)
    again = run("read", tmp_path / name, "-o", tmp_path / "again.gpkg")
    assert again.code == 0
    back = gpd.read_file(tmp_path / "again.gpkg").sort_values("name", ignore_index=True)
    here = layer(3, name=["肯达", "鑫发", "道氏"]).sort_values("name", ignore_index=True)
    assert back["name"].tolist() == here["name"].tolist()
    apart = shapely.hausdorff_distance(back.geometry.to_numpy(), here.geometry.to_numpy())
    assert apart.max() < 1e-3


def test_a_ledger_is_joined_on_the_way(
    run: Callable[..., Any], source: Path, tmp_path: Path
) -> None:
    ledger = tmp_path / "台账.csv"
    ledger.write_text("名称,使用权人,面积\n肯达,某公司,20.5亩\n无此,乙,1公顷\n", "utf-8")
    out = tmp_path / "out.gpkg"
    said = run("read", source, "--ledger", ledger, "-o", out, "--format", "json")
    found = {each["rule"]: each for each in said.json()["findings"]}
    assert found["ledger_unmatched"]["row"] == 3
    assert {"ledger_unmatched", "parcel_unmatched"} <= set(found)
    stored = gpd.read_file(out).set_index("parcel_id")
    assert (stored.loc["a", "holder"], stored.loc["a", "stated_mu"]) == ("某公司", 20.5)
    assert len(stored) == 3


def test_a_row_kept_aside_ends_with_one(run: Callable[..., Any], tmp_path: Path) -> None:
    source = geojson(tmp_path / "a.geojson", [square(), None, square(2)], crs="EPSG:4546")
    said = run("read", source, "--format", "json")
    assert said.code == 1
    (row,) = said.json()["rows"]
    assert (row["rows_in"], row["rows_out"]) == (3, 2)
    assert [(each["rule"], each["row"]) for each in said.json()["findings"]] == [
        ("geometry_missing", 2)
    ]


def test_a_folder_and_a_zip_of_towns(run: Callable[..., Any], tmp_path: Path) -> None:
    for number, town in enumerate(("大槐", "君堂")):
        shapefile(tmp_path / "各镇" / f"{town}.shp", layer(number + 1, 编号=[*"ab"][: number + 1]))
    with zipfile.ZipFile(tmp_path / "各镇.zip", "w") as archive:
        for each in sorted((tmp_path / "各镇").iterdir()):
            archive.write(each, f"资料/{each.name}")
    for source in (tmp_path / "各镇", tmp_path / "各镇.zip"):
        document = run("read", source, "--format", "json").json()
        assert sorted(row["parcels"] for row in document["rows"]) == [1, 2]
        assert {each["rule"] for each in document["findings"]} >= {"layers_together", "id_repeated"}


def test_options_win(run: Callable[..., Any], tmp_path: Path) -> None:
    bare = shapefile(tmp_path / "a.shp", layer(1, 编号=["a"]), encoding="UTF-8", cpg=None)
    bare.with_suffix(".prj").unlink()
    row = run("read", bare, "--crs", "EPSG:4546", "--encoding", "utf-8", "--format", "json").json()
    assert (row["rows"][0]["how"], row["rows"][0]["encoding_how"]) == ("option", "option")
    for words in (["--encoding", "klingon"], ["--county", "1,2,3"], ["--crs", "x"],
                  ["--county", "112,22,111,23"], ["--layer", "无"]):  # fmt: skip
        said = run("read", bare, *words)
        assert said.code == 2
        assert len(said.err.splitlines()) == 1


def test_another_county(run: Callable[..., Any], tmp_path: Path) -> None:
    # A plot near 兰州, zone 35 without a word on the system.
    plot = shapely.box(35_400_000, 3_990_000, 35_400_100, 3_990_100)
    source = geojson(tmp_path / "a.geojson", [plot])
    assert run("read", source).code == 2
    said = run("read", source, "--county", "103.5,35.8,104.2,36.4", "--format", "json").json()
    assert "EPSG:4523" in said["rows"][0]["crs"]


def test_a_dry_run_says_what_would_change(
    run: Callable[..., Any], source: Path, tmp_path: Path
) -> None:
    file = tmp_path / "i.gpkg"
    run("new", file)
    run("import", source, "--inventory", file)
    frame = layer(2, 编号=["a", "z"], 名称=["改名", "新地"]).to_crs(4525)
    other = shapefile(tmp_path / "b.shp", frame)
    said = run("import", other, "--inventory", file, "--dry-run")
    assert "肯达" in said.err
    assert "改名" in said.err
    assert Inventory.open(file).parcels["name"].tolist() == ["肯达", "鑫发", "道氏"]
    meta = run("import", other, "--inventory", file, "--dry-run", "--format", "json").json()["meta"]
    assert {(each["key"], each["change"]) for each in meta["details"]} >= {
        ("a", "updated"), ("z", "added"),
    }  # fmt: skip
