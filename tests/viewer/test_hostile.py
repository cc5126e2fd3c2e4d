"""Text that tries to run: ten payloads by every way into the page, and none runs."""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import geopandas as gpd
import pandas as pd
import pytest

from enping_gis.inventory import Inventory
from enping_gis.schema import conformed
from enping_gis.viewer import ParcelMap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

    OpenPage = Callable[..., AbstractContextManager[Page]]

RUN = "window.hits=(window.hits||[]).concat('{way}')"
PAYLOADS = (
    "<script>" + RUN + "</script>",
    "</script><script>" + RUN + "</script>",
    '<img src=x onerror="' + RUN + '">',
    "<svg/onload=" + RUN + ">",
    '" onmouseover="' + RUN + '" autofocus onfocus="' + RUN + '" x="',
    "' onclick='" + RUN.replace("'", "`") + "' x='",
    "javascript:" + RUN,
    "<!--<script>" + RUN + "//--></style><iframe srcdoc='<script>parent.hits=1</script>'>",
    "${" + RUN + "}`+" + RUN + "+`{{7*7}}\u2028" + RUN,
    '=HYPERLINK("javascript:' + RUN + '")<a href="javascript:' + RUN + '">x</a>',
)  # fmt: skip
PARCEL_WAYS = ("parcel_id", "name", "aliases", "site", "holder", "category", "disposal",
               "mechanism", "blockers", "status_stated", "source")  # fmt: skip
PROJECT_WAYS = ("name", "investor", "industry")
EVENT_WAYS = ("note", "actor", "document")
FINDING_WAYS = ("message_zh", "cure_zh", "value", "field", "rule")
HASH_WAYS = ("text", "sel", "open", "at", "status", "day", "town", "category")
# Beside these: place names and codes, the commitment's post, title, name of the inventory, name of
# the file, search box, and events without a plot.
WAYS = len((*PARCEL_WAYS, *PROJECT_WAYS, *EVENT_WAYS, *FINDING_WAYS, *HASH_WAYS)) + 7


def test_there_are_as_many_ways_and_payloads_as_are_told() -> None:
    assert WAYS >= 20
    assert len({*PAYLOADS}) == 10


def said(payload: str, way: str) -> str:
    return payload.replace("{way}", way)


def hostile(payload: str) -> Inventory:
    """Put a payload into every column of text."""
    demo = Inventory.demo()
    parcels = demo.parcels.head(4).copy()
    for way in PARCEL_WAYS:
        parcels[way] = said(payload, way)
    parcels["parcel_id"] = [f"{said(payload, 'parcel_id')}{row}" for row in range(len(parcels))]
    places = demo.places.head(3).copy()
    places["name"] = said(payload, "place name")
    codes = [f"{said(payload, 'place')}{row}" for row in range(len(places))]
    places["place"] = codes
    parcels["town"] = parcels["responsible"] = codes[0]
    projects = demo.tables["projects"].head(1).copy()
    for way in PROJECT_WAYS:
        projects[way] = said(payload, f"project {way}")
    project = projects["project_id"].iloc[0]
    used = pd.DataFrame([{"project_id": project, "parcel_id": parcels["parcel_id"].iloc[0]}])
    event: dict[str, Any] = {way: said(payload, f"event {way}") for way in EVENT_WAYS}
    event |= {"date": "2023-01-02", "kind": "filed"}
    rows = [event | {"event_id": "e1", "parcel_id": parcels["parcel_id"].iloc[0]},
            event | {"event_id": "e2", "kind": "meeting"}]  # fmt: skip
    target = {"period": "2023", "place": codes[0], "area_mu": 10.0, "basis": payload,
              "post": said(payload, "post"), "deadline": "2023-12-31"}  # fmt: skip
    tables = {
        "parcels": parcels, "places": places, "projects": projects,
        "parcel_projects": conformed(used, "parcel_projects"),
        "events": conformed(pd.DataFrame(rows), "events"),
        "targets": conformed(pd.DataFrame([target]), "targets"),
    }  # fmt: skip
    meta = replace(demo.meta, name=said(payload, "inventory"), is_demo=False)
    return Inventory(tables=tables, meta=meta)


def findings_of(inventory: Inventory, payload: str) -> gpd.GeoDataFrame:
    row = {
        "severity": "error", "parcel_ids": inventory.parcels["parcel_id"].iloc[0],
        "message_en": payload, "cure_en": payload,
        "geometry": inventory.parcels.geometry.iloc[0].centroid,
    }  # fmt: skip
    row |= {way: said(payload, f"finding {way}") for way in FINDING_WAYS}
    return gpd.GeoDataFrame([row], geometry="geometry", crs=inventory.crs)


def walk(page: Page, ids: list[str], payload: str) -> Iterator[str]:
    """Open all that shows text, as a planner would, and yield what is to be read."""
    for parcel_id in ids:
        page.evaluate("id => enping.goto(id)", parcel_id)
        yield page.inner_text("#card")
    for unit in page.locator(".units .unit").all():
        unit.click()
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.fill(".search", said(payload, "search"))
    page.wait_for_timeout(50)
    page.fill(".search", "")
    page.evaluate("ids => enping.select(ids)", ids)
    page.evaluate("document.querySelector('.tools-bar .basket').click()")
    yield page.inner_text("#card")
    page.evaluate("document.querySelector('.tools-bar .table').click()")
    yield page.inner_text("#table")
    page.evaluate("text => enping.filter({text})", payload)
    page.evaluate("enping.filter({})")
    yield page.inner_text("#panel")


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_nothing_runs(opened: OpenPage, complaints: list[str], tmp_path: Path, number: int) -> None:
    payload = PAYLOADS[number]
    inventory = hostile(payload)
    ids = list(inventory.parcels["parcel_id"])
    path = tmp_path / (re.sub(r"[/\x00\u2028]", "_", said(payload, "file"))[:80] + ".html")
    title = said(payload, "title")
    ParcelMap(inventory, title=title, findings=findings_of(inventory, payload)).save(path)
    with opened(path) as page:
        assert page.inner_text("h1").split() == title.split()
        read = list(walk(page, ids, payload))
        for way in ("name", "site", "holder", "project name", "source"):
            assert any("".join(said(payload, way).split()) in "".join(each.split())
                       for each in read), way  # fmt: skip
        # By mouse and key over all that has a handler in the text.
        page.evaluate("""() => document.querySelectorAll("*").forEach(each =>
            ["mouseover", "focus", "load", "error"].forEach(kind =>
                each.dispatchEvent(new Event(kind))))""")
        made = "img, iframe, svg[onload], a[href^=javascript], [onerror], [onfocus], [onclick]"
        assert page.locator(f"body :is({made}):not(.leaflet-container *)").count() == 0
        assert page.evaluate("window.hits") is None
        assert complaints == []


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_nothing_runs_from_the_address(
    opened: OpenPage, complaints: list[str], office: Path, number: int
) -> None:
    payload = PAYLOADS[number]
    with opened(office) as page:
        for way in HASH_WAYS:
            text = said(payload, way)
            value = f'["EP005", {text!r}]' if way == "sel" else text
            page.evaluate("hash => { location.hash = hash; }", urlencode({way: value}))
            page.wait_for_timeout(20)
        page.evaluate("hash => { location.hash = hash; }", payload)
        page.wait_for_timeout(20)
        assert page.evaluate("window.hits") is None
        assert page.evaluate("enping.count") == 119
        assert complaints == []


def test_what_would_run_is_seen(opened: OpenPage, complaints: list[str], office: Path) -> None:
    with opened(office) as page:
        for payload in (PAYLOADS[2], PAYLOADS[3]):
            page.evaluate("text => document.body.insertAdjacentHTML('beforeend', text)", payload)
        page.wait_for_timeout(100)
        assert complaints


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(
    opened: OpenPage, tmp_path: Path, sign: str
) -> None:
    demo = Inventory.demo()
    parcels = demo.parcels.head(2).copy()
    parcels["name"] = parcels["holder"] = parcels["site"] = f"{sign}cmd|' /C calc'!A0"
    path = tmp_path / "sheet.html"
    ParcelMap(replace(demo, tables=demo.tables | {"parcels": parcels})).save(path)
    with opened(path) as page:
        page.evaluate("document.querySelector('.tools-bar .table').click()")
        with page.expect_download() as waiting:
            page.click("#table button:has-text('CSV'), #table button:has-text('下载')")
        written = waiting.value.path().read_text("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(written)) for cell in row]
    assert any("cmd|" in cell for cell in cells)
    assert not [cell for cell in cells if "cmd|" in cell and cell[0] in "=+-@\t\r＝"]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "office.html"
    ParcelMap(Inventory.demo()).save(path)
    return path


def test_the_policy_lets_no_other_script_run(office: Path) -> None:
    written = office.read_text("utf-8")
    (coded,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', written)
    policy = html.unescape(coded)
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";") if rule.strip())
    assert rules["default-src"] == "'none'"
    script = rules["script-src"].split()
    assert script
    assert all(re.fullmatch(r"'sha(256|384|512)-[A-Za-z0-9+/=]+'", each) for each in script)
    assert "unsafe-eval" not in policy
    assert "blob:" not in rules["script-src"]
    # Every script of the page that runs is one of those named.
    inline = re.findall(r"<script>", written)
    assert len(inline) == len(script)
    assert not re.findall(r"<script[^>]+src=", written)
