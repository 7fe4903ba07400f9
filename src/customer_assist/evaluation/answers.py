"""Whole answers measured: the desk that serves is asked every question, and what it says is rated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

from customer_assist.asking import Ask, check_question
from customer_assist.desk import Desk
from customer_assist.errors import InvalidInput
from customer_assist.evaluation.answer_runs import Answered, AnswerRun
from customer_assist.evaluation.judge import Judge, Relevance, sources_of
from customer_assist.evaluation.retrieval import check_known, right_intents
from customer_assist.evaluation.runs import fingerprint
from customer_assist.knowledge.questions import LabelledQuestion
from customer_assist.model import Document, Outcome, Turn

AT_ONCE = 4  # questions in flight where a language model takes part
_CHANNEL = "evaluation"
_SHOWN = 60  # characters of a question that an error quotes


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of the language model that a run makes if all goes well, and at most."""

    answers: int
    judgments: int

    @property
    def expected(self) -> int:
        return self.answers + self.judgments

    @property
    def most(self) -> int:
        """Each answer whose checks fail and each reply that is of no use is asked for once more."""
        return 2 * self.expected


def estimate(questions: Sequence[LabelledQuestion]) -> Calls:
    """With a language model that answers and judges, were every question answered."""
    return Calls(len(questions), len(questions))


def sampled(questions: Sequence[LabelledQuestion], limit: int | None, seed: int) -> list[LabelledQuestion]:
    """`limit` of them drawn at random, in their order; all where there are no more."""
    if limit is None or limit >= len(questions):
        return list(questions)
    return [questions[i] for i in sorted(Random(seed).sample(range(len(questions)), limit))]


def check_askable(documents: Sequence[Document], questions: Sequence[LabelledQuestion]) -> None:
    """Raise InvalidInput where there is nothing to ask, a question cannot be asked, or what it names as right
    is not there. Questions that name nothing are welcome: some measures do without."""
    if not documents or not questions:
        raise InvalidInput("there is nothing to measure: give at least one document and one question")
    for question in questions:
        try:
            check_question(question.question)
        except InvalidInput as error:
            raise InvalidInput(
                f"the question {question.question[:_SHOWN]!r} cannot be asked: {error}"
            ) from error
    check_known(documents, questions)


def evaluate_answers(
    desk: Desk,
    documents: Sequence[Document],
    questions: Sequence[LabelledQuestion],
    *,
    judge: Judge | None = None,
    at_once: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> AnswerRun:
    """Ask `desk`, whose knowledge is `documents`, every question once, each in a conversation of its own.

    Its turns go where the desk records them: give one that no customer uses. `judge` rates each answer at once;
    what was not answered has nothing to rate. `at_once` questions are in flight at any time.
    Raises InvalidInput as `check_askable` does.
    """
    check_askable(documents, questions)
    snapshot = desk.library.current()  # the gate is fitted now, on nobody's time
    intent_of = {str(d.id): d.fields["intent"] for d in documents if "intent" in d.fields}

    def ask(question: LabelledQuestion) -> Answered:
        turn = desk.ask(Ask(question.question, channel=_CHANNEL))
        relevance = None
        if judge is not None and turn.outcome is Outcome.ANSWERED:
            relevance = judge.judge(turn.question, turn.answer.text, sources_of(turn, snapshot.facts))
        return _answered(question, turn, intent_of, relevance)

    asked: list[Answered] = []
    with ThreadPoolExecutor(at_once) as pool:
        waiting = [pool.submit(ask, question) for question in questions]
        try:
            for each in waiting:
                asked.append(each.result())
                if progress:
                    progress(len(asked), len(questions))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return AnswerRun(
        engine=snapshot.engine,
        documents=len(documents),
        corpus=fingerprint(documents),
        judge=None if judge is None else judge.model,
        asked=tuple(asked),
    )


def _answered(
    question: LabelledQuestion, turn: Turn, intent_of: Mapping[str, str], relevance: Relevance | None
) -> Answered:
    cited = tuple(str(citation.document_id) for citation in turn.answer.citations)
    return Answered(
        question=question.question,
        documents=question.documents,
        intents=right_intents(question, intent_of),
        outcome=turn.outcome,
        text=turn.answer.text,
        answered_by=turn.answer.answered_by,
        degraded=turn.answer.degraded,
        confidence=turn.confidence,
        cited=cited,
        cited_intent=intent_of.get(cited[0]) if cited else None,
        checks={check.name: check.passed for check in turn.answer.checks},
        milliseconds=1000 * turn.timing.total,
        usage=turn.answer.usage,
        relevance=relevance,
    )
