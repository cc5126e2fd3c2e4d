"""The page in a real browser without network."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import folium
import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from enping_gis.inventory import Inventory
from enping_gis.schema import conformed
from enping_gis.viewer import ParcelMap
from enping_gis.vocabulary import terms

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

    from enping_gis.messages import Language

    OpenPage = Callable[..., AbstractContextManager[Page]]

SIZES = ((1366, 768), (1440, 900), (390, 844))
COLOURS = {term.code: term.attributes["colour"] for term in terms("status")}
BAD = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "`+alert(1)+`",
    "{{7*7}}",
)


@pytest.fixture(scope="module")
def demo_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "demo.html"
    ParcelMap(Inventory.demo()).save(path)
    return path


def colour_at_inner_point(page: Page, parcel_id: str) -> str:
    """Go to a plot and read the pixel where its inner point is drawn."""
    (colour,) = colours_around_inner_point(page, parcel_id, 0)
    return colour


def colours_around_inner_point(page: Page, parcel_id: str, reach: int) -> set[str]:
    """Go to a plot and read the pixels up to `reach` left, right, above and below that point."""
    page.evaluate("id => enping.goto(id)", parcel_id)
    x, y = page.evaluate(
        """id => {
            const at = enping.map.latLngToContainerPoint(enping.innerPoint(id));
            const box = enping.map.getContainer().getBoundingClientRect();
            return [box.x + at.x, box.y + at.y];
        }""",
        parcel_id,
    )
    clip: Any = {"x": int(x) - reach, "y": int(y) - reach}
    clip |= dict.fromkeys(("width", "height"), 2 * reach + 1)
    pixels = matplotlib.image.imread(io.BytesIO(page.screenshot(clip=clip)), format="png")
    return {
        "#" + "".join(f"{round(float(part) * 255):02X}" for part in pixel[:3])
        for pixel in pixels.reshape(-1, pixels.shape[2])
    }


def wrong_colours(page: Page) -> list[tuple[str, str, str]]:
    wrong = []
    for parcel_id in page.evaluate("Enping.page.data.plots.map(plot => plot.id)"):
        status = page.evaluate("id => enping.statusOf(id)", parcel_id)
        found = colour_at_inner_point(page, parcel_id)
        if found != COLOURS[status]:
            wrong.append((parcel_id, status, found))
    return wrong


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_is_requested_and_nothing_complains(
    opened: OpenPage, complaints: list[str], demo_page: Path, width: int, height: int
) -> None:
    with opened(demo_page, width, height) as page:
        assert page.evaluate("enping.count") == 119
        page.evaluate("enping.goto('EP005')")
        page.mouse.move(width / 2, 200)
        assert complaints == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_every_plot_shows_the_colour_of_its_status(opened: OpenPage, demo_page: Path) -> None:
    with opened(demo_page) as page:
        assert wrong_colours(page) == []


def test_so_does_a_copy_with_other_statuses(opened: OpenPage, tmp_path: Path) -> None:
    demo = Inventory.demo()
    kinds = (
        "filed",
        "agreed",
        "litigating",
        "revitalised",
        "supplied",
        "construction",
        "producing",
    )
    rows = [
        {"event_id": f"e{number}", "parcel_id": parcel_id, "date": "2023-01-02", "kind": kind}
        for number, parcel_id in enumerate(demo.parcels["parcel_id"])
        for kind in (kinds[number % 8 - 1],)
        if number % 8
    ]
    events = conformed(pd.DataFrame(rows), "events")
    path = tmp_path / "other.html"
    ParcelMap(replace(demo, tables=demo.tables | {"events": events})).save(path)
    with opened(path) as page:
        ids = list(demo.parcels["parcel_id"])
        shown = [page.evaluate("id => enping.statusOf(id)", each) for each in ids[:8]]
        assert shown == [term.code for term in terms("status")]
        assert wrong_colours(page) == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_goto_brings_the_inner_point_to_the_middle_and_nothing_covers_it(
    opened: OpenPage, demo_page: Path, width: int, height: int
) -> None:
    script = """id => enping.goto(id).then(() => {
        const box = enping.map.getContainer().getBoundingClientRect();
        const at = enping.map.latLngToContainerPoint(enping.innerPoint(id));
        const top = document.elementFromPoint(box.x + at.x, box.y + at.y);
        return [at.x - box.width / 2, at.y - box.height / 2, enping.map.getContainer().contains(top)
            && !top.closest(".over, .leaflet-control")];
    })"""
    with opened(demo_page, width, height) as page:
        for parcel_id in ("EP001", "EP002", "EP060", "EP119"):
            right, down, free = page.evaluate(script, parcel_id)
            assert abs(right) <= 1
            assert abs(down) <= 1
            assert free


def test_the_card_says_what_is_known_and_what_it_is_worth(
    opened: OpenPage, complaints: list[str], demo_page: Path
) -> None:
    with opened(demo_page) as page:
        page.evaluate("enping.goto('EP005')")
        card = page.inner_text("#card")
        for words in (
            "珠江燃气",
            "大槐镇",
            "恩平工业园",
            "21.22",
            "1.4147",
            "示意",
            "相邻地块",
            "共边",
        ):
            assert words in card
        page.click("#card .neighbour:has-text('蛟龙')")
        assert "150.00" in page.inner_text("#card")
        page.keyboard.press("Escape")
        assert page.is_hidden("#card")
        assert complaints == []


def test_the_card_marks_a_date_and_calls_a_mechanism_so(
    opened: OpenPage, complaints: list[str], tmp_path: Path
) -> None:
    demo = Inventory.demo()
    parcels = demo.parcels.assign(disposal=None)
    events = demo.events.assign(date_basis="inferred")
    path = tmp_path / "marks.html"
    tables = demo.tables | {"parcels": parcels, "events": events}
    ParcelMap(replace(demo, tables=tables)).save(path)
    with opened(path) as page:
        page.evaluate("enping.goto('EP002')")
        assert re.search(r"自 \d{4}-\d\d-\d\d（推断），已 \d+ 天", page.inner_text("#card .since"))
        rows = page.locator("#card dt").all_inner_texts()
        assert "机制" in rows
        assert "处置方式" not in rows
        assert complaints == []


def test_an_office_without_responsible_units_sees_its_towns(
    opened: OpenPage, complaints: list[str], tmp_path: Path
) -> None:
    demo = Inventory.demo()
    towns = demo.parcels["town"].mask(np.arange(119) < 20, None)
    parcels = demo.parcels.assign(responsible=None, town=towns)
    path = tmp_path / "towns.html"
    ParcelMap(replace(demo, tables=demo.tables | {"parcels": parcels})).save(path)
    with opened(path) as page:
        assert page.evaluate("Enping.page.parcels.drawn") == "units"
        labels = page.evaluate("Enping.page.parcels.units.map(unit => unit.label)")
        assert {"大槐镇", "未载明"} <= set(labels)
        assert "按所在镇（街）" in page.inner_text("#panel")
        page.evaluate("enping.goto('EP001')")
        assert "责任单位 未载明" in page.inner_text("#card")
        assert complaints == []


def test_letters_on_a_plate_can_be_read_and_leave_the_inner_point(
    opened: OpenPage, demo_page: Path
) -> None:
    """Hatched plots carry both lines on one plate; between the lines lies plain colour."""
    script = """() => {
        const seen = [];
        const plate = Enping.Labels.prototype.plateOf;
        Enping.Labels.prototype.plateOf = function (lines, plot, ...rest) {
            const done = plate.call(this, lines, plot, ...rest);
            if (done) { seen.push([plot.id, lines.length]); }
            return done;
        };
        return (window.plates = seen, null);
    }"""
    with opened(demo_page) as page:
        page.evaluate(script)
        for parcel_id in ("EP012", "EP002"):
            status = page.evaluate("id => enping.statusOf(id)", parcel_id)
            assert colours_around_inner_point(page, parcel_id, 2) == {COLOURS[status]}
            assert [parcel_id, 2] in page.evaluate("window.plates")
        assert contrast("#FFFFFF", COLOURS["disputed"]) > 4.5
        assert contrast("#1B1F24", COLOURS["remediating"]) > 4.5


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_of_units_are_not_cut(opened: OpenPage, tmp_path: Path, lang: Language) -> None:
    path = tmp_path / "units.html"
    ParcelMap(Inventory.demo(), lang=lang).save(path)
    with opened(path) as page:
        cut = """[...document.querySelectorAll(".unit span")].filter(
            each => each.scrollWidth > each.clientWidth).map(each => each.textContent)"""
        assert page.evaluate(cut) == []
        heights = page.evaluate(
            "[...document.querySelectorAll('.unit')].map(each => each.offsetHeight)"
        )
        assert len(set(heights)) == 1
        assert page.evaluate("Enping.page.count(1)") == {"zh": "1 宗", "en": "1 plot"}[lang]
        assert page.evaluate("Enping.page.count(2)") == {"zh": "2 宗", "en": "2 plots"}[lang]


def test_the_panel_adds_up_and_leads_to_plots_by_keyboard(
    opened: OpenPage, demo_page: Path
) -> None:
    with opened(demo_page) as page:
        panel = page.inner_text("#panel")
        assert "8,605.84" in panel
        assert "573.72" in panel
        page.focus(".units .unit")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.is_visible("#card")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.className") == "plot"


def test_layers_can_be_switched(opened: OpenPage, complaints: list[str], demo_page: Path) -> None:
    with opened(demo_page) as page:
        page.hover(".leaflet-control-layers")
        labels = page.inner_text(".leaflet-control-layers-overlays")
        assert labels.split() == ["镇街界线", "园区", "地块"]
        boxes = page.locator(".leaflet-control-layers-selector")
        for number in (2, 0, 1, 2, 0):
            boxes.nth(number).click()
        assert page.locator("canvas.parcels").count() == 1
        assert complaints == []


def test_holes_are_holes_and_islands_are_plots(
    opened: OpenPage, complaints: list[str], odd_shapes: Inventory, tmp_path: Path
) -> None:
    path = tmp_path / "odd.html"
    ParcelMap(odd_shapes).save(path)
    with opened(path) as page:
        assert wrong_colours_placed(page) == []
        found = page.evaluate(
            """() => {
                const layer = Enping.page.parcels;
                const box = layer.plots[0].box;
                const at = (east, north) => layer.at(L.latLng(
                    Enping.latitudeOf(box[3] + (box[1] - box[3]) * north),
                    Enping.longitudeOf(box[0] + (box[2] - box[0]) * east)));
                return [at(0.08, 0.5), at(0.5, 0.5), at(0.5, 0.3), at(0.27, 0.27)];
            }"""
        )
        assert found == [0, 0, -1, 4]
        assert "另有 1 宗未落图" in page.inner_text("#panel")
        page.evaluate("enping.goto('T3')")
        assert "试3" in page.inner_text("#card")
        assert complaints == []


def wrong_colours_placed(page: Page) -> list[str]:
    placed = page.evaluate(
        "enping.ready.then(() => Enping.page.parcels.plots.filter(p => p.rings).map(p => p.id))"
    )
    return [each for each in placed if colour_at_inner_point(page, each) != COLOURS["unknown"]]


def evil(inventory: Inventory, text: str) -> Inventory:
    """Put one text into every attribute that is text, ids kept apart by a number."""
    tables: dict[str, Any] = {}
    for name in ("parcels", "places", "projects", "parcel_projects"):
        frame = inventory.tables[name].head(6).copy()
        for column in frame.columns:
            if column in {"geometry", "kind", "valid_from", "valid_to", "deadline"}:
                continue
            if frame[column].dtype == object or pd.api.types.is_string_dtype(frame[column]):
                frame[column] = text
        for key in ("parcel_id", "project_id", "place"):
            if key in frame:
                frame[key] = [f"{text}{number}" for number in range(len(frame))]
        for code in ("town", "responsible"):
            if code in frame:
                frame[code] = f"{text}0"
        tables[name] = frame
    meta = replace(inventory.meta, name=text, is_demo=False)
    return Inventory(tables=tables, meta=meta)


@pytest.mark.parametrize("text", BAD)
def test_text_from_files_is_shown_as_text(
    opened: OpenPage, complaints: list[str], tmp_path: Path, text: str
) -> None:
    path = tmp_path / "evil.html"
    ParcelMap(evil(Inventory.demo(), text), title=text).save(path)
    with opened(path) as page:
        assert page.title() == text
        assert page.inner_text("h1") == text
        for number in range(6):
            page.evaluate("id => enping.goto(id)", f"{text}{number}")
            assert page.inner_text(".card-title") == text
            assert page.inner_text("#card").count(text) >= 6
            size = page.evaluate("[enping.map.getSize().x, enping.map.getSize().y]")
            left: Any = page.locator(".map").bounding_box()
            page.mouse.move(left["x"] + size[0] / 2 - 3, left["y"] + size[1] / 2)
            page.mouse.move(left["x"] + size[0] / 2, left["y"] + size[1] / 2)
            assert text in page.inner_text(".hover-line")
        page.click(".units .unit")
        assert text in page.inner_text(".units")
        assert page.locator("img[src=x]").count() == 0
        assert complaints == []


def test_english_page(opened: OpenPage, complaints: list[str], tmp_path: Path) -> None:
    path = tmp_path / "en.html"
    ParcelMap(Inventory.demo(), lang="en").save(path)
    with opened(path) as page:
        page.evaluate("enping.goto('EP002')")
        text = page.inner_text("body")
        for words in ("Put back to use", "As of 2023-03-30", "Neighbours", "Demonstration data"):
            assert words in text
        assert page.evaluate("document.documentElement.lang") == "en"
        assert complaints == []


def test_other_folium_layers_can_be_added(
    opened: OpenPage, complaints: list[str], tmp_path: Path
) -> None:
    page_map = ParcelMap(Inventory.demo())
    group = folium.FeatureGroup(name="more")
    folium.CircleMarker((22.2, 112.3), radius=9, tooltip="here").add_to(group)
    folium.Marker((22.25, 112.35)).add_to(group)
    page_map.add_child(group)
    path = tmp_path / "more.html"
    page_map.save(path)
    with opened(path) as page:
        assert page.locator("path.leaflet-interactive").count() == 1
        assert page.locator("img.leaflet-marker-icon").evaluate("each => each.naturalWidth") > 0
        assert complaints == []


def test_thirteen_thousand_real_parcels(
    opened: OpenPage, complaints: list[str], shared_data: Path, tmp_path: Path
) -> None:
    inventory = Inventory.open(shared_data / "cambridge_fy2013.gpkg")
    path = tmp_path / "cambridge.html"
    ParcelMap(inventory).save(path)
    with opened(path) as page:
        assert page.evaluate("enping.count") == len(inventory.parcels) == 13_159
        for number in np.linspace(0, 13_158, 12).astype(int):
            parcel_id = inventory.parcels["parcel_id"].iloc[number]
            assert colour_at_inner_point(page, parcel_id) == COLOURS["unknown"]
        longest_ms = page.evaluate(
            """async () => {
                enping.map.fitBounds(Enping.page.parcels.bounds([...Enping.page.data.plots.keys()]));
                let longest = 0;
                for (let step = 0; step < 30; step += 1) {
                    const from = performance.now();
                    enping.map.panBy([12, 5], {animate: false, noMoveStart: true});
                    await new Promise(requestAnimationFrame);
                    longest = Math.max(longest, performance.now() - from);
                }
                return longest;
            }"""
        )
        assert longest_ms < 2_000
        assert complaints == []
