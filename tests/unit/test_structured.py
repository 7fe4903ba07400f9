"""Objects from a language model: a real client against a real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from customer_assist.errors import GeneratorUnavailable
from customer_assist.llm.breaker import Breaker
from customer_assist.llm.generation import OpenAIGenerator
from customer_assist.llm.structured import structured
from customer_assist.ports import Message
from fakes import COMPLETION_TOKENS, PROMPT_TOKENS, Calls, FakeOpenAI, HandClock, Reply

MESSAGES = [Message("user", "Name a colour.")]


class Colour(BaseModel):
    name: str


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture
def generator(model: FakeOpenAI) -> Iterator[OpenAIGenerator]:
    made = OpenAIGenerator(
        api_key="key",
        base_url=model.base_url,
        model="fake",
        timeout=5.0,
        budget=Calls(),
        breaker=Breaker(HandClock(), limit=5, pause=30.0),
    )
    yield made
    made.close()


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "red"}',
        'Sure!\n```json\n{"name": "red"}\n```\nAnything else?',
        '{"name": "red"} {"name": "blue"}',
    ],
)
def test_the_object_is_found_in_what_the_model_wrote(
    model: FakeOpenAI, generator: OpenAIGenerator, text: str
) -> None:
    model.says(text)
    colour, usage = structured(generator, MESSAGES, Colour)
    assert colour == Colour(name="red")
    assert (usage.prompt_tokens, usage.completion_tokens) == (PROMPT_TOKENS, COMPLETION_TOKENS)
    shape = model.requests[0]["response_format"]["json_schema"]
    assert shape["strict"] and shape["schema"]["additionalProperties"] is False
    assert shape["schema"]["required"] == ["name"]


def test_what_is_no_such_object_is_complained_about_once(
    model: FakeOpenAI, generator: OpenAIGenerator
) -> None:
    model.says('{"colour": "red"}', '{"name": "red"}')
    colour, usage = structured(generator, MESSAGES, Colour)
    assert colour == Colour(name="red") and usage.prompt_tokens == 2 * PROMPT_TOKENS
    assert "name: Field required" in model.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize("text", ["red", "{", '{"name": 7}', "[]"])
def test_what_never_is_one_is_nothing_and_no_guess(
    model: FakeOpenAI, generator: OpenAIGenerator, text: str
) -> None:
    model.says(text)
    assert structured(generator, MESSAGES, Colour)[0] is None
    assert len(model.requests) == 2


@pytest.mark.parametrize(
    "text", ['It says {"name": "red"}.', '{"name": "red"} {"name": "blue"}', '{"name": "red"}\nred it is']
)
def test_an_object_that_must_stand_alone_is_none_beside_other_words(
    model: FakeOpenAI, generator: OpenAIGenerator, text: str
) -> None:
    model.says(text)
    assert structured(generator, MESSAGES, Colour, alone=True)[0] is None


@pytest.mark.parametrize(
    "text", [' {"name": "red"}\n', '```json\n{"name": "red"}\n```', '```{"name":"red"}```']
)
def test_a_fence_is_no_word_beside_it(model: FakeOpenAI, generator: OpenAIGenerator, text: str) -> None:
    model.says(text)
    assert structured(generator, MESSAGES, Colour, alone=True)[0] == Colour(name="red")


def test_a_server_that_knows_no_schemas_is_asked_without(
    model: FakeOpenAI, generator: OpenAIGenerator
) -> None:
    model.says(Reply(status=400, error="response_format json_schema is not supported"), '{"name": "red"}')
    assert structured(generator, MESSAGES, Colour)[0] == Colour(name="red")
    assert "response_format" not in model.requests[1]
    structured(generator, MESSAGES, Colour)
    assert "response_format" not in model.requests[2]  # it is not tried again


def test_no_answer_is_no_object(model: FakeOpenAI, generator: OpenAIGenerator) -> None:
    model.says(Reply(status=401))
    with pytest.raises(GeneratorUnavailable, match="OPENAI_API_KEY"):
        structured(generator, MESSAGES, Colour)
