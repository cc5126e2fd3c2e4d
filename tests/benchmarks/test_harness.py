"""Routes take turns, what they take and find is counted right, and nothing is left running."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import harness, postgis
from benchmarks.growth import Grown
from benchmarks.harness import Route, Taken, apart, peak_mb, settled_mb, take_turns
from benchmarks.pairs import Pairs, Truth, pairs_of, quality
from benchmarks.report import Reached, ratio_to_best, timing_table, tried, verdicts
from benchmarks.targets import TARGETS, TRIED

ROOT = Path(__file__).resolve().parents[2]
on_linux = pytest.mark.skipif(not harness.RESET.exists(), reason="only Linux tells the peak")


def test_routes_take_turns_and_the_package_runs_once_before() -> None:
    calls: list[str] = []
    routes = [
        Route("peer", lambda: calls.append("peer")),
        Route("ours", lambda: calls.append("ours"), is_ours=True),
    ]
    taken = take_turns(routes, 3, limit_s=60)
    assert calls == ["ours", *["peer", "ours"] * 3]
    assert [len(each.user_s) for each in taken.values()] == [3, 3]


def test_time_is_user_time_and_a_server_adds_its_own() -> None:
    server_s = iter([10.0, 12.5])
    routes = [
        Route("sleeps", lambda: time.sleep(0.3)),
        Route("asks", lambda: 7, server_user_s=lambda: next(server_s)),
    ]
    taken = take_turns(routes, 1, limit_s=60)
    assert taken["sleeps"].wall >= 0.3
    assert taken["sleeps"].user < 0.2
    assert taken["asks"].user == pytest.approx(2.5, abs=0.2)
    assert taken["asks"].result == 7


def test_what_fails_is_told_and_not_run_again() -> None:
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        message = "no such thing\nand more"
        raise KeyError(message)

    taken = take_turns([Route("fails", fail), Route("works", lambda: 1)], 3, limit_s=60)
    assert len(calls) == 1
    assert taken["fails"].failure == r"KeyError: 'no such thing\nand more'"
    assert len(taken["works"].user_s) == 3
    table = timing_table("Title", taken, ["found"], lambda each: [str(each.result)])
    assert table.rows[0][:2] == ["fails", r"KeyError: 'no such thing\nand more'"]
    assert table.rows[1][-1] == "1"
    assert len({len(row) for row in [table.header, *table.rows]}) == 1


def test_what_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "GRACE_S", 0.0)

    def spin() -> None:
        while True:
            math.sqrt(2)

    routes = [Route("ours", lambda: time.sleep(0.01), is_ours=True), Route("spins", spin)]
    taken = take_turns(routes, 2, limit_s=0.3)
    assert str(taken["spins"].failure).startswith("stopped after")
    figure, note = ratio_to_best(taken, ["spins"])
    assert figure > 1
    assert note == "at least: spins was stopped"


def test_what_takes_long_is_run_once() -> None:
    routes = [Route("slow", lambda: time.sleep(0.2)), Route("quick", lambda: None)]
    taken = take_turns(routes, 3, limit_s=60, once_s=0.1)
    assert [len(each.wall_s) for each in taken.values()] == [1, 3]


@on_linux
def test_the_peak_is_that_of_the_call() -> None:
    settled_mb()
    before_mb = settled_mb()
    kept = np.ones(25 << 20)
    assert kept.sum() > 0
    del kept
    assert 190 < peak_mb() - before_mb < 260
    (taken,) = take_turns([Route("makes", lambda: np.ones(25 << 20).sum())], 1, limit_s=60).values()
    assert 190 < taken.peak_mb[0] < 260


def test_a_function_runs_apart() -> None:
    assert apart(os.path.join, "a", "b") == "a/b"
    assert apart(os.getenv, "ENPING_APART", ENPING_APART="there") == "there"
    with pytest.raises(RuntimeError, match="TypeError"):
        apart(os.path.join)


def pairs(*rows: tuple[int, int, float]) -> Pairs:
    left, right, shared_m = (np.array(column) for column in zip(*rows, strict=True))
    return Pairs(left, right, shared_m)


def test_recall_and_precision_by_hand() -> None:
    truth = Truth(
        pairs=pairs((0, 1, 40.0), (1, 2, 10.0), (2, 3, 1.1), (3, 4, 20.0)),
        neither=pairs((4, 5, 30.0)),
        plots=9,
        clear_m=1.3,
    )
    # In either order; (4, 5) does not count; (5, 6) is wrong; (2, 3) need not, but may be found.
    found = pairs((1, 0, 40.1), (2, 1, 10.3), (2, 3, 1.0), (4, 5, 2.0), (5, 6, 8.0), (7, 8, 0.5))
    got = quality(found, truth, least_m=1.0)
    assert got.pairs == 4
    assert got.recall == pytest.approx(2 / 3)
    assert got.precision == pytest.approx(3 / 4)
    assert got.median_m == pytest.approx(0.1)
    assert got.p99_m == pytest.approx(0.3, abs=0.01)
    assert not got.is_complete
    assert quality(truth.pairs, truth, least_m=1.0).is_complete
    without = quality(Pairs(truth.pairs.left, truth.pairs.right), truth, least_m=1.0)
    assert (without.recall, without.precision) == (1, 1)
    assert math.isnan(without.median_m)
    assert not without.is_complete


def test_whatever_a_route_returns_is_the_same_pairs() -> None:
    ids = pd.Series(["a", "b", "c"])
    frame = pd.DataFrame({"left": ["a", "b"], "right": ["b", "c"], "shared_m": [4.0, 5.0]})
    forms = [
        frame,
        [(0, 1, 4.0), (1, 2, 5.0)],
        [np.array([0, 1]), np.array([1, 2]), frame["shared_m"]],
    ]
    for form in (*forms, pairs((0, 1, 4.0), (1, 2, 5.0))):
        got = pairs_of(form, ids)
        assert got.keys(3).tolist() == [1, 5]
        assert got.shared_m is not None
        assert got.shared_m.tolist() == [4.0, 5.0]
    assert pairs_of([], ids).keys(3).tolist() == []


def test_targets_are_set_beside_what_was_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TRIED, "near.postgis", "a finer grid, without gain")
    reached = {
        "contacts.ratio": Reached(10.0, "beside a peer"),
        "near.postgis": Reached(4.9),
        "growth.memory": Reached(2.5),
        "areas.geod": Reached(math.nan, "no peer to compare with"),
    }
    rows = dict(zip(TARGETS, verdicts(reached).rows, strict=True))
    assert rows["contacts.ratio"][2:] == ["10x", "met", "beside a peer"]
    assert rows["near.postgis"][2:4] == ["4.9x", "**not met**"]
    assert rows["growth.memory"][3] == "met"
    assert rows["areas.geod"][2:] == ["–", "not measured", "no peer to compare with"]
    assert rows["split.ratio"][-1] == "not measured in this run"
    assert tried(reached) == "- at least 5 times as fast as PostGIS: a finer grid, without gain"


def test_ratios_are_to_the_fastest_of_those_that_count() -> None:
    def took(name: str, user_s: float, *, is_ours: bool = False) -> Taken:
        return Taken(Route(name, lambda: None, is_ours=is_ours), [user_s], [user_s], [0.0])

    taken = {each.route.name: each for each in (
        took("ours", 2.0, is_ours=True), took("slow", 30.0), took("fast", 9.0), took("wrong", 1.0)
    )}  # fmt: skip
    assert ratio_to_best(taken, ["slow", "fast"]) == Reached(4.5, "beside fast")
    assert math.isnan(ratio_to_best(taken, ["none"]).figure)
    taken["ours"].failure = "broken"
    assert ratio_to_best(taken, ["fast"]).note == "broken"


def test_the_exponent_is_that_of_the_power_law() -> None:
    small, large = Grown(1_000, 0.5, 0.5, 1, 2), Grown(10_000, 0.5 * 10**1.2, 9, 10, 20)
    assert large.exponent(small) == pytest.approx(1.2)


# The database that is thrown away.


def running(folder: Path) -> bool:
    """Tell whether a server works in a folder."""
    for stat in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder / "data").encode() in stat.read_bytes():
                return True
        except OSError:
            continue
    return False


@pytest.mark.usefixtures("postgis")
def test_nothing_is_left_of_a_server_even_when_its_use_fails() -> None:
    folders = []

    def use() -> None:
        with postgis.postgis() as connection:
            folders.append(Path(connection.info.host))
            assert running(folders[0])
            (row,) = connection.execute("SELECT ST_Area(ST_MakeEnvelope(0, 0, 2, 3))").fetchall()
            assert row == (6.0,)
            assert postgis.server_user_s(connection) >= 0
            message = "by design"
            raise LookupError(message)

    with pytest.raises(LookupError, match="by design"):
        use()
    assert not folders[0].exists()
    assert not running(folders[0])


@pytest.mark.usefixtures("postgis")
def test_a_server_ends_with_the_process_that_started_it() -> None:
    code = (
        "import time; from benchmarks.postgis import postgis\n"
        "with postgis() as connection:\n"
        "    print(connection.info.host, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert running(folder)
        process.send_signal(signal.SIGKILL)
    end_s = time.monotonic() + 30
    while running(folder) and time.monotonic() < end_s:
        time.sleep(0.1)
    assert not running(folder)
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgis, "PROGRAMS", tmp_path)
    with pytest.raises(postgis.PostgisMissingError, match="install_debian_packages"):
        postgis.programs()
    assert "install_debian_packages" in postgis.postgis_version()


# The command.


def benchmarks(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_all_benchmarks_run_without_postgis(tmp_path: Path) -> None:
    page = ROOT / "docs" / "benchmarks.md"
    before = page.stat().st_mtime if page.exists() else None
    out = tmp_path / "page.md"
    # Without a path there is no setpriv to start a server with.
    done = benchmarks("--quick", "--out", str(out), PATH="")
    assert done.returncode == 0, done.stderr
    text = out.read_text(encoding="utf-8")
    for title in (
        "Contacts with shared length", "Pairs within 30 m", "Areas on the ellipsoid",
        "Parts and grounds of towns", "Growth", "The first call", "Reading",
    ):  # fmt: skip
        assert f"\n## {title}\n" in text
    # A coverage union of plots that are none may fail.
    excused = ("PostGIS", "geopandas dissolve, coverage")
    failed = [line for line in text.splitlines() if "Error" in line]
    failed = [line for line in failed if not any(name in line for name in excused)]
    assert not failed
    assert "PostgisMissingError: no setpriv here" in text
    for target in TARGETS.values():
        assert f"| {target.operation} | {target.aim} |" in text
    (precise,) = [line for line in text.splitlines() if "| precision 1.0 |" in line]
    assert "| 1 | met |" in precise
    assert (page.stat().st_mtime if page.exists() else None) == before


@pytest.mark.usefixtures("postgis")
def test_one_benchmark_runs_with_postgis(tmp_path: Path) -> None:
    out = tmp_path / "page.md"
    done = benchmarks("--quick", "--only", "near", "--out", str(out))
    assert done.returncode == 0, done.stderr
    text = out.read_text(encoding="utf-8")
    assert "PostgisMissing" not in text
    assert "| 0 pairs differ | met |" in text


def test_tiny_layers_do_not_write_the_page() -> None:
    done = benchmarks("--quick")
    assert done.returncode == 2
    assert "--out" in done.stderr
