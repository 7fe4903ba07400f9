"""What a language model once wrote, said again: to see what else of a turn would be the same today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from customer_assist.answering.prompt import VERSION, prompt_for
from customer_assist.errors import GeneratorUnavailable
from customer_assist.model import Answer
from customer_assist.ports import Answerer, AnswerRequest


class RecordedAnswerer(Answerer):
    """Builds the prompt as the model would get it today, does not send it, and says what was written then."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        """Raises GeneratorUnavailable where no model would be asked, for want of text to answer from."""
        prompt = prompt_for(request)
        if not prompt.sources:
            raise GeneratorUnavailable("no document that was found has any text to answer from")
        yield replace(self._answer, prompt_hash=prompt.sha256, prompt_version=VERSION)


class RecordedAnswerers(Answerer):
    """For each of several requests the answerer of then, by what was understood; another one for what is new."""

    def __init__(self, by_question: Mapping[str, Answerer], otherwise: Answerer) -> None:
        self._by_question = by_question
        self._otherwise = otherwise

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        yield from self._by_question.get(request.question, self._otherwise).stream(request)
