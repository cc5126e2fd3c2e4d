"""Read the areas of a table in the units that its cells, its header or its title name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from enping_gis._resources import shipped_json
from enping_gis.findings import Finding
from enping_gis.intake.tables.figures import Figure, figures, folded, is_blank
from enping_gis.intake.tables.header import split_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enping_gis.findings import Severity

# Standard column -> unit of its cells.
TARGETS = {"stated_ha": "ha", "stated_mu": "mu", "floor_area_m2": "m2"}


class AreaColumn(NamedTuple):
    """
    A column of areas.

    Parameters
    ----------
    name : str
        Its name in the table.
    kind : {"stated", "floor_area_m2"}
        What its figures are areas of: the plot, or its buildings.
    unit : str
        Unit of figures that name none themselves; empty where none is known.
    """

    name: str
    kind: str
    unit: str


class Cell(NamedTuple):
    """
    One cell of a column of areas.

    Parameters
    ----------
    row : int
        Row of the sheet.
    address : str
        Such as ``"C7"``.
    value : object
        What it holds.
    """

    row: int
    address: str
    value: object


def area_columns(names: Iterable[str], unit: str = "") -> list[AreaColumn]:
    """
    Return the columns of a table that state areas.

    Parameters
    ----------
    names : iterable of str
        Names of the columns.
    unit : str
        Unit that stands above the table for all of it.

    Returns
    -------
    list of AreaColumn
        At most one in mu and one in metric units for the plot, one for its buildings; a
        column whose unit is not known only where there is no other.

    Examples
    --------
    >>> [each[1:] for each in area_columns(["面积（亩）", "用地面积（公顷）", "建筑面积"])]
    [('stated', 'ha'), ('stated', 'mu'), ('floor_area_m2', '')]
    >>> area_columns([])
    []
    """
    found: list[AreaColumn] = []
    split = {name: split_unit(name) for name in names}
    for kind, bases in shipped_json("tables.json")["areas"].items():
        ranked = sorted(
            (bases.index(base), name) for name, (base, own) in split.items()
            if base in bases and (base or own) and folded(name) not in TARGETS
        )  # fmt: skip
        taken: set[bool] = set()
        several = [AreaColumn(name, kind, split[name][1] or unit) for _, name in ranked]
        for each in sorted(several, key=lambda one: not one.unit):
            system = each.unit in {"mu", "wan_mu"}
            if system not in taken and (each.unit or not taken):
                taken.add(system)
                found.append(each)
            if kind != "stated":
                break
    return found


def areas_read(
    column: AreaColumn, cells: Sequence[Cell], where: Mapping[str, Any]
) -> tuple[dict[str, list[float | None]], list[Finding]]:
    """
    Read the cells of a column of areas into the standard columns.

    A unit in the cell counts before that of the header; units are converted exactly, square
    metres of plots to hectares. The area of buildings without a unit is in square metres.

    Parameters
    ----------
    column : AreaColumn
        The column.
    cells : sequence of Cell
        Its cells.
    where : mapping of str to Any
        File and layer, for the findings.

    Returns
    -------
    columns : dict of str to list of float or None
        Standard columns, each as long as `cells`; only those with a value.
    findings : list of Finding
        Figures that are approximate (info), in another unit than the header says, in no unit
        at all, or not understood (warning).

    Examples
    --------
    >>> areas_read(AreaColumn("面积（亩）", "stated", "mu"), [Cell(2, "A2", "约1.5")], {})[0]
    {'stated_mu': [1.5]}
    >>> areas_read(AreaColumn("面积", "stated", ""), [], {})
    ({}, [])
    """
    result: dict[str, list[float | None]] = {}
    findings: list[Finding] = []
    unitless: list[Cell] = []
    # Nobody measures buildings in anything but square metres, and hardly any ledger says so.
    unit = column.unit or ("m2" if column.kind == "floor_area_m2" else "")

    def _note(rule: str, severity: Severity, cell: Cell, **values: object) -> None:
        findings.append(
            Finding(rule, severity, row=cell.row, field=column.name, value=str(cell.value),
                    cell=cell.address, values=values, **where)
        )  # fmt: skip

    spoken = [(n, cell) for n, cell in enumerate(cells) if not is_blank(cell.value)]
    for position, cell in spoken:
        found = [each.taken_as(unit) for each in figures(cell.value)]
        fault = _fault(column.kind, found)
        if fault:
            unitless += [cell] * (fault == "area_unit_unknown")
            if fault != "area_unit_unknown":
                _note(fault, "warning", cell)
            continue
        for each in found:
            target = _target(column.kind, each.unit)
            exact = each.in_unit(TARGETS[target])
            values = result.setdefault(target, [None] * len(cells))
            values[position] = None if exact is None else float(exact)
        if any(each.approximate for each in found):
            _note("figure_approximate", "info", cell)
        if column.unit and all(each.unit != column.unit for each in found):
            target = _target(column.kind, found[0].unit)
            _note("figure_unit", "info", cell, read=f"{target} = {result[target][position]}")
    assumed = [] if unit == column.unit else _unitless(cells)
    for rule, several in (("area_unit_unknown", unitless), ("floor_area_unit", assumed)):
        if several:
            _note(rule, "info" if several is assumed else "warning", several[0], n=len(several))
    return result, findings


def _unitless(cells: Sequence[Cell]) -> list[Cell]:
    return [each for each in cells if any(not one.unit for one in figures(each.value))]


def _fault(kind: str, found: list[Figure]) -> str:
    """Return the rule that keeps the figures of a cell out, empty where they count."""
    if any(each.unit == "" for each in found):
        return "area_unit_unknown"
    if not found or not all(_target(kind, each.unit) for each in found):
        return "figure_unread"
    negative = any(each.value is not None and each.value < 0 for each in found)
    return "area_negative" if negative else ""


def _target(kind: str, unit: str) -> str:
    units = shipped_json("tables.json")["units"]
    if unit not in units or units[unit]["of"] != "m2":
        return ""
    if kind != "stated":
        return kind
    return "stated_mu" if unit in {"mu", "wan_mu"} else "stated_ha"
