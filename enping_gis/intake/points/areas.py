"""Recognise the unit of the areas that headlines state, by the areas of the plots."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from enping_gis._resources import shipped_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

# Square metres of one unit; the norm states hectares. 1 mu is 10,000/15 m2 exactly.
_UNITS_M2 = {"ha": 10_000.0, "m2": 1.0, "mu": 10_000.0 / 15}
# Enough for an area that was measured elsewhere, and far from the ratio of any two units.
_TOLERANCE = 0.05
# Beyond this, and the last digit written, the area or a point is wrong. Planar and ellipsoidal
# area differ by up to 0.22 % at the edge of a 6-degree zone (d^2 / R^2 at d = 300 km).
_CLOSE = 0.003
_WRITTEN = re.compile(r"([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)\s*(\D*)")


class StatedAreas(NamedTuple):
    """
    Areas in the units of the standard columns.

    Parameters
    ----------
    hectares, mu : numpy.ndarray of float, shape (n,)
        Stated area; NaN in the one that does not apply.
    findings : tuple of tuple
        Rule, position and values of what is noteworthy.
    """

    hectares: npt.NDArray[np.float64]
    mu: npt.NDArray[np.float64]
    findings: tuple[tuple[str, int, Mapping[str, object]], ...]


def stated_areas(written: Sequence[str], measured_m2: npt.NDArray[np.float64]) -> StatedAreas:
    """
    Give areas as headlines write them their unit.

    A unit written beside the number holds. Otherwise it is the one of hectare, square metre
    and mu in which the number comes within 5 % of the plot's planar area; where none does,
    that of the other plots, else the norm's hectare. An area that is off by more than 0.3 %
    and by more than its last digit is noted.

    Parameters
    ----------
    written : sequence of str
        Areas as written, empty where there is none.
    measured_m2 : numpy.ndarray of float, shape (n,)
        Planar area of the plots in square metres, 0 where it cannot be measured.

    Returns
    -------
    StatedAreas
        The areas; square metres are turned into hectares.

    Examples
    --------
    >>> stated_areas(["0.96", "14.4"], np.array([9600.0, 9600.0])).mu.tolist()
    [nan, 14.4]
    >>> stated_areas([], np.array([])).hectares.size
    0
    """
    values, units = _parsed(written)
    known = np.isfinite(values) & (values > 0)
    comparable = known & (measured_m2 > 0)
    fits = {
        unit: comparable & (np.abs(values * size - measured_m2) <= _TOLERANCE * measured_m2)
        for unit, size in _UNITS_M2.items()
    }
    usual = max(_UNITS_M2, key=lambda unit: np.count_nonzero(fits[unit]))
    found = np.where(units != "", units, usual)
    for unit, fitting in fits.items():
        found[fitting & (units == "")] = unit
    size = np.array([_UNITS_M2[unit] for unit in found], dtype=float)
    with np.errstate(all="ignore"):
        allowed_m2 = np.maximum(_CLOSE * measured_m2, _last_digits(written) * size)
        differs = comparable & ~(np.abs(values * size - measured_m2) <= allowed_m2)
    findings: list[tuple[str, int, Mapping[str, object]]] = [
        ("area_differs", int(at), {"unit": found[at], "measured": f"{measured_m2[at]:.2f}"})
        for at in np.flatnonzero(differs)
    ]
    for unit in ("m2", "mu"):
        rows = np.flatnonzero(known & (found == unit))
        if rows.size:
            findings.append(("area_unit", int(rows[0]), {"unit": unit, "n": rows.size}))
    hectares = np.where(found == "ha", values, np.where(found == "m2", values / 10_000, np.nan))
    mu = np.where(found == "mu", values, np.nan)
    return StatedAreas(np.where(known, hectares, np.nan), np.where(known, mu, np.nan),
                       tuple(findings))  # fmt: skip


def _last_digits(written: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return what one more in the last digit of each number is, 1 where there is none."""
    matches = (_WRITTEN.fullmatch(text.strip()) for text in written)
    numbers = ("" if match is None else match[1] for match in matches)
    decimals = [len(number.partition(".")[2]) for number in numbers]
    return 10.0 ** -np.array(decimals, dtype=float)


def _parsed(written: Sequence[str]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.object_]]:
    """Return numbers and the codes of units written with them, empty where none is known."""
    names = shipped_json("points.json")["areas"]
    values, units = np.full(len(written), np.nan), np.full(len(written), "", dtype=object)
    for at, text in enumerate(written):
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            continue
        unit = names.get(match[2].strip().casefold(), "" if not match[2].strip() else None)
        if unit is not None:
            values[at], units[at] = float(match[1]), unit
    return values, units
