"""Markers in the model's text become citations that quote their source."""

from __future__ import annotations

import pytest

from customer_assist.answering.citing import (
    LONGEST_SOURCE,
    MOST_SOURCES,
    MarkerReader,
    Source,
    cite,
    read_sources,
)
from customer_assist.model import Citation, Document, DocumentId, Hit, Passage, PassageId, PassageKind, Score

RETURNS = "You can return an item within 30 days of delivery. Coffee must be unopened."
REFUNDS = "Refunds reach your card in 3 to 5 working days. PayPal takes one day."
SOURCES = (
    Source(1, DocumentId("returns"), "Returns", RETURNS, "https://shop.example/returns"),
    Source(2, DocumentId("refunds"), "Refunds", REFUNDS),
)


def hit(name: str, text: str, rank: int = 1) -> Hit:
    document = Document(DocumentId(name), "faq.csv", name.title(), (), text)
    passage = Passage(PassageId(f"{name}-1"), document.id, PassageKind.TEXT, text[:200])
    return Hit(document, passage, rank, Score(1.0, "test"))


def read(written: str, size: int = 1) -> tuple[str, MarkerReader]:
    reader = MarkerReader()
    pieces = [reader.feed(written[start : start + size]) for start in range(0, len(written), size)]
    return "".join([*pieces, reader.flush()]), reader


def cited(written: str) -> tuple[Citation, ...]:
    text, reader = read(written)
    return cite(text, reader.markers, SOURCES)


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("written", "text", "numbers"),
    [
        ("Within 30 days [1].", "Within 30 days.", [1]),
        ("Within 30 days. [1] Not later.", "Within 30 days. Not later.", [1]),
        ("Within 30 days.[1][2] Not later.", "Within 30 days. Not later.", [1, 2]),
        ("Within 30 days [1, 2].", "Within 30 days.", [1, 2]),
        ("Within 30 days [1], [3].", "Within 30 days.", [1, 3]),
        ("Within [1-3] 30 days", "Within 30 days", [1, 2, 3]),
        ("Within 30 days ([2]).", "Within 30 days.", [2]),
        ("Within 30 days 【1†source】.", "Within 30 days.", [1]),
        ("Within 30 days [Source 2].", "Within 30 days.", [2]),
        (
            "Write to [e-mail 1] or [us](https://a.example).",
            "Write to [e-mail 1] or [us](https://a.example).",
            [],
        ),
        ("An open [1", "An open [1", []),
    ],
)
def test_markers_leave_the_text_clean_whatever_pieces_it_comes_in(
    written: str, text: str, numbers: list[int], size: int
) -> None:
    clean, reader = read(written, size)
    assert clean == text == reader.text
    assert [marker.number for marker in reader.markers] == numbers


def test_a_citation_quotes_the_sentence_that_says_it() -> None:
    assert cited("Your card is refunded after 3 to 5 working days [2].") == (
        Citation(DocumentId("refunds"), "Refunds", "Refunds reach your card in 3 to 5 working days."),
    )


def test_a_marker_behind_the_full_stop_belongs_to_the_sentence_before() -> None:
    (citation,) = cited("Coffee must be unopened. [1] Anything else is fine.")
    assert citation.quote == "Coffee must be unopened."
    assert citation.url == "https://shop.example/returns"


def test_citations_come_in_the_order_of_mention_and_once_per_document() -> None:
    citations = cited(
        "Refunds take 3 to 5 working days [2]. Return it within 30 days [1]. PayPal takes one day [2]."
    )
    assert [citation.document_id for citation in citations] == ["refunds", "returns"]


def test_a_number_that_no_source_has_is_dropped() -> None:
    assert [c.document_id for c in cited("Return it within 30 days of delivery [1][7].")] == ["returns"]


def test_a_marker_behind_something_its_source_does_not_speak_of_is_dropped() -> None:
    assert cited("Your parcel flies to the moon with a pigeon [1].") == ()


def test_an_answer_in_another_language_keeps_its_marker() -> None:
    (citation,) = cited("Rückgabe möglich binnen eines Monats [1].")
    assert citation.quote in RETURNS


def test_an_answer_without_markers_is_cited_where_it_clearly_stands_in_a_source() -> None:
    (citation,) = cited("You can return any item within 30 days of its delivery.")
    assert citation.quote == "You can return an item within 30 days of delivery."


def test_an_answer_without_markers_that_stands_nowhere_has_no_citation() -> None:
    assert cited("Our founders love mountains, rivers and old bicycles.") == ()


def test_sources_are_filled_bounded_and_without_gaps_in_their_numbers() -> None:
    hits = [
        hit("phone", "Call {{Customer Support Phone Number}}."),
        hit("empty", "", 2),
        hit("long", "This sentence says nothing much. " * 200, 3),
        *(hit(f"more-{n}", f"Text number {n}.", n) for n in range(4, 10)),
    ]
    sources = read_sources(hits, {"Customer Support Phone Number": "+353 91 555 0142"})
    assert [source.number for source in sources] == list(range(1, MOST_SOURCES + 1))
    assert sources[0].text == "Call +353 91 555 0142."
    assert sources[1].document_id == "long" and len(sources[1].text) <= LONGEST_SOURCE
    assert sources[1].text.endswith("much.")
