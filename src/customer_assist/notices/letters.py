"""The e-mails that are sent, as texts. Subjects hold nothing that a customer wrote: they show on locked screens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from customer_assist.business import BusinessProfile
from customer_assist.mail_address import is_address
from customer_assist.model import HUMAN, Handoff, HandoffReason, HandoffStatus

_WHY = {
    HandoffReason.WISH: "The customer asked for a person.",
    HandoffReason.NOT_KNOWN: "Your texts do not answer the question, and the customer wanted a person.",
    HandoffReason.TOPIC: "It is about a topic that you want to answer yourselves",
    HandoffReason.ALTERNATIVES_FAILED: "Several answers did not help.",
}
_SINCE = {
    HandoffStatus.TAKEN: "Meanwhile somebody has taken the conversation.",
    HandoffStatus.RESOLVED: "Meanwhile the conversation is resolved.",
    HandoffStatus.WITHDRAWN: "Meanwhile the customer went back to the assistant.",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail without its sender."""

    id: str  # a UUID, the same at every attempt
    to: tuple[str, ...]
    subject: str
    body: str
    name: str = ""  # shown as the sender's
    reply_to: str = ""


def to_the_business(
    letter_id: str,
    to: tuple[str, ...],
    handoff: Handoff,
    transcript: Sequence[Mapping[str, object]],
    profile: BusinessProfile,
    zone: tzinfo,
) -> Letter:
    """That a customer waits, with what a person needs to answer."""
    parts = [
        f"Hello,\n\na customer is waiting for a person since {_moment(handoff.created_at, zone)}.",
        _why(handoff),
        _SINCE.get(handoff.status, ""),
        f"In short:\n{_indented(handoff.summary)}",
        "\n".join(["So far:", *_told(transcript)]) if transcript else "",
        _who(handoff),
    ]
    return Letter(
        letter_id,
        to,
        subject=f"{profile.name or 'Customer support'}: a customer is waiting for a person",
        body="\n\n".join(part for part in parts if part) + "\n",
        name=f"{profile.name} assistant".strip(),
        reply_to=_address(handoff.email),
    )


def to_the_customer(
    letter_id: str, handoff: Handoff, replies: Sequence[str], profile: BusinessProfile
) -> Letter:
    """What a person replied while the customer was gone."""
    mailbox = _address(profile.contact.email)
    onward = "You can go on in the chat where you left it"
    if mailbox:  # that somebody reads what comes to the sender's address, we do not know
        onward += ", or simply reply to this e-mail"
    parts = [
        f"Hello,\n\n{profile.name or 'we'} answered you in the chat while you were away:",
        "\n\n".join(_indented(reply) for reply in replies),
        f"{onward}.",
        f"Kind regards\n{profile.name}" if profile.name else "Kind regards",
    ]
    return Letter(
        letter_id,
        (handoff.email,),
        subject=f"{profile.name} has answered you" if profile.name else "We have answered you",
        body="\n\n".join(parts) + "\n",
        name=profile.name,
        reply_to=mailbox,
    )


def _why(handoff: Handoff) -> str:
    why = _WHY[handoff.reason]
    if handoff.reason is HandoffReason.TOPIC:
        return f"{why}: {handoff.detail}." if handoff.detail else f"{why}."
    return why


def _told(transcript: Sequence[Mapping[str, object]]) -> Iterator[str]:
    for turn in transcript:
        answering = "A colleague" if turn.get("answered_by") == HUMAN else "Assistant"
        for who, said in (("Customer", turn.get("question")), (answering, turn.get("answer"))):
            if said:
                yield f"{who}:\n{_indented(str(said))}"


def _who(handoff: Handoff) -> str:
    """Whom the reply goes to, and which ways there are."""
    who = f"The customer: {handoff.customer_ref}\n" if handoff.customer_ref else ""
    inbox = f"Reply in the inbox: handoff {handoff.id}."
    if _address(handoff.email):
        return f"{who}{inbox} A reply to this e-mail goes to the customer's own address, {handoff.email}."
    return f"{who}{inbox} The customer left no e-mail address."


def _address(text: str) -> str:
    return text if is_address(text) else ""


def _moment(at: datetime, zone: tzinfo) -> str:
    there = at.astimezone(zone)
    return f"{there:%H:%M} on {there.day} {there:%B %Y} ({there:%Z})"


def _indented(text: str) -> str:
    """So that nothing that a customer wrote can pass for our own words."""
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())
