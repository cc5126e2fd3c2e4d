"""Nothing is loaded, nothing foreign runs, and what would load is refused by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import folium
import pytest
from folium.plugins import Fullscreen, HeatMap

from enping_gis.errors import OutputError
from enping_gis.inventory import Inventory
from enping_gis.viewer import ParcelMap
from enping_gis.viewer.offline import json_block, refuse_loading, script_safe

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return Inventory.demo()


def test_the_policy_names_hashes_only(inventory: Inventory) -> None:
    page = ParcelMap(inventory).get_root().render()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    content = policy[1].replace("&#39;", "'")
    assert "unsafe" not in content
    assert content.startswith("default-src 'none'; img-src data: blob:; script-src 'sha256-")
    assert content.endswith("base-uri 'none'; form-action 'none'")
    assert not re.search(r"<[^>]+\sstyle=", page.split("<body>")[1].split("<script")[0])


def test_licence_of_leaflet_stays_in_the_page(inventory: Inventory) -> None:
    page = ParcelMap(inventory).get_root().render()
    assert "Leaflet 1.9.3, a JS library for interactive maps. https://leafletjs.com" in page
    assert "sourceMappingURL" not in page


@pytest.mark.parametrize(
    ("added", "named"),
    [
        (folium.TileLayer("https://tile.example/{z}/{x}/{y}.png", attr="x"), "tile.example"),
        (Fullscreen(), "https://"),
        (HeatMap([[22.2, 112.3]]), "https://"),
        (folium.raster_layers.WmsTileLayer("http://wms.example/", "a"), "wms.example"),
    ],
    ids=["tiles", "fullscreen", "heatmap", "wms"],
)
def test_what_would_load_is_refused_and_named(
    inventory: Inventory, tmp_path: Path, added: folium.MacroElement, named: str
) -> None:
    page_map = ParcelMap(inventory)
    page_map.add_child(added)
    with pytest.raises(OutputError, match=re.escape(named)):
        page_map.save(tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_folium_keeps_its_own_lists(inventory: Inventory) -> None:
    before = list(folium.Map.default_js)
    ParcelMap(inventory)
    assert folium.Map.default_js == before
    assert before


def test_a_page_is_written_whole_or_not_at_all(inventory: Inventory, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    target.mkdir()
    with pytest.raises(OutputError) as caught:
        ParcelMap(inventory).save(target)
    assert "\n" not in str(caught.value)
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.parametrize("name", ["keep.gpkg", "keep", "keep.html.csv"])
def test_only_a_web_page_is_written(inventory: Inventory, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    target.write_bytes(b"years of work")
    with pytest.raises(OutputError) as caught:
        ParcelMap(inventory).save(target)
    assert caught.value.code == "error.not_html"
    assert name in str(caught.value)
    assert target.read_bytes() == b"years of work"


@pytest.mark.parametrize("name", ["page.htm", "PAGE.HTML"])
def test_either_ending_of_a_web_page_will_do(
    inventory: Inventory, tmp_path: Path, name: str
) -> None:
    ParcelMap(inventory).save(str(tmp_path / name))
    assert (tmp_path / name).stat().st_size > 0


@pytest.mark.parametrize("text", ["</script>", "<!--", "<script>", "\u2028", "a & b"])
def test_data_cannot_leave_its_block(text: str) -> None:
    written = json_block({"name": text})
    assert not set(written) & set("<>&\u2028\u2029")


@pytest.mark.parametrize(
    "page",
    [
        '<img src="http://a.example/x.png">',
        '<link rel="stylesheet" href="//a.example/x.css">',
        "<style>@import 'http://a.example/x.css';</style>",
        '<p style="background:url(http://a.example/x.png)">',
        '<iframe src="x.html"></iframe>',
        '<svg><use xlink:href="x.svg#a"/></svg>',
    ],
)
def test_the_gate_sees_every_way_to_load(page: str) -> None:
    with pytest.raises(OutputError):
        refuse_loading(page, [])


def test_the_gate_knows_its_own_scripts() -> None:
    refuse_loading("<script>let a = 1;</script>", ["let a = 1;"])
    with pytest.raises(OutputError, match="alert"):
        refuse_loading("<script>alert(1)</script>", ["let a = 1;"])


def test_a_script_cannot_end_its_element() -> None:
    assert "</script" not in script_safe("'</SCRIPT>' '</script>'").lower()
