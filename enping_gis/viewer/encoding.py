"""Turn an inventory into what the page carries: words, figures and shapes, in plain JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import pandas as pd

from enping_gis._resources import shipped_json
from enping_gis.crs import lonlat
from enping_gis.messages import text
from enping_gis.schema import LIST_SEPARATOR, synthetic_rows
from enping_gis.units import HA, M2, MU, half_up, printed
from enping_gis.viewer.shapes import UNITS_PER_DEGREE, inner_points, polygonal, rings
from enping_gis.vocabulary import UNKNOWN, label, terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    import shapely
    from pyproj import CRS

    from enping_gis.messages import Language

    Record = dict[str, Any]

# What is not stated is shown with a mark.
_DOUBTFUL = ("inferred", "synthetic")
KINDS = ("overlap", "shared", "across", "corner")
# Length of the equator of the sphere that web maps are drawn on, in metres.
_EQUATOR_M = 40_075_016.686
_LEAST_CONTACT = 3
_BASES = {part: f"{part}_basis" for part in ("area", "town", "responsible", "geometry")}


@dataclass(frozen=True)
class PageData:
    """
    What the page shows, measured already.

    Parameters
    ----------
    parcels, places : geopandas.GeoDataFrame
        Tables of those names, in a projected CRS.
    standing : pandas.DataFrame
        As `enping_gis.measure.standing.status_on` returns it.
    contacts : pandas.DataFrame
        As `enping_gis.measure.contacts.contacts` returns it.
    projects, parcel_projects : pandas.DataFrame
        Tables of those names.
    grouping : {"responsible", "town"}
        Column of `parcels` that makes the units.
    legend, units : pandas.DataFrame
        Rows of the totals by status and by `grouping`.
    total : dict
        The total that both add up to.
    """

    parcels: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    standing: pd.DataFrame
    contacts: pd.DataFrame
    projects: pd.DataFrame
    parcel_projects: pd.DataFrame
    grouping: Literal["responsible", "town"]
    legend: pd.DataFrame
    units: pd.DataFrame
    total: Mapping[str, Any]


@dataclass(frozen=True)
class PageFacts:
    """
    What the page says of itself.

    Parameters
    ----------
    lang : {"zh", "en"}
        Its language.
    title : str
        Its title.
    as_of : datetime.date
        The day it shows.
    crs : pyproj.CRS
        CRS in which areas and contacts were measured.
    area_method : str
        Code of the area method.
    is_demo : bool
        The plots are those of the demonstration.
    source : str
        Where the data is from, as the foot line says it.
    within_m : float
        How far apart neighbours may lie, in metres.
    """

    lang: Language
    title: str
    as_of: date
    crs: CRS
    area_method: str
    is_demo: bool
    source: str
    within_m: float


def payload(data: PageData, facts: PageFacts) -> Record:
    """
    Return the data block of the page.

    Parameters
    ----------
    data : PageData
        Plots and what was measured of them.
    facts : PageFacts
        What the page says of itself.

    Returns
    -------
    dict
        JSON data: areas as printed text, shapes as `enping_gis.viewer.shapes.rings`, plots
        named by their position wherever one points to another.
    """
    lang = facts.lang
    plots = _plots(data, facts)
    return {
        "lang": lang,
        "words": {
            code: both[lang]
            for code, both in shipped_json("messages.json").items()
            if _is_page_word(code)
        },
        "meta": {
            "method": label("area_method", facts.area_method, lang),
            "within": _short(facts.within_m),
            "grouping": data.grouping,
            "notStated": text("not_stated", lang),
        },
        "statuses": [_status(term, lang) for term in terms("status")],
        "kinds": KINDS,
        "plots": plots,
        "unplaced": [row for row, plot in enumerate(plots) if "rings" not in plot],
        "contacts": _contacts(data),
        "places": _places(data.places, lang),
        "legend": _legend(data),
        "units": _units(data),
        "total": {unit: str(data.total[f"area_{unit}"]) for unit in ("m2", "ha", "mu")},
    }


def _is_page_word(code: str) -> bool:
    return code == "total" or (code.startswith("page.") and not code.startswith("page.banner"))


def _status(term: Any, lang: Language) -> Record:  # noqa: ANN401 - a vocabulary term
    looks = {key: term.attributes[key] for key in ("colour", "stroke", "text", "pattern")}
    return {"code": term.code, "label": term.label(lang), **looks}


def _plots(data: PageData, facts: PageFacts) -> list[Record]:
    parcels = data.parcels
    shapes = _drawn(parcels)
    names = dict(zip(data.places["place"], data.places["name"], strict=True))
    rank = {term.code: number for number, term in enumerate(terms("status"))}
    projects = _projects(data)
    standing = data.standing.to_dict("index")
    records = parcels.drop(columns=parcels.geometry.name).to_dict("records")
    plots = []
    for record, shape, synthetic in zip(records, shapes, synthetic_rows(parcels), strict=True):
        row = {str(key): None if _is_blank(value) else value for key, value in record.items()}
        stand = standing[row["parcel_id"]]
        plot = {
            "id": row["parcel_id"],
            "status": rank.get(stand["status"], 0),
            **_who(row, names, data.grouping, facts.lang),
            "source": row.get("source") and label("basis", row["source"], facts.lang),
            **_words(row, facts.lang),
            **_since(stand, facts.as_of),
            **_areas(row, stand),
            **_honesty(row, facts, synthetic=synthetic),
            **shape,
        }
        if stand["partly"]:
            plot["doneStatus"] = rank["revitalised"]
        if row["parcel_id"] in projects:
            plot["projects"] = projects[row["parcel_id"]]
        plots.append({key: value for key, value in plot.items() if value is not None})
    return plots


def _is_blank(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _who(row: Record, names: Mapping[str, str], grouping: str, lang: Language) -> Record:
    def name(code: str | None) -> str | None:
        return None if code is None else _place_name(code, names.get(code, code), lang)

    return {
        "name": row.get("name"),
        "holder": row.get("holder"),
        "site": row.get("site"),
        "town": name(row.get("town")),
        "responsible": name(row.get("responsible")),
        "unit": row.get(grouping) or UNKNOWN,
    }


def _place_name(code: str, name: str, lang: Language) -> str:
    """Translate the name of a known place, unless the office gave it a name of its own."""
    return label("place", code, lang) if name in {code, label("place", code, "zh")} else name


def _words(row: Record, lang: Language) -> Record:
    kinds = {
        "category": "category",
        "disposal": "disposal",
        "mechanism": "mechanism",
        "blockers": "blocker",
    }
    mark = text("page.list_mark", lang)
    found: Record = {}
    for column, kind in kinds.items():
        listed = str(row.get(column) or "").split(LIST_SEPARATOR)
        words = [label(kind, code.strip(), lang) for code in listed if code.strip()]
        found[column] = mark.join(words) or None
    return found


def _since(stand: Record, as_of: date) -> Record:
    since = stand["since"]
    if _is_blank(since):
        return {}
    days = (as_of - date.fromisoformat(str(since)[:10])).days
    basis = stand.get("since_basis")
    return {"since": since, "sinceBasis": basis if basis in _DOUBTFUL else None, "days": days}


def _areas(row: Record, stand: Record) -> Record:
    area_m2 = 0.0 if _is_blank(stand["area_m2"]) else stand["area_m2"]
    found: Record = {unit.code: str(printed(area_m2, unit)) for unit in (M2, HA, MU)}
    stated_mu = row.get("stated_mu")
    if stated_mu is None and row.get("stated_ha") is not None:
        stated_mu = row["stated_ha"] * 15
    if stated_mu is not None:
        stated = half_up(stated_mu, 2)
        difference = printed(area_m2, MU) - stated
        found["statedMu"] = str(stated)
        if difference:
            # A true minus sign lines up with the plus.
            found["differenceMu"] = f"{difference:+}".replace("-", "−")
    if stand["partly"]:
        done = printed(stand["done_m2"], MU)
        found["doneM2"] = round(float(stand["done_m2"]), 2)
        found["doneMu"] = str(done)
        # What is left is what the two other figures on the card leave.
        found["restMu"] = str(printed(area_m2, MU) - done)
    floor = row.get("floor_area_m2")
    found["floorM2"] = None if floor is None else _short(floor)
    return found


def _honesty(row: Record, facts: PageFacts, *, synthetic: bool) -> Record:
    bases = {part: row.get(column) for part, column in _BASES.items()}
    generated = [part for part, basis in bases.items() if basis == "synthetic"]
    sketched = bool(row.get("schematic")) or bases["geometry"] in {"synthetic", "inferred"}
    inferred = [part for part, basis in bases.items() if basis == "inferred"]
    tags = ["synthetic"] if synthetic else ["schematic"] if sketched else []
    return {
        "tags": [*tags, "inferred"] if inferred else tags,
        "line": tags[0] if tags else "surveyed",
        "inferred": inferred or None,
        "generated": None if synthetic else generated or None,
        "article": True if facts.is_demo and not synthetic else None,
    }


def _drawn(parcels: gpd.GeoDataFrame) -> list[Record]:
    shapes = polygonal(parcels.geometry.to_numpy())
    points, depths_m = inner_points(shapes)
    degrees = lonlat(gpd.GeoDataFrame(geometry=shapes, crs=parcels.crs))
    inner = lonlat(gpd.GeoDataFrame(geometry=points, crs=parcels.crs))
    found: list[Record] = []
    for shape, point, depth_m in zip(degrees, inner, depths_m, strict=True):
        if shape is None or point is None:
            found.append({})
            continue
        stretch = math.cos(math.radians(point.y)) * _EQUATOR_M
        found.append(
            {
                "at": _degrees(point),
                "depth": float(f"{depth_m / stretch:.4g}"),
                "rings": rings(shape),
            }
        )
    return found


def _degrees(point: shapely.Point) -> list[float]:
    return [round(each * UNITS_PER_DEGREE) / UNITS_PER_DEGREE for each in (point.x, point.y)]


def _places(places: gpd.GeoDataFrame, lang: Language) -> list[Record]:
    if places.empty:
        return []
    shapes = _drawn(places)
    columns = (places[column] for column in ("place", "name", "kind", "schematic"))
    found = []
    for code, name, kind, schematic, shape in zip(*columns, shapes, strict=True):
        shown = _place_name(code, name or code, lang)
        record = {"code": code, "name": shown, "kind": kind or "town", "schematic": bool(schematic)}
        found.append({**record, **shape})
    return found


def _projects(data: PageData) -> dict[str, list[Record]]:
    known = {row["project_id"]: row for row in data.projects.to_dict("records")}
    found: dict[str, list[Record]] = {}
    links = data.parcel_projects
    for parcel_id, project_id in zip(links["parcel_id"], links["project_id"], strict=True):
        row = known.get(project_id)
        if row is None:
            continue
        record = {key: row.get(key) for key in ("name", "investor", "industry")}
        yi = row.get("investment_yi")
        record["yi"] = None if yi is None or pd.isna(yi) else _short(yi)
        kept = {key: value for key, value in record.items() if not _is_blank(value)}
        found.setdefault(parcel_id, []).append(kept)
    return found


def _contacts(data: PageData) -> list[list[int | str]]:
    rows = {parcel_id: row for row, parcel_id in enumerate(data.parcels["parcel_id"])}
    columns = ("left", "right", "kind", "shared_m", "gap_m", "overlap_m2")
    pairs = zip(*(data.contacts[column].tolist() for column in columns), strict=True)
    found = []
    for left, right, kind, shared_m, gap_m, overlap_m2 in pairs:
        row = [rows[left], rows[right], KINDS.index(kind), _printed(shared_m, 2)]
        row += [_printed(gap_m, 1), _printed(overlap_m2, 2)]
        # Most pairs of a dense town only lie across a road from each other: keep rows short.
        while row[-1] == 0 and len(row) > _LEAST_CONTACT:
            row.pop()
        found.append(row)
    return found


def _printed(value: float, decimals: int) -> str | int:
    """Print a measured figure; nothing measured takes one character."""
    return 0 if _is_blank(value) or value == 0 else str(half_up(value, decimals))


def _legend(data: PageData) -> list[Record]:
    order = [term.code for term in terms("status")]
    # As in the totals: what is not stated comes last.
    listed = [*(code for code in order if code != UNKNOWN), UNKNOWN]
    by_status = _figures(data.legend)
    partly = bool(data.standing["partly"].any()) if len(data.standing) else False
    blank = {"n": 0, "mu": "0.00"}
    shown = [code for code in listed if code in by_status or code != UNKNOWN]
    return [
        {"status": order.index(code), **by_status.get(code, blank), "partly": partly}
        for code in shown
    ]


def _units(data: PageData) -> list[Record]:
    labels = dict(zip(data.units["key"], data.units["label"], strict=True))
    return [{"key": key, "label": labels[key], **row} for key, row in _figures(data.units).items()]


def _figures(rows: pd.DataFrame) -> dict[str, Record]:
    columns = (rows["key"], rows["parcels"], rows["area_mu"])
    return {key: {"n": int(n), "mu": str(mu)} for key, n, mu in zip(*columns, strict=True)}


def _short(value: float) -> str:
    return f"{value:.10g}"
