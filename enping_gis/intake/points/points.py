"""
Read boundary-point TXT files, which cadastral surveys deliver for plots.

The grammar is that of the exchange format for boundary points (a headline for each plot that
ends in ``@``, then ``point, ring, X, Y``), with what is met in the wild: rings closed or not,
numbered or not, other separators, headlines of 7 to 13 fields or none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from enping_gis._resources import shipped_json
from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.intake.files.big5 import big5_finding
from enping_gis.intake.points.areas import stated_areas
from enping_gis.intake.points.fields import half_width
from enping_gis.intake.points.header import hints_of, lost_digits
from enping_gis.intake.points.lines import Plot, Points, Section, points_in
from enping_gis.intake.points.rings import Traced, traced
from enping_gis.intake.points.text import decoded_text, is_table
from enping_gis.intake.raw import ROW, Layer, RawRows
from enping_gis.intake.rings import nested, unbridged
from enping_gis.intake.tables import ledger
from enping_gis.schema import recognised_columns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from enping_gis.intake.raw import Encoding

DRIVER = "boundary points TXT"
_LARGEST_DEGREE = 360.0
_SHOWN_CHARACTERS = 60
_SAMPLE_BYTES = 65_536


class _Place(NamedTuple):
    file: str
    layer: str

    def finding(self, rule: str, severity: Any, **values: Any) -> Finding:  # noqa: ANN401 - passed on
        return Finding(rule, severity, file=self.file, layer=self.layer, **values)


def layers_of(path: Path, *, encoding: str | None = None) -> tuple[Layer, ...]:
    """
    Return the one layer of a boundary-point file, or that of a table with this suffix.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    encoding : str, optional
        Encoding of the file; by default it is found from the bytes.

    Returns
    -------
    tuple of Layer
        One layer, named after the file; how many plots it has is known after reading.

    Examples
    --------
    >>> from pathlib import Path
    >>> layers_of(Path("plots.txt"))[0].name
    'plots'
    """
    if is_table(path, encoding=encoding):
        return ledger.layers_of(path, encoding=encoding)
    return (Layer(path.stem, "Polygon"),)


def rows_of(
    path: Path, layer: str, *, encoding: str | None = None, shown: str = ""
) -> Iterator[RawRows]:
    """
    Read the plots of a boundary-point file, numbers exactly as written.

    The first coordinate of a point is x of the shapes, whatever axis it is. Rings are put
    together by how they lie in each other, not by their numbers. A plot with a line that
    cannot be read is kept aside with a finding; the others are read. The row of a plot, in the
    frame and in every finding, is the line of its headline, or of its first point without one.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    layer : str
        Name of its layer, for messages.
    encoding : str, optional
        Encoding of the file; by default it is found from the bytes.
    shown : str
        How messages name the file; by default its path.

    Yields
    ------
    RawRows
        One for each header in the file, so that each has its own hints.

    Raises
    ------
    SourceError
        The file cannot be opened, is in no known encoding, or holds no boundary points.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     empty = Path(folder, "empty.txt")
    ...     _ = empty.write_text("")
    ...     list(rows_of(empty, "empty"))
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    name = shown or str(path)
    if is_table(path, encoding=encoding):
        yield from ledger.rows_of(path, layer, encoding=encoding, shown=shown)
        return
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError("error.unreadable", path=name, reason=error.strerror) from error
    source = decoded_text(content, name, encoding)
    found = points_in(source.text)
    if not any(section.plots for section in found.sections):
        raise SourceError("error.no_points", path=name)
    place = _Place(name, layer)
    notes = _notes(found, place)
    if source.encoding.how == "detected":
        where = {"file": name, "layer": layer}
        notes += big5_finding([content[:_SAMPLE_BYTES]], source.encoding.name, where)
    if source.damaged:
        notes.append(place.finding("bytes_unread", "warning", value=source.encoding.name))
    for section in found.sections:
        if section.plots or section.header:
            yield _rows(section, found, place, encoding=source.encoding, notes=notes)
            notes = []


def _notes(found: Points, place: _Place) -> list[Finding]:
    notes = [
        place.finding("line_unread", "warning", value=_short(text), values={"line": line})
        for line, text in found.unread
    ]
    if found.extra:
        line, text = found.extra[0]
        values = {"line": line, "n": len(found.extra)}
        notes.append(place.finding("point_extra", "info", value=_short(text), values=values))
    return notes


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _rows(
    section: Section,
    found: Points,
    place: _Place,
    *,
    encoding: Encoding,
    notes: list[Finding],
) -> RawRows:
    """Make the rows of one section: trace rings, keep broken plots aside, compare figures."""
    plots = section.plots
    rows = np.array([plot.line for plot in plots], dtype=np.int64)
    each = traced(plots, found)
    findings = [*notes, *_faults(plots, rows, each, place), *_counts(plots, rows, each, place)]
    kept = np.flatnonzero([trace.fault is None for trace in each])
    shapes, bridged = _shapes(plots, each, kept, found)
    findings += [
        place.finding(
            "ring_bridged", "info", row=plots[kept[at]].line, parcel=_field(plots[kept[at]], 2)
        )
        for at in bridged
    ]
    in_degrees = _in_degrees(shapes)
    codes, odd = _codes([plots[n] for n in kept], place)
    findings += [*_unmarked(plots, place), *odd]
    areas = stated_areas(
        [half_width(_field(plots[n], 1)) for n in kept],
        np.zeros(kept.size) if in_degrees else _area(shapes),
    )
    columns: dict[str, Any] = {ROW: rows[kept]}
    for name, cells in _columns(section, plots, kept).items():
        # Said outright, lest pandas takes texts for its own type and None for NaN.
        columns[name] = pd.Series(cells, dtype=object)
    if codes is not None:
        columns["parcel_id"] = codes
    columns |= {"stated_ha": areas.hectares, "stated_mu": areas.mu}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(kept.size))
    for rule, at, values in areas.findings:
        which = plots[kept[at]]
        findings.append(
            place.finding(rule, "warning", row=int(rows[kept[at]]), parcel=_field(which, 2),
                          field=shipped_json("points.json")["fields"][1], value=_field(which, 1),
                          values={"line": which.line, **values})
        )  # fmt: skip
    hints, said = hints_of(section.header, in_degrees=in_degrees, in_signs=found.in_signs)
    if said:
        findings.append(place.finding("header_unit", "warning", value=said))
    return RawRows(
        frame=frame, shapes=shapes, file=place.file, layer=place.layer, driver=DRIVER,
        encoding=encoding, hints=hints, rows_in=len(plots), findings=tuple(findings),
    )  # fmt: skip


def _area(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    with np.errstate(all="ignore"):
        return shapely.area(shapes)


def _faults(
    plots: list[Plot], rows: npt.NDArray[np.int64], each: list[Traced], place: _Place
) -> Iterator[Finding]:
    for plot, row, trace in zip(plots, rows, each, strict=True):
        where: dict[str, Any] = {"row": int(row), "parcel": _field(plot, 2)}
        if trace.fault is not None:
            rule, line, text = trace.fault
            values = {"line": line, "n": trace.corners}
            yield place.finding(rule, "error", value=_short(text), values=values, **where)
        for line, text in trace.dropped:
            yield place.finding(
                "point_far", "error", value=_short(text), values={"line": line}, **where
            )


def _counts(
    plots: list[Plot], rows: npt.NDArray[np.int64], each: list[Traced], place: _Place
) -> Iterator[Finding]:
    """Compare the number of points stated with and without closing points; warn if none fits."""
    for plot, row, trace in zip(plots, rows, each, strict=True):
        stated = half_width(_field(plot, 0))
        written = plot.end - plot.start
        if stated == str(written) or trace.fault is not None or not stated.isdecimal():
            continue
        corners = sum(stop - start for start, stop in trace.rings)
        if int(stated[:9]) not in {written, corners, corners + len(trace.rings)}:
            yield place.finding(
                "point_count", "warning", row=int(row), parcel=_field(plot, 2),
                field=shipped_json("points.json")["fields"][0], value=stated,
                values={"line": plot.line, "n": corners},
            )  # fmt: skip


def _unmarked(plots: list[Plot], place: _Place) -> list[Finding]:
    bare = [plot for plot in plots if not plot.fields]
    if not bare:
        return []
    values = {"line": bare[0].line, "n": len(bare)}
    return [place.finding("headline_missing", "info", values=values)]


def _shapes(
    plots: list[Plot], each: list[Traced], kept: npt.NDArray[np.int64], found: Points
) -> tuple[npt.NDArray[np.object_], list[int]]:
    """Build the shapes of the plots that can be kept, and tell whose rings had bridges."""
    xy = np.column_stack([np.asarray(found.xs, dtype=float), np.asarray(found.ys, dtype=float)])
    starts, stops, owners = [], [], []
    for owner, number in enumerate(kept):
        if plots[number].kind == "area":
            for start, stop in each[number].rings:
                starts.append(start)
                stops.append(stop)
                owners.append(owner)
    first, lengths = np.array(starts, dtype=np.int64), np.subtract(stops, starts).astype(np.int64)
    ring = np.repeat(np.arange(first.size), lengths)
    begun = np.repeat(np.cumsum(lengths) - lengths, lengths)
    picked = np.repeat(first, lengths) + np.arange(ring.size) - begun
    lines = shapely.linearrings(xy[picked], indices=ring) if ring.size else np.empty(0, object)
    rings, whose = np.asarray(lines, dtype=object), np.array(owners, dtype=np.int64)
    shapes = nested(rings, whose, kept.size)
    bridged = unbridged(shapes, rings, whose)
    for owner, number in enumerate(kept):
        plot = plots[number]
        if plot.kind != "area":
            points = xy[plot.start : plot.end]
            is_line = plot.kind == "line" and len(points) > 1
            shapes[owner] = shapely.LineString(points) if is_line else shapely.MultiPoint(points)
    return shapes, bridged


def _in_degrees(shapes: npt.NDArray[np.object_]) -> bool:
    """Tell degrees from metres by the size of the numbers: most plots decide."""
    if not shapes.size:
        return False
    largest = np.abs(shapely.bounds(shapes)).max(axis=1)
    return bool(np.median(largest) <= _LARGEST_DEGREE)


def _columns(
    section: Section, plots: list[Plot], kept: npt.NDArray[np.int64]
) -> dict[str, npt.NDArray[np.object_]]:
    """Return the fields of the headlines and the keys of the header as columns."""
    table = shipped_json("points.json")
    names: list[str] = list(table["fields"])
    width = max((len(plots[n].fields) for n in kept), default=0)
    further = range(len(names) + 1, width + 1)
    names += [table["further"].format(number=number) for number in further]
    cells = np.full((kept.size, width), "", dtype=object)
    for row, n in enumerate(kept):
        cells[row, : len(plots[n].fields)] = plots[n].fields
    cells[cells == ""] = None
    columns = {name: cells[:, at] for at, name in enumerate(names[:width])}
    for key, value in section.header.items():
        if value.strip(",\uff0c "):
            taken = key in columns or _has_meaning(key)
            name = f"{table['section']}_{key}" if taken else key
            columns[name] = np.full(kept.size, value, dtype=object)
    return columns


@lru_cache(1024)
def _has_meaning(key: str) -> bool:
    """Tell whether a column of that name would be taken for one of the layer model."""
    return bool(recognised_columns("parcels", [key])) or key in {"stated_ha", "stated_mu", ROW}


def _codes(plots: list[Plot], place: _Place) -> tuple[pd.Series[Any] | None, list[Finding]]:
    """Return the codes in the usual width where some are not, and name those that are odd."""
    own = shipped_json("points.json")["fields"][2]
    written = [_field(plot, 2) for plot in plots]
    findings = [
        place.finding(
            "code_digits_lost", "warning", row=plot.line, parcel=code, field=own, value=code
        )
        for plot, code in zip(plots, written, strict=True)
        if lost_digits(code)
    ]
    codes = [half_width(each).strip() for each in written]
    wide = [at for at, code in enumerate(codes) if code != written[at]]
    if not wide:
        return None, findings
    first = wide[0]
    findings.append(
        place.finding("code_full_width", "info", row=plots[first].line, parcel=codes[first],
                      field=own, value=written[first], values={"n": len(wide)})
    )  # fmt: skip
    return pd.Series([each or None for each in codes], dtype=object), findings


def _field(plot: Plot, at: int) -> str:
    return plot.fields[at] if at < len(plot.fields) else ""
