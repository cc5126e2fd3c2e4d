"""Say what a file is and how it was decoded, and convert it: read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from enping_gis.cli.options import (
    Crs,
    EncodingName,
    Form,
    Lang,
    LayerName,
    Parameters,
    refuse_input,
)
from enping_gis.cli.output import Format, Report, show, working
from enping_gis.crs import crs_name
from enping_gis.errors import InputError
from enping_gis.incoming import Setting
from enping_gis.inventory import Inventory
from enping_gis.messages import text
from enping_gis.reading import convert
from enping_gis.schema import synthetic_rows

_SHOWN = ["file", "layer", "driver", "encoding", "crs", "how", "parcels", "area_m2"]


def read(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help=text("help.source"))],
    out: Annotated[
        Optional[Path],  # noqa: UP045 - the form that typer knows on every Python
        typer.Option("-o", "--output", metavar="OUT", help=text("help.read_out")),
    ] = None,
    layer: LayerName = None,
    crs: Crs = None,
    encoding: EncodingName = None,
    parameters: Parameters = None,
    county: Annotated[
        Optional[str],  # noqa: UP045 - see above
        typer.Option("--county", metavar="W,S,E,N", help=text("help.county")),
    ] = None,
    inventory_file: Annotated[
        Optional[Path],  # noqa: UP045 - see above
        typer.Option("--inventory", metavar="FILE.gpkg", help=text("help.known")),
    ] = None,
    ledger: Annotated[
        Optional[Path],  # noqa: UP045 - see above
        typer.Option("--ledger", metavar="FILE", help=text("help.ledger")),
    ] = None,
    out_crs: Annotated[
        Optional[str],  # noqa: UP045 - see above
        typer.Option("--out-crs", metavar="CRS", help=text("help.out_crs")),
    ] = None,
    fields: Annotated[int, typer.Option("--fields", metavar="9|13", help=text("help.fields"))] = 9,
    prefix: Annotated[bool, typer.Option("--prefix/--no-prefix", help=text("help.prefix"))] = True,
    gcj02: Annotated[bool, typer.Option("--gcj02", help=text("help.gcj02"))] = False,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Say what a file is, and convert it."""
    del lang
    options: dict[str, Any] = {
        "layer": layer, "crs": crs, "encoding": encoding, "parameters": parameters,
        "county": None if county is None else _sides(county),
    }  # fmt: skip
    setting = None
    refuse_input(out, source, inventory_file, ledger)
    if inventory_file is not None:
        known = Inventory.open(inventory_file)
        setting = Setting(known.crs, known.places, known.meta.county_extent)
        options |= {"known": known.parcels, "county": options["county"] or setting.county}
    sink_options = {"crs": out_crs, "fields": fields, "prefix": prefix, "gcj02": gcj02}
    with working("cli.reading"):
        reading = convert(
            source, out, setting=setting, sink_options=sink_options, ledger=ledger, **options
        )
    rows = reading.account
    meta = {
        "input": str(source),
        "crs": crs_name(reading.parcels.crs),
        "method": "ellipsoidal",
        "as_of": None,
        "synthetic": int(synthetic_rows(reading.parcels).sum()),
        "rows_in": int(rows["rows_in"].sum()),
        "rows_out": int(rows["rows_out"].sum()),
    }
    if out is not None:
        meta["path"] = str(out)
    shown = rows if form is Format.json else rows[_SHOWN]
    last = "" if out is None else str(out)
    show(Report("read", shown, meta, None, reading.findings, last_line=last), form)
    if any(finding.severity == "error" for finding in reading.findings):
        raise typer.Exit(1)


def _sides(county: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = map(float, county.replace("\uff0c", ",").split(","))
    except ValueError:
        raise InputError("error.county", value=county) from None
    return west, south, east, north
