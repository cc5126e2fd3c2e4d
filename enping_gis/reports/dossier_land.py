"""Write what a plot's file says of the land: where it lies, how large, corners, neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enping_gis.crs import crs_name
from enping_gis.measure.areas import AREA_METHODS
from enping_gis.reports.corners import perimeter_m, rings_listed
from enping_gis.reports.dossier_facts import WITHIN_M, is_blank
from enping_gis.reports.drawing import plot_drawing
from enping_gis.reports.model import Cell, Column, Picture, Row, Table, Text
from enping_gis.reports.raster import png
from enping_gis.units import HA, M2, MU, ha_to_m2, half_up, mu_to_m2, printed
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.reports.corners import Corner, Ring
    from enping_gis.reports.dossier_words import PlotWords
    from enping_gis.reports.model import Block, Value

# A cell that is meant to be empty: one without a value would print a dash.
BLANK = "\N{NO-BREAK SPACE}"
# So many rows of corners stand side by side before the next pair of columns begins below.
_ROWS_BESIDE = 30


def location_section(file: PlotWords) -> Iterator[Block]:
    """
    Draw the plot among its neighbours.

    Parameters
    ----------
    file : PlotWords
        The plot.

    Yields
    ------
    Picture
        Nothing for a plot without a shape.
    """
    drawing = plot_drawing(file.facts.ground, file.parcel_id, lang=file.lang)
    if drawing is not None:
        caption = file.say("dossier.scale", scale=drawing.scale, mm=drawing.width_mm)
        picture = png(drawing) if file.painted else b""
        yield Picture(drawing.svg(), picture, drawing.title, caption, drawing.width_mm)


def areas_section(file: PlotWords) -> Iterator[Block]:
    """
    Give the area by each method, and what the ledger says.

    Parameters
    ----------
    file : PlotWords
        The plot.

    Yields
    ------
    Table or Text
        m2, hectares and mu, and the difference of the printed mu from the ledger.
    """
    stated_m2 = file.stated_m2
    stated_mu = None if stated_m2 is None else printed(stated_m2, MU)
    rows = []
    for method in AREA_METHODS:
        area_m2 = file.facts.areas_m2[file.parcel_id][method]
        strong = method == file.facts.inventory.meta.area_method
        name = Cell(label("area_method", method, file.lang), strong=strong)
        if is_blank(area_m2):
            rows.append(Row((name, None, None, None, None)))
            continue
        values = [printed(area_m2, unit) for unit in (M2, HA, MU)]
        apart = None if stated_mu is None else values[2] - stated_mu
        rows.append(Row((name, *(Cell(each, strong=strong) for each in values), apart)))
    ledger = [None] * 3 if stated_m2 is None else [
        printed(stated_m2, unit) for unit in (M2, HA, MU)
    ]  # fmt: skip
    rows.append(Row((file.say("dossier.ledger"), *ledger, None)))
    yield Table(
        (
            Column(file.say("dossier.method"), weight=1.0),
            Column(file.say("dossier.m2"), "m2", 1.0),
            Column(file.say("dossier.ha"), "ha", 1.0),
            Column(file.say("dossier.mu"), "mu", 1.0),
            Column(file.say("dossier.difference"), "difference", 1.0),
        ),
        tuple(rows),
    )
    for note in _area_notes(file):
        yield Text(note, "note")


def corners_section(file: PlotWords) -> Iterator[Block]:
    """
    List the boundary points.

    Parameters
    ----------
    file : PlotWords
        The plot.

    Yields
    ------
    Table or Text
        Two blocks side by side, ring after ring; the boundary's length and the CRS.
    """
    rings = rings_listed(file.shape)
    if not rings:
        return
    heads = (
        Column(file.say("dossier.point"), "id", 1.0),
        Column(file.say("dossier.north"), "coordinate", 1.0),
        Column(file.say("dossier.east"), "coordinate", 1.0),
        Column(file.say("dossier.side"), "coordinate", 1.0),
    )
    several = rings[-1].part > 1
    rows = [row for ring in rings for row in _ring(file, ring, several=several)]
    yield Table((*heads, *heads), tuple(rows))
    count = sum(len(ring.corners) for ring in rings)
    crs = crs_name(file.facts.inventory.crs)
    length_m = f"{perimeter_m(rings)}"
    yield Text(file.say("dossier.corners_note", n=count, m=length_m, crs=crs), "note")


def neighbours_section(file: PlotWords) -> Iterator[Block]:
    """
    List the plots around this one.

    Parameters
    ----------
    file : PlotWords
        The plot.

    Yields
    ------
    Table or Text
        Clockwise from the north, with shared or separating metres.
    """
    found = file.facts.neighbours.get(file.parcel_id, [])
    if not found:
        yield Text(file.say("dossier.no_neighbours", m=WITHIN_M), "note")
        return
    rows = []
    for row in found:
        kind, other = row["kind"], row["other"]
        relation = label("contact", kind, file.lang)
        if kind == "overlap":
            relation = f"{relation} {half_up(row['overlap_m2'], 2):,} m²"
        metres = {"shared": row["shared_m"], "across": row["gap_m"]}.get(kind)
        lies = row["direction"]
        rows.append(
            Row(
                (
                    label("direction", lies, file.lang) if lies else None,
                    Cell(file.plot_name(other), link=file.links.get(other, "")),
                    file.status(other),
                    relation,
                    None if metres is None else half_up(metres, 2),
                )
            )
        )
    yield Table(
        (
            Column(file.say("dossier.direction"), weight=0.2),
            Column(file.say("dossier.plot"), weight=1.0),
            Column(file.say("dossier.status")),
            Column(file.say("dossier.relation"), weight=0.2),
            Column(file.say("dossier.metres"), "metres", 0.8),
        ),
        tuple(rows),
    )


def _area_notes(file: PlotWords) -> Iterator[str]:
    """Say how the figures came about, and what of the ledger they do not show."""
    method = label("area_method", file.facts.inventory.meta.area_method, file.lang)
    yield file.say("dossier.area_note", method=method)
    ha, mu = file.plot.get("stated_ha"), file.plot.get("stated_mu")
    if ha is None or mu is None:
        return
    if printed(ha_to_m2(ha), HA) != printed(mu_to_m2(mu), HA):
        yield file.say("dossier.ledger_note", ha=f"{ha:g}", mu=f"{mu:g}")


def _ring(file: PlotWords, ring: Ring, *, several: bool) -> Iterator[Row]:
    code = "dossier.hole" if ring.hole else "dossier.shell"
    name = file.say(code, n=ring.hole)
    if several:
        name = file.say("dossier.part", ring=name, n=ring.part)
    yield Row((file.say("dossier.ring", ring=name, n=len(ring.corners)),), "group")
    for start in range(0, len(ring.corners), 2 * _ROWS_BESIDE):
        block = ring.corners[start : start + 2 * _ROWS_BESIDE]
        half = (len(block) + 1) // 2
        for at in range(half):
            beside = block[half + at] if half + at < len(block) else None
            yield Row((*_corner(block[at]), *_corner(beside)))


def _corner(corner: Corner | None) -> tuple[Value, ...]:
    if corner is None:
        return (BLANK,) * 4
    return (corner.label, corner.north_m, corner.east_m, corner.side_m)
