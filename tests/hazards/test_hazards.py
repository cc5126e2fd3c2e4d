"""Bad and odd files, each built here: the right data with a finding, or a refusal with the cure."""

from __future__ import annotations

import contextlib
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

import enping_gis
from enping_gis.errors import EnpingError
from tests.hazards.corpus import ENTRIES
from tests.hazards.judging import judged
from tests.hazards.kml import document
from tests.hazards.safety import VRT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hazards.expectation import Entry


def test_every_entry_has_a_name_of_its_own() -> None:
    assert len(ENTRIES) >= 150
    assert not [name for name, count in Counter(each.name for each in ENTRIES).items() if count > 1]
    assert not [each.name for each in ENTRIES if not each.expected]


@pytest.fixture
def requests() -> Iterator[tuple[str, list[str]]]:
    """Yield the address of a server on this machine, and what was asked of it."""
    asked: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815 - as the server wants it

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Listening) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.mark.parametrize(
    "form",
    ["{}/a.geojson", "/vsicurl/{}/a.geojson", "GeoJSON:{}/a.geojson", "WFS:{}/wfs", "zip+{}/a.zip"],
)
def test_a_string_never_reaches_the_network(requests: tuple[str, list[str]], form: str) -> None:
    address, asked = requests
    with pytest.raises(EnpingError):
        enping_gis.read(form.format(address))
    assert asked == []


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".vrt", ".kml"])
def test_a_file_never_reaches_the_network(
    requests: tuple[str, list[str]], tmp_path: Path, suffix: str
) -> None:
    address, asked = requests
    path = tmp_path / f"plots{suffix}"
    link = f"<NetworkLink><Link><href>{address}/more.kml</href></Link></NetworkLink>"
    text = VRT.format(path=f"/vsicurl/{address}/a.csv")
    path.write_text(document(link) if suffix == ".kml" else text, encoding="utf-8")
    with contextlib.suppress(EnpingError):
        enping_gis.read(path)
    assert asked == []


@pytest.mark.timeout(90)
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.kind}-{entry.name}")
def test_nothing_goes_wrong_in_silence(entry: Entry, tmp_path: Path) -> None:
    verdict = judged(entry, tmp_path)
    assert verdict.good, f"{entry.what}: {verdict}"
