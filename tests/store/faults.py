"""
Let the disk fail, or the process die, at one step of many.

A step is a write, a truncation, a sync or a deletion that SQLite asks its file system for, and
what Python does to move a finished file into its place.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import json
import os
import signal
import sqlite3
import traceback
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyogrio
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

How = Literal["count", "kill", "tear", "fail", "gone"]
_METHODS = 18
_WRITE, _TRUNCATE, _SYNC = 2, 3, 4
_FULL, _IOERR = 13, 10


class _Methods(ctypes.Structure):
    """``sqlite3_io_methods``."""

    _fields_ = [("version", ctypes.c_int), ("functions", ctypes.c_void_p * _METHODS)]


class _File(ctypes.Structure):
    """``sqlite3_file``."""

    _fields_ = [("methods", ctypes.POINTER(_Methods))]


# A name is handed on as it is: SQLite keeps the pointer, and more stands behind its end.
_Open = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(_File), ctypes.c_int,
    ctypes.c_void_p,
)  # fmt: skip
_Delete = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_Write = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(_File), ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_File), ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_File), ctypes.c_int)


class _System(ctypes.Structure):
    """``sqlite3_vfs``, as far as it is needed."""

    _fields_ = [
        ("version", ctypes.c_int), ("file_bytes", ctypes.c_int), ("path_bytes", ctypes.c_int),
        ("next", ctypes.c_void_p), ("name", ctypes.c_char_p), ("data", ctypes.c_void_p),
        ("open", _Open), ("delete", _Delete),
    ]  # fmt: skip


class Faults:
    """Count the steps, and let one of them go wrong."""

    def __init__(self, at: int | None, how: How, watch: Callable[[], object] | None) -> None:
        self.at, self.how, self.watch = at, how, watch
        self.steps: list[str] = []

    def step(self, name: str) -> Literal["go", "tear", "fail"]:
        """Take note of a step; say what becomes of it."""
        self.steps.append(name)
        if self.watch is not None:
            self.watch()
        number = len(self.steps) - 1
        if self.at is None or number < self.at or (number > self.at and self.how != "gone"):
            return "go"
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        return "tear" if self.how == "tear" and name == "write" else "fail"


def _default_system() -> _System:
    # The library that Python itself uses; where it is built in, its functions are not to be had.
    library = ctypes.CDLL(_sqlite3.__file__)
    try:
        find = library.sqlite3_vfs_find
    except AttributeError:
        pytest.skip("this Python has SQLite built in and hidden")
    find.restype, find.argtypes = ctypes.POINTER(_System), [ctypes.c_char_p]
    return find(None).contents


class _Layer:
    """Stand between SQLite and its file system."""

    def __init__(self, faults: Faults) -> None:
        self.faults, self.system = faults, _default_system()
        self.plain_open = _copy(_Open, self.system.open)
        self.plain_delete = _copy(_Delete, self.system.delete)
        self.patched: dict[int, tuple[_Methods, _Methods]] = {}
        self.functions = {
            _WRITE: _Write(self._write), _TRUNCATE: _Truncate(self._truncate),
            _SYNC: _Sync(self._sync),
        }  # fmt: skip
        self.open, self.delete = _Open(self._open), _Delete(self._delete)

    def begin(self) -> None:
        self.system.open, self.system.delete = self.open, self.delete

    def end(self) -> None:
        self.system.open, self.system.delete = self.plain_open, self.plain_delete

    def _plain(self, file: Any, kind: Any, index: int) -> Any:  # noqa: ANN401 - pointers
        own, _ = self.patched[ctypes.addressof(file.contents.methods.contents)]
        return kind(own.functions[index])

    def _write(self, file: Any, data: int, amount: int, offset: int) -> int:  # noqa: ANN401 - a pointer
        fate, plain = self.faults.step("write"), self._plain(file, _Write, _WRITE)
        if fate == "fail":
            return _FULL
        if fate == "tear" or self.faults.watch is not None:
            plain(file, data, amount // 2, offset)
        if fate == "tear":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.faults.watch is not None:
            self.faults.watch()
        return int(plain(file, data, amount, offset))

    def _truncate(self, file: Any, size: int) -> int:  # noqa: ANN401 - a pointer
        if self.faults.step("truncate") == "fail":
            return _IOERR
        return int(self._plain(file, _Truncate, _TRUNCATE)(file, size))

    def _sync(self, file: Any, flags: int) -> int:  # noqa: ANN401 - a pointer
        if self.faults.step("sync") == "fail":
            return _IOERR
        return int(self._plain(file, _Sync, _SYNC)(file, flags))

    def _open(self, system: int, name: int, file: Any, flags: int, out: int) -> int:  # noqa: ANN401 - a pointer
        code = int(self.plain_open(system, name, file, flags, out))
        if code == 0 and file.contents.methods:
            own = file.contents.methods.contents
            ours = _Methods.from_buffer_copy(own)
            for index, function in self.functions.items():
                ours.functions[index] = ctypes.cast(function, ctypes.c_void_p).value
            self.patched[ctypes.addressof(ours)] = (own, ours)
            file.contents.methods = ctypes.pointer(ours)
        return code

    def _delete(self, system: int, name: int, sync: int) -> int:
        if self.faults.step("delete") == "fail":
            return _IOERR
        return int(self.plain_delete(system, name, sync))


@contextmanager
def faulty(
    at: int | None = None, how: How = "count", watch: Callable[[], object] | None = None
) -> Iterator[Faults]:
    """Run a block in which step `at` goes wrong; `watch` looks on before each, and in mid-write."""
    faults = Faults(at, how, watch)
    layer = _Layer(faults)
    layer.begin()
    try:
        with pytest.MonkeyPatch.context() as patch:
            _patch_python(patch, faults)
            yield faults
    finally:
        layer.end()
        _KEPT.append(layer)


# A file that is still open calls these after the block.
_KEPT: list[Any] = []


def _copy(kind: Any, function: Any) -> Any:  # noqa: ANN401 - pointers
    return kind(ctypes.cast(function, ctypes.c_void_p).value)


def _patch_python(patch: pytest.MonkeyPatch, faults: Faults) -> None:
    def stepping(owner: Any, name: str) -> None:  # noqa: ANN401 - a module or a class
        plain = getattr(owner, name)

        def stepped(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes
            if faults.step(name) != "go":
                raise OSError(28, "No space left on device")
            return plain(*given, **named)

        patch.setattr(owner, name, stepped)

    stepping(os, "fsync")
    stepping(Path, "replace")
    stepping(Path, "rename")
    stepping(Path, "unlink")
    stepping(pyogrio, "write_dataframe")


def in_child(action: Callable[[], object], at: int | None, how: How) -> tuple[int, list[str]]:
    """Run an action in a process of its own; return the signal it died of, and its steps."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # The child does nothing but the action, whatever threads libraries keep.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(60)
        try:
            with faulty(at, how) as faults:
                action()
            os.write(writer, json.dumps(faults.steps).encode())
        except BaseException:  # noqa: BLE001 - nothing may reach the tests from here
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    died = os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)
    return died, json.loads(said) if said else []


def contents(path: Path) -> dict[str, list[Any]]:
    """Return every row of every table, as SQLite has it after rolling back what was left."""
    connection = sqlite3.connect(path)
    try:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'rtree%'"
                " AND name NOT LIKE 'sqlite%' ORDER BY name"
            )
        ]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608 - names of tables
    finally:
        connection.close()


class Moments:
    """Keep what lies in a folder at each step: what a process that dies there leaves behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: list[dict[str, bytes]] = []

    def __call__(self) -> None:
        now = {
            each.relative_to(self.folder).as_posix(): each.read_bytes()
            for each in sorted(self.folder.rglob("*"))
            if each.is_file()
        }
        if not self.kept or self.kept[-1] != now:
            self.kept.append(now)

    def laid_out(self, folder: Path, name: str, *, sparing: int) -> Iterator[Path]:
        """
        Yield a folder for each moment, with the files as they were.

        While file `name` is as at first, and only its journal grows, one moment in `sparing`.
        """
        first = self.kept[0][name]
        for number, files in enumerate(self.kept):
            if files[name] == first and number % sparing:
                continue
            place = folder / str(number)
            for each, data in files.items():
                (place / each).parent.mkdir(parents=True, exist_ok=True)
                (place / each).write_bytes(data)
            yield place
