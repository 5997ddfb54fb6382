"""Derives ``analysis/knowledge/currencies.csv`` from CLDR (babel) and ISO 3166 (pycountry).

Run it to write the file anew after an update of babel; a test holds the file equal to it.
"""

import csv
import io
import re
from pathlib import Path

import pycountry
from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name

FILE = Path(__file__).parent.parent / "analysis" / "knowledge" / "currencies.csv"
COLUMNS = ("currency", "name", "plural", "noun", "nouns", "sign", "sides", "until")
ENGLISH = ("en", "en_CA", "en_AU", "en_IN")  # en_CA has US$, en_AU the signs of the Pacific


def territories() -> dict[str, list[tuple[str, int | None]]]:
    """Return currency -> [(ISO 3166-1 alpha-3, last year of legal tender or None)]."""
    past = {c.alpha_2: c.alpha_3 for c in pycountry.historic_countries if hasattr(c, "alpha_2")}
    uses: dict[str, list[tuple[str, int | None]]] = {}
    for alpha_2, spans in get_global("territory_currencies").items():
        country = pycountry.countries.get(alpha_2=alpha_2)
        side = country.alpha_3 if country else past.get(alpha_2)
        for code, _, end, tender in spans:
            if side and tender:
                uses.setdefault(code, []).append((side, end[0] if end else None))
    return uses


def name(code: str, count: int) -> str:
    """Return the English name without years in brackets; units of account have none."""
    found = re.sub(r"\s*\(.*?\)", "", get_currency_name(code, count, "en"))
    account = " of " in found or "unit" in found or "Test" in found or found == code
    return "" if account else found


def signs() -> dict[str, str]:
    """Return code -> signs other than the code itself, separated by blanks."""
    known: dict[str, set[str]] = {}
    for locale in ENGLISH:
        for code, sign in Locale.parse(locale).currency_symbols.items():
            plain = sign.replace("\u202f", "")
            if plain not in (code, "$", "¤"):
                known.setdefault(code, set()).add(plain)
    return {c: " ".join(sorted(found, key=lambda s: (len(s), s))) for c, found in known.items()}


def rows() -> list[dict[str, str]]:
    """Return the rows of the file, one a currency of ISO 4217 or CLDR, by code."""
    uses, sign = territories(), signs()
    codes = set(Locale("en").currencies) | {c.alpha_3 for c in pycountry.currencies}
    table = []
    for code in sorted(codes):
        one, many = name(code, 1), name(code, 2)
        spans = uses.get(code, [])
        ended = [end for _, end in spans if end]
        past = bool(spans) and len(ended) == len(spans)
        table.append(
            {
                "currency": code,
                "name": one,
                "plural": many,
                "noun": one.rpartition(" ")[2] if spans else "",
                "nouns": many.rpartition(" ")[2] if spans else "",
                "sign": sign.get(code, ""),
                "sides": ";".join(sorted({side for side, end in spans if past or not end})),
                "until": str(max(ended)) if past else "",
            }
        )
    return table


def text() -> str:
    """Return the file's content."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows())
    return out.getvalue()


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
