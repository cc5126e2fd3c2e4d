"""Read planners' files, say how they were read, and convert them, whatever their size."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis.collecting import collected, together
from enping_gis.export.write import Sink
from enping_gis.findings import Finding
from enping_gis.incoming import incoming, wished
from enping_gis.measure.areas import area

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    import geopandas as gpd
    from pyproj import CRS

    from enping_gis.crs import Extent
    from enping_gis.incoming import Plots, Setting

ACCOUNT_COLUMNS = (
    "file", "layer", "driver", "encoding", "encoding_how", "crs", "how", "rows_in", "rows_out",
    "parcels", "area_m2",
)  # fmt: skip
# A ledger in them may belong to plots in them.
_OF_SEVERAL_PARTS = frozenset({".zip", ".kmz", ".ovkmz", ".xlsx", ".xlsm", ".xls"})
_ADDED_UP = ("rows_in", "rows_out", "parcels", "area_m2")
# More of one kind in one file say nothing new, and a file may have millions of rows.
_FINDINGS_KEPT = 20_000


@dataclass(frozen=True)
class Reading:
    """
    What a file held, and how that was found out.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Table ``parcels``: the standard columns, then the source's own; MultiPolygon in the
        working CRS, metres. Rows of a ledger alone have no geometry.
    findings : tuple of Finding
        What was noticed; each row that was kept aside is among them.
    layers : list of dict
        How each batch was read, as `enping_gis.incoming.Plots.account` says it.

    Examples
    --------
    >>> from enping_gis._resources import data_folder
    >>> places = read(data_folder("demo") / "parcels.geojson")
    >>> places.account[["driver", "rows_in", "rows_out"]].to_numpy().tolist()
    [['GeoJSON', 119, 119]]
    """

    parcels: gpd.GeoDataFrame
    findings: tuple[Finding, ...]
    layers: list[dict[str, Any]]

    @cached_property
    def account(self) -> pd.DataFrame:
        """
        How each layer was read; areas are measured when this is first asked for.

        Returns
        -------
        pandas.DataFrame
            One row for each layer: `file`, `layer`, `driver`, `encoding`, `encoding_how`,
            `crs`, `how` (how the CRS was found, then what was undone), `rows_in`,
            `rows_out`, `parcels`, and the ellipsoidal `area_m2`.
        """
        if all("area_m2" in layer for layer in self.layers):
            return account(self.layers)
        parts_m2 = area(self.parcels).fillna(0.0).to_numpy()
        ends = np.cumsum([layer["parcels"] for layer in self.layers])
        if len(ends) == 0 or ends[-1] != len(parts_m2):
            # A ledger was joined: its rows stand beside the plots, which come first.
            ends = np.minimum(ends, len(parts_m2))
        sums = [float(part.sum()) for part in np.split(parts_m2, ends)[: len(self.layers)]]
        return account(
            layer | {"area_m2": area_m2} for layer, area_m2 in zip(self.layers, sums, strict=True)
        )


def read(
    path: str | os.PathLike[str],
    *,
    layer: str | None = None,
    crs: str | CRS | None = None,
    encoding: str | None = None,
    county: Extent | tuple[float, float, float, float] | None = None,
    known: gpd.GeoDataFrame | None = None,
    parameters: str | os.PathLike[str] | None = None,
    ledger: str | os.PathLike[str] | None = None,
) -> Reading:
    """
    Read the plots of any file that planners hold.

    Shapefile, GeoPackage, FileGDB, GeoJSON, KML, DXF, FlatGeobuf, GeoParquet, MapInfo, tables
    with coordinates, boundary-point TXT and ledgers, as they are, in a folder or in a zip.
    Encoding, axis order, zone, zone number and shifted coordinates are found in the file
    itself and in the county's extent; the account and the findings say what was found.

    Parameters
    ----------
    path : path-like
        A local file or folder.
    layer : str, optional
        Layer or sheet; by default all that hold plots.
    crs : str or pyproj.CRS, optional
        System, whatever the file declares.
    encoding : str, optional
        Encoding of its texts, whatever the file declares.
    county : Extent or 4 floats, optional
        West, south, east and north side of the county in degrees; by default Enping's.
    known : geopandas.GeoDataFrame, optional
        Plots that are known, by which coordinates shifted to GCJ-02 or BD-09 are told.
    parameters : path-like, optional
        File of local 7 or 4 parameters, without which Xi'an 80 and Beijing 54 are refused.
    ledger : path-like, optional
        A table that is joined to the plots by code or name.

    Returns
    -------
    Reading
        Plots, account and findings.

    Raises
    ------
    InputError
        The file or an option cannot be used; the message says how to cure it.

    Examples
    --------
    >>> from enping_gis._resources import data_folder
    >>> reading = read(data_folder("demo") / "parcels.geojson")
    >>> len(reading.parcels), reading.account["how"].tolist(), reading.findings
    (119, ['declared'], ())
    >>> read("")
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    wish = wished(
        layer=layer, crs=crs, encoding=encoding, county=county, known=known,
        parameters=parameters, together=True,
    )  # fmt: skip
    parcels, batches, findings = collected(path, wish, ledger=ledger)
    drawn = [each for each in batches if each.raw.decision is not None]
    tables = [each for each in batches if each.raw.decision is None]
    joined = {"parcels": 0} if drawn else {}
    layers = [each.account() for each in drawn]
    layers += [each.account() | joined for each in tables]
    return Reading(parcels, findings, layers)


def convert(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str] | None,
    *,
    setting: Setting | None = None,
    sink_options: dict[str, Any] | None = None,
    **options: Any,  # noqa: ANN401 - the options of `read`, which checks them
) -> Reading:
    """
    Read the plots of a file and write them to another, in memory for one batch.

    Parameters
    ----------
    path : path-like
        Any file or folder that `read` reads.
    out : path-like or None
        The file to make or replace; its suffix says of which kind. None only reads.
    setting : Setting, optional
        What to read into; by default chosen from the first batch.
    sink_options : dict of str to Any, optional
        Options of `enping_gis.export.write.write`.
    **options : Any
        Options of `read`; with a ledger all plots are held in memory.

    Returns
    -------
    Reading
        Account and findings; of a file of several batches, the plots of the last one alone.

    Raises
    ------
    InputError
        The file or an option cannot be used; the message says how to cure it.
    OutputError
        `out` cannot be written.
    """
    ledger = options.pop("ledger", None)
    wish = wished(together=True, **options)
    rows: list[dict[str, Any]] = []
    kept = _Kept()
    last = None
    with nullcontext() if out is None else Sink(out, **(sink_options or {})) as sink:
        if ledger is not None or not _is_streamed(path):
            last, batches, found = collected(path, wish, setting=setting, ledger=ledger)
            rows = _accounted_together(batches)
            kept.add(found)
            if sink is not None:
                sink.add(last)
        else:
            for plots in incoming(path, wish, setting=setting):
                rows.append(_accounted(plots))
                kept.add(plots.findings)
                last = plots.parcels if last is None or len(plots.parcels) else last
                if sink is not None:
                    sink.add(plots.parcels)
    kept.add(sink.findings if sink is not None else ())
    return Reading(together([last]), kept.all(), rows)


def account(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """
    Add the batches of each layer up.

    Parameters
    ----------
    rows : iterable of dict
        What `Plots.account` returned, with `area_m2`.

    Returns
    -------
    pandas.DataFrame
        One row for each file and layer, columns `ACCOUNT_COLUMNS`.

    Examples
    --------
    >>> account([]).shape
    (0, 11)
    """
    layers: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        known = layers.setdefault((row["file"], row["layer"]), row | dict.fromkeys(_ADDED_UP, 0))
        for name in _ADDED_UP:
            known[name] += row[name]
    return pd.DataFrame(list(layers.values()), columns=list(ACCOUNT_COLUMNS))


def _is_streamed(path: str | os.PathLike[str]) -> bool:
    """Tell whether a file is one table of plots; of others, parts may belong together."""
    file = Path(path)
    return file.is_file() and file.suffix.casefold() not in _OF_SEVERAL_PARTS


def _accounted_together(batches: list[Plots]) -> list[dict[str, Any]]:
    drawn = any(plots.raw.decision is not None for plots in batches)
    rows = []
    for plots in batches:
        is_joined = drawn and plots.raw.decision is None
        rows.append(_accounted(plots) | ({"parcels": 0} if is_joined else {}))
    return rows


def _accounted(plots: Plots) -> dict[str, Any]:
    measured = area(plots.parcels).sum() if len(plots.parcels) else 0.0
    return plots.account() | {"area_m2": float(measured)}


class _Kept:
    """Keep the first findings of each kind, and count the rest."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counts: Counter[str] = Counter()

    def add(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._counts[finding.rule] += 1
            if self._counts[finding.rule] <= _FINDINGS_KEPT:
                self._kept.append(finding)

    def all(self) -> tuple[Finding, ...]:
        more = [
            Finding("findings_left", "warning", value=str(number - _FINDINGS_KEPT),
                    values={"kind": rule})
            for rule, number in self._counts.items() if number > _FINDINGS_KEPT
        ]  # fmt: skip
        return (*self._kept, *more)
