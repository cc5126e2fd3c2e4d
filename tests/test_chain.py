"""Events are chained by hashes: a change shows, a copy through a file does not."""

from __future__ import annotations

import pandas as pd
import pytest

from enping_gis.store.chain import chained, event_hash

EVENTS = pd.DataFrame(
    {
        "event_id": ["c", "a", "b", "d"],
        "parcel_id": ["P1", "P1", None, "P2"],
        "date": ["2022-03-01", "2022-02-24", "2022-02-24", "2022-03-02"],
        "kind": ["filed", "surveyed", "meeting", "visit"],
        "quantity": [None, None, None, 17],
        "note": ["建档", "", None, "走访"],
        "recorded_at": ["2022-03-01T17", "2022-02-24T17", "2022-02-24T17", "2022-03-02T17"],
        "origin": ["office", "office", "office", "tablet"],
    }
)


def broken_links(events: pd.DataFrame) -> list[str]:
    return [
        str(event["event_id"])
        for _, event in events.iterrows()
        if event_hash(event, event["prev_hash"]) != event["hash"]
    ]


def test_one_chain_per_origin_in_order_of_recording() -> None:
    linked = chained(EVENTS).set_index("event_id")
    assert linked.loc["a", "prev_hash"] is None
    assert linked.loc["b", "prev_hash"] == linked.loc["a", "hash"]
    assert linked.loc["c", "prev_hash"] == linked.loc["b", "hash"]
    assert linked.loc["d", "prev_hash"] is None
    assert broken_links(linked.reset_index()) == []


def test_order_of_rows_makes_no_difference_and_input_stays() -> None:
    before = EVENTS.copy(deep=True)
    shuffled = chained(EVENTS.iloc[::-1]).set_index("event_id")["hash"]
    assert shuffled.to_dict() == chained(EVENTS).set_index("event_id")["hash"].to_dict()
    pd.testing.assert_frame_equal(EVENTS, before)


@pytest.mark.parametrize("column", ["note", "date", "quantity", "parcel_id", "kind", "document"])
def test_any_change_shows(column: str) -> None:
    linked = chained(EVENTS)
    linked.loc[0, column] = 5 if column == "quantity" else "changed"
    assert broken_links(linked) == ["c"]


def test_chaining_again_changes_nothing() -> None:
    once = chained(EVENTS)
    pd.testing.assert_frame_equal(chained(once), once)


def test_empty_cells_and_whole_numbers_hash_alike_however_they_were_read() -> None:
    event = {"event_id": "a", "kind": "visit", "quantity": 386}
    expected = event_hash(event, None)
    for same in ({"note": ""}, {"note": None}, {"note": float("nan")}, {"quantity": "386.0"}):
        assert event_hash(event | same, "") == expected
    assert event_hash(event, "0" * 64) != expected


def test_repeated_ids_are_refused() -> None:
    with pytest.raises(ValueError, match="'a' occurs twice"):
        chained(EVENTS.assign(event_id="a"))
