"""In a browser: a click on a figure of a paper shows the plots behind it, without a script."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from enping_gis.inventory import Inventory
from enping_gis.reports.dossier import dossier
from enping_gis.reports.report import report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@contextmanager
def opened(browser: Browser, path: Path, width: int = 1366) -> Iterator[tuple[Page, list[str]]]:
    """Open a page with the network off, and keep what it asks for or complains of."""
    asked: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 768}, offline=True)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.goto(path.as_uri())
    yield page, asked
    context.close()


def test_a_click_on_a_figure_shows_its_plots_and_closes_them(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "季 通报.html"
    report(Inventory.demo(), path, cadence="quarterly", lang="zh")
    with opened(browser, path) as (page, asked):
        assert page.locator("section.plots:visible").count() == 0
        total = page.locator("tr.total a", has_text="793.00").first
        assert total.is_visible()
        total.click()
        shown = page.locator("section.plots:visible")
        assert shown.count() == 1
        lines = shown.locator("li").all_inner_texts()
        assert len(lines) == 9
        parts_mu = [Decimal(line.split(" · ")[-1].removesuffix(" 亩")) for line in lines]
        assert sum(parts_mu) == Decimal("793.00")
        box = shown.bounding_box()
        assert box is not None
        assert box["y"] < 768, "at the foot of the window"
        shown.get_by_role("link", name="收起").click()
        assert page.locator("section.plots:visible").count() == 0
        assert asked == [path.as_uri()], "nothing is loaded, nothing complains"


def test_every_figure_with_plots_leads_to_as_much(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "quarter.html"
    report(Inventory.demo(), path, cadence="quarterly", lang="en")
    with opened(browser, path) as (page, _):
        found = page.eval_on_selector_all(
            "td a[href^='#plots-']",
            """links => links.map(link => {
                const list = document.querySelector(link.getAttribute("href"));
                return [link.textContent, link.closest("tr").textContent,
                        [...list.querySelectorAll("li")].map(each => each.textContent)];
            })""",
        )
    assert len(found) > 100
    for figure, row, lines in found:
        if not figure.replace(",", "").replace(".", "").isdigit():
            assert lines, "a name leads to its plot"
            continue
        number = Decimal(figure.replace(",", ""))
        parts_mu = [Decimal(each.split(" · ")[-1].split(" ")[0].replace(",", "")) for each in lines]
        assert number in {sum(parts_mu), Decimal(len(lines))}, row


def test_the_file_of_a_plot_fits_a_phone_and_loads_nothing(
    browser: Browser, tmp_path: Path
) -> None:
    (path,) = dossier(Inventory.demo(), "EP002", folder=tmp_path, forms=["html"], lang="zh")
    with opened(browser, path, width=390) as (page, asked):
        assert page.locator("figure svg").count() == 1
        across = page.evaluate("document.documentElement.scrollWidth")
        assert across <= 390, "tables scroll by themselves"
        assert asked == [path.as_uri()]
