"""A picture of the ground with a world file: where its corners lie on the page."""

from __future__ import annotations

import base64
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from enping_gis.crs import WGS84, transformer
from enping_gis.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from pyproj import CRS

    Floats = npt.NDArray[np.float64]

PICTURES = (".png", ".jpg", ".jpeg")
_MIME = {"PNG": "image/png", "JPEG": "image/jpeg"}
_WORLD = {".png": (".pgw", ".pngw"), ".jpg": (".jgw", ".jpgw"), ".jpeg": (".jgw", ".jpegw")}
_NUMBERS = 6
# Between the corners of a cell the page draws straight; so far the ground may be off.
_OFF_M = 0.25
_MOST_CELLS = 64
_DEGREE_M = 111_320.0
# Where web maps end.
_MOST_NORTH_DEG = 85.0


def picture_record(path: Path, crs: CRS) -> dict[str, Any]:
    """
    Return a picture and the net of points that pins it to the ground.

    Parameters
    ----------
    path : pathlib.Path
        PNG or JPEG, with its world file beside it.
    crs : pyproj.CRS
        System of the world file.

    Returns
    -------
    dict
        ``kind``, ``name``, ``src`` (a ``data:`` URI), ``size`` in pixels, the number of ``cells``
        each way, and the ``net``: longitude and latitude of each node, row by row. Within a cell
        a straight picture is off by at most 0.25 m.

    Raises
    ------
    InputError
        The file is missing or no picture, it has no world file, that holds no six numbers, or
        the ground lies outside the world.

    Examples
    --------
    >>> from pathlib import Path
    >>> picture_record(Path("nowhere.png"), WGS84)
    Traceback (most recent call last):
    enping_gis.errors.InputError: ...
    """
    kind, size = _looked_at(path)
    world = _world_file(path)
    cells = 1
    net = _net(world, size, cells, crs)
    if not np.isfinite(net).all() or np.abs(net[..., 1]).max() > _MOST_NORTH_DEG:
        raise InputError("error.world_file", path=path, value="CRS")
    while cells < _MOST_CELLS:
        finer = _net(world, size, 2 * cells, crs)
        if _off_m(net, finer) <= _OFF_M:
            break
        cells, net = 2 * cells, finer
    content = base64.b64encode(path.read_bytes()).decode("ascii")
    return {
        "kind": "picture",
        "name": path.name,
        "src": f"data:{_MIME[kind]};base64,{content}",
        "size": list(size),
        "cells": cells,
        "net": np.round(net, 8).reshape(-1).tolist(),
    }


def _looked_at(path: Path) -> tuple[str, tuple[int, int]]:
    try:
        # How large a picture may be is the user's business: it is theirs, and nothing unpacks it.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=list(_MIME)) as picture:
                return str(picture.format), picture.size
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as fault:
        raise InputError("error.basemap_picture", path=path) from fault


def _world_file(path: Path) -> Floats:
    """Return the six numbers of the world file, in its own order."""
    endings = (*_WORLD[path.suffix.lower()], ".wld")
    beside = {each.name.lower(): each for each in path.parent.iterdir()}
    named = [beside.get(f"{path.stem.lower()}{ending}") for ending in endings]
    found = next(filter(None, named), None)
    if found is None:
        raise InputError("error.no_world_file", path=path, known=endings[0])
    words = found.read_text(encoding="ascii", errors="replace").split()
    try:
        numbers = np.array([float(word.replace(",", ".")) for word in words])
    except ValueError:
        numbers = np.array([])
    usable = len(numbers) == _NUMBERS and np.isfinite(numbers).all()
    if not usable or abs(numbers[0] * numbers[3] - numbers[1] * numbers[2]) == 0:
        raise InputError("error.world_file", path=found, value=" ".join(words)[:60])
    return numbers


def _net(world: Floats, size: tuple[int, int], cells: int, crs: CRS) -> Floats:
    """Return longitude and latitude of the nodes, as an array of rows, columns and two."""
    across, down = (np.linspace(0, pixels, cells + 1) - 0.5 for pixels in size)
    column, row = np.meshgrid(across, down)
    # The numbers speak of the middle of the first pixel.
    x = world[0] * column + world[2] * row + world[4]
    y = world[1] * column + world[3] * row + world[5]
    return np.stack(transformer(crs, WGS84).transform(x, y), axis=-1)


def _off_m(net: Floats, finer: Floats) -> float:
    """Return how far the middles of cells and of their sides lie off the straight ones."""
    straight = np.empty_like(finer)
    straight[::2, ::2] = net
    straight[1::2, ::2] = (net[1:] + net[:-1]) / 2
    straight[:, 1::2] = (straight[:, 2::2] + straight[:, :-2:2]) / 2
    off_deg = np.abs(finer - straight).max(initial=0.0)
    return float(off_deg * _DEGREE_M)
