"""What is handed on: the same commit gives the same wheel and pages, and no step asks the network.

Each proof runs in a process of its own, in surroundings as different as a machine allows.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[1]
METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt"}

# Put in place of the site's own settings: every Python that is started below refuses the network
# from its first line on, and leaves a note even where the refusal is caught.
SHUT = """
    import os, sys
    ASKS = {{"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}}
    GOES = {{"socket.connect", "socket.sendto", "socket.sendmsg"}}
    def here(address):
        return not isinstance(address, tuple) or address[0] in ("127.0.0.1", "::1", "localhost")
    def shut(event, args):
        to = args[0] if event in ASKS else args[1] if event in GOES else None
        if to is None or (event in ASKS and here((to,))) or (event in GOES and here(to)):
            return
        with open({note!r}, "a") as note:
            note.write(f"{{event}} {{to}}\\n")
        raise OSError(f"the network is shut: {{event}} {{to}}")
    sys.addaudithook(shut)
"""
# A network of its own without any way out, where the system lets a user make one.
ALONE = ["unshare", "--map-root-user", "--net"]
LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 0x41))
os.execv(sys.argv[1], sys.argv[1:])
"""


def tracked(folder):
    """Return the files of the repository under a folder."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder]
    done = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True)
    return {name for name in done.stdout.decode().split("\0") if (ROOT / name).is_file() and name}


# ---------------------------------------------------------------- the package


def wheel(source, out):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (made,) = out.iterdir()
    return made


def test_a_wheel_holds_the_package_and_nothing_else(tmp_path):
    with ZipFile(wheel(ROOT, tmp_path)) as packed:
        names = set(packed.namelist())
    ours = {name for name in names if name.startswith("analysis/")}
    assert ours == tracked("analysis")
    assert {Path(name).name for name in names - ours} == METADATA


def test_the_same_files_give_the_same_wheel_wherever_and_whenever(tmp_path):
    """Another folder, other times, other rights, and rubbish that no commit holds."""
    elsewhere = tmp_path / "else where"
    for name in tracked("."):
        if name.startswith("analysis/") or name in ("pyproject.toml", "README.md", ".gitignore"):
            copy = elsewhere / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy)
            copy.chmod(0o600)
            os.utime(copy, (0, 86_400 * 365 * 20))
    (elsewhere / "analysis" / "__pycache__").mkdir()
    (elsewhere / "analysis" / "__pycache__" / "cli.cpython-311.pyc").write_bytes(b"rubbish")
    first, second = wheel(ROOT, tmp_path / "a"), wheel(elsewhere, tmp_path / "b")
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


# ---------------------------------------------------------------- the audit


def package(name, **more):
    return {"name": name, "version": "1.0", **more}


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        ([package("a", vulns=[])], 0, "advisories: none for 1 of 1 packages"),
        (
            [package("a", vulns=[{"id": "CVE-1", "fix_versions": ["1.1"]}])],
            1,
            "a 1.0: CVE-1, mended in 1.1",
        ),
        ([package("a", vulns=[{"id": "CVE-2", "fix_versions": []}])], 1, "in no version yet"),
        ([], 2, "none could be looked up"),
        ([package("a", skip_reason="not found")], 2, "none could be looked up"),
        ([package("a", vulns=[]), package("b", skip_reason="?")], 2, "not looked up: b"),
    ],
    ids=["clean", "known", "not mended yet", "no network", "no advisories", "one unknown"],
)
def test_an_audit_never_takes_what_it_could_not_look_up_for_clean(found, status, said, capsys):
    spec = importlib.util.spec_from_file_location("audit", ROOT / "tests" / "audit.py")
    audit = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(audit)
    assert audit.told(found) == status
    assert said in capsys.readouterr().out


# ---------------------------------------------------------------- the network


@pytest.fixture
def shut(tmp_path):
    """Return the environment of processes without network, and where they note an attempt."""
    note = tmp_path / "attempts"
    settings = tmp_path / "settings"
    settings.mkdir()
    text = textwrap.dedent(SHUT.format(note=str(note)))
    (settings / "sitecustomize.py").write_text(text, encoding="utf-8")
    paths = [str(settings), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}, note


def test_the_shut_network_is_shut_and_tells(shut):
    """Else the tests below could not fail."""
    environment, note = shut
    code = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert b"the network is shut" in done.stderr
    assert note.read_text().startswith("socket.getaddrinfo 192.0.2.1")


def test_import_and_extraction_open_no_socket_at_all(shut, tmp_path):
    environment, note = shut
    code = f"""
import sys
def refuse(event, args):
    if event == "socket.__new__":
        raise OSError("a socket was opened")
sys.addaudithook(refuse)
import importlib, pkgutil
import analysis
for module in pkgutil.walk_packages(analysis.__path__, "analysis."):
    importlib.import_module(module.name)
from analysis.cli import main
sys.exit(main(["extract", {str(ROOT / "seeds")!r}, "--out", {str(tmp_path / "out")!r}]))
"""
    # The package that talks to a cluster opens sockets once it is asked to, and then to that only.
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not note.exists()


def alone():
    """Return the start of a command that has no network but its own loopback; [] if none can be."""
    start = [*ALONE, sys.executable, "-c", LOOPBACK_UP]
    if not sys.platform.startswith("linux") or not shutil.which(ALONE[0]):
        return []
    tried = subprocess.run([*start, "/bin/true"], capture_output=True)
    return [] if tried.returncode else start


# ---------------------------------------------------------------- the pages


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_report_from_articles_is_the_same_bytes_anywhere_and_asks_no_network(shut, tmp_path):
    """Notebooks run in both; time zone, language, hash seed, folders and the network differ."""
    environment, note = shut
    code = "import sys; from analysis.cli import main; sys.exit(main(sys.argv[1:]))"
    here = {"PYTHONHASHSEED": "1", "TZ": "Asia/Seoul", "LC_ALL": "C.UTF-8"}
    there = {"PYTHONHASHSEED": "2", "TZ": "America/Lima", "LC_ALL": "C", "MPLBACKEND": "svg"}
    running = []
    for name, variables, start in (("one", here, []), ("another one", there, alone())):
        place = tmp_path / name
        place.mkdir()
        words = ["report", str(ROOT / "seeds"), "--out", str(place / "pages")]
        running.append(
            subprocess.Popen(
                [*start, sys.executable, "-c", code, *words],
                cwd=place,
                env={**environment, **variables},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
    for process in running:
        output = process.communicate()[0]
        assert process.returncode == 0, output
    assert not note.exists(), note.read_text()
    first, second = (contents(tmp_path / name / "pages") for name in ("one", "another one"))
    assert len(first) > 50
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
