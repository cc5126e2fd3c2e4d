"""Save an inventory: work out where each plot stands, then write it in one step."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from enping_gis.errors import OutputError
from enping_gis.schema import conformed
from enping_gis.status import CHINA_TIME, folded
from enping_gis.store.areas import ledger_areas_m2, plot_areas_m2
from enping_gis.store.engines import is_inventory, save_changes, save_whole
from enping_gis.store.layout import STANDING_COLUMNS
from enping_gis.store.merge import appended

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enping_gis.store.meta import AreaMethod, InventoryMeta
    from enping_gis.store.place import Place

# The stored state is what all events say, whatever day they are of.
LAST_DAY = date.max


def standing_of(
    parcels: gpd.GeoDataFrame, events: pd.DataFrame, method: AreaMethod
) -> pd.DataFrame:
    """
    Replay all events: return where each plot stands after the last.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Table ``parcels``, also plots that stand no more, with a projected CRS.
    events : pandas.DataFrame
        Table ``events``.
    method : {"ellipsoidal", "planar", "geodesic"}
        How plots are measured.

    Returns
    -------
    pandas.DataFrame
        Columns `parcel_id`, `status`, `since` (ISO date or None), `done_m2` and `rest_m2`,
        in the order of the plots: table ``standing`` of the file.

    Examples
    --------
    >>> none = gpd.GeoDataFrame(conformed(pd.DataFrame(), "parcels"), geometry=[], crs=4546)
    >>> standing_of(none, conformed(pd.DataFrame(), "events"), "ellipsoidal").shape
    (0, 5)
    """
    named = parcels[parcels["parcel_id"].notna()]
    ids = pd.Index(named["parcel_id"], name="parcel_id")
    area_m2 = plot_areas_m2(named, method).set_axis(ids)
    fold = folded(events, LAST_DAY, area_m2, ledger_areas_m2(named).set_axis(ids))
    return fold.reset_index()[list(STANDING_COLUMNS)]


def save_inventory(path: Place, tables: Mapping[str, pd.DataFrame], meta: InventoryMeta) -> None:
    """
    Save an inventory: a new file whole, an existing one by what differs.

    Parameters
    ----------
    path : pathlib.Path or Database
        The file, or the schema of a database.
    tables : mapping of str to pandas.DataFrame
        Tables of the layer model.
    meta : InventoryMeta
        What the inventory says of itself, and the revision of the file it was opened from.

    Raises
    ------
    OutputError
        There is another inventory, the file was written since it was opened, or it cannot be
        written.
    """
    if isinstance(path, Path) and path.is_dir():
        raise OutputError("error.output_is_folder", path=path)
    written = meta.written()
    frames = dict(tables) | {"events": _chained(tables.get("events"), written["origin"])}
    parcels = gpd.GeoDataFrame(frames["parcels"])
    standing = standing_of(parcels, frames["events"], meta.area_method)
    if not is_inventory(path):
        save_whole(path, frames, written, meta.crs, standing)
        return
    revision = meta.revision if _is_same(meta.source_path, path) else None
    save_changes(path, frames, written, meta.crs, standing, revision=revision)


def _is_same(source: Place | None, path: Place) -> bool:
    if isinstance(source, Path) and isinstance(path, Path):
        return os.path.realpath(source) == os.path.realpath(path)
    return source == path


def _chained(events: pd.DataFrame | None, origin: str) -> pd.DataFrame:
    """Put events that are in no chain yet at the end of the inventory's own."""
    rows = conformed(pd.DataFrame() if events is None else events, "events")
    loose = rows["hash"].isna()
    if not loose.any():
        return rows
    return appended(rows[~loose], rows[loose], origin, datetime.now(CHINA_TIME))
