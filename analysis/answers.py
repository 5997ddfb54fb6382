"""One request to a server: its answer within limits of time and size, or why there is none.

Every way in which a page cannot be had is a `Failure` with its outcome, the server's status and
what can be done about it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Event
from typing import NamedTuple
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from analysis.pages import is_web_address

FETCHED, GONE, REFUSED = "fetched", "gone", "refused by robots"
TOO_LARGE, NOT_HTML, NO_ARTICLE = "too large", "not HTML", "no article in the page"
TIMEOUT, UNREACHABLE = "timeout", "unreachable"
BY_HAND = "open it in a browser and save its text by hand"

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


def request(at: str, agent: str, kinds: tuple[str, ...], manners: Manners, stop: Event) -> Answer:
    """Send one request; only of status 200 is the body read, and redirects are not followed.

    Parameters
    ----------
    at : str
        An address of http or https.
    agent : str
        The name to give, with a contact.
    kinds : tuple of str
        The content types that are of use; any if empty.
    manners : Manners
        The limits of time and size.
    stop : Event
        Once it is set, reading ends.

    Raises
    ------
    Failure
        There is no answer, or none of use.
    Stopped
        The user wants to stop.

    Examples
    --------
    >>> request("http://localhost:1/", "example", (), Manners(), Event())  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.answers.Failure: ('unreachable', None, 'check the network, ...
    """
    headers = {"User-Agent": agent, "Accept-Encoding": "gzip, deflate"}
    # One connection a request: after a wrong length the rest would be taken for the next answer.
    headers["Connection"] = "close"
    try:
        with (
            requests.Session() as session,
            session.get(
                at, headers=headers, timeout=manners.timeout, allow_redirects=False, stream=True
            ) as response,
        ):
            status = response.status_code
            content = _body(response, kinds, manners, stop) if status == 200 else b""
            location = session.get_redirect_target(response)
            target = None if location is None else urljoin(at, location)
    except (requests.Timeout, ReadTimeoutError):
        raise Failure(TIMEOUT, None, "the server does not answer; call again later") from None
    except (requests.RequestException, HTTPError, ValueError):  # the last of a broken redirect
        remedy = "check the network, and the address in a browser; call again later"
        raise Failure(UNREACHABLE, None, remedy) from None
    if target is not None and not is_web_address(target):
        remedy = f"it redirects to {target[:200]!r}, which is no web page; find its address"
        raise Failure(UNREACHABLE, status, remedy)
    charset = response.encoding if "charset" in _content_type(response) else None
    return Answer(at, status, response.headers, content, charset, target)


def retry_after(answer: Answer) -> float:
    """Return the seconds that a server asks to wait, given as such or as a date."""
    value = answer.headers.get("Retry-After")
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


def _body(
    response: requests.Response, kinds: tuple[str, ...], manners: Manners, stop: Event
) -> bytes:
    kind = _content_type(response).partition(";")[0].strip().lower()
    if kinds and kind and kind not in kinds:
        remedy = f"it is {kind[:80]}; {BY_HAND}"
        raise Failure(NOT_HTML, response.status_code, remedy)
    started = time.monotonic()
    content = bytearray()
    # One piece at a time as it arrives and is unpacked, so that neither a slow server nor one
    # that sends a bomb holds us up.
    while piece := response.raw.read1(PIECE, decode_content=True):
        content += piece
        if len(content) > manners.largest:
            remedy = f"more than {manners.largest} bytes; {BY_HAND}"
            raise Failure(TOO_LARGE, response.status_code, remedy)
        if time.monotonic() - started > manners.longest:
            remedy = f"not complete after {manners.longest:.0f} seconds; call again later"
            raise Failure(TIMEOUT, response.status_code, remedy)
        if stop.is_set():
            raise Stopped
    if kinds and not content:  # also what is left of an answer whose head was cut off
        raise Failure(UNREACHABLE, None, "the answer is empty; call again later")
    return bytes(content)


def _content_type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "")
