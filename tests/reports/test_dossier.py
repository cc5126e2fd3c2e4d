"""The files of single plots: what they say, and that their boundary points are the plot."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import dist
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from enping_gis.errors import InputError, OutputError, ParcelError
from enping_gis.inventory import Inventory
from enping_gis.reports.corners import perimeter_m, rings_listed
from enping_gis.reports.dossier import dossier, file_names
from tests.lifecycle.offices import HENGPI, PARK, event, office
from tests.plots import EAST_M, NORTH_M
from tests.reports.dossiers_read import (
    headed,
    lines_of,
    page_of,
    plot_printed,
    rings_printed,
    tables_of,
)

if TYPE_CHECKING:
    from pathlib import Path

BOX = shapely.box(EAST_M, NORTH_M, EAST_M + 300, NORTH_M + 200)
HOLED = shapely.Polygon(
    BOX.exterior,
    [shapely.box(EAST_M + at, NORTH_M + 50, EAST_M + at + 60, NORTH_M + 120).exterior
     for at in (30, 150)],
)  # fmt: skip
APART = shapely.MultiPolygon(
    [HOLED, shapely.box(EAST_M + 400, NORTH_M, EAST_M + 450.0004, NORTH_M + 70.0006)]
)
# More points than stand side by side in one block: 150 with every angle a little off.
ROUND = shapely.Polygon(
    [(EAST_M + 137.123_456 * np.cos(a), NORTH_M + 88.765_432 * np.sin(a))
     for a in np.linspace(0, 2 * np.pi, 150, endpoint=False)]
)  # fmt: skip
# A grid of fine steps, as of a shape that was once an image.
SEAM = shapely.Polygon(
    [(EAST_M, NORTH_M), (EAST_M + 0.0021, NORTH_M), (EAST_M + 50, NORTH_M + 0.0049),
     (EAST_M + 50, NORTH_M + 40), (EAST_M, NORTH_M + 40)]
)  # fmt: skip


def shaped(shape: shapely.Geometry | None, **columns: Any) -> Inventory:  # noqa: ANN401 - cells of any kind
    """Return an inventory of one plot with the shape given."""
    inventory = office({"P1": columns})
    parcels = inventory.tables["parcels"]
    assert isinstance(parcels, gpd.GeoDataFrame)
    parcels = parcels.set_geometry(gpd.GeoSeries([shape], crs=4546, index=parcels.index))
    return replace(inventory, tables=inventory.tables | {"parcels": parcels})


def changed(inventory: Inventory, parcel: str, **columns: object) -> Inventory:
    parcels = inventory.tables["parcels"].copy()
    for column, value in columns.items():
        parcels.loc[parcels["parcel_id"] == parcel, column] = value
    return replace(inventory, tables=inventory.tables | {"parcels": parcels})


def furthest_m(one: shapely.Geometry, other: shapely.Geometry) -> float:
    """Return how far the outlines of two shapes are apart at most."""
    return shapely.hausdorff_distance(one.boundary, other.boundary)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, int]]]:
    folder = tmp_path_factory.mktemp("档案 卡")
    told: list[tuple[int, int]] = []
    dossier(Inventory.demo(), folder=folder, forms=["html"], lang="zh",
            progress=lambda done, whole: told.append((done, whole)))  # fmt: skip
    return folder, told


@pytest.fixture(scope="module")
def gas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """Return the files of a plot of the article, in both languages."""
    folder = tmp_path_factory.mktemp("gas")
    demo = Inventory.demo()
    return {lang: dossier(demo, "gas plot", folder=folder / lang, lang=lang)
            for lang in ("zh", "en")}  # fmt: skip


def test_every_plot_has_a_file_and_the_index_leads_to_it(
    everything: tuple[Path, list[tuple[int, int]]],
) -> None:
    folder, told = everything
    demo = Inventory.demo()
    ids = demo.parcels["parcel_id"].tolist()
    assert sorted(each.stem for each in folder.iterdir()) == sorted([*ids, "index"])
    assert told == [(done, 119) for done in range(1, 120)]
    index = page_of(folder / "index.html")
    assert {folder / link for link in index.links} == {folder / f"{each}.html" for each in ids}
    *rows, total = headed(index.tables, "地块")
    areas_mu = [Decimal(row[4].replace(",", "")) for row in rows]
    assert len(areas_mu) == 119
    assert sum(areas_mu) == Decimal(total[4].replace(",", "")) == Decimal("8605.84")
    # Neighbours lead to one another, and nowhere else.
    for each in ids:
        assert all((folder / link).is_file() for link in page_of(folder / f"{each}.html").links)


def test_the_boundary_points_are_the_plots_within_a_millimetre(
    everything: tuple[Path, list[tuple[int, int]]],
) -> None:
    folder, _ = everything
    parcels = Inventory.demo().parcels
    worst_m = 0.0
    for parcel, shape in zip(parcels["parcel_id"], parcels.geometry, strict=True):
        read_back = plot_printed(folder / f"{parcel}.html")
        assert shapely.is_valid(read_back)
        worst_m = max(worst_m, furthest_m(shape, read_back))
        rings = shapely.get_rings(shapely.get_parts(shape))
        points = [len(each.coords) - 1 for each in rings]
        printed = [len(ring.corners) for ring in rings_printed(folder / f"{parcel}.html")]
        assert printed == points
    assert 0 < worst_m < 0.001


@pytest.mark.parametrize("parcel", ["EP002", "EP037", "EP068", "EP119"])
def test_word_has_the_same_boundary_points(
    everything: tuple[Path, list[tuple[int, int]]], tmp_path: Path, parcel: str
) -> None:
    (path,) = dossier(Inventory.demo(), parcel, folder=tmp_path, forms=["docx"], lang="zh")
    assert rings_printed(path) == rings_printed(everything[0] / f"{parcel}.html")


@pytest.mark.campaign
def test_every_plot_has_a_word_document_too(tmp_path: Path) -> None:
    paths = dossier(Inventory.demo(), folder=tmp_path, lang="zh")
    assert len(paths) == 1 + 2 * 119
    parcels = Inventory.demo().parcels
    for parcel, shape in zip(parcels["parcel_id"], parcels.geometry, strict=True):
        assert furthest_m(shape, plot_printed(tmp_path / f"{parcel}.docx")) < 0.001


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "shape", [HOLED, APART, ROUND, SEAM], ids=["holes", "parts", "many", "fine"]
)
def test_holes_and_parts_come_back(tmp_path: Path, shape: shapely.Geometry, lang: Any) -> None:  # noqa: ANN401 - zh or en
    head = {"zh": "点号", "en": "Point"}[lang]
    for path in dossier(shaped(shape), "P1", folder=tmp_path, lang=lang):
        read_back = plot_printed(path, head)
        assert furthest_m(shape, read_back) < 0.001
        assert read_back.area == pytest.approx(shape.area, abs=0.001 * shape.length)
        assert shapely.get_num_geometries(read_back) == shapely.get_num_geometries(shape)
        rings = rings_printed(path, head)
        assert [len(ring.corners) for ring in rings] == [ring.said for ring in rings]
        # Numbers run on through all rings.
        numbers = [number for ring in rings for number in sorted(ring.corners)]
        assert numbers == list(range(1, len(numbers) + 1))
        for ring in rings:
            places = ring.places()
            sides = [side for _, (*_, side) in sorted(ring.corners.items())]
            again = [dist(a, b) for a, b in zip(places, [*places[1:], places[0]], strict=True)]
            assert sides == pytest.approx(again, abs=0.0005 + 1e-9)


def test_the_length_of_the_boundary_is_the_sum_of_the_sides() -> None:
    rings = rings_listed(APART)
    assert perimeter_m(rings) == sum(each.side_m for ring in rings for each in ring.corners)
    assert [(ring.part, ring.hole) for ring in rings] == [(1, 0), (1, 1), (1, 2), (2, 0)]
    assert [corner.label for corner in rings[3].corners] == ["J13", "J14", "J15", "J16"]


def test_outer_rings_run_clockwise_from_the_north_west_and_holes_the_other_way() -> None:
    for ring in rings_listed(APART):
        places = [(float(each.east_m), float(each.north_m)) for each in ring.corners]
        assert shapely.is_ccw(shapely.LinearRing(places)) == bool(ring.hole)
    first = rings_listed(APART)[0].corners[0]
    assert (first.east_m, first.north_m) == (Decimal("620000.000"), Decimal("2453200.000"))


@settings(max_examples=40)
@given(
    st.lists(st.floats(0.02, 1.0), min_size=3, max_size=90),
    st.floats(0, 400_000), st.floats(0, 5_000_000), st.floats(1, 3_000),
)  # fmt: skip
def test_any_ring_is_listed_within_a_millimetre(
    steps: list[float], east_m: float, north_m: float, wide_m: float
) -> None:
    angles = np.cumsum(steps) / sum(steps) * 2 * np.pi
    shape = shapely.Polygon(
        np.column_stack([east_m + wide_m * np.cos(angles), north_m + wide_m * np.sin(angles)])
    )
    (ring,) = rings_listed(shape)
    places = [(float(each.east_m), float(each.north_m)) for each in ring.corners]
    assert len(places) == len(steps)
    assert furthest_m(shape, shapely.Polygon(places)) < 0.001


def test_the_gas_plot_as_the_article_has_it(gas: dict[str, list[Path]]) -> None:
    for path in gas["zh"]:
        lines = lines_of(path)
        assert any("低效产业用地档案卡 · EP005" in line for line in lines)
        areas = {row[0]: row[1:] for row in headed(tables_of(path), "方法")}
        assert areas["台账"][:3] == ["14,146.67", "1.4147", "21.22"]
        assert len(areas) == 4
        for *_, area_mu, apart_mu in (row for name, row in areas.items() if name != "台账"):
            assert abs(Decimal(area_mu) - Decimal("21.22")) < Decimal("0.05")
            assert Decimal(apart_mu.replace("−", "-")) == Decimal(area_mu) - Decimal("21.22")
        neighbours = {row[1].split()[0]: row for row in headed(tables_of(path), "方位")}
        assert "共边" in neighbours["EP004"][3]
        assert "图形和位置" in "".join(line for line in lines if line.startswith("【演示数据"))
    for path in gas["en"]:
        assert "File of an inefficient industrial plot · EP005" in "".join(lines_of(path))
        assert not [line for line in lines_of(path) if "无记录" in line]


@pytest.mark.parametrize(
    ("lang", "sections"),
    [("zh", ["一、", "二、", "三、", "四、", "五、", "六、", "七、", "八、", "九、", "十、"]),
     ("en", [f"{n}. " for n in range(1, 11)])],
)  # fmt: skip
def test_all_ten_sections_stand_in_order(
    gas: dict[str, list[Path]], lang: str, sections: list[str]
) -> None:
    for path in gas[lang]:
        lines = lines_of(path)
        at = [next(n for n, line in enumerate(lines) if line.startswith(each))
              for each in sections]  # fmt: skip
        assert at == sorted(at)


def test_generated_plots_say_so_and_plots_of_the_article_say_what_is_generated(
    everything: tuple[Path, list[tuple[int, int]]],
) -> None:
    folder, _ = everything
    for name, words in (
        ("EP010", "本宗为程序合成，不代表真实地块，不得作为工作依据"),
        ("EP005", "其余取自公开报道"),
        ("index", "119 宗中 110 宗为程序合成"),
    ):
        lines = [line for line in page_of(folder / f"{name}.html").lines if words in line]
        assert len(lines) == 2, "first and last line"
    # A neighbour that is generated is marked where it is named.
    rows = headed(page_of(folder / "EP005.html").tables, "方位")
    assert all(("[合成]" in row[1]) == (row[1].split()[0] > "EP009") for row in rows)


@pytest.mark.parametrize(("lang", "nothing"), [("zh", "无记录"), ("en", "Nothing recorded")])
def test_what_is_not_known_is_said_not_to_be_recorded(
    tmp_path: Path, lang: Any, nothing: str  # noqa: ANN401 - zh or en
) -> None:  # fmt: skip
    inventory = changed(shaped(None), "P1", name=None, town=None, responsible=None)
    for path in dossier(inventory, "P1", folder=tmp_path, lang=lang):
        lines = lines_of(path)
        # Map, boundary points, projects, contract, life; areas and fields have a row each.
        assert lines.count(nothing) == 5
        assert not [line for line in lines if line in {"nan", "None", "NaT", "<NA>"}]
        blank = {"zh": "未载明", "en": "Not stated"}[lang]
        assert blank in lines
        areas = headed(tables_of(path), {"zh": "方法", "en": "Method"}[lang])
        assert [row[1:] for row in areas] == [["—"] * 4] * 4


def test_texts_stay_texts(tmp_path: Path) -> None:
    words = {"name": "=1+1", "site": "+1", "holder": "@SUM(A1)", "source": "-2",
             "aliases": "<script>alert(1)</script>"}  # fmt: skip
    note = {"note": '=HYPERLINK("http://a","b")', "actor": "+86 750", "document": "@<b>1&2"}
    inventory = office({"P1": words}, [event("P1", "2023-01-01", "note", **note)])
    for path in dossier(inventory, "P1", folder=tmp_path, lang="zh"):
        lines = lines_of(path)
        assert set(words.values()) <= set(lines)
        assert ["2023-01-01", f"备注：{note['note']}", "—", "+86 750", "@<b>1&2"] in [
            row for table in tables_of(path) for row in table
        ]
    page = (tmp_path / "P1.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http://a" not in page_of(tmp_path / "P1.html").links


def test_a_part_put_back_to_use_adds_up(tmp_path: Path) -> None:
    inventory = office(
        {"P1": {"mu": 30}},
        [event("P1", "2023-01-02", "surveyed"),
         event("P1", "2023-02-03", "revitalised", area_m2=10.005 * 2000 / 3)],
    )  # fmt: skip
    (path,) = dossier(inventory, "P1", folder=tmp_path, forms=["html"], lang="en")
    lines = lines_of(path)
    assert any("10.01 mu put back to use, 19.99 mu left" in line for line in lines)
    assert ["2023-02-03", "10.01"] in [[row[0], row[2]] for row in headed(tables_of(path), "Date")]


def test_an_event_that_was_taken_back_is_kept_and_marked(tmp_path: Path) -> None:
    inventory = office(
        {"P1": {}},
        [event("P1", "2023-01-02", "surveyed"),
         event("P1", "2023-02-03", "agreed"),
         event("P1", "2023-02-04", "corrected", corrects_id="e001")],
    )  # fmt: skip
    (path,) = dossier(inventory, "P1", folder=tmp_path, forms=["html"], lang="zh")
    rows = headed(tables_of(path), "日期")
    assert [row[0] for row in rows] == ["2023-01-02", "2023-02-03", "2023-02-04"]
    assert rows[1][1].startswith("〔已更正，不计〕")
    assert "待整治" in lines_of(path)


def test_terms_are_held_against_what_is(tmp_path: Path) -> None:
    terms = [
        {"parcel_id": "P1", "indicator": "far", "agreed": 1.2, "actual": 0.75,
         "as_of": "2023-03-01"},
        {"parcel_id": "P1", "indicator": "tax_per_mu", "agreed": 20.0, "as_of": "2023-03-01"},
        {"parcel_id": "P2", "indicator": "far", "agreed": 2.0, "actual": 3.0},
    ]  # fmt: skip
    inventory = office({"P1": {}, "P2": {}}, agreements=terms)
    (path,) = dossier(inventory, "P1", folder=tmp_path, forms=["html"], lang="zh")
    rows = headed(tables_of(path), "指标")
    assert [row[1:4] for row in rows] == [["1.2", "0.75", "−0.45"], ["20", "—", "—"]]


def test_neighbours_lie_where_they_are(tmp_path: Path) -> None:
    inventory = office({"P1": {"mu": 15}, "P2": {"responsible": HENGPI}, "P3": {"mu": 15}})
    parcels = inventory.tables["parcels"]
    assert isinstance(parcels, gpd.GeoDataFrame)
    west, south = EAST_M, NORTH_M
    shapes = [
        shapely.box(west, south, west + 100, south + 100),
        shapely.box(west + 100, south + 20, west + 200, south + 100),
        shapely.box(west, south - 130, west + 900, south - 12.5),
    ]
    parcels = parcels.set_geometry(gpd.GeoSeries(shapes, crs=4546, index=parcels.index))
    inventory = replace(inventory, tables=inventory.tables | {"parcels": parcels})
    (path,) = dossier(inventory, "P1", folder=tmp_path, forms=["html"], lang="zh")
    rows = headed(tables_of(path), "方位")
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("东", "P2 plot P2", "80.00"), ("南", "P3 plot P3", "12.50"),
    ]  # fmt: skip


def test_ids_that_no_file_can_have(tmp_path: Path) -> None:
    hostile = [
        "a/b:c",
        "A_b_c",
        "CON",
        "nul.txt",
        "..",
        "index",
        "恩平 “一”?",
        "x" * 300,
        "𠀀" * 90,
    ]
    inventory = office({each: {"responsible": PARK} for each in hostile})
    paths = dossier(inventory, folder=tmp_path, forms=["html"], lang="zh")
    assert len({path.name.casefold() for path in paths}) == len(hostile) + 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)
    assert all(path.parent == tmp_path for path in paths)
    index = page_of(tmp_path / "index.html")
    assert [each[0] for each in headed(index.tables, "地块")][:-1] == hostile
    for path, parcel in zip(paths[1:], hostile, strict=True):
        assert f"低效产业用地档案卡 · {parcel}" in "".join(page_of(path).lines)


@given(st.lists(st.text(min_size=1, max_size=100), unique=True, max_size=8))
def test_names_of_files_are_apart_and_fit_every_file_system(ids: list[str]) -> None:
    names = file_names(ids)
    assert list(names) == ids
    assert len({each.casefold() for each in names.values()}) == len(ids)
    for name in names.values():
        # With room for the suffix, 255 bytes on Linux and 255 units of UTF-16 on Windows.
        assert 0 < len(name.encode()) <= 240
        assert not set(name) & set('<>:"/\\|?*')
        assert name == name.strip(" .")
        assert name.isprintable()
        assert name.split(".")[0].rstrip().casefold() not in {
            "con", "prn", "aux", "nul", "com1", "lpt9", "com\u00b9", "conin$", "conout$", "index",
        }  # fmt: skip


def test_a_plot_made_of_others_has_their_life(tmp_path: Path) -> None:
    inventory = office(
        {"A": {"valid_to": "2023-02-01"}, "A-1": {"parents": "A", "valid_from": "2023-02-01"}},
        [event("A", "2023-01-05", "surveyed"), event("A", "2023-02-01", "split"),
         event("A-1", "2023-02-01", "surveyed")],
    )  # fmt: skip
    (path,) = dossier(inventory, "A-1", folder=tmp_path, forms=["html"], lang="zh")
    rows = headed(tables_of(path), "日期")
    assert (rows[0][0], rows[0][1][:4]) == ("2023-01-05", "[A] ")
    assert [row[0] for row in rows] == ["2023-01-05", "2023-02-01", "2023-02-01"]
    assert any("本宗由 A 分割或合并而来" in line for line in lines_of(path))


def test_what_cannot_be_done_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    demo = Inventory.demo()
    folder = tmp_path / "out"
    with pytest.raises(ParcelError, match="EP999"):
        dossier(demo, "EP999", folder=folder)
    with pytest.raises(InputError, match="pdf"):
        dossier(demo, "EP005", folder=folder, forms=["pdf"])  # type: ignore[list-item]  # that is the point
    with pytest.raises(InputError):
        dossier(demo, "EP005", folder=folder, forms=[])
    assert not folder.exists()
    file = tmp_path / "file"
    file.write_text("keep")
    with pytest.raises(OutputError, match="file"):
        dossier(demo, "EP005", folder=file)
    assert file.read_text() == "keep"


def test_an_inventory_without_plots_has_an_index_that_says_so(tmp_path: Path) -> None:
    inventory = shaped(BOX)
    empty = replace(inventory, tables=inventory.tables
                    | {"parcels": inventory.tables["parcels"].iloc[:0]})  # fmt: skip
    assert [path.name for path in dossier(empty, folder=tmp_path, lang="en")] == ["index.html"]
    page = page_of(tmp_path / "index.html")
    assert "0 plots" in page.lines
    assert "0.00" in page.tables[0][-1]
