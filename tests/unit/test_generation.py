"""The model's client against a real server on loopback."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from customer_assist.errors import CallsSpent, GeneratorUnavailable
from customer_assist.llm.breaker import Breaker
from customer_assist.llm.generation import OpenAIGenerator
from customer_assist.model import Usage
from customer_assist.ports import Message
from fakes import COMPLETION_TOKENS, PROMPT_TOKENS, Calls, FakeOpenAI, HandClock, Reply, seconds_of

MESSAGES = [Message("system", "Be brief."), Message("user", "My name is Mallory Quill. Hello?")]
KEY = "sk-very-secret"
Make = Callable[..., OpenAIGenerator]


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def make(server: FakeOpenAI, clock: HandClock) -> Iterator[Make]:
    made: list[OpenAIGenerator] = []

    def make(base_url: str = "", timeout: float = 5.0, budget: Calls | None = None) -> OpenAIGenerator:
        generator = OpenAIGenerator(
            api_key=KEY,
            base_url=base_url or server.base_url,
            model="fake",
            timeout=timeout,
            budget=budget or Calls(),
            breaker=Breaker(clock, limit=5, pause=30.0),
        )
        made.append(generator)
        return generator

    yield make
    for generator in made:
        generator.close()


def refusal(generator: OpenAIGenerator) -> str:
    with pytest.raises(GeneratorUnavailable) as caught:
        list(generator.stream(MESSAGES))
    reason = str(caught.value)
    assert KEY not in reason and "Mallory" not in reason and "\n" not in reason
    return reason


def test_pieces_come_in_order_and_the_servers_own_count_at_the_end(server: FakeOpenAI, make: Make) -> None:
    server.says("You can return it within 30 days.")
    *pieces, usage = make().stream(MESSAGES)
    assert "".join(map(str, pieces)) == "You can return it within 30 days." and len(pieces) > 3
    assert usage == Usage(PROMPT_TOKENS, COMPLETION_TOKENS)


def test_what_is_asked_of_the_server_is_bounded_and_without_chance(server: FakeOpenAI, make: Make) -> None:
    list(make().stream(MESSAGES))
    (request,) = server.requests
    assert (request["temperature"], request["max_tokens"], request["model"]) == (0, 700, "fake")
    assert server.keys == [KEY]


def test_the_first_piece_is_there_before_the_last_is_written(server: FakeOpenAI, make: Make) -> None:
    server.says(Reply("a" * 70, delay=0.05))
    started = time.monotonic()
    stream = make().stream(MESSAGES)
    next(iter(stream))
    first = time.monotonic() - started
    list(stream)
    assert first < (time.monotonic() - started) / 2 or first < 0.3


def test_usage_is_estimated_where_the_server_does_not_count(server: FakeOpenAI, make: Make) -> None:
    server.says(Reply("x" * 40, usage=False))
    *_, usage = make().stream(MESSAGES)
    assert usage == Usage(11, 10)


@pytest.mark.parametrize(
    ("complaint", "gone"),
    [
        ("Unknown parameter: stream_options", "stream_options"),
        ("Unsupported value: 'temperature' does not support 0", "temperature"),
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "max_tokens"),
    ],
)
def test_an_option_that_a_server_refuses_is_not_sent_again(
    server: FakeOpenAI, make: Make, complaint: str, gone: str
) -> None:
    server.says(Reply(status=400, error=complaint), "Hello.")
    generator = make()
    assert "".join(str(piece) for piece in list(generator.stream(MESSAGES))[:-1]) == "Hello."
    list(generator.stream(MESSAGES))
    assert [gone in request for request in server.requests] == [True, False, False]


def test_another_bad_request_is_not_repeated(server: FakeOpenAI, make: Make) -> None:
    server.says(Reply(status=400, error="the content was filtered"))
    assert "refused this request (400)" in refusal(make())
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_is_tried_once_more(server: FakeOpenAI, make: Make, status: int) -> None:
    server.says(Reply(status=status), "Hello.")
    assert "".join(str(piece) for piece in list(make().stream(MESSAGES))[:-1]) == "Hello."


def test_there_is_only_one_more_try(server: FakeOpenAI, make: Make) -> None:
    server.says(Reply(status=503))
    assert "503" in refusal(make())
    assert len(server.requests) == 2


def test_a_server_that_asks_for_a_long_pause_is_not_tried_again(server: FakeOpenAI, make: Make) -> None:
    server.says(Reply(status=429, retry_after="20"))
    assert "429" in refusal(make())
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=401), "OPENAI_API_KEY"),
        (Reply(status=404), "CUSTOMER_ASSIST_MODEL"),
        (Reply(""), "empty"),
        (Reply(" \n "), "empty"),
        (Reply(raw="data: {not json\n\n"), "no chat completion"),
        (Reply(raw="data: [1, 2]\n\n"), "no chat completion"),
        (Reply(raw='data: {"choices": [{"delta": 5}]}\n\n'), "no chat completion"),
        (Reply(raw='data: {"error": {"message": "overloaded"}}\n\n'), "in the middle"),
        (Reply(raw="<html>welcome to the hotel's network</html>"), "broke off"),
        (Reply("A sentence that is never finished", end_after=3), "broke off"),
        (Reply("A sentence that is never finished", die_after=3), "broke off"),
        (Reply("A list without an end", finish="length"), "700 tokens"),
        (Reply("Something withheld", finish="content_filter"), "withheld"),
    ],
)
def test_every_fault_is_one_line_that_says_what_is_wrong(
    server: FakeOpenAI, make: Make, reply: Reply, reason: str
) -> None:
    server.says(reply)
    assert reason in refusal(make())
    assert len(server.requests) == 1


def test_nobody_listening_is_a_fault_like_any_other(make: Make) -> None:
    assert "cannot be reached" in refusal(make("http://127.0.0.1:9/v1"))


@pytest.mark.parametrize("base_url", ["nonsense", "http://[::bad/v1", "ftp://127.0.0.1/v1"])
def test_an_address_that_is_none_is_a_fault_like_any_other(make: Make, base_url: str) -> None:
    assert refusal(make(base_url))


@pytest.mark.parametrize(
    "reply",
    [Reply("word " * 400, piece=5, delay=0.05), Reply(drip=True), Reply(hang=30)],
    ids=["words", "comments", "silence"],
)
def test_one_deadline_holds_however_slowly_the_server_drips(
    server: FakeOpenAI, make: Make, reply: Reply
) -> None:
    generator = make(timeout=0.6)
    list(generator.stream(MESSAGES))  # the client is made and imported
    server.says(reply)
    assert seconds_of(lambda: refusal(generator)) < 1.5


def test_a_caller_may_give_less_time_than_the_generator_has(server: FakeOpenAI, make: Make) -> None:
    generator = make(timeout=30)
    list(generator.stream(MESSAGES))
    server.says(Reply(hang=30))
    with pytest.raises(GeneratorUnavailable, match="did not answer within"):
        list(generator.stream(MESSAGES, seconds=0.3))


def test_nobody_reads_on_once_the_caller_has_left(server: FakeOpenAI, make: Make) -> None:
    generator = make()
    server.says(Reply(drip=True))
    stream = generator.stream(MESSAGES, seconds=0.5)
    with pytest.raises(GeneratorUnavailable):
        next(iter(stream))
    ends_by = time.monotonic() + 3
    while _readers() and time.monotonic() < ends_by:
        time.sleep(0.02)
    assert not _readers()


def _readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "model-stream"]


def test_a_spent_budget_asks_the_server_nothing(server: FakeOpenAI, make: Make) -> None:
    generator = make(budget=Calls(1))
    list(generator.stream(MESSAGES))
    assert "calls are spent" in refusal(generator)
    assert len(server.requests) == 1


def test_what_a_call_took_is_told_to_whoever_paid_for_it(server: FakeOpenAI, make: Make) -> None:
    everybody, own = Calls(), Calls()
    generator = make(budget=everybody)
    [*_, usage] = generator.paid_by(own).stream(MESSAGES)
    assert (everybody.left, everybody.used, own.left) == (1000, Usage(), 999)
    assert own.used == usage and own.used.by == generator.model and own.used.total_tokens > 0


def test_a_payer_without_calls_asks_the_server_nothing(server: FakeOpenAI, make: Make) -> None:
    with pytest.raises(CallsSpent):
        list(make().paid_by(Calls(0)).stream(MESSAGES))
    assert server.requests == []


def test_a_second_try_is_a_call_of_the_budget_too(server: FakeOpenAI, make: Make) -> None:
    server.says(Reply(status=503), "Hello.")
    assert "spent" in refusal(make(budget=Calls(1)))
    assert len(server.requests) == 1


def test_after_five_faults_in_a_row_the_server_is_left_alone_and_then_probed(
    server: FakeOpenAI, make: Make, clock: HandClock
) -> None:
    server.says(Reply(status=401))
    generator = make()
    for _ in range(5):
        refusal(generator)
    assert "left alone" in refusal(generator)
    assert len(server.requests) == 5
    clock.passes(30)
    assert "401" in refusal(generator)  # the probe
    assert "left alone" in refusal(generator)
    clock.passes(30)
    server.says("Hello.")
    assert len(list(generator.stream(MESSAGES))) > 1
    assert len(list(generator.stream(MESSAGES))) > 1


def test_faults_of_single_questions_do_not_open_the_breaker(server: FakeOpenAI, make: Make) -> None:
    server.says(Reply(status=400, error="filtered"))
    generator = make()
    assert {"left alone" in refusal(generator) for _ in range(7)} == {False}


def test_of_many_callers_one_alone_is_the_probe(clock: HandClock) -> None:
    breaker = Breaker(clock, limit=1, pause=30.0)
    breaker.failed()
    clock.passes(31)
    allowed: list[bool] = []
    threads = [threading.Thread(target=lambda: allowed.append(breaker.allow())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 1


def test_a_success_between_faults_starts_the_count_again(clock: HandClock) -> None:
    breaker = Breaker(clock, limit=2)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allow()


def test_the_client_is_imported_with_the_first_call_and_not_before() -> None:
    code = "import sys, customer_assist.llm.generation; sys.exit('openai' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
