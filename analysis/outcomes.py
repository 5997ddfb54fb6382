"""Compares the rows of one article with its gold annotations, item by item.

Each item that is compared gives one `Outcome`: right, missed (only in the gold), extra (only in the
tables), or differs (in both, but not the same). Counts, accuracy and the list of errors all follow
from these, so that they cannot contradict each other. What the gold calls optional gives none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from analysis.folding import fold
from analysis.gold import Figure, Gold, Span

# Of each measure, the statistic: found and rightly found (F1), or right where found (accuracy).
MEASURES = {
    "topics_sentence": "f1",
    "topics_article": "f1",
    "person_mentions": "f1",
    "persons": "f1",
    "organisations": "f1",
    "figures_span": "f1",
    "figures_value": "f1",
    "money": "f1",
    "statements": "f1",
    "person_side": "accuracy",
    "person_roles": "accuracy",
    "figure_status": "accuracy",
    "figure_horizon": "accuracy",
    "figure_measure": "accuracy",
    "statement_side": "accuracy",
    "statement_source": "accuracy",
    "statement_act": "accuracy",
    "published_contains": "accuracy",
    "published_exact": "accuracy",
    "meeting_date": "accuracy",
    "meeting_format": "accuracy",
}
# The same for codes without characters; those of the same name are defined alike.
PANEL_MEASURES = {
    "topics_article": "f1",
    "persons": "f1",
    "sides": "f1",
    "money_values": "f1",
    "meeting_day": "f1",
}
# An inferred interval wider than this says too little to count as dating the article.
WIDEST = timedelta(days=366)
# One as narrow as this counts as exact where the gold itself is a day.
WEEK = timedelta(days=7)

Rows = Sequence[Any]  # rows of one table as tuples with the column names, missing values None


class Outcome(NamedTuple):
    """One item compared: of which measure, how it came out, and where it stands in the text."""

    measure: str
    kind: str
    expected: str | None
    received: str | None
    start: int | None
    end: int | None


def compare(gold: Gold, tables: Mapping[str, Rows]) -> Iterator[Outcome]:
    """Yield the outcomes of one article; `tables` maps the name of each table to its rows."""
    yield from _topics(gold, tables["topics"])
    yield from _persons(gold, [r for r in tables["actors"] if r.kind == "person"])
    named = {r.actor for r in tables["actors"] if r.kind == "organisation"}
    optional = gold.optional_organisations
    yield from sets("organisations", gold.organisations, named, optional)
    body = gold.sentences[0].start  # dates of the header and the headline are not annotated
    yield from figures(gold.figures, [r for r in tables["figures"] if r.start >= body])
    yield from _statements(gold, tables["statements"])
    yield from _published(gold, tables["articles"][0])
    yield from _meeting(gold, tables["meetings"])


def figures(gold: Sequence[Figure], rows: Rows) -> Iterator[Outcome]:
    """Yield the outcomes of figures; a row is that of a gold figure of its kind that it overlaps.

    Money needs value and currency, a duration value and unit, the other kinds their value.
    """
    used: set[int] = set()
    for r in rows:
        found = next(
            (
                i
                for i, g in enumerate(gold)
                if i not in used and g.kind == r.kind and _overlap((g.start, g.end), r)
            ),
            None,
        )
        if found is None:
            yield from _figure(r.kind, "extra", None, _amount(r), (r.start, r.end))
            continue
        used.add(found)
        g = gold[found]
        if g.optional:
            continue
        right = _same_amount(g, r)
        kind = "right" if right else "differs"
        yield Outcome("figures_span", "right", _amount(g), _amount(r), r.start, r.end)
        yield from _figure(r.kind, kind, _amount(g), _amount(r), (r.start, r.end))[1:]
        if r.kind == "money":
            yield from _attributes(g, r)
    for i, g in enumerate(gold):
        if i not in used and not g.optional:
            yield from _figure(g.kind, "missed", _amount(g), None, (g.start, g.end))


def _figure(
    figure_kind: str, kind: str, expected: str | None, received: str | None, span: Span
) -> list[Outcome]:
    measures = ["figures_span", "figures_value", *(["money"] if figure_kind == "money" else [])]
    return [Outcome(m, kind, expected, received, *span) for m in measures]


def _attributes(g: Figure, r: Any) -> Iterator[Outcome]:
    for name in ("status", "horizon", "measure"):
        expected, received = getattr(g, name), getattr(r, name)
        if expected is not None:
            yield _judged(f"figure_{name}", expected == received, expected, received, r)


def _same_amount(g: Figure, r: Any) -> bool:
    return (
        (g.value is None or _close(r.value, g.value))
        and (g.value_to is None or _close(r.value_to, g.value_to))
        and (g.kind not in ("money", "duration") or r.unit == g.unit)
    )


def _close(received: float | None, expected: float) -> bool:
    return received is not None and abs(received - expected) <= 1e-6 * max(1.0, abs(expected))


def _amount(f: Any) -> str:
    values = [f"{v:,.15g}" for v in (f.value, f.value_to) if v is not None]
    return " ".join(
        [f.kind, *(["–".join(values)] if values else []), *([f.unit] if f.unit else [])]
    )


def _topics(gold: Gold, rows: Rows) -> Iterator[Outcome]:
    found: dict[tuple[int, str], Any] = {}
    for r in rows:
        sentence = gold.sentence_at(r.start)
        if sentence is not None:
            found.setdefault((sentence, r.topic), r)
    wanted = {(i, t) for i, s in enumerate(gold.sentences) for t in s.topics}
    optional = {(i, t) for i, s in enumerate(gold.sentences) for t in s.optional_topics}
    for i, topic in sorted(wanted | found.keys()):
        at = found.get((i, topic), gold.sentences[i])
        if (i, topic) not in wanted and (i, topic) in optional:
            continue
        expected = topic if (i, topic) in wanted else None
        received = topic if (i, topic) in found else None
        yield _set_outcome("topics_sentence", expected, received, (at.start, at.end))
    yield from sets(
        "topics_article", {t for _, t in wanted}, {t for _, t in found}, {t for _, t in optional}
    )


def _persons(gold: Gold, rows: Rows) -> Iterator[Outcome]:
    named = [r for r in rows if r.form not in ("role", "pronoun")]
    wanted = [(p.name, letters(p.name), m) for p in gold.persons for m in p.mentions]
    used: set[int] = set()
    for r in named:
        same = letters(r.actor)
        mention = next(
            (
                i
                for i, (_, name, span) in enumerate(wanted)
                if i not in used and name == same and _overlap(span, r)
            ),
            None,
        )
        if mention is None:
            yield Outcome("person_mentions", "extra", None, r.actor, r.start, r.end)
        else:
            used.add(mention)
            yield Outcome("person_mentions", "right", wanted[mention][0], r.actor, r.start, r.end)
    for i, (name, _, span) in enumerate(wanted):
        if i not in used:
            yield Outcome("person_mentions", "missed", name, None, *span)
    spelled = {letters(p.name): p.name for p in gold.persons}
    found = {letters(r.actor): r.actor for r in named}
    received = {spelled.get(same, name) for same, name in found.items()}
    yield from sets("persons", set(spelled.values()), received)
    for p in gold.persons:
        own = [r for r in rows if letters(r.actor) == letters(p.name)]
        if not own:
            continue  # a person not found has no side or role to judge; `persons` counts the miss
        sides = {r.side for r in own} - {None}
        first = own[0]
        right = any(r.side == p.side for r in own)
        yield _judged("person_side", right, p.side, _listed(sides), first)
        if p.roles:
            roles = {role for r in own if r.role for role in r.role.split(";")}
            yield _judged("person_roles", p.roles <= roles, _listed(p.roles), _listed(roles), first)


def _statements(gold: Gold, rows: Rows) -> Iterator[Outcome]:
    spoken: dict[int | None, list[Any]] = {}
    for r in rows:
        spoken.setdefault(gold.sentence_at(r.start), []).append(r)
    for i, s in enumerate(gold.sentences):
        found = spoken.get(i, [])
        who = ";".join(s.sources) or None
        sources = [r.source for r in found]
        if not found or not s.sources:
            if found or s.sources:
                kind = "extra" if found else "missed"
                yield Outcome("statements", kind, who, _listed(sources), s.start, s.end)
            continue
        yield Outcome("statements", "right", who, _listed(sources), s.start, s.end)
        sides, acts = [r.side for r in found], [r.act for r in found]
        yield _judged("statement_side", s.side in sides, s.side, _listed(sides), s)
        right = any(_same_source(s.sources, r.source) for r in found)
        yield _judged("statement_source", right, who, _listed(sources), s)
        if s.acts:
            right = bool(s.acts & set(acts))
            yield _judged("statement_act", right, _listed(s.acts), _listed(acts), s)


def _same_source(expected: tuple[str, ...], received: str | None) -> bool:
    names = [letters(name) for name in (received or "").split(";")]
    wanted = [letters(name) for name in expected]
    return names[0] == wanted[0] or set(names) == set(wanted)


def _published(gold: Gold, article: Any) -> Iterator[Outcome]:
    if gold.published is None:
        return
    first, last = gold.published
    contains = exact = False
    received = None
    if article.published_from is not None and article.published_to is not None:
        low, high = article.published_from.date(), article.published_to.date()
        received = f"{low} to {high}"
        contains = low <= last and first <= high and high - low <= WIDEST
        exact = contains and high - low <= max(WEEK, last - first)
    yield _judged("published_contains", contains, f"{first} to {last}", received)
    yield _judged("published_exact", exact, f"{first} to {last}", received)


def _meeting(gold: Gold, rows: Rows) -> Iterator[Outcome]:
    if gold.meeting_date is None:
        return
    days = [r.date_from.date() for r in rows if r.date_from is not None]
    right = gold.meeting_date in days
    yield _judged("meeting_date", right, gold.meeting_date, _listed(map(str, days)))
    formats = [r.format for r in rows]
    right = gold.meeting_format in formats
    yield _judged("meeting_format", right, gold.meeting_format, _listed(formats))


def sets(
    measure: str, wanted: Collection[str], found: Collection[str], optional: Collection[str] = ()
) -> Iterator[Outcome]:
    """Yield the outcomes of a set of codes of the whole article."""
    for item in sorted({*wanted, *found}):
        if item in wanted or item not in optional:
            expected, received = item if item in wanted else None, item if item in found else None
            yield _set_outcome(measure, expected, received, (None, None))


def _set_outcome(
    measure: str, expected: str | None, received: str | None, span: tuple[int | None, int | None]
) -> Outcome:
    kind = "extra" if expected is None else "missed" if received is None else "right"
    return Outcome(measure, kind, expected, received, *span)


def _judged(measure: str, right: bool, expected: Any, received: Any, at: Any = None) -> Outcome:
    """Return the outcome of a measure of accuracy: right or differs."""
    texts = [None if v is None else str(v) for v in (expected, received)]
    span = (at.start, at.end) if at is not None else (None, None)
    return Outcome(measure, "right" if right else "differs", texts[0], texts[1], *span)


def _listed(values: Iterable[str | None]) -> str | None:
    """Return values as one text, once each, in order where there is one."""
    known = [v for v in values if v is not None]
    return ";".join(dict.fromkeys(known if isinstance(values, list) else sorted(known))) or None


def _overlap(span: Span, row: Any) -> bool:
    return bool(row.start < span[1] and span[0] < row.end)


def letters(name: str) -> str:
    """Return what a name keeps in every spelling: its letters, without case, marks and spacing.

    Examples
    --------
    >>> letters("Đỗ Văn An") == letters("Do Van AN"), letters("Han Se-ri")
    (True, 'hanseri')
    """
    return "".join(c for c in fold(name) if c.isalpha())
