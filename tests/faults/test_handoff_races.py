"""A customer and people of the business at the same moment: whoever has the conversation, only they speak."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.bootstrap import Assistant, join
from customer_assist.config import load_settings
from customer_assist.desk import Desk, Stores
from customer_assist.model import Answer, HandoffStatus, Outcome, RecordedTurn
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.storage.database import Database
from customer_assist.web.app import create_app
from web.sse import events_of

RACES = 50  # for each of two answerers and two ways of asking: 200 of a message against a takeover
OTHERS = 20
KEY = "an-admin-key-of-tests"
KNOWN = "How do I return a lamp?"
SENTENCES = ("Send the lamp back. ", "Put it into its box. ", "We pay within five days.")
KNOWLEDGE = (
    "id,question,answer\n"
    f"lamp,{KNOWN},{''.join(SENTENCES)}\n"
    "pay,How do I pay for my order?,You pay by card or by bank transfer.\n"
    "gift,Do you sell gift cards?,Gift cards are of 20 to 200 euro.\n"
)


class Slowly:
    """A model that writes a sentence at a time."""

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        for sentence in SENTENCES:
            sleep(random.uniform(0.0, 0.006))
            yield sentence
        yield Answer("".join(SENTENCES), answered_by="slow")


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Assistant:
    (tmp_path / "faq.csv").write_text(KNOWLEDGE, encoding="utf-8")
    environment = {
        "CUSTOMER_ASSIST_ENGINE": "lexical",
        "CUSTOMER_ASSIST_RATE_LIMIT": "0",
        "CUSTOMER_ASSIST_ADMIN_KEY": KEY,
    }
    joined = join(load_settings(environment, folder=tmp_path), database)
    joined.ingest(tmp_path / "faq.csv")
    joined.library.current()
    return joined


def client_of(house: Assistant, answerer: Answerer) -> FlaskClient:
    stores = Stores(house.journal, house.handoffs)
    desk = Desk(house.library, answerer, stores, lambda: datetime.now(UTC), lambda: str(uuid4()))
    return create_app(replace(house, desk=desk)).test_client()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each gives, all begun together, each after a random moment."""
    results: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int) -> None:
        start.wait()
        sleep(random.uniform(0.0, 0.02))
        try:
            results[place] = works[place]()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not [result for result in results if isinstance(result, Exception)], results
    return results


_LEAD = 1.0  # seconds in which one of the two is surely done


def post(client: FlaskClient, path: str, *, events: bool = False, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {KEY}"} | ({"Accept": "text/event-stream"} if events else {})
    with client.application.test_client() as own:  # one for each thread
        return own.post(path, json=body, headers=headers)


def a_conversation(client: FlaskClient) -> str:
    return str(post(client, "/question", question="Hello!").get_json()["conversation_id"])


def by_the_assistant(turn: RecordedTurn) -> bool:
    return turn.outcome not in (Outcome.WITH_HUMAN, Outcome.HANDED_OFF)


@pytest.mark.parametrize("events", [False, True], ids=["json", "events"])
@pytest.mark.parametrize("answerer", [ExtractiveAnswerer(), Slowly()], ids=["extracted", "streamed"])
def test_once_a_person_has_it_the_assistant_says_nothing_more(
    house: Assistant, answerer: Answerer, events: bool
) -> None:
    client = client_of(house, answerer)
    first_to_speak = {"assistant": 0, "person": 0}
    for race in range(RACES):
        conversation = a_conversation(client)
        # The first two are decided, so that both orders are seen on any machine; the others are open.
        person_waits, customer_waits = (_LEAD if race == 0 else 0.0), (_LEAD if race == 1 else 0.0)

        def takes_over(conversation: str = conversation, waits: float = person_waits) -> int:
            """Hands over and takes in one go; then how many turns there are: what comes now comes after."""
            time.sleep(waits)
            handoff = post(client, f"/conversations/{conversation}/handoff").get_json()["id"]
            assert post(client, f"/handoffs/{handoff}/take", by="Aoife").status_code == 200
            return len(house.journal.turns(conversation))

        def asks(
            conversation: str = conversation, waits: float = customer_waits
        ) -> tuple[list[str], dict[str, Any]]:
            time.sleep(waits)
            body = {"question": KNOWN, "conversation_id": conversation}
            reply = post(client, "/question", events=events, **body)
            if not events:
                return [], reply.get_json()
            *deltas, (name, turn) = events_of(reply.text)
            assert name == "turn"
            return [data["text"] for _, data in deltas], turn

        before, (deltas, turn) = at_once(takes_over, asks)
        turns = house.journal.turns(conversation)
        assert not [each for each in turns[before:] if by_the_assistant(each)]
        [recorded] = [each for each in turns if each.question == KNOWN]
        assert (turn["outcome"], turn["answer"]) == (recorded.outcome, recorded.answer)
        if recorded.handoff_id:  # it was there before the message was recorded
            assert turn["outcome"] == Outcome.WITH_HUMAN
            first_to_speak["person"] += 1
            if isinstance(answerer, ExtractiveAnswerer):
                assert deltas == []  # nothing is shown that is not in the record
            else:
                assert "".join(deltas) in ("", *("".join(SENTENCES[:n]) for n in range(1, 4)))
        else:
            first_to_speak["assistant"] += 1
            assert (turn["outcome"], turn["answer"]) == ("answered", "".join(SENTENCES))
            handed_over = next(each for each in turns if each.outcome == Outcome.HANDED_OFF)
            assert turns.index(recorded) < turns.index(handed_over)
    assert min(first_to_speak.values()) > 0, "no race: one was always first"


def test_a_message_is_never_lost_when_a_person_leaves_at_that_moment(house: Assistant) -> None:
    client = client_of(house, ExtractiveAnswerer())
    outcomes = set()
    for _ in range(OTHERS):
        conversation = a_conversation(client)
        handoff = post(client, f"/conversations/{conversation}/handoff").get_json()["id"]
        post(client, f"/handoffs/{handoff}/take", by="Aoife")
        resolved, asked = at_once(
            lambda handoff=handoff: post(client, f"/handoffs/{handoff}/resolve"),
            lambda conversation=conversation: post(
                client, "/question", question=KNOWN, conversation_id=conversation
            ),
        )
        assert resolved.status_code == 200
        turn = asked.get_json()
        [recorded] = [each for each in house.journal.turns(conversation) if each.question == KNOWN]
        assert (recorded.outcome, turn["outcome"]) in {("with_human",) * 2, ("answered",) * 2}
        assert (recorded.handoff_id == handoff) is (recorded.outcome == "with_human")
        assert recorded.outcome == "with_human" or turn["answer"] == "".join(SENTENCES)
        outcomes.add(recorded.outcome)
    assert outcomes == {"with_human", "answered"}


def test_two_wishes_at_once_are_one_handoff(house: Assistant) -> None:
    client = client_of(house, ExtractiveAnswerer())
    for _ in range(OTHERS):
        conversation = a_conversation(client)
        asked, pressed, again = at_once(
            *(
                lambda path=path, body=body: post(client, path, **body)
                for path, body in (
                    ("/question", {"question": "human please", "conversation_id": conversation}),
                    (f"/conversations/{conversation}/handoff", {}),
                    ("/question", {"question": "get me an agent", "conversation_id": conversation}),
                )
            )
        )
        rows = [each for each in house.handoffs.list("all", 500) if each.conversation_id == conversation]
        assert len(rows) == 1
        assert pressed.get_json()["id"] == rows[0].id
        turns = [asked.get_json(), again.get_json()]
        told = [turn["handoff"]["id"] for turn in turns if turn["outcome"] == "handed_off"]
        assert told in ([], [rows[0].id])
        assert {turn["outcome"] for turn in turns} <= {"handed_off", "with_human"}
        recorded = house.journal.turns(conversation)
        assert [each.outcome for each in recorded].count("handed_off") == 1
        house.handoffs.close(rows[0].id, HandoffStatus.RESOLVED, datetime.now(UTC))


def test_of_two_people_who_take_it_at_once_one_has_it(house: Assistant) -> None:
    client = client_of(house, ExtractiveAnswerer())
    for _ in range(OTHERS):
        conversation = a_conversation(client)
        handoff = post(client, f"/conversations/{conversation}/handoff").get_json()["id"]
        taken = at_once(
            *(partial(post, client, f"/handoffs/{handoff}/take", by=by) for by in ("Aoife", "Sean"))
        )
        bodies = [reply.get_json() for reply in taken]
        has_it = house.handoffs.get(handoff)
        assert {body["taken_by"] for body in bodies} == {"Aoife", "Sean"}
        assert has_it.taken_by in ("Aoife", "Sean")
        assert {body["taken_at"] for body in bodies} == {bodies[0]["taken_at"]}  # since the first


def test_a_reply_and_the_customers_way_back_never_cross(house: Assistant) -> None:
    """A person's words are in the record only while they have the conversation; else they are told."""
    client = client_of(house, ExtractiveAnswerer())
    for _ in range(OTHERS):
        conversation = a_conversation(client)
        handoff = post(client, f"/conversations/{conversation}/handoff").get_json()["id"]
        post(client, f"/handoffs/{handoff}/take", by="Aoife")
        replied, back = at_once(
            lambda handoff=handoff: post(client, f"/handoffs/{handoff}/reply", text="Hello."),
            lambda conversation=conversation: post(
                client, "/question", question="Back to the assistant", conversation_id=conversation
            ),
        )
        assert "with me again" in back.get_json()["answer"]
        turns = house.journal.turns(conversation)
        assert replied.status_code in (200, 409)
        kept = [place for place, each in enumerate(turns) if each.answer == "Hello."]
        assert len(kept) == (replied.status_code == 200)
        way_back = next(place for place, each in enumerate(turns) if each.question == "Back to the assistant")
        assert all(place < way_back for place in kept)
