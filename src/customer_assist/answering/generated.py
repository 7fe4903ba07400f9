"""Answers that a language model writes from the sources, each sentence checked before it is shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Generator as Stream
from dataclasses import dataclass

from customer_assist.answering.checks import Ground, check_answer, check_sentence, lay_ground
from customer_assist.answering.citing import Marker, MarkerReader, cite
from customer_assist.answering.prompt import INSTRUCTIONS, VERSION, Prompt, ask_again, prompt_for
from customer_assist.errors import GeneratorUnavailable
from customer_assist.model import Answer, CheckResult, Citation, Usage
from customer_assist.ports import Answerer, AnswerRequest, Generator, Message
from customer_assist.text.personal import CARD, IBAN
from customer_assist.text.sentences import SentenceBuffer
from customer_assist.text.steps import steps

_SHORTEST_REPAIR = 1.0  # seconds below which asking again is of no use


class GeneratedAnswerer(Answerer):
    """`patience`: seconds that an answer may take as a whole, a second try after failed checks included."""

    def __init__(
        self,
        generator: Generator,
        *,
        patience: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
        instructions: str = INSTRUCTIONS,
    ) -> None:
        self._instructions = instructions
        self._generator = generator
        self._patience = patience
        self._clock = clock

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        """Whole sentences that passed their checks, none after one that failed; then one Answer.

        Nothing is shown before the model has named a source. Raises GeneratorUnavailable where the model
        fails, or where neither its answer nor its second try holds.
        """
        ends_at = self._clock() + self._patience
        prompt = prompt_for(request, self._instructions)
        if not prompt.sources:
            raise GeneratorUnavailable("no document that was found has any text to answer from")
        if not prompt.masked.text:
            raise GeneratorUnavailable("the question is nothing but an order to the model")
        ground = lay_ground(
            prompt.sources,
            request.facts,
            prompt.masked.text,
            said=request.said,
            instructions=self._instructions,
            tokens=prompt.masked.replaced,
        )
        draft = yield from self._write(prompt, ground)
        usage = draft.usage
        if draft.failures:
            again = ask_again(prompt, draft.written, draft.failures)
            draft = self._write_again(again, draft, ground, ends_at - self._clock())
            usage += draft.usage
        text = _restore(draft.text, prompt.masked.replaced)
        yield Answer(
            text,
            draft.citations,
            self._generator.model,
            steps(text),
            usage=usage,
            checks=draft.checks,
            prompt_hash=prompt.sha256,  # the second one, with the model's draft in it, nobody could build again
            prompt_version=VERSION,
        )

    def _write(self, prompt: Prompt, ground: Ground) -> Stream[str, None, _Draft]:
        """The first try: what passes is shown as it comes."""
        reading = _Reading()
        numbers = {source.number for source in prompt.sources}
        waiting = before = ""
        holds, shown = True, False
        for sentence in reading.sentences(self._generator.stream(prompt.messages, seconds=self._patience)):
            # Once one has failed the rest is read for what else to mend, and shown to nobody.
            holds = holds and not check_sentence(sentence, ground, before)
            before += sentence
            waiting += sentence
            if holds and any(marker.number in numbers for marker in reading.markers):
                yield _restore(waiting if shown else waiting.lstrip(), prompt.masked.replaced)
                waiting, shown = "", True
        draft = _judge(reading, ground)
        if not draft.failures and waiting.strip():
            yield _restore(waiting if shown else waiting.lstrip(), prompt.masked.replaced)
        return draft

    def _write_again(
        self, messages: Sequence[Message], first: _Draft, ground: Ground, seconds: float
    ) -> _Draft:
        if seconds < _SHORTEST_REPAIR:
            raise GeneratorUnavailable(f"{_failed(first)}, and no time was left to ask again")
        reading = _Reading()
        for _ in reading.sentences(self._generator.stream(messages, seconds=seconds)):
            pass
        draft = _judge(reading, ground)
        if draft.failures:
            raise GeneratorUnavailable(_failed(draft))
        return draft


@dataclass(frozen=True, slots=True)
class _Draft:
    """One whole text of the model, and what the checks found."""

    written: str  # as the model wrote it
    text: str  # without markers
    citations: tuple[Citation, ...]
    checks: tuple[CheckResult, ...]
    usage: Usage

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if not check.passed)


class _Reading:
    """One stream of the model, cut into sentences without markers."""

    def __init__(self) -> None:
        self.written = ""
        self.usage = Usage()
        self._reader = MarkerReader()

    @property
    def text(self) -> str:
        return self._reader.text

    @property
    def markers(self) -> Sequence[Marker]:
        return self._reader.markers

    def sentences(self, pieces: Iterator[str | Usage]) -> Iterator[str]:
        """Each with the whitespace behind it."""
        buffer = SentenceBuffer()
        for piece in pieces:
            if isinstance(piece, Usage):
                self.usage = piece
                continue
            self.written += piece
            yield from buffer.feed(self._reader.feed(piece))
        yield from buffer.feed(self._reader.flush())
        yield from buffer.flush()


def _judge(reading: _Reading, ground: Ground) -> _Draft:
    citations = cite(reading.text, reading.markers, ground.sources)
    text = reading.text.strip()
    return _Draft(reading.written, text, citations, check_answer(text, citations, ground), reading.usage)


def _failed(draft: _Draft) -> str:
    """Names the checks alone: what failed them may be anybody's data."""
    return f"the model's answer failed its checks: {', '.join(check.name for check in draft.failures)}"


def _restore(text: str, replaced: Mapping[str, str]) -> str:
    """The customer's own words back in place of their tokens; of cards and accounts the last four digits."""
    for token, value in replaced.items():
        secret = token.startswith((f"[{CARD}", f"[{IBAN}"))
        text = text.replace(token, f"••••{value[-4:]}" if secret else value)
    return text
