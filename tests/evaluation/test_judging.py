"""The judge behind the scenes: what it is shown, what is kept of it, and what becomes of one that does not do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from json import dumps

import pytest

from answered_turns import QUOTE, answered, kept, recorded
from customer_assist.evaluation.judge import Judge
from customer_assist.evaluation.judging import LATEST, PAUSE, TRIES, UNREADABLE_TRIES, Judging
from customer_assist.llm.breaker import Breaker
from customer_assist.llm.generation import OpenAIGenerator
from customer_assist.model import Usage
from customer_assist.sampling import JUDGMENT
from customer_assist.storage.budget import JUDGING, DailyCallBudget
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.jobs import JobStore
from customer_assist.storage.judgments import JudgmentStore
from customer_assist.worker import DONE, FAILED, GIVEN_UP, POSTPONED, Pace, Worker
from fakes import COMPLETION_TOKENS, PROMPT_TOKENS, FakeOpenAI, HandClock, Reply
from stand_ins import make_document

GOOD = dumps({"explanation": "It says how long.", "relevance": "RELEVANT"})
NOTHING = ("UNKNOWN", "", 0, "")
TOKENS = PROMPT_TOKENS + COMPLETION_TOKENS


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(GOOD) as server:
        yield server


class Time:
    """Days that pass when a test says so."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.passed


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def make_worker(model: FakeOpenAI, database: Database, time: Time) -> Iterator[Callable[..., Worker]]:
    made: list[OpenAIGenerator] = []

    def make(calls: int = 1000, timeout: float = 5.0, limit: int = 1000) -> Worker:
        generator = OpenAIGenerator(
            api_key="key",
            base_url=model.base_url,
            model="critic",
            timeout=timeout,
            budget=DailyCallBudget(database, calls, lambda: time().date(), JUDGING),
            breaker=Breaker(HandClock(), limit=limit),
        )
        made.append(generator)
        judging = Judging(
            Judge(generator), JudgmentStore(database), lambda: {"Company Name": "Brindle"}, time
        )
        return Worker(JobStore(database), {JUDGMENT: judging}, time, Pace(lease=5.0), chance=lambda: 0.5)

    yield make
    for generator in made:
        generator.close()


def sent(model: FakeOpenAI) -> str:
    return str(model.requests[-1]["messages"][-1]["content"])


def used(database: Database) -> list[tuple[object, ...]]:
    with database.connection() as connection:
        return connection.execute(
            "SELECT kind, model, prompt_tokens, completion_tokens FROM model_usage"
        ).fetchall()


def waits_until(database: Database) -> datetime:
    with database.connection() as connection:
        row = connection.execute("SELECT run_at FROM jobs WHERE done_at IS NULL").fetchone()
    assert row is not None and isinstance(row[0], datetime)
    return row[0]


def test_a_judgment_is_kept_with_its_reason_its_tokens_and_who_gave_it(
    make_worker: Callable[..., Worker], database: Database
) -> None:
    turn = answered()
    recorded(database, turn)
    assert kept(database, turn) == NOTHING
    assert make_worker().once() == {DONE: 1}
    assert kept(database, turn) == ("RELEVANT", "It says how long.", TOKENS, "critic")
    assert used(database) == [(JUDGING, "critic", PROMPT_TOKENS, COMPLETION_TOKENS)]


def test_a_cited_document_is_shown_filled_as_long_as_it_is_what_it_was(
    make_worker: Callable[..., Worker], database: Database, model: FakeOpenAI
) -> None:
    documents = DocumentStore(database)
    documents.put(
        make_document("malta", text=f"{QUOTE} {{{{Company Name}}}} sends them by ship.", title="Malta")
    )
    recorded(database, answered())
    make_worker().once()
    assert "Brindle sends them by ship." in sent(model)
    documents.put(make_document("malta", text="We fly them.", title="Malta"))
    recorded(database, answered())
    make_worker().once()
    assert "We fly them." not in sent(model) and f"<text>\nMalta\n{QUOTE}" in sent(model)


def test_a_question_that_stood_in_a_conversation_comes_with_how_it_was_understood(
    make_worker: Callable[..., Worker], database: Database, model: FakeOpenAI
) -> None:
    recorded(database, answered("And there?", query="How long does a parcel to Malta take?"))
    make_worker().once()
    assert "And there?" in sent(model) and "understood as: How long does a parcel to Malta take?" in sent(
        model
    )


@pytest.mark.parametrize("secret", ["jo@customer.example", "4111 1111 1111 1111", "+44 20 7946 0958"])
def test_what_identifies_a_customer_does_not_leave_wherever_it_stands(
    make_worker: Callable[..., Worker], database: Database, model: FakeOpenAI, secret: str
) -> None:
    """In the question, in how it was understood, and in an answer that repeats what was said before."""
    recorded(
        database,
        answered(f"Is {secret} right?", query=f"Is {secret} right for Malta?", answer=f"Yes, {secret}."),
        answered("Is it right?", answer=f"We have {secret}, ending in ••••1111."),
        answered("Mine is 4111 1111 1111 1111", answer="The card ••••1111 is fine."),
    )
    assert make_worker().once() == {DONE: 3}
    assert secret not in str(model.requests) and "jo@" not in str(model.requests)
    assert "The card ••••1111" not in str(model.requests)


def test_what_the_business_published_is_shown_to_the_judge(
    make_worker: Callable[..., Worker], database: Database, model: FakeOpenAI
) -> None:
    DocumentStore(database).put(make_document("malta", text="Write to ship@brindle.example.", title="Malta"))
    recorded(database, answered(answer="Write to ship@brindle.example."))
    make_worker().once()
    assert sent(model).count("ship@brindle.example") == 2


def test_what_is_judged_is_not_judged_again_and_the_first_word_stays(
    make_worker: Callable[..., Worker], database: Database, model: FakeOpenAI
) -> None:
    """As after an end between the judgment's being kept and the job's being done."""
    turn = answered()
    recorded(database, turn)
    make_worker().once()
    with database.connection() as connection:
        connection.execute("UPDATE jobs SET done_at = NULL, run_at = now() - interval '1 second'")
    model.says(dumps({"explanation": "No.", "relevance": "NON_RELEVANT"}))
    before = len(model.requests)
    assert make_worker().once() == {DONE: 1}
    assert len(model.requests) == before and kept(database, turn)[0] == "RELEVANT"
    store = JudgmentStore(database)
    assert not store.keep(turn.id, "NON_RELEVANT", "No.", Usage(1, 1), "other", turn.asked_at)
    assert kept(database, turn) == ("RELEVANT", "It says how long.", TOKENS, "critic")


def test_a_turn_that_was_erased_meanwhile_is_shown_to_nobody(
    make_worker: Callable[..., Worker], database: Database, model: FakeOpenAI
) -> None:
    recorded(database, answered())
    with database.connection() as connection:
        connection.execute("DELETE FROM turns")
    assert make_worker().once() == {DONE: 1} and model.requests == []


@pytest.mark.parametrize(
    "garbage", ["RELEVANT", "{", '{"explanation": "x", "relevance": "VERY"}', Reply(raw="<html>")]
)
def test_garbage_is_no_judgment_and_is_given_up_after_a_few_tries(
    make_worker: Callable[..., Worker],
    database: Database,
    model: FakeOpenAI,
    time: Time,
    garbage: Reply | str,
) -> None:
    model.says(garbage)
    turn = answered()
    recorded(database, turn)
    worker, came = make_worker(), Counter[str]()
    tries = TRIES if isinstance(garbage, Reply) else UNREADABLE_TRIES
    for _ in range(tries + 2):
        came += worker.once()
        time.passed += timedelta(hours=1)
    assert came == {FAILED: tries - 1, GIVEN_UP: 1}
    assert kept(database, turn) == NOTHING
    tokens = sum(int(str(row[2])) + int(str(row[3])) for row in used(database))
    assert tokens == (0 if isinstance(garbage, Reply) else 2 * tries * TOKENS), "what it took is counted"


def test_a_judge_that_is_silent_is_tried_less_and_less_often_and_given_up(
    make_worker: Callable[..., Worker], database: Database, model: FakeOpenAI, time: Time
) -> None:
    model.says(Reply(hang=30))
    recorded(database, answered())
    worker, waits = make_worker(timeout=0.05), []
    for _ in range(4):
        assert worker.once() == {FAILED: 1}
        waits.append((waits_until(database) - time()).total_seconds())
        time.passed += timedelta(seconds=waits[-1] + 1)
    assert waits == sorted(waits) and waits[-1] > 30
    came = Counter[str]()
    for _ in range(TRIES):
        time.passed += timedelta(hours=1)
        came += worker.once()
    assert came == {FAILED: TRIES - 5, GIVEN_UP: 1}


def test_when_its_calls_are_spent_the_rest_waits_until_tomorrow_and_no_try_is_counted(
    make_worker: Callable[..., Worker], database: Database, time: Time
) -> None:
    turns = [answered() for _ in range(3)]
    recorded(database, *turns)
    worker = make_worker(calls=1)
    assert worker.once() == {DONE: 1, POSTPONED: 2}
    tomorrow = time().date() + timedelta(days=1)
    assert waits_until(database) == datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)
    assert worker.once() == {}
    time.passed = timedelta(days=1)
    assert worker.once() == {DONE: 1, POSTPONED: 1}


def test_what_is_two_days_old_is_given_up_so_that_the_pile_does_not_grow_for_ever(
    make_worker: Callable[..., Worker], database: Database, model: FakeOpenAI, time: Time
) -> None:
    recorded(database, answered(), answered())
    time.passed = LATEST
    recorded(database, replace(answered(), asked_at=time()))
    assert make_worker().once() == {GIVEN_UP: 2, DONE: 1}
    assert len(model.requests) == 1


def test_a_judge_that_keeps_failing_is_left_alone_and_what_waits_is_put_off(
    make_worker: Callable[..., Worker], database: Database, model: FakeOpenAI, time: Time
) -> None:
    model.says(Reply(status=500))
    recorded(database, *[answered() for _ in range(20)])
    came = make_worker(limit=2).once()
    assert came == {FAILED: 2, POSTPONED: 18}
    with database.connection() as connection:
        [[waiting]] = connection.execute(
            "SELECT count(*) FROM jobs WHERE run_at > %s", [time() + PAUSE / 2]
        ).fetchall()
    assert waiting == 18


def test_an_answer_that_the_server_refuses_to_read_is_not_sent_again(
    make_worker: Callable[..., Worker], database: Database, model: FakeOpenAI
) -> None:
    model.says(Reply(status=400, error="filtered"))
    recorded(database, answered())
    assert make_worker().once() == {GIVEN_UP: 1}
