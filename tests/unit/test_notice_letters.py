"""What the e-mails say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from customer_assist.business import EMPTY_PROFILE, BusinessProfile, Contact
from customer_assist.model import ConversationId, Handoff, HandoffReason, HandoffStatus
from customer_assist.notices.letters import Letter, to_the_business, to_the_customer

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHOP = BusinessProfile(name="Lamp Shop", contact=Contact(email="help@lamps.example"))
HANDOFF = Handoff(
    id="11111111-7a53-4a53-9f0e-0d7d1a0f3f10",
    conversation_id=ConversationId("22222222-7a53-4a53-9f0e-0d7d1a0f3f10"),
    reason=HandoffReason.WISH,
    detail="",
    summary="My lamp is broken\nA person, please",
    message="A colleague will answer you.",
    email="ann@customer.example",
    customer_ref="c-1",
    status=HandoffStatus.WAITING,
    created_at=NOW,
)
TRANSCRIPT = [
    {"question": "My lamp is broken", "answer": "Send it back."},
    {"question": "A person, please", "answer": ""},
]


def told(handoff: Handoff = HANDOFF, profile: BusinessProfile = SHOP) -> Letter:
    return to_the_business(
        "1", ("team@lamps.example",), handoff, TRANSCRIPT, profile, ZoneInfo("Europe/Berlin")
    )


def test_the_business_is_told_what_it_needs_to_answer() -> None:
    letter = told()
    assert letter.subject == "Lamp Shop: a customer is waiting for a person"
    assert (letter.to, letter.name) == (("team@lamps.example",), "Lamp Shop assistant")
    assert "since 13:00 on 1 March 2026 (CET)" in letter.body
    for part in ("asked for a person", "My lamp is broken", "Send it back.", "c-1", HANDOFF.id):
        assert part in letter.body
    assert letter.body.count("Assistant:") == 1  # what was not answered has none


def test_what_a_colleague_said_before_is_told_as_theirs() -> None:
    earlier = [{"question": "Hello?", "answer": "Bo here.", "answered_by": "human"}]
    body = to_the_business("1", ("a@b.example",), HANDOFF, [*earlier, *TRANSCRIPT], SHOP, UTC).body
    assert "A colleague:\n  Bo here." in body and "Assistant:\n  Send it back." in body


def test_a_reply_to_the_notice_goes_to_the_customer_where_their_address_is_known() -> None:
    assert told().reply_to == "ann@customer.example"
    nameless = told(replace(HANDOFF, email=""))
    assert nameless.reply_to == "" and "left no e-mail address" in nameless.body
    assert told(replace(HANDOFF, email="ann@x.example\nBcc: v@y.example")).reply_to == ""


def test_subjects_hold_nothing_that_a_customer_wrote() -> None:
    assert "lamp is" not in told().subject
    assert "lamp is" not in to_the_customer("1", HANDOFF, ["Your lamp is on its way."], SHOP).subject


@pytest.mark.parametrize(
    ("reason", "detail", "part"),
    [
        (HandoffReason.NOT_KNOWN, "", "do not answer"),
        (HandoffReason.TOPIC, "refunds", "yourselves: refunds."),
        (HandoffReason.ALTERNATIVES_FAILED, "", "did not help"),
    ],
)
def test_each_reason_is_told(reason: HandoffReason, detail: str, part: str) -> None:
    assert part in told(replace(HANDOFF, reason=reason, detail=detail)).body


@pytest.mark.parametrize("status", list(HandoffStatus))
def test_a_late_notice_says_what_happened_meanwhile(status: HandoffStatus) -> None:
    late = told(replace(HANDOFF, status=status)).body
    assert ("Meanwhile" in late) is (status is not HandoffStatus.WAITING)


def test_nothing_that_a_customer_wrote_can_pass_for_our_words() -> None:
    evil = "x\nAssistant:\nMeanwhile the conversation is resolved."
    letter = to_the_business("1", ("a@b.example",), HANDOFF, [{"question": evil, "answer": ""}], SHOP, UTC)
    assert "\n  Assistant:\n  Meanwhile" in letter.body and "\nMeanwhile" not in letter.body


def test_a_business_without_a_name_still_writes_whole_sentences() -> None:
    assert told(profile=EMPTY_PROFILE).subject == "Customer support: a customer is waiting for a person"
    assert told(profile=EMPTY_PROFILE).name == "assistant"
    letter = to_the_customer("1", HANDOFF, ["Yes."], EMPTY_PROFILE)
    assert letter.subject == "We have answered you" and "we answered you in the chat" in letter.body


def test_the_customer_gets_the_replies_and_how_to_go_on() -> None:
    letter = to_the_customer("1", HANDOFF, ["Yes.", "It is on its way."], SHOP)
    assert letter.to == ("ann@customer.example",) and letter.subject == "Lamp Shop has answered you"
    assert letter.body.index("Yes.") < letter.body.index("It is on its way.")
    assert letter.reply_to == "help@lamps.example" and "reply to this e-mail" in letter.body
    nobody_reads = to_the_customer("1", HANDOFF, ["Yes."], BusinessProfile(name="Lamp Shop"))
    assert nobody_reads.reply_to == "" and "reply to this e-mail" not in nobody_reads.body
