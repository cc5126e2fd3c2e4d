"""What axe-core says of the page: no serious fault, whatever is open."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from enping_gis.inventory import Inventory
from enping_gis.viewer import ParcelMap

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

    OpenPage = Callable[..., AbstractContextManager[Page]]

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN = """async () => {
    const found = await axe.run(document, {resultTypes: ["violations"]});
    return found.violations.filter(each => ["serious", "critical"].includes(each.impact)).map(
        each => [each.id, each.help, each.nodes.map(node => node.html.slice(0, 120))]);
}"""
# What a planner has open -> how it is opened.
STATES = {
    "nothing": "null",
    "card": "enping.goto('EP005')",
    "selection": "enping.select(['EP004', 'EP005'])",
    "filter": "enping.filter({text: '恩'})",
    "earlier day": "enping.asOf('2022-12-31')",
}


@pytest.fixture(scope="module", params=[False, True], ids=["office", "public"])
def page_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("axe") / "page.html"
    ParcelMap(Inventory.demo(), public=request.param).save(path)
    return path


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_axe_finds_no_serious_fault(
    opened: OpenPage, complaints: list[str], page_file: Path, width: int, height: int
) -> None:
    found: dict[str, Any] = {}
    with opened(page_file, width, height) as page:
        page.evaluate(AXE)
        for name, script in STATES.items():
            page.evaluate(script)
            found[name] = page.evaluate(RUN)
        page.evaluate("document.querySelector('.tools-bar .table').click()")
        found["table"] = page.evaluate(RUN)
    assert {name: each for name, each in found.items() if each} == {}
    assert complaints == []


def test_axe_sees_a_fault_where_there_is_one(opened: OpenPage, page_file: Path) -> None:
    with opened(page_file) as page:
        page.evaluate(AXE)
        page.evaluate("document.querySelector('button').replaceChildren()")
        page.evaluate("document.querySelector('button').removeAttribute('aria-label')")
        page.evaluate("document.querySelector('button').removeAttribute('title')")
        assert "button-name" in [each[0] for each in page.evaluate(RUN)]
