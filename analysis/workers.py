"""Who makes the parts: this process, some processes of this machine, or a Dask cluster.

Each function takes tasks one at a time, as few ahead as keep its workers busy, and yields each task
with its tables as soon as they are made, in any order.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

from analysis.parts import PartError, Task, make

Made = Iterator[tuple[Task, dict[str, bytes]]]

AHEAD = 2  # tasks of a worker: one that it is at work on, and the next
TRIES = 3  # of a part whose worker is killed; Dask's own limit is as many
# Dask's own setting: how long a scheduler may take to answer, and here its first worker to come.
PATIENCE = "distributed.comm.timeouts.connect"


class WorkerError(ValueError):
    """Workers that cannot be used or got; the message says what to do about it."""


def in_this_process(tasks: Iterable[Task]) -> Made:
    """Make the parts one after the other."""
    for task in tasks:
        yield task, make(task)


def in_processes(tasks: Iterable[Task], count: int) -> Made:
    """Make the parts in `count` processes; one that is killed is replaced, its part made again.

    Raises
    ------
    WorkerError
        `count` is less than 1.
    PartError
        A part has cost three processes.
    """
    if count < 1:
        raise WorkerError(f"workers {count} is no number of processes; give 1 or more")
    waiting = iter(tasks)
    processes = [_Process() for _ in range(count)]
    try:
        while True:
            for process in sorted(processes * AHEAD, key=lambda p: len(p.given)):
                if len(process.given) < AHEAD and (task := next(waiting, None)):
                    process.give(task)
            busy = [process for process in processes if process.given]
            if not busy:
                return
            wait([process.given[0][1] for process in busy], return_when=FIRST_COMPLETED)
            for process in busy:
                yield from process.taken()
    finally:
        for process in processes:
            process.pool.shutdown(wait=False, cancel_futures=True)


class _Process:
    """One process and the tasks it was given, the first of which it is at work on.

    A pool of one: that of several would not tell which of them was killed, and lose all their work.
    """

    def __init__(self) -> None:
        self.given: deque[tuple[Task, Future[dict[str, bytes]]]] = deque()
        self.lost: dict[str, int] = {}
        self._start()

    def _start(self) -> None:
        # Not forked: a copy of a process with threads, as Arrow has them, may stand still.
        self.pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_attend)

    def give(self, task: Task) -> None:
        try:
            future = self.pool.submit(make, task)
        except BrokenProcessPool as error:  # killed while it had nothing to do
            future = Future()
            future.set_exception(error)
        self.given.append((task, future))

    def taken(self) -> Made:
        """Yield what is done; a new process takes over what a killed one was given."""
        while self.given and self.given[0][1].done():
            task, future = self.given[0]
            try:
                made = future.result()
            except BrokenProcessPool:
                self._replace(task)
                return
            self.given.popleft()
            yield task, made

    def _replace(self, culprit: Task) -> None:
        lost = self.lost[culprit.name] = self.lost.get(culprit.name, 0) + 1
        if lost == TRIES:
            raise PartError(
                f"{culprit} has cost {TRIES} processes, the last one killed; is the memory "
                "enough? Use fewer workers, or set these articles aside; what is done is kept"
            )
        self.pool.shutdown(wait=False)
        self._start()
        for _ in range(len(self.given)):
            self.give(self.given.popleft()[0])


def _attend() -> None:
    """Leave Ctrl-C to the process that asks, and end with it even where it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None  # this runs in a process that was started by another one

    def follow() -> None:
        parent.join()
        os._exit(1)

    Thread(target=follow, daemon=True).start()


def on_cluster(tasks: Iterable[Task], address: str) -> Made:
    """Make the parts on the workers of a Dask cluster, as many as come and go meanwhile.

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
    with _connected(address) as client:
        given: dict[str, Task] = {}
        futures = as_completed(loop=client.loop)
        while True:
            wanted = AHEAD * max(1, sum(client.nthreads().values()))
            while len(given) < wanted and (task := next(waiting, None)):
                given[task.name] = task
                futures.add(client.submit(make, task, key=task.name, pure=False))
            if not given:
                return
            future = next(futures)
            task = given.pop(future.key)
            try:
                made = future.result()
            except KilledWorker:
                raise PartError(
                    f"{task} has cost too many workers of {address}; is their memory enough? "
                    "Give them more, or set these articles aside; what is done is kept"
                ) from None
            except (CancelledError, OSError):
                raise WorkerError(
                    f"{address} went away; start it again and call again: what is done is kept"
                ) from None
            yield task, made


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
