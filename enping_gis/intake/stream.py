"""Read the layers of a planner's file, batch after batch, in known coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.crs import crs_name
from enping_gis.errors import CRSError, SourceError
from enping_gis.findings import Finding
from enping_gis.intake.coordinates.georeference import decoded
from enping_gis.intake.drawings import drawing, kml
from enping_gis.intake.files.big5 import big5_finding
from enping_gis.intake.files.look import KINDS
from enping_gis.intake.files.unpack import members
from enping_gis.intake.points import points
from enping_gis.intake.points.text import holds_points
from enping_gis.intake.polygons import multipolygons, polygons_only
from enping_gis.intake.raw import ROW, Encoding, Layer, Member, RawLayer, RawRows
from enping_gis.intake.tables import ledger
from enping_gis.intake.vector import vector

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyproj import CRS

    from enping_gis.crs import Extent
    from enping_gis.findings import Severity
    from enping_gis.intake.coordinates.datum import DatumShift
    from enping_gis.intake.raw import Decision

_DEGREES = 360.0
# Their layers are versions and by-products as often as parts, so one has to be chosen.
_NOT_PLOTS = frozenset({"error.no_points", "error.no_table", "error.no_header"})
_DATABASES = frozenset({".gpkg", ".gdb"})


class Reader(Protocol):
    """What every module that reads a kind of file offers."""

    def layers_of(self, path: Path, *, encoding: str | None = None) -> tuple[Layer, ...]:
        """
        Look into a file.

        Parameters
        ----------
        path : pathlib.Path
            The file, or its unpacked copy.
        encoding : str, optional
            Encoding of its texts, whatever it declares.

        Returns
        -------
        tuple of Layer
            Its layers.
        """

    def rows_of(
        self, path: Path, layer: str, *, encoding: str | None = None, shown: str = ""
    ) -> Iterator[RawRows]:
        """
        Read a layer as it stands.

        Parameters
        ----------
        path : pathlib.Path
            The file, or its unpacked copy.
        layer : str
            Name of the layer.
        encoding : str, optional
            Encoding of its texts, whatever it declares.
        shown : str
            How messages name the file.

        Yields
        ------
        RawRows
            A batch of rows in the numbers of the file.
        """


_READERS: dict[str, Reader] = {
    "drawing": drawing, "kml": kml, "ledger": ledger, "points": points, "vector": vector,
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """
    What somebody wants of a file.

    Parameters
    ----------
    layer : str, optional
        Layer or sheet to read; by default all that hold plots.
    crs : pyproj.CRS, optional
        System to use, whatever the file declares.
    encoding : str, optional
        Encoding of its texts, whatever the file declares.
    county : Extent, optional
        Box of the county in degrees, to settle coordinates; by default Enping's.
    known : geopandas.GeoDataFrame or callable, optional
        Plots that are known, to tell shifted degrees by; a callable returns them when there
        are degrees.
    parameters : DatumShift, optional
        Local parameters from Xi'an 80 or Beijing 54.
    table : str
        Table that the rows are meant for; a layer of that name wins.
    together : bool
        Take several layers of a database together, instead of asking for one.
    """

    layer: str | None = None
    crs: CRS | None = None
    encoding: str | None = None
    county: Extent | None = None
    known: gpd.GeoDataFrame | Callable[[], gpd.GeoDataFrame] | None = None
    parameters: DatumShift | None = None
    table: str = "parcels"
    together: bool = False

    @property
    def wants_polygons(self) -> bool:
        """
        Tell whether the rows need a geometry.

        Returns
        -------
        bool
            False for tables such as ``targets``.
        """
        return self.table in {"parcels", "places"}


def layers(path: str | os.PathLike[str], wish: Wish | None = None) -> Iterator[RawLayer]:
    """
    Read the layers of a file.

    Parameters
    ----------
    path : path-like
        Any file or folder that the package reads.
    wish : Wish, optional
        What to take of it and how to decode it.

    Yields
    ------
    RawLayer
        A batch of rows: polygons in a decided system, or rows of a plain table.

    Raises
    ------
    SourceError
        The file is missing, of another kind, damaged, or holds nothing that could be plots.
    CRSError
        Its coordinate system is not decidable, or cannot be used.

    Examples
    --------
    >>> from enping_gis._resources import data_folder
    >>> [len(each.frame) for each in layers(data_folder("boundaries") / "places.geojson")]
    [12]
    >>> list(layers(""))
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    wish = wish or Wish()
    with members(path) as unpacked:
        found, refused = _found(unpacked.members, wish)
        chosen, notes = _chosen(str(path), found, wish, unpacked.members)
        notes = (*unpacked.findings, *refused, *notes)
        several = len(chosen) + len(refused) > 1
        for member, layer in chosen:
            for raw in _layer(member, layer, wish, may_fail=several):
                yield replace(raw, findings=(*notes, *raw.findings))
                notes = ()


def _found(
    files: tuple[Member, ...], wish: Wish
) -> tuple[list[tuple[Member, Layer]], list[Finding]]:
    """Return the layers of all files; one that cannot be read does not cost the others."""
    found: list[tuple[Member, Layer]] = []
    refused = []
    for member in files:
        try:
            layers = _layers_of(member, wish)
            if len(files) > 1 and KINDS[member.kind].reader == "points":
                # Whether a text holds points shows only when it is read.
                for layer in layers[:1]:
                    next(iter(_rows_of(member, layer, wish)), None)
            found += [(member, layer) for layer in layers]
        except SourceError as error:
            if len(files) == 1:
                raise
            # A text that holds no points is a note to the delivery, and no loss.
            severity: Severity = "info" if error.code in _NOT_PLOTS else "error"
            refused.append(
                Finding("member_refused", severity, file=member.shown, values={"reason": error})
            )
    return found, refused


def _layer(member: Member, layer: Layer, wish: Wish, *, may_fail: bool) -> Iterator[RawLayer]:
    """Read one layer; where there are others, a failure becomes a finding."""
    decision: Decision | None = None
    count = 0
    try:
        for rows in _rows_of(member, layer, wish):
            raw = _in_place(rows, wish, decision)
            decision = raw.decision
            said = any(finding.rule == "no_rows" for finding in rows.findings)
            count += rows.rows_in + said
            yield raw
        if count:
            return
        finding = Finding("no_rows", "warning", file=member.shown, layer=layer.name)
    except (SourceError, CRSError) as error:
        if not may_fail:
            raise
        finding = Finding("member_refused", "error", file=member.shown, layer=layer.name,
                          values={"reason": error})  # fmt: skip
    empty = _in_place(_no_rows(member, layer), wish, None)
    yield replace(empty, findings=(finding,))


def _reader(member: Member, wish: Wish) -> Reader:
    # Boundary points that went through a sheet have its suffix.
    is_text = KINDS[member.kind].driver == "CSV"
    if is_text and holds_points(member.path, encoding=wish.encoding):
        return points
    return _READERS[KINDS[member.kind].reader]


def _layers_of(member: Member, wish: Wish) -> tuple[Layer, ...]:
    try:
        return _reader(member, wish).layers_of(member.path, encoding=wish.encoding)
    except SourceError as error:
        if str(error.values.get("path")) != str(member.path):
            raise
        # The unpacked copy is no name that anybody knows.
        raise SourceError(error.code, **error.values | {"path": member.shown}) from error


def _rows_of(member: Member, layer: Layer, wish: Wish) -> Iterator[RawRows]:
    return _reader(member, wish).rows_of(
        member.path, layer.name, encoding=wish.encoding, shown=member.shown
    )


def _no_rows(member: Member, layer: Layer) -> RawRows:
    return RawRows(
        pd.DataFrame({ROW: np.array([], dtype=int)}), np.array([], dtype=object),
        member.shown, layer.name, KINDS[member.kind].driver, Encoding("UTF-8", "declared", ""),
    )  # fmt: skip


def _chosen(
    path: str, found: list[tuple[Member, Layer]], wish: Wish, all_members: tuple[Member, ...]
) -> tuple[list[tuple[Member, Layer]], tuple[Finding, ...]]:
    """Choose what to read; what is left, and what is taken together, is named."""
    known = ", ".join(dict.fromkeys(layer.name for _, layer in found))
    if wish.layer is not None:
        asked = [(member, layer) for member, layer in found if layer.name == wish.layer]
        asked = asked or [
            (each, Layer(wish.layer, "None"))
            for each in all_members
            if KINDS[each.kind].reader == "ledger" and wish.layer in ledger.hidden_layers(each.path)
        ]
        if not asked:
            raise SourceError("error.layer", path=path, value=wish.layer, known=known)
        return asked, ()
    fit = [(member, layer) for member, layer in found if _may_serve(member, layer, wish)]
    if not fit:
        raise SourceError("error.no_polygons", path=path, known=known or "-")
    fit = [each for each in fit if each[1].name == wish.table] or fit
    names = ", ".join(layer.name for _, layer in fit)
    notes: tuple[Finding, ...] = ()
    if len(fit) > 1:
        if not wish.together and any(member.kind in _DATABASES for member, _ in fit):
            raise SourceError("error.layers", path=path, known=names)
        several = sum(member.kind in _DATABASES for member, _ in fit) > 1
        severity: Severity = "warning" if several else "info"
        notes += (Finding("layers_together", severity, file=path, value=names),)
    left = [f"{layer.name}" for member, layer in found if (member, layer) not in fit]
    if left:
        notes += (Finding("layers_left", "info", file=path, value=", ".join(left)),)
    return fit, notes


def _may_serve(member: Member, layer: Layer, wish: Wish) -> bool:
    if KINDS[member.kind].reader == "vector" and wish.wants_polygons:
        return layer.may_hold_parcels
    return True


def _in_place(rows: RawRows, wish: Wish, previous: Decision | None) -> RawLayer:
    """Keep what is no polygon aside, and decide the system of the rest."""
    where: dict[str, Any] = {"file": rows.file, "layer": rows.layer}
    common = (rows.file, rows.layer, rows.driver, rows.encoding)
    findings = rows.findings + _encoding_account(rows, where)
    if rows.shapes is None or not wish.wants_polygons:
        return RawLayer(rows.frame, *common, None, rows.rows_in, findings, rows.letters)
    shapes, keep, aside = polygons_only(rows, rows.shapes, where)
    frame = rows.frame[keep].reset_index(drop=True)
    found = decoded(
        shapes[keep],
        declared=rows.declared,
        declared_text=rows.declared_text,
        hints=rows.hints,
        where=where,
        rows=frame[ROW].to_numpy(),
        option=wish.crs,
        county=wish.county,
        known=_known(wish, shapes[keep]),
        parameters=wish.parameters,
        previous=previous,
    )
    frame = frame[found.kept].reset_index(drop=True)
    geometry = gpd.GeoSeries(multipolygons(found.shapes[found.kept]), crs=found.decision.crs)
    return RawLayer(
        gpd.GeoDataFrame(frame, geometry=geometry),
        *common,
        found.decision,
        rows.rows_in,
        findings + aside + found.findings,
        rows.letters,
    )


def _known(wish: Wish, shapes: Any) -> gpd.GeoDataFrame | None:  # noqa: ANN401 - see below
    if not callable(wish.known):
        return wish.known
    # A degree is at most 360; metres of a county are more.
    if not len(shapes) or np.abs(shapely.total_bounds(shapes)).max() > _DEGREES:
        return None
    return wish.known()


def _encoding_account(rows: RawRows, where: dict[str, Any]) -> tuple[Finding, ...]:
    if rows.encoding.how != "detected":
        return ()
    if rows.encoding.name.casefold() == "utf-8" and rows.driver != "ESRI Shapefile":
        return ()  # what text is in unless it says otherwise
    big5 = big5_finding((), rows.encoding.name, where)
    if big5:
        return () if big5[0].rule in {each.rule for each in rows.findings} else big5
    values: dict[str, object] = {"declared": rows.encoding.declared or "-"}
    return (Finding("encoding_detected", "info", value=rows.encoding.name, values=values, **where),)


def described(decision: Decision | None) -> tuple[str, str]:
    """
    Return how a decision is printed.

    Parameters
    ----------
    decision : Decision or None
        The decision; None for a plain table.

    Returns
    -------
    crs : str
        Code and name of the system, empty without one.
    how : str
        How it was found, then what was undone, as codes.

    Examples
    --------
    >>> described(None)
    ('', '')
    """
    if decision is None:
        return "", ""
    return crs_name(decision.crs), ", ".join((decision.how, *decision.decoders))
