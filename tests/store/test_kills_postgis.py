"""Eight writers on one database, killed at random moments: what was acknowledged is there."""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
import warnings
from typing import TYPE_CHECKING

import pytest

from enping_gis.inventory import Inventory
from enping_gis.lifecycle.recording import record
from enping_gis.lifecycle.verifying import verified
from tests.store.small import DAY, PLOTS

if TYPE_CHECKING:
    from enping_gis.store.place import Database
    from tests.store.engines import Postgis

WRITERS = 8


class Writer:
    """One team's process; whoever kills it starts it again behind what it acknowledged."""

    def __init__(self, place: Database, actor: str, count: int) -> None:
        self.place, self.actor, self.count = place, actor, count
        self.said: list[int] = []
        self.kills = 0
        self.start()

    @property
    def next(self) -> int:
        return self.said[-1] + 1 if self.said else 0

    def start(self) -> None:
        self.reader, writer = os.pipe()
        with warnings.catch_warnings():
            # The child does nothing but record, whatever threads libraries keep.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process = os.fork()
        if self.process == 0:
            try:
                self._record(writer)
            except BaseException:  # noqa: BLE001 - nothing may reach the tests from here
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        os.close(writer)

    def _record(self, writer: int) -> None:
        """Say a number only after the event of that number is recorded."""
        for number in range(self.next, self.count):
            plot = PLOTS[number % len(PLOTS)]
            record(self.place, plot, "visit", day=DAY, actor=self.actor, quantity=number)
            os.write(writer, f"{number}\n".encode())

    def kill(self) -> None:
        os.kill(self.process, signal.SIGKILL)
        self.kills += 1
        self.end()

    def end(self) -> None:
        with os.fdopen(self.reader) as pipe:
            self.said += [int(line) for line in pipe]
        _, status = os.waitpid(self.process, 0)
        assert os.waitstatus_to_exitcode(status) in {0, -signal.SIGKILL}


@pytest.mark.parametrize(
    ("count", "kills"), [(6, 4), pytest.param(500, 200, marks=pytest.mark.campaign)]
)
def test_what_was_acknowledged_is_there(server: Postgis, count: int, kills: int) -> None:
    moments = random.Random(1)  # noqa: S311 - a test that can be repeated
    place = server.small()
    before = len(Inventory.open(place).events)
    writers = [Writer(place, f"组{n}", count) for n in range(WRITERS)]
    for _ in range(kills):
        time.sleep(moments.uniform(0.0, 0.15))
        writer = moments.choice(writers)
        writer.kill()
        writer.start()
    for writer in writers:
        writer.end()
        assert writer.next == count
    assert sum(writer.kills for writer in writers) == kills
    found = verified(place)
    assert not found.findings
    assert found.chains["whole"].all()
    events = Inventory.open(place).events
    assert len(events) == found.chains["events"].sum()
    counted = 0
    for writer in writers:
        mine = events.loc[events["actor"] == writer.actor, "quantity"].astype(int).tolist()
        assert set(mine) == set(range(count))
        # A kill between the write and its acknowledgement lets the writer record it again.
        assert len(mine) - count <= writer.kills
        counted += len(mine)
    assert len(events) == before + counted
