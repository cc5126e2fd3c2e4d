"""What tests may ask for: the checkout, real parcels, a browser, PostGIS; how hard to search."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import sync_playwright

from benchmarks import postgis as database
from enping_gis.messages import choose_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# A slow machine is no fault of the code; a failure must come again, so nothing is left to chance.
settings.register_profile("default", deadline=None, derandomize=True, max_examples=100)
settings.register_profile(
    "campaign",
    deadline=None,
    max_examples=10_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_configure(config: pytest.Config) -> None:
    """Forget compiled loops older than any source: numba knows the outermost file of each only."""
    if hasattr(config, "workerinput"):
        return
    folder = ROOT / "enping_gis" / "measure" / "outlines"
    newest = max(path.stat().st_mtime for path in folder.glob("*.py"))
    for kept in folder.glob("__pycache__/*.nb[ic]"):
        if kept.stat().st_mtime < newest:
            kept.unlink()


ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real parcels beside the checkout; it is not part of the project."""
    folder = Path(os.environ.get("ENPING_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no real parcels here: set ENPING_SHARED_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium browser; with CI=true there must be one."""
    wish = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [wish] if wish else BROWSERS)), None)
    if found is not None:
        return found
    reason = "no Chromium here: scripts/install_debian_packages.sh installs it, CHROMIUM names one"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Return one browser for all tests of a process: a second driver would not start."""
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def postgis() -> Iterator[psycopg.Connection]:
    """Start PostGIS for the tests; with CI=true it must be there."""
    try:
        database.programs()
    except database.PostgisMissingError as fault:
        if os.environ.get("CI") == "true":
            pytest.fail(str(fault))
        pytest.skip(str(fault))
    with database.postgis() as connection:
        yield connection


@pytest.fixture(autouse=True)
def _own_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start each test in Chinese, and leave nothing chosen behind."""
    monkeypatch.delenv("ENPING_LANG", raising=False)
    choose_language(None)
    yield
    choose_language(None)
