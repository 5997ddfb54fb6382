"""WARC, plain or gzip: a page that was fetched is an article; so is a record of plain text.

The parser (FastWARC, Bevendorff 2021) takes the end of a file for its end wherever it comes. So
every record is compared with the length that it declares, and gzip is unpacked before, where a
member that breaks off is an error. A file that was cut exactly between two records, however,
cannot be told from a whole one.

A packed record is taken when the one after it has begun, since only then its checksum is known to
be right. So a record that is whole may be given up with the one that breaks off after it.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from io import BufferedReader
from typing import Literal

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from analysis.article import LARGEST, Article, Input, Rejected, Unreadable, parse_text
from analysis.pages import decode
from analysis.read_html import article_of_page
from analysis.stated import day_of_address

PAGES = ("text/html", "application/xhtml+xml")
FETCHED = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
AGAIN = "get the file again"


def read(file: Input) -> Iterator[Article | Rejected]:
    """Yield an article a page; what is no page (pictures, requests, redirections) is passed over.

    The source as read is the text found in the page. `source` is its address, `article_id` is made
    of the file's name and the number of the record, `sha256` is that of the record's content. The
    day is what the page states or its address holds: not the day of the crawl, nor the server's
    ``Last-Modified``.

    Raises
    ------
    Unreadable
        The file is no WARC, or is cut off or damaged; the records before have been yielded.

    Examples
    --------
    >>> from io import BufferedReader, BytesIO
    >>> list(read(Input(BufferedReader(BytesIO(b"no archive")), "x.warc", "x")))
    Traceback (most recent call last):
    ...
    analysis.article.Unreadable: is damaged after record 0 (Invalid WARC header); get the file again
    """
    number = 0
    ready: list[Article | Rejected] = []
    told = _Told(file.stream)
    try:
        for record in ArchiveIterator(
            told,  # type: ignore[arg-type]  # it asks for seek and close, and calls neither
            parse_http=False,
            stream_detect=False,
        ):
            yield from ready
            ready = []
            number += 1
            content = record.reader.read(min(record.content_length, LARGEST) + 1)
            rest = record.consume() if len(content) > LARGEST else 0
            # FastWARC gives a record whose header breaks off the length 0.
            declared = (record.headers.get("Content-Length") or "").strip().isdecimal()
            if not declared or len(content) + rest < record.content_length:
                raise told.fault or Unreadable(f"is cut off in record {number}", AGAIN)
            try:
                ready = list(_articles(file, record, number, content))
            except Unreadable as fault:
                ready = [fault.about(f"{file.shown}, record {number}")]
    except (OSError, Unreadable) as error:
        # In packed data, which cannot be sought in, the record just before may be what is damaged.
        if file.stream.seekable():
            yield from ready
        if isinstance(error, Unreadable):
            raise
        damage = Unreadable(f"is damaged after record {number} ({error})", AGAIN)
        raise (told.fault or damage) from None
    yield from ready
    if number and not told.ended():
        raise Unreadable(f"is cut off after record {number}", AGAIN)


class _Told:
    """A stream that FastWARC reads: it asks where it stands, which packed ones cannot say.

    It may also take a fault of the stream for its end, so that the fault is remembered.
    """

    def __init__(self, stream: BufferedReader) -> None:
        self.stream = stream
        self.position = 0
        self.tail = b""
        self.fault: Unreadable | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            data = self.stream.read1(size)
        except Unreadable as fault:
            self.fault = fault
            raise
        self.position += len(data)
        self.tail = (self.tail + data)[-4:]
        return data

    def tell(self) -> int:
        return self.position

    def ended(self) -> bool:
        """Tell whether what was read ends as records do, with two line ends."""
        return self.tail.count(b"\n") >= 2 and not self.tail.strip(b"\r\n")


def _articles(file: Input, record: WarcRecord, number: int, content: bytes) -> Iterator[Article]:
    address = (record.headers.get("WARC-Target-URI") or "").strip("<>")
    if not (address and record.record_type & FETCHED):
        return
    if len(content) > LARGEST:
        raise Unreadable(f"is larger than {LARGEST >> 20} MiB", "no article is")
    article_id = f"{file.stem}-{number}"
    kind, charset, status, body = record.headers.get("Content-Type") or "", None, 200, content
    if record.is_http:
        kind, charset, status, body = _answer(content)
    kind = kind.partition(";")[0].strip().lower()
    if kind == "text/plain":
        digest = hashlib.sha256(body).hexdigest()
        text = unicodedata.normalize("NFC", decode(body, charset))
        yield parse_text(text, article_id, address, digest, None, stated=day_of_address(address))
    elif kind in PAGES and status >= 400:
        raise Unreadable(f"is no article: the server answered {status}", "fetch it again")
    elif kind in PAGES and status < 300:
        yield article_of_page(body, article_id, address, charset=charset, address=address)


def _answer(content: bytes) -> tuple[str, str | None, int, bytes]:
    """Return type, charset, status and body of a server's answer, unpacked where it is packed."""
    try:
        answer, body = _parsed(content, "all")
    except OSError:
        # Many crawlers unpack a body and keep the header that says how it was packed.
        answer, body = _parsed(content, "none")
    if len(body) > LARGEST:
        raise Unreadable(f"is larger than {LARGEST >> 20} MiB", "no article is")
    status = answer.http_headers.status_code or 0
    return answer.http_content_type or "", answer.http_charset, status, body


def _parsed(content: bytes, decoding: Literal["all", "none"]) -> tuple[WarcRecord, bytes]:
    answer = WarcRecord()
    answer.is_http = True
    answer.set_bytes_content(content)
    answer.parse_http(auto_decode=decoding)
    return answer, answer.reader.read(LARGEST + 1)
