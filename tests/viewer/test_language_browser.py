"""The page in both languages: a switch says everything anew and loses nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from enping_gis.check.faults import faults_frame
from enping_gis.inventory import Inventory
from enping_gis.viewer import ParcelMap
from enping_gis.viewer.bilingual import differences

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

    OpenPage = Callable[..., AbstractContextManager[Page]]

CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]+")
# Everything that is said, except the names of plots and what files say, and the switch itself.
SAID = """() => {
    const own = ".plot .name, .card-title, .facts dd, .neighbour .name, .card-line, .language, "
        + ".twin td, .search, .found-plots, .basket-rows, .card-source, #said, "
        + ".event-said, .event-by";
    const found = [document.title];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (!node.parentElement.closest("script, style, noscript, " + own)) {
            found.push(node.textContent);
        }
    }
    document.querySelectorAll("[aria-label], [title], [placeholder]").forEach((one) => {
        if (!one.closest(".plot, .neighbour, .language")) {
            found.push(one.getAttribute("aria-label"), one.title, one.placeholder);
        }
    });
    return found.filter(Boolean).map((each) => each.trim()).filter(Boolean);
}"""


def nameless() -> Inventory:
    """Return the demonstration with plots, holders and projects that have no Chinese names."""
    demo = Inventory.demo()
    parcels = demo.parcels.assign(name=demo.parcels["parcel_id"], holder="H", site="S")
    projects = demo.projects.assign(name="P", investor="I", industry="N")
    tables = demo.tables | {"parcels": parcels, "projects": projects}
    return replace(demo, tables=tables)


@pytest.fixture(scope="module")
def page_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "both.html"
    clean = faults_frame([], None)
    ParcelMap(nameless(), findings=clean).save(path)
    return path


def test_every_word_changes_and_comes_back(
    opened: OpenPage, complaints: list[str], page_path: Path
) -> None:
    with opened(page_path, 1440, 900) as page:
        page.evaluate("enping.goto('EP002')")
        page.evaluate("enping.select(['EP004', 'EP005'])")
        page.keyboard.press("l")
        page.keyboard.press("m")
        page.evaluate("enping.goto('EP002')")
        chinese = page.evaluate(SAID)
        page.locator(".language").click()
        english = page.evaluate(SAID)
        assert [each for each in english if CHINESE.search(each)] == []
        assert page.evaluate("document.documentElement.lang") == "en"
        assert page.evaluate("document.activeElement.className") == "tool language"
        for words in ("Put back to use", "Encheng Street", "Town boundaries", "Neighbours"):
            assert words in "\n".join(english)
        page.locator(".language").click()
        assert page.evaluate(SAID) == chinese
        assert complaints == []


def test_what_is_shown_and_chosen_stays(
    opened: OpenPage, complaints: list[str], page_path: Path
) -> None:
    with opened(page_path) as page:
        page.evaluate("enping.filter({town: '恩城街道', status: ['surveyed', 'building']})")
        page.evaluate("enping.select(['EP004', 'EP005'])")
        page.evaluate("enping.asOf('2022-12-31')")
        script = "() => [enping.visible(), enping.selection(), Enping.page.view.day]"
        before = page.evaluate(script)
        assert before[0]["count"] > 0
        page.evaluate("enping.speak('en')")
        assert page.evaluate(script) == before
        assert page.locator(".filters select").first.input_value() == "440785001"
        assert "As of 2022-12-31" in page.locator(".top .asof").inner_text()
        # One key is one act still, however often the language changed.
        page.evaluate("enping.speak('zh')")
        page.keyboard.press("l")
        assert page.locator(".drawer").is_visible()
        page.evaluate("enping.speak('en')")
        assert page.locator(".drawer").is_visible()
        assert page.get_by_role("button", name="Area (mu)").is_visible()
        page.evaluate("enping.speak('fr')")
        assert page.evaluate("document.documentElement.lang") == "en"
        assert complaints == []


def test_the_address_keeps_the_language(opened: OpenPage, page_path: Path) -> None:
    with opened(page_path) as page:
        page.evaluate("enping.speak('en')")
        address = page.evaluate("Enping.page.hash()")
        assert "lang=en" in address
        page.goto("about:blank")
        page.goto(page_path.as_uri() + address)
        page.evaluate("enping.ready")
        assert page.evaluate("document.documentElement.lang") == "en"
        page.evaluate("location.hash = '#day=2022-12-31'")
        page.wait_for_function("document.documentElement.lang === 'zh-CN'")
        page.goto("about:blank")
        page.goto(page_path.as_uri() + "#lang=xx")
        page.evaluate("enping.ready")
        assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_findings_change_with_the_language(
    opened: OpenPage, complaints: list[str], tmp_path: Path
) -> None:
    found: Any = faults_frame([], None).reindex(range(1)).assign(
        rule="G1", severity="error", parcel_ids="EP005",
        message_zh="甲", message_en="one", cure_zh="乙", cure_en="two",
    )  # fmt: skip
    path = tmp_path / "found.html"
    ParcelMap(nameless(), lang="en", findings=found).save(path)
    with opened(path) as page:
        page.evaluate("enping.gotoFinding(0)")
        assert "one" in page.locator("#card").inner_text()
        page.locator(".language").click()
        card = page.locator("#card").inner_text()
        assert "甲" in card
        assert "乙" in card
        assert page.evaluate("enping.findings()[0].message") == "甲"
        assert complaints == []


def test_only_texts_that_differ_are_listed() -> None:
    one = {"rows": [{"a": "x", "n": 1}, {"a": "same"}], "list": ["p", "q"]}
    two = {"rows": [{"a": "y", "n": 2}, {"a": "same"}], "list": ["p", "r"]}
    assert differences(one, two) == [[["rows", 0, "a"], "y"], [["list", 1], "r"]]
