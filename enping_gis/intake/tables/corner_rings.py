"""Put single corners together to the shapes of plots, and keep aside what makes none."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from enping_gis.findings import Finding
from enping_gis.intake.rings import nested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

LEAST_CORNERS = 3
_SHOWN_SIGNS = 80

Point = tuple[float, float]


class Corner(NamedTuple):
    """
    One corner as it stands in a table.

    Parameters
    ----------
    owner : int
        Position of its plot.
    position, row : int
        Position in the table, and row of the sheet.
    ring : str
        Ring as the table names it; empty where it names none.
    point : tuple of float and float, or None
        Its coordinates; None where the cells are blank or not understood.
    column : str
        Column of the cell that is not understood, else empty.
    cell : object
        What that cell holds; None for a blank one beside a number.
    number : int or None
        Number of the corner as the table gives it; None where it gives none.
    """

    owner: int
    position: int
    row: int
    ring: str
    point: Point | None
    column: str = ""
    cell: object = None
    number: int | None = None


class Place(NamedTuple):
    """
    Where a table is from, for messages.

    Parameters
    ----------
    letters : mapping of str to str
        Column -> its letter in the sheet.
    where : mapping of str to Any
        File and layer.
    """

    letters: Mapping[str, str]
    where: Mapping[str, Any]

    def error(self, rule: str, row: int, column: str, value: object) -> Finding:
        """
        Return a finding about a cell that costs its plot.

        Parameters
        ----------
        rule : str
            Its rule.
        row : int
            Row of the sheet.
        column : str
            Column of the cell.
        value : object
            What it holds.

        Returns
        -------
        Finding
            Of severity error.
        """
        letter = self.letters.get(column, "")
        written = " ".join(str(value).split())
        if len(written) > _SHOWN_SIGNS:
            written = f"{written[: _SHOWN_SIGNS - 1]}…"
        cell = f"{letter}{row}" if letter else ""
        return Finding(rule, "error", row=row, field=column, value=written, cell=cell, **self.where)


def assembled(
    corners: Sequence[Corner], count: int, place: Place
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_], list[Finding]]:
    """
    Return the shape of each plot from its corners.

    A ring ends where it closes, where the number of the ring changes, at a row without
    coordinates, and where corners of another plot stand between. Rings lie in each other by
    the even-odd rule. Where corners of other plots stand between so often that some plot is
    left without a ring, the corners of each are put in the order of their numbers.

    Parameters
    ----------
    corners : sequence of Corner
        In the order of the table.
    count : int
        Number of plots.
    place : Place
        Where they are from.

    Returns
    -------
    shapes : numpy.ndarray of shapely geometries, shape (count,)
        Polygon or MultiPolygon; None for a plot without corners.
    keep : numpy.ndarray of bool, shape (count,)
        False for a plot whose corners make no shape.
    findings : list of Finding
        The reason for each of those, and a warning about corners put in order.

    Examples
    --------
    >>> points = [(0, 0), (0, 1), (1, 1)]
    >>> three = [Corner(0, n, n, "", point) for n, point in enumerate(points)]
    >>> assembled(three, 1, Place({}, {}))[0][0].area
    0.5
    >>> assembled([], 0, Place({}, {}))[0].size
    0
    """
    keep = np.ones(count, dtype=bool)
    findings: list[Finding] = []
    own: list[list[Corner]] = [[] for _ in range(count)]
    for corner in corners:
        own[corner.owner].append(corner)
    points: list[Point] = []
    sizes: list[int] = []
    owners: list[int] = []
    moved: list[int] = []
    # A table in which the rows of one plot were mixed up is in no order at all.
    mixed = any(len(runs) > 1 and min(runs) < LEAST_CORNERS for runs in map(_runs, own))
    for owner, given in enumerate(own):
        mine = (_by_number(given) or given) if mixed else given
        fault = _fault(mine, place, mixed=mixed)
        rings = [] if fault else _rings(mine)
        short = next((ring for ring in rings if len(set(ring)) < LEAST_CORNERS), None)
        if short is not None:
            row = next(each.row for each in mine if each.point == short[0])
            fault = place.error("ring_short", row, "", len(set(short)))
        if fault is not None:
            keep[owner] = False
            findings.append(fault)
            continue
        if len(_runs(given)) > len(_runs(mine)) or not _in_order(mine):
            moved.append(mine[0].row)
        for ring in rings:
            points += ring
            sizes.append(len(ring))
            owners.append(owner)
    lines = np.empty(0, dtype=object)
    if points:
        lines = shapely.linearrings(
            np.array(points), indices=np.repeat(np.arange(len(sizes)), sizes)
        )
    if moved:
        findings.append(
            Finding(
                "corners_sorted", "warning", row=min(moved), value=str(len(moved)), **place.where
            )
        )
    return nested(lines, np.array(owners, dtype=np.int64), count), keep, findings


def _runs(corners: Sequence[Corner]) -> list[int]:
    """Return how many corners of a plot follow each other without rows of other plots."""
    ends = [
        place for place in range(1, len(corners))
        if corners[place].position > corners[place - 1].position + 1
    ]  # fmt: skip
    return [end - begin for begin, end in pairwise([0, *ends, len(corners)])]


def _in_order(corners: Sequence[Corner]) -> bool:
    return all(before.row <= after.row for before, after in pairwise(corners))


def _by_number(corners: Sequence[Corner]) -> list[Corner] | None:
    """Return the corners ring by ring in the order of their numbers; None where these repeat."""
    rings = {ring: n for n, ring in enumerate(dict.fromkeys(each.ring for each in corners))}
    placed: dict[tuple[int, int], Corner] = {}
    again: set[tuple[int, int]] = set()
    for corner in corners:
        if corner.number is None or corner.point is None:
            return None
        # Only the first point may stand there again with its number, to close the ring.
        key = (rings[corner.ring], corner.number)
        if placed.setdefault(key, corner).point != corner.point:
            return None
        again.update([key] * (placed[key] is not corner))
    firsts = {min(key for key in placed if key[0] == ring) for ring in rings.values()}
    if not again <= firsts:
        return None
    return [placed[each]._replace(position=n) for n, each in enumerate(sorted(placed))]


def _fault(corners: Sequence[Corner], place: Place, *, mixed: bool) -> Finding | None:
    bad = next((each for each in corners if each.column), None)
    if bad is None:
        scattered = mixed and len(_runs(corners)) > 1
        return place.error("corners_scattered", corners[0].row, "", "") if scattered else None
    if bad.cell is None:
        return place.error("corner_blank", bad.row, bad.column, "")
    return place.error("corner_unread", bad.row, bad.column, bad.cell)


def _rings(corners: Sequence[Corner]) -> list[list[Point]]:
    rings: list[list[Point]] = []
    current: list[Point] = []
    last: Corner | None = None

    def end() -> None:
        # A closing point may carry the number of the next ring, or stand there twice.
        if current and not (len(current) == 1 and rings and current[0] == rings[-1][0]):
            rings.append(current.copy())
        current.clear()

    for corner in corners:
        if last is not None and (corner.ring != last.ring or corner.position > last.position + 1):
            end()
        if corner.point is None:
            end()
        else:
            current.append(corner.point)
            if len(current) > LEAST_CORNERS and current[0] == current[-1]:
                end()
        last = corner
    end()
    return rings
