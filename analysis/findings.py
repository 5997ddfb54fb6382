"""What a table says, in words: each function takes a table and returns its finding.

Nothing is claimed that the table's intervals or corrected tests do not carry; counts stay beside
shares. Charts use these sentences as titles and alternative texts.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from analysis.named_rows import records
from analysis.prose import counted, listing, name, number, percent, points
from analysis.word_forms import plural

LEVEL = 0.05  # of a test after correction, as the intervals' 95 %
NAMED_AT_MOST = 4  # names in a title; more are counted
FEW = 5  # below this many units a period is drawn as a weak one, and nothing is said of it
SMALL = 30  # below this many units a dot is hollow: its share is a rough one


class Finding(NamedTuple):
    """What a table shows: in one sentence, and in words with the numbers behind it."""

    title: str
    words: str


def caveat(n: int, unit: str) -> str:
    """Say of a small number of units what can be concluded from it: nothing on others.

    Examples
    --------
    >>> caveat(5, "article")
    'Five articles are five articles: they show what these say, not what others do.'
    >>> caveat(71, "meeting")
    ''
    """
    if n >= SMALL:
        return ""
    these = f"{number(n)} {unit if n == 1 else plural(unit)}"
    verb = "is" if n == 1 else "are"
    these_say = "it says" if n == 1 else "these say"
    shows = "it shows" if n == 1 else "they show"
    return f"{these.capitalize()} {verb} {these}: {shows} what {these_say}, not what others do."


def frequency(table: pd.DataFrame) -> Finding:
    """Which topics are named most, of a table with one topic a row (``n`` of ``n_all``)."""
    rows = table.sort_values("n", ascending=False, kind="stable")
    unit, n_all = rows["counted"].iloc[0], int(rows["n_all"].max())
    absent = int((rows["n"] == 0).sum())
    everywhere = rows[rows["n"] == n_all]
    if len(everywhere):
        title = f"{listing(map(name, everywhere['topic']), 3)} named in all {number(n_all)} "
        title += plural(unit)
        title += f"; {number(absent)} of {len(rows)} topics in {'it' if n_all == 1 else 'none'}"
    else:
        top = rows.head(3)
        shares = listing(percent(s) for s in top["share"])
        title = f"{listing(map(name, top['topic']))} are named most: in {shares} of {plural(unit)}"
    shown = rows[rows["n"] > 0]
    words = ", ".join(
        f"{name(r.topic)} {r.n} ({percent(r.low)} to {percent(r.high)})" for r in records(shown)
    )
    return Finding(
        title,
        f"{counted(n_all, unit).capitalize()}. {plural(unit).capitalize()} with each topic, and "
        f"the 95 % interval of the share: {words}. {number(absent).capitalize()} named in none",
    )


def moved(trends: pd.DataFrame) -> pd.Series:
    """Say of each row whether it rose, fell, or neither can be told after correction."""
    clear = trends["p_holm"] < LEVEL
    told = pd.Series("unclear", index=trends.index)
    return told.mask(clear & (trends["change"] > 0), "rose").mask(
        clear & (trends["change"] < 0), "fell"
    )


def trends(table: pd.DataFrame, first: str, last: str) -> Finding:
    """Which topics rose or fell between two years, by the corrected test."""
    told = moved(table)
    named = {
        way: table[told == way].sort_values("p_holm", kind="stable") for way in ("rose", "fell")
    }
    unclear = table[told == "unclear"]
    parts = [
        f"{listing(map(name, rows['topic']), NAMED_AT_MOST)} {way}"
        for way, rows in named.items()
        if len(rows)
    ]
    end = (
        f"no clear change in the other {len(unclear)} of {len(table)} topics"
        if parts
        else f"None of {len(table)} topics clearly rose or fell"
    )
    words = [
        f"{name(r.topic)} {way}: {percent(r.share_first)} in {first}, {percent(r.share_last)} in "
        f"{last}, {points(r.change)} points a year ({points(r.low)} to {points(r.high)}; "
        f"n {r.n} of {r.n_all})"
        for way, rows in named.items()
        for r in records(rows)
    ]
    lean = unclear[(unclear["low"] > 0) | (unclear["high"] < 0)]
    if len(lean):
        leaning = "; ".join(
            f"{name(r.topic)} {points(r.change)} ({points(r.low)} to {points(r.high)}; n {r.n})"
            for r in records(lean)
        )
        words.append(f"Not clear after correction for {len(table)} topics: {leaning}")
    others = unclear[~unclear.index.isin(lean.index)]
    words.append(f"Intervals that include no change: {listing(map(name, others['topic']))}")
    return Finding("; ".join([*parts, end]), ". ".join(words))


def periods(table: pd.DataFrame) -> Finding:
    """How the topics named most are spread over the periods, and which periods say nothing."""
    level = "topic" if "topic" in table else "theme"
    total = table.groupby(level, sort=False)["n"].sum().sort_values(ascending=False, kind="stable")
    per = table.drop_duplicates("period")
    have = per[per["n_all"] > 0]
    every = [
        key
        for key, rows in table[table["n_all"] > 0].groupby(level, sort=False)
        if (rows["n"] > 0).all()
    ]
    once = int((total == 0).sum())
    lead = listing(map(name, [k for k in total.index if k in every]), 3)
    unit = table["counted"].iloc[0]
    title = (
        f"{lead} come up in every period with {plural(unit)}"
        if every
        else f"No {level} comes up in every period with {plural(unit)}"
    )
    if once:
        title += f"; {number(once)} of {len(total)} {level}s never"
    empty = per.loc[per["n_all"] == 0, "period"]
    sizes = ", ".join(f"{r.period}: {counted(int(r.n_all), unit)}" for r in records(have))
    most = "; ".join(
        f"{name(key)} "
        + ", ".join(
            f"{r.n} of {r.n_all} in {r.period}"
            for r in records(table[(table[level] == key) & (table["n_all"] > 0)])
        )
        for key in total.index[:6]
    )
    words = f"{sizes}. Most named: {most}"
    if len(empty):
        words += f". No articles in {listing(empty)}"
    return Finding(title, words)


def over_time(table: pd.DataFrame) -> Finding:
    """How far the shares of topics move from year to year, against their intervals."""
    level = next(c for c in ("topic", "theme", "label") if c in table)
    value = "share" if "share" in table else "weight"
    dated = table[table["n_all"] >= FEW]
    apart, words = [], []
    for key, rows in dated.groupby(level, sort=False):
        sure = rows["low"].max() > rows["high"].min()
        ranked = rows.sort_values(value, kind="stable")
        low, high = ranked.iloc[0], ranked.iloc[-1]
        if sure:
            apart.append(str(key))
        words.append(
            f"{name(str(key))} {percent(low[value])} ({low['period']}) to "
            f"{percent(high[value])} ({high['period']})"
        )
    keys = dated[level].nunique()
    what = "theme" if level == "label" else level
    title = (
        f"Of {keys} {what}s, {number(len(apart))} {'has' if len(apart) == 1 else 'have'} years "
        f"whose intervals do not meet: {listing(map(name, apart), NAMED_AT_MOST)}"
        if apart
        else f"For none of {keys} {what}s do the intervals of any two years lie apart"
    )
    return Finding(title, f"Lowest and highest year with {FEW} units or more: " + "; ".join(words))


def sides(table: pd.DataFrame, first: str, second: str) -> Finding:
    """Say what one side's reports of the same meetings name and the other's leave out."""
    clear = table[table["p_holm"] < LEVEL]
    meetings = int(table["meetings"].iloc[0])
    if clear.empty:
        title = (
            f"Over {meetings} meetings that both report, no topic is clearly one side's own "
            "after correction"
        )
    else:
        title = f"{listing(map(name, clear['topic']), NAMED_AT_MOST)} set the sides apart"
    order = table["difference"].abs().sort_values(ascending=False, kind="stable").index
    widest = table.loc[order[:6]]
    words = "; ".join(
        f"{name(r.topic)}: only {first} {r.only_first}, only {second} {r.only_second}, "
        f"both {r.both} ({points(r.low)} to {points(r.high)} points)"
        for r in records(widest)
    )
    return Finding(title, f"Widest differences: {words}")
