"""What stands in a knowledge base's own way."""

from __future__ import annotations

from customer_assist.evaluation.self_check import Lost, SelfCheck, self_check
from customer_assist.indexing import retriever
from customer_assist.model import Document
from customer_assist.search.index import build
from stand_ins import HashingEmbedder, make_document

EMBEDDER = HashingEmbedder()
SHOP = [
    make_document("cancel", "How do I cancel my order?", text="Press Cancel in your orders."),
    make_document("invoice", "Where is my invoice?", text="The bill is in your account."),
    make_document("lamp", "How do I return a lamp?", text="Send the lamp back within a month."),
]


def check(*documents: Document, limit: int | None = None) -> SelfCheck:
    index = build(1, documents, EMBEDDER.encode)
    return self_check(index, retriever("hybrid", index, EMBEDDER), limit=limit)


def test_knowledge_that_is_told_apart_has_no_findings() -> None:
    found = check(*SHOP)
    assert (found.documents, found.questions) == (3, 3)
    assert found.lost == found.never_first == found.asked_alike == found.said_alike == ()


def test_a_question_of_two_documents_with_different_answers_is_found() -> None:
    found = check(*SHOP, make_document("zz-old", "How do I cancel my order?", text="You cannot."))
    assert found.lost == (Lost("zz-old", "How do I cancel my order?", "cancel"),)
    assert [(pair.one, pair.other) for pair in found.asked_alike] == [("cancel", "zz-old")]
    assert found.asked_alike[0].similarity > 0.95
    assert found.never_first == ()  # its own words find it


def test_a_document_that_neither_its_question_nor_its_words_find_can_never_win() -> None:
    shadow = make_document("zz-shadow", "How do I cancel my order?", text="press Cancel in your orders.")
    found = check(*SHOP, shadow)
    assert found.never_first == ("zz-shadow",)
    assert [(pair.one, pair.other) for pair in found.said_alike] == [("cancel", "zz-shadow")]


def test_two_documents_with_one_answer_are_no_finding() -> None:
    found = check(*SHOP, make_document("zz-same", "How do I cancel my order?", text=SHOP[0].text))
    assert found.lost == found.never_first == found.asked_alike == found.said_alike == ()


def test_a_large_knowledge_base_is_checked_by_a_sample_that_is_always_the_same() -> None:
    assert check(*SHOP, limit=2) == check(*reversed(SHOP), limit=2)
    assert check(*SHOP, limit=2).documents == 2


def test_without_an_embedding_model_it_still_checks() -> None:
    index = build(1, [*SHOP, make_document("zz", SHOP[0].questions[0], text="You cannot.")], None)
    found = self_check(index, retriever("lexical", index, None))
    assert found.lost and found.asked_alike and found.said_alike == ()
