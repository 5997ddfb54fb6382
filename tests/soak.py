"""Hours of use in one go: runs that are killed at random moments, and what is there afterwards.

    python tests/soak.py [--minutes 30] [--seed 1] [--rounds N]

Articles come, change and go; each round starts one kind of run on them and kills it, or starts two
at once. Then the tables must be old or new, whole by their list, and the next run must give the
bytes of one that nobody has interrupted. The first failure stops it and says how to repeat it.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

from analysis.commit import MANIFEST, NEXT
from analysis.exchange import LIST
from analysis.fetched import Folder
from analysis.lock import LOCK
from analysis.scale import PARTS, extract_into
from analysis.stored import load_all

ROOT = Path(__file__).resolve().parents[1]
# Small parts, so that few articles make many and a run can be killed between them.
SMALL = "from analysis import parts; parts.ENDS, parts.MOST = 9, 12"
PROGRAM = f"import sys; {SMALL}; from analysis.cli import main; sys.exit(main(sys.argv[1:]))"
ARTICLES = 40
PAGE = "<html><body><article><h1>Talks</h1>{}</article></body></html>"


class Lost(AssertionError):
    """Something was lost; the message says what."""


def require(holds: bool, what: str) -> None:
    """Stop where something is lost."""
    if not holds:
        raise Lost(what)


def contents(folder: Path, *aside: str) -> dict[str, bytes]:
    """Return the bytes of every file in a folder, but for what is set aside."""
    found = [p for p in sorted(folder.rglob("*")) if p.is_file() and not {*aside} & {*p.parts}]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def whole_by_list(folder: Path, name: str, *aside: str) -> bool:
    """Tell whether the files of a list are there with the bytes that it says."""
    files = contents(folder, *aside)
    listed = json.loads(files.get(name, b'{"files": {}}'))["files"]
    return all(
        hashlib.sha256(files.get(p, b"")).hexdigest() == said["sha256"]
        for p, said in listed.items()
    )


class Child:
    """One call of the command line in a process of its own."""

    largest = 0  # kilobytes, of all so far

    def __init__(self, *words: object) -> None:
        command = [sys.executable, "-c", PROGRAM, *map(str, words)]
        self.said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        # A session of its own: what it has started ends with it.
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=self.said, stderr=self.said, start_new_session=True
        )

    def kill(self, after: float) -> bool:
        """Kill it after some seconds; return whether it was still at work."""
        end = time.monotonic() + after
        while self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        killed = self.process.poll() is None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        return killed

    def end(self) -> tuple[int, str]:
        """Wait for its end; return its status and what it said."""
        if self.process.returncode is None:
            _, status, used = os.wait4(self.process.pid, 0)
            self.process.returncode = os.waitstatus_to_exitcode(status)
            Child.largest = max(Child.largest, used.ru_maxrss)
        self.said.seek(0)
        said = self.said.read()
        self.said.close()
        require("Traceback" not in said, said)
        return self.process.returncode, said


class Soak:
    """Rounds of work in one folder; `counts` has how many there were of each kind."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed, self.round = folder, seed, 0
        self.source, self.out = folder / "articles", folder / "tables"
        self.counts: dict[str, dict[str, int]] = {}
        self.memory: list[int] = []
        self.lasts: dict[str, float] = {}  # seconds of a whole run, to spread the kills over
        self.source.mkdir()
        sys.path.insert(0, str(ROOT / "benchmarks"))
        from articles import varied

        self.texts = list(varied(ARTICLES * 3))
        for name, text in self.texts[:ARTICLES]:
            (self.source / f"{name}.txt").write_text(text, encoding="utf-8")
        self.server = _server([text for _, text in self.texts])
        address = f"http://127.0.0.1:{self.server.server_port}"
        rows = "".join(f"p{i},{address}/{i}\n" for i in range(12))
        (folder / "list.csv").write_text(f"article_id,url\n{rows}", encoding="utf-8")

    def close(self) -> None:
        """End the server."""
        self.server.shutdown()
        self.server.server_close()

    def one(self, kind: str) -> None:
        """Do one round of a kind and check what is there."""
        self.round += 1
        self.chance = random.Random(f"{self.seed} {self.round}")
        self.count = self.counts.setdefault(kind, dict.fromkeys(COLUMNS, 0))
        self.count["runs"] += 1
        try:
            getattr(self, kind)()
        except BaseException:
            self.count["lost"] += 1
            raise
        pages = int(Path("/proc/self/statm").read_text().split()[1]) if os.name == "posix" else 0
        self.memory.append(pages * os.sysconf("SC_PAGE_SIZE"))

    def extract(self, *words: object) -> None:
        """Kill an extraction of changed articles, then let one end."""
        command = ("extract", self.source, "--out", self.out, *words)
        self._edit()
        before = load_all(self.out) if (self.out / MANIFEST).exists() else None
        self._killed(" ".join(["extract", *map(str, words[:1])]), command)
        decided = (self.out / NEXT / MANIFEST).exists()
        if not decided:
            require(whole_by_list(self.out, MANIFEST, PARTS, LOCK, NEXT), "tables are a mixture")
        if before is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                load_all(self.out)
        self.count["mended"] += decided
        self._ends_well(command)

    def workers(self) -> None:
        """Do the same with two workers."""
        self.extract("--workers", 2)

    def cluster(self) -> None:
        """Do the same with a Dask cluster of one worker."""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
            start = [sys.executable, "-m", "dask"]
            ours = {"stdout": said, "stderr": said, "cwd": self.folder}
            quiet = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
            scheduler = subprocess.Popen([*start, "scheduler", *quiet], **ours)
            found = None
            while found is None:
                time.sleep(0.1)
                require(scheduler.poll() is None, "the scheduler has ended")
                said.seek(0)
                found = re.search(r"Scheduler at:\s+(\S+)", said.read())
            one = ["--nthreads", "1", "--no-nanny", "--no-dashboard"]
            worker = subprocess.Popen([*start, "worker", found[1], *one], **ours)
            try:
                self.extract("--scheduler", found[1])
            finally:
                for process in (worker, scheduler):
                    process.kill()
                    process.wait()

    def two_at_once(self) -> None:
        """Start two runs into one folder: one works, the other is refused or comes later."""
        self._edit()
        command = ("extract", self.source, "--out", self.out)
        both = [Child(*command), Child(*command)]
        ends = [child.end() for child in both]
        require(any(status == 0 for status, _ in ends), str(ends))
        for status, said in ends:
            require(status == 0 or "is writing there" in said or "another process" in said, said)
        self._ends_well(command)

    def fetch(self) -> None:
        """Kill a run that fetches, then let one end."""
        out = self.folder / "texts"
        shutil.rmtree(out, ignore_errors=True)
        command = ("fetch", self.folder / "list.csv", "--out", out, "--contact", "a@example.org")
        command = (*command, "--delay", "0.05")
        self._killed("fetch", command)
        there = {p.name: p.read_bytes() for p in out.glob("*.txt")}
        status, said = Child(*command).end()
        require(status == 0, said)
        after = {p.name: p.read_bytes() for p in out.glob("*.txt")}
        require(there.items() <= after.items(), "a text was not whole, or was fetched twice")
        require(len(after) == 12 == len(Folder(out).manifest), "a text or its row is missing")

    def report(self) -> None:
        """Kill a run that makes the site, then let one end."""
        out = self.folder / "site"
        self._killed("report", ("report", "--out", out))
        if out.exists():
            require(whole_by_list(out, LIST), "the site is a mixture")
            (out / "mine.txt").write_text("mine")
        status, said = Child("report", "--out", out).end()
        require(status == 0, said)
        require(whole_by_list(out, LIST), "the site is not whole")
        require(not list(self.folder.glob(".site.*")), "something was left beside the site")

    def _killed(self, name: str, command: tuple[object, ...]) -> None:
        if name not in self.lasts:  # how long a whole one takes, on other folders
            begun = time.monotonic()
            words = [self.folder / "probe" if word == "--out" else word for word in command]
            at = command.index("--out")
            words = [*command[: at + 1], self.folder / "probe", *command[at + 2 :]]
            Child(*words).end()
            self.lasts[name] = time.monotonic() - begun
            shutil.rmtree(self.folder / "probe", ignore_errors=True)
        child = Child(*command)
        self.count["killed"] += child.kill(self.chance.uniform(0, self.lasts[name]))
        require("Traceback" not in child.end()[1], "a killed run has shown a traceback")

    def _ends_well(self, command: tuple[object, ...]) -> None:
        status, said = Child(*command).end()
        require(status == 0, said)
        plain = self.folder / "plain"
        extract_into(plain, self.source)
        require(contents(self.out, PARTS) == contents(plain, PARTS), "other bytes than undisturbed")
        shutil.rmtree(plain)
        require(not (self.out / NEXT).exists(), f"{NEXT} was left")
        if find_spec("analysis.verify") and self.round % 5 == 0:
            status, said = Child("verify", self.out).end()
            require(status == 0, said)

    def _edit(self) -> None:
        """Add, change and remove some articles."""
        for name, text in self.chance.sample(self.texts, 3):
            path = self.source / f"{name}.txt"
            what = self.chance.choice(["add", "change", "remove"])
            if what == "remove" and path.exists() and len(list(self.source.iterdir())) > 20:
                path.unlink()
            else:
                more = f" They also agreed on point {self.round}." if what == "change" else ""
                path.write_text(text + more, encoding="utf-8")


KINDS = ("extract", "workers", "two_at_once", "fetch")
RARE = ("report", "cluster") if find_spec("distributed") else ("report",)  # they take longest
COLUMNS = ("runs", "killed", "mended", "lost")


def _server(texts: list[str]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = b""
            if self.path != "/robots.txt":
                said = texts[int(self.path[1:])].split("\n\n")
                data = PAGE.format("".join(f"<p>{html.escape(p)}</p>" for p in said)).encode()
            self.send_response(200 if data else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def slope(values: list[int]) -> float:
    """Return by how much a value grows a round, as the line of least squares has it."""
    n = len(values)
    mean_x, mean_y = (n - 1) / 2, sum(values) / n
    above = sum((x - mean_x) * (y - mean_y) for x, y in enumerate(values))
    return above / sum((x - mean_x) ** 2 for x in range(n))


def main() -> int:
    """Do rounds until the time is over; return 1 if something was lost."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, help="stop after so many rounds")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    exec(SMALL)
    soak, end = Soak(folder, given.seed), time.monotonic() + 60 * given.minutes
    lost = None
    while time.monotonic() < end and soak.round != given.rounds and lost is None:
        turn, rest = divmod(soak.round, 8)
        kind = RARE[turn % len(RARE)] if rest == 7 else KINDS[soak.round % len(KINDS)]
        try:
            soak.one(kind)
        except (Lost, ValueError, OSError) as error:
            lost = f"round {soak.round}, {kind}: {type(error).__name__}: {error}"
    soak.close()
    print(f"{'kind':<12}" + "".join(f"{column:>8}" for column in COLUMNS))
    for kind, count in soak.counts.items():
        print(f"{kind:<12}" + "".join(f"{count[column]:>8}" for column in COLUMNS))
    settled = soak.memory[len(soak.memory) // 3 :]
    if len(settled) > 2:
        print(
            f"memory of this process: {settled[0] / 2**20:.0f} MB to {settled[-1] / 2**20:.0f} MB, "
            f"{slope(settled) / 1024:+.0f} kB a round; largest child {Child.largest / 1024:.0f} MB"
        )
    if lost is None:
        shutil.rmtree(folder)
        return 0
    print(f"LOST: {lost}\nrepeat: --seed {given.seed} --rounds {soak.round}; see {folder}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
