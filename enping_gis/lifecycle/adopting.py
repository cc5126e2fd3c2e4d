"""Take what other programs changed in an inventory into its chain of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd

from enping_gis.lifecycle.recording import ready, stamped
from enping_gis.messages import text
from enping_gis.opening import parsed_day
from enping_gis.saving import standing_of
from enping_gis.schema import LIST_SEPARATOR, table
from enping_gis.status import today
from enping_gis.store.areas import plot_areas_m2
from enping_gis.store.blobs import shape_of
from enping_gis.store.database import meta_of
from enping_gis.store.edited import named, shown
from enping_gis.store.engines import register, writing
from enping_gis.store.events import add_events, stored_events
from enping_gis.store.keeping import GEOMETRY_COLUMN, differing, outside_edits, remember
from enping_gis.store.layout import (
    columns_of,
    set_standing,
)
from enping_gis.store.meta import InventoryMeta
from enping_gis.store.place import place_of
from enping_gis.store.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from enping_gis.store.keeping import Edit
    from enping_gis.store.place import Where
    from enping_gis.store.sql import Connection

COLUMNS = ("table", "key", "change", "column", "before", "after")
_BY_COLUMN = {GEOMETRY_COLUMN: "boundary_changed", "holder": "holder_changed"}
_MEASURED = ("parcel_id", "stated_mu", "stated_ha", GEOMETRY_COLUMN)


class Adopted(NamedTuple):
    """
    What was taken in.

    Parameters
    ----------
    changes : pandas.DataFrame
        Columns `table`, `key`, `change` (added, updated, removed), `column`, `before` and
        `after`: each cell that changed, each row that is new or was gone.
    events : pandas.DataFrame
        The events that tell of it, as they stand in the file.
    """

    changes: pd.DataFrame
    events: pd.DataFrame


def adopt(path: Where, *, day: date | str | None = None, actor: str = "") -> Adopted:
    """
    Turn what other programs, such as QGIS, changed in an inventory into events.

    A boundary becomes an event `boundary_changed` with the new area, a holder
    `holder_changed`, other cells of a plot `corrected`; new rows, and rows of other tables,
    `note`. A plot that was deleted comes back, ending on that day, since its life is not to be
    lost. A plot that was given another id keeps its own, and the other becomes an alias; one
    that was drawn without an id, or with one that is taken, gets a new one. All is one
    transaction; the state of every plot is worked out anew.

    Parameters
    ----------
    path : path-like
        An inventory.
    day : datetime.date or str, optional
        Day that the events are of; by default today in China.
    actor : str
        Who answers for the edits.

    Returns
    -------
    Adopted
        The changes, and the events that tell of them; both empty where nobody edited.

    Raises
    ------
    SourceError
        There is no such inventory.
    SchemaError
        `day` is no date.
    OutputError
        Another program keeps the file to itself, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from enping_gis.inventory import Inventory
    >>> file = Path(tempfile.mkdtemp()) / "plots.gpkg"
    >>> _ = Inventory.create(file, demo=True)
    >>> len(adopt(file).changes)
    0
    """
    file = place_of(path)
    when = today() if day is None else parsed_day(day)
    ready(file)
    with writing(file) as change:
        connection = change.connection
        meta = InventoryMeta.read(meta_of(connection), file)
        found = list(outside_edits(connection))
        edits = _paired(found)
        ids = {str(cell) for (cell,) in connection.execute("SELECT parcel_id FROM parcels") if cell}
        ids |= {named(edit)[0] for edit in edits if edit.layer == "parcels" and edit.before}
        rows = []
        for edit in edits:
            parcel = _mended(connection, edit, ids, file.stem, when)
            rows += list(_events(edit, parcel, meta))
        told = {"date": when.isoformat(), "date_basis": "inferred", "actor": actor.strip() or None}
        events = stamped(connection, meta.origin, [told | row for row in rows])
        add_events(connection, events)
        _bring_up_to_date(connection, meta, {edit.layer for edit in edits})
        for edit in found:
            remember(connection, edit.layer, [edit.fid])
        change.is_known = True
    changes = pd.DataFrame([row for edit in edits for row in _changes(edit)], columns=COLUMNS)
    return Adopted(changes, pd.DataFrame(events, columns=table("events").names))


def _paired(edits: list[Edit]) -> list[Edit]:
    """Take a plot that was cut and pasted, or drawn again under its id, for the plot it was."""
    gone = {named(edit)[0]: edit for edit in edits if edit.layer == "parcels" and not edit.after}
    result, again = [], set()
    for edit in edits:
        parcel = named(edit)[0] if edit.layer == "parcels" else ""
        former = gone.get(parcel)
        if edit.before is None and edit.after and former and former.before and parcel not in again:
            again.add(parcel)
            columns = differing(former.before, edit.after)
            result.append(edit._replace(before=former.before, columns=columns))
        else:
            result.append(edit)
    return [edit for edit in result if edit.after or named(edit)[0] not in again
            or edit.layer != "parcels"]  # fmt: skip


def _mended(connection: Connection, edit: Edit, ids: set[str], stem: str, day: date) -> str:
    """Bring a row into a state that the inventory can keep; return the plot it concerns."""
    parcel, _ = named(edit)
    if edit.layer != "parcels":
        return parcel if parcel in ids else ""
    if edit.after is None:
        _restore(connection, edit, day)
    elif edit.before is None:
        ids_there = "SELECT count(*) FROM parcels WHERE parcel_id = ?"
        (times,) = connection.execute(ids_there, (parcel,)).fetchone()
        if not parcel or times > 1 or _is_former(connection, parcel):
            parcel = _free_id(parcel or f"{stem}-{edit.fid}", ids)
            _set(connection, edit.fid, parcel_id=parcel)
        ids.add(parcel)
    elif "parcel_id" in edit.columns:
        other = str(edit.after.cells.get("parcel_id") or "")
        aliases = str(edit.after.cells.get("aliases") or "").split(LIST_SEPARATOR)
        names = [name for name in dict.fromkeys([*aliases, other]) if name]
        _set(connection, edit.fid, parcel_id=parcel, aliases=LIST_SEPARATOR.join(names) or None)
    return parcel


def _is_former(connection: Connection, parcel: str) -> bool:
    """Tell whether events tell of such a plot already: its life is not to be taken over."""
    known = "SELECT EXISTS (SELECT 1 FROM events WHERE parcel_id = ?)"
    return bool(connection.execute(known, (parcel,)).fetchone()[0])


def _free_id(wish: str, ids: set[str]) -> str:
    number, free = 1, wish
    while free in ids:
        number += 1
        free = f"{wish}-{number}"
    return free


def _set(connection: Connection, fid: int, **cells: str | None) -> None:
    names = ", ".join(f"{name} = ?" for name in cells)
    connection.execute(f"UPDATE parcels SET {names} WHERE fid = ?", [*cells.values(), fid])  # noqa: S608 - names of the layer model


def _restore(connection: Connection, edit: Edit, day: date) -> None:
    before = edit.before
    if before is None:
        return
    cells = {"valid_to": day.isoformat()} | before.cells
    row: dict[str, Any] = {"fid": edit.fid, GEOMETRY_COLUMN: before.shape}
    there = columns_of(connection, "parcels")
    row |= {name: cell for name, cell in cells.items() if name in there}
    columns, places = ", ".join(map(quoted, row)), ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO parcels ({columns}) VALUES ({places})", list(row.values()))  # noqa: S608 - names are quoted


def _events(edit: Edit, parcel: str, meta: InventoryMeta) -> Iterator[dict[str, Any]]:
    """Tell of an edit: what matters by law in an event of its own, the rest together."""
    about: dict[str, Any] = {"parcel_id": parcel or None}
    where = {"table": edit.layer, "key": named(edit)[1]}
    if edit.before is None or edit.after is None:
        code = "adopted.added" if edit.before is None else "adopted.removed"
        yield about | {"kind": "note", "note": text(code, **where)}
        return
    kinds: dict[str, list[str]] = {}
    own = {column.name: column for column in table(edit.layer).columns}
    for column in edit.columns:
        kind = "note"
        if edit.layer == "parcels":
            kind = "corrected" if column in own else "note"
            kind = {GEOMETRY_COLUMN: "boundary_changed", "holder": "holder_changed"}.get(
                column, kind
            )
        before, after = (shown(row, column) or "-" for row in (edit.before, edit.after))
        heading = own[column].heading() if column in own else column
        if column == GEOMETRY_COLUMN:
            heading = text("adopted.shape")
        kinds.setdefault(kind, []).append(
            text("adopted.cell", column=heading, before=before, after=after)
        )
    for kind, cells in kinds.items():
        said = text("adopted.changed", cells=text("list_mark").join(cells), **where)
        area_m2 = _area_m2(edit, meta) if kind == "boundary_changed" else None
        yield about | {"kind": kind, "note": said, "area_m2": area_m2}


def _area_m2(edit: Edit, meta: InventoryMeta) -> float | None:
    shape = None if edit.after is None else shape_of(edit.after.shape)
    plot = gpd.GeoDataFrame(geometry=[shape], crs=meta.crs)
    area_m2 = float(plot_areas_m2(plot, meta.area_method).iloc[0])
    return area_m2 if area_m2 >= 0 else None


def _bring_up_to_date(connection: Connection, meta: InventoryMeta, layers: set[str]) -> None:
    """Work out the states anew, and what other programs know of the layers."""
    plots = _layer(connection, "parcels", _MEASURED, meta)
    events = stored_events(connection)
    events["area_m2"] = events["area_m2"].astype("float64")
    set_standing(connection, standing_of(plots, events, meta.area_method))
    places = _layer(connection, "places", ("place", "name", "kind", GEOMETRY_COLUMN), meta)
    shapes: dict[str, pd.DataFrame] = {"parcels": plots, "places": places}
    changed = sorted(each for each in layers if columns_of(connection, each))
    register(connection, places, {each: shapes.get(each, pd.DataFrame()) for each in changed})


def _layer(
    connection: Connection, name: str, columns: tuple[str, ...], meta: InventoryMeta
) -> gpd.GeoDataFrame:
    # Inside the transaction GDAL must not open the file: closing it would give up the locks.
    rows = connection.execute(f"SELECT {', '.join(columns)} FROM {name}").fetchall()  # noqa: S608 - names of the layer model
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
    shapes = [shape_of(blob) for blob in frame.pop(GEOMETRY_COLUMN)]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=meta.crs)


def _changes(edit: Edit) -> Iterator[tuple[str, ...]]:
    _, key = named(edit)
    if edit.before is None or edit.after is None:
        yield edit.layer, key, "added" if edit.before is None else "removed", "", "", ""
    for column in edit.columns:
        yield (edit.layer, key, "updated", column, shown(edit.before, column),
               shown(edit.after, column))  # fmt: skip
