"""Measure one partition: what a worker does, from reading its plots to writing what it found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis.atomic import replacing
from enping_gis.check.checking import shape_faults
from enping_gis.check.faults import faults_frame
from enping_gis.distributed.figures import Sums
from enping_gis.distributed.nearby import near
from enping_gis.distributed.partitions import ID_COLUMN, write_part
from enping_gis.measure.areas import area
from enping_gis.measure.contacts import CONTACT_KINDS, contacts_by_row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from enping_gis.distributed.nearby import Near
    from enping_gis.distributed.partitions import Part
    from enping_gis.measure.areas import AreaMethod

ALL = "all"
# How far from its plots a partition is looked at for faults, in metres: further than slits with
# open ends, which may go round a plot, reach.
FAULTS_REACH_M = 250.0


@dataclass(frozen=True)
class Asked:
    """
    What is measured of each partition.

    Parameters
    ----------
    by : tuple of str
        Columns that make groups of plots, whose areas are added up.
    method : {"ellipsoidal", "planar", "geodesic"}
        See `enping_gis.measure.areas.area`.
    tolerance_m, within_m, min_shared_m : float
        See `enping_gis.measure.contacts.contacts`.
    rules : tuple of str
        Rules on outlines, of G1 to G6 and T1 to T4, to check plots by.
    """

    by: tuple[str, ...]
    method: AreaMethod
    tolerance_m: float
    within_m: float
    min_shared_m: float
    rules: tuple[str, ...]

    @property
    def reach_m(self) -> float:
        """
        How far from a partition plots of others matter.

        Returns
        -------
        float
            In metres.
        """
        contact_m = max(self.tolerance_m, self.within_m)
        return max(contact_m, FAULTS_REACH_M) if self.rules else contact_m


def measured_part(
    parts: Mapping[int, Part], number: int, asked: Asked, folder: Path, key: str
) -> dict[str, Any]:
    """
    Measure a partition and write what was found.

    Parameters
    ----------
    parts : mapping of int to Part
        This partition and those that matter to it, by number.
    number : int
        Which it is.
    asked : Asked
        What is measured.
    folder : pathlib.Path
        Where results go. The figures, with `key`, are written last: they are there when all is.
    key : str
        What input and options these are.

    Returns
    -------
    dict of str to object
        The figures, as JSON holds them.
    """
    name = parts[number].name
    around = near(parts, number, asked.reach_m, columns=asked.by)
    own = around.plots[around.part == number].reset_index(drop=True)
    area_m2 = area(own, method=asked.method)
    pairs = _pairs(around, number, asked)
    tables = {
        "areas": pd.DataFrame({ID_COLUMN: own[ID_COLUMN], "area_m2": area_m2}),
        "contacts": pairs,
    }
    for kind, table in tables.items():
        with replacing(folder / kind / f"{name}.parquet") as path:
            table.to_parquet(path, index=False, compression="zstd")
    figures: dict[str, Any] = {
        "key": key,
        "rows": len(own),
        "without_area": int(area_m2.isna().sum()),
        "contacts": Sums.of(pairs["kind"], pairs["shared_m"].to_numpy()).written(),
        "faults": {},
    }
    if asked.rules:
        figures["faults"] = _faults(around, number, asked.rules, folder / "faults" / name)
    for column in (ALL, *asked.by):
        groups = own[column] if column != ALL else pd.Series([ALL] * len(own), dtype="str")
        figures[f"area.{column}"] = Sums.of(groups, area_m2.to_numpy()).written()
    with replacing(folder / "figures" / f"{name}.json") as path:
        path.write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")
    return figures


def _pairs(around: Near, number: int, asked: Asked) -> pd.DataFrame:
    """Return the contacts of pairs that belong here; left is the lesser id."""
    found = contacts_by_row(
        around.plots,
        tolerance_m=asked.tolerance_m,
        within_m=asked.within_m,
        min_shared_m=asked.min_shared_m,
    )
    left, right = found["left"].to_numpy(), found["right"].to_numpy()
    its = np.minimum(around.part[left], around.part[right]) == number
    ids = around.plots[ID_COLUMN]
    kept = found[its]
    return kept.assign(
        left=ids.take(left[its]).array,
        right=ids.take(right[its]).array,
        kind=pd.array(CONTACT_KINDS, dtype="str").take(kept["kind"].to_numpy()),
    ).reset_index(drop=True)


def _faults(around: Near, number: int, rules: tuple[str, ...], path: Path) -> dict[str, int]:
    """Write the faults of plots of which the first partition is this one, and count them."""
    part_of = dict(zip(around.plots[ID_COLUMN], around.part.tolist(), strict=True))
    found = [
        fault
        for fault in shape_faults(around.plots, rules)
        if min(part_of[parcel] for parcel in fault.parcels) == number
    ]
    frame = faults_frame(found, around.plots.crs)
    write_part(frame.astype({"value": "str"}), path.with_suffix(".parquet"))
    counts = frame["rule"].value_counts()
    return {str(rule): int(count) for rule, count in counts.items()}
