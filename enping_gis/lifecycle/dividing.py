"""Divide a plot into several: the old one is kept with its file, the new ones go on from it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.crs import transformed
from enping_gis.errors import InputError
from enping_gis.intake.meaning.wording import found_parcel
from enping_gis.lifecycle.heirs import (
    day_of_change,
    divided_areas,
    effective_events,
    fitted,
    handed_on,
    told_of_change,
    with_events,
    with_links,
)
from enping_gis.lifecycle.ledger_shares import in_hectares, shared_out
from enping_gis.lifecycle.parting import parts_of
from enping_gis.measure.areas import area
from enping_gis.measure.standing import stated_m2, status_on
from enping_gis.messages import text
from enping_gis.schema import conformed
from enping_gis.units import HA, M2_PER_MU, MU, as_typed, printed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from typing import TypeAlias

    from enping_gis.inventory import Inventory

    Parts: TypeAlias = (
        shapely.Geometry | gpd.GeoSeries | gpd.GeoDataFrame | Sequence[shapely.Geometry]
    )

# Boundaries that lie so near each other are one, as in `enping_gis.contacts`.
TOLERANCE_M = 0.2


class _Parent(NamedTuple):
    """The plot that is divided: its id, its row, where it stands, what made it so."""

    parcel_id: str
    row: gpd.GeoDataFrame
    standing: pd.Series[Any]
    events: pd.DataFrame

    @property
    def complete(self) -> bool:
        """Tell whether nothing is left to do of it."""
        return bool(self.standing["done_m2"] > 0 and not self.standing["rest_m2"] > 0)


def divided(
    inventory: Inventory,
    parcel: str,
    parts: Parts,
    *,
    day: date | str,
    ids: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    done_mu: Sequence[float] | None = None,
    **words: str,
) -> Inventory:
    """
    Divide a plot into parts that go on as plots of their own.

    From the day on, the old plot stands no longer (`valid_to`), and the parts stand in its place
    (`valid_from`, `parents`), with all that was known of it. The ledger figure is shared out by
    planar area, and the shares add up to it to its last digit. Either side has an event
    `split`; the events that made the old plot what it is are handed on to each part, what was
    revitalised by the share in the ledger, so that totals by status stay what they were.
    Events of plots that stand no longer count no more. Projects and terms of contract go with
    each part; built floor area does not, since nobody knows where it stands.

    Parameters
    ----------
    inventory : Inventory
        The inventory, which stays as it is.
    parcel : str
        Id, name or alias of a plot that stands on `day`.
    parts : shapely geometry, sequence of them, GeoSeries or GeoDataFrame
        One line or more across the plot, or polygons that cover it, each a part. Without a CRS
        they are in that of the inventory. Boundaries less than 0.2 m apart are one: strips
        as narrow go to the part that they lie along.
    day : datetime.date or str
        Since when the parts stand; not after today, and not before an event of the plot that
        bears on its status.
    ids : sequence of str, optional
        Id of each part; by default that of the plot with ``-1``, ``-2`` and so on.
    names : sequence of str, optional
        Name of each part; by default that of the plot with the same ending as its id.
    done_mu : sequence of float, optional
        How much of what was revitalised lies in each part, in mu; by default its share.
    **words : str
        `actor`, `note` and `document` of the events.

    Returns
    -------
    Inventory
        The inventory after the division, not yet saved. Parts made by lines are numbered from
        west to east or from north to south, others in the order given.

    Raises
    ------
    ParcelError
        No plot fits, or several do.
    InputError
        The parts do not tile the plot, or an option does not fit; the message says which.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> demo = Inventory.demo()
    >>> whole = demo.parcels.set_index("parcel_id").loc["EP002"]
    >>> west, south, east, north = whole.geometry.bounds
    >>> line = shapely.linestrings([[(west + east) / 2, south], [(west + east) / 2, north]])
    >>> after = divided(demo, "EP002", line, day="2023-03-01", done_mu=[103.12, 0])
    >>> new = after.parcels[after.parcels["parents"] == "EP002"]
    >>> new["parcel_id"].tolist(), round(float(new["stated_mu"].sum()), 2)
    (['EP002-1', 'EP002-2'], 308.93)
    >>> len(after.on("2023-02-28").parcels), len(after.parcels)
    (119, 120)
    >>> divided(demo, "EP002", [], day="2023-03-01")
    Traceback (most recent call last):
    ...
    enping_gis.errors.InputError: ...
    """
    when = day_of_change(day)
    parent = _parent(inventory, parcel, when)
    given = shapes_of(parts, inventory)
    shape = parent.row.geometry.iloc[0]
    pieces = parts_of(parent.parcel_id, shape, given, tolerance_m=TOLERANCE_M)
    endings = _endings(inventory, parent, pieces, ids)
    heirs = _heirs(inventory, parent, pieces, endings)
    heirs = heirs.assign(valid_from=when.isoformat())
    if names is not None:
        _check_count(parent, "names", len(names), len(pieces))
        heirs["name"] = list(names)
    events = _events(inventory, parent, heirs, when, done_mu)
    here = text("list_mark").join(heirs["parcel_id"])
    said = {parent.parcel_id: text("lifecycle.divided_into", known=here)}
    origin = text("lifecycle.divided_from", known=parent.parcel_id)
    said |= dict.fromkeys(heirs["parcel_id"], origin)
    trail = told_of_change("split", said, when, words)
    frames = with_links(inventory, {parent.parcel_id: heirs["parcel_id"].tolist()})
    frames["events"] = with_events(inventory, [*events, trail])
    frames["parcels"] = replaced(inventory, [parent.parcel_id], heirs, when)
    return replace(inventory, tables=inventory.tables | frames)


def shapes_of(parts: Parts, inventory: Inventory) -> Any:  # noqa: ANN401 - an array of shapes
    """
    Return shapes in the working CRS of an inventory.

    Parameters
    ----------
    parts : shapely geometry, sequence of them, GeoSeries or GeoDataFrame
        Lines or polygons; the parts of a collection count one by one.
    inventory : Inventory
        In whose CRS shapes are that name none.

    Returns
    -------
    numpy.ndarray of shapely geometries
        One for each.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> len(shapes_of([], Inventory.demo()))
    0
    """
    if isinstance(parts, shapely.Geometry):
        return shapely.get_parts(np.array([parts], dtype=object))
    if isinstance(parts, gpd.GeoDataFrame | gpd.GeoSeries):
        own = np.array(parts.geometry.to_numpy(), dtype=object)
        return own if parts.crs is None else transformed(own, parts.crs, inventory.crs)
    return np.array([*parts, None], dtype=object)[:-1]


def replaced(
    inventory: Inventory, old: Sequence[str], heirs: gpd.GeoDataFrame, day: date
) -> gpd.GeoDataFrame:
    """
    Return the plots with new ones in the place of old ones, which stay in the table.

    Parameters
    ----------
    inventory : Inventory
        The inventory.
    old : sequence of str
        Ids of the plots that end.
    heirs : geopandas.GeoDataFrame
        Rows of table ``parcels`` that begin.
    day : datetime.date
        The day on which they do.

    Returns
    -------
    geopandas.GeoDataFrame
        Table ``parcels``.

    Examples
    --------
    >>> from datetime import date
    >>> from enping_gis.inventory import Inventory
    >>> demo = Inventory.demo()
    >>> plots = replaced(demo, ["EP001"], demo.parcels.iloc[:0], date(2023, 3, 1))
    >>> plots["valid_to"].dropna().tolist()
    ['2023-03-01']
    """
    rows = inventory.tables["parcels"]
    ended = rows["parcel_id"].isin(list(old))
    rows = rows.assign(valid_to=rows["valid_to"].where(~ended, day.isoformat()))
    both = pd.concat([rows, heirs], ignore_index=True)
    return gpd.GeoDataFrame(conformed(both, "parcels"), geometry="geometry", crs=inventory.crs)


def _parent(inventory: Inventory, parcel: str, day: date) -> _Parent:
    view = inventory.on(day)
    parcel_id = found_parcel(view.parcels, parcel)
    events = effective_events(inventory, [parcel_id], day)
    row = view.parcels[view.parcels["parcel_id"] == parcel_id]
    alone = replace(view, tables=view.tables | {"parcels": row})
    return _Parent(parcel_id, row, status_on(alone).loc[parcel_id], events)


def _endings(
    inventory: Inventory, parent: _Parent, pieces: Sequence[Any], ids: Sequence[str] | None
) -> dict[str, str]:
    """Return the id of each part, and what its name ends with."""
    taken = {*inventory.tables["parcels"]["parcel_id"], None, ""}
    if ids is not None:
        _check_count(parent, "ids", len(ids), len(pieces))
        for number, each in enumerate(ids):
            if each in taken or each in ids[:number]:
                raise InputError("error.divide_id", value=each)
        return {each: f"-{number}" for number, each in enumerate(ids, start=1)}
    endings: dict[str, str] = {}
    number = 0
    while len(endings) < len(pieces):
        number += 1
        if f"{parent.parcel_id}-{number}" not in taken:
            endings[f"{parent.parcel_id}-{number}"] = f"-{number}"
    return endings


def _check_count(parent: _Parent, name: str, given: int, parts: int) -> None:
    if given != parts:
        raise InputError(
            "error.divide_count", parcel=parent.parcel_id, n=parts, name=name, value=given
        )


def _heirs(
    inventory: Inventory, parent: _Parent, pieces: Sequence[Any], endings: dict[str, str]
) -> gpd.GeoDataFrame:
    """Return the rows of the parts: what is known of the plot holds for each, areas are shared."""
    rows = parent.row.iloc[np.zeros(len(pieces), dtype=int)].reset_index(drop=True)
    rows = rows.set_geometry(gpd.GeoSeries(pieces, crs=inventory.crs))
    planar_m2 = shapely.area(np.array(pieces, dtype=object)).tolist()
    columns: dict[str, Any] = {
        "parcel_id": list(endings),
        "name": [
            None if pd.isna(name) else f"{name}{ending}"
            for name, ending in zip(rows["name"], endings.values(), strict=True)
        ],
        "floor_area_m2": np.nan,
        "area_basis": rows["area_basis"].replace("stated", "inferred"),
        "valid_to": None,
        "parents": parent.parcel_id,
    }
    in_mu, in_ha = (float(parent.row[name].iloc[0]) for name in ("stated_mu", "stated_ha"))
    columns["stated_mu"] = shared_out(in_mu, MU, planar_m2)
    columns["stated_ha"] = shared_out(in_ha, HA, planar_m2)
    if not np.isnan([in_mu, in_ha]).any() and in_mu > 0:
        columns["stated_ha"] = in_hectares(columns["stated_mu"], in_ha)
    return rows.assign(**columns)


def _events(
    inventory: Inventory,
    parent: _Parent,
    heirs: gpd.GeoDataFrame,
    day: date,
    done_mu: Sequence[float] | None,
) -> list[pd.DataFrame]:
    """Hand on the events of a plot to its parts, what was revitalised by weights."""
    measured_m2 = area(heirs, method=inventory.meta.area_method)
    ledger_m2 = stated_m2(heirs)
    whole_m2 = ledger_m2 if ledger_m2.sum() > 0 else measured_m2
    weights = whole_m2.tolist()
    if done_mu is not None:
        _check_done(parent, done_mu, whole_m2)
        weights = [float(each) for each in done_mu]
    done = parent.events["kind"] == "revitalised"
    areas_m2 = np.full((len(done), len(heirs)), np.nan)
    if sum(weights) > 0:
        areas_m2 = divided_areas(parent.events["area_m2"].to_numpy(dtype=float), weights)
    found = []
    for number, heir in enumerate(heirs["parcel_id"]):
        own = parent.events.assign(area_m2=areas_m2[:, number])
        own = own[~done | (weights[number] > 0)]
        plot = {
            "parcel_id": heir,
            "area_m2": measured_m2.iloc[number],
            "stated_m2": ledger_m2.iloc[number],
            "status": parent.standing["status"],
        }
        found.append(fitted(handed_on(own, heir), day, plot, complete=parent.complete))
    return found


def _check_done(parent: _Parent, done_mu: Sequence[float], whole_m2: pd.Series[float]) -> None:
    _check_count(parent, "done_mu", len(done_mu), len(whole_m2))
    for number, (each_mu, all_m2) in enumerate(zip(done_mu, whole_m2, strict=True), start=1):
        area_mu = printed(all_m2, MU)
        if not 0 <= each_mu <= area_mu:
            raise InputError("error.divide_done_part", one=number, value=each_mu, area_mu=area_mu)
    recorded_m2 = parent.standing["done_m2"]
    if parent.complete:
        recorded_m2 = whole_m2.sum()
    done, given = printed(recorded_m2, MU), sum(map(as_typed, done_mu), Fraction(0))
    if printed(given * M2_PER_MU, MU) != done:
        told = printed(given * M2_PER_MU, MU)
        raise InputError("error.divide_done", parcel=parent.parcel_id, done=done, value=told)
