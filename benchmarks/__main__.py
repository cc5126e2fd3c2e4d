"""
Run all benchmarks and write ``docs/benchmarks.md``; ``make bench`` does.

``python -m benchmarks`` takes about half an hour on two cores. ``--only NAME`` runs one benchmark
and prints what it says; ``--quick --out FILE`` runs all on tiny layers, to see that they work.
"""

from __future__ import annotations

import shlex
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.command import Options, leave_in_order, options_of, parser
from benchmarks.machine import machine
from benchmarks.report import tried, verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.report import Section

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
NAMES = ("contacts", "near", "areas", "splitting", "growth", "first_call", "reading")
QUICK = Options(n=96, runs=2, limit_s=10.0, is_quick=True)
HEAD = """\
# Benchmarks

Written by `{command}`; no line is written by hand.

All routes of a table take turns in one process, and times are medians: `user s` is the CPU time
that the process spent outside the kernel, with that of PostgreSQL's process, since other work on
the machine hardly changes it; `wall s` is by the clock. A ratio says how many times longer a peer
takes than the package. `memory MB` is the greatest resident memory of the process over that before
the call, free memory given back first; a server's is not known. A route that fails says so. One
that takes over {limit_s:.0f} s is stopped, one that takes over {once_s:.0f} s is run once only.
The package's own first call, which compiles, is left out; *The first call* has it.

The generated layer is synthetic: blocks of two rows of plots between roads, T-junctions along the
middle, 18 vertices a plot, every plot surveyed on its own with errors of up to 5 cm, a tenth of the
sides shifted by centimetres (slivers), one in twenty-five overlapping by up to 0.2 m, three in a
thousand by 0.35 to 0.5 m, islands in holes, plots in two parts beside a lane, three green belts of
18,000 vertices that touch all plots along a road; bent and turned, so that hardly a side is
parallel to an axis. Truth is what plots shared before the survey.
"""


def page(sections: Sequence[Section], command: str, options: Options) -> str:
    """
    Put together what the benchmarks said.

    Parameters
    ----------
    sections : sequence of Section
        In order.
    command : str
        What was called.
    options : Options
        What was asked for.

    Returns
    -------
    str
        The page, Markdown.
    """
    reached = {code: each for section in sections for code, each in section.reached.items()}
    parts = [
        HEAD.format(command=command, limit_s=options.limit_s, once_s=options.once_s),
        verdicts(reached).markdown(),
        *filter(None, [tried(reached)]),
        *(section.markdown() for section in sections),
        machine(command).markdown(),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


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
    sections = []
    for name in [chosen.only] if chosen.only else NAMES:
        print(f"benchmarks.{name} ...", file=sys.stderr, flush=True)
        sections.append(import_module(f"benchmarks.{name}").measure(options))
        print(sections[-1].markdown(), flush=True)
    if chosen.out or not chosen.only:
        command = shlex.join(["python", "-m", "benchmarks", *given])
        (chosen.out or PAGE).write_text(page(sections, command, options), encoding="utf-8")


if __name__ == "__main__":
    main()
