"""The gate of a knowledge base, fitted from what it holds: a collection of messages, articles, or next to nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from customer_assist import calibration
from customer_assist.answering.gate import COSINES, FEATURES, WORDS, Gate, Target, off_topic, unfitted
from customer_assist.answering.subjects import MEASURES
from customer_assist.calibration import fitted_gate, judge
from customer_assist.fingerprints import fingerprint
from customer_assist.indexing import retriever, serving_gate
from customer_assist.knowledge.reading import read
from customer_assist.llm.minilm import MiniLM
from customer_assist.model import Decision, Document, Query
from customer_assist.ports import Embedder
from customer_assist.search.index import Index, build, updated
from stand_ins import HashingEmbedder, make_document

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MODEL = HashingEmbedder()


def decisions(
    gate: Gate, index: Index, model: Embedder | None, questions: Sequence[str], engine: str = "hybrid"
) -> list[Decision]:
    search = retriever(engine, index, model)
    return [judge(gate, q, search.retrieve(Query(q), 10), model).decision for q in questions]


def accepted(
    gate: Gate, index: Index, model: Embedder | None, questions: Sequence[str], engine: str = "hybrid"
) -> float:
    made = decisions(gate, index, model, questions, engine)
    return sum(decision is Decision.ANSWER for decision in made) / len(made)


def used(gate: Gate) -> set[str]:
    """The features that the gate weighs."""
    return {name for name, weight in zip(FEATURES, gate.weights, strict=True) if weight}


def message(subject: int, random: Random) -> str:
    """Words of the subject's own among those of everybody."""
    own = [f"own{subject}{letter}" for letter in "abc"]
    return " ".join(random.sample(own, 2) + random.sample(["please", "my", "how", "now", "thing"], 2))


def make_collection(subjects: int = 6, each: int = 24, **shape: bool) -> list[Document]:
    """One document for each message, as its question, or with `as_text` as its text alone."""
    random = Random(1)
    made = []
    for subject in range(subjects):
        for number in range(each):
            said = f"{message(subject, random)} {number}"
            parts = ((), said) if shape.get("as_text") else ((said,), f"Answer {subject}.")
            made.append(
                make_document(
                    f"{subject:03d}-{number:02d}", *parts[0], text=parts[1], intent=f"subject{subject:03d}"
                )
            )
    return made


COLLECTION = make_collection()


def indexed(documents: Sequence[Document], model: Embedder | None = MODEL) -> Index:
    return build(1, documents, model.encode if model else None)


# --- collections of customers' messages ------------------------------------------------------------------


def test_the_gate_of_a_collection_knows_its_subjects_and_weighs_nothing_else() -> None:
    index = indexed(COLLECTION)
    gate = fitted_gate(index, MODEL)
    assert gate.subjects is not None
    assert gate.subjects.prototypes.shape == (6, MODEL.dimension)
    assert used(gate) <= set(MEASURES) and used(gate)
    random = Random(2)
    known = [message(i % 6, random) for i in range(60)]
    assert accepted(gate, index, MODEL, known) > 0.85
    assert accepted(gate, index, MODEL, off_topic()) < 0.3


@pytest.mark.parametrize(
    ("subjects", "each", "is_one"), [(5, 20, True), (4, 30, False), (5, 19, False), (6, 20, True)]
)
def test_a_collection_has_several_subjects_and_many_ways_of_asking_for_each(
    subjects: int, each: int, is_one: bool
) -> None:
    gate = fitted_gate(indexed(make_collection(subjects, each)), MODEL)
    assert (gate.subjects is not None) == is_one


def test_what_has_more_subjects_than_a_model_can_learn_is_no_collection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calibration, "_SUBJECTS", (5, 6))
    assert fitted_gate(indexed(make_collection(6)), MODEL).subjects is not None
    assert fitted_gate(indexed(make_collection(7)), MODEL).subjects is None


def test_a_document_that_is_a_text_alone_is_a_way_of_asking() -> None:
    texts = indexed(make_collection(as_text=True))
    assert not texts.asked.texts
    gate = fitted_gate(texts, MODEL)
    assert gate.subjects is not None
    assert fingerprint(gate) == fingerprint(fitted_gate(indexed(COLLECTION), MODEL))


def test_texts_of_documents_that_have_questions_are_no_ways_of_asking() -> None:
    documents = [replace(d, text=f"{d.text} {d.questions[0]}") for d in make_collection(6, 19)]
    assert fitted_gate(indexed(documents), MODEL).subjects is None


def test_ways_of_asking_may_all_stand_in_one_article() -> None:
    random = Random(4)
    articles = [
        make_document(
            f"a{subject}",
            *(f"{message(subject, random)} {number}" for number in range(24)),
            text=f"Answer {subject}.",
        )
        for subject in range(6)
    ]
    assert fitted_gate(indexed(articles), MODEL).subjects is not None


def test_a_collection_too_large_to_learn_from_is_sampled_and_the_same_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = fitted_gate(indexed(COLLECTION), MODEL)
    monkeypatch.setattr(calibration, "_TEXTS", 100)
    first, second = (fitted_gate(indexed(COLLECTION), MODEL) for _ in range(2))
    assert first.subjects is not None
    assert fingerprint(first) == fingerprint(second) != fingerprint(whole)


def test_without_an_embedding_model_a_collection_is_judged_by_its_words() -> None:
    index = indexed(COLLECTION, None)
    gate = fitted_gate(index, None)
    assert gate.subjects is None
    assert used(gate) <= set(WORDS)
    assert accepted(gate, index, None, ["own1a own1b please"]) == 1
    assert accepted(gate, index, None, off_topic()) < 0.1


def test_a_collection_keeps_the_target_that_it_is_given() -> None:
    index = indexed(COLLECTION)
    half, most = (fitted_gate(index, MODEL, target=Target(coverage)) for coverage in (0.5, 0.95))
    assert half.threshold > most.threshold
    careful = fitted_gate(index, MODEL, target=Target(risk=0.01))
    careless = fitted_gate(index, MODEL, target=Target(risk=0.4))
    assert careful.threshold > careless.threshold


def test_a_number_in_a_message_does_not_move_the_gate_of_a_collection() -> None:
    index = indexed(COLLECTION)
    gate = fitted_gate(index, MODEL)
    search = retriever("hybrid", index, MODEL)
    asked = ["own2a own2b please #4711", "own2a own2b please #98222"]
    verdicts = [judge(gate, q, search.retrieve(Query(q), 10), MODEL) for q in asked]
    assert verdicts[0] == verdicts[1]


def test_a_gate_without_subjects_has_nothing_embedded() -> None:
    model = HashingEmbedder()
    index = indexed(COLLECTION)
    hits = retriever("hybrid", index, MODEL).retrieve(Query("own1a own1b"), 10)
    judge(unfitted(), "own1a own1b", hits, model)
    assert model.batches == []
    judge(fitted_gate(index, MODEL), "own1a own1b", hits, model)
    assert model.batches == [["own1a own1b"]]


@pytest.mark.slow
def test_messages_about_what_a_bank_says_nothing_of_are_declined_far_more_often_than_the_others(
    data_file: Callable[[str], Path], embedder: MiniLM
) -> None:
    by_intent: dict[str, list[str]] = {}
    with data_file("banking77_oos/in_scope_train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_intent.setdefault(row["intent"], []).append(row["text"])
    names = sorted(name for name, texts in by_intent.items() if len(texts) >= 35)
    hidden, kept = names[::6][:6], [name for name in names if name not in names[::6]][:18]
    documents = [
        make_document(f"{name}-{i}", text=text, intent=name)
        for name in kept
        for i, text in enumerate(by_intent[name][:24])
    ]
    index = build(1, documents, embedder.encode)
    gate = fitted_gate(index, embedder)
    assert gate.subjects is not None
    known = [text for name in kept for text in by_intent[name][24:29]]
    unknown = [text for name in hidden for text in by_intent[name][:15]]
    of_known, of_unknown = (1 - accepted(gate, index, embedder, asked) for asked in (known, unknown))
    assert of_known < 0.1
    assert of_unknown > max(0.15, 3 * of_known)
    assert accepted(gate, index, embedder, off_topic()) < 0.15


# --- articles --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shop() -> list[Document]:
    """The sample shop's articles, with fewer ways of asking, which embeds sooner."""
    read_documents = [item for item in read(EXAMPLES / "brindle") if isinstance(item, Document)]
    return [replace(document, questions=document.questions[:3]) for document in read_documents]


@pytest.fixture(scope="module")
def shop_index(shop: list[Document], embedder: MiniLM) -> Index:
    return build(1, shop, embedder.encode)


@pytest.fixture(scope="module")
def shop_gate(shop_index: Index, embedder: MiniLM) -> Gate:
    return fitted_gate(shop_index, embedder)


def questions_of(file: str, kind: str | None = None) -> list[str]:
    rows = [json.loads(line) for line in (EXAMPLES / "questions" / file).read_text("utf-8").splitlines()]
    return [row["question"] for row in rows if kind in (None, row.get("kind"))]


def test_the_off_topic_questions_are_none_that_is_asked_of_the_sample_shop() -> None:
    assert not set(off_topic()) & set(questions_of("unanswerable.jsonl"))
    assert not set(off_topic()) & set(questions_of("questions.jsonl"))


def test_a_gate_fitted_to_the_sample_shop_answers_its_customers_and_declines_other_subjects(
    shop_index: Index, shop_gate: Gate, embedder: MiniLM
) -> None:
    assert shop_gate.subjects is None
    assert accepted(shop_gate, shop_index, embedder, questions_of("questions.jsonl")[::2]) > 0.65
    assert accepted(shop_gate, shop_index, embedder, questions_of("unanswerable.jsonl", "far")) < 0.3
    assert accepted(shop_gate, shop_index, embedder, off_topic()) < 0.2


def test_what_the_shop_is_not_sure_of_it_rather_asks_back_than_declines(
    shop_index: Index, shop_gate: Gate, embedder: MiniLM
) -> None:
    assert shop_gate.clarify_from < shop_gate.threshold
    asked = decisions(shop_gate, shop_index, embedder, questions_of("questions.jsonl")[::2])
    assert Decision.CLARIFY in asked
    assert asked.count(Decision.DECLINE) / len(asked) < 0.1


@pytest.mark.parametrize(("engine", "least"), [("dense", 0.6), ("minsearch", 0.35)])
def test_whatever_engine_ranks_the_gate_is_fitted_for_its_hits(
    shop: list[Document], shop_index: Index, embedder: MiniLM, engine: str, least: float
) -> None:
    """The evidence of served hits has to be of the kind that the gate was fitted on. `least`: minsearch's best
    hit is more often a wrong one."""
    gate = serving_gate(engine, shop_index, embedder)
    own = [document.questions[0] for document in shop[::4]]
    assert accepted(gate, shop_index, embedder, own, engine) > 0.8
    assert accepted(gate, shop_index, embedder, questions_of("questions.jsonl")[::3], engine) > least
    assert accepted(gate, shop_index, embedder, off_topic(), engine) < 0.2


def test_a_search_without_late_interaction_is_judged_without_what_it_would_say(
    shop_index: Index, embedder: MiniLM
) -> None:
    assert used(serving_gate("dense", shop_index, embedder)) <= set(COSINES)


def test_a_gate_fitted_to_words_alone_tells_them_apart_too(shop: list[Document]) -> None:
    index = build(1, shop, None)
    gate = serving_gate("lexical", index, None)
    assert used(gate) <= set(WORDS)
    assert accepted(gate, index, None, [document.questions[0] for document in shop], "lexical") > 0.95
    assert accepted(gate, index, None, off_topic(), "lexical") < 0.1


def test_an_engine_that_looks_at_words_alone_is_judged_by_words_alone(
    shop: list[Document], shop_index: Index, embedder: MiniLM
) -> None:
    gate = serving_gate("lexical", shop_index, embedder)
    assert used(gate) and used(gate) <= set(WORDS)
    own = [document.questions[0] for document in shop]
    assert accepted(gate, shop_index, embedder, own, "lexical") > 0.8


def test_minsearch_without_an_embedding_model_is_judged_by_words(shop: list[Document]) -> None:
    index = build(1, shop, None)
    gate = serving_gate("minsearch", index, None)
    assert gate == serving_gate("lexical", index, None)
    assert accepted(gate, index, None, [document.questions[0] for document in shop], "minsearch") > 0.7
    assert accepted(gate, index, None, off_topic(), "minsearch") < 0.1


def test_the_same_articles_give_the_same_gate(
    shop: list[Document], shop_index: Index, shop_gate: Gate, embedder: MiniLM
) -> None:
    assert fitted_gate(shop_index, embedder) == shop_gate
    lexical = [fitted_gate(build(1, documents, None), None) for documents in (shop, shop[::-1])]
    assert lexical[0] == lexical[1]


@pytest.mark.parametrize("articles", [True, False])
def test_a_gate_is_the_same_however_its_knowledge_came(articles: bool) -> None:
    """In another order, or step by step with changes and deletions between."""
    documents = make_articles(40, titles=True) if articles else COLLECTION
    wanted = fitted_gate(indexed(documents), MODEL)
    assert (wanted.subjects is None) == articles
    assert fingerprint(wanted) != fingerprint(unfitted())
    shuffled = Random(5).sample(documents, len(documents))
    assert fingerprint(fitted_gate(indexed(shuffled), MODEL)) == fingerprint(wanted)
    half = len(documents) // 2
    first = [replace(documents[0], questions=("something else",)), *documents[1:half]]
    index = indexed([*first, make_document("zz", "soon gone", text="Nothing.")])
    index = updated(index, 2, documents[half:], [], MODEL.encode)
    index = updated(index, 3, documents[:1], ["zz"], MODEL.encode)  # type: ignore[list-item]
    assert fingerprint(fitted_gate(index, MODEL)) == fingerprint(wanted)
    less = fitted_gate(indexed(documents[: half + 2]), MODEL)
    assert fingerprint(less) != fingerprint(wanted)


def make_articles(count: int, *, titles: bool = False) -> list[Document]:
    """Each with words of its own; asked for by its title alone, or with three ways of asking."""
    random = Random(6)
    made = []
    for subject in range(count):
        asked = () if titles else tuple(f"{message(subject, random)} {i}" for i in range(3))
        text = f"Whoever has own{subject}a and own{subject}b gets own{subject}c."
        made.append(
            make_document(f"a{subject:02d}", *asked, title=f"About own{subject}a own{subject}b", text=text)
        )
    return made


def test_for_an_unknown_embedding_model_titles_stand_in_for_how_customers_ask() -> None:
    """Nothing was ever learned with it."""
    index = indexed(make_articles(20, titles=True))
    gate = fitted_gate(index, MODEL)
    assert gate != unfitted()
    assert accepted(gate, index, MODEL, off_topic()) < 0.2


def test_articles_without_a_way_of_asking_are_judged_by_what_others_customers_taught() -> None:
    documents = make_articles(14, titles=True)
    index = indexed(documents, None)
    gate = fitted_gate(index, None)
    assert used(gate) <= set(WORDS) and used(gate)
    assert gate != unfitted(dense=False)
    assert accepted(gate, index, None, ["about own3a and own3b"]) == 1


@pytest.mark.parametrize("count", [9, 10])
def test_fewer_articles_than_ten_are_judged_by_odds_that_nothing_was_fitted_for(count: int) -> None:
    gate = fitted_gate(indexed(make_articles(count), None), None)
    assert (gate == unfitted(dense=False)) == (count < 10)


@pytest.mark.parametrize("model", [MODEL, None], ids=["dense", "lexical"])
def test_no_article_is_an_answer_below_the_least_confidence(model: Embedder | None) -> None:
    index = indexed(make_articles(20, titles=True), model)
    gate = fitted_gate(index, model, target=Target(coverage=1.0))
    assert gate.threshold >= round(calibration._LEAST_ALONE, 6)


def test_where_customers_are_known_no_article_is_an_answer_below_two_thirds(embedder: MiniLM) -> None:
    index = indexed(make_articles(20, titles=True), embedder)
    gate = fitted_gate(index, embedder, target=Target(coverage=1.0))
    assert gate.subjects is None and gate.threshold >= round(calibration._LEAST, 6)


# --- next to nothing -------------------------------------------------------------------------------------

LAMPS = [
    make_document("return", "How do I return a lamp?", text="Send the lamp back within 30 days."),
    make_document("parcel", "When does my parcel come?", text="It takes three days."),
    make_document("invoice", "Where is my invoice?", text="In your account."),
]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("model", [MODEL, None], ids=["dense", "lexical"])
def test_the_smallest_knowledge_bases_answer_what_they_know_and_decline_the_rest(
    count: int, model: Embedder | None
) -> None:
    index = indexed(LAMPS[:count], model)
    gate = fitted_gate(index, model)
    assert accepted(gate, index, model, ["How do I return a lamp?"]) == 1
    if model is None:
        assert accepted(gate, index, model, off_topic()) < 0.1


@pytest.mark.parametrize("model", [MODEL, None], ids=["dense", "lexical"])
@pytest.mark.parametrize("engine", ["hybrid", "minsearch"])
def test_without_knowledge_everything_is_declined(model: Embedder | None, engine: str) -> None:
    index = indexed([], model)
    gate = serving_gate(engine, index, model)
    made = decisions(gate, index, model, ["How do I return a lamp?", *off_topic()], engine)
    assert set(made) == {Decision.DECLINE}
