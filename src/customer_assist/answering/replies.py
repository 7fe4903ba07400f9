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
    """That nothing in the knowledge answers, the offer of a person, and how else to reach one."""
    return (
        f"I could not find an answer to that in what I know, and I would rather not guess. {person(profile)}"
    )


def person(profile: BusinessProfile) -> str:
    """The offer of one, and how else to reach one."""
    ways = profile.contact.ways()
    return "A person can help you: shall I pass this on to our team?" + (
        f" You can also {ways}." if ways else ""
    )


def unreachable(profile: BusinessProfile) -> str:
    """That no person could be told, and how to reach one."""
    ways = profile.contact.ways()
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
