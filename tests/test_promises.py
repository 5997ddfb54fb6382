"""SECURITY.md promises nothing without a test, and names the limits that the code has."""

import ast
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| ")
]
PROMISES = [row for row in ROWS if len(row) == 2 and row[0] != "promise"]
LIMITS = [row for row in ROWS if len(row) == 3 and row[0] != "limit"]
UNITS = {"": 1, "MiB": 2**20, "GiB": 2**30}


def defined_in(file):
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_there_are_promises_and_limits():
    assert len(PROMISES) > 20
    assert len(LIMITS) > 5


@pytest.mark.parametrize(("promise", "named"), PROMISES, ids=[row[0][:40] for row in PROMISES])
def test_a_promise_has_its_test(promise, named):
    found = re.findall(r"`(test_\w+\.py)::(test_\w+)`", named)
    assert found, promise
    for file, test in found:
        assert test in defined_in(file), f"{file} has no {test}"


@pytest.mark.parametrize(("limit", "value", "where"), LIMITS, ids=[row[2] for row in LIMITS])
def test_a_limit_is_that_of_the_code(limit, value, where):
    module, _, name = where.strip("`").rpartition(".")
    number, _, unit = value.partition(" ")
    stated = int(number.replace(",", "")) * UNITS[unit]
    assert getattr(importlib.import_module(module), name) == stated, limit
