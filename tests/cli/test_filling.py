"""The commands that make and fill inventories: new, import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from enping_gis.inventory import Inventory
from tests.plots import geojson, layer, shapefile, square
from tests.viewer import unpacking

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    frame = layer(4, 编号=list("abcd"), 镇街=["大槐镇", "甲镇", "乙镇", None],
                  状态=["在建", "已供地", None, None])  # fmt: skip
    return shapefile(tmp_path / "我的 文件" / "地块 清单.shp", frame.to_crs(4525), cpg=None)


def test_three_commands(run: Callable[..., Any], source: Path, tmp_path: Path) -> None:
    file, page = tmp_path / "台账 一.gpkg", tmp_path / "图.html"
    said = run("new", file)
    assert (said.code, said.out.splitlines()[-1]) == (0, str(file))
    said = run("import", source, "--inventory", file)
    assert said.code == 0
    assert "甲镇" in said.err
    assert "乙镇" in said.err
    assert "GB18030" in said.err
    said = run("map", file, "-o", page)
    assert said.code == 0
    assert "在建" in set(unpacking.texts(unpacking.data_of(page.read_text("utf-8"))))
    rows = run("totals", file, "--format", "json").json()["rows"]
    assert [(row["label"], row["parcels"]) for row in rows] == [("大槐镇", 1), ("未载明", 3)]
    # a square of the projection, 1.2 degrees from its meridian, is 0.036 % smaller on the ground
    assert [row["area_ha"] for row in rows] == pytest.approx([0.9996, 2.9989], abs=2e-4)
    rows = run("totals", file, "--by", "status", "--format", "json").json()["rows"]
    assert [(row["key"], row["parcels"]) for row in rows] == [
        ("supplied", 1), ("building", 1), ("unknown", 2),
    ]  # fmt: skip


def test_importing_again_says_so(run: Callable[..., Any], source: Path, tmp_path: Path) -> None:
    file = tmp_path / "i.gpkg"
    run("new", file)
    first = run("import", source, "--inventory", file, "--format", "json").json()
    again = run("import", source, "--inventory", file, "--format", "json").json()
    assert first["rows"] == [
        {"table": "parcels", "change": "added", "rows": 4},
        {"table": "parcels", "change": "updated", "rows": 0},
        {"table": "parcels", "change": "unchanged", "rows": 0},
        {"table": "parcels", "change": "kept_aside", "rows": 0},
        {"table": "events", "change": "added", "rows": 2},
    ]
    assert [row["rows"] for row in again["rows"]] == [0, 0, 4, 0, 0]
    assert len(Inventory.open(file).events) == 2


def test_a_dry_run_writes_nothing(run: Callable[..., Any], source: Path, tmp_path: Path) -> None:
    file = tmp_path / "i.gpkg"
    run("new", file)
    before, names = file.read_bytes(), sorted(tmp_path.iterdir())
    said = run("import", source, "--inventory", file, "--dry-run", "--format", "json")
    assert said.code == 0
    assert said.json()["meta"]["dry_run"] is True
    assert said.json()["rows"][0]["rows"] == 4
    assert file.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == names


def test_rows_left_out_end_in_exit_code_1(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "i.gpkg"
    run("new", file)
    path = geojson(tmp_path / "a.geojson", [square(), None], crs="EPSG:4546")
    said = run("import", path, "--inventory", file, "--format", "json")
    assert said.code == 1
    document = said.json()
    assert [row["rows"] for row in document["rows"]] == [1, 0, 0, 1, 0]
    assert [(f["rule"], f["row"]) for f in document["findings"]] == [("geometry_missing", 2)]
    assert len(Inventory.open(file).parcels) == 1
    assert run("totals", path).code == 0  # other commands tell, and go on


def test_own_places(run: Callable[..., Any], source: Path, tmp_path: Path) -> None:
    file = tmp_path / "i.gpkg"
    run("new", file)
    path = geojson(tmp_path / "乡镇.geojson", [square(0, side_m=5000)],
                   [{"code": "440785199", "name": "甲镇"}], crs="EPSG:4546")  # fmt: skip
    said = run("import", path, "--inventory", file, "--table", "places")
    assert said.code == 0
    assert "横陂镇" in said.err  # stays a sketch
    run("import", source, "--inventory", file)
    rows = run("totals", file, "--format", "json").json()["rows"]
    assert "甲镇" in [row["label"] for row in rows]


def test_a_copy_of_the_demonstration(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "d.gpkg"
    document = run("new", file, "--demo", "--format", "json").json()
    assert document["meta"]["parcels"] == 119
    assert {row["table"]: row["rows"] for row in document["rows"]}["places"] == 12
    total = run("totals", file, "--format", "json").json()["meta"]
    assert (total["total"]["area_mu"], total["as_of"]) == (8605.84, "2023-03-30")
    assert total["synthetic"] == 110
