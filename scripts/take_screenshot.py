"""
Take pictures of the map page for the READMEs, in headless Chromium without network.

    python scripts/take_screenshot.py [PAGE.html] [-o docs/images/map.png] [--plot WORDING]
    python scripts/take_screenshot.py --lang en --plot 米仓 -o docs/images/map-en.png
    python scripts/take_screenshot.py --plot 米仓 --size 360x740 -o docs/images/phone.png
    python scripts/take_screenshot.py --area 165..175 --size 1366x768 -o docs/images/sets.png
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from enping_gis import Inventory, ParcelMap, feasible_assemblies

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def sets_of(inventory: Inventory, window: str) -> gpd.GeoDataFrame:
    """Return the sets of plots in a window of areas, such as 165..175."""
    least_mu, most_mu = (float(each) for each in window.split(".."))
    return feasible_assemblies(inventory, area_mu=(least_mu, most_mu), max_plots=3).rows


def main(argv: Sequence[str] | None = None) -> int:
    """Take the picture; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("page", nargs="?", type=Path, help="page; else the demonstration is built")
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/images/map.png"))
    parser.add_argument("--plot", default="珠江燃气", help="plot whose card is open; '' for none")
    parser.add_argument("--size", default="1440x900", help="window, in pixels")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--area", help="show sets of plots to combine, LO..HI mu, and the first")
    wishes = parser.parse_args(argv)
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    if browser_path is None:
        sys.stderr.write("no Chromium found; scripts/install_debian_packages.sh installs it\n")
        return 2
    width, height = map(int, wishes.size.split("x"))
    inventory = Inventory.demo()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        page_path = wishes.page or Path(folder, "enping.html")
        if wishes.page is None:
            sets = None if wishes.area is None else sets_of(inventory, wishes.area)
            ParcelMap(inventory, lang=wishes.lang, assemblies=sets).save(page_path)
        browser = play.chromium.launch(executable_path=browser_path, args=list(FLAGS))
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
        page = context.new_page()
        page.goto(page_path.resolve().as_uri())
        page.evaluate("enping.ready")
        if wishes.area:
            page.evaluate("Enping.page.assemblies.goto(0)")
            page.locator(".assemblies").evaluate("each => each.scrollIntoView()")
        elif wishes.plot:
            page.evaluate("id => enping.goto(id)", inventory.parcel(wishes.plot))
        page.wait_for_timeout(300)  # fades are done
        wishes.output.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=wishes.output)
        browser.close()
    print(wishes.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
