"""Archives and folders: several files, strange names, bombs, members that want out."""

from __future__ import annotations

import io
import shutil
import stat
import zipfile
from typing import TYPE_CHECKING

from tests.hazards.clean import LEDGER
from tests.hazards.expectation import CLEAN, Corpus, note, reads, refuses
from tests.hazards.kml import kml
from tests.hazards.land import GAS, JIAOLONG, MICANG, PLOTS, named
from tests.hazards.survey import txt
from tests.hazards.writing import features, gdb, geojson, gpkg, parts, shp, workbook, zipped

if TYPE_CHECKING:
    from pathlib import Path

CORPUS = Corpus("archives")
MEGABYTE = 1 << 20
BOTH = reads(plots=(GAS, MICANG, JIAOLONG), clean=True)
HEAVY = "it would fill the memory"


def _first(folder: Path) -> dict[str, bytes]:
    return parts(shp(folder / "a", (GAS, MICANG), stem="一期"))


def _second(folder: Path) -> dict[str, bytes]:
    return parts(shp(folder / "b", (JIAOLONG,), stem="二期"))


@CORPUS.entry(
    "zip with two Shapefiles: others read one", BOTH, refuses("layers", says=("一期", "二期"))
)
def zip_two(folder: Path) -> Path:
    return zipped(folder / "plots.zip", _first(folder) | _second(folder))


@CORPUS.entry("folder with two Shapefiles", BOTH, refuses("layers", says=("一期", "二期")))
def folder_two(folder: Path) -> Path:
    shp(folder / "plots", (GAS, MICANG), stem="一期")
    shp(folder / "plots", (JIAOLONG,), stem="二期")
    return folder / "plots"


@CORPUS.entry("folder with a TXT for each plot", BOTH)
def folder_of_txt(folder: Path) -> Path:
    (folder / "plots").mkdir()
    for plot in PLOTS:
        txt(folder / "plots" / f"{plot.name}.txt", (plot,))
    return folder / "plots"


@CORPUS.entry("folder with a picture and a Word file beside", reads())
def folder_with_others(folder: Path) -> Path:
    shp(folder / "plots")
    (folder / "plots" / "照片.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "plots" / "说明.docx").write_bytes(b"PK\x03\x04")
    return folder / "plots"


@CORPUS.entry(
    "folder in which one of two files is damaged",
    reads(note("member_refused", severity="error")),
    refuses(),
)
def folder_with_damaged(folder: Path) -> Path:
    shp(folder / "plots")
    (folder / "plots" / "b.gpkg").write_bytes(b"SQLite format 3\x00" + bytes(50))
    return folder / "plots"


@CORPUS.entry("empty folder", refuses())
def folder_empty(folder: Path) -> Path:
    (folder / "plots").mkdir()
    return folder / "plots"


@CORPUS.entry("zip with Chinese names in GBK", CLEAN)
def zip_gbk_names(folder: Path) -> Path:
    members = parts(shp(folder / "a", stem="plots"))
    path = zipped(folder / "plots.zip", {f"DK{name}": content for name, content in members.items()})
    content = path.read_bytes().replace(b"DKplots", "地块a1".encode("gbk") + b"2")
    path.write_bytes(content)
    return path


@CORPUS.entry("zip with Chinese names in UTF-8, in folders", CLEAN)
def zip_folders(folder: Path) -> Path:
    members = parts(shp(folder / "a", stem="地块"))
    return zipped(
        folder / "plots.zip", {f"恩平市/2023年/{name}": each for name, each in members.items()}
    )


@CORPUS.entry("zip from a Mac, with __MACOSX and .DS_Store", CLEAN)
def zip_mac(folder: Path) -> Path:
    members = parts(shp(folder / "a"))
    extra = {f"__MACOSX/._{name}": b"\x00\x05\x16\x07" + bytes(40) for name in members}
    return zipped(folder / "plots.zip", members | extra | {".DS_Store": b"\x00\x00\x00\x01Bud1"})


@CORPUS.entry(
    "zip with a member that wants out: ../",
    refuses(),
    reads(note("member_refused", severity="error")),
)
def zip_slip(folder: Path) -> Path:
    return zipped(folder / "plots.zip", parts(shp(folder / "a")) | {"../../escaped.txt": b"out"})


@CORPUS.entry(
    "zip with a member under an absolute path",
    refuses(),
    reads(note("member_refused", severity="error")),
)
def zip_absolute(folder: Path) -> Path:
    return zipped(folder / "plots.zip", parts(shp(folder / "a")) | {"/tmp/escaped.geojson": b"{}"})  # noqa: S108 - the point of the entry


@CORPUS.entry(
    "zip with a link to a file outside", refuses(), reads(note("member_refused", severity="error"))
)
def zip_link(folder: Path) -> Path:
    path = zipped(folder / "plots.zip", parts(shp(folder / "a")))
    link = zipfile.ZipInfo("secret.csv")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    return path


@CORPUS.entry("zip that grows a thousand times: 300 MB of blanks", refuses(), apart=HEAVY)
def zip_bomb(folder: Path) -> Path:
    with (
        zipfile.ZipFile(
            folder / "plots.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1
        ) as archive,
        archive.open("plots.geojson", "w") as member,
    ):
        for _ in range(300):
            member.write(b" " * MEGABYTE)
    return folder / "plots.zip"


@CORPUS.entry("workbook that grows a thousand times", refuses(), apart=HEAVY)
def workbook_bomb(folder: Path) -> Path:
    path = workbook(folder / "a.xlsx", LEDGER)
    with (
        zipfile.ZipFile(path) as old,
        zipfile.ZipFile(folder / "ledger.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if not name.endswith("sheet1.xml"):
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w") as member:
            for _ in range(300):
                member.write(b" " * MEGABYTE)
    return folder / "ledger.xlsx"


@CORPUS.entry("KMZ that grows a thousand times", refuses(), apart=HEAVY)
def kmz_bomb(folder: Path) -> Path:
    with (
        zipfile.ZipFile(
            folder / "plots.kmz", "w", zipfile.ZIP_DEFLATED, compresslevel=1
        ) as archive,
        archive.open("doc.kml", "w") as member,
    ):
        for _ in range(300):
            member.write(b" " * MEGABYTE)
    return folder / "plots.kmz"


@CORPUS.entry(
    "zip whose member says it is small and is not",
    refuses(),
    reads(note("member_refused|member_damaged")),
    apart=HEAVY,
)
def zip_lying(folder: Path) -> Path:
    path = zipped(folder / "plots.zip", {"plots.geojson": b" " * (20 * MEGABYTE)})
    content = path.read_bytes()
    size = (20 * MEGABYTE).to_bytes(4, "little")
    path.write_bytes(content.replace(size, (900).to_bytes(4, "little")))
    return path


@CORPUS.entry("zip with a password", refuses())
def zip_encrypted(folder: Path) -> Path:
    path = zipped(folder / "plots.zip", {"plots.geojson": b"{}"})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))
    return path


@CORPUS.entry("zip in a zip", refuses(), reads(note("member_refused")), reads())
def zip_nested(folder: Path) -> Path:
    inner = zipped(folder / "inner.zip", parts(shp(folder / "a")))
    return zipped(folder / "plots.zip", {"inner.zip": inner})


@CORPUS.entry("zip with 20,000 members", refuses(), CLEAN, apart=HEAVY)
def zip_many(folder: Path) -> Path:
    return zipped(
        folder / "plots.zip", parts(shp(folder / "a")) | {f"{n}.tmp": b"" for n in range(20_000)}
    )


@CORPUS.entry("zip cut off half-way", refuses())
def zip_cut(folder: Path) -> Path:
    path = zipped(folder / "plots.zip", parts(shp(folder / "a")))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@CORPUS.entry(
    "zip with a member whose bytes are damaged",
    refuses(),
    reads(note("member_damaged", severity="error"), plots=()),
)
def zip_damaged(folder: Path) -> Path:
    path = zipped(
        folder / "plots.zip", {"plots.geojson": geojson(folder / "a.geojson", features())}
    )
    content = bytearray(path.read_bytes())
    for place in range(200, 240):
        content[place] ^= 0x55
    path.write_bytes(bytes(content))
    return path


@CORPUS.entry("zip without a file that can be read", refuses())
def zip_nothing(folder: Path) -> Path:
    return zipped(folder / "plots.zip", {"照片.jpg": b"\xff\xd8\xff", "说明.docx": b"PK\x03\x04"})


@CORPUS.entry("zip with a Shapefile that lacks its .shx", reads(), refuses())
def zip_no_shx(folder: Path) -> Path:
    members = parts(shp(folder / "a"))
    return zipped(
        folder / "plots.zip", {name: each for name, each in members.items() if ".shx" not in name}
    )


TWICE = tuple(named(plot, code=None) for plot in PLOTS)


@CORPUS.entry(
    "zip with a Shapefile and a KML of the same plots",
    reads(note("id_repeated"), plots=(*PLOTS, *TWICE)),
    reads(note("id_repeated"), plots=(*TWICE, *PLOTS)),
    refuses(),
)
def zip_mixed(folder: Path) -> Path:
    members = parts(shp(folder / "a")) | {"doc.kml": kml(folder / "doc.kml").read_bytes()}
    return zipped(folder / "plots.zip", members)


@CORPUS.entry(
    "zip with two members of the same name", refuses(), reads(note("member_repeated"), plots=(GAS,))
)
def zip_same_names(folder: Path) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "plots.geojson", geojson(folder / "a.geojson", features((GAS,))).read_bytes()
        )
        archive.writestr("plots.geojson", geojson(folder / "b.geojson", features()).read_bytes())
    (folder / "plots.zip").write_bytes(buffer.getvalue())
    return folder / "plots.zip"


@CORPUS.entry("FileGDB zipped with its folder within another", CLEAN)
def zip_gdb_deep(folder: Path) -> Path:
    gdb(folder / "a" / "数据" / "plots.gdb")
    shutil.make_archive(str(folder / "plots"), "zip", folder / "a")
    return folder / "plots.zip"


@CORPUS.entry("GeoPackage in a zip", CLEAN)
def zip_gpkg(folder: Path) -> Path:
    return zipped(folder / "plots.zip", {"plots.gpkg": gpkg(folder / "a.gpkg")})


@CORPUS.entry("rar renamed .zip", refuses())
def rar_named_zip(folder: Path) -> Path:
    (folder / "plots.zip").write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(100))
    return folder / "plots.zip"
