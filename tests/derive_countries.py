"""Derives ``analysis/knowledge/countries.csv`` from kept libraries; a test holds the file to it.

Names: Babel (CLDR, English) and pycountry (ISO 3166-1); adjectives, capitals and official names:
countryinfo. A word that several states claim goes to the most populous one. Run this file to write
the CSV anew after an upgrade of the libraries; what they lack stands in ``country_words.csv``.
"""

import csv
import io
import json
import re
from pathlib import Path

import countryinfo
import pycountry
from babel import Locale

from analysis.folding import fold

KNOWLEDGE = Path(__file__).parent.parent / "analysis" / "knowledge"
# Capitals of the smallest territories are names of persons and towns elsewhere: Douglas, Hamilton.
LARGE = 100_000
OFFICIAL = re.compile(
    r"^(?:The )?(?:[\w'’-]+ ){0,3}(?:Republic|Kingdom|State|Federation|Union|Sultanate|Principality"
    r"|Commonwealth|Confederation|Duchy)\b[\w' ,-]*$"
)


def countries() -> str:
    """Return the text of countries.csv: one word or name of a state a row."""
    names = Locale("en").territories
    folder = Path(countryinfo.__file__).parent / "data"
    facts = {}
    for path in sorted(folder.glob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        facts[record["ISO"]["alpha3"]] = record
    states = [(facts.get(c.alpha_3, {}), c) for c in pycountry.countries]
    states.sort(key=lambda s: -(s[0].get("population") or 0))
    seen: dict[str, tuple[str, str, str]] = {}
    for fact, state in states:
        for kind, surface in _words(fact, state, names.get(state.alpha_2, "")):
            seen.setdefault(fold(surface), (surface, state.alpha_3, kind))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["surface", "side", "kind"])
    writer.writerows(sorted(seen.values(), key=lambda r: (r[1], r[2], r[0])))
    return out.getvalue()


def _words(fact, state, cldr):
    name = cldr.split(" (")[0].replace("’", "'").replace(" & ", " and ").removeprefix("the ")
    yield "name", name
    for other in (getattr(state, "common_name", ""), getattr(state, "official_name", "")):
        if other and "," not in other:
            yield "name", other.replace("’", "'")
    if "," not in state.name and "(" not in state.name:
        yield "name", state.name
    for spelling in fact.get("altSpellings", []):
        ascii_word = re.fullmatch(r"[A-Z][A-Za-z' -]{3,}", spelling.strip())
        if ascii_word and not spelling.isupper() and OFFICIAL.match(spelling):
            yield "name", spelling.strip().removeprefix("the ")
    for adjective in re.split(r"[,/]", fact.get("demonym") or ""):
        if adjective:
            yield "adjective", adjective.strip()
    for capital in (fact.get("capital") or "").split(" / "):
        if capital and capital != name and (fact.get("population") or 0) >= LARGE:
            yield "capital", capital.replace(" D.C.", "")


if __name__ == "__main__":
    (KNOWLEDGE / "countries.csv").write_text(countries(), encoding="utf-8")
