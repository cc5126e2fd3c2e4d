"""Findings on the page, in a real browser without network."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import matplotlib.image
import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from enping_gis.inventory import Inventory
from enping_gis.viewer import ParcelMap
from tests.viewer.conftest import X_M, Y_M, inventory_of, plot

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page
    from shapely import Geometry

    from enping_gis.messages import Language

    OpenPage = Callable[..., AbstractContextManager[Page]]

INK = (0x1B, 0x1F, 0x24)
WHITE = (255, 255, 255)
BAD = ("<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "${alert(1)}")
PHONE = (390, 844)


def found(rule: str, severity: str, ids: str, shape: Geometry | None, **more: object) -> Any:  # noqa: ANN401 - a row
    words = {"message_zh": f"{rule} {ids} 有问题", "message_en": f"{rule} {ids} is at fault"}
    cures = {"cure_zh": f"改正 {ids}", "cure_en": f"Mend {ids}"}
    row = {"rule": rule, "severity": severity, "parcel_ids": ids, "geometry": shape}
    return row | words | cures | {"tolerance": "width > 0.2 m"} | more


def layer(rows: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=Inventory.demo().crs)


@pytest.fixture(scope="module")
def three_plots() -> Inventory:
    """Two plots of 200 m side by side, which overlap by 40 m, and one without a shape."""
    rows = [
        plot(1, box(X_M, Y_M, X_M + 220, Y_M + 200)),
        plot(2, box(X_M + 180, Y_M, X_M + 400, Y_M + 200)),
        plot(3, None),
    ]
    return inventory_of(rows)


FOUND = [
    found("T1", "error", "T1;T2", box(X_M + 180, Y_M, X_M + 220, Y_M + 200),
          size=8000.0, unit="m2"),
    found("G3", "warning", "T1", Point(X_M, Y_M), size=7.3, unit="deg"),
    found("T3", "warning", "T2", box(X_M + 300, Y_M + 20, X_M + 380, Y_M + 60)),
    found("A1", "error", "T2", None, field="stated_mu", value="66.6"),
    found("L1", "error", "T3", None),
    found("L1", "error", "X9", None),
    found("T4", "info", "T1", LineString([(X_M, Y_M + 100), (X_M, Y_M + 200)])),
]  # fmt: skip
OVERLAP, SPIKE, SLIVER, AREA, UNPLACED, ELSEWHERE, NOTE = range(7)


@pytest.fixture(scope="module")
def found_page(three_plots: Inventory, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "found.html"
    ParcelMap(three_plots, findings=layer(FOUND)).save(path)
    return path


def pixels(page: Page, latlng: list[float], reach: int = 0) -> np.ndarray[Any, Any]:
    """Read the pixels around a place of the map."""
    x, y = page.evaluate(
        """at => {
            const point = enping.map.latLngToContainerPoint(at);
            const box = enping.map.getContainer().getBoundingClientRect();
            return [box.x + point.x, box.y + point.y];
        }""",
        latlng,
    )
    clip: Any = {"x": round(x) - reach, "y": round(y) - reach}
    clip |= dict.fromkeys(("width", "height"), 2 * reach + 1)
    image = matplotlib.image.imread(io.BytesIO(page.screenshot(clip=clip)), format="png")
    return np.rint(image[:, :, :3] * 255).astype(int)


def place(x_m: float, y_m: float) -> list[float]:
    point = layer([found("G1", "error", "", Point(x_m, y_m))]).to_crs(4326).geometry[0]
    return [point.y, point.x]


def has(image: np.ndarray[Any, Any], colour: tuple[int, int, int]) -> bool:
    return bool((np.abs(image - np.array(colour)).max(axis=2) <= 2).any())


def is_marked(page: Page, number: int) -> bool:
    """Tell whether the mark of a finding stands at its place: ink around, white inside."""
    image = pixels(page, page.evaluate("n => enping.findings()[n].at", number), 9)
    return has(image, INK) and (image == 255).all(axis=2).sum() > 40


def test_marks_stand_at_their_places(
    opened: OpenPage, complaints: list[str], found_page: Path
) -> None:
    with opened(found_page) as page:
        listed = page.evaluate("enping.findings()")
        assert [each["rule"] for each in listed] == [each["rule"] for each in FOUND]
        placed = [each["at"] is not None for each in listed]
        assert placed == [True, True, True, True, False, False, True]
        for number in (OVERLAP, SPIKE, SLIVER, AREA):
            assert is_marked(page, number)
        # A note is off where graver things are on the map.
        assert [each["shown"] for each in listed] == [True] * 6 + [False]
        assert not is_marked(page, NOTE)
        assert complaints == []


def test_only_ground_in_dispute_is_inked(opened: OpenPage, found_page: Path) -> None:
    with opened(found_page) as page:
        page.evaluate("enping.map.setView(enping.findings()[0].at, 18.5)")
        plain = pixels(page, place(X_M + 260, Y_M + 120))[0, 0]
        inked = pixels(page, place(X_M + 200, Y_M + 150))[0, 0]
        assert np.abs(inked - (0.6 * np.array(INK) + 0.4 * plain)).max() <= 3
        # The sliver is the plot itself: its colour must be seen, its outline is enough.
        assert (pixels(page, place(X_M + 370, Y_M + 25))[0, 0] == plain).all()
        assert has(pixels(page, place(X_M + 330, Y_M + 20), 3), INK)
        assert not has(pixels(page, place(X_M + 280, Y_M + 20), 3), INK)


def test_a_click_on_a_mark_tells_what_how_much_and_what_to_do(
    opened: OpenPage, complaints: list[str], found_page: Path
) -> None:
    with opened(found_page) as page:
        x, y = page.evaluate(
            """() => {
                const at = enping.map.latLngToContainerPoint(enping.findings()[0].at);
                const box = enping.map.getContainer().getBoundingClientRect();
                return [box.x + at.x, box.y + at.y];
            }"""
        )
        page.mouse.move(x - 1, y)
        page.mouse.move(x, y)
        assert "T1 T1;T2 有问题" in page.inner_text(".hover-line")
        page.mouse.click(x, y)
        card = page.inner_text("#card")
        for words in ("T1 地块重叠", "错误", "8,000.00 m²", "width > 0.2 m", "改正 T1;T2", "试1"):
            assert words in card
        page.click("#card .neighbour:has-text('试2')")
        card = page.inner_text("#card")
        assert page.inner_text(".card-title") == "试2"
        for words in ("检查结果", "T1 T1;T2 有问题", "改正 T1;T2", "A1 T2 有问题", "T3 T2 有问题"):
            assert words in card
        assert "G3" not in card
        page.click("#card .finding:has-text('A1')")
        card = page.inner_text("#card")
        for words in ("stated_mu", "66.6", "标在地块上"):
            assert words in card
        page.keyboard.press("Escape")
        assert page.is_hidden("#card")
        assert page.evaluate("Enping.page.findings.selected") is None
        assert complaints == []


def test_what_has_no_place_is_listed_and_says_so(opened: OpenPage, found_page: Path) -> None:
    view = "[enping.map.containerPointToLatLng([0, 0]).lng.toFixed(9), enping.map.getZoom()]"
    with opened(found_page) as page:
        assert "2 条没有位置" in page.inner_text(".findings")
        before = page.evaluate(view)
        page.evaluate("n => enping.gotoFinding(n)", ELSEWHERE)
        card = page.inner_text("#card")
        assert "未落图" in card
        assert "X9" in card
        after = page.evaluate(view)
        assert after == before
        page.evaluate("enping.goto('T3')")
        assert "L1 T3 有问题" in page.inner_text("#card")


def test_rules_and_severities_are_switched(opened: OpenPage, found_page: Path) -> None:
    def shown() -> list[int]:
        return page.evaluate("enping.findings().filter(each => each.shown).map(each => each.index)")

    with opened(found_page) as page:
        assert "显示 6 / 7 条" in page.inner_text(".findings")
        counts = page.evaluate("[...document.querySelectorAll('.rule .num')].map(e => e.innerText)")
        assert sum(map(int, counts)) == len(FOUND)
        page.click(".rule-line:has-text('T1 ') input")
        assert shown() == [SPIKE, SLIVER, AREA, UNPLACED, ELSEWHERE]
        assert not is_marked(page, OVERLAP)
        errors = page.locator(".severities label:has-text('错误') input")
        assert errors.evaluate("each => each.indeterminate")
        errors.click()
        assert OVERLAP in shown()
        assert is_marked(page, OVERLAP)
        errors.click()
        assert shown() == [SPIKE, SLIVER]
        page.click(".severities label:has-text('注意') input")
        assert shown() == []
        assert "已全部隐藏" in page.inner_text(".findings")
        assert "显示 0 / 7 条" in page.inner_text("#said")
        # Who asks for a finding sees it.
        page.evaluate("n => enping.gotoFinding(n)", NOTE)
        assert shown() == [NOTE]


def test_the_list_leads_to_findings_by_keyboard(
    opened: OpenPage, complaints: list[str], found_page: Path
) -> None:
    with opened(found_page) as page:
        page.focus(".rule:has-text('G3')")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "finding"
        page.keyboard.press("Enter")
        assert page.inner_text(".card-title").startswith("G3")
        assert page.evaluate("document.activeElement.className") == "card-title"
        middle = page.evaluate(
            """n => {
                const at = enping.map.latLngToContainerPoint(enping.findings()[n].at);
                const size = enping.map.getSize();
                return [at.x - size.x / 2, at.y - size.y / 2];
            }""",
            SPIKE,
        )
        assert max(map(abs, middle)) <= 1
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.className") == "finding"
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        assert page.locator(".finding").count() == 0
        assert complaints == []


def test_steps_go_through_all_that_are_shown(opened: OpenPage, found_page: Path) -> None:
    with opened(found_page) as page:
        page.evaluate("n => enping.gotoFinding(n)", OVERLAP)
        seen = [page.evaluate("Enping.page.findings.selected.index")]
        while page.is_enabled(".step >> nth=1"):
            page.click(".step >> nth=1")
            seen.append(page.evaluate("Enping.page.findings.selected.index"))
        assert sorted(seen) == [OVERLAP, SPIKE, SLIVER, AREA, UNPLACED, ELSEWHERE]
        assert "第 6 / 6 条" in page.inner_text("#card")
        page.click(".step >> nth=0")
        assert page.evaluate("Enping.page.findings.selected.index") == seen[-2]


def test_one_mark_for_many_comes_apart_or_lists_them(
    opened: OpenPage, complaints: list[str], three_plots: Inventory, tmp_path: Path
) -> None:
    near = [found("G3", "warning", "T1", Point(X_M + 2 * k, Y_M)) for k in range(3)]
    same = [found(rule, "error", "T2", Point(X_M + 390, Y_M)) for rule in ("G1", "T1", "A1")]
    path = tmp_path / "many.html"
    ParcelMap(three_plots, findings=layer(near + same)).save(path)
    with opened(path) as page:
        page.evaluate("enping.map.setZoom(16)")
        counts = "Enping.page.findings.marks.map(mark => mark.count)"
        assert sorted(page.evaluate(counts)) == [3, 3]
        page.evaluate("Enping.page.findings.click(Enping.page.findings.marks.find("
                      "mark => mark.severity === 1))")  # fmt: skip
        assert page.is_hidden("#card")
        assert page.evaluate(counts) == [1, 1, 1]
        page.evaluate("enping.map.setView(enping.findings()[3].at, 18)")
        page.evaluate("Enping.page.findings.click(Enping.page.findings.marks.find("
                      "mark => mark.severity === 0))")  # fmt: skip
        assert page.inner_text(".card-title").startswith("G1")
        others = page.locator("#card .found .finding").all_inner_texts()
        assert [words[:2] for words in others] == ["T1", "A1"]
        page.click("#card .found .finding >> nth=1")
        assert page.inner_text(".card-title").startswith("A1")
        assert complaints == []


def scattered(number: int) -> gpd.GeoDataFrame:
    """Findings of the demonstration, drawn by lot with a fixed seed."""
    demo = Inventory.demo()
    lot = np.random.default_rng(5)
    shapes = demo.parcels.geometry.to_numpy()
    ids = demo.parcels["parcel_id"].to_numpy()
    rows = []
    for k in lot.integers(0, len(ids), number):
        west, south, east, north = shapes[k].bounds
        at = Point(lot.uniform(west, east), lot.uniform(south, north))
        severity = str(lot.choice(["error", "warning", "info"], p=[0.1, 0.2, 0.7]))
        rule = str(lot.choice(["G2", "G3", "T1", "T4"]))
        shape = at.buffer(lot.uniform(1, 9)) if rule == "T1" else at
        rows.append(found(rule, severity, str(ids[k]), shape, size=1.0, unit="m2"))
    return layer(rows)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), PHONE])
def test_thousands_are_all_told_at_every_zoom(
    opened: OpenPage, complaints: list[str], tmp_path: Path, width: int, height: int
) -> None:
    path = tmp_path / "thousands.html"
    ParcelMap(Inventory.demo(), findings=scattered(4_000)).save(path)
    with opened(path, width, height) as page:
        page.evaluate("Enping.page.findings.show(Enping.page.findings.groups, true)")
        told = "Enping.page.findings.marks.reduce((sum, mark) => sum + mark.count, 0)"
        assert page.evaluate("Enping.page.parcels.drawn") == "units"
        assert page.evaluate(told) == 4_000
        units = page.evaluate("Enping.page.parcels.units.length")
        assert page.evaluate("Enping.page.findings.marks.length") == units
        page.click(".rule >> nth=0")
        group = page.evaluate("Enping.page.findings.groups[0].rows.length")
        assert group > 50
        assert page.locator(".finding").count() == min(group, 100)
        heavy = page.evaluate("Enping.page.findings.groups.findIndex(g => g.rows.length > 300)")
        page.click(f".rule >> nth={heavy}")
        before = page.locator(".finding").count()
        page.click(".list-more >> visible=true")
        assert page.locator(".finding").count() > before
        # At the level of plots no two marks cover each other.
        page.evaluate("enping.goto('EP005')")
        apart = page.evaluate(
            """() => {
                const marks = Enping.page.findings.marks;
                let least = Infinity;
                marks.forEach((a, i) => marks.slice(i + 1).forEach(b => {
                    least = Math.min(least, Math.hypot(a.x - b.x, a.y - b.y));
                }));
                return [marks.length, least];
            }"""
        )
        assert apart[0] > 1
        assert apart[1] >= 36
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert complaints == []


def test_a_mark_at_a_unit_leads_to_its_findings(opened: OpenPage, tmp_path: Path) -> None:
    demo = Inventory.demo()
    first = demo.parcels.geometry.iloc[0].representative_point()
    path = tmp_path / "one.html"
    rows = [found("G3", "error", demo.parcels["parcel_id"].iloc[0], first)]
    ParcelMap(demo, findings=layer(rows)).save(path)
    with opened(path) as page:
        (mark,) = page.evaluate("Enping.page.findings.marks.map(({x, y}) => [x, y])")
        pad = page.evaluate("[Enping.page.findings.pad.x, Enping.page.findings.pad.y]")
        frame: Any = page.locator(".map").bounding_box()
        page.mouse.click(frame["x"] + mark[0] - pad[0], frame["y"] + mark[1] - pad[1])
        assert page.inner_text(".card-title").startswith("G3")
        assert page.evaluate("Enping.page.parcels.drawn") == "plots"


def test_the_layer_is_switched_off_and_on(
    opened: OpenPage, complaints: list[str], found_page: Path
) -> None:
    with opened(found_page) as page:
        page.hover(".leaflet-control-layers")
        assert "检查结果" in page.inner_text(".leaflet-control-layers-overlays")
        box_ = page.locator(".leaflet-control-layers-selector").last
        box_.click()
        assert page.locator("canvas.findings").count() == 0
        assert page.evaluate("Enping.page.findings.at(L.point(400, 300))") is None
        # The list goes on leading to places.
        page.evaluate("n => enping.gotoFinding(n)", SPIKE)
        page.hover(".leaflet-control-layers")
        box_.click()
        assert page.evaluate("Enping.page.findings.marks.length") > 0
        # Without plots the marks stay.
        page.locator(".leaflet-control-layers-selector").first.click()
        page.evaluate("enping.map.setView(enping.findings()[0].at, 17)")
        assert is_marked(page, OVERLAP)
        page.mouse.move(600, 700)
        assert complaints == []


@pytest.mark.parametrize("text", BAD)
def test_text_of_findings_is_shown_as_text(
    opened: OpenPage, complaints: list[str], three_plots: Inventory, tmp_path: Path, text: str
) -> None:
    names = ("message_zh", "cure_zh", "field", "value", "tolerance", "severity", "case", "unit")
    row = found(text, "error", f"T1;{text}", Point(X_M, Y_M), size=1.0) | dict.fromkeys(names, text)
    path = tmp_path / "evil.html"
    ParcelMap(three_plots, findings=layer([row])).save(path)
    with opened(path) as page:
        page.click(".rule")
        assert page.inner_text(".findings").count(text) >= 2
        page.click(".finding")
        assert page.inner_text(".card-title") == text
        assert page.inner_text("#card").count(text) >= 6
        at = page.evaluate("enping.map.latLngToContainerPoint(enping.findings()[0].at)")
        frame: Any = page.locator(".map").bounding_box()
        page.mouse.move(frame["x"] + at["x"] - 1, frame["y"] + at["y"])
        page.mouse.move(frame["x"] + at["x"], frame["y"] + at["y"])
        assert text in page.inner_text(".hover-line")
        page.click("#card .neighbour")
        assert text in page.inner_text("#card .found")
        assert page.locator("img[src=x]").count() == 0
        assert complaints == []


def test_fingers_find_everything_on_a_phone(
    opened: OpenPage, complaints: list[str], found_page: Path
) -> None:
    with opened(found_page, *PHONE) as page:
        assert "错误 4" in page.inner_text(".to-findings")
        page.click(".to-findings")
        assert page.evaluate("document.activeElement.type") == "checkbox"
        page.click(".rule:has-text('T1 ')")
        small = page.evaluate(
            """[...document.querySelectorAll(
                ".to-findings, .rule, .rule-line label, .severities label, .finding")]
                .map(each => each.getBoundingClientRect())
                .filter(box => box.height < 44 || box.width < 44).length"""
        )
        assert small == 0
        page.click(".finding")
        middle = page.evaluate(
            """() => {
                const at = enping.map.latLngToContainerPoint(enping.findings()[0].at);
                const box = enping.map.getContainer().getBoundingClientRect();
                const top = document.elementFromPoint(box.x + at.x, box.y + at.y);
                return [at.x - box.width / 2, at.y - box.height / 2,
                    enping.map.getContainer().contains(top) && !top.closest(".over")];
            }"""
        )
        assert max(abs(middle[0]), abs(middle[1])) <= 1
        assert middle[2]
        assert page.evaluate(
            "[...document.querySelectorAll('.step')].every(each => each.offsetHeight >= 44)"
        )
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert complaints == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_clean_check_says_so(
    opened: OpenPage, complaints: list[str], three_plots: Inventory, tmp_path: Path, lang: Language
) -> None:
    none = {"zh": "没有发现问题", "en": "No faults were found"}[lang]
    path = tmp_path / "clean.html"
    ParcelMap(three_plots, lang=lang, findings=layer(FOUND).iloc[:0]).save(path)
    with opened(path) as page:
        assert none in page.inner_text("#panel")
        assert page.evaluate("enping.findings()") == []
        page.evaluate("enping.goto('T1')")
        assert complaints == []


def test_english_findings(
    opened: OpenPage, complaints: list[str], three_plots: Inventory, tmp_path: Path
) -> None:
    path = tmp_path / "en.html"
    ParcelMap(three_plots, lang="en", findings=layer(FOUND)).save(path)
    with opened(path) as page:
        assert "6 of 7 shown" in page.inner_text(".findings")
        page.evaluate("n => enping.gotoFinding(n)", OVERLAP)
        card = page.inner_text("#card")
        for words in ("T1 Overlap", "Error", "Mend T1;T2", "Plots concerned", "1 of 6"):
            assert words in card
        cut = """[...document.querySelectorAll(".rule .name")].filter(
            each => each.scrollWidth > each.clientWidth).length"""
        assert page.evaluate(cut) == 0
        assert complaints == []
