"""The files around the library agree with each other and keep the project's promises."""

import ast
import csv
import doctest
import hashlib
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analysis import notebooks

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# conda-forge's name, where it is another; the plain packages there also bring a Qt window system.
CONDA_NAMES = {"matplotlib": "matplotlib-base", "seaborn": "seaborn-base"}
# Not on conda-forge, as far as known: conda users get them through pip, from pyproject.toml.
NOT_ON_CONDA = {
    "atheris",
    "ahocorasick-rs",
    "axe-playwright-python",
    "countryinfo",
    "fastwarc",
    "krippendorff",
    "lxml-html-clean",
    "playwright",
}
# Needed at run time by another package, without an import of our own.
NEVER_IMPORTED = {
    "ipykernel": "the kernel that notebooks run in",
    "pyarrow": "pandas reads and writes Parquet with it",
}

# Extras of tools that work from an environment of their own, which run.py makes.
BESIDE = {"audit"}


def requirements(*extras):
    """Requirements by name: those of the library, and of the extras named."""
    lines = [*PROJECT["dependencies"]]
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): r for r in parsed}


def everything_required():
    return requirements(*PROJECT["optional-dependencies"])


def files_of_the_repository():
    """Tracked files and those that would be: what a clone shows."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


# ---------------------------------------------------------------- the package


def test_it_cannot_be_uploaded_by_mistake():
    assert "Private :: Do Not Upload" in PROJECT["classifiers"]


def test_how_to_cite_it_is_said_in_the_standard_form():
    """Keys and values of the Citation File Format 1.2.0."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(cited)
    assert all(set(author) == {"name"} and author["name"] for author in cited["authors"])
    assert cited["type"] in ("software", "dataset")
    assert cited["version"] == PROJECT["version"], "as in pyproject.toml"
    made_up = {"doi", "identifiers", "repository", "repository-code", "url", "license"}
    assert not made_up & set(cited), "the project has none of these yet"


# ---------------------------------------------------------------- dependencies


def test_environment_yml_equals_pyproject():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    extras = sorted(set(PROJECT["optional-dependencies"]) - BESIDE)
    plain = [Requirement(line) for line in conda if isinstance(line, str)]
    found = {r.name: str(r.specifier) for r in plain if r.name not in ("python", "pip")}
    expected = {
        CONDA_NAMES.get(name, name): str(r.specifier)
        for name, r in requirements(*extras).items()
        if name not in NOT_ON_CONDA
    }
    assert found == expected
    assert f"python{PROJECT['requires-python']}" in conda
    assert conda[-1] == {"pip": [f"-e .[{','.join(extras)}]"]}


def test_constraints_cover_every_direct_dependency_within_its_bounds():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [Requirement(line) for line in lines]
    for name, requirement in everything_required().items():
        versions = [pin for pin in pinned if canonicalize_name(pin.name) == name]
        assert versions, f"constraints.txt lacks {name}"
        for pin in versions:
            (exact,) = pin.specifier
            assert exact.operator == "=="
            assert requirement.specifier.contains(exact.version), pin


def test_constraints_hold_no_address():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"://| @ |^-", text, flags=re.MULTILINE)


def sources_of_the_library():
    return [p.read_text(encoding="utf-8") for p in sorted((ROOT / "analysis").glob("**/*.py"))]


def sources_of_the_notebooks():
    return [source for path in NOTEBOOKS for source, _ in code_cells(path)]


def imported(sources):
    """Packages, by their names in pyproject.toml, that the sources import."""
    modules = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules.add(node.module.split(".")[0])
    distributions = importlib.metadata.packages_distributions()
    outside = modules - sys.stdlib_module_names - {"analysis"}
    return {canonicalize_name(n) for m in outside for n in distributions.get(m, [m])}


def test_every_import_is_a_declared_dependency_and_every_dependency_is_imported():
    library, cells = imported(sources_of_the_library()), imported(sources_of_the_notebooks())
    for_users = sorted(set(PROJECT["optional-dependencies"]) - BESIDE - {"lab", "test"})
    undeclared = "imported, but not in pyproject.toml"
    assert library <= set(requirements(*for_users)), undeclared
    assert cells <= set(requirements(*for_users, "lab")), undeclared
    unused = set(requirements()) - library - cells - set(NEVER_IMPORTED)
    assert not unused, "in pyproject.toml, but imported nowhere"


def test_each_dependency_has_its_reason():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("### Why each dependency is here")[2].splitlines()
    packages = " ".join(line.split("|")[1] for line in table if line.startswith("|"))
    explained = set(re.findall(r"[a-z][a-z0-9-]+", packages))
    assert set(everything_required()) <= explained


# ---------------------------------------------------------------- files


def test_seeds_are_the_files_of_the_manifest_byte_for_byte():
    with (ROOT / "seeds" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == sorted(p.name for p in (ROOT / "seeds").glob("*.txt"))
    for row in rows:
        content = (ROOT / "seeds" / row["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"], row["file"]
        assert row["article_id"] == Path(row["file"]).stem
        assert row["publisher"]
        assert content.decode("utf-8").endswith(row["byline"])


# Absolute paths of one machine, and hosts that only that machine's settings should name.
MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:work|tmp|root|home|Users|opt|mnt)/\w")
REGISTRY_HOST = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|anaconda|debian|ubuntu|crates|rubygems)\.(?:org|com|io)\b"
)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ('folder = "/' + 'home/somebody/project"', MACHINE_PATH),
        ("File /" + "tmp/x.py, line 3", MACHINE_PATH),
        ("--index-url https://" + "pypi" + ".org/simple", REGISTRY_HOST),
    ],
)
def test_the_patterns_find_what_they_are_for(text, pattern):
    assert pattern.search(text)


def test_no_file_names_a_machine_path_or_a_registry():
    found = []
    for path in files_of_the_repository():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # A picture or a Parquet file.
        for pattern in (MACHINE_PATH, REGISTRY_HOST):
            found += [f"{path.relative_to(ROOT)}: {m.group()}" for m in pattern.finditer(text)]
    assert not found


# ---------------------------------------------------------------- examples


def test_the_examples_of_the_readme_run(tmp_path, monkeypatch):
    """Blocks marked python run in order, in one session; sessions (>>>) also show their output."""
    for folder in ("seeds", "data"):
        if (ROOT / folder).exists():
            shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert blocks
    names = {}
    for number, block in enumerate(blocks, start=1):
        name = f"README.md, python block {number}"
        if ">>>" not in block:
            exec(compile(block, name, "exec"), names)
            continue
        test = doctest.DocTestParser().get_doctest(block, names, name, "README.md", 0)
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
        failures = []
        runner.run(test, out=failures.append, clear_globs=False)
        names = test.globs
        assert not failures, "".join(failures)


# ---------------------------------------------------------------- notebooks


def code_cells(path):
    """Source and cell of every code cell that is not empty."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [("".join(cell["source"]), cell) for cell in cells if cell["cell_type"] == "code"]
    return [(source, cell) for source, cell in code if source.strip()]


notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@notebook
def test_notebooks_ran_in_order_to_the_end(path):
    cells = [cell for _, cell in code_cells(path)]
    counts = [cell["execution_count"] for cell in cells]
    assert counts == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]


@notebook
def test_notebooks_leave_computing_to_the_library(path):
    for source, _ in code_cells(path):
        tree = ast.parse(source)  # Refuses magics and shell commands.
        defined = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        assert not defined, source


@notebook
def test_notebooks_show_article_text_only_in_ways_that_escape_it(path):
    for source, _ in code_cells(path):
        nodes = list(ast.walk(ast.parse(source)))
        attributes = [n.attr for n in nodes if isinstance(n, ast.Attribute)]
        names = [n.id for n in nodes if isinstance(n, ast.Name)]
        assert "style" not in attributes, source
        assert not {"Markdown", "HTML"} & {*attributes, *names}, source


@notebook
def test_every_picture_has_its_text(path):
    for source, cell in code_cells(path):
        for output in cell["outputs"]:
            for kind in output.get("data", {}):
                if kind.startswith("image/"):
                    text = output["metadata"].get(kind, {}).get("alt", "")
                    assert text.strip(), f"picture without alt text:\n{source}"


LIVE = "nbval-ignore-output"


@notebook
def test_what_is_not_compared_is_not_stored_and_stays_rare(path):
    cells = [cell for _, cell in code_cells(path)]
    live = [cell for cell in cells if LIVE in cell["metadata"].get("tags", [])]
    assert not [cell for cell in live if cell["outputs"]]
    assert len(live) <= (2 if path.stem == "explore" else 0)
    assert "nbval" not in "".join(source for source, _ in code_cells(path)), "tags, no comments"


@notebook
def test_no_state_of_widgets_is_stored(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    assert "widgets" not in document["metadata"]
    assert "widget-view" not in json.dumps([cell.get("outputs") for cell in document["cells"]])


def test_the_notebook_for_questions_is_small_and_no_page():
    path = ROOT / "notebooks" / "explore.ipynb"
    assert path.stat().st_size < 300_000
    assert path not in notebooks.paths()
    assert {*notebooks.paths(), path} == set(NOTEBOOKS)


def test_every_cell_with_code_has_prose_before_it():
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        kinds = [cell["cell_type"] for cell in cells]
        after = [before for before, kind in pairwise(kinds) if kind == "code"]
        assert set(after) == {"markdown"}, path.name
