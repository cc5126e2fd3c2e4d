"""Make shapes of the columns of a table: WKT, corners one a row, or all corners in one row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis._resources import shipped_json
from enping_gis.findings import Finding
from enping_gis.intake.raw import ROW, Datum, Hints
from enping_gis.intake.tables.corner_columns import (
    Pair,
    axis_of,
    column_pair,
    is_named,
    unread_coordinates,
    wide_pairs,
)
from enping_gis.intake.tables.corner_rings import LEAST_CORNERS, Corner, Place, assembled
from enping_gis.intake.tables.figures import figure, folded, is_blank
from enping_gis.intake.tables.shape_texts import crs_of, shapes_of_texts, text_column
from enping_gis.schema import recognised_columns
from enping_gis.vocabulary import normalised

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

# Most coordinates are plain, and there are many.
_DIGITS = re.compile(r"-?[0-9]{1,12}(?:[.][0-9]{1,15})?")
_POINT_NUMBER = re.compile(r"\D*([0-9]{1,9})(?:[.]0+)?\s*")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?")
# What is larger on both axes is no longer degrees.
_MOST_DEGREES = 180.0

_NO_HINTS = Hints()


@dataclass(frozen=True)
class Shaped:
    """
    A table with the shapes that its columns describe.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row for each plot, RangeIndex; without the columns of single corners.
    shapes : numpy.ndarray of shapely geometries or None
        In the numbers of the table; None for a table without coordinates.
    declared : pyproj.CRS or None
        CRS that the cells name, as in ``SRID=4546;POLYGON ...``.
    declared_text : str
        The same as written.
    hints : Hints
        What the names of the columns say about the coordinates.
    rows_in : int
        Plots in the table, with those kept aside.
    findings : tuple of Finding
        Plots kept aside.
    """

    frame: pd.DataFrame
    shapes: npt.NDArray[np.object_] | None = None
    declared: Any = None
    declared_text: str = ""
    hints: Hints = _NO_HINTS
    rows_in: int = 0
    findings: tuple[Finding, ...] = ()


def shaped(
    frame: pd.DataFrame, letters: Mapping[str, str], where: Mapping[str, Any], said: str = ""
) -> Shaped:
    """
    Return a table with the shapes that its columns describe.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table with `ROW`.
    letters : mapping of str to str
        Column -> its letter in the sheet.
    where : mapping of str to Any
        File and layer, for the findings.
    said : str
        What stands above the table, which may name a datum.

    Returns
    -------
    Shaped
        The table itself where it has no coordinates, or only one point for each plot.

    Examples
    --------
    >>> corners = pd.DataFrame({ROW: [2, 3, 4], "X": [0, 0, 1], "Y": [0, 1, 1]})
    >>> shaped(corners, {}, {}).shapes[0].wkt
    'POLYGON ((0 0, 0 1, 1 1, 0 0))'
    >>> shaped(pd.DataFrame({ROW: []}), {}, {}).shapes is None
    True
    """
    names = [name for name in frame.columns if name != ROW]
    place = Place(letters, where)
    text = text_column(frame, names)
    if text:
        return _of_texts(frame, text, place)
    wide = wide_pairs(names)
    if wide:
        return _of_wide(frame, wide, place, said)
    listed = _list_column(frame, names)
    if listed:
        return _of_lists(frame, listed, place, said)
    pair = column_pair(names)
    return _unnamed(frame, names, place) if pair is None else _of_rows(frame, pair, place, said)


def coordinate(cell: object) -> float | None:
    """
    Read one coordinate.

    Parameters
    ----------
    cell : object
        A number, or text: ``2,458,823.1``, ``37646401.25米``, ``112°15′30″``.

    Returns
    -------
    float or None
        Degrees, minutes and seconds as decimal degrees; None where it is not understood.

    Examples
    --------
    >>> coordinate("112°15′36″"), coordinate("37646401.25"), coordinate(None)
    (112.26, 37646401.25, None)
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell) if abs(cell) < float("inf") else None
    if not isinstance(cell, str) or is_blank(cell):
        return None
    if _DIGITS.fullmatch(cell):
        return float(cell)
    found = figure(cell)
    if found is not None and found.unit in {"", "m"} and not found.approximate:
        return float(found.value or 0)
    angle = _angle_pattern().fullmatch(folded(cell).replace(" ", ""))
    if angle is None:
        return None
    degrees, minutes, seconds = (float(part or 0) for part in angle.groups())
    return degrees + (minutes + seconds / 60) / 60


def _of_texts(frame: pd.DataFrame, column: str, place: Place) -> Shaped:
    shapes, keep, mark, findings = shapes_of_texts(frame, column, place)
    kept = frame.loc[keep].drop(columns=[column]).reset_index(drop=True)
    said = f"SRID={mark}" if mark else ""
    hints = Hints(said=said)
    return Shaped(kept, shapes[keep], crs_of(mark), said, hints, len(frame), tuple(findings))


def _of_wide(frame: pd.DataFrame, pairs: list[Pair], place: Place, said: str) -> Shaped:
    numbers = frame[ROW].tolist()
    columns = [(pair, frame[pair.first].tolist(), frame[pair.second].tolist()) for pair in pairs]
    corners = [
        _corner(Corner(index, index, row, "", None), pair, (xs[index], ys[index]))
        for index, row in enumerate(numbers)
        for pair, xs, ys in columns
    ]
    # A plot with fewer corners than others leaves its last cells blank.
    corners = [each for each in corners if each.point is not None or each.column]
    used = [name for pair in pairs for name in pair[:2]]
    return _from_corners(frame.drop(columns=used), corners, place, _hints(corners, pairs[0], said))


def _unnamed(frame: pd.DataFrame, names: list[str], place: Place) -> Shaped:
    """Keep aside a table of corners whose columns have names that say nothing."""
    # Where each plot has a row of its own, numbers are at most those of its middle.
    key = _key(names, None)
    pair = unread_coordinates({name: frame[name].tolist() for name in names if name != key},
                              coordinate)  # fmt: skip
    if pair is None:
        return Shaped(frame, rows_in=len(frame))
    points = frame[list(pair)].assign(owner=_owners(frame, key, None, pair)).drop_duplicates()
    if points["owner"].value_counts().max() < LEAST_CORNERS:
        return Shaped(frame, rows_in=len(frame))
    first = place.error("corners_unnamed", int(frame[ROW].iloc[0]), pair[0], ", ".join(pair))
    return Shaped(frame.iloc[:0], rows_in=len(frame), findings=(first,))


def _key(names: list[str], point: str | None) -> str | None:
    """Return the column that tells plots apart."""
    known = recognised_columns("parcels", names)
    found = (known.get(each) for each in ("parcel_id", "name"))
    return next((each for each in found if each is not None and each != point), None)


def _of_lists(frame: pd.DataFrame, column: str, place: Place, said: str) -> Shaped:
    corners: list[Corner] = []
    for index, (row, cell) in enumerate(zip(frame[ROW], frame[column], strict=True)):
        points = [] if is_blank(cell) else _listed(str(cell))
        if points is None:
            corners.append(Corner(index, index, int(row), "", None, column, cell))
        else:
            corners += [Corner(index, index, int(row), ring, point) for ring, point in points]
    pair = Pair(column, column, degrees=False)
    return _from_corners(frame.drop(columns=[column]), corners, place, _hints(corners, pair, said))


def _of_rows(frame: pd.DataFrame, pair: Pair, place: Place, said: str) -> Shaped:
    names = [name for name in frame.columns if name != ROW and name not in pair[:2]]
    point = next((name for name in names if is_named("point", name)), None)
    ring = next((name for name in names if is_named("ring", name)), None)
    key = _key(names, point)
    owners = _owners(frame, key, point, pair)
    if np.bincount(owners).max(initial=0) < LEAST_CORNERS:
        note = Finding("points_only", "info", field=f"{pair.first}, {pair.second}", **place.where)
        return Shaped(frame, rows_in=len(frame), findings=(note,))
    numbers, xs, ys = (frame[name].tolist() for name in (ROW, pair.first, pair.second))
    rings = (
        ["" if is_blank(each) else str(each) for each in frame[ring]] if ring else [""] * len(xs)
    )
    counted = [_point_number(cell) for cell in frame[point]] if point else [None] * len(xs)
    corners = [
        _corner(
            Corner(int(owners[n]), n, numbers[n], rings[n], None, number=counted[n]),
            pair, (xs[n], ys[n]),
        )
        for n in range(len(xs))
    ]  # fmt: skip
    used = [name for name in (*pair[:2], point, ring) if name is not None]
    plots = frame.drop(columns=used).groupby(owners, sort=True).first().reset_index(drop=True)
    return _from_corners(plots, corners, place, _hints(corners, pair, said))


def _owners(
    frame: pd.DataFrame, key: str | None, point: str | None, pair: Pair | tuple[str, str]
) -> npt.NDArray[np.int64]:
    """Return the number of the plot of each row: of its code, else counted at each first point."""
    if key is not None:
        codes = pd.Series(
            [None if is_blank(each) else normalised(each) for each in frame[key]], dtype=object
        )
        return pd.factorize(codes.ffill().fillna(""))[0]
    owners = np.zeros(len(frame), dtype=np.int64)
    if point is None:
        return owners
    start: tuple[object, object] | None = None
    owner = -1
    for index, cell in enumerate(frame[point]):
        here = (frame[pair[0]].iloc[index], frame[pair[1]].iloc[index])
        first = re.fullmatch(r"\D*0*1", str(cell).removesuffix(".0").strip()) is not None
        if start is None or (first and here != start):
            owner, start = owner + 1, here
        owners[index] = owner
    return owners


def _point_number(cell: object) -> int | None:
    """Return the number at the end of the name of a point, such as J12."""
    found = _POINT_NUMBER.fullmatch(str(cell))
    return int(found[1]) if found else None


def _corner(corner: Corner, pair: Pair, cells: tuple[object, object]) -> Corner:
    """Return a corner with its coordinates, or with the cell that is not understood."""
    if all(map(is_blank, cells)):
        return corner
    x, y = map(coordinate, cells)
    if x is None or y is None:
        column, cell = (pair.first, cells[0]) if x is None else (pair.second, cells[1])
        return corner._replace(column=column, cell=None if is_blank(cell) else cell)
    return corner._replace(point=(x, y))


def _from_corners(plots: pd.DataFrame, corners: list[Corner], place: Place, hints: Hints) -> Shaped:
    shapes, keep, findings = assembled(corners, len(plots), place)
    kept = plots.loc[keep].reset_index(drop=True)
    kept[ROW] = kept[ROW].astype("int64")
    return Shaped(kept, shapes[keep], hints=hints, rows_in=len(plots), findings=tuple(findings))


def _hints(corners: list[Corner], pair: Pair, said: str) -> Hints:
    points = [each.point for each in corners if each.point is not None]
    in_metres = any(max(map(abs, point)) > _MOST_DEGREES for point in points)
    names = pair.first if pair.first == pair.second else f"{pair.first}, {pair.second}"
    datum = _datum(f"{names} {said}")
    return Hints(
        datum=datum,
        said=names,
        northing_first=in_metres and not pair.degrees and axis_of(pair.first) == "northing",
        unit="degree" if pair.degrees else "",
    )


def _datum(wording: str) -> Datum:
    plain = normalised(wording)
    known: Mapping[Datum, list[str]] = shipped_json("tables.json")["datums"]
    named: list[Datum] = [
        datum for datum, words in known.items() if any(normalised(word) in plain for word in words)
    ]
    return named[0] if len(named) == 1 else ""


def _list_column(frame: pd.DataFrame, names: list[str]) -> str | None:
    for name in names:
        if is_named("list", name):
            read = (_listed(cell) for cell in frame[name] if isinstance(cell, str))
            if any(points and len(points) >= LEAST_CORNERS for points in read):
                return name
    return None


def _listed(cell: str) -> list[tuple[str, tuple[float, float]]] | None:
    """Read all corners that one cell lists; None where it is not understood to its end."""
    found: list[tuple[str, tuple[float, float]]] = []
    lines = "\n".join(map(folded, cell.splitlines()))
    for ring, part in enumerate(lines.split("|")):
        opened = re.sub(r"(?:[a-z]+[0-9]*\s*)?[(\[]", "", part)
        marked = re.sub(r"[)\]]", ";", opened)
        tokens = re.split(r"[;\n\u3001]", marked)
        if sum(bool(token.strip(" ,")) for token in tokens) == 1:
            tokens = marked.strip(" ;,").split(" ")
        for token in tokens:
            bare = re.sub(r"[a-z]+[0-9]*\s*[=:]|^\s*j[0-9]+[, ]", "", token).strip(" ,")
            if not bare:
                continue
            numbers = _NUMBER.findall(bare)
            # The third number, if any, is a height.
            if re.sub(r"[,\s]", "", _NUMBER.sub("", bare)) or len(numbers) not in {2, 3}:
                return None
            found.append((str(ring), (float(numbers[0]), float(numbers[1]))))
    return found


@cache
def _angle_pattern() -> re.Pattern[str]:
    data = shipped_json("tables.json")
    degree, minute, second = (
        "|".join(
            re.escape(folded(mark))
            for mark in sorted(data["degree_marks"][each], key=len, reverse=True)
        )
        for each in ("degree", "minute", "second")
    )
    side = "|".join(map(re.escape, data["hemispheres"]))
    whole, fraction = "[0-9]{1,3}", "[0-9]{1,2}(?:[.][0-9]*)?"
    return re.compile(
        rf"(?:{side})?({whole}(?:[.][0-9]+)?)(?:{degree})"
        rf"(?:({fraction})(?:{minute})(?:({fraction})(?:{second})?)?)?(?:{side})?"
    )
