"""No pattern of the library takes more than its share of a long text, whatever the text is."""

import ast
import json
import re
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest
from attacks import attacks, of_length

ROOT = Path(__file__).resolve().parents[1]
CALLS = {"compile", "match", "search", "fullmatch", "finditer", "findall", "sub", "subn", "split"}
FEW = 24
SCREENED = 1000  # characters of the texts among which a pattern's dearest is sought
LONG = 2**20
STEPS = (FEW, 4 * FEW, LONG // 1024, LONG // 256, LONG // 64, LONG // 16, LONG // 4, LONG)
ALLOWED = 12  # times, for four times the text; linear is 4, quadratic 16
TRIES = 3  # before more than that is believed
UNSEEN = 0.002  # seconds; what takes less is not compared
WIDE = 1.5  # times as much of a text four times as long; what is given no more is bounded
BOUNDED = 12e-6  # seconds a character of what is bounded: its square is harmless, its power not


@cache
def uses():
    """Return each pattern, by where it is compiled, with its uses: method and width."""
    program = [sys.executable, Path(__file__).with_name("pattern_uses.py")]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def modules():
    return sorted((ROOT / "analysis").glob("*.py"))


def places(tree):
    """Yield the calls by which a module compiles a pattern, or has the module `re` do it."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        of, name = node.func.value, node.func.attr
        by_re = isinstance(of, ast.Name) and of.id == "re" and name in CALLS
        by_pandas = any(k.arg == "regex" and ast.unparse(k.value) == "True" for k in node.keywords)
        if by_re or by_pandas:
            yield node


def methods(file, pattern):
    """Return the methods that a module calls on a pattern that nothing was given to."""
    source = next(path for path in modules() if path.name == file).read_text("utf-8")
    names = [
        target.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign)
        and pattern["line"] in range(node.lineno, node.end_lineno + 1)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    called = re.compile(rf"\b(?:{'|'.join(names) or '$'})\.(\w+)\(")
    everywhere = "".join(path.read_text("utf-8") for path in modules())
    return set(called.findall(everywhere)) & CALLS or {"match", "fullmatch"}


@cache
def cases():
    """Return each pattern once for each method that it is used with, and whether it is bounded."""
    found = {}
    for row in uses():
        pattern = row["pattern"] if row["kind"] == "str" else row["pattern"].encode("latin-1")
        widths = row["uses"] or dict.fromkeys(methods(row["file"], row), (0, LONG))
        for method, (short, long) in widths.items():
            key = (re.compile(pattern, row["flags"]), method)
            bounded = long <= WIDE * short
            found[key] = min(found.get(key, LONG), long if bounded else LONG)
    # What is written where it is used may not have been reached: it is taken for unbounded.
    for path in modules():
        for call in places(ast.parse(path.read_text("utf-8"))):
            if call.func.attr in CALLS - {"compile"} and isinstance(call.args[0], ast.Constant):
                found.setdefault((re.compile(call.args[0].value), call.func.attr), LONG)
    return found


def cost(pattern, method, text):
    call = getattr(pattern, method)
    arguments = (text[:0], text) if method == "sub" else (text,)
    begun = time.thread_time()
    found = call(*arguments)
    if method == "finditer":
        for _ in found:
            pass
    return time.thread_time() - begun


def dearest(pattern, method, length):
    """Return the text that takes longest, of those derived from the pattern, and how long."""
    made = attacks(pattern)
    for some in (min(FEW, length), length):  # with few characters even 2 ** n comes to an end
        worst = 0.0, None
        for attack in made:
            worst = max(worst, (cost(pattern, method, of_length(attack, some)), attack))
            if worst[0] > max(some, 100) * BOUNDED:
                return worst
    return worst


def growth(pattern, method, attack):
    """Return by how much the cost grows where the text grows to four times, at the worst step."""
    worst, before, shorter = 0.0, None, ""
    for length in STEPS:
        text = of_length(attack, length)
        now = least(pattern, method, text)
        if before is not None and now > UNSEEN:
            times = now / max(before, UNSEEN / 4)
            for _ in range(TRIES if times > ALLOWED else 0):  # not by what else the machine does
                before = least(pattern, method, shorter)
                times = min(times, least(pattern, method, text) / max(before, UNSEEN / 4))
            worst = max(worst, times)
        if now > max(UNSEEN, length * BOUNDED):
            return float("inf")
        if worst > ALLOWED:
            break
        before, shorter = now, text
    return worst


def least(pattern, method, text):
    return min(cost(pattern, method, text) for _ in range(3))


def test_every_place_that_compiles_a_pattern_is_seen():
    seen = {}
    for row in uses():
        seen.setdefault(row["file"], set()).add(row["line"])
    missed = [
        f"{path.name}:{call.lineno}"
        for path in modules()
        for call in places(ast.parse(path.read_text("utf-8")))
        if not seen.get(path.name, set()) & set(range(call.lineno, call.end_lineno + 1))
        and not isinstance(call.args[0], ast.Constant)
    ]
    assert not missed, f"tests/pattern_uses.py must reach {', '.join(missed)}"
    assert len(seen) > 40


def test_the_cost_of_a_pattern_grows_with_the_text():
    faults = []
    for (pattern, method), width in cases().items():
        bounded = width < LONG
        length = min(width, SCREENED) if bounded else SCREENED
        seconds, attack = dearest(pattern, method, length)
        if attack is None:
            continue
        if bounded:
            text = of_length(attack, length)
            seconds = min(seconds, *(cost(pattern, method, text) for _ in range(4)))
            if seconds > max(length, 100) * BOUNDED:
                faults.append(f"{method} of {pattern.pattern!r}: {attack}, {seconds:.4f} s")
        elif (times := growth(pattern, method, attack)) > ALLOWED:
            faults.append(f"{method} of {pattern.pattern!r}: {attack}, {times:.0f} times")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"[.!?]++[\"')]*(?=\s+[A-Z]|[\"')]*[A-Z])", "match"),  # as sentences ended once
        (r"\s+$", "search"),
        (r"(?:a+)+b", "match"),
        (r"<meta[^>]*charset", "search"),
        (r"\d+(?:,\d+)*(?![\d,])x", "finditer"),
        (r"[!-~]+@[!-~]+\.[!-~]+", "fullmatch"),
    ],
)
def test_a_pattern_that_takes_more_than_its_share_is_found(pattern, method):
    pattern = re.compile(pattern)
    _, attack = dearest(pattern, method, SCREENED)
    assert growth(pattern, method, attack) > ALLOWED
