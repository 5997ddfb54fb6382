"""Knowledge files: all in order, taken from a user's folder where it has them, refused whole."""

import csv
import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

from analysis.knowledge import Knowledge, KnowledgeError, load
from analysis.knowledge_files import FILES, READERS
from analysis.schema import codes

PACKAGE = files("analysis") / "knowledge"


def refusal(folder, **written):
    """Write files of knowledge into `folder` and return the message with which they are refused."""
    for name, content in written.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    with pytest.raises(KnowledgeError) as caught:
        Knowledge(folder)
    return str(caught.value)


# ---------------------------------------------------------------- what the package ships


def test_every_file_is_registered_and_every_registered_file_is_there():
    assert {Path(p.name).stem for p in PACKAGE.iterdir() if p.name.endswith(".csv")} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_columns_are_those_registered_in_their_order(name):
    header = (PACKAGE / f"{name}.csv").read_text("utf-8").splitlines()[0]
    assert tuple(header.split(",")) == FILES[name].columns


@pytest.mark.parametrize("name", FILES)
def test_no_line_ends_in_blanks_and_the_last_one_is_closed(name):
    content = (PACKAGE / f"{name}.csv").read_text("utf-8")
    assert content.endswith("\n")
    assert not [n for n, line in enumerate(content.split("\n"), 1) if line != line.rstrip()]


def test_coded_columns_name_columns_that_have_codes():
    for spec in FILES.values():
        assert set(spec.key) | set(spec.blank) | set(spec.coded) <= set(spec.columns)
        assert all(codes(column) for column in spec.coded.values())


def test_roles_of_titles_are_codes_or_say_how_they_are_found():
    parts = {"home", "away", "deputy", "former"}
    for row in load().rows["titles"]:
        for value in (row.role, row.deputy):
            assert not value or value in codes("role") or value in parts, row


def test_patterns_of_names_compile_and_fit_no_other_customs_example():
    examples = {"VNM": "đinh quốc bảo", "KOR": "rhee sang-woo", "CHN": "wang zhenhua"}
    shapes = {r.side: r.shape for r in load().rows["name_customs"] if r.shape}
    for side, name in examples.items():
        fits = {s for s, shape in shapes.items() if re.fullmatch(shape, name)}
        assert side in fits
        assert not fits & (set(examples) - {side})


def test_terms_of_one_person_in_one_office_do_not_overlap():
    terms = {}
    for row in load().rows["offices"]:
        terms.setdefault((row.surface, row.side, row.role), []).append((row.since, row.until))
    for office, spans in terms.items():
        spans.sort()
        for (since, until), (following, _) in pairwise(spans):
            assert until, f"{office}: open since {since}, and again from {following}"
            assert until <= following, office
        assert all(not until or since <= until for since, until in spans), office


def test_loaded_once():
    assert load() is load()


# ---------------------------------------------------------------- a user's folder


def test_a_folder_replaces_the_files_that_it_holds(tmp_path):
    (tmp_path / "organisations.csv").write_text(
        "surface,organisation,note\nPan-Arctic Fisheries Board,PAFB,\n", encoding="utf-8"
    )
    own = Knowledge(tmp_path)
    assert [r.organisation for r in own.rows["organisations"]] == ["PAFB"]
    assert own.rows["titles"] == load().rows["titles"]
    assert own.hash != load().hash
    hits = own.annotate("a", "The Pan-Arctic Fisheries Board met the UN.").hits["organisations"]
    assert [h.row.organisation for h in hits] == ["PAFB"]


def test_a_byte_order_mark_is_read_over(tmp_path):
    text = "\ufeffabbreviation,note\nXyz,\n"
    (tmp_path / "abbreviations.csv").write_text(text, encoding="utf-8")
    assert [r.abbreviation for r in Knowledge(tmp_path).rows["abbreviations"]] == ["Xyz"]


def test_an_empty_folder_changes_nothing(tmp_path):
    assert Knowledge(tmp_path).hash == load().hash


# ---------------------------------------------------------------- what is refused


def test_an_unknown_code(tmp_path):
    message = refusal(tmp_path, attributions="surface,act,note\nin the view of,mumble,\n")
    assert f"{tmp_path / 'attributions.csv'}:2: act 'mumble' is unknown" in message
    assert "allowed: " + ", ".join(codes("act")) in message


def test_an_unknown_topic(tmp_path):
    header = (PACKAGE / "terms.csv").read_text("utf-8").splitlines()[0]
    cells = dict.fromkeys(header.split(","), "")
    cells |= {"surface": "moon base", "topic": "lunar_affairs", "inflect": "noun"}
    message = refusal(tmp_path, terms=f"{header}\n{','.join(cells.values())}\n")
    assert "terms.csv:2: topic 'lunar_affairs' is unknown; allowed: partnership" in message


def test_topics_are_those_of_the_codebook_all_of_them(tmp_path):
    rows = (PACKAGE / "topics.csv").read_text("utf-8")
    message = refusal(tmp_path, topics=rows.replace(",trade,", ",cheese,"))
    assert "topic 'cheese' is unknown; allowed: partnership" in message
    kept = [line for line in rows.splitlines() if ",trade," not in line]
    message = refusal(tmp_path, topics="\n".join(kept))
    assert "topics.csv: has no row for topic 'trade'; add it" in message


def test_topics_that_are_all_left_out(tmp_path):
    header = (PACKAGE / "topics.csv").read_text("utf-8").splitlines()[0]
    assert "topics.csv: has no row for topic 'trade'; add it" in refusal(tmp_path, topics=header)


def test_a_sign_of_a_currency_without_a_name(tmp_path):
    message = refusal(tmp_path, money_signs="sign,currency,note\n¤,XQZ,\n")
    assert "money_signs.csv: currency 'XQZ' of '¤' has no name in currencies.csv" in message


def test_a_duplicate_alias_is_found_whatever_its_case_and_accents(tmp_path):
    message = refusal(
        tmp_path,
        organisations="surface,organisation,note\nFondation Été,FE,\nUN,UN,\nfondation ete,FE,\n",
    )
    assert "organisations.csv:4: repeats line 2 (fondation ete)" in message


def test_a_missing_column(tmp_path):
    message = refusal(tmp_path, organisations="surface,note\nUN,\n")
    assert "organisations.csv: column(s) organisation missing; has ['surface', 'note']" in message


@pytest.mark.parametrize("line", ["UN,UN", "UN,UN,note,more"])
def test_a_wrong_number_of_cells(tmp_path, line):
    message = refusal(tmp_path, organisations=f"surface,organisation,note\n{line}\n")
    assert "organisations.csv:2: 3 cells expected; quote commas" in message


def test_a_cell_larger_than_any_fact(tmp_path):
    readers = csv.field_size_limit(131_072)  # which they may have raised
    try:
        text = f"surface,organisation,note\n{'a' * 200_000},A,\n"
        message = refusal(tmp_path, organisations=text)
    finally:
        csv.field_size_limit(readers)
    assert "organisations.csv:2: is no CSV (field larger than field limit (131072))" in message


def test_a_file_that_is_not_utf_8(tmp_path):
    message = refusal(tmp_path, organisations="surface,organisation,note\né,E,\n".encode("latin-1"))
    assert "organisations.csv: cannot be read as UTF-8 text" in message
    assert message.endswith("save it as UTF-8") or "save it as UTF-8" in message


def test_an_empty_file(tmp_path):
    message = refusal(tmp_path, organisations="")
    assert "column(s) surface, organisation, note missing" in message


def test_an_empty_cell_where_one_is_needed(tmp_path):
    message = refusal(tmp_path, organisations="surface,organisation,note\nUN,,\n")
    assert "organisations.csv:2: organisation is empty" in message


def test_a_file_that_nobody_knows(tmp_path):
    message = refusal(tmp_path, organizations="surface\nUN\n")
    assert "organizations.csv: no such knowledge file; known: " in message
    assert "organisations" in message


def test_all_faults_are_told_at_once(tmp_path):
    message = refusal(
        tmp_path,
        organisations="surface,note\nUN,\n",
        attributions="surface,act,note\nsays,mumble,\nsays,state,\n",
        abbreviations="abbreviation,note\nDr\n",
    )
    assert message.startswith("knowledge cannot be used, 4 fault(s):\n")


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(KnowledgeError, match="no such folder of knowledge files"):
        load(tmp_path / "none")


def test_refused_before_any_work(tmp_path):
    """A fault in the last file is found although nothing asks for that file."""
    last = list(FILES)[-1]
    assert f"{last}.csv" in refusal(tmp_path, **{last: "x\ny\n"})


def test_the_package_has_no_quoting_fault():
    for name, spec in FILES.items():
        with (PACKAGE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert {len(cells) for cells in csv.reader(file)} == {len(spec.columns)}, name


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("units", "surface,forms,kind,unit,factor\nton,,measure,ton,abc\n", "a number"),
        ("units", "surface,forms,kind,unit,factor\nton,,measure,ton,nan\n", "a number"),
        ("numbers", "surface,kind,value\none,cardinal,uno\n", "a number"),
        ("calendar", "surface,kind,value\nJanuary,month,1.5\n", "a whole number"),
        (
            "money_words",
            "surface,forms,currency,share,of,needs,note\nbuck,,USD,all,,,\n",
            "a number",
        ),
        ("name_customs", "side,order,short,shape,note\nVNM,any,any,(((,\n", "a regular expression"),
        ("name_customs", "side,order,short,shape,note\nVNM,any,any,(a+)+b,\n", "a regular expres"),
        ("name_customs", 'side,order,short,shape,note\nVNM,any,any,"(a|a){2,}",\n', "a regular"),
    ],
)
def test_a_cell_that_cannot_be_read(file, content, told, tmp_path):
    message = refusal(tmp_path, **{file: content})
    assert f"{file}.csv:2: " in message
    assert f"cannot be read; write {told}" in message


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("titles", "surface,part,role,deputy,note\nchair,haed,,,\n", "part 'haed' is unknown"),
        (
            "contexts",
            "group,surface,inflect,forms,note\nsea,reef,nuon,,\n",
            "inflect 'nuon' is unknown; allowed: literal, none, noun, verb",
        ),
        ("numbers", "surface,kind,value\none,cardnal,1\n", "kind 'cardnal' is unknown"),
    ],
)
def test_a_word_that_no_rule_reads(file, content, told, tmp_path):
    assert f"{file}.csv:2: {told}" in refusal(tmp_path, **{file: content})


def test_every_reader_has_a_name_and_every_column_is_there():
    for spec in FILES.values():
        assert {*spec.allowed, *spec.reads, *spec.coded} <= set(spec.columns)
        assert set(spec.reads.values()) <= set(READERS)
