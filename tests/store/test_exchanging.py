"""Push and pull: whatever both sides edit, nothing is lost and every conflict is told."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import shapely

from enping_gis.cli import main
from enping_gis.errors import InputError, OutputError
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.exchanging import pull, push
from enping_gis.lifecycle.recording import record
from enping_gis.lifecycle.verifying import verified
from enping_gis.store.meeting import met
from tests.plots import square
from tests.store.small import DAY, PLOTS, small_inventory

if TYPE_CHECKING:
    from enping_gis.store.place import Database, Place
    from tests.store.engines import Postgis

ONE, TWO = PLOTS[0], PLOTS[1]
COLUMNS = ("holder", "name", "site")


@pytest.fixture
def office(server: Postgis) -> Database:
    return server.small()


@pytest.fixture
def field(tmp_path: Path, office: Database) -> Path:
    path = tmp_path / "外业 一.gpkg"
    pull(office, path)
    return path


def edit(place: Place, plot: str, **cells: object) -> None:
    inventory = Inventory.open(place)
    rows = inventory.tables["parcels"].copy()
    for name, cell in cells.items():
        rows.loc[rows["parcel_id"] == plot, name] = cell
    replace(inventory, tables=inventory.tables | {"parcels": rows}).save(place)


def add(place: Place, plot: str, holder: str) -> None:
    inventory = Inventory.open(place)
    rows = inventory.tables["parcels"]
    new = rows.iloc[:1].assign(parcel_id=plot, holder=holder, geometry=[None])
    whole = pd.concat([rows, new], ignore_index=True)
    replace(inventory, tables=inventory.tables | {"parcels": whole}).save(place)


def remove(place: Place, plot: str) -> None:
    inventory = Inventory.open(place)
    rows = inventory.tables["parcels"]
    rest = rows[rows["parcel_id"] != plot].reset_index(drop=True)
    replace(inventory, tables=inventory.tables | {"parcels": rest}).save(place)


def said(place: Place) -> dict[str, dict[str, object]]:
    rows = Inventory.open(place).tables["parcels"].set_index("parcel_id")
    cells = rows[[*COLUMNS]].astype(object)
    return cells.where(cells.notna(), None).to_dict("index")


def events(place: Place) -> set[tuple[str, str]]:
    rows = Inventory.open(place).events
    return set(zip(rows["event_id"], rows["hash"], strict=True))


def test_a_copy_goes_out_with_a_chain_of_its_own(office: Database, field: Path) -> None:
    there, here = Inventory.open(office), Inventory.open(field)
    assert here.meta.origin != there.meta.origin
    for name, rows in there.tables.items():
        pd.testing.assert_frame_equal(pd.DataFrame(here.tables[name]), pd.DataFrame(rows))
    assert set(met(field)["parcels"].values())
    nothing = push(field, office)
    assert nothing.carried.empty
    assert nothing.conflicts.empty


def test_both_sides_work_and_meet(office: Database, field: Path) -> None:
    edit(field, ONE, holder="外业")
    record(field, ONE, "visit", day=DAY, note="外业")
    edit(office, TWO, geometry=shapely.MultiPolygon([square(7)]))
    record(office, TWO, "visit", day=DAY, note="机关")
    pushed = push(field, office)
    assert pushed.carried[["table", "parcel_id", "change"]].to_numpy().tolist() == [
        ["parcels", ONE, "updated"], ["events", ONE, "added"],
    ]  # fmt: skip
    pulled = pull(office, field)
    assert pulled.carried[["table", "parcel_id", "change"]].to_numpy().tolist() == [
        ["parcels", TWO, "updated"], ["events", TWO, "added"],
    ]  # fmt: skip
    assert pushed.conflicts.empty
    assert pulled.conflicts.empty
    assert said(office) == said(field)
    assert events(office) == events(field)
    for place in (office, field):
        assert not verified(place).findings
        assert not Inventory.open(place).findings


def test_what_both_changed_is_told_cell_by_cell_and_left(office: Database, field: Path) -> None:
    edit(field, ONE, holder="外业", name="新名")
    edit(office, ONE, holder="机关")
    edit(field, TWO, site="甲")
    edit(office, TWO, site="甲")  # the same on both sides is no conflict
    before = said(office), said(field)
    for exchanged in (push(field, office), pull(office, field), push(field, office)):
        assert exchanged.carried.empty
        told = exchanged.conflicts
        assert told["parcel_id"].tolist() == [ONE, ONE]
        assert told.set_index("column").loc["holder", ["here", "there"]].tolist() == [
            "外业",
            "机关",
        ]
    assert (said(office), said(field)) == before
    edit(field, ONE, holder="机关", name=said(office)[ONE]["name"])
    assert push(field, office).conflicts.empty
    edit(field, ONE, holder="再改")
    assert len(push(field, office).carried) == 1


def test_a_plot_that_one_side_removed_and_the_other_changed(office: Database, field: Path) -> None:
    edit(office, ONE, holder="机关")
    remove(field, ONE)
    remove(field, TWO)
    exchanged = push(field, office)
    assert exchanged.carried.to_numpy().tolist() == [["parcels", TWO, TWO, "removed"]]
    (line,) = exchanged.conflicts.to_dict("records")
    assert (line["parcel_id"], line["here"], line["there"]) == (ONE, "-", ONE)
    assert ONE in said(office)
    assert ONE not in said(field)


def test_two_copies_that_write_one_chain_are_told(
    server: Postgis, office: Database, tmp_path: Path
) -> None:
    """A file that was merely copied goes on with the chain of the other."""
    copy = tmp_path / "a.gpkg"
    Inventory.open(office).save(copy)
    record(copy, ONE, "visit", day=DAY, note="a")
    record(office, ONE, "visit", day=DAY, note="b")
    before = events(office)
    told = push(copy, office).conflicts
    assert told[["parcel_id", "table"]].to_numpy().tolist() == [[ONE, "events"]]
    assert events(office) == before


def test_a_first_push_makes_the_inventory(server: Postgis, tmp_path: Path) -> None:
    file, place = tmp_path / "a.gpkg", server.empty()
    small_inventory(file)
    assert push(file, place).conflicts.empty
    record(file, ONE, "visit", day=DAY)
    record(place, ONE, "visit", day=DAY)
    assert len(push(file, place).carried) == 1
    assert len(pull(place, file).carried) == 1
    assert events(file) == events(place)


def test_what_cannot_be_exchanged(
    server: Postgis, office: Database, field: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        push(office, office)
    assert caught.value.code == "error.exchange_ends"
    moved = tmp_path / "b.gpkg"
    Inventory.open(field).to_crs("EPSG:4525").save(moved)
    with pytest.raises(InputError) as caught:
        push(moved, office)
    assert caught.value.code == "error.exchange_crs"
    with server.connected(office) as connection:
        connection.execute("UPDATE parcels SET holder = 'x'")
    with pytest.raises(OutputError) as edited:
        push(field, office)
    assert edited.value.code == "error.inventory_edited"


def test_the_command_line(
    server: Postgis, office: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, file = server.address(office), str(tmp_path / "外业.gpkg")
    assert main(["pull", address, file]) == 0
    edit(Path(file), ONE, holder="外业")
    assert main(["push", file, address, "--lang", "en"]) == 0
    edit(Path(file), ONE, holder="a")
    edit(office, ONE, holder="b")
    capsys.readouterr()
    assert main(["push", file, address, "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["meta"]["conflicts"] == 1
    (row,) = answer["rows"]
    assert (row["parcel_id"], row["column"], row["here"], row["there"]) == (ONE, "holder", "a", "b")


class Model:
    """What either side says of each plot, and what both said when they last met."""

    def __init__(self, rows: dict[str, dict[str, object]]) -> None:
        self.sides = {"field": dict(rows), "office": dict(rows)}
        self.met = dict(rows)

    def carry(self, source: str, target: str) -> set[str]:
        """Carry what only the source changed; return what both did."""
        one, other, conflicts = self.sides[source], self.sides[target], set()
        for plot in {**one, **other, **self.met}:
            mine, theirs, before = one.get(plot), other.get(plot), self.met.get(plot)
            if mine not in (theirs, before):
                if theirs == before:
                    _put(other, plot, mine)
                else:
                    conflicts.add(plot)
            if one.get(plot) == other.get(plot):
                _put(self.met, plot, one.get(plot))
        return conflicts


def _put(rows: dict[str, dict[str, object]], plot: str, cells: dict[str, object] | None) -> None:
    if cells is None:
        rows.pop(plot, None)
    else:
        rows[plot] = cells


def run(office: Database, field: Path, seed: int, steps: int) -> int:
    """Edit and meet at random beside the model; return how many conflicts there were."""
    chance, conflicts = random.Random(seed), 0  # noqa: S311 - a test that can be repeated
    places: dict[str, Place] = {"field": field, "office": office}
    model, recorded = Model(said(field)), {name: events(place) for name, place in places.items()}
    for step in range(steps):
        side = chance.choice(["field", "office"])
        place, rows = places[side], model.sides[side]
        what = chance.choice(["edit", "edit", "edit", "record", "add", "remove", "push", "pull"])
        plot = chance.choice(sorted(rows)) if rows else ""
        if what == "edit" and plot:
            cells = {chance.choice(COLUMNS): chance.choice(["甲", "乙", None])}
            edit(place, plot, **cells)
            rows[plot] = rows[plot] | cells
        elif what == "record" and plot:
            event = record(place, plot, "visit", day=DAY, quantity=step)
            recorded[side] = recorded[side] | {(event["event_id"], event["hash"])}
        elif what == "add":
            new = chance.choice(["新1", "新2"])
            if new not in rows:
                add(place, new, side)
                rows[new] = said(place)[new]
        elif what == "remove" and plot and len(rows) > 2:
            remove(place, plot)
            del rows[plot]
        elif what in {"push", "pull"}:
            source, target = ("field", "office") if what == "push" else ("office", "field")
            found = push(field, office) if what == "push" else pull(office, field)
            wanted = model.carry(source, target)
            assert set(found.conflicts["parcel_id"]) == wanted
            conflicts += len(wanted)
            recorded[target] = recorded[target] | recorded[source]
        for name, each in places.items():
            assert said(each) == model.sides[name]
            assert events(each) == recorded[name]
    for place in places.values():
        assert not verified(place).findings
    return conflicts


def test_random_edits_beside_a_model(office: Database, field: Path) -> None:
    assert run(office, field, seed=5, steps=12) > 0


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(20))
def test_many_random_edits_beside_a_model(office: Database, field: Path, seed: int) -> None:
    run(office, field, seed=seed, steps=120)
