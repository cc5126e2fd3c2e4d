"""Merge plots into one: the old ones are kept with their files, the new one goes on from them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.errors import InputError
from enping_gis.findings import Finding
from enping_gis.intake.meaning.wording import found_parcel
from enping_gis.lifecycle.dividing import TOLERANCE_M, replaced
from enping_gis.lifecycle.heirs import (
    day_of_change,
    effective_events,
    fitted,
    handed_on,
    told_of_change,
    with_events,
    with_links,
)
from enping_gis.measure.areas import area
from enping_gis.measure.cutting.clipping import areal, repaired
from enping_gis.measure.cutting.cut import mean_width_m
from enping_gis.measure.standing import stated_m2, status_on
from enping_gis.messages import text
from enping_gis.schema import LIST_SEPARATOR, table
from enping_gis.status import OPEN_STATUSES
from enping_gis.units import M2_PER_HA, M2_PER_MU, as_typed
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from enping_gis.inventory import Inventory
    from enping_gis.schema import Column

# An id of more than so many others is no longer read as such.
_IDS_JOINED = 3
_AT_LEAST = 2
# Shapes that lie so near each other touch: overlays move corners by far less.
_TOUCHING_M = 1e-4
# Of several bases, the last of these says what the whole is.
_BASES = ("stated", "inferred", "synthetic")
_PLACES = ("town", "responsible")
# Where one of several plots does not tell, nothing is known of the whole; these are of all that do.
_TEXTS_OF_ALL = frozenset({"holder", "source", "mechanism", "blockers"})
_DAYS = frozenset({"start_by", "complete_by"})


def merged_plots(
    inventory: Inventory,
    parcels: Sequence[str],
    *,
    day: date | str,
    parcel_id: str | None = None,
    name: str | None = None,
    **words: str,
) -> Inventory:
    """
    Merge plots into one that goes on in their place.

    From the day on, the old plots stand no longer (`valid_to`), and the new one stands in their
    place (`valid_from`, `parents`), with their united ground, the sum of their ledger figures and
    their files: either side has an event `merged`, and the events that made the old plots what
    they are are handed on, so that totals by status stay what they were. Events of plots that
    stand no longer count no more. A plot has one status, so all have to be in the same, or some
    revitalised and all others in the same open one: then that part of the new plot is done.

    Parameters
    ----------
    inventory : Inventory
        The inventory, which stays as it is.
    parcels : sequence of str
        Id, name or alias of two plots or more that stand on `day`. Gaps of less than 0.2 m
        between them are closed.
    day : datetime.date or str
        Since when the new plot stands; not after today, and not before an event of the plots
        that bears on their status.
    parcel_id : str, optional
        Id of the new plot; by default those of the old ones joined by ``+``.
    name : str, optional
        Its name; by default those of the old ones.
    **words : str
        `actor`, `note` and `document` of the events.

    Returns
    -------
    Inventory
        The inventory after the merger, not yet saved. What the plots do not agree on is left
        open; of several places the largest plot's is taken, of several terms of contract the
        strictest, and findings say so.

    Raises
    ------
    ParcelError
        No plot fits a name, or several do.
    InputError
        Fewer than two plots, statuses that do not go together, an id that is taken, or a plot
        without shape.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> demo = Inventory.demo()
    >>> after = merged_plots(demo, ["EP100", "EP101"], day="2023-03-30")
    >>> new = after.parcels[after.parcels["parents"] == "EP100;EP101"].iloc[0]
    >>> new["parcel_id"], len(after.parcels)
    ('EP100+EP101', 118)
    >>> merged_plots(demo, [], day="2023-03-30")
    Traceback (most recent call last):
    ...
    enping_gis.errors.InputError: ...
    """
    when = day_of_change(day)
    view = inventory.on(when)
    old = list(dict.fromkeys(found_parcel(view.parcels, each) for each in parcels))
    if len(old) < _AT_LEAST:
        known = ", ".join(old) or "-"
        raise InputError("error.merge_count", n=len(old), known=known)
    heir = _free_id(inventory, old, parcel_id)
    rows = view.parcels.set_index("parcel_id", drop=False).loc[old]
    standing = status_on(replace(view, tables=view.tables | {"parcels": rows}))
    status = _status(standing)
    events = effective_events(inventory, old, when)
    row, findings = _row(inventory, rows, heir)
    row = row.assign(
        valid_from=when.isoformat(), valid_to=None, parents=LIST_SEPARATOR.join(old),
        name=_said(rows["name"]) if name is None else name,
    )  # fmt: skip
    plot = {
        "parcel_id": heir,
        "area_m2": area(row, method=inventory.meta.area_method).iloc[0],
        "stated_m2": stated_m2(row).iloc[0],
        "status": status,
    }
    complete = bool((standing["rest_m2"] <= 0).all() and (standing["done_m2"] > 0).all())
    own = fitted(
        handed_on(_counted(events, standing, rows, status), heir), when, plot, complete=complete
    )
    known = text("list_mark").join(old)
    said = dict.fromkeys(old, text("lifecycle.merged_into", known=heir))
    said |= {heir: text("lifecycle.merged_from", known=known)}
    frames = with_links(inventory, {each: [heir] for each in old})
    frames["parcel_projects"] = frames["parcel_projects"].drop_duplicates(ignore_index=True)
    frames["agreements"], terms = _terms(frames["agreements"], heir)
    frames["events"] = with_events(inventory, [own, told_of_change("merged", said, when, words)])
    frames["parcels"] = replaced(inventory, old, row, when)
    found = (*inventory.findings, *findings, *terms)
    return replace(inventory, tables=inventory.tables | frames, findings=found)


def _free_id(inventory: Inventory, old: Sequence[str], wish: str | None) -> str:
    taken = {*inventory.tables["parcels"]["parcel_id"], None, ""}
    if wish is not None:
        if wish in taken:
            raise InputError("error.divide_id", value=wish)
        return wish
    first = "+".join(old) if len(old) <= _IDS_JOINED else f"{old[0]}+{len(old) - 1}"
    heir, number = first, 1
    while heir in taken:
        number += 1
        heir = f"{first}-{number}"
    return heir


def _status(standing: pd.DataFrame) -> str:
    """Return the status of what plots make together."""
    statuses = list(dict.fromkeys(standing["status"]))
    still = [each for each in statuses if each != "revitalised"] or statuses
    if len(still) > 1 or (len(statuses) > 1 and still[0] not in OPEN_STATUSES):
        known = ", ".join(
            f"{parcel} {label('status', status)}" for parcel, status in standing["status"].items()
        )
        raise InputError("error.merge_status", known=known)
    return str(still[0])


def _counted(
    events: pd.DataFrame, standing: pd.DataFrame, rows: gpd.GeoDataFrame, status: str
) -> pd.DataFrame:
    """Return the events that count for the whole; what was done has the area that it had then."""
    ledger_m2 = stated_m2(rows)
    whole_m2 = standing["area_m2"].clip(upper=ledger_m2.where(ledger_m2 > 0))
    left_m2 = dict(zip(standing.index, whole_m2.tolist(), strict=True))
    areas_m2 = []
    for parcel, kind, part_m2 in zip(
        events["parcel_id"], events["kind"], events["area_m2"], strict=True
    ):
        done_m2 = part_m2
        if kind == "revitalised":
            done_m2 = max(left_m2[parcel], 0.0) if pd.isna(part_m2) else part_m2
            left_m2[parcel] -= max(done_m2, 0.0)
        areas_m2.append(done_m2)
    finished = events["parcel_id"].map(standing["status"]) != status
    known = events.assign(area_m2=pd.Series(areas_m2, index=events.index, dtype="float64"))
    return known[~finished | (events["kind"] == "revitalised")]


def _row(
    inventory: Inventory, rows: gpd.GeoDataFrame, heir: str
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Return the row of the new plot, and what the old ones do not agree on."""
    row = rows.iloc[[0]].reset_index(drop=True)
    row = row.set_geometry(gpd.GeoSeries([_ground(rows)], crs=inventory.crs))
    columns = table("parcels").columns
    cells = {column.name: _cell(rows, column) for column in columns}
    for extra in row.columns.drop([*cells, "geometry"]):
        cells[extra] = rows[extra].iloc[0] if _agree(rows[extra]) else None
    names = [*rows["name"].dropna(), *rows["aliases"].dropna()]
    cells["aliases"] = _joined(names)
    cells["parcel_id"] = heir
    largest = rows["parcel_id"].iloc[int(np.argmax(rows.geometry.area))]
    findings = []
    for column in columns:
        if column.name in _PLACES and not _agree(rows[column.name]):
            code = rows.loc[largest, column.name]
            cells[column.name] = code
            findings.append(
                Finding("merge_place", "warning", parcel=heir, value=inventory.place_name(code),
                        values={"field": column})
            )  # fmt: skip
    cells |= _ledger(rows)
    return row.assign(**cells), findings


def _agree(cells: pd.Series[Any]) -> bool:
    return len(cells.drop_duplicates()) <= 1


def _cell(rows: gpd.GeoDataFrame, column: Column) -> Any:  # noqa: ANN401 - a cell
    """Return what plots say together."""
    cells = rows[column.name]
    if column.type == "bool":
        return bool(cells.any())
    if column.type == "float":
        return cells.sum(skipna=False)
    if column.name.endswith("_basis"):
        known = [each for each in _BASES if each in set(cells)]
        return known[-1] if known else None
    if column.name in _TEXTS_OF_ALL:
        return _joined(cells.dropna())
    return cells.iloc[0] if _agree(cells) else None


def _joined(cells: Sequence[str] | pd.Series[str]) -> str | None:
    """Join lists to one, each entry once."""
    entries = [each.strip() for cell in cells for each in cell.split(LIST_SEPARATOR)]
    return LIST_SEPARATOR.join(dict.fromkeys(filter(None, entries))) or None


def _said(names: pd.Series[str]) -> str | None:
    return text("list_mark").join(dict.fromkeys(names.dropna())) or None


def _ledger(rows: gpd.GeoDataFrame) -> dict[str, float]:
    """Add the ledger figures up exactly; mu is the primary one."""
    mu: list[Fraction | None] = []
    for in_mu, in_ha in zip(rows["stated_mu"], rows["stated_ha"], strict=True):
        in_m2 = None if pd.isna(in_ha) else as_typed(float(in_ha)) * M2_PER_HA
        own = None if in_m2 is None else in_m2 / M2_PER_MU
        mu.append(own if pd.isna(in_mu) else as_typed(float(in_mu)))
    ha = [None if pd.isna(each) else as_typed(float(each)) for each in rows["stated_ha"]]
    known = [each for each in mu if each is not None]
    known_ha = [each for each in ha if each is not None]
    return {
        "stated_mu": float(sum(known, Fraction(0))) if len(known) == len(mu) else np.nan,
        "stated_ha": float(sum(known_ha, Fraction(0))) if len(known_ha) == len(ha) else np.nan,
    }


def _ground(rows: gpd.GeoDataFrame) -> shapely.MultiPolygon:
    """Unite the shapes of plots, and close the strips between them that are no wider than noise."""
    shapes = shapely.force_2d(areal(rows.geometry.to_numpy()))
    for parcel, shape in zip(rows["parcel_id"], shapes, strict=True):
        if shape.is_empty or not shape.is_valid:
            raise InputError("error.divide_shape", parcel=parcel)
    whole = shapely.union_all(shapes)
    half_m = TOLERANCE_M / 2
    closed = whole.buffer(half_m, join_style="mitre").buffer(-half_m, join_style="mitre")
    strips = shapely.get_parts(areal(np.array([closed.difference(whole)], dtype=object)))
    near = shapely.distance(strips[:, None], shapes[None, :]) < _TOUCHING_M
    strips = strips[(near.sum(axis=1) >= _AT_LEAST) & (mean_width_m(strips) <= TOLERANCE_M)]
    if len(strips):
        whole = _without_cracks(shapes, shapely.union_all([whole, *strips]))
    whole = shapely.remove_repeated_points(whole, _TOUCHING_M)
    return shapely.multipolygons(shapely.get_parts(areal(np.array([whole], dtype=object))))


def _without_cracks(shapes: Any, filled: shapely.Geometry) -> shapely.Geometry:  # noqa: ANN401 - an array of shapes
    """
    Unite shapes whose boundaries were laid upon each other.

    Ground with its cracks filled keeps corners as near as the cracks were wide; so it is only the
    measure of what is right, and what is returned where corners cannot be moved.
    """
    whole = shapes[0]
    for shape in shapes[1:]:
        moved = shapely.snap(shape, whole, TOLERANCE_M)
        whole = shapely.union_all(
            repaired(np.array([shapely.snap(whole, moved, TOLERANCE_M), moved]))
        )
    off = shapely.symmetric_difference(whole, filled)
    same = len(shapely.get_parts(whole)) == len(shapely.get_parts(filled))
    return (
        whole
        if same and mean_width_m(shapely.get_parts(off)).max(initial=0) <= TOLERANCE_M
        else filled
    )


def _terms(agreements: pd.DataFrame, heir: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Keep one row of each term for the new plot: the strictest, lest an obligation be lost."""
    mine = agreements["parcel_id"] == heir
    kept, findings = [], []
    for indicator, rows in agreements[mine].groupby("indicator", sort=False):
        earliest = indicator in _DAYS
        row = rows.sort_values("agreed", ascending=earliest, kind="stable").iloc[[0]]
        for column in ("actual", "as_of"):
            if not _agree(rows[column]):
                # What each plot reached says nothing of the whole.
                row = row.assign(**{column: np.nan if column == "actual" else None})
        kept.append(row)
        if not _agree(rows["agreed"].dropna()):
            findings.append(
                Finding("merge_terms", "warning", parcel=heir, value=f"{row['agreed'].iloc[0]:g}",
                        values={"field": _Indicator(str(indicator))})
            )  # fmt: skip
    frame = pd.concat([agreements[~mine], *kept], ignore_index=True)
    return frame, findings


class _Indicator:
    """Name an indicator in the language of the message it stands in."""

    def __init__(self, code: str) -> None:
        self.code = code

    def heading(self, lang: Any) -> str:  # noqa: ANN401 - a language
        return label("agreement_indicator", self.code, lang)
