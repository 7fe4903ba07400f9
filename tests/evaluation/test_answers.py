"""Whole answers measured: every figure by hand, and what may not be measured is refused."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from customer_assist.asking import MAX_QUESTION, Ask
from customer_assist.errors import InvalidInput, StorageUnavailable
from customer_assist.evaluation import answers as measuring
from customer_assist.evaluation.answer_report import report_html
from customer_assist.evaluation.answer_runs import MEANINGS, AnswerRun, save
from customer_assist.evaluation.answers import check_askable, estimate, evaluate_answers, sampled
from customer_assist.evaluation.judge import Judge
from customer_assist.evaluation.measures import share_interval
from customer_assist.knowledge.questions import LabelledQuestion
from customer_assist.llm.breaker import Breaker
from customer_assist.llm.generation import OpenAIGenerator
from customer_assist.model import (
    Answer,
    CheckResult,
    Citation,
    ConversationId,
    DocumentId,
    Outcome,
    Timing,
    Trace,
    Turn,
    TurnId,
    Usage,
)
from fakes import PROMPT_TOKENS, Calls, FakeOpenAI, HandClock, Reply
from stand_ins import make_document

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DOCUMENTS = [
    make_document("slow", "Is Malta slow?", text="Nine days.", intent="ship"),
    make_document("far", "Is Malta far?", text="It is.", intent="ship"),
    make_document("pay", "Do you take cards?", text="Yes.", intent="pay"),
]
FINE, FAILED = (CheckResult("numbers", True),), (CheckResult("numbers", True), CheckResult("links", False))


def answer(text: str, *cited: str, checks: tuple[CheckResult, ...] = FINE, degraded: bool = False) -> Answer:
    citations = tuple(Citation(DocumentId(id_), id_, text) for id_ in cited)
    return Answer(text, citations, checks=checks, degraded=degraded, usage=Usage(10, 1))


ANSWERED, CLARIFYING, ABSTAINED = Outcome.ANSWERED, Outcome.CLARIFYING, Outcome.ABSTAINED
SAID: Mapping[str, tuple[Outcome, Answer]] = {
    "right": (ANSWERED, answer("It takes nine days.", "slow")),
    "neighbour": (ANSWERED, answer("See {{Website URL}}.", "far", checks=FAILED, degraded=True)),
    "second": (ANSWERED, answer("Yes, by card, of course.", "far", "pay")),
    "anything": (ANSWERED, answer("Yes.", "pay", checks=())),
    "vague": (CLARIFYING, Answer("Which of these?")),
    "unknown": (ABSTAINED, Answer("I do not know.")),
    "thanks": (Outcome.SMALL_TALK, Answer("You are welcome.")),
}
ASKED = [
    LabelledQuestion("right", ("slow",)),
    LabelledQuestion("neighbour", ("slow",)),
    LabelledQuestion("second", ("pay",)),
    LabelledQuestion("anything"),
    LabelledQuestion("vague", ("pay",)),
    LabelledQuestion("unknown", intent="pay"),
    LabelledQuestion("thanks"),
]


class PreparedDesk:
    """Says what is prepared for each question."""

    library = SimpleNamespace(current=lambda: SimpleNamespace(engine="lexical", facts={}))

    def __init__(self, said: Mapping[str, tuple[Outcome, Answer]] = SAID) -> None:
        self.said = said
        self.asked: list[Ask] = []

    def ask(self, ask: Ask) -> Turn:
        self.asked.append(ask)
        outcome, said = self.said[ask.question]
        trace = Trace(ask.question, 1, "lexical")
        return Turn(
            TurnId("t"), ConversationId("t"), ask.question, said, outcome, NOW, trace, Timing(0, 0, 0.002)
        )


def measured(judge: Judge | None = None, **options: object) -> AnswerRun:
    return evaluate_answers(PreparedDesk(), DOCUMENTS, ASKED, judge=judge, **options)  # type: ignore[arg-type]


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture
def judge(model: FakeOpenAI) -> Iterator[Judge]:
    """Of the four answers it calls one RELEVANT and one PARTLY_RELEVANT, and says nothing sensible of two."""
    by_question = {"right": "RELEVANT", "neighbour": "PARTLY_RELEVANT"}

    def rated(request: dict[str, object]) -> str:
        asked = str(request["messages"]).split("<question>\\n")[1].split("\\n")[0]
        return json.dumps({"explanation": f"of {asked} <b>", "relevance": by_question.get(asked, "GOOD")})

    model.says(Reply(rated))
    generator = OpenAIGenerator(
        api_key="key",
        base_url=model.base_url,
        model="judge-x",
        timeout=5.0,
        budget=Calls(),
        breaker=Breaker(HandClock(), limit=5, pause=30.0),
    )
    yield Judge(generator)
    generator.close()


# --- figures by hand -------------------------------------------------------------------------------


def test_what_needs_no_judge_is_as_counted_by_hand() -> None:
    told = measured().as_json()
    counted = {outcome: count for outcome, count in told["outcomes"].items() if count}
    assert counted == {"answered": 4, "clarifying": 1, "small_talk": 1, "abstained": 1}
    expected = {
        "answered": 4 / 7,
        "clarified": 1 / 7,
        "abstained": 1 / 7,
        "right_document": 2 / 3,  # "right" and "second"; "anything" names none, the others were not answered
        "right_intent": 2 / 3,  # "right" and "neighbour", whose first sources are about shipping
        "checks_passed": 2 / 4,  # not where one failed, nor where none was made
        "degraded": 1 / 4,
        "leaked_placeholders": 1 / 7,
        "words": (4 + 3 + 5 + 1) / 4,
    }
    assert {name: told[name] for name in expected} == {n: round(v, 4) for n, v in expected.items()}
    assert told["of"]["right_document"] == 3  # type: ignore[index]
    assert told["answered_by"] == {"extractive": 4}
    assert told["tokens"] == {
        "answers": {"prompt": 40, "completion": 4},
        "judge": {"prompt": 0, "completion": 0},
    }
    assert told["ms_per_question"] == {"p50": 2.0, "p95": 2.0, "p99": 2.0}


def test_a_share_has_an_interval_that_does_not_end_at_what_was_seen() -> None:
    told = measured().as_json()["ci95"]
    assert told["answered"] == [round(edge, 4) for edge in share_interval(4, 7)]  # type: ignore[index]
    low, high = told["words"]  # type: ignore[index]
    assert 1 <= low < 13 / 4 < high <= 5


def test_what_was_not_measured_is_null_and_every_key_is_there(judge: Judge) -> None:
    without, judged = measured().as_json(), measured(judge).as_json()
    assert list(without) == list(judged)
    assert set(MEANINGS) <= set(without) and set(without["ci95"]) == set(MEANINGS)  # type: ignore[call-overload]
    rated = ("relevant", "partly_relevant", "non_relevant", "relevant_of_asked")
    assert [without[name] for name in rated] == [None] * 4
    assert (without["judge"], without["judged"], without["unscored"]) == (None, 0, 0)
    unlabelled = [LabelledQuestion(asked.question) for asked in ASKED]
    told = evaluate_answers(PreparedDesk(), DOCUMENTS, unlabelled).as_json()  # type: ignore[arg-type]
    assert (told["right_document"], told["right_intent"], told["ci95"]["right_intent"]) == (None,) * 3  # type: ignore[index]


def test_the_judges_labels_are_counted_and_what_is_unscored_is_not(judge: Judge, model: FakeOpenAI) -> None:
    told = measured(judge).as_json()
    assert (told["judge"], told["judged"], told["unscored"]) == ("judge-x", 2, 2)
    assert (told["relevant"], told["partly_relevant"], told["non_relevant"]) == (0.5, 0.5, 0.0)
    # "right" of the seven questions less the two whose answers nobody could rate
    assert told["relevant_of_asked"] == 1 / 5
    assert told["unscored_because"] == {"the judge's reply was no judgment": 2}
    calls = 2 + 2 * 2  # what is unscored was asked for twice
    assert told["tokens"]["judge"]["prompt"] == calls * PROMPT_TOKENS == len(model.requests) * PROMPT_TOKENS  # type: ignore[index]


def test_where_nothing_could_be_judged_there_is_no_figure(judge: Judge, model: FakeOpenAI) -> None:
    model.says(Reply(status=401))
    told = measured(judge).as_json()
    assert (told["relevant"], told["relevant_of_asked"], told["judged"], told["unscored"]) == (
        None,
        None,
        0,
        4,
    )


def test_only_answers_are_given_to_the_judge(judge: Judge) -> None:
    rated = {asked.question for asked in measured(judge).asked if asked.relevance is not None}
    assert rated == {"right", "neighbour", "second", "anything"}


def test_every_question_is_asked_once_in_a_conversation_of_its_own() -> None:
    desk = PreparedDesk()
    evaluate_answers(desk, DOCUMENTS, ASKED)  # type: ignore[arg-type]
    assert [ask.question for ask in desk.asked] == [asked.question for asked in ASKED]
    assert all(ask.conversation_id is None and ask.channel == "evaluation" for ask in desk.asked)


def test_no_more_questions_are_in_flight_than_allowed_and_their_order_stays() -> None:
    lock, flying, most = threading.Lock(), 0, 0

    class SlowDesk(PreparedDesk):
        def ask(self, ask: Ask) -> Turn:
            nonlocal flying, most
            with lock:
                flying += 1
                most = max(most, flying)
            time.sleep(0.05 if ask.question == "right" else 0.02)
            with lock:
                flying -= 1
            return super().ask(ask)

    told: list[tuple[int, int]] = []
    run = evaluate_answers(
        SlowDesk(),  # type: ignore[arg-type]
        DOCUMENTS,
        ASKED,
        at_once=3,
        progress=lambda *at: told.append(at),
    )
    assert most == 3
    assert [asked.question for asked in run.asked] == [asked.question for asked in ASKED]
    assert told == [(done, 7) for done in range(1, 8)]


def test_a_fault_ends_the_run_and_no_further_question_is_asked() -> None:
    class FaultyDesk(PreparedDesk):
        def ask(self, ask: Ask) -> Turn:
            if self.asked:
                time.sleep(0.1)
            else:
                self.asked.append(ask)
                raise StorageUnavailable("the database is gone")
            return super().ask(ask)

    desk = FaultyDesk()
    with pytest.raises(StorageUnavailable):
        evaluate_answers(desk, DOCUMENTS, ASKED)  # type: ignore[arg-type]
    assert len(desk.asked) < len(ASKED)


# --- what is asked ---------------------------------------------------------------------------------


def test_a_sample_is_drawn_at_random_stays_in_order_and_comes_again() -> None:
    questions = [LabelledQuestion(str(i)) for i in range(100)]
    first, again, other = (sampled(questions, 10, seed) for seed in (0, 0, 1))
    assert first == again != other and len(first) == 10
    assert [int(q.question) for q in first] == sorted(int(q.question) for q in first)
    assert int(first[-1].question) > 50
    assert sampled(questions, None, 0) == sampled(questions, 1000, 0) == questions


@pytest.mark.parametrize(
    ("questions", "told"),
    [
        ([], "nothing to measure"),
        ([LabelledQuestion("x", ("nowhere",))], "'nowhere'"),
        ([LabelledQuestion("x", intent="nosuch")], "'nosuch'"),
        ([LabelledQuestion("y" * (MAX_QUESTION + 1))], "too long"),
        ([LabelledQuestion("z\x00")], "'z.x00' cannot be asked"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_anything_is_asked(
    questions: list[LabelledQuestion], told: str
) -> None:
    desk = PreparedDesk()
    with pytest.raises(InvalidInput, match=told):
        evaluate_answers(desk, DOCUMENTS, [*questions, *(ASKED if questions else [])])  # type: ignore[arg-type]
    assert desk.asked == []


def test_no_document_is_refused_and_a_question_without_labels_is_not() -> None:
    with pytest.raises(InvalidInput, match="nothing to measure"):
        check_askable([], ASKED)
    check_askable(DOCUMENTS, [LabelledQuestion("x")])


def test_the_estimate_counts_a_call_to_answer_and_one_to_judge() -> None:
    calls = estimate(ASKED)
    assert (calls.answers, calls.judgments, calls.expected, calls.most) == (7, 7, 14, 28)
    assert measuring.AT_ONCE <= 10  # connections of the pool


# --- kept and shown ----------------------------------------------------------------------------------


def test_a_run_is_kept_with_every_answer(judge: Judge, tmp_path: Path) -> None:
    run, file = measured(judge), tmp_path / "run.jsonl"
    save(run, file)
    head, *rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert head["format"] and head["answered"] == run.as_json()["answered"] and len(rows) == 7
    assert (rows[1]["text"], rows[1]["cited"], rows[1]["outcome"]) == (
        "See {{Website URL}}.",
        ["far"],
        "answered",
    )
    assert rows[1]["relevance"]["label"] == "PARTLY_RELEVANT" and rows[4]["relevance"] is None
    with pytest.raises(InvalidInput, match="cannot be written"):
        save(run, tmp_path / "no" / "run.jsonl")


def test_a_page_without_a_judge_claims_no_rating_of_ours() -> None:
    page = report_html(measured(), DOCUMENTS)
    assert "No answer of this run was judged" in page and "this run, judged by" not in page
    assert "156 / 38 / 6" in page and "judged by gpt-4o-mini" in page and "78%" in page
    assert "cannot be set against" in page
    assert "<script" not in page and "http-equiv" not in page


def test_a_page_with_a_judge_shows_its_bars_beside_the_published_ones_as_another_judges(judge: Judge) -> None:
    page = report_html(measured(judge), DOCUMENTS)
    assert "this run, judged by judge-x" in page and "50%" in page
    assert "are no comparison" in page and "156 / 38 / 6" in page


def test_a_page_lists_what_to_read_and_shows_texts_as_texts(judge: Judge) -> None:
    run = measured(judge)
    first = replace(run.asked[1], question="<script>alert(1)</script>")
    page = report_html(replace(run, asked=(first, *run.asked[2:])), DOCUMENTS)
    assert "&lt;script&gt;" in page and "<script" not in page and "of neighbour &lt;b&gt;" in page
    assert "a placeholder is shown" in page and "the judge gave no judgment" in page
    assert page.index("a placeholder is shown") < page.index("the judge gave no judgment")
    missed = page.split("Not answered, though")[1]
    assert "vague" in missed and "Do you take cards?" in missed and "thanks" not in missed


def test_a_page_of_nothing_wrong_says_so() -> None:
    run = measured()
    assert report_html(replace(run, asked=run.asked[:1]), DOCUMENTS).count("<p>None.</p>") == 2
