"""Read the clocks of a contract: to be started, to be completed, standing still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enping_gis._resources import shipped_json
from enping_gis.idle import as_day, limit_years, share, stopped_idle, years_on
from enping_gis.lifecycle.evidence import Evidence, percent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from enping_gis.idle import StartClock
    from enping_gis.lifecycle.contracts import Contract


def clock_rows(contract: Contract) -> Iterator[dict[str, Any]]:
    """
    Yield the rows of a contract's terms that are days.

    Parameters
    ----------
    contract : Contract
        What is known of it.

    Yields
    ------
    dict of str to Any
        Rows as `enping_gis.lifecycle.agreements.agreements` has them.

    Examples
    --------
    >>> from datetime import date
    >>> from enping_gis.lifecycle.contracts import Contract
    >>> none = Contract("a", None, None, date(2023, 3, 30), {}, (), None, None, {})
    >>> list(clock_rows(none))
    []
    """
    clock = contract.clock
    if clock is not None and (clock.agreed or clock.started is None):
        yield _start(contract, clock)
    if contract.complete_by is not None:
        yield _completion(contract, contract.complete_by)
    stopped = contract.terms.get("stopped_since")
    since = None if stopped is None else as_day(stopped.actual)
    if since is not None and since <= contract.day:
        yield _stopped(contract, since)


def _days_row(
    contract: Contract, indicator: str, due: date, agreed: date | None, actual: date | None
) -> dict[str, Any]:
    """Return what the rows of days to keep have in common."""
    still_open = actual is None
    late = contract.day > due if actual is None else actual > due
    reached = contract.day if actual is None else actual
    verdict = "missed" if late else "unknown" if still_open else "met"
    return {
        "indicator": indicator,
        "agreed": None if agreed is None else agreed.isoformat(),
        "actual": None if actual is None else actual.isoformat(),
        "as_of": contract.day.isoformat(),
        "gap": None if verdict == "unknown" else (due - reached).days,
        "verdict": verdict,
        "due": due.isoformat(),
        "days": (due - contract.day).days if still_open else None,
        "proposal": "none",
    }


def _start(contract: Contract, clock: StartClock) -> dict[str, Any]:
    due, day = clock.due, contract.day
    row = _days_row(contract, "start_by", due, due if clock.agreed else None, clock.started)
    evidence = Evidence()
    if clock.agreed:
        evidence = evidence.said("start_agreed", due=due)
    else:
        evidence = evidence.said("start_derived", handed=clock.handed, due=due)
    if clock.started is not None:
        return contract.row(row, evidence.said("started", day=clock.started))
    if day <= due:
        left = (due - day).days
        return contract.row(row, evidence.said("days_left", as_of=day, days=left))
    evidence = evidence.said("not_started", as_of=day, days=(day - due).days)
    if not clock.idle_on(day):
        # A day that nobody agreed on is no term of the contract, so there is no letter for it.
        proposal = "letter" if clock.agreed else "none"
        return _proposed(contract, row, evidence, proposal, since=due)
    code, limit = "idle", "idle_years"
    if clock.recoverable_on(day):
        code, limit = "recoverable", "recover_years"
    evidence = evidence.said(code, source=shipped_json("idle.json")[limit]["source"])
    return _proposed(contract, row, evidence, "investigate", since=due)


def _completion(contract: Contract, due: date) -> dict[str, Any]:
    day = contract.day
    row = _days_row(contract, "complete_by", due, due, contract.completed)
    evidence = Evidence().said("complete_agreed", due=due)
    if contract.completed is not None:
        return contract.row(row, evidence.said("completed", day=contract.completed))
    if day <= due:
        left = (due - day).days
        return contract.row(row, evidence.said("days_left", as_of=day, days=left))
    evidence = evidence.said("not_completed", as_of=day, days=(day - due).days)
    return _proposed(contract, row, evidence, "letter", since=due)


def _stopped(contract: Contract, since: date) -> dict[str, Any]:
    """Return the row of a plot on which building stopped."""
    full = years_on(since, limit_years("stopped_years"))
    day = contract.day
    shares = {
        "developed": _share(contract, "developed_mu"),
        # Without a sum of money, investment per mu is the same share of the same land.
        "invested": _share(contract, "invested_wan") or _share(contract, "investment_per_mu"),
    }
    evidence = Evidence().said("stopped", day=since, as_of=day, days=(day - since).days)
    for name, part in shares.items():
        if part is not None:
            evidence = evidence.said(name, percent=percent(part))
    if all(part is None for part in shares.values()):
        evidence = evidence.said("shares_unknown")
    row = {
        "indicator": "stopped_since",
        "actual": since.isoformat(),
        "as_of": day.isoformat(),
        "verdict": "unknown",
        "due": full.isoformat(),
        "days": (full - day).days,
        "proposal": "none",
    }
    if contract.completed is not None or not stopped_idle(day, since, **shares):
        return contract.row(row, evidence)
    return _proposed(contract, row, evidence, "investigate", since=since)


def _share(contract: Contract, indicator: str) -> Any:  # noqa: ANN401 - a Fraction or None
    term = contract.terms.get(indicator)
    if term is None or term.actual is None or term.agreed is None:
        return None
    return share(term.actual, term.agreed)


_STEP = {"letter": "lawyer_letter", "investigate": "idle_investigation"}


def _proposed(
    contract: Contract, row: dict[str, Any], evidence: Evidence, proposal: str, *, since: date
) -> dict[str, Any]:
    """Add a proposal, unless the step it proposes was taken since."""
    evidence = contract.steps_taken(evidence)
    if proposal == "none" or contract.acted(_STEP[proposal], since.isoformat()):
        return contract.row(row, evidence)
    return contract.row({**row, "proposal": proposal}, evidence.said(proposal))
