"""Understand what the header of a boundary-point file says about its coordinates."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from enping_gis._resources import shipped_json
from enping_gis.intake.raw import Hints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enping_gis.intake.raw import Datum

_ZONE_DIGITS = re.compile(r"\d{1,2}")
_EXPONENT = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2,3}")


def hints_of(header: Mapping[str, str], *, in_degrees: bool, in_signs: bool) -> tuple[Hints, str]:
    """
    Return what a header says, and its unit where the numbers contradict it.

    Parameters
    ----------
    header : mapping of str to str
        Its keys and values as written.
    in_degrees : bool
        The numbers are as small as degrees.
    in_signs : bool
        They are written with signs for degrees, minutes and seconds.

    Returns
    -------
    hints : Hints
        Datum, zone and unit.
    contradicted : str
        Key and value of a unit that cannot be that of the numbers, else empty.

    Examples
    --------
    >>> hints_of(
    ...     {"坐标系": "２０００国家大地坐标系", "带 号": "37"}, in_degrees=False, in_signs=False
    ... )[0][:4]
    ('cgcs2000', '坐标系=２０００国家大地坐标系', True, 37)
    >>> hints_of({}, in_degrees=True, in_signs=False)[0].unit
    ''
    """
    keys = shipped_json("points.json")["keys"]
    written = {_plain(key): (key, value.rstrip(",\uff0c ")) for key, value in header.items()}

    def _said(kind: str) -> tuple[str, str]:
        return next((written[key] for key in keys[kind] if written.get(key, ("", ""))[1]), ("", ""))

    key, wording = _said("datum")
    digits = shipped_json("points.json")["digits"]
    width_text = _said("zone_width")[1]
    width = next((digits[sign] for sign in width_text if sign in digits), _whole(width_text))
    unit_key, unit_text = _said("unit")
    unit = _unit(unit_text)
    contradicted = unit != "" and (unit != "metre") != in_degrees
    if in_signs:
        unit = "degree"
    elif contradicted:
        unit = ""
    hints = Hints(
        datum=_datum(wording),
        said=f"{key}={wording}" if wording else "",
        northing_first=True,
        zone=_whole(_said("zone")[1]),
        zone_width_deg=width if width in {3, 6} else None,
        unit=unit,
        gauss_kruger_only=True,
    )
    return hints, f"{unit_key}={unit_text}" if contradicted else ""


def lost_digits(code: str) -> bool:
    """
    Tell whether a sheet wrote a code as a number with an exponent.

    Parameters
    ----------
    code : str
        Code as written.

    Returns
    -------
    bool
        True for such as ``4.40785E+18``.

    Examples
    --------
    >>> lost_digits("4.40785E+18"), lost_digits("4407"), lost_digits("")
    (True, False, False)
    """
    return _EXPONENT.fullmatch(code) is not None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _whole(text: str) -> int | None:
    match = _ZONE_DIGITS.search(text)
    return int(match[0]) if match else None


@lru_cache(1024)
def _datum(wording: str) -> Datum:
    folded = _plain(wording)
    return next(
        (code for code, mark in shipped_json("points.json")["datums"] if mark in folded), ""
    )


@lru_cache(1024)
def _unit(wording: str) -> Any:  # noqa: ANN401 - one of the literals of Hints
    folded = _plain(wording)
    return next((code for code, mark in shipped_json("points.json")["units"] if mark in folded), "")
