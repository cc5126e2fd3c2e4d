"""Decide which coordinate system the numbers of a layer are in, and take them there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS

from enping_gis.crs import (
    ENPING_EPSG,
    Extent,
    crs_name,
    enping_extent,
    local_datum,
    parsed_crs,
)
from enping_gis.errors import CRSError
from enping_gis.intake.coordinates import remarks
from enping_gis.intake.coordinates.datum import DatumShift, datum_named, on_cgcs2000
from enping_gis.intake.coordinates.moving import SHIFTS, moved, turned
from enping_gis.intake.coordinates.packed import written_as
from enping_gis.intake.coordinates.placing import Numbers, Placing, placed
from enping_gis.intake.coordinates.readings import Reading
from enping_gis.intake.coordinates.reference import SURE, UNLIKELY, overlaps
from enping_gis.intake.coordinates.zones import zone_of
from enping_gis.intake.raw import Decision, Hints

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.findings import Finding

    Bounds = tuple[float, float, float, float] | npt.NDArray[np.float64]
    Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Decoding:
    """
    Shapes in a known system.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Geometry in `decision.crs`, x or longitude first; as in the file where not kept.
    kept : numpy.ndarray of bool, shape (n,)
        False for rows that have no place; a finding says why.
    decision : Decision
        The system and how it was found.
    findings : tuple of Finding
        What was decided and from what.
    """

    shapes: Shapes
    kept: npt.NDArray[np.bool_]
    decision: Decision
    findings: tuple[Finding, ...]


def decoded(  # noqa: PLR0913 - all that can be known about numbers; none is a part of another
    shapes: Shapes,
    *,
    declared: CRS | None = None,
    declared_text: str = "",
    hints: Hints = Hints(),  # noqa: B008 - a named tuple cannot change
    where: Mapping[str, Any] | None = None,
    rows: npt.ArrayLike | None = None,
    option: CRS | None = None,
    county: Extent | None = None,
    known: gpd.GeoDataFrame | None = None,
    parameters: DatumShift | None = None,
    previous: Decision | None = None,
) -> Decoding:
    """
    Take shapes from the numbers of a file to a known coordinate system.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Polygons in the numbers of the file, its first number as x; None for none.
    declared : pyproj.CRS, optional
        What the file declares.
    declared_text : str
        The same as the file writes it, also where PROJ does not understand it.
    hints : Hints
        What else the file says.
    where : mapping, optional
        ``file`` and ``layer`` for findings.
    rows : array of int, optional
        Row of each shape in the file; by default counted from 1.
    option : pyproj.CRS, optional
        What the user says; it wins.
    county : Extent, optional
        Box of the county in degrees; by default Enping's.
    known : geopandas.GeoDataFrame, optional
        Plots whose place is known, to tell shifted degrees.
    parameters : DatumShift, optional
        Local parameters from Xi'an 80 or Beijing 54 to CGCS2000.
    previous : Decision, optional
        Decision on an earlier part of the same layer, which then stands.

    Returns
    -------
    Decoding
        Shapes in one system, which of them are kept, and the findings.

    Raises
    ------
    CRSError
        Nothing settles the system, several candidates do, or the datum needs local parameters.

    Examples
    --------
    >>> plot = np.array([shapely.box(2453000, 620000, 2453100, 620100)])
    >>> found = decoded(plot)
    >>> found.decision.crs.to_epsg(), found.decision.decoders, found.shapes[0].bounds[0]
    (4546, ('swapped_axes',), 620000.0)
    >>> decoded(np.array([], dtype=object)).kept.size
    0
    """
    given = np.asarray(shapes, dtype=object)
    place = {key: str((where or {}).get(key, "")) for key in ("file", "layer")}
    numbering = np.arange(1, len(given) + 1) if rows is None else np.asarray(rows)
    if previous is not None and not previous.settled:
        previous = None
    crs, datum = _stated(declared, declared_text, hints, option)
    if datum and parameters is None:
        said = hints.said or _declared_name(option or declared, declared_text) or datum
        raise CRSError("error.crs_datum_file", path=place["file"], value=said)
    if datum and parameters is not None and parameters.source != datum:
        values = {"path": parameters.file, "value": parameters.source, "source": datum}
        raise CRSError("error.datum_other", **values)
    numbers = Numbers(
        bounds=shapely.bounds(given).reshape(-1, 4),
        file=place["file"],
        hints=hints,
        declared=crs,
        option=None if option is None else on_cgcs2000(option),
        county=county or enping_extent(),
    )
    aside = remarks.unplaced(given, numbers, place, numbering)
    if not numbers.spoken.any():
        return Decoding(given, numbers.spoken, _unsettled(numbers), aside)
    numbers = _with_degrees(numbers, given)
    main = None if previous is None else _resumed(previous, numbers)
    placing = placed(numbers, main)
    shift, how, share = _shift(given, placing, numbers, known, previous)
    decision = previous or Decision(
        placing.readings[0].crs, how or placing.how, _decoders(placing, numbers, shift, datum)
    )
    mixed = tuple(sorted(_mixed(placing) - set(decision.decoders)))
    decision = decision._replace(decoders=decision.decoders + mixed)
    local = parameters if datum else None
    found = moved(given, placing, decision.crs, shift, local)
    case = remarks.Case(
        numbers,
        placing,
        decision,
        place,
        numbering,
        _declared_name(declared, declared_text),
        datum,
        share,
    )
    noticed = remarks.on_plots(case) if previous else remarks.on_layer(case, found)
    return Decoding(found, placing.which >= 0, decision, (*aside, *noticed))


def _stated(
    declared: CRS | None, declared_text: str, hints: Hints, option: CRS | None
) -> tuple[CRS | None, str]:
    """Return the declared system on CGCS2000, and the local datum of the numbers if any."""
    if option is not None:
        return None, local_datum(option)
    crs = None if declared is None else _usable(declared)
    # A statement that PROJ does not understand may still name a datum.
    datum = local_datum(crs) if crs is not None else datum_named(declared_text)
    if not datum and hints.datum in {"xian80", "beijing54"}:
        datum = hints.datum
    if datum not in {"xian80", "beijing54"}:
        return crs, ""
    return (None if crs is None else on_cgcs2000(crs)), datum


def _declared_name(declared: CRS | None, declared_text: str) -> str:
    if declared is None:
        return " ".join(declared_text.split())[:80]
    return crs_name(declared)


def _usable(declared: CRS) -> CRS | None:
    """Return a system on the Earth without heights, None for a site grid and the like."""
    crs = declared.source_crs if declared.is_bound else declared
    if crs is None or crs.geodetic_crs is None or crs.is_geocentric:
        return None
    return parsed_crs(crs, local=True)


def _unsettled(numbers: Numbers) -> Decision:
    crs = numbers.option or numbers.declared or CRS.from_epsg(ENPING_EPSG)
    how = "option" if numbers.option else "declared" if numbers.declared else "extent"
    return Decision(crs, how, settled=False)


def _with_degrees(numbers: Numbers, shapes: Shapes) -> Numbers:
    """Tell from the digits whether degrees are packed, where the kind of file allows it."""
    hints = numbers.hints
    open_question = hints.unit != "metre" and hints.gauss_kruger_only and numbers.declared is None
    if hints.unit != "dms" and not open_question:
        return numbers
    degrees, sixties = written_as(shapes, said=hints.unit == "dms")
    if hints.unit == "degree" and degrees == "either":
        return replace(numbers, doubtful=True)
    return replace(numbers, degrees=degrees, sixties=sixties)


def _resumed(previous: Decision, numbers: Numbers) -> Reading:
    swapped = numbers.hints.northing_first != ("swapped_axes" in previous.decoders)
    return Reading(previous.crs, swapped, "dms" in previous.decoders)


def _shift(
    shapes: Shapes,
    placing: Placing,
    numbers: Numbers,
    known: gpd.GeoDataFrame | None,
    previous: Decision | None,
) -> tuple[str, str, float | None]:
    """Return the shift in the numbers, how it was found if not said, and the share of overlap."""
    if previous is not None:
        return next((code for code in previous.decoders if code in SHIFTS), ""), "", None
    if numbers.option is not None:
        return "", "", None
    said = numbers.hints.datum if numbers.hints.datum in SHIFTS else ""
    main = placing.readings[0]
    if known is None or not main.crs.is_geographic:
        return said, "", None
    here = turned(shapes[placing.which == 0], main)
    shares = overlaps(here, main.crs, known)
    best = max(shares, key=lambda code: shares[code])
    if best == said or shares[best] < SURE or shares[said] > UNLIKELY:
        return said, "", None
    return best, "reference", shares[best]


def _decoders(placing: Placing, numbers: Numbers, shift: str, datum: str) -> tuple[str, ...]:
    """Name what was done to the numbers of the majority."""
    main = placing.readings[0]
    stated = numbers.option or numbers.declared
    found = ["swapped_axes"] if main.swapped != numbers.hints.northing_first else []
    found += ["dms"] if main.packed else []
    found += _other_system(main.crs, stated)
    found += [shift] if shift else []
    found += ["datum_shift"] if datum else []
    return tuple(found)


def _other_system(crs: CRS, stated: CRS | None) -> list[str]:
    """Name how a system differs from the one that is stated."""
    if crs == stated:
        return []
    zone = zone_of(crs)
    if zone is None:
        name = "degrees" if crs.is_geographic else "web_mercator"
        return [] if stated is None and crs.is_geographic else [name]
    six = ["six_degree"] if zone.width_deg == 6 else []  # noqa: PLR2004 - width
    numbered = ["zone_prefix"] if zone.number else []
    if stated is None:
        return numbered + six
    if stated.is_geographic:
        return ["metres", *numbered, *six]
    other = zone_of(stated)
    if other is None or other.meridian_deg != zone.meridian_deg:
        return ["other_zone", *numbered, *six]
    return (numbered or ["zone_prefix_missing"]) + six


def _mixed(placing: Placing) -> set[str]:
    main = placing.readings[0]
    others = [placing.readings[index] for index in np.unique(placing.which[placing.which > 0])]
    mixed = {"mixed_zones"} if any(each.crs != main.crs for each in others) else set()
    return mixed | (
        {"mixed_axes"} if any(each.swapped != main.swapped for each in others) else set()
    )
