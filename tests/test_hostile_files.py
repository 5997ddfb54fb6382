"""Files made to fill memory or take forever: each in a process whose memory and time are bounded.

The ordinary run takes sizes that show it in seconds; with HOSTILE_SIZES=full in the environment the
files are as large as the limits of the readers are written for.
"""

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

MIB = 2**20
FULL = os.environ.get("HOSTILE_SIZES") == "full"
MEMORY = 1500 * MIB  # beyond what the process has after its imports
SECONDS = 120 if FULL else 20  # of processor time
SAID = ("Both sides agreed to widen cooperation in trade, energy and science. " * 4).encode()
GOOD = json.dumps({"id": "good", "text": SAID.decode()}).encode()
PAGE = b"<html><body><p>" + SAID + b"</p><p>" + SAID + b"</p>"
READ = """
import json, resource, sys
from pathlib import Path
import analysis.read_feed, analysis.read_html, analysis.read_parquet, analysis.read_warc
from analysis.article import Article
from analysis.sources import read_source
memory, seconds = map(int, sys.argv[2:])
had = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (had + memory, had + memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
items = list(read_source(Path(sys.argv[1])))
ids = [i.article_id[:200] for i in items if isinstance(i, Article)]
print(json.dumps([ids[:1000], sorted({i.reason for i in items if not isinstance(i, Article)})]))
"""

pytestmark = pytest.mark.skipif(
    not os.path.exists("/proc/self/statm"), reason="needs Linux to bound a process's memory"
)


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a file in a bounded process: ids, and reasons."""

    def read(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        call = [sys.executable, "-c", READ, path, str(MEMORY), str(SECONDS)]
        done = subprocess.run(call, capture_output=True, text=True)
        path.unlink()
        assert done.returncode == 0, f"{done.returncode}: {done.stderr[-500:]}"
        ids, reasons = json.loads(done.stdout)
        assert all(len(reason) < 300 for reason in reasons)
        return ids, reasons

    return read


def size(full, ordinary):
    return full if FULL else ordinary


def filled(before, unit, length, after=b""):
    return before + unit * (length // len(unit)) + after


LINE = size(200 * MIB, 20 * MIB)
WHOLE = size(15 * MIB, MIB)


@pytest.mark.parametrize(
    ("name", "data", "ids", "reason"),
    [
        ("a.jsonl", lambda: filled(b'{"text": "', b"a", LINE, b'"}\n' + GOOD), ["good"], "larger"),
        ("a.csv", lambda: filled(b'text\n"', b"a", LINE, b'"\n'), [], "larger than 16 MiB"),
        ("head.csv", lambda: filled(b"", b"a,", LINE), [], "larger than 16 MiB"),
        ("a.txt", lambda: filled(b"", b"a ", LINE), [], "larger than 16 MiB"),
        ("b.txt", lambda: filled(b"", b"Aa agreed.\n", WHOLE), ["b"], None),
        ("date.txt", lambda: filled(b"date 1", b"a", WHOLE), [], "date header '1aaa"),
        ("deep.jsonl", lambda: b"[" * 10**5 + b"\n" + GOOD, ["good"], "nested too deeply"),
        ("in.jsonl", lambda: b'{"a":' * 10**5 + b"\n" + GOOD, ["good"], "nested too deeply"),
        (
            "digits.jsonl",
            lambda: b'{"text": "a", "id": 1' + b"0" * MIB + b"}\n" + GOOD,
            ["good"],
            "a number of too many digits",
        ),
        ("id.jsonl", lambda: b'{"text": "a", "id": 1' + b"0" * 400 + b"}", [], "article_id: rece"),
        ("day.jsonl", lambda: b'{"text": "a", "date": "1000000000-01-01"}', [], "is no date"),
        (
            "keys.jsonl",
            lambda: b"{" + b",".join(b'"k%d":1' % i for i in range(10**5)) + b',"text":"a"}',
            ["keys-1"],
            None,
        ),
        (
            "columns.csv",
            lambda: b"c," * 10**5 + b"text\n" + b"," * 10**5 + b"Talks\n",
            ["columns-2"],
            None,
        ),
        ("quotes.csv", lambda: filled(b"text\n", b'"a""', WHOLE), [], "cannot be told apart"),
        ("bytes.csv", lambda: filled(b"text\n", b"\xff", WHOLE, b"\n"), [], "is not UTF-8"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_rows_without_end(read, name, data, ids, reason):
    found, reasons = read(name, data())
    assert found == ids
    assert any(reason in r for r in reasons) if reason else not reasons


TABLE = b"<table>" + b"<tr><td>a</td><td>b</td></tr>"


@pytest.mark.parametrize(
    ("unit", "read_at_all"),
    [
        (b"<p>a", False),
        (b"<b>", False),
        (b"<div>", False),
        (TABLE, False),
        (b"<br>", False),
        (b"<a href=x>y</a>", False),
        (b"<ul><li>a</li></ul>", False),
        (b"<!--", False),
        (b"<", False),
        (b"&amp;", True),
        (b"&#x", True),
        (SAID, True),
        (b"\xff\xe9", True),
        (b"]]>", True),
    ],
)
def test_pages_of_a_million_tags(read, unit, read_at_all):
    ids, reasons = read("a.html", filled(PAGE, unit, WHOLE, b"</body></html>"))
    if read_at_all:
        assert len(ids) + len(reasons) == 1
    else:
        assert not ids
        assert "more than 20,000 tags, which no article has" in reasons[0]


@pytest.mark.parametrize("unit", [b"<p>a", b"<td>aa", b"<ul><li>a</li></ul>", b"<b>", b"<div>"])
def test_as_many_tags_as_are_allowed_take_seconds(read, unit):
    ids, reasons = read("a.html", PAGE + unit * (19_000 // unit.count(b"<")))
    assert len(ids) + len(reasons) == 1


@pytest.mark.parametrize("unit", [b"[", b"{},", b'["a"],', b'{"a":'])
def test_what_a_page_says_of_itself_without_end(read, unit):
    script = b"<script type='application/ld+json'>[" + unit * (WHOLE // len(unit)) + b"{}]</script>"
    ids, _ = read("a.html", b"<html><head>" + script + b"</head>" + PAGE)
    assert len(ids) <= 1


def feed(text, entities=b""):
    return (
        b'<?xml version="1.0"?><!DOCTYPE r [' + entities + b']><rss version="2.0"><channel><item>'
        b"<title>t</title><description>" + text + b"</description></item></channel></rss>"
    )


LAUGHS = b'<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(12)
)


@pytest.mark.parametrize(
    "data",
    [
        feed(b"&m;", LAUGHS),
        feed(b"&a;" * 50_000, b'<!ENTITY a "' + b"h" * 50_000 + b'">'),
        feed(b"&a;", b"<!ENTITY % p \"<!ENTITY a SYSTEM 'file:///etc/passwd'>\">%p;"),
    ],
    ids=["laughs", "quadratic", "parameter"],
)
def test_entities_of_feeds_do_not_grow(read, data):
    ids, reasons = read("a.xml", data)
    assert not ids
    assert reasons


def test_what_a_feed_refers_to_is_not_read(read_file, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"not to be read " + SAID)
    entity = f'<!ENTITY x SYSTEM "{secret.as_uri()}">'.encode()
    outside = f'<!DOCTYPE rss SYSTEM "{secret.as_uri()}">'.encode()
    data = feed(b"&x;" + SAID, entity)
    for told in (data, data.replace(b"<!DOCTYPE r [" + entity + b"]>", outside)):
        articles, _ = read_file("a.xml", told)
        assert not any("not to be read" in article.text for article in articles)


@pytest.mark.parametrize("unit", [b"<item>", b"<b>", b"<item><title>a</title></item>", b"&lt;p>a"])
def test_feeds_of_a_million_tags(read, unit):
    length = max(WHOLE, 500_001 * len(unit))
    ids, reasons = read("a.xml", filled(b"<rss><channel>", unit, length, b"</channel></rss>"))
    assert not ids
    assert reasons == ["has more than 500,000 tags and entities"]


def test_bombs_of_gzip_are_given_up(read):
    bomb = gzip.compress(GOOD + b"\n" + b"a" * (size(200, 70) * MIB))
    ids, reasons = read("a.jsonl.gz", bomb)
    assert ids == ["good"]
    assert reasons == ["unpacks to more than 200 times its size"]
    _, reasons = read("b.txt.gz", gzip.compress(bomb))
    assert "is a packed file inside another" in reasons[0]


def test_bombs_in_archives_leave_the_rest_as_it_is(read):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"a" * (size(200, 70) * MIB))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("good.jsonl", GOOD)
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("last.txt", SAID)
    ids, reasons = read("a.zip", outer.getvalue())
    assert ids == ["good", "last"]
    assert "is an archive inside an archive, which is not followed" in reasons


BODY = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE


def record(length, number=1):
    declared = b"" if length is None else b"Content-Length: %s\r\n" % length
    return (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/%d\r\n"
        b"WARC-Record-ID: <urn:uuid:0>\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
        b"Content-Type: application/http; msgtype=response\r\n" % number
    ) + (declared + b"\r\n" + BODY + b"\r\n\r\n")


RIGHT = b"%d" % len(BODY)


@pytest.mark.parametrize(
    "length", [b"100000", b"-5", None, b"9" * 18, b"9" * 40, b"ten", b"10", b"0", b"1e3", b""]
)
def test_a_record_of_a_wrong_length_ends_an_archive_and_those_before_are_kept(read, length):
    ids, reasons = read("a.warc", record(RIGHT) + record(length, 2) + record(RIGHT, 3))
    assert ids[0] == "a-1"
    assert len(reasons) == 1


@pytest.mark.parametrize("unit", [b"X-A: b\r\n", b"a", b"\r\n", b"WARC/1.0\r\n"])
def test_a_header_without_end(read, unit):
    ids, reasons = read("a.warc", filled(b"WARC/1.0\r\nX: ", unit, LINE))
    assert not ids
    assert reasons


@pytest.mark.parametrize("at", range(5, 400, 16))
def test_parquet_that_lies_of_its_sizes(read_file, at):
    stream = io.BytesIO()
    pq.write_table(pa.table({"text": [SAID.decode()] * 50}), stream)
    data = bytearray(stream.getvalue())
    data[-at : -at + 4] = b"\xff\xff\xff\x7f"
    articles, aside = read_file("a.parquet", bytes(data))
    assert len(articles) <= 50
    assert articles or aside
