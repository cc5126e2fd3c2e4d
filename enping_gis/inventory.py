"""Hold one programme's plots, places and events: the layer model over a GeoPackage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from enping_gis import opening
from enping_gis.errors import SchemaError
from enping_gis.importing import imported
from enping_gis.incoming import wished
from enping_gis.intake.meaning.wording import found_parcel, found_place
from enping_gis.saving import save_inventory
from enping_gis.schema import conformed, synthetic_rows, tables
from enping_gis.status import event_days, today
from enping_gis.store.engines import refuse_existing
from enping_gis.store.place import place_of
from enping_gis.store.shipped import demo_tables
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    import os
    from datetime import date

    from pyproj import CRS

    from enping_gis.findings import Finding
    from enping_gis.importing import Imported
    from enping_gis.messages import Language
    from enping_gis.store.meta import InventoryMeta
    from enping_gis.store.place import Where


@dataclass(frozen=True)
class Inventory:
    """
    The plots of a programme with their places, events, projects and commitments.

    Every table is an attribute; methods return new inventories and never change this one.

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
        """Return another table of the layer model, such as ``events`` or ``targets``."""
        if name not in tables():
            msg = f"{type(self).__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        return self.tables[name] if name in self.tables else conformed(pd.DataFrame(), name)

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
            As `enping_gis.schema.synthetic_rows` has it, on the index of `parcels`.
        """
        return synthetic_rows(self.parcels)

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
        return cls(*demo_tables())

    @classmethod
    def open(
        cls,
        path: Where,
        *,
        layer: str | None = None,
        crs: str | CRS | None = None,
        encoding: str | None = None,
        as_of: date | str | None = None,
    ) -> Inventory:
        """
        Open an inventory, or any file of parcels as one in memory.

        Parameters
        ----------
        path : path-like
            An inventory, or any file of plots that `enping_gis.read` reads. An inventory in
            PostGIS is ``postgresql://user@host/database?schema=enping``.
        layer : str, optional
            Layer of a file of parcels, where there are several.
        crs : str or pyproj.CRS, optional
            System of a file of parcels, whatever it declares; of an inventory, the one to
            work in.
        encoding : str, optional
            Encoding of a file of parcels, whatever it declares.
        as_of : datetime.date or str, optional
            The day to look at; by default the inventory's own, else today.

        Returns
        -------
        Inventory
            With the findings of reading.

        Raises
        ------
        InputError
            The file or an option cannot be used; the message says how to cure it.
        """
        file = place_of(path)
        if opening.is_stored(file, layer):
            stored = cls(*opening.stored_tables(file))
            stored = stored if crs is None else stored.to_crs(crs)
            return stored if as_of is None else stored.on(as_of)
        day = None if as_of is None else opening.parsed_day(as_of)
        return cls(*opening.tables_of_file(file, layer=layer, crs=crs, encoding=encoding, day=day))

    @classmethod
    def create(cls, path: Where, *, demo: bool = False) -> Inventory:
        """
        Make a new inventory file.

        Parameters
        ----------
        path : path-like
            The file, ``.gpkg``, or an address ``postgresql://...``; nothing may be there yet.
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
        file = place_of(path)
        refuse_existing(file)
        whole = cls.demo()
        if not demo:
            empty = {"parcels": whole.tables["parcels"].iloc[:0], "places": whole.places}
            whole = cls(empty, replace(whole.meta, as_of=None, name=file.stem, is_demo=False))
        whole.save(file)
        return cls.open(file)

    def save(self, path: Where) -> None:
        """
        Write the inventory as one GeoPackage or schema, in one step from the old state to the new.

        Parameters
        ----------
        path : path-like
            A new file, or the one it was opened from, which must not have moved on since.
        """
        save_inventory(place_of(path), self.tables, self.meta)

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
        """
        code, attribute = found_place(self.places, place)
        rows = self.tables["parcels"]
        mine = rows[rows[attribute] == code]
        frames = dict(self.tables) | {"parcels": mine.reset_index(drop=True)}
        for name in ("events", "parcel_projects", "agreements"):
            linked = getattr(self, name)
            mine_too = linked["parcel_id"].isin(mine["parcel_id"])
            frames[name] = linked[mine_too].reset_index(drop=True)
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
        when = opening.parsed_day(day)
        known = event_days(self.events).fillna("") <= when.isoformat()
        frames = dict(self.tables) | {"events": self.events[known].reset_index(drop=True)}
        return replace(self, tables=frames, meta=replace(self.meta, as_of=when))

    def to_crs(self, crs: str | CRS) -> Inventory:
        """
        Return the inventory in another working CRS.

        Parameters
        ----------
        crs : str or pyproj.CRS
            A projected system in metres.

        Returns
        -------
        Inventory
            The same plots and places, in `crs`.

        Raises
        ------
        CRSError
            It is no CRS, cannot be used, or nothing can be measured in it.
        """
        moved, target = opening.moved(self.tables, crs)
        return replace(self, tables=moved, meta=replace(self.meta, crs=target))

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
        """
        return found_parcel(self.parcels, wording)

    def with_import(
        self,
        source: str | os.PathLike[str],
        *,
        into: str = "parcels",
        status_now: pd.Series[Any] | None = None,
        day: date | str | None = None,
        **options: Any,  # noqa: ANN401 - checked by `wished`
    ) -> tuple[Inventory, Imported]:
        """
        Return the inventory with the rows of a file, and what changed.

        A row that names what is there updates it in the columns the file has, others are
        added; nothing is ever removed. A stated status becomes an opening event `imported`
        on the inventory's day. A ledger updates the plots it names by code or name. Places
        that the file lacks stay schematic, and a finding names them.

        Parameters
        ----------
        source : path-like
            Any file that `enping_gis.read` reads.
        into : str
            Table of the layer model that the rows belong to.
        status_now : pandas.Series of str, optional
            Status of each plot before the import, so that no event repeats it.
        day : datetime.date or str, optional
            Day on which the stated statuses hold; by default the inventory's.
        **options : Any
            `layer`, `crs`, `encoding`, `county` and `parameters` of `enping_gis.read`.

        Returns
        -------
        inventory : Inventory
            The inventory after the import, not yet saved, with the findings of reading.
        imported : Imported
            `changes` by table, and `details` cell by cell.

        Raises
        ------
        InputError
            The file or an option cannot be used; the message says how to cure it.
        """
        when = self.as_of if day is None else opening.parsed_day(day)
        wish = wished(table=into, **options)
        result = imported(self.tables, source, self.meta, wish, status_now=status_now, day=when)
        return replace(self, tables=result.frames, findings=result.findings), result
