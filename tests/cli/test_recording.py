"""The commands record, history and adopt."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from enping_gis.inventory import Inventory
from enping_gis.store import database
from enping_gis.store.database import connected

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = "2023-03-30"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("原件") / "恩平 一.gpkg"
    Inventory.create(path, demo=True)
    return path


@pytest.fixture
def file(original: Path, tmp_path: Path) -> Path:
    (tmp_path / "我的 台账").mkdir()
    return Path(shutil.copy(original, tmp_path / "我的 台账"))


def test_an_event_is_recorded_and_read_back(run: Callable[..., Any], file: Path) -> None:
    said = run("record", "珠江燃气", "走访", "--date", DAY, "--inventory", file, "--by", "大槐镇",
               "--note", "=1+1", "--document", "恩府〔2023〕1号", "--format", "json")  # fmt: skip
    assert said.code == 0
    (row,) = said.json()["rows"]
    assert (row["kind"], row["note"], row["date"]) == ("visit", "=1+1", DAY)
    told = run("history", row["parcel_id"], file, "--format", "json").json()
    assert told["rows"][-1]["event_id"] == row["event_id"]
    table = run("history", "珠江燃气", file).out.splitlines()
    assert "=1+1" in table[-1]
    assert "走访" in table[-1]


def test_a_part_is_revitalised_and_taken_back(run: Callable[..., Any], file: Path) -> None:
    words = ("--date", DAY, "--inventory", file, "--format", "json")
    (event,) = run("record", "EP068", "revitalised", "--area-mu", "7.92", *words).json()["rows"]
    assert event["area_mu"] == 7.92

    def left(area_mu: str) -> int:
        return int(run("record", "EP068", "revitalised", "--area-mu", area_mu, *words).code)

    assert left("30.01") == 2
    assert run("record", "EP068", "corrected", "--corrects", event["event_id"], *words).code == 0
    assert left("37.92") == 0
    assert run("history", "--verify", file).code == 0


def test_an_event_of_the_programme_names_no_plot(run: Callable[..., Any], file: Path) -> None:
    said = run("record", "-", "meeting", "--date", DAY, "--inventory", file, "--format", "json")
    assert said.code == 0
    assert said.json()["rows"][0]["parcel_id"] is None


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (["没有的", "visit", "--date", DAY], "没有的"),
        (["EP068", "foo", "--date", DAY], "foo"),
        (["EP068", "visit", "--date", "2099-01-01"], "2099-01-01"),
        (["EP068", "visit", "--date", "昨天"], "昨天"),
        (["EP068", "revitalised", "--date", DAY, "--area-mu", "99999"], "99,999.00"),
        (["EP068", "revitalised", "--date", DAY, "--area-mu", "-1"], "-1"),
        (["EP068", "revitalised", "--date", DAY, "--area-mu", "nan"], "nan"),
        (["EP068", "imported", "--date", DAY], "导入"),
        (["EP068", "corrected", "--date", DAY], "更正"),
        (["EP068", "corrected", "--date", DAY, "--corrects", "无此号"], "无此号"),
    ],
)
def test_what_is_wrong_is_one_line_and_changes_nothing(
    run: Callable[..., Any], file: Path, words: list[str], seen: str
) -> None:
    before = file.read_bytes()
    said = run("record", *words, "--inventory", file)
    assert said.code == 2
    (line,) = said.err.strip().splitlines()
    assert seen in line
    assert said.out == ""
    assert file.read_bytes() == before


def test_a_file_that_is_no_inventory_is_refused(run: Callable[..., Any], tmp_path: Path) -> None:
    for path in (tmp_path / "没有.gpkg", tmp_path / "文本.gpkg"):
        if path.name.startswith("文本"):
            path.write_text("x", "utf-8")
        said = run("record", "EP068", "visit", "--date", DAY, "--inventory", path)
        assert said.code == 2
        (line,) = said.err.strip().splitlines()
        assert path.name in line


def test_a_second_writer_gets_one_line(
    run: Callable[..., Any], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT_S", 0.1)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = run("record", "EP068", "visit", "--date", DAY, "--inventory", file)
    assert said.code == 2
    (line,) = said.err.strip().splitlines()
    assert file.name in line
    assert run("record", "EP068", "visit", "--date", DAY, "--inventory", file).code == 0


def test_verification_finds_what_was_changed(run: Callable[..., Any], file: Path) -> None:
    said = run("history", "--verify", file, "--format", "json")
    assert (said.code, said.json()["meta"]["verified"]) == (0, True)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER enping_events_stay")
        connection.execute("UPDATE events SET note = 'x' WHERE parcel_id = 'EP010'")
    said = run("history", "--verify", file, "--format", "json")
    assert (said.code, said.json()["meta"]["verified"]) == (1, False)
    rules = {each["rule"] for each in said.json()["findings"]}
    assert rules == {"chain_changed", "events_unguarded"}
    # Put back by the next event, which cannot hide what was done.
    run("record", "EP068", "visit", "--date", DAY, "--inventory", file)
    rules = {each["rule"] for each in run("history", "--verify", file, "--format", "json")
             .json()["findings"]}  # fmt: skip
    assert rules == {"chain_changed"}


def test_edits_made_outside_are_named_and_adopted(run: Callable[..., Any], file: Path) -> None:
    assert run("adopt", file, "--format", "json").json()["rows"] == []
    with closing(connected(file)) as connection:
        connection.execute("UPDATE parcels SET holder = '新厂' WHERE parcel_id = 'EP010'")
        connection.execute("DELETE FROM parcels WHERE parcel_id = 'EP011'")
    assert "新厂" in run("totals", file).err
    said = run("adopt", file, "--by", "张三")
    assert said.code == 0
    assert "修改" in said.out
    assert "删除" in said.out
    assert "新厂" not in run("totals", file).err
    last = run("history", "EP010", file, "--format", "json").json()["rows"][-1]
    assert (last["kind"], last["actor"]) == ("holder_changed", "张三")
    assert run("history", "EP011", file).code == 0
    assert run("history", "--verify", file).code == 0


def test_help_and_tables_in_english(run: Callable[..., Any], file: Path) -> None:
    said = run("record", "EP068", "visit", "--date", DAY, "--inventory", file, "--lang", "en")
    assert "Visit" in said.out
    assert run("history", "nothing", "--lang", "en").code == 2
