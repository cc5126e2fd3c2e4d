"""Write what was measured: tables, and targets beside the figures reached."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from benchmarks.targets import TARGETS, TRIED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from benchmarks.harness import Taken

NONE = "–"
TIMES = ("user s", "wall s", "user ratio", "wall ratio", "memory MB")


class Reached(NamedTuple):
    """
    What was reached of a target.

    Parameters
    ----------
    figure : float
        In the unit of the target; nan where it could not be measured.
    note : str
        What it was measured against, or why it was not.
    """

    figure: float
    note: str = ""


class Table(NamedTuple):
    """
    A table with a title.

    Parameters
    ----------
    title : str
        Stands above it.
    header : sequence of str
        Names of the columns.
    rows : sequence of sequences of str
        The cells.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """
        Write the table as Markdown.

        Returns
        -------
        str
            Its lines.
        """
        lines = [self.header, ["---"] * len(self.header), *self.rows]
        texts = [
            "| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines
        ]
        return "\n".join([f"**{self.title}**", "", *texts])


@dataclass
class Section:
    """
    What a module of benchmarks has to say.

    Parameters
    ----------
    title : str
        Of the section.
    text : str
        How it was measured.
    tables : list of Table
        The figures.
    reached : dict of str to Reached
        Code of a target in `TARGETS` -> what was reached.
    measured : str
        When, and by which command.
    """

    title: str
    text: str
    tables: list[Table] = field(default_factory=list)
    reached: dict[str, Reached] = field(default_factory=dict)
    measured: str = ""

    def markdown(self) -> str:
        """
        Write the section as Markdown.

        Returns
        -------
        str
            Title, text, tables.
        """
        text = "\n".join(filter(None, [self.text.strip(), self.measured]))
        parts = [f"## {self.title}", text, *(table.markdown() for table in self.tables)]
        return "\n\n".join(parts)

    def record(self) -> dict[str, Any]:
        """
        Return the section as JSON holds it.

        Returns
        -------
        dict of str to Any
            Lists and texts; a figure that is not a number is None.
        """
        reached = {
            code: [None if math.isnan(figure) else figure, note]
            for code, (figure, note) in self.reached.items()
        }
        tables = [[table.title, list(table.header), list(table.rows)] for table in self.tables]
        return {"measured": self.measured, "reached": reached, "tables": tables} | {
            "text": self.text,
            "title": self.title,
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Self:
        """
        Take a section back from its record.

        Parameters
        ----------
        record : mapping of str to Any
            What `record` returned.

        Returns
        -------
        Section
            An equal one.
        """
        reached = {
            code: Reached(math.nan if figure is None else figure, note)
            for code, (figure, note) in record["reached"].items()
        }
        tables = [Table(*table) for table in record["tables"]]
        return cls(record["title"], record["text"], tables, reached, record["measured"])


def timing_table(
    title: str,
    taken: Mapping[str, Taken],
    columns: Sequence[str],
    cells: Callable[[Taken], Sequence[str]],
) -> Table:
    """
    List what routes took, and how many times that of the package; peers that failed, too.

    Parameters
    ----------
    title : str
        Of the table.
    taken : mapping of str to Taken
        What `take_turns` returned.
    columns : sequence of str
        Names of further columns.
    cells : callable
        Returns the cells of these for a route that has a result.

    Returns
    -------
    Table
        A row for each route.
    """
    ours = next((each for each in taken.values() if each.route.is_ours and not each.failure), None)
    rows = []
    for name, each in taken.items():
        if each.failure is not None:
            rows.append([name, each.failure, *[NONE] * (len(TIMES) - 1 + len(columns))])
            continue
        ratios = [NONE, NONE]
        if ours is not None:
            ratios = [decimal(each.user / ours.user, 1), decimal(each.wall / ours.wall, 1)]
        runs = "" if len(each.user_s) > 1 else " (1 run)"
        # A server's memory is not this process's.
        memory_mb = math.nan if each.route.server_user_s else max(each.peak_mb)
        times = [f"{decimal(each.user)}{runs}", decimal(each.wall), *ratios, decimal(memory_mb, 0)]
        rows.append([name, *times, *cells(each)])
    return Table(title, ("route", *TIMES, *columns), rows)


def ratio_to_best(taken: Mapping[str, Taken], names: Iterable[str]) -> Reached:
    """
    Compare the package with the fastest of some peers, in user CPU.

    Parameters
    ----------
    taken : mapping of str to Taken
        What `take_turns` returned.
    names : iterable of str
        The peers that count.

    Returns
    -------
    Reached
        How many times longer the fastest took; where all were stopped, how many times longer at
        least; nan where there is nothing to compare.
    """
    ours = next(each for each in taken.values() if each.route.is_ours)
    if ours.failure is not None:
        return Reached(math.nan, ours.failure)
    there = [taken[name] for name in names if name in taken]
    done = [each for each in there if each.failure is None]
    if done:
        best = min(done, key=lambda each: each.user)
        return Reached(best.user / ours.user, f"beside {best.route.name}")
    stopped = [each for each in there if not math.isnan(each.stopped_s)]
    if stopped:
        best = min(stopped, key=lambda each: each.stopped_s)
        return Reached(best.stopped_s / ours.user, f"at least: {best.route.name} was stopped")
    return Reached(math.nan, "no peer to compare with")


def verdicts(reached: Mapping[str, Reached]) -> Table:
    """
    Set targets beside what was reached.

    Parameters
    ----------
    reached : mapping of str to Reached
        By the code of the target.

    Returns
    -------
    Table
        A row for each target.
    """
    rows = []
    for code, target in TARGETS.items():
        figure, note = reached.get(code, Reached(math.nan, "not measured in this run"))
        if math.isnan(figure):
            rows.append([target.operation, target.aim, NONE, "not measured", note])
            continue
        met = "met" if target.is_met(figure) else "**not met**"
        rows.append([target.operation, target.aim, f"{figure:.4g}{target.unit}", met, note])
    return Table("Targets", ("operation", "target", "reached", "", "beside what"), rows)


def tried(reached: Mapping[str, Reached]) -> str:
    """
    Say what was tried for the targets that were not met.

    Parameters
    ----------
    reached : mapping of str to Reached
        By the code of the target.

    Returns
    -------
    str
        Markdown; nothing where all were met, or nothing is known.
    """
    missed = [
        code
        for code, (figure, _) in reached.items()
        if not math.isnan(figure) and not TARGETS[code].is_met(figure)
    ]
    return "\n".join(f"- {TARGETS[code].aim}: {TRIED[code]}" for code in missed if code in TRIED)


def decimal(value: float, places: int = 2) -> str:
    """
    Print a figure, or a dash for none.

    Parameters
    ----------
    value : float
        The figure; nan for none.
    places : int, default 2
        Digits behind the point.

    Returns
    -------
    str
        The figure in words.
    """
    return NONE if math.isnan(value) else f"{value:.{places}f}"
