"""Vectors on a real PostgreSQL."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from customer_assist.ports import Encoded, TokenVectors
from customer_assist.storage.database import Database
from customer_assist.storage.vectors import VectorMissing, VectorStore, text_hash


@pytest.fixture
def store(database: Database) -> VectorStore:
    return VectorStore(database)


def encoded(vectors: NDArray[np.float32]) -> Encoded:
    """With tokens, as many as the row's number, but none for every third."""
    counts = [0 if row % 3 == 0 else row % 50 for row in range(len(vectors))]
    return Encoded(
        vectors,
        tuple(
            TokenVectors(
                np.arange(count, dtype=np.uint16) + 60_000, np.full((count, 5), count - 25, dtype=np.int8)
            )
            for count in counts
        ),
    )


def hashes_of(*texts: str) -> list[bytes]:
    return [text_hash(text) for text in texts]


def test_vectors_come_back_exactly_and_in_the_order_asked(any_database: Database) -> None:
    store = VectorStore(any_database)
    keys = [text_hash(str(number)) for number in range(5000)]
    matrix = np.random.default_rng(1).standard_normal((5000, 7)).astype(np.float32)
    saved = encoded(matrix)
    store.save("model", keys, saved)
    loaded = store.load("model", keys[::-1])
    assert loaded.vectors.dtype == np.float32
    np.testing.assert_array_equal(loaded.vectors, matrix[::-1])
    for before, after in zip(saved.tokens[::-1], loaded.tokens, strict=True):
        assert after.pieces.tolist() == before.pieces.tolist()
        assert after.matrix.dtype == np.int8 and after.matrix.tolist() == before.matrix.tolist()
    np.testing.assert_array_equal(store.load("model", [keys[3], keys[3]]).vectors, matrix[[3, 3]])


def test_only_what_is_not_stored_for_this_model_is_missing(store: VectorStore) -> None:
    keys = hashes_of("a", "b", "c")
    store.save("model", keys[:2], encoded(np.eye(2, 3, dtype=np.float32)))
    assert store.missing("model", keys) == {keys[2]}
    assert store.missing("other", keys) == set(keys)
    assert store.missing("model", []) == set()


def test_vectors_of_another_model_are_never_given(store: VectorStore) -> None:
    keys = hashes_of("a")
    store.save("model", keys, encoded(np.ones((1, 3), dtype=np.float32)))
    with pytest.raises(VectorMissing, match="1 of 1"):
        store.load("other", keys)


def test_one_that_is_missing_is_said_and_not_made_up(store: VectorStore) -> None:
    store.save("model", hashes_of("a"), encoded(np.ones((1, 3), dtype=np.float32)))
    with pytest.raises(VectorMissing, match="1 of 2"):
        store.load("model", hashes_of("a", "b"))


def test_what_is_stored_stays_when_it_is_saved_again(store: VectorStore) -> None:
    store.save("model", hashes_of("a", "a"), encoded(np.array([[1.0, 0.0], [1.0, 0.0]], dtype=np.float32)))
    store.save("model", hashes_of("a"), encoded(np.array([[0.0, 1.0]], dtype=np.float32)))
    np.testing.assert_array_equal(store.load("model", hashes_of("a")).vectors, [[1.0, 0.0]])


def test_two_that_save_the_same_in_other_orders_both_succeed(store: VectorStore, database: Database) -> None:
    first, last = sorted(hashes_of("a", "b"))
    insert = "INSERT INTO vectors VALUES ('model', %s, '', '') ON CONFLICT DO NOTHING"
    with ThreadPoolExecutor(1) as thread:
        with database.connection() as connection:  # another one who saves, half-way through
            connection.execute(insert, [first])
            saving = thread.submit(
                store.save, "model", [last, first], encoded(np.ones((2, 4), dtype=np.float32))
            )
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while connection.execute(waiting).fetchone() == (0,):
                time.sleep(0.01)
            connection.execute(insert, [last])
        saving.result()
    assert store.missing("model", [first, last]) == set()


def test_rows_and_hashes_must_be_as_many(store: VectorStore) -> None:
    two, one = encoded(np.ones((2, 3), dtype=np.float32)), encoded(np.ones((1, 3), dtype=np.float32))
    flat = Encoded(np.ones(1, dtype=np.float32), one.tokens)
    for wrong in (two, flat, Encoded(one.vectors, two.tokens)):
        with pytest.raises(ValueError, match="do not fit"):
            store.save("model", hashes_of("a"), wrong)


def test_nothing_asked_is_nothing_given(store: VectorStore) -> None:
    assert store.load("model", []).vectors.shape == (0, 0)
    store.save("model", [], encoded(np.empty((0, 3), dtype=np.float32)))


def test_a_text_is_known_by_the_sha256_of_its_utf8() -> None:
    assert text_hash("naïve") == hashlib.sha256("naïve".encode()).digest()
    assert len(text_hash("\ud800")) == 32
