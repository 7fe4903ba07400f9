"""The library follows the database: small changes at once, large ones beside the questions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

import pytest

from customer_assist import indexing
from customer_assist.errors import StorageUnavailable
from customer_assist.indexing import SMALL_CHANGE, Library, Snapshot, TextVectors
from customer_assist.llm.minilm import MiniLM, find_weights
from customer_assist.model import Query
from customer_assist.ports import Encoded
from customer_assist.search.fusion import HYBRID, Weights
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore, KnowledgeChange, Tuning
from customer_assist.storage.vectors import VectorStore
from stand_ins import HashingEmbedder, make_document

STAMP = {"stamp": HashingEmbedder.stamp}
LAMP = make_document("lamp", "How do I return a lamp?", text="Send it back.")
MANY = [make_document(f"d{i:03}", f"question number{i} about gadget{i}") for i in range(SMALL_CHANGE + 1)]


class HeldEmbedder(HashingEmbedder):
    """Embeds texts about gadgets only once they may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = threading.Event()

    def encode(self, texts: Sequence[str]) -> Encoded:
        if any("gadget" in text for text in texts):
            assert self.may_go_on.wait(20)
        return super().encode(texts)


class CountingStore(DocumentStore):
    """Counts how often changes are read."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.changes_read = 0

    def changes_since(self, version: int) -> KnowledgeChange:
        self.changes_read += 1
        return super().changes_since(version)


@pytest.fixture
def store(database: Database) -> CountingStore:
    return CountingStore(database)


@pytest.fixture
def held() -> Iterator[HeldEmbedder]:
    embedder = HeldEmbedder()
    yield embedder
    embedder.may_go_on.set()


def make_library(
    store: DocumentStore, database: Database, embedder: HashingEmbedder | None = None
) -> Library:
    return Library(store, VectorStore(database), embedder or HashingEmbedder(), "hybrid")


def found(snapshot: Snapshot, question: str = "How do I return a lamp?") -> list[str]:
    return [hit.document.id for hit in snapshot.retriever.retrieve(Query(question), 3)]


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it did not happen within 20 s"
        time.sleep(0.01)


def test_knowledge_that_did_not_change_is_served_by_the_same_snapshot(
    store: CountingStore, database: Database
) -> None:
    store.sync_source("faq", [LAMP])
    library = make_library(store, database)
    assert library.current() is library.current()
    assert store.changes_read == 0


def test_a_small_change_is_in_the_next_answer(store: CountingStore, database: Database) -> None:
    library = make_library(store, database)
    assert library.current().size == 0
    store.sync_source("faq", [LAMP, *MANY[: SMALL_CHANGE - 1]])
    snapshot = library.current()
    assert (snapshot.version, snapshot.size, found(snapshot)[0]) == (1, SMALL_CHANGE, "lamp")
    store.put(make_document("lamp", "What does a parcel cost?", text="Five euro."))
    assert found(library.current(), "What does a parcel cost?")[0] == "lamp"
    store.delete(["lamp"])
    assert "lamp" not in found(library.current())


def test_the_profile_and_the_demo_mark_change_with_the_next_answer(
    store: CountingStore, database: Database
) -> None:
    store.sync_source("shop", [LAMP], demo=True, profile={"name": "Sample", "contact": {"phone": "555"}})
    library = make_library(store, database)
    first = library.current()
    assert (first.profile.name, first.demo) == ("Sample", True)
    assert first.facts["Customer Support Phone Number"] == "555"
    store.set_profile({"name": "Own"}, "own")
    second = library.current()
    assert (second.profile.name, second.demo, second.size) == ("Own", False, 0)
    assert "Customer Support Phone Number" not in second.facts


def test_a_bulk_change_is_prepared_beside_the_old_snapshot_and_then_switched_to(
    store: CountingStore, database: Database, held: HeldEmbedder
) -> None:
    store.sync_source("faq", [LAMP])
    library = make_library(store, database, held)
    before = library.current()
    store.sync_source("more", MANY)
    assert library.current() is before
    assert found(library.current()) == ["lamp"]
    held.may_go_on.set()
    eventually(lambda: library.current().version == 2)
    assert library.current().size == len(MANY) + 1


def test_while_a_bulk_change_is_prepared_no_question_reads_it_again(
    store: CountingStore, database: Database, held: HeldEmbedder
) -> None:
    store.sync_source("faq", [LAMP])
    library = make_library(store, database, held)
    library.current()
    store.sync_source("more", MANY)
    for _ in range(20):
        library.current()
    assert store.changes_read == 1


def test_what_changes_while_a_bulk_change_is_prepared_comes_right_after_it(
    store: CountingStore, database: Database, held: HeldEmbedder
) -> None:
    store.sync_source("faq", [LAMP])
    library = make_library(store, database, held)
    library.current()
    store.sync_source("more", MANY)
    library.current()
    store.delete(["lamp"])
    held.may_go_on.set()
    eventually(lambda: library.current().version == 3)
    assert library.current().size == len(MANY)
    assert "lamp" not in found(library.current())


def test_versions_never_go_back_whoever_asks_meanwhile(
    store: CountingStore, database: Database, held: HeldEmbedder
) -> None:
    store.sync_source("faq", [LAMP])
    library = make_library(store, database, held)
    library.current()
    store.sync_source("more", MANY)
    seen: list[list[int]] = [[] for _ in range(4)]
    stop = threading.Event()

    def ask(versions: list[int]) -> None:
        while not stop.is_set():
            versions.append(library.current().version)

    threads = [threading.Thread(target=ask, args=(versions,)) for versions in seen]
    for thread in threads:
        thread.start()
    held.may_go_on.set()
    for number in range(6):
        store.put(make_document(f"new{number}", f"new {number}"))
    eventually(lambda: all(versions and versions[-1] == 8 for versions in seen))
    stop.set()
    for thread in threads:
        thread.join(20)
    assert all(versions == sorted(versions) for versions in seen)


def test_a_bulk_change_that_fails_leaves_the_old_snapshot_and_is_tried_again(
    store: CountingStore, database: Database
) -> None:
    class Failing(HashingEmbedder):
        fails = False

        def encode(self, texts: Sequence[str]) -> Encoded:
            if self.fails:
                raise MemoryError("no room for so many")
            return super().encode(texts)

    embedder = Failing()
    store.sync_source("faq", [LAMP])
    library = make_library(store, database, embedder)
    before = library.current()
    embedder.fails = True
    store.sync_source("more", MANY)
    assert library.current() is before
    eventually(lambda: library.current() is before and store.changes_read > 1)
    embedder.fails = False
    eventually(lambda: library.current().version == 2)


def test_a_small_change_that_cannot_be_taken_in_leaves_the_old_snapshot_answering(
    store: CountingStore, database: Database
) -> None:
    store.sync_source("faq", [LAMP])
    library = make_library(store, database)
    before = library.current()
    store.set_profile({"name": "x", "a_key_of_a_newer_program": 1}, "faq")
    assert library.current() is before
    read = store.changes_read
    assert library.current() is before
    assert store.changes_read == read  # and is not tried again at every question


def test_who_follows_takes_changes_in_without_being_asked(store: CountingStore, database: Database) -> None:
    library = make_library(store, database)
    library.current()
    library.follow(seconds=0.01)
    store.sync_source("faq", [LAMP])
    eventually(lambda: store.changes_read > 0)
    assert library.current().size == 1


def test_in_an_outage_the_last_snapshot_answers(
    store: CountingStore, database: Database, outage: Callable[[], None]
) -> None:
    store.sync_source("faq", [LAMP])
    library = make_library(store, database)
    before = library.current()
    outage()
    assert library.current() is before


def test_an_outage_between_seeing_a_change_and_reading_it_leaves_the_last_snapshot(
    database: Database,
) -> None:
    class Breaking(DocumentStore):
        def changes_since(self, version: int) -> KnowledgeChange:
            raise StorageUnavailable("the database went away")

    store = Breaking(database)
    store.sync_source("faq", [LAMP])
    library = make_library(store, database)
    before = library.current()
    store.put(make_document("new", "new"))
    assert library.current() is before


def test_without_any_snapshot_an_outage_is_told(
    store: CountingStore, database: Database, outage: Callable[[], None]
) -> None:
    outage()
    with pytest.raises(StorageUnavailable):
        make_library(store, database).current()


def test_a_database_put_back_to_an_older_state_is_loaded_anew(
    store: CountingStore, database: Database
) -> None:
    store.sync_source("faq", [LAMP])
    store.put(make_document("late", "late"))
    library = make_library(store, database)
    assert library.current().size == 2
    with database.connection() as connection:  # what a restored backup looks like
        connection.execute("DELETE FROM documents WHERE id = 'late'")
        connection.execute("UPDATE knowledge SET version = 1")
    snapshot = library.current()
    assert (snapshot.version, snapshot.size, found(snapshot)) == (1, 1, ["lamp"])


def test_each_text_is_embedded_once_and_kept(database: Database) -> None:
    embedder = HashingEmbedder()
    vectors_of = TextVectors(VectorStore(database), embedder)
    first = vectors_of(["b", "a", "b"])
    assert sorted(embedder.texts) == ["a", "b"]
    assert (first.vectors == HashingEmbedder().vectors(["b", "a", "b"])).all()
    again = TextVectors(VectorStore(database), embedder)
    assert again.prepare(["a", "c"]) == 1
    assert sorted(embedder.texts) == ["a", "b", "c"]
    assert vectors_of([]).vectors.shape == (0, embedder.dimension)


def test_an_interrupted_embedding_loses_one_batch(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customer_assist.indexing._EMBED_AT_ONCE", 2)

    class Interrupted(HashingEmbedder):
        def encode(self, texts: Sequence[str]) -> Encoded:
            if len(self.batches) == 2:
                raise KeyboardInterrupt
            return super().encode(texts)

    store = VectorStore(database)
    with pytest.raises(KeyboardInterrupt):
        TextVectors(store, Interrupted()).prepare(list("abcdefg"))
    told: list[tuple[int, int]] = []
    assert TextVectors(store, HashingEmbedder()).prepare(list("abcdefg"), lambda *at: told.append(at)) == 3
    assert told == [(2, 3), (3, 3)]


def test_in_much_knowledge_a_small_change_does_not_wait_for_the_gate(
    store: CountingStore, database: Database
) -> None:
    many = [  # 100 subjects, each asked for in six ways that share two words
        make_document(
            f"d{n:04}", f"topic{n % 100} kind{n % 100} way{n} other{n * 7}", text=f"Reply {n % 100}"
        )
        for n in range(600)
    ]
    store.sync_source("faq", many)
    library = make_library(store, database)
    before = library.current().gate
    store.delete([f"d{n:04}" for n in range(60)])
    at_once = library.current()
    assert (at_once.size, at_once.gate) == (540, before)
    eventually(lambda: library.current().gate != before)
    anew = make_library(store, database).current()
    assert (library.current().gate, library.current().version) == (anew.gate, anew.version)


def test_adopted_weights_rank_the_next_answer(store: CountingStore, database: Database) -> None:
    title = make_document("title", "How do I return a lamp?", text="Ask us.")
    text = make_document("text", "Notes", text="On the way to return a lamp, send us a note first.")
    store.sync_source("faq", [title, text])
    library = make_library(store, database)
    assert found(library.current())[0] == "title"
    weights = {**asdict(HYBRID), "word_text": 9.0, "gram_text": 9.0}
    store.adopt(Tuning("hybrid", weights, STAMP))
    snapshot = library.current()
    assert found(snapshot)[0] == "text" and snapshot.weights == Weights(**weights)
    store.adopt(None)
    assert found(library.current())[0] == "title"


@pytest.mark.parametrize(
    "tuning",
    [
        Tuning("lexical", asdict(HYBRID), STAMP),  # for another engine
        Tuning("hybrid", asdict(HYBRID), {"stamp": "another/1"}),  # and embedding model
        Tuning("hybrid", {"a_signal_of_a_newer_program": 1.0}, STAMP),
        Tuning("hybrid", {"kin": -1.0}, STAMP),
    ],
)
def test_weights_that_cannot_be_used_leave_the_defaults(
    store: CountingStore, database: Database, tuning: Tuning
) -> None:
    store.sync_source("faq", [LAMP])
    store.adopt(tuning)
    snapshot = make_library(store, database).current()
    assert snapshot.weights is None and found(snapshot) == ["lamp"]


def test_weights_for_many_documents_come_with_a_gate_of_their_own(
    store: CountingStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_QUICK_FIT", 3)
    store.sync_source("faq", [LAMP, *MANY[:40]])
    library = make_library(store, database)
    before = library.current()
    store.adopt(Tuning("hybrid", {**asdict(HYBRID), "word_text": 9.0}, STAMP))
    assert library.current() is before  # the old weights go with the old gate
    eventually(lambda: library.current().weights is not None)
    assert library.current().gate is not before.gate


def test_a_text_of_nothing_that_the_model_reads_does_no_harm(database: Database) -> None:
    weights = find_weights(None)
    assert weights is not None
    store = DocumentStore(database)
    store.sync_source("faq", [LAMP, make_document("blank", "\u200b", text="In cash.")])
    for _ in range(2):  # embedded, and then read back
        library = Library(store, VectorStore(database), MiniLM(weights), "hybrid")
        assert found(library.current())[0] == "lamp"
