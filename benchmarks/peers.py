"""Peers that need something of their own: databases that must be loaded, libraries not required."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import shapely

from benchmarks.duck import answer, duckdb_of
from benchmarks.harness import Route
from benchmarks.pairs import Pairs
from benchmarks.postgis import PostgisMissingError, cut_up, load, postgis, server_user_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt

    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Databases:
    """
    Databases that hold the plots of a layer.

    Parameters
    ----------
    postgis, duckdb : object
        Connections, or the error that says why there is none.
    """

    postgis: Any
    duckdb: Any

    def postgis_route(self, name: str, query: str) -> Route:
        """
        Make a route of a query to PostGIS; its tables are those of `benchmarks.postgis.load`.

        Parameters
        ----------
        name : str
            As the tables show it.
        query : str
            SQL.

        Returns
        -------
        Route
            Returns all rows; where there is no PostGIS, it fails with the reason.
        """
        if isinstance(self.postgis, Exception):
            return Route(name, _failing(self.postgis))
        return Route(
            name,
            lambda: self.postgis.execute(query).fetchall(),
            server_user_s=partial(server_user_s, self.postgis),
        )

    def duckdb_route(self, name: str, *statements: str) -> Route:
        """
        Make a route of statements to DuckDB; it has the table ``plots``.

        Parameters
        ----------
        name : str
            As the tables show it.
        *statements : str
            SQL.

        Returns
        -------
        Route
            Returns the columns that the last one selects; where there is no DuckDB, it fails
            with the reason.
        """
        if isinstance(self.duckdb, Exception):
            return Route(name, _failing(self.duckdb))
        return Route(name, partial(answer, self.duckdb, *statements))


def _failing(reason: Exception) -> Callable[[], Any]:
    def fail() -> None:
        raise reason

    return fail


@contextmanager
def databases(parcels: gpd.GeoDataFrame, *, limit_s: float) -> Iterator[Databases]:
    """
    Load plots into the databases that are here.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots in a CRS that has an EPSG code.
    limit_s : float
        Wall time after which PostGIS ends a statement, in seconds.

    Yields
    ------
    Databases
        Stopped and removed at the end.
    """
    with ExitStack() as stack:
        server: Any
        store: Any
        try:
            server = stack.enter_context(postgis())
            load(server, parcels)
            cut_up(server)
            server.execute(f"SET statement_timeout = '{limit_s:.0f}s'")
        except PostgisMissingError as reason:
            server = reason
        try:
            store = stack.enter_context(duckdb_of(parcels))
        except ImportError as reason:
            store = reason
        yield Databases(server, store)


def graph_route(
    name: str,
    geometry: gpd.GeoSeries,
    options: Mapping[str, object] | None = None,
    *,
    is_fuzzy: bool = False,
) -> Route:
    """
    Make a route of libpysal.

    Parameters
    ----------
    name : str
        As the tables show it.
    geometry : geopandas.GeoSeries
        The plots, on their row numbers.
    options : mapping of str to object, optional
        Passed on; with ``by_perimeter`` the weights are lengths.
    is_fuzzy : bool, default False
        Whether to build fuzzy contiguity; else contiguity, which is rook's.

    Returns
    -------
    Route
        Returns `Pairs`; where there is no libpysal, it fails with the reason.
    """
    try:
        from libpysal.graph import Graph  # noqa: PLC0415 - a peer, which need not be installed
    except ImportError as reason:
        return Route(name, _failing(reason))
    build = Graph.build_fuzzy_contiguity if is_fuzzy else Graph.build_contiguity
    chosen = dict(options or {})

    def neighbours() -> Pairs:
        adjacency = build(geometry, **chosen).adjacency
        left, right = (adjacency.index.get_level_values(level).to_numpy() for level in (0, 1))
        once = left < right
        length_m = adjacency.to_numpy()[once] if "by_perimeter" in chosen else None
        return Pairs(left[once], right[once], length_m)

    return Route(name, neighbours)


def within(shapes: Shapes, reach_m: float) -> tuple[Rows, Rows]:
    """
    Pair plots with shapely: boxes over an index, then `dwithin`, each pair once, on prepared plots.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        The plots.
    reach_m : float
        How far apart they may be, in metres.

    Returns
    -------
    tuple of numpy.ndarray of int
        Rows of the plots with more and with less vertices.
    """
    west, south, east, north = shapely.bounds(shapes).T
    boxes = shapely.box(west - reach_m, south - reach_m, east + reach_m, north + reach_m)
    one, other = shapely.STRtree(shapes).query(boxes)
    vertices = shapely.get_num_coordinates(shapes)
    larger = (vertices[one] > vertices[other]) | (
        (vertices[one] == vertices[other]) & (one < other)
    )
    one, other = one[larger], other[larger]
    prepared = shapes.copy()
    shapely.prepare(prepared)
    near = shapely.dwithin(prepared[one], prepared[other], reach_m)
    shapely.destroy_prepared(prepared)
    return one[near], other[near]
