"""A list of addresses → a folder of texts that `read_articles` reads, fetched politely."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pandas as pd
from tqdm import tqdm

from analysis.addresses import DEVICE
from analysis.answers import BY_HAND, NO_ARTICLE, Failure, Manners, Stopped
from analysis.fetched import REPORT, FetchError, Folder, Wanted
from analysis.lock import alone
from analysis.pages import PageError, article_text, is_web_address
from analysis.visits import Visitor

HOSTS = 8  # asked at the same time; each of them one request at a time
CONTACT = re.compile(r"[!-?A-~]++@[!-\-/-?A-~]++(?:\.[!-\-/-?A-~]++)+|https?://[!-~]+")
SAFE_NAME = re.compile(r"\w[\w.-]{0,99}")  # of a file, inside the folder
LONGEST_NAME = 200  # bytes in UTF-8; file systems allow 255, also for what is added to it


def fetch(
    articles: str | Path,
    out: str | Path,
    contact: str | None,
    *,
    limit: int | None = None,
    manners: Manners | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Fetch the pages of a list and save the article of each as a text.

    The owners' wishes are kept to: robots.txt, one request a second to a host, pauses that a server
    asks for. What is in the folder and unchanged is not asked for again, nor is a page that is gone
    or has no article; a text that was saved there by hand stays as it is.

    Parameters
    ----------
    articles : path
        A CSV file with the columns ``article_id`` and ``url``; ``publisher`` and ``published``
        (YYYY-MM-DD) are used if present. The ``articles.csv`` of a panel is one.
    out : path
        The folder for the texts; article ``x`` becomes ``x.txt``. Its date header is the list's
        ``published``, never a day guessed from the page. Beside the texts stand ``manifest.csv``
        (``article_id``, ``publisher``, ``address``, ``sha256`` of the file, ``fetched``) and
        ``report.csv``.
    contact : str
        A mail address or web page by which the owner of a server can reach you; it is sent along.
    limit : int, optional
        Ask for this many pages at most.
    manners : Manners, optional
        How to behave towards servers.
    progress : bool
        Show a progress bar on standard error.

    Returns
    -------
    DataFrame
        The report; a row is one article of the list that was dealt with, now or earlier:
        ``article_id``, ``address``, ``outcome`` (``fetched``, ``saved by hand``, ``gone``,
        ``refused by robots``, ``too large``, ``not HTML``, ``no article in the page``, ``timeout``,
        ``unreachable``), the HTTP ``status`` and, unless all is well, the ``remedy``.

    Raises
    ------
    FetchError
        The list or the folder cannot be used, or there is no contact; nothing is fetched.
    BusyError
        Another run is writing to the folder.

    Examples
    --------
    >>> fetch("data/panel/articles.csv", "build/texts", contact=None)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.fetched.FetchError: no contact address; give --contact with a mail address or a ...
    """
    if not CONTACT.fullmatch(contact or ""):
        got = f"contact {contact!r} is no address" if contact else "no contact address"
        raise FetchError(
            f"{got}; give --contact with a mail address or a web page by which the owner of a "
            "server can reach you"
        )
    manners = manners or Manners()
    if not manners.delay >= 0:
        raise FetchError(f"delay {manners.delay} is no number of seconds; the default is 1")
    if limit is not None and limit < 1:
        raise FetchError(f"limit {limit} is no number of pages; give 1 or more, or none for all")
    wanted = read_list(Path(articles))
    with alone(Path(out)):
        folder = Folder(Path(out))
        try:
            pending = folder.pending(wanted)[:limit]
            _fetch_all(pending, folder, str(contact), manners, progress)
        finally:
            folder.finish()
    rows = [folder.report[w.article_id] for w in wanted if w.article_id in folder.report]
    report = pd.DataFrame(rows, columns=list(REPORT), dtype="string").replace("", pd.NA)
    return report.astype({"status": "Int64"})


def read_list(path: Path) -> list[Wanted]:
    """Read which articles to fetch.

    Raises
    ------
    FetchError
        Lists all faults with their lines: columns or values that are missing, an article_id that is
        no safe name of a file or occurs twice, an address that is none, a day that is none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [(reader.line_num, row) for row in reader]
            missing = {"article_id", "url"} - set(reader.fieldnames or ())
    except (UnicodeDecodeError, csv.Error) as error:
        raise FetchError(f"{path} is no CSV file in UTF-8 ({error}); save it as such") from None
    if missing or not rows:
        what = f"no column {' and '.join(sorted(missing))}" if missing else "no rows"
        raise FetchError(f"{path}: {what}; a list needs article_id and url of each article")
    wanted = [
        (line, Wanted(*(row.get(c) or "" for c in ("article_id", "url", "publisher", "published"))))
        for line, row in rows
    ]
    faults = list(_faults(wanted))
    if faults:
        raise FetchError(f"{path}: {len(faults)} fault(s)\n  " + "\n  ".join(faults))
    return [w for _, w in wanted]


def _faults(wanted: list[tuple[int, Wanted]]) -> Iterator[str]:
    # Some file systems take "A.txt" and "a.txt" for one file.
    times = Counter(w.article_id.casefold() for _, w in wanted)
    for line, w in wanted:
        if not _is_safe(w.article_id):
            rule = "article_id becomes the name of a file: letters, digits, '_', '-', '.'"
            if SAFE_NAME.fullmatch(w.article_id):
                rule = f"article_id is a name that Windows keeps, or over {LONGEST_NAME} bytes long"
            yield f"line {line}: {rule}; received {w.article_id!r}"
        elif times[w.article_id.casefold()] > 1:
            yield f"line {line}: article_id {w.article_id!r} occurs more than once; keep one"
        if not is_web_address(w.address):
            yield f"line {line}: url must be http(s)://…; received {w.address!r}"
        if w.published and not _is_day(w.published):
            yield f"line {line}: published must be YYYY-MM-DD or empty; received {w.published!r}"


def _is_safe(name: str) -> bool:
    """Tell whether an id can be the name of a file on any system."""
    fits = len(name.encode("utf-8", "replace")) <= LONGEST_NAME
    return bool(SAFE_NAME.fullmatch(name)) and fits and not DEVICE.fullmatch(name.lower())


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _fetch_all(
    pending: list[Wanted], folder: Folder, contact: str, manners: Manners, progress: bool
) -> None:
    by_host: dict[str, list[Wanted]] = {}
    for w in pending:
        by_host.setdefault(urlsplit(w.address).netloc.lower(), []).append(w)
    stop = Event()
    visitor = Visitor(contact, manners, stop)
    with (
        ThreadPoolExecutor(HOSTS) as pool,
        tqdm(total=len(pending), unit=" pages", disable=not progress) as bar,
    ):

        def visit(pages: list[Wanted]) -> None:
            for w in pages:
                _fetch_one(w, visitor, folder)
                bar.update()

        # The hosts with most pages first: they take longest.
        hosts = sorted(by_host.values(), key=len, reverse=True)
        visits = [pool.submit(visit, pages) for pages in hosts]
        try:
            for done in as_completed(visits):
                done.result()
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _fetch_one(w: Wanted, visitor: Visitor, folder: Folder) -> None:
    try:
        answer = visitor.ask(w.address)
        text = article_text(answer.content, answer.charset)
    except Stopped:
        return
    except Failure as failure:
        folder.fail(w, failure.outcome, failure.status, failure.remedy)
    except PageError as error:
        folder.fail(w, NO_ARTICLE, answer.status, f"{error}; {BY_HAND}")
    else:
        notes = []
        if answer.address != w.address:
            notes.append(f"it has moved to {answer.address}; enter that in the list")
        if b"</html" not in answer.content.lower():
            notes.append("its end is missing; compare the text with the page")
        folder.save(w, text, answer.status, "; ".join(notes))
