"""Reprints: signatures estimate what they should, stories do not depend on order, and err so often.

`gold/reprints.jsonl` has eight development readouts with five versions each, and four readouts of
the next meeting in the same form, which are no reprints.
"""

import dataclasses
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis
from analysis import leaders
from analysis.articles import read_articles
from analysis.leaders import MOST, lead
from analysis.reprints import SIMILARITY
from analysis.schema import TableError
from analysis.signatures import SIZE, _runs, alike, signatures
from analysis.site import reader
from analysis.site.frame import Site

TESTS = Path(__file__).parent
GOLD = TESTS / "gold" / "reprints.jsonl"


@pytest.fixture(scope="module")
def versions():
    return read_articles(GOLD)


@pytest.fixture(scope="module")
def truth():
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    return {row["article_id"]: row["story"] for row in rows}


def jaccard(one, other):
    one, other = set(_runs(one).tolist()), set(_runs(other).tolist())
    return len(one & other) / len(one | other)


# ---------------------------------------------------------------- signatures


def test_what_houses_write_differently_does_not_count():
    one = "HÀ NỘI — Việt Nam’s exports rose by US$100 billion, both sides said on Tuesday."
    other = "Ha Noi – Viet Nam's exports rose by US$100 billion; both sides said on\nTuesday"
    assert jaccard(one, other) == 1
    assert alike(*signatures([one, other])) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Hai bên nhất trí nâng kim ngạch thương mại lên 150 tỷ USD vào năm 2030.",
            "Hai bên nhất trí nâng kim ngạch thương mại lên 150 tỷ USD trước năm 2030.",
        ),
        (
            "양측은 2030년까지 교역액 1500억 달러 달성을 위해 함께 노력하기로 했다.",
            "양측은 2025년까지 교역액 1500억 달러 달성을 위해 함께 노력하기로 했다.",
        ),
        (
            "両首脳は十月十日にハノイで会談し、貿易額の拡大で一致した。",
            "両首脳は十月九日にハノイで会談し、貿易額の拡大で一致した。",
        ),
        ("ผู้นำทั้งสองฝ่ายเห็นพ้องที่จะขยายการค้าระหว่างกัน", "ผู้นำทั้งสองฝ่ายเห็นพ้องจะขยายการค้าระหว่างกัน"),
    ],
)
def test_one_other_word_is_seen_in_any_script_and_does_not_change_all(one, other):
    assert 0.3 < jaccard(one, other) < 1


def test_short_texts_are_alike_only_if_their_words_are_the_same():
    signed = signatures(["Photo: VNA", "photo – VNA.", "Photo: VNS", "—", "…"])
    assert alike(signed[0], signed[1]) == 1
    assert alike(signed[0], signed[2]) < 0.1
    assert alike(signed[3], signed[4]) < 0.1


def test_a_signature_does_not_depend_on_how_much_is_hashed_at_once(monkeypatch):
    text = " ".join(f"w{i}" for i in range(300))
    whole = signatures([text])
    monkeypatch.setattr("analysis.signatures.HELD", 7)
    assert (signatures([text]) == whole).all()


def test_no_text_has_no_signature():
    assert signatures([]).shape == (0, SIZE)


def test_estimates_are_off_by_no_more_than_their_standard_error_says(versions):
    texts = versions["text"].tolist()
    signed = signatures(texts)
    pairs = list(combinations(range(len(texts)), 2))
    true = np.array([jaccard(texts[i], texts[j]) for i, j in pairs])
    estimated = np.array([alike(signed[i], signed[j]) for i, j in pairs])
    expected = np.sqrt(true * (1 - true) / SIZE)
    near = true > 0.15
    off = (estimated - true)[near] / expected[near]
    assert near.sum() > 100
    assert abs(off.mean()) < 0.5
    assert 0.7 < off.std() < 1.3


# ---------------------------------------------------------------- leaders


def one_by_one(signed, order, least, most):
    """Go through the texts as the definition says, one after the other."""
    heads, led, of = {}, {}, {}
    for row in order.tolist():
        twin = of.setdefault(signed[row].tobytes(), row)
        if twin != row:
            led[row] = led[twin]
            continue
        bands = [(i, key) for i, key in enumerate(signed[row].view("<u8").tolist())]
        near = {other: None for band in bands for other in heads.get(band, [])[:most]}
        found = [(float(alike(signed[row], signed[other])), other) for other in near]
        found = [pair for pair in found if pair[0] >= least]
        place = {other: i for i, other in enumerate(order.tolist())}
        if found:
            led[row] = max(found, key=lambda pair: (pair[0], -place[pair[1]]))[1]
        else:
            led[row] = row
            for band in bands:
                heads.setdefault(band, []).append(row)
    return [led[row] for row in range(len(signed))]


@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 150),
    kinds=st.integers(1, 5),
    changed=st.floats(0, 0.9),
    values=st.sampled_from([2, 20, 2**16]),
    stretch=st.sampled_from([1, 7, 40, leaders.STRETCH]),
)
@settings(max_examples=100, deadline=None)
def test_rounds_come_to_the_same_as_one_text_after_the_other(
    seed, count, kinds, changed, values, stretch
):
    draw = np.random.default_rng(seed)
    kind = draw.integers(0, 2**16, (kinds, SIZE), dtype=np.uint16)
    signed = kind[draw.integers(0, kinds, count)]
    other = draw.random((count, SIZE)) < draw.uniform(0, changed, count)[:, None]
    signed[other] = draw.integers(0, values, other.sum()).astype(np.uint16)
    order = draw.permutation(count)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(leaders, "STRETCH", stretch)
        patched.setattr(leaders, "MOST", 3)  # of one bucket, in one stretch or in several
        found = lead(signed, order, 0.5).leader.tolist()
    assert found == one_by_one(signed, order, 0.5, most=3)


def test_no_more_leaders_than_said_are_looked_at_in_a_bucket():
    """Texts that agree in one band and in nothing else, then a copy of the last but one of them."""
    draw = np.random.default_rng(0)
    signed = draw.integers(0, 2**16, (MOST + 3, SIZE), dtype=np.uint16)
    signed[:, :4] = 7
    signed[-1] = signed[-2]
    signed[-1, 4::4] += 1  # half of one number in each band: found by the first band alone
    order = np.arange(len(signed))
    assert lead(signed, order, 0.5).leader.tolist() == order.tolist()
    kept = np.arange(2, len(signed))
    assert lead(signed[kept], order[: len(kept)], 0.5).leader[-1] == len(kept) - 2


# ---------------------------------------------------------------- stories


def test_the_story_is_that_of_the_earliest_article_whatever_their_order(versions):
    tables = analysis.extract(versions)
    ids = tables.articles.set_index("article_id")["story_id"]
    days = tables.articles.set_index("article_id")["published_from"]
    turned = versions.iloc[::-1].reset_index(drop=True)
    again = analysis.extract(turned).articles.set_index("article_id")["story_id"]
    pd.testing.assert_series_equal(again.loc[ids.index], ids)
    for article, story in ids.items():
        assert ids[story] == story
        assert not days[story] > days[article]
    for story, members in ids.groupby(ids):
        same = [m for m in members.index if days[m] == days[story]]
        assert story == min([story, *same])


def test_an_earlier_article_takes_over_the_story_and_a_part_of_it_does_not(corpus):
    text = (TESTS / "gold" / "readouts" / "04_pm_talks_seoul.txt").read_text(encoding="utf-8")
    body = text.partition("2024-07-02 ")[2]
    late, later = f" date 2024-07-04 {body}", f" date 2024-07-05 SEOUL — {body}"
    two = corpus(b=late, c=later).articles["story_id"]
    assert two.tolist() == ["b", "b"]
    three = corpus(b=late, c=later, z=f" date 2024-07-03 {body}").articles["story_id"]
    assert three.tolist() == ["z", "z", "z"]
    brief = f" date 2024-07-03 {body[: len(body) // 4]}"
    assert corpus(b=late, z=brief).articles["story_id"].tolist() == ["b", "z"]


def test_an_article_whose_day_is_not_known_comes_last():
    rows = {"article_id": ["a", "b"], "published_from": [pd.NaT, pd.Timestamp("2024-01-02")]}
    found = analysis.stories(pd.DataFrame(rows).assign(text="They met in Seoul on a Monday."))
    assert found["story_id"].tolist() == ["b", "b"]
    assert found["similarity"].tolist() == [1, 1]


def test_stories_do_not_chain():
    """Each version is like the one before; the last has nothing of the first."""
    words = [f"w{i}" for i in range(400)]
    texts = [" ".join(words[i : i + 200]) for i in range(0, 201, 50)]
    rows = {"article_id": list("abcde"), "text": texts}
    found = analysis.stories(pd.DataFrame(rows).assign(published_from=pd.NaT))
    assert found["story_id"].tolist() == ["a", "a", "c", "c", "e"]


def test_a_higher_similarity_keeps_apart_what_was_cut(versions):
    stories = [analysis.stories(versions, s)["story_id"].nunique() for s in (0.5, 0.75, 1)]
    assert stories == sorted(stories)
    assert stories[0] < stories[2] == len(versions)


def test_what_has_no_texts_has_no_stories():
    panel = analysis.read_panel()
    assert panel.articles["story_id"].isna().all()
    with pytest.raises(TableError, match="articles without text have no stories"):
        analysis.stories(panel.articles)
    with pytest.raises(TableError, match=r"columns \['text'\] are missing"):
        analysis.stories(panel.articles.drop(columns="text"))
    for wrong in (0.49, 1.01, float("nan")):
        with pytest.raises(TableError, match=f"similarity {wrong}; allowed: 0.5 to 1"):
            analysis.stories(panel.articles, wrong)


def test_articles_as_read_have_no_stories_yet(versions):
    assert versions["story_id"].isna().all()


def test_the_page_of_a_reprint_leads_to_the_first_print(corpus, tmp_path):
    text = (TESTS / "gold" / "readouts" / "04_pm_talks_seoul.txt").read_text(encoding="utf-8")
    later = text.replace("date 2024-07-02 Seoul", "date 2024-07-03 SEOUL")
    tables = corpus(b=text, a=f"{later} More.")
    named = tables.articles.assign(title=["<b>First</b>", "Second"])
    reader.write(Site(tmp_path, {}, {}, ""), dataclasses.replace(tables, articles=named))
    link = '<dt>Reprint of</dt><dd><a href="b.html"><bdi>&lt;b&gt;First&lt;/b&gt;</bdi></a></dd>'
    assert link in (tmp_path / "reader" / "a.html").read_text(encoding="utf-8")
    assert "Reprint of" not in (tmp_path / "reader" / "b.html").read_text(encoding="utf-8")
    listed = (tmp_path / "reader" / "index.html").read_text(encoding="utf-8")
    assert listed.count("; reprint</li>") == 1


# ---------------------------------------------------------------- how often it errs


def pairs_of(story):
    return {
        frozenset(pair)
        for _, ids in pd.Series(story).groupby(pd.Series(story))
        for pair in combinations(ids.index, 2)
    }


def test_pairs_of_one_story_are_found_as_often_as_we_say(versions, truth):
    """No two stories are one; of the versions that keep half of the text, most are found."""
    found = analysis.stories(versions).set_index("article_id")["story_id"].to_dict()
    said, held = pairs_of(found), pairs_of(truth)
    assert said <= held, "precision 1"
    long = {pair for pair in held if not any(i.endswith("_brief") for i in pair)}
    assert len(said & long) / len(long) > 0.8
    briefs = held - long
    assert len(said & briefs) <= 0.1 * len(briefs), "a brief is less than half of the story"


def test_no_true_pair_of_different_stories_is_near_the_threshold(versions, truth):
    texts = dict(zip(versions["article_id"], versions["text"], strict=True))
    next_meetings = [name for name in texts if name.endswith("_next")]
    near = [jaccard(texts[n], text) for n in next_meetings for i, text in texts.items() if i != n]
    assert 0.3 < max(near) < SIMILARITY - 0.1, "the next meeting in the same form"
    folders = [TESTS.parent / "seeds", *(TESTS / "gold" / f for f in ("readouts", "world"))]
    others = read_articles(*folders)["text"]
    assert max(jaccard(a, b) for a, b in combinations(others, 2)) < SIMILARITY / 10
