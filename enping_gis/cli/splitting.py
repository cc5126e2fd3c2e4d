"""Cut plots along the lines of towns, and say what each town has: split."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import geopandas as gpd
import numpy as np
import pandas as pd
import typer

from enping_gis.cells import as_texts
from enping_gis.cli.options import (
    AsOf,
    Crs,
    Form,
    Input,
    Lang,
    LayerName,
    ToleranceM,
    opened,
    refuse_input,
)
from enping_gis.cli.output import Format, Report, show, tell, working
from enping_gis.crs import transformed
from enping_gis.errors import InputError, SchemaError, SourceError
from enping_gis.export.write import write
from enping_gis.findings import Finding
from enping_gis.incoming import wished
from enping_gis.intake.meaning.standard import standard_places
from enping_gis.intake.stream import layers
from enping_gis.measure.split import split as split_of
from enping_gis.measure.split import split_totals
from enping_gis.messages import text
from enping_gis.schema import recognised_columns
from enping_gis.units import AREA_UNITS, M2, half_up, printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.intake.raw import RawLayer
    from enping_gis.inventory import Inventory

_ROWS = ["parcel_id", "name", "part", "key", "label", "area_m2", "area_ha", "area_mu", "share"]
# What a file of parts says of its plots, so that it stays plain what is real.
_OF_PLOT = ["name", "source", "schematic", "area_basis", "town_basis", "geometry_basis"]
_SHARE_DECIMALS = 4


@dataclass(frozen=True)
class _Outlines:
    """What plots are cut along, and what each polygon is called."""

    frame: gpd.GeoDataFrame
    key: str
    labels: dict[str, str]
    schematic: bool
    findings: tuple[Finding, ...] = ()


def split(
    input_: Input = None,
    by: Annotated[
        Optional[Path],  # noqa: UP045 - the form that typer knows on every Python
        typer.Option("--by", metavar="LAYER", help=text("help.split_by")),
    ] = None,
    output: Annotated[
        Optional[Path],  # noqa: UP045 - see above
        typer.Option("-o", "--output", metavar="OUT", help=text("help.split_out")),
    ] = None,
    key: Annotated[
        Optional[str],  # noqa: UP045 - see above
        typer.Option("--key", metavar="COLUMN", help=text("help.split_key")),
    ] = None,
    by_layer: Annotated[
        Optional[str],  # noqa: UP045 - see above
        typer.Option("--by-layer", help=text("help.split_by_layer")),
    ] = None,
    sliver_m: Annotated[float, typer.Option("--sliver", help=text("help.sliver"))] = 0.001,
    tolerance_m: ToleranceM = 0.2,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Cut plots that cross a line, and share their areas."""
    del lang
    refuse_input(output, input_, by)
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    outlines = _of_places(inventory) if by is None else _of_file(by, by_layer, key, inventory)
    with working("cli.splitting"):
        parts = split_of(
            inventory.parcels, outlines.frame, key=outlines.key,
            method=inventory.meta.area_method, tolerance_m=tolerance_m, sliver_m=sliver_m,
        )  # fmt: skip
    result = split_totals(parts, labels=outlines.labels)
    findings = [*inventory.findings, *outlines.findings, *_noticed(parts, outlines)]
    findings += [Finding("no_area", "error", parcel=parcel) for parcel in result.without_area]
    named = _named(parts, inventory, outlines)
    if output is not None:
        findings += write(named, output)
    noted = parts["parcel_id"].duplicated(keep=False) | parts["key"].isna()
    meta: dict[str, Any] = {
        "by": "places" if by is None else str(by),
        "schematic": outlines.schematic,
        "tolerance_m": tolerance_m,
        "sliver_m": sliver_m,
        "parts": len(parts),
        "cut": int(parts.loc[parts["part"] > 1, "parcel_id"].nunique()),
        "total": result.total,
        "groups": result.rows.to_dict("records"),
    }
    if output is not None:
        meta["path"] = str(output)
    total = {"label": text("total"), **result.total}
    last = "" if output is None else str(output)
    # Only what is cut, or lies in no town, is news; a program may want all parts.
    rows = _as_printed(named[noted] if form is Format.table else named)
    if form is Format.table and rows.empty:
        tell(text("split.none"))
        rows = rows[[]]
    show(Report("split", rows, meta, inventory, findings, total, last, groups=result.rows), form)


def _of_places(inventory: Inventory) -> _Outlines:
    places = inventory.places[inventory.places["kind"] != "park"]
    if places.empty:
        raise InputError("error.split_no_towns")
    labels = {code: inventory.place_name(code) for code in places["place"]}
    return _Outlines(places, "place", labels, bool(places["schematic"].any()))


def _of_file(by: Path, layer: str | None, key: str | None, inventory: Inventory) -> _Outlines:
    """Read the areas of a file: as towns where it knows their codes, else by their names."""
    wish = wished(layer=layer, county=inventory.meta.county_extent, table="places")
    with working("cli.reading"):
        raws = list(layers(by, wish))
    drawn = [(raw, raw.decision.crs) for raw in raws if raw.decision is not None]
    if not drawn:
        known = ", ".join(raw.layer for raw in raws) or "-"
        raise SourceError("error.no_polygons", path=by, known=known)
    findings = tuple(finding for raw in raws for finding in raw.findings)
    read = [standard_places(raw, inventory.crs) for raw, _ in drawn]
    if key is None and not any(lost for _, lost in read):
        places = pd.concat([rows for rows, _ in read], ignore_index=True)
        used = places[places["kind"] != "park"]
        labels = dict(zip(used["place"], used["name"], strict=True))
        return _Outlines(used, "place", labels, bool(used["schematic"].any()), findings)
    frames = []
    for raw, given in drawn:
        shapes = transformed(raw.frame.geometry.to_numpy(), given, inventory.crs)
        frames.append(gpd.GeoDataFrame({"key": _names(raw, key)}, geometry=list(shapes)))
    frame = pd.concat(frames, ignore_index=True).set_crs(inventory.crs)
    return _Outlines(frame, "key", {}, schematic=False, findings=findings)


def _names(raw: RawLayer, key: str | None) -> pd.Series[str]:
    """Return what the areas of a layer are called: in the column asked for, else where all are."""
    places, plots = (recognised_columns(name, raw.columns) for name in ("places", "parcels"))
    likely = [places.get("place"), places.get("name"), plots.get("parcel_id"), plots.get("name")]
    for column in [key] if key is not None else likely:
        if column in raw.frame and (key is not None or as_texts(raw.frame[column]).notna().all()):
            return as_texts(raw.frame[column])
    known = ", ".join(raw.columns) or "-"
    raise SchemaError("error.split_key", value=key or "-", known=known)


def _noticed(parts: pd.DataFrame, outlines: _Outlines) -> Iterator[Finding]:
    """Say what about the result is less than plain."""
    if outlines.schematic:
        yield Finding("split_schematic", "warning")
    for rule, column in (("split_moved", "moved_m2"), ("split_contested", "contested_m2")):
        area_m2 = printed(float(parts[column].sum()), M2)
        if area_m2 > 0:
            plots = parts.loc[parts[column] > 0, "parcel_id"].nunique()
            yield Finding(rule, "info", value=str(area_m2), values={"n": plots})
    nowhere = parts[parts["key"].isna()]
    if len(nowhere):
        area_m2 = printed(float(nowhere["unrounded_m2"].sum()), M2)
        yield Finding("split_nowhere", "warning", value=str(area_m2), values={"n": len(nowhere)})
    for parcel in parts.loc[parts["repaired"], "parcel_id"].unique():
        yield Finding("split_repaired", "warning", parcel=parcel)


def _named(parts: gpd.GeoDataFrame, inventory: Inventory, outlines: _Outlines) -> gpd.GeoDataFrame:
    """Put beside each part what is known of its plot and of its town."""
    plots = inventory.parcels.set_index("parcel_id")[_OF_PLOT].loc[parts["parcel_id"]]
    labels = [
        text("split.nowhere") if pd.isna(key) else outlines.labels.get(key, key)
        for key in parts["key"]
    ]
    columns = {name: plots[name].to_numpy() for name in _OF_PLOT}
    columns["part"] = parts["part"].to_numpy(dtype="int32")  # a FileGDB has no longer integers
    named = parts.assign(label=labels, key_schematic=outlines.schematic, **columns)
    first = [*_ROWS, *(name for name in named if name not in {*_ROWS, "geometry"})]
    return named[[*first, "geometry"]]


def _as_printed(parts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the decimals that are printed."""
    rows = pd.DataFrame(parts[_ROWS])
    for unit in AREA_UNITS:
        rows[f"area_{unit.code}"] = [
            None if np.isnan(figure) else half_up(figure, unit.decimals)
            for figure in rows[f"area_{unit.code}"]
        ]
    rows["share"] = [half_up(share, _SHARE_DECIMALS) for share in rows["share"]]
    return rows
