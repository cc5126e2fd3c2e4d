"""Find the columns of a layer that a format has a place of its own for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enping_gis.schema import recognised_columns

if TYPE_CHECKING:
    import pandas as pd


def cells_of(frame: pd.DataFrame, name: str) -> list[Any]:
    """
    Return the cells of a standard column, also where a planner's own name stands for it.

    Parameters
    ----------
    frame : pandas.DataFrame
        The layer.
    name : str
        Standard column of table ``parcels``.

    Returns
    -------
    list
        None for each row where there is no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> cells_of(pd.DataFrame({"地块编号": ["7"]}), "parcel_id"), cells_of(pd.DataFrame(), "name")
    (['7'], [])
    """
    own = column_of(frame, name)
    return [None] * len(frame) if own is None else list(frame[own])


def column_of(frame: pd.DataFrame, name: str) -> str | None:
    """
    Return the column of a layer that stands for a standard one.

    Parameters
    ----------
    frame : pandas.DataFrame
        The layer.
    name : str
        Standard column of table ``parcels``.

    Returns
    -------
    str or None
        The column of that name, else one with an alias; None where there is neither.

    Examples
    --------
    >>> import pandas as pd
    >>> column_of(pd.DataFrame({"DKMC": ["x"]}), "name"), column_of(pd.DataFrame(), "name")
    ('DKMC', None)
    """
    if name in frame:
        return name
    own = [column for column in frame.columns if isinstance(column, str)]
    return recognised_columns("parcels", own).get(name)
