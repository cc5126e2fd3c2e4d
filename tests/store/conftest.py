"""What the tests of the store ask for: both engines, each with a small inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.store.engines import SERVER, GeoPackage, Postgis

if TYPE_CHECKING:
    import psycopg

    from enping_gis.store.place import Place
    from tests.store.engines import Engine


@pytest.fixture(scope="session")
def server(postgis: psycopg.Connection) -> Postgis:
    """Return the schemas of the server that the tests start."""
    SERVER[:] = [postgis.info.host]
    return Postgis()


@pytest.fixture(params=["geopackage", "postgis"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return each engine in turn."""
    if request.param == "geopackage":
        return GeoPackage()
    chosen: Postgis = request.getfixturevalue("server")
    return chosen


@pytest.fixture
def kept(engine: Engine) -> Place:
    """Return a small inventory that nobody else has."""
    return engine.small()
