"""Read a page back, number by number, without anything of the package's own."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

DONE = "revitalised"


def block(page: str, name: str) -> str:
    return page.split(f'id="{name}">', 1)[1].split("</script>", 1)[0]


def numbers(written: bytes) -> list[int]:
    found, value, shift = [], 0, 0
    for byte in written:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value = shift = 0
    assert shift == 0
    return found


def alternated(found: list[int]) -> list[int]:
    return [-(each + 1) // 2 if each % 2 else each // 2 for each in found]


@dataclass
class Block:
    """The packed block: its head and its columns."""

    head: dict[str, Any]
    columns: dict[str, list[Any]]

    def coded(self, name: str, row: int) -> Any:  # noqa: ANN401 - JSON
        values = self.columns.get(f"{name}.values", [])
        codes = self.columns.get(f"{name}.codes")
        code = row + 1 if codes is None and values else (codes or [0] * (row + 1))[row]
        return values[code - 1] if code else None


def unpacked(text: str) -> Block:
    written = gzip.decompress(base64.b64decode(text))
    at = 4 + int.from_bytes(written[:4], "little")
    head = json.loads(written[4:at])
    columns: dict[str, list[Any]] = {}
    for name, kind, size, count in head.pop("columns"):
        cells = written[at : at + size]
        at += size
        found: list[Any]
        if kind == "json":
            found = json.loads(cells)
        elif kind == "bits":
            found = np.unpackbits(np.frombuffer(cells, np.uint8), bitorder="little").tolist()
            found = found[:count]
        else:
            found = numbers(cells) if kind == "whole" else alternated(numbers(cells))
            found = np.cumsum(found).tolist() if kind == "steps" else found
        assert len(found) == count
        columns[name] = found
    assert at == len(written)
    return Block(head, columns)


def arcs_of(found: Block) -> list[list[tuple[int, int]]]:
    head, columns = found.head, found.columns
    place, at = list(head["corner"]), 0
    arcs = []
    for size, closed in zip(columns["sizes"], columns["closed"], strict=True):
        arc: list[tuple[int, int]] = []
        step = [0, 0]
        for number in range(size):
            told = [columns["x"][at], columns["y"][at]]
            goes_on = head["goesOn"] and number > 1
            step = [step[k] + told[k] if goes_on else told[k] for k in (0, 1)]
            place = [place[k] + step[k] for k in (0, 1)]
            arc.append((place[0], place[1]))
            at += 1
        arcs.append([*arc, arc[0]] if closed else arc)
    assert at == len(columns["x"]) == len(columns["y"])
    return arcs


def outlines(found: Block) -> list[list[list[tuple[int, int]]]]:
    """Return the rings of each plot in steps of the world, closing vertices left out."""
    columns, arcs = found.columns, arcs_of(found)
    uses, after, back = [], 0, iter(columns["backward"])
    for told in columns["used"]:
        uses.append((after - told, next(back) if told else 0))
        after += told == 0
    assert after == len(arcs)
    per_ring, per_plot = iter(columns["arcs"]), columns["rings"]
    used = iter(uses)
    plots = []
    for count in per_plot:
        rings = []
        for _ in range(count):
            ring: list[tuple[int, int]] = []
            for _ in range(next(per_ring)):
                number, backward = next(used)
                arc = arcs[number][::-1] if backward else arcs[number]
                assert not ring or ring[-1] == arc[0]
                ring = [*ring[:-1], *arc]
            assert ring[0] == ring[-1]
            rings.append(ring[:-1])
        plots.append(rings)
    assert next(per_ring, None) is next(used, None) is None
    return plots


def degrees(steps: np.ndarray[Any, Any] | list[Any], bits: int) -> np.ndarray[Any, Any]:
    share = np.asarray(steps, dtype=float) / 2.0**bits
    latitude = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * share[..., 1]))))
    return np.stack([(share[..., 0] - 0.5) * 360, latitude], axis=-1)


def decimal(units: int, digits: int) -> str:
    text = str(abs(units)).rjust(digits + 1, "0")
    return f"{'-' if units < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def plots_of(found: Block) -> list[dict[str, Any]]:
    columns = found.columns
    shapes, at = outlines(found), 0
    plots = []
    names = sorted({name.split(".")[0] for name in columns if "." in name})
    for row, rings in enumerate(shapes):
        plot: dict[str, Any] = {"tags": [], "line": "surveyed", "status": columns["status"][row]}
        plot |= {n: value for n in names if (value := found.coded(n, row)) is not None}
        m2 = columns["m2"][row]
        mu = columns["mu"][row] + (6 * m2 + 2000) // 4000
        ha = columns["ha"][row] + (2 * m2 + 100) // 200
        plot |= {"m2": decimal(m2, 2), "mu": decimal(mu, 2), "ha": decimal(ha, 4)}
        if columns.get("stated", [0] * (row + 1))[row]:
            less = columns["statedLess"][row]
            plot["statedMu"] = decimal(mu + less, 2)
            if less:
                plot["differenceMu"] = ("−" if less > 0 else "+") + decimal(abs(less), 2)
        if columns.get("partly", [0] * (row + 1))[row]:
            done = columns["doneMu"][row]
            plot |= {"doneMu": decimal(done, 2), "restMu": decimal(mu - done, 2)}
            plot["doneM2"] = columns["doneM2"][row] / 100
        if rings:
            box = np.vstack(rings)
            middle = (box.min(axis=0) + box.max(axis=0)) // 2
            inner = middle + np.array([columns["atX"][at], columns["atY"][at]])
            plot |= {"rings": rings, "at": degrees(inner, found.head["bits"]).tolist()}
            at += 1
        plots.append(plot)
    return plots


def contacts_of(found: Block) -> list[list[Any]]:
    columns = found.columns
    left = [row for row, count in enumerate(columns["contacts"]) for _ in range(count)]
    kinds = zip(columns["kindLow"], columns["kindHigh"], strict=True)
    figures = (columns[name] for name in ("shared", "gap", "overlap"))
    rows = zip(left, columns["right"], kinds, *figures, strict=True)
    return [
        [one, one + step, found.head["kinds"][low + 2 * high], *figures]
        for one, step, (low, high), *figures in rows
    ]


def data_of(page: str) -> dict[str, Any]:
    """Return all that a page carries, plots and contacts as rows."""
    found = unpacked(block(page, "enping-packed"))
    shown = json.loads(block(page, "enping-data"))
    plots = plots_of(found)
    unplaced = [row for row, plot in enumerate(plots) if "rings" not in plot]
    return shown | found.head | {
        "plots": plots, "contacts": contacts_of(found), "unplaced": unplaced
    }  # fmt: skip


def polygon(rings: list[list[tuple[int, int]]]) -> shapely.Geometry:
    """Put rings together: what lies in an odd number of them is inside."""
    closed = [shapely.Polygon(ring) for ring in rings]
    found = closed[0]
    for each in closed[1:]:
        found = found.symmetric_difference(each)
    return found


def texts(found: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Return every text of the data, however deep."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, (dict, list)):
        for each in found.values() if isinstance(found, dict) else found:
            yield from texts(each)
