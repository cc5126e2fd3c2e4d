"""
Take a picture of each feature of the map page, and write the page of docs that shows them.

    python scripts/take_feature_pictures.py

Each picture is one state of the demonstration's page in headless Chromium without network, as a
planner reaches it. ``docs/map-page.md`` lists them.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image
from playwright.sync_api import sync_playwright

from enping_gis import Inventory, ParcelMap, check

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images" / "features"
PAGE = ROOT / "docs" / "map-page.md"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
COLOURS = 128
HEAD = """\
# The map page, feature by feature

Written by `python scripts/take_feature_pictures.py`; every picture is the demonstration's page
(synthetic for the most part, schematic throughout) in Chromium with the network off.
"""


class Feature(NamedTuple):
    """One state of the page: name of the picture, words, script, which page, and its window."""

    name: str
    words: str
    script: str
    page: str = "office"
    size: tuple[int, int] = (1366, 768)


FEATURES = (
    Feature("county", "The county: units as rings, legend, scoreboard of commitments.", "null"),
    Feature("card", "The card of a plot: areas, neighbours with shared metres, its course.",
            "enping.goto('EP004')"),
    Feature("filter", "The legend filters; figures follow.",
            "enping.filter({status: ['disputed', 'remediating']})"),
    Feature("combine", "What if we combine these? Connected, and what they share.",
            "enping.goto('EP005').then(() => enping.select(['EP004', 'EP005'])).then(() =>"
            " document.querySelector('.tools-bar .basket').click())"),
    Feature("apart", "Not connected, and why.",
            "enping.goto('EP005').then(() => enping.select(['EP005', 'EP060'])).then(() =>"
            " document.querySelector('.tools-bar .basket').click())"),
    Feature("earlier", "An earlier day: the slider recolours map, legend and card.",
            "enping.asOf('2022-12-31')"),
    Feature("table", "The table that is the map's equal.",
            "document.querySelector('.tools-bar .table').click()"),
    Feature("measure", "Measuring (图上量算), apart from official figures.",
            "enping.goto('EP004').then(() => { const {lat, lng} = enping.map.getCenter();"
            " Enping.page.measure.set(true, [[-1, -1], [1, -1], [1, 1], [-1, 1]].map("
            "([n, e]) => [lat + n * 0.001, lng + e * 0.0012])); })"),
    Feature("findings", "Findings of `check` on the map and in a list.",
            "document.querySelector('.findings, .finding-list')?.scrollIntoView()", "findings"),
    Feature("public", "A page for the public: no holders, coarse shapes.",
            "enping.goto('EP005')", "public"),
    Feature("english", "English, switched on the page.",
            "enping.goto('EP005').then(() => enping.speak('en'))"),
    Feature("phone", "On a phone.", "enping.goto('EP005')", "office", (360, 740)),
)  # fmt: skip


def saved_pages(folder: Path) -> dict[str, Path]:
    """Write the pages that the pictures show."""
    demo = Inventory.demo()
    pages = {
        "office": ParcelMap(demo), "public": ParcelMap(demo, public=True),
        "findings": ParcelMap(demo, findings=check(demo)),
    }  # fmt: skip
    paths = {name: folder / f"{name}.html" for name in pages}
    for name, page in pages.items():
        page.save(paths[name])
    return paths


def taken(browser: Browser, path: Path, feature: Feature) -> bytes:
    """Bring the page into a state and return its picture."""
    width, height = feature.size
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.evaluate("enping.ready")
    page.evaluate(feature.script)
    page.wait_for_timeout(400)
    picture = page.screenshot()
    context.close()
    return picture


def main() -> int:
    """Take the pictures; return the exit code."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.stderr.write("no Chromium found; scripts/install_debian_packages.sh installs it\n")
        return 2
    IMAGES.mkdir(parents=True, exist_ok=True)
    lines = [HEAD]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        paths = saved_pages(Path(folder))
        browser = play.chromium.launch(executable_path=program, args=list(FLAGS))
        for feature in FEATURES:
            picture = Image.open(io.BytesIO(taken(browser, paths[feature.page], feature)))
            out = IMAGES / f"{feature.name}.png"
            picture.convert("RGB").quantize(COLOURS).save(out, optimize=True)
            lines.append(f"## {feature.name.capitalize()}\n\n{feature.words}\n\n"
                         f"![{feature.words}](images/features/{out.name})\n")  # fmt: skip
        browser.close()
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
