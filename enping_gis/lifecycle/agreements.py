"""Supervise contracts: terms met and missed, the clock of idle land, and what to propose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.lifecycle.clocks import clock_rows
from enping_gis.lifecycle.contracts import Contract, contracts
from enping_gis.lifecycle.evidence import Evidence, percent, shown
from enping_gis.lifecycle.thresholds import least_of, thresholds
from enping_gis.messages import text
from enping_gis.units import as_typed
from enping_gis.vocabulary import terms

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from enping_gis.inventory import Inventory
    from enping_gis.lifecycle.contracts import Term
    from enping_gis.lifecycle.thresholds import Threshold
    from enping_gis.messages import Language

COLUMNS = (
    "parcel_id", "name", "place", "indicator", "unit", "agreed", "actual", "as_of", "gap",
    "gap_percent", "threshold", "threshold_source", "verdict", "due", "days", "proposal",
    "evidence_zh", "evidence_en",
)  # fmt: skip
# These grow while a plot is built, and feed the clock; by themselves they break no contract.
_GROWING = ("developed_mu", "invested_wan")
_CLOCKS = ("start_by", "complete_by", "stopped_since")


def agreements(
    inventory: Inventory,
    *,
    standards: str | os.PathLike[str] | None = None,
    lang: Language | None = None,
) -> pd.DataFrame:
    """
    Hold the contracts of plots against what is known, and propose what to look into.

    The clock of idle land is that of 闲置土地处置办法 (Order 53 of 2012): more than a year
    after the day of start (in the contract, else a year after the land was supplied) without
    a start; or started, less than a third developed or less than 25 % invested, and stopped
    for a year or more. Whether land is idle in law, and through whom, or whether a contract is
    broken, is for the bureau to say: here are figures and proposals.

    Parameters
    ----------
    inventory : Inventory
        Plots, events, agreements and projects, on its own day.
    standards : path-like, optional
        A file of thresholds by industry, see `enping_gis.lifecycle.thresholds.thresholds`; by
        default those that are shipped.
    lang : {"zh", "en"}, optional
        Language of `unit`; by default the one in force.

    Returns
    -------
    pandas.DataFrame
        One row for each term of a plot that stands, and one for each plot that was supplied
        without a day of start and is not started: `parcel_id`, `name`, `place` (code of who
        answers, None where nobody is named), `indicator` (code), `unit` (in words); `agreed` and
        `actual` (numbers, ISO days for terms that are days, None where there is none), `as_of`;
        `gap` (actual minus agreed; for days, negative is late) and `gap_percent`; `threshold`
        of the industry and `threshold_source`; `verdict` on the figures (``met``, ``missed``
        what was agreed, ``below_threshold``, ``unknown``); `due` and `days` until then where
        it is still open, negative where it is over; `proposal` (``none``, ``letter``,
        ``investigate``) and its evidence in both languages. Nothing is proposed again after
        the letter or the investigation is recorded, and no letter before the plot has to be
        complete.

    Raises
    ------
    SourceError
        The file of thresholds cannot be used.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> rows = agreements(Inventory.demo()).set_index(["parcel_id", "indicator"])
    >>> rows.loc[("EP036", "investment_per_mu"), ["verdict", "gap", "proposal"]].tolist()
    ['missed', -144.0, 'letter']
    >>> agreements(Inventory.demo().on("2021-12-31"))["proposal"].unique().tolist()
    ['none']
    """
    known = thresholds(standards)
    rank = {term.code: number for number, term in enumerate(terms("agreement_indicator"))}
    records = []
    for contract in contracts(inventory):
        own = [
            _figure_row(contract, indicator, term, known)
            for indicator, term in contract.terms.items()
            if indicator not in _CLOCKS
        ]
        own += clock_rows(contract)
        own.sort(key=lambda record: rank.get(record["indicator"], len(rank)))
        records += [{**record, "unit": _unit(record["indicator"], lang)} for record in own]
    columns = {
        name: pd.Series([record.get(name) for record in records], dtype=object) for name in COLUMNS
    }
    return pd.DataFrame(columns)


def _figure_row(
    contract: Contract, indicator: str, term: Term, known: Sequence[Threshold]
) -> dict[str, Any]:
    """Return the row of a term that is a number."""
    least = least_of(known, indicator, contract.industries)
    verdict = _verdict(indicator, term, least)
    evidence = _told(term)
    if least is not None:
        evidence = evidence.said(
            "threshold", industry=(least.industry, least.industry_en),
            threshold=shown(float(least.value)), source=least.source, date=least.date,
        )  # fmt: skip
    proposal = "none"
    if verdict == "missed":
        evidence, proposal = _proposed(contract, term, evidence)
    row: dict[str, Any] = {
        "indicator": indicator,
        "agreed": term.agreed,
        "actual": term.actual,
        "as_of": term.as_of,
        "threshold": None if least is None else float(least.value),
        "threshold_source": None if least is None else least.source,
        "verdict": verdict,
        "proposal": proposal,
    }
    if term.agreed is not None and term.actual is not None:
        gap = as_typed(term.actual) - as_typed(term.agreed)
        row["gap"] = float(gap)
        row["gap_percent"] = percent(gap / as_typed(term.agreed)) if term.agreed else None
    return contract.row(row, evidence)


_UNITS = {
    "investment_per_mu": "wan_per_mu", "output_per_mu": "wan_per_mu", "tax_per_mu": "wan_per_mu",
    "developed_mu": "mu", "invested_wan": "wan", **dict.fromkeys(_CLOCKS, "day"),
}  # fmt: skip


def _unit(indicator: str, lang: Language | None) -> str:
    return text(f"unit.{_UNITS[indicator]}", lang) if indicator in _UNITS else ""


def _verdict(indicator: str, term: Term, least: Threshold | None) -> str:
    if term.actual is None or indicator in _GROWING:
        return "unknown"
    if term.agreed is not None and term.actual < term.agreed:
        return "missed"
    if least is not None and as_typed(term.actual) < least.value:
        return "below_threshold"
    return "unknown" if term.agreed is None and least is None else "met"


def _told(term: Term) -> Evidence:
    agreed = None if term.agreed is None else shown(term.agreed)
    actual = None if term.actual is None else shown(term.actual)
    as_of = term.as_of or "-"
    if agreed is None and actual is None:
        return Evidence().said("nothing")
    if actual is None:
        return Evidence().said("no_actual", agreed=agreed)
    if agreed is None or not term.agreed:
        return Evidence().said("no_agreed", actual=actual, as_of=as_of)
    share = percent(as_typed(term.actual or 0.0) / as_typed(term.agreed))
    return Evidence().said("agreed", agreed=agreed, actual=actual, as_of=as_of, percent=share)


def _proposed(contract: Contract, term: Term, evidence: Evidence) -> tuple[Evidence, str]:
    """Propose a letter, unless the plot need not be complete yet or a letter is out."""
    due = contract.complete_by
    if due is not None and contract.day <= due and contract.completed is None:
        return evidence.said("before_completion", due=due.isoformat()), "none"
    evidence = contract.steps_taken(evidence)
    if contract.acted("lawyer_letter", term.as_of or ""):
        return evidence, "none"
    return evidence.said("letter"), "letter"
