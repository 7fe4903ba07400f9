"""Answers word for word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_assist.answering import checks, promises, stated
from customer_assist.answering.extractive import WHOLE, ExtractiveAnswerer, extract
from customer_assist.knowledge.passages import passages
from customer_assist.model import EXTRACTIVE, Answer, Document, Hit, Score
from customer_assist.ports import AnswerRequest
from customer_assist.text import placeholders
from customer_assist.text.said import said
from stand_ins import make_document

CHECKS = {
    "placeholders", "numbers", "dates", "links", "names", "promises", "negations", "instructions", "strays",
    "citations",
}  # fmt: skip
STEPS = "To return a lamp:\n\n1. Open My orders.\n2. Press Return.\n3. Post the parcel."


def hit(document: Document, passage: int = -1) -> Hit:
    return Hit(document, passages(document)[passage], 1, Score(1.0, "test"))


def answer(
    *documents: Document, question: str = "How do I return it?", **facts: str
) -> tuple[list[str], Answer]:
    request = AnswerRequest(question, [hit(document) for document in documents], facts, said(question))
    *pieces, last = ExtractiveAnswerer().stream(request)
    assert isinstance(last, Answer)
    return [str(piece) for piece in pieces], last


def test_the_approved_text_is_said_and_cited_word_for_word() -> None:
    document = Document(make_document("a").id, "faq", "Returns", (), STEPS, {}, "https://shop.example/r")
    shown, told = answer(document)
    assert shown == [STEPS]
    assert (told.text, told.answered_by, told.degraded) == (STEPS, EXTRACTIVE, False)
    (citation,) = told.citations
    assert (citation.document_id, citation.title, citation.url) == ("a", "Returns", "https://shop.example/r")
    assert citation.quote
    assert citation.quote in told.text


def test_the_steps_of_the_text_are_found() -> None:
    assert answer(make_document("a", text=STEPS))[1].steps == (
        "Open My orders.",
        "Press Return.",
        "Post the parcel.",
    )
    assert answer(make_document("a", text="Just ask us."))[1].steps == ()


def test_placeholders_are_filled_from_the_business_and_from_the_question() -> None:
    document = make_document("a", text="Call {{Customer Support Phone Number}} about order {{Order Number}}.")
    _, told = answer(
        document, question="where is order BB-123456?", **{"Customer Support Phone Number": "555 0100"}
    )
    assert "555 0100" in told.text
    assert "BB-123456" in told.text


def test_where_nothing_is_left_of_the_best_text_the_next_one_of_its_subject_answers() -> None:
    nothing = make_document("a", "What?", text="{{Unknown}}", intent="returns")
    other = make_document("b", text="It costs five euro.", intent="prices")
    shown, told = answer(nothing, other, make_document("c", text="Send it back.", intent="returns"))
    assert shown == ["Send it back."]
    assert told.citations[0].document_id == "c"


def test_another_subject_than_the_one_let_through_never_answers() -> None:
    nothing = make_document("a", "What?", text="{{Unknown}}")
    assert answer(nothing, make_document("b", text="It costs five euro."))[1].text == ""


def test_a_long_text_that_nothing_parts_is_cut_by_its_sentences() -> None:
    told = answer(make_document("a", text="Lamps go back in a box. " * 900))[1]
    assert 0 < len(told.text) <= WHOLE
    assert len(answer(make_document("a", text="lamp " * 5000))[1].text) <= WHOLE


def test_where_nothing_is_left_at_all_nothing_is_said() -> None:
    shown, told = answer(make_document("a", "What?"), make_document("b", text="{{Unknown}}"))
    assert shown == []
    assert (told.text, told.citations) == ("", ())


def test_a_document_far_down_never_answers() -> None:
    empty = [make_document(f"e{i}", "What?") for i in range(3)]
    assert answer(*empty, make_document("far", text="About something else."))[1].text == ""


def test_every_check_is_made_and_recorded() -> None:
    told = answer(make_document("a", text="You have 30 days. Call 555 0100 200."))[1]
    assert {check.name for check in told.checks} == CHECKS
    assert all(check.passed for check in told.checks)


LINK = {"Person Name": "www.evil.example"}


@pytest.fixture
def values_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line before the checks, which lets no link into a text, taken out."""
    monkeypatch.setattr(placeholders, "_HARMLESS", re.compile(r".*"))


@pytest.mark.usefixtures("values_as_they_are")
def test_a_text_that_fails_a_check_is_not_given_and_the_next_of_its_subject_is() -> None:
    wrong = make_document("a", text="Thank you, {{Person Name}}. Send it back.", intent="returns")
    right = make_document("b", text="Send it back in its box.", intent="returns")
    request = AnswerRequest("How?", [hit(wrong), hit(right)], {}, LINK)
    *shown, told = ExtractiveAnswerer().stream(request)
    assert isinstance(told, Answer)
    assert shown == ["Send it back in its box."] == [told.text]
    assert told.citations[0].document_id == "b"


@pytest.mark.usefixtures("values_as_they_are")
def test_where_no_text_holds_nothing_is_given_and_what_failed_is_said() -> None:
    wrong = make_document("a", text="Thank you, {{Person Name}}. Send it back.")
    *shown, told = ExtractiveAnswerer().stream(AnswerRequest("How?", [hit(wrong)], {}, LINK))
    assert isinstance(told, Answer)
    assert (shown, told.text) == ([], "")
    assert [(check.name, check.detail) for check in told.checks if not check.passed] == [
        ("links", "evil.example")
    ]


def test_a_placeholder_in_a_question_does_not_reach_the_customer_as_the_title() -> None:
    for question, title in (
        ("Cancel order {{Order Number}}, {{Unknown Thing}}", "Cancel order Order Number , Unknown Thing"),
        ("I want to cancel order {{Order Number}}", "I want to cancel your order"),
        ("{{Shop}}: how to pay", "Brindle: how to pay"),
        ("{{}}", "a"),
    ):
        (citation,) = answer(make_document("a", question, text="Press Cancel."), Shop="Brindle")[1].citations
        assert citation.title == title


@given(
    st.lists(
        st.sampled_from(["{{", "}}", "{", "}", "Order Number", "Call us. ", "\n", " at ", "1. "]), max_size=14
    ),
    st.dictionaries(st.sampled_from(["Order Number", "Call us."]), st.sampled_from(["{{x}}", "5", "}}", ""])),
)
def test_no_placeholder_ever_leaves(pieces: list[str], facts: dict[str, str]) -> None:
    text = "".join(pieces)
    made = make_document("a", "What?", text=text)
    shown, told = answer(made, **facts)
    for piece in (*shown, told.text, *told.steps, *(c.quote for c in told.citations)):
        assert "{{" not in piece
        assert "}}" not in piece
    assert all(citation.quote in told.text for citation in told.citations)
    assert "".join(shown) == told.text


LONG = "# Shipping\n\n" + "\n\n".join(
    [f"Paragraph {i} is about thing{i} and its {'wording ' * 30}." for i in range(12)]
    + ["# Malta", "Parcels to Malta take nine days by boat:", "- small ones cost 5 euro\n- large ones 9 euro"]
    + ["# Gozo", "Parcels to Gozo are carried by hand."]
)


def test_a_long_text_is_cut_to_the_part_that_matched() -> None:
    document = make_document("a", text=LONG)
    assert len(LONG) > WHOLE
    place = next(i for i, p in enumerate(passages(document)) if "Malta" in p.text)
    shown = extract(hit(document, place))
    assert shown.startswith("# Malta\n\nParcels to Malta take nine days by boat:")
    assert "- large ones 9 euro" in shown
    assert "Gozo" not in shown
    assert "Paragraph" not in shown


def test_every_shown_part_stands_literally_in_the_document() -> None:
    document = make_document("a", text=LONG)
    for place in range(len(passages(document))):
        shown = extract(hit(document, place))
        assert shown in LONG
        assert 0 < len(shown) <= WHOLE


def test_a_text_that_is_not_long_is_given_whole() -> None:
    text = "Word. " * (WHOLE // 6)
    assert extract(hit(make_document("a", text=text))) == text.strip()


def test_a_list_that_was_announced_is_not_cut_off_after_its_colon() -> None:
    steps = "\n".join(f"{n}. Step {n} has a good many words, so that the list is long." for n in range(1, 40))
    text = f"To reset the grinder, do this:\n\n{steps}\n\nThat is all."
    shown = extract(hit(make_document("a", text=text), 0))
    assert shown.startswith("To reset the grinder, do this:\n\n1. Step 1 has") and len(shown) < 1000
    assert shown.endswith("is long.")


def test_nothing_that_a_customer_stated_is_remembered_by_the_checks() -> None:
    caches = (stated.read_source, promises._remembered, checks._clauses)
    document = make_document("a", text="Where is order {{Order Number}}? We will look, {{Person Name}}.")
    answer(document, question="I am Zora Quist. where is order BB-987654?")
    before = [cache.cache_info().currsize for cache in caches]
    told = answer(document, question="my name is Zora Quist, where is order BB-987655?")[1]
    assert "BB-987655" in told.text
    assert [cache.cache_info().currsize for cache in caches] == before
