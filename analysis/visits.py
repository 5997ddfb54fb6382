"""One page asked for politely: what its host allows, in its turn, with a few tries.

The rules are those of RFC 9309 (robots.txt) and RFC 9110 (Retry-After).
"""

from __future__ import annotations

import math
import time
from importlib.metadata import version
from threading import Event, Lock
from urllib.parse import urljoin, urlsplit

from protego import Protego

from analysis.answers import (
    BY_HAND,
    GONE,
    REFUSED,
    UNREACHABLE,
    Answer,
    Failure,
    Manners,
    Stopped,
    request,
    retry_after,
)

NAME = "diplomatic-readouts"
HTML = ("text/html", "application/xhtml+xml")
AGAIN = {429, 500, 502, 503, 504}  # the server is busy or out of order; later it may not be
TRIES = 4
REDIRECTS = 5  # as many as RFC 9309 asks for
PATIENCE = 120.0  # seconds; a server that asks for a longer wait is left alone


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
                remedy = f"its robots.txt cannot be read, and so no page; {f.remedy}"
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
            wait = min(self.manners.delay * 2**attempt, PATIENCE)
            try:
                answer = self._in_turn(host, at, kinds)
            except Failure as f:
                if f.status is not None:
                    raise
                failure = f
            else:
                if answer.status not in AGAIN:
                    return answer
                remedy = "the server is busy or out of order; call again later"
                failure = Failure(UNREACHABLE, answer.status, remedy)
                pause = retry_after(answer)
                if pause > PATIENCE:
                    remedy = f"the server asks for a pause; call again after {pause:.0f} seconds"
                    host.closed = Failure(UNREACHABLE, answer.status, remedy)
                    raise host.closed
                wait = max(wait, pause)
            host.free_at = max(host.free_at, time.monotonic() + wait)
        raise failure

    def _in_turn(self, host: Host, at: str, kinds: tuple[str, ...]) -> Answer:
        with host.turn:
            if self.stop.wait(max(0.0, host.free_at - time.monotonic())):
                raise Stopped
            try:
                return request(at, self.agent, kinds, self.manners, self.stop)
            finally:
                host.free_at = max(host.free_at, time.monotonic() + host.delay)

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
