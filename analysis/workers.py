"""Who makes the parts on this machine: this process, or some processes beside it.

Each function takes tasks one at a time, as few ahead as keep its workers busy, and yields each task
with its tables as soon as they are made, in any order.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from threading import Thread

from analysis.parts import PartError, Task, make

Made = Iterator[tuple[Task, dict[str, bytes]]]

AHEAD = 2  # tasks of a worker: one that it is at work on, and the next
TRIES = 3  # of a part whose worker is killed; Dask's own limit is as many


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
