"""Spread what figures miss of a control, and level their rounding over groups within groups."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, overload

import pandas as pd

from enping_gis.cells import as_texts
from enping_gis.errors import InputError, SchemaError
from enping_gis.measure.crossing import crossed
from enping_gis.units import area_unit, as_typed, dealt, nearest_whole
from enping_gis.units import balance as balance_parts
from enping_gis.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enping_gis.units import AreaUnit

    Figure = str | float | Decimal | Fraction

Path = tuple[str, ...]
TOTAL = "total"


# The forms are described below, where the function is.
@overload
def balance(
    parts_m2: Mapping[str, float | Fraction], unit: AreaUnit | str = ...
) -> dict[str, Decimal]:  # numpydoc ignore=GL08
    ...


@overload
def balance(
    parts_m2: pd.DataFrame,
    unit: AreaUnit | str = ...,
    *,
    value: str = ...,
    part: str = ...,
    within: str | Sequence[str] = ...,
    across: str | Sequence[str] = ...,
    control: Figure | Mapping[Any, Figure] | None = ...,
) -> pd.DataFrame:  # numpydoc ignore=GL08
    ...


def balance(
    parts_m2: Mapping[str, float | Fraction] | pd.DataFrame,
    unit: AreaUnit | str = "mu",
    *,
    value: str = "area_m2",
    part: str = "parcel_id",
    within: str | Sequence[str] = (),
    across: str | Sequence[str] = (),
    control: Figure | Mapping[Any, Figure] | None = None,
) -> pd.DataFrame | dict[str, Decimal]:
    """
    Print areas so that the parts of every group add up to the group, and groups to the total.

    With a mapping of parts this is `enping_gis.units.balance`: printed parts that add up to
    their printed total. A table is balanced over any nesting, such as plot, town, county
    (`within`), and over two nestings that cross, such as town by category (`across`).

    First, 平差: where a `control` figure is given for the whole or for a group, what the parts
    miss of it is spread over them in proportion to their areas. Then, 强制调平: the total is
    rounded half up, and every group and part is rounded down or up so that all add up; none
    moves by a whole unit of its last digit from its exact value. In one nesting, the units
    that are missing go from the outermost groups inwards to the largest remainders, ties by
    name. Where nestings cross, the table is rounded as `enping_gis.measure.crossing.crossed`
    has it, which keeps the sums nearest to what each would be by itself.

    Parameters
    ----------
    parts_m2 : mapping of str to float, or pandas.DataFrame
        Area of each part in m2, not negative; floats count as their exact binary value. A
        table has a row for each part.
    unit : AreaUnit or {"m2", "ha", "mu"}
        In which to print.
    value : str, default "area_m2"
        Column of the areas, in m2.
    part : str, default "parcel_id"
        Column of the names of the parts; within its group, a name stands once.
    within : str or sequence of str
        Columns of the groups, the outermost first; a missing cell is the group ``unknown``.
    across : str or sequence of str
        Columns of the groups that cross those, the outermost first.
    control : str, float, decimal.Decimal, fractions.Fraction or mapping, optional
        The figure, in `unit`, that the whole has to be; or figures by group: the key is the
        name of a group of the outermost column of `within`, or the names from there to
        a group or a part further in, as a tuple; ``()`` is the whole. Floats are read as they
        were typed. What an inner control covers does not move for an outer one.

    Returns
    -------
    dict of str to decimal.Decimal, or pandas.DataFrame
        For a mapping, the printed parts under the same keys. For a table, the parts in their
        order, then the groups from the innermost to the outermost, crossing groups and cells
        of both, then the total: the columns of names (None where they do not apply),
        ``level`` (the column whose groups the row is of, joined by ``*`` for a cell, or
        ``total``) and, with the unit as suffix, ``raw`` (as measured, float), ``share`` (what
        it takes of the difference to the control, float), ``rounded`` (the two rounded half up by
        themselves), ``adjustment`` (what levelling adds to that) and ``final`` (decimals).

    Raises
    ------
    ValueError
        There is no such unit, or in a mapping a part is negative or not finite.
    SchemaError
        A column is not there or named twice, or a part has no name or stands twice.
    InputError
        An area or a control is negative or not finite, no group has the name of a control,
        or what lies between controls cannot make up their difference.

    Examples
    --------
    >>> plots = pd.DataFrame(
    ...     {"parcel_id": ["a", "b", "c"], "town": ["x", "x", "y"], "area_m2": [0.004] * 3}
    ... )
    >>> balance(plots, "m2", within="town")[["level", "town", "parcel_id", "final_m2"]]
           level  town parcel_id final_m2
    0  parcel_id     x         a     0.01
    1  parcel_id     x         b     0.00
    2  parcel_id     y         c     0.00
    3       town     x      None     0.01
    4       town     y      None     0.00
    5      total  None      None     0.01
    >>> balance(plots, "m2", control=0.03)["share_m2"].round(3).tolist()
    [0.006, 0.006, 0.006, 0.018]
    >>> balance({"a": 1000.0}), balance({})
    ({'a': Decimal('1.50')}, {})
    >>> balance(plots.iloc[:0])["final_mu"].tolist()
    [Decimal('0.00')]
    """
    unit = area_unit(unit)
    if not isinstance(parts_m2, pd.DataFrame):
        return balance_parts(parts_m2, unit)
    names = _Names(_several(within), _several(across), part)
    rows = _rows(parts_m2, names, value, unit)
    shares = _shares(rows, names, _controls(control, unit), unit)
    exact = [row.exact + share for row, share in zip(rows, shares, strict=True)]
    final = _crossed(rows, exact) if names.across else _nested(rows, exact)
    sums = [
        _Sum(row.exact, share, whole) for row, share, whole in zip(rows, shares, final, strict=True)
    ]
    return _frame(rows, sums, names, unit)


@dataclass(frozen=True)
class _Names:
    """The columns that name groups and parts."""

    within: Path
    across: Path
    part: str

    @property
    def all(self) -> Path:
        return (*self.within, *self.across, self.part)


@dataclass(frozen=True)
class _Row:
    """A part: its groups, its name, and its area in units of the last digit."""

    within: Path
    across: Path
    part: str
    exact: Fraction

    @property
    def path(self) -> Path:
        return (*self.within, self.part)


def _several(names: str | Sequence[str]) -> Path:
    return (names,) if isinstance(names, str) else tuple(names)


def _rows(table: pd.DataFrame, names: _Names, value: str, unit: AreaUnit) -> list[_Row]:
    columns = (*names.all, value)
    for column in columns:
        if column not in table:
            known = ", ".join(str(each) for each in table.columns) or "-"
            raise SchemaError("error.balance_column", value=column, known=known)
        if columns.count(column) > 1 or column == "level":
            raise SchemaError("error.balance_column_twice", value=column)
    told = [as_texts(table[column]).fillna(UNKNOWN).tolist() for column in names.all[:-1]]
    parts = as_texts(table[names.part]).tolist()
    size = unit.m2 / 10**unit.decimals
    rows: list[_Row] = []
    seen: set[tuple[Path, Path, str]] = set()
    count = len(names.within)
    for number, (part, area_m2) in enumerate(zip(parts, table[value].tolist(), strict=True)):
        groups = tuple(column[number] for column in told)
        key = groups[:count], groups[count:], part
        if part is None or key in seen:
            raise SchemaError("error.balance_part", column=names.part, value=part, row=number + 1)
        seen.add(key)
        if pd.isna(area_m2) or not math.isfinite(area_m2) or area_m2 < 0:
            raise InputError(
                "error.balance_area", column=value, value=area_m2, part=part, row=number + 1
            )
        rows.append(_Row(*key, Fraction(area_m2) / size))
    return rows


def _controls(
    control: Figure | Mapping[Any, Figure] | None, unit: AreaUnit
) -> dict[Path, Fraction]:
    """Return the controls in units of the last digit, by the names of what they are for."""
    if control is None:
        return {}
    given = control if isinstance(control, Mapping) else {(): control}
    controls = {}
    for key, figure in given.items():
        try:
            exact = as_typed(figure)
        except (ValueError, OverflowError):
            exact = Fraction(-1)
        path = _several(key)
        if exact < 0:
            raise InputError("error.balance_control_value", value=figure, name=_shown(path))
        controls[path] = exact * 10**unit.decimals
    return controls


def _shares(
    rows: list[_Row], names: _Names, controls: dict[Path, Fraction], unit: AreaUnit
) -> list[Fraction]:
    """Return what each part takes of the difference to the control that is nearest to it."""
    shares = [Fraction(0)] * len(rows)
    if not controls:
        return shares
    known = {row.path[:depth] for row in rows for depth in range(len(names.within) + 2)} | {()}
    for path in controls:
        if path not in known:
            raise InputError("error.balance_control_unknown", name=_shown(path))
    free: defaultdict[Path | None, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        free[_nearest(row.path, controls)].append(number)
    inner: defaultdict[Path | None, Fraction] = defaultdict(Fraction)
    for path, control in controls.items():
        if path:
            inner[_nearest(path[:-1], controls)] += control
    for path, control in controls.items():
        movable = _sum([rows[number].exact for number in free[path]])
        difference = control - inner[path] - movable
        if difference and (not movable or movable + difference < 0):
            seen, other = (
                _decimal(nearest_whole(each), unit) for each in (control, inner[path] + movable)
            )
            raise InputError("error.balance_control", name=_shown(path), value=seen, other=other)
        for number in free[path] if difference else ():
            shares[number] = difference * rows[number].exact / movable
    return shares


def _nearest(path: Path, controls: dict[Path, Fraction]) -> Path | None:
    """Return the control that covers a path the closest."""
    covering = (path[:depth] for depth in range(len(path), -1, -1))
    return next((each for each in covering if each in controls), None)


def _shown(path: Path) -> str:
    return " / ".join(path) or TOTAL


def _nested(rows: list[_Row], exact: list[Fraction]) -> list[int]:
    """Level one nesting, from the total inwards."""
    figures: defaultdict[Path, list[Fraction]] = defaultdict(list)
    figures[()] = []
    for row, figure in zip(rows, exact, strict=True):
        for depth in range(len(row.path) + 1):
            figures[row.path[:depth]].append(figure)
    sums = {path: _sum(inner) for path, inner in figures.items()}
    groups: defaultdict[Path, dict[Path, Fraction]] = defaultdict(dict)
    # Outer groups come first, so that each is level before its own are.
    for path in sorted(sums, key=len):
        if path:
            groups[path[:-1]][path] = sums[path]
    level: dict[Path, int] = {(): nearest_whole(sums[()])}
    for group, inner in groups.items():
        level |= dealt(inner, level[group])
    return [level[row.path] for row in rows]


def _crossed(rows: list[_Row], exact: list[Fraction]) -> list[int]:
    """Level the cells of two nestings that cross, then the parts of each cell."""
    cells: defaultdict[tuple[Path, Path], dict[str, Fraction]] = defaultdict(dict)
    for row, figure in zip(rows, exact, strict=True):
        cells[row.within, row.across][row.part] = figure
    sums = {cell: _sum([*parts.values()]) for cell, parts in cells.items()}
    level = crossed(sums, nearest_whole(_sum(exact)))
    parts = {cell: dealt(cells[cell], whole) for cell, whole in level.items()}
    return [parts[row.within, row.across][row.part] for row in rows]


def _sum(figures: Sequence[Fraction]) -> Fraction:
    """Add up exactly, over one denominator, which takes a fraction of the time of `sum`."""
    whole = math.lcm(*(figure.denominator for figure in figures))
    return Fraction(sum(each.numerator * (whole // each.denominator) for each in figures), whole)


@dataclass(frozen=True)
class _Sum:
    """A figure of the result, in units of the last digit."""

    raw: Fraction
    share: Fraction
    final: int


def _added(sums: Sequence[_Sum]) -> _Sum:
    raw, share = _sum([each.raw for each in sums]), _sum([each.share for each in sums])
    return _Sum(raw, share, sum(each.final for each in sums))


def _levels(names: _Names) -> Iterable[tuple[str, Path]]:
    """Yield each kind of group: what it is called, and the columns that name it."""
    for nesting in (names.within, names.across):
        for depth in range(len(nesting), 0, -1):
            yield nesting[depth - 1], nesting[:depth]
    if names.within and names.across:
        both = (*names.within, *names.across)
        yield f"{names.within[-1]}*{names.across[-1]}", both
    yield TOTAL, ()


def _frame(rows: list[_Row], sums: list[_Sum], names: _Names, unit: AreaUnit) -> pd.DataFrame:
    """Return the parts, the groups and the total as a table."""
    cells = [dict(zip(names.all, (*row.within, *row.across, row.part), strict=True))
             for row in rows]  # fmt: skip
    records = [_record(names.part, cell, each, unit)
               for cell, each in zip(cells, sums, strict=True)]  # fmt: skip
    for level, columns in _levels(names):
        groups: defaultdict[Path, list[_Sum]] = defaultdict(list)
        if level == TOTAL:
            groups[()] = []
        for cell, each in zip(cells, sums, strict=True):
            groups[tuple(cell[column] for column in columns)].append(each)
        records += [
            _record(level, dict(zip(columns, path, strict=True)), _added(groups[path]), unit)
            for path in sorted(groups)
        ]
    figures = [f"{name}_{unit.code}" for name in _FIGURES]
    frame = pd.DataFrame(records, columns=["level", *names.all, *figures])
    for column in names.all:
        frame[column] = pd.Series([record.get(column) for record in records], dtype=object)
    return frame


_FIGURES = ("raw", "share", "rounded", "adjustment", "final")


def _record(level: str, cell: dict[str, str], each: _Sum, unit: AreaUnit) -> dict[str, Any]:
    rounded = nearest_whole(each.raw + each.share)
    last_digit = 10**unit.decimals
    figures = (
        float(each.raw / last_digit),
        float(each.share / last_digit),
        _decimal(rounded, unit),
        _decimal(each.final - rounded, unit),
        _decimal(each.final, unit),
    )
    return {"level": level, **cell} | {
        f"{name}_{unit.code}": figure for name, figure in zip(_FIGURES, figures, strict=True)
    }


def _decimal(digits: int, unit: AreaUnit) -> Decimal:
    return Decimal(digits).scaleb(-unit.decimals)
