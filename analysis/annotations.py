"""Tables without text: every row as a W3C Web Annotation on its source, and the way back.

What is published holds codes and positions, no sentence of anybody's article. What stays: codes,
names, places, periods and the words of date evidence. Who has the texts puts them back and sees by
their hashes that they are the same ones.
Model: Web Annotation Data Model, W3C Recommendation of 23 February 2017, section 4.2.5 (Text
Position Selector).
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.durable import whole
from analysis.schema import TABLES, frame
from analysis.tables import Tables

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# What quotes the article; all of it comes back with the text.
QUOTED = {"articles": ("text", "title", "dateline"), "meetings": ()}


class ReattachError(ValueError):
    """Annotations and texts that do not belong together; the message names file and row."""


def export_without_text(tables: Tables, path: str | Path) -> int:
    """Write every row as one line of JSON, a Web Annotation without the characters it points to.

    Left out are text, title and dateline of the articles and the ``surface`` of every row. Some
    words of the texts stay as they are: the names of actors, ``date_evidence`` of the articles,
    ``place`` of the meetings and ``period`` of the figures.

    Parameters
    ----------
    tables : Tables
        From texts.
    path : str or Path
        The file to write; an older one is replaced.

    Returns
    -------
    int
        The number of annotations.
    """
    path = Path(path)
    count = 0
    with whole([path]) as [part], part.open("w", encoding="utf-8") as file:
        for annotation in _annotations(tables):
            file.write(json.dumps(annotation, ensure_ascii=False) + "\n")
            count += 1
    return count


def _annotations(tables: Tables) -> Iterator[dict[str, Any]]:
    targets: dict[str, tuple[dict[str, Any], int]] = {}
    listed: Any = tables.articles.itertuples()
    for a in listed:
        target = {"source": a.source, "sha256": a.sha256}
        targets[a.article_id] = (target, a.text_start)
    for name, table in tables:
        dropped = (*QUOTED.get(name, ()), "surface", "start", "end")
        if name == "articles":
            dropped = (*QUOTED[name], "sha256", "source")
        kept = [c for c in table.columns if c not in dropped]
        rows: Any = table.itertuples(index=False)
        for row in rows:
            target, shift = targets[row.article_id]
            start, end = (0, len(row.text)) if name == "articles" else _span(row)
            selector = {"type": "TextPositionSelector", "start": start + shift, "end": end + shift}
            yield {
                "@context": CONTEXT,
                "type": "Annotation",
                "motivation": "classifying",
                "body": {"table": name} | {c: _plain(getattr(row, c)) for c in kept},
                "target": target | ({"selector": selector} if end > start else {}),
            }


def _span(row: Any) -> tuple[int, int]:
    return (int(row.start), int(row.end)) if hasattr(row, "start") else (0, 0)


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value


def reattach(path: str | Path, folder: str | Path) -> Tables:
    """Put the texts back to annotations without text, and check that they are the same texts.

    Parameters
    ----------
    path : str or Path
        What `export_without_text` wrote.
    folder : str or Path
        The texts, under the file names that the annotations give.

    Returns
    -------
    Tables
        The tables as they were before the export.

    Raises
    ------
    ReattachError
        The file is not UTF-8 or holds no such annotations, a text is missing, or its bytes are not
        those that were annotated.

    Examples
    --------
    >>> reattach("no/such.jsonl", "texts")
    Traceback (most recent call last):
    ...
    analysis.annotations.ReattachError: no/such.jsonl: no such file
    """
    path, folder = Path(path), Path(folder)
    if not path.is_file():
        raise ReattachError(f"{path}: no such file")
    columns: dict[str, dict[str, list[Any]]] = {
        name: {c.name: [] for c in table.columns} for name, table in TABLES.items()
    }
    texts: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(_lines(path), 1):
        where = f"{path}:{number}"
        try:
            annotation = json.loads(line)
            body, target = dict(annotation["body"]), annotation["target"]
            into = columns[body.pop("table")]
            article = body["article_id"]
            if into is columns["articles"]:
                body |= {"source": target["source"], "sha256": target["sha256"]}
                body |= _read(folder, target, where)
                texts[article] = (body["text"], body["text_start"])
            elif article not in texts:
                raise ReattachError(f"{where}: no line before gives the article {article!r}")
            elif "start" in into:
                text, shift = texts[article]
                selector = target["selector"]
                body |= {"start": selector["start"] - shift, "end": selector["end"] - shift}
                body["surface"] = text[body["start"] : body["end"]]
        except ReattachError:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            why = f"{type(error).__name__}: {error}"
            raise ReattachError(f"{where}: is no annotation of a table ({why})") from None
        for column, values in into.items():
            values.append(body.get(column))
    return Tables(**{name: frame(name, found) for name, found in columns.items()}).check()


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise ReattachError(
            f"{path}: is not UTF-8 (byte {error.start}); give the file as it was exported"
        ) from None
    if lines == [""]:
        raise ReattachError(f"{path}: holds no annotation; export the tables anew")
    return lines


def _read(folder: Path, target: dict[str, Any], where: str) -> dict[str, Any]:
    """Read one text and cut it as it was cut before."""
    from analysis.front import front_matter

    path = folder / Path(target["source"]).name
    if not path.is_file():
        raise ReattachError(f"{where}: {path} is missing; put the text of {target['source']} there")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != target["sha256"]:
        raise ReattachError(f"{where}: {path} is not the text that was annotated (other sha256)")
    selector = target["selector"]
    raw = unicodedata.normalize("NFC", data.decode("utf-8"))
    text = raw[selector["start"] : selector["end"]]
    front = front_matter(text)
    return {
        "text": text,
        "title": text[slice(*front.title)] if front.title else None,
        "dateline": text[slice(*front.dateline)] if front.dateline else None,
    }
