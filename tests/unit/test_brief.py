"""A short answer, word for word from an approved text."""

from __future__ import annotations

from customer_assist.answering.brief import BriefAnswerer
from customer_assist.knowledge.passages import passages
from customer_assist.model import Answer, Hit, Score
from customer_assist.ports import AnswerRequest
from stand_ins import HashingEmbedder, make_document


def brief(text: str, question: str, *, embedder: HashingEmbedder | None = None, **facts: str) -> str:
    document = make_document("d", text=text, title="Doc")
    hit = Hit(document, passages(document)[0], 1, Score(1.0, "x"))
    *_, answer = BriefAnswerer(embedder).stream(AnswerRequest(question, [hit], facts))
    assert isinstance(answer, Answer)
    assert all(check.passed for check in answer.checks)
    return answer.text


def test_the_nearest_sentence_is_taken_word_for_word() -> None:
    text = "We open at nine. Lamps can be returned within 30 days. Gift cards never expire."
    assert brief(text, "can lamps be returned?") == "Lamps can be returned within 30 days."
    found = brief(text, "gift cards never expire", embedder=HashingEmbedder())
    assert found == "Gift cards never expire."


def test_at_most_two_sentences_in_the_order_of_the_text() -> None:
    text = "Returned lamps are refunded. Lamps returned late are not. Lamps returned broken neither. Bye."
    found = brief(text, "are lamps returned late refunded?")
    assert found == "Returned lamps are refunded. Lamps returned late are not."


def test_a_sentence_that_leans_comes_with_the_one_before_it_or_not_at_all() -> None:
    text = "Write to us with a photo of the lamp. We replace it, opened or not, within five days."
    assert brief(text, "will you replace opened ones within days") == text
    text = "## Broken?\n\nWe replace it, opened or not.\n\nLamps have a warranty of three years."
    assert brief(text, "will you replace opened ones") == "Lamps have a warranty of three years."


def test_steps_headings_and_lead_ins_are_no_answers() -> None:
    text = "## Reset the lamp\n\nReset the lamp like this:\n\n1. Reset the lamp.\n2. Wait."
    assert brief(text, "how do i reset the lamp") == ""


def test_an_item_of_a_list_loses_its_mark() -> None:
    text = "Postage:\n\n- **Ireland:** parcels cost €4.90\n- **Malta:** parcels cost €9.90"
    assert brief(text, "cost of parcels to Malta").endswith("Malta: parcels cost €9.90.")


def test_an_item_that_only_ends_the_sentence_before_the_list_is_no_answer() -> None:
    text = "Choose the grind:\n\n- Moka pot.\n- for the moka pot, which most people have: medium fine."
    assert brief(text, "grind for a moka pot") == ""
