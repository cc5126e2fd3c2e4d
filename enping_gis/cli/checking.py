"""Find the faults of plots, ledger and events: check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import pandas as pd
import typer

from enping_gis.atomic import replacing
from enping_gis.check.checking import checked, chosen_rules
from enping_gis.check.rules import rules as all_rules
from enping_gis.check.writing import write_faults
from enping_gis.cli.options import AsOf, Crs, Form, Input, Lang, LayerName, opened, refuse_input
from enping_gis.cli.output import Format, Report, csv_text, json_text, show, working
from enping_gis.errors import InputError, OutputError
from enping_gis.messages import language, printable, text

if TYPE_CHECKING:
    import geopandas as gpd

    from enping_gis.inventory import Inventory

_ROWS = [
    "rule", "severity", "parcel_ids", "field", "value", "message_zh", "message_en", "cure",
    "x", "y", "size", "unit", "tolerance", "case", "cure_zh", "cure_en",
]  # fmt: skip
_SEVERITIES = {"error": "errors", "warning": "warnings", "info": "notes"}
_KINDS = (".csv", ".geojson", ".gpkg", ".json", ".xlsx")
# So many of one rule are printed; files have them all.
_SHOWN = 20
_IDS_SHOWN = 5
_METRE_DECIMALS, _SIZE_DECIMALS = 3, 4


def check(
    input_: Input = None,
    rules: Annotated[
        Optional[str],  # noqa: UP045 - the form that typer knows on every Python
        typer.Option("--rules", metavar="G1,T1", help=text("help.rules")),
    ] = None,
    ledger: Annotated[
        Optional[Path],  # noqa: UP045 - see above
        typer.Option("--ledger", metavar="FILE", help=text("help.check_ledger")),
    ] = None,
    output: Annotated[
        Optional[Path],  # noqa: UP045 - see above
        typer.Option("-o", "--output", metavar="OUT", help=text("help.check_out")),
    ] = None,
    as_of: AsOf = None,
    crs: Crs = None,
    layer: LayerName = None,
    form: Form = Format.table,
    lang: Lang = None,
) -> None:
    """Find faults, and name the cure of each."""
    del lang
    if output is not None and output.suffix.casefold() not in _KINDS:
        raise OutputError("error.output_kind", path=output, known=", ".join(_KINDS))
    refuse_input(output, input_, ledger)
    if rules is not None and not chosen_rules(rules):
        raise InputError("error.rule", value=rules, known=", ".join(all_rules()))
    inventory = opened(input_, as_of=as_of, crs=crs, layer=layer)
    with working("cli.checking"):
        # What the rules have an answer for is said once, as a row.
        found, noticed = checked(inventory, rules, ledger)
    summary = _summary(found)
    meta: dict[str, Any] = {
        "rules": list(chosen_rules(rules)),
        "parcels": len(inventory.parcels),
        "counts": {name: int(summary[name].sum()) for name in _SEVERITIES.values()},
    }
    if ledger is not None:
        meta["ledger"] = str(ledger)
    if output is not None:
        meta["path"] = str(output)
    last = text("check.clean", n=len(inventory.parcels)) if found.empty else ""
    if output is not None:
        last = "\n".join(filter(None, [last, str(output)]))
    whole = Report("check", _rows(found), meta, inventory, noticed, last_line=last)
    if output is not None:
        _write(found, output, whole)
    if form is Format.table:
        _print_by_rule(found)
        shown = summary if len(summary) else summary[[]]
        show(Report("check", shown, meta, inventory, noticed, last_line=last), form)
    else:
        show(whole, form)
    if (found["severity"] == "error").any():
        raise typer.Exit(1)


def _rows(found: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = pd.DataFrame(found[_ROWS])
    rows[["x", "y"]] = rows[["x", "y"]].astype(float).round(_METRE_DECIMALS)
    rows["size"] = rows["size"].astype(float).round(_SIZE_DECIMALS)
    return rows


def _summary(found: gpd.GeoDataFrame) -> pd.DataFrame:
    """Count what each rule found, by severity."""
    rows = []
    for code in dict.fromkeys(found["rule"]):
        own = found.loc[found["rule"] == code, "severity"]
        counts = {name: int((own == severity).sum()) for severity, name in _SEVERITIES.items()}
        rows.append({"rule": code, "label": _named(code), **counts})
    return pd.DataFrame(rows, columns=["rule", "label", *_SEVERITIES.values()])


def _named(code: str) -> str:
    rule = all_rules()[code]
    return rule.zh if language() == "zh" else rule.en


def _print_by_rule(found: gpd.GeoDataFrame) -> None:
    """Print findings under their rules; one cure for several stands once below them."""
    lang = language()
    for code in dict.fromkeys(found["rule"]):
        mine = found[found["rule"] == code]
        typer.echo(text("check.rule_head", rule=code, name=_named(code), n=len(mine)))
        shown = mine.head(_SHOWN)
        cures = shown[f"cure_{lang}"].tolist()
        for at, row in enumerate(shown.to_dict("records")):
            severity = text(f"severity.{row['severity']}")
            typer.echo(f"  {severity}  {printable(row[f'message_{lang}'])}")
            if at + 1 == len(cures) or cures[at + 1] != cures[at]:
                typer.echo(text("check.cure_line", cure=printable(cures[at])))
        if len(mine) > len(shown):
            typer.echo(text("check.more", n=len(mine) - len(shown)))
        typer.echo("")


def _write(found: gpd.GeoDataFrame, output: Path, whole: Report) -> None:
    kind = output.suffix.casefold()
    if kind == ".json":
        _write_text(output, json_text(whole))
    elif kind == ".csv":
        # Excel takes a file without this mark for one of the system's own encoding.
        _write_text(output, "\ufeff" + csv_text(whole.rows))
    else:
        write_faults(found, output, title=_title(whole.inventory))


def _write_text(output: Path, content: str) -> None:
    with replacing(output) as temporary:
        temporary.write_text(content, encoding="utf-8", newline="")


def _title(inventory: Inventory | None) -> str:
    if inventory is None:
        return ""
    return text(
        "check.title", name=inventory.meta.name or "demo", as_of=inventory.as_of.isoformat()
    )
