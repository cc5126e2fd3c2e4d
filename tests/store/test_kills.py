"""Writers that are killed at a random moment of a write: the old state is there, or the new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.crashes import WAYS, killed

if TYPE_CHECKING:
    from benchmarks.crashes import Way

OURS = [way for way in WAYS if way.is_ours]
PEERS = [way for way in WAYS if not way.is_ours]
FEW = 3


def test_a_few_kills_of_a_recording() -> None:
    outcome = killed(OURS[0], FEW, seed=1)
    assert (outcome.hits, outcome.lost) == (FEW, 0), outcome.example


@pytest.mark.campaign
@pytest.mark.parametrize("way", OURS, ids=lambda each: each.name)
def test_a_thousand_kills_lose_nothing(way: Way) -> None:
    outcome = killed(way, way.kills, seed=2)
    assert (outcome.hits, outcome.lost) == (way.kills, 0), outcome.example


@pytest.mark.campaign
@pytest.mark.parametrize("way", PEERS, ids=lambda each: each.name)
def test_the_harness_sees_what_is_lost(way: Way) -> None:
    """What plain geopandas writes is lost now and then, so the kills do hit."""
    assert killed(way, way.kills, seed=2).lost > 0
