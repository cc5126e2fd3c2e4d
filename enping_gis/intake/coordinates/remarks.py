"""Say what was decided about the coordinates of a layer, and from what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Geod

from enping_gis.crs import crs_name, geographic_of, transformed
from enping_gis.findings import Finding
from enping_gis.gcj02 import to_bd09, to_gcj02
from enping_gis.intake.coordinates.datum import local_system
from enping_gis.intake.coordinates.placing import AMBIGUOUS, NOWHERE, away_deg, sides
from enping_gis.intake.coordinates.readings import Reading, in_degrees
from enping_gis.intake.coordinates.zones import stated_zones, twin_utm, zone_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.findings import Severity
    from enping_gis.intake.coordinates.placing import Numbers, Placing
    from enping_gis.intake.raw import Decision

    Shapes = npt.NDArray[np.object_]

_ELLIPSOID = Geod(ellps="GRS80")
_KM_A_DEGREE = 111.32
_OVERRIDDEN = {"xian80", "beijing54", "gcj02", "bd09"}
# So many rows are named in one finding.
_NAMED_ROWS = 10


@dataclass(frozen=True)
class Case:
    """
    What was decided, and from what.

    Parameters
    ----------
    numbers : Numbers
        The numbers of the layer and all that is said about them.
    placing : Placing
        How each plot is read.
    decision : Decision
        System of the layer.
    place : dict
        ``file`` and ``layer`` of findings.
    rows : numpy.ndarray of int
        Row of each plot in the file.
    declared_name, datum : str
        The file's statement, and the local datum of the numbers, empty where there is none.
    share : float or None
        Share of the area on known plots, where that told a shift.
    """

    numbers: Numbers
    placing: Placing
    decision: Decision
    place: dict[str, Any]
    rows: npt.NDArray[np.int64]
    declared_name: str
    datum: str
    share: float | None = None

    def finding(self, rule: str, severity: Severity = "warning", **values: object) -> Finding:
        """
        Return a finding about the layer.

        Parameters
        ----------
        rule : str
            Its rule.
        severity : {"info", "warning", "error"}
            How grave it is.
        **values : object
            Placeholders; ``row`` and ``value`` are columns of the finding.

        Returns
        -------
        Finding
            With the file and the layer.
        """
        row, value = values.pop("row", None), str(values.pop("value", ""))
        return Finding(rule, severity, **self.place, row=row, value=value, values=values)  # type: ignore[arg-type]  # row is an int or None


def unplaced(
    shapes: Shapes, numbers: Numbers, place: dict[str, Any], rows: npt.NDArray[np.int64]
) -> tuple[Finding, ...]:
    """
    Name the rows that have no coordinates, or infinite ones.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        The plots.
    numbers : Numbers
        Their numbers.
    place : dict
        ``file`` and ``layer`` of findings.
    rows : numpy.ndarray of int
        Row of each plot in the file.

    Returns
    -------
    tuple of Finding
        One for each row.
    """
    found = []
    for index in np.flatnonzero(~numbers.spoken):
        empty = shapes[index] is None or shapes[index].is_empty
        rule = "geometry_missing" if empty else "geometry_not_finite"
        found.append(Finding(rule, "error", row=int(rows[index]), **place))
    return tuple(found)


def on_layer(case: Case, after: Shapes) -> tuple[Finding, ...]:
    """
    Say how a layer was read as a whole, then what is odd about single plots.

    Parameters
    ----------
    case : Case
        What was decided.
    after : numpy.ndarray of shapely geometries
        The plots in the system decided.

    Returns
    -------
    tuple of Finding
        None for a layer that is as it says.
    """
    found = [*_on_system(case), *_on_header(case), *_on_local_system(case)]
    main, decoders = case.placing.readings[0], case.decision.decoders
    if "swapped_axes" in decoders:
        found.append(case.finding("axes_swapped", value=crs_name(main.crs)))
    if main.packed:
        found.append(case.finding("degrees_packed"))
    elif case.numbers.doubtful and main.crs.is_geographic:
        found.append(case.finding("degrees_perhaps_packed"))
    elif case.numbers.hints.unit == "dms" and main.crs.is_geographic:
        found.append(case.finding("degrees_decimal"))
    found += _on_shift(case, after)
    if case.datum:
        middle = _middle(case, after)
        old = Reading(main.crs, main.swapped, main.packed)
        far_m = _apart_m(_place(case, old), middle)
        name = case.declared_name or case.numbers.hints.said or case.datum
        found.append(case.finding("datum_shifted", "info", value=name, distance_m=round(far_m)))
    return (*found, *on_plots(case))


def _on_system(case: Case) -> list[Finding]:
    decision, numbers = case.decision, case.numbers
    name = crs_name(case.placing.readings[0].crs)
    if decision.how == "option":
        return []
    if numbers.declared is not None and numbers.declared != case.placing.readings[0].crs:
        main = case.placing.readings[0]
        far_m = _apart_m(_place(case, Reading(numbers.declared, main.swapped)), _place(case, main))
        declared = case.declared_name or crs_name(numbers.declared)
        if not np.isfinite(far_m):
            return [case.finding("crs_impossible", value=name, declared=declared)]
        away = f"{far_m / 1000:.1f}"
        return [case.finding("crs_corrected", value=name, declared=declared, distance_km=away)]
    if decision.how != "extent":
        return []
    said = case.declared_name or numbers.hints.said or "-"
    severity: Severity = "info" if _bears_out(case) else "warning"
    found = [case.finding("crs_detected", severity, value=name, declared=said)]
    other = twin_utm(decision.crs)
    if other and not numbers.hints.gauss_kruger_only:
        main = case.placing.readings[0]
        far_m = _apart_m(
            _place(case, main),
            _place(case, main._replace(crs=type(main.crs).from_user_input(other))),
        )
        values: dict[str, Any] = {"candidates": other, "distance_m": round(far_m)}
        found.append(case.finding("crs_other", "info", value=name, **values))
    return found


def _bears_out(case: Case) -> bool:
    """Tell whether the system found is what the file says, but for a zone it leaves open."""
    hints, zone = case.numbers.hints, zone_of(case.placing.readings[0].crs)
    if hints.datum != "cgcs2000" or hints.zone is not None or zone is None or not zone.number:
        return False
    return hints.zone_width_deg == zone.width_deg


def _on_local_system(case: Case) -> list[Finding]:
    said = next(filter(local_system, (case.numbers.hints.said, case.declared_name)), "")
    if not said or case.decision.how == "option" or case.datum:
        return []
    return [case.finding("system_local", value=said, crs=crs_name(case.placing.readings[0].crs))]


def _on_header(case: Case) -> list[Finding]:
    hints, crs = case.numbers.hints, case.placing.readings[0].crs
    found = []
    zone, stated = zone_of(crs), stated_zones(hints.zone)
    if hints.zone is not None and zone is not None and crs not in stated:
        found.append(case.finding("zone_header", value=str(hints.zone), crs=crs_name(crs)))
    if case.decision.how == "option" and hints.datum in _OVERRIDDEN and not case.datum:
        said = hints.said or hints.datum
        found.append(case.finding("datum_overridden", value=said, crs=crs_name(crs)))
    return found


def _on_shift(case: Case, after: Shapes) -> list[Finding]:
    """Name a shift that was taken out, or the shifts that degrees of unknown origin may have."""
    stated = case.numbers.declared or case.numbers.option or case.numbers.hints.datum
    silent = stated or case.placing.readings[0].crs.is_projected
    if silent and case.share is None and not {"gcj02", "bd09"} & set(case.decision.decoders):
        return []
    lon, lat = middle = _middle(case, after)
    away = {
        code: round(_apart_m(middle, (float(x), float(y))))
        for code, (x, y) in (("gcj02", to_gcj02(lon, lat)), ("bd09", to_bd09(lon, lat)))
    }
    code = next((code for code in case.decision.decoders if code in away), "")
    if code:
        hints = case.numbers.hints
        basis = hints.said or hints.datum if case.share is None else f"{case.share:.0%}"
        rule = "shift_removed" if case.share is None else "shift_by_reference"
        name = {"gcj02": "GCJ-02", "bd09": "BD-09"}[code]
        return [case.finding(rule, value=name, basis=basis, distance_m=away[code])]
    if case.share is not None:
        said = case.numbers.hints.said or case.numbers.hints.datum
        return [case.finding("shift_not_there", value=said, basis=f"{case.share:.0%}")]
    if away["gcj02"]:  # else it is not in China
        values: dict[str, Any] = {"gcj02_m": away["gcj02"], "bd09_m": away["bd09"]}
        return [case.finding("degrees_unstated", value="CGCS2000", **values)]
    return []


def on_plots(case: Case) -> tuple[Finding, ...]:
    """
    Name the plots that are read otherwise than the rest, lie elsewhere, or nowhere.

    Parameters
    ----------
    case : Case
        What was decided.

    Returns
    -------
    tuple of Finding
        One for each other way of reading, one for plots outside, one for each row kept aside.
    """
    placing, found = case.placing, []
    for index in np.unique(placing.which[placing.which > 0]):
        members = np.flatnonzero(placing.which == index)
        values: dict[str, Any] = {"count": len(members), "rows": _named(case.rows[members])}
        name = placing.readings[index].named()
        found.append(
            case.finding("plots_other_system", row=int(case.rows[members[0]]), value=name, **values)
        )
    outside = np.flatnonzero(placing.outside)
    if len(outside):
        far_deg = away_deg(case.numbers, placing.readings[0], outside).max()
        values = {"count": len(outside), "rows": _named(case.rows[outside])}
        away = f"{far_deg * _KM_A_DEGREE:.0f}"
        found.append(
            case.finding("plots_outside", row=int(case.rows[outside[0]]), value=away, **values)
        )
    for code, rule in ((NOWHERE, "plot_nowhere"), (AMBIGUOUS, "plot_ambiguous")):
        for index in np.flatnonzero(case.numbers.spoken & (placing.which == code)):
            value = sides(case.numbers.bounds[index])
            found.append(case.finding(rule, "error", row=int(case.rows[index]), value=value))
    return tuple(found)


def _named(rows: npt.NDArray[np.int64]) -> str:
    more = " …" if len(rows) > _NAMED_ROWS else ""
    return ", ".join(str(int(row)) for row in rows[:_NAMED_ROWS]) + more


def _place(case: Case, reading: Reading) -> tuple[float, float]:
    """Return where a reading puts a plot of the majority, degrees."""
    index = int(np.flatnonzero(case.placing.which == 0)[0])
    with np.errstate(invalid="ignore"):
        west, south, east, north = in_degrees(case.numbers.bounds[[index]], reading)[0]
    return (west + east) / 2, (south + north) / 2


def _middle(case: Case, after: Shapes) -> tuple[float, float]:
    """Return the middle of the first plot of the majority, degrees."""
    crs = case.decision.crs
    box = shapely.box(*shapely.bounds(after[case.placing.which == 0][0]))
    place = transformed(np.array([box.centroid]), crs, geographic_of(crs))[0]
    return place.x, place.y


def _apart_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    if not np.isfinite([*one, *other]).all():
        return float("inf")
    return float(_ELLIPSOID.inv(*one, *other)[2])
