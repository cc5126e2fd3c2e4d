"""
Turn an inventory into what the page carries: words as JSON, all else as one packed block.

The words are there at once; the block, with every figure and shape, is unpacked in the browser,
which finds out by its check sum whether it is whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from enping_gis._resources import shipped_json
from enping_gis.crs import lonlat
from enping_gis.measure.contacts import CONTACT_KINDS
from enping_gis.messages import text
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.viewer.arcs import arcs_of
from enping_gis.viewer.bilingual import OTHER, differences
from enping_gis.viewer.columns import (
    add_lives,
    add_plots,
    add_steps,
    in_decimals,
    place_name,
    short,
)
from enping_gis.viewer.events import add_events, event_kinds
from enping_gis.viewer.outlining import BITS, degrees_of, rings_of, world
from enping_gis.viewer.packing import Packer
from enping_gis.viewer.shapes import UNITS_PER_DEGREE, inner_points, polygonal, rings
from enping_gis.vocabulary import UNKNOWN, label, terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    import pandas as pd

    from enping_gis.messages import Language
    from enping_gis.viewer.arcs import Arcs
    from enping_gis.viewer.outlining import Rings
    from enping_gis.viewer.page_data import PageData, PageFacts

    Ints = npt.NDArray[np.int64]
    Record = dict[str, Any]

KINDS = ("overlap", "shared", "across", "corner")
# Length of the equator of the sphere that web maps are drawn on, in metres.
_EQUATOR_M = 40_075_016.686
# Depths are told by steps of this many to the double: none is said to be greater than it is.
_DEPTH_STEPS = 16
# So many vertices tell how boundaries run.
_SAMPLE = 100_000


@dataclass
class Payload:
    """
    What the page carries.

    Parameters
    ----------
    shown : dict
        Words and what else is needed before the block is unpacked.
    head : dict
        Figures and lists of the block, JSON data.
    packer : Packer
        Columns of the block.
    counts : dict of str to int
        Plots in all, and those that are ``synthetic`` or from the ``article``.
    places : dict of str to list
        Places as the head lists them, by language.
    """

    shown: Record
    head: Record
    packer: Packer = field(default_factory=Packer)
    counts: dict[str, int] = field(default_factory=dict)
    places: dict[Language, list[Record]] = field(default_factory=dict)


def payload(data: PageData, facts: PageFacts) -> Payload:
    """
    Return the data of the page.

    Parameters
    ----------
    data : PageData
        Plots and what was measured of them.
    facts : PageFacts
        What the page says of itself.

    Returns
    -------
    Payload
        Areas as whole units of the last printed digit, shapes as arcs that neighbours share,
        plots named by their position wherever one points to another.
    """
    lang = facts.lang
    plots = int((data.lives["valid_to"] == "").sum())
    known = Payload(shown=_shown(plots, lang), head=_head(data, facts))
    packer = known.packer
    known.counts = {"plots": plots} | add_plots(packer, data, facts)
    known.head |= _add_shapes(packer, data.parcels)
    _add_contacts(packer, data)
    add_steps(packer, data)
    add_events(packer, data)
    add_lives(packer, data)
    perimeters = shapely.length(data.parcels.geometry.to_numpy()) * (not facts.is_public)
    packer.add("perimeter", in_decimals(np.nan_to_num(perimeters), 2))
    other = _head(data, replace(facts, lang=OTHER[facts.lang]))
    known.places = {facts.lang: known.head["places"], OTHER[facts.lang]: other["places"]}
    known.head["inOther"] = differences(known.head, other)
    return known


def _shown(plots: int, lang: Language) -> Record:
    said = {
        code: both for code, both in shipped_json("messages.json").items() if _is_page_word(code)
    }
    words, others = (
        {code: both[each] for code, both in said.items()} for each in (lang, OTHER[lang])
    )
    other = {"lang": OTHER[lang], "words": others}
    return {"lang": lang, "words": words, "count": plots, "other": other}


def _head(data: PageData, facts: PageFacts) -> Record:
    lang = facts.lang
    return {
        "bits": BITS,
        "meta": {
            "method": label("area_method", facts.area_method, lang),
            "within": short(facts.within_m),
            "grouping": data.grouping,
            "notStated": text("not_stated", lang),
            "isPublic": facts.is_public,
            "asOf": facts.as_of.isoformat(),
            "done": next(n for n, term in enumerate(terms("status")) if term.code == "revitalised"),
        },
        "statuses": [_status(term, lang) for term in terms("status")],
        "kinds": KINDS,
        "places": _places(data.places, lang),
        "legend": _legend(data),
        "units": _units(data, lang),
        "codes": _codes(data, lang),
        "score": _score(data, lang),
        "eventKinds": event_kinds(data, lang),
        "total": {unit: str(data.total[f"area_{unit}"]) for unit in ("m2", "ha", "mu")},
    }


def _codes(data: PageData, lang: Language) -> Record:
    """Name the towns and categories there are, which a filter asks for by code or by name."""
    names = dict(zip(data.places["place"], data.places["name"], strict=True))
    parcels = data.parcels
    towns = sorted({code for code in _different(parcels, "town") if isinstance(code, str) and code})
    cells = {cell for cell in _different(parcels, "category") if isinstance(cell, str)}
    there = {code.strip() for cell in cells for code in cell.split(LIST_SEPARATOR)}
    return {
        "town": {code: place_name(code, names.get(code) or code, lang) for code in towns},
        "category": {code: label("category", code, lang) for code in sorted(there - {""})},
    }


def _different(parcels: gpd.GeoDataFrame, column: str) -> Iterable[object]:
    return parcels[column].unique() if column in parcels else ()


def _is_page_word(code: str) -> bool:
    return code == "total" or (code.startswith("page.") and not code.startswith("page.banner"))


def _status(term: Any, lang: Language) -> Record:  # noqa: ANN401 - a vocabulary term
    looks = {key: term.attributes[key] for key in ("colour", "stroke", "text", "pattern")}
    return {"code": term.code, "label": term.label(lang), **looks}


def _add_shapes(packer: Packer, parcels: gpd.GeoDataFrame) -> Record:
    """Add outlines and inner points; return what the head says of them."""
    shapes = polygonal(parcels.geometry.to_numpy())
    points, depths_m = inner_points(shapes)
    shapes[shapely.is_missing(points)] = None
    outlines = rings_of(shapes, crs=parcels.crs)
    arcs = arcs_of(outlines)
    packer.add("rings", outlines.per_shape)
    packer.add("arcs", arcs.per_ring)
    # An arc that comes for the first time is the one after all those before.
    latest = np.maximum.accumulate(np.append(-1, arcs.used))[:-1]
    packer.add("used", latest + 1 - arcs.used)
    packer.add("backward", arcs.backward[arcs.used <= latest], "bits")
    packer.add("closed", arcs.closed, "bits")
    packer.add("sizes", arcs.sizes)
    corner = [int(each.min(initial=2**BITS)) for each in (arcs.x, arcs.y)]
    goes_on = _add_vertices(packer, arcs, corner)
    placed = np.flatnonzero(outlines.per_shape)
    boxes = _boxes(outlines, placed)
    sides = np.sqrt(np.prod((boxes[2:] - boxes[:2]) / 2.0**BITS, axis=0))
    inner = degrees_of(shapely.get_coordinates(points), parcels.crs)
    inside = world(inner).T - (boxes[:2] + boxes[2:]) // 2
    packer.add("atX", inside[0], "signed")
    packer.add("atY", inside[1], "signed")
    stretch = np.cos(np.radians(inner[:, 1])) * _EQUATOR_M
    depths = np.maximum(depths_m[placed] / stretch * 2.0**BITS, 1.0)
    packer.add("depth", np.floor(_DEPTH_STEPS * np.log2(depths)))
    side = float(np.sort(sides)[len(sides) // 2]) if len(sides) else 0.0
    return {"goesOn": goes_on, "side": side, "corner": corner}


def _add_vertices(packer: Packer, arcs: Arcs, corner: list[int]) -> bool:
    """
    Add the vertices of arcs by what they are off the one before, or off the way so far.

    Where boundaries run straight from mark to mark, the next step is like the last; where they
    bend at every mark it is not. What takes fewer bits is kept.
    """
    both = zip((arcs.x, arcs.y), corner, strict=True)
    steps = [np.diff(numbers, prepend=least) for numbers, least in both]
    ahead = [_ahead(each, arcs.sizes) for each in steps]
    every = max(len(arcs.x) // _SAMPLE, 1)
    bits = [
        float(sum(np.log2(1.0 + np.abs(one[::every])).sum() for one in each))
        for each in (steps, ahead)
    ]
    goes_on = bits[1] < bits[0]
    for name, each in zip("xy", ahead if goes_on else steps, strict=True):
        packer.add(name, each, "signed")
    return goes_on


def _ahead(steps: Ints, sizes: Ints) -> Ints:
    """Return how steps differ from those before; the first two of an arc stay as they are."""
    ahead = steps.copy()
    ahead[1:] -= steps[:-1]
    first = np.cumsum(sizes) - sizes
    for at in (first, first[sizes > 1] + 1):
        ahead[at] = steps[at]
    return ahead


def _boxes(outlines: Rings, placed: Ints) -> Ints:
    """Return least x, least y, greatest x and greatest y of the shapes that are placed."""
    if not len(placed):
        return np.empty((4, 0), dtype=np.int64)
    starts = np.cumsum(outlines.sizes) - outlines.sizes
    first = (np.cumsum(outlines.per_shape) - outlines.per_shape)[placed]
    sides = [
        reach.reduceat(numbers, starts[first])
        for reach in (np.minimum, np.maximum)
        for numbers in (outlines.x, outlines.y)
    ]
    return np.array(sides)


def _drawn(places: gpd.GeoDataFrame) -> list[Record]:
    shapes = polygonal(places.geometry.to_numpy())
    points, _ = inner_points(shapes)
    degrees = lonlat(gpd.GeoDataFrame(geometry=shapes, crs=places.crs))
    inner = lonlat(gpd.GeoDataFrame(geometry=points, crs=places.crs))
    return [
        {} if shape is None or point is None else {"at": _degrees(point), "rings": rings(shape)}
        for shape, point in zip(degrees, inner, strict=True)
    ]


def _degrees(point: shapely.Point) -> list[float]:
    return [round(each * UNITS_PER_DEGREE) / UNITS_PER_DEGREE for each in (point.x, point.y)]


def _places(places: gpd.GeoDataFrame, lang: Language) -> list[Record]:
    if places.empty:
        return []
    shapes = _drawn(places)
    columns = (places[column] for column in ("place", "name", "kind", "schematic"))
    found = []
    for code, name, kind, schematic, shape in zip(*columns, shapes, strict=True):
        shown = place_name(code, name or code, lang)
        record = {"code": code, "name": shown, "kind": kind or "town", "schematic": bool(schematic)}
        found.append({**record, **shape})
    return found


def _add_contacts(packer: Packer, data: PageData) -> None:
    pairs = data.contacts
    left, right = (pairs[side].to_numpy() for side in ("left", "right"))
    packer.add("contacts", np.bincount(left, minlength=len(data.parcels)))
    packer.add("right", right - left, "signed")
    kinds = np.array([KINDS.index(kind) for kind in CONTACT_KINDS])[pairs["kind"].to_numpy()]
    packer.add("kindLow", kinds & 1, "bits")
    packer.add("kindHigh", kinds >> 1, "bits")
    for name, column, decimals in (
        ("shared", "shared_m", 2), ("gap", "gap_m", 1), ("overlap", "overlap_m2", 2),
    ):  # fmt: skip
        measured = pairs[column].to_numpy(dtype=float)
        packer.add(name, in_decimals(np.nan_to_num(measured), decimals))


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


def _units(data: PageData, lang: Language) -> list[Record]:
    labels = data.labels[lang]
    return [{"key": key, "label": labels[key], **row} for key, row in _figures(data.units).items()]


def _score(data: PageData, lang: Language) -> list[Record]:
    """Name the places of commitments."""
    labels = data.labels[lang]
    return [
        {**day, "rows": [{**row, "label": labels[row["place"]]} for row in day["rows"]]}
        for day in data.progress
    ]


def _figures(rows: pd.DataFrame) -> dict[str, Record]:
    columns = (rows["key"], rows["parcels"], rows["area_mu"])
    return {key: {"n": int(n), "mu": str(mu)} for key, n, mu in zip(*columns, strict=True)}
