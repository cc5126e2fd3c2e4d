"""The page on a desk, on a phone and on paper: nothing is cut off, a finger finds every button."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from enping_gis.inventory import Inventory
from enping_gis.viewer import ParcelMap

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    OpenPage = Callable[..., AbstractContextManager[Any]]

DESK, PHONE = (1366, 768), (360, 740)
FINGER_PX = 40
# What is pressed: a box by the label around it; rows of the table have their own list.
CONTROLS = """() => Array.from(document.querySelectorAll("button, input, select, a[href]"))
    .map((one) => one.type === "checkbox" && one.closest("label") || one)
    .filter((one) => one.checkVisibility() && !one.closest(".twin, .strip input[type=range]"))
    .map((one) => [one.className || one.tagName, one.textContent.trim().slice(0, 20),
        one.getBoundingClientRect().toJSON(), Boolean(one.closest(".panel, .card"))])"""


@pytest.fixture(scope="module")
def demo_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "demo.html"
    ParcelMap(Inventory.demo()).save(path)
    return path


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_is_cut_off(
    opened: OpenPage, complaints: list[str], demo_page: Path, size: tuple[int, int]
) -> None:
    wide, high = size
    with opened(demo_page, *size) as page:
        for act in ("enping.speak('en')", "enping.goto('EP002')", "enping.speak('zh')"):
            page.evaluate(act)
            assert page.evaluate("document.documentElement.scrollWidth") <= wide
            assert page.evaluate("document.documentElement.scrollHeight") <= high
            for name, words, box, is_scrolled in page.evaluate(CONTROLS):
                assert box["left"] >= -1, (act, name, words)
                assert box["right"] <= wide + 1, (act, name, words)
                assert is_scrolled or box["bottom"] <= high + 1, (act, name, words)
        assert complaints == []


def test_a_finger_finds_every_button(opened: OpenPage, demo_page: Path) -> None:
    with opened(demo_page, *PHONE) as page:
        for act in ("enping.filter({text: 'EP00'})", "enping.goto('EP002')"):
            page.evaluate(act)
            small = [
                (name, words, box["width"], box["height"])
                for name, words, box, _ in page.evaluate(CONTROLS)
                if min(box["width"], box["height"]) < FINGER_PX
            ]
            assert small == []


def test_the_sheet_gives_way_and_takes_over(
    opened: OpenPage, complaints: list[str], demo_page: Path
) -> None:
    with opened(demo_page, *PHONE) as page:
        up, down = (page.locator(".sheet-handle button").nth(at) for at in (0, 1))
        high = "() => enping.map.getSize().y"
        half = page.evaluate(high)
        down.click()
        assert page.evaluate(high) > half + 150
        assert not page.locator(".legend").is_visible()
        down.click()
        up.click()
        assert page.evaluate(high) == half
        up.click()
        assert page.locator(".legend").is_visible()
        assert page.evaluate(high) < half
        down.click()
        page.evaluate("enping.goto('EP002')")
        card, place = page.locator("#card").bounding_box(), page.locator("main.map").bounding_box()
        assert card["y"] >= place["y"] + place["height"]
        assert card["width"] == PHONE[0]
        assert not page.locator("#panel").is_visible()
        assert complaints == []
    with opened(demo_page, *DESK) as page:
        assert not page.locator(".sheet-handle").is_visible()


@pytest.mark.parametrize(("sheet", "wide_mm", "high_mm"), [("A4", 297, 210), ("A3", 420, 297)])
def test_the_paper_is_the_sheet_that_was_chosen(
    opened: OpenPage, demo_page: Path, sheet: str, wide_mm: int, high_mm: int
) -> None:
    with opened(demo_page) as page:
        page.evaluate("sheet => Enping.preparePrint(Enping.page, sheet, 'T')", sheet)
        paper = page.pdf(prefer_css_page_size=True, print_background=True)
        page.evaluate("Enping.endPrint(Enping.page)")
    boxes = re.findall(rb"/MediaBox \[([^\]]+)\]", paper)
    assert len(boxes) == 1
    points = [float(each) for each in boxes[0].split()]
    assert points[2] == pytest.approx(wide_mm * 72 / 25.4, abs=1)
    assert points[3] == pytest.approx(high_mm * 72 / 25.4, abs=1)


@pytest.mark.parametrize("is_schematic", [True, False])
def test_schematic_lines_are_dashed_and_the_legend_says_so(
    opened: OpenPage, tmp_path: Path, *, is_schematic: bool
) -> None:
    demo = Inventory.demo()
    places = demo.places.assign(schematic=is_schematic)
    basis = "synthetic" if is_schematic else "stated"
    parcels = demo.parcels.assign(schematic=is_schematic, geometry_basis=basis, source="survey")
    path = tmp_path / "lines.html"
    tables = demo.tables | {"places": places, "parcels": parcels}
    ParcelMap(replace(demo, tables=tables), lang="en").save(path)
    with opened(path) as page:
        dashes = page.locator(".leaflet-places-pane path[stroke-dasharray]").count()
        assert dashes == (len(places) if is_schematic else 0)
        keys = page.locator(".keys").inner_text()
        for words in ("Schematic boundary", "Industrial park (schematic)"):
            assert (words in keys) == is_schematic
        lines = page.evaluate("Enping.page.data.plots.map((plot) => Enping.dash(plot.line).length)")
        assert all(each > 0 for each in lines) == is_schematic
        assert any(each > 0 for each in lines) == is_schematic
        assert ("Schematic plot" in keys or "Synthetic plot" in keys) == is_schematic
