"""The parts of one answer: shown as they are ready, each behind its title, and joined."""

from __future__ import annotations

from collections.abc import Iterator

from customer_assist.model import Answer, CheckResult, Citation, DocumentId, Usage
from customer_assist.several import Part, answer_each


def part(title: str, *events: str | Answer) -> Part:
    def answering() -> Iterator[str | Answer]:
        yield from events

    return Part(title, answering, "A person can help.")


def answer(text: str, document: str, steps: tuple[str, ...] = ()) -> Answer:
    return Answer(
        text,
        (Citation(DocumentId(document), document, text),),
        steps=steps,
        usage=Usage(1, 2),
        checks=(CheckResult("numbers", True),),
    )


def told(*parts: Part) -> tuple[list[str], Answer]:
    stream = answer_each(parts)
    shown = []
    while True:
        try:
            shown.append(next(stream))
        except StopIteration as end:
            return shown, end.value


RETURNS = answer("Send it back.", "returns", ("Pack it.", "Send it."))
REFUNDS = answer("In five days.", "refunds")


def test_both_are_said_each_behind_its_title() -> None:
    shown, joined = told(part("Returns", "Send it back.", RETURNS), part("Refunds", "In five days.", REFUNDS))
    assert joined.text == "**Returns**\n\nSend it back.\n\n**Refunds**\n\nIn five days."
    assert "".join(shown) == joined.text
    assert [each.document_id for each in joined.citations] == ["returns", "refunds"]
    assert joined.usage == Usage(2, 4) and len(joined.checks) == 2 and joined.parts == (RETURNS, REFUNDS)


def test_steps_are_given_only_where_one_part_has_them() -> None:
    assert told(part("A", RETURNS), part("B", REFUNDS))[1].steps == ("Pack it.", "Send it.")
    assert told(part("A", RETURNS), part("B", RETURNS))[1].steps == ()


def test_a_part_without_an_answer_says_so_and_offers_a_person() -> None:
    shown, joined = told(part("Returns", Answer("")), part("Refunds", "In five days.", REFUNDS))
    assert joined.text == "**Returns**\n\nA person can help.\n\n**Refunds**\n\nIn five days."
    assert "".join(shown) == joined.text


def test_where_no_part_has_an_answer_there_is_none() -> None:
    assert told(part("A", Answer("")), part("B", Answer("")))[1].text == ""


def test_after_a_sentence_that_was_taken_back_nothing_more_is_shown() -> None:
    shown, joined = told(part("Returns", "It is free.", RETURNS), part("Refunds", "In five days.", REFUNDS))
    assert shown == ["**Returns**\n\nIt is free."]
    assert "In five days." in joined.text and "free" not in joined.text
