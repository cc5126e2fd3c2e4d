"""The command that repairs what is asked for, in a new file: repair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely

from enping_gis.inventory import Inventory
from enping_gis.reading import read
from tests.plots import EAST_M, NORTH_M, geojson

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = [
    "rule", "outcome", "parcel_id", "other_ids", "before_m2", "after_m2", "change_m2",
    "gained_m2", "lost_m2", "message_zh", "message_en",
]  # fmt: skip


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(EAST_M + west, NORTH_M + south, EAST_M + east, NORTH_M + north)


@pytest.fixture
def plots(tmp_path: Path) -> Path:
    """Return a file of plots: a and b overlap by 80 m2, between b and c is a gap of 40 m2."""
    shapes = [box(0, 0, 60, 80), box(59, 0, 99, 80), box(99.5, 0, 130, 80)]
    rows = [{"id": name} for name in "abc"]
    return geojson(tmp_path / "plots.geojson", shapes, rows, crs="EPSG:4546")


def test_rows_and_file(run: Callable[..., Any], plots: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gpkg"
    said = run("repair", plots, "--rules", "t1,T2", "--to", "larger", "-o", out, "--format", "json")
    assert said.code == 0
    meta, rows = said.json()["meta"], said.json()["rows"]
    assert [list(row) for row in rows] == [ROWS] * 2
    assert [(row["rule"], row["parcel_id"], row["change_m2"]) for row in rows] == [
        ("T1", "b", -80.0), ("T2", "b", 40.0),
    ]  # fmt: skip
    wanted = {"rules": ["T1", "T2"], "to": ["larger"], "parcels": 3, "changed": 1, "removed": 0,
              "left": 0, "moved_m2": 120.0, "change_m2": -40.0, "path": str(out)}  # fmt: skip
    assert {name: meta[name] for name in wanted} == wanted
    assert read(out).parcels.geometry.area.round(6).tolist() == [4800.0, 3160.0, 2440.0]
    assert "120.00" in said.err


def test_the_table_speaks_both_languages(
    run: Callable[..., Any], plots: Path, tmp_path: Path
) -> None:
    words = ["repair", plots, "--rules", "T1", "--to", "a", "-o"]
    chinese = run(*words, tmp_path / "zh.gpkg")
    assert (chinese.code, "已归后者" in chinese.out, "已修改" in chinese.out) == (0, True, True)
    english = run(*words, tmp_path / "en.gpkg", "--lang", "en")
    assert "−80.00" in english.out or "-80.00" in english.out
    assert english.out.rstrip().endswith("en.gpkg")


def test_nothing_to_repair_is_said(run: Callable[..., Any], plots: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    said = run("repair", plots, "--rules", "G1", "-o", out, "--lang", "en")
    assert (said.code, said.out) == (0, f"{out}\n")
    assert "nothing to repair" in said.err


def test_what_is_left_is_no_failure(run: Callable[..., Any], tmp_path: Path) -> None:
    shapes = [box(0, 0, 60, 80)] * 2
    plots = geojson(tmp_path / "p.geojson", shapes, [{"id": "a"}, {"id": "b"}], crs="EPSG:4546")
    out = tmp_path / "out.geojson"
    said = run("repair", plots, "--rules", "T1", "--to", "a", "-o", out, "--format", "csv")
    assert said.code == 0
    assert said.out.splitlines()[1].startswith("T1,left,b,a,4800")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--rules", "T1", "--to", "larger"], "-o"),
        (["--rules", "T1", "-o", "out.gpkg"], "larger"),
        (["-o", "out.gpkg"], "--rules"),
        (["--rules", "L1", "-o", "out.gpkg"], "L1"),
        (["--rules", "T1", "--to", "z", "-o", "out.gpkg"], "z"),
        (["--rules", "T1", "--to", "a", "--max-moved", "79", "-o", "out.gpkg"], "80.00"),
        (["--rules", "T1", "--to", "a", "--max-each", "-1", "-o", "out.gpkg"], "-1"),
        (["--rules", "G1", "-o", "plots.geojson"], "plots.geojson"),
    ],
)
def test_wrong_use_is_one_line_and_writes_nothing(
    run: Callable[..., Any],
    plots: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(plots.parent)
    before = plots.read_bytes()
    for lang in ("zh", "en"):
        said = run("repair", plots, *words, "--lang", lang)
        assert (said.code, said.out) == (2, "")
        assert told in said.err
        assert len(said.err.splitlines()) == 1
    assert [path.name for path in plots.parent.iterdir()] == ["plots.geojson"]
    assert plots.read_bytes() == before


def test_an_inventory_stays_as_it_is(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "own.gpkg"
    Inventory.create(file, demo=True)
    before = file.read_bytes()
    words = ["repair", file, "--rules", "G1", "-o"]
    assert run(*words, file).code == 2
    linked = tmp_path / "link.gpkg"
    linked.hardlink_to(file)
    assert run(*words, linked).code == 2
    assert run(*words, tmp_path / "out.gpkg").code == 0
    assert file.read_bytes() == before
