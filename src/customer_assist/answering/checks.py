"""Whether an answer holds: all that a program can compare, compared with what the answer may rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from customer_assist.answering import moments
from customer_assist.answering.addresses import Addresses, host_of, is_one_phone
from customer_assist.answering.leaks import Told, leaked, told
from customer_assist.answering.moments import Moment
from customer_assist.answering.names import NamesKnown, known_names, unknown_names
from customer_assist.answering.polarity import Clause, contradicted, denies, read_clauses
from customer_assist.answering.promises import Promised, read_promises, unfounded
from customer_assist.answering.quantities import Known, Quantity
from customer_assist.answering.sources import Source
from customer_assist.answering.stated import Stated, is_misplaced, read_source, read_stated
from customer_assist.answering.strays import Explained, explained, strays
from customer_assist.model import CheckResult, Citation, DocumentId

PLACEHOLDERS, NUMBERS, DATES, LINKS, NAMES, PROMISES, NEGATIONS, INSTRUCTIONS, STRAYS, CITATIONS = (
    "placeholders", "numbers", "dates", "links", "names", "promises", "negations", "instructions", "strays",
    "citations",
)  # fmt: skip
_BRACES = re.compile(r"\{\{|\}\}")
_NOT_FILLED = re.compile(r"\{\{[^{}\n]{0,80}\}\}")
_TOKEN = re.compile(r"\[(?:card number|e-mail|phone number|IBAN|identity number) \d+\]")
_SHOWN = 160  # characters of a sentence that the detail of a check repeats


@dataclass(frozen=True, slots=True)
class Ground:
    """All that an answer may rest on, read once."""

    sources: tuple[Source, ...]
    stated: tuple[Stated, ...]
    quantities: Known
    moments: frozenset[str]
    addresses: Addresses
    hosts: frozenset[str]
    names: NamesKnown
    promised: Promised
    clauses: tuple[Clause, ...]
    asked_quantities: Known  # what the question names: an order's number, not how long something takes
    asked_moments: frozenset[str]
    tokens: frozenset[str]  # stand for the customer's masked data
    secret: Told  # the prompt's instructions
    explained: Explained


def lay_ground(
    sources: Sequence[Source],
    facts: Mapping[str, str],
    question: str,
    *,
    said: Mapping[str, str] | None = None,
    instructions: str = "",
    tokens: Iterable[str] = (),
    remember: bool = True,
) -> Ground:
    """`question` as the model saw it, with `tokens` in place of personal data; `said`: what the customer stated,
    with which the sources may be filled; `instructions`: the prompt's; `remember` what was read of the sources,
    which is not for those that hold a customer's words.

    Names and bare numbers may come from the sources, the facts, the question or `said`; what is measured, dates,
    promises, links, addresses and phone numbers not from the customer: what they type is no word of the business.
    """
    question = _TOKEN.sub(" ", question)
    pairs = [(source.title, source.text) for source in sources] + [("", fact) for fact in facts.values()]
    own = [text for pair in pairs for text in pair] + [source.url or "" for source in sources]
    stated = tuple(each for text in own for each in (read_source(text) if remember else _read(text)))
    asked = tuple(_read(question))
    heard = tuple(each for value in (said or {}).values() for each in _read(value))
    addresses = _addresses(stated, asked, heard)
    emails = {email.split("@")[1] for email in addresses.emails}
    return Ground(
        sources=tuple(sources),
        stated=tuple(each for each in stated if each.readings),
        quantities=_quantities(stated),
        moments=_moments(stated),
        addresses=addresses,
        hosts=frozenset({host_of(link) for link in addresses.links} | emails),
        names=known_names([*own, question, *(said or {}).values()]),
        promised=read_promises(pairs, question, remember=remember),
        clauses=tuple(
            clause for _, text in pairs for clause in (_clauses(text) if remember else read_clauses(text))
        ),
        asked_quantities=_quantities((*asked, *heard)),
        asked_moments=_moments(asked),
        tokens=frozenset(tokens),
        secret=told(instructions, (*own, question)),
        explained=explained(own, question),
    )


def _read(text: str) -> Iterator[Stated]:
    return read_stated(text, generous=True)


def _quantities(stated: Sequence[Stated]) -> Known:
    return Known(quantity for each in stated for quantity in each.claims.quantities)


def _moments(stated: Sequence[Stated]) -> frozenset[str]:
    return moments.known_moments([moment for each in stated for moment in each.claims.moments])


def _addresses(own: Sequence[Stated], asked: Sequence[Stated], heard: Sequence[Stated]) -> Addresses:
    """The business's; not those that a customer stated, with which a text may have been filled."""
    read = [each.claims.addresses for each in own]
    typed = [each.claims.addresses for each in heard]
    links, emails = ({a for each in typed for a in each.links}, {a for each in typed for a in each.emails})
    return Addresses(
        tuple(link for each in read for link in each.links if link not in links),
        tuple(email for each in read for email in each.emails if email not in emails),
        # What the mask left in the question is no phone number, however it looks: an order's, perhaps.
        tuple(
            phone for each in (*read, *(other.claims.addresses for other in asked)) for phone in each.phones
        ),
    )


@lru_cache(maxsize=2048)
def _clauses(text: str) -> tuple[Clause, ...]:
    return tuple(read_clauses(text))


def check_sentence(sentence: str, ground: Ground, before: str = "") -> list[CheckResult]:
    """The checks that one sentence fails; none is an empty list. The sentence has no citation markers.

    `before`: what the answer says up to it. A leak of the instructions may be cut over many sentences.
    """
    return [result for result in check_text(sentence, ground, before) if not result.passed]


def check_answer(text: str, citations: Sequence[Citation], ground: Ground) -> tuple[CheckResult, ...]:
    """Every check of a whole answer, passed or not."""
    texts = {source.document_id: source.text for source in ground.sources}
    return (*check_text(text, ground), _check_citations(citations, texts))


def check_text(text: str, ground: Ground, before: str = "") -> tuple[CheckResult, ...]:
    """Every check but that of the citations; each names all that fails it."""
    stated = tuple(read_stated(_NOT_FILLED.sub(" ", _TOKEN.sub(" ", text))))
    said = [each.claims.text for each in stated]  # without addresses
    leak = leaked(before + text, ground.secret)
    return (
        _result(PLACEHOLDERS, _open_placeholders(text, ground)),
        _result(NUMBERS, [found for each in stated for found in _wrong_quantities(each, ground)]),
        _result(DATES, [found for each in stated for found in _wrong_moments(each, ground)]),
        _result(
            LINKS, [found for each in stated for found in _unknown_addresses(each.claims.addresses, ground)]
        ),
        _result(NAMES, [found for sentence in said for found in unknown_names(sentence, ground.names)]),
        _result(PROMISES, [found for sentence in said for found in unfounded(sentence, ground.promised)]),
        _result(NEGATIONS, [found[:_SHOWN] for found in said if contradicted(found, ground.clauses)]),
        _result(INSTRUCTIONS, [leak] if leak else []),
        _result(STRAYS, [] if leak else strays(_TOKEN.sub(" ", text), ground.explained)),
    )


def _result(name: str, failures: Sequence[str]) -> CheckResult:
    return CheckResult(name, not failures, ", ".join(dict.fromkeys(failures)))


def _open_placeholders(text: str, ground: Ground) -> list[str]:
    return _BRACES.findall(text) + [token for token in _TOKEN.findall(text) if token not in ground.tokens]


def _wrong_quantities(stated: Stated, ground: Ground) -> list[str]:
    return [
        each.written
        for each in stated.claims.quantities
        if not _is_asked(each, stated, ground)
        and (not ground.quantities.holds(each) or is_misplaced(each.readings, stated, ground.stated))
    ]


def _is_asked(quantity: Quantity, stated: Stated, ground: Ground) -> bool:
    """A number of the customer's own; what it measures only where that is denied: "no, not after 45 days"."""
    if not quantity.readings or not ground.asked_quantities.holds(quantity):
        return False
    return all(unit in ("", "code") for _, unit in quantity.readings) or denies(stated.text)


def _wrong_moments(stated: Stated, ground: Ground) -> list[str]:
    return [
        each.written
        for each in stated.claims.moments
        if not (moments.holds(each, ground.asked_moments) and denies(stated.text))
        and (not moments.holds(each, ground.moments) or _is_misplaced(each, stated, ground))
    ]


def _is_misplaced(moment: Moment, stated: Stated, ground: Ground) -> bool:
    readings = frozenset((reading, reading.split()[0]) for reading in moment.readings)
    return is_misplaced(readings, stated, ground.stated)


def _unknown_addresses(said: Addresses, ground: Ground) -> list[str]:
    links = [link for link in said.links if link not in ground.addresses.links and link not in ground.hosts]
    emails = [email for email in said.emails if email not in ground.addresses.emails]
    known = ground.addresses.phones
    phones = [phone for phone in said.phones if not any(is_one_phone(phone, other) for other in known)]
    return links + emails + phones


def _check_citations(citations: Sequence[Citation], texts: Mapping[DocumentId, str]) -> CheckResult:
    if not citations:
        return CheckResult(CITATIONS, False, "no source is cited")
    wrong = [
        citation.title
        for citation in citations
        if not citation.quote or citation.quote not in texts.get(citation.document_id, "")
    ]
    return _result(CITATIONS, wrong)
