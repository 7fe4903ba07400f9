"""Whether an answer holds: each number, link and placeholder of it compared with what it may rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from customer_assist.answering.citing import Source
from customer_assist.answering.claims import Claims, Number, host_of, read_claims
from customer_assist.answering.leaks import Told, leaked, told
from customer_assist.answering.strays import Explained, explained, strays
from customer_assist.model import CheckResult, Citation

PLACEHOLDERS, NUMBERS, LINKS, INSTRUCTIONS, STRAYS, CITATIONS = (
    "placeholders", "numbers", "links", "instructions", "strays", "citations",
)  # fmt: skip
_BRACES = re.compile(r"\{\{|\}\}")
_TOKEN = re.compile(r"\[(?:card number|e-mail|phone number|IBAN) \d+\]")
_SHORTEST_PHONE = 6  # digits by which two ways of writing one number are recognised


@dataclass(frozen=True, slots=True)
class Ground:
    """All that an answer may rest on, read once."""

    sources: tuple[Source, ...]
    values: frozenset[str]
    measured: frozenset[tuple[str, str]]  # (value, unit)
    links: frozenset[str]
    hosts: frozenset[str]
    emails: frozenset[str]
    phones: frozenset[str]
    tokens: frozenset[str]  # stand for the customer's masked data
    secret: Told  # the prompt's instructions
    explained: Explained


def lay_ground(
    sources: Sequence[Source],
    facts: Mapping[str, str],
    question: str,
    *,
    instructions: str = "",
    tokens: Iterable[str] = (),
) -> Ground:
    """`question` as the model saw it, with `tokens` in place of personal data; `instructions`: the prompt's.

    Numbers may come from the sources, the facts or the question; links, addresses and phone numbers not from
    the question: what a customer types is no word of the business.
    """
    own = [text for source in sources for text in (source.title, source.text, source.url or "")]
    own += facts.values()
    known = [read_claims(text, generous=True) for text in own]
    asked = read_claims(_TOKEN.sub(" ", question), generous=True)
    numbers = [number for claims in (*known, asked) for number in claims.numbers]
    links = {link for claims in known for link in claims.links}
    emails = {email for claims in known for email in claims.emails}
    return Ground(
        sources=tuple(sources),
        values=frozenset(value for number in numbers for value in number.values),
        measured=frozenset((v, unit) for number in numbers for v in number.values for unit in number.units),
        links=frozenset(links),
        hosts=frozenset({host_of(link) for link in links} | {email.split("@")[1] for email in emails}),
        emails=frozenset(emails),
        # What the mask left in the question is no phone number, however it looks: an order's, perhaps.
        phones=frozenset(phone for claims in (*known, asked) for phone in claims.phones),
        tokens=frozenset(tokens),
        secret=told(instructions, (*own, question)),
        explained=explained(own, question),
    )


def check_sentence(sentence: str, ground: Ground, before: str = "") -> list[CheckResult]:
    """The checks that one sentence fails; none is an empty list. The sentence has no citation markers.

    `before`: what the answer says up to it. A leak of the instructions may be cut over many sentences.
    """
    return [result for result in _check_text(sentence, ground, before) if not result.passed]


def check_answer(text: str, citations: Sequence[Citation], ground: Ground) -> tuple[CheckResult, ...]:
    """Every check of a whole answer, passed or not."""
    return (*_check_text(text, ground), _check_citations(citations, ground))


def _check_text(text: str, ground: Ground, before: str = "") -> tuple[CheckResult, ...]:
    claims = read_claims(_TOKEN.sub(" ", text))
    leak = leaked(before + text, ground.secret)
    return (
        _result(PLACEHOLDERS, _open_placeholders(text, ground)),
        _result(NUMBERS, [number.written for number in claims.numbers if not _is_known(number, ground)]),
        _result(LINKS, _unknown_addresses(claims, ground)),
        _result(INSTRUCTIONS, [leak] if leak else []),
        _result(STRAYS, [] if leak else strays(_TOKEN.sub(" ", text), ground.explained)),
    )


def _result(name: str, failures: Sequence[str]) -> CheckResult:
    return CheckResult(name, not failures, ", ".join(dict.fromkeys(failures)))


def _open_placeholders(text: str, ground: Ground) -> list[str]:
    return _BRACES.findall(text) + [token for token in _TOKEN.findall(text) if token not in ground.tokens]


def _is_known(number: Number, ground: Ground) -> bool:
    if not number.units:
        return all(value in ground.values for value in number.values)
    return all((value, unit) in ground.measured for value in number.values for unit in number.units)


def _unknown_addresses(claims: Claims, ground: Ground) -> list[str]:
    links = [link for link in claims.links if link not in ground.links and link not in ground.hosts]
    emails = [email for email in claims.emails if email not in ground.emails]
    phones = [phone for phone in claims.phones if not _is_known_phone(phone, ground)]
    return links + emails + phones


def _is_known_phone(phone: str, ground: Ground) -> bool:
    """One number with or without its country's code is the same number."""
    return any(
        len(shorter) >= _SHORTEST_PHONE and longer.endswith(shorter)
        for known in ground.phones
        for shorter, longer in ((phone, known), (known, phone))
    )


def _check_citations(citations: Sequence[Citation], ground: Ground) -> CheckResult:
    if not citations:
        return CheckResult(CITATIONS, False, "no source is cited")
    texts = {source.document_id: source.text for source in ground.sources}
    wrong = [
        citation.title
        for citation in citations
        if not citation.quote or citation.quote not in texts.get(citation.document_id, "")
    ]
    return _result(CITATIONS, wrong)
