"""Run routes to the same result in turn, and say what each took: CPU, wall time, memory."""

from __future__ import annotations

import ctypes
import gc
import json
import math
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MEGABYTE = 1 << 20
# What takes less than a tick of the processor's clock has taken a tick.
TICK_S = 0.001
# A server ends a statement at the limit; only what does not end by itself is interrupted.
GRACE_S = 5.0
STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
# Runs a function of a module in a process of its own; arguments and result are JSON.
APART = """
import json, sys
from importlib import import_module
module, name, arguments = json.loads(sys.argv[1])
print(json.dumps(getattr(import_module(module), name)(*arguments)))
"""
# Runs a command and prints its peak: a process begins with the peak of the one that starts it, so
# a small one stands between.
LAUNCHER = """
import os, sys
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


class TooSlowError(RuntimeError):
    """A route took longer than it may."""


@dataclass(frozen=True)
class Route:
    """
    One way to a result.

    Parameters
    ----------
    name : str
        As the tables show it.
    run : callable
        Makes the result; what it needs is at hand before.
    server_user_s : callable, optional
        Returns the user CPU that a server has spent for this process so far, in seconds.
    is_ours : bool, default False
        Whether it is the package's. It is run once before the turns begin, since the first call
        compiles; `benchmarks.first_call` measures that.
    """

    name: str
    run: Callable[[], Any]
    server_user_s: Callable[[], float] | None = None
    is_ours: bool = False

    def user_s(self) -> float:
        """
        Return the user CPU spent so far.

        Returns
        -------
        float
            Seconds, those of a server included.
        """
        own_s = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        return own_s + (self.server_user_s() if self.server_user_s else 0.0)


@dataclass
class Taken:
    """
    What a route took in all its turns.

    Parameters
    ----------
    route : Route
        Which.
    user_s, wall_s : list of float
        Seconds of each turn.
    peak_mb : list of float
        Memory of each turn over that before it; nan where the system does not tell.
    result : object
        What the last turn made.
    failure : str, optional
        Why there is no result.
    stopped_s : float
        User CPU in seconds until the route was stopped at the limit; nan where it was not.
    """

    route: Route
    user_s: list[float] = field(default_factory=list)
    wall_s: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    result: Any = None
    failure: str | None = None
    stopped_s: float = math.nan

    @property
    def user(self) -> float:
        """Return the median user CPU in seconds, at least a tick of its clock."""
        return max(median(self.user_s), TICK_S)

    @property
    def wall(self) -> float:
        """Return the median wall time in seconds."""
        return median(self.wall_s)


def take_turns(
    routes: Sequence[Route], runs: int, *, limit_s: float, once_s: float | None = None
) -> dict[str, Taken]:
    """
    Run all routes in turn, several times.

    A route that fails, or takes longer than the limit, is not run again. A server stops it; else
    it is stopped when it next comes back to Python, which compiled code may do late.

    Parameters
    ----------
    routes : sequence of Route
        In the order of a turn.
    runs : int
        How many turns.
    limit_s : float
        Wall time that a route may take, in seconds.
    once_s : float, optional
        A route whose first turn takes longer, in seconds of wall time, has no second one.

    Returns
    -------
    dict of str to Taken
        By the name of the route.
    """
    taken = {route.name: Taken(route) for route in routes}
    for each in taken.values():
        if each.route.is_ours:
            each.route.run()
    for _ in range(runs):
        for each in taken.values():
            slow = once_s is not None and bool(each.wall_s) and each.wall_s[0] > once_s
            if each.failure is None and not slow:
                _take_turn(each, limit_s)
    return taken


def _take_turn(each: Taken, limit_s: float) -> None:
    each.result = None
    before_mb = settled_mb()
    user_s, wall_s = each.route.user_s(), time.perf_counter()
    try:
        with _limited(limit_s + GRACE_S):
            each.result = each.route.run()
    except Exception as fault:  # noqa: BLE001 - whatever a peer raises is its result
        spent_s = time.perf_counter() - wall_s
        lines = str(fault).strip().splitlines() or [""]
        each.failure = f"{type(fault).__name__}: {lines[0]}"
        if spent_s >= limit_s:
            each.stopped_s = each.route.user_s() - user_s
            each.failure = f"stopped after {spent_s:.0f} s"
        return
    each.wall_s.append(time.perf_counter() - wall_s)
    each.user_s.append(each.route.user_s() - user_s)
    each.peak_mb.append(max(peak_mb() - before_mb, 0.0))


@contextmanager
def _limited(limit_s: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def settled_mb() -> float:
    """
    Give free memory back to the system and forget the peak so far.

    Returns
    -------
    float
        Resident memory in MB; nan where the system does not tell.
    """
    gc.collect()
    if not RESET.exists():
        return math.nan
    # Another C library than glibc keeps what it likes.
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    RESET.write_text("5", encoding="ascii")
    return _status_mb("VmRSS")


def peak_mb() -> float:
    """
    Return the greatest resident memory since `settled_mb`.

    Returns
    -------
    float
        In MB; nan where the system does not tell.
    """
    return _status_mb("VmHWM") if RESET.exists() else math.nan


def _status_mb(name: str) -> float:
    for line in STATUS.read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return math.nan


def apart(function: Callable[..., Any], *arguments: object, **environment: str) -> Any:  # noqa: ANN401 - what the function returns
    """
    Call a function in a process of its own.

    Parameters
    ----------
    function : callable
        Of a module; its result must go into JSON.
    *arguments : object
        They must go into JSON.
    **environment : str
        Variables to set.

    Returns
    -------
    object
        What the function returned.

    Raises
    ------
    RuntimeError
        The process failed; the message is the end of what it said.
    """
    module = function.__module__
    if module == "__main__":
        module = sys.modules["__main__"].__spec__.name  # type: ignore[union-attr]  # run by -m
    call = json.dumps([module, function.__name__, arguments])
    done = subprocess.run(  # noqa: S603 - the benchmark's own code
        [sys.executable, "-c", APART, call],
        env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        message = done.stderr.strip()[-1000:]
        raise RuntimeError(message)
    return json.loads(done.stdout)


def command_peak_mb(*command: str) -> float:
    """
    Run a command and return its peak memory.

    Parameters
    ----------
    *command : str
        Program and arguments; its output is thrown away.

    Returns
    -------
    float
        Greatest resident set in MB.
    """
    done = subprocess.run(  # noqa: S603 - the benchmark's own command
        [sys.executable, "-c", LAUNCHER, *command], check=True, capture_output=True, text=True
    )
    # Linux counts kilobytes, macOS bytes.
    return int(done.stdout) / (1024 if sys.platform != "darwin" else MEGABYTE)
