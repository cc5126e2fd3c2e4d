"""Check the figures of a text or of a file: audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from enping_gis.check.auditing.claims import claims_frame
from enping_gis.check.auditing.dates import dates_in
from enping_gis.check.auditing.documents import Document, document_of
from enping_gis.check.auditing.ledger_sums import rates_of, stages_of, sums_of
from enping_gis.check.auditing.ledgers import pairs_of, table_of, texts_of
from enping_gis.check.auditing.pairs_said import pairs_in
from enping_gis.check.auditing.percentages import percentages_in
from enping_gis.check.auditing.quantities import Reading
from enping_gis.check.auditing.sums_said import sums_in

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from enping_gis.check.auditing.claims import Claim
    from enping_gis.intake.tables.grid import Sheet

# A text names a file where it is one short word with a suffix.
_LONGEST_NAME, _LONGEST_SUFFIX = 1_000, 6


def audit(source: str | os.PathLike[str], *, encoding: str | None = None) -> pd.DataFrame:
    """
    Check the figures of Chinese running text, or of a ledger, against each other.

    Areas in two units must be possible readings of one area: the intervals of their printed
    decimals must meet, and 约, 近, 超过 and the like widen them (1 ha is 15 mu, 1 mu is
    2000/3 m2). Parts must add up to their totals, percentages must fit the counts, areas and
    targets beside them, rounded or cut, and dates must exist and be in order.

    Parameters
    ----------
    source : str or path-like
        The text itself, or a file: ``.txt``, ``.md``, ``.docx``, ``.csv``, ``.tsv``,
        ``.xlsx``, ``.xls``. A str of one word with a suffix names a file.
    encoding : str, optional
        Encoding of a file of text; by default it is found from the bytes.

    Returns
    -------
    pandas.DataFrame
        One row for each claim in the order of the text: ``kind`` (pair, sum, percentage,
        date), ``text``, ``values`` (the computation), ``verdict`` (ok; wrong: contradicted by
        figures beside it; impossible: no figures could make it true), ``suggestion``,
        ``line``, ``sheet``, ``cell``, and messages in both languages where it is not ok.

    Raises
    ------
    SourceError
        The file is missing, damaged, a folder, or of another kind; the message says how to cure it.

    Examples
    --------
    >>> row = audit("摸排出119宗537.72公顷(8605.84亩)低效用地").iloc[0]
    >>> row["kind"], row["verdict"], row["suggestion"], row["values"]
    ('pair', 'wrong', '573.72公顷', '8605.84 / 15 = 573.7227')
    >>> audit("").empty
    True
    """
    return claims_frame(claims_of(source, encoding=encoding))


def claims_of(source: str | os.PathLike[str], *, encoding: str | None = None) -> list[Claim]:
    """
    Return what `audit` finds, one by one.

    Parameters
    ----------
    source : str or path-like
        As `audit` takes it.
    encoding : str, optional
        As `audit` takes it.

    Returns
    -------
    list of Claim
        In the order of the text, then of the tables.

    Raises
    ------
    SourceError
        As `audit` raises it.
    """
    if isinstance(source, str) and not _names_file(source):
        document = Document(source)
    else:
        document = document_of(source, encoding=encoding)
    claims = sorted(_of_text(Reading(document.text, document.lines_end)), key=_place)
    for sheet in document.sheets:
        claims += sorted(_of_sheet(sheet, document.formats.get(sheet.name, {})), key=_place)
    return claims


def _names_file(source: str) -> bool:
    if not source or len(source) > _LONGEST_NAME or "\n" in source:
        return False
    try:
        if Path(source).exists():
            return True
    except (OSError, ValueError):  # too long for a name, or a null character in it
        return False
    suffix = Path(source).suffix
    # A sentence may end with a decimal fraction, hardly with Latin letters after a point.
    return 1 < len(suffix) <= _LONGEST_SUFFIX and suffix[1:].isascii() and suffix[1:].isalpha()


def _place(claim: Claim) -> tuple[int, int]:
    return claim.line or 0, claim.place


def _of_text(reading: Reading) -> Iterator[Claim]:
    for find in (pairs_in, sums_in, percentages_in, dates_in):
        yield from find(reading)


def _of_sheet(sheet: Sheet, formats: Mapping[tuple[int, int], int]) -> Iterator[Claim]:
    yield from texts_of(sheet)
    table = table_of(sheet, formats)
    if table is not None:
        for find in (pairs_of, sums_of, rates_of, stages_of):
            yield from find(table)
