"""One page asked for politely: what its host allows, in its turn, within limits, a few tries.

The rules are those of RFC 9309 (robots.txt) and RFC 9110 (Retry-After). Every way in which a page
cannot be had is a `Failure` with its outcome, the server's status and what can be done about it.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from threading import Event, Lock
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from protego import Protego
from urllib3.exceptions import HTTPError, ReadTimeoutError

NAME = "diplomatic-readouts"
FETCHED, GONE, REFUSED = "fetched", "gone", "refused by robots"
TOO_LARGE, NOT_HTML, NO_ARTICLE = "too large", "not HTML", "no article in the page"
TIMEOUT, UNREACHABLE = "timeout", "unreachable"

HTML = ("text/html", "application/xhtml+xml")
AGAIN = {429, 500, 502, 503, 504}  # the server is busy or out of order; later it may not be
TRIES = 4
REDIRECTS = 5  # as many as RFC 9309 asks for
PATIENCE = 120.0  # seconds; a server that asks for a longer wait is left alone
PIECE = 65536  # bytes


class Manners(NamedTuple):
    """How to behave towards servers: seconds and bytes."""

    delay: float = 1.0  # between two requests to one host; doubled at each try of a page
    timeout: float = 20.0  # without a sign of life
    longest: float = 60.0  # for one page
    largest: int = 5 * 2**20  # of one page, unpacked


class Failure(Exception):
    """A page that cannot be had: its outcome, the server's status, what to do about it."""

    def __init__(self, outcome: str, status: int | None, remedy: str) -> None:
        super().__init__(outcome, status, remedy)
        self.outcome, self.status, self.remedy = outcome, status, remedy


class Stopped(Exception):
    """The user wants to stop."""


class Answer(NamedTuple):
    """What a server sent, and from which address in the end."""

    address: str
    status: int
    headers: requests.structures.CaseInsensitiveDict[str]
    content: bytes
    charset: str | None
    target: str | None  # of a redirect


class Host:
    """What is known of one host: its rules, and from when it may be asked again."""

    def __init__(self, delay: float) -> None:
        self.turn = Lock()
        self.free_at = -math.inf
        self.delay = delay
        self.rules: dict[str, Protego | Failure] = {}


class Visitor:
    """Asks hosts for pages; threads may share it, since each host has its turns.

    Parameters
    ----------
    contact : str
        A mail address or page by which the owner of a server can reach the user.
    manners : Manners
        How to behave.
    stop : Event
        Once it is set, whoever waits or reads raises `Stopped`.
    """

    def __init__(self, contact: str, manners: Manners, stop: Event) -> None:
        self.agent = f"{NAME}/{version(NAME)} (+{contact})"
        self.manners = manners
        self.stop = stop
        self._hosts: defaultdict[str, Host] = defaultdict(lambda: Host(manners.delay))

    def ask(self, address: str) -> Answer:
        """Return the page at an address, followed through redirects.

        Raises
        ------
        Failure
            The page cannot be had.
        Stopped
            The user wants to stop.
        """
        at = address
        for _ in range(REDIRECTS + 1):
            self._admit(at)
            answer = self._persist(at, HTML)
            if answer.target is None:
                return _page(address, answer)
            at = answer.target
        raise Failure(UNREACHABLE, answer.status, "it redirects in circles; find its new address")

    def _admit(self, at: str) -> None:
        """Raise `Failure` unless robots.txt lets us in; slow down to the pace that it asks for."""
        host, origin = self._host(at), urljoin(at, "/")
        if origin not in host.rules:
            try:
                host.rules[origin] = rules = Protego.parse(self._robots(origin + "robots.txt"))
                host.delay = max(host.delay, rules.crawl_delay(NAME) or 0.0)
            except Failure as failure:
                remedy = "its robots.txt cannot be read, which means no; call again later"
                host.rules[origin] = Failure(failure.outcome, failure.status, remedy)
        rules_or_failure = host.rules[origin]
        if isinstance(rules_or_failure, Failure):
            raise rules_or_failure
        by_hand = "open it in a browser and save its text by hand"
        if not rules_or_failure.can_fetch(at, NAME):
            raise Failure(REFUSED, None, by_hand)
        if host.delay > PATIENCE:
            wait = f"its robots.txt asks for {host.delay:.0f} seconds between pages"
            raise Failure(REFUSED, None, f"{wait}; {by_hand}")

    def _robots(self, at: str) -> str:
        for _ in range(REDIRECTS + 1):
            answer = self._persist(at)
            if answer.status == 200:
                return answer.content.decode("utf-8", "replace")
            if answer.target is None:
                break
            at = answer.target
        return ""  # RFC 9309, section 2.3.1.3: without a file everything is allowed

    def _persist(self, at: str, kinds: tuple[str, ...] = ()) -> Answer:
        """Ask up to `TRIES` times, each time after twice the wait or what the server asks for."""
        host = self._host(at)
        for attempt in range(1, TRIES + 1):
            wait = self.manners.delay * 2**attempt
            try:
                answer = self._request(host, at, kinds)
            except (requests.Timeout, ReadTimeoutError):
                failure = Failure(TIMEOUT, None, "the server does not answer; call again later")
            except (requests.RequestException, HTTPError):
                remedy = "check the network, and the address in a browser; call again later"
                failure = Failure(UNREACHABLE, None, remedy)
            else:
                if answer.status not in AGAIN:
                    return answer
                wait = max(wait, _retry_after(answer.headers.get("Retry-After")))
                remedy = "the server is busy or out of order; call again later"
                failure = Failure(UNREACHABLE, answer.status, remedy)
            if wait > PATIENCE:
                failure.remedy = f"the server asks for {wait:.0f} seconds; call again after that"
                break
            host.free_at = max(host.free_at, time.monotonic() + wait)
        raise failure

    def _request(self, host: Host, at: str, kinds: tuple[str, ...]) -> Answer:
        """Send one request in the host's turn; only of status 200 is the body read."""
        headers = {"User-Agent": self.agent, "Accept-Encoding": "gzip, deflate"}
        # One connection a request: after a wrong length the rest would be taken for an answer.
        headers["Connection"] = "close"
        with host.turn:
            if self.stop.wait(max(0.0, host.free_at - time.monotonic())):
                raise Stopped
            try:
                with (
                    requests.Session() as session,
                    session.get(
                        at,
                        headers=headers,
                        timeout=self.manners.timeout,
                        allow_redirects=False,
                        stream=True,
                    ) as response,
                ):
                    content = self._body(response, kinds) if response.status_code == 200 else b""
                    target = session.get_redirect_target(response)
            finally:
                host.free_at = max(host.free_at, time.monotonic() + host.delay)
        if target is not None:
            target = urljoin(at, target)
            if not is_web_address(target):
                remedy = f"it redirects to {target[:200]!r}, which is no web page; find its address"
                raise Failure(UNREACHABLE, response.status_code, remedy)
        charset = response.encoding if "charset" in _content_type(response) else None
        return Answer(at, response.status_code, response.headers, content, charset, target)

    def _body(self, response: requests.Response, kinds: tuple[str, ...]) -> bytes:
        kind = _content_type(response).partition(";")[0].strip().lower()
        if kinds and kind and kind not in kinds:
            remedy = f"it is {kind[:80]}; open it and save its text by hand"
            raise Failure(NOT_HTML, response.status_code, remedy)
        started = time.monotonic()
        content = bytearray()
        # One piece at a time as it arrives and is unpacked, so that neither a slow server nor one
        # that sends a bomb holds us up.
        while piece := response.raw.read1(PIECE, decode_content=True):
            content += piece
            if len(content) > self.manners.largest:
                remedy = f"more than {self.manners.largest} bytes; open it and save its text by hand"
                raise Failure(TOO_LARGE, response.status_code, remedy)
            if time.monotonic() - started > self.manners.longest:
                remedy = f"not complete after {self.manners.longest:.0f} seconds; call again later"
                raise Failure(TIMEOUT, response.status_code, remedy)
            if self.stop.is_set():
                raise Stopped
        return bytes(content)

    def _host(self, at: str) -> Host:
        return self._hosts[urlsplit(at).netloc.lower()]


def is_web_address(address: str) -> bool:
    """Tell whether an address is one of http or https with a host.

    Examples
    --------
    >>> is_web_address("https://example.org/a"), is_web_address("file:///etc/passwd")
    (True, False)
    """
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _page(address: str, answer: Answer) -> Answer:
    """Return the answer if it is the page that was asked for."""
    if answer.status in (404, 410):
        raise Failure(GONE, answer.status, "look for a copy in a web archive")
    if answer.status != 200:
        remedy = "the server refuses programs; open it in a browser and save its text by hand"
        raise Failure(UNREACHABLE, answer.status, remedy)
    if not urlsplit(answer.address).path.strip("/") and urlsplit(address).path.strip("/"):
        raise Failure(GONE, answer.status, "it redirects to the front page; look for a copy")
    return answer


def _content_type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "")


def _retry_after(value: str | None) -> float:
    """Return the seconds that a server asks to wait, given as such or as a date."""
    if not value:
        return 0.0
    if value.strip().isdecimal():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
