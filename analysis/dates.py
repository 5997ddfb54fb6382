"""When a text was published, as an interval; and which days its date expressions mean.

A date that the source gives is taken. Otherwise everything that the text proves is a set of days,
and the sets are intersected: the day in the dateline, the weekday and the day of the meeting that
is reported, terms of office of the persons named with an office, dated events, years spoken of as
past or to come. What contradicts stronger evidence is left out. A side that nothing bounds stays
open; without evidence there is no date.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import calendar, days, evidence, horizons
from analysis.calendar import Expression, span
from analysis.events import Events
from analysis.evidence import PICKS, Evidence
from analysis.tenses import Tenses

if TYPE_CHECKING:
    from analysis.front import Front
    from analysis.knowledge import Document, Knowledge

FEW_DAYS = 400  # a day and the day after it, without their year, in all the years there are


class Publication(NamedTuple):
    """The first and last day on which a text can have been published, and what says so."""

    earliest: date | None
    latest: date | None
    basis: str | None
    evidence: str | None


def infer(
    doc: Document,
    knowledge: Knowledge,
    mentions: Sequence[Any],
    published: date | None,
    front: Front,
) -> Publication:
    """Return when a text was published.

    Parameters
    ----------
    doc : Document
        The annotated text.
    knowledge : Knowledge
        Terms of office, events, words of the calendar.
    mentions : sequence
        The mentions of actors, as in the table `actors`.
    published : date, optional
        The day that the source gives.
    front : Front
        Headline, dateline and start of the body.

    Returns
    -------
    Publication
        Both sides missing where the text proves nothing.

    Examples
    --------
    >>> from analysis.front import front_matter
    >>> from analysis.knowledge import load
    >>> text = "The envoys met on Monday, 16 October, to review trade of $5 million in 2022."
    >>> infer(load().annotate("a", text), load(), [], None, front_matter(text))
    Publication(earliest=datetime.date(2023, 10, 16), latest=datetime.date(2023, 10, 17),
    basis='inferred', evidence='meeting on Monday, 16 October; figure for 2022; figures up to 2022')
    """
    if published:
        return Publication(published, published, "header", f"date header {published}")
    found = calendar.find(doc)
    told = horizons.told(doc, found, Tenses.of(knowledge))
    events = Events.of(knowledge)
    proofs = [
        *evidence.lead(doc, found, front),
        *evidence.terms(doc, knowledge, mentions, told),
        *events.evidence(doc, mentions, front),
        *horizons.years(doc, told, events.cardinals),
    ]
    picks = [e for e in proofs if e.rank == PICKS]
    allowed, used = combine(e for e in proofs if e.rank < PICKS)
    known_until = events.known_until
    # Terms and series that are open in the knowledge are known no further than its own date.
    known = Evidence(PICKS, days.between(None, known_until), f"knowledge as of {known_until}")
    if picks and allowed.bit_count() <= FEW_DAYS:
        allowed, more = combine([Evidence(0, allowed, ""), *picks, known])
        used += [e for e in more if e.words]
    earliest, latest = days.bounds(allowed) or (None, None)
    proved = bool(earliest or latest)
    if proved and known_until and (latest or days.LAST) > known_until and known.days & allowed:
        earliest, latest = days.bounds(allowed & known.days) or (None, None)
        used.append(known)
    if not used or not proved:
        return Publication(None, None, None, None)
    stated = earliest == latest and any(e.words.startswith("dateline") for e in used)
    words = "; ".join(dict.fromkeys(e.words for e in used))
    return Publication(earliest, latest, "dateline" if stated else "inferred", words)


def combine(proofs: Iterable[Evidence]) -> tuple[int, list[Evidence]]:
    """Intersect evidence, rank by rank; within a rank, items that contradict each other fall out.

    The result does not depend on the order of the evidence.
    """
    allowed = days.ALL
    used: list[Evidence] = []
    items = sorted(proofs, key=lambda e: (e.rank, e.words, e.days))
    for rank in sorted({e.rank for e in items}):
        group = [e for e in items if e.rank == rank and e.days & allowed]
        together = allowed
        for e in group:
            together &= e.days
        if not together:
            group = [e for e in group if all(e.days & o.days & allowed for o in group)]
            together = allowed
            for e in group:
                together &= e.days
            if not together:
                continue
        used += [e for e in group if e.days & allowed != allowed or rank == 1]
        allowed = together
    return allowed, used


def resolve(
    e: Expression, earliest: date | None, latest: date | None, ahead: bool = False
) -> tuple[date, date] | None:
    """Return the first and last day that an expression means in a text published in an interval.

    A weekday or a day without its year is the latest one up to publication, or with `ahead` the
    first one from then on; "last Tuesday" is not the day itself. None where the interval leaves it
    open.

    Examples
    --------
    >>> tuesday = Expression(0, 7, "weekday", weekday=1)
    >>> resolve(tuesday, date(2025, 4, 15), date(2025, 4, 16))
    (datetime.date(2025, 4, 15), datetime.date(2025, 4, 15))
    >>> resolve(tuesday, date(2025, 4, 1), date(2025, 4, 30)) is None
    True
    """
    if e.kind == "year" or (e.kind in ("day", "month") and e.year):
        assert e.year is not None
        return span(e, e.year)
    if earliest is None or latest is None:
        return None
    first, last = (_nearest(e, day, ahead) for day in (earliest, latest))
    if first is None or last is None:
        return None
    if first == last or e.kind == "relative":
        return first[0], last[1]
    return None


def _nearest(e: Expression, day: date, ahead: bool) -> tuple[date, date] | None:
    """Return what an expression means to a reader on one day."""
    if e.kind == "weekday" and e.month is None:
        assert e.weekday is not None
        gap = (e.weekday - day.weekday()) % 7 if ahead else -((day.weekday() - e.weekday) % 7)
        if e.shift and not gap:
            gap = 7 * e.shift
        return day + timedelta(gap), day + timedelta(gap)
    if e.kind in ("day", "month", "weekday"):
        years = (day.year, day.year + 1) if ahead else (day.year, day.year - 1)
        for year in years:
            found = span(e, year)
            if found and (found[1] >= day if ahead else found[0] <= day):
                return found
        return None
    if e.unit == "day":
        return day + timedelta(e.shift), day + timedelta(e.shift)
    if e.unit == "week":
        monday = day - timedelta(day.weekday()) + timedelta(7 * e.shift)
        return monday, monday + timedelta(6)
    if e.unit == "month":
        month = day.month - 1 + e.shift
        return days.period(f"{day.year + month // 12:04}-{month % 12 + 1:02}")
    if e.unit == "year":
        return days.period(f"{day.year + e.shift:04}")
    return None
