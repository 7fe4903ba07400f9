"""Measuring search: the published figures of the reference come out, and nothing is measured by mistake."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from customer_assist.cli import app
from customer_assist.errors import InvalidInput, UnknownFilter
from customer_assist.evaluation.retrieval import BOOSTED, ENGINES, evaluate_retrieval
from customer_assist.evaluation.runs import MEASURES
from customer_assist.knowledge.questions import LabelledQuestion, read_questions
from customer_assist.knowledge.reading import read
from customer_assist.model import Document
from stand_ins import HashingEmbedder, make_document

SHOP = [
    make_document(
        "cancel", "How do I cancel my order?", text="Press Cancel.", intent="cancel", category="ORDER"
    ),
    make_document(
        "parcel", "When does my parcel come?", text="In a week.", intent="track", category="SHIPPING"
    ),
    make_document(
        "invoice", "Where is my invoice?", text="In your account.", intent="bill", category="ORDER"
    ),
]
KNOWN = [
    LabelledQuestion("cancel the order", ("cancel",), None, {"category": "ORDER"}),
    LabelledQuestion("when comes the parcel", ("parcel",), None, {"category": "SHIPPING"}),
]


def evaluate(
    questions: list[LabelledQuestion], documents: list[Document] = SHOP, **options: object
) -> dict[str, object]:
    settings = {"engine": "lexical", "embedder": None, **options}
    return evaluate_retrieval(documents, questions, **settings).as_json()  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("engine", "hit_rate", "mrr"), [("minsearch", 0.2142, 0.0964), (BOOSTED, 0.2771, 0.1218)]
)
def test_the_references_published_figures_come_out(
    data_file: Callable[[str], Path], engine: str, hit_rate: float, mrr: float
) -> None:
    documents = list(read(data_file("orders_rag/documents-with-ids.json")))
    questions = read_questions(data_file("orders_rag/ground-truth-data.csv"))
    assert (len(documents), len(questions)) == (418, 1667)
    measured = evaluate(questions, [d for d in documents if isinstance(d, Document)], engine=engine)
    assert measured["hit_rate@10"] == pytest.approx(hit_rate, abs=0.00005)
    assert measured["mrr@10"] == pytest.approx(mrr, abs=0.00005)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_contracts_object(engine: str) -> None:
    measured = evaluate(KNOWN, engine=engine, embedder=HashingEmbedder())
    assert (measured["engine"], measured["documents"], measured["questions"]) == (engine, 3, 2)
    names = [*MEASURES, "intent_precision@1"]
    assert [name for name in measured if "@" in name] == names
    intervals, latency = measured["ci95"], measured["ms_per_query"]
    assert isinstance(intervals, dict)
    assert isinstance(latency, dict)
    assert list(intervals) == names
    assert list(latency) == ["p50", "p95", "p99"]
    json.dumps(measured)


def test_each_question_that_is_found_first_counts_in_full() -> None:
    measured = evaluate(KNOWN)
    assert {measured[name] for name in MEASURES} == {1.0}


def test_a_question_may_have_several_right_documents() -> None:
    asked = [LabelledQuestion("cancel the order", ("parcel", "cancel"))]
    measured = evaluate(asked)
    assert (measured["hit_rate@1"], measured["mrr@10"]) == (1.0, 1.0)
    assert 0 < float(str(measured["ndcg@10"])) <= 1


def test_questions_with_intents_alone_give_intent_measures_alone() -> None:
    asked = [
        LabelledQuestion("cancel the order", intent="cancel"),
        LabelledQuestion("my parcel", intent="bill"),
    ]
    measured = evaluate(asked)
    assert [name for name in measured if "@" in name] == ["intent_precision@1"]
    assert measured["intent_precision@1"] == 0.5
    assert measured["by_intent"] == {"bill": 0.0, "cancel": 1.0}


def test_where_documents_have_no_intents_nothing_is_said_of_intents() -> None:
    plain = [make_document(document.id, *document.questions) for document in SHOP]
    asked = [LabelledQuestion("cancel the order", ("cancel",), "cancel")]
    measured = evaluate(asked, plain)
    assert "intent_precision@1" not in measured
    assert "by_intent" not in measured


def test_a_filter_searches_only_documents_of_the_questions_own_value() -> None:
    asked = [LabelledQuestion("when comes the parcel", ("invoice",), None, {"category": "ORDER"})]
    assert evaluate(asked, filter_field="category")["hit_rate@5"] == 1.0
    assert (
        evaluate(
            [LabelledQuestion("parcel", ("parcel",), None, {"category": "ORDER"})], filter_field="category"
        )["hit_rate@10"]
        == 0.0
    )


def test_a_filter_that_cannot_be_is_an_error() -> None:
    with pytest.raises(InvalidInput, match="'colour'"):
        evaluate(KNOWN, filter_field="colour")
    with pytest.raises(UnknownFilter, match="'ACCOUNT'"):
        evaluate([LabelledQuestion("x", ("cancel",), None, {"category": "ACCOUNT"})], filter_field="category")
    with pytest.raises(UnknownFilter, match="'colour'"):
        evaluate([LabelledQuestion("x", ("cancel",), None, {"colour": "red"})], filter_field="colour")


def test_nothing_to_measure_is_an_error() -> None:
    for documents, questions in (([], KNOWN), (SHOP, [])):
        with pytest.raises(InvalidInput, match="nothing to measure"):
            evaluate(questions, documents)
    with pytest.raises(InvalidInput, match="names a document or an intent"):
        evaluate([LabelledQuestion("cancel the order")])


def test_every_text_is_embedded_once_and_every_question_asked_once() -> None:
    embedder = HashingEmbedder()
    told: list[tuple[str, int, int]] = []
    evaluate(KNOWN, embedder=embedder, engine="hybrid", progress=lambda *at: told.append(at))
    assert sorted(embedder.texts) == sorted(
        [d.questions[0] for d in SHOP] + [d.text for d in SHOP] + [q.question for q in KNOWN]
    )
    assert told == [("embedding", 3, 3), ("embedding", 3, 3), ("asking", 2, 2)]


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{d.id},{d.questions[0]},{d.text},{d.fields['category']}\n" for d in SHOP)
    (tmp_path / "faq.csv").write_text(f"id,question,answer,category\n{rows}", encoding="utf-8")
    (tmp_path / "asked.csv").write_text(
        "question,document,category\ncancel the order,cancel,ORDER\nwhen comes the parcel,parcel,SHIPPING\n",
        encoding="utf-8",
    )
    return ("evaluate", "retrieval", "--documents", "faq.csv", "--questions", "asked.csv")


def test_the_command_prints_one_json_document(files: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*files, "--engine", "lexical", "--filter", "category", "--json"])
    assert done.exit_code == 0, done.output
    measured = json.loads(done.stdout)
    assert (measured["engine"], measured["documents"], measured["hit_rate@1"]) == ("lexical", 3, 1.0)


def test_the_command_shows_a_table(files: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*files, "--engine", "minsearch"])
    assert done.exit_code == 0, done.output
    assert "minsearch: 2 questions, 3 documents" in done.stdout
    assert "hit_rate@10" in done.stdout


def test_an_unknown_engine_is_a_usage_error_that_names_the_known_ones(files: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*files, "--engine", "elastic"])
    assert done.exit_code == 2
    assert "minsearch-boosted" in done.stderr


@pytest.mark.parametrize("engine", ["hybrid", "dense"])
def test_an_engine_is_measured_by_its_name_whatever_the_settings_serve_with(
    files: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setenv("CUSTOMER_ASSIST_ENGINE", "lexical")
    embedder = HashingEmbedder()
    monkeypatch.setattr("customer_assist.bootstrap.MiniLM", lambda folder: embedder)
    done = CliRunner().invoke(app, [*files, "--engine", engine, "--json"])
    assert done.exit_code == 0, done.output
    assert "cancel the order" in embedder.texts


def test_a_bad_row_among_the_documents_is_an_error_with_its_line(files: tuple[str, ...]) -> None:
    with Path("faq.csv").open("a", encoding="utf-8") as file:
        file.write("too,many,cells,in,this,row\n")
    done = CliRunner().invoke(app, [*files, "--engine", "lexical"])
    assert done.exit_code != 0
    assert "line 5" in str(done.exception)
