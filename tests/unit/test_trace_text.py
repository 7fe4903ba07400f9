"""How a trace is told to a person."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from customer_assist.cli.trace_text import print_replay, print_trace
from customer_assist.model import (
    Answer,
    Basis,
    CheckResult,
    ConversationId,
    Decision,
    DocumentId,
    PassageId,
    RecordedHit,
    RecordedPart,
    RecordedTrace,
    RecordedTurn,
    Score,
    TracedTurn,
    TurnId,
    Verdict,
)
from customer_assist.replay import Difference, Replay
from customer_assist.storage.history import Fate, Since

LAMP, GONE = DocumentId("lamp"), DocumentId("gone")
TURN = RecordedTurn(
    id=TurnId("t1"),
    conversation_id=ConversationId("t1"),
    question="How do I return a lamp?",
    answer="Send it back.",
    outcome="answered",
    answered_by="extractive",
    degraded=False,
    confidence=0.9,
    citations=(),
    steps=(),
    alternatives=(),
    asked_at=datetime(2026, 3, 1, tzinfo=UTC),
    knowledge_version=1,
)
TRACE = RecordedTrace(
    query=TURN.question,
    engine="hybrid",
    hits=(
        RecordedHit(LAMP, PassageId("lamp/q0"), 1, Score(1.5, "hybrid"), {"dense_text": 0.2, "novel": 0.7}),
        RecordedHit(GONE, PassageId("gone/q0"), 2, Score(1.0, "hybrid"), {"dense_text": 0.1, "novel": 0.6}),
    ),
    verdict=Verdict(Decision.ANSWER, 0.9, 0.5, 0.2, {"lead": 0.25}),
    filters={},
    said={"Order Number": "BB-1"},
    basis=Basis("g1", "w1", "e1", "p1", "1.0"),
    checks=(CheckResult("numbers", passed=False, detail="9"), CheckResult("links", passed=True)),
    prompt_hash="",
    prompt_version=0,
)
SINCE = Since(1, 1, 0, 0, {LAMP: Fate("Lamps", deleted=False, changed=False)})


def told(turn: RecordedTurn = TURN, trace: RecordedTrace = TRACE, since: Since = SINCE) -> dict[str, str]:
    """What stands behind each label."""
    console = Console(file=io.StringIO(), width=120)
    print_trace(console, TracedTurn(turn, trace), since)
    return _labelled(console)


def again(
    *differences: Difference, changes: tuple[Difference, ...] = (), trace: RecordedTrace = TRACE
) -> str:
    console = Console(file=io.StringIO(), width=120)
    print_replay(console, TracedTurn(TURN, trace), Replay(None, differences, changes, SINCE))
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def _labelled(console: Console) -> dict[str, str]:
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    return {line[:13].strip(): line[13:] for line in lines}


@pytest.mark.parametrize(
    ("decision", "outcome", "why"),
    [
        (Decision.ANSWER, "answered", "at least the 0.500 that it takes"),
        (Decision.ANSWER, "abstained", "its text left nothing to say"),
        (Decision.CLARIFY, "clarifying", "enough to ask back (0.200), not to answer (0.500)"),
        (Decision.DECLINE, "abstained", "not the 0.200 that it takes"),
    ],
)
def test_why_is_the_probability_beside_the_threshold_that_decided(
    decision: Decision, outcome: str, why: str
) -> None:
    assert TRACE.verdict
    found = told(
        replace(TURN, outcome=outcome), replace(TRACE, verdict=replace(TRACE.verdict, decision=decision))
    )
    assert found["Why"].startswith("the best candidate answers with a probability of 0.900")
    assert found["Why"].endswith(why)


def test_a_gate_that_never_asks_back_declines_below_its_one_threshold() -> None:
    verdict = Verdict(Decision.DECLINE, 0.4, 0.5)
    found = told(replace(TURN, outcome="abstained"), replace(TRACE, verdict=verdict))
    assert found["Why"].endswith("not the 0.500 that it takes") and "never asks back" in found["Gate"]


def test_without_hits_or_a_search_there_is_another_reason() -> None:
    assert told(trace=replace(TRACE, hits=()))["Why"] == "nothing was found"
    assert "without a search" in told(trace=replace(TRACE, hits=(), verdict=None))["Why"]


def test_who_wrote_the_answer_and_by_which_prompt() -> None:
    assert told()["Outcome"] == "answered, word for word from the knowledge"
    assert "the language model did not answer" in told(replace(TURN, degraded=True))["Outcome"]
    written = replace(TURN, answered_by="model-x")
    found = told(written, replace(TRACE, prompt_hash="ab12", prompt_version=4))
    assert "written by model-x" in found["Outcome"] and found["Prompt"] == "version 4, SHA-256 ab12"
    assert "was not kept" in told(written, replace(TRACE, prompt_hash="ab12"))["Prompt"]


def test_a_failed_check_says_what_failed_it() -> None:
    assert told()["Checks"] == "numbers failed (9), links held"


def test_a_document_that_nobody_knows_any_more_and_a_new_kind_of_signal_are_shown() -> None:
    console = Console(file=io.StringIO(), width=120)
    print_trace(console, TracedTurn(TURN, TRACE), SINCE)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "(no longer known)" in shown and "Lamps" in shown
    assert "novel" in shown and "0.70" in shown


def test_a_database_that_was_put_back_is_said_to_be() -> None:
    assert "put back to version 1 since" in told(since=replace(SINCE, then=9))["Knowledge"]


def test_differences_are_told_as_they_were_and_as_they_are() -> None:
    scores = {f"d{n}": float(n) for n in range(5)}
    found = again(
        Difference("decision", "answer", None),
        Difference("scores", scores, {name: score + 0.5 for name, score in scores.items()}),
        Difference("citations", [{"document_id": "a", "quote": "x"}], []),
        changes=(Difference("gate", "g1", "g2"), Difference("embedding", "e1", "")),
    )
    assert "- decision: answer → none" in found
    assert "- scores: d0 0.0 → 0.5, d1 1.0 → 1.5, d2 2.0 → 2.5 and 2 more" in found
    assert "- citations: a → none" in found
    assert "the gate: g1 → g2" in found and "the embedding model: e1 → none" in found


def test_a_difference_without_a_known_change_is_not_explained_away() -> None:
    assert "nothing that is recorded changed" in again(Difference("confidence", 0.9, 0.900001))
    early = replace(TRACE, basis=Basis())
    assert "did not keep them" in again(Difference("confidence", 0.9, 0.8), trace=early)


def test_several_requests_are_shown_one_by_one() -> None:
    part = RecordedPart(replace(TRACE, query="how do I return a lamp"), Answer("Send it back."))
    other = RecordedPart(replace(TRACE, query="when are you open", verdict=None), Answer("At nine."))
    labels = told(trace=replace(TRACE, query="", hits=(), verdict=None, parts=(part, other)))
    assert labels["Why"] == "it asks for 2 things, and each was found"
    assert labels["Request 1"] == "how do I return a lamp" and labels["Request 2"] == "when are you open"


def test_who_made_the_query_and_which_language_was_spoken_is_shown() -> None:
    trace = replace(TRACE, query="return a lamp", written_by="model-x", tongue="de", translated_by="model-y")
    labels = told(trace=trace)
    assert labels["Searched"] == "return a lamp (written by model-x)"
    assert labels["Language"] == "de, which is none of the business's, answered in it by model-y"
