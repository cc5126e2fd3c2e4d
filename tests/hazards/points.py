"""Boundary-point TXT files as survey programs, offices and hands leave them."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from tests.hazards.expectation import CLEAN, Corpus, note, reads, refuses
from tests.hazards.land import (
    GAS,
    HOLED,
    PARTED,
    PLOTS,
    box,
    moved,
    named,
)
from tests.hazards.survey import (
    NO_ZONE,
    NORM,
    Style,
    body,
    document,
    txt,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.hazards.expectation import Outcome
    from tests.hazards.land import Plot

CORPUS = Corpus("points")
BARE = Style(offset_m=0.0)


def _style(
    name: str,
    what: str,
    style: Style,
    *due: Outcome,
    plots: Sequence[Plot] = PLOTS,
    header: Any = NORM,
) -> None:
    CORPUS.add(
        name,
        f"TXT {what}",
        lambda folder: txt(folder / "plots.txt", plots, style, header=header),
        *due,
    )


def _lines(
    name: str,
    what: str,
    change: Callable[[list[str]], Sequence[str]],
    *due: Outcome,
    plots: Sequence[Plot] = PLOTS,
    header: Any = NORM,
    **options: Any,
) -> None:
    """Add a file of which the lines are changed."""

    def build(folder: Path) -> Path:
        return written(folder / "plots.txt", change(document(header, body(plots))))

    CORPUS.add(name, f"TXT {what}", build, *due, **options)


def _replaced(old: str, new: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [line.replace(old, new) for line in lines]


ALL = (*PLOTS, HOLED, PARTED)
RINGS = reads(plots=ALL, clean=True)
# Rings and closing.
_style("txt_not_closed", "whose rings are not closed", Style(closing="none"), RINGS, plots=ALL)
_style(
    "txt_closed_new_number",
    "whose closing point has a new number",
    Style(closing="new"),
    RINGS,
    plots=ALL,
)
_style(
    "txt_closing_not_counted",
    "whose closing points are not counted",
    Style(counted=False),
    RINGS,
    plots=ALL,
)
_style("txt_rings_all_1", "whose rings are all numbered 1", Style(running=False), RINGS, plots=ALL)
_style(
    "txt_rings_all_1_open",
    "whose rings are all numbered 1 and do not close",
    Style(running=False, closing="none"),
    reads(),
    plots=PLOTS,
)
_style("txt_no_prefix", "whose points have no J", Style(prefix=""), RINGS, plots=ALL)
_style("txt_decimals_4", "with four decimals", Style(decimals=4), RINGS, plots=ALL)
ISLAND = (named(HOLED, shape=shapely.multipolygons([HOLED.shape, box(35, 235, 10, 10)])),)
_style(
    "txt_island", "with an island in a hole", Style(), reads(plots=ISLAND, clean=True), plots=ISLAND
)
TOUCHING = (
    named(
        HOLED,
        shape=shapely.Polygon(
            box(0, 0, 100, 100).exterior.coords,
            [
                [
                    (634_060, 2_456_571),
                    (634_090, 2_456_551),
                    (634_090, 2_456_591),
                    (634_060, 2_456_571),
                ]
            ],
        ),
    ),
)
_style(
    "txt_hole_touching",
    "with a hole that touches its shell",
    Style(),
    reads(plots=TOUCHING, clean=True),
    plots=TOUCHING,
)


def _hole_first(lines: list[str]) -> list[str]:
    start = next(index for index, line in enumerate(lines) if line.endswith("@"))
    shell, hole = lines[start + 1 : start + 6], lines[start + 6 :]
    return [*lines[: start + 1], *hole, *shell]


_lines(
    "txt_hole_first",
    "whose hole comes before its shell",
    _hole_first,
    reads(plots=(HOLED,), clean=True),
    plots=(HOLED,),
)
_lines(
    "txt_ring_closed_by_other",
    "whose ring is closed under another ring number, 1,3,…",
    lambda lines: [*lines[:-1], lines[-1].replace(",1,", ",3,", 1)],
    reads(plots=(GAS,)),
    plots=(GAS,),
)
_lines(
    "txt_closer_garbled",
    "whose closing point is garbled: x written twice",
    lambda lines: [*lines[:-1], "J1,1,37634060.000,37634060.000"],
    reads(note("point_far", severity="error"), plots=(GAS,)),
    plots=(GAS,),
)
# Zones, axes and units.
_style("txt_swapped", "with easting before northing", Style(east_first=True), reads())
_style("txt_no_number", "without zone number", BARE, reads(note("crs_detected")), header=NO_ZONE)
_style("txt_zone_in_header_only", "whose zone number stands in the header only", BARE, CLEAN)
_style(
    "txt_zone_wrong",
    "whose header says zone 38, points say 37",
    Style(),
    reads(note("zone_header")),
    header={**NORM, "带号": "38"},
)
_style(
    "txt_zone_blank",
    "whose header leaves the zone blank, points say 37",
    Style(),
    CLEAN,
    header=NO_ZONE,
)
_style(
    "txt_six_degree",
    "in 6-degree zone 19",
    Style(offset_m=19_000_000.0),
    CLEAN,
    header={**NORM, "几度分带": "6", "带号": "19"},
)
_style(
    "txt_swapped_bare",
    "with easting before northing, without zone number, without header",
    BARE._replace(east_first=True),
    reads(),
    header=None,
)
ZONE_38 = tuple(named(plot, shape=moved(plot.shape, 4547)) for plot in PLOTS)
_style(
    "txt_zone_38",
    "in zone 38: the east of the county",
    Style(offset_m=38_000_000.0),
    reads(tolerance_m2=0.3),
    plots=ZONE_38,
    header={**NORM, "带号": "38"},
)
_style("txt_no_description", "without a description", Style(), reads(), header=None)
DEGREES = tuple(named(plot, shape=moved(plot.shape, 4490)) for plot in PLOTS)
DEGREE_HEADER = {**NORM, "投影类型": "", "计量单位": "度", "带号": ""}
_style(
    "txt_degrees",
    "in degrees",
    Style(offset_m=0.0, decimals=10),
    reads(),
    plots=DEGREES,
    header=DEGREE_HEADER,
)
_style(
    "txt_degrees_unstated",
    "in degrees, whose header says nothing",
    Style(offset_m=0.0, decimals=10),
    reads(),
    plots=DEGREES,
    header=None,
)


def packed(shape: shapely.Geometry) -> shapely.Geometry:
    """Return degrees as ddd.mmssssss."""

    def pack(values: Any) -> Any:
        whole = values // 1
        minutes = ((values - whole) * 60) // 1
        seconds = (values - whole) * 3600 - minutes * 60
        return whole + minutes / 100 + seconds / 10_000

    return shapely.transform(shape, pack)


_style(
    "txt_dms",
    "in degrees, minutes and seconds packed as ddd.mmssss",
    Style(offset_m=0.0, decimals=11),
    reads(tolerance_m=0.005, tolerance_m2=0.5),
    refuses("dms_ambiguous", "degrees_ambiguous", "crs_ambiguous"),
    plots=tuple(named(plot, shape=packed(plot.shape)) for plot in DEGREES),
    header={**DEGREE_HEADER, "计量单位": "度分秒"},
)
# Datums.
_style(
    "txt_xian_80",
    "in Xi'an 80",
    Style(),
    refuses("crs_datum", "crs_datum_file"),
    header={**NORM, "坐标系": "1980西安坐标系"},
)
_style(
    "txt_xian_80_short",
    "in Xi'an 80, written 80",
    Style(),
    refuses("crs_datum", "crs_datum_file"),
    header={**NORM, "坐标系": "80"},
)
_style(
    "txt_beijing_54",
    "in Beijing 54",
    Style(),
    refuses("crs_datum", "crs_datum_file"),
    header={**NORM, "坐标系": "北京54坐标系"},
)
_style(
    "txt_datum_strange",
    "in a system nobody knows",
    Style(),
    reads(note("crs_detected")),
    refuses(),
    header={**NORM, "坐标系": "恩平独立坐标系"},
)
# Areas.
_style(
    "txt_area_m2",
    "whose areas are in m2 instead of hectares",
    Style(area=1.0),
    reads(note("area_unit")),
)
_style(
    "txt_area_mu",
    "whose areas are in mu instead of hectares",
    Style(area=15e-4),
    reads(note("area_unit")),
)
_style("txt_area_wrong", "whose areas are wrong", Style(area=2.5e-4), reads(note("area_differs")))
