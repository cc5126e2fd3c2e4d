"""
Run all benchmarks and write ``docs/benchmarks.md``; ``make bench`` does.

``python -m benchmarks`` takes an hour on two cores. ``--only NAME`` measures one benchmark anew,
and the page keeps what the others said, from ``docs/benchmarks.json``. ``--quick --out FILE`` runs
all on tiny layers, to see that they work.
"""

from __future__ import annotations

import json
import shlex
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.command import Options, leave_in_order, options_of, parser
from benchmarks.machine import machine
from benchmarks.report import Section, tried, verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
NAMES = (
    "contacts", "near", "areas", "splitting", "checking", "events", "crashes", "assembly",
    "viewer", "partitions", "growth", "first_call", "reading",
)  # fmt: skip
QUICK = Options(n=96, runs=2, limit_s=10.0, is_quick=True)
HEAD = """\
# Benchmarks

Written by `python -m benchmarks`; no line is written by hand. Each section is one run of its own.

All routes of a table take turns in one process, and times are medians: `user s` is the CPU time
that the process spent outside the kernel, with that of PostgreSQL's process, since other work on
the machine hardly changes it; `wall s` is by the clock. A ratio says how many times longer a peer
takes than the package. `memory MB` is the greatest resident memory of the process over that before
the call, free memory given back first; a server's is not known. A route that fails says so. One
that takes over {limit_s:.0f} s (or `--limit`) is stopped, one that takes a third of it is run once.
The package's own first call, which compiles, is left out; *The first call* has it.

The generated layer is synthetic: blocks of two rows of plots between roads, T-junctions along the
middle, 18 vertices a plot, every plot surveyed on its own with errors of up to 5 cm, a tenth of the
sides shifted by centimetres (slivers), one in twenty-five overlapping by up to 0.2 m, three in a
thousand by 0.35 to 0.5 m, islands in holes, plots in two parts beside a lane, three green belts of
18,000 vertices that touch all plots along a road; bent and turned, so that hardly a side is
parallel to an axis. Truth is what plots shared before the survey.
"""


def page(sections: Sequence[Section], command: str) -> str:
    """
    Put together what the benchmarks said.

    Parameters
    ----------
    sections : sequence of Section
        In order.
    command : str
        What was called last.

    Returns
    -------
    str
        The page, Markdown.
    """
    reached = {code: each for section in sections for code, each in section.reached.items()}
    parts = [
        HEAD.format(limit_s=Options.limit_s),
        verdicts(reached).markdown(),
        *filter(None, [tried(reached)]),
        *(section.markdown() for section in sections),
        machine(command).markdown(),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def kept(record: Path) -> dict[str, Section]:
    """
    Return what benchmarks said before.

    Parameters
    ----------
    record : pathlib.Path
        The file beside the page, which may be missing.

    Returns
    -------
    dict of str to Section
        By name of the benchmark.
    """
    if not record.exists():
        return {}
    records = json.loads(record.read_text(encoding="utf-8"))
    return {name: Section.of_record(each) for name, each in records.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """
    Read the command line, run the benchmarks, write the page.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; by default that of the process.
    """
    leave_in_order()
    given = sys.argv[1:] if arguments is None else list(arguments)
    asked = parser(__doc__ or "")
    asked.add_argument("--only", choices=NAMES, metavar="NAME", help=f"one of {', '.join(NAMES)}")
    asked.add_argument("--quick", action="store_true", help="tiny layers; needs --out")
    asked.add_argument("--out", type=Path, help=f"file to write, else {PAGE.name} in docs")
    chosen = asked.parse_args(given)
    if chosen.quick and chosen.out is None:
        asked.error("--quick says nothing about speed: name a file with --out")
    options = QUICK if chosen.quick else options_of(chosen)
    out = chosen.out or PAGE
    record, command = out.with_suffix(".json"), shlex.join(["python", "-m", "benchmarks", *given])
    names = [chosen.only] if chosen.only else NAMES
    for name in names:
        print(f"benchmarks.{name} ...", file=sys.stderr, flush=True)
        section = import_module(f"benchmarks.{name}").measure(options)
        section.measured = f"Measured on {datetime.now(UTC):%Y-%m-%d} by `{command}`."
        print(section.markdown(), flush=True)
        found = kept(record) | {name: section}
        ordered = {each: found[each] for each in NAMES if each in found}
        records = {each: one.record() for each, one in ordered.items()}
        text = json.dumps(records, ensure_ascii=False, indent=1)
        record.write_text(text + "\n", encoding="utf-8")
        out.write_text(page(list(ordered.values()), command), encoding="utf-8")


if __name__ == "__main__":
    main()
