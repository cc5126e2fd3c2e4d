"""Keep the polygons of a layer, and say of every other row why it is kept aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from enping_gis.findings import Finding
from enping_gis.intake.raw import ROW

if TYPE_CHECKING:
    from enping_gis.intake.raw import RawRows

_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def polygons_only(
    rows: RawRows,
    shapes: Any,  # noqa: ANN401 - arrays of shapely are taken as Any
    where: dict[str, Any],
) -> tuple[Any, Any, tuple[Finding, ...]]:
    """
    Tell which rows have a polygon that can be used.

    Parameters
    ----------
    rows : RawRows
        The batch; what its reader has said about a row is not said again.
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Its shapes.
    where : dict
        File and layer, for the findings.

    Returns
    -------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        The same without heights.
    keep : numpy.ndarray of bool, shape (n,)
        False where there is no polygon, or one with coordinates that are no numbers.
    findings : tuple of Finding
        An error for each row that is kept aside.
    """
    if shapely.has_z(shapes).any():
        shapes = shapely.force_2d(shapes)
    kinds = shapely.get_type_id(shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    polygons = np.isin(kinds, _POLYGONAL)
    # The bounds of a shape leave out what is no number, so its vertices are asked.
    finite = np.ones(len(shapes), dtype=bool)
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        vertices, owners = shapely.get_coordinates(shapes, return_index=True)
        finite[owners[~np.isfinite(vertices).all(axis=1)]] = False
    findings = []
    told = {finding.row for finding in rows.findings if finding.severity == "error"}
    for bad, rule in (
        (empty, "geometry_missing"),
        (~empty & ~polygons, "geometry_kind"),
        (~empty & polygons & ~finite, "geometry_not_finite"),
    ):
        for index in np.flatnonzero(bad):
            value = "" if empty[index] else shapes[index].geom_type
            row = int(rows.frame[ROW].iloc[index])
            if row in told:  # the reader has said why it has no shape
                continue
            findings.append(Finding(rule, "error", row=row, value=value, **where))
    return shapes, polygons & ~empty & finite, tuple(findings)


def multipolygons(shapes: Any) -> Any:  # noqa: ANN401 - arrays of shapely are taken as Any
    """
    Return polygons as multipolygons.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Polygons and multipolygons.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        Multipolygons alone.

    Examples
    --------
    >>> multipolygons(np.array([shapely.box(0, 0, 1, 1)]))[0].geom_type
    'MultiPolygon'
    >>> multipolygons(np.array([], dtype=object)).size
    0
    """
    result = np.array(shapes, dtype=object)
    single = np.flatnonzero(shapely.get_type_id(result) == shapely.GeometryType.POLYGON)
    result[single] = shapely.multipolygons(result[single][:, None])
    return result
