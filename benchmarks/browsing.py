"""Open pages in Chromium without a network: when they are drawn, how long frames take, memory."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import Error, ViewportSize, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
WIDTH, HEIGHT = 1280, 800
DRAG_STEPS, DRAG_PX, WHEELS = 60, 5, 3
FRAME_MS = 16
REST_MS = 1500
MEGABYTE = 1e6
# The browser has drawn when the second frame after all scripts begins; our page says when it has.
DRAWN = """async () => {
    if (document.readyState !== "complete") {
        await new Promise(done => addEventListener("load", done));
    }
    if (window.enping) {
        await enping.ready;
    }
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now();
}"""
MAP = """(() => window.enping ? enping.map
    : Object.values(window).find(one => window.L && one instanceof L.Map))()"""
WATCH = """() => {
    window.frames_ms = [];
    let last = performance.now();
    const next = now => {
        window.frames_ms.push(now - last);
        last = now;
        window.watching = requestAnimationFrame(next);
    };
    requestAnimationFrame(now => { last = now; requestAnimationFrame(next); });
}"""
STOP = "() => { cancelAnimationFrame(window.watching); return Math.max(...window.frames_ms); }"


class Opened(NamedTuple):
    """
    How a page behaved.

    Parameters
    ----------
    drawn_ms : float
        From the start of loading to the first full drawing.
    pan_ms, zoom_ms : float
        The longest frame while the map was dragged, and while it was zoomed and drawn again.
    heap_mb, arrays_mb : float
        Memory of JavaScript after a collection of garbage: objects, and what lies in arrays
        beside them.
    complaints : int
        Requests, console messages and errors.
    """

    drawn_ms: float
    pan_ms: float
    zoom_ms: float
    heap_mb: float
    arrays_mb: float
    complaints: int


class TooLongError(RuntimeError):
    """A page was not drawn in the time given."""


def chromium() -> str | None:
    """
    Find a browser.

    Returns
    -------
    str or None
        Its path; ``CHROMIUM`` names another than the system's.
    """
    wish = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [wish] if wish else BROWSERS)), None)


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """
    Start a browser.

    Parameters
    ----------
    path : str
        Its program.

    Yields
    ------
    playwright.sync_api.Browser
        Without graphics card, as figures of one would say nothing of another.
    """
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield launched
        launched.close()


def opened(driver: Browser, path: Path, *, limit_s: float, moves: bool = True) -> Opened:
    """
    Open a page, drag the map, zoom it.

    Parameters
    ----------
    driver : playwright.sync_api.Browser
        The browser.
    path : pathlib.Path
        The page.
    limit_s : float
        In which it must be drawn, in seconds.
    moves : bool
        Whether to drag and zoom.

    Returns
    -------
    Opened
        How it behaved; frames are 0 where it was not moved.

    Raises
    ------
    TooLongError
        It was not drawn in time.
    """
    size = ViewportSize(width=WIDTH, height=HEIGHT)
    context = driver.new_context(viewport=size, offline=True)
    page, complaints = context.new_page(), [0]
    page.set_default_timeout(limit_s * 1000)

    def complain(*_: object) -> None:
        complaints[0] += 1

    for event in ("console", "pageerror", "requestfailed"):
        page.on(event, complain)
    try:
        page.goto(path.as_uri(), wait_until="commit")
        page.wait_for_load_state("load")
        # A script that is busy answers late, if ever.
        drawn_ms = float(page.evaluate(DRAWN))
        frames = (_pan_ms(page), _zoom_ms(page)) if moves else (0.0, 0.0)
        session = context.new_cdp_session(page)
        session.send("HeapProfiler.enable")
        session.send("HeapProfiler.collectGarbage")
        usage = session.send("Runtime.getHeapUsage")
        arrays = usage.get("backingStorageSize", 0) / MEGABYTE
        return Opened(drawn_ms, *frames, usage["usedSize"] / MEGABYTE, arrays, complaints[0])
    except Error as fault:
        message = f"not drawn within {limit_s:.0f} s"
        raise TooLongError(message) from fault
    finally:
        context.close()


def _pan_ms(page: Page) -> float:
    """Drag the map to and fro, and let it come to rest; all pages begin at a whole zoom."""
    page.evaluate(f"() => {{ const m = {MAP}; m.setZoom(Math.floor(m.getZoom())); }}")
    page.wait_for_timeout(REST_MS)
    box = page.evaluate(
        f"(() => {{ const b = {MAP}.getContainer().getBoundingClientRect();"
        " return [b.x + b.width / 2, b.y + b.height / 2]; })()"
    )
    page.mouse.move(*box)
    page.evaluate(WATCH)
    page.mouse.down()
    for step in range(DRAG_STEPS):
        forth = min(step, DRAG_STEPS - step) * DRAG_PX
        page.mouse.move(box[0] + forth, box[1] + forth / 2)
        page.wait_for_timeout(FRAME_MS)
    page.mouse.up()
    page.wait_for_timeout(REST_MS)
    return float(page.evaluate(STOP))


def _zoom_ms(page: Page) -> float:
    page.evaluate(WATCH)
    for _ in range(WHEELS):
        page.mouse.wheel(0, -120)
        page.wait_for_timeout(REST_MS / WHEELS)
    page.wait_for_timeout(REST_MS)
    return float(page.evaluate(STOP))
