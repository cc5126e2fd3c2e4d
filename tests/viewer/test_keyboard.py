"""Everything that the mouse can do, the keyboard can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enping_gis.inventory import Inventory
from enping_gis.viewer import ParcelMap

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

    OpenPage = Callable[..., AbstractContextManager[Page]]

MOST_TABS = 400
# Each control that can be seen and used has a number; radio buttons of a name are one stop.
NUMBER = """() => {
    const kinds = "button, input, select, textarea, summary, a[href], [tabindex]";
    const usable = [...document.querySelectorAll(kinds)].filter(each => !each.disabled
        && each.tabIndex >= 0 && each.checkVisibility({visibilityProperty: true}));
    usable.forEach((each, i) => each.dataset.stop = i);
    const names = new Set();
    const isStop = each => each.type !== "radio" || !names.has(each.name) && names.add(each.name);
    const told = each => [each.dataset.stop, each.className || each.tagName, each.textContent];
    return usable.filter(isStop).map(each => told(each).join(" "));
}"""
HERE = """() => {
    const at = document.activeElement;
    const seen = getComputedStyle(at);
    return [at.dataset.stop || null, seen.outlineStyle !== "none" || seen.boxShadow !== "none"];
}"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "office.html"
    ParcelMap(Inventory.demo()).save(path)
    return path


def test_tab_reaches_every_control_and_shows_where_it_is(
    opened: OpenPage, complaints: list[str], office: Path
) -> None:
    with opened(office) as page:
        page.evaluate("enping.goto('EP005')")
        stops = page.evaluate(NUMBER)
        assert len(stops) > 25
        page.evaluate("document.activeElement.blur()")
        reached, unseen = set(), set()
        for _ in range(MOST_TABS):
            page.keyboard.press("Tab")
            stop, is_seen = page.evaluate(HERE)
            if stop is not None:
                reached.add(stop)
                if not is_seen:
                    unseen.add(stop)
        missed = [stop for stop in stops if stop.split()[0] not in reached]
        assert missed == []
        assert [stop for stop in stops if stop.split()[0] in unseen] == []
        assert complaints == []


def test_plots_are_chosen_and_combined_without_a_mouse(
    opened: OpenPage, complaints: list[str], office: Path
) -> None:
    with opened(office) as page:
        page.keyboard.press("/")
        page.keyboard.type("EP005")
        page.keyboard.press("Enter")
        page.wait_for_selector("#card:not([hidden])")
        assert "珠江燃气" in page.inner_text("#card")
        page.keyboard.press("Escape")
        assert page.is_hidden("#card")
        page.keyboard.press("/")
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.press("Backspace")
        page.keyboard.press("Enter")
        page.focus(".leaflet-container")
        page.keyboard.press("l")
        page.wait_for_selector("#table tbody button.open")
        for number in (3, 4):
            page.locator("#table tbody button.open").nth(number).focus()
            page.keyboard.press("Enter")
            page.keyboard.press("c")
        assert page.evaluate("enping.selection().ids") == ["EP004", "EP005"]
        page.keyboard.press("Shift+C")
        assert "171.22" in page.inner_text("#card")
        assert complaints == []


def test_a_box_is_chosen_and_a_line_measured_without_a_mouse(
    opened: OpenPage, complaints: list[str], office: Path
) -> None:
    with opened(office) as page:
        page.evaluate("enping.goto('EP005')")
        page.keyboard.press("Escape")
        page.focus(".leaflet-container")
        page.keyboard.press("b")
        assert "回车" in page.inner_text("#said")
        page.keyboard.press("Enter")
        chosen = page.evaluate("enping.selection().ids")
        assert {"EP004", "EP005"} <= {*chosen}
        assert len(chosen) < 119
        assert not page.evaluate("Enping.page.boxing")
        page.focus(".leaflet-container")
        page.keyboard.press("m")
        page.focus(".measure-box button")
        page.keyboard.press("Enter")
        page.focus(".leaflet-container")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)
        page.focus(".measure-box button")
        page.keyboard.press("Enter")
        assert " m" in page.inner_text(".measured")
        assert complaints == []


def test_the_map_is_moved_by_arrows_and_the_days_by_keys(
    opened: OpenPage, complaints: list[str], office: Path
) -> None:
    with opened(office) as page:
        page.focus(".leaflet-container")
        before = page.evaluate("[enping.map.getCenter().lng, enping.map.getZoom()]")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)
        page.keyboard.press("+")
        page.wait_for_timeout(400)
        after = page.evaluate("[enping.map.getCenter().lng, enping.map.getZoom()]")
        assert after[0] > before[0]
        assert after[1] > before[1]
        page.keyboard.press("0")
        assert complaints == []
