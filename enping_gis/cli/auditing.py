"""Check the figures of a text or of a ledger: audit."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from enping_gis.check.auditing.audit import claims_of
from enping_gis.check.auditing.claims import claims_frame
from enping_gis.cli.options import EncodingName, Form, Lang
from enping_gis.cli.output import Format, Report, show, working
from enping_gis.messages import text

_SHOWN = ["kind", "text", "values", "verdict", "suggestion", "line", "sheet", "cell"]
# A longer claim is cut in the table; JSON and CSV have it whole.
_WIDEST_TEXT = 44
# So many claims are listed in the table; of more, those that are right are only counted.
_MOST_LISTED = 60


def audit(
    source: Annotated[Path, typer.Argument(metavar="FILE", help=text("help.audit_file"))],
    encoding: EncodingName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Check figures against each other."""
    del lang
    with working("cli.auditing"):
        claims = claims_of(source, encoding=encoding)
    frame = claims_frame(claims)
    counts = Counter(claim.verdict for claim in claims)
    findings = [each for each in (claim.finding(source.name) for claim in claims) if each]
    kinds = Counter(claim.kind for claim in claims)
    meta = {
        "input": str(source),
        "claims": len(claims),
        "verdicts": {name: counts[name] for name in ("ok", "wrong", "impossible")},
        "kinds": {name: kinds[name] for name in ("pair", "sum", "percentage", "date")},
    }
    rows = frame[_SHOWN]
    last = text("audit.none")
    if claims:
        last = text("audit.summary", n=len(claims), ok=counts["ok"], wrong=counts["wrong"],
                    impossible=counts["impossible"])  # fmt: skip
    if form is Format.table:
        rows = _as_table(frame)
    show(Report("audit", rows, meta, None, findings, last_line=last), form)
    if counts["wrong"] or counts["impossible"]:
        raise typer.Exit(1)


def _as_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what a planner reads: place, words, and of many claims only those at fault."""
    if len(frame) > _MOST_LISTED:
        frame = frame[frame["verdict"] != "ok"]
    if frame.empty:
        return frame[[]]
    return pd.DataFrame(
        {
            "where": [_where(row) for row in frame.to_dict("records")],
            "claim": [text(f"audit.kind_{kind}") for kind in frame["kind"]],
            "text": [_cut(written) for written in frame["text"]],
            "values": frame["values"],
            "verdict": [text(f"audit.verdict_{verdict}") for verdict in frame["verdict"]],
            "suggestion": frame["suggestion"],
        }
    )


def _where(row: dict[str, object]) -> str:
    if row["cell"]:
        return f"{row['sheet']}!{row['cell']}"
    return text("audit.line", line=row["line"])


def _cut(written: str) -> str:
    half = _WIDEST_TEXT // 2
    if len(written) <= _WIDEST_TEXT:
        return written
    return f"{written[:half]}\N{HORIZONTAL ELLIPSIS}{written[-half:]}"
