"""What a public page still holds, number by number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from enping_gis.inventory import Inventory
from enping_gis.viewer import ParcelMap
from tests.viewer.unpacking import arcs_of, block, data_of, degrees, texts, unpacked

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("page") / "public.html"
    ParcelMap(Inventory.demo(), public=True).save(path)
    return path.read_text("utf-8")


def test_corners_hold_no_more_than_five_decimals(written: str) -> None:
    """Rounded to five decimals and packed again, each is the whole number that it was."""
    found = unpacked(block(written, "enping-packed"))
    bits = found.head["bits"]
    steps = np.array([place for arc in arcs_of(found) for place in arc])
    assert len(steps) > 500
    rounded = np.round(degrees(steps, bits), 5)
    sine = np.sin(np.radians(rounded[:, 1]))
    share = np.stack([rounded[:, 0] / 360 + 0.5, 0.5 - np.arctanh(sine) / (2 * np.pi)], axis=-1)
    assert (np.rint(share * 2.0**bits) == steps).all()


def test_the_same_is_not_so_of_an_office_page(tmp_path: Path) -> None:
    path = tmp_path / "office.html"
    ParcelMap(Inventory.demo()).save(path)
    found = unpacked(block(path.read_text("utf-8"), "enping-packed"))
    steps = np.array([place for arc in arcs_of(found) for place in arc])
    off = np.abs(degrees(steps, found.head["bits"]) * 1e5 % 1 - 0.5)
    assert (off < 0.4).any()


def test_nothing_private_is_left_in_any_text(written: str) -> None:
    demo = Inventory.demo()
    said = "\n".join(texts(data_of(written)))
    holders = [each for each in demo.parcels["holder"].dropna() if len(each) > 3]
    notes = [each for each in demo.events["note"].dropna() if len(each) > 3]
    assert holders
    assert notes
    named = {*demo.parcels["name"], *demo.parcels["aliases"].dropna()}
    for secret in (*holders, *notes):
        # A plot may be called after its holder; its name is public.
        if not any(secret in name for name in named):
            assert secret not in said
            assert secret not in written


def test_the_review_number_and_the_source_are_told(written: str) -> None:
    (foot,) = re.findall(r'<div class="foot" title="([^"]*)"', written)
    assert "审图号" in foot
    assert "数据" in foot
