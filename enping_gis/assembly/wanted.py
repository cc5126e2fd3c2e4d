"""Read what projects want, and refuse figures that nothing could keep to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis.cells import as_texts
from enping_gis.errors import InputError, SchemaError
from enping_gis.units import MU, half_up

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.assembly.demands import Demands

    Floats = npt.NDArray[np.float64]

NEEDED = ("project_id", "need_mu_min")
FIGURES = ("need_mu_min", "need_mu_max", "min_width_m", "investment_yi")
_OWN = ["project_id", "name", "need_mu_min", "need_mu_max", "need_width_m", "investment_yi",
        "deadline"]  # fmt: skip
# Investments are added as whole ten thousandths of 亿元, which are 万元.
WAN_PER_YI = 10_000


@dataclass(frozen=True)
class Waiting:
    """
    Projects, and what each of them demands of a set of plots.

    Parameters
    ----------
    rows : pandas.DataFrame
        What `wanted` returned.
    fate : list of str or None
        For each project why it is not looked at, None where it is.
    demands : list of Demands
        For each project; what is meant for those that are looked at.
    common : Demands
        What all have in common.
    roots : list of int or None
        Rows of which a set contains one.
    """

    rows: pd.DataFrame
    fate: list[str | None]
    demands: list[Demands]
    common: Demands
    roots: list[int] | None

    @property
    def asking(self) -> list[int]:
        """
        The projects that are looked at.

        Returns
        -------
        list of int
            Their places in `rows`.
        """
        return [number for number, each in enumerate(self.fate) if each is None]


def wanted(projects: pd.DataFrame, spare_share: float) -> pd.DataFrame:
    """
    Return what projects want, one row each.

    Parameters
    ----------
    projects : pandas.DataFrame
        Columns as in the table ``projects`` of the layer model; ``project_id`` and
        ``need_mu_min`` have to be there.
    spare_share : float
        Where a project states the least area only, it takes up to so much more, as a share.

    Returns
    -------
    pandas.DataFrame
        ``project_id``, ``name``, ``need_mu_min`` and ``need_mu_max`` in mu, NaN where no need is
        stated, ``min_width_m`` (0 where none is stated), ``investment_yi`` in 亿元 (NaN where none
        is stated), ``deadline``; in the order of `projects`.

    Raises
    ------
    SchemaError
        A column is missing, an id is missing or comes twice, or a cell is no number.
    InputError
        A figure is below zero, or the least area is above the most.

    Examples
    --------
    >>> rows = wanted(pd.DataFrame({"project_id": ["A"], "need_mu_min": [50]}), 0.1)
    >>> float(rows["need_mu_max"].iloc[0])
    55.0
    """
    if not (math.isfinite(spare_share) and spare_share >= 0):
        raise InputError("error.spare_share", value=spare_share)
    projects = projects.reset_index(drop=True)
    for name in NEEDED:
        if name not in projects:
            raise SchemaError("error.project_column", value=name, needed=", ".join(NEEDED))
    ids = as_texts(projects["project_id"])
    faulty = ids[ids.isna() | ids.duplicated(keep=False)]
    if len(faulty):
        raise SchemaError("error.project_id", value=faulty.iloc[0], count=len(faulty))
    rows = pd.DataFrame({"project_id": ids.astype(str)})
    rows["name"] = as_texts(_column(projects, "name"))
    for name in FIGURES:
        rows[name] = _numbers(projects, name)
    single = rows["need_mu_max"].isna()
    most = rows["need_mu_min"] * (1 + spare_share)
    rows.loc[single, "need_mu_max"] = [
        float(half_up(each, MU.decimals)) if math.isfinite(each) else math.nan
        for each in most[single]
    ]
    above = rows[rows["need_mu_min"] > rows["need_mu_max"]]
    if len(above):
        row = above.iloc[0]
        raise InputError("error.project_window", project=row["project_id"],
                         low=row["need_mu_min"], high=row["need_mu_max"])  # fmt: skip
    rows["min_width_m"] = rows["min_width_m"].fillna(0.0)
    rows["deadline"] = as_texts(_column(projects, "deadline"))
    return rows


def own_columns(rows: pd.DataFrame) -> pd.DataFrame:
    """
    Return what is told of projects beside the land they get.

    Parameters
    ----------
    rows : pandas.DataFrame
        What `wanted` returned.

    Returns
    -------
    pandas.DataFrame
        The width wanted is called ``need_width_m``.

    Examples
    --------
    >>> rows = wanted(pd.DataFrame({"project_id": ["A"], "need_mu_min": [50]}), 0.1)
    >>> own_columns(rows)["need_width_m"].tolist()
    [0.0]
    """
    told = rows.rename(columns={"min_width_m": "need_width_m"}).reset_index(drop=True)
    texts = {name: pd.array(told[name], dtype="str") for name in ("project_id", "name", "deadline")}
    return told.assign(**texts)[_OWN]


def weights_of(rows: pd.DataFrame) -> npt.NDArray[np.int64] | None:
    """
    Return what each project counts by its investment.

    Parameters
    ----------
    rows : pandas.DataFrame
        What `wanted` returned; those with land to be found.

    Returns
    -------
    numpy.ndarray of int or None
        In 万元; None where a project states no investment, or none invests anything.

    Examples
    --------
    >>> weights_of(pd.DataFrame({"investment_yi": [1.5, 0.2]})).tolist()
    [15000, 2000]
    >>> weights_of(pd.DataFrame({"investment_yi": [1.5, float("nan")]})) is None
    True
    """
    investment = rows["investment_yi"].to_numpy(dtype=np.float64)
    if np.isnan(investment).any() or not (investment > 0).any():
        return None
    return np.rint(investment * WAN_PER_YI).astype(np.int64)


def _column(projects: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in projects:
        return pd.Series(None, index=projects.index, dtype=object, name=name)
    column: pd.Series[Any] = projects[name]
    return column


def _numbers(projects: pd.DataFrame, name: str) -> Floats:
    """Read a column of numbers; an empty cell is NaN."""
    told = _column(projects, name)
    numbers = pd.to_numeric(told, errors="coerce").to_numpy(dtype=np.float64, na_value=math.nan)
    written = as_texts(told).notna().to_numpy()
    for wrong, code, error in (
        (written & ~np.isfinite(numbers), "error.project_number", SchemaError),
        (np.isfinite(numbers) & (numbers < 0), "error.project_below_zero", InputError),
    ):
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise error(code, project=projects["project_id"].iloc[row], column=name,
                        value=told.iloc[row])  # fmt: skip
    return numbers
