"""The days on which standings changed say of every day what the fold says of it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from enping_gis.inventory import Inventory
from enping_gis.measure.standing import stated_m2, status_on
from enping_gis.schema import conformed
from enping_gis.status import folded
from enping_gis.viewer.history import steps
from enping_gis.viewer.scores import scores

LAST = date(2023, 3, 30)
KINDS = ("filed", "agreed", "litigating", "settled", "revitalised", "supplied", "corrected", "note")


def at(found: pd.DataFrame, row: int, day: date) -> tuple[object, ...]:
    known = found[(found["row"] == row) & (found["day"] <= day.isoformat())]
    if known.empty:
        return ("unknown", False, 0.0)
    last = known.iloc[-1]
    return (last["status"], bool(last["partly"]), float(last["done_m2"]))


@pytest.mark.parametrize("seed", range(12))
def test_every_day_is_as_the_fold_has_it(seed: int) -> None:
    dice = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for number in range(60):
        kind = str(dice.choice(KINDS))
        row: dict[str, object] = {
            "event_id": f"e{number}",
            "parcel_id": f"p{dice.integers(6)}",
            "date": (LAST - timedelta(days=int(dice.integers(20)))).isoformat(),
            "kind": kind,
            "recorded_at": f"2023-04-01T00:00:{number:02d}Z",
        }
        if kind == "revitalised":
            row["area_m2"] = float(dice.integers(1, 60))
        if kind == "corrected" and rows:
            target = rows[int(dice.integers(len(rows)))]
            row["corrects_id"] = target["event_id"]
            row["parcel_id"] = target["parcel_id"]
        rows.append(row)
    events = conformed(pd.DataFrame(rows), "events")
    areas = pd.Series({f"p{number}": 100.0 for number in range(6)})
    found = steps(events, LAST, areas)
    for back in range(22):
        day = LAST - timedelta(days=back)
        told = folded(events, day, areas)
        for row_number, row in enumerate(told.to_dict("records")):
            then = (row["status"], row["partly"], row["done_m2"])
            assert at(found, row_number, day) == then, (day, row_number)


def test_the_last_step_of_the_demonstration_is_its_standing() -> None:
    demo = Inventory.demo()
    standing = status_on(demo)
    stated = stated_m2(demo.parcels).set_axis(standing.index)
    found = steps(demo.events, demo.as_of, standing["area_m2"], stated)
    last = found.drop_duplicates("row", keep="last").set_index("row")
    assert len(last) == 119
    assert list(last.sort_index()["status"]) == list(standing["status"])
    assert list(last.sort_index()["since"]) == list(standing["since"])


def test_commitments_grow_from_quarter_to_quarter() -> None:
    found = scores(Inventory.demo())
    days = [score["day"] for score in found]
    assert days == sorted(days)
    assert days[-2:] == ["2022-12-31", "2023-03-30"]
    county = found[-1]["rows"][-1]
    assert (county["done"], county["committed"]) == ("793.00", "2000.00")
    same_year = [score for score in found if score["period"] == "2022"]
    done = [float(score["rows"][-1]["done"]) for score in same_year]
    assert all(before <= after for before, after in pairwise(done))
