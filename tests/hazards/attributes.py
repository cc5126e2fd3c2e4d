"""Codes that lose digits, dates that do not exist, columns that collide, texts that attack."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from tests.hazards.expectation import CLEAN, Corpus, note, reads, refuses
from tests.hazards.land import GAS, JIAOLONG, MICANG, PLOTS, frame, named
from tests.hazards.writing import TEXTS, cells, dbf, features, geojson, gpkg, shp, sql

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CORPUS = Corpus("attributes")
# Nineteen and twenty-eight digits: no double holds them.
DIGITS_19 = ("4407850010010000001", "4407850010010000002", "4407850010010000003")
DIGITS_28 = tuple(f"{each}123456789" for each in DIGITS_19)
EXACT_19 = tuple(named(plot, code=code) for plot, code in zip(PLOTS, DIGITS_19, strict=True))
EXACT_28 = tuple(named(plot, code=code) for plot, code in zip(PLOTS, DIGITS_28, strict=True))
UNCODED = tuple(named(plot, code=None) for plot in PLOTS)
LOST = note("code_digits_lost|id_inexact")


def _table(folder: Path, fields: Sequence[Any], records: Sequence[Sequence[bytes]]) -> Path:
    path = shp(folder)
    dbf(path.with_suffix(".dbf"), fields, records)
    return path


@CORPUS.entry(
    "19-digit codes in a numeric field of a Shapefile: others lose the last digits",
    reads(plots=EXACT_19),
    reads(LOST, plots=UNCODED),
)
def digits_shapefile(folder: Path) -> Path:
    records = [[code.encode(), name] for code, (_, name) in zip(DIGITS_19, cells(), strict=True)]
    return _table(folder, [(b"DKBH", b"N", 19, 0), TEXTS[1]], records)


@CORPUS.entry("19-digit codes as numbers in GeoJSON", reads(plots=EXACT_19))
def digits_geojson(folder: Path) -> Path:
    rows = features()
    for row, code in zip(rows, DIGITS_19, strict=True):
        row["properties"]["地块编号"] = int(code)
    return geojson(folder / "plots.geojson", rows)


@CORPUS.entry(
    "28-digit codes as numbers in GeoJSON: others make them one and the same", reads(plots=EXACT_28)
)
def digits_geojson_28(folder: Path) -> Path:
    rows = features()
    for row, code in zip(rows, DIGITS_28, strict=True):
        row["properties"]["地块编号"] = int(code)
    return geojson(folder / "plots.geojson", rows)


@CORPUS.entry("19-digit codes as integers in a GeoPackage", reads(plots=EXACT_19, clean=True))
def digits_gpkg(folder: Path) -> Path:
    table = frame()
    table["DKBH"] = [int(code) for code in DIGITS_19]
    table.to_file(folder / "plots.gpkg", layer="parcels")
    return folder / "plots.gpkg"


@CORPUS.entry(
    "integer codes with a gap: others make them 101.0",
    reads(plots=(named(GAS, code="101"), named(MICANG, code=None), named(JIAOLONG, code="103"))),
)
def digits_with_gap(folder: Path) -> Path:
    table = frame()
    table["DKBH"] = pd.array([101, None, 103], dtype="Int64")
    table.to_file(folder / "plots.gpkg", layer="parcels")
    return folder / "plots.gpkg"


@CORPUS.entry(
    "19-digit codes kept as floating numbers: lost before the file was written",
    reads(LOST, plots=UNCODED),
)
def digits_float(folder: Path) -> Path:
    table = frame()
    table["DKBH"] = [float(code) for code in DIGITS_19]
    table.to_file(folder / "plots.gpkg", layer="parcels")
    return folder / "plots.gpkg"


@CORPUS.entry(
    "codes with leading zeros",
    reads(plots=tuple(named(p, code=f"00{n}") for n, p in enumerate(PLOTS)), clean=True),
)
def leading_zeros(folder: Path) -> Path:
    return gpkg(folder / "plots.gpkg", tuple(named(p, code=f"00{n}") for n, p in enumerate(PLOTS)))


@CORPUS.entry(
    "a code twice",
    reads(note("id_repeated", row=2), plots=(GAS, named(MICANG, code=None), JIAOLONG)),
)
def code_twice(folder: Path) -> Path:
    return gpkg(folder / "plots.gpkg", (GAS, named(MICANG, code=GAS.code), JIAOLONG))


@CORPUS.entry(
    "a plot without a code",
    reads(note("id_missing", row=2), plots=(GAS, named(MICANG, code=None), JIAOLONG)),
)
def code_missing(folder: Path) -> Path:
    return gpkg(folder / "plots.gpkg", (GAS, named(MICANG, code=None), JIAOLONG))


@CORPUS.entry("feature ids of a GeoJSON repeated", reads())
def feature_ids_repeated(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", [{**row, "id": 7} for row in features()])


DATES = ("2023-03-30", "2022-02-30", "2023-03-31")


@CORPUS.entry(
    "30 February among the dates: others refuse the whole file, or lose the date",
    reads(values={"批准日期": DATES}),
    reads(note("date_unread", row=2)),
)
def no_such_day(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(批准日期=DATES))


@CORPUS.entry(
    "30 February in the column of the standard, with a finding for its row",
    reads(note("date_unread", row=2), values={"valid_from": ("2023-03-30", None, "2023-03-31")}),
)
def no_such_day_standard(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(valid_from=DATES))


@CORPUS.entry(
    "a date field of a .dbf with 00000000 and blanks", reads(note("date_unread", row=3)), reads()
)
def dbf_dates(folder: Path) -> Path:
    fields = [*TEXTS, (b"PZRQ", b"D", 8, 0)]
    records = [
        [*row, day] for row, day in zip(cells(), (b"20230330", b"", b"00000000"), strict=True)
    ]
    return _table(folder, fields, records)


@CORPUS.entry(
    "a number too wide for its field, written as asterisks",
    reads(values={"TDMJ": (1.5, None, 2.5)}),
)
def dbf_asterisks(folder: Path) -> Path:
    fields = [*TEXTS, (b"TDMJ", b"N", 8, 2)]
    records = [
        [*row, cell] for row, cell in zip(cells(), (b"1.50", b"********", b"2.50"), strict=True)
    ]
    return _table(folder, fields, records)


@CORPUS.entry("two fields of the same name in a .dbf", reads())
def dbf_same_fields(folder: Path) -> Path:
    fields = [*TEXTS, (b"BZ", b"C", 10, 0), (b"BZ", b"C", 10, 0)]
    return _table(folder, fields, [[*row, b"one", b"two"] for row in cells()])


@CORPUS.entry(
    "columns name and NAME: others raise, or lose one",
    reads(values={"name": tuple(plot.name for plot in PLOTS)}),
)
def case_collision(folder: Path) -> Path:
    rows = features()
    for row in rows:
        row["properties"] = {
            "name": row["properties"]["地块名称"],
            "NAME": "甲",
            "地块编号": row["properties"]["地块编号"],
        }
    return geojson(folder / "plots.geojson", rows)


@CORPUS.entry(
    "a column called geometry, one called _row, one called fid",
    reads(values={"fid": ("7", "7", "7")}),
    reads(note("column_renamed"), values={"_row": ("9", "9", "9")}),
    reads(note("column_renamed")),
)
def reserved_columns(folder: Path) -> Path:
    rows = features(geometry=["甲", "乙", "丙"], _row=[9, 9, 9], fid=["7", "7", "7"])
    return geojson(folder / "plots.geojson", rows)


@CORPUS.entry(
    "the source's own column parcel_id beside 地块编号",
    reads(values={"地块编号": ("甲", "乙", "丙")}),
)
def own_parcel_id(folder: Path) -> Path:
    rows = features()
    for row, cell in zip(rows, "甲乙丙", strict=True):
        row["properties"] |= {"parcel_id": row["properties"]["地块编号"], "地块编号": cell}
    return geojson(folder / "plots.geojson", rows)


@CORPUS.entry(
    "columns that change their type from plot to plot", reads(values={"备注": ("1", "两", "3.5")})
)
def changing_types(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(备注=[1, "两", 3.5]))


@CORPUS.entry("nested values in GeoJSON", reads())
def nested_values(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(附件=[{"a": [1, 2]}, [1, "乙"], None]))


@CORPUS.entry(
    "features without properties",
    reads(plots=tuple(named(plot, code=None, name=None) for plot in PLOTS)),
)
def null_properties(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", [{**row, "properties": None} for row in features()])


@CORPUS.entry("a feature that is null", reads(plots=(GAS, JIAOLONG)), refuses())
def null_feature(folder: Path) -> Path:
    one, _, three = features()
    text = json.dumps(
        {"type": "FeatureCollection", "features": [one, None, three]}, ensure_ascii=False
    )
    (folder / "plots.geojson").write_text(text, encoding="utf-8")
    return folder / "plots.geojson"


ATTACKS = (
    ("formula", "a name that is a formula", '=cmd|"/c calc"!A0'),
    ("markup", "a name that is a script", "<script>alert(1)</script>"),
    ("braces", "a name with braces and percent signs", "{0} {path} %s %(name)s"),
    ("quotes", "a name with quotes of all kinds", "“甲”'乙'\"丙\"`丁`"),
    ("emoji", "a name beyond the basic plane", "𠮷野家😀地块"),
    ("rare", "a name with characters of GB18030 only", "㙍㘵地块"),
    ("spaces", "a name with an ideographic space within", "恩平　工业园"),
    ("long", "a name of 3,000 characters", "长" * 3000),
    ("right_to_left", "a name with a right-to-left override", "甲\u202e乙"),
    ("newline", "a name with a line break", "甲\n乙"),
)
for _name, _what, _text in ATTACKS:
    _plots = (named(GAS, name=_text), MICANG, JIAOLONG)

    def _build(folder: Path, plots: Any = _plots) -> Path:
        return gpkg(folder / "plots.gpkg", plots)

    CORPUS.add(f"name_{_name}", _what, _build, reads(plots=_plots))


@CORPUS.entry("a name with a NUL in it", reads(plots=(named(GAS, name=None), MICANG, JIAOLONG)))
def name_nul(folder: Path) -> Path:
    rows = features()
    rows[0]["properties"]["地块名称"] = "甲\x00乙"
    return geojson(folder / "plots.geojson", rows)


@CORPUS.entry(
    "a name longer than its .dbf field, cut within a character",
    reads(plots=(named(GAS, name=None), MICANG, JIAOLONG)),
)
def name_cut(folder: Path) -> Path:
    records = cells()
    records[0][1] = ("长" * 40).encode("gbk")[:59] + b"\xb3"
    records[0][1] = records[0][1][:59]
    return _table(folder, [TEXTS[0], (b"DKMC", b"C", 59, 0)], records)


@CORPUS.entry("a Chinese column name cut within a character after ten bytes", reads())
def column_cut(folder: Path) -> Path:
    fields = [*TEXTS, ("土地使用权人".encode("gbk")[:9], b"C", 10, 0)]
    return _table(folder, fields, [[*row, b"x"] for row in cells()])


@CORPUS.entry("a status that is no status of the vocabulary", reads(note("status_unknown", row=2)))
def status_unknown(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(状态=["已盘活", "不知道", "待整治"]))


@CORPUS.entry("a town that is no town of the county", reads(note("place_unknown", row=2)))
def town_unknown(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(乡镇=["圣堂镇", "不存在镇", "君堂镇"]))


@CORPUS.entry(
    "areas with words in the cells: about, mu, full-width digits",
    reads(values={"stated_mu": (15.0, 9.0, 12.6)}),
    reads(note("number_unread")),
)
def area_words(folder: Path) -> Path:
    rows = features(PLOTS, **{"面积（亩）": ["约15亩", "９.０", "12.6"]})
    return geojson(folder / "plots.geojson", rows)


@CORPUS.entry("empty strings, the word NULL and blanks as values", reads())
def empty_words(folder: Path) -> Path:
    return geojson(
        folder / "plots.geojson", features(备注=["", "NULL", "  "], 权利人=[None, " ", ""])
    )


@CORPUS.entry("codes with blanks and invisible characters around them", reads())
def invisible_in_code(folder: Path) -> Path:
    rows = features()
    for row, ends in zip(rows, (" {} ", "\ufeff{}", "{}\u200b"), strict=True):
        row["properties"]["地块编号"] = ends.format(row["properties"]["地块编号"])
    return geojson(folder / "plots.geojson", rows)


@CORPUS.entry("300 columns", CLEAN)
def many_columns(folder: Path) -> Path:
    return geojson(
        folder / "plots.geojson", features(PLOTS, **{f"列{n}": [n, n, n] for n in range(300)})
    )


@CORPUS.entry(
    "a GeoPackage column declared integer that holds text", reads(), reads(note("reader_says"))
)
def text_in_integer(folder: Path) -> Path:
    table = frame().assign(SL=[1, 2, 3])
    table.to_file(folder / "plots.gpkg", layer="parcels")
    return sql(folder / "plots.gpkg", "UPDATE parcels SET SL = ? WHERE fid = 2", ("两",))


@CORPUS.entry("times with a zone in a FileGDB", CLEAN)
def times_gdb(folder: Path) -> Path:
    table = frame().assign(GXSJ=pd.to_datetime(["2023-03-30", "2023-03-31", "2023-04-01"]))
    table.to_file(folder / "plots.gdb", driver="OpenFileGDB", layer="DK", promote_to_multi=True)
    return folder / "plots.gdb"
