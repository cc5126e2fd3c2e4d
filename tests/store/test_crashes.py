"""A process may die, and the disk may fail, at any step: the old state is there, or the new."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from enping_gis.errors import OutputError
from enping_gis.export.write import write
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.adopting import adopt
from enping_gis.lifecycle.dividing import divided
from enping_gis.lifecycle.recording import record
from enping_gis.lifecycle.verifying import verified
from enping_gis.store.blobs import blob_of, shape_of
from enping_gis.store.database import connected
from tests.plots import layer, shapefile
from tests.store.faults import Moments, contents, faulty, in_child
from tests.store.small import DAY, small_inventory

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.store.faults import How

    Prepared = Callable[[Path, Path], Callable[[], object]]


def recording(file: Path, _: Path) -> Callable[[], object]:
    return lambda: record(file, "EP100", "revitalised", day=DAY, area_mu=5, note="盘活一部分")


def importing(file: Path, folder: Path) -> Callable[[], object]:
    frame = layer(3, 编号=["EP100", "n1", "n2"], 名称=["甲", "乙", "丙"], 状态=["在建"] * 3,
                  自有列=[1, 2, 3])  # fmt: skip
    source = shapefile(folder / "来源" / "地块.shp", frame)
    after, _ = Inventory.open(file).with_import(source)
    return lambda: after.save(file)


def adopting(file: Path, _: Path) -> Callable[[], object]:
    edit_outside(file)
    return lambda: adopt(file)


def dividing(file: Path, _: Path) -> Callable[[], object]:
    inventory = Inventory.open(file)
    plot = inventory.parcels.set_index("parcel_id").geometry["EP097"]
    west, south, east, north = plot.bounds
    middle = (west + east) / 2
    line = shapely.LineString([(middle, south - 1), (middle, north + 1)])
    after = divided(inventory, "EP097", line, day=DAY)
    return lambda: after.save(file)


def creating(file: Path, _: Path) -> Callable[[], object]:
    other = Inventory.open(file)
    file.unlink()
    file.write_bytes(b"something else")
    return lambda: other.save(file)


def edit_outside(file: Path) -> None:
    """Do what a planner does in QGIS: move a boundary, rename a holder, delete, draw."""
    with closing(connected(file)) as connection:
        connection.execute("UPDATE parcels SET holder = '新权利人' WHERE parcel_id = 'EP099'")
        (blob,) = connection.execute(
            "SELECT geom FROM parcels WHERE parcel_id = 'EP100'"
        ).fetchone()
        moved = shapely.transform(shape_of(blob), lambda points: points + 10.0)
        connection.execute(
            "UPDATE parcels SET geom = ? WHERE parcel_id = 'EP100'", (blob_of(moved, 4546),)
        )
        connection.execute("DELETE FROM parcels WHERE parcel_id = 'EP096'")
        connection.execute("INSERT INTO parcels (name, geom) VALUES ('新绘', ?)", (blob,))


IN_PLACE: list[Prepared] = [recording, importing, adopting, dividing]
# The journal is written in the same way each time, so the longer ones are looked at less often.
SPARING: dict[Prepared, int] = {recording: 1, importing: 20, adopting: 5, dividing: 20}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("原件") / "台账 一.gpkg"
    small_inventory(path)
    return path


@pytest.fixture
def file(tmp_path: Path, original: Path) -> Path:
    (tmp_path / "库").mkdir()
    return Path(shutil.copy(original, tmp_path / "库" / original.name))


def counts_are_right(rows: dict[str, list[Any]]) -> bool:
    counted = dict(row[:2] for row in rows["gpkg_ogr_contents"])
    return all(counted[name] == len(rows[name]) for name in counted)


@pytest.mark.parametrize("prepared", IN_PLACE, ids=lambda each: each.__name__)
def test_a_process_that_dies_at_any_step_leaves_old_or_new(
    file: Path, tmp_path: Path, prepared: Prepared
) -> None:
    action = prepared(file, tmp_path)
    before, moments = contents(file), Moments(file.parent)
    with faulty(watch=moments) as faults:
        action()
    after = contents(file)
    assert after != before
    assert not verified(file).findings
    assert counts_are_right(after)
    assert faults.steps.count("sync") >= 3
    assert faults.steps[-1] == "delete"  # of the journal: from here on the new state counts
    found = []
    for folder in moments.laid_out(tmp_path / "moments", file.name, sparing=SPARING[prepared]):
        left = contents(folder / file.name)
        assert left in (before, after), folder.name
        found.append(left == after)
    assert len(found) > 20
    assert not any(found[:-1])


def fail_at(file: Path, action: Callable[[], object], steps: list[int], how: How) -> None:
    before, data = contents(file), file.read_bytes()
    for step in steps:
        with faulty(step, how), pytest.raises(OutputError) as caught:
            action()
        assert str(file) in str(caught.value)
        assert contents(file) == before, (how, step)
        file.write_bytes(data)


def steps_of(file: Path, action: Callable[[], object]) -> list[str]:
    data = file.read_bytes()
    with faulty() as faults:
        action()
    file.write_bytes(data)
    return faults.steps


@pytest.mark.parametrize("how", ["fail", "gone"])
@pytest.mark.parametrize("prepared", IN_PLACE, ids=lambda each: each.__name__)
def test_a_disk_that_fails_at_a_step_leaves_the_old(
    file: Path, tmp_path: Path, prepared: Prepared, how: How
) -> None:
    """Every sync and deletion, and some writes of either half; the campaign takes them all."""
    action = prepared(file, tmp_path)
    steps = steps_of(file, action)
    writes = [step for step, name in enumerate(steps) if name == "write"]
    others = [step for step, name in enumerate(steps) if name != "write"]
    fail_at(file, action, [*others, *writes[:: len(writes) // 4]], how)


@pytest.mark.campaign
@pytest.mark.parametrize("how", ["fail", "gone"])
@pytest.mark.parametrize("prepared", IN_PLACE, ids=lambda each: each.__name__)
def test_a_disk_that_fails_at_any_step_leaves_the_old(
    file: Path, tmp_path: Path, prepared: Prepared, how: How
) -> None:
    action = prepared(file, tmp_path)
    fail_at(file, action, list(range(len(steps_of(file, action)))), how)


@pytest.mark.parametrize("how", ["kill", "tear"])
def test_a_process_that_is_killed_is_what_the_moments_show(
    file: Path, tmp_path: Path, how: How
) -> None:
    action = recording(file, tmp_path)
    before = contents(file)
    _, steps = in_child(lambda: record(file, "EP099", "visit", day=DAY), None, "count")
    assert steps
    before = contents(file)
    last = steps.index("sync")
    for step in (0, last // 2, last - 1, len(steps) - 4):
        died, _ = in_child(action, step, how)
        assert died == signal.SIGKILL, step
        assert file.with_name(f"{file.name}-journal").exists()
        # Opening is all that it takes.
        assert len(Inventory.open(file).events) == len(before["events"])
        assert contents(file) == before, step
        assert not verified(file).findings


def test_a_new_file_is_whole_or_not_there(file: Path, tmp_path: Path) -> None:
    action = creating(file, tmp_path)
    moments = Moments(file.parent)
    with faulty(watch=moments) as faults:
        action()
    new = file.read_bytes()
    assert {"write_dataframe", "fsync", "replace"} <= set(faults.steps)
    states = [files[file.name] for files in moments.kept]
    assert set(states) == {b"something else", new}
    assert states[0] != new
    assert not verified(file).findings
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".csv", ".xlsx", ".kml"])
def test_an_export_is_whole_or_the_old(tmp_path: Path, suffix: str) -> None:
    parcels = Inventory.demo().parcels.head(5)
    place = tmp_path / "出"
    target = place / f"地块{suffix}"
    write(parcels.head(1), target)
    old, moments = target.read_bytes(), Moments(place)
    with faulty(watch=moments) as faults:
        write(parcels, target)
    new = target.read_bytes()
    assert {files[target.name] for files in moments.kept} == {old, new}
    steps = [step for step, name in enumerate(faults.steps) if name in {"fsync", "replace"}]
    assert len(steps) >= 3
    for step in steps[:-1]:  # the last is the folder's, when the file is there
        target.write_bytes(old)
        with faulty(step, "gone"), pytest.raises(OutputError):
            write(parcels, target)
        assert target.read_bytes() == old
    assert [each.name for each in place.iterdir()] == [target.name]


def test_a_journal_of_a_file_that_is_gone_is_not_read_into_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    inventory = small_inventory(path)
    in_child(lambda: record(path, "EP100", "visit", day=DAY), 30, "kill")
    assert path.with_name("a.gpkg-journal").exists()
    path.unlink()
    replace(inventory, tables=inventory.tables | {"targets": inventory.targets.head(1)}).save(path)
    assert len(Inventory.open(path).targets) == 1
    assert not verified(path).findings


def test_a_left_over_journal_does_not_stop_other_programs_after_opening(file: Path) -> None:
    in_child(lambda: record(file, "EP100", "visit", day=DAY), 40, "kill")
    read_only = closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True))
    with read_only as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT count(*) FROM parcels")
    Inventory.open(file)
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        assert connection.execute("SELECT count(*) FROM parcels").fetchone() == (4,)
