"""Texts made to be as dear as possible for one pattern, derived from the pattern itself.

What makes a search slow is a repeat that can be entered in many places or left in many ways. So for
each repeat of a pattern there is a text that leads to it, goes on with what it takes for as long as
asked, and ends so that the rest of the pattern fails.
"""

import re
from re import _parser as parser

# A character of each kind that patterns tell apart; those a pattern names itself come on top.
KINDS = "aA1 \n,.-'\"_é한("
TAILS = ("\x00", "")
REPEATS = (parser.MAX_REPEAT, parser.MIN_REPEAT, parser.POSSESSIVE_REPEAT)
LONG = 8  # times; what repeats less often than this costs nothing


def attacks(pattern):
    """Return triples of a text that leads to a repeat, what is repeated, and a tail."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    decoded = pattern.pattern if isinstance(pattern.pattern, str) else "bytes"
    named = {chr(value) for value in _literals(tree)}
    pool = [*KINDS, *sorted(named - set(KINDS))[:12]]
    found = {("", _sample(tree)[:-1] or "a", tail) for tail in TAILS}
    for before, body, rest in _repeats(tree, ""):
        sampled = {_sample(body), *(_sample([branch]) for branch in body)}
        units = {c for c in pool if _takes(body, c)} | {u for u in sampled if u}
        for unit in units:
            found.update((before, unit, tail) for tail in TAILS)
            found.update(("", before + unit, tail) for tail in TAILS)
            found.add((before, unit, rest[:-1] + "\x00"))
    texts = sorted(found)
    if decoded == "bytes":
        return [tuple(part.encode("latin-1", "replace") for part in text) for text in texts]
    return texts


def of_length(attack, length):
    """Return the text of an attack, about `length` characters long."""
    before, unit, tail = attack
    return before + unit * max(1, length // len(unit)) + tail


def _literals(tree):
    for op, value in tree:
        if op in (parser.LITERAL, parser.NOT_LITERAL):
            yield value
        for part in _parts(op, value):
            yield from _literals(part)


def _parts(op, value):
    """Return what a node of the pattern is made of."""
    if op is parser.BRANCH:
        return value[1]
    if op is parser.SUBPATTERN:
        return [value[3]]
    if op in REPEATS:
        return [value[2]]
    if op in (parser.ASSERT, parser.ASSERT_NOT):
        return [value[1]]
    if op is parser.ATOMIC_GROUP:
        return [value]
    if op is parser.GROUPREF_EXISTS:
        return [part for part in value[1:] if part]
    return [value] if op is parser.IN else []


def _repeats(tree, before):
    """Yield each long repeat: what leads to it, what it repeats, and what would follow."""
    nodes = list(tree)
    for at, (op, value) in enumerate(nodes):
        lead = before + _sample(nodes[:at])
        if op in REPEATS and value[1] >= LONG:
            yield lead, value[2], _sample(nodes[at + 1 :])
        for part in _parts(op, value) if op is not parser.IN else ():
            yield from _repeats(part, lead)


def _takes(body, character):
    """Tell whether a repeat of single characters takes this one."""
    nodes = list(body)
    return any(_allows(op, value, character) for op, value in nodes)


def _allows(op, value, character):
    code = ord(character)
    if op is parser.LITERAL:
        return code == value
    if op is parser.NOT_LITERAL:
        return code != value
    if op is parser.ANY:
        return character != "\n"
    if op is parser.RANGE:
        return value[0] <= code <= value[1]
    if op is parser.CATEGORY:
        name = str(value).removeprefix("CATEGORY_").removeprefix("NOT_")
        is_of = {
            "DIGIT": character.isdigit(),
            "SPACE": character.isspace(),
            "WORD": character.isalnum() or character == "_",
        }[name]
        return is_of != ("NOT_" in str(value))
    if op is parser.IN:
        negated = value[0][0] is parser.NEGATE
        return negated != any(_allows(o, v, character) for o, v in value[negated:])
    if op is parser.SUBPATTERN:
        return _takes(value[3], character)
    if op is parser.BRANCH:
        return any(_takes(branch, character) for branch in value[1])
    return False


def _sample(tree):
    """Return a text that fits these nodes, as far as this can be said without searching."""
    return "".join(_sample_of(op, value) for op, value in tree)


def _sample_of(op, value):
    if op is parser.LITERAL:
        return chr(value)
    if op in (parser.IN, parser.NOT_LITERAL, parser.ANY):
        codes = [v[0] if o is parser.RANGE else v for o, v in value] if op is parser.IN else []
        named = [chr(code) for code in codes if isinstance(code, int)]
        return next((c for c in [*KINDS, *named] if _allows(op, value, c)), "\x01")
    if op is parser.BRANCH:
        return _sample(value[1][0])
    if op is parser.SUBPATTERN:
        return _sample(value[3])
    if op is parser.ATOMIC_GROUP:
        return _sample(value)
    if op in REPEATS:
        return _sample(value[2]) * max(1, value[0])
    if op is parser.ASSERT and value[0] < 0:
        return _sample(value[1])
    return ""
