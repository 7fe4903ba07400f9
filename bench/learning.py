"""Ten questions that the sample shop cannot answer, taught by a person's reply: how other customers are met after it.

Each goes the whole way: asked, handed over, replied to, drafted from the reply, published as drafted.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.shop import EXAMPLES
from customer_assist.bootstrap import Assistant, open_assistant
from customer_assist.config import load_settings
from customer_assist.desk import Ask
from customer_assist.model import Outcome, Turn

AGENT = "bench"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question with the reply that a person gives, and what other customers write for the same."""

    question: str
    reply: str
    paraphrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Met:
    """How questions are met: answered from a learned document, from another, asked back, or declined."""

    learned: int = 0
    otherwise: int = 0
    offered: int = 0  # asked back, the learned document among the topics
    asked_back: int = 0
    declined: int = 0

    def as_json(self) -> dict[str, int]:
        return {
            "answered_with_learned": self.learned,
            "answered_with_another": self.otherwise,
            "asked_back_with_learned": self.offered,
            "asked_back_without": self.asked_back,
            "declined": self.declined,
        }


def run(_data: Path) -> dict[str, object]:
    lessons = read_lessons()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        with open_assistant(load_settings({"CUSTOMER_ASSIST_HOME": home})) as assistant:
            assistant.load_first_knowledge(EXAMPLES / "brindle")
            before = _figures(assistant, lessons, {})
            taught = {lesson.question: teach(assistant, lesson) for lesson in lessons}
            after = _figures(assistant, lessons, taught)
            listed = {each.question: _each(assistant, each, taught[each.question]) for each in lessons}
            richer = _with_more_ways(assistant, lessons, taught)
    for name in before:
        print(f"{name:14s} before {before[name]}")
        print(f"{'':14s} after  {after[name]}")
    print(f"with two more ways of asking each, the third paraphrase asked in turn: {richer}")
    for question, how in listed.items():
        print(f"{how:38s} {question}")
    return {"before": before, "after": after, "with_two_more_ways_of_asking": richer, "each": listed}


def read_lessons() -> list[Lesson]:
    lines = (EXAMPLES / "questions" / "taught.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Lesson(row["question"], row["reply"], tuple(row["paraphrases"])) for row in rows]


def teach(assistant: Assistant, lesson: Lesson) -> str:
    """The id of the document that the reply became."""
    desk, learning = assistant.desk, assistant.learning
    asked = desk.ask(Ask(lesson.question))
    handoff = desk.hand_over(asked.conversation_id)
    reply = desk.reply(handoff.id, lesson.reply, AGENT)
    desk.resolve(handoff.id)
    draft = learning.draft_reply(reply.id)
    return learning.publish(draft.id).document.id


def _figures(
    assistant: Assistant, lessons: Sequence[Lesson], taught: dict[str, str]
) -> dict[str, dict[str, int]]:
    own = {lesson.question: taught.get(lesson.question, "") for lesson in lessons}
    others = [(text, own[lesson.question]) for lesson in lessons for text in lesson.paraphrases]
    return {
        "taught": met(assistant, list(own.items())).as_json(),
        "paraphrases": met(assistant, others).as_json(),
        "known": _known(assistant),
    }


def met(assistant: Assistant, asked: Sequence[tuple[str, str]]) -> Met:
    """`asked`: questions, each with the document that it should be answered from."""
    found = [_how(assistant.desk.ask(Ask(question)), document) for question, document in asked]
    return Met(*(found.count(how) for how in ("learned", "otherwise", "offered", "asked back", "declined")))


def _with_more_ways(
    assistant: Assistant, lessons: Sequence[Lesson], taught: dict[str, str]
) -> dict[str, int]:
    """Once an editor has added two more ways of asking: of the three paraphrases each is asked in turn, and only the
    other two are in the document."""
    parts: list[Met] = []
    for asked in range(3):
        for lesson in lessons:
            document = assistant.documents.get(taught[lesson.question])
            assert document is not None
            others = [text for place, text in enumerate(lesson.paraphrases) if place != asked]
            assistant.documents.put(replace(document, questions=(lesson.question, *others)))
        parts.append(met(assistant, [(each.paraphrases[asked], taught[each.question]) for each in lessons]))
    return {name: sum(part.as_json()[name] for part in parts) for name in parts[0].as_json()}


def _how(turn: Turn, document: str) -> str:
    if turn.outcome is Outcome.ANSWERED:
        cited = {str(citation.document_id) for citation in turn.answer.citations}
        return "learned" if document in cited else "otherwise"
    if turn.outcome is Outcome.CLARIFYING:
        offered = {str(topic.document_id) for topic in turn.alternatives}
        return "offered" if document in offered else "asked back"
    return "declined"


def _each(assistant: Assistant, lesson: Lesson, document: str) -> str:
    return ", ".join(_how(assistant.desk.ask(Ask(text)), document) for text in lesson.paraphrases)


def _known(assistant: Assistant) -> dict[str, int]:
    """The sample's 150 answerable questions: answered, and from the right article."""
    lines = (EXAMPLES / "questions" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    answered = right = learned = 0
    for row in map(json.loads, lines):
        turn = assistant.desk.ask(Ask(row["question"]))
        gold = row["document"] if isinstance(row["document"], list) else [row["document"]]
        cited = {str(citation.document_id) for citation in turn.answer.citations}
        answered += turn.outcome is Outcome.ANSWERED
        right += bool(cited & set(gold))
        learned += any(document.startswith("learned-") for document in cited)
    return {"asked": len(lines), "answered": answered, "right_article": right, "from_a_learned_one": learned}
