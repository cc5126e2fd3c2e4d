"""Record what happened to a plot: one event and the state it leads to, in one transaction."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from enping_gis.crs import parsed_crs
from enping_gis.errors import InputError
from enping_gis.intake.meaning.wording import found_parcel
from enping_gis.inventory import Inventory
from enping_gis.opening import parsed_day
from enping_gis.saving import standing_of
from enping_gis.schema import table
from enping_gis.status import CHINA_TIME, NOTHING_LEFT_M2, event_days, today
from enping_gis.store.areas import ledger_areas_m2, plot_areas_m2
from enping_gis.store.blobs import shape_of
from enping_gis.store.chain import event_hash
from enping_gis.store.database import meta_of
from enping_gis.store.engines import furnish, looking, require_inventory, writing
from enping_gis.store.events import add_events, head_of, stored_events
from enping_gis.store.keeping import GEOMETRY_COLUMN
from enping_gis.store.layout import is_furnished, is_kept, note_standing
from enping_gis.store.merge import new_event_id
from enping_gis.store.meta import InventoryMeta
from enping_gis.store.place import place_of
from enping_gis.units import M2_PER_MU, MU, printed
from enping_gis.vocabulary import label, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enping_gis.store.place import Place, Where
    from enping_gis.store.sql import Connection

# These come with more than a line: a status, new plots. Import and division write them.
_NOT_BY_HAND = frozenset({"imported", "split", "merged"})
_TICK = timedelta(microseconds=1)
# A correction may itself be corrected, and a correction of another file may name no plot.
_LIFE = (
    "event_id IN (WITH RECURSIVE life (id) AS (SELECT event_id FROM events WHERE parcel_id = ?"
    " UNION SELECT events.event_id FROM events JOIN life ON events.corrects_id = life.id)"
    " SELECT id FROM life)"
)
_KEPT_CONTROLS = "\n\t"


@dataclass(frozen=True)
class _Wish:
    """An event as somebody tells it, checked as far as that needs no inventory."""

    kind: str
    date: str
    date_basis: str
    area_m2: float | None
    quantity: float | None
    amount_yuan: float | None
    actor: str | None
    note: str | None
    document: str | None
    corrects_id: str | None


@dataclass(frozen=True)
class _Plot:
    """What the file holds of one plot."""

    row: gpd.GeoDataFrame
    events: list[dict[str, Any]]
    meta: InventoryMeta

    @property
    def parcel_id(self) -> str:
        return str(self.row["parcel_id"].iloc[0])

    def standing(self, new: Mapping[str, Any] | None = None) -> tuple[object, ...]:
        events = [*self.events, *([] if new is None else [new])]
        rows = pd.DataFrame(events, columns=table("events").names, dtype=object)
        rows["area_m2"] = rows["area_m2"].astype("float64")
        after = standing_of(self.row, rows, self.meta.area_method)
        cells = after.to_dict("records")[0].values()
        return tuple(None if pd.isna(cell) else cell for cell in cells)

    def left_m2(self) -> float:
        """Return what is not revitalised yet, by the smaller of ledger and measured area."""
        area_m2 = float(plot_areas_m2(self.row, self.meta.area_method).iloc[0])
        ledger_m2 = float(ledger_areas_m2(self.row).iloc[0])
        whole_m2 = min(area_m2, ledger_m2) if ledger_m2 > 0 else area_m2
        _, _, _, done_m2, _ = self.standing()
        return whole_m2 - float(str(done_m2))


def record(  # noqa: PLR0913 - an event has so many columns, all but three by name
    path: Where,
    parcel: str | None,
    kind: str,
    *,
    day: date | str,
    area_mu: float | None = None,
    quantity: float | None = None,
    amount_yuan: float | None = None,
    actor: str = "",
    note: str = "",
    document: str = "",
    corrects: str | None = None,
) -> dict[str, Any]:
    """
    Record an event of a plot in an inventory file.

    The event, the end of its chain and the state of the plot are written in one transaction;
    what it costs depends on the events of this plot, not on those of all.

    Parameters
    ----------
    path : path-like
        An inventory.
    parcel : str or None
        Id, name or alias of the plot; None for an event of the whole programme.
    kind : str
        Kind of the event: code, Chinese or English name, or alias.
    day : datetime.date or str
        The day on which it happened, in Asia/Shanghai.
    area_mu : float, optional
        Area that it concerns, mu (1 mu is 2000/3 m2). A plot `revitalised` without a figure
        is revitalised in all that is left of it, and the event says how much that is.
    quantity : float, optional
        How many, such as visits.
    amount_yuan : float, optional
        Money, yuan.
    actor, note, document : str
        Who, what, and on what paper; texts as they are, a leading ``=`` too.
    corrects : str, optional
        Id of the event that this one, of kind ``corrected``, takes back.

    Returns
    -------
    dict of str to Any
        The event as it stands in the file, by column of table ``events``; areas in m2.

    Raises
    ------
    SourceError
        There is no such inventory.
    InputError
        Something is not as it must be: the kind is not known, the plot neither, the day is
        to come or before the plot, the area is not above 0 or more than is left, the event to
        take back is not there, of another plot, later, or taken back before.
    OutputError
        Another program keeps the file to itself, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> file = Path(tempfile.mkdtemp()) / "plots.gpkg"
    >>> record(
    ...     Inventory.create(file, demo=True).meta.source_path,
    ...     "EP068",
    ...     "visit",
    ...     day="2023-03-30",
    ...     quantity=2,
    ... )["quantity"]
    2
    >>> record(file, "", "visit", day="2023-03-30")
    Traceback (most recent call last):
    ...
    enping_gis.errors.ParcelError: ...
    """
    file = place_of(path)
    wish = _Wish(
        _kind(kind, corrects), _day(day), "stated", _area_m2(area_mu),
        _number("quantity", quantity), _number("amount_yuan", amount_yuan),
        _text(actor), _text(note), _text(document), corrects,
    )  # fmt: skip
    ready(file)
    with writing(file) as change:
        connection = change.connection
        meta = InventoryMeta.read(meta_of(connection), file)
        plot = None if parcel is None else _plot(connection, parcel, meta)
        if wish.corrects_id is not None:
            _check_correction(connection, wish, plot)
        if plot is not None:
            wish = _fitted(wish, plot)
        cells = asdict(wish) | {"parcel_id": None if plot is None else plot.parcel_id}
        (event,) = stamped(connection, meta.origin, [cells])
        add_events(connection, [event])
        if plot is not None:
            note_standing(connection, [plot.standing(event)])
    return event


def ready(file: Place) -> None:
    """
    See that a file is an inventory that has what every change needs.

    Parameters
    ----------
    file : pathlib.Path or Database
        The inventory; a file of an earlier release gets its indexes, triggers and states.

    Raises
    ------
    SourceError
        There is no such file, or it is no inventory.
    """
    require_inventory(file)
    with looking(file) as (connection, _):
        was_kept, was_furnished = is_kept(connection), is_furnished(connection)
    if not was_kept:
        Inventory.open(file).save(file)
    elif not was_furnished:
        with writing(file) as change:
            furnish(change.connection)


def stamped(
    connection: Connection, origin: str, events: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """
    Put events at the end of a chain.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory, inside a transaction that writes.
    origin : str
        Whose chain.
    events : iterable of mapping
        Cells of table ``events`` without id, moment and hashes; those left out are empty.

    Returns
    -------
    list of dict of str to Any
        Whole rows; each is recorded a microsecond after the one before at least, also where
        a clock was set back.
    """
    head = head_of(connection, origin)
    last_hash, moment = head.head, max(datetime.now(CHINA_TIME), _moment(head.recorded_at) + _TICK)
    rows = []
    for event in events:
        row: dict[str, Any] = dict.fromkeys(table("events").names) | dict(event)
        written = moment.isoformat(timespec="microseconds")
        row.update(event_id=new_event_id(), recorded_at=written, origin=origin, prev_hash=last_hash)
        row["hash"] = last_hash = event_hash(row, last_hash)
        rows.append(row)
        moment += _TICK
    return rows


def _moment(written: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(written or "")
    except ValueError:
        return datetime.min.replace(tzinfo=CHINA_TIME)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=CHINA_TIME)
    return moment.astimezone(CHINA_TIME)


def _kind(wording: str, corrects: str | None) -> str:
    code = term("event_kind", wording).code
    if code in _NOT_BY_HAND:
        raise InputError("error.event_not_by_hand", value=label("event_kind", code))
    if (code == "corrected") != (corrects is not None):
        raise InputError("error.corrects_with_kind", value=label("event_kind", code))
    return code


def _day(day: date | str) -> str:
    when = parsed_day(day)
    if when > today():
        raise InputError("error.event_future", value=when.isoformat(), today=today().isoformat())
    return when.isoformat()


def _number(name: str, figure: float | None) -> float | None:
    if figure is not None and not math.isfinite(figure):
        raise InputError("error.event_number", field=name, value=figure)
    return figure


def _area_m2(area_mu: float | None) -> float | None:
    if area_mu is None:
        return None
    if not (math.isfinite(area_mu) and area_mu > 0):
        raise InputError("error.event_area", value=area_mu)
    return area_mu * float(M2_PER_MU)


def _text(given: str) -> str | None:
    """Return a text that every program reads back as it was: no control signs, no halves."""
    kept = (
        sign for sign in str(given)
        if sign in _KEPT_CONTROLS or unicodedata.category(sign) not in {"Cc", "Cs"}
    )  # fmt: skip
    return "".join(kept).strip() or None


def _plot(connection: Connection, wording: str, meta: InventoryMeta) -> _Plot:
    needed = f"parcel_id, name, stated_mu, stated_ha, valid_from, valid_to, {GEOMETRY_COLUMN}"
    query = f"SELECT {needed} FROM parcels WHERE parcel_id = ?"  # noqa: S608 - constants
    found = connection.execute(query, (wording,)).fetchall()
    if len(found) != 1:
        names = ["parcel_id", "name", "aliases"]
        every = connection.execute(f"SELECT {', '.join(names)} FROM parcels").fetchall()  # noqa: S608 - constants
        parcel = found_parcel(pd.DataFrame(every, columns=names, dtype=object), wording)
        found = connection.execute(query, (parcel,)).fetchall()
    columns = [name.strip() for name in needed.split(",")]
    cells = pd.DataFrame(found[:1], columns=columns, dtype=object)
    shapes = [shape_of(blob) for blob in cells.pop(GEOMETRY_COLUMN)]
    row = gpd.GeoDataFrame(cells, geometry=shapes, crs=parsed_crs(meta.crs))
    events = stored_events(connection, _LIFE, [row["parcel_id"].iloc[0]])
    return _Plot(row, events.to_dict("records"), meta)


def _fitted(wish: _Wish, plot: _Plot) -> _Wish:
    """Hold an event against its plot; tell how much is revitalised where nobody said."""
    begins, ends = (plot.row[name].iloc[0] for name in ("valid_from", "valid_to"))
    if isinstance(begins, str) and wish.date < begins:
        raise InputError("error.event_before", value=wish.date, parcel=plot.parcel_id, day=begins)
    if isinstance(ends, str) and wish.date >= ends:
        raise InputError("error.event_after", value=wish.date, parcel=plot.parcel_id, day=ends)
    if wish.kind != "revitalised":
        return wish
    left_m2 = plot.left_m2()
    # A plot that nobody has measured may be revitalised by any figure.
    if left_m2 < NOTHING_LEFT_M2:
        raise InputError("error.event_nothing_left", parcel=plot.parcel_id)
    if wish.area_m2 is None:
        return replace(wish, area_m2=None if math.isnan(left_m2) else left_m2)
    if wish.area_m2 > left_m2 + NOTHING_LEFT_M2:
        raise InputError(
            "error.event_area_left", parcel=plot.parcel_id, value=f"{printed(wish.area_m2, MU):,}",
            left=f"{printed(left_m2, MU):,}",
        )  # fmt: skip
    return wish


def _check_correction(connection: Connection, wish: _Wish, plot: _Plot | None) -> None:
    target = stored_events(connection, "event_id = ?", [wish.corrects_id])
    if target.empty:
        raise InputError("error.corrects_unknown", value=wish.corrects_id)
    found = target["parcel_id"].iloc[0]
    if found != (None if plot is None else plot.parcel_id):
        raise InputError("error.corrects_other", value=wish.corrects_id, parcel=found or "-")
    day = event_days(target).iloc[0]
    if day is not None and wish.date < day:
        raise InputError("error.corrects_later", value=wish.corrects_id, day=day)
    if _is_taken_back(connection, str(wish.corrects_id)):
        raise InputError("error.corrects_twice", value=wish.corrects_id)


def _is_taken_back(connection: Connection, event_id: str) -> bool:
    """Tell whether a correction of an event holds, that is, was not taken back itself."""
    corrections = stored_events(
        connection, "corrects_id = ? AND kind = 'corrected'", [event_id]
    )["event_id"]  # fmt: skip
    return any(not _is_taken_back(connection, each) for each in corrections)
