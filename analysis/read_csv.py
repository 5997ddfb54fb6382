"""CSV: a row is an article, with columns named as in `rows.COLUMNS` in the first line."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator

from analysis.article import LARGEST, Article, Input, Rejected, Unreadable
from analysis.lines import lines, original
from analysis.rows import Record, articles_of, columns_of

DELIMITERS = ",;\t|"


def read(file: Input) -> Iterator[Article | Rejected]:
    r"""Yield an article a row.

    The delimiter is the one of comma, semicolon, tab and ``|`` that gives a column ``text``. The
    source as read is that cell in NFC; `sha256` is that of the row's bytes.

    Raises
    ------
    Unreadable
        There is no column ``text``; or the quotation marks of a row are not in order, so that no
        one can tell where the next row begins. What follows is not read.

    Examples
    --------
    >>> from io import BufferedReader, BytesIO
    >>> data = BytesIO(b'id;text\na;"Talks; were\nheld."\nb\n')
    >>> article, short = read(Input(BufferedReader(data), "x.csv", "x"))
    >>> article.article_id, article.text
    ('a', 'Talks; were\nheld.')
    >>> short
    Rejected(source='x.csv, line 4', reason='has 1 cell, the first line 2',
             remedy='quote cells that hold the delimiter or a line end')
    """
    # The default of the module, 128 KiB, is less than a long speech has.
    csv.field_size_limit(max(csv.field_size_limit(), LARGEST))
    taken = _Taken(lines(file.stream, ""))
    header = next(taken, "")
    delimiter = _delimiter(header)
    names = next(csv.reader([header], delimiter=delimiter))
    return articles_of(file, _records(taken, names, delimiter))


class _Taken(Iterator[str]):
    """Lines, of which those of the row that is being read are remembered."""

    def __init__(self, source: Iterator[str]) -> None:
        self.source = source
        self.lines: list[str] = []
        self.count = 0
        self.size = 0

    def __next__(self) -> str:
        line = next(self.source)
        self.lines.append(line)
        self.count += 1
        self.size += len(line)
        if self.size > LARGEST:
            raise _stopped(self, f"is larger than {LARGEST >> 20} MiB")
        return line

    def start(self) -> int:
        """Begin another row; return the number of its first line."""
        self.lines, self.size = [], 0
        return self.count + 1


def _records(taken: _Taken, names: list[str], delimiter: str) -> Iterator[Record]:
    reader = csv.reader(taken, delimiter=delimiter, strict=True)
    while True:
        line = taken.start()
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise _stopped(taken, f"cannot be told apart ({error})") from None
        if row is None:
            return
        if not row:  # an empty line
            continue
        cells: dict[str, object] | Unreadable = dict(zip(names, row, strict=False))
        if len(row) != len(names):
            count = "1 cell" if len(row) == 1 else f"{len(row)} cells"
            cells = Unreadable(
                f"has {count}, the first line {len(names)}",
                "quote cells that hold the delimiter or a line end",
            )
        digest = hashlib.sha256(original("".join(taken.lines))).hexdigest()
        yield Record(line, f"line {line}", cells, digest)


def _stopped(taken: _Taken, fault: str) -> Unreadable:
    first = taken.count - len(taken.lines) + 1
    return Unreadable(
        f"the row at line {first} {fault}; it and what follows was not read",
        "double the quotation marks inside a quoted cell, and close each",
    )


def _delimiter(header: str) -> str:
    faults = []
    for delimiter in DELIMITERS:
        names = next(csv.reader([header], delimiter=delimiter), [])
        try:
            columns_of(names)
        except Unreadable as fault:
            faults.append((len(names), fault))
        else:
            return delimiter
    raise max(faults, key=lambda f: f[0])[1]
