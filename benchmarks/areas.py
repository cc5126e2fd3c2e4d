"""
Compare `enping_gis.area` with other ways to the area of plots on the ellipsoid.

``python -m benchmarks.areas --n 100000`` prints Markdown tables: a generated layer, and real
parcels where they lie beside the checkout.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer

from benchmarks.command import run_alone
from benchmarks.harness import Route
from benchmarks.peers import databases
from benchmarks.real import on_both_layers
from benchmarks.report import Reached, ratio_to_best, timing_table
from enping_gis.measure.areas import area

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchmarks.command import Options
    from benchmarks.harness import Taken
    from benchmarks.layers import SurveyedLayer
    from benchmarks.peers import Databases
    from benchmarks.report import Section, Table

    Floats = npt.NDArray[np.float64]
    Shapes = npt.NDArray[np.object_]

MAX_EDGE_M = 70.0
# Geodesics between points so close are the straight edges of the plane.
FINE_EDGE_M = 5.0
# One plot after another is cut so finely: more would take long.
MOST_BLOCKS, PLOTS_IN_BLOCK = 1_500, 16
PACKAGE = "enping_gis.area"
CEA, GEOD = "pyproj to cea + shapely.area", "Geod.geometry_area_perimeter loop"
EQUAL_AREA = CRS.from_proj4("+proj=cea +ellps=GRS80")
GRS80 = Geod(ellps="GRS80")
COLUMNS = ("greatest difference m2", "ppm")
TEXT = """\
Areas on GRS80 of plots in a projected CRS by the series of 国土调查办发〔2008〕32号: vertices
in longitude and latitude, edges straight in the equal-area plane (`+proj=cea +ellps=GRS80`), whose
planar area the series is. Differences are to that plane: the greatest in m2, and the greatest in
millionths of a plot's area. `Geod` and geography follow geodesics instead, EPSG:6933 has the
ellipsoid of WGS 84: they differ by definition. All begin with the layer in its own CRS.
"""
POSTGIS = "SELECT id, ST_Area(ST_Transform(geom, 4326)::geography) FROM plots"


def by_package(parcels: gpd.GeoDataFrame, max_edge_m: float | None = None) -> Floats:
    """
    Measure areas with the package.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots in a projected CRS.
    max_edge_m : float, optional
        How long edges may be, in metres.

    Returns
    -------
    numpy.ndarray of float
        Areas in m2.
    """
    return area(parcels, max_edge_m=max_edge_m).to_numpy()


def by_plane(parcels: gpd.GeoDataFrame) -> Floats:
    """
    Transform all vertices at once into the equal-area plane and measure there.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots in a projected CRS on GRS80.

    Returns
    -------
    numpy.ndarray of float
        Areas in m2.
    """
    to_plane = Transformer.from_crs(parcels.crs, EQUAL_AREA, always_xy=True).transform
    shapes = parcels.geometry.to_numpy()
    return shapely.area(shapely.transform(shapes, to_plane, interleaved=False))


def by_to_crs(parcels: gpd.GeoDataFrame) -> Floats:
    """
    Measure areas as geopandas' users do.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots in a projected CRS.

    Returns
    -------
    numpy.ndarray of float
        Areas in m2.
    """
    return parcels.geometry.to_crs(6933).area.to_numpy()


def by_geod(parcels: gpd.GeoDataFrame) -> Floats:
    """
    Follow geodesics, one plot after another.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots in a projected CRS.

    Returns
    -------
    numpy.ndarray of float
        Areas in m2.
    """
    shapes = parcels.geometry.to_crs(parcels.crs.geodetic_crs).to_numpy()
    # Shells must run counterclockwise and holes clockwise, else holes are added.
    shapes = shapely.orient_polygons(shapes)
    areas_m2 = (GRS80.geometry_area_perimeter(shape)[0] for shape in shapes)
    return np.fromiter(areas_m2, dtype=np.float64, count=len(shapes))


class Off(NamedTuple):
    """
    How far areas are off.

    Parameters
    ----------
    most_m2 : float
        Greatest difference in m2.
    ppm : float
        Greatest difference in millionths of the area.
    """

    most_m2: float
    ppm: float


def off(areas_m2: Floats, true_m2: Floats) -> Off:
    """
    Compare areas.

    Parameters
    ----------
    areas_m2, true_m2 : numpy.ndarray of float
        In m2.

    Returns
    -------
    Off
        The greatest differences.
    """
    off_m2 = np.abs(areas_m2 - true_m2)
    return Off(float(off_m2.max()), float((off_m2 / true_m2).max() * 1e6))


def outlines_of_blocks(parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Draw outlines about neighbouring plots: their edges are long enough to need cutting.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots, neighbours after one another.

    Returns
    -------
    geopandas.GeoDataFrame
        Convex outlines of at most `MOST_BLOCKS` groups of plots, spread over the layer.
    """
    count = len(parcels) // PLOTS_IN_BLOCK
    plots = parcels.geometry.to_numpy()[: count * PLOTS_IN_BLOCK].reshape(count, PLOTS_IN_BLOCK)
    hulls = shapely.convex_hull(shapely.geometrycollections(plots[:: 1 + count // MOST_BLOCKS]))
    return gpd.GeoDataFrame(geometry=hulls, crs=parcels.crs)


def routes_of(parcels: gpd.GeoDataFrame, stores: Databases) -> list[Route]:
    """
    List the routes to the areas of a layer.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots in a projected CRS.
    stores : Databases
        They have the plots, too.

    Returns
    -------
    list of Route
        The package first.
    """
    cut = f"{PACKAGE}, max_edge_m={MAX_EDGE_M:.0f}"
    return [
        Route(PACKAGE, partial(by_package, parcels), is_ours=True),
        Route(cut, partial(by_package, parcels, MAX_EDGE_M)),
        Route(CEA, partial(by_plane, parcels)),
        Route("geopandas to_crs(6933) + area", partial(by_to_crs, parcels)),
        Route(GEOD, partial(by_geod, parcels)),
        stores.postgis_route("PostGIS ST_Area(geography)", POSTGIS),
    ]


def compared(
    title: str, layer: SurveyedLayer, options: Options
) -> tuple[Table, dict[str, Reached]]:
    """
    Run all routes on a layer and compare the areas they find.

    Parameters
    ----------
    title : str
        Of the table.
    layer : SurveyedLayer
        Plots.
    options : Options
        How often, how long.

    Returns
    -------
    tuple of Table and dict of str to Reached
        A row for each route, and what was reached of the targets.
    """
    parcels = layer.parcels
    with databases(parcels, limit_s=options.limit_s) as stores:
        taken = options.take_turns(routes_of(parcels, stores))
    plane_m2 = by_plane(parcels)
    differences = {
        name: off(_in_order(each.result), plane_m2)
        for name, each in taken.items()
        if each.failure is None
    }

    def cells(each: Taken) -> list[str]:
        most_m2, ppm = differences[each.route.name]
        return [f"{most_m2:.2g}", f"{ppm:.2g}"]

    blocks = outlines_of_blocks(parcels)
    geodesic_m2 = by_geod(blocks.assign(geometry=blocks.geometry.segmentize(FINE_EDGE_M)))
    cut = off(by_package(blocks, MAX_EDGE_M), geodesic_m2)
    beside = f"Geod, edges of {FINE_EDGE_M:.0f} m, {len(blocks)} whole blocks"
    ours = differences.get(PACKAGE, Off(math.nan, math.nan))
    reached = {
        "areas.geod": ratio_to_best(taken, [GEOD]),
        "areas.cea": ratio_to_best(taken, [CEA]),
        "areas.series": Reached(ours.most_m2, "the equal-area plane, all plots"),
        "areas.densified": Reached(cut.ppm, beside),
    }
    return timing_table(title, taken, COLUMNS, cells), reached


def _in_order(found: Any) -> Floats:  # noqa: ANN401 - an array, or rows of a database
    return found if isinstance(found, np.ndarray) else np.array([m2 for _, m2 in sorted(found)])


def measure(options: Options) -> Section:
    """
    Compare the routes on a generated layer, and on real parcels.

    Parameters
    ----------
    options : Options
        How many plots, how often.

    Returns
    -------
    Section
        Tables and what was reached of the targets.
    """
    return on_both_layers("Areas on the ellipsoid", TEXT, compared, options)


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
