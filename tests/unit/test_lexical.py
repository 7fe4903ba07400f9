"""How much of a query a text covers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_assist.search.lexical import TermIndex, Weighting, count_words
from customer_assist.search.terms import ngrams, stems

TEXTS = ["How do I return a lamp?", "When does the parcel come?", "Where is the invoice for my lamp?"]
WAYS = [(stems, Weighting.BM25), (ngrams, Weighting.COSINE)]
VOCABULARY = ["lamp", "parcel", "invoice", "return", "returns", "when", "the", "blue", "café", "30"]
corpora = st.lists(st.lists(st.sampled_from(VOCABULARY), max_size=6).map(" ".join), max_size=7)
queries = st.lists(st.sampled_from([*VOCABULARY, "unknown"]), max_size=5).map(" ".join)


def index(texts: list[str], way: int) -> TermIndex:
    terms_of, weighting = WAYS[way]
    return TermIndex(count_words(texts), terms_of, weighting)


@pytest.fixture(params=[0, 1], ids=["words", "ngrams"])
def way(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_a_text_answers_best_to_itself(way: int) -> None:
    for row, text in enumerate(TEXTS):
        scores = index(TEXTS, way).scores(text)
        assert int(scores.argmax()) == row
        assert 0.4 < scores[row] <= 1.0001


def test_the_angle_between_a_text_and_itself_is_nought() -> None:
    scores = index(TEXTS, 1).scores(TEXTS[0])
    assert scores[0] == pytest.approx(1.0, abs=1e-5)


def test_nothing_shared_scores_exactly_nought(way: int) -> None:
    assert index(TEXTS, way).scores("xylophone quartz").tolist() == [0, 0, 0]


def test_words_that_no_text_has_lower_the_coverage(way: int) -> None:
    known, mixed = index(TEXTS, way).scores("lamp"), index(TEXTS, way).scores("lamp xylophone quartz")
    assert 0 < mixed[0] < known[0]


def test_a_rare_word_counts_more_than_a_frequent_one(way: int) -> None:
    scores = index(["lamp red", "lamp blue", "lamp green", "parcel white"], way).scores("lamp parcel")
    assert scores[3] > scores[0]


def test_the_weight_of_a_term_falls_with_the_texts_that_have_it() -> None:
    texts = ["a", "a b", "a b c", "a b c d"]
    by_words = index(texts, 0)
    idf = {term: by_words._idf[column] for term, column in by_words._vocabulary.items()}
    assert by_words._unseen_idf > idf["d"] > idf["c"] > idf["b"] > idf["a"] > 0


def test_every_word_of_a_query_counts_once() -> None:
    assert np.array_equal(index(TEXTS, 0).scores("lamp lamp parcel"), index(TEXTS, 0).scores("lamp parcel"))


@pytest.mark.parametrize("texts", [[], [""], ["", "?!"]])
def test_an_empty_corpus_scores_nothing(texts: list[str], way: int) -> None:
    assert index(texts, way).scores("lamp").tolist() == [0.0] * len(texts)


def test_an_empty_query_scores_nothing(way: int) -> None:
    assert index(TEXTS, way).scores("").tolist() == [0, 0, 0]
    assert index(TEXTS, way).scores("?!").tolist() == [0, 0, 0]


@given(corpora, queries, st.integers(0, 1))
def test_coverage_is_never_negative_and_hardly_above_one(texts: list[str], query: str, way: int) -> None:
    scores = index(texts, way).scores(query)
    assert scores.shape == (len(texts),)
    assert np.all(scores >= 0)
    assert np.all(scores <= 1.0001)


@given(corpora, corpora, queries, st.integers(0, 1))
def test_texts_counted_in_two_goes_score_as_if_counted_at_once(
    before: list[str], after: list[str], query: str, way: int
) -> None:
    terms_of, weighting = WAYS[way]
    counted = count_words(before)
    vocabulary, rows = dict(counted.vocabulary), counted.matrix.toarray()
    in_two = TermIndex(count_words(after, onto=counted), terms_of, weighting)
    assert np.array_equal(in_two.scores(query), index(before + after, way).scores(query))
    assert counted.vocabulary == vocabulary
    assert np.array_equal(counted.matrix.toarray(), rows)
