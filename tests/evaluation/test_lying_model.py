"""A lying model: one changed fact in 600 answers is caught, and honest words are let through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from bench.alterations import KINDS
from bench.lies import (
    ANSWERS,
    CLEAN,
    DOCUMENTS,
    INVENTED,
    Case,
    Figures,
    Told,
    blocked_texts,
    cases,
    measure,
    told,
)

from customer_assist.answering.checks import Ground, check_text
from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.answering.fallback import FallbackAnswerer
from customer_assist.answering.generated import GeneratedAnswerer
from customer_assist.llm.breaker import Breaker
from customer_assist.llm.generation import OpenAIGenerator
from customer_assist.model import Answer, CheckResult
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.text.sentences import sentences, split_spans
from fakes import Calls, FakeOpenAI, HandClock, Reply

EVERY = 12  # of the lies, told by a server
# The share of each kind that must be caught.
CAUGHT = {
    "number": 0.99,
    "url": 0.99,
    "date": 0.95,
    "price": 0.95,
    "contact": 0.95,
    "name": 0.9,
    "negation": 0.9,
}


@pytest.fixture(scope="module")
def found(data_file: Callable[[str], Path]) -> list[Case]:
    data_file(DOCUMENTS)
    return cases(data_file(ANSWERS).parents[1])


@pytest.fixture(scope="module")
def pairs(found: list[Case]) -> list[Told]:
    return list(told(found))


@pytest.fixture(scope="module")
def results(pairs: list[Told]) -> dict[str, Sequence[CheckResult]]:
    return {text: check_text(text, pair.case.ground) for pair in pairs for text in (pair.clean, pair.lie)}


def without(
    results: dict[str, Sequence[CheckResult]], name: str
) -> Callable[[str, Ground], list[CheckResult]]:
    """The checks but the one of that name."""
    return lambda text, _: [result for result in results[text] if result.name != name]


def holds(figures: Figures) -> bool:
    caught = all(figures.of(kind) >= share for kind, share in CAUGHT.items())
    return caught and figures.f1 >= 0.95 and figures.blocked <= 0.02 * figures.clean


def test_lies_are_caught_and_clean_answers_pass(
    pairs: list[Told], results: dict[str, Sequence[CheckResult]]
) -> None:
    figures = measure(pairs, without(results, "no such check"))
    assert (figures.clean, figures.altered.total()) == (CLEAN, CLEAN)
    assert set(KINDS) == set(CAUGHT) and max(figures.altered.values()) - min(figures.altered.values()) <= 1
    assert all(pair.clean != pair.lie for pair in pairs)
    assert len({pair.clean for pair in pairs}) == CLEAN
    assert holds(figures), figures.as_json()


@pytest.mark.parametrize("part", ["looked at", "held out"])
def test_they_are_caught_for_businesses_that_nothing_was_developed_with(
    pairs: list[Told], results: dict[str, Sequence[CheckResult]], part: str
) -> None:
    figures = measure([pair for pair in pairs if pair.case.part == part], without(results, "no such check"))
    assert figures.clean > 100
    assert figures.of("number") >= 0.99 and figures.of("url") >= 0.99
    assert figures.f1 >= 0.95 and figures.blocked <= 0.02 * figures.clean, figures.as_json()


@pytest.mark.parametrize("name", ["numbers", "dates", "links", "names", "negations"])
def test_without_any_one_of_the_checks_too_much_gets_through(
    pairs: list[Told], results: dict[str, Sequence[CheckResult]], name: str
) -> None:
    assert not holds(measure(pairs, without(results, name)))


def test_without_checks_every_lie_gets_through(pairs: list[Told]) -> None:
    figures = measure(pairs, lambda text, ground: [])
    assert (figures.recall, figures.f1) == (0, 0) and not holds(figures)


def test_real_answers_that_invent_are_blocked(found: list[Case]) -> None:
    for case in found:
        if case.row in INVENTED:
            assert any(not result.passed for result in check_text(case.real, case.ground)), case.row


def test_texts_of_businesses_themselves_pass_in_any_wording() -> None:
    blocked = blocked_texts()
    withheld, extracts = blocked.pop("extracts of the sample shop")
    assert (withheld, extracts) == (0, 100)
    assert all(wrong <= 0.02 * of for wrong, of in blocked.values()), blocked


# --- told by a server ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model() -> Iterator[tuple[FakeOpenAI, Answerer]]:
    with FakeOpenAI() as server:
        generator = OpenAIGenerator(
            api_key="sk-secret",
            base_url=server.base_url,
            model="fake",
            timeout=10.0,
            budget=Calls(10_000),
            breaker=Breaker(HandClock(), limit=10_000),
        )
        yield server, FallbackAnswerer(GeneratedAnswerer(generator), ExtractiveAnswerer())
        generator.close()


def asked(model: tuple[FakeOpenAI, Answerer], case: Case, *replies: str) -> tuple[list[str], Answer, int]:
    """What the customer was shown, the answer, and how often the model was called."""
    server, answerer = model
    server.says(*(Reply(_marked(reply), piece=200) for reply in replies))
    before = len(server.requests)
    *shown, answer = answerer.stream(AnswerRequest(case.question, case.hits, case.business.facts))
    assert isinstance(answer, Answer)
    return [str(piece) for piece in shown], answer, len(server.requests) - before


def _marked(text: str) -> str:
    """Each sentence with the mark of a source, as a model writes it."""
    pieces = (text[start:end] for start, end in split_spans(text))
    return "".join(p.rstrip() + " [1]" + p[len(p.rstrip()) :] for p in pieces)


@pytest.mark.slow
def test_a_lie_that_a_server_tells_never_reaches_the_customer(
    model: tuple[FakeOpenAI, Answerer], pairs: list[Told], results: dict[str, Sequence[CheckResult]]
) -> None:
    """Mended where the second answer is clean, replaced by the extracted answer where it is the lie again."""
    caught = [pair for pair in pairs if not all(result.passed for result in results[pair.lie])]
    for number, pair in enumerate(caught[::EVERY]):
        changed = set(sentences(pair.lie)) - set(sentences(pair.clean))
        replies = (pair.lie, pair.clean) if number % 2 else (pair.lie,)
        shown, answer, calls = asked(model, pair.case, *replies)
        assert calls == 2
        assert not any(sentence in text for sentence in changed for text in ("".join(shown), answer.text))
        assert answer.degraded is (number % 2 == 0)
        assert all(check.passed for check in answer.checks)
        if not answer.degraded:
            assert answer.text.split() == pair.clean.split()


@pytest.mark.slow
def test_a_clean_answer_that_a_server_gives_is_given_at_once(
    model: tuple[FakeOpenAI, Answerer], pairs: list[Told]
) -> None:
    for pair in pairs[::EVERY]:
        shown, answer, calls = asked(model, pair.case, pair.clean)
        assert (calls, answer.degraded) == (1, False), [c for c in answer.checks if not c.passed]
        assert "".join(shown).strip() == answer.text
