"""Keep what is wrong with data as rows: rule, where, the value seen, and the cure."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from enping_gis.messages import LANGUAGES, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enping_gis.messages import Language

Severity = Literal["info", "warning", "error"]

COLUMNS = (
    "rule",
    "severity",
    "file",
    "layer",
    "row",
    "parcel",
    "field",
    "value",
    "cell",
    "message_zh",
    "message_en",
    "cure_zh",
    "cure_en",
)


@dataclasses.dataclass(frozen=True)
class Finding:
    """
    One thing that is wrong, or worth knowing, in somebody's data.

    Parameters
    ----------
    rule : str
        Code of the rule; ``finding.<rule>`` and ``cure.<rule>`` are its messages.
    severity : {"info", "warning", "error"}
        An error makes `import` and `read` end with exit code 1.
    file, layer : str
        Where it was found; empty where it does not apply.
    row : int, optional
        Row in the layer, counted from 1.
    parcel : str
        Parcel id, where there is one.
    field, value : str
        Column and the value seen.
    cell : str
        Cell of a sheet, such as ``"C7"``.
    values : mapping of str to object
        Further placeholders of the messages.

    Examples
    --------
    >>> Finding("geometry_missing", "error", row=3).message("en")
    'Row 3 has no geometry'
    """

    rule: str
    severity: Severity
    file: str = ""
    layer: str = ""
    row: int | None = None
    parcel: str = ""
    field: str = ""
    value: str = ""
    cell: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

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
        said = text(f"finding.{self.rule}", lang, **self._placeholders(lang))
        return (
            text("at_cell", lang, sheet=self.layer, cell=self.cell, said=said)
            if self.cell
            else said
        )

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
        return text(f"cure.{self.rule}", lang, **self._placeholders(lang))

    def as_row(self) -> dict[str, Any]:
        """
        Return the finding as a row of the findings table.

        Returns
        -------
        dict of str to Any
            Keys are `COLUMNS`.
        """
        row: dict[str, Any] = {name: getattr(self, name) for name in COLUMNS[:9]}
        for lang in LANGUAGES:
            row[f"message_{lang}"] = self.message(lang)
            row[f"cure_{lang}"] = self.cure(lang)
        return row

    def _placeholders(self, lang: Language | None) -> dict[str, object]:
        # What was refused may be a part of a message; it speaks the language of the whole.
        said = {name: _said(value, lang) for name, value in self.values.items()}
        return {name: getattr(self, name) for name in COLUMNS[:9]} | said


def _said(value: object, lang: Language | None) -> object:
    if hasattr(value, "heading"):  # a column
        return value.heading(lang)
    return value.text(lang).rstrip(".\u3002") if hasattr(value, "text") else value


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """
    Return findings as a table.

    Parameters
    ----------
    findings : iterable of Finding
        The findings, in any number.

    Returns
    -------
    pandas.DataFrame
        One row each, columns `COLUMNS`.

    Examples
    --------
    >>> findings_frame([]).shape
    (0, 13)
    """
    return pd.DataFrame([finding.as_row() for finding in findings], columns=list(COLUMNS))
