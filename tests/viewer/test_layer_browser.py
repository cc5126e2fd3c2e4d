"""The parcel layer in a real browser: hits, many plots, damaged data, frames that stay short."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks.layers import surveyed_layer
from enping_gis.crs import lonlat
from enping_gis.inventory import Inventory
from enping_gis.schema import conformed
from enping_gis.viewer import ParcelMap

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

    OpenPage = Callable[..., AbstractContextManager[Page]]

MANY, SEED = 10_000, 1
KINDS = ("filed", "agreed", "litigating", "revitalised", "supplied", "construction", "producing")
# A step of the page's grid is 1.9 cm at most; what lies nearer to a boundary may fall either way.
NEAR_M = 0.02
POINTS = 10_000


@pytest.fixture(scope="module")
def many() -> Inventory:
    """Ten thousand synthetic plots: holes, islands, plots in two parts, gaps and overlaps."""
    layer = surveyed_layer(MANY, seed=SEED).parcels
    count, random = len(layer), np.random.default_rng(SEED)
    codes = Inventory.demo().places["place"].to_numpy(dtype=object)
    layer["name"] = [f"合成{row}" for row in range(count)]
    layer["town"] = layer["responsible"] = codes[random.integers(0, 11, count)]
    layer["source"] = "synthetic: a test"
    kinds = np.array(KINDS, dtype=object)[random.integers(0, len(KINDS), count)]
    rows = {"event_id": [f"e{row}" for row in range(count)], "parcel_id": layer["parcel_id"]}
    events = conformed(pd.DataFrame(rows | {"date": "2023-01-02", "kind": kinds}), "events")
    demo = Inventory.demo()
    parcels = gpd.GeoDataFrame(conformed(layer, "parcels"), geometry="geometry", crs=layer.crs)
    tables = {"parcels": parcels, "places": demo.places.iloc[:0], "events": events}
    return Inventory(tables=tables, meta=replace(demo.meta, is_demo=False, name="tests"))


@pytest.fixture(scope="module")
def many_page(many: Inventory, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "many.html"
    ParcelMap(many).save(path)
    return path


def test_hits_are_those_of_shapely(
    opened: OpenPage, complaints: list[str], many: Inventory, many_page: Path
) -> None:
    shapes = many.parcels.geometry.to_numpy()
    random = np.random.default_rng(2)
    owners = random.integers(0, len(shapes), POINTS)
    # Half of them on the plots with holes, in two parts, or inside another plot.
    odd = np.flatnonzero(
        (shapely.get_num_geometries(shapes) > 1)
        | (shapely.get_num_interior_rings(shapely.get_geometry(shapes, 0)) > 0)
    )
    owners[::2] = random.choice(odd, len(owners[::2]))
    west, south, east, north = shapely.bounds(shapes[owners]).T
    x, y = random.uniform(west, east), random.uniform(south, north)
    points = shapely.points(x, y)
    tree = shapely.STRtree(shapes)
    near, plot = tree.query(points, predicate="dwithin", distance=NEAR_M)
    doubtful = np.zeros(POINTS, dtype=bool)
    edges = shapely.boundary(shapes)
    doubtful[near[shapely.distance(points[near], edges[plot]) < NEAR_M]] = True
    expected = np.full(POINTS, -1)
    inside, plot = tree.query(points, predicate="within")
    np.maximum.at(expected, inside, plot)
    degrees = shapely.get_coordinates(lonlat(gpd.GeoDataFrame(geometry=points, crs=many.crs)))
    with opened(many_page) as page:
        page.evaluate("enping.goto('p5')")
        found = np.array(
            page.evaluate(
                "list => list.map(([lon, lat]) => Enping.page.parcels.at(L.latLng(lat, lon)))",
                degrees.tolist(),
            )
        )
        assert complaints == []
    sure = ~doubtful
    assert sure.sum() > 0.99 * POINTS
    assert (found[sure] == expected[sure]).all()
    # In holes and between parts, on islands, and on plots.
    assert (expected == -1).sum() > 100
    assert (expected != owners).sum() > 500


def test_ten_thousand_plots_can_be_worked_with(
    opened: OpenPage, complaints: list[str], many: Inventory, many_page: Path
) -> None:
    with opened(many_page) as page:
        assert page.evaluate("enping.count") == len(many.parcels)
        assert page.evaluate("Enping.page.parcels.drawn") == "shapes"
        assert page.locator("canvas.parcels").count() == 1
        assert page.locator("canvas.tile").count() > 8
        view = page.inner_text(".view-box")
        assert f"{len(many.parcels):,} 宗" in view
        page.evaluate("enping.goto('p777')")
        card = page.inner_text("#card")
        for words in ("合成777", "p777", "合成", "相邻地块", "隔路"):
            assert words in card
        page.click("#card .neighbour >> nth=0")
        assert page.inner_text(".card-title") != "合成777"
        page.keyboard.press("Escape")
        assert complaints == []


def test_a_long_list_has_only_the_rows_in_sight(
    opened: OpenPage, complaints: list[str], many_page: Path
) -> None:
    with opened(many_page) as page:
        page.click(".units .unit >> nth=2")
        page.wait_for_selector(".windowed .plot")
        rows = page.locator(".windowed li")
        size = int(rows.first.get_attribute("aria-setsize") or 0)
        assert size > 700
        assert 10 < rows.count() < 80
        page.evaluate(
            """() => {
                const panel = document.getElementById("panel");
                panel.scrollTop = panel.scrollHeight / 2;
            }"""
        )
        page.wait_for_function(
            "() => Number(document.querySelector('.windowed li').ariaPosInSet) > 100"
        )
        places = page.evaluate(
            "[...document.querySelectorAll('.windowed li')].map(li => Number(li.ariaPosInSet))"
        )
        assert places == sorted(places)
        assert len(places) < 80
        # The keyboard goes from row to row, and Enter opens the plot.
        page.locator(".windowed .plot").nth(20).focus()
        for _ in range(30):
            page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "plot"
        name = page.evaluate("document.activeElement.querySelector('.name').textContent")
        page.keyboard.press("Enter")
        assert page.inner_text(".card-title") == name
        assert complaints == []


def test_dashes_and_hatches_come_and_go_with_what_is_in_view(
    opened: OpenPage, complaints: list[str], many_page: Path
) -> None:
    with opened(many_page) as page:
        assert not page.evaluate("Enping.page.parcels.isDetailed")
        page.evaluate("enping.goto('p777')")
        assert page.evaluate("Enping.page.parcels.isDetailed")
        assert page.evaluate("Enping.page.parcels.drawn") == "plots"
        page.evaluate("Enping.page.fitAll(); Enping.page.painted()")
        assert not page.evaluate("Enping.page.parcels.isDetailed")
        # What was drawn for the zoom before is gone when the new tiles are there.
        page.wait_for_function("document.querySelectorAll('.level').length === 1")
        assert complaints == []


def test_a_filter_and_other_colours_are_painted(
    opened: OpenPage, complaints: list[str], many_page: Path
) -> None:
    """The layer paints what it is told: colours by plot, and only what a filter lets through."""
    seen = """() => {
        const seen = new Set();
        document.querySelectorAll("canvas.tile").forEach(tile => {
            const copy = new OffscreenCanvas(tile.width, tile.height);
            const brush = copy.getContext("2d", { willReadFrequently: true });
            brush.drawImage(tile, 0, 0);
            const data = brush.getImageData(0, 0, tile.width, tile.height).data;
            for (let i = 0; i < data.length; i += 4) {
                if (data[i + 3] === 255) {
                    seen.add((data[i] << 16) + (data[i + 1] << 8) + data[i + 2]);
                }
            }
        });
        const colours = Enping.page.data.statuses.map(s => parseInt(s.colour.slice(1), 16));
        return colours.map(colour => seen.has(colour));
    }"""
    with opened(many_page) as page:
        assert page.evaluate(seen)[1:] == [True] * 7
        page.evaluate(
            """() => {
                const { painter, table } = Enping.page.parcels;
                painter.colours = new Uint8Array(table.length).fill(4);
                painter.mask = Uint8Array.from(table.status, (_, row) => row % 2);
                Enping.page.parcels.repaint();
                return Enping.page.painted();
            }"""
        )
        assert page.evaluate(seen) == [number == 4 for number in range(8)]
        assert complaints == []


def test_the_tiles_of_a_drag_are_drawn_in_slices(
    opened: OpenPage, complaints: list[str], many_page: Path
) -> None:
    """However many plots there are, no piece of work is longer than a few plots."""
    with opened(many_page) as page:
        steps = page.evaluate(
            """async () => {
                const { slices } = Enping.page.parcels;
                const kept = slices.add.bind(slices);
                let steps = 0;
                slices.add = job => kept((function* () {
                    for (const step of job) { steps += 1; yield step; }
                })());
                Enping.page.map.setZoom(Enping.page.map.getZoom() + 1, {animate: false});
                await Enping.page.painted();
                return steps;
            }"""
        )
        assert steps > 60
        assert complaints == []


def damaged(page: str, kind: str) -> str:
    head, block, rest = re.split(r'(?<=id="enping-packed">)([^<]+)', page, maxsplit=1)
    middle = len(block) // 2
    changed = {
        "a letter": block[:middle] + ("A" if block[middle] != "A" else "B") + block[middle + 1 :],
        "the end": block[: middle // 4 * 4],
        "all": "",
    }
    return head + changed[kind] + rest


@pytest.mark.parametrize("kind", ["a letter", "the end", "all"])
def test_damaged_data_shows_no_figure(
    browser: Any,  # noqa: ANN401 - playwright's fixture
    tmp_path: Path,
    kind: str,
) -> None:
    path = tmp_path / "damaged.html"
    path.write_text(damaged(ParcelMap(Inventory.demo()).get_root().render(), kind), "utf-8")
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(path.as_uri())
    page.wait_for_selector("#failed:visible")
    assert "数据块损坏" in page.inner_text("#failed")
    assert page.inner_text("#panel") == ""
    assert page.locator(".busy").count() == 0
    assert (
        page.evaluate("enping.ready.then(() => 'opened', error => error.code)") == "page.err_data"
    )
    page.close()


def test_an_old_browser_is_told_so(
    browser: Any,  # noqa: ANN401 - playwright's fixture
    tmp_path: Path,
) -> None:
    path = tmp_path / "old.html"
    ParcelMap(Inventory.demo(), lang="en").save(path)
    page = browser.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(path.as_uri())
    page.wait_for_selector("#failed:visible")
    assert "too old" in page.inner_text("#failed")
    assert page.inner_text("#panel") == ""
    page.close()
