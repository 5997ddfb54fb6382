"""How the library uses each of its patterns: with which methods, on how much of a text.

A program of its own, since it has to stand between the library and the module `re` before the
library is imported. It prints a JSON object a pattern: where it is compiled, the pattern, its
flags, and for each method the most characters that it was given of a short text and of one four
times as long. Patterns that are made from knowledge or from a text while this runs are among them.
"""

import json
import pkgutil
import re
import sys
from importlib import import_module
from io import BufferedReader, BytesIO
from pathlib import Path

METHODS = ("match", "search", "fullmatch", "finditer", "findall", "sub", "split")
BETWEEN = ("re", "pandas")  # who may call `re` in the name of the library
SHORT = 12_000  # characters
SAID = "Both sides agreed on 5 March 2025 to widen cooperation in trade, energy and science. " * 4
PAGE = f'<html><head><meta charset="utf-8"><title>Talks</title></head><body><p>{SAID}</p><p>{SAID}'
FEED = (
    '<?xml version="1.0" encoding="euc-kr"?><rss version="2.0"><channel><title>a</title><item>'
    f"<title>Việt</title><pubDate>Tue, 05 Mar 2024 10:00:00 GMT</pubDate><link>https://a.example/"
    f"2024/03/05/a</link><description>{SAID}</description></item></channel></rss>"
)
FILES = {
    ".txt": f" date 2025-03-05 {SAID} — VNA/VNS",
    ".html": PAGE,
    ".jsonl": json.dumps({"text": SAID, "date": "March 5, 2024", "language": "vi-VN"}),
    ".csv": f'text,date\n"{SAID}",2024-03-05\n',
    ".rss": FEED,
}

real = re._compile
found = {}
phase = 0


class Watched:
    """A pattern that remembers how much it was given."""

    def __init__(self, pattern, uses):
        self.__dict__.update(pattern_itself=pattern, uses=uses)

    def __getattr__(self, name):
        return getattr(self.pattern_itself, name)

    def __eq__(self, other):
        return self.pattern_itself == getattr(other, "pattern_itself", other)

    def __hash__(self):
        return hash(self.pattern_itself)


def watched(name):
    """Return a method that notes the width of what it is given, then does its work."""

    def method(self, *arguments, **named):
        string, *bounds = arguments[1:2] if name == "sub" else arguments
        start, end = 0, len(string)
        if name not in ("sub", "split"):
            start, end = (*bounds, *(0, len(string))[len(bounds) :])
            end = named.get("endpos", end)
        widths = self.uses.setdefault(name, [0, 0])
        widths[phase] = max(widths[phase], min(end, len(string)) - start)
        return getattr(self.pattern_itself, name)(*arguments, **named)

    return method


for name in METHODS:
    setattr(Watched, name, watched(name))


def compiled(pattern, flags):
    """Compile as `re` does; of the library's own patterns return one that remembers."""
    plain = real(getattr(pattern, "pattern_itself", pattern), flags)
    caller = sys._getframe(1)
    while caller and caller.f_globals.get("__name__", "").partition(".")[0] in BETWEEN:
        caller = caller.f_back
    name = caller.f_globals.get("__name__", "") if caller else ""
    # The site's own patterns read pages that the library has just made, not what it was given.
    if not name.startswith("analysis.") or name.startswith("analysis.site"):
        return plain
    place = (Path(caller.f_code.co_filename).name, caller.f_lineno)
    uses = found.setdefault((place, plain.pattern, plain.flags), {})
    return Watched(plain, uses)


def long_texts(texts, length):
    """Return texts of one length each: as they are, and without what usually divides them."""
    joined = " ".join(texts)
    flat = re.sub(r"[.\n]+", " ", joined)
    shapes = (
        joined,
        flat,
        flat.title(),
        flat.replace(",", ""),
        flat.lower(),
        re.sub(r"\s+", "\n", joined),
        re.sub(r"[a-z ]+", "", joined),
        re.sub(r"\w+", "aa", flat),
    )
    return [(shape * (length // len(shape) + 1))[:length] for shape in shapes]


def main():
    """Import the library, let it read and extract, and print what was seen."""
    global phase
    import analysis

    for module in pkgutil.iter_modules(analysis.__path__, "analysis."):
        import_module(module.name)
    from analysis.article import Input
    from analysis.extraction import extract_texts
    from analysis.formats import read_as
    from analysis.knowledge import load

    root = Path(__file__).resolve().parents[1]
    gold = root / "tests" / "gold"
    articles = analysis.read_articles(root / "seeds", *(gold / n for n in ("readouts", "world")))
    tables = analysis.extract(articles)
    for function in (analysis.ask_ledger, analysis.status_ladder, analysis.commitment_ladder):
        function(tables)
    analysis.compare_accounts(tables, *articles["article_id"][:2])
    for phase in (0, 1):
        for text in long_texts(articles["text"], SHORT * 4**phase):
            extract_texts([("a", text, None)], load())
        for suffix, content in FILES.items():
            content = content.replace(SAID, SAID * (10 * 4**phase))
            stream = BufferedReader(BytesIO(content.encode()))
            list(read_as(suffix, Input(stream, "x", "x")))
    for ((file, line), pattern, flags), uses in found.items():
        text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
        kind = type(pattern).__name__
        row = {"file": file, "line": line, "pattern": text, "kind": kind, "flags": flags}
        print(json.dumps(row | {"uses": uses}))


if __name__ == "__main__":
    re._compile = compiled
    main()
