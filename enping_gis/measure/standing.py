"""Tell where each plot stands on a day: its area, its status, the part done and the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from enping_gis.measure.areas import area
from enping_gis.status import folded
from enping_gis.units import M2_PER_HA, M2_PER_MU

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from enping_gis.inventory import Inventory


def status_on(inventory: Inventory, on: date | str | None = None) -> pd.DataFrame:
    """
    Return where each plot stands at the end of a day.

    Parameters
    ----------
    inventory : Inventory
        Plots and events; areas follow its area method.
    on : datetime.date or str, optional
        The day, in Asia/Shanghai; by default the inventory's.

    Returns
    -------
    pandas.DataFrame
        Indexed by parcel id, in the order of the plots: `status` (code of the vocabulary),
        `since` (ISO date or None), `since_basis`, `area_m2`, `done_m2` and `rest_m2` in m2, and
        `partly`, True where a part is revitalised and the rest is still open.

    Raises
    ------
    SchemaError
        `on` is no date.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> demo = Inventory.demo()
    >>> bool(status_on(demo)["partly"].any())
    True
    >>> set(status_on(demo, "2022-02-23")["status"])
    {'unknown'}
    """
    view = inventory if on is None else inventory.on(on)
    parcels = view.parcels
    ids = pd.Index(parcels["parcel_id"], name="parcel_id")
    area_m2 = area(parcels, method=view.meta.area_method).set_axis(ids)
    return folded(view.events, view.as_of, area_m2, stated_m2(parcels).set_axis(ids))


def stated_m2(parcels: pd.DataFrame) -> pd.Series[Any]:
    """
    Return the area of each plot in the ledger.

    Parameters
    ----------
    parcels : pandas.DataFrame
        Columns `stated_mu` and `stated_ha`; mu is the primary figure, hectares are its print.

    Returns
    -------
    pandas.Series of float
        Area in m2 on the index of `parcels`, NaN where the ledger has none.

    Examples
    --------
    >>> stated_m2(pd.DataFrame({"stated_mu": [1.5, None], "stated_ha": [None, 1.0]})).tolist()
    [1000.0, 10000.0]
    >>> stated_m2(pd.DataFrame({"stated_mu": [], "stated_ha": []})).size
    0
    """
    mu = parcels["stated_mu"].astype("float64") * float(M2_PER_MU)
    ha = parcels["stated_ha"].astype("float64") * float(M2_PER_HA)
    return pd.Series(np.where(mu.notna(), mu, ha), index=parcels.index, dtype="float64")
