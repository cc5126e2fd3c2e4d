"""Write files so that a failure leaves the old one whole."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from enping_gis.errors import EnpingError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_DAY_S = 86_400


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """
    Give a temporary path beside `path`, and move it there when the block ends well.

    Parameters
    ----------
    path : pathlib.Path
        The file to be made or replaced; its folder is made when it is missing.

    Yields
    ------
    pathlib.Path
        A path in the same folder with the same suffix; nothing is there yet.

    Raises
    ------
    OutputError
        The folder cannot be written, or the file is a folder.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "note.txt"
    >>> with replacing(target) as temporary:
    ...     _ = temporary.write_text("")
    >>> target.read_text()
    ''
    """
    # Not Path.is_dir, which fails on a name that is too long for the file system.
    if os.path.isdir(path):  # noqa: PTH112 - see above
        raise OutputError("error.output_is_folder", path=path)
    # A link stays a link: what it points to is replaced.
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        folder = Path(tempfile.mkdtemp(prefix=".enping-", dir=target.parent))
    except OSError as error:
        raise OutputError("error.output", path=path, reason=error.strerror) from error
    temporary = folder / target.name
    try:
        yield temporary
        _synchronise(temporary)
        temporary.replace(target)
        _synchronise(target.parent)
    except OSError as error:
        if isinstance(error, EnpingError):
            raise
        raise OutputError("error.output", path=path, reason=error.strerror or error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what a killed run left here; one that is at work is younger than a day."""
    for left in folder.glob(".enping-*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > _DAY_S:
            shutil.rmtree(left, ignore_errors=True)


def _synchronise(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder to flush it
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """
    Give a temporary path beside `path` for a folder, and move it there when the block ends well.

    The old folder is set aside first and comes back when the new one cannot take its place.

    Parameters
    ----------
    path : pathlib.Path
        The folder to be made or replaced, such as a file geodatabase.

    Yields
    ------
    pathlib.Path
        A path with the same name in a folder beside it; nothing is there yet.

    Raises
    ------
    OutputError
        The place cannot be written, or a file stands there.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "plots.gdb"
    >>> with replacing_folder(target) as temporary:
    ...     temporary.mkdir()
    >>> list(target.iterdir())
    []
    """
    if path.is_file():
        raise OutputError("error.output_is_file", path=path)
    with _workshop(path) as (target, folder):
        temporary, old = folder / target.name, folder / "old"
        yield temporary
        for each in sorted(temporary.rglob("*")):
            _synchronise(each)
        _exchange({temporary: target}, [target] if target.exists() else [], old)
        _synchronise(target.parent)


@contextmanager
def replacing_parts(path: Path) -> Iterator[Path]:
    """
    Give a temporary path for a file of several parts, and move all parts when the block ends well.

    The old parts are set aside first, the main one before the others, and the new main one
    comes last: whoever opens the file meanwhile finds none, never old and new parts mixed.

    Parameters
    ----------
    path : pathlib.Path
        The main part, such as ``plots.shp``; parts have its name up to the suffix.

    Yields
    ------
    pathlib.Path
        A path with the same name in a folder beside it; nothing is there yet.

    Raises
    ------
    OutputError
        The folder cannot be written, or a folder stands in the place of the main part.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.shp"
    >>> with replacing_parts(target) as temporary:
    ...     _ = temporary.write_bytes(b""), temporary.with_suffix(".dbf").write_bytes(b"")
    >>> sorted(each.name for each in target.parent.iterdir())
    ['a.dbf', 'a.shp']
    """
    if path.is_dir():
        raise OutputError("error.output_is_folder", path=path)
    with _workshop(path) as (target, folder):
        temporary = folder / target.name
        yield temporary
        made = sorted(folder.iterdir(), key=lambda each: (each == temporary, each.name))
        for each in made:
            _synchronise(each)
        own = f"{target.stem}.".casefold()
        there = [each for each in target.parent.iterdir() if each.name.casefold().startswith(own)]
        # What merely begins alike, such as a.b.shp beside a.shp, is another file.
        parts = {".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".shp.xml"}
        parts |= {each.name[len(target.stem) :].casefold() for each in made}
        old = [each for each in there if each.name[len(target.stem) :].casefold() in parts]
        old.sort(key=lambda each: (each.suffix.casefold() != target.suffix.casefold(), each.name))
        moves = {each: target.parent / each.name for each in made}
        _exchange(moves, old, folder / "old")
        _synchronise(target.parent)


@contextmanager
def _workshop(path: Path) -> Iterator[tuple[Path, Path]]:
    """Give the real target and a folder beside it to work in, and clean that up."""
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        folder = Path(tempfile.mkdtemp(prefix=".enping-", dir=target.parent))
    except OSError as error:
        raise OutputError("error.output", path=path, reason=error.strerror) from error
    try:
        yield target, folder
    except OSError as error:
        if isinstance(error, EnpingError):
            raise
        raise OutputError("error.output", path=path, reason=error.strerror or error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _exchange(new: Mapping[Path, Path], old: Iterable[Path], aside: Path) -> None:
    """Move old parts aside and new ones in their place; where that fails, put all back."""
    aside.mkdir()
    done: list[tuple[Path, Path]] = []
    try:
        for source, place in [*((each, aside / each.name) for each in old), *new.items()]:
            source.rename(place)
            done.append((source, place))
    except OSError:
        for source, place in reversed(done):
            place.rename(source)
        raise
