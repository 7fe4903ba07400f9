"""When a conversation goes to a person, and what is said of it."""

from __future__ import annotations

import csv
import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from customer_assist.business import (
    BusinessProfile,
    Contact,
    HandoffRules,
    Topic,
    parse_profile,
    read_profile,
)
from customer_assist.dialogue.handing_over import (
    BY_BUTTON,
    back_again,
    passed_on,
    promise,
    reason_to_hand_over,
    summary,
    transcript,
)
from customer_assist.dialogue.human_wish import wants_a_human, wants_the_assistant
from customer_assist.dialogue.moves import read_move
from customer_assist.dialogue.topics import reserved_topic
from customer_assist.errors import ConfigurationError
from customer_assist.model import (
    Citation,
    ConversationId,
    DocumentId,
    HandoffReason,
    HandoffWish,
    Move,
    Outcome,
    RecordedTurn,
    TurnId,
)

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def turn(
    question: str,
    outcome: Outcome = Outcome.ANSWERED,
    *,
    answer: str = "So it is.",
    titles: tuple[str, ...] = (),
    rating: int | None = None,
    move: Move = Move.QUESTION,
    handoff_id: str | None = None,
) -> RecordedTurn:
    return RecordedTurn(
        id=TurnId("t"),
        conversation_id=ConversationId("c"),
        question=question,
        answer=answer,
        outcome=outcome.value,
        answered_by="extractive",
        degraded=False,
        confidence=0.9,
        citations=tuple(Citation(DocumentId(title.lower()), title, "q") for title in titles),
        steps=(),
        alternatives=(),
        asked_at=NOW,
        knowledge_version=1,
        rating=rating,
        move=move,
        handoff_id=handoff_id,
    )


# --- a wish for a person ---------------------------------------------------------------------------

WISHES = (
    "can I talk to someone?",
    "human please",
    "Let me speak with a real person",
    "get me an agent",
    "I want to speak to a human about my order BB-123456",
    "Where is my order? I want to talk to a human!",
    "operator!!",
    "Could you put me through to somebody from your team?",
    "I'd like to speak to a manager",
    "this bot isn't helping, get me a person",
    "i dont want a robot pls give me someone real",
    "is there a real person I can talk to?",
    "can someone from your team contact me",
    "you are not helpful at all, how do I contact an operator",
    "i havegot to talk tosomebody",
    "I wnat to tlak to a huamn",
    "stop. human. now.",
    "escalate this to a supervisor",
    BY_BUTTON,
)
QUESTIONS = (
    "how do I talk to my bank's agent",
    "is there someone in the shop on Saturday",
    "what does a human agent cost",
    "Do I have to talk to a person to cancel?",
    "do I need to speak to someone",
    "I don't want to talk to a human",
    "I do not need a person, just tell me where my parcel is",
    "can someone tell me where my parcel is",
    "I spoke to an agent yesterday and nothing happened",
    "are you a human?",
    "am I talking to a person?",
    "do you have human support",
    "can I send it to another person",
    "can I transfer my points to someone else",
    "I want to give a gift card to someone",
    "the person who gave it to me has lost the receipt",
    "I need someone to sign for the parcel",
    "my manager needs an invoice",
    "can a person collect my order",
    "is there anybody i can talk to on the phone instead of typing",
    "how do I contact the courier",
    "I want to talk to my lawyer",
)


@pytest.mark.parametrize("wish", WISHES)
def test_a_clear_wish_for_a_person_is_understood(wish: str) -> None:
    assert read_move(wish, ()) is Move.HUMAN


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_that_names_a_person_is_a_question(question: str) -> None:
    assert read_move(question, ()) is not Move.HUMAN


@pytest.mark.parametrize("yes", ["yes", "Yes please!", "ok", "sure, go ahead", "yes, thank you", "please do"])
def test_a_yes_takes_the_offer_of_a_person_and_only_then(yes: str) -> None:
    declined = turn("Who won?", Outcome.ABSTAINED)
    assert wants_a_human(yes, (declined,))
    assert not wants_a_human(yes, ())
    assert not wants_a_human(yes, (turn("How long?"),))
    assert not wants_a_human(yes, (declined, turn("Hi", Outcome.SMALL_TALK)))


@pytest.mark.parametrize("other", ["no", "thanks", "ok thanks", "no thank you", "yes but where is my order"])
def test_what_is_no_yes_does_not_take_it(other: str) -> None:
    assert not wants_a_human(other, (turn("Who won?", Outcome.ABSTAINED),))


@pytest.mark.parametrize(
    "text",
    [
        "back to the assistant",
        "Back to the assistant, please.",
        "Never mind, go on with you",
        "I'd rather talk to the bot",
        "I don't need a human anymore",
        "can I go back to the assistant again?",
    ],
)
def test_the_way_back_to_the_assistant_is_understood(text: str) -> None:
    assert wants_the_assistant(text)
    assert read_move(text, ()) is Move.ASSISTANT


@pytest.mark.parametrize(
    "text",
    [
        "never mind, I found it",
        "I'll get back to you",
        "I don't want to talk to the bot",
        "talk to you later",
        "the assistant told me to send it back",
        "go back to step 2",
    ],
)
def test_what_is_said_to_a_person_does_not_send_them_away(text: str) -> None:
    assert not wants_the_assistant(text)


def test_no_question_of_the_sample_but_one_for_a_person_is_a_wish() -> None:
    asked = [
        json.loads(line)
        for name in ("questions", "unanswerable")
        for line in (EXAMPLES / "questions" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    wishes = [line for line in asked if read_move(line["question"], ()) is Move.HUMAN]
    assert len(asked) == 190
    assert [line["document"] for line in wishes] == ["human-agent"] * 2


def test_customers_of_another_business_are_understood(data_file: Callable[[str], Path]) -> None:
    """The published development part; its test part is measured by the benchmark."""
    with data_file("bitext/bitext_8k_dev.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wishes = [row["intent"] for row in rows if read_move(row["utterance"], ()) is Move.HUMAN]
    assert set(wishes) == {"contact_human_agent"}
    assert len(wishes) >= 22  # of 23


@pytest.mark.parametrize(
    "text",
    [
        "i want to talk to a " * 200,
        "a real " * 570,
        "please " * 570,
        "you not " * 500,
        "can i " * 660,
        "yes " * 1000,
        "real human " * 25 + "x",
        "?a" * 2000,
        "i can i can " * 5 + "talk to x",
        "x" * 4000,
    ],
)
def test_a_long_message_is_read_in_no_time(text: str) -> None:
    declined = (turn("Who won?", Outcome.ABSTAINED),)
    started = time.perf_counter()
    wants_a_human(text, declined)
    wants_the_assistant(text)
    assert time.perf_counter() - started < 0.5


# --- topics ----------------------------------------------------------------------------------------


def topics(*words: str) -> BusinessProfile:
    return BusinessProfile(handoff=HandoffRules(topics=(Topic(name="It", words=words),)))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("lawyer", "My LAWYER's letter"),
        ("lawyer", "lawyers!"),
        ("sue you", "I will sue you"),
        ("take * to court", "I'll take you all to court"),
        ("take * to court", "we take to court whoever"),
        ("injured", "He was injured."),
        ("didn't authorise", "I didn’t authorise it"),
        ("Straße", "in der STRASSE"),
    ],
)
def test_a_topic_is_met_by_whole_words_in_any_form(word: str, message: str) -> None:
    assert reserved_topic(message, topics(word)) == "It"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("sue", "what is the issue with the tissue"),
        ("court", "send it to Courtney"),
        ("sue you", "sue and you"),
        ("take * to court", "take one two three four to court"),
        ("take * to court", "to court I take"),
    ],
)
def test_a_topic_is_not_met_by_parts_of_words_or_another_order(word: str, message: str) -> None:
    assert reserved_topic(message, topics(word)) == ""


def test_of_several_topics_the_first_counts_and_without_any_there_is_none() -> None:
    two = HandoffRules(topics=(Topic(name="A", words=("fire",)), Topic(name="B", words=("court", "fire"))))
    assert reserved_topic("fire", BusinessProfile(handoff=two)) == "A"
    assert reserved_topic("court and fire", BusinessProfile(handoff=two)) == "A"
    assert reserved_topic("fire", BusinessProfile()) == ""


@pytest.mark.parametrize(
    "topic", ['name = "A", words = []', 'words = ["a"]', 'name = "A", words = ["*"]', 'name = "A"']
)
def test_a_topic_without_a_name_or_words_is_refused(topic: str) -> None:
    with pytest.raises(ConfigurationError, match=r"handoff\.topics\.0"):
        parse_profile(f"[handoff]\ntopics = [{{{topic}}}]\n")


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("You'll hear from my solicitor.", "Legal threats"),
        ("I'm going to sue you", "Legal threats"),
        ("i will take this to court", "Legal threats"),
        ("the calder gave me a shock when i touched the handle", "Safety and injuries"),
        ("the grinder started smoking and sparks came out", "Safety and injuries"),
        ("had an allergic reaction to the hazelnut syrup", "Safety and injuries"),
        ("I have opened a dispute with paypal", "Payment disputes"),
        ("I never authorised this payment", "Payment disputes"),
        ("I'll do a chargeback", "Payment disputes"),
    ],
)
def test_the_sample_keeps_three_topics_for_itself(message: str, topic: str) -> None:
    assert reserved_topic(message, read_profile(EXAMPLES / "brindle" / "business.toml")) == topic


def test_no_ordinary_question_of_the_sample_is_on_one_of_its_topics() -> None:
    profile = read_profile(EXAMPLES / "brindle" / "business.toml")
    asked = [
        text
        for file in (EXAMPLES / "questions").glob("*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
        for key, text in json.loads(line).items()
        if key in ("question", "first", "followup")
    ]
    for article in (EXAMPLES / "brindle" / "articles").glob("*.md"):
        front = article.read_text(encoding="utf-8").split("---")[1]
        asked += re.findall(r'^  - "?(.*?)"?$', front, re.MULTILINE)
    assert len(asked) > 1200
    assert [text for text in asked if reserved_topic(text, profile)] == []


def test_a_topic_comes_before_a_wish_and_a_wish_after_a_refusal_is_for_what_was_not_known() -> None:
    profile = topics("lawyer")
    declined = (turn("Who won?", Outcome.ABSTAINED),)
    assert reason_to_hand_over("my lawyer", Move.HUMAN, profile, ()) == HandoffWish(HandoffReason.TOPIC, "It")
    assert reason_to_hand_over("human", Move.HUMAN, profile, ()) == HandoffWish(HandoffReason.WISH)
    assert reason_to_hand_over("human", Move.HUMAN, profile, declined) == HandoffWish(HandoffReason.NOT_KNOWN)
    assert reason_to_hand_over("a lamp", Move.QUESTION, profile, declined) is None


# --- what is said ----------------------------------------------------------------------------------


def test_the_customer_is_told_how_else_to_reach_the_business_and_no_time_that_is_not_known() -> None:
    said = promise(BusinessProfile(contact=Contact(email="help@shop.example")), NOW)
    assert said == (
        "I have passed this on to our team, with what you have written so far. A person will answer you here. "
        "If you would rather not wait, please write to help@shop.example."
    )
    assert not re.search(r"\d|@|usually", promise(BusinessProfile(), NOW))


def test_who_waits_is_told_the_way_back_in_words_that_are_understood() -> None:
    [way] = re.findall("“(.*)”", passed_on())
    assert wants_the_assistant(way)


def test_the_assistant_says_whether_it_is_back_or_was_there_all_along() -> None:
    assert "again" in back_again((turn("Human!", Outcome.HANDED_OFF, handoff_id="h"),))
    assert "already" in back_again((turn("A lamp?"),))


def test_a_summary_has_what_was_asked_what_came_of_it_what_was_stated_and_the_last_message() -> None:
    past = (
        turn("Hello", Outcome.SMALL_TALK),
        turn("Where is order BB-123456?", titles=("Tracking",), rating=-1),
        turn("How do I descale?", titles=("Descaling", "Descaling")),
        turn("It did not work", titles=("Leaks",), move=Move.NOT_HELPED),
        turn("Which one?", Outcome.CLARIFYING),
        turn("Who\nwon? " + "x" * 400, Outcome.ABSTAINED),
    )
    lines = summary(past, "get me a human").splitlines()
    assert lines[:4] == [
        "Asked: Where is order BB-123456? (answered from “Tracking”; it did not help)",
        "Asked: How do I descale? (answered from “Descaling”; it did not help)",
        "Asked: It did not work (answered from “Leaks”)",
        "Asked: Which one? (asked back)",
    ]
    assert lines[4].startswith("Asked: Who won? xxx")
    assert lines[4].endswith("…" + " (not answered)")
    assert lines[5] == "Stated: Order Number BB-123456"
    assert lines[6:] == ["Last message: get me a human"]


def test_a_transcript_has_every_turn_with_its_time_outcome_and_rating() -> None:
    kept = transcript((turn("A?", titles=("T",), rating=1), turn("B?", Outcome.ABSTAINED)), "human", NOW)
    assert [(each["question"], each["outcome"]) for each in kept] == [
        ("A?", "answered"),
        ("B?", "abstained"),
        ("human", "handed_off"),
    ]
    assert (kept[0]["rating"], kept[0]["documents"], kept[0]["answer"]) == (1, ["t"], "So it is.")
    assert {each["asked_at"] for each in kept} == {NOW.isoformat()}
