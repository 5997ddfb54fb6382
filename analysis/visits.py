"""One page asked for politely: what its host allows, in its turn, within limits, a few tries.

The rules are those of RFC 9309 (robots.txt) and RFC 9110 (Retry-After). Every way in which a page
cannot be had is a `Failure` with its outcome, the server's status and what can be done about it.
"""

from __future__ import annotations

import math
import time
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
BY_HAND = "open it in a browser and save its text by hand"


class Host:
    """What is known of one host: its rules, and from when it may be asked again, if at all."""

    def __init__(self, delay: float) -> None:
        self.turn = Lock()
        self.free_at = -math.inf
        self.delay = delay
        self.rules: dict[str, Protego] = {}
        self.closed: Failure | None = None


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
        self._hosts: dict[str, Host] = {}

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
        if host.closed is None and origin not in host.rules:
            try:
                rules = Protego.parse(self._robots(origin + "robots.txt"))
            except Failure as f:
                remedy = "its robots.txt cannot be read, which means no; call again later"
                host.closed = Failure(f.outcome, f.status, remedy)
            else:
                host.rules[origin] = rules
                pause = rules.crawl_delay(NAME) or 0.0
                if pause > PATIENCE:
                    remedy = f"it asks for {pause:.0f} seconds between pages; {BY_HAND}"
                    host.closed = Failure(REFUSED, None, remedy)
                host.delay = max(host.delay, min(pause, PATIENCE))
        if host.closed is not None:
            raise Failure(*host.closed.args)
        if not host.rules[origin].can_fetch(at, NAME):
            raise Failure(REFUSED, None, BY_HAND)

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
                remedy = f"the server asks for a pause; call again after {wait:.0f} seconds"
                host.closed = failure = Failure(failure.outcome, failure.status, remedy)
                break
            host.free_at = max(host.free_at, time.monotonic() + wait)
        raise failure

    def _host(self, at: str) -> Host:
        # One operation of a dict, so that two threads cannot both put a host there.
        return self._hosts.setdefault(urlsplit(at).netloc.lower(), Host(self.manners.delay))


def _page(address: str, answer: Answer) -> Answer:
    """Return the answer if it is the page that was asked for."""
    if answer.status in (404, 410):
        raise Failure(GONE, answer.status, "look for a copy in a web archive")
    if answer.status != 200:
        raise Failure(UNREACHABLE, answer.status, f"the server refuses programs; {BY_HAND}")
    asked, got = urlsplit(address), urlsplit(answer.address)
    if asked.path.strip("/") and not got.path.strip("/") and not got.query:
        raise Failure(GONE, answer.status, "it redirects to the front page; look for a copy")
    return answer


