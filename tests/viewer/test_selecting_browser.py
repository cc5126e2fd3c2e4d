"""Filter, day, selection, table and permalink in a real browser without network."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from enping_gis.inventory import Inventory
from enping_gis.measure.areas import area
from enping_gis.measure.contacts import contacts
from enping_gis.measure.standing import status_on
from enping_gis.viewer import ParcelMap
from tests.viewer.conftest import inventory_of, plot

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

    OpenPage = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="module")
def demo_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "demo.html"
    ParcelMap(Inventory.demo()).save(path)
    return path


def dirty() -> tuple[Inventory, gpd.GeoDataFrame]:
    """Return plots in blocks between roads, corners off by millimetres, and clean ones."""
    dice = np.random.default_rng(7)
    corners = {
        (i, j): np.array([634_000.0 + 70 * i + 9 * (i // 4), 2_450_000.0 + 60 * j + 12 * (j // 5)])
        + dice.uniform(-6, 6, 2)
        for i in range(17)
        for j in range(17)
    }

    def ring(i: int, j: int, off: float) -> shapely.Polygon:
        at = [corners[i + a, j + b] for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
        return shapely.Polygon([point + dice.uniform(-off, off, 2) for point in at])

    keys = [(i, j) for i in range(16) for j in range(16) if i % 4 != 3 and j % 5 != 4]
    clean = gpd.GeoDataFrame(geometry=[ring(i, j, 0.0) for i, j in keys], crs="EPSG:4546")
    rows = [plot(number, ring(i, j, 0.004)) for number, (i, j) in enumerate(keys)]
    return inventory_of(rows), clean


def groups(ids: list[str], pairs: list[tuple[str, str]]) -> int:
    parent = {each: each for each in ids}

    def root(each: str) -> str:
        while parent[each] != each:
            each = parent[each]
        return each

    for left, right in pairs:
        if left in parent and right in parent:
            parent[root(left)] = root(right)
    return len({root(each) for each in ids})


def test_300_selections_of_dirty_plots_are_what_shapely_and_contacts_say(
    opened: OpenPage, complaints: list[str], tmp_path: Path
) -> None:
    inventory, clean = dirty()
    parcels = inventory.parcels
    ids = list(parcels["parcel_id"])
    areas = area(parcels, method=inventory.meta.area_method).set_axis(ids)
    found = contacts(parcels, within_m=40.0)
    pairs = found.set_index(["left", "right"])
    dice = np.random.default_rng(11)
    chosen = []
    for _ in range(300):
        near = shapely.distance(
            clean.centroid.to_numpy(), clean.centroid.iloc[dice.integers(len(ids))]
        )
        pool = np.argsort(near)[: int(dice.integers(3, 14))]
        kept = dice.choice(pool, size=int(dice.integers(1, len(pool) + 1)), replace=False)
        chosen.append(sorted(int(each) for each in kept))
    path = tmp_path / "dirty.html"
    ParcelMap(inventory).save(path)
    with opened(path) as page:
        script = """all => all.map(ids => {
            Enping.page.basket.set(ids);
            const rows = Enping.page.basket.rows();
            const sum = Enping.combined(Enping.page.data.table, Enping.page.contactsOf, rows);
            return {...enping.selection(), perimeter: sum.perimeterCm / 100,
                touching: sum.touching, parts: sum.parts.length};
        })"""
        told = page.evaluate(script, [[ids[row] for row in rows] for rows in chosen])
        assert complaints == []
    joined = 0
    for rows, answer in zip(chosen, told, strict=True):
        own = [ids[row] for row in rows]
        assert answer["ids"] == own
        assert answer["area_m2"] == pytest.approx(float(areas[own].sum()), abs=0.006 * len(own))
        inside = pairs[[left in own and right in own for left, right in pairs.index]]
        touching = inside[inside["kind"].isin(["shared", "overlap"])]
        near = inside[inside["kind"] != "corner"]
        assert answer["touching"] == (groups(own, list(touching.index)) == 1)
        assert answer["parts"] == groups(own, list(near.index))
        assert answer["connected"] == (answer["parts"] == 1)
        assert answer["shared_m"] == pytest.approx(
            float(inside["shared_m"].sum()), abs=0.006 * len(own) ** 2
        )
        union = shapely.union_all(clean.geometry.to_numpy()[rows])
        if answer["touching"]:
            joined += 1
            # Corners are off by up to 4 mm; where three plots meet, the contact of two of them
            # runs on beside the third for less than its tolerance of 0.2 m.
            bound = 0.02 * len(own) + 0.2 * len(touching)
            assert answer["perimeter"] == pytest.approx(union.length, abs=bound)
            assert answer["perimeter"] == pytest.approx(union.length, rel=0.002)
            exact = 4 * np.pi * union.area / union.length**2
            assert answer["compactness"] == pytest.approx(exact, rel=0.01)
        else:
            assert answer["compactness"] is None
    assert 30 < joined < 290


def test_statuses_of_any_day_are_those_of_the_fold(
    opened: OpenPage, complaints: list[str], demo_page: Path
) -> None:
    demo = Inventory.demo()
    with opened(demo_page) as page:
        for day in ("2022-01-01", "2022-07-15", "2022-12-31", "2023-03-01", "2023-03-30"):
            page.evaluate("day => enping.asOf(day)", day)
            told = page.evaluate("Enping.page.data.plots.map(plot => enping.statusOf(plot.id))")
            assert told == list(status_on(demo, day)["status"])
            mu = page.locator(
                ".legend tbody tr:not(.sum):not([hidden]) td:last-child"
            ).all_inner_texts()
            parts = sum(round(100 * float(each.replace(",", ""))) for each in mu)
            assert parts == 860584, day
        before = page.locator(".legend tbody tr").first.inner_text()
        page.locator(".strip input[type=range]").focus()
        page.keyboard.press("Home")
        assert page.locator(".legend tbody tr").first.inner_text() != before
        assert "2022" in page.locator(".top .asof").inner_text()
        page.locator(".strip .now").click()
        assert page.locator(".legend tbody tr").first.inner_text() == before
        assert complaints == []


def test_two_days_side_by_side(opened: OpenPage, demo_page: Path) -> None:
    demo = Inventory.demo()
    early, late = (status_on(demo, day)["status"] for day in ("2022-12-31", "2023-03-30"))
    with opened(demo_page) as page:
        page.locator(".strip input[type=date]").last.fill("2022-12-31")
        counts = page.evaluate(
            """() => Enping.changesOf(Enping.page.data.table, Enping.dayOf("2022-12-31"),
                Enping.dayOf("2023-03-30")).map(one => one.rows.length)"""
        )
        assert sum(counts) == int((early != late).sum()) > 0
        assert page.locator(".move").count() == len(counts)
        page.locator(".move").first.click()
        assert len(page.evaluate("enping.selection().ids")) == counts[0]


def test_filters_by_code_and_by_name_and_search(opened: OpenPage, demo_page: Path) -> None:
    demo = Inventory.demo()
    standing = status_on(demo)
    towns = demo.parcels["town"]
    with opened(demo_page) as page:
        found = page.evaluate("enping.filter({status: 'revitalised'})")
        assert found["count"] == int((standing["status"] == "revitalised").sum())
        found = page.evaluate("enping.filter({town: '440785001'})")
        assert found["count"] == int((towns == "440785001").sum())
        both = page.evaluate("enping.filter({town: '恩城街道', status: ['surveyed', 'building']})")
        wanted = (towns == "440785001").to_numpy() & standing["status"].isin(
            ["surveyed", "building"]
        ).to_numpy()
        assert both["count"] == int(wanted.sum())
        shown = standing["area_m2"].to_numpy()[wanted].sum() * 3 / 2000
        assert both["area_mu"] == pytest.approx(shown, abs=0.006)
        assert page.evaluate("enping.visible()") == both
        assert page.evaluate("enping.filter({status: []})") == {"count": 0, "area_mu": 0}
        assert page.evaluate("enping.filter()") == {"count": 119, "area_mu": 8605.84}
        page.locator(".search").fill("珠江燃气")
        page.locator(".found-plots button").first.wait_for()
        page.keyboard.press("Enter")
        assert "珠江燃气" in page.locator(".card-title").inner_text()


def test_the_legend_filters_by_box_and_by_name(opened: OpenPage, demo_page: Path) -> None:
    with opened(demo_page) as page:
        row = page.locator(".legend tbody tr").nth(1)
        n = int(row.locator("td").first.inner_text())
        row.locator(".only").click()
        assert page.evaluate("enping.visible().count") == n
        assert int(row.locator("td").first.inner_text()) == n
        row.locator(".only").click()
        assert page.evaluate("enping.visible().count") == 119
        row.locator("input").uncheck()
        assert page.evaluate("enping.visible().count") == 119 - n


def test_the_table_sorts_and_the_selection_is_safe_to_paste(
    opened: OpenPage, tmp_path: Path
) -> None:
    rows = [
        plot(
            number,
            shapely.box(
                634_000 + 99 * number, 2_450_000, 634_050 + 99 * number, 2_450_050 + number
            ),
        )
        for number in range(700)
    ]
    bad = ("=1+1", "+1", "-1", "@A1", "\t=1", 'a,"b"')
    for row, name in zip(rows, bad, strict=False):
        row["name"] = name
    path = tmp_path / "many.html"
    ParcelMap(inventory_of(rows)).save(path)
    with opened(path) as page:
        page.keyboard.press("l")
        assert page.locator(".twin").get_attribute("aria-rowcount") == "701"
        assert page.locator(".twin tbody tr").count() < 60
        page.get_by_role("button", name="面积（亩）").click()
        assert page.locator(".twin .open").first.inner_text() == "T0"
        page.get_by_role("button", name="面积（亩）").click()
        assert page.locator(".twin .open").first.inner_text() == "T699"
        assert page.locator("th[aria-sort=descending]").count() == 1
        page.evaluate("enping.select(['T0', 'T1', 'T2', 'T3', 'T4', 'T5'])")
        with page.expect_download() as waiting:
            page.locator("#table").get_by_role("button", name="下载").click()
        text = waiting.value.path().read_text("utf-8-sig")
    cells = list(csv.reader(io.StringIO(text)))
    assert cells[0][0].endswith("2023-03-30")
    names = [row[2] for row in cells[2:]]
    assert names == ["'=1+1", "'+1", "'-1", "'@A1", "'=1", 'a,"b"']


def test_the_address_holds_what_is_seen(
    opened: OpenPage, complaints: list[str], demo_page: Path
) -> None:
    with opened(demo_page) as page:
        page.evaluate("enping.select(['EP004', 'EP005'])")
        page.evaluate("enping.filter({town: '440785001'})")
        page.evaluate("enping.asOf('2022-12-31')")
        address = page.evaluate("Enping.page.hash()")
        seen = page.evaluate("[enping.visible(), enping.statusOf('EP005')]")
        page.goto("about:blank")
        page.goto(demo_page.as_uri() + address)
        page.evaluate("enping.ready")
        assert page.evaluate("enping.selection().ids") == ["EP004", "EP005"]
        assert page.evaluate("[enping.visible(), enping.statusOf('EP005')]") == seen
        for strange in (
            '#sel=["x","EP001"]',
            "#at=9/x/y&day=2022-02-31",
            "#sel=<img src=x onerror=alert(1)>",
            "#%E0%A4%A",
        ):
            page.goto("about:blank")
            page.goto(demo_page.as_uri() + strange)
            page.evaluate("enping.ready")
            assert page.evaluate("enping.visible().count") == 119
        complaints[:] = [each for each in complaints if not each.startswith(("file:", "about:"))]
        assert complaints == []


def test_box_measure_print_and_picture(
    opened: OpenPage, complaints: list[str], demo_page: Path
) -> None:
    with opened(demo_page) as page:
        page.evaluate("enping.goto('EP005')")
        page.evaluate("Enping.page.close()")
        box: Any = page.locator(".folium-map").bounding_box()
        page.keyboard.press("b")
        page.mouse.move(box["x"] + 250, box["y"] + 120)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 100, box["y"] + box["height"] - 80, steps=4)
        page.mouse.up()
        assert "EP005" in page.evaluate("enping.selection().ids")
        assert page.locator(".verdict").count() == 1
        page.evaluate("Enping.page.close()")
        page.keyboard.press("m")
        for x, y in ((300, 150), (500, 150), (500, 300)):
            page.mouse.click(box["x"] + x, box["y"] + y)
        assert "亩" in page.locator(".measured").inner_text()
        page.keyboard.press("m")
        wide = page.evaluate("Enping.picture(Enping.page).then(canvas => canvas.width)")
        assert wide > 2 * box["width"]
        for name, sheet in (("A4", 277), ("A3", 400)):
            page.evaluate("name => Enping.preparePrint(Enping.page, name, 'T')", name)
            width = page.evaluate("document.body.getBoundingClientRect().width")
            assert width == pytest.approx(sheet * 96 / 25.4, abs=1)
            assert page.locator(".legend").is_visible()
            assert page.locator(".scale-box").is_visible()
            page.evaluate("Enping.endPrint(Enping.page)")
        assert complaints == []


def test_a_public_page_holds_no_person_and_no_exact_corner(
    opened: OpenPage, complaints: list[str], tmp_path: Path
) -> None:
    demo = Inventory.demo()
    events = demo.events.assign(note="SECRETNOTE")
    parcels = demo.parcels.assign(holder="SECRETHOLDER")
    path = tmp_path / "public.html"
    tables = demo.tables | {"parcels": parcels, "events": events}
    ParcelMap(replace(demo, tables=tables), public=True).save(path)
    with opened(path) as page:
        assert page.evaluate("enping.visible()") == {"count": 119, "area_mu": 8605.84}
        said = page.evaluate("JSON.stringify(Enping.page.data.table.coded)")
        assert "SECRET" not in said + path.read_text("utf-8")
        off = page.evaluate(
            """Enping.page.data.plots.flatMap((plot, i) => Enping.page.parcels.outline(i).flat(2))
                .map(each => Math.abs(each * 1e5 - Math.round(each * 1e5)))
                .reduce((most, each) => Math.max(most, each), 0)"""
        )
        # The grid of the page has steps of about 2 cm; no finer figure is left in it.
        assert off < 0.02
        assert page.locator(".tools-bar .basket").count() == 0
        page.evaluate("enping.goto('EP005')")
        assert "SECRET" not in page.locator("#card").inner_text()
        assert complaints == []
