"""Keep what an audit says of each figure as rows: text, computation, verdict, suggestion."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from enping_gis.findings import Finding
from enping_gis.messages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enping_gis.findings import Severity

Kind = Literal["pair", "sum", "percentage", "date"]
Verdict = Literal["ok", "wrong", "impossible"]
COLUMNS = (
    "kind",
    "text",
    "values",
    "verdict",
    "suggestion",
    "line",
    "sheet",
    "cell",
    "message_zh",
    "message_en",
    "cure_zh",
    "cure_en",
)


@dataclasses.dataclass(frozen=True)
class Claim:
    """
    One thing that figures say together, and whether it can be so.

    Parameters
    ----------
    kind : {"pair", "sum", "percentage", "date"}
        What the figures do together.
    text : str
        As it is written.
    values : str
        The computation, to be done again by hand, such as ``"8605.84 / 15 = 573.7227"``.
    verdict : {"ok", "wrong", "impossible"}
        Wrong is what figures beside it contradict, impossible what no figures could make true.
    suggestion : str
        What was probably meant; empty where it is right, or where nothing explains it.
    rule : str
        ``finding.<rule>`` and ``cure.<rule>`` say what is wrong; empty where nothing is.
    severity : {"info", "warning", "error"}
        Of what is wrong.
    place : int
        Where in the text it begins.
    line : int, optional
        Line of a text, counted from 1.
    sheet, cell : str
        Where in a workbook.
    said : mapping of str to object
        Further placeholders of the messages.

    Examples
    --------
    >>> Claim("date", "2022-02-08", "2022-02-08").verdict
    'ok'
    """

    kind: Kind
    text: str
    values: str
    verdict: Verdict = "ok"
    suggestion: str = ""
    rule: str = ""
    severity: Severity = "error"
    place: int = 0
    line: int | None = None
    sheet: str = ""
    cell: str = ""
    said: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def finding(self, file: str = "") -> Finding | None:
        """
        Return what is wrong as a finding.

        Parameters
        ----------
        file : str
            The file it was found in.

        Returns
        -------
        Finding or None
            None where nothing is wrong.
        """
        if not self.rule:
            return None
        values = {"values": self.values, "suggestion": self.suggestion} | dict(self.said)
        return Finding(
            self.rule, self.severity, file=file, layer=self.sheet, row=self.line, cell=self.cell,
            value=self.text, values=values,
        )  # fmt: skip


def claims_frame(claims: Iterable[Claim]) -> pd.DataFrame:
    """
    Return claims as a table.

    Parameters
    ----------
    claims : iterable of Claim
        The claims, in any number.

    Returns
    -------
    pandas.DataFrame
        One row each, columns `COLUMNS`; messages are empty where nothing is wrong.

    Examples
    --------
    >>> claims_frame([]).shape
    (0, 12)
    """
    return pd.DataFrame([_row(claim) for claim in claims], columns=[*COLUMNS]).astype(
        {"line": "Int64"}
    )


def _row(claim: Claim) -> dict[str, Any]:
    row = {name: getattr(claim, name, "") for name in COLUMNS}
    finding = claim.finding()
    for lang in LANGUAGES:
        row[f"message_{lang}"] = "" if finding is None else finding.message(lang)
        row[f"cure_{lang}"] = "" if finding is None else finding.cure(lang)
    return row
