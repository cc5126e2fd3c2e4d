"""Find the files that travel with the package, whether installed, editable or zipped."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_DATA_FOLDERS = ("boundaries", "demo")


def data_folder(name: str) -> Traversable:
    """
    Return the folder of shipped data called `name`.

    A wheel carries ``data/<name>`` inside the package; a checkout, and so an editable
    install, has it beside the package.

    Parameters
    ----------
    name : {"boundaries", "demo"}
        The folder below ``data/``.

    Returns
    -------
    importlib.resources.abc.Traversable
        The folder; its files open from a zipped wheel too.

    Raises
    ------
    ValueError
        `name` is not a folder that ships.
    FileNotFoundError
        The installation is damaged: the folder is in neither place.

    Examples
    --------
    >>> data_folder("boundaries").joinpath("index.json").is_file()
    True
    >>> data_folder("")
    Traceback (most recent call last):
    ...
    ValueError: no shipped folder '', there are: boundaries, demo
    """
    if name not in _DATA_FOLDERS:
        msg = f"no shipped folder {name!r}, there are: {', '.join(_DATA_FOLDERS)}"
        raise ValueError(msg)
    package = files("enping_gis")
    packaged = package.joinpath(f"_{name}")
    if packaged.is_dir():
        return packaged
    checkout = Path(str(package)).parent / "data" / name
    if checkout.is_dir():
        return checkout
    msg = f"{packaged} and {checkout} are both missing: install enping_gis again"
    raise FileNotFoundError(msg)


@cache
def shipped_json(name: str) -> Any:  # noqa: ANN401 - JSON is whatever the file holds
    """
    Return the content of a JSON file that lies beside the modules.

    Parameters
    ----------
    name : str
        File name, such as ``"vocabulary.json"``.

    Returns
    -------
    Any
        The parsed content; it is cached, so do not change it.

    Examples
    --------
    >>> sorted(shipped_json("vocabulary.json"))[:2]
    ['agreement_indicator', 'answer']
    """
    return json.loads(shipped_text(name))


def shipped_text(name: str) -> str:
    """
    Return the text of a file that lies in the package.

    Parameters
    ----------
    name : str
        Path below the package with forward slashes, such as ``"viewer/assets/page.css"``.

    Returns
    -------
    str
        The text, decoded as UTF-8.

    Examples
    --------
    >>> shipped_text("vocabulary.json").startswith("{")
    True
    """
    return files("enping_gis").joinpath(*name.split("/")).read_text(encoding="utf-8")
