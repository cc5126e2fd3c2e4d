"""Say what other programs changed in the file of an inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enping_gis.findings import Finding
from enping_gis.schema import table
from enping_gis.store.blobs import shape_of
from enping_gis.store.engines import looking
from enping_gis.store.keeping import GEOMETRY_COLUMN, outside_edits
from enping_gis.store.layout import is_kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.store.keeping import Edit, Row
    from enping_gis.store.place import Place


def edited_outside(path: Place) -> tuple[Finding, ...]:
    """
    Find what other programs changed in an inventory since this package last wrote it.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.

    Returns
    -------
    tuple of Finding
        Warnings: one for each cell that changed, each row that is new and each that is gone.
        Empty for a file of an earlier release, which kept no copies of its rows.

    Raises
    ------
    sqlite3.DatabaseError
        It is no inventory, or damaged.
    """
    with looking(path) as (connection, _):
        if not is_kept(connection):
            return ()
        edits = list(outside_edits(connection))
    return tuple(finding for edit in edits for finding in _findings(edit, path))


def named(edit: Edit) -> tuple[str, str]:
    """
    Tell which row was edited.

    Parameters
    ----------
    edit : Edit
        An edit.

    Returns
    -------
    parcel : str
        The plot that the row concerns, empty for none.
    key : str
        What names the row in its table, as it was before.

    Examples
    --------
    >>> from enping_gis.store.keeping import Edit, Row
    >>> named(Edit("targets", 1, None, Row({"period": "2023", "area_mu": 5.0}, None)))
    ('', '2023')
    >>> named(Edit("parcels", 7, None, Row({}, None)))
    ('', '7')
    """
    row = edit.before or edit.after
    cells: dict[str, Any] = {} if row is None else row.cells
    said = [str(cells[each]) for each in table(edit.layer).identity if cells.get(each)]
    return str(cells.get("parcel_id") or ""), " ".join(said) or str(edit.fid)


def shown(row: Row | None, column: str) -> str:
    """
    Return a cell as it is told to people.

    Parameters
    ----------
    row : Row or None
        A row.
    column : str
        One of its columns; of a geometry, the planar area is told.

    Returns
    -------
    str
        The cell; empty where there is none.

    Examples
    --------
    >>> from enping_gis.store.keeping import Row
    >>> shown(Row({"holder": "A"}, None), "holder"), shown(None, "holder")
    ('A', '')
    """
    if row is None:
        return ""
    if column == GEOMETRY_COLUMN:
        shape = shape_of(row.shape)
        return "" if shape is None else f"{shape.area:.2f} m2"
    cell = row.cells.get(column)
    return "" if cell is None else str(cell)


def _findings(edit: Edit, path: Place) -> Iterator[Finding]:
    parcel, key = named(edit)
    where: dict[str, Any] = {"file": str(path), "layer": edit.layer, "parcel": parcel}
    if edit.before is None:
        yield Finding("added_outside", "warning", value=key, **where)
    elif edit.after is None:
        yield Finding("removed_outside", "warning", value=key, **where)
    for column in edit.columns:
        yield Finding(
            "edited_outside", "warning", field=column, value=shown(edit.after, column) or "-",
            values={"key": key, "before": shown(edit.before, column) or "-"}, **where,
        )  # fmt: skip
