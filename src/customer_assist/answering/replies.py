"""What the assistant says of itself: that it is one, and that it does not know."""

from __future__ import annotations

from collections.abc import Sequence

from customer_assist.business import BusinessProfile


def greeting(profile: BusinessProfile) -> str:
    """The first words of every conversation; they say that no person is speaking."""
    of = f" of {profile.name}" if profile.name else ""
    return (
        f"Hello, I am the automated assistant{of}, not a person. "
        "Ask me anything about your order, our products or our service."
    )


def abstention(profile: BusinessProfile) -> str:
    """That nothing in the knowledge answers, and how to reach a human."""
    ways = _ways(profile)
    person = f"A person can help you: {ways}." if ways else "A person on our team can help you with this."
    return f"I could not find an answer to that in what I know, and I would rather not guess. {person}"


def unreachable(profile: BusinessProfile) -> str:
    """That no person could be told, and how to reach one."""
    ways = _ways(profile)
    person = f"Please {ways}." if ways else "Please try again in a few minutes."
    return f"I could not pass this on to a person just now. {person}"


def asking_back(topics: Sequence[str]) -> str:
    """Which of at least two topics is meant."""
    quoted = [f"“{topic}”" for topic in topics]
    return (
        f"I am not sure what you need. Is it {', '.join(quoted[:-1])} or {quoted[-1]}? "
        "Choose one, or tell me more in other words."
    )


def asking_which(things: Sequence[str]) -> str:
    """Which of at least two things is meant; there may be more of them."""
    return f"Which one do you mean: {', '.join(things)}, or another one?"


def _ways(profile: BusinessProfile) -> str:
    contact = profile.contact
    ways = []
    if contact.email:
        ways.append(f"write to {contact.email}")
    if contact.phone:
        ways.append(f"call {contact.phone}" + (f", {contact.hours}" if contact.hours else ""))
    return " or ".join(ways)
