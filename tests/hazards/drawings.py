"""Drawings in DXF from survey programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from tests.hazards import dxf
from tests.hazards.expectation import Corpus, note, reads, refuses
from tests.hazards.land import (
    GAS,
    HOLED,
    MICANG,
    PLOTS,
    box,
    named,
    shifted,
    swapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.hazards.expectation import Outcome
    from tests.hazards.land import Plot

CORPUS = Corpus("markup")


# Drawings.
UNNAMED = tuple(named(plot, code=None, name=None) for plot in PLOTS)
FOUND = note("crs_detected")


def _drawing(
    name: str,
    what: str,
    entities: Callable[[Plot], str],
    *due: Outcome,
    plots: Sequence[Plot] = PLOTS,
    version: str = "AC1032",
    encoding: str = "utf-8",
    page: str = "",
) -> None:
    def build(folder: Path) -> Path:
        text = dxf.drawing("".join(map(entities, plots)), version=version, page=page)
        (folder / "plots.dxf").write_bytes(text.encode(encoding))
        return folder / "plots.dxf"

    CORPUS.add(name, f"DXF {what}", build, *due)


_drawing(
    "dxf_lwpolyline",
    "with closed polylines: others read lines without area",
    dxf.closed,
    reads(FOUND, plots=UNNAMED),
)
_drawing(
    "dxf_text",
    "with names as texts inside the plots",
    lambda p: dxf.closed(p) + dxf.text(p),
    reads(FOUND, plots=tuple(named(p, code=None) for p in PLOTS)),
)
_drawing(
    "dxf_text_gbk",
    "of AutoCAD 2000 in GBK",
    lambda p: dxf.closed(p) + dxf.text(p),
    reads(FOUND, plots=tuple(named(p, code=None) for p in PLOTS)),
    version="AC1015",
    encoding="gbk",
    page="ANSI_936",
)
_drawing(
    "dxf_text_gbk_unstated",
    "in GBK whose code page says ANSI_1252",
    lambda p: dxf.closed(p) + dxf.text(p),
    reads(plots=tuple(named(p, code=None) for p in PLOTS)),
    version="AC1015",
    encoding="gbk",
    page="ANSI_1252",
)
_drawing(
    "dxf_r12",
    "of R12 with POLYLINE and VERTEX, in GBK",
    lambda p: dxf.polyline(p) + dxf.text(p),
    reads(plots=tuple(named(p, code=None) for p in PLOTS)),
    version="AC1009",
    encoding="gbk",
)
_drawing(
    "dxf_layer_chinese",
    "with a Chinese layer name",
    lambda p: dxf.closed(p, layer="界址线"),
    reads(plots=UNNAMED),
)
_drawing(
    "dxf_hole",
    "with a ring inside a ring",
    lambda p: dxf.closed(p) + dxf.closed(named(p, shape=shapely.Polygon(p.shape.interiors[0]))),
    reads(note("ring_in_ring"), plots=(named(HOLED, code=None, name=None),)),
    plots=(HOLED,),
)
_drawing(
    "dxf_open_1mm",
    "with rings open by half a millimetre",
    lambda p: dxf.opened(p, gap_m=0.0005),
    reads(plots=UNNAMED),
)
_drawing(
    "dxf_open",
    "with an open line among the rings",
    lambda p: dxf.opened(p, gap_m=30.0) if p is MICANG else dxf.closed(p),
    reads(
        note(
            "line_open|geometry_kind|ring_open|open_line|lines_open|drawing_open", severity="error"
        ),
        plots=(UNNAMED[0], UNNAMED[2]),
    ),
)
_drawing(
    "dxf_prefix",
    "with zone number 37",
    dxf.closed,
    reads(FOUND, plots=UNNAMED),
    plots=tuple(named(p, shape=shifted(p.shape, 37e6)) for p in PLOTS),
)
_drawing(
    "dxf_swapped",
    "with northing before easting",
    dxf.closed,
    reads(FOUND, plots=UNNAMED),
    plots=tuple(named(p, shape=swapped(p.shape)) for p in PLOTS),
)
_drawing(
    "dxf_millimetres",
    "in millimetres",
    dxf.closed,
    refuses("crs_missing"),
    refuses(),
    plots=tuple(named(p, shape=shapely.transform(p.shape, lambda c: c * 1000)) for p in PLOTS),
)
_drawing(
    "dxf_texts_only",
    "with texts only",
    dxf.text,
    refuses(),
    reads(note("no_rows|geometry_kind"), plots=()),
)
_drawing(
    "dxf_arc",
    "with a rounded side",
    lambda p: dxf.closed(p, bulge=0.1),
    reads(
        note("arcs_straightened"),
        plots=(named(GAS, code=None, name=None, shape=dxf.bulged(box(0, 0, 100, 100), 0.1)),),
        tolerance_m=0.05,
        tolerance_m2=2.0,
    ),
    plots=(GAS,),
)


@CORPUS.entry("binary DXF", refuses(), reads(plots=UNNAMED))
def dxf_binary(folder: Path) -> Path:
    (folder / "plots.dxf").write_bytes(b"AutoCAD Binary DXF\r\n\x1a\x00" + bytes(100))
    return folder / "plots.dxf"


@CORPUS.entry("DWG renamed .dxf", refuses())
def dwg_named_dxf(folder: Path) -> Path:
    (folder / "plots.dxf").write_bytes(b"AC1027" + bytes(300))
    return folder / "plots.dxf"


@CORPUS.entry(
    "DXF cut off half-way",
    refuses(),
    reads(plots=UNNAMED[:1]),
    reads(note("reader_says|rows_missing"), plots=UNNAMED[:1]),
    reads(note("rows_missing|reader_says|file_cut", severity="error"), plots=UNNAMED, part=True),
)
def dxf_cut(folder: Path) -> Path:
    text = dxf.drawing("".join(map(dxf.closed, PLOTS)))
    (folder / "plots.dxf").write_text(text[: len(text) // 2])
    return folder / "plots.dxf"
