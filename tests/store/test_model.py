"""The store beside a dictionary: whatever is done to it, in whatever order, it holds the same."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import shapely
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from enping_gis.errors import InputError
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.adopting import adopt
from enping_gis.lifecycle.dividing import divided
from enping_gis.lifecycle.recording import record
from enping_gis.lifecycle.verifying import verified
from enping_gis.measure.areas import area
from enping_gis.measure.standing import status_on
from enping_gis.store.areas import ledger_areas_m2
from enping_gis.units import M2_PER_MU
from tests.folding import folded_one_by_one
from tests.store.engines import Engine, GeoPackage, Postgis
from tests.store.small import PLOTS

FIRST = date(2023, 3, 30)
KINDS = ("visit", "meeting", "negotiating", "agreed", "construction", "producing")
SMALL_MU = 0.25


@dataclass
class Model:
    """What has to be in the file."""

    events: dict[str, tuple[str, str]] = field(default_factory=dict)
    holders: dict[str, str | None] = field(default_factory=dict)
    targets: int = 0
    taken_back: set[str] = field(default_factory=set)


class Store(RuleBasedStateMachine):
    """An inventory and its model."""

    engine: Engine = GeoPackage()

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="台账 "))
        self.file = self.engine.small()
        self.day, self.number = FIRST, 0
        inventory = Inventory.open(self.file)
        rows = inventory.events[["event_id", "parcel_id", "kind"]]
        there = inventory.parcels.set_index("parcel_id")["holder"].astype(object)
        self.model = Model(
            events={one: (parcel, kind) for one, parcel, kind in rows.itertuples(index=False)},
            holders=there.where(there.notna(), None).to_dict(),
            targets=len(inventory.targets),
        )
        # Events of plots that still stand, which may be taken back.
        self.own: list[str] = []

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def chosen(self, pick: int) -> str:
        parcels = Inventory.open(self.file).tables["parcels"]
        living = sorted(parcels.loc[parcels["valid_to"].isna(), "parcel_id"])
        return str(living[pick % len(living)])

    def noted(self, event: dict[str, object]) -> None:
        self.model.events[str(event["event_id"])] = (str(event["parcel_id"]), str(event["kind"]))
        self.own.append(str(event["event_id"]))

    @rule(pick=st.integers(0, 99), kind=st.sampled_from(KINDS))
    def happens(self, pick: int, kind: str) -> None:
        self.noted(record(self.file, self.chosen(pick), kind, day=self.day, actor="甲"))

    @rule(pick=st.integers(0, 99))
    def is_revitalised_in_part(self, pick: int) -> None:
        plot = self.chosen(pick)
        try:
            event = record(self.file, plot, "revitalised", day=self.day, area_mu=SMALL_MU)
        except InputError:  # nothing is left of it
            return
        assert event["area_m2"] == pytest.approx(SMALL_MU * float(M2_PER_MU))
        self.noted(event)

    @rule(pick=st.integers(0, 99))
    def more_than_there_is(self, pick: int) -> None:
        plot, before = self.chosen(pick), self.engine.contents(self.file)
        with pytest.raises(InputError):
            record(self.file, plot, "revitalised", day=self.day, area_mu=1e6)
        assert self.engine.contents(self.file) == before

    @precondition(lambda self: self.own)
    @rule(pick=st.integers(0, 99))
    def is_taken_back(self, pick: int) -> None:
        wrong = self.own[pick % len(self.own)]
        parcel, _ = self.model.events[wrong]
        if wrong in self.model.taken_back:
            with pytest.raises(InputError):
                record(self.file, parcel, "corrected", day=self.day, corrects=wrong)
            return
        self.noted(record(self.file, parcel, "corrected", day=self.day, corrects=wrong))
        self.own.pop()  # corrections of corrections are another test's
        self.model.taken_back.add(wrong)

    @rule(area_mu=st.integers(1, 99))
    def is_promised(self, area_mu: int) -> None:
        inventory = Inventory.open(self.file)
        self.number += 1
        row = {"period": f"20{self.number + 30}", "place": "", "area_mu": float(area_mu)}
        source = self.folder / "承诺.csv"
        pd.DataFrame([row]).to_csv(source, index=False)
        after, _ = inventory.with_import(source, into="targets")
        after.save(self.file)
        self.model.targets += 1

    @rule(pick=st.integers(0, 99), holder=st.sampled_from(["甲厂", "=乙厂", "丙"]))
    def is_edited_outside(self, pick: int, holder: str) -> None:
        plot = self.chosen(pick)
        if self.model.holders[plot] == holder:
            return
        with self.engine.connected(self.file) as connection:
            connection.execute("UPDATE parcels SET holder = ? WHERE parcel_id = ?", (holder, plot))
        assert Inventory.open(self.file).findings
        adopted = adopt(self.file, day=self.day)
        assert [*adopted.events["kind"]] == ["holder_changed"]
        for event in adopted.events.to_dict("records"):
            self.model.events[event["event_id"]] = (event["parcel_id"], event["kind"])
        self.model.holders[plot] = holder

    @precondition(lambda self: len(self.model.holders) < len(PLOTS) + 4)
    @rule(pick=st.integers(0, 99))
    def is_divided(self, pick: int) -> None:
        self.day += timedelta(days=1)
        inventory, plot = Inventory.open(self.file), self.chosen(pick)
        shape = inventory.tables["parcels"].set_index("parcel_id").geometry[plot]
        west, south, east, north = shape.bounds
        line = shapely.LineString([((west + east) / 2, south - 1), ((west + east) / 2, north + 1)])
        after = divided(inventory, plot, line, day=self.day)
        after.save(self.file)
        new = after.events[~after.events["event_id"].isin(self.model.events)]
        assert "split" in set(new["kind"])
        for event in new.to_dict("records"):
            self.model.events[event["event_id"]] = (event["parcel_id"], event["kind"])
        parts = set(after.tables["parcels"]["parcel_id"]) - self.model.holders.keys()
        assert len(parts) == 2
        self.model.holders.update(dict.fromkeys(parts, self.model.holders[plot]))
        self.own = [each for each in self.own if self.model.events[each][0] != plot]

    @rule()
    def is_opened_and_saved(self) -> None:
        before = self.engine.contents(self.file)
        Inventory.open(self.file).save(self.file)
        after = self.engine.contents(self.file)
        del before["enping_inventory"], after["enping_inventory"]  # the revision moves on
        assert after == before

    @invariant()
    def holds_what_it_was_given(self) -> None:
        inventory = Inventory.open(self.file)
        assert not inventory.findings
        rows = inventory.events[["event_id", "parcel_id", "kind"]]
        there = {one: (plot, kind) for one, plot, kind in rows.itertuples(index=False)}
        assert there == self.model.events
        holders = inventory.tables["parcels"].set_index("parcel_id")["holder"].astype(object)
        assert holders.where(holders.notna(), None).to_dict() == self.model.holders
        assert len(inventory.targets) == self.model.targets
        assert not verified(self.file).findings
        rows = self.engine.contents(self.file)
        assert len(rows["events"]) == len(self.model.events)
        if isinstance(self.file, Path):
            counted = {row[0]: row[1] for row in rows["gpkg_ogr_contents"]}
            assert counted["events"] == len(rows["events"])

    @invariant()
    def replays_at_every_date(self) -> None:
        inventory = Inventory.open(self.file)
        for day in (FIRST - timedelta(days=200), FIRST, self.day):
            plots = inventory.on(day).parcels
            ids = pd.Index(plots["parcel_id"], name="parcel_id")
            told = status_on(inventory, day).loc[ids]
            wanted = folded_one_by_one(
                inventory.events, day, area(plots).set_axis(ids),
                ledger_areas_m2(plots).set_axis(ids),
            ).loc[ids]  # fmt: skip
            assert told["status"].tolist() == wanted["status"].tolist()
            assert told["done_m2"].tolist() == pytest.approx(wanted["done_m2"].tolist())


class Longer(Store):
    """The same, for the campaign."""


class InDatabase(Store):
    """The same in PostGIS."""

    engine = Postgis()


class LongerInDatabase(InDatabase):
    """The same, for the campaign."""


FEW = settings(max_examples=3, stateful_step_count=6, deadline=None)
MANY = settings(max_examples=40, stateful_step_count=30, deadline=None)
Store.TestCase.settings = InDatabase.TestCase.settings = FEW
Longer.TestCase.settings = LongerInDatabase.TestCase.settings = MANY

TestStore = Store.TestCase
TestInDatabase = pytest.mark.usefixtures("server")(InDatabase.TestCase)
TestLonger = pytest.mark.campaign(Longer.TestCase)
TestLongerInDatabase = pytest.mark.campaign(
    pytest.mark.usefixtures("server")(LongerInDatabase.TestCase)
)
