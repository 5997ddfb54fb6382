"""Sentences: where they end and where they do not; offsets only, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.knowledge import load

SPLITTER = load().splitter


FRAGMENTS = "Dr. Kim|said|Talks|ended.|U.S.|\n|\n\n|(1)|“Yes.”|—|HÀ NỘI|3.5|No.|ended.The|…"


def parts(text):
    return [text[a:b] for a, b in SPLITTER.split(text)]


@pytest.mark.parametrize(
    ("text", "count", "reason"),
    [
        ("Talks began. They ended.", 2, "full stop and capital"),
        ("Talks began! Did they end? They did.", 3, "exclamation and question marks"),
        ("Talks began… They ended.", 2, "an ellipsis"),
        ("“We agreed.” He left.", 2, "a closing quotation mark"),
        ("“We agreed.” “We did not.”", 2, "quotation after quotation"),
        ("(They agreed.) He left.", 2, "a closing bracket"),
        ("Dr. Kim met Mr. Lê and Gen. Vũ.", 1, "titles"),
        ("Sen. Lt. Gen. Vũ Hải Đăng spoke.", 1, "ranks in a row"),
        ("Md. Rafiqul Haque spoke.", 1, "an abbreviated name"),
        ("Deputy Minister Eng. Saleh met Atty. Cruz and H.H. Sheikh Ali.", 1, "honorifics"),
        ("Sqn. Ldr. Khan met Dipl.-Ing. Weber, Ir. Joko and Msgr. Rossi.", 1, "more of them"),
        ("The fund holds 5 tn. The MoH. The talks in Mons. They left.", 4, "no honorifics"),
        ("Robert J. Hollis met K. P. Nambiar.", 1, "initials"),
        ("The U.S. Secretary of State left.", 1, "a country in points"),
        ("On Aug. 11 they met. On Sept. 2 they parted.", 2, "months"),
        ("Daehan Co. Ltd. will invest.", 1, "firms"),
        ("Trade grew by 3.5 per cent to 1.250 billion.", 1, "numbers"),
        ("Item No. 5 was adopted.", 1, "number"),
        ("The talks ended.The next round is near.", 2, "a missing blank"),
        ("See www.example.org for more.", 1, "an address"),
        pytest.param(
            *("See www.Example.org for more.", 1, "an address with a capital"),
            marks=pytest.mark.xfail(strict=True, reason="a glued sentence looks the same"),
        ),
        ("He left. đ is a letter.", 1, "no capital follows"),
        ("He left. Đinh Quốc Bảo stayed.", 2, "a Vietnamese capital"),
        ("He left. 조태열 stayed.", 2, "Hangul has no capitals"),
        ("He left. 3 ministers stayed.", 2, "a digit opens a sentence"),
        ("First paragraph\n\nSecond paragraph", 2, "a blank line"),
        ("A line that goes\non here.", 1, "a wrapped line"),
        ("Ministers meet in Oslo\nForeign Minister X said so.", 2, "a heading without a stop"),
        ("They agreed on:\n1. Trade matters.\n2. Visas.", 3, "numbered points"),
        ("", 0, "nothing"),
        (" \n\t ", 0, "blanks"),
        ("One", 1, "no stop at all"),
    ],
)
def test_where_sentences_end(text, count, reason):
    assert len(parts(text)) == count, f"{reason}: {parts(text)}"


@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(
            st.sampled_from(FRAGMENTS.split("|")),
            max_size=40,
        ).map(" ".join),
    )
)
def test_sentences_are_in_order_and_only_blanks_lie_between(text):
    at = 0
    for start, end in SPLITTER.split(text):
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()
