"""Reads records from JSON and checks their fields, so that an error says file, record and field."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from analysis.schema import codes


class GoldError(ValueError):
    """A gold file that cannot be used; the message names the file, the record and the field."""


class Part:
    """One object of a gold file and where it stands, so that every error can say so."""

    def __init__(self, data: Any, where: str) -> None:
        self.where = where
        if not isinstance(data, dict):
            raise self.error(f"received {_short(data)}; write an object {{…}}")
        self.data = data

    def error(self, message: str) -> GoldError:
        """Return an error about this object."""
        return GoldError(f"{self.where}: {message}")

    def get(self, name: str, kind: type | tuple[type, ...], optional: bool = False) -> Any:
        """Return a field that may be null, and also absent where `optional`."""
        if name not in self.data and not optional:
            fields = ", ".join(self.data) or "none"
            raise self.error(f"field {name!r} is missing; fields present: {fields}")
        value = self.data.get(name)
        if value is not None and not isinstance(value, kind):
            raise self.error(f"{name}: received {_short(value)}; allowed: {_kinds(kind)}")
        return value

    def must(self, name: str, kind: type | tuple[type, ...]) -> Any:
        """Return a field that must be there and not null."""
        value = self.get(name, kind)
        if value is None:
            raise self.error(f"{name}: received null; allowed: {_kinds(kind)}")
        return value

    def code(self, name: str, column: str, optional: bool = False) -> str | None:
        """Return a coded field."""
        value: str | None = self.get(name, str, optional)
        if value is not None:
            self._allow(name, [value], column)
        return value

    def texts(self, name: str, column: str = "", optional: bool = False) -> frozenset[str]:
        """Return a list of strings, coded where `column` says by what."""
        values = self.get(name, list, optional) or []
        if not all(isinstance(v, str) for v in values):
            raise self.error(f"{name}: received {_short(values)}; allowed: a list of strings")
        if column:
            self._allow(name, values, column)
        return frozenset(values)

    def day(self, name: str) -> date | None:
        """Return a calendar day."""
        value = self.get(name, str)
        try:
            return None if value is None else date.fromisoformat(value)
        except ValueError:
            raise self.error(f"{name}: {value!r} is no date; write YYYY-MM-DD or null") from None

    def parts(self, name: str) -> Iterator[Part]:
        """Yield the objects of a list."""
        for number, item in enumerate(self.must(name, list)):
            yield Part(item, f"{self.where}, {name}[{number}]")

    def _allow(self, name: str, values: list[str], column: str) -> None:
        wrong = [v for v in values if v not in codes(column)]
        if wrong:
            raise self.error(f"{name}: received {wrong}; allowed: {', '.join(codes(column))}")


def read_records(path: str | Path) -> list[Part]:
    """Read a gold file; an item is one record, not yet checked beyond being an object.

    Raises
    ------
    GoldError
        The file is not UTF-8, not JSON, nested too deeply, or holds no record.
    OSError
        It cannot be read.

    Examples
    --------
    >>> read_records("no/such/file.jsonl")
    Traceback (most recent call last):
    ...
    FileNotFoundError: [Errno 2] No such file or directory: 'no/such/file.jsonl'
    """
    try:
        content = unicodedata.normalize("NFC", Path(path).read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise GoldError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    array = content.lstrip().startswith("[")
    lines = [(1, content)] if array else list(enumerate(content.split("\n"), 1))
    items: list[Any] = []
    for line, chunk in lines:
        if not chunk.strip():
            continue
        try:
            item = json.loads(chunk)
        except RecursionError:
            raise GoldError(
                f"{path}, line {line}: is nested too deeply; write one array of records, or one "
                "record a line"
            ) from None
        except json.JSONDecodeError as error:
            raise GoldError(
                f"{path}, line {line + error.lineno - 1}, column {error.colno}: is not JSON "
                f"({error.msg}); write one array of records, or one record a line"
            ) from None
        items.extend(item if array else [item])
    if not items:
        raise GoldError(f"{path}: holds no record; write one array of records, or one a line")
    return [Part(item, f"{path}, record {_label(n, item)}") for n, item in enumerate(items, 1)]


def _label(number: int, item: Any) -> str:
    name = isinstance(item, dict) and (item.get("article_id") or item.get("id"))
    return f"{number} ({name})" if name else str(number)


def _short(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 60 else written[:57] + "…"


def _kinds(kind: type | tuple[type, ...]) -> str:
    words = {str: "text", int: "whole number", float: "number", list: "list", dict: "object"}
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return " or ".join(words.get(k, k.__name__) for k in kinds)
