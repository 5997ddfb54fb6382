"""One knowledge file → its rows, and in words all that is wrong with it."""

from __future__ import annotations

import csv
from collections import namedtuple
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.folding import fold
from analysis.knowledge_files import FILES, File, cell_faults


def read_file(name: str, folder: Path | None, faults: list[str]) -> tuple[str | None, str]:
    """Return the text of a file, the user's before that of the package, and how it is called."""
    path = folder / f"{name}.csv" if folder else None
    if path is None or not path.exists():
        return (files("analysis") / "knowledge" / f"{name}.csv").read_text("utf-8"), f"{name}.csv"
    try:
        return path.read_text("utf-8-sig"), str(path)
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{path}: cannot be read as UTF-8 text ({error}); save it as UTF-8")
        return None, str(path)


def unknown_files(folder: Path | None) -> list[str]:
    """Return in words which files of a user's folder are none of knowledge."""
    stray = [p for p in sorted(folder.glob("*.csv")) if p.stem not in FILES] if folder else []
    return [f"{p}: no such knowledge file; known: {', '.join(FILES)}" for p in stray]


def rows_of(name: str, spec: File, text: str, where: str, faults: list[str]) -> list[Any]:
    """Parse and validate one file; faults are collected, so that all are shown at once."""
    reader = csv.reader(text.splitlines())
    try:
        header = next(reader, [])
        numbered = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        faults.append(f"{where}:{reader.line_num}: is no CSV ({error}); look for a quote left open")
        return []
    absent = [c for c in spec.columns if c not in header]
    if absent:
        faults.append(f"{where}: column(s) {', '.join(absent)} missing; has {header or None}")
        return []
    order = [header.index(c) for c in spec.columns]
    make = namedtuple(name.capitalize(), spec.columns)  # type: ignore[misc]
    rows: list[Any] = []
    lines: list[int] = []
    for line, cells in numbered:
        if len(cells) != len(header):
            faults.append(f"{where}:{line}: {len(spec.columns)} cells expected; quote commas")
            continue
        rows.append(make._make([cells[i].strip() for i in order]))
        lines.append(line)
    # Each different value of a column is looked at once; lines are gone through only for a fault.
    for c, values in zip(spec.columns, zip(*rows, strict=True), strict=False):
        wrong = {value: found for value in set(values) if (found := cell_faults(spec, c, value))}
        for line, value in zip(lines, values, strict=True) if wrong else ():
            faults += [f"{where}:{line}: {c} {fault}" for fault in wrong.get(value, ())]
    seen: dict[tuple[str, ...], int] = {}
    at = [(spec.columns.index(c), c == "surface") for c in spec.key]
    for line, row in zip(lines, rows, strict=True):
        key = tuple([fold(row[i]) if folded else row[i] for i, folded in at])
        if key in seen:
            faults.append(f"{where}:{line}: repeats line {seen[key]} ({', '.join(key)})")
        seen[key] = line
    return rows
