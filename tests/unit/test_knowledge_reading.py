"""Folders, encodings, whole files that cannot be read, ids, and the real knowledge base at full scale."""

import os
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_assist.errors import KnowledgeError
from customer_assist.knowledge import BadRow, profile_path, read
from customer_assist.knowledge.identity import Identities
from customer_assist.model import Document

DATA = Path(os.environ.get("CUSTOMER_ASSIST_DATA", "../shared/data"))


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def test_a_folder_is_read_recursively_and_sorted_and_named_after_itself(tmp_path):
    shop = write(
        tmp_path / "shop",
        {
            "b.md": "# B\n\nText.",
            "a/z.csv": "question\nZ?\n",
            "a/y.json": '[{"q": "Y?"}]',
            "c.jsonl": '{"q": "C?"}',
        },
    )
    items = [item for item in read(shop) if isinstance(item, Document)]
    assert [item.heading for item in items] == ["Y?", "Z?", "B", "C?"]
    assert {item.source for item in items} == {"shop"}
    assert [item.source for item in read(shop, source="demo") if isinstance(item, Document)] == ["demo"] * 4


def test_the_source_is_the_real_name_however_the_path_is_written(tmp_path, monkeypatch):
    shop = write(tmp_path / "shop", {"faq/a.csv": "question\nA?\n"})
    monkeypatch.chdir(shop / "faq")
    for path, source in (("..", "shop"), (".", "faq"), ("a.csv", "a.csv"), ("../faq/a.csv", "a.csv")):
        assert read(Path(path)).source == source


def test_hidden_files_readmes_and_the_profile_are_no_knowledge_and_other_kinds_are_noted_once(tmp_path):
    quiet = {
        ".git/x.md": "# X",
        ".a.md": "# A",
        "README.md": "# R",
        "business.toml": "",
        "a.md": "# A\n\nText.",
    }
    reading = read(write(tmp_path, {**quiet, **{f"{number}.png": "" for number in range(7)}}))
    assert len(list(reading)) == 1
    (notice,) = reading.notices
    assert notice.startswith("7 of other kinds passed over: 0.png, 1.png, 2.png, 3.png, 4.png and 2 more")
    assert len(list(reading)) == 1  # and again
    assert len(reading.notices) == 1


def test_a_readme_that_is_asked_for_is_read(tmp_path):
    write(tmp_path, {"README.md": "# R\n\nText."})
    assert len(list(read(tmp_path / "README.md"))) == 1


def test_in_a_folder_a_file_that_cannot_be_read_is_a_bad_row_and_the_others_go_on(tmp_path):
    write(tmp_path, {"a/a.csv": "colour\nred\n", "b.json": "", "c.md": "# C\n\nText."})
    first, second, third = read(tmp_path)
    assert isinstance(first, BadRow) and (first.file, first.line) == ("a/a.csv", 1)
    assert isinstance(second, BadRow) and str(second) == "b.json, line 1: the file is empty"
    assert isinstance(third, Document)


def test_an_id_given_twice_in_a_folder_is_named_with_the_place_of_the_first(tmp_path):
    write(tmp_path, {"a.md": "---\nid: x\n---\nText.", "b.md": "---\nid: x\n---\nOther."})
    first, second = read(tmp_path)
    assert isinstance(first, Document)
    assert str(second) == "b.md, line 1: its id 'x' is already that of a.md, line 1"


def test_a_folder_without_knowledge_is_refused(tmp_path):
    with pytest.raises(KnowledgeError, match="holds no file to read"):
        list(read(write(tmp_path, {"a.png": "", "README.md": "# R"})))


@pytest.mark.parametrize(
    ("name", "reason"), [("a.docx", "is of a kind that is not read"), ("no.md", "not exist")]
)
def test_a_file_that_is_absent_or_of_another_kind_is_refused_at_once(tmp_path, name, reason):
    write(tmp_path, {"a.docx": ""})
    with pytest.raises(KnowledgeError, match=reason):
        read(tmp_path / name)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path):
    reading = read(write(tmp_path, {"faq.csv": "question\nHow?\n"}) / "faq.csv")
    (tmp_path / "faq.csv").unlink()
    with pytest.raises(KnowledgeError, match="cannot be read: No such file"):
        list(reading)


def test_the_profile_is_found_in_the_folder_and_beside_the_file(tmp_path):
    assert profile_path(tmp_path) is None
    write(tmp_path, {"business.toml": "", "a.md": "# A"})
    assert profile_path(tmp_path) == tmp_path / "business.toml" == profile_path(tmp_path / "a.md")


# --- encodings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "notice"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "is UTF-16"), ("cp1252", "is not UTF-8; read as cp1252")],
)
def test_files_in_common_encodings_are_read_and_the_uncommon_ones_noted(tmp_path, encoding, notice):
    (tmp_path / "faq.csv").write_bytes("question,answer\nWas kostet es – für mich?,5 €\n".encode(encoding))
    reading = read(tmp_path / "faq.csv")
    (document,) = reading
    assert isinstance(document, Document)
    assert (document.questions, document.text) == (("Was kostet es – für mich?",), "5 €")
    assert [notice in found for found in reading.notices] == ([True] if notice else [])


def test_bytes_that_are_not_windows_1252_either_are_read_as_latin_1(tmp_path):
    (tmp_path / "faq.csv").write_bytes(b"question\nCaf\xe9 \x81?\n")
    reading = read(tmp_path / "faq.csv")
    assert [item.questions for item in reading if isinstance(item, Document)] == [("Café \x81?",)]
    assert "latin-1" in reading.notices[0]


def test_one_broken_byte_in_a_utf8_file_costs_only_its_row(tmp_path):
    content = "question\nFür?\nÜber?\nCaf".encode() + b"\xe9?\n" + "Grün?\n".encode()
    (tmp_path / "faq.csv").write_bytes(content)
    items = list(read(tmp_path / "faq.csv"))
    assert [item.questions[0] for item in items if isinstance(item, Document)] == ["Für?", "Über?", "Grün?"]
    assert [(item.line, item.reason) for item in items if isinstance(item, BadRow)] == [
        (4, "holds bytes that are not UTF-8: save the file as UTF-8")
    ]


# --- ids -------------------------------------------------------------------------------------------

WORD = st.text(st.characters(categories=["L"]), min_size=1, max_size=2)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(WORD, WORD), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_derived_ids_are_distinct_and_do_not_depend_on_the_order_of_rows(rows, order: random.Random):
    def ids(rows: list[tuple[str, str]]) -> list[tuple[str, tuple[str, str]]]:
        identities = Identities("faq.csv")
        return [(identities.derived("", (q,), a, ""), (q, a)) for q, a in rows]

    shuffled = rows.copy()
    order.shuffle(shuffled)
    assert len({made for made, _ in ids(rows)}) == len(rows)
    assert set(ids(rows)) == set(ids(shuffled))


def test_a_derived_id_is_the_same_in_every_release():
    assert Identities("faq.csv").derived("Title", ("How?",), "So.", "") == "088e872bbe159098"


def test_a_derived_id_depends_on_source_title_questions_and_text():
    variants = [
        ("s", "t", ("q",), "x"),
        ("z", "t", ("q",), "x"),
        ("s", "", ("t", "q"), "x"),
        ("s", "t", (), "q"),
    ]
    variants += [("s", "t", ("q", "x"), ""), ("s", "t", ("q",), "y")]
    assert len({Identities(s).derived(t, q, x, "") for s, t, q, x in variants}) == len(variants)


def test_a_derived_id_never_repeats_one_that_was_given():
    taken = Identities("s").derived("", ("q",), "", "")
    identities = Identities("s")
    identities.explicit(taken, "line 1")
    assert identities.derived("", ("q",), "", "") != taken


def test_all_rows_of_the_real_knowledge_base_are_documents_with_distinct_ids():
    path = DATA / "bitext" / "bitext_27k_assembled.csv"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    items = list(read(path))
    assert not [item for item in items if isinstance(item, BadRow)]
    assert len({item.id for item in items if isinstance(item, Document)}) == len(items) == 26_872


def test_one_broken_row_in_the_real_knowledge_base_costs_only_itself(tmp_path):
    path = DATA / "bitext" / "bitext_27k_assembled.csv"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    lines = path.read_text(encoding="utf-8").split("\n")
    row = re.compile(r'[A-Z]*,[^",]+,[A-Z]+,[a-z_]+,"')
    middle = next(number for number in range(45_000, len(lines)) if row.match(lines[number]))
    lines.insert(middle, ',broken,ORDER,cancel_order,"never closed')
    broken = tmp_path / "broken.csv"
    broken.write_text("\n".join(lines), encoding="utf-8")
    items = list(read(broken))
    assert [item.line for item in items if isinstance(item, BadRow)] == [middle + 1]
    assert len(items) == 26_873
