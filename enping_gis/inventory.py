"""Hold one programme's plots, places and events: the layer model over a GeoPackage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from enping_gis.crs import (
    Extent,
    enping_extent,
    lonlat_extent,
    parsed_crs,
    transformed,
    working_crs,
)
from enping_gis.errors import OutputError, ParcelError, SchemaError
from enping_gis.findings import Finding
from enping_gis.intake.layers import read_layer
from enping_gis.intake.standard import place_codes, standard_parcels, standard_places
from enping_gis.schema import LIST_SEPARATOR, conformed, table, tables
from enping_gis.status import today
from enping_gis.store.geopackage import is_inventory, read_meta, read_tables, write_inventory
from enping_gis.store.merge import appended, merged, opening_events
from enping_gis.store.meta import InventoryMeta
from enping_gis.store.shipped import demo_tables, shipped_places
from enping_gis.vocabulary import label, normalised

if TYPE_CHECKING:
    import os

    from pyproj import CRS

    from enping_gis.messages import Language

IMPORTABLE = ("parcels", "places")


@dataclass(frozen=True)
class Inventory:
    """
    The plots of a programme with their places, events, projects and commitments.

    Every table is an attribute in the shape of the layer model; methods return new
    inventories and never change this one.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        Tables by name; those left out are empty.
    meta : InventoryMeta
        What it says of itself.
    findings : tuple of Finding
        What was noticed on the way in.

    Examples
    --------
    >>> demo = Inventory.demo()
    >>> len(demo.parcels), demo.crs.to_epsg(), demo.as_of.isoformat()
    (119, 4546, '2023-03-30')
    >>> len(demo.of("440785108").on("2022-02-24").events) < len(demo.events)
    True
    """

    tables: dict[str, pd.DataFrame]
    meta: InventoryMeta
    findings: tuple[Finding, ...] = field(default=())

    def __post_init__(self) -> None:
        """Check the invariants that nothing below checks again."""
        parcels = self.tables["parcels"]
        if not isinstance(parcels, gpd.GeoDataFrame) or parcels.crs != self.meta.crs:
            raise SchemaError("error.parcels_crs", value=getattr(parcels, "crs", None))
        repeated = parcels.loc[parcels["parcel_id"].duplicated(), "parcel_id"]
        if len(repeated):
            raise SchemaError("error.parcel_repeated", value=repeated.iloc[0])

    @property
    def parcels(self) -> gpd.GeoDataFrame:
        """
        The plots that stand on the inventory's day.

        Returns
        -------
        geopandas.GeoDataFrame
            Table ``parcels``, MultiPolygon in the working CRS, metres.
        """
        rows = self.tables["parcels"]
        day = self.as_of.isoformat()
        begun = rows["valid_from"].isna() | (rows["valid_from"].fillna("") <= day)
        lasting = rows["valid_to"].isna() | (rows["valid_to"].fillna("9") > day)
        return rows[begun & lasting].reset_index(drop=True)

    @property
    def places(self) -> gpd.GeoDataFrame:
        """
        The towns, streets and parks.

        Returns
        -------
        geopandas.GeoDataFrame
            Table ``places``, MultiPolygon in the working CRS, metres.
        """
        return self.tables["places"]

    def __getattr__(self, name: str) -> pd.DataFrame:
        """
        Return another table of the layer model, such as ``events`` or ``targets``.

        Parameters
        ----------
        name : str
            Name of the table.

        Returns
        -------
        pandas.DataFrame
            The table.

        Raises
        ------
        AttributeError
            There is no such table.
        """
        if name not in tables():
            msg = f"{type(self).__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        found = self.tables.get(name)
        return conformed(pd.DataFrame(), name) if found is None else found

    def place_name(self, code: str | None, lang: Language | None = None) -> str:
        """
        Return what a place is called.

        Parameters
        ----------
        code : str or None
            Code of the place.
        lang : {"zh", "en"}, optional
            Language; by default the one in force. A name that the office changed stays.

        Returns
        -------
        str
            Its name; the wording for "not stated" where there is no code.
        """
        names = dict(zip(self.places["place"], self.places["name"], strict=True))
        if code in names and names[code] != label("place", code, "zh"):
            return str(names[code])
        return label("place", code, lang)

    @property
    def synthetic(self) -> pd.Series[bool]:
        """
        Tell which plots stand for no real plot.

        Returns
        -------
        pandas.Series of bool
            True where area, town and shape are all synthetic, on the index of `parcels`.
        """
        bases = self.parcels[["area_basis", "town_basis", "geometry_basis"]]
        return (bases == "synthetic").all(axis=1)

    @property
    def crs(self) -> CRS:
        """
        Working CRS.

        Returns
        -------
        pyproj.CRS
            Projected, in metres.
        """
        return self.meta.crs

    @property
    def as_of(self) -> date:
        """
        The day its figures are of.

        Returns
        -------
        datetime.date
            The inventory's own date, else today in China.
        """
        return self.meta.as_of or today()

    @classmethod
    def demo(cls) -> Inventory:
        """
        Return the demonstration inventory: 119 plots, in part synthetic, all schematic.

        Returns
        -------
        Inventory
            As of 2023-03-30; it lives in memory.
        """
        frames, meta = demo_tables()
        return cls(frames, meta)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        layer: str | None = None,
        crs: str | CRS | None = None,
        as_of: date | str | None = None,
    ) -> Inventory:
        """
        Open an inventory, or any file of parcels as one in memory.

        Parameters
        ----------
        path : path-like
            An inventory, or a GeoPackage, Shapefile or GeoJSON of parcels.
        layer : str, optional
            Layer of a file of parcels, where there are several.
        crs : str or pyproj.CRS, optional
            System of a file of parcels, whatever it declares.
        as_of : datetime.date or str, optional
            The day to look at; by default the inventory's own, else today.

        Returns
        -------
        Inventory
            With the findings of reading.

        Raises
        ------
        SourceError
            The file is missing, of another kind, or damaged.
        CRSError
            The coordinate system is missing and not decidable, or cannot be used.
        """
        file = Path(path)
        if file.is_file() and layer is None and is_inventory(file):
            stored = cls._stored(file)
            return stored if as_of is None else stored.on(as_of)
        day = None if as_of is None else _day(as_of)
        option = None if crs is None else parsed_crs(crs)
        raw = read_layer(file, layer=layer, crs=option)
        box = _box(raw.frame, raw.decision.crs)
        in_enping = enping_extent().holds(box)
        target = working_crs(raw.decision.crs if option is None else option, box)
        places = shipped_places(target)
        parcels, found = standard_parcels(raw, place_codes(places), target)
        findings = [*raw.findings, *found]
        if not in_enping:
            places = places.iloc[:0]
            if len(parcels):
                findings.append(_outside(raw.file, raw.layer, box))
        # A file has no day of its own: what it states holds on the day that is looked at.
        opening = opening_events(parcels, pd.Series(dtype=str), day or today(), file.name)
        opening = opening.assign(event_id=opening["parcel_id"])
        frames = {"parcels": parcels, "places": places, "events": opening}
        meta = InventoryMeta(
            target,
            as_of=day,
            county_extent=enping_extent() if in_enping else None,
            name=file.stem,
            source_path=file,
        )
        return cls(frames, meta, tuple(findings))

    @classmethod
    def create(cls, path: str | os.PathLike[str], *, demo: bool = False) -> Inventory:
        """
        Make a new inventory file.

        Parameters
        ----------
        path : path-like
            The file, ``.gpkg``; nothing may be there yet.
        demo : bool
            Fill it with the demonstration inventory; else it has the places alone.

        Returns
        -------
        Inventory
            The new inventory, opened.

        Raises
        ------
        OutputError
            The file exists, is not named ``.gpkg``, or cannot be written.
        """
        file = Path(path)
        if file.suffix.casefold() != ".gpkg":
            raise OutputError("error.not_gpkg", path=file)
        if file.exists():
            raise OutputError("error.exists", path=file)
        whole = cls.demo()
        if not demo:
            empty = {"parcels": whole.tables["parcels"].iloc[:0], "places": whole.places}
            whole = cls(empty, replace(whole.meta, as_of=None, name=file.stem, is_demo=False))
        whole.save(file)
        return cls.open(file)

    def save(self, path: str | os.PathLike[str]) -> None:
        """
        Write the inventory as one GeoPackage, in one step from the old file to the new.

        Parameters
        ----------
        path : path-like
            The file; an inventory that is there is replaced.

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        write_inventory(Path(path), self.tables, self.meta.written(), self.crs)

    def of(self, place: str) -> Inventory:
        """
        Return the part of the inventory that concerns one place.

        Parameters
        ----------
        place : str
            Code, name or alias. A town or street has the plots that lie in it (`town`), a
            park those it answers for (`responsible`).

        Returns
        -------
        Inventory
            Its plots and their events, projects and agreements; all places stay.

        Raises
        ------
        ParcelError
            There is no such place.
        """
        code = place_codes(self.places).get(normalised(place))
        if code is None:
            known = ", ".join(self.places["name"])
            raise ParcelError("error.place", value=place, known=known)
        kind = self.places.set_index("place").loc[code, "kind"]
        rows = self.tables["parcels"]
        mine = rows[rows["responsible" if kind == "park" else "town"] == code]
        frames = dict(self.tables) | {"parcels": mine.reset_index(drop=True)}
        for name in ("events", "parcel_projects", "agreements"):
            linked = getattr(self, name)
            frames[name] = linked[linked["parcel_id"].isin(mine["parcel_id"])]
        return replace(self, tables=frames)

    def on(self, day: date | str) -> Inventory:
        """
        Return the inventory as it was at the end of a day.

        Parameters
        ----------
        day : datetime.date or str
            The day, in Asia/Shanghai; a text is an ISO date.

        Returns
        -------
        Inventory
            Plots that stood on that day, and events up to it.

        Raises
        ------
        SchemaError
            The text is no date.
        """
        when = _day(day)
        known = self.events["date"].fillna("") <= when.isoformat()
        frames = dict(self.tables) | {"events": self.events[known].reset_index(drop=True)}
        return replace(self, tables=frames, meta=replace(self.meta, as_of=when))

    def parcel(self, wording: str) -> str:
        """
        Return the id of the plot that somebody means.

        Parameters
        ----------
        wording : str
            An id, a name or an alias; then a part of a name that fits one plot only.

        Returns
        -------
        str
            Its `parcel_id`.

        Raises
        ------
        ParcelError
            No plot fits, or several do; the message lists the candidates.
        """
        wish = normalised(wording)
        columns = ("parcel_id", "name", "aliases")
        rows = list(zip(*(self.parcels[column] for column in columns), strict=True))
        if wish:
            for fits in (_is_id, _is_name, _is_part):
                found = [row for row in rows if fits(wish, row)]
                if len(found) == 1:
                    return str(found[0][0])
                if found:
                    listed = ", ".join(f"{row[0]} {row[1] or ''}".strip() for row in found[:8])
                    raise ParcelError(
                        "error.parcel_ambiguous", value=wording, n=len(found), known=listed
                    )
        raise ParcelError("error.parcel", value=wording)

    def with_import(
        self,
        source: str | os.PathLike[str],
        *,
        into: str = "parcels",
        layer: str | None = None,
        crs: str | CRS | None = None,
        status_now: pd.Series[Any] | None = None,
        day: date | str | None = None,
    ) -> tuple[Inventory, pd.DataFrame]:
        """
        Return the inventory with the rows of a file, and what changed.

        A row whose key is there is updated, others are added; nothing is ever removed. A
        stated status becomes an opening event `imported` on the inventory's day.

        Parameters
        ----------
        source : path-like
            GeoPackage, Shapefile or GeoJSON.
        into : {"parcels", "places"}
            Table that the rows belong to.
        layer : str, optional
            Layer of the file, where there are several.
        crs : str or pyproj.CRS, optional
            System of the file, whatever it declares.
        status_now : pandas.Series of str, optional
            Status of each plot before the import, so that no event repeats it.
        day : datetime.date or str, optional
            Day on which the stated statuses hold; by default the inventory's.

        Returns
        -------
        inventory : Inventory
            The inventory after the import, not yet saved, with the findings of reading.
        changes : pandas.DataFrame
            Columns `table`, `change` (added, updated, unchanged, kept_aside) and `rows`.

        Raises
        ------
        SourceError
            The file is missing, of another kind, or damaged.
        CRSError
            The coordinate system is missing and not decidable, or cannot be used.
        SchemaError
            Rows cannot be imported into that table.
        """
        if into not in IMPORTABLE:
            raise SchemaError("error.import_table", value=into, known=", ".join(IMPORTABLE))
        option = None if crs is None else parsed_crs(crs)
        raw = read_layer(
            source, layer=layer, crs=option, county=self.meta.county_extent, prefer=into
        )
        frames = dict(self.tables)
        if into == "places":
            rows, found = standard_places(raw, self.crs)
        else:
            rows, found = standard_parcels(raw, place_codes(self.places), self.crs)
        key = str(table(into).key)
        after = merged(frames[into], rows, key)
        frames[into] = conformed(after.frame, into)
        changes = [(into, "added", len(after.added)), (into, "updated", len(after.updated)),
                   (into, "unchanged", len(after.unchanged)),
                   (into, "kept_aside", raw.rows_in - len(rows))]  # fmt: skip
        if into == "parcels":
            now = pd.Series(dtype=str) if status_now is None else status_now
            opening = opening_events(rows, now, _day(day or self.as_of), Path(source).name)
            frames["events"] = appended(self.events, opening, self.meta.origin)
            changes.append(("events", "added", len(opening)))
        findings = [*raw.findings, *found, *self._stray(raw.file, raw.layer, rows)]
        table_of_changes = pd.DataFrame(changes, columns=["table", "change", "rows"])
        return replace(self, tables=frames, findings=tuple(findings)), table_of_changes

    @classmethod
    def _stored(cls, file: Path) -> Inventory:
        meta = InventoryMeta.read(read_meta(file), file)
        frames = read_tables(file)
        for name in ("parcels", "places"):
            frames[name] = _moved(frames[name], meta.crs)
        orphans = set(frames["events"]["parcel_id"].dropna()) - set(frames["parcels"]["parcel_id"])
        findings = [
            Finding("event_orphan", "warning", file=str(file), layer="events", parcel=parcel)
            for parcel in sorted(orphans)
        ]
        return cls(frames, meta, tuple(findings))

    def _stray(self, file: str, layer: str, rows: gpd.GeoDataFrame) -> list[Finding]:
        extent = self.meta.county_extent
        if extent is None or rows.empty:
            return []
        box = _box(rows, self.crs)
        return [] if extent.holds(box) else [_outside(file, layer, box)]


def _day(day: date | str) -> date:
    try:
        return day if isinstance(day, date) else date.fromisoformat(day)
    except ValueError as error:
        raise SchemaError("error.date", value=day) from error


def _outside(file: str, layer: str, box: Extent) -> Finding:
    value = f"{box.west:.3f}, {box.south:.3f}, {box.east:.3f}, {box.north:.3f}"
    return Finding("outside_county", "warning", file=file, layer=layer, value=value)


def _box(frame: gpd.GeoDataFrame, crs: CRS) -> Extent:
    if frame.empty:
        return enping_extent()
    west, south, east, north = (float(side) for side in frame.total_bounds)
    return lonlat_extent((west, south, east, north), crs)


def _moved(frame: pd.DataFrame, crs: CRS) -> gpd.GeoDataFrame:
    """Put a stored layer into the working CRS, should somebody have rewritten it in another."""
    layer = gpd.GeoDataFrame(frame)
    if layer.crs is None or parsed_crs(layer.crs) == crs:
        return layer.set_crs(crs, allow_override=True)
    geometry = transformed(layer.geometry.to_numpy(), parsed_crs(layer.crs), crs)
    return layer.set_geometry(gpd.GeoSeries(geometry, index=layer.index, crs=crs))


def _is_id(wish: str, row: tuple[Any, ...]) -> bool:
    return normalised(row[0]) == wish


def _is_name(wish: str, row: tuple[Any, ...]) -> bool:
    names = (row[1], *str(row[2] or "").split(LIST_SEPARATOR))
    return any(normalised(name) == wish for name in names)


def _is_part(wish: str, row: tuple[Any, ...]) -> bool:
    return wish in normalised(f"{row[1] or ''} {row[2] or ''}")

