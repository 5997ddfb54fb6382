"""Coverage-guided fuzzing of what reads from outside: `python3 run.py fuzz [--minutes N]`.

Each target takes any bytes. What it may do with them is what its docstring says: yield articles or
say why not, yield rows that the schema allows, or raise the documented error. Anything else is a
find: the bytes are kept in `tests/cases/finds/TARGET/`, which the ordinary tests run from then on.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import unicodedata
from contextlib import suppress
from pathlib import Path

FINDS = Path(__file__).resolve().parent / "cases" / "finds"
LONGEST = 4096  # bytes of one try: many short ones find more than few long ones
MINUTES = 10.0
DEAREST = 60  # seconds for one try


def _read(suffix):
    """Return a target that reads bytes as a file of some kind."""

    def target(data):
        from analysis.article import Article, Input, Unreadable
        from analysis.formats import read_as

        try:
            stream = io.BufferedReader(io.BytesIO(data))
            for item in read_as(suffix, Input(stream, "x", "x")):
                if isinstance(item, Article):
                    assert item.text
                    (item.article_id + item.source + item.text + (item.title or "")).encode()
                else:
                    assert item.source
                    assert item.reason
                    assert item.remedy
        except (Unreadable, UnicodeDecodeError):  # which `sources` turns into a reason
            pass

    return target


def extract(data):
    """Extract from any text: every row as the schema has it, every offset inside the text."""
    from analysis.extraction import extract_texts
    from analysis.knowledge import load

    text = unicodedata.normalize("NFC", data.decode("utf-8", "ignore"))
    if not text.strip():
        return
    for _, tables in extract_texts([("a", text, None)], load()):
        proven(text, tables)


def proven(text, tables):
    """Assert of all rows of a text that they stand on characters of it, and on those they say."""
    for name, rows in tables.items():
        for row in rows if name != "meetings" else ():  # a meeting is of the whole article
            start, end = row[1:] if name == "sentences" else (row.start, row.end)
            assert 0 <= start < end <= len(text), (name, row)
            assert getattr(row, "surface", text[start:end]) == text[start:end], (name, row)


def knowledge(data):
    """Load any bytes as knowledge files: knowledge, or all faults at once."""
    from analysis.knowledge import Knowledge, KnowledgeError
    from analysis.knowledge_files import FILES

    name, content = sorted(FILES)[data[0] % len(FILES)] if data else "units", data[1:]
    header = ",".join(FILES[name].columns).encode() + b"\n"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{name}.csv").write_bytes(header + content)
        with suppress(KnowledgeError):
            Knowledge(Path(folder))


TARGETS = {
    "text": _read(".txt"),
    "html": _read(".html"),
    "jsonl": _read(".jsonl"),
    "csv": _read(".csv"),
    "parquet": _read(".parquet"),
    "feed": _read(".xml"),
    "warc": _read(".warc"),
    "extract": extract,
    "knowledge": knowledge,
}


def samples(name):
    """Return texts to begin with, so that the fuzzer need not invent a format."""
    said = "President Kim Min-ho met PM Aa Bb on 5 March 2025; trade is to reach US$150 billion. "
    row = f'{{"id": "a", "text": "{said}", "date": "2025-03-05"}}'
    feed = (
        f"<rss version='2.0'><channel><item><description>{said * 3}</description></item></channel>"
    )
    page = f"<html lang=en><title>a</title><p>{said * 3}</p><time datetime=2024-03-05></html>"
    body = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}"
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\n"
    head += f"Content-Type: application/http\r\nContent-Length: {len(body)}\r\n\r\n"
    given = {
        "text": f" date 2025-03-05 HÀ NỘI — {said} — VNS",
        "html": page,
        "jsonl": row,
        "csv": f'id,text,date\na,"{said}",2025-03-05\n',
        "feed": f"{feed}</rss>",
        "warc": f"{head}{body}\r\n\r\n",
        "extract": f"HÀ NỘI — {said} The two sides agreed to widen cooperation in trade.",
        "knowledge": "ton,,measure,ton,1\n",
    }
    if name == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        stream = io.BytesIO()
        pq.write_table(pa.table({"text": [said]}), stream)
        return [stream.getvalue()]
    return [given[name].encode()]


def fuzz(name, seconds, corpus):
    """Fuzz one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["analysis"]):
        import analysis.extraction
        import analysis.read_csv
        import analysis.read_feed
        import analysis.read_html
        import analysis.read_jsonl
        import analysis.read_parquet
        import analysis.read_text
        import analysis.read_warc  # noqa: F401
    TARGETS[name](samples(name)[0])  # what is loaded once is no part of a try
    finds = FINDS / name
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        f"-timeout={DEAREST}",
        f"-artifact_prefix={finds}/",
        "-rss_limit_mb=3000",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[name])
    atheris.Fuzz()


def main(arguments):
    """Fuzz the targets one after the other; return 1 where one has found something."""
    parser = argparse.ArgumentParser(prog="run.py fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for all targets together")
    parser.add_argument("--target", choices=TARGETS, action="append", help="only this one")
    parser.add_argument("--in-process", nargs=2, metavar=("SECONDS", "CORPUS"))
    options = parser.parse_args(arguments)
    wanted = options.target or list(TARGETS)
    if options.in_process:
        seconds, corpus = options.in_process
        fuzz(wanted[0], int(seconds), corpus)
    found = []
    for name in wanted:
        seconds = max(1, round(options.minutes * 60 / len(wanted)))
        (FINDS / name).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as corpus:
            for number, sample in enumerate(samples(name)):
                (Path(corpus) / str(number)).write_bytes(sample)
            itself = [sys.executable, __file__, "--target", name]
            call = [*itself, "--in-process", str(seconds), corpus]
            done = subprocess.run(call, capture_output=True, text=True, errors="replace")
        told = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line]
        tries = told[0].split()[-1] if told else "unknown"
        print(f"{name:10} {tries:>9} tries  {'FOUND' if done.returncode else 'ok'}", flush=True)
        if done.returncode:
            found.append(name)
            print(done.stdout[-2000:] + done.stderr[-2000:], flush=True)
        if not any((FINDS / name).iterdir()):
            (FINDS / name).rmdir()
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
