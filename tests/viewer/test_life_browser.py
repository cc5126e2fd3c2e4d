"""What happened to a plot, on its card: every event, in order, up to the day shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import shapely

from enping_gis.schema import conformed
from enping_gis.viewer import ParcelMap
from tests.viewer.conftest import inventory_of, plot

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

    from enping_gis.inventory import Inventory

    OpenPage = Callable[..., AbstractContextManager[Page]]


@pytest.fixture
def lived() -> Inventory:
    """Two plots; the first has eight events, of which one is taken back."""
    rows: list[dict[str, object]] = [
        {"event_id": f"e{day}", "parcel_id": "T1", "date": f"2022-0{day}-02", "kind": "visit",
         "actor": "<b>A</b>", "note": "inner words", "recorded_at": "2022-09-01"}
        for day in range(1, 7)
    ]  # fmt: skip
    rows += [
        {"event_id": "e7", "parcel_id": "T1", "date": "2022-07-02", "kind": "revitalised",
         "area_m2": 2000.0, "amount_yuan": 12500.5, "document": "7号", "date_basis": "inferred"},
        {"event_id": "e8", "parcel_id": "T1", "date": "2022-08-02", "kind": "corrected",
         "corrects_id": "e6"},
        {"event_id": "e9", "parcel_id": None, "date": "2022-08-02", "kind": "meeting"},
    ]  # fmt: skip
    events = conformed(pd.DataFrame(rows), "events")
    boxes = [
        shapely.box(634_000, 2_450_000 + 200 * n, 634_100, 2_450_100 + 200 * n) for n in (0, 1)
    ]
    return inventory_of([plot(n + 1, each) for n, each in enumerate(boxes)], events=events)


def test_the_card_tells_all_that_happened(
    opened: OpenPage, complaints: list[str], lived: Inventory, tmp_path: Path
) -> None:
    path = tmp_path / "life.html"
    ParcelMap(lived, lang="en").save(path)
    with opened(path) as page:
        page.evaluate("enping.goto('T1')")
        assert page.locator(".life li").count() == 5
        page.locator("#card .list-more").click()
        days = page.locator(".life .event-day").all_inner_texts()
        assert [day[:7] for day in days] == [f"2022-0{month}" for month in range(8, 0, -1)]
        done = page.locator(".life li").nth(1).inner_text()
        for words in ("(inferred)", "3.00 mu", "12,500.50 yuan", "7号"):
            assert words in done
        undone = page.locator(".life .undone")
        assert undone.count() == 1
        assert "Taken back" in undone.inner_text()
        assert "by <b>A</b>" in undone.inner_text()
        page.evaluate("enping.asOf('2022-02-15')")
        assert page.locator(".life li").count() == 2
        page.evaluate("enping.goto('T2')")
        assert page.locator(".life").count() == 0
        assert complaints == []


def test_the_public_is_told_none_of_it(lived: Inventory, tmp_path: Path) -> None:
    path = tmp_path / "public.html"
    page_map = ParcelMap(lived, public=True)
    page_map.save(path)
    names = [name for name, *_ in page_map.get_root()._data.packer.columns]
    assert not [name for name in names if name.startswith("event")]
    whole = ParcelMap(lived).get_root()._data.packer.columns
    assert "eventTexts" in [name for name, *_ in whole]


def test_no_events_at_all(lived: Inventory) -> None:
    tables = lived.tables | {"events": lived.events.iloc[:0]}
    packer = ParcelMap(replace(lived, tables=tables)).get_root()._data.packer
    assert "eventDay" not in [name for name, *_ in packer.columns]
