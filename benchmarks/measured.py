"""Runs a command and tells what it cost: time on the clock, time of processors, memory at its peak.

Processor time is that of the command and of all processes that it started and waited for; `own` is
that of the first process alone. Memory is what all of them held together, looked at twenty times a
second; memory that two share counts twice.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

import psutil

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "benchmark"
LOOK = 0.05  # seconds between two looks at the memory
MB = 1_000_000


class Cost(NamedTuple):
    """What a command cost, and what it printed."""

    wall: float
    cpu: float
    own: float
    peak_mb: float
    printed: str


def extraction(source: Path, out: Path, *arguments: str) -> Cost:
    """Return the cost of `analysis extract` with the library of this checkout."""
    command = [sys.executable, "-m", "analysis.cli", "extract", str(source), "--out", str(out)]
    return cost([*command, *arguments])


def cost(command: list[str]) -> Cost:
    """Run a command to its end and return its cost.

    Examples
    --------
    >>> work = "held = b'x' * 50_000_000; import time; time.sleep(0.5); print(len(held))"
    >>> done = cost([sys.executable, "-c", work])
    >>> done.printed.strip(), done.peak_mb > 50, done.cpu > 0, done.wall > 0.5
    ('50000000', True, True, True)
    >>> cost([sys.executable, "-c", "raise SystemExit('no articles')"])
    Traceback (most recent call last):
    ...
    RuntimeError: -c raise SystemExit('no articles') failed with status 1: no articles
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    # The library of this checkout, whichever one is installed.
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with TemporaryFile("w+") as said:
        own, peak = 0.0, 0
        child = subprocess.Popen(command, env=env, stdout=said, stderr=subprocess.STDOUT)
        while child.poll() is None:
            now, held = _looked_at(child.pid)
            own, peak = max(own, now), max(peak, held)
            time.sleep(LOOK)
        wall = time.monotonic() - begun
        said.seek(0)
        printed = said.read()
    if child.returncode:
        called = " ".join(command[1:])
        raise RuntimeError(f"{called} failed with status {child.returncode}: {printed.strip()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, own, peak / MB, printed)


def _looked_at(pid: int) -> tuple[float, int]:
    """Return the seconds that a process has used, and the bytes that it and all below it hold."""
    try:
        first = psutil.Process(pid)
        seconds = sum(first.cpu_times()[:2])
        processes = [first, *first.children(recursive=True)]
    except psutil.Error:
        return 0.0, 0  # it has ended meanwhile
    total = 0
    for process in processes:
        with suppress(psutil.Error):
            total += process.memory_info().rss
    return seconds, total


def size_mb(folder: Path) -> float:
    """Return the size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MB
