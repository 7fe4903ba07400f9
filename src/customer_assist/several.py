"""Several requests in one message, answered one after the other in one answer."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from customer_assist.model import Answer, CheckResult, Usage

Answering = Callable[[], Iterator[str | Answer]]


@dataclass(frozen=True, slots=True)
class Part:
    """One request: what to call it, and how to answer it."""

    title: str
    answering: Answering
    otherwise: str  # what is said where no answer holds


def answer_each(parts: Sequence[Part]) -> Generator[str, None, Answer]:
    """Sentences as they are ready, each part's behind its title; then all in one Answer.

    After a part whose sentences were taken back nothing more is shown: the Answer counts.
    """
    answers: list[Answer] = []
    faithful = True
    for part in parts:
        lead = f"**{part.title}**\n\n"
        lead = f"\n\n{lead}" if answers else lead
        said, answer = "", Answer("")
        for event in part.answering():
            if isinstance(event, Answer):
                answer = event
            elif faithful:
                yield event if said else lead + event
                said += event
        faithful = faithful and answer.text.startswith(said.strip())
        if faithful and not said:
            yield lead + (answer.text or part.otherwise)
        answers.append(answer)
    return _joined(parts, answers)


def _joined(parts: Sequence[Part], answers: Sequence[Answer]) -> Answer:
    texts = [
        f"**{part.title}**\n\n{answer.text or part.otherwise}"
        for part, answer in zip(parts, answers, strict=True)
    ]
    with_steps = [answer.steps for answer in answers if answer.steps]
    answered = [answer for answer in answers if answer.text]
    written = [answer for answer in answered if answer.prompt_hash]
    first = (written or answered or list(answers))[0]
    return replace(
        first,
        text="\n\n".join(texts) if answered else "",
        citations=tuple(citation for answer in answered for citation in answer.citations),
        steps=with_steps[0] if len(with_steps) == 1 else (),
        degraded=any(answer.degraded for answer in answers),
        degraded_because=next((a.degraded_because for a in answers if a.degraded_because), ""),
        usage=sum((answer.usage for answer in answers), Usage()),
        checks=_checks(answers),
        parts=tuple(answers),
    )


def _checks(answers: Sequence[Answer]) -> tuple[CheckResult, ...]:
    return tuple(check for answer in answers for check in answer.checks)
