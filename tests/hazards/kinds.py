"""Files that are renamed, or of a kind that is not read."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from tests.hazards.biff import xls
from tests.hazards.clean import LEDGER, LEDGER_VALUES, LISTED
from tests.hazards.expectation import CLEAN, Corpus, note, reads, refuses
from tests.hazards.kml import kml
from tests.hazards.survey import txt
from tests.hazards.writing import (
    gpkg,
    workbook,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CORPUS = Corpus("containers")


def _renamed(suffix: str, write: Callable[[Path], Path]) -> Callable[[Path], Path]:
    return lambda folder: write(folder).rename(folder / f"plots{suffix}")


def _bytes(suffix: str, content: bytes) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        (folder / f"plots{suffix}").write_bytes(content)
        return folder / f"plots{suffix}"

    return build


LEDGER_RIGHT = reads(plots=LISTED, values=LEDGER_VALUES)
HTML = "<html><body><table><tr><td>地块编号</td></tr></table></body></html>".encode()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
for _name, _what, _build, _due in (
    (
        "gpkg_named_shp",
        "GeoPackage renamed .shp",
        _renamed(".shp", lambda f: gpkg(f / "a.gpkg")),
        (refuses(), CLEAN),
    ),
    (
        "xlsx_named_xls",
        "workbook .xlsx renamed .xls",
        _renamed(".xls", lambda f: workbook(f / "a.xlsx", LEDGER)),
        (LEDGER_RIGHT, refuses()),
    ),
    (
        "xls_named_xlsx",
        "old workbook renamed .xlsx",
        _renamed(".xlsx", lambda f: xls(f / "a.xls", LEDGER)),
        (LEDGER_RIGHT, refuses()),
    ),
    (
        "html_named_xls",
        "web page that an office system exports as .xls",
        _bytes(".xls", HTML),
        (refuses(),),
    ),
    ("png_named_shp", "picture renamed .shp", _bytes(".shp", PNG), (refuses(),)),
    (
        "kml_named_geojson",
        "KML renamed .geojson",
        _renamed(".geojson", lambda f: kml(f / "a.kml")),
        (refuses(), reads()),
    ),
    (
        "points_named_csv",
        "boundary-point TXT renamed .csv",
        _renamed(".csv", lambda f: txt(f / "a.txt")),
        (refuses(), reads()),
    ),
    (
        "shp_header_only",
        ".shp that is only its header",
        _bytes(".shp", struct.pack(">i20xi", 9994, 50) + struct.pack("<ii", 1000, 5) + bytes(64)),
        (refuses(), reads(note("no_rows"), plots=())),
    ),
    (
        "random_txt",
        "TXT that is prose",
        _bytes(".txt", "今天开会讨论低效用地。\r\n请各镇街周五前报送。\r\n".encode("gbk")),
        (refuses(),),
    ),
    (
        "random_bytes_txt",
        "TXT of random bytes",
        _bytes(".txt", bytes(range(256)) * 8),
        (refuses(),),
    ),
    (
        "random_bytes_csv",
        "CSV of random bytes",
        _bytes(".csv", bytes(range(255, -1, -1)) * 8),
        (refuses(),),
    ),
    (
        "word_named_txt",
        "Word file renamed .txt",
        _bytes(".txt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        (refuses(),),
    ),
    (
        "encrypted_xlsx",
        "workbook with a password",
        _bytes(
            ".xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(504)
            + "EncryptedPackage".encode("utf-16-le")
            + bytes(500),
        ),
        (refuses(),),
    ),
    ("parquet_magic_only", "Parquet of eight bytes", _bytes(".parquet", b"PAR1PAR1"), (refuses(),)),
):
    CORPUS.add(_name, _what, _build, *_due)

for _suffix, _begin in (
    (".dwg", b"AC1027"),
    (".mdb", b"\x00\x01\x00\x00Standard Jet DB"),
    (".ovobj", b"OVO\x00"),
    (".rar", b"Rar!\x1a\x07\x00"),
    (".7z", b"7z\xbc\xaf\x27\x1c"),
    (".vct", b"HeadBegin"),
    (".pdf", b"%PDF-1.4"),
    (".doc", b"\xd0\xcf\x11\xe0"),
    (".docx", b"PK\x03\x04"),
    (".exb", b"\x00"),
    (".qgz", b"PK\x03\x04"),
    (".mxd", b"\xd0\xcf\x11\xe0"),
    (".lyr", b"\xd0\xcf"),
    (".gz", b"\x1f\x8b"),
):
    CORPUS.add(
        f"kind{_suffix.replace('.', '_')}",
        f"a kind that is not read: {_suffix}",
        _bytes(_suffix, _begin + bytes(200)),
        refuses(),
    )
