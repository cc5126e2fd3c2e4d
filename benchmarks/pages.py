"""
Write pages of plots as planners would with each library, so that they open without a network.

All plots are synthetic: the generated layer whose neighbours share their corners, each corner
moved, so that boundaries bend at every mark as surveyed ones do.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.layers import surveyed_layer
from enping_gis.inventory import Inventory
from enping_gis.measure.standing import status_on
from enping_gis.schema import conformed
from enping_gis.units import MU, printed
from enping_gis.viewer import ParcelMap
from enping_gis.viewer.encoding import payload
from enping_gis.viewer.gathering import page_data, page_facts
from enping_gis.viewer.offline import leaflet_script, leaflet_style, script_safe
from enping_gis.vocabulary import label, terms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from enping_gis.viewer.encoding import Payload

    Shapes = np.ndarray[tuple[int], np.dtype[np.object_]]

OURS, CANVAS = "enping_gis ParcelMap", "Leaflet canvas, one compact GeoJSON"
FOLIUM, EXPLORE = "folium.GeoJson, canvas", "geopandas.explore"
MEASURING = "measuring: areas, statuses, totals, neighbours within 40 m"
ENCODING = "encoding: outlines, columns, compression"
# As `ParcelMap` has it.
WITHIN_M = 40.0
MOVED_M = 0.8
KINDS = ("filed", "agreed", "litigating", "revitalised", "supplied", "construction", "producing")
# Six decimals of a degree are 0.1 m, which a careful author of a page would choose.
DECIMALS = 1e-6
SCRIPT = re.compile(r'<script[^>]*\ssrc="[^"]*"[^>]*></script>')
LINK = re.compile(r"<link[^>]*>")
PLAIN = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Plots</title><style>{style}</style>
<style>html, body, #map {{ height: 100%; margin: 0; }}</style></head><body><div id="map"></div>
<script>{leaflet}</script>
<script type="application/json" id="data">{data}</script>
<script>
var map = L.map("map", {{ preferCanvas: true, zoomSnap: 1 }});
var data = JSON.parse(document.getElementById("data").textContent);
var layer = L.geoJSON(data, {{
  style: (f) => ({{
    fillColor: f.properties.fill, color: f.properties.line, weight: 1, fillOpacity: 1
  }}),
}}).addTo(map);
layer.bindTooltip((one) => one.feature.properties.name + " " + one.feature.properties.status);
map.fitBounds(layer.getBounds());
</script></body></html>
"""


class Plots(NamedTuple):
    """
    The same plots for all pages.

    Parameters
    ----------
    inventory : Inventory
        As the package has them.
    table : geopandas.GeoDataFrame
        As other libraries show them: id, name, status, town, area and colours as text.
    """

    inventory: Inventory
    table: gpd.GeoDataFrame


def plots_of(count: int, *, seed: int) -> Plots:
    """
    Make plots that share boundaries, with names, towns and statuses.

    Parameters
    ----------
    count : int
        How many, give or take a block.
    seed : int
        The same seed makes the same plots.

    Returns
    -------
    Plots
        Synthetic, EPSG:4546.
    """
    layer = surveyed_layer(count, seed=seed, dirty=False).parcels
    layer["geometry"] = moved(layer.geometry.to_numpy(), seed)
    random, rows = np.random.default_rng([seed, 3]), range(len(layer))
    demo = Inventory.demo()
    codes = demo.places["place"].to_numpy(dtype=object)
    layer["name"] = [f"plot {row}" for row in rows]
    layer["town"] = layer["responsible"] = codes[random.integers(0, len(codes) - 1, len(layer))]
    layer["source"] = "synthetic: a benchmark"
    kinds = np.array(KINDS, dtype=object)[random.integers(0, len(KINDS), len(layer))]
    ids = {"event_id": [f"e{row}" for row in rows], "parcel_id": layer["parcel_id"]}
    events = conformed(pd.DataFrame(ids | {"date": "2023-01-02", "kind": kinds}), "events")
    parcels = gpd.GeoDataFrame(conformed(layer, "parcels"), geometry="geometry", crs=layer.crs)
    tables = {"parcels": parcels, "places": demo.places.iloc[:0], "events": events}
    meta = replace(demo.meta, is_demo=False, name="synthetic")
    inventory = Inventory(tables=tables, meta=meta)
    return Plots(inventory, _table(inventory))


def moved(shapes: Shapes, seed: int) -> Shapes:
    """
    Move every corner, by as much for all plots that have it.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        Plots.
    seed : int
        The same seed moves alike.

    Returns
    -------
    numpy.ndarray of shapely geometries
        Plots that share what they shared.
    """
    random = np.random.default_rng([seed, 4])

    def move(corners: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> object:
        _, place = np.unique(corners, axis=0, return_inverse=True)
        off = random.uniform(-MOVED_M, MOVED_M, (int(place.max(initial=-1)) + 1, 2))
        return corners + off[place.ravel()]

    return shapely.transform(shapes, move)


def _table(inventory: Inventory) -> gpd.GeoDataFrame:
    standing = status_on(inventory)
    looks = {term.code: term.attributes for term in terms("status")}
    parcels = inventory.parcels
    columns = {
        "id": parcels["parcel_id"],
        "name": parcels["name"],
        "town": [label("place", code, "en") for code in parcels["town"]],
        "status": [label("status", code, "en") for code in standing["status"]],
        "mu": [str(printed(area_m2, MU)) for area_m2 in standing["area_m2"]],
        "fill": [looks[code]["colour"] for code in standing["status"]],
        "line": [looks[code]["stroke"] for code in standing["status"]],
    }
    # In the order of the plots, not by index.
    lists = {name: list(cells) for name, cells in columns.items()}
    return gpd.GeoDataFrame(lists, geometry=parcels.geometry.to_numpy(), crs=parcels.crs)


def by_package(plots: Plots, path: Path) -> None:
    """
    Write the page of the package, with all it measures for it.

    Parameters
    ----------
    plots : Plots
        What to show.
    path : pathlib.Path
        The file.
    """
    ParcelMap(plots.inventory, lang="en").save(path)


class Stage(NamedTuple):
    """
    A part of the build of the package's page.

    Parameters
    ----------
    name : str
        As the tables show it.
    run : callable
        Does it, with what the parts before it left.
    """

    name: str
    run: Callable[[], object]


def stages(plots: Plots) -> list[Stage]:
    """
    Take the build of the package's page apart, but for putting the page together.

    Parameters
    ----------
    plots : Plots
        What to show.

    Returns
    -------
    list of Stage
        Measuring, which other pages leave out, and encoding.
    """
    inventory = plots.inventory
    facts = page_facts(inventory, "en", WITHIN_M, None)
    data = page_data(inventory, "en", WITHIN_M)
    return [
        Stage(MEASURING, lambda: page_data(inventory, "en", WITHIN_M)),
        Stage(ENCODING, lambda: _encoded(payload(data, facts))),
    ]


def _encoded(made: Payload) -> str:
    return made.packer.packed(made.head)


def by_folium(plots: Plots, path: Path) -> None:
    """
    Write a page with `folium.GeoJson`.

    Parameters
    ----------
    plots : Plots
        What to show.
    path : pathlib.Path
        The file.
    """
    table = plots.table.to_crs(4326)
    shown = folium.Map(tiles=None, prefer_canvas=True)
    folium.GeoJson(table, style_function=_style, tooltip=_tooltip()).add_to(shown)
    west, south, east, north = table.total_bounds.tolist()
    shown.fit_bounds([[south, west], [north, east]])
    path.write_text(inlined(shown.get_root().render()), encoding="utf-8")


def by_explore(plots: Plots, path: Path) -> None:
    """
    Write a page with `geopandas.GeoDataFrame.explore`.

    Parameters
    ----------
    plots : Plots
        What to show.
    path : pathlib.Path
        The file.
    """
    shown = plots.table.explore(
        tiles=None, tooltip=["id", "name", "status", "mu"], style_kwds={"style_function": _style}
    )
    path.write_text(inlined(shown.get_root().render()), encoding="utf-8")


def by_leaflet(plots: Plots, path: Path) -> None:
    """
    Write a page with Leaflet's canvas by hand: coordinates of six decimals, no blanks.

    Parameters
    ----------
    plots : Plots
        What to show.
    path : pathlib.Path
        The file.
    """
    table = plots.table.to_crs(4326)
    rounded = shapely.set_precision(table.geometry.to_numpy(), DECIMALS, mode="pointwise")
    data = table.set_geometry(rounded).to_json(drop_id=True, separators=(",", ":"))
    page = PLAIN.format(style=leaflet_style(), leaflet=script_safe(leaflet_script()), data=data)
    path.write_text(page, encoding="utf-8")


PAGES: dict[str, Callable[[Plots, Path], None]] = {
    OURS: by_package,
    CANVAS: by_leaflet,
    FOLIUM: by_folium,
    EXPLORE: by_explore,
}


def _style(feature: dict[str, dict[str, str]]) -> dict[str, object]:
    given = feature["properties"]
    return {"fillColor": given["fill"], "color": given["line"], "weight": 1, "fillOpacity": 1}


def _tooltip() -> folium.GeoJsonTooltip:
    return folium.GeoJsonTooltip(["id", "name", "status", "mu"])


def inlined(page: str) -> str:
    """
    Put Leaflet into a page, and leave out what else it would load, which plots do not need.

    Parameters
    ----------
    page : str
        As folium renders it.

    Returns
    -------
    str
        A page that opens without a network.
    """
    bare = LINK.sub("", SCRIPT.sub("", page))
    own = f"<style>{leaflet_style()}</style><script>{script_safe(leaflet_script())}</script>"
    return bare.replace("<head>", f"<head>{own}", 1)
