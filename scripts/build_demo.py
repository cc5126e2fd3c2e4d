"""
Build ``data/demo``: the demonstration inventory of 119 plots, as of 2023-03-30.

Run ``python scripts/build_demo.py`` to write the files, with ``--check`` to compare a rebuild
with them: geometry within 1e-6 m, everything else exactly.
"""

from __future__ import annotations

import argparse
import json
import sys
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
# A script run by its path does not see the checkout otherwise.
sys.path.insert(0, str(ROOT))

from enping_gis.schema import table
from enping_gis.store.chain import chained
from scripts.demo.article import (
    article_documents,
    article_parcels,
    article_statements,
)
from scripts.demo.layout import geometries
from scripts.demo.ledger import agreements, projects, targets, teams
from scripts.demo.lives import (
    AS_OF,
    all_events,
    printed_area_m2,
    synthetic_parcels,
)
from scripts.demo.sites import SEED, area_mu
from scripts.layers import (
    Layer,
    layer_differences,
    sha256,
    table_text,
    text_differences,
)

EPSG = 4546
METRE_DECIMALS = 7
M2_PER_HA = 10_000


def parcel_layer() -> Layer:
    """
    Build the plots.

    Returns
    -------
    Layer
        Table "parcels" in EPSG:4546.
    """
    shapes = geometries()
    rows = [_parcel(row) for row in (*article_parcels(), *synthetic_parcels())]
    return Layer("parcels", EPSG, METRE_DECIMALS, rows, [shapes[row["parcel_id"]] for row in rows])


def tables() -> dict[str, str]:
    """
    Build the tables without geometry.

    Returns
    -------
    dict of str to str
        Name of the table -> content of its CSV file.
    """
    all_projects, parcel_projects = projects()
    rows: dict[str, list[dict[str, Any]]] = {
        "projects": all_projects,
        "parcel_projects": parcel_projects,
        "events": _chained_events(),
        "targets": targets(),
        "agreements": agreements(),
        "statements": article_statements(),
        "teams": teams(),
        "documents": article_documents(),
    }
    return {name: table_text(table(name).names, each) for name, each in rows.items()}


def index_text(files: dict[str, str]) -> str:
    """
    Write down what the inventory is.

    Parameters
    ----------
    files : dict of str to str
        File name -> content.

    Returns
    -------
    str
        Content of ``index.json``.
    """
    records = [
        {
            "file": name,
            "table": name.split(".")[0],
            "rows": _rows(name, text),
            "sha256": sha256(text),
        }
        for name, text in files.items()
    ]
    index = {
        "name": "恩平市低效产业用地演示库存（合成） / Enping demonstration inventory (synthetic)",
        "as_of": AS_OF.isoformat(),
        "crs": f"EPSG:{EPSG}",
        "area_method": "ellipsoidal",
        "seed": SEED,
        "synthetic": True,
        "source": "nine plots, their events and figures after a newspaper article of 2023 on "
        "Enping's industrial land; all geometry and the other 110 plots are invented",
        "licence": "MIT, as the package; quotations remain their publisher's",
        "built_by": "scripts/build_demo.py",
        "files": records,
    }
    return json.dumps(index, ensure_ascii=False, indent=1) + "\n"


def write(folder: Path) -> None:
    """
    Write all files.

    Parameters
    ----------
    folder : pathlib.Path
        Where to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {"parcels.geojson": parcel_layer().text()}
    files |= {f"{name}.csv": text for name, text in tables().items()}
    for name, text in (files | {"index.json": index_text(files)}).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def differences(folder: Path) -> list[str]:
    """
    Compare a rebuild with the files of a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Where the files lie.

    Returns
    -------
    list of str
        One line for each difference.
    """
    found = layer_differences(parcel_layer(), folder / "parcels.geojson")
    built = {f"{name}.csv": text for name, text in tables().items()}
    for name, text in built.items():
        found += text_differences(text, folder / name)
    if found:
        return found
    # Coordinates may differ in the last digit elsewhere, so the index vouches for the files.
    shipped = {"parcels.geojson": (folder / "parcels.geojson").read_bytes().decode()} | built
    return text_differences(index_text(shipped), folder / "index.json")


def main() -> int:
    """
    Run the script.

    Returns
    -------
    int
        1 where ``--check`` found a difference.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--folder", type=Path, default=ROOT / "data" / "demo")
    options = parser.parse_args()
    if not options.check:
        write(options.folder)
        return 0
    found = differences(options.folder)
    print("\n".join(found) or "data/demo is what the script builds")
    return 1 if found else 0


def _parcel(row: dict[str, Any]) -> dict[str, Any]:
    plot = row["parcel_id"]
    named = "name" in row and not row["source"].startswith("synthetic")
    values = dict(row)
    if named:
        values["area_basis"] = "stated" if row["stated_mu"] else "synthetic"
    else:
        mu = area_mu()[plot]
        values["stated_mu"] = mu
        values["stated_ha"] = (printed_area_m2(mu) / M2_PER_HA).quantize(
            Decimal("0.0001"), rounding=ROUND_HALF_UP
        )
        values["area_basis"] = "synthetic"
    values |= {"schematic": True, "geometry_basis": "synthetic", "valid_from": None}
    numbers = {column.name for column in table("parcels").columns if column.type == "float"}
    cells = {name: values.get(name) or None for name in table("parcels").names}
    return {
        name: float(cell) if name in numbers and cell is not None else cell
        for name, cell in cells.items()
    }


def _chained_events() -> list[dict[str, Any]]:
    events = chained(pd.DataFrame(all_events(), columns=table("events").names))
    return [dict(row) for row in events.to_dict("records")]


def _rows(name: str, text: str) -> int:
    return len(json.loads(text)["features"]) if name.endswith("json") else text.count("\n") - 1


if __name__ == "__main__":
    sys.exit(main())
