"""Boundary-point TXT whose headers, headlines or lines are odd or broken."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import shapely

from tests.hazards.expectation import CLEAN, Corpus, note, reads, refuses
from tests.hazards.land import (
    GAS,
    JIAOLONG,
    MICANG,
    box,
    named,
    shifted,
)
from tests.hazards.survey import (
    NORM,
    Style,
    body,
    document,
    headline,
    points,
    txt,
)

if TYPE_CHECKING:
    from pathlib import Path


from tests.hazards.points import _lines, _replaced

CORPUS = Corpus("points")


# Headers and headlines.
_lines(
    "txt_unknown_key",
    "with keys nobody knows",
    lambda lines: [lines[0], "审批文号=粤府〔2023〕1号", *lines[1:]],
    CLEAN,
)
_lines(
    "txt_equals_in_value",
    "with = in a value",
    _replaced("恩平市自然资源局", "恩平=自然=资源局"),
    CLEAN,
)
_lines(
    "txt_black_brackets",
    "with 【】 for []",
    lambda lines: [line.replace("[", "【").replace("]", "】") for line in lines],
    CLEAN,
)
_lines("txt_full_width_commas", "with full-width commas", _replaced(",", "，"), CLEAN)
_lines(
    "txt_full_width_digits",
    "with full-width digits and points",
    lambda lines: [
        line.translate(str.maketrans("0123456789.,=@", "０１２３４５６７８９．，＝＠"))
        if line.startswith("J")
        else line
        for line in lines
    ],
    CLEAN,
)
_lines(
    "txt_full_width_equals",
    "with ＝ and ＠",
    lambda lines: [line.replace("=", "＝").replace("@", "＠") for line in lines],
    CLEAN,
)
_lines("txt_no_at", "whose headlines lack the @", _replaced(",@", ","), reads())
_lines(
    "txt_seven_fields",
    "whose headlines have seven fields",
    _replaced(",,工业用地,,@", ",,工业用地,@"),
    CLEAN,
)
_lines(
    "txt_thirteen_fields",
    "whose headlines have thirteen fields",
    _replaced(",工业用地,,@", ",工业用地,0601,水田,旱地,8,9,备注,@"),
    CLEAN,
)
_lines(
    "txt_bare_points",
    "of coordinates alone, no headline",
    lambda lines: [line for line in lines if line.startswith("J")],
    reads(plots=(named(GAS, code=None, name=None),)),
    plots=(GAS,),
    header=None,
)
_lines(
    "txt_same_headline",
    "of two plots with the same headline: others keep one",
    lambda lines: lines,
    reads(note("id_repeated"), plots=(GAS, named(GAS, code=None, shape=box(500, 0, 100, 100)))),
    plots=(GAS, named(GAS, shape=box(500, 0, 100, 100))),
)
_lines(
    "txt_count_wrong",
    "whose headline counts points that are not there",
    _replaced("5,1.0000", "9,1.0000"),
    reads(note("point_count")),
)
_lines(
    "txt_lines_as_kind",
    "of lines instead of plots",
    _replaced(",面,", ",线,"),
    reads(note("geometry_kind", severity="error"), plots=()),
    refuses(),
)
_lines(
    "txt_name_with_comma",
    "with a comma in a name",
    _replaced("米仓地块", "米仓,地块"),
    reads(
        note("line_unread|headline_fields"),
        plots=(GAS, named(MICANG, code=None, name=None), JIAOLONG),
    ),
    reads(plots=(GAS, named(MICANG, name="米仓,地块"), JIAOLONG)),
)
_lines(
    "txt_extra_sections",
    "with further sections before",
    lambda lines: ["[扩展信息]", "项目=甲", "[项目信息]", "a=b", *lines],
    CLEAN,
)
_lines(
    "txt_no_section",
    "without the line [地块坐标]",
    lambda lines: [line for line in lines if line != "[地块坐标]"],
    reads(),
)
_lines(
    "txt_description_only",
    "with a description and no plot",
    lambda lines: lines[:12],
    refuses(),
    reads(note("no_rows"), plots=()),
)
# Lines.
_lines(
    "txt_blank_lines",
    "with blank lines everywhere",
    lambda lines: [each for line in lines for each in (line, "", "  ")],
    CLEAN,
)
_lines(
    "txt_trailing_commas",
    "with commas at the ends of lines",
    lambda lines: [line + "," if line.startswith("J") else line for line in lines],
    CLEAN,
)
_lines(
    "txt_blanks_around",
    "with blanks around the numbers",
    lambda lines: [line.replace(",", " , ") if line.startswith("J") else line for line in lines],
    CLEAN,
)
_lines(
    "txt_tabs",
    "with tabs for commas",
    lambda lines: [line.replace(",", "\t") if line.startswith("J") else line for line in lines],
    CLEAN,
)
_lines(
    "txt_spaces",
    "with blanks for commas",
    lambda lines: [line.replace(",", "   ") if line.startswith("J") else line for line in lines],
    CLEAN,
)
_lines(
    "txt_semicolons",
    "with semicolons for commas",
    lambda lines: [line.replace(",", ";") if line.startswith("J") else line for line in lines],
    reads(),
)
_lines(
    "txt_comments",
    "with comment lines",
    lambda lines: [*lines[:12], "# 说明", "// 以下为坐标", *lines[12:]],
    reads(),
)
_lines(
    "txt_heights",
    "with a height behind each point",
    lambda lines: [line + ",12.500" if line.startswith("J") else line for line in lines],
    reads(),
)
_lines(
    "txt_exponents",
    "with numbers like 2.456521E+06",
    lambda lines: [line.replace("2456521.000", "2.456521E+06") for line in lines],
    reads(note("point_rounded", row=13, severity="error"), plots=(MICANG,)),
)


def _ended(folder: Path, newline: str) -> Path:
    return txt(folder / "plots.txt", newline=newline)


for _key, _newline in (("lf", "\n"), ("cr", "\r"), ("mixed", "\r\r\n")):
    CORPUS.add(
        f"txt_newline_{_key}",
        f"TXT with line ends {_newline!r}",
        partial(_ended, newline=_newline),
        CLEAN,
    )
KEPT = reads(note("point_line", row=19, severity="error"), plots=(GAS, JIAOLONG))
_lines(
    "txt_letter_in_number",
    "with a letter in a number: costs its plot only",
    _replaced("2456531.000,37634210.000", "24565E1l.000,37634210.000"),
    KEPT,
)
_lines(
    "txt_number_missing",
    "with a number missing",
    _replaced("2456531.000,37634210.000", "2456531.000,"),
    KEPT,
)
_lines(
    "txt_two_points",
    "of a plot with two points",
    lambda _: document(
        NORM,
        [
            *body((GAS,)),
            headline(MICANG, 2, Style()),
            *points(MICANG, Style())[:2],
            *body((JIAOLONG,)),
        ],
    ),
    reads(note("points_few", severity="error"), plots=(GAS, JIAOLONG)),
)
_lines(
    "txt_no_points",
    "of a plot without points",
    lambda _: document(NORM, [*body((GAS,)), headline(MICANG, 0, Style()), *body((JIAOLONG,))]),
    reads(note("points_missing", severity="error"), plots=(GAS, JIAOLONG)),
)
_lines(
    "txt_far_point",
    "with a digit wrong: a corner 900 km away",
    _replaced("2456531.000,37634210.000", "2456531.000,38534210.000"),
    reads(note("corner_far", severity="error"), plots=(GAS, JIAOLONG)),
    reads(
        note("corner_far|geometry_invalid"),
        plots=(
            GAS,
            named(
                MICANG,
                shape=shapely.Polygon(
                    [
                        (1_534_210, 2_456_531),
                        *list(MICANG.shape.exterior.coords)[1:-1],
                        (1_534_210, 2_456_531),
                    ]
                ),
            ),
            JIAOLONG,
        ),
    ),
    refuses("crs_missing"),
)
_lines(
    "txt_cut_off",
    "cut off within a line",
    lambda lines: [*lines[:-1], lines[-1][:9]],
    reads(note("point_line", severity="error"), plots=(GAS, MICANG)),
    reads(note("point_line|point_count")),
)
_lines(
    "txt_repeated_point",
    "with a point written twice",
    lambda lines: [
        each for line in lines for each in ((line, line) if line.startswith("J2,") else (line,))
    ],
    reads(),
)
BOW = shapely.Polygon(
    [(634_060 + x, 2_456_521 + y) for x, y in ((0, 0), (50, 50), (50, 0), (0, 50))]
)
_lines(
    "txt_bow_tie",
    "of a plot like a bow tie",
    lambda lines: lines,
    reads(note("geometry_invalid"), plots=(named(GAS, shape=BOW),)),
    plots=(named(GAS, shape=BOW),),
)


@CORPUS.entry(
    "TXT of 3,000 plots",
    reads(
        clean=True,
        plots=tuple(
            named(
                GAS,
                code=f"440785001001GB{n:05}",
                name=f"第{n}号地块",
                shape=shifted(GAS.shape, n % 60 * 120, n // 60 * 120),
            )
            for n in range(3000)
        ),
    ),
)
def txt_many(folder: Path) -> Path:
    right: Any = next(each for each in CORPUS.entries if each.name == "txt-many").expected[0]
    return txt(folder / "plots.txt", right.plots)
