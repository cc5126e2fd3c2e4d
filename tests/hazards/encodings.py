"""Texts whose encoding is not said, said wrongly, or mixed."""

from __future__ import annotations

import struct
from functools import partial
from typing import TYPE_CHECKING

from tests.hazards.clean import LEDGER, LEDGER_VALUES, LISTED, corner_rows
from tests.hazards.expectation import CLEAN, Corpus, note, reads, refuses
from tests.hazards.kml import document, kml
from tests.hazards.land import GAS, JIAOLONG, MICANG, PLOTS, named
from tests.hazards.survey import txt
from tests.hazards.writing import TEXTS, cells, dbf, features, geojson, gpkg, shp, vector

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CORPUS = Corpus("encodings")
DETECTED = note("encoding_detected")


def _labelled(encoding: str, cpg: str | None) -> Callable[[Path], Path]:
    return lambda folder: shp(folder, encoding=encoding, cpg=cpg)


for _name, _what, _encoding, _cpg, _outcome in (
    ("gbk_no_cpg", "GBK without .cpg", "GBK", None, reads(DETECTED)),
    ("utf8_no_cpg", "UTF-8 without .cpg", "UTF-8", None, reads(DETECTED)),
    ("gbk_cpg_utf8", "GBK whose .cpg says UTF-8", "GBK", "UTF-8", reads(DETECTED)),
    ("utf8_cpg_gbk", "UTF-8 whose .cpg says GBK", "UTF-8", "GBK", reads(DETECTED)),
    ("gbk_cpg_latin", "GBK whose .cpg says ISO-8859-1", "GBK", "ISO-8859-1", reads(DETECTED)),
    ("gbk_cpg_unknown", "GBK whose .cpg says KLINGON", "GBK", "KLINGON", reads(DETECTED)),
    ("gbk_cpg_empty", "GBK with an empty .cpg", "GBK", "", reads(DETECTED)),
    ("gbk_cpg_936", "GBK whose .cpg says 936", "GBK", "936", CLEAN),
    ("gbk_cpg_lines", "GBK whose .cpg has blanks and line breaks", "GBK", " GBK \r\n\r\n", CLEAN),
    ("utf8_cpg_65001", "UTF-8 whose .cpg says 65001", "UTF-8", "65001", CLEAN),
):
    CORPUS.add(_name, f"Shapefile in {_what}", _labelled(_encoding, _cpg), _outcome)


def _raw(
    names: list[bytes], *, language: int = 0, cpg: str | None = None
) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        path = shp(folder, cpg=cpg)
        records = [[code, name] for (code, _), name in zip(cells(), names, strict=True)]
        dbf(path.with_suffix(".dbf"), TEXTS, records, language=language)
        return path

    return build


GBK = [name for _, name in cells()]
CORPUS.add(
    "ldid_gbk",
    "GBK without .cpg, said by the language byte of the .dbf alone",
    _raw(GBK, language=0x4D),
    reads(),
)
CORPUS.add(
    "ldid_wrong",
    "GBK without .cpg, the language byte says Windows Latin",
    _raw(GBK, language=0x57),
    reads(DETECTED),
)
UNICOM = (named(GAS, name="联通"), MICANG, JIAOLONG)
CORPUS.add(
    "unicom",
    "the name 联通 in GBK, whose bytes look like UTF-8",
    _raw(["联通".encode("gbk"), *GBK[1:]]),
    reads(plots=UNICOM),
)
RARE = (named(GAS, name="㙍㘵地块"), MICANG, JIAOLONG)
CORPUS.add(
    "gb18030_four_bytes",
    "characters of four bytes in GB18030 with .cpg GBK",
    _raw(["㙍㘵地块".encode("gb18030"), *GBK[1:]], cpg="GBK"),
    reads(plots=RARE),
)
CORPUS.add(
    "rows_mixed",
    "two rows in GBK and one in UTF-8: two layers merged",
    _raw([GBK[0], "米仓地块".encode(), GBK[2]]),
    reads(note("text_recoded", row=2)),
    reads(note("text_damaged", row=2), plots=(GAS, named(MICANG, name=None), JIAOLONG)),
)
CORPUS.add(
    "one_broken_byte",
    "one name with a byte that is no GBK",
    _raw([GBK[0], b"\xc3\xd7\xff", GBK[2]], cpg="GBK"),
    reads(note("text_damaged", row=2), plots=(GAS, named(MICANG, name=None), JIAOLONG)),
)


def big5(folder: Path) -> Path:
    """Write names in Big5 with nothing said."""
    return _raw(
        ["燃氣地塊".encode("big5"), "米倉地塊".encode("big5"), "蛟龍木業地塊".encode("big5")]
    )(folder)


TRADITIONAL = tuple(
    named(p, name=n) for p, n in zip(PLOTS, ("燃氣地塊", "米倉地塊", "蛟龍木業地塊"), strict=True)
)
CORPUS.add(
    "big5_option", "Big5 with the encoding given", big5, reads(plots=TRADITIONAL), encoding="big5"
)
CORPUS.add(
    "encoding_option",
    "GBK whose .cpg says UTF-8, encoding given",
    _labelled("GBK", "UTF-8"),
    reads(),
    encoding="gbk",
)
CORPUS.add(
    "encoding_unknown",
    "an encoding asked for that does not exist",
    _labelled("GBK", None),
    refuses("encoding", blames="klingon"),
    encoding="klingon",
)
CORPUS.add(
    "encoding_no_text",
    "an encoding asked for that encodes no text",
    _labelled("GBK", None),
    refuses("encoding", blames="hex"),
    encoding="hex",
)
CORPUS.add(
    "encoding_unfit",
    "an encoding asked for that does not fit: UTF-8 for GBK",
    _labelled("GBK", None),
    refuses(),
    reads(note("text_damaged|text_recoded"), plots=tuple(named(p, name=None) for p in PLOTS)),
    encoding="utf-8",
)


def _table(encoding: str, rows: list[list[object]], sign: str = ",") -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        text = "\r\n".join(sign.join(map(str, row)) for row in rows) + "\r\n"
        (folder / "table.csv").write_bytes(text.encode(encoding))
        return folder / "table.csv"

    return build


def _points(folder: Path, encoding: str) -> Path:
    return txt(folder / "plots.txt", encoding=encoding)


LEDGER_RIGHT = reads(plots=LISTED, values=LEDGER_VALUES)
for _encoding in ("gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"):
    _key = _encoding.replace("-", "_")
    CORPUS.add(
        f"csv_{_key}", f"ledger as CSV in {_encoding}", _table(_encoding, LEDGER), LEDGER_RIGHT
    )
    CORPUS.add(
        f"corners_{_key}",
        f"corners as CSV in {_encoding}",
        _table(_encoding, corner_rows()),
        reads(),
    )
    CORPUS.add(
        f"txt_{_key}",
        f"boundary-point TXT in {_encoding}",
        partial(_points, encoding=_encoding),
        reads(),
    )
CORPUS.add(
    "csv_utf16_no_mark",
    "ledger as CSV in UTF-16 without a byte order mark",
    _table("utf-16-le", LEDGER),
    LEDGER_RIGHT,
    refuses(),
)
CORPUS.add(
    "txt_utf16_no_mark",
    "boundary-point TXT in UTF-16 without a byte order mark",
    lambda folder: txt(folder / "plots.txt", encoding="utf-16-le"),
    reads(),
    refuses(),
)


@CORPUS.entry("GeoJSON with a byte order mark", CLEAN)
def geojson_mark(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(), encoding="utf-8-sig")


@CORPUS.entry("GeoJSON in GBK, which JSON does not allow", reads(), refuses())
def geojson_gbk(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(), encoding="gbk")


@CORPUS.entry("GeoJSON in UTF-16, which JSON does not allow", reads(), refuses())
def geojson_utf16(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(), encoding="utf-16")


@CORPUS.entry("KML in GB2312, and says so", reads())
def kml_gb2312(folder: Path) -> Path:
    head = '<?xml version="1.0" encoding="GB2312"?>\n'
    return kml(folder / "plots.kml", wrap=lambda text: document(text, head=head), encoding="gb2312")


@CORPUS.entry("KML in GBK that says UTF-8", reads(), refuses())
def kml_gbk(folder: Path) -> Path:
    return kml(folder / "plots.kml", encoding="gbk")


@CORPUS.entry("KML in UTF-16, and says so", reads(), refuses())
def kml_utf16(folder: Path) -> Path:
    head = '<?xml version="1.0" encoding="UTF-16"?>\n'
    return kml(folder / "plots.kml", wrap=lambda text: document(text, head=head), encoding="utf-16")


@CORPUS.entry("KML with a byte order mark", reads())
def kml_mark(folder: Path) -> Path:
    return kml(folder / "plots.kml", encoding="utf-8-sig")


@CORPUS.entry(
    "MapInfo TAB in GBK whose header says WindowsLatin1", reads(tolerance_m=0.02, tolerance_m2=3.0)
)
def tab_latin(folder: Path) -> Path:
    path = vector(folder / "plots.tab", driver="MapInfo File", encoding="GBK")
    said = path.read_bytes()
    for name in (b"WindowsSimpChinese", b"Neutral"):
        said = said.replace(name, b"WindowsLatin1")
    path.write_bytes(said)
    return path


@CORPUS.entry("MapInfo TAB in GBK with charset Neutral", reads(tolerance_m=0.02, tolerance_m2=3.0))
def tab_neutral(folder: Path) -> Path:
    path = vector(folder / "plots.tab", driver="MapInfo File", encoding="GBK")
    path.write_bytes(path.read_bytes().replace(b"WindowsSimpChinese", b"Neutral"))
    return path


@CORPUS.entry("a Chinese file name with spaces and signs", CLEAN)
def name_of_file(folder: Path) -> Path:
    return gpkg(folder / "2023年 地块 (终稿)#1 & 100%.gpkg")


@CORPUS.entry("a file name with ; and !, which mean something to GDAL", CLEAN, refuses())
def name_with_signs(folder: Path) -> Path:
    path = shp(folder)
    for part in list(folder.iterdir()):
        part.rename(folder / f"a;b!c{part.suffix}")
    return path.with_name("a;b!c.shp")


@CORPUS.entry("a file name that looks like an option of GDAL", CLEAN, refuses())
def name_with_bars(folder: Path) -> Path:
    return gpkg(folder / "plots|layername=x.gpkg")


@CORPUS.entry("a field name in UTF-8 cut within a character, texts in GBK", reads(), refuses())
def header_utf8(folder: Path) -> Path:
    path = shp(folder)
    fields = [*TEXTS, ("所在乡镇".encode()[:10], b"C", 8, 0)]
    dbf(path.with_suffix(".dbf"), fields, [[*row, "圣堂".encode("gbk")] for row in cells()])
    return path


@CORPUS.entry(
    "a .dbf that claims more header than it has",
    refuses(),
    reads(
        note("attributes_missing|attributes_cut"),
        plots=tuple(named(p, code=None, name=None) for p in PLOTS),
    ),
)
def header_too_long(folder: Path) -> Path:
    path = shp(folder)
    content = bytearray(path.with_suffix(".dbf").read_bytes())
    content[8:10] = struct.pack("<H", 60_000)
    path.with_suffix(".dbf").write_bytes(bytes(content))
    return path
