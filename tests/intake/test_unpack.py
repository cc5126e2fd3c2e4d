"""What a path names: files, folders and archives; nothing that leads elsewhere gets through."""

from __future__ import annotations

import sqlite3
import stat
import struct
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.errors import SourceError
from enping_gis.intake.files.archive import checked_archive
from enping_gis.intake.files.unpack import members
from tests.plots import geojson, layer, shapefile, square

if TYPE_CHECKING:
    from pathlib import Path


def refused(path: object) -> str:
    """Return the code with which a path is refused."""
    with pytest.raises(SourceError) as caught, members(str(path)):
        pass
    return caught.value.code


def kinds(path: Path) -> list[tuple[str, str]]:
    with members(path) as contents:
        return [(member.shown.removeprefix(str(path)), member.kind) for member in contents.members]


@pytest.mark.parametrize(
    "path",
    [
        "http://127.0.0.1:1/a.geojson", "https://example.org/a.zip", "/vsicurl/http://a/b.shp",
        "/vsizip/a.zip/a.shp", "/vsimem/a.gpkg", "GeoJSON:a.geojson", "WFS:http://a",
        "file:///etc/passwd", '{"type":"FeatureCollection","features":[]}', "<OGRVRTDataSource/>",
        "zip://a.zip", "s3://bucket/a.gpkg", "FILE:a.shp", "PG:host=a", "GPKG:a.gpkg",
    ],
)  # fmt: skip
def test_only_local_paths(path: str) -> None:
    assert refused(path) == "error.not_local"


@pytest.mark.parametrize("path", ["missing.shp", "", "a\x00.shp", "n" * 5000])
def test_what_is_not_there(path: str) -> None:
    assert refused(path) == "error.missing_file"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.dwg", "drawing"), ("a.mdb", "access"), ("a.ovobj", "ovital"), ("a.vct", "exchange"),
        ("a.rar", "archive"), ("a.7z", "archive"), ("a.vrt", "virtual"), ("a.pdf", "document"),
        ("a.doc", "document"), ("a.png", "picture"), ("a.qgz", "project"), ("a.dbf", "shapefile"),
        ("a.DAT", "mapinfo"), ("a.et", "sheet"),
    ],
)  # fmt: skip
def test_a_kind_that_is_not_read_says_what_to_do(tmp_path: Path, name: str, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    with pytest.raises(SourceError) as caught, members(path):
        pass
    assert caught.value.code == f"error.convert_{code}"
    assert str(path) in caught.value.text("zh")
    assert str(path) in caught.value.text("en")


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".geojson", ".fgb", ".parquet", ".tab",
                                    ".mif", ".dxf", ".xlsx", ".xls", ".zip", ".kmz"])  # fmt: skip
def test_a_renamed_vrt_leads_nowhere(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text("<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>")
    assert refused(path) == "error.not_its_kind"


def test_a_folder_is_searched(tmp_path: Path) -> None:
    shapefile(tmp_path / "数据" / "现状.shp", layer())
    geojson(tmp_path / "b.geojson", [square()])
    (tmp_path / "note.docx").write_bytes(b"x")
    (tmp_path / "c.gpkg").write_bytes(b"no database")
    (tmp_path / "1" / "2" / "3" / "4").mkdir(parents=True)
    with members(tmp_path) as contents:
        assert [member.kind for member in contents.members] == [".geojson", ".shp"]
        assert contents.members[1].shown == f"{tmp_path}/数据/现状.shp"
        notes = {note.rule: note for note in contents.findings}
    assert set(notes) == {"members_other", "member_refused"}
    assert "c.gpkg" in notes["member_refused"].message("zh")
    assert "note.docx" in notes["members_other"].value
    assert "1/2/3" in notes["members_other"].value


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert refused(tmp_path) == "error.nothing_inside"


class GbkInfo(zipfile.ZipInfo):
    """A member as Chinese Windows writes it: its name in GBK, and nothing that says so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the name in zipfile
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


@pytest.mark.parametrize("info", [zipfile.ZipInfo, GbkInfo])
def test_names_in_an_archive(tmp_path: Path, info: type[zipfile.ZipInfo]) -> None:
    shapefile(tmp_path / "地块.shp", layer())
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(tmp_path.glob("地块.*")):
            archive.writestr(info(f"数据/{part.name}"), part.read_bytes())
    assert kinds(path) == [("/数据/地块.shp", ".shp")]


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(geojson(tmp_path / "a.geojson", [square()]), "a.geojson")
    with members(path) as contents:
        unpacked = contents.members[0].path
        assert unpacked.is_file()
    assert not unpacked.exists()


@pytest.mark.parametrize("name", ["../a.geojson", "/a.geojson", "b/../../a.geojson",
                                  "C:/a.geojson", "..\\a.geojson"])  # fmt: skip
def test_a_member_outside_the_archive(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.geojson", "{}")
        archive.writestr(name, "{}")
    assert refused(path) == "error.archive_member"
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]


def test_a_link_in_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    info = zipfile.ZipInfo("a.geojson")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert refused(path) == "error.archive_member"


def test_bombs(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    deflated = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    with deflated as archive, archive.open("a.geojson", "w") as member:
        for _ in range(150):
            member.write(b" " * 1_000_000)
    assert refused(path) == "error.archive_bomb"
    with pytest.raises(SourceError) as caught:
        checked_archive(path)
    assert caught.value.code == "error.archive_bomb"
    workbook = path.rename(path.with_suffix(".xlsx"))
    assert refused(workbook) == "error.archive_bomb"


def test_a_directory_that_lies_about_sizes(tmp_path: Path) -> None:
    """The sizes are in the hands of the sender; what comes out is what counts."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b" " * 1_000_000)
    packed = path.read_bytes()
    path.write_bytes(packed.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 10)))
    assert refused(path) == "error.archive_damaged"


def test_members_that_cannot_be_unpacked_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    good = geojson(tmp_path / "a.geojson", [square()])
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(good, "a.geojson")
        archive.writestr("b.geojson", good.read_bytes() + b"  ")
        archive.writestr("inner.zip", b"PK\x05\x06" + bytes(18))
        archive.writestr("图.docx", b"x")
    content = bytearray(path.read_bytes())
    at = content.index(b"b.geojson") + 40
    content[at] ^= 0xFF
    path.write_bytes(content)
    with members(path) as contents:
        assert [member.shown for member in contents.members] == [f"{path}/a.geojson"]
        rules = [note.rule for note in contents.findings]
    assert sorted(rules) == ["member_damaged", "member_refused", "members_other"]


def test_an_encrypted_member(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.geojson", "{}")
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught, members(path):
        pass
    assert "a.geojson" in caught.value.text("zh")


@pytest.mark.parametrize("name", ["a!b", "a;b", "50%20", "q?x", "h#1", "[1]", "恩平 地块", "a'b"])
def test_names_that_libraries_stumble_over(tmp_path: Path, name: str) -> None:
    from enping_gis.intake.vector.vector import rows_of  # noqa: PLC0415 - only this test reads

    (tmp_path / name).mkdir()
    path = tmp_path / name / f"{name}.gpkg"
    layer(2).to_file(tmp_path / "plain.gpkg", layer="x")
    (tmp_path / "plain.gpkg").rename(path)
    with members(path) as contents:
        member = contents.members[0]
        assert member.shown == str(path)
        assert sum(len(rows.frame) for rows in rows_of(member.path, "x")) == 2


def test_a_database_in_use_is_read_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    layer(2).to_file(path, layer="x")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE y (n)")
        connection.commit()
        before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
        with members(path) as contents:
            member = contents.members[0]
            assert member.path != path
            with closing(sqlite3.connect(member.path)) as copy:
                assert copy.execute("SELECT count(*) FROM y").fetchone() == (0,)
        assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_a_geodatabase_whose_folder_lost_its_name(tmp_path: Path) -> None:
    layer(2).to_file(tmp_path / "a.gdb", driver="OpenFileGDB")
    folder = (tmp_path / "a.gdb").rename(tmp_path / "a")
    assert kinds(folder) == [("", ".gdb")]
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, f"x.gdb/{part.name}")
    assert kinds(path) == [("/x.gdb", ".gdb")]


def test_ovital_archives_keep_what_their_name_says(tmp_path: Path) -> None:
    path = tmp_path / "a.ovkmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", "<kml/>")
    assert kinds(path) == [("/doc.ovkml", ".ovkml")]


@given(content=st.binary(max_size=200), head=st.booleans())
def test_any_bytes_end_in_the_packages_own_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, *, head: bool
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.zip"
    path.write_bytes((b"PK\x03\x04" if head else b"") + content)
    assert refused(path).startswith("error.")
