"""Base maps: the policy names exactly what may load, keys stay out, pictures lie where they lie."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import matplotlib.image
import numpy as np
import pytest
from PIL import Image

from enping_gis.cli import main
from enping_gis.crs import WGS84, transformer
from enping_gis.errors import InputError
from enping_gis.gcj02 import to_gcj02
from enping_gis.inventory import Inventory
from enping_gis.viewer import BaseMap, ParcelMap

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page, Route

    OpenPage = Callable[..., AbstractContextManager[Page]]

KEY = "0123456789abcdef0123456789abcdef"
TIANDITU = " ".join(f"https://t{number}.tianditu.gov.cn" for number in range(8))
AMAP = " ".join(f"https://webrd0{number}.is.autonavi.com" for number in range(1, 5))
# The tile of zoom 9 in which Enping lies.
ZOOM, COLUMN, ROW = 9, 415, 223


@pytest.fixture(scope="module")
def demo() -> Inventory:
    return Inventory.demo()


def png(colour: tuple[int, int, int], size: int = 256) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def tiles(tmp_path: Path) -> Path:
    """Return a folder with the one tile of zoom 9 that covers the county, in green."""
    folder = tmp_path / "my tiles"
    for column in (COLUMN, COLUMN + 1):
        (folder / f"{ZOOM}" / f"{column}").mkdir(parents=True)
        for row in (ROW, ROW + 1):
            (folder / f"{ZOOM}/{column}/{row}.png").write_bytes(png((0, 200, 0)))
    (folder / "readme.txt").write_text("mine")
    return folder


@pytest.fixture
def picture(tmp_path: Path, demo: Inventory) -> Path:
    """Return a picture over the plots, blue, in the CRS of the inventory."""
    west, south, east, north = demo.parcels.total_bounds
    path = tmp_path / "ground.png"
    path.write_bytes(png((0, 0, 200), 100))
    wide, high = (east - west) / 100, (north - south) / 100
    lines = (wide, 0, 0, -high, west + wide / 2, north - high / 2)
    path.with_suffix(".pgw").write_text("\n".join(map(str, lines)))
    return path


def images_allowed(page: str) -> str:
    found = re.search(r"img-src ([^;]+);", page.replace("&#39;", "'"))
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("choice", "more"),
    [("none", ""), ("tianditu", TIANDITU), ("tianditu-img", TIANDITU), ("amap", AMAP)],
)
def test_the_policy_names_only_the_hosts_of_the_choice(
    demo: Inventory, choice: str, more: str
) -> None:
    page = ParcelMap(demo, basemap=choice).get_root().render()
    assert images_allowed(page) == f"data: blob: {more}".strip()
    assert "default-src 'none'" in page.replace("&#39;", "'")
    others = {"tianditu.gov.cn": TIANDITU, "autonavi.com": AMAP}
    assert [host for host, all_ in others.items() if host in page] == [
        host for host, all_ in others.items() if all_ == more
    ]


def test_own_tiles_and_pictures_need_no_host(
    demo: Inventory, tiles: Path, picture: Path, tmp_path: Path
) -> None:
    page = ParcelMap(demo, basemap=picture).get_root().render()
    assert images_allowed(page) == "data: blob:"
    near, far = tmp_path / "near.html", tmp_path / "elsewhere" / "far.html"
    far.parent.mkdir()
    for path in (near, far):
        ParcelMap(demo, basemap=tiles).save(path)
        assert images_allowed(path.read_text("utf-8")) == "data: blob: 'self' file:"
    assert '"tiles":["my%20tiles/{z}/{x}/{y}.png"]' in near.read_text("utf-8")
    assert str(tmp_path) not in near.read_text("utf-8")
    assert f'"tiles":["{tiles.as_uri()}/{{z}}/{{x}}/{{y}}.png"]' in far.read_text("utf-8")


def test_a_key_is_written_only_where_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.html"
    base = ["map", "-o", str(path), "--basemap", "tianditu", "--lang", "en"]
    assert main([*base, "--store-key"]) == 2
    assert "needs a key" in capsys.readouterr().err
    assert not path.exists()
    assert main([*base, "--tianditu-key", KEY]) == 0
    said = capsys.readouterr()
    assert KEY.encode() not in path.read_bytes()
    assert "Warning" not in said.err
    monkeypatch.setenv("ENPING_TIANDITU_KEY", KEY)
    assert main(base) == 0
    assert KEY.encode() not in path.read_bytes()
    assert main([*base, "--store-key"]) == 0
    again = capsys.readouterr()
    assert KEY.encode() in path.read_bytes()
    assert "anyone who has the file can read and use it" in again.err
    assert KEY not in said.out + said.err + again.out + again.err
    assert KEY not in repr(BaseMap("tianditu", key=KEY))


@pytest.mark.parametrize("choice", ["osm", "nowhere/tiles", "plan.tif"])
def test_another_base_map_is_refused_with_what_there_is(demo: Inventory, choice: str) -> None:
    with pytest.raises(InputError, match=re.escape(choice)) as caught:
        ParcelMap(demo, basemap=choice)
    assert "tianditu-img" in str(caught.value)


def test_what_is_no_base_map_is_told_in_one_line(
    demo: Inventory, picture: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    (empty / "15" / "3").mkdir(parents=True)
    with pytest.raises(InputError, match="empty"):
        ParcelMap(demo, basemap=empty)
    with pytest.raises(InputError, match=r"absent\.png"):
        ParcelMap(demo, basemap=tmp_path / "absent.png")
    world = picture.with_suffix(".pgw")
    for content in (
        "1 2 3",
        "1\n0\n0\n0\n5\n6",
        "a b c d e f",
        "nan 0 0 -1 5 6",
        "1 0 0 -1 1e9 1e9",
    ):
        world.write_text(content)
        with pytest.raises(InputError):
            ParcelMap(demo, basemap=picture)
    world.unlink()
    with pytest.raises(InputError, match=re.escape(".pgw")):
        ParcelMap(demo, basemap=picture)
    picture.write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"ground\.png"):
        ParcelMap(demo, basemap=picture)


def test_the_net_of_a_picture_follows_the_projection(demo: Inventory, picture: Path) -> None:
    page_map = ParcelMap(demo, basemap=picture)
    base: dict[str, Any] = page_map._shown["base"]
    cells, net = base["cells"], np.array(base["net"]).reshape(base["cells"] + 1, -1, 2)
    x, y = transformer(WGS84, demo.crs).transform(net[..., 0], net[..., 1])
    bounds = demo.parcels.total_bounds
    assert np.allclose([x.min(), y.min(), x.max(), y.max()], bounds, atol=0.01)
    # Half way between two nodes the page draws straight.
    middle = (net[:-1, :-1] + net[1:, 1:]) / 2
    mx, my = transformer(WGS84, demo.crs).transform(middle[..., 0], middle[..., 1])
    assert cells > 1
    assert np.abs(mx - (x[:-1, :-1] + x[1:, 1:]) / 2).max() < 0.5
    assert np.abs(my - (y[:-1, :-1] + y[1:, 1:]) / 2).max() < 0.5


def colour_at(page: Page, lat: float, lon: float) -> list[int]:
    """Read the pixel at a place of the map."""
    x, y = page.evaluate(
        """([lat, lon]) => {
            const at = enping.map.latLngToContainerPoint([lat, lon]);
            const box = enping.map.getContainer().getBoundingClientRect();
            return [box.x + at.x, box.y + at.y];
        }""",
        [lat, lon],
    )
    clip: Any = {"x": int(x), "y": int(y), "width": 1, "height": 1}
    pixels = matplotlib.image.imread(io.BytesIO(page.screenshot(clip=clip)), format="png")
    return [round(float(part) * 255) for part in pixels[0, 0, :3]]


def test_tiles_of_a_folder_lie_under_the_plots(
    opened: OpenPage, complaints: list[str], demo: Inventory, tiles: Path, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    ParcelMap(demo, basemap=tiles).save(path)
    with opened(path) as page:
        page.evaluate("Enping.page.base.loaded()")
        page.evaluate("enping.goto('EP005').then(() => enping.map.setZoom(16))")
        page.evaluate("Enping.page.base.loaded()")
        red, green, blue = colour_at(
            page,
            *page.evaluate(
                "[enping.map.getCenter().lat + 0.001, enping.map.getCenter().lng - 0.006]"
            ),
        )
        assert green > red + 60
        assert green > blue + 60
        assert "本机瓦片" in page.locator(".foot").inner_text()
        page.evaluate("Enping.preparePrint(Enping.page, 'A4', 'T')")
        assert page.locator(".foot").is_visible()
        page.evaluate("Enping.endPrint(Enping.page)")
    wanted = re.compile(re.escape(tiles.as_uri()) + rf"/{ZOOM}/\d+/\d+\.png")
    assert [each for each in complaints if not wanted.fullmatch(each)] == []
    assert complaints


def test_a_picture_lies_where_its_world_file_says(
    opened: OpenPage, complaints: list[str], demo: Inventory, picture: Path, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    ParcelMap(demo, basemap=picture).save(path)
    west, south, _, _ = demo.parcels.total_bounds
    back = transformer(demo.crs, WGS84)
    with opened(path) as page:
        page.evaluate("Enping.page.base.loaded()")
        for off_m, is_blue in ((30.0, True), (-30.0, False)):
            lon, lat = back.transform(west + off_m, south + off_m)
            page.evaluate("([lat, lon]) => enping.map.setView([lat, lon], 18)", [lat, lon])
            page.evaluate("Enping.page.painted()")
            red, _, blue = colour_at(page, lat, lon)
            assert (blue > red + 60) == is_blue
        page.evaluate("Enping.picture(Enping.page).then(canvas => canvas.toDataURL().length)")
        assert complaints == []


def test_the_shift_of_the_page_is_that_of_the_package(
    opened: OpenPage, demo: Inventory, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    ParcelMap(demo, basemap="amap").save(path)
    dice = np.random.default_rng(5)
    lon, lat = dice.uniform(111.9, 112.8, 200), dice.uniform(21.8, 22.6, 200)
    lon[:2], lat[:2] = (-71.1, 105.0), (42.4, 35.0)
    shown: list[str] = []
    with opened(path) as page:
        network(page, path, shown)
        told = np.array(
            page.evaluate(
                "p => p.map(at => Enping.toGcj02(...at))",
                list(zip(lon.tolist(), lat.tolist(), strict=True)),
            )
        )
        true = np.stack(to_gcj02(lon, lat), axis=-1)
        assert np.abs(told - true).max() * 111_320 < 1e-3
        before = page.evaluate("enping.innerPoint('EP005')")
        page.evaluate("enping.goto('EP005')")
        page.evaluate("Enping.page.base.loaded()")
        # The tile under the plot is the one that Amap has for its shifted place.
        east, _ = to_gcj02(before[1], before[0])
        zoom = int(page.evaluate("Enping.page.base._tileZoom"))
        x = (float(east) + 180) / 360 * 2**zoom
        assert page.evaluate("enping.innerPoint('EP005')") == before
        places = page.evaluate(
            """() => {
                const at = enping.map.latLngToContainerPoint(enping.innerPoint('EP005'));
                const box = enping.map.getContainer().getBoundingClientRect();
                return [...document.querySelectorAll('.base-tile img')].map((image) => {
                    const lies = image.getBoundingClientRect();
                    const url = new URL(image.src).searchParams;
                    return [Number(url.get('x')) + (box.x + at.x - lies.x) / lies.width,
                        box.x + at.x - lies.x, lies.width, Number(url.get('z'))];
                }).filter(([, off, wide]) => off >= 0 && off < wide);
            }"""
        )
        near = [place for place, _, _, z in places if z == zoom]
        assert near
        # To a pixel of 256, as far as rounding goes.
        assert all(abs(place - x) < 2 / 256 for place in near)
    hosts = {re.match(r"https://[^/]+", url)[0] for url in shown}  # type: ignore[index]  # all match
    assert hosts <= set(AMAP.split())
    assert hosts


def network(page: Page, path: Path, shown: list[str]) -> None:
    """Open the page from a server, on a network that answers every other request with a tile."""
    home = "https://office.example/page.html"

    def answer(route: Route) -> None:
        if route.request.url == home:
            route.fulfill(body=path.read_bytes(), content_type="text/html; charset=utf-8")
            return
        shown.append(route.request.url)
        route.fulfill(body=png((200, 0, 0)), content_type="image/png")

    page.context.set_offline(False)
    page.route("**/*", answer)
    page.goto(home)
    page.evaluate("enping.ready")


def test_the_page_asks_for_the_key_and_keeps_it_to_itself(
    opened: OpenPage, demo: Inventory, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    ParcelMap(demo, basemap="tianditu", public=True).save(path)
    shown: list[str] = []
    with opened(path) as page:
        network(page, path, shown)
        assert shown == []
        page.evaluate("enping.speak('en')")
        page.locator(".key-box input").fill(KEY)
        page.keyboard.press("Enter")
        page.evaluate("Enping.page.base.loaded()")
        assert page.locator(".key-box").count() == 0
        assert "Tianditu" in page.locator(".foot").inner_text()
        assert (
            page.evaluate("[location.hash, JSON.stringify({...localStorage})].join()").find(KEY) < 0
        )
        page.evaluate("enping.speak('zh')")
        assert page.locator(".key-box").count() == 0
    assert shown
    assert all(KEY in url and "tianditu.gov.cn" in url for url in shown)
    assert {re.search(r"LAYER=(\w+)", url)[1] for url in shown} == {"vec", "cva"}  # type: ignore[index]  # all match
