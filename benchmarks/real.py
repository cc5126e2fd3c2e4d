"""Real parcels, where they lie beside the checkout: 13,159 of Cambridge, Massachusetts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from benchmarks.layers import SurveyedLayer, surveyed_layer
from benchmarks.report import Section

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.command import Options
    from benchmarks.report import Reached, Table

    Compare = Callable[[str, SurveyedLayer, Options], tuple[Table, dict[str, Reached]]]

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
NAME = "cambridge_fy2013.gpkg"


def real_layer() -> SurveyedLayer | None:
    """
    Read the real parcels, repaired: most peers refuse the invalid ones among them.

    They lie in ``../shared/data`` or where ``ENPING_SHARED_DATA`` points; they are no part of the
    project.

    Returns
    -------
    SurveyedLayer or None
        The parcels, EPSG:26986, of whose contacts no truth is known; None where they are not there.
    """
    path = Path(os.environ.get("ENPING_SHARED_DATA", FOLDER)) / NAME
    if not path.is_file():
        return None
    parcels = gpd.read_file(path)
    shapes = shapely.make_valid(
        shapely.force_2d(parcels.geometry.to_numpy()), method="structure", keep_collapsed=False
    )
    ids = [f"c{row}" for row in range(len(parcels))]
    unknown = pd.DataFrame({"left": [], "right": [], "shared_m": []})
    valid = gpd.GeoDataFrame({"parcel_id": ids}, geometry=shapes, crs=parcels.crs)
    return SurveyedLayer(valid, unknown, unknown)


def on_both_layers(title: str, text: str, compare: Compare, options: Options) -> Section:
    """
    Compare routes on a generated layer, and on the real parcels where they are there.

    Parameters
    ----------
    title, text : str
        Of the section.
    compare : callable
        Takes the title of a table, a layer and the options; returns the table and what was
        reached of the targets.
    options : Options
        How many plots, how often.

    Returns
    -------
    Section
        Targets are those of the generated layer.
    """
    layer = surveyed_layer(options.n, seed=options.seed)
    size, runs = len(layer.parcels), f"{options.runs} runs"
    table, reached = compare(f"{size} generated plots, seed {options.seed}, {runs}", layer, options)
    section = Section(title, text, [table], reached)
    real = None if options.is_quick else real_layer()
    if real is not None:
        table, _ = compare(f"{len(real.parcels)} real parcels, {runs}", real, options)
        section.tables.append(table)
    return section
