"""Tables of text, tables of corners, and ledgers that join plots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from tests.hazards.clean import LEDGER, LEDGER_VALUES, LISTED, corner_rows
from tests.hazards.expectation import Corpus, note, reads, refuses
from tests.hazards.land import GAS, HOLED, JIAOLONG, MICANG, PARTED, PLOTS, named
from tests.hazards.writing import gpkg, workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.hazards.expectation import Outcome
    from tests.hazards.land import Plot

CORPUS = Corpus("sheets")
HEAD, *ROWS = LEDGER
TEXT = ["\t".join(map(str, row)) for row in LEDGER]
LEDGER_RIGHT = reads(plots=LISTED, values=LEDGER_VALUES)


def _text(name: str, what: str, content: str, *due: Outcome, suffix: str = ".csv") -> None:
    def build(folder: Path) -> Path:
        (folder / f"table{suffix}").write_bytes(content.encode("utf-8-sig"))
        return folder / f"table{suffix}"

    CORPUS.add(name, what, build, *due)


def _joined(rows: Sequence[Sequence[object]], sign: str = ",") -> str:
    return "\r\n".join(sign.join("" if cell is None else str(cell) for cell in row) for row in rows)


_text("csv_semicolons", "ledger with semicolons", _joined(LEDGER, ";"), LEDGER_RIGHT)
_text("csv_tabs", "ledger with tabs, named .csv", _joined(LEDGER, "\t"), LEDGER_RIGHT)
_text("tsv", "ledger with tabs, named .tsv", _joined(LEDGER, "\t"), LEDGER_RIGHT, suffix=".tsv")
_text(
    "txt_table",
    "ledger with tabs, named .txt",
    _joined(LEDGER, "\t"),
    LEDGER_RIGHT,
    refuses(),
    suffix=".txt",
)
_text(
    "csv_quotes",
    "ledger with a line break and a comma in quotes",
    _joined([HEAD, [ROWS[0][0], '"燃气\n地块,甲"', 15.0, "圣堂镇"], *ROWS[1:]]),
    reads(plots=(named(LISTED[0], name="燃气\n地块,甲"), *LISTED[1:]), values=LEDGER_VALUES),
    reads(plots=(named(LISTED[0], name=None), *LISTED[1:]), values=LEDGER_VALUES),
)
_text(
    "csv_quote_open",
    "ledger with a quote that never closes",
    _joined([HEAD, ROWS[0], [ROWS[1][0], '"米仓地块', 9.0, "圣堂镇"], ROWS[2]]),
    refuses(),
    reads(
        note("quote_open|quote_kept", row=3),
        plots=(LISTED[0], named(LISTED[1], name=None), LISTED[2]),
    ),
    reads(note("quote_open"), plots=LISTED, part=True),
)
_text(
    "csv_short_row",
    "ledger with a row that lacks cells",
    _joined([HEAD, ROWS[0], ROWS[1][:2], ROWS[2]]),
    reads(plots=LISTED, values={"stated_mu": (15.0, None, 12.6)}),
)
_text(
    "csv_long_row",
    "ledger with a row that has a cell too many: a comma in a figure",
    _joined([HEAD, [ROWS[0][0], ROWS[0][1], "1,234.5", "圣堂镇"], *ROWS[1:]]),
    reads(note("row_long|row_shifted"), plots=LISTED),
    reads(note("row_long|row_shifted", row=2, severity="error"), plots=LISTED[1:]),
)
_text(
    "csv_title",
    "ledger with a title above",
    "恩平市低效用地台账,,,\r\n" + _joined(LEDGER),
    LEDGER_RIGHT,
)
_text(
    "csv_total",
    "ledger as CSV with a total",
    _joined([*LEDGER, ["合计", None, 36.6, None]]),
    reads(note("total_row", row=5), plots=LISTED, values=LEDGER_VALUES),
)
_text(
    "csv_nul",
    "ledger with NUL between the letters",
    _joined(LEDGER).replace("燃气", "燃\x00气"),
    refuses(),
    reads(plots=(named(LISTED[0], name=None), *LISTED[1:])),
)
_text(
    "csv_digits",
    "ledger with 19-digit codes without quotes",
    _joined([HEAD, *([f"440785001001000000{n}", *row[1:]] for n, row in enumerate(ROWS, 1))]),
    reads(
        plots=tuple(named(p, code=f"440785001001000000{n}") for n, p in enumerate(LISTED, 1)),
        clean=True,
    ),
)
_text(
    "csv_rounded",
    "ledger that Excel saved: codes like 4.40785E+18",
    _joined([HEAD, *(["4.40785E+18", *row[1:]] for row in ROWS)]),
    reads(
        note("code_digits_lost|id_inexact|id_repeated"),
        plots=tuple(named(p, code=None) for p in LISTED),
    ),
)
_text(
    "csv_sep_line",
    "ledger with the line sep=; of Excel",
    "sep=;\r\n" + _joined(LEDGER, ";"),
    LEDGER_RIGHT,
)
# WKT.
WKT: list[list[Any]] = [
    ["地块编号", "地块名称", "WKT"],
    *([p.code, p.name, f'"{p.shape}"'] for p in PLOTS),
]
_text(
    "wkt_broken",
    "WKT with a row that is none",
    _joined([*WKT[:2], [MICANG.code, MICANG.name, '"POLYGON ((1 2, 3"'], WKT[3]]),
    reads(note("geometry_unread", row=3, severity="error"), plots=(GAS, JIAOLONG)),
)
_text(
    "wkt_empty",
    "WKT with an empty cell",
    _joined([*WKT[:2], [MICANG.code, MICANG.name, ""], WKT[3]]),
    reads(note("geometry_missing", row=3, severity="error"), plots=(GAS, JIAOLONG)),
)
_text(
    "wkt_ewkt",
    "WKT with SRID=4546 before",
    _joined([WKT[0], *([p.code, p.name, f'"SRID=4546;{p.shape}"'] for p in PLOTS)]),
    reads(),
    refuses(),
)
_text(
    "wkt_lower",
    "WKT in small letters, column geometry",
    _joined(
        [
            ["地块编号", "地块名称", "geometry"],
            *([p.code, p.name, f'"{str(p.shape).lower()}"'] for p in PLOTS),
        ]
    ),
    reads(),
)
# Corners.
CORNERS = corner_rows()


def _corners(name: str, what: str, rows: Sequence[Sequence[object]], *due: Outcome) -> None:
    _text(name, what, _joined(rows), *due)


def _closed(rows: list[list[Any]]) -> list[list[Any]]:
    return [*rows, rows[0]]


_corners(
    "corners_closed",
    "corners with the first repeated at the end",
    [
        CORNERS[0],
        *(
            row
            for plot in PLOTS
            for row in _closed([each for each in CORNERS if each[0] == plot.code])
        ),
    ],
    reads(),
)
_corners(
    "corners_blank_code",
    "corners with the code in the first row of each plot only",
    [CORNERS[0], *([*(row[:2] if row[2] == "J1" else ["", ""]), *row[2:]] for row in CORNERS[1:])],
    reads(),
)
_corners(
    "corners_letter",
    "corners with a letter in a number",
    [
        [*row[:3], "24565E1l", row[4]] if row[1] == MICANG.name and row[2] == "J2" else row
        for row in CORNERS
    ],
    reads(note("corner_unread", severity="error"), plots=(GAS, JIAOLONG)),
)
_corners(
    "corners_two",
    "corners of a plot with two corners",
    [row for row in CORNERS if not (row[1] == MICANG.name and row[2] in {"J3", "J4"})],
    reads(note("ring_short", severity="error"), plots=(GAS, JIAOLONG)),
)
_corners(
    "corners_full_width",
    "corners with full-width digits",
    [
        [
            *row[:3],
            *(
                str(cell).translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
                for cell in row[3:]
            ),
        ]
        if row[2] != "点号"
        else row
        for row in CORNERS
    ],
    reads(),
)


def _ringed(plot: Plot) -> list[list[Any]]:
    rows: list[list[Any]] = []
    number = 0
    for part in shapely.get_parts(plot.shape):
        for ring in (part.exterior, *part.interiors):
            number += 1
            rows += [
                [plot.code, plot.name, number, f"J{n}", y, x]
                for n, (x, y) in enumerate(ring.coords[:-1], 1)
            ]
    return rows


RINGED: list[list[Any]] = [
    ["地块编号", "地块名称", "圈号", "点号", "X", "Y"],
    *_ringed(HOLED),
    *_ringed(PARTED),
]
_corners(
    "corners_rings",
    "corners with holes and parts by ring number",
    RINGED,
    reads(plots=(HOLED, PARTED)),
)
WIDE_HEAD = ["地块编号", "地块名称", *(f"{axis}{n}" for n in range(1, 7) for axis in "xy")]


def _wide(plot: Plot) -> list[object]:
    corners = [cell for x, y in plot.shape.exterior.coords[:-1] for cell in (y, x)]
    return [plot.code, plot.name, *corners, *[""] * (12 - len(corners))]


_corners(
    "corners_wide", "corners in columns x1, y1, x2, y2, …", [WIDE_HEAD, *map(_wide, PLOTS)], reads()
)
LISTS: list[list[Any]] = [
    ["地块编号", "地块名称", "坐标"],
    *(
        [
            p.code,
            p.name,
            '"' + ";".join(f"{y:.3f},{x:.3f}" for x, y in p.shape.exterior.coords[:-1]) + '"',
        ]
        for p in PLOTS
    ),
]
_corners("corners_in_cell", "corners as a list in a cell", LISTS, reads())
# Ledgers that join plots.
AREAS = {"stated_mu": (15.0, 9.0, 12.6)}


def _join(
    name: str,
    what: str,
    rows: Sequence[Sequence[object]],
    *due: Outcome,
    plots: Sequence[Plot] = PLOTS,
) -> None:
    def build(folder: Path) -> Path:
        workbook(folder / "ledger.xlsx", rows)
        return gpkg(folder / "plots.gpkg", plots)

    CORPUS.add(name, what, build, *due, ledger="ledger.xlsx", apart="it joins no ledger")


_join("join_code", "a ledger joined by code", LEDGER, reads(values=AREAS))
_join("join_order", "a ledger in another order", [HEAD, *ROWS[::-1]], reads(values=AREAS))
_join(
    "join_name",
    "a ledger joined by name, without codes",
    [HEAD[1:], *(row[1:] for row in ROWS)],
    reads(values=AREAS),
)
_join(
    "join_code_case",
    "a ledger whose codes have blanks and full-width letters",
    [HEAD, *([f" {str(row[0]).replace('GB', 'ＧＢ')} ", *row[1:]] for row in ROWS)],
    reads(values=AREAS),
)
_join(
    "join_ledger_extra",
    "a ledger with a plot that is not drawn",
    [*LEDGER, ["X9", "没有图的地块", 1.0, None]],
    reads(note("ledger_unmatched", row=5), values=AREAS),
)
_join(
    "join_plot_extra",
    "a drawn plot that the ledger lacks",
    LEDGER[:3],
    reads(note("parcel_unmatched"), values={"stated_mu": (15.0, 9.0, None)}),
)
_join(
    "join_ambiguous",
    "a name that fits two plots",
    [HEAD[1:], *(row[1:] for row in ROWS)],
    reads(
        note("ledger_ambiguous"),
        plots=(GAS, named(MICANG, name=GAS.name), JIAOLONG),
        values={"stated_mu": (None, None, 12.6)},
    ),
    plots=(GAS, named(MICANG, name=GAS.name), JIAOLONG),
)
_join(
    "join_twice",
    "two rows of the ledger for one plot",
    [*LEDGER, [ROWS[0][0], ROWS[0][1], 99.0, None]],
    reads(note("ledger_repeated"), values={"stated_mu": (None, 9.0, 12.6)}),
    reads(note("ledger_repeated"), values=AREAS),
)
_join(
    "join_total",
    "a ledger with a total",
    [*LEDGER, ["合计", None, 36.6, None]],
    reads(note("total_row", row=5), values=AREAS),
)
_join(
    "join_nothing",
    "a ledger that fits no plot",
    [HEAD, ["X1", "甲", 1.0, None], ["X2", "乙", 2.0, None]],
    reads(
        note("ledger_unmatched", row=2), note("ledger_unmatched", row=3), note("parcel_unmatched")
    ),
)
CORPUS.add(
    "join_missing",
    "a ledger that is not there",
    lambda folder: gpkg(folder / "plots.gpkg"),
    refuses(blames="ledger.xlsx"),
    ledger="ledger.xlsx",
    apart="it joins no ledger",
)
