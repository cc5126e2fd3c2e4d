"""Keep what a check finds as rows: rule, plots, place, size, tolerance used, and the cure."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from enping_gis.messages import LANGUAGES, language, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyproj import CRS

    from enping_gis.findings import Severity
    from enping_gis.messages import Language

COLUMNS = (
    "rule",
    "case",
    "severity",
    "parcel_ids",
    "field",
    "value",
    "size",
    "unit",
    "tolerance",
    "x",
    "y",
    "message_zh",
    "message_en",
    "cure",
    "cure_zh",
    "cure_en",
)


@dataclasses.dataclass(frozen=True)
class Fault:
    """
    One fault of plots or of figures, as a rule has found it.

    Parameters
    ----------
    rule, case : str
        Code of the rule in ``rules.json``, such as ``"G1"``, and what exactly it found;
        ``fault.<case>`` and ``fault_cure.<case>`` are its messages.
    severity : {"info", "warning", "error"}
        Usually that of the rule.
    parcels : tuple of str
        Ids of the plots at fault; several where they are at fault together.
    field, value : str
        Column and the value seen, where there is one.
    size : float, optional
        How much it is, in `unit`.
    unit : {"m2", "m", "deg", "mu", "%", ""}
        Unit of `size`.
    tolerance : str
        Thresholds that were applied, such as ``"angle < 10 deg"``.
    shape : shapely.Geometry, optional
        Where it is, in the CRS of the layer: a point, a line or the ground in question.
    values : mapping of str to object
        Further placeholders of the messages; what can be called is called with the language.

    Examples
    --------
    >>> Fault("G5", "multipart", "info", ("EP001",), size=2).message("en")
    'Plot EP001 has 2 parts'
    """

    rule: str
    case: str
    severity: Severity
    parcels: tuple[str, ...] = ()
    field: str = ""
    value: str = ""
    size: float | None = None
    unit: str = ""
    tolerance: str = ""
    shape: shapely.Geometry | None = None
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def message(self, lang: Language | None = None) -> str:
        """
        Return what is wrong.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
            Language; by default the one in force.

        Returns
        -------
        str
            One line.
        """
        return text(f"fault.{self.case}", lang, **self._placeholders(lang))

    def cure(self, lang: Language | None = None) -> str:
        """
        Return what to do about it.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
            Language; by default the one in force.

        Returns
        -------
        str
            One line.
        """
        return text(f"fault_cure.{self.case}", lang, **self._placeholders(lang))

    def _placeholders(self, lang: Language | None) -> dict[str, object]:
        size = "" if self.size is None else f"{self.size:.10g}"
        plots = text("list_mark", lang).join(self.parcels)
        own = {"parcel": plots, "field": self.field, "value": self.value, "size": size}
        own["tolerance"] = self.tolerance
        # A name of a place is another one in either language.
        said = {
            name: value(lang) if callable(value) else value for name, value in self.values.items()
        }
        return own | said


def faults_frame(faults: Iterable[Fault], crs: CRS | None) -> gpd.GeoDataFrame:
    """
    Return faults as a layer.

    Parameters
    ----------
    faults : iterable of Fault
        The faults, in any number.
    crs : pyproj.CRS, optional
        The system their shapes are in.

    Returns
    -------
    geopandas.GeoDataFrame
        One row each: columns `COLUMNS` and ``geometry``, which is None where a fault has no
        place; ``parcel_ids`` joins ids by a semicolon; ``x`` and ``y`` are a point on the
        shape; ``cure`` is in the language in force.

    Examples
    --------
    >>> faults_frame([], None).shape
    (0, 17)
    """
    kept = list(faults)
    shapes = np.array([fault.shape for fault in kept], dtype=object)
    # An empty shape is nowhere, and GEOS refuses to say where an empty point lies.
    somewhere = shapes.copy()
    somewhere[shapely.is_empty(shapes)] = None
    points = shapely.point_on_surface(somewhere)
    rows = [_row(fault) for fault in kept]
    frame = gpd.GeoDataFrame(rows, columns=[*COLUMNS], geometry=list(shapes), crs=crs)
    return frame.assign(x=shapely.get_x(points), y=shapely.get_y(points))


def _row(fault: Fault) -> dict[str, Any]:
    row = {name: getattr(fault, name, None) for name in COLUMNS}
    row["parcel_ids"] = ";".join(fault.parcels)
    for lang in LANGUAGES:
        row[f"message_{lang}"] = fault.message(lang)
        row[f"cure_{lang}"] = fault.cure(lang)
    row["cure"] = row[f"cure_{language()}"]
    return row
