"""Files that are read are never written over, and a row that cannot count is no clean bill."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from enping_gis.check.checking import check
from enping_gis.check.mending.repair import repair
from enping_gis.cli import main
from enping_gis.errors import SchemaError
from enping_gis.inventory import Inventory
from enping_gis.measure.cutting.locating import NOWHERE, located

if TYPE_CHECKING:
    from pathlib import Path

PLOTS = gpd.GeoDataFrame(
    {"parcel_id": ["a", "b"], "stated_mu": [4.5, 4.5]},
    geometry=[shapely.box(0, 0, 60, 50), shapely.box(100, 0, 160, 50)],
    crs=4546,
).set_geometry("geometry")
PLOTS.geometry = PLOTS.translate(500_000, 2_450_000)


@pytest.fixture
def plots(tmp_path: Path) -> Path:
    path = tmp_path / "plots.gpkg"
    PLOTS.to_file(path)
    return path


@pytest.mark.parametrize("command", ["check", "repair", "read", "split"])
def test_the_output_is_never_the_input(
    plots: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = plots.read_bytes()
    options = {"repair": ["--rules", "G1"]}.get(command, [])
    assert main([command, str(plots), "-o", str(plots), *options, "--lang", "en"]) == 2
    assert "what is read here" in capsys.readouterr().err
    assert plots.read_bytes() == before


def test_a_ledger_and_a_folder_are_inputs_too(
    tmp_path: Path, plots: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "ledger.xlsx"
    pd.DataFrame({"宗地编号": ["a"], "面积（亩）": [4.5]}).to_excel(ledger, index=False)
    before = ledger.read_bytes()
    assert main(["check", str(plots), "--ledger", str(ledger), "-o", str(ledger)]) == 2
    folder = tmp_path / "folder"
    folder.mkdir()
    PLOTS.to_file(folder / "plots.shp")
    shape = (folder / "plots.shp").read_bytes()
    words = ["repair", str(folder), "--rules", "G1", "-o", str(folder / "plots.shp")]
    assert main(words) == 2
    assert main(["check", str(folder / "plots.shp"), "-o", str(folder / "plots.json")]) == 0
    assert ledger.read_bytes() == before
    assert (folder / "plots.shp").read_bytes() == shape
    capsys.readouterr()


def test_a_link_to_the_input_is_the_input(tmp_path: Path, plots: Path) -> None:
    link = tmp_path / "link.gpkg"
    link.symlink_to(plots)
    before = plots.read_bytes()
    assert main(["check", str(plots), "-o", str(link)]) == 2
    assert plots.read_bytes() == before


def test_a_shape_without_sides_does_not_hide_its_neighbours() -> None:
    flat = shapely.Polygon()
    town = shapely.box(-10, -10, 500, 500)
    shapes = np.array([flat, *PLOTS.translate(-500_000, -2_450_000)], dtype=object)
    home, *_ = located(shapes, np.array([town], dtype=object))
    assert home.tolist() == [NOWHERE, 0, 0]


def test_a_row_that_is_no_plot_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mixed = shapely.GeometryCollection([PLOTS.geometry[0], shapely.Point(500_000, 2_450_000)])
    path = tmp_path / "mixed.gpkg"
    line = shapely.LineString([(500_000, 2_450_000), (500_050, 2_450_000)])
    gpd.GeoDataFrame({"parcel_id": ["a", "c"]}, geometry=[mixed, line], crs=4546).to_file(path)
    code = main(["check", str(path), "--lang", "en"])
    out = capsys.readouterr()
    assert code == 1
    assert "no faults" not in out.out


def test_rules_that_name_nothing_are_refused(
    plots: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(plots), "--rules", ","]) == 2
    assert "G1" in capsys.readouterr().err


def test_an_area_below_nothing_is_said(tmp_path: Path) -> None:
    path = tmp_path / "negative.gpkg"
    PLOTS.assign(stated_mu=[4.5, -4.5], stated_ha=[0.3, 0.3]).to_file(path)
    found = check(Inventory.open(path), rules="A1,A2")
    assert found["case"].tolist() == ["area_negative"]
    assert found["parcel_ids"].tolist() == ["b"]


def test_a_code_that_a_ledger_repeats_is_one_finding(tmp_path: Path, plots: Path) -> None:
    ledger = tmp_path / "ledger.xlsx"
    rows = {"宗地编号": ["a", "a", "b"], "面积（亩）": [4.5, 4.6, 4.5]}
    pd.DataFrame(rows).to_excel(ledger, index=False)
    found = check(Inventory.open(plots), rules="L1", ledger=ledger)
    assert found["case"].tolist() == ["ledger_repeated"]
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_a_repair_into_degrees_says_what_that_costs(
    tmp_path: Path, plots: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.geojson"
    assert main(["repair", str(plots), "--rules", "G1", "-o", str(out), "--lang", "en"]) == 0
    assert "rounded degrees" in capsys.readouterr().err
    assert main(["repair", str(plots), "--rules", "G1", "-o", str(tmp_path / "out.gpkg")]) == 0
    assert "rounded degrees" not in capsys.readouterr().err


def test_two_columns_of_ids_are_refused() -> None:
    twice = pd.concat([PLOTS, PLOTS[["parcel_id"]]], axis=1)
    with pytest.raises(SchemaError, match="parcel_id"):
        repair(twice, rules="G1")
