"""Documents to passages, and Markdown to plain words."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_assist.knowledge import passages, plain, read
from customer_assist.knowledge.passages import text_parts
from customer_assist.model import Document, DocumentId, PassageKind

DATA = Path(os.environ.get("CUSTOMER_ASSIST_DATA", "../shared/data"))


def document(title: str = "", questions: tuple[str, ...] = (), text: str = "") -> Document:
    return Document(DocumentId("d"), "faq.csv", title, questions, text)


def sentences(count: int, words: int, first: str = "Word") -> str:
    return " ".join(f"{first}{number}" + " word" * (words - 1) + "." for number in range(count))


def test_title_questions_and_text_are_passages_with_stable_ids():
    made = passages(
        document("Cancelling", ("Can I **cancel**?", "How?"), "Press [Cancel](https://x.example).")
    )
    assert [(p.id, p.kind, p.text) for p in made] == [
        ("d#title", PassageKind.QUESTION, "Cancelling"),
        ("d#q0", PassageKind.QUESTION, "Can I cancel?"),
        ("d#q1", PassageKind.QUESTION, "How?"),
        ("d#t0", PassageKind.TEXT, "Press Cancel."),
    ]
    assert {p.document_id for p in made} == {"d"}


def test_empty_and_repeated_ways_of_asking_are_left_out():
    made = passages(document("How?", ("how?", "<br>", "Why?"), " "))
    assert [p.id for p in made] == ["d#title", "d#q2"]


def test_placeholders_are_searched_as_their_words():
    (question, text) = passages(document("", ("Where is {{Order Number}}?",), "Call {{Phone_Number }}."))
    assert (question.text, text.text) == ("Where is order number?", "Call phone number.")


def test_a_text_of_150_words_is_one_part_and_one_of_160_is_two():
    assert len(text_parts(sentences(15, 10))) == 1
    assert len(text_parts(sentences(16, 10))) == 2


def test_parts_end_where_sentences_do_and_say_everything_once():
    parts = text_parts(sentences(40, 11))
    assert all(part.endswith(".") and len(part.split()) <= 150 for part in parts)
    assert " ".join(parts) == sentences(40, 11)


def test_paragraphs_are_not_parted_where_they_fit():
    first, second = sentences(9, 10, "First"), sentences(11, 10, "Second")
    assert text_parts(f"{first}\n\n{second}") == (first, second)


def test_a_heading_stands_before_each_part_of_its_section():
    parts = text_parts(f"# Grinder\n\n{sentences(27, 10)}\n\n# Kettle\n\n{sentences(2, 10)}")
    assert [part.splitlines()[0] for part in parts] == ["Grinder", "Grinder", "Grinder", "Kettle"]


def test_a_list_is_kept_with_the_sentence_that_leads_into_it():
    items = "\n".join(f"{number}. {sentences(1, 12)}" for number in range(1, 15))
    parts = text_parts(f"{sentences(10, 10)} To cancel it:\n\n{items}\n\nAsk us. {sentences(1, 20)}")
    led = [part for part in parts if part.startswith("To cancel it:\nWord0")]
    assert len(led) == 2  # too long for one part: the lead-in is repeated
    assert not any(part.endswith("To cancel it:") for part in parts)


def test_a_table_is_parted_by_rows_under_its_header():
    rows = "\n".join(f"| Model {number} | {sentences(1, 10)} |" for number in range(20))
    parts = text_parts(f"| Name | Use |\n|------|-----|\n{rows}")
    assert len(parts) > 1
    assert all(part.startswith("Name Use\nModel") for part in parts)


def test_a_sentence_without_end_is_cut_at_words():
    assert [len(part.split()) for part in text_parts("word " * 330)] == [120, 120, 90]


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("**Note:** _now_ and *then* __all__ ~~old~~", "Note: now and then all old"),
        ("5*3*2 and snake_case_name and 2 * 3", "5*3*2 and snake_case_name and 2 * 3"),
        ("[My orders](https://x.example/a_(b)) ![photo](x.png) [terms][1]", "My orders photo terms"),
        ("[portal]({{Website URL}})", "portal"),
        ("<https://x.example> <a@b.example> a<br/>b <b>c</b>", "https://x.example a@b.example a b c"),
        (
            "## Title ##\n\n> quote\n\n- one\n* two\n\n1. three\n\n---\nend",
            "Title\nquote\none\ntwo\n1. three\nend",
        ),
        ("|a|b|\n|---|:-:|\n|1|2|", "a b\n1 2"),
        ("a <!-- not\nthis --> b", "a b"),
        (r"\*kept\* &amp; `code`", "*kept* & code"),
        ("{{Order Number}}", "{{Order Number}}"),
        ("size < 5 and > 3", "size < 5 and > 3"),
    ],
)
def test_markdown_becomes_plain_words(marked, words):
    assert plain(marked) == words


HOSTILE = [
    "*",
    "[",
    "[a](",
    "<!--",
    "<",
    "<a.",
    "| ",
    "{{ ",
    "- ",
    "a\n",
    "1. a\n",
    "a. ",
    "[a]((x)",
    " ",
    "|a|\n",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_takes_no_longer_than_other_text_of_its_length(unit):
    began = time.perf_counter()
    text_parts("x" + unit * (200_000 // len(unit)) + "x")
    assert time.perf_counter() - began < 20  # 0.5 s at most; a quadratic pattern takes minutes


@settings(max_examples=150, deadline=None)
@given(st.text("ab.:!\n -#|*1>`{}漢。\t", max_size=600))
def test_any_text_gives_parts_that_are_not_empty_and_not_long(text):
    parts = text_parts(text)
    assert parts == text_parts.__wrapped__(text)
    assert all(part.strip() and len(part.split()) <= 150 for part in parts)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["alpha", "beta", "gamma"]), min_size=1, max_size=60), max_size=9))
def test_no_word_of_a_text_is_lost(paragraphs):
    text = "\n\n".join(" ".join(words) + "." for words in paragraphs)
    assert " ".join(text_parts(text)).split() == text.split()


def test_the_real_knowledge_base_is_read_and_parted_in_seconds():
    path = DATA / "bitext" / "bitext_27k_assembled.csv"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    began = time.perf_counter()
    made = [passage for item in read(path) if isinstance(item, Document) for passage in passages(item)]
    assert time.perf_counter() - began < 30  # 1.2 s on an idle machine
    assert len({passage.id for passage in made}) == len(made) > 50_000
    assert not any("{{" in passage.text for passage in made)
