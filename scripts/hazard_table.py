"""
Write what plain geopandas and what this package make of bad and odd files, side by side.

    python scripts/hazard_table.py [-o docs/hazards.md] [--only WORD]

The files are those of tests/hazards. Each is read in a process of its own, which may crash or
take too long without harm to the others. Exit code 1 where an outcome of the package is bad.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import fiona
import geopandas as gpd
import pyogrio

import enping_gis
from tests.hazards.corpus import ENTRIES
from tests.hazards.judging import GOOD, Verdict, judged
from tests.hazards.plain import (
    NOT_RUN,
    RAISES,
    RIGHT,
    RIGHT_WARNS,
    SILENT,
    SILENT_FAULT,
    TAKES,
    UNPLACED,
    WRONG_WARNS,
    outcome,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

    from tests.hazards.expectation import Entry

TIMEOUT_S = 90
CRASHES, TOO_LONG = "crashes", f"not done after {TIMEOUT_S} s"
PLAIN = (RIGHT, RIGHT_WARNS, UNPLACED, SILENT_FAULT, WRONG_WARNS, SILENT, TAKES, RAISES, CRASHES,
         TOO_LONG, NOT_RUN)  # fmt: skip
HEAD = """# Bad and odd files

{n} files, each built by code in `tests/hazards`: what plain `geopandas.read_file` makes of them
(`read_parquet` for Parquet), and what `enping_gis.read` does, without any option unless the entry
is about one. This page is written by `python scripts/hazard_table.py`; the expectations are
checked by `pytest tests/hazards`.

{versions}

- **Right** means: every plot, its name and code letter by letter, its shape within 2 mm and
  0.01 m² of the truth in EPSG:4546, unless the entry allows more. For `enping_gis` also the areas
  and dates of ledgers, and that the findings due are there in both languages.
- **Right, no word of the fault**: the data is as it stands in the file, but the file is faulty
  (a bow tie, a repeated code) and nothing says so.
- **Silently wrong**: plots are missing, added, displaced or misnamed, without exception or warning.
- Figures, units and dates in cells are not held against plain geopandas. It is not run on what
  would reach the network, fill the memory or wait for ever, nor where an entry joins a ledger.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "docs" / "hazards.md")
    parser.add_argument("--only", default="", help="entries with this word in kind or name")
    wishes = parser.parse_args(argv)
    entries = [each for each in ENTRIES if wishes.only in f"{each.kind}-{each.name}"]
    plain, package = [], []
    for entry in entries:
        plain.append(str(_apart(_plain, entry)))
        found = _apart(_package, entry)
        package.append(found if isinstance(found, Verdict) else Verdict(str(found), ""))
    wishes.output.write_text(page(entries, plain, package), encoding="utf-8")
    bad = [(entry, each) for entry, each in zip(entries, package, strict=True) if not each.good]
    for entry, each in bad:
        print(f"{entry.kind} {entry.name}: {each.outcome}: {each.why}")
    print(f"{wishes.output}: {len(entries)} files, {len(bad)} of them not as they should be")
    return 1 if bad else 0


def page(entries: Sequence[Entry], plain: Sequence[str], package: Sequence[Verdict]) -> str:
    """
    Return the page.

    Parameters
    ----------
    entries : sequence of Entry
        The files.
    plain : sequence of str
        What plain geopandas makes of each.
    package : sequence of Verdict
        What the package makes of each.

    Returns
    -------
    str
        Markdown.
    """
    modules = (enping_gis, gpd, pyogrio, fiona)
    versions = ", ".join(f"{each.__name__} {each.__version__}" for each in modules)
    gdal = ".".join(map(str, pyogrio.__gdal_version__))
    lines = [HEAD.format(n=len(entries), versions=f"{versions}; GDAL {gdal} in pyogrio.")]
    lines += ["## Totals", "", *_totals(plain, package), ""]
    for kind in dict.fromkeys(entry.kind for entry in entries):
        lines += [
            f"## {kind.capitalize()}",
            "",
            "| file | plain geopandas | enping_gis |",
            "|---|---|---|",
        ]
        for entry, one, other in zip(entries, plain, package, strict=True):
            if entry.kind == kind:
                lines.append(f"| {_cell(entry.what)} | {one} | {_said(other)} |")
        lines.append("")
    return "\n".join(lines)


def _totals(plain: Sequence[str], package: Sequence[Verdict]) -> list[str]:
    counts = Counter(next(each for each in PLAIN[::-1] if one.startswith(each)) for one in plain)
    lines = ["| plain geopandas | files |", "|---|---|"]
    lines += [f"| {each} | {counts[each]} |" for each in PLAIN if counts[each]]
    lines += ["", "| enping_gis | files |", "|---|---|"]
    own = Counter(each.outcome for each in package)
    names = [*GOOD, *sorted(set(own) - set(GOOD) - {SILENT}), SILENT]
    return lines + [f"| {each} | {own[each]} |" for each in names]


def _said(verdict: Verdict) -> str:
    return f"{verdict.outcome}: `{verdict.said}`" if verdict.said else verdict.outcome


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _plain(entry: Entry, folder: Path) -> object:
    return outcome(entry, folder)


def _package(entry: Entry, folder: Path) -> object:
    return judged(entry, folder)


def _apart(run: Callable[[Entry, Path], object], entry: Entry) -> object:
    """Run in a process of its own."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder:
        child = context.Process(target=_report, args=(run, entry, Path(folder), theirs))
        child.start()
        theirs.close()
        done = ours.poll(TIMEOUT_S)
        try:
            found = ours.recv() if done else TOO_LONG
        except EOFError:
            found = CRASHES
        if not done:
            child.kill()
        child.join()
    return found


def _report(
    run: Callable[[Entry, Path], object], entry: Entry, folder: Path, pipe: Connection
) -> None:
    pipe.send(run(entry, folder))


if __name__ == "__main__":
    sys.exit(main())
