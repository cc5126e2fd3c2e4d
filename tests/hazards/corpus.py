"""All entries of the corpus."""

from __future__ import annotations

from tests.hazards import (
    archives,
    attributes,
    cells,
    clean,
    containers,
    coordinates,
    damage,
    displaced,
    drawings,
    encodings,
    geometry,
    kinds,
    ledgers,
    markup,
    point_texts,
    points,
    safety,
    sheets,
)

ENTRIES = tuple(
    entry
    for room in (
        clean,
        containers,
        kinds,
        geometry,
        damage,
        attributes,
        encodings,
        coordinates,
        displaced,
        points,
        point_texts,
        ledgers,
        cells,
        sheets,
        markup,
        drawings,
        archives,
        safety,
    )
    for entry in room.CORPUS.entries
)
