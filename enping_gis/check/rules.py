"""Look up the rules of a check: their names, severities and thresholds, kept in ``rules.json``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from enping_gis._resources import shipped_json

if TYPE_CHECKING:
    from enping_gis.findings import Severity


@dataclass(frozen=True)
class Rule:
    """
    One rule of a check.

    Parameters
    ----------
    code, zh, en : str
        Code such as ``"G1"``, and its two names.
    severity : {"info", "warning", "error"}
        Of what it finds, unless the fault says otherwise.
    limits : dict of str to float
        Thresholds by name; the unit ends the name. Source and date stand in ``rules.json``.
    """

    code: str
    zh: str
    en: str
    severity: Severity
    limits: dict[str, float]


@cache
def rules() -> dict[str, Rule]:
    """
    Return all rules.

    Returns
    -------
    dict of str to Rule
        By code, in the order in which they are reported.

    Examples
    --------
    >>> rules()["G3"].limits["angle_deg"]
    10
    """
    return {
        record["code"]: Rule(
            record["code"],
            record["zh"],
            record["en"],
            record["severity"],
            {name: limit["value"] for name, limit in record["limits"].items()},
        )
        for record in shipped_json("check/rules.json")["rules"]
    }
