"""Read the plots of a DXF drawing: closed polylines, their holes, and the texts inside them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from shapely.errors import ShapelyError

from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.intake.drawings.dxf import Entity, entities, header_of
from enping_gis.intake.files.encoding import text_encoding
from enping_gis.intake.files.look import checked_kind
from enping_gis.intake.files.reasons import file_reason, shape_reason
from enping_gis.intake.raw import Layer, RawRows
from enping_gis.intake.vector.columns import frame_of, table_of
from enping_gis.intake.vector.shapes import straightened_bulges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# Ends of a polyline that lie this near each other were meant to meet.
_CLOSED_M = 0.001
_RING_POINTS = 3
_TEXTS = frozenset({"TEXT", "MTEXT", "ATTRIB"})
_POLYLINES = frozenset({"LWPOLYLINE", "POLYLINE", "CIRCLE"})
_BINARY = b"AutoCAD Binary DXF"


class _Ring(NamedTuple):
    entity: Entity
    polygon: shapely.Polygon
    bent: bool


def layers_of(path: Path, *, encoding: str | None = None) -> tuple[Layer, ...]:
    """
    Look into a DXF drawing.

    Parameters
    ----------
    path : pathlib.Path
        A ``.dxf`` file in ASCII.
    encoding : str, optional
        Encoding of its texts, whatever it declares.

    Returns
    -------
    tuple of Layer
        One, named after the file; the layers of the drawing become a column.

    Raises
    ------
    SourceError
        It is no DXF, or a binary one.
    """
    _checked(path, str(path))
    text_encoding(path, encoding)
    return (Layer(path.stem, "Unknown"),)


def _checked(path: Path, shown: str) -> None:
    checked_kind(path, shown)
    with path.open("rb") as stream:
        head = stream.read(100_000)
    if head.startswith(_BINARY):
        raise SourceError("error.dxf_binary", path=shown)
    if b"SECTION" not in head:
        raise SourceError("error.not_its_kind", path=shown, kind="DXF")


def rows_of(
    path: Path, layer: str, *, encoding: str | None = None, shown: str = ""
) -> Iterator[RawRows]:
    """
    Read the plots of a DXF drawing.

    A closed polyline or circle is a ring, also one whose ends lie within 1 mm. Rings inside a
    ring of the same drawing layer are holes. The largest text inside becomes the name. Arcs
    become edges within 0.02 mm of them.

    Parameters
    ----------
    path : pathlib.Path
        A ``.dxf`` file in ASCII.
    layer : str
        Its one layer.
    encoding : str, optional
        Encoding of its texts, whatever it declares.
    shown : str
        How messages call the file; by default its path.

    Yields
    ------
    RawRows
        One batch; ``ROW`` counts the entities of the drawing.

    Raises
    ------
    SourceError
        It is no DXF, is a binary one, or is damaged.
    """
    shown = shown or str(path)
    _checked(path, shown)
    where: dict[str, Any] = {"file": shown, "layer": layer}
    found = text_encoding(path, encoding, shown)
    try:
        with path.open(encoding=found.name, errors="replace") as stream:
            everything = list(entities(stream))
        with path.open(encoding=found.name, errors="replace") as stream:
            page = header_of(stream).get("$DWGCODEPAGE", "")
    except (ValueError, IndexError, OSError) as error:
        raise SourceError("error.unreadable", path=shown, reason=file_reason(error)) from error
    rings, lines, findings = _rings(everything, where)
    plots, notes = _plots(rings, where)
    labels = [each for each in everything if each.kind in _TEXTS and each.text and each.points]
    records = _records(plots, labels)
    shapes = np.array([*(shape for _, shape in plots), None], dtype=object)[:-1]
    rows = np.array([ring.entity.number for ring, _ in plots], dtype=np.int64)
    columns, renamed = table_of(records, where)
    findings += (*notes, *renamed, *_aside(everything, lines, rings, where))
    if page and found.how == "detected" and "936" in page:
        found = found._replace(how="declared", declared=page)
    yield RawRows(
        frame_of(columns, rows), shapes, shown, layer, "DXF", found._replace(declared=page),
        rows_in=len(plots) + sum(each.severity == "error" for each in findings),
        findings=findings,
    )  # fmt: skip


def _rings(
    everything: Sequence[Entity], where: dict[str, Any]
) -> tuple[list[_Ring], list[Entity], tuple[Finding, ...]]:
    """Make polygons of what is closed; what is not is returned as it is."""
    rings, lines, findings = [], [], []
    for entity in everything:
        if entity.kind not in _POLYLINES or entity.on_paper:
            continue
        points = np.array(entity.points, dtype=np.float64).reshape(-1, 2)
        near = len(points) > _RING_POINTS and np.hypot(*(points[0] - points[-1])) <= _CLOSED_M
        if len(points) < _RING_POINTS - any(entity.bulges) or not (entity.closed or near):
            lines.append(entity)
            continue
        bulges = entity.bulges
        if near:  # the last vertex is the first one
            points, bulges = points[:-1], bulges[:-1]
        try:
            bent = any(bulges)
            vertices = straightened_bulges(points, bulges) if bent else points
            rings.append(_Ring(entity, shapely.Polygon(vertices), bent))
        except (ShapelyError, ValueError) as error:
            findings.append(
                Finding("geometry_unread", "error", row=entity.number, value=shape_reason(error),
                        **where)
            )  # fmt: skip
    bent_rings = [ring for ring in rings if ring.bent]
    if bent_rings:
        values: dict[str, object] = {"n": len(bent_rings)}
        row = bent_rings[0].entity.number
        findings.append(Finding("arcs_straightened", "info", row=row, values=values, **where))
    return rings, lines, tuple(findings)


def _plots(
    rings: list[_Ring], where: dict[str, Any]
) -> tuple[list[tuple[_Ring, shapely.Polygon]], tuple[Finding, ...]]:
    """Take rings that lie inside another one of their layer out of it."""
    around = _containers(rings)
    depth = {position: len(outer) for position, outer in around.items()}
    holes: dict[int, list[int]] = {}
    for position, outer in around.items():
        if depth[position] % 2:
            holes.setdefault(max(outer, key=depth.__getitem__), []).append(position)
    plots, findings = [], []
    for position, ring in enumerate(rings):
        if depth[position] % 2:
            continue
        shape = ring.polygon
        if position in holes:
            inner = [rings[hole] for hole in holes[position]]
            shape = shapely.Polygon(
                shape.exterior.coords, [hole.polygon.exterior.coords for hole in inner]
            )
            rows = ", ".join(str(hole.entity.number) for hole in inner)
            findings.append(
                Finding("ring_in_ring", "info", row=ring.entity.number, value=rows, **where)
            )
        plots.append((ring, shape))
    return plots, tuple(findings)


def _containers(rings: list[_Ring]) -> dict[int, list[int]]:
    """Return for each ring those of the same drawing layer that it lies inside."""
    around: dict[int, list[int]] = {position: [] for position in range(len(rings))}
    layers: dict[str, list[int]] = {}
    for position, ring in enumerate(rings):
        if ring.polygon.is_valid:
            layers.setdefault(ring.entity.layer, []).append(position)
    for members in layers.values():
        polygons = [rings[position].polygon for position in members]
        pairs = shapely.STRtree(polygons).query(polygons, predicate="contains_properly")
        for outer, inner in pairs.T:
            around[members[inner]].append(members[outer])
    return around


def _records(
    plots: list[tuple[_Ring, shapely.Polygon]], labels: list[Entity]
) -> list[dict[str, Any]]:
    """Make the attributes of each plot: its drawing layer, and the texts inside it."""
    inside: dict[int, list[Entity]] = {}
    if plots and labels:
        valid = [shape if shape.is_valid else shapely.Polygon() for _, shape in plots]
        points = shapely.points([label.points[0] for label in labels])
        for label, plot in shapely.STRtree(valid).query(points, predicate="within").T:
            inside.setdefault(int(plot), []).append(labels[label])
    records = []
    for position, (ring, _) in enumerate(plots):
        # The name is written larger than the notes below it.
        texts = sorted(inside.get(position, []), key=lambda label: -label.height)
        record: dict[str, Any] = {
            "name": texts[0].text if texts else None,
            "layer": ring.entity.layer,
            "handle": ring.entity.handle or None,
        }
        if len(texts) > 1:
            record["texts"] = "; ".join(label.text for label in texts)
        if ring.entity.extended:
            record["extended"] = "; ".join(ring.entity.extended)
        records.append(record)
    return records


def _aside(
    everything: Sequence[Entity], lines: list[Entity], rings: list[_Ring], where: dict[str, Any]
) -> tuple[Finding, ...]:
    """Say what was not taken: open polylines where others are plots, and all else by its kind."""
    findings = []
    used = {ring.entity.layer for ring in rings}
    left: Counter[str] = Counter()
    for line in lines:
        many = len(line.points) >= _RING_POINTS
        if many and line.layer in used:
            first, last = line.points[0], line.points[-1]
            gap_m = float(np.hypot(first[0] - last[0], first[1] - last[1]))
            values: dict[str, object] = {"layer_of_drawing": line.layer}
            findings.append(
                Finding("line_open", "error", row=line.number, value=f"{gap_m:.3f}",
                        values=values, **where)
            )  # fmt: skip
        else:
            left[f"{line.kind} ({line.layer})"] += 1
    for entity in everything:
        if entity.kind not in _TEXTS | _POLYLINES:
            left[entity.kind] += 1
        elif entity.on_paper:
            left[f"{entity.kind} (paper)"] += 1
    if left:
        listed = ", ".join(f"{kind}: {count}" for kind, count in left.most_common(8))
        severity: Any = "info" if rings else "error"
        values = {"n": sum(left.values())}
        findings.append(Finding("drawing_left", severity, value=listed, values=values, **where))
    return tuple(findings)
