"""Run an entry through `enping_gis.read` and judge what comes out."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import shapely

import enping_gis
from enping_gis.errors import EnpingError
from tests.hazards.expectation import Refused, Right

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from enping_gis.findings import Finding
    from tests.hazards.expectation import Entry, Note
    from tests.hazards.land import Plot

GOOD = ("right", "refused")
MANY_CORNERS = 20_000


class Verdict(NamedTuple):
    """An outcome in two words, what was said, and, where it is bad, why."""

    outcome: str
    said: str
    why: str = ""

    @property
    def good(self) -> bool:
        return self.outcome in GOOD


def built(entry: Entry, folder: Path) -> Path | str:
    """Build the file of an entry; that its writer warns of it is no surprise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return entry.build(folder)


def judged(entry: Entry, folder: Path) -> Verdict:
    """Build the file, read it, and compare with what is expected; the best outcome counts."""
    path = built(entry, folder)
    before = _contents(folder)
    verdict = _judged(entry, folder, path)
    changed = sorted(name for name, _ in _contents(folder) ^ before)
    return Verdict("files changed", verdict.said, f"{changed}") if changed else verdict


def _contents(folder: Path) -> set[tuple[str, str]]:
    """Return names and digests of all files: reading must leave them as they are."""
    files = [each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()]
    return {
        (f"{each.relative_to(folder)}", hashlib.sha256(each.read_bytes()).hexdigest())
        for each in files
    }


def _judged(entry: Entry, folder: Path, path: Path | str) -> Verdict:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            reading = enping_gis.read(path, **entry.arguments(folder))
            findings = tuple(reading.findings)
            parcels = reading.parcels.copy()
    except EnpingError as error:
        return _of_refusal(error, entry, path)
    except Exception as error:  # noqa: BLE001 - that it is not the package's own is the point
        return Verdict("foreign exception", "", f"{type(error).__name__}: {error}"[:300])
    said = ", ".join(sorted({finding.rule for finding in findings}))
    unfit = _unfit(findings, path)
    if unfit:
        return Verdict("finding unfit", said, unfit)
    rights = [each for each in entry.expected if isinstance(each, Right)]
    if not rights:
        why = f"{len(parcels)} plots were read, a refusal was due"
        return Verdict("wrong" if _loud(findings) else "silently wrong", said, why)
    verdicts = [_of_reading(each, parcels, findings) for each in rights]
    best = next((each for each in verdicts if each.good), verdicts[0])
    return best._replace(said=said)


def _of_refusal(error: EnpingError, entry: Entry, path: Path | str) -> Verdict:
    said = error.text("en")
    if not any(isinstance(each, Refused) for each in entry.expected):
        return Verdict("refused wrongly", error.code, said)
    due = [each for each in entry.expected if isinstance(each, Refused)]
    codes = {code for each in due for code in each.codes}
    if codes and error.code not in codes:
        return Verdict("refused unfitly", error.code, f"due was {sorted(codes)}; {said}")
    blamed = next((each.blames for each in due if each.blames), "")
    name = blamed or (_telling(path) if isinstance(path, str) else path.name)
    parts = {name, *(part for each in due for part in each.says)}
    for text in (said, error.text("zh")):
        missing = [part for part in parts if part not in text]
        if missing or "\n" in text or re.search(r"\{\w*\}", text):
            return Verdict("refused unfitly", error.code, f"lacks {missing}: {text}")
    return Verdict("refused", error.code)


def _telling(path: str) -> str:
    """Return so much of a string for a path as a message may be held to repeat."""
    return "".join(takewhile(str.isprintable, path[:40]))


def _of_reading(right: Right, parcels: gpd.GeoDataFrame, findings: tuple[Finding, ...]) -> Verdict:
    why = difference(right, parcels)
    if why:
        return Verdict("wrong" if _loud(findings) else "silently wrong", "", why)
    missing = [each for each in right.notes if not any(_fits(each, found) for found in findings)]
    if missing:
        return Verdict("finding missing", "", ", ".join(map(_written, missing)))
    loud = {each.rule for each in findings if each.severity != "info"}
    if right.clean and loud:
        return Verdict("cries wolf", "", ", ".join(sorted(loud)))
    if right.part and not any(each.severity == "error" for each in findings):
        return Verdict("silently wrong", "", "no error tells of the plots that were lost")
    return Verdict("right", "")


def difference(right: Right, parcels: gpd.GeoDataFrame) -> str:
    """Return what differs between the plots expected and the plots read, empty for nothing."""
    if parcels.crs is not None and parcels.crs.to_epsg() != 4546:
        parcels = parcels.to_crs(4546)
    plots = list(right.plots)
    got_names = [_text(cell) for cell in parcels.get("name", [None] * len(parcels))]
    if right.part:
        plots = [plot for plot in plots if plot.name in got_names]
    if len(plots) != len(parcels):
        return f"{len(parcels)} plots instead of {len(plots)}"
    names = [plot.name for plot in plots]
    order = list(range(len(plots)))
    if None not in names and len(set(names)) == len(names) and set(names) == set(got_names):
        order = [got_names.index(name) for name in names]
    shapes = parcels.geometry.to_numpy()
    for place, (plot, row) in enumerate(zip(plots, order, strict=True)):
        why = _off(plot, got_names[row], shapes[row], right)
        if plot.code is not None and plot.code != _text(parcels["parcel_id"].iloc[row]):
            why = why or f"code {parcels['parcel_id'].iloc[row]!r} instead of {plot.code!r}"
        if why:
            return f"plot {place + 1}: {why}"
    return _values(right, parcels, order)


def _off(plot: Plot, name: str | None, shape: Any, right: Right) -> str:
    if plot.name is not None and name != plot.name:
        return f"name {name!r} instead of {plot.name!r}"
    there = shape is not None and not shapely.is_empty(shape)
    if plot.shape is None:
        return "a shape where there is none" if there else ""
    if not there:
        return "no shape"
    away = distance(shape, plot.shape, right.tolerance_m)
    if not away <= right.tolerance_m:
        return f"shape is {away:.4g} m off"
    more = shapely.area(shape) - shapely.area(plot.shape)
    return "" if abs(more) <= right.tolerance_m2 else f"area is {more:+.4f} m2 off"


def _together(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    alike = all(part.geom_type == "Polygon" for part in parts)
    return shapely.multipolygons(parts) if alike else shape


def distance(shape: shapely.Geometry, other: shapely.Geometry, tolerance_m: float) -> float:
    """Return how far apart two outlines are at the most, in metres; 0 within the tolerance."""
    one, two = (shapely.normalize(_together(each)) for each in (shape, other))
    if shapely.equals_exact(one, two, tolerance_m):
        return 0.0
    # Its time grows with the square of the corners.
    many = shapely.get_num_coordinates(other) > MANY_CORNERS
    return float("inf") if many else float(shapely.hausdorff_distance(shape, other))


def _values(right: Right, parcels: gpd.GeoDataFrame, order: list[int]) -> str:
    for column, values in right.values.items():  # noqa: PD011 - a field, no frame
        if column not in parcels:
            return f"no column {column}"
        for value, row in zip(values, order, strict=True):
            cell = parcels[column].iloc[row]
            if not _same(value, cell):
                return f"{column} is {cell!r} instead of {value!r}"
    return ""


def _same(value: Any, cell: Any) -> bool:
    if value is None:
        return bool(pd.isna(cell)) or cell == ""
    if isinstance(value, float):
        return bool(pd.notna(cell)) and abs(float(cell) - value) < 1e-6
    return _text(cell) == _text(value)


def _text(cell: Any) -> str | None:
    return None if cell is None or pd.isna(cell) else unicodedata.normalize("NFC", str(cell))


def _loud(findings: tuple[Finding, ...]) -> bool:
    return any(finding.severity != "info" for finding in findings)


def _fits(note: Note, found: Finding) -> bool:
    return (
        found.rule in note.rule.split("|")
        and note.row in {None, found.row}
        and note.cell in {"", found.cell}
        and note.severity in {"", found.severity}
    )


def _written(note: Note) -> str:
    place = note.cell or ("" if note.row is None else f"row {note.row}")
    return " ".join(filter(None, (note.severity, note.rule, place)))


def _unfit(findings: tuple[Finding, ...], path: Path | str) -> str:
    """Return what is wrong with the findings themselves."""
    for found in findings:
        row = found.as_row()
        for key in ("message_zh", "message_en", "cure_zh", "cure_en"):
            text = row[key]
            if not text or "\n" in text or re.search(r"\{\w*\}", text):
                return f"{found.rule}: {key} is {text!r}"
        if not found.file:
            return f"{found.rule} names no file"
        if found.severity == "error" and found.row is None and f"{path}" not in found.file:
            return f"{found.rule} names {found.file!r}"
    return ""
