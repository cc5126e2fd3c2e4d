"""What lies under the plots: nothing, tiles of a provider, a folder of tiles, or one picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from enping_gis.errors import InputError
from enping_gis.messages import text
from enping_gis.viewer.pictures import PICTURES, picture_record

if TYPE_CHECKING:
    import os

    from pyproj import CRS

    from enping_gis.messages import Language

    Record = dict[str, Any]

NONE = "none"
PROVIDERS = ("tianditu", "tianditu-img", "amap")
# Layers of the provider, from the ground up: the map itself, then its names.
_TIANDITU = {"tianditu": ("vec", "cva"), "tianditu-img": ("img", "cia")}
_TIANDITU_HOSTS = tuple(f"https://t{number}.tianditu.gov.cn" for number in range(8))
_TIANDITU_TILE = (
    "{host}/%(layer)s_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=%(layer)s"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
)
_AMAP_HOSTS = tuple(f"https://webrd0{number}.is.autonavi.com" for number in range(1, 5))
_AMAP_TILE = "{host}/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"
_CLOSEST = 18
_TILE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True)
class BaseMap:
    """
    What to draw under the plots.

    Parameters
    ----------
    choice : str or path-like
        ``"none"``, ``"tianditu"`` (streets), ``"tianditu-img"`` (images), ``"amap"``, a folder
        of tiles ``{z}/{x}/{y}.png`` in web Mercator, or a PNG or JPEG with its world file in the
        CRS of the inventory.
    key : str, optional
        The user's own key of Tianditu.
    store_key : bool
        Write the key into the page. Else the page asks for it and forgets it when it is closed.

    Examples
    --------
    >>> BaseMap().choice, BaseMap("tianditu", key="secret")
    ('none', BaseMap(choice='tianditu', store_key=False))
    """

    choice: str | os.PathLike[str] = NONE
    key: str | None = field(default=None, repr=False)
    store_key: bool = False


def base_record(base: BaseMap, crs: CRS) -> Record | None:
    """
    Return what the page is told of its base map.

    Parameters
    ----------
    base : BaseMap
        What was asked for.
    crs : pyproj.CRS
        CRS of the inventory, which a world file is in.

    Returns
    -------
    dict or None
        ``kind``, and what that kind needs; None for no base map.

    Raises
    ------
    InputError
        There is no such base map, folder or picture, the folder has no tiles, the picture no
        usable world file, or the key is to be stored and there is none.

    Examples
    --------
    >>> from pyproj import CRS
    >>> base_record(BaseMap(), CRS("EPSG:4546")) is None
    True
    >>> base_record(BaseMap("amap"), CRS("EPSG:4546"))["isShifted"]
    True
    """
    choice = str(base.choice)
    if base.store_key and not (base.key and choice in _TIANDITU):
        raise InputError("error.store_key")
    if choice == NONE:
        return None
    if choice in _TIANDITU:
        tiles = [_TIANDITU_TILE % {"layer": layer} for layer in _TIANDITU[choice]]
        record = {"kind": "tianditu", "tiles": tiles, "hosts": _TIANDITU_HOSTS, "most": _CLOSEST}
        return record | ({"key": base.key} if base.store_key else {"needsKey": True})
    if choice == "amap":
        record = {"kind": "amap", "tiles": [_AMAP_TILE], "hosts": _AMAP_HOSTS, "most": _CLOSEST}
        return record | {"isShifted": True}
    path = Path(choice)
    if path.is_dir():
        return _folder(path)
    if path.suffix.lower() in PICTURES:
        return picture_record(path, crs)
    known = ", ".join((NONE, *PROVIDERS))
    raise InputError("error.basemap", value=choice, known=known)


def base_sources(record: Record | None) -> tuple[str, ...]:
    """
    Name the places that pictures of a base map may be loaded from, as the policy has them.

    Parameters
    ----------
    record : dict or None
        As `base_record` returns it.

    Returns
    -------
    tuple of str
        Hosts of the provider; for a folder the page's own origin and files; else nothing.

    Examples
    --------
    >>> base_sources(None), base_sources({"kind": "folder"})
    ((), ("'self'", 'file:'))
    """
    if record is None:
        return ()
    if record["kind"] == "folder":
        # A page opened by double click has no origin: its tiles are files.
        return ("'self'", "file:")
    return tuple(record.get("hosts", ()))


def base_words(record: Record | None, lang: Language) -> str:
    """
    Say whose base map it is, for the foot of the page.

    Parameters
    ----------
    record : dict or None
        As `base_record` returns it.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        One clause.

    Examples
    --------
    >>> base_words(None, "en")
    'Base map: none'
    """
    if record is None:
        return text("page.foot_nobase", lang)
    return text("page.foot_base", lang, v=text(f"page.base_{record['kind']}", lang))


def placed(record: Record, page: Path) -> Record:
    """
    Address a folder of tiles from the page that is written.

    Parameters
    ----------
    record : dict
        As `base_record` returns it.
    page : pathlib.Path
        The HTML file.

    Returns
    -------
    dict
        For a folder beside or below the page with an address that moves along with it; else as
        it is.

    Examples
    --------
    >>> placed({"kind": "amap"}, Path("page.html"))
    {'kind': 'amap'}
    """
    if record["kind"] != "folder":
        return record
    folder, home = Path(record["folder"]), page.resolve().parent
    if not folder.is_relative_to(home):
        return record
    near = quote(folder.relative_to(home).as_posix())
    return record | {"tiles": [f"{near}/{record['name']}"]}


def shown_record(record: Record) -> Record:
    """
    Leave out what the page need not know: where files lie on this machine.

    Parameters
    ----------
    record : dict
        As `base_record` or `placed` returns it.

    Returns
    -------
    dict
        What is written into the page.

    Examples
    --------
    >>> shown_record({"kind": "folder", "folder": "tiles", "tiles": []})
    {'kind': 'folder', 'tiles': []}
    """
    return {key: value for key, value in record.items() if key not in {"folder", "name"}}


def _folder(path: Path) -> Record:
    levels: dict[str, list[int]] = {}
    suffixes: dict[str, int] = {}
    for level in _numbered(path):
        columns = _numbered(level)
        rows = [row for column in columns for row in column.iterdir()]
        tiles = [row for row in rows if row.stem.isdigit() and row.suffix in _TILE_SUFFIXES]
        for tile in tiles:
            suffixes[tile.suffix] = suffixes.get(tile.suffix, 0) + 1
        if tiles:
            x, y = ([int(each.name) for each in columns], [int(each.stem) for each in tiles])
            levels[level.name] = [min(x), min(y), max(x), max(y)]
    if not levels:
        raise InputError("error.basemap_folder", path=path)
    zooms = sorted(map(int, levels))
    name = "{z}/{x}/{y}" + max(suffixes, key=lambda each: suffixes[each])
    folder = path.resolve()
    return {
        "kind": "folder",
        "folder": str(folder),
        "name": name,
        "tiles": [f"{folder.as_uri()}/{name}"],
        "least": zooms[0],
        "most": zooms[-1],
        "there": levels,
    }


def _numbered(folder: Path) -> list[Path]:
    found = [each for each in folder.iterdir() if each.name.isdigit() and each.is_dir()]
    return sorted(found, key=lambda each: int(each.name))
