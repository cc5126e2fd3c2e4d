"""Wrong use ends in one line that says what and how to cure it, and exit code 2."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from enping_gis.inventory import Inventory
from tests.plots import geojson, layer, shapefile, square

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VRT = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>s.csv</SrcDataSource>'


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder of what goes wrong."""
    folder = tmp_path_factory.mktemp("wrong")
    Inventory.create(folder / "ours.gpkg")
    layer(2, id=["a", "b"]).to_file(folder / "theirs.gpkg")
    for name in ("vrt.geojson", "vrt.gpkg", "vrt.shp"):
        (folder / name).write_text(VRT)
    for name in ("zero.gpkg", "zero.shp", "zero.geojson"):
        (folder / name).write_bytes(b"")
    (folder / "text.txt").write_text("hello")
    (folder / "folder.gpkg").mkdir()
    layer(2, id=["a", "b"]).to_file(folder / "theirs2.gpkg")
    layer(9, id=list(range(9))).to_file(folder / "cut.gpkg")
    shapefile(folder / "cut.shp", layer(9, id=list(range(9))))
    geojson(folder / "cut.geojson", [square(n) for n in range(9)])
    for name, keep_bytes in (("cut.gpkg", 30_000), ("cut.shp", 60), ("cut.geojson", 500)):
        content = (folder / name).read_bytes()
        assert len(content) > keep_bytes
        (folder / name).write_bytes(content[:keep_bytes])
    geojson(folder / "nowhere.geojson", [square(900_001), square(900_000)])
    shapefile(folder / "xian.shp", layer().set_crs(2383, allow_override=True))
    shapefile(folder / "beijing.shp", layer().set_crs(2415, allow_override=True))
    geojson(folder / "ok.geojson", [square()], crs="EPSG:4546")
    geojson(folder / "far.geojson", [shapely.box(5e5, 5.4e6, 500_100, 5_400_100)],
            crs="EPSG:32633")  # fmt: skip
    geojson(folder / "twice.geojson", [square(), square()], crs="EPSG:4546")
    (folder / "file").write_text("")
    (folder / "bare").mkdir()
    return folder


CASES = {
    "missing file": ["totals", "{}/missing.gpkg"],
    "missing folder": ["totals", "{}/no/missing.shp"],
    "text": ["totals", "{}/text.txt"],
    "folder": ["totals", "{}/folder.gpkg"],
    "a folder of nothing": ["totals", "{}/bare"],
    "VRT as GeoJSON": ["totals", "{}/vrt.geojson"],
    "VRT as GeoPackage": ["map", "{}/vrt.gpkg", "-o", "{}/m.html"],
    "VRT as Shapefile": ["contacts", "{}/vrt.shp"],
    "zero GeoPackage": ["totals", "{}/zero.gpkg"],
    "zero Shapefile": ["totals", "{}/zero.shp"],
    "zero GeoJSON": ["totals", "{}/zero.geojson"],
    "cut GeoPackage": ["totals", "{}/cut.gpkg"],
    "cut Shapefile": ["totals", "{}/cut.shp"],
    "cut GeoJSON": ["totals", "{}/cut.geojson"],
    "unknown plot": ["neighbours", "没有这宗"],
    "ambiguous plot": ["neighbours", "演示地块"],
    "empty plot": ["neighbours", ""],
    "no plot": ["neighbours"],
    "map onto a folder": ["map", "-o", "{}"],
    "map below a file": ["map", "-o", "{}/file/m.html"],
    "new below a file": ["new", "{}/file/i.gpkg"],
    "new over a file": ["new", "{}/ours.gpkg"],
    "new of another kind": ["new", "{}/i.sqlite"],
    "no system": ["totals", "{}/nowhere.geojson"],
    "crs nonsense": ["totals", "{}/ok.geojson", "--crs", "nonsense"],
    "crs impossible": ["totals", "{}/ok.geojson", "--crs", "EPSG:4326"],
    "crs nonsense for the demonstration": ["totals", "--crs", "nonsense"],
    "crs in degrees for an inventory": ["totals", "{}/ours.gpkg", "--crs", "EPSG:4490"],
    "Xi'an 80": ["totals", "{}/xian.shp"],
    "Beijing 54": ["totals", "{}/beijing.shp"],
    "Xi'an 80 by option": ["totals", "{}/ok.geojson", "--crs", "EPSG:2383"],
    "day": ["totals", "--as-of", "spring"],
    "day that is none": ["totals", "{}/ours.gpkg", "--as-of", "2023-02-30"],
    "day of a file": ["totals", "{}/ok.geojson", "--as-of", "30.3.2023"],
    "group": ["totals", "--by", "colour"],
    "language": ["totals", "--lang", "fr"],
    "language before": ["--lang", "fr", "totals"],
    "format": ["totals", "--format", "xml"],
    "within": ["contacts", "--within", "wide"],
    "within nan": ["contacts", "--within", "nan"],
    "tolerance": ["contacts", "--tolerance", "-1"],
    "min shared": ["neighbours", "EP005", "--min-shared", "-1"],
    "command": ["fly"],
    "option": ["totals", "--colour"],
    "too many": ["totals", "{}/ok.geojson", "{}/ok.geojson"],
    "layer": ["totals", "{}/theirs.gpkg", "--layer", "north"],
    "layer of ours": ["totals", "{}/ours.gpkg", "--layer", "north"],
    "split by nothing": ["split", "{}/ok.geojson", "--by", "{}/missing.shp"],
    "split by a text": ["split", "{}/ok.geojson", "--by", "{}/text.txt"],
    "split by a column": ["split", "{}/ok.geojson", "--by", "{}/theirs.gpkg", "--key", "town"],
    "split without towns": ["split", "{}/far.geojson"],
    "split by overlaps": ["split", "{}/ok.geojson", "--by", "{}/twice.geojson"],
    "split into a text": ["split", "{}/ok.geojson", "-o", "{}/parts.docx"],
    "split onto an inventory": ["split", "{}/ok.geojson", "-o", "{}/ours.gpkg"],
    "split sliver": ["split", "--sliver", "-1"],
    "import without inventory": ["import", "{}/ok.geojson"],
    "import into nothing": ["import", "{}/ok.geojson", "--inventory", "{}/no.gpkg"],
    "import into a foreign file": ["import", "{}/ok.geojson", "--inventory", "{}/theirs2.gpkg"],
    "import into a folder": ["import", "{}/ok.geojson", "--inventory", "{}"],
    "import into a text": ["import", "{}/ok.geojson", "--inventory", "{}/text.txt"],
    "import of nothing": ["import", "{}/missing.shp", "--inventory", "{}/ours.gpkg"],
    "import into events": ["import", "{}/ok.geojson", "--inventory", "{}/ours.gpkg",
                           "--table", "events"],
}  # fmt: skip
ALSO_AS_JSON = [
    "missing file", "cut GeoPackage", "ambiguous plot", "map onto a folder", "no system", "day",
    "group", "within", "layer", "import into a foreign file",
]  # fmt: skip
SPAWNED = ["missing file", "VRT as GeoJSON", "cut GeoPackage", "cut Shapefile", "command"]


def words(case: str, files: Path) -> list[str]:
    return [word.replace("{}", str(files)) for word in CASES[case]]


def one_line(err: str, out: str, *, lang: str) -> None:
    assert out == ""
    assert err.endswith("\n")
    line = err[:-1]
    assert "\n" not in line
    assert "Traceback" not in line
    assert len(line) > 15
    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in line.replace("没有这宗", ""))
    assert chinese or lang == "en"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", CASES)
def test_one_line(run: Callable[..., Any], files: Path, case: str, lang: str) -> None:
    more = [] if "language" in case else ["--lang", lang]
    before = sorted(files.iterdir())
    said = run(*words(case, files), *(more if case != "command" else []))
    assert said.code == 2
    one_line(said.err, said.out, lang="zh" if case in {"command", "language"} else lang)
    assert sorted(files.iterdir()) == before


@pytest.mark.parametrize("case", ALSO_AS_JSON)
def test_json_says_it_alike(run: Callable[..., Any], files: Path, case: str) -> None:
    said = run(*words(case, files), "--format", "json")
    assert said.code == 2
    one_line(said.err, said.out, lang="zh")


@pytest.mark.parametrize("case", SPAWNED)
def test_a_process_of_its_own(files: Path, root: Path, case: str) -> None:
    """What libraries print by themselves would show here."""
    done = subprocess.run(
        [sys.executable, "-m", "enping_gis", *words(case, files)],
        capture_output=True, text=True, encoding="utf-8", cwd=root, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    one_line(done.stderr, done.stdout, lang="zh")


def test_candidates_are_listed(run: Callable[..., Any]) -> None:
    err = run("neighbours", "演示地块").err
    assert "EP010 " in err
    assert "演示地块" in err


def test_without_a_command_there_is_help(run: Callable[..., Any]) -> None:
    said = run("--help")
    assert said.code == 0
    assert "neighbours" in said.out


def test_a_reader_that_has_seen_enough(root: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m enping_gis contacts --format json | head -c 1"],
        capture_output=True, text=True, encoding="utf-8", cwd=root, check=False,
    )  # fmt: skip
    assert done.stdout == "{"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
