"""What counts as a question without an answer, and what becomes of many of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from customer_assist.insights.gaps import find_gaps
from customer_assist.insights.likeness import ByWords
from customer_assist.model import Document, DocumentId, Hit, Passage, PassageId, PassageKind, Score
from customer_assist.storage.gaps import OpenQuestion

NOW = datetime(2026, 3, 31, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)
PODS = Document(DocumentId("pods"), "s", "Coffee pods", ("do you sell pods",), "No.")


def asked(
    number: int, question: str, *, days: float = 1, conversation: int | None = None, **why: bool
) -> OpenQuestion:
    of = conversation if conversation is not None else number
    reasons = dict.fromkeys(
        ("declined", "asked_back", "rated_down", "handed_over", "unsure", "dismissed"), False
    )
    return OpenQuestion(
        turn_id=str(UUID(int=number)),
        conversation_id=str(UUID(int=1000 + of)),
        question=question,
        query=question,
        asked_at=NOW - timedelta(days=days),
        **(reasons | (why or {"declined": True})),
    )


def gaps_of(questions: Sequence[OpenQuestion], search: object = lambda _: []):  # type: ignore[no-untyped-def]
    texts = [each.question for each in questions]
    return find_gaps(questions, SINCE, NOW, ByWords([*texts, "do you sell pods"]), 0.8, search)  # type: ignore[arg-type]


def test_those_that_ask_the_same_are_one_gap_named_by_the_most_central() -> None:
    found = gaps_of(
        [
            asked(1, "do you sell oat milk"),
            asked(2, "oat milk, do you sell it"),
            asked(3, "do you sell any oat milk drinks"),
            asked(4, "is there a job for me"),
        ]
    )
    [gap] = found.gaps
    assert gap.conversations == gap.questions == 3 and "oat milk" in gap.title
    assert found.ungrouped == 1 and gap.ways[0] == gap.title and len(gap.examples) == 3


def test_one_customer_who_repeats_a_question_is_no_gap() -> None:
    assert not gaps_of([asked(n, "do you sell oat milk", conversation=1) for n in range(1, 9)]).gaps


def test_answers_that_may_be_wrong_make_no_gap_but_swell_one() -> None:
    unsure = [asked(n, "do you sell oat milk", unsure=True) for n in range(1, 6)]
    assert not gaps_of(unsure).gaps
    [gap] = gaps_of([*unsure, asked(7, "do you sell oat milk"), asked(8, "oat milk do you sell")]).gaps
    assert gap.questions == 7 and gap.reasons["unsure"] == 5 and gap.reasons["declined"] == 2
    assert "declined" in gap.examples[0].reasons  # the surest first


def test_its_id_is_that_of_its_oldest_question_whatever_comes_later() -> None:
    early = [asked(5, "do you sell oat milk", days=9), asked(4, "oat milk do you sell", days=8)]
    [before] = gaps_of(early).gaps
    [after] = gaps_of([asked(1, "sell you oat milk"), *early, asked(2, "do you sell oat milk")]).gaps
    assert before.id == after.id == early[0].turn_id


def test_it_says_whether_more_ask_lately() -> None:
    old = [asked(n, "do you sell oat milk", days=20) for n in (1, 2)]
    new = [asked(n, "do you sell oat milk", days=3) for n in (3, 4, 5)]
    [gap] = gaps_of(old + new).gaps
    assert (gap.half_before, gap.this_half) == (2, 3)


def test_personal_data_is_nowhere_in_it() -> None:
    [gap] = gaps_of(
        [
            asked(1, "do you sell oat milk, write to ann@example.com"),
            asked(2, "do you sell oat milk. My name is Ann Miller. Call +353 91 555 0199"),
        ]
    ).gaps
    told = f"{gap.title} {gap.ways} {gap.examples}"
    assert "ann@" not in told and "Miller" not in told and "0199" not in told


def test_the_more_is_asked_the_more_have_to_agree() -> None:
    few = [asked(1, "do you sell oat milk"), asked(2, "oat milk do you sell")]
    many = [asked(n, f"{chr(97 + n % 26) * 5}{n} {n}") for n in range(10, 400)]
    assert gaps_of(few).minimum == 2 and len(gaps_of(few).gaps) == 1
    crowded = gaps_of(few + many)
    assert crowded.minimum > 2 and all("oat" not in gap.title for gap in crowded.gaps)


def test_one_customer_who_asks_a_lot_hides_no_gap() -> None:
    few = [asked(1, "do you sell oat milk"), asked(2, "oat milk do you sell")]
    one = [asked(n, f"{chr(97 + n % 26) * 5}{n} {n}", conversation=3) for n in range(10, 400)]
    [gap] = gaps_of(few + one).gaps
    assert gap.conversations == 2


def test_dismissed_it_stays_away_until_as_many_have_asked_again() -> None:
    def of(new: int) -> bool:
        old = [asked(n, "do you sell oat milk", declined=True, dismissed=True) for n in (1, 2, 3)]
        [gap] = gaps_of(old + [asked(10 + n, "do you sell oat milk") for n in range(new)]).gaps
        return gap.dismissed

    assert of(0) and of(2) and not of(3)


def hit(document: Document) -> Hit:
    passage = Passage(PassageId("p"), document.id, PassageKind.QUESTION, document.title)
    return Hit(document, passage, 1, Score(1.0, "test"))


def test_the_nearest_article_gets_ways_of_asking_only_where_it_is_asked_for() -> None:
    near = [asked(n, "do you sell pods") for n in (1, 2)]
    far = [asked(n, "is the workshop open on a sunday") for n in (3, 4)]
    [pods], [workshop] = (gaps_of(each, lambda _: [hit(PODS)]).gaps for each in (near, far))
    assert pods.nearest is not None and pods.nearest.document_id == "pods" and pods.nearest.is_asked
    assert workshop.nearest is not None and not workshop.nearest.is_asked
    assert gaps_of(near).gaps[0].nearest is None
