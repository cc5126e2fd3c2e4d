"""Name the arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from enping_gis.cli.output import Format, working
from enping_gis.errors import InputError, OutputError
from enping_gis.inventory import Inventory
from enping_gis.messages import LANGUAGES, text
from enping_gis.store.place import Place, Where, place_of


def known_language(value: str | None) -> str | None:
    """
    Refuse a language that is not there; a known one was seen to before.

    Parameters
    ----------
    value : str or None
        What the user wrote.

    Returns
    -------
    str or None
        The same.

    Raises
    ------
    InputError
        It is no language of the messages.

    Examples
    --------
    >>> known_language("en"), known_language(None)
    ('en', None)
    """
    if value is not None and value not in LANGUAGES:
        raise InputError("error.language", value=value)
    return value


def named_place(value: str) -> Place:
    """
    Return the file or the database that somebody names.

    Parameters
    ----------
    value : str
        A path, or an address ``postgresql://...``.

    Returns
    -------
    pathlib.Path or Database
        As `enping_gis.store.place.place_of` has it.

    Raises
    ------
    typer.BadParameter
        The address cannot be read.

    Examples
    --------
    >>> named_place("plots.gpkg").name
    'plots.gpkg'
    """
    try:
        return place_of(value)
    except InputError as error:
        # As it stands, typer would repeat the address, which may hold a password.
        raise typer.BadParameter(error.text()) from None


# typer reads these at run time, so they are spelled in the form it knows on every Python.
Input = Annotated[
    Optional[Any],  # noqa: UP045 - see above; typer does not know a union
    typer.Argument(metavar="INPUT", help=text("help.input"), parser=named_place),
]
InventoryName = Annotated[
    Any,
    typer.Argument(metavar="FILE.gpkg", help=text("help.inventory"), parser=named_place),
]
NewName = Annotated[
    Any, typer.Argument(metavar="FILE.gpkg", help=text("help.new_file"), parser=named_place)
]
ToInventory = Annotated[
    Any,
    typer.Option(
        "--inventory", metavar="FILE.gpkg", help=text("help.inventory"), parser=named_place
    ),
]
Parcel = Annotated[str, typer.Argument(metavar="PARCEL", help=text("help.parcel"))]
AsOf = Annotated[Optional[str], typer.Option("--as-of", metavar="DATE", help=text("help.as_of"))]  # noqa: UP045 - see above
Crs = Annotated[Optional[str], typer.Option("--crs", metavar="CRS", help=text("help.crs"))]  # noqa: UP045 - see above
LayerName = Annotated[Optional[str], typer.Option("--layer", help=text("help.layer"))]  # noqa: UP045 - see above
EncodingName = Annotated[
    Optional[str],  # noqa: UP045 - see above
    typer.Option("--encoding", metavar="NAME", help=text("help.encoding")),
]
Parameters = Annotated[
    Optional[Path],  # noqa: UP045 - see above
    typer.Option("--parameters", metavar="FILE", help=text("help.parameters")),
]
Lang = Annotated[
    Optional[str],  # noqa: UP045 - see above
    typer.Option("--lang", metavar="zh|en", help=text("help.lang"), callback=known_language),
]
Form = Annotated[Format, typer.Option("--format", help=text("help.format"))]
ToleranceM = Annotated[float, typer.Option("--tolerance", help=text("help.tolerance"))]
WithinM = Annotated[float, typer.Option("--within", help=text("help.within"))]
MinSharedM = Annotated[float, typer.Option("--min-shared", help=text("help.min_shared"))]


def opened(
    path: Where | None,
    *,
    as_of: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
) -> Inventory:
    """
    Open what a command works on.

    Parameters
    ----------
    path : path-like, Database or None
        The file or database; None is the demonstration inventory.
    as_of : str, optional
        ISO date of the day to look at.
    crs, layer : str, optional
        System and layer of a file of parcels.

    Returns
    -------
    Inventory
        On that day.

    Raises
    ------
    InputError
        The file or an option cannot be used; the message says how to cure it.

    Examples
    --------
    >>> len(opened(None).parcels)
    119
    """
    with working("cli.reading"):
        if path is None:
            demo = Inventory.demo() if crs is None else Inventory.demo().to_crs(crs)
            return demo if as_of is None else demo.on(as_of)
        return Inventory.open(path, layer=layer, crs=crs, as_of=as_of)


def refuse_input(output: Path | None, *inputs: Place | None) -> None:
    """
    Refuse to write over what a command reads.

    Parameters
    ----------
    output : pathlib.Path or None
        The file to be written.
    *inputs : pathlib.Path, Database or None
        What is read: databases, files, or folders with files; another part of the same
        Shapefile counts.

    Raises
    ------
    OutputError
        The output is an input, lies in a folder that is read, or is a part of one.

    Examples
    --------
    >>> refuse_input(None, Path("plots.shp"))
    >>> refuse_input(Path("found.xlsx"), Path("plots.shp"), None)
    """
    if output is None or not output.exists():
        return
    target = output.resolve()
    for each in inputs:
        if not isinstance(each, Path):
            continue
        source = each.resolve()
        part = target.parent == source.parent and _of_shapefile(target) == _of_shapefile(source)
        if target == source or source in target.parents or part:
            raise OutputError("error.output_is_input", path=output)


def _of_shapefile(path: Path) -> str:
    """Return the stem of a part of a Shapefile; of another file its own name."""
    parts = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
    return path.stem if path.suffix.casefold() in parts else path.name
