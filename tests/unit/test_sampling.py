"""Which answers are judged: a share that follows from ids, of what customers were answered."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from answered_turns import answered, of_answer
from customer_assist.asking import DEMO, NOT_CUSTOMERS
from customer_assist.model import HUMAN, Move, Outcome
from customer_assist.sampling import JUDGMENT, Sampling
from customer_assist.storage.database import Database
from customer_assist.storage.jobs import JobStore, job_id
from customer_assist.storage.journal import Journal

IDS = [str(UUID(int=number)) for number in range(10_000)]


@pytest.mark.parametrize(
    ("share", "fewest", "most"), [(0, 0, 0), (0.1, 900, 1100), (0.5, 4800, 5200), (1, 10_000, 10_000)]
)
def test_about_that_share_is_taken(share: float, fewest: int, most: int) -> None:
    assert fewest <= sum(Sampling(share).takes(each, "web") for each in IDS) <= most


def test_the_same_are_taken_again_and_a_larger_share_takes_them_too() -> None:
    small, large = ({each for each in IDS if Sampling(share).takes(each, "web")} for share in (0.1, 0.3))
    assert small == {each for each in IDS if Sampling(0.1).takes(each, "api")}
    assert small < large


def test_an_answer_leads_to_one_job_that_holds_ids_alone() -> None:
    turn = answered("My card is 4111 1111 1111 1111")
    [job] = Sampling(1.0)(turn)
    assert (job.id, job.kind, job.payload) == (job_id(JUDGMENT, turn.id), JUDGMENT, {"turn_id": turn.id})
    assert job.run_at == turn.asked_at


@pytest.mark.parametrize("outcome", set(Outcome) - {Outcome.ANSWERED})
def test_what_was_not_answered_is_no_answer_to_judge(outcome: Outcome) -> None:
    assert Sampling(1.0)(replace(answered(), outcome=outcome)) == ()


def test_neither_a_persons_reply_nor_a_guides_next_step_is_judged() -> None:
    turn = answered()
    assert Sampling(1.0)(of_answer(turn, answered_by=HUMAN)) == ()
    assert Sampling(1.0)(replace(turn, trace=replace(turn.trace, move=Move.NEXT))) == ()


@pytest.mark.parametrize("channel", sorted({*NOT_CUSTOMERS, DEMO}))
def test_where_no_customer_asks_nothing_is_judged_unless_it_is_named(channel: str) -> None:
    turn = answered(channel=channel)
    assert Sampling(1.0)(turn) == ()
    assert len(Sampling(1.0, (channel,))(turn)) == 1
    assert Sampling(1.0, (channel,))(answered(channel="web")) == ()


def test_a_turn_and_its_job_are_kept_together_or_neither(database: Database) -> None:
    turn = answered()
    jobs = [replace(job, payload={"turn_id": object()}) for job in Sampling(1.0)(turn)]  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        Journal(database).record(turn, jobs)
    assert not Journal(database).exists(turn.conversation_id)


def test_a_turn_that_is_recorded_again_is_not_judged_again(database: Database) -> None:
    turn = answered()
    for _ in range(2):
        Journal(database).record(turn, Sampling(1.0)(turn))
    [backlog] = JobStore(database).backlog(turn.asked_at)
    assert (backlog.kind, backlog.waiting) == (JUDGMENT, 1)
