"""Whether an answer holds: all that can be compared by a program, compared with what the answer may rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from customer_assist.answering import moments
from customer_assist.answering.claims import Addresses, Claims, host_of, is_one_phone, read_claims
from customer_assist.answering.names import NamesKnown, known_names, unknown_names
from customer_assist.answering.polarity import Clause, contradicted, denies, read_clauses
from customer_assist.answering.promises import Promised, read_promises, unfounded
from customer_assist.answering.quantities import Known, Quantity
from customer_assist.answering.sources import Source
from customer_assist.model import CheckResult, Citation, DocumentId
from customer_assist.text.sentences import sentences

PLACEHOLDERS, NUMBERS, DATES, LINKS, NAMES, PROMISES, NEGATIONS, INSTRUCTIONS, CITATIONS = (
    "placeholders", "numbers", "dates", "links", "names", "promises", "negations", "instructions", "citations",
)  # fmt: skip
_RUN = 8  # words in a row that nobody writes twice by chance
_BRACES = re.compile(r"\{\{|\}\}")
_NOT_FILLED = re.compile(r"\{\{[^{}\n]{0,80}\}\}")
_TOKEN = re.compile(r"\[(?:card number|e-mail|phone number|IBAN|identity number) \d+\]")
_SHOWN = 160  # characters of a sentence that the detail of a check repeats


@dataclass(frozen=True, slots=True)
class Ground:
    """All that an answer may rest on, read once."""

    sources: tuple[Source, ...]
    quantities: Known
    asked: Known  # what the question names: an order's number, not how long something takes
    moments: frozenset[str]
    asked_moments: frozenset[str]
    addresses: Addresses
    hosts: frozenset[str]
    names: NamesKnown
    promised: Promised
    clauses: tuple[Clause, ...]
    tokens: frozenset[str]  # stand for the customer's masked data
    instruction_runs: frozenset[tuple[str, ...]]


def lay_ground(
    sources: Sequence[Source],
    facts: Mapping[str, str],
    question: str,
    *,
    said: Mapping[str, str] | None = None,
    instructions: str = "",
    tokens: Iterable[str] = (),
) -> Ground:
    """`question` as the model saw it, with `tokens` in place of personal data; `said`: what the customer stated,
    with which the sources may be filled; `instructions`: the prompt's.

    Names and bare numbers may come from the sources, the facts, the question or `said`; what is measured, dates,
    promises, links, addresses and phone numbers not from the customer: what they type is no word of the business.
    """
    own = [text for source in sources for text in (source.title, source.text, source.url or "")]
    own += facts.values()
    question = _TOKEN.sub(" ", question)
    stated = list((said or {}).values())
    asked = [question, *stated]
    known = [_read(text) for text in own]
    heard = [_read(text) for text in asked]
    foreign = [_read(text).claims.addresses for text in stated]
    links = _without(
        [link for read in known for link in read.claims.addresses.links],
        [link for address in foreign for link in address.links],
    )
    emails = _without(
        [email for read in known for email in read.claims.addresses.emails],
        [email for address in foreign for email in address.emails],
    )
    # What the mask left in the question is no phone number, however it looks: an order's, perhaps.
    phones = tuple(phone for read in (*known, *heard) for phone in read.claims.addresses.phones)
    runs = _runs(instructions).difference(*(_runs(text) for text in own)) if instructions else set()
    told = [(source.title, source.text) for source in sources] + [("", fact) for fact in facts.values()]
    return Ground(
        sources=tuple(sources),
        quantities=Known(quantity for read in known for quantity in read.claims.quantities),
        asked=Known(quantity for read in heard for quantity in read.claims.quantities),
        moments=moments.known_moments([moment for read in known for moment in read.claims.moments]),
        asked_moments=moments.known_moments([moment for read in heard for moment in read.claims.moments]),
        addresses=Addresses(links, emails, phones),
        hosts=frozenset({host_of(link) for link in links} | {email.split("@")[1] for email in emails}),
        names=known_names([*own, *asked]),
        promised=read_promises(told, question),
        clauses=tuple(clause for _, text in told for clause in _read(text).clauses),
        tokens=frozenset(tokens),
        instruction_runs=frozenset(runs),
    )


def _without(own: Iterable[str], foreign: Sequence[str]) -> tuple[str, ...]:
    return tuple(each for each in own if each not in foreign)


@dataclass(frozen=True, slots=True)
class _ReadText:
    claims: Claims
    clauses: tuple[Clause, ...]


@lru_cache(maxsize=2048)
def _read(text: str) -> _ReadText:
    """A source is read once, however many answers rest on it."""
    return _ReadText(read_claims(text, generous=True), tuple(read_clauses(text)))


def check_sentence(sentence: str, ground: Ground) -> list[CheckResult]:
    """The checks that one sentence fails; none is an empty list. The sentence has no citation markers."""
    return [result for result in check_text(sentence, ground) if not result.passed]


def check_answer(text: str, citations: Sequence[Citation], ground: Ground) -> tuple[CheckResult, ...]:
    """Every check of a whole answer, passed or not."""
    texts = {source.document_id: source.text for source in ground.sources}
    return (*check_text(text, ground), check_citations(citations, texts))


def check_text(text: str, ground: Ground) -> tuple[CheckResult, ...]:
    """Every check but that of the citations; each names all that fails it."""
    claims = read_claims(_NOT_FILLED.sub(" ", _TOKEN.sub(" ", text)))
    return (
        _result(PLACEHOLDERS, _open_placeholders(text, ground)),
        _result(
            NUMBERS, [each.written for each in claims.quantities if not _is_known(each, claims.text, ground)]
        ),
        _result(DATES, _unknown_moments(claims, ground)),
        _result(LINKS, _unknown_addresses(claims.addresses, ground)),
        _result(NAMES, unknown_names(claims.text, ground.names)),
        _result(PROMISES, unfounded(claims.text, ground.promised)),
        _result(NEGATIONS, _contradictions(claims.text, ground)),
        _result(INSTRUCTIONS, [" ".join(run) for run in list(_runs(text) & ground.instruction_runs)[:1]]),
    )


def check_citations(citations: Sequence[Citation], texts: Mapping[DocumentId, str]) -> CheckResult:
    """There is one, and each quotes literally the text of its document as it was shown."""
    if not citations:
        return CheckResult(CITATIONS, False, "no source is cited")
    wrong = [
        citation.title
        for citation in citations
        if not citation.quote or citation.quote not in texts.get(citation.document_id, "")
    ]
    return _result(CITATIONS, wrong)


def _result(name: str, failures: Sequence[str]) -> CheckResult:
    return CheckResult(name, not failures, ", ".join(dict.fromkeys(failures)))


def _open_placeholders(text: str, ground: Ground) -> list[str]:
    return _BRACES.findall(text) + [token for token in _TOKEN.findall(text) if token not in ground.tokens]


def _is_known(quantity: Quantity, text: str, ground: Ground) -> bool:
    if ground.quantities.holds(quantity):
        return True
    if not quantity.readings or not ground.asked.holds(quantity):
        return False
    bare = all(unit in ("", "code") for _, unit in quantity.readings)
    return bare or _is_denied(quantity.written, text)


def _unknown_moments(claims: Claims, ground: Ground) -> list[str]:
    return [
        each.written
        for each in claims.moments
        if not moments.holds(each, ground.moments)
        and not (moments.holds(each, ground.asked_moments) and _is_denied(each.written, claims.text))
    ]


def _is_denied(written: str, text: str) -> bool:
    """ "No, we are not there 24/7" repeats what the customer asked, to deny it."""
    return all(denies(sentence) for sentence in sentences(text) if written in sentence)


def _unknown_addresses(said: Addresses, ground: Ground) -> list[str]:
    links = [link for link in said.links if link not in ground.addresses.links and link not in ground.hosts]
    emails = [email for email in said.emails if email not in ground.addresses.emails]
    known = ground.addresses.phones
    phones = [phone for phone in said.phones if not any(is_one_phone(phone, other) for other in known)]
    return links + emails + phones


def _contradictions(text: str, ground: Ground) -> list[str]:
    return [s[:_SHOWN] for s in sentences(text) if contradicted(s, ground.clauses)]


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)}
