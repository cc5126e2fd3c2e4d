"""Say in plain words why a library could not read something; its own text helps nobody."""

from __future__ import annotations

from enping_gis.messages import text

# Words in the texts of GDAL, GEOS, SQLite and the system, and the message that stands for them.
_FILE = (
    ("locked", "reason.locked"),
    ("Permission denied", "reason.denied"),
    ("No space left", "reason.disk_full"),
)
_SHAPE = (
    ("closed linestring", "reason.ring_short"),
    ("at least 4", "reason.ring_short"),
    ("Invalid number of points", "reason.ring_short"),
    ("nan", "reason.vertex"),
    ("could not convert", "reason.vertex"),
)


def file_reason(error: BaseException) -> str:
    """
    Say why a file cannot be read.

    Parameters
    ----------
    error : BaseException
        What a library raised.

    Returns
    -------
    str
        In the language in force, without a full stop.

    Examples
    --------
    >>> file_reason(OSError("database is locked")) == file_reason(OSError(""))
    False
    """
    return _reason(error, _FILE, "reason.damaged")


def shape_reason(error: BaseException) -> str:
    """
    Say why no shape can be made.

    Parameters
    ----------
    error : BaseException
        What a library raised.

    Returns
    -------
    str
        In the language in force, without a full stop.

    Examples
    --------
    >>> shape_reason(ValueError("a ring needs at least 4")) == shape_reason(ValueError(""))
    False
    """
    return _reason(error, _SHAPE, "reason.shape")


def _reason(error: BaseException, known: tuple[tuple[str, str], ...], otherwise: str) -> str:
    said = str(error)
    return text(next((code for words, code in known if words in said), otherwise))
