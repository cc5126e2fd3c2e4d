"""Folders and files of several parts take their place whole, or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.atomic import replacing_folder, replacing_parts
from enping_gis.errors import OutputError
from enping_gis.export.frames import empty_parcels
from enping_gis.export.write import write


def contents(folder: Path) -> dict[str, str]:
    files = (each for each in sorted(folder.rglob("*")) if each.is_file())
    return {each.relative_to(folder).as_posix(): each.read_text() for each in files}


def make_parts(path: Path, *suffixes: str) -> None:
    with replacing_parts(path) as temporary:
        for suffix in suffixes:
            temporary.with_suffix(suffix).write_text(f"new {suffix}")


@given(fails_at=st.integers(0, 6))
def test_a_move_that_fails_puts_the_old_parts_back(
    tmp_path_factory: pytest.TempPathFactory, fails_at: int
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    old = {"a.shp": "old", "a.dbf": "old", "a.sbn": "old", "b.shp": "other"}
    for name, text in old.items():
        (folder / name).write_text(text)
    moves = 0
    rename = Path.rename

    def failing(source: Path, target: Path) -> Path:
        nonlocal moves
        moves += 1
        if moves == fails_at + 1:
            raise PermissionError(13, "open elsewhere")
        return rename(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "rename", failing)
        if fails_at < 6:
            with pytest.raises(OutputError, match="open elsewhere"):
                make_parts(folder / "a.shp", ".shp", ".dbf", ".shx")
            assert contents(folder) == old
        else:
            make_parts(folder / "a.shp", ".shp", ".dbf", ".shx")
            new = {f"a.{each}": f"new .{each}" for each in ("dbf", "shp", "shx")}
            assert contents(folder) == new | {"b.shp": "other"}


def test_the_main_part_is_the_first_to_go_and_the_last_to_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.dbf").write_text("old")
    (tmp_path / "a.shp").write_text("old")
    moved: list[str] = []
    rename = Path.rename

    def noting(source: Path, target: Path) -> Path:
        moved.append(source.name)
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", noting)
    make_parts(tmp_path / "a.shp", ".shp", ".dbf", ".cpg")
    assert moved == ["a.shp", "a.dbf", "a.cpg", "a.dbf", "a.shp"]


def test_a_folder_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.gdb"
    for text in ("first", "second"):
        make_folder(target, text)
        assert contents(tmp_path) == {"a.gdb/table": text}
    moves = iter([False, True])
    rename = Path.rename

    def failing(source: Path, place: Path) -> Path:
        if next(moves, False):
            raise PermissionError(13, "open elsewhere")
        return rename(source, place)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="open elsewhere"):
        make_folder(target, "third")
    assert contents(tmp_path) == {"a.gdb/table": "second"}


def make_folder(path: Path, text: str) -> None:
    with replacing_folder(path) as temporary:
        temporary.mkdir()
        (temporary / "table").write_text(text)


def test_an_inventory_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE enping_inventory (key TEXT)")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(OutputError, match=r"a\.gpkg"):
        write(empty_parcels(), path)
    assert path.read_bytes() == before
    path.write_bytes(b"no database")
    write(empty_parcels(), path)
    assert path.read_bytes() != b"no database"
