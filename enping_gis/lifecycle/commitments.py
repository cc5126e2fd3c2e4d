"""Read the commitments: what each place has to put back to use in which period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from enping_gis.errors import SchemaError
from enping_gis.findings import Finding
from enping_gis.lifecycle.answering import county_codes
from enping_gis.lifecycle.periods import parsed_period
from enping_gis.opening import parsed_day
from enping_gis.units import as_typed

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from enping_gis.inventory import Inventory
    from enping_gis.lifecycle.periods import Period


@dataclass(frozen=True)
class Commitment:
    """
    What one place has to do in one period.

    Parameters
    ----------
    period : Period
        The period.
    mu : fractions.Fraction
        Area to be put back to use, mu, as it was typed.
    deadline : datetime.date
        When it has to be done; the end of the period where none is given.
    post, basis : str
        Who signed, and whether it is stated, inferred or synthetic; empty where not told.
    """

    period: Period
    mu: Fraction
    deadline: date
    post: str
    basis: str


def target_findings(inventory: Inventory) -> tuple[Finding, ...]:
    """
    Name the commitments that cannot count.

    Parameters
    ----------
    inventory : Inventory
        With table ``targets``.

    Returns
    -------
    tuple of Finding
        Periods that cannot be read, areas that are missing or negative.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> target_findings(Inventory.demo())
    ()
    """
    findings = []
    for number, row in enumerate(inventory.targets.to_dict("records"), start=1):
        for column, wrong in (
            ("period", parsed_period(row["period"]) is None),
            ("area_mu", not _is_figure(row["area_mu"])),
        ):
            if wrong:
                findings.append(
                    Finding("target_unread", "warning", layer="targets", row=number, field=column,
                            value="" if pd.isna(row[column]) else str(row[column]))
                )  # fmt: skip
    return tuple(findings)


def _is_figure(cell: object) -> bool:
    return isinstance(cell, (int, float)) and 0 <= cell < float("inf")


def commitments(inventory: Inventory) -> dict[tuple[str, str], Commitment]:
    """
    Return what each place has to do in each period.

    Parameters
    ----------
    inventory : Inventory
        With table ``targets``.

    Returns
    -------
    dict of tuple to Commitment
        By the code of the period and the code of the place, empty for the county; of two rows
        for the same, the later counts. What `target_findings` names is left out.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> asked = commitments(Inventory.demo())
    >>> int(asked["2023", ""].mu), asked["2023Q1", ""].basis
    (2000, 'inferred')
    """
    table = inventory.targets
    table = table.assign(place=county_codes(table["place"], inventory))
    found = {}
    for row in table.to_dict("records"):
        period = parsed_period(row["period"])
        if period is None or not _is_figure(row["area_mu"]):
            continue
        try:
            deadline = parsed_day(str(row["deadline"])[:10])
        except SchemaError:
            deadline = period.end
        found[period.code, row["place"]] = Commitment(
            period, as_typed(row["area_mu"]), deadline, _said(row["post"]), _said(row["basis"])
        )
    return found


def _said(cell: object) -> str:
    return cell if isinstance(cell, str) else ""
