"""Take what was noticed on reading a file for faults of the rules that it belongs to."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING

from enping_gis._resources import shipped_json
from enping_gis.check.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enping_gis.findings import Finding
    from enping_gis.messages import Language


@dataclasses.dataclass(frozen=True)
class NoticedFault(Fault):
    """
    A fault that reading the file has found already, with its messages.

    Parameters
    ----------
    finding : Finding, optional
        What was noticed.
    """

    finding: Finding | None = None

    def message(self, lang: Language | None = None) -> str:
        """
        Return what is wrong.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
            Language; by default the one in force.

        Returns
        -------
        str
            One line.
        """
        return super().message(lang) if self.finding is None else self.finding.message(lang)

    def cure(self, lang: Language | None = None) -> str:
        """
        Return what to do about it.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
            Language; by default the one in force.

        Returns
        -------
        str
            One line.
        """
        return super().cure(lang) if self.finding is None else self.finding.cure(lang)


@cache
def rule_of(noticed: str) -> str:
    """
    Return the rule that something noticed on reading belongs to.

    Parameters
    ----------
    noticed : str
        Code of a finding.

    Returns
    -------
    str
        Code of the rule; empty for what is no fault of plots or figures.

    Examples
    --------
    >>> rule_of("id_repeated"), rule_of("crs_corrected"), rule_of("encoding_guessed")
    ('L1', 'C2', '')
    """
    for record in shipped_json("check/rules.json")["rules"]:
        if noticed in record.get("reading", ()):
            return str(record["code"])
    return ""


def is_told(noticed: str) -> bool:
    """
    Tell whether the rules have something to say of what was noticed on reading.

    Parameters
    ----------
    noticed : str
        Code of a finding.

    Returns
    -------
    bool
        True where it becomes a fault, or a rule finds the same for itself.

    Examples
    --------
    >>> is_told("id_repeated"), is_told("geometry_invalid"), is_told("encoding_guessed")
    (True, True, False)
    """
    records = shipped_json("check/rules.json")["rules"]
    return bool(rule_of(noticed)) or any(
        noticed in record.get("found_again", ()) for record in records
    )


def noticed_faults(findings: Iterable[Finding]) -> Iterator[Fault]:
    """
    Yield the faults among the findings of reading.

    Parameters
    ----------
    findings : iterable of Finding
        The findings, in any number.

    Yields
    ------
    Fault
        Under the rules that name them in ``rules.json``; what is left is no fault of plots.

    Examples
    --------
    >>> from enping_gis.findings import Finding
    >>> found = Finding("id_repeated", "warning", row=3, parcel="7~2", value="7")
    >>> [(fault.rule, fault.parcels) for fault in noticed_faults([found])]
    [('L1', ('7~2',))]
    >>> list(noticed_faults([]))
    []
    """
    for finding in findings:
        rule = rule_of(finding.rule)
        if rule:
            yield NoticedFault(
                rule, finding.rule, finding.severity, (finding.parcel,) if finding.parcel else (),
                field=finding.field, value=finding.value, finding=finding,
            )  # fmt: skip
