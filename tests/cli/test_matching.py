"""The command match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest

from enping_gis.inventory import Inventory
from tests.plots import geojson, square

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADINGS = "项目编号,项目名称,用地需求（亩）,用地上限（亩）,最小宽度（m）,总投资（亿元）"


@pytest.fixture
def projects(tmp_path: Path) -> Path:
    path = tmp_path / "项目表.csv"
    lines = ["X1,甲厂,30,40,50,1.2", "X2,乙厂,100,120,,3", "X3,丙厂,9000,,,3", "X4,丁厂,五十,,,2"]
    path.write_text("\n".join([HEADINGS, *lines]), "utf-8")
    return path


def test_the_inventorys_own_projects(run: Callable[..., Any]) -> None:
    said = run("match", "--format", "json")
    assert said.code == 0
    document = said.json()
    meta = document["meta"]
    assert (meta["status"], meta["placed"], meta["unplaced"]) == ("optimal", 14, 36)
    assert (meta["complete"], meta["gap"], meta["bound"]) == (True, 0.0, meta["value"])
    assert meta["greedy"]["placed"] <= 14
    # Nearly all plots of the demonstration are made up, and rows and meta say so.
    assert meta["synthetic"] == 110
    rows = document["rows"]
    assert [row["placed"] for row in rows] == [True] * 14 + [False] * 36
    assert sum(row["synthetic"] for row in rows[:14]) >= 14
    assert {row["reason"] for row in rows[14:]} == {"has_land", "no_need"}
    assert "已证明这是最好的安排" in said.err
    assert "合成" in run("match", "--lang", "zh").err


def test_projects_of_a_file(run: Callable[..., Any], projects: Path, tmp_path: Path) -> None:
    out = tmp_path / "落地.gpkg"
    said = run("match", "--projects", projects, "--direction", "land", "-o", out,
               "--format", "json")  # fmt: skip
    assert said.code == 0
    document = said.json()
    assert (document["meta"]["unit"], document["meta"]["path"]) == ("mu", str(out))
    rows = {row["project_id"]: row for row in document["rows"]}
    assert 30 <= rows["X1"]["area_mu"] <= 40
    assert rows["X1"]["min_width_m"] >= 50
    assert (rows["X3"]["reason"], rows["X3"]["need_mu_max"]) == ("no_set", 9900)
    assert rows["X3"]["miss_mu"] < 0
    # A need that is no number is said to be none, with its cell.
    assert rows["X4"]["reason"] == "no_need"
    assert [(each["cell"], each["value"]) for each in document["findings"]] == [("C5", "五十")]
    layer = gpd.read_file(out)
    assert layer["project_id"].tolist() == ["X1", "X2"]
    assert layer["project"].tolist() == ["甲厂", "乙厂"]
    assert layer["parcel_ids"].tolist() == [rows[each]["parcel_ids"] for each in ("X1", "X2")]
    assert layer.geometry.notna().all()


def test_projects_of_a_workbook_and_of_an_inventory(
    run: Callable[..., Any], projects: Path, tmp_path: Path
) -> None:
    workbook, inventory = tmp_path / "项目.xlsx", tmp_path / "办.gpkg"
    pd.read_csv(projects).to_excel(workbook, index=False)
    Inventory.create(inventory)
    assert run("import", projects, "--inventory", inventory, "--table", "projects").code == 0
    found = [
        run("match", "--projects", each, "--format", "json").json()["meta"]
        for each in (projects, workbook, inventory)
    ]
    assert [(each["placed"], each["value"]) for each in found] == [(2, 4.2)] * 3


def test_a_layer_without_projects_needs_a_table(
    run: Callable[..., Any], tmp_path: Path, projects: Path
) -> None:
    plots = geojson(tmp_path / "plots.geojson", [square(0), square(1)], crs="EPSG:4546")
    assert run("match", plots, "--format", "json").json()["rows"] == []
    table = run("match", plots, "--projects", projects, "--lang", "en").out
    assert "Why not placed" in table
    assert "X1" in table


def test_what_cannot_be_proven_is_not_called_so(run: Callable[..., Any], tmp_path: Path) -> None:
    shapes = [square(column, row) for column in range(4) for row in range(4)]
    plots = geojson(tmp_path / "plots.geojson", shapes, crs="EPSG:4546")
    table = tmp_path / "p.csv"
    lines = [f"P{number},甲,44,46,," for number in range(6)]
    table.write_text("\n".join([HEADINGS, *lines]), "utf-8")
    said = run("match", plots, "--projects", table, "--max-sets", "2")
    assert said.code == 0
    assert "尚未证明最优" in said.err
    assert "--max-sets" in said.err
    assert "已给其他项目" in said.out


def test_wrong_words_are_one_line(run: Callable[..., Any], projects: Path, tmp_path: Path) -> None:
    turned = tmp_path / "turned.csv"
    turned.write_text(f"{HEADINGS}\nX1,甲厂,40,30,50,1.2\n", "utf-8")
    for words, seen in (
        (["--direction", "both"], "both"), (["--projects", turned], "X1"),
        (["--projects", tmp_path / "none.csv"], "none.csv"), (["--max-plots", "0"], "max_plots"),
        (["--town", "没有的镇"], "没有的镇"), (["--without", "没有的"], "没有的"),
        (["--projects", projects, "-o", projects], "项目表.csv"), (["--spare", "-1"], "-1"),
    ):  # fmt: skip
        said = run("match", *words)
        assert said.code == 2, words
        (line,) = said.err.strip().splitlines()
        assert seen in line


def test_what_was_matched_is_drawn(run: Callable[..., Any], tmp_path: Path) -> None:
    plan, page = tmp_path / "安排.gpkg", tmp_path / "安排.html"
    assert run("match", "-o", plan).code == 0
    said = run("map", "--assemblies", plan, "-o", page)
    assert said.code == 0
    assert "组合方案" in said.out
    assert said.out.split()[-1] == str(page.resolve())
    assert page.stat().st_size > 100_000
