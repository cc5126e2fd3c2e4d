"""Write files so that a failure leaves the old one whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from enping_gis.errors import EnpingError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    if path.is_dir():
        raise OutputError("error.output_is_folder", path=path)
    # A link stays a link: what it points to is replaced.
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
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


def _synchronise(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder to flush it
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
