"""Parts made by the workers of a Dask cluster, as many as come and go meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any

from analysis.parts import PartError, Task, make
from analysis.workers import AHEAD, Made, WorkerError

# Dask's own setting: how long a scheduler may take to answer, and here its first worker to come.
PATIENCE = "distributed.comm.timeouts.connect"


def on_cluster(tasks: Iterable[Task], address: str) -> Made:
    """Take tasks as they are needed, and yield each with its tables as soon as they are made.

    Raises
    ------
    WorkerError
        Dask is not installed, no scheduler or worker answers, or the scheduler has gone away.
    PartError
        A part has cost too many workers, or a worker has another version of the library.
    """
    try:
        from distributed import as_completed
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise WorkerError(
            f"--scheduler needs more packages ({error.name or error}); install them with "
            'pip install "diplomatic-readouts[scale]"'
        ) from None
    waiting = iter(tasks)
    with _quiet(), _connected(address) as client:
        given: dict[str, Task] = {}
        futures = as_completed(loop=client.loop)
        while True:
            with _reached(address):
                wanted = AHEAD * max(1, sum(client.nthreads().values()))
            while len(given) < wanted and (task := next(waiting, None)):
                given[task.name] = task
                with _reached(address):
                    futures.add(client.submit(make, task, key=task.name, pure=False))
            if not given:
                return
            try:
                with _reached(address):
                    future = next(futures)
                    task = given.pop(future.key)
                    made = future.result()
            except KilledWorker:
                raise PartError(
                    f"{task} has cost too many workers of {address}; is their memory enough? "
                    "Give them more, or set these articles aside; what is done is kept"
                ) from None
            yield task, made


@contextmanager
def _reached(address: str) -> Iterator[None]:
    """Word what Dask raises in several ways when its scheduler is not there any more."""
    from distributed.client import ClosedClientError

    try:
        yield
    except (CancelledError, ClosedClientError, OSError):
        raise WorkerError(
            f"{address} went away; start it again and call again: what is done is kept"
        ) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to one message of ours what Dask logs at length when a scheduler goes away.

    Which of its modules notices first is chance, and each may have a level of its own.
    """
    known = ["distributed", *logging.root.manager.loggerDict]
    loggers = [logging.getLogger(name) for name in known if name.split(".")[0] == "distributed"]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _connected(address: str) -> Any:
    """Return a client of the scheduler, once there is a worker."""
    import dask
    from distributed import Client
    from distributed.comm import get_address_host

    try:
        get_address_host(address)  # a client that cannot be made would wait for itself at the end
        client = Client(address, set_as_default=False)
    except (OSError, ValueError) as error:
        raise WorkerError(
            f"no Dask scheduler answers at {address!r} ({type(error).__name__}); start one with "
            "`dask scheduler` and give the address that it prints, such as tcp://127.0.0.1:8786"
        ) from None
    try:
        client.wait_for_workers(1, timeout=dask.config.get(PATIENCE))
    except TimeoutError:
        client.close()
        raise WorkerError(
            f"the scheduler at {address} has no worker; start some with `dask worker {address}`"
        ) from None
    return client
