#!/usr/bin/env python3
"""The commands of this project, from a fresh checkout: only Python 3.11 or later is needed.

python3 run.py report            articles -> tables -> notebooks -> pages to read
python3 run.py test              everything that the continuous integration checks
python3 run.py lab               JupyterLab on the notebooks
python3 run.py notebooks         run every notebook in place, after a change of code or knowledge
python3 run.py data              make the tables under data/ again, after such a change
python3 run.py bench             measure what extraction costs: time, memory, against other packages
python3 run.py soak              half an hour of runs that are killed, and what is there afterwards
python3 run.py audit             bill of materials of .venv, and advisories about its packages
python3 run.py bench             measure the speed of extraction, stage by stage
python3 run.py fuzz              look for bytes that break a reader, ten minutes (--minutes N)
python3 run.py analysis ...      the command line of the library (try: analysis --help)
python3 run.py setup             only prepare the folder .venv, as every command does when needed
python3 run.py help              this text

A large archive goes to several processes, `analysis extract ... --workers 4`, or to a cluster on a
network that you trust, which Dask's own commands in `.venv/bin` start:
dask scheduler                             prints its address, such as tcp://10.0.0.5:8786
dask worker ADDRESS --nthreads 1           on each machine, --nworkers 8 for eight processes
python3 run.py analysis extract ... --scheduler ADDRESS

Further arguments are passed on: to `analysis report`, to pytest, to JupyterLab. `report`, `test`
and `lab` work in this folder; `analysis` works in the folder that it is called from.
"""

# Standard library only, and words that an old Python can read: it has to say that it is too old.
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
# Written last, so that a set-up that was interrupted is seen and done again from the start.
STAMP = VENV / "complete"
EXTRAS = "fetch,lab,read,scale,test"
OLDEST_PYTHON = (3, 11)
CELL_TIMEOUT_SECONDS = 120
# A process a core, each with whole files, since what a file's tests share is made once.
PARALLEL = ("--numprocesses=logical", "--maxprocesses=8", "--dist=loadfile")
# Debian's names and Google's for the browser that the pages are tried in.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(arguments):
    """Do what the first argument names and return the exit status."""
    verb, *rest = arguments or ["help"]
    if verb in ("help", "-h", "--help"):
        print(__doc__.strip())
        return 0
    if verb not in VERBS:
        return refuse(f"there is no command {verb!r}. Commands: {', '.join(VERBS)}, help.")
    if sys.version_info < OLDEST_PYTHON:
        return refuse(
            "Python {}.{} or later is needed, and this is {}.{}. Install a later one and call "
            "`python3.11 run.py ...`.".format(*OLDEST_PYTHON, *sys.version_info[:2])
        )
    status = prepare()
    return status or VERBS[verb](rest)


# ---------------------------------------------------------------- preparing the environment


def prepare():
    """Make `.venv` unless it is complete for these requirements; return the exit status."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    STAMP.unlink(missing_ok=True)
    started = time.monotonic()
    status = install(VENV, ["-e", f".[{EXTRAS}]"], "about 1 GB of packages")
    if status:
        return status
    # The one pop-up of JupyterLab that asks the network for news stays off.
    settings = VENV / "etc" / "jupyter" / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    announcements = "@jupyterlab/apputils-extension:announcements"
    settings.write_text(json.dumps({"disabledExtensions": {announcements: True}}))
    # Lists the fonts of this machine, which else the first chart would wait for.
    call([BIN / "python", "-c", "import matplotlib.font_manager"], folder=ROOT)
    STAMP.write_text(wanted)
    say(f"Set up in {time.monotonic() - started:.0f} s.")
    return 0


def install(folder, packages, what):
    """Make a virtual environment from nothing, with uv where there is one; return the status."""
    uv = shutil.which("uv")
    if uv and VENV in Path(uv).parents:
        uv = None  # It would clear the folder that it stands in.
    if not uv and not (find_spec("venv") and find_spec("ensurepip")):
        return refuse(
            "this Python cannot make virtual environments: its module venv is missing or "
            "incomplete. Install it (Debian, Ubuntu: `apt install python3-venv`) and call again."
        )
    duration = "half a minute with uv" if uv else "one to two minutes with pip"
    name = folder.relative_to(ROOT)
    say(f"Setting up {name}: fetches and unpacks {what}, {duration} ...")
    for command in installation(uv, folder, ["-c", "constraints.txt", *packages]):
        done = subprocess.run(
            command, cwd=ROOT, env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode:
            sys.stderr.write(done.stdout.decode(errors="replace"))
            return refuse(
                f"setting up failed at `{' '.join(map(str, command[:4]))} ...` (its messages are "
                "above). Packages come from the package index that pip or uv is set to: check the "
                "network, then call again."
            )
    return 0


def installation(uv, folder, packages):
    """Return the commands that make an environment and install packages into it."""
    # The Python behind an activated environment, which may be the one to clear.
    python, own = sys._base_executable, folder / BIN.name / "python"
    if uv:
        return [
            [uv, "venv", "--clear", "--python", python, folder],
            # Without compiled files every start of Python would be seconds slower.
            [uv, "pip", "install", "--compile-bytecode", "--python", own, *packages],
        ]
    return [
        [python, "-m", "venv", "--clear", folder],
        [own, "-m", "pip", "install", "--disable-pip-version-check", *packages],
    ]


def beside(extra):
    """Make an environment for tools that are no part of `.venv`, with the packages of one extra.

    Return its Python, or None if it cannot be made.
    """
    import tomllib

    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = pyproject["project"]["optional-dependencies"][extra]
    folder = ROOT / "build" / extra / "venv"
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    wanted = "\n".join([sys.version, str(folder), *packages, constraints])
    stamp = folder / "complete"
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        if install(folder, packages, "some tools"):
            return None
        stamp.write_text(wanted, encoding="utf-8")
    return folder / BIN.name / "python"


def fingerprint():
    """Return a hash of all that `.venv` depends on: requirements, Python and this folder.

    The settings of ruff, mypy and pytest in pyproject.toml do not count.
    """
    import tomllib

    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = {
        "project": pyproject["project"],
        "build": pyproject["build-system"],
        "packages": pyproject["tool"]["hatch"],
        "constraints": (ROOT / "constraints.txt").read_text(encoding="utf-8"),
        "extras": EXTRAS,
        "python": sys.version,
        "folder": str(ROOT),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


# ---------------------------------------------------------------- the commands


def setup(arguments):
    """Say that the environment is complete, as `prepare` has just seen to it."""
    if arguments:
        return refuse(f"setup takes no arguments, and got {' '.join(arguments)}.")
    say(f"Ready: {VENV}")
    return 0


def report(arguments):
    """Run the whole way from the articles to the pages."""
    say("Making the reports: tables, notebooks and pages, about a minute ...")
    return call([BIN / "analysis", "report", *arguments], folder=ROOT)


def analysis(arguments):
    """Run the library's own command line where the caller stands."""
    return call([BIN / "analysis", *arguments], folder=None)


def lab(arguments):
    """Open JupyterLab, with the notebooks as its first folder."""
    say("Opening JupyterLab; press Ctrl-C twice here to stop it ...")
    start = "--LabApp.default_url=/lab/tree/notebooks"
    return call([BIN / "python", "-m", "jupyterlab", start, *arguments], folder=ROOT)


def notebooks(arguments):
    """Run every notebook from a clean start and store its outputs in place."""
    return make("notebooks", "refresh", "Running the notebooks, about a minute ...", arguments)


def data(arguments):
    """Make the committed tables, their dictionary and the picture of the README again."""
    return make("data", "rebuild", "Making data/ again, a few seconds ...", arguments)


def bench(arguments):
    """Measure what extraction costs, as ratios in one run."""
    say("Measuring what extraction costs, about five minutes, with --against one to two ...")
    return call([BIN / "python", ROOT / "benchmarks", *arguments], folder=ROOT)


def soak(arguments):
    """Kill run after run at random moments, and check what is there afterwards."""
    say("Killing runs and checking what is left, half an hour (--minutes N) ...")
    return call([BIN / "python", ROOT / "tests" / "soak.py", *arguments], folder=ROOT)


def audit(arguments):
    """List what is installed as a bill of materials, and ask for advisories about it."""
    if arguments:
        return refuse(f"audit takes no arguments, and got {' '.join(arguments)}.")
    python = beside("audit")
    if python is None:
        return 2
    say("Listing the packages, and asking for advisories about each ...")
    out = ROOT / "build" / "audit"
    return call([python, ROOT / "tests" / "audit.py", BIN / "python", out], folder=ROOT)


def fuzz(arguments):
    """Look for input that breaks a promise; the fuzzer is installed at the first call."""
    uv = shutil.which("uv")
    install = [uv, "pip", "install", "--python"] if uv else [BIN / "python", "-m", "pip", "install"]
    target = [BIN / "python"] if uv else []
    wanted = ["--quiet", "-c", "constraints.txt", "-e", ".[fuzz]"]
    say("Fuzzing the readers and the extraction, ten minutes unless told otherwise ...")
    status = call([*install, *target, *wanted], folder=ROOT)
    return status or call([BIN / "python", ROOT / "tests" / "fuzz.py", *arguments], folder=ROOT)


def make(module, function, announcement, arguments):
    """Call a function of the library that changes files of this checkout."""
    if arguments:
        return refuse(f"{module} takes no arguments, and got {' '.join(arguments)}.")
    say(announcement)
    code = f"from analysis import {module}; {module}.{function}()"
    return call([BIN / "python", "-c", code], folder=ROOT)


def test(arguments):
    """Run every check, also after one has failed, and sum them up."""
    say("Checking style, types, knowledge, behaviour and notebooks, about two minutes ...")
    if not any(map(shutil.which, BROWSERS)):
        say(
            "This machine has no Chromium: the tests in a real browser are skipped. "
            "On Debian and Ubuntu: `apt install chromium`."
        )
    outcomes = []
    for name, command in checks(arguments).items():
        say(f"\n== {name}: {' '.join(map(str, [Path(command[0]).name, *command[1:]]))}")
        started = time.monotonic()
        # In notebooks the backend stays the kernel's own, as in JupyterLab.
        variables = {"MPLBACKEND": "Agg"} if name == "tests" else {}
        status = call(command, folder=ROOT, **variables)
        outcomes.append((name, status, time.monotonic() - started))
    say("\n== summary")
    for name, status, seconds in outcomes:
        say(f"{name:<10} {'ok' if status == 0 else 'FAILED':<6} {seconds:6.1f} s")
    return int(any(status for _, status, _ in outcomes))


def checks(arguments):
    """Return what `test` runs: the name of each check and its command."""
    return {
        "lint": [BIN / "ruff", "check"],
        "format": [BIN / "ruff", "format", "--check"],
        "types": [BIN / "mypy"],
        "knowledge": [BIN / "analysis", "check-knowledge"],
        "tests": [BIN / "pytest", "--quiet", "-rs", *PARALLEL, *arguments],
        "notebooks": [
            BIN / "pytest",
            "--quiet",
            *PARALLEL,
            "--nbval",
            "--nbval-current-env",
            "--nbval-sanitize-with=tests/nbval_sanitize.cfg",
            f"--nbval-cell-timeout={CELL_TIMEOUT_SECONDS}",
            "notebooks",
        ],
    }


VERBS = {
    "report": report,
    "test": test,
    "lab": lab,
    "notebooks": notebooks,
    "data": data,
    "bench": bench,
    "soak": soak,
    "audit": audit,
    "fuzz": fuzz,
    "analysis": analysis,
    "setup": setup,
}


# ---------------------------------------------------------------- calling and saying


def call(command, folder, **variables):
    """Run a command of `.venv` to its end, whatever keys are pressed; return its exit status."""
    with subprocess.Popen(command, cwd=folder, env={**surroundings(), **variables}) as child:
        while True:
            try:
                status = child.wait()
                break
            except KeyboardInterrupt:
                continue  # The child has received it too, and decides.
    return 128 - status if status < 0 else status


def surroundings():
    """Return the environment variables for commands of `.venv`."""
    return {
        **os.environ,
        "VIRTUAL_ENV": str(VENV),
        "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", "")]),
        "PYTHONUTF8": "1",
        # Charts look the same whatever the user's own settings of matplotlib are.
        "MPLCONFIGDIR": str(VENV / "matplotlib"),
    }


def say(line):
    """Print a line at once, so that it stands before what a command prints."""
    print(line, flush=True)


def refuse(reason):
    """Print why nothing was done, and return the exit status that says so."""
    print(f"run.py: {reason}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("run.py: stopped; call again to go on.", file=sys.stderr)
        sys.exit(130)
