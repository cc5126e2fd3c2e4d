"""
Inventories to check: one with one fault of each rule, and random ones in which nothing is wrong.

Plots lie in two towns west and east of a straight line, with a park in the west; all areas are
stated as the geometry has them.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from enping_gis.crs import enping_extent, transformed
from enping_gis.inventory import Inventory
from enping_gis.measure.areas import area
from enping_gis.schema import conformed
from enping_gis.store.meta import InventoryMeta
from enping_gis.units import HA, MU, printed
from tests.plots import EAST_M, NORTH_M

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import numpy.typing as npt

WEST, EAST, PARK = "440785108", "440785103", "440785400"
NAMES = {WEST: "大槐镇", EAST: "沙湖镇", PARK: "恩平工业园"}
COUNTY = "440785"
LINE_M = 3_000.0
# Plots stand so far apart that none is anybody's neighbour.
_PITCH_M = 200.0
_DAY = "2023-03-30"


def at(x_m: float, y_m: float, shape: shapely.Geometry) -> shapely.Geometry:
    """Put a shape drawn around the origin to its place near Dahuai."""
    place = np.array([EAST_M + x_m, NORTH_M + y_m])
    return shapely.transform(shape, lambda xy: xy + place)


def rectangle(width_m: float = 100.0, height_m: float = 100.0) -> shapely.Polygon:
    return shapely.box(0, 0, width_m, height_m)


def towns(*, schematic: bool = False) -> gpd.GeoDataFrame:
    """Return two towns that meet at `LINE_M`, and a park in the western one."""
    rows = {
        WEST: shapely.box(LINE_M - 9_000, -2_000, LINE_M, 8_000),
        EAST: shapely.box(LINE_M, -2_000, LINE_M + 9_000, 8_000),
        PARK: shapely.box(-1_000, -1_000, 1_000, 7_000),
    }
    frame = gpd.GeoDataFrame(
        {
            "place": list(rows),
            "name": [NAMES[code] for code in rows],
            "kind": ["town", "town", "park"],
            "schematic": schematic,
        },
        geometry=[shapely.MultiPolygon([at(0, 0, shape)]) for shape in rows.values()],
        crs=4546,
    )
    return conformed(frame, "places")


def inventory(
    plots: Mapping[str, shapely.Geometry] | gpd.GeoDataFrame,
    *,
    places: gpd.GeoDataFrame | None = None,
    day: dt.date | None = None,
    **tables: pd.DataFrame,
) -> Inventory:
    """Return an inventory of plots, each with its own area in the ledger."""
    parcels = plots if isinstance(plots, gpd.GeoDataFrame) else drawn(plots)
    frames = {"parcels": conformed(parcels, "parcels")}
    frames["places"] = towns() if places is None else places
    frames |= {name: conformed(rows, name) for name, rows in tables.items()}
    meta = InventoryMeta(
        parcels.crs,
        as_of=day or pd.Timestamp(_DAY).date(),
        county_extent=enping_extent() if parcels.crs == CRS.from_epsg(4546) else None,
        name="office",
    )
    return Inventory(frames, meta)


def drawn(plots: Mapping[str, shapely.Geometry]) -> gpd.GeoDataFrame:
    """Return plots with the town they lie in and their area as it is printed."""
    frame = gpd.GeoDataFrame(
        {"parcel_id": list(plots)}, geometry=np.array(list(plots.values()), dtype=object), crs=4546
    )
    with np.errstate(invalid="ignore"):  # what has no place has no area
        areas_m2 = area(frame)
    boxes = shapely.bounds(frame.geometry.to_numpy())
    frame["town"] = np.where(boxes[:, [0, 2]].mean(axis=1) < EAST_M + LINE_M, WEST, EAST)
    frame["stated_ha"] = [float(printed(each, HA)) for each in areas_m2.fillna(0)]
    frame["stated_mu"] = [float(printed(each, MU)) for each in areas_m2.fillna(0)]
    return frame


def event(parcel: str, kind: str, day: str, **cells: object) -> dict[str, object]:
    """Return a row of the table of events."""
    made: dict[str, object] = {
        "event_id": f"{parcel}-{kind}-{day}",
        "parcel_id": parcel,
        "kind": kind,
        "date": day,
    }
    return made | {"recorded_at": f"{day}T18:00:00+08:00"} | cells


@dataclasses.dataclass(frozen=True)
class Faulty:
    """An inventory, and for each rule the plots that it has to name."""

    inventory: Inventory
    expected: dict[str, tuple[str, ...]]


def faulty_inventory() -> Faulty:
    """Return an inventory with one fault of each rule, every fault on plots of its own."""
    shapes = _fault_shapes()
    plots = drawn(shapes)
    plots = plots.set_index("parcel_id", drop=False).rename_axis(None)
    plots.loc["T6", "town"] = EAST
    plots.loc["A1", ["stated_mu", "stated_ha"]] = [
        round(plots.loc["A1", "stated_mu"] * 1.05, 2),
        None,
    ]
    plots.loc["A2", "stated_ha"] = 9.0
    plots.loc["G1", ["stated_mu", "stated_ha"]] = [None, None]
    parcels = plots.reset_index(drop=True)
    statement = {"subject": [COUNTY], "indicator": ["parcels"], "unit": ["宗"], "quote": ["共"]}
    count = float(len(parcels) + 1)
    statements = pd.DataFrame(statement | {"value_min": [count], "value_max": [count]})
    events = [
        event("L2", "supplied", "2023-02-01"),
        event("L2", "construction", "2023-01-01"),
        event("G2", "surveyed", "2022-03-01"),
        event("G2", "revitalised", "2022-05-01"),
    ]
    made = inventory(parcels, statements=statements, events=pd.DataFrame(events))
    pairs: dict[str, tuple[str, ...]] = {
        "T1": ("T1a", "T1b"),
        "T2": ("T2a", "T2b"),
        "T4": ("T4a", "T4b"),
    }
    pairs |= {"C2": ("C2a", "C2b"), "L1": ("L1", "l1"), "A3": ()}
    codes = [f"{letter}{n}" for letter, last in _LAST.items() for n in range(1, last + 1)]
    return Faulty(made, {code: pairs.get(code, (code,)) for code in codes})


_LAST = {"G": 6, "T": 6, "C": 2, "A": 3, "L": 2}


def _fault_shapes() -> dict[str, shapely.Geometry]:
    spike = [(0, 0), (100, 0), (100, 40), (160, 42), (100, 45), (100, 100), (0, 100)]
    arc = [(50 + 50 * math.cos(t), 50 * math.sin(t)) for t in np.linspace(0, math.pi, 25)]
    drawings: dict[str, list[tuple[str, float, shapely.Geometry]]] = {
        "G1": [("G1", 0, shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 80)]))],
        "G2": [("G2", 0, shapely.Polygon([(0, 0), (50, 0), (50.004, 0), (100, 0), (60, 90)]))],
        "G3": [("G3", 0, shapely.Polygon(spike))],
        "G4": [("G4", 0, shapely.Polygon([(0, -60), (100, -60), *arc]))],
        "G5": [("G5", 0, shapely.MultiPolygon([rectangle(40, 40), shapely.box(60, 60, 99, 99)]))],
        "G6": [("G6", 0, rectangle().difference(shapely.box(30, 30, 60, 60)))],
        "T1": [("T1a", 0, rectangle(60)), ("T1b", 58, rectangle(60))],
        "T2": [("T2a", 0, rectangle(60)), ("T2b", 60.5, rectangle(60))],
        "T3": [("T3", 0, rectangle(12, 12))],
        "T4": [("T4a", 0, rectangle(60)), ("T4b", 60, rectangle(60, 70))],
        "T6": [("T6", 0, rectangle())],
        "A1": [("A1", 0, rectangle())],
        "A2": [("A2", 0, rectangle())],
        "L1": [("L1", 0, rectangle())],
        "l1": [("l1", 0, rectangle())],
        "L2": [("L2", 0, rectangle())],
    }
    shapes = {}
    for number, group in enumerate(drawings.values()):
        for name, x_m, shape in group:
            place = _PITCH_M * (number % 5), _PITCH_M * (number // 5)
            shapes[name] = at(place[0] + x_m, place[1], shape)
    shapes["T5"] = at(LINE_M - 60, 0, rectangle())
    exchanged = at(0, 2_000, rectangle())
    shapes["C1"] = shapely.transform(exchanged, lambda xy: xy[:, ::-1])
    for name, x_m in (("C2a", 0.0), ("C2b", _PITCH_M)):
        there = np.array([at(x_m, 2_500, rectangle())])
        shapes[name] = transformed(there, CRS.from_epsg(4546), CRS.from_epsg(4526))[0]
    return shapes


def clean_inventory(random: np.random.Generator) -> Inventory:
    """Return a layer of plots with shared nodes, roads between, and figures that agree."""
    columns, rows = (int(each) for each in random.integers(2, 6, size=2))
    side_m = float(random.uniform(40, 160))
    turn = float(random.uniform(0, 2 * math.pi))
    nodes = _nodes(random, columns, rows, side_m)
    spin = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    # Either town is wide enough for the block, whatever its turn.
    middle_m = LINE_M + random.choice([-4_000, 4_000]) + random.uniform(-500, 500)
    origin = np.array([EAST_M + middle_m, NORTH_M + 2_000])
    shapes = {}
    for row in range(rows):
        for column in range(columns):
            corners = _cell(nodes, row, column)
            ring = np.round(corners @ spin.T + origin, 3)
            shapes[f"P{row:02d}{column:02d}"] = shapely.Polygon(ring)
    parcels = drawn(shapes)
    statement = _statements(parcels, random)
    events = [
        event(name, kind, day)
        for name in parcels["parcel_id"].iloc[::3]
        for kind, day in (("surveyed", "2022-03-01"), ("revitalised", "2022-11-05"))
    ]
    return inventory(parcels, statements=statement, events=pd.DataFrame(events))


def _nodes(
    random: np.random.Generator, columns: int, rows: int, side_m: float
) -> npt.NDArray[np.float64]:
    """Return the corners of a bent grid: shape (rows + 1, columns + 1, 2)."""
    x, y = np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0))
    grid = np.stack([x, y], axis=-1) * side_m
    return grid + random.uniform(-0.15 * side_m, 0.15 * side_m, grid.shape)


def _cell(nodes: npt.NDArray[np.float64], row: int, column: int) -> npt.NDArray[np.float64]:
    """Return the ring of a cell; roads run along every third line of the grid."""
    ring = [
        nodes[row, column],
        nodes[row, column + 1],
        nodes[row + 1, column + 1],
        nodes[row + 1, column],
    ]
    road_m = 12.0
    return np.array(ring) + np.array([road_m * (column // 3), road_m * (row // 2)])


def _statements(parcels: gpd.GeoDataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Return totals that the plots add up to."""
    total_mu = round(float(parcels["stated_mu"].sum()), 2)
    rows = [
        {"indicator": "parcels", "value_min": float(len(parcels)), "unit": "宗"},
        {"indicator": "land_mu", "value_min": total_mu, "unit": "mu"},
    ]
    kept = rows[: int(random.integers(0, len(rows) + 1))]
    columns = ["subject", "indicator", "value_min", "value_max", "unit", "quote"]
    frame = pd.DataFrame(kept, columns=columns)
    return frame.assign(subject=COUNTY, quote="共", value_max=frame["value_min"])
