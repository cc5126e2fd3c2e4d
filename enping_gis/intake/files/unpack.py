"""Take what a path names apart into readable files: one file, a folder, or a zip archive."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.intake.files.archive import checked_archive, extracted
from enping_gis.intake.files.look import KINDS, checked_kind, local_path
from enping_gis.intake.files.reasons import file_reason
from enping_gis.intake.raw import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_LEVELS = 3
_NAMED = 5
# Parts of another file, and what systems leave lying about: nobody misses them.
_PARTS = frozenset(
    {".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".qmd", ".xml", ".idx"}
    | {".dat", ".map", ".id", ".ind", ".mid", ".gpkg-wal", ".gpkg-shm", ".gpkg-journal", ".lock"}
)
# What is written beside a Shapefile to say which column became which.
_LISTS = ".fields.csv"
_LITTER = ("~$", "._", ".ds_store", "thumbs.db", "desktop.ini", "__macosx", ".git")
# How SQLite notes in a file that changes are kept beside it.
_WRITE_AHEAD = b"\x02\x02"
_GDB_TABLE = "a00000001.gdbtable"
# pyogrio cuts a path at these, or takes what stands behind them for part of an archive.
_CUTS = ("!", ";", "?", "#")


class Contents(NamedTuple):
    """
    What a path holds.

    Parameters
    ----------
    members : tuple of Member
        The readable files, by name; at least one.
    findings : tuple of Finding
        What was left unread, and why.
    """

    members: tuple[Member, ...]
    findings: tuple[Finding, ...]


@contextmanager
def members(path: str | os.PathLike[str]) -> Iterator[Contents]:
    """
    Open a path: a file, a folder of files, a ``.gdb`` folder, or a zip archive of these.

    An archive (``.zip``, ``.kmz``, ``.ovkmz``) is unpacked into a temporary folder that is gone
    afterwards. Folders are searched three levels deep.

    Parameters
    ----------
    path : path-like
        A local path.

    Yields
    ------
    Contents
        The readable files; valid within the ``with`` block.

    Raises
    ------
    SourceError
        There is nothing there, nothing in it can be read, it is of a kind that is not read, or
        the archive is not safe to unpack.

    Examples
    --------
    >>> from enping_gis._resources import data_folder
    >>> with members(data_folder("boundaries") / "places.geojson") as contents:
    ...     [member.kind for member in contents.members]
    ['.geojson']
    >>> with members("missing.shp") as contents:
    ...     pass
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    source = local_path(path)
    shown = str(source)
    with tempfile.TemporaryDirectory(prefix="enping-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        files: tuple[Member, ...] = ()
        try:
            contents = _opened(source, shown, folder)
            files = contents.members
            yield contents
        except SourceError as error:
            named = {str(file.path): file.shown for file in files}
            path_said = str(error.values.get("path", ""))
            if named.get(path_said, path_said) == path_said:
                raise
            values = {**error.values, "path": named[path_said]}
            raise SourceError(error.code, **values) from error
        except OSError as error:
            if not _below(error.filename, source, folder):
                raise
            raise SourceError("error.unreadable", path=shown, reason=file_reason(error)) from error


def _below(filename: object, source: Path, folder: Path) -> bool:
    """Tell whether a failure of the system was about the source or its unpacked copy."""
    named = os.fsdecode(filename) if isinstance(filename, str | bytes) else ""
    return named.startswith((str(source), str(folder)))


def _opened(source: Path, shown: str, folder: Path) -> Contents:
    if source.is_dir():
        if (source / _GDB_TABLE).is_file():
            return Contents((_member(source, shown, folder),), ())
        if source.suffix.casefold() in {".gpkg", ".shp", ".gdb"}:
            checked_kind(source)  # says that a folder is none of these
        return _gathered(source, shown, folder)
    kind = checked_kind(source)
    if KINDS[kind].reader != "archive":
        return Contents((_member(source, shown, folder),), ())
    inside, findings = extracted(source, shown, folder / "unpacked", wanted=_wanted)
    return _gathered(inside, shown, folder, findings)


def _wanted(name: str) -> bool:
    """Tell whether a member of an archive is worth unpacking."""
    parts = name.casefold().split("/")
    if any(part.startswith(_LITTER) for part in parts) or parts[-1].endswith(_LISTS):
        return False
    return any(part.endswith(".gdb") for part in parts[:-1]) or (
        _suffix(parts[-1]) in _PARTS | set(KINDS) | {".gdbtable", ".gdbtablx"}
        or parts[-1].endswith((".gdbindexes", ".freelist", ".atx", ".spx", "gdb", "timestamps"))
    )


def _suffix(name: str) -> str:
    return Path(name).suffix.casefold()


def _gathered(top: Path, shown: str, folder: Path, findings: tuple[Finding, ...] = ()) -> Contents:
    """Collect the readable files below a folder, and say what is not read."""
    found: list[Member] = []
    notes, others = list(findings), []
    for path in _files(top):
        relative = path.relative_to(top).as_posix()
        name = f"{shown}/{relative}" if relative != "." else shown
        low = path.name.casefold()
        if _suffix(low) in _PARTS or low.startswith(_LITTER) or low.endswith(_LISTS):
            continue
        if KINDS.get(_suffix(path.name)) is None and not (path / _GDB_TABLE).is_file():
            others.append(relative)
            continue
        try:
            found.append(_member(path, name, folder, inside=True))
        except SourceError as error:
            values: dict[str, object] = {"reason": error}
            notes.append(Finding("member_refused", "error", file=name, values=values))
    if others:
        listed = ", ".join(sorted(others)[:_NAMED]) + ("…" if len(others) > _NAMED else "")
        values = {"n": len(others)}
        notes.append(Finding("members_other", "info", file=shown, value=listed, values=values))
    if not found:
        raise _nothing(notes, shown)
    return Contents(tuple(found), tuple(notes))


def _nothing(notes: list[Finding], shown: str) -> SourceError:
    """Say why nothing can be read: the first reason, with the cure that fits it."""
    for note in notes:
        reason = note.values.get("reason")
        if isinstance(reason, SourceError):
            return reason
        if note.rule == "member_encrypted":
            return SourceError("error.archive_encrypted", path=note.file)
        if note.rule == "member_damaged":
            return SourceError("error.archive_damaged", path=shown)
    return SourceError("error.nothing_inside", path=shown, known=", ".join(KINDS))


def _files(top: Path, level: int = 0) -> Iterator[Path]:
    """Yield files and ``.gdb`` folders by name; links to folders are not followed."""
    if (top / _GDB_TABLE).is_file():
        yield top
        return
    for path in sorted(top.iterdir()):
        whole = path.suffix.casefold() == ".gdb" or (path / _GDB_TABLE).is_file()
        if whole or not path.is_dir():
            yield path
        elif level + 1 < _MAX_LEVELS and not path.is_symlink():
            if not path.name.casefold().startswith(_LITTER):
                yield from _files(path, level + 1)
        else:
            yield path


def _member(path: Path, shown: str, folder: Path, *, inside: bool = False) -> Member:
    """Check a file and give it a path that every library below can open."""
    if (path / _GDB_TABLE).is_file() and path.suffix.casefold() != ".gdb":
        path = _linked([path], folder, {path.name: f"{path.name}.gdb"})
    suffix = _suffix(path.name)
    if inside and suffix in KINDS and KINDS[suffix].reader == "archive":
        raise SourceError("error.archive_nested", path=shown)
    kind = checked_kind(path, shown)
    if KINDS[kind].driver == "XLSX":  # a workbook is an archive, too
        checked_archive(path, shown)
    if kind == ".gpkg" and _unsettled(path):
        path = _settled(path, folder)
    if any(sign in str(path) for sign in _CUTS):
        beside = [each for each in path.parent.iterdir() if each.stem == path.stem]
        beside = [path, *(each for each in beside if each != path)]
        clean = {each.name: _clean(each.name) for each in beside}
        path = _linked(beside if path.is_file() else [path], folder, clean)
    return Member(path, shown, kind)


def _journals(path: Path) -> list[Path]:
    beside = (path.with_name(f"{path.name}{end}") for end in ("-wal", "-journal"))
    return [each for each in beside if each.is_file() and each.stat().st_size]


def _unsettled(path: Path) -> bool:
    """Tell whether merely opening a GeoPackage would change it: it is in use, or was left so."""
    with path.open("rb") as stream:
        head = stream.read(20)
    return bool(_journals(path)) or head[18:20] == _WRITE_AHEAD


def _settled(path: Path, folder: Path) -> Path:
    """Copy a GeoPackage with its journal, and let SQLite bring the copy in order."""
    place = Path(tempfile.mkdtemp(dir=folder))
    for each in (path, *_journals(path)):
        shutil.copyfile(each, place / each.name)
    copy = place / path.name
    try:
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.Error:
        return copy  # its reader says what is wrong
    return copy


def _clean(name: str) -> str:
    return "".join("_" if sign in _CUTS else sign for sign in name)


def _linked(paths: list[Path], folder: Path, names: dict[str, str]) -> Path:
    """Give files other names in a folder of their own; return the first one there."""
    place = Path(tempfile.mkdtemp(dir=folder))
    for path in paths:
        alias(path, place / names[path.name])
    return place / names[paths[0].name]


def alias(path: Path, name: Path) -> None:
    """
    Give a file or folder a second name, without a copy where the system allows it.

    Parameters
    ----------
    path : pathlib.Path
        The file or folder.
    name : pathlib.Path
        The second name; nothing is there yet.
    """
    try:
        name.symlink_to(path.absolute(), target_is_directory=path.is_dir())
    except OSError:  # Windows asks for a privilege
        if path.is_dir():
            shutil.copytree(path, name)
        else:
            shutil.copyfile(path, name)
