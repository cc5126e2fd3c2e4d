"""
Compile the loops of the package once, so that tests find them on disk.

They are compiled when they are first called, each process for itself until one is done; two
processes of tests that begin together would both compile them all.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import geopandas as gpd

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.crooked import crooked_layer
from benchmarks.layers import surveyed_layer
from benchmarks.towns import in_towns, towns_over
from enping_gis import (
    Inventory,
    best_assembly,
    check,
    contacts,
    dissolve,
    feasible_assemblies,
    split,
)
from enping_gis.schema import conformed

PLOTS, CROOKED = 5_000, 1_500


def main() -> None:
    """Call each operation on so many plots that its loops are worth compiling."""
    plots = surveyed_layer(PLOTS, seed=1).parcels
    towns = towns_over(plots, seed=1)
    contacts(plots, within_m=30.0)
    split(plots, towns)
    dissolve(in_towns(plots, towns), "town")
    rows = gpd.GeoDataFrame(conformed(plots, "parcels"), geometry="geometry", crs=plots.crs)
    check(replace(demo := Inventory.demo(), tables=demo.tables | {"parcels": rows}))
    crooked = crooked_layer(CROOKED, seed=1)
    feasible_assemblies(crooked, area_mu=(90.0, 110.0), max_plots=6, shapes=0)
    for objective in ("compact", "score", "holders"):
        best_assembly(crooked, area_mu=(180.0, 200.0), objective=objective, score="merit")


if __name__ == "__main__":
    main()
