"""What an article, a file or a colleague may send: the payloads, and tables that are made of them.

``cases/injections.jsonl`` has a payload a line with its class and why it is there.
"""

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd

import analysis
from analysis.articles import articles_frame, parse_text
from analysis.controls import CONTROL

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "injections.jsonl").read_text().splitlines()
]
EVERY = [case["payload"] for case in CASES]
# Halves of characters cannot be stored, nor in a table: they are refused where they come in.
STORED = [p for p in EVERY if not re.search("[\ud800-\udfff]", p)]
HALVES = [p for p in EVERY if p not in STORED]
GROUP = 4  # payloads in one field, so that there are fewer pages
BETWEEN = " ¦ "
BODY = (
    " date 2025-03-18 HÀ NỘI — Vietnamese Foreign Minister Tran Van Binh held talks with Korean "
    "Foreign Minister Park Seo-jun on Tuesday.\n\nThe two sides agreed {} to bring two-way trade "
    "to US$100 billion by 2030. Binh asked the Republic of Korea to receive more workers."
)
OBEYED = CONTROL  # what no terminal may get


def of(*classes):
    """The payloads of some classes."""
    return [c["payload"] for c in CASES if c["class"] in classes and c["payload"] in STORED]


def groups(size=GROUP):
    """The payloads, some in a field."""
    return [BETWEEN.join(STORED[i : i + size]) for i in range(0, len(STORED), size)]


def words(text):
    """A text without regard to how white space is shown."""
    return " ".join(text.split())


def hostile_tables():
    """Tables with payloads in every field that is shown: those of texts, and codes and names.

    All payloads are among the names of persons; elsewhere they stand some in a field.
    """
    fields = groups()
    texts = [BODY.format(field) for field in fields]
    articles = articles_frame(
        [parse_text(text, f"h{i}", f"h{i}.txt", "0", None) for i, text in enumerate(texts)]
    )
    tables = analysis.extract(articles)
    ids = {f"h{i}": field for i, field in enumerate(fields)}
    made = {name: t.assign(article_id=t["article_id"].map(ids)) for name, t in tables}
    own = made["articles"]["article_id"]
    for column in ("title", "publisher", "source", "dateline", "date_evidence"):
        made["articles"][column] = own
    for name, columns in {
        "actors": ["role"],
        "figures": ["period", "unit"],
        "statements": ["source", "addressee"],
        "meetings": ["place", "participants"],
    }.items():
        for column in columns:
            made[name][column] = made[name]["article_id"]
    named = [STORED[i % len(STORED)] for i in range(len(made["actors"]))]
    assert set(named) == set(STORED)
    made["actors"] = made["actors"].assign(actor=named, kind="person", side="KOR")
    made["actors"]["actor"] = made["actors"]["actor"].astype("string")
    codes = [STORED[i % len(STORED)] for i in range(len(made["topics"]))]
    made["topics"]["topic"] = pd.array(codes, dtype="string")
    return analysis.Tables(**made)


def hostile_panel(size=8):
    """The first meetings of the panel, with payloads for names, places, publishers and keys."""
    panel = analysis.read_panel()
    fields = groups(size)
    kept = panel.articles.head(len(fields))
    own = dict(zip(kept["article_id"], fields, strict=True))
    made = {}
    for name in ("articles", "topics", "actors", "figures", "statements", "meetings"):
        table = getattr(panel, name)
        table = table[table["article_id"].isin(own)]
        made[name] = table.assign(article_id=table["article_id"].map(own).astype("string"))
    given = made["articles"]["article_id"]
    made["articles"] = made["articles"].assign(
        publisher=given, publisher_side=given, source=given, meeting_key=given, dyad=given
    )
    given = made["meetings"]["article_id"]
    made["meetings"] = made["meetings"].assign(place=given, meeting_key=given, channel=given)
    made["actors"] = made["actors"].assign(actor=made["actors"]["article_id"])
    return replace(panel, **made)
