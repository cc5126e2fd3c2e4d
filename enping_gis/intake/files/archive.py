"""Unpack a zip archive without trusting it: names, sizes, links and passwords are checked."""

from __future__ import annotations

import errno
import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from enping_gis.errors import SourceError
from enping_gis.findings import Finding

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

# A whole county's plots with all attributes stay far below these.
MAX_BYTES = 2 * 1024**3
MAX_MEMBERS = 10_000
# Geometry and text pack 3 to 20 times; beyond both of these it is a bomb.
MAX_RATIO, RATIO_FROM_BYTES = 100, 100 * 1000**2
_CHUNK_BYTES = 1 << 20
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
# File systems end a name at 255 bytes, a Chinese character takes three.
_NAME_BYTES = 200
_DRIVE = re.compile(r"[A-Za-z]:")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f:*?"<>|]')
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, struct.error, OverflowError)


def checked_archive(path: str | os.PathLike[str], shown: str = "") -> None:
    """
    Refuse a zip container (also an XLSX workbook) that would not fit into memory or on disk.

    Parameters
    ----------
    path : path-like
        The file.
    shown : str
        How messages call it; by default its path.

    Raises
    ------
    SourceError
        It is no zip file, or unpacks to more than 2 GiB, to more than 100 times its size (from
        100 MB), or into more than 10,000 members.

    Examples
    --------
    >>> from enping_gis._resources import data_folder
    >>> checked_archive(data_folder("boundaries") / "places.geojson")
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    name = shown or str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive.infolist(), Path(path).stat().st_size, name)
    except (*_DAMAGE, OSError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError("error.archive_damaged", path=name) from error


def _check_sizes(entries: list[zipfile.ZipInfo], packed: int, shown: str) -> None:
    total = sum(entry.file_size for entry in entries)
    bomb = total > RATIO_FROM_BYTES and total > MAX_RATIO * max(packed, 1)
    if bomb or total > MAX_BYTES or len(entries) > MAX_MEMBERS:
        size = f"{total / 1e6:.0f} MB, {len(entries)}"
        raise SourceError("error.archive_bomb", path=shown, value=size)


def extracted(
    path: Path, shown: str, folder: Path, *, wanted: Callable[[str], bool]
) -> tuple[Path, tuple[Finding, ...]]:
    """
    Unpack the members wanted into a folder.

    Parameters
    ----------
    path : pathlib.Path
        A zip archive.
    shown : str
        How messages call it.
    folder : pathlib.Path
        Where to; it is made.
    wanted : callable
        Tells from a member's name whether it is needed.

    Returns
    -------
    folder : pathlib.Path
        The folder.
    findings : tuple of Finding
        Members that could not be unpacked, and those not needed.

    Raises
    ------
    SourceError
        The archive is damaged, a bomb, or names a member outside itself.
    """
    folder.mkdir()
    # Ovital's archive tells by its own name alone that what is in it is shifted.
    swaps = {".kml": ".ovkml"} if path.suffix.casefold() == ".ovkmz" else {}
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_sizes(entries, path.stat().st_size, shown)
            named = [(entry, _name(entry)) for entry in entries if not entry.is_dir()]
            for entry, name in named:
                _check_place(entry, name, shown)
            findings = _unpack(archive, named, shown, folder, (wanted, swaps))
    except (*_DAMAGE, ValueError, OSError) as error:
        if isinstance(error, SourceError) or not _of_content(error):
            raise
        raise SourceError("error.archive_damaged", path=shown) from error
    return folder, findings


def _of_content(error: BaseException) -> bool:
    """Tell a place that the archive cannot have from a disk that is full or a file in use."""
    return not isinstance(error, OSError) or error.errno in {errno.EINVAL, None}


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name of a member; Chinese Windows writes it in GBK and does not say so."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8_NAME:
        written = name.encode("cp437", "replace")
        for codec in ("utf-8", "gb18030"):
            try:
                name = written.decode(codec)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _check_place(entry: zipfile.ZipInfo, name: str, shown: str) -> None:
    parts = name.split("/")
    outside = name.startswith("/") or ".." in parts or _DRIVE.match(name)
    if outside or "\x00" in name or stat.S_ISLNK(entry.external_attr >> 16):
        raise SourceError("error.archive_member", path=shown, value=name[:200])


def _unpack(
    archive: zipfile.ZipFile,
    named: list[tuple[zipfile.ZipInfo, str]],
    shown: str,
    folder: Path,
    choice: tuple[Callable[[str], bool], dict[str, str]],
) -> tuple[Finding, ...]:
    wanted, swaps = choice
    findings: list[Finding] = []
    left, taken, others = MAX_BYTES, set(), []
    for entry, name in named:
        if not wanted(name):
            others.append(name)
            continue
        where = f"{shown}/{name}"
        if entry.flag_bits & _ENCRYPTED:
            findings.append(Finding("member_encrypted", "error", file=where, value=name))
            continue
        target = folder.joinpath(*map(_file_name, name.split("/")))
        target = target.with_suffix(swaps.get(target.suffix.casefold(), target.suffix))
        if str(target).casefold() in taken:
            findings.append(Finding("member_repeated", "error", file=where, value=name))
            continue
        taken.add(str(target).casefold())
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            left -= _copied(archive, entry, target, left, shown)
        except (*_DAMAGE, OSError, ValueError) as error:
            if isinstance(error, SourceError) or not _of_content(error):
                raise
            target.unlink(missing_ok=True)
            findings.append(Finding("member_damaged", "error", file=where, value=name))
    unread = [name for name in others if not name.casefold().startswith("__macosx/")]
    if unread:
        listed = ", ".join(unread[:5]) + ("…" if len(unread) > 5 else "")  # noqa: PLR2004 - enough to know what they are
        values: dict[str, object] = {"n": len(unread)}
        findings.append(Finding("members_other", "info", file=shown, value=listed, values=values))
    return tuple(findings)


def _copied(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int, shown: str
) -> int:
    """Unpack one member; what really comes out is counted, whatever the directory says."""
    count = 0
    with archive.open(entry) as packed, target.open("wb") as unpacked:
        while chunk := packed.read(_CHUNK_BYTES):
            count += len(chunk)
            if count > left:
                size = f"> {MAX_BYTES / 1e6:.0f} MB"
                raise SourceError("error.archive_bomb", path=shown, value=size)
            unpacked.write(chunk)
    return count


def _file_name(part: str) -> str:
    """Return a name that every file system takes; the parts of a Shapefile stay together."""
    part = _NOT_IN_NAMES.sub("_", part)
    if len(part.encode("utf-8", "replace")) <= _NAME_BYTES:
        return part.encode("utf-8", "replace").decode("utf-8")
    stem, dot, suffix = part.rpartition(".")
    return f"{stem[:50]}-{zlib.crc32(stem.encode('utf-8', 'replace')):08x}{dot}{suffix}"
