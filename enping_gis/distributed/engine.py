"""Find dask, which the extra "distributed" brings, and the workers of a run."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from enping_gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


def needed(module: str) -> Any:  # noqa: ANN401 - dask comes without types
    """
    Import a module of the extra "distributed".

    Parameters
    ----------
    module : str
        Its name.

    Returns
    -------
    module
        The module.

    Raises
    ------
    InputError
        It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise InputError("error.no_dask", module=module) from error


@contextmanager
def client_of(workers: int | None, scheduler: str | None) -> Iterator[Any]:
    """
    Give a client of a scheduler, or of a cluster on this machine.

    Parameters
    ----------
    workers : int or None
        How many processes on this machine; None for one for each core.
    scheduler : str or None
        Address of a dask scheduler, such as ``tcp://host:8786``, whose workers see the same
        folders; None for this machine.

    Yields
    ------
    distributed.Client
        The client; a cluster on this machine ends with the block.

    Raises
    ------
    InputError
        dask is not installed, there is no scheduler, or `workers` is less than 1.
    """
    distributed = needed("distributed")
    if workers is not None and workers < 1:
        raise InputError("error.workers", value=workers)
    if scheduler is not None:
        try:
            client = distributed.Client(scheduler, timeout="20s")
        except (OSError, ValueError, TimeoutError) as error:
            raise InputError("error.scheduler", value=scheduler, reason=error) from error
        with client:
            yield client
        return
    # One thread a process: loops and GEOS hold memory for one partition at a time.
    cluster = distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    )
    with cluster, distributed.Client(cluster) as client:
        yield client
