"""Papers as web pages."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from enping_gis.reports.web import web_page, write_web
from tests.reports.papers_read import demo_paper
from tests.reports.sample import NOTICE, paper

if TYPE_CHECKING:
    from pathlib import Path


class Elements(HTMLParser):
    """Collect the elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module", params=["sample", "weekly", "quarterly"])
def page(request: pytest.FixtureRequest) -> str:
    return web_page(paper() if request.param == "sample" else demo_paper(request.param))


def test_nothing_is_loaded_and_nothing_runs(page: str) -> None:
    elements = Elements(page)
    names = {name for name, _ in elements.found}
    assert not names & {"script", "iframe", "object", "embed", "link", "base", "form", "img"}
    for _, attributes in elements.found:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#")
    (policy,) = (each["content"] for each in elements.named("meta") if "http-equiv" in each)
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "url(" not in style
    assert "@import" not in style


def test_every_list_of_plots_is_reached_and_left(page: str) -> None:
    elements = Elements(page)
    ids = [str(each["id"]) for _, each in elements.found if "id" in each]
    assert len(ids) == len(set(ids))
    links = [str(each["href"])[1:] for each in elements.named("a")]
    assert links
    assert set(links) <= set(ids)
    assert {each for each in ids if each.startswith("plots-")} <= set(links)


def test_texts_cannot_become_marks() -> None:
    page = web_page(paper())
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;甲&gt; · 大槐镇 · 8,000.00 亩" in page  # what the plot adds, not its whole area
    assert "EP2 · 605.84 亩" in page
    assert "分布 &lt;图&gt;" in page


def test_synthetic_data_is_said_first_last_and_in_print() -> None:
    page = web_page(paper())
    body = page[page.index("<main>") :]
    assert body.startswith(f'<main>\n<p class="notice" role="note">{NOTICE}</p>')
    assert f'<footer class="notice">{NOTICE}</footer>' in body
    assert f"\\{ord('【'):06x}" in page[: page.index("</style>")]
    plain = web_page(paper(notice=""))
    assert 'class="notice"' not in plain


def test_a_table_can_be_read_aloud() -> None:
    elements = Elements(web_page(paper()))
    heads = [each for each in elements.named("th") if each.get("scope") == "col"]
    assert len(heads) == 16
    assert elements.named("html")[0]["lang"] == "zh-CN"
    assert len(elements.named("h1")) == 1
    assert all(each["aria-label"] for each in elements.named("figure"))
    group = next(each for each in elements.named("th") if each.get("scope") == "rowgroup")
    assert group["colspan"] == "8"


def test_a_page_is_written_as_utf_8(tmp_path: Path) -> None:
    write_web(paper(blocks=()), tmp_path / "周 调度.html")
    assert "周调度材料" in (tmp_path / "周 调度.html").read_text(encoding="utf-8")
