"""What an entry of the corpus is: a file built by code, and what an honest reader makes of it."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.hazards.land import PLOTS, Plot

Builder = Callable[[Path], "Path | str"]


class Note(NamedTuple):
    """A finding that must be there; ``a|b`` in `rule` accepts either."""

    rule: str
    row: int | None = None
    cell: str = ""
    severity: str = ""


@dataclass(frozen=True)
class Right:
    """
    The data arrives as it is meant, and the notes are among the findings.

    `values` holds further columns, aligned with `plots`. A `clean` file brings neither a warning
    nor an error. With `part`, some plots may be lost to damage, each that is read being right and
    an error telling of the loss.
    """

    plots: tuple[Plot, ...] = PLOTS
    notes: tuple[Note, ...] = ()
    values: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    clean: bool = False
    part: bool = False
    tolerance_m: float = 0.002
    tolerance_m2: float = 0.01


@dataclass(frozen=True)
class Refused:
    """
    An error of the package names the file, and of `says` every part.

    Of `codes`, where there are any, it has one. With `blames`, it names that file instead.
    """

    codes: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    blames: str = ""


Outcome = Right | Refused


@dataclass(frozen=True)
class Entry:
    """
    One file, what is bad or odd about it, and the outcomes that are honest.

    Options named ``ledger`` and ``parameters`` are files in the entry's folder. `apart` says why
    plain geopandas is not run on it.
    """

    kind: str
    name: str
    what: str
    build: Builder
    expected: tuple[Outcome, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    apart: str = ""

    def arguments(self, folder: Path) -> dict[str, Any]:
        """Return the options of `read`."""
        return {
            key: folder / value if key in {"ledger", "parameters"} else value
            for key, value in self.options.items()
        }


class Corpus:
    """Entries of one kind, in the order in which they are written down."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.entries: list[Entry] = []

    def add(
        self,
        name: str,
        what: str,
        build: Builder,
        *expected: Outcome,
        apart: str = "",
        **options: Any,
    ) -> None:
        """Add an entry."""
        entry = Entry(self.kind, name.replace("_", "-"), what, build, expected, options, apart)
        self.entries.append(entry)

    def entry(
        self, what: str, *expected: Outcome, apart: str = "", **options: Any
    ) -> Callable[[Builder], Builder]:
        """Add the function below as an entry of its name."""

        def added(build: Builder) -> Builder:
            self.add(getattr(build, "__name__", ""), what, build, *expected, apart=apart, **options)
            return build

        return added


def note(rule: str, *, row: int | None = None, cell: str = "", severity: str = "") -> Note:
    """Return a finding that must be there."""
    return Note(rule, row, cell, severity)


def reads(*notes: Note, plots: tuple[Plot, ...] = PLOTS, **more: Any) -> Right:
    """Return the outcome that the plots arrive and the notes are there."""
    return Right(plots, notes, **more)


def refuses(*codes: str, says: tuple[str, ...] = (), blames: str = "") -> Refused:
    """Return the outcome that the file is refused."""
    return Refused(tuple(f"error.{code}" for code in codes), says, blames)


CLEAN = Right(clean=True)
"""The plots, and nothing to warn of."""
