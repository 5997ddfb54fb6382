"""Fetching, against a server on this machine that is good, slow, broken, moved, huge or hostile."""

from __future__ import annotations

import contextlib
import csv
import gzip
import hashlib
import itertools
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from requests.structures import CaseInsensitiveDict

from analysis.answers import Answer, Manners, retry_after
from analysis.articles import read_articles
from analysis.cli import main
from analysis.fetch import FetchError, fetch
from analysis.fetched import MANIFEST, REPORT, Folder, Wanted
from analysis.lock import BusyError, alone

CONTACT = "someone@example.org"
QUICK = Manners(delay=0.01, timeout=5, longest=10, largest=200_000)
IMPATIENT = QUICK._replace(timeout=0.15, longest=0.4)
MENU = "<nav><a href='/'>Home</a> <a href='/world'>World</a></nav>"
ENGLISH = (
    "HANOI — The two foreign ministers met on Monday and agreed to widen cooperation in trade.",
    "They also exchanged views on energy, and each of them invited the other to visit next year.",
    "The ministers said that a joint committee will meet in autumn to prepare a plan of action.",
)
VIETNAMESE = (
    "Bộ trưởng Ngoại giao hai nước đã hội đàm tại Hà Nội, nhất trí tăng cường hợp tác thương mại.",
    "Hai bên nhất trí phấn đấu nâng kim ngạch thương mại song phương, mở rộng hợp tác năng lượng.",
    "Hai Bộ trưởng cũng trao đổi về tình hình khu vực và hợp tác tại các diễn đàn đa phương.",
)
KOREAN = (
    "양국 외교장관은 서울에서 회담을 갖고 양국 관계 발전 방안을 논의했다고 외교부가 밝혔다.",
    "양측은 교역액을 늘리기 위해 협력하기로 했으며 공급망과 에너지 분야 협력도 강화하기로 했다.",
    "양 장관은 한반도 정세와 지역 문제에 대해서도 의견을 교환하고 다음 회담을 준비하기로 했다.",
    "외교부는 이번 회담이 양국 관계를 더욱 발전시키는 중요한 계기가 될 것으로 기대한다고 했다.",
    "두 장관은 문화와 교육 분야의 교류를 넓히고 양국 국민의 왕래를 더욱 쉽게 하기로 합의했다.",
)


def page(paragraphs: tuple[str, ...] = ENGLISH, title: str = "Talks held", head: str = "") -> str:
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f"<html><head>{head}<title>{title}</title></head><body>{MENU}<article><h1>{title}</h1>"
        f"{body}</article><footer>© 2019 The Paper</footer></body></html>"
    )


class Site:
    """A server: what it does at each path, and when it was asked for what."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[Any], None]] = {}
        self.asked: list[tuple[float, str]] = []
        self.agents: set[str] = set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((time.monotonic(), self.path))
                site.agents.add(self.headers["User-Agent"])
                with contextlib.suppress(OSError):  # the client has seen enough
                    site.routes.get(self.path, answer("", 404))(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def times(self, path: str) -> int:
        return [p for _, p in self.asked].count(path)

    def gaps(self) -> list[float]:
        at = [t for t, _ in self.asked]
        return [b - a for a, b in itertools.pairwise(at)]


def answer(
    content: str | bytes, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str
) -> Callable[[Any], None]:
    data = content.encode() if isinstance(content, str) else content

    def respond(handler: Any) -> None:
        handler.send_response(status)
        sent = {"Content-Type": kind, "Content-Length": str(len(data))}
        for name, value in (sent | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            if value:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return respond


def in_turn(*responses: Callable[[Any], None]) -> Callable[[Any], None]:
    left = list(responses)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def moved(to: str, status: int = 301) -> Callable[[Any], None]:
    return answer("", status, Location=to)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "*")
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def run(site: Site, tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Fetch pages of the site into the folder ``texts``; return the report by article_id."""

    def runner(*paths: str, manners: Manners = QUICK, **given: Any) -> pd.DataFrame:
        rows = [(f"a{i}", f"http://{site.host}{p}") for i, p in enumerate(paths)]
        report = fetch(
            listed(tmp_path, rows), tmp_path / "texts", CONTACT, manners=manners, **given
        )
        return report.set_index("article_id")

    return runner


def listed(folder: Path, rows: list[tuple[str, ...]], *more: str) -> Path:
    path = folder / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("article_id", "url", *more), *rows])
    return path


def text(folder: Path, article_id: str = "a0") -> str:
    return (folder / "texts" / f"{article_id}.txt").read_text("utf-8")


# ---------------------------------------------------------------- what comes of each kind of page


def stall(handler: Any) -> None:
    time.sleep(0.3)


def drip(handler: Any) -> None:
    answer(page()[:300], Content_Length="100000")(handler)
    for _ in range(30):
        time.sleep(0.05)
        handler.wfile.write(b"<p>")


def hang_up(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-")


def nonsense(handler: Any) -> None:
    handler.wfile.write(b"\x00\xff" * 100)


MENU_ONLY = (
    "<ul>" + "".join(f"<li><a href='/{i}'>Section {i}</a></li>" for i in range(40)) + "</ul>"
)
LIST = "".join(f"<p>Entry number {i} of a list</p>" for i in range(40)) + "<p>".join(ENGLISH)
HOSTILE_TEXT = "<html><body>" + "<div>" * 20_000 + "x" * 300
PAGES = {
    "good": (answer(page()), "fetched", 200),
    "no charset": (answer(page(), kind="text/html"), "fetched", 200),
    "no content type": (answer(page(), kind=""), "fetched", 200),
    "longer than it says": (
        answer(page() + "x" * 99, Content_Length=str(len(page().encode()))),
        "fetched",
        200,
    ),
    "chunked": (None, "fetched", 200),
    "500, then good": (in_turn(answer("", 500), answer(page())), "fetched", 200),
    "cut off, then good": (in_turn(hang_up, answer(page())), "fetched", 200),
    "moved": (moved("/good"), "fetched", 200),
    "moved with 308": (moved("good", 308), "fetched", 200),
    "always 500": (answer("", 500), "unreachable", 500),
    "shorter than it says": (answer(page(), Content_Length="90000"), "unreachable", None),
    "cut off": (hang_up, "unreachable", None),
    "nonsense": (nonsense, "unreachable", None),
    "slow": (stall, "timeout", None),
    "dripping": (drip, "timeout", 200),
    "forbidden": (answer("", 403), "unreachable", 403),
    "gone": (answer(page(), 410), "gone", 410),
    "not found": (answer(page(), 404), "gone", 404),
    "front page instead": (moved("/"), "gone", 200),
    "circle": (moved("/circle"), "unreachable", 301),
    "to a file": (moved("file:///etc/passwd"), "unreachable", 301),
    "to a script": (moved("javascript:alert(1)"), "unreachable", 301),
    "to nowhere": (moved("http://[broken"), "unreachable", None),
    "huge": (answer(page() + "x" * 300_000), "too large", 200),
    "PDF": (answer(b"%PDF-1.7", kind="application/pdf"), "not HTML", 200),
    "PDF in disguise": (answer(b"%PDF-1.7 \x00\x01" * 99), "no article in the page", 200),
    "empty": (answer(""), "unreachable", None),
    "menu": (answer(f"<html><body>{MENU_ONLY}</body></html>"), "no article in the page", 200),
    "short, with menu": (
        answer(f"<html><body>{MENU_ONLY}<p>It rained.</p></body></html>"),
        "no article in the page",
        200,
    ),
    "list": (answer(f"<html><body>{LIST}</body></html>"), "no article in the page", 200),
    "deep": (answer(HOSTILE_TEXT), "no article in the page", 200),
}


def chunked(handler: Any) -> None:
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    data = page().encode()
    for part in (data[:100], data[100:], b""):
        handler.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")


@pytest.mark.parametrize("name", PAGES)
def test_outcome(name: str, site: Site, run: Callable[..., pd.DataFrame], tmp_path: Path) -> None:
    respond, outcome, status = PAGES[name]
    path = "/" + name.replace(" ", "-").replace(",", "")
    site.routes = {"/": answer(page()), "/good": answer(page()), "/circle": moved("/circle")}
    site.routes[path] = respond or chunked
    row = run(path, manners=IMPATIENT if outcome == "timeout" else QUICK).loc["a0"]
    assert (row["outcome"], None if pd.isna(row["status"]) else row["status"]) == (outcome, status)
    there = sorted(p.name for p in (tmp_path / "texts").iterdir())
    if outcome == "fetched":
        assert text(tmp_path) == "\n".join(("Talks held", *ENGLISH)) + "\n"
        assert there == ["a0.txt", "manifest.csv", "report.csv"]
    else:
        assert row["remedy"]
        assert there == ["manifest.csv", "report.csv"]


def test_nobody_there(run: Callable[..., pd.DataFrame], site: Site) -> None:
    site.server.shutdown()
    site.server.server_close()
    row = run("/x").loc["a0"]
    assert (row["outcome"], row["remedy"][:24]) == ("unreachable", "its robots.txt cannot be")


def test_a_small_answer_cannot_fill_the_memory(site: Site, run: Callable[..., Any]) -> None:
    bomb = gzip.compress(page().encode() + b" " * 50_000_000)
    assert len(bomb) < QUICK.largest
    site.routes["/bomb"] = answer(bomb, Content_Encoding="gzip")
    site.routes["/packed"] = answer(gzip.compress(page().encode()), Content_Encoding="gzip")
    assert run("/packed")["outcome"].tolist() == ["fetched"]
    tracemalloc.start()
    report = run("/packed", "/bomb")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report["outcome"].tolist() == ["fetched", "too large"]
    assert peak < 10_000_000


def test_moved_and_incomplete_pages_are_marked(site: Site, run: Callable[..., Any]) -> None:
    site.routes = {
        "/good": answer(page()),
        "/old": moved("/good"),
        "/cut": answer(page().partition("<footer>")[0]),
    }
    report = run("/good", "/old", "/cut")
    assert report["outcome"].tolist() == ["fetched"] * 3
    assert pd.isna(report["remedy"]["a0"])
    assert f"moved to http://{site.host}/good" in report["remedy"]["a1"]
    assert "end is missing" in report["remedy"]["a2"]


# ---------------------------------------------------------------- what the texts are


def single_byte_vietnamese(html: str) -> bytes:
    """Encode as windows-1258, which has letters with hats and horns but writes tones after them."""
    tones = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
    out = []
    for c in html:
        parts = unicodedata.normalize("NFD", c)
        base = unicodedata.normalize("NFC", parts.translate(tones))
        out.append(base + "".join(p for p in parts if ord(p) in tones))
    return "".join(out).replace("©", "").encode("cp1258")


def declaring(charset: str) -> str:
    return f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'


VIETNAMESE_1258 = page(VIETNAMESE, "Hội đàm", declaring("windows-1258"))
ENCODED = {
    "EUC-KR": (page(KOREAN, "회담", declaring("euc-kr")), "euc-kr", "", KOREAN),
    "EUC-KR undeclared": (page(KOREAN, "회담"), "euc-kr", "", KOREAN),
    "EUC-KR declared UTF-8": (page(KOREAN, "회담", declaring("utf-8")), "euc-kr", "utf-8", KOREAN),
    "EUC-KR declared Vietnamese": (page(KOREAN, "회담"), "euc-kr", "windows-1258", KOREAN),
    "UTF-8 declared EUC-KR": (page(head=declaring("euc-kr")), "utf-8", "euc-kr", ENGLISH),
    "UTF-8 declared nonsense": (page(VIETNAMESE, "Hội đàm"), "utf-8", "x-no-such", VIETNAMESE),
    "UTF-16": (page(VIETNAMESE, "Hội đàm"), "utf-16", "", VIETNAMESE),
    "windows-1258": (VIETNAMESE_1258, "1258", "", VIETNAMESE),
    "windows-1258 by a server of latin-1": (VIETNAMESE_1258, "1258", "iso-8859-1", VIETNAMESE),
}


@pytest.mark.parametrize("name", ENCODED)
def test_encodings(name: str, site: Site, run: Callable[..., Any], tmp_path: Path) -> None:
    html, encoding, declared, paragraphs = ENCODED[name]
    data = (
        single_byte_vietnamese(html)
        if encoding == "1258"
        else html.replace("©", "").encode(encoding)
    )
    kind = "text/html" + (f"; charset={declared}" if declared else "")
    site.routes["/x"] = answer(data, kind=kind)
    assert run("/x")["outcome"].tolist() == ["fetched"]
    assert tuple(text(tmp_path).splitlines()[1:]) == paragraphs


@pytest.mark.parametrize("paragraphs", [ENGLISH, VIETNAMESE, KOREAN])
def test_one_broken_byte_does_not_change_the_encoding(
    paragraphs: tuple[str, ...], site: Site, run: Callable[..., Any], tmp_path: Path
) -> None:
    html = page(paragraphs).encode()
    site.routes["/x"] = answer(html.replace(b" 2019", b"\xe1\xbb 2019"))
    run("/x")
    assert tuple(text(tmp_path).splitlines()[1:]) == paragraphs


def test_markup_in_a_title_stays_text(site: Site, run: Callable[..., Any], tmp_path: Path) -> None:
    title = "<script>alert(1)</script>Talks &lt;img src=x onerror=alert(1)&gt;\n\n held"
    site.routes["/x"] = answer(page(title=title))
    run("/x")
    shown = "Talks <img src=x onerror=alert(1)> held"
    assert tuple(text(tmp_path).splitlines()) == (shown, *ENGLISH)


def test_what_is_fetched_is_read_with_publisher_and_only_known_days(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.routes = {"/1": answer(page()), "/2": answer(page())}
    rows = [
        ("a1", f"http://{site.host}/1", "Báo Ví Dụ", "2024-05-02"),
        ("a2", f"http://{site.host}/2", "", ""),
    ]
    path = listed(tmp_path, rows, "publisher", "published")
    out = tmp_path / "texts"
    assert main(["fetch", str(path), "--out", str(out), "--contact", CONTACT, "--delay", "0"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{out}: 2 fetched\n"
    assert captured.err == "", "no progress bar where there is no terminal"
    assert text(tmp_path, "a1").startswith(" date 2024-05-02 \nTalks held\nHANOI — ")
    assert text(tmp_path, "a2").startswith("Talks held\n"), "the footer's 2019 is no date"
    articles = read_articles(out).set_index("article_id")
    assert str(articles["published_from"]["a1"].date()) == "2024-05-02"
    assert articles["publisher"]["a1"] == "Báo Ví Dụ"
    assert articles.loc["a2", ["published_from", "published_to", "publisher"]].isna().all()
    assert articles["title"].tolist() == ["Talks held"] * 2
    assert articles["dateline"].tolist() == ["HANOI"] * 2
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        manifest = list(csv.DictReader(file))
    assert [tuple(row) for row in manifest] == [MANIFEST] * 2
    for row in manifest:
        data = (out / f"{row['article_id']}.txt").read_bytes()
        assert row["sha256"] == hashlib.sha256(data).hexdigest()
        assert datetime.fromisoformat(row["fetched"]) <= datetime.now(UTC)


# ---------------------------------------------------------------- politeness


def test_who_asks_is_said(site: Site, run: Callable[..., Any]) -> None:
    run("/x")
    (agent,) = site.agents
    assert agent.startswith("diplomatic-readouts/")
    assert agent.endswith(f"(+{CONTACT})")


def test_one_host_is_asked_one_at_a_time_with_a_pause(site: Site, run: Callable[..., Any]) -> None:
    site.routes = {f"/{i}": answer(page()) for i in range(4)}
    site.routes["/4"] = moved("/0")
    run(*site.routes, manners=QUICK._replace(delay=0.1))
    assert len(site.gaps()) == 6  # robots.txt, five pages, one of them twice as moved
    assert min(site.gaps()) > 0.08


def test_hosts_are_asked_at_the_same_time(site: Site, tmp_path: Path) -> None:
    both = threading.Barrier(2)

    def wait_for_the_other(handler: Any) -> None:
        both.wait(4)
        answer(page())(handler)

    site.routes["/x"] = wait_for_the_other
    hosts = [site.host, site.host.replace("127.0.0.1", "localhost")]
    rows = [(f"a{i}", f"http://{host}/x") for i, host in enumerate(hosts)]
    report = fetch(listed(tmp_path, rows), tmp_path / "texts", CONTACT, manners=QUICK)
    assert report["outcome"].tolist() == ["fetched"] * 2
    assert site.times("/x") == 2


def test_robots_are_obeyed_also_after_a_redirect(site: Site, run: Callable[..., Any]) -> None:
    rules = "User-agent: *\nDisallow: /private\nUser-agent: diplomatic-readouts\nDisallow: /no\n"
    site.routes = {
        "/robots.txt": answer(rules, kind="text/plain"),
        "/private": answer(page()),
        "/no/x": answer(page()),
        "/to-no": moved("/no/x"),
    }
    report = run("/private", "/no/x", "/to-no")
    assert report["outcome"].tolist() == ["fetched", "refused by robots", "refused by robots"]
    assert report["remedy"]["a1"] == "open it in a browser and save its text by hand"
    assert site.times("/no/x") == 0
    assert site.times("/robots.txt") == 1


def test_robots_may_ask_for_a_slower_pace(site: Site, run: Callable[..., Any]) -> None:
    site.routes["/robots.txt"] = answer("User-agent: *\nCrawl-delay: 0.2\n", kind="text/plain")
    run("/1", "/2", "/3")
    assert min(site.gaps()[1:]) > 0.16
    site.routes["/robots.txt"] = answer("User-agent: *\nCrawl-delay: 9999\n", kind="text/plain")
    report = run("/4", "/5")
    assert report["outcome"].tolist() == ["refused by robots"] * 2
    assert site.times("/4") == 0


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        (answer("", 503), "unreachable"),
        (moved("/robots-2.txt"), "refused by robots"),
        (answer("", 403), "fetched"),
        (answer(b"\xff\x00<html>", kind="text/html"), "fetched"),
        (moved("/robots.txt"), "fetched"),
    ],
    ids=["out of order", "moved", "forbidden", "nonsense", "circle"],
)
def test_robots_as_the_standard_says(
    robots: Any, outcome: str, site: Site, run: Callable[..., Any]
) -> None:
    site.routes = {
        "/robots.txt": robots,
        "/robots-2.txt": answer("User-agent: *\nDisallow: /"),
        "/x": answer(page()),
    }
    assert run("/x", "/x")["outcome"].tolist() == [outcome] * 2
    assert site.times("/x") == (2 if outcome == "fetched" else 0)


def test_a_server_that_asks_for_a_pause_gets_it(site: Site, run: Callable[..., Any]) -> None:
    site.routes["/x"] = in_turn(answer("", 429, Retry_After="1"), answer(page()))
    assert run("/x")["outcome"].tolist() == ["fetched"]
    assert site.gaps()[-1] > 0.9


def test_a_server_that_asks_for_a_long_pause_is_left_alone(
    site: Site, run: Callable[..., Any]
) -> None:
    site.routes["/x"] = answer("", 503, Retry_After="3600")
    report = run("/x", "/y")
    assert report["outcome"].tolist() == ["unreachable"] * 2
    assert report["status"].tolist() == [503, 503]
    assert "after 3600 seconds" in report["remedy"]["a1"]
    assert (site.times("/x"), site.times("/y")) == (1, 0)


def test_waits_between_tries_double(site: Site, run: Callable[..., Any]) -> None:
    site.routes["/x"] = answer("", 500)
    run("/x", manners=QUICK._replace(delay=0.05))
    assert site.times("/x") == 4
    for gap, least in zip(site.gaps()[-3:], (0.1, 0.2, 0.4), strict=True):
        assert gap > 0.8 * least


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("7", 7, 7),
        ("Fri, 31 Dec 9999 00:00:00", 1e9, 1e12),
        ("Sat, 01 Jan 2000 00:00:00 +0000", 0, 0),
        ("soon", 0, 0),
        ("", 0, 0),
        ("-5", 0, 0),
    ],
)
def test_pauses_are_seconds_or_dates(value: str, low: float, high: float) -> None:
    headers = CaseInsensitiveDict({"Retry-After": value})
    assert low <= retry_after(Answer("", 429, headers, b"", None, None)) <= high


def test_a_pause_until_a_date_is_counted_from_now() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(hours=1))
    headers = CaseInsensitiveDict({"Retry-After": until})
    assert 3500 < retry_after(Answer("", 429, headers, b"", None, None)) <= 3600


# ---------------------------------------------------------------- going on later


def test_nothing_is_fetched_twice(site: Site, run: Callable[..., Any], tmp_path: Path) -> None:
    site.routes = {"/good": answer(page()), "/gone": answer("", 410), "/menu": answer(MENU_ONLY)}
    site.routes["/busy"] = answer("", 403)
    first = run("/good", "/gone", "/menu", "/busy")
    before = (tmp_path / "texts" / "manifest.csv").read_bytes()
    site.asked.clear()
    second = run("/good", "/gone", "/menu", "/busy")
    pd.testing.assert_frame_equal(first, second)
    assert [p for _, p in site.asked] == ["/robots.txt", "/busy"], "only what may be better now"
    assert (tmp_path / "texts" / "manifest.csv").read_bytes() == before


def test_what_has_changed_is_fetched_again(
    site: Site, run: Callable[..., Any], tmp_path: Path
) -> None:
    site.routes = {"/0": answer(page()), "/1": answer(page()), "/new": answer(page())}
    run("/0", "/1")
    (tmp_path / "texts" / "a0.txt").write_text("Cut.", "utf-8")
    site.asked.clear()
    run("/0", "/new")
    assert [p for _, p in site.asked] == ["/robots.txt", "/0", "/new"]
    assert text(tmp_path) == text(tmp_path, "a1")
    (tmp_path / "texts" / "a0.txt").unlink()
    site.asked.clear()
    run("/0", "/new")
    assert [p for _, p in site.asked] == ["/robots.txt", "/0"]


def test_a_day_that_becomes_known_enters_the_text(site: Site, tmp_path: Path) -> None:
    site.routes["/x"] = answer(page())
    for day in ("", "2024-05-02", "2024-05-03"):
        rows = [("a0", f"http://{site.host}/x", day)]
        path = listed(tmp_path, rows, "published")
        fetch(path, tmp_path / "texts", CONTACT, manners=QUICK)
        assert text(tmp_path).partition("Talks")[0] == (f" date {day} \n" if day else "")


def test_a_text_saved_by_hand_is_kept(site: Site, run: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "texts"
    out.mkdir()
    (out / "a0.txt").write_text("My own copy.", "utf-8")
    for content in ("My own copy.", "My corrected copy."):
        (out / "a0.txt").write_text(content, "utf-8")
        assert run("/x")["outcome"].tolist() == ["saved by hand"]
        assert text(tmp_path) == content
    assert not site.asked


def test_limit(site: Site, run: Callable[..., Any]) -> None:
    site.routes = {f"/{i}": answer(page()) for i in range(5)}
    assert list(run(*site.routes, limit=2).index) == ["a0", "a1"]
    assert list(run(*site.routes, limit=2).index) == ["a0", "a1", "a2", "a3"]
    assert len(site.asked) == 2 + 4  # robots.txt once a call


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_stopped_half_way(how: str, site: Site, tmp_path: Path) -> None:
    half_way, go_on = threading.Event(), threading.Event()

    def half(handler: Any) -> None:
        data = page().encode()
        answer(data[:400], Content_Length=str(len(data)))(handler)
        half_way.set()
        go_on.wait(10)

    site.routes = {"/0": answer(page()), "/1": answer(page()), "/2": half, "/3": answer(page())}
    path = listed(tmp_path, [(f"a{i}", f"http://{site.host}/{i}") for i in range(4)])
    command = ["fetch", str(path), "--out", str(tmp_path / "texts"), "--contact", CONTACT]
    with subprocess.Popen(
        [sys.executable, "-m", "analysis.cli", *command, "--delay", "0"],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert half_way.wait(30)
        process.send_signal(getattr(signal, how))
        go_on.set()
        _, said = process.communicate(timeout=30)
    if how == "SIGINT":
        assert process.returncode == 1
        assert said.startswith(f"stopped; {tmp_path / 'texts'} keeps what is there")
    complete = "\n".join(("Talks held", *ENGLISH)) + "\n"
    texts = sorted((tmp_path / "texts").glob("*.txt"))
    assert {p.stem for p in texts} == {"a0", "a1"}
    assert [p.read_text("utf-8") for p in texts] == [complete] * 2
    assert len(read_articles(tmp_path / "texts")) == 2
    site.routes["/2"] = answer(page())
    site.asked.clear()
    assert main([*command, "--delay", "0"]) == 0
    assert [p for _, p in site.asked] == ["/robots.txt", "/2", "/3"]


def test_a_torn_last_row_is_no_row(site: Site, run: Callable[..., Any], tmp_path: Path) -> None:
    site.routes = {"/0": answer(page()), "/1": answer(page())}
    run("/0", "/1")
    for name in ("manifest.csv", "report.csv"):
        path = tmp_path / "texts" / name
        path.write_bytes(path.read_bytes().rstrip()[:-30].rpartition(b",")[0])
    (tmp_path / "texts" / "a1.txt").unlink()
    (tmp_path / "texts" / ".a1.part").write_text("half", "utf-8")
    assert run("/0", "/1")["outcome"].tolist() == ["fetched"] * 2
    assert site.times("/0") == 1
    assert not list((tmp_path / "texts").glob(".*"))
    with (tmp_path / "texts" / "report.csv").open(encoding="utf-8", newline="") as file:
        assert [tuple(row.values())[:1] for row in csv.DictReader(file)] == [("a0",), ("a1",)]


def test_half_of_a_row_that_looks_whole_is_no_row(
    site: Site, run: Callable[..., Any], tmp_path: Path
) -> None:
    """Cut off within its day, a row would say that the text was saved by hand."""
    site.routes = {"/0": answer(page()), "/1": answer(page())}
    run("/0", "/1")
    path = tmp_path / "texts" / "manifest.csv"
    head, _, day = path.read_bytes().rpartition(b",")
    assert day.endswith(b"\n")
    path.write_bytes(head + b",")
    (tmp_path / "texts" / "a1.txt").unlink()
    assert run("/0", "/1")["outcome"].tolist() == ["fetched"] * 2
    assert site.times("/1") == 2


def test_a_row_that_the_disk_had_no_room_for_does_not_spoil_the_next(
    site: Site, run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.routes = {"/0": answer(page())}
    run("/0")
    path = tmp_path / "texts" / "manifest.csv"
    before = path.read_bytes()
    folder = Folder(tmp_path / "texts")

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("analysis.fetched.os.fsync", full)
        with pytest.raises(OSError, match=r"No space left on device: '.*manifest\.csv'"):
            folder.save(Wanted("a1", "http://x/1", "", ""), "text", 200, "")
    assert path.read_bytes() == before
    assert not (tmp_path / "texts" / "a1.txt").exists()


def test_a_second_run_in_the_folder_is_refused_before_it_asks(
    site: Site, run: Callable[..., Any], tmp_path: Path
) -> None:
    site.routes = {"/0": answer(page())}
    with (
        alone(tmp_path / "texts"),
        pytest.raises(BusyError, match=r"is writing there .*; wait until it has ended"),
    ):
        run("/0")
    assert not site.asked


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "contact", [None, "", "me", "a@b", "x@example.org\r\nCookie: a", "Ann <ann@example.org>"]
)
def test_no_request_without_a_contact(contact: str | None, site: Site, tmp_path: Path) -> None:
    path = listed(tmp_path, [("a", f"http://{site.host}/x")])
    with pytest.raises(FetchError, match="give --contact with a mail address or a web page"):
        fetch(path, tmp_path / "texts", contact)
    assert not site.asked
    assert not (tmp_path / "texts").exists()


BAD_ROWS = [
    (("../../x", "http://h/"), "line 2: article_id becomes the name of a file"),
    (("a/b", "http://h/"), "received 'a/b'"),
    ((".hidden", "http://h/"), "received '.hidden'"),
    (("", "http://h/"), "received ''"),
    (("a\n", "http://h/"), "article_id becomes"),
    (("a", "file:///etc/passwd"), "url must be http(s)://…; received 'file:///etc/passwd'"),
    (("a", "http://"), "url must be"),
    (("a", "http://h:99999/"), "url must be"),
    (("a", "http://h/", "2024-13-01"), "published must be YYYY-MM-DD or empty"),
    (("a", "http://h/", "20240301"), "received '20240301'"),
]


@pytest.mark.parametrize(("row", "message"), BAD_ROWS)
def test_lists_that_cannot_be_used(row: tuple[str, ...], message: str, tmp_path: Path) -> None:
    path = listed(tmp_path, [row], "published")
    with pytest.raises(FetchError) as caught:
        fetch(path, tmp_path / "texts", CONTACT)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == ["list.csv"]


def test_one_name_once_also_where_case_does_not_count(tmp_path: Path) -> None:
    path = listed(tmp_path, [("a", "http://h/1"), ("A", "http://h/2")])
    with pytest.raises(FetchError, match="2 fault") as caught:
        fetch(path, tmp_path / "texts", CONTACT)
    assert "line 3: article_id 'A' occurs more than once" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id,url\na,http://h/\n", "no column article_id"),
        (b"article_id,url\n", "no rows"),
        (b"", "no column article_id and url"),
        (b"\xff\xfe", "no CSV file in UTF-8"),
    ],
)
def test_files_that_are_no_list(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(FetchError, match=message):
        fetch(path, tmp_path / "texts", CONTACT)


def test_a_folder_with_another_manifest_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("article_id,file\na,a.txt\n", "utf-8")
    path = listed(tmp_path, [("a", "http://127.0.0.1:9/")])
    with pytest.raises(FetchError, match=r"manifest.csv is another list; give another folder"):
        fetch(path, tmp_path, CONTACT)
    assert (tmp_path / "manifest.csv").read_text("utf-8") == "article_id,file\na,a.txt\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "analysis fetch: no contact address; give --contact"),
        (["--contact", CONTACT, "--delay", "-1"], "delay -1.0 is no number of seconds"),
        (["--contact", CONTACT, "--delay", "nan"], "delay nan is no number of seconds"),
        (["--contact", CONTACT, "--limit", "0"], "limit 0 is no number of pages"),
    ],
)
def test_calls_that_are_refused(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = listed(tmp_path, [("a", "http://127.0.0.1:9/")])
    assert main(["fetch", str(path), "--out", str(tmp_path / "texts"), *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "texts").exists()


def test_status_and_words_of_the_command(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.routes["/good"] = answer(page())
    bad = ("gone", f"http://{site.host}/gone")
    command = ["fetch", str(listed(tmp_path, [bad])), "--out", str(tmp_path / "texts")]
    command += ["--contact", CONTACT, "--delay", "0"]
    assert main(command) == 2, "nothing was fetched"
    listed(tmp_path, [("good", f"http://{site.host}/good"), bad])
    capsys.readouterr()
    assert main(command) == 1
    captured = capsys.readouterr()
    assert captured.out == f"{tmp_path / 'texts'}: 1 fetched, 1 gone\n"
    assert captured.err == (
        f"set aside: gone {bad[1]}: gone (404); look for a copy in a web archive\n"
    )
    with (tmp_path / "texts" / "report.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == REPORT
    assert [(r["article_id"], r["outcome"], r["status"]) for r in rows] == [
        ("gone", "gone", "404"),
        ("good", "fetched", "200"),
    ]


@pytest.mark.parametrize("package", ["trafilatura", "protego", "requests", "urllib3.exceptions"])
def test_without_the_extra_it_is_said_what_to_install(
    package: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for module in ("fetch", "fetched", "visits", "answers", "pages"):
        monkeypatch.delitem(sys.modules, f"analysis.{module}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    assert main(["fetch", "list.csv", "--out", str(tmp_path), "--contact", CONTACT]) == 2
    said = capsys.readouterr().err
    assert f"({package})" in said
    assert said.endswith('pip install "diplomatic-readouts[fetch]"\n')
