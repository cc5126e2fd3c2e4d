"""Join the rows of a ledger to plots, by code or by name, and name what finds no partner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.findings import Finding
from enping_gis.schema import LIST_SEPARATOR, conformed, table
from enping_gis.vocabulary import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd

# What says where a shape and its code are from stays with the shape.
_OWN = frozenset({"parcel_id", "geometry", "geometry_basis", "aliases"})
_SHOWN = 5


def joined(
    parcels: gpd.GeoDataFrame,
    ledger: pd.DataFrame,
    *,
    where: Mapping[str, Any] | None = None,
    rows: Sequence[int] | None = None,
    numbered: bool = False,
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """
    Fill the attributes of plots from a ledger; geometry and codes stay.

    A row belongs to the plot of its code; without one, to the only plot that has its name or
    an alias. Cells of the ledger replace those of the plot, blank ones leave it alone. A plot
    found by its code takes the ledger's name and keeps the old one among the aliases.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Table ``parcels``.
    ledger : pandas.DataFrame
        The same table without geometry.
    where : mapping of str to Any, optional
        File and layer of the ledger, for the findings.
    rows : sequence of int, optional
        Row of the sheet for each row of the ledger, for the findings.
    numbered : bool
        The codes of the ledger are mere row numbers, as it has none of its own.

    Returns
    -------
    parcels : geopandas.GeoDataFrame
        The plots, in their order, with the further columns of the ledger.
    findings : tuple of Finding
        Rows that fit no plot, several plots, or a plot that another row has (warning); plots
        without a row (warning); columns whose cells were replaced (info).

    Examples
    --------
    >>> import geopandas as gpd
    >>> plot = conformed(
    ...     gpd.GeoDataFrame({"parcel_id": ["a"]}, geometry=[None], crs=4546), "parcels"
    ... )
    >>> rows = conformed(pd.DataFrame({"parcel_id": ["a"], "holder": ["鑫发"]}), "parcels")
    >>> joined(plot, rows)[0]["holder"].tolist()
    ['鑫发']
    >>> [each.rule for each in joined(plot, rows.iloc[:0])[1]]
    ['parcel_unmatched']
    """
    result = parcels.reset_index(drop=True)
    told = ledger.reset_index(drop=True)
    place = dict(where or {})
    partners, left = _partners(result, told, numbered=numbered)
    findings = [_about(rule, told.iloc[row], known, place, rows[row] if rows is not None else None)
                for row, rule, known in left]  # fmt: skip
    names = zip(result["parcel_id"], result["name"], strict=True)
    findings += [
        Finding("parcel_unmatched", "warning", parcel=str(each), field="parcel_id",
                value=str(name or each), **place)
        for position, (each, name) in enumerate(names)
        if position not in partners
    ]  # fmt: skip
    result, replaced = _filled(result, told, partners, place)
    columns = [*result.columns.drop("geometry"), "geometry"]
    return conformed(result[columns], "parcels"), (*findings, *replaced)


def _partners(
    parcels: gpd.GeoDataFrame, ledger: pd.DataFrame, *, numbered: bool
) -> tuple[dict[int, int], list[tuple[int, str, list[str]]]]:
    """Return position of a plot -> position of its row, and the rows that are left, with why."""
    ids = list(map(str, parcels["parcel_id"]))
    codes = _positions([each] for each in ids)
    names = _positions(_names(parcels))
    partners: dict[int, int] = {}
    left: list[tuple[int, str, list[str]]] = []
    for position, (code, wordings) in enumerate(
        zip(ledger["parcel_id"], _names(ledger), strict=True)
    ):
        found = [] if numbered else codes.get(normalised(code), [])
        if not found:
            keys = {normalised(each) for each in wordings} - {""}
            found = sorted({plot for key in keys for plot in names.get(key, [])})
        if len(found) != 1:
            rule = "ledger_ambiguous" if found else "ledger_unmatched"
            left.append((position, rule, [ids[each] for each in found]))
        elif found[0] in partners:
            left.append((position, "ledger_repeated", [ids[found[0]]]))
        else:
            partners[found[0]] = position
    return partners, left


def _names(frame: pd.DataFrame) -> Iterable[list[str]]:
    for name, aliases in zip(frame["name"], frame["aliases"], strict=True):
        yield [str(name or ""), *str(aliases or "").split(LIST_SEPARATOR)]


def _positions(wordings: Iterable[Iterable[object]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for position, several in enumerate(wordings):
        for key in {normalised(each) for each in several} - {""}:
            found.setdefault(key, []).append(position)
    return found


def _about(
    rule: str, row: pd.Series[Any], known: list[str], where: dict[str, Any], number: int | None
) -> Finding:
    shown = ", ".join([*known[:_SHOWN], *["…"] * (len(known) > _SHOWN)])
    said = " ".join(str(each) for each in (row["parcel_id"], row["name"]) if each)
    return Finding(
        rule,
        "warning",
        row=None if number is None else int(number),
        parcel=str(row["parcel_id"] or ""),
        value=said,
        values={"known": shown},
        **where,
    )


def _filled(
    parcels: gpd.GeoDataFrame,
    ledger: pd.DataFrame,
    partners: dict[int, int],
    where: dict[str, Any],
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    flags = {column.name for column in table("parcels").columns if column.type == "bool"}
    plots = list(partners)
    rows = ledger.iloc[[partners[plot] for plot in plots]]
    findings = []
    before = parcels["name"].tolist()
    for name in ledger.columns:
        if name in _OWN:
            continue
        given = rows[name].tolist()
        # A flag that is not set is one that the ledger does not have.
        says = [bool(each) if name in flags else normalised(each) != "" for each in given]
        if name == "name":
            # A name by which the plot was found, such as an alias, is no new name for it.
            codes = zip(rows["parcel_id"], parcels["parcel_id"].iloc[plots], strict=True)
            is_coded = [normalised(code) == normalised(plot_id) for code, plot_id in codes]
            says = [said and coded for said, coded in zip(says, is_coded, strict=True)]
        told = [
            (plot, cell) for plot, cell, is_said in zip(plots, given, says, strict=True) if is_said
        ]
        cells = parcels[name].tolist() if name in parcels else [None] * len(parcels)
        changed = [
            (plot, cell) for plot, cell in told
            if normalised(cells[plot]) not in {"", normalised(cell)} and name not in flags
        ]  # fmt: skip
        for plot, cell in told:
            cells[plot] = cell
        same = name in parcels and parcels[name].dtype == rows[name].dtype
        dtype = rows[name].dtype if same else ("object" if told or name not in parcels else None)
        parcels = parcels.assign(**{name: pd.Series(cells, index=parcels.index, dtype=dtype)})
        if changed:
            plot, cell = changed[0]
            plot_id = str(parcels["parcel_id"].iloc[plot])
            findings.append(
                Finding("ledger_replaced", "info", field=name, value=str(cell), parcel=plot_id,
                        values={"n": len(changed)}, **where)
            )  # fmt: skip
    return parcels.assign(aliases=_aliases(parcels, before, ledger, partners)), findings


def _aliases(
    parcels: gpd.GeoDataFrame, before: list[object], ledger: pd.DataFrame, partners: dict[int, int]
) -> list[object]:
    """Return the aliases of both sides, and the name that a plot had before."""
    merged: list[object] = parcels["aliases"].tolist()
    for plot, row in partners.items():
        own = str(merged[plot] or "").split(LIST_SEPARATOR)
        told = str(ledger["aliases"].iloc[row] or "").split(LIST_SEPARATOR)
        now = normalised(parcels["name"].iloc[plot])
        known = {normalised(each): each for each in (*own, *told, str(before[plot] or ""))}
        kept = [each for key, each in known.items() if key and key != now]
        merged[plot] = LIST_SEPARATOR.join(kept) or None
    return merged
