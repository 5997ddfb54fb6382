"""Whether a folder of tables is what it says, row by row: files, references, words, sources.

The folder is read some articles at a time, each with all its rows. Memory holds hashes of every
article, and of one table of a year whose row is which: 0.4 gigabytes for 100,000 articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.checked_again import stories_again
from analysis.checked_files import of_files
from analysis.checked_pieces import Checked, check_group, groups
from analysis.checked_sources import against
from analysis.commit import MANIFEST, in_force, mend_for_reader
from analysis.faults import EXTRACT, fault, joined, row_faults
from analysis.knowledge import Knowledge, load
from analysis.manifest import Manifest, ManifestError, read_manifest
from analysis.progress import bar
from analysis.provenance import made_by, of_sources
from analysis.schema import HISTORY, TableError


def verify(
    folder: str | Path,
    sources: Sequence[str | Path] = (),
    knowledge: str | Path | None = None,
    again: bool = False,
    progress: bool = False,
) -> pd.DataFrame:
    """Check stored tables against themselves, their sources and, if wanted, a new extraction.

    Checked are the files against the hashes in ``tables.json``; types, codes and keys; that every
    row has its article and its sentence; that every range lies in its text and its sentence, and
    every ``surface`` is what stands there; that sentences leave out no letter. Where the files that
    the articles name are at hand, they must have the same hash and hold the text where the article
    claims it. A change that keeps to all of this, such as a row taken out with the hashes made
    anew, is found by `again` only.

    Parameters
    ----------
    folder : str or Path
        A folder of tables as `Tables.save` or `analysis extract` wrote it.
    sources : sequence of str or Path
        Where the articles were read from, as for `read_articles`; all of them, since what the
        tables lack is named too. Without them each article's own ``source`` is looked for.
    knowledge : str or Path, optional
        For `again`: the folder of knowledge files that was used, over those of the package.
    again : bool
        Extract the articles anew and compare every row.
    progress : bool
        Show a bar on a terminal.

    Returns
    -------
    DataFrame
        A row is one thing that does not hold: ``table``, ``place`` (file and row, counted from 0),
        ``key``, ``column``, ``check``, ``found``, ``expected`` and ``remedy``. Empty if all holds.
        ``.attrs["checked"]`` counts the files, articles, rows and sources that were looked at,
        ``.attrs["notes"]`` says what else a reader should know.

    Raises
    ------
    TableError
        Nothing can be checked: there are no tables, or they are of a later schema.
    KnowledgeError, SourceError
        `knowledge` or `sources` cannot be used.

    Examples
    --------
    >>> verify("data/seeds").empty
    True
    >>> verify("no/such/folder")
    Traceback (most recent call last):
    ...
    analysis.schema.TableError: no/such/folder: no articles.parquet or articles.csv; write the
    tables there with `analysis extract SOURCE --out FOLDER`
    """
    folder = Path(folder)
    known = load(Path(knowledge) if knowledge is not None else None)
    mend_for_reader(folder)
    before = in_force(folder)
    belonging = groups(folder)
    manifest, found = _manifest(folder)
    schema = manifest.schema if manifest else min(HISTORY)
    reading = _pieces(folder, belonging, schema, known if again else None)
    pieces = list(bar(reading, None, "pieces", progress))
    rows: Counter[str] = Counter()
    for piece in pieces:
        rows.update(piece.rows)
    articles = pd.concat([piece.articles for piece in pieces], ignore_index=True)
    articles = articles.astype({"place": "category"})  # a name a file, not one an article
    found += [piece.findings for piece in pieces]
    found += _of_all(articles, rows, manifest)
    stories = articles["story_id"].notna().any()
    if again and stories and articles["article_id"].is_unique:
        found.append(stories_again(articles, np.concatenate([p.signed for p in pieces])))
    at_hand = 0
    for met, findings in bar(against(articles, sources), None, "sources", progress):
        at_hand += met
        found.append(findings)
    if in_force(folder) != before:
        raise TableError(f"{folder}: the tables were replaced meanwhile; verify them again")
    result = joined(found).drop_duplicates(ignore_index=True)
    result.attrs["notes"] = _notes(manifest, known) if again else []
    if not stories and len(articles):
        result.attrs["notes"].append("no article has a story_id, so that none was checked")
    if not sources and at_hand < len(articles):
        away = f"of {len(articles) - at_hand} articles the source is not at hand"
        result.attrs["notes"].append(f"{away}; give all sources to have them looked for")
    result.attrs["checked"] = {
        "files": len(rows),
        "rows": rows.total(),
        "articles": len(articles),
        "sources": at_hand,
    }
    return result


def _manifest(folder: Path) -> tuple[Manifest | None, list[pd.DataFrame]]:
    """Return the list of files, and what is wrong with it or with them."""
    try:
        manifest = read_manifest(folder)
    except ManifestError:
        return None, [fault("manifest", MANIFEST, "damaged", "a list of the files", EXTRACT)]
    return manifest, list(of_files(folder, manifest))


def _pieces(
    folder: Path, belonging: list[dict[str, str]], schema: int, knowledge: Knowledge | None
) -> Iterator[Checked]:
    for places in belonging:
        yield from check_group(folder, places, schema, knowledge)


def _of_all(
    articles: pd.DataFrame, rows: Mapping[str, int], manifest: Manifest | None
) -> Iterator[pd.DataFrame]:
    """Yield findings that need all articles: ids in several files, the hash of all sources."""
    again = articles[articles["article_id"].duplicated()]
    numbered = again.set_index("number")
    twice = ["twice"] * len(again)
    yield row_faults("key", "articles", again["place"], numbered, "article_id", twice, "once")
    if articles["article_id"].is_unique:
        yield _of_stories(articles)
    if manifest is None:
        return
    for place, said in manifest.files.items():
        if place in rows and rows[place] != said["rows"]:
            yield fault("rows", place, f"{rows[place]} rows", f"{said['rows']} rows", EXTRACT)
    due, found = manifest.made.get("sources"), of_sources([articles["sha256"]])
    if due is not None and due != found:
        yield fault("sources", MANIFEST, str(found), str(due), EXTRACT, "articles", None, "sha256")


def _of_stories(articles: pd.DataFrame) -> pd.DataFrame:
    """Return findings on articles whose story is not named by the first article of a story."""
    told = articles[articles["story_id"].notna()]
    first_of = told["story_id"].map(articles.set_index("article_id")["story_id"])
    bad = told[(first_of != told["story_id"]).fillna(True).to_numpy(dtype=bool)]
    numbered, got = bad.set_index("number"), bad["story_id"]
    said = "the first article of a story"
    return row_faults("reference", "articles", bad["place"], numbered, "story_id", got, said)


def _notes(manifest: Manifest | None, knowledge: Knowledge) -> list[str]:
    """Say whether the tables were made with what they are compared with now."""
    made = manifest.made if manifest else {}
    if not made.get("code"):
        return ["nothing says with which code and knowledge these tables were made"]
    notes = []
    if made.get("code") != made_by():
        notes.append(
            f"they were made with other code (version {made.get('library')}, or another pandas or "
            "pyarrow), so that rows may differ for this reason"
        )
    used = made.get("knowledge")
    if used and used["sha256"] != knowledge.hash:
        own = ", ".join(used["own"])
        notes.append(
            "they were made with other knowledge, so that rows may differ for this reason"
            + (f"; give the folder with {own} as knowledge" if own else "")
        )
    return notes
