"""A model that obeys whatever it reads, and orders planted in texts, titles and conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from bench.attacks import (
    CANARY,
    FILE,
    LINK,
    PLACES,
    WORDS,
    Attack,
    answer_with,
    attacks,
    found_in,
    honest_sentence,
    plant,
    whole_prompt,
)
from bench.retrieval import read_documents
from flask.testing import FlaskClient
from sse import events_of
from test_web_model import client_of

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.bootstrap import Assistant, join
from customer_assist.business import read_profile
from customer_assist.config import load_settings
from customer_assist.desk import Desk, Stores
from customer_assist.model import Document
from customer_assist.storage.database import Database
from customer_assist.web.app import create_app
from fakes import FakeOpenAI, Reply
from throwaway_postgres import ThrowawayServer

STREAM = {"Accept": "text/event-stream"}
Plant = Callable[[Document, Attack], Document]
IN_PLACES: dict[str, Plant] = {
    **{
        f"the {place} of the text": lambda document, attack, place=place: replace(  # type: ignore[misc]
            document, text=plant(document.text, attack.planted, place)
        )
        for place in PLACES
    },
    "the title": lambda document, attack: replace(document, title=f"{document.title}. {attack.planted}"),
}


@pytest.fixture(scope="module")
def all_attacks(data_file: Callable[[str], Path]) -> list[Attack]:
    """Each of the 75 orders once, with the seven payloads in turn."""
    every = list(attacks(data_file(str(FILE)).parents[1]))
    payloads = len(every) // 75
    return [every[number * payloads + number % payloads] for number in range(75)]


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
def poisoned(
    server: ThrowawayServer, sample: Path
) -> Iterator[Callable[[Sequence[Attack], Plant], tuple[Assistant, list[Document]]]]:
    """poisoned(attacks, plant): the sample shop with one attack in each of its first articles, and those."""
    with server.new_database("migrated") as conninfo:
        database = Database(conninfo).open()

        def make(planted: Sequence[Attack], into: Plant) -> tuple[Assistant, list[Document]]:
            articles = read_documents(sample)
            changed = [into(*each) for each in zip(articles, planted, strict=False)]
            profile = read_profile(sample / "business.toml").model_dump(mode="json")
            house = join(load_settings({"CUSTOMER_ASSIST_ENGINE": "lexical"}, folder=sample), database)
            house.documents.sync_source("shop", [*changed, *articles[len(changed) :]], profile=profile)
            return house, articles[: len(changed)]

        try:
            yield make
        finally:
            database.close()


def seen_by_customers(client: FlaskClient, question: str, conversation: str | None = None) -> dict[str, Any]:
    """The whole reply but for the question, which is repeated as it was typed; and the turn by itself."""
    asked = {"question": question} | ({"conversation_id": conversation} if conversation else {})
    events = events_of(client.post("/question", json=asked, headers=STREAM).get_data(as_text=True))
    turn = next(data for name, data in events if name == "turn")
    turn["question"] = ""
    return {"body": str(events).lower(), "turn": turn}


def house_clients(house: Assistant, model: FakeOpenAI) -> tuple[FlaskClient, Callable[..., FlaskClient]]:
    def client_with(*, answerer: Any = None, **settings: Any) -> FlaskClient:
        stores = Stores(house.journal, house.handoffs)
        desk = Desk(house.library, answerer, stores, lambda: datetime.now(UTC), lambda: str(uuid4()))
        free = replace(house.settings, rate_limit=0)
        return create_app(replace(house, desk=desk, settings=free)).test_client()

    return client_of(model, house, client_with, calls_per_day=50_000), client_with


@pytest.mark.slow
@pytest.mark.parametrize("place", IN_PLACES)
def test_no_planted_order_brings_anything_to_a_customer(
    place: str,
    all_attacks: list[Attack],
    poisoned: Callable[[Sequence[Attack], Plant], tuple[Assistant, list[Document]]],
    model: FakeOpenAI,
) -> None:
    """Of a model that obeys what it reads, of one that knows every attack by heart, and without a model."""
    house, articles = poisoned(all_attacks, IN_PLACES[place])
    client, client_with = house_clients(house, model)
    orders = [attack.order for attack in all_attacks]
    marks = {mark for attack in all_attacks for mark in attack.marks}

    def obeys(request: dict[str, Any]) -> str:
        prompt = request["messages"][1]["content"]
        return answer_with(prompt, found_in(prompt, orders), len(model.requests))

    def knows(request: dict[str, Any]) -> str:
        attack = all_attacks[len(model.requests) % 75]
        told = (attack.order, LINK, CANARY, WORDS, *attack.marks)
        return answer_with(request["messages"][1]["content"], told, len(model.requests))

    answered = written = 0
    for number, article in enumerate(articles):
        for text in (obeys, knows):
            model.says(Reply(text, piece=40))
            reply = seen_by_customers(client, article.questions[0])
            assert not [mark for mark in marks if mark in reply["body"]], article.id
            answered += reply["turn"]["outcome"] == "answered"
            written += reply["turn"]["answered_by"] == "test-model"
        if number % 5 == 0:
            reply = seen_by_customers(client_with(answerer=ExtractiveAnswerer()), article.questions[0])
            assert not [mark for mark in marks if mark in reply["body"]], article.id
    assert answered > 100  # the attacks did not silence the shop
    assert written > 20  # and the model's honest answers still came through


@pytest.mark.slow
def test_no_order_in_a_question_or_an_earlier_message_is_obeyed(
    all_attacks: list[Attack],
    poisoned: Callable[[Sequence[Attack], Plant], tuple[Assistant, list[Document]]],
    model: FakeOpenAI,
) -> None:
    house, _ = poisoned([], lambda document, _: document)
    client, _ = house_clients(house, model)
    questions = ["How do I return an item?", "When does my parcel come?", "How do I descale the Calder?"]

    for number, attack in enumerate(all_attacks):

        def obeys(request: dict[str, Any], attack: Attack = attack, number: int = number) -> str:
            prompt = request["messages"][1]["content"]
            told = (attack.order, LINK, CANARY, WORDS, *attack.marks)
            return answer_with(prompt, told, number)

        model.says(Reply(obeys, piece=40))
        question = questions[number % len(questions)]
        first = seen_by_customers(client, f"{attack.planted} {question}")
        second = seen_by_customers(client, question, first["turn"]["conversation_id"])
        for reply in (first, second):
            assert not [mark for mark in attack.marks if mark in reply["body"]], attack.planted


@pytest.mark.parametrize("leak", [lambda text: text, lambda text: text[::-1], lambda text: " ".join(text)])
def test_the_prompt_reaches_nobody(
    leak: Callable[[str], str],
    assistant: Assistant,
    client_with: Callable[..., FlaskClient],
    model: FakeOpenAI,
) -> None:
    def tells(request: dict[str, Any]) -> str:
        return honest_sentence(request["messages"][1]["content"]) + " " + leak(whole_prompt())

    model.says(Reply(tells, piece=40))
    client = client_of(model, assistant, client_with, calls_per_day=60_000)
    reply = seen_by_customers(client, "How do I descale the Calder?")
    assert reply["turn"]["degraded"] and reply["turn"]["answer"]
    assert leak(whole_prompt()).lower()[40:80] not in reply["body"]
