"""Hold stated areas against the map, against each other, and against stated totals (A1-A3)."""

from __future__ import annotations

import dataclasses
import math
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from enping_gis.check.faults import Fault
from enping_gis.check.records.pairs import pair_verdict
from enping_gis.check.rules import rules
from enping_gis.intake.tables.figures import figure
from enping_gis.messages import text
from enping_gis.units import AREA_UNITS, HA, MU, half_up, printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.messages import Language
    from enping_gis.units import AreaUnit

    PlaceName = Callable[[str, Language | None], str]
    Floats = npt.NDArray[np.float64]

_PERCENT_DECIMALS = 2
_HA, _MU = "stated_ha", "stated_mu"
_OF_UNIT = {_HA: HA, _MU: MU}
# Half a unit of the last digit to both sides, as floats; what is near is settled exactly.
_NEARLY = 1 - 1e-9


def areas_against_map(plots: gpd.GeoDataFrame, area_m2: pd.Series[float]) -> Iterator[Fault]:
    """
    Hold the area that a ledger states for each plot against that of its geometry (A1).

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots with ``parcel_id``, ``stated_mu``, ``stated_ha`` and ``schematic``.
    area_m2 : pandas.Series of float
        Area of each as measured, on the index of `plots`; NaN where it is not to be trusted.

    Yields
    ------
    Fault
        One for each plot that differs by more than ``percent`` and ``least_m2`` and the
        rounding of the figure as stated. Where mu and hectares disagree among themselves, the
        one that fits the map is taken. A figure in another unit is named as such. A schematic
        plot only warns.

    Examples
    --------
    >>> import geopandas as gpd
    >>> plots = gpd.GeoDataFrame(
    ...     {
    ...         "parcel_id": ["a"],
    ...         "stated_mu": [2.0],
    ...         "stated_ha": [None],
    ...         "schematic": [False],
    ...     },
    ...     geometry=[shapely.box(0, 0, 100, 200)],
    ... )
    >>> for fault in areas_against_map(plots, pd.Series([20_000.0])):
    ...     print(fault.case, fault.values["unit"]("en"))
    area_unit ha
    >>> list(areas_against_map(plots.iloc[:0], pd.Series([])))
    []
    """
    rule = rules()["A1"]
    measured_m2 = area_m2.to_numpy(dtype="float64")
    apart = {}
    for column, unit in _OF_UNIT.items():
        figures = plots[column].to_numpy(dtype="float64")
        most_m2 = np.maximum(rule.limits["percent"] / 100 * measured_m2, rule.limits["least_m2"])
        with np.errstate(invalid="ignore"):
            difference_m2 = np.abs(figures * float(unit.m2) - measured_m2)
            apart[column] = difference_m2 > most_m2
        # Digits are counted one figure at a time, so only where they can make a difference.
        rows = np.flatnonzero(apart[column])
        half_m2 = _half_units(figures[rows]) * float(unit.m2)
        apart[column][rows] = difference_m2[rows] > half_m2
    said = {column: plots[column].notna().to_numpy() & (plots[column] != 0) for column in _OF_UNIT}
    known = np.isfinite(measured_m2) & (measured_m2 > 0)
    below = (plots[[_HA, _MU]] < 0).any(axis=1).to_numpy()
    for row in np.flatnonzero(below):
        yield _negative_fault(plots.iloc[row])
    known &= ~below
    fits = [said[column] & ~apart[column] for column in _OF_UNIT]
    wrong = known & (said[_HA] | said[_MU]) & ~fits[0] & ~fits[1]
    for row in np.flatnonzero(wrong):
        column = _MU if said[_MU][row] else _HA
        yield _area_fault(plots.iloc[row], column, float(measured_m2[row]))


def _negative_fault(plot: pd.Series[Any]) -> Fault:
    column = _MU if plot[_MU] < 0 else _HA
    return Fault(
        "A1", "area_negative", rules()["A1"].severity, (plot["parcel_id"],), field=column,
        value=written(plot[column]), size=float(plot[column]), unit=_OF_UNIT[column].code,
        shape=_middle(plot["geometry"]),
        values={"own_unit": partial(_unit_name, _OF_UNIT[column].code)},
    )  # fmt: skip


def _half_units(figures: Floats) -> Floats:
    """Return half a unit of the last digit of each figure, as it was typed."""
    halves = [math.nan if math.isnan(each) else 0.5 * 10.0 ** -_decimals(each) for each in figures]
    return np.array(halves, dtype="float64")


def _decimals(value: float) -> int:
    return len(written(value).partition(".")[2])


def written(value: float) -> str:
    """
    Return a figure in its shortest decimal form, as somebody typed it.

    Parameters
    ----------
    value : float
        The figure.

    Returns
    -------
    str
        Without an exponent, and without decimals where it is whole.

    Examples
    --------
    >>> written(308.93), written(150.0), written(1e-7), written(0)
    ('308.93', '150', '0.0000001', '0')
    """
    typed = repr(float(value))
    return (f"{Decimal(typed):f}" if "e" in typed else typed).removesuffix(".0")


def _area_fault(plot: pd.Series[Any], column: str, measured_m2: float) -> Fault:
    rule, unit = rules()["A1"], _OF_UNIT[column]
    figure_typed = Fraction(written(plot[column]))
    stated_m2 = figure_typed * unit.m2
    meant = _meant_unit(figure_typed, unit, measured_m2)
    size = half_up(float(100 * (stated_m2 / Fraction(measured_m2) - 1)), _PERCENT_DECIMALS)
    values: dict[str, object] = {
        "stated": written(plot[column]),
        "own_unit": partial(_unit_name, unit.code),
        "measured": f"{printed(measured_m2, unit):,}",
        "measured_m2": f"{printed(measured_m2, AREA_UNITS[0]):,}",
    }
    if meant is not None:
        values["unit"] = partial(_unit_name, meant.code)
    return Fault(
        "A1", "area_differs" if meant is None else "area_unit",
        "warning" if bool(plot.get("schematic")) else rule.severity, (plot["parcel_id"],),
        field=column, value=written(plot[column]), size=float(size), unit="%",
        tolerance=f"> {rule.limits['percent']:g} %, > {rule.limits['least_m2']:g} m2",
        shape=_middle(plot["geometry"]), values=values,
    )  # fmt: skip


def _meant_unit(figure: Fraction, unit: AreaUnit, measured_m2: float) -> AreaUnit | None:
    """Return the unit in which the figure would fit the map."""
    most = rules()["A1"].limits["unit_percent"] / 100
    for other in AREA_UNITS:
        share = float(figure * other.m2) / measured_m2
        if other is not unit and abs(share - 1) <= most:
            return other
    return None


def _unit_name(code: str, lang: Language | None) -> str:
    return text(f"unit.{code}", lang)


def _middle(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    return None if shape is None or shape.is_empty else shapely.point_on_surface(shape)


def pairs_of_plots(plots: gpd.GeoDataFrame, area_m2: pd.Series[float]) -> Iterator[Fault]:
    """
    Hold the hectares that a ledger states for a plot against its mu (A2).

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Plots with ``parcel_id``, ``stated_mu`` and ``stated_ha``.
    area_m2 : pandas.Series of float
        Area of each as measured, on the index of `plots`, to tell which figure the map bears
        out.

    Yields
    ------
    Fault
        One for each pair that no area is printed as, with the figure that was probably meant.

    Examples
    --------
    >>> import geopandas as gpd
    >>> plots = gpd.GeoDataFrame(
    ...     {"parcel_id": ["a", "b"], "stated_ha": [537.72, 1.41], "stated_mu": [8605.84, 21.22]},
    ...     geometry=[None, None],
    ... )
    >>> [fault.values["suggestion"] for fault in pairs_of_plots(plots, pd.Series([0.0, 0.0]))]
    ['573.72']
    """
    ha, mu = (plots[column].to_numpy(dtype="float64") for column in _OF_UNIT)
    half_m2 = _half_units(ha) * float(HA.m2) + _half_units(mu) * float(MU.m2)
    with np.errstate(invalid="ignore"):
        apart_m2 = np.abs(ha * float(HA.m2) - mu * float(MU.m2))
        doubtful = (apart_m2 > half_m2 * _NEARLY) & (ha >= 0) & (mu >= 0)
    for row in np.flatnonzero(doubtful):
        plot, measured_m2 = plots.iloc[row], area_m2.iloc[row]
        seen = "-" if pd.isna(measured_m2) else f"{printed(float(measured_m2), MU):,}"
        fault = pair_fault("pair_differs", written(ha[row]), written(mu[row]), measured_mu=seen)
        if fault is not None:
            place = _middle(plot["geometry"])
            yield dataclasses.replace(fault, parcels=(plot["parcel_id"],), shape=place)


def pair_fault(case: str, ha: str, mu: str, **values: object) -> Fault | None:
    """
    Return the fault of two figures for one area that do not agree (A2).

    Parameters
    ----------
    case : str
        What the messages are about.
    ha, mu : str
        The figures as printed, with the words that widen them.
    **values : object
        Further placeholders of the messages.

    Returns
    -------
    Fault or None
        None where some area is printed as both, or a figure is not understood.

    Examples
    --------
    >>> pair_fault("pair_differs", "1.41", "21.22") is None
    True
    """
    verdict = pair_verdict(ha, mu)
    if verdict is None or verdict.verdict == "ok":
        return None
    apart_m2 = figure_m2(ha, "ha") - figure_m2(mu, "mu")
    return Fault(
        "A2", case, rules()["A2"].severity, field=_HA, value=f"{ha} / {mu}",
        size=float(half_up(float(abs(apart_m2) / MU.m2), MU.decimals)), unit="mu",
        tolerance="0.5 of the last digit",
        values={
            "ha": ha, "mu": mu, "suggestion": verdict.suggestion,
            "unit": partial(_unit_name, verdict.unit), **values,
        },
    )  # fmt: skip


def figure_m2(wording: str, unit: str) -> Fraction:
    """
    Return the area of a printed figure.

    Parameters
    ----------
    wording : str
        As printed, such as ``"约20.6"``.
    unit : str
        Unit where the wording names none.

    Returns
    -------
    fractions.Fraction
        Square metres, 0 where it is not understood.

    Examples
    --------
    >>> figure_m2("约20.6", "ha"), figure_m2("", "ha")
    (Fraction(206000, 1), Fraction(0, 1))
    """
    read = figure(wording)
    return Fraction(0) if read is None else read.taken_as(unit).in_unit("m2") or Fraction(0)
