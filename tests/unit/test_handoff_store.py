"""Handoffs on a real database, and the list of conversations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from customer_assist.errors import HandoffClosed, UnknownConversation, UnknownHandoff
from customer_assist.model import (
    HUMAN,
    Answer,
    ConversationId,
    Handoff,
    HandoffReason,
    HandoffStatus,
    Outcome,
    Timing,
    Trace,
    Turn,
    TurnId,
)
from customer_assist.storage.conversation_list import ConversationList
from customer_assist.storage.database import Database
from customer_assist.storage.handoffs import HandoffStore, ReasonCount
from customer_assist.storage.journal import Journal

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def new(conversation: str | None = None, **more: object) -> Handoff:
    handoff = Handoff(
        id=str(uuid4()),
        conversation_id=ConversationId(conversation or str(uuid4())),
        reason=HandoffReason.WISH,
        detail="",
        summary="Asked: A?",
        message="I have passed this on.",
        email="",
        customer_ref="c1",
        status=HandoffStatus.WAITING,
        created_at=NOW,
    )
    return replace(handoff, **more)  # type: ignore[arg-type]


def said(
    conversation: str,
    question: str,
    handoff: Handoff | None = None,
    *,
    answer: Answer | None = None,
    **more: object,
) -> Turn:
    turn = Turn(
        id=TurnId(str(uuid4())),
        conversation_id=ConversationId(conversation),
        question=question,
        answer=answer or Answer("So it is."),
        outcome=Outcome.WITH_HUMAN if handoff else Outcome.ANSWERED,
        asked_at=NOW,
        trace=Trace("", 1, "lexical"),
        timing=Timing(),
        handoff=handoff,
    )
    return replace(turn, **more)  # type: ignore[arg-type]


@pytest.fixture
def store(database: Database) -> HandoffStore:
    return HandoffStore(database)


def test_what_is_opened_is_found_by_its_id_and_in_its_conversation(store: HandoffStore) -> None:
    handoff = store.open(new(email="mary@example.com"), [{"question": "A?", "answer": "B."}])
    assert store.get(handoff.id) == handoff == store.open_in(handoff.conversation_id)
    assert store.latest_in(handoff.conversation_id) == handoff
    assert store.transcript(handoff.id) == [{"question": "A?", "answer": "B."}]
    assert store.open_in(str(uuid4())) is store.latest_in(str(uuid4())) is store.open_in("abc") is None


def test_of_a_conversation_one_is_open_at_a_time(store: HandoffStore) -> None:
    first = store.open(new())
    assert store.open(new(first.conversation_id)) == first
    store.close(first.id, HandoffStatus.WITHDRAWN, LATER)
    second = store.open(new(first.conversation_id, created_at=LATER))
    assert second.id != first.id
    latest = store.latest_in(first.conversation_id)
    assert latest == second


def test_who_takes_it_is_kept_and_a_nameless_one_takes_nobodys_place(store: HandoffStore) -> None:
    handoff = store.open(new())
    assert store.take(handoff.id, "", NOW).taken_by == ""
    taken = store.take(handoff.id, "Aoife", LATER)
    assert (taken.status, taken.taken_by, taken.taken_at) == (HandoffStatus.TAKEN, "Aoife", NOW)
    assert store.take(handoff.id, "", LATER).taken_by == "Aoife"
    assert store.take(handoff.id, "Sean", LATER).taken_by == "Sean"


def test_what_is_over_is_not_taken_reached_or_closed_again(store: HandoffStore) -> None:
    handoff = store.open(new())
    assert store.close(handoff.id, HandoffStatus.RESOLVED, LATER).closed_at == LATER
    for change in (
        lambda: store.take(handoff.id, "Aoife", LATER),
        lambda: store.reach(handoff.id, "mary@example.com"),
        lambda: store.close(handoff.id, HandoffStatus.WITHDRAWN, LATER),
    ):
        with pytest.raises(HandoffClosed, match="resolved already"):
            change()
    with pytest.raises(UnknownHandoff, match="GET /handoffs"):
        store.transcript(str(uuid4()))


def test_an_address_may_come_later(store: HandoffStore) -> None:
    handoff = store.open(new())
    assert store.reach(handoff.id, "mary@example.com").email == "mary@example.com"
    assert store.get(handoff.id).email == "mary@example.com"


def test_what_waits_comes_first_and_reasons_are_counted(store: HandoffStore) -> None:
    topic = {"reason": HandoffReason.TOPIC, "detail": "Legal"}
    waits, taken, over = (store.open(new(**topic)), store.open(new(**topic)), store.open(new()))
    store.take(taken.id, "Aoife", LATER)
    store.close(over.id, HandoffStatus.RESOLVED, LATER)
    assert [each.id for each in store.list()] == [waits.id, taken.id]
    assert [each.id for each in store.list("all")] == [waits.id, taken.id, over.id]
    assert [each.id for each in store.list("resolved")] == [over.id]
    assert len(store.list("all", limit=1)) == 1
    legal, wish = ReasonCount(HandoffReason.TOPIC, "Legal", 2), ReasonCount(HandoffReason.WISH, "", 1)
    assert store.reasons() == [legal]
    assert store.reasons("all") == [legal, wish]


def test_a_turn_keeps_the_name_of_the_person_who_wrote_it(store: HandoffStore, database: Database) -> None:
    journal = Journal(database)
    handoff = store.open(new())
    handoff = store.take(handoff.id, "Aoife", NOW)
    answer = Answer("Hello.", answered_by=HUMAN, by="Aoife")
    assert journal.record(said(handoff.conversation_id, "", handoff, answer=answer))
    [recorded] = journal.turns(handoff.conversation_id)
    assert (recorded.by, recorded.answered_by, recorded.handoff_id) == ("Aoife", HUMAN, handoff.id)


def test_a_turn_of_who_does_not_speak_any_more_is_not_kept(store: HandoffStore, database: Database) -> None:
    journal = Journal(database)
    waiting = store.open(new())
    conversation = waiting.conversation_id
    assert not journal.record(said(conversation, "By the assistant?"))
    taken = store.take(waiting.id, "Aoife", NOW)
    assert not journal.record(said(conversation, "Nobody has it?", waiting))
    assert journal.record(said(conversation, "Aoife?", taken))
    store.close(taken.id, HandoffStatus.RESOLVED, LATER)
    assert not journal.record(said(conversation, "Aoife still?", taken))
    assert journal.record(said(conversation, "The assistant?"))


# --- the list of conversations -------------------------------------------------------------------------


def test_conversations_are_listed_by_their_last_turn_page_by_page(
    store: HandoffStore, database: Database
) -> None:
    journal, listed = Journal(database), ConversationList(database)
    conversations = [str(uuid4()) for _ in range(3)]
    for minute, conversation in enumerate((*conversations, conversations[0])):
        at = NOW + timedelta(minutes=minute)
        outcome = Outcome.ABSTAINED if minute == 1 else Outcome.ANSWERED
        journal.record(said(conversation, f"{minute}?", asked_at=at, outcome=outcome, channel="web"))
    journal.rate(conversations[1], -1, at=LATER)
    first, second, third = conversations
    assert [each.conversation_id for each in listed.page(10)] == [first, third, second]
    assert [each.conversation_id for each in listed.page(2)] == [first, third]
    assert [each.conversation_id for each in listed.page(2, before=third)] == [second]
    assert [each.conversation_id for each in listed.page(2, outcome="abstained")] == [second]
    assert listed.page(2, before=second, outcome="abstained") == []
    top, *_, bottom = listed.page(10)
    assert (top.question, top.turns, top.outcomes, top.channel) == ("0?", 2, ["answered"], "web")
    assert (top.started_at, top.last_at) == (NOW, NOW + timedelta(minutes=3))
    assert (bottom.rating, bottom.handoff, top.rating) == (-1, None, None)
    with pytest.raises(UnknownConversation, match="before"):
        listed.page(10, before="abc")


def test_a_conversation_is_listed_with_the_outcome_of_its_newest_handoff(
    store: HandoffStore, database: Database
) -> None:
    conversation = str(uuid4())
    Journal(database).record(said(conversation, "A?"))
    store.close(store.open(new(conversation)).id, HandoffStatus.RESOLVED, LATER)
    store.open(new(conversation, created_at=LATER))
    [only] = ConversationList(database).page(10)
    assert only.handoff == "waiting"
