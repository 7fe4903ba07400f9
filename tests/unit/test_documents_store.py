"""Documents, their versions and sources, on a real PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from customer_assist.errors import KnowledgeError
from customer_assist.model import Document, DocumentId
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore, KnowledgeChange, Tuning

PROFILE = {"name": "Our Shop", "contact": {"phone": "555"}}


def make_document(id_: str, text: str = "Ask us.", source: str = "faq") -> Document:
    return Document(
        DocumentId(id_), source, f"Title {id_}", (f"What is {id_}?", "Why?"), text, {"category": "X"}
    )


@pytest.fixture
def store(database: Database) -> DocumentStore:
    return DocumentStore(database)


def ids(documents: list[Document]) -> list[str]:
    return [document.id for document in documents]


def test_new_knowledge_is_empty_and_of_version_nought(store: DocumentStore) -> None:
    knowledge = store.load()
    assert (knowledge.version, knowledge.documents, knowledge.profile, knowledge.demo) == (0, [], {}, False)
    assert (store.version(), store.count(), store.sources()) == (0, 0, [])


def test_documents_come_back_as_they_went_in_ordered_by_id(any_database: Database) -> None:
    store = DocumentStore(any_database)
    odd = Document(DocumentId("a b/ü"), "faq", "", (), "", {}, "https://shop.example/ü?x='")
    documents = [make_document("b"), make_document("B"), make_document("ä"), odd, make_document("a-1")]
    store.sync_source("faq", documents)
    assert store.load().documents == sorted(documents, key=lambda document: document.id)
    assert store.get("a b/ü") == odd
    assert store.get("absent") is None


def test_a_sync_counts_what_it_did_and_makes_one_new_version(store: DocumentStore) -> None:
    a, b, c = make_document("a"), make_document("b"), make_document("c")
    first = store.sync_source("faq", [a, b, c])
    assert (first.added, first.changed, first.unchanged, first.deleted, first.version) == (3, 0, 0, 0, 1)
    second = store.sync_source("faq", [a, replace(b, text="New."), make_document("d")])
    assert (second.added, second.changed, second.unchanged, second.deleted, second.version) == (1, 1, 1, 1, 2)
    assert ids(store.load().documents) == ["a", "b", "d"]
    assert store.count() == 3


def test_the_same_again_is_no_new_version(store: DocumentStore) -> None:
    documents = [make_document("a"), make_document("b")]
    store.sync_source("faq", documents, profile=PROFILE)
    again = store.sync_source("faq", documents[::-1], profile=dict(reversed(PROFILE.items())))
    assert (again.unchanged, again.version, store.version()) == (2, 1, 1)


def test_a_change_of_any_part_is_a_change(store: DocumentStore) -> None:
    document = make_document("a")
    store.sync_source("faq", [document])
    for changed in (
        replace(document, title="Other"),
        replace(document, questions=document.questions[::-1]),
        replace(document, text="Other"),
        replace(document, fields={"category": "Y"}),
        replace(document, url="https://shop.example"),
    ):
        assert store.sync_source("faq", [changed]).changed == 1
        assert store.load().documents == [changed]


def test_changes_since_a_version_are_what_came_and_what_went(store: DocumentStore) -> None:
    store.sync_source("faq", [make_document("a"), make_document("b"), make_document("c")])
    store.sync_source("faq", [make_document("a"), make_document("b", "New.")], profile=PROFILE)
    assert store.changes_since(1) == KnowledgeChange(
        2, [make_document("b", "New.")], [DocumentId("c")], PROFILE, False
    )
    assert store.changes_since(2) == KnowledgeChange(2, [], [], PROFILE, False)
    assert store.changes_since(99).version == 2


def test_a_document_that_went_may_come_back(store: DocumentStore) -> None:
    store.sync_source("faq", [make_document("a")])
    store.sync_source("faq", [])
    assert store.get("a") is None
    back = store.sync_source("faq", [make_document("a")])
    assert (back.added, back.version) == (1, 3)
    assert store.changes_since(1).upserted == [make_document("a")]


def test_what_is_missing_stays_when_asked(store: DocumentStore) -> None:
    store.sync_source("faq", [make_document("a"), make_document("b")])
    assert store.sync_source("faq", [make_document("a")], keep_missing=True).deleted == 0
    assert store.count() == 2


def test_a_sync_touches_its_own_source_only_and_leaves_ids_of_others_alone(store: DocumentStore) -> None:
    store.sync_source("faq", [make_document("a"), make_document("b")])
    other = [make_document("b", "Theirs.", "shop"), make_document("c", source="shop")]
    report = store.sync_source("shop", other)
    assert (report.added, report.changed, report.foreign) == (1, 0, ["b"])
    assert [(d.id, d.source, d.text) for d in store.load().documents] == [
        ("a", "faq", "Ask us."),
        ("b", "faq", "Ask us."),
        ("c", "shop", "Ask us."),
    ]


def test_an_id_that_its_source_gave_up_is_free_for_another(store: DocumentStore) -> None:
    store.sync_source("faq", [make_document("a")])
    store.sync_source("faq", [])
    assert store.sync_source("shop", [make_document("a", source="shop")]).foreign == []
    assert store.load().documents[0].source == "shop"


def test_documents_are_kept_under_the_source_that_was_named(store: DocumentStore) -> None:
    store.sync_source("faq", [make_document("a", source="something else")])
    assert store.load().documents[0].source == "faq"


@pytest.mark.parametrize("second", ["a", "x" * 5000])
def test_an_id_twice_or_too_long_is_refused_and_nothing_changed(store: DocumentStore, second: str) -> None:
    store.sync_source("faq", [make_document("z")])
    with pytest.raises(KnowledgeError, match=second[:50]):
        store.sync_source("faq", [make_document("a"), make_document(second)])
    assert ids(store.load().documents) == ["z"]
    assert store.version() == 1


def test_a_file_that_breaks_off_changes_nothing(store: DocumentStore) -> None:
    def broken() -> Iterator[Document]:
        yield make_document("a")
        raise KnowledgeError("the file ends here")

    with pytest.raises(KnowledgeError, match="ends here"):
        store.sync_source("faq", broken())
    assert store.version() == store.count() == 0


def test_the_business_own_files_remove_the_demo_and_its_profile_whole(store: DocumentStore) -> None:
    store.sync_source("sample", [make_document("a"), make_document("b")], demo=True, profile=PROFILE)
    assert store.load().demo
    assert store.load().profile == PROFILE
    report = store.sync_source("faq", [make_document("b", "Ours.")])
    assert (report.added, report.deleted, report.foreign, report.version) == (1, 2, [], 2)
    knowledge = store.load()
    assert (ids(knowledge.documents), knowledge.profile, knowledge.demo) == (["b"], {}, False)
    assert [source.name for source in store.sources()] == ["faq"]
    change = store.changes_since(1)
    assert (ids(change.upserted), change.deleted, change.demo) == (["b"], ["a"], False)


def test_a_demo_never_comes_beside_the_business_own(store: DocumentStore) -> None:
    store.sync_source("own", [make_document("a")], profile={"name": "Own"})
    report = store.sync_source("sample", [make_document("b")], demo=True, profile=PROFILE)
    knowledge = store.load()
    assert (report.added, ids(knowledge.documents), knowledge.profile) == (0, ["a"], {"name": "Own"})
    assert not knowledge.demo


def test_another_demo_leaves_the_demo_in_place(store: DocumentStore) -> None:
    store.sync_source("sample", [make_document("a")], demo=True)
    store.sync_source("more", [make_document("b")], demo=True)
    assert store.count() == 2


def test_a_profile_of_ones_own_survives_and_drives_the_demo_out(store: DocumentStore) -> None:
    store.sync_source("sample", [make_document("a")], demo=True, profile={"name": "Sample"})
    assert store.set_profile(PROFILE, "init") == 2
    knowledge = store.load()
    assert (knowledge.documents, knowledge.profile, knowledge.demo) == ([], PROFILE, False)
    assert store.set_profile(PROFILE, "init") == 2
    store.sync_source("faq", [make_document("a")])
    assert store.load().profile == PROFILE


def test_a_profile_for_the_demo_keeps_the_demo(store: DocumentStore) -> None:
    store.sync_source("sample", [make_document("a")], demo=True)
    store.set_profile(PROFILE, "sample")
    assert store.load().demo
    store.sync_source("faq", [])
    assert store.load().profile == {}


def test_a_demo_without_documents_also_goes_in_a_new_version(store: DocumentStore) -> None:
    store.sync_source("sample", [], demo=True)
    assert store.version() == 1
    store.sync_source("faq", [])
    assert (store.version(), store.load().demo) == (2, False)


def test_documents_can_be_put_and_deleted_one_by_one(store: DocumentStore) -> None:
    store.sync_source("sample", [make_document("a")], demo=True)
    assert store.put(make_document("n", source="api")) == 2
    assert store.put(make_document("n", source="api")) == 2
    assert store.load().demo
    assert store.put(make_document("a", "Better.", source="api")) == 3
    assert store.get("a") == make_document("a", "Better.", source="api")
    assert store.delete(["a", "absent", "a\0"]) == 4
    assert store.delete(["a"]) == 4
    assert ids(store.load().documents) == ["n"]
    assert store.changes_since(3).deleted == ["a"]


def test_a_page_of_documents_is_in_order_and_of_one_source_when_asked(store: DocumentStore) -> None:
    store.sync_source("faq", [make_document(f"{number:02}") for number in range(10)])
    store.sync_source("shop", [make_document("05x")])
    assert ids(store.list(offset=4, limit=4)) == ["04", "05", "05x", "06"]
    assert ids(store.list(source="shop")) == ["05x"]
    assert store.list(source="nobody") == []


def test_sources_tell_how_many_documents_they_have(store: DocumentStore) -> None:
    store.sync_source("shop", [make_document("a")], demo=True)
    (source,) = store.sources()
    assert (source.name, source.demo, source.documents) == ("shop", True, 1)
    assert source.ingested_at.utcoffset() is not None


def test_what_postgresql_cannot_hold_is_replaced(store: DocumentStore) -> None:
    odd = "a\0b\ud800"
    document = Document(DocumentId(odd), odd, odd, (odd,), odd, {odd: odd}, odd)
    store.sync_source(odd, [document], profile={odd: odd})
    assert store.sync_source(odd, [document], profile={odd: odd}).version == 1
    assert store.get(odd) == replace(
        document,
        **dict.fromkeys(("id", "source", "title", "text", "url"), "a\ufffdb\ufffd"),
        questions=("a\ufffdb\ufffd",),
        fields={"a\ufffdb\ufffd": "a\ufffdb\ufffd"},
    )


def test_changes_at_once_come_one_after_the_other(store: DocumentStore) -> None:
    with ThreadPoolExecutor(6) as threads:
        versions = list(threads.map(lambda n: store.put(make_document(f"{n}")), range(12)))
    assert sorted(versions) == list(range(1, 13))
    assert store.count() == 12
    assert len(store.changes_since(11).upserted) == 1


def test_twenty_seven_thousand_documents_go_in_within_ten_seconds(store: DocumentStore) -> None:
    documents = [make_document(f"{number:05}", "x" * 1000) for number in range(27_000)]
    started = time.perf_counter()
    assert store.sync_source("faq", documents).added == 27_000
    assert time.perf_counter() - started < 10
    assert len(store.load().documents) == 27_000


def test_weights_are_adopted_and_given_up_as_new_versions(store: DocumentStore) -> None:
    first = Tuning("hybrid", {"word_text": 2.0}, {"corpus": "x"})
    second = replace(first, weights={"word_text": 3.0})
    assert store.load().tuning is None and store.adopt(None) == 0
    assert store.adopt(first) == 1 and store.load().tuning == first
    assert store.adopt(second) == 2
    assert store.changes_since(1) == KnowledgeChange(2, [], [], {}, False, second)
    assert store.adopt(None) == 3 and store.load().tuning is None
    assert store.adopt(None) == 3  # nothing changed
