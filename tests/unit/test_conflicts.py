"""Documents that contradict each other: found where they are of one thing, and not where they only look so."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from bench.contradictions import AGAINST, in_shop, is_planted

from customer_assist.insights.conflicts import Conflicts, find_conflicts, may_be_alike
from customer_assist.insights.statements import Kind
from customer_assist.llm.minilm import MiniLM
from customer_assist.model import Document, DocumentId
from customer_assist.text.words import content_words

# Look alike, and do not contradict each other.
NEAR = (
    ("Standard delivery costs €4.90.", "Express delivery costs €8.90."),
    ("Standard delivery costs €4.90.", "Standard delivery is free from €45."),
    ("The kettle has a 2-year warranty.", "The kettle has a warranty of 24 months."),
    ("The scale runs for 30 hours with a full battery.", "The scale charges in about 2 hours."),
    ("We ship to Norway.", "We do not ship furniture to forwarders in Norway."),
)
APART = (
    (Kind.TIME, "You can return an item within 30 days.", "You can return an item within 20 days."),
    (Kind.MONEY, "Standard delivery costs €4.90.", "Standard delivery costs €5.50."),
    (Kind.SHARE, "Students get 10% off all coffee.", "Students get 15% off all coffee."),
    (Kind.HOURS, "The counter opens at 10:00.", "The counter opens at 9:00."),
    (Kind.DAYS, "The counter is open Monday to Friday.", "The counter is open Tuesday to Saturday."),
    (Kind.DATE, "The offer for beans ends on 4 July.", "The offer for beans ends on 14 July."),
    (Kind.PHONE, "Call our repair line on +353 91 555 0142.", "Call our repair line on +353 91 555 0199."),
    (Kind.COUNT, "You can order up to six samples of beans.", "You can order up to ten samples of beans."),
    (Kind.YES_OR_NO, "We ship to Norway.", "We do not ship to Norway."),
)


def of(*texts: str, embedder: MiniLM | None = None) -> Conflicts:
    documents = [Document(DocumentId(f"d{n}"), "s", "Good to know", (), text) for n, text in enumerate(texts)]
    return find_conflicts(documents, {}, embedder)


@pytest.mark.parametrize(("kind", "one", "other"), APART, ids=[kind.name for kind, _, _ in APART])
def test_two_values_of_one_kind_for_one_thing_contradict_each_other(
    embedder: MiniLM, kind: Kind, one: str, other: str
) -> None:
    [found] = of(one, other, embedder=embedder).conflicts
    assert found.kind is kind and {found.one.text, found.other.text} == {one, other}


@pytest.mark.parametrize(("one", "other"), NEAR)
def test_what_only_looks_alike_does_not(embedder: MiniLM, one: str, other: str) -> None:
    assert of(one, other, embedder=embedder).conflicts == ()


def test_the_same_value_agrees(embedder: MiniLM) -> None:
    for _, one, _ in APART:
        assert of(one, one.replace("You can", "Customers can"), embedder=embedder).conflicts == ()


def test_a_condition_is_no_statement(embedder: MiniLM) -> None:
    apart = "If you return an item within 20 days, we thank you.", "You can return an item within 30 days."
    assert of(*apart, embedder=embedder).conflicts == ()


def test_the_steps_of_two_procedures_are_not_compared(embedder: MiniLM) -> None:
    assert (
        of(
            "1. Hold the button for 5 seconds.", "1. Hold the button for 10 seconds.", embedder=embedder
        ).conflicts
        == ()
    )


def test_one_document_is_not_held_against_itself(embedder: MiniLM) -> None:
    assert (
        of("Standard delivery costs €4.90. Standard delivery costs €5.50.", embedder=embedder).conflicts == ()
    )


def test_answers_to_one_question_are_other_wordings_and_not_compared(embedder: MiniLM) -> None:
    documents = [
        Document(
            DocumentId(str(n)), "s", "", (), f"You can return an item within {n} days.", {"intent": "return"}
        )
        for n in (20, 30)
    ]
    assert find_conflicts(documents, {}, embedder).conflicts == ()


def test_a_placeholder_stands_for_the_businesss_value(embedder: MiniLM) -> None:
    documents = [
        Document(DocumentId("a"), "s", "Opening", (), "The counter is open {{Store Hours}}."),
        Document(DocumentId("b"), "s", "Opening", (), "The counter is open Monday to Friday."),
    ]
    [found] = find_conflicts(documents, {"Store Hours": "Tuesday to Saturday"}, embedder).conflicts
    assert found.one.values == ("Tuesday to Saturday",)


def test_without_an_embedding_model_words_decide() -> None:
    filler = [
        f"We also sell {thing} made of steel." for thing in ("spoons", "jugs", "scoops", "brushes", "tins")
    ]
    [found] = of(APART[0][1], APART[0][2], *filler).conflicts
    assert found.kind is Kind.TIME


def test_documents_that_say_nearly_the_same_are_duplicates() -> None:
    text = (
        "Our workshop repairs grinders, kettles and scales after their warranty for a modest inspection fee. "
        "Bring broken appliances along, or post them wrapped carefully inside strong cardboard."
    )
    one, other = text, text.replace("modest", "small")
    [pair] = of(one, other, "Coffee is roasted twice weekly in Galway.").duplicates
    assert (pair.one, pair.other) == ("d0", "d1") and pair.alike < 1
    assert of(one, one).duplicates[0].alike == 1.0


def test_each_is_named_with_the_earlier_one_that_is_most_alike_though_few_are_compared() -> None:
    random, words = Random(4), [f"{first}{second}word" for first in "bcdfghkl" for second in "aeiou"]
    texts = [" ".join(random.sample(words, random.randint(4, 12))) for _ in range(40)]
    texts += [" ".join(random.sample(text.split(), len(text.split()) - 1)) for text in texts]
    texts += [f"{text} {random.choice(words)}" for text in texts]
    texts = list(dict.fromkeys(texts))
    stems = {f"d{number}": content_words(text) for number, text in enumerate(texts)}
    most: dict[str, float] = {}
    for one, other in combinations(sorted(stems), 2):
        alike = len(stems[one] & stems[other]) / len(stems[one] | stems[other])
        if alike >= 0.8:
            most[other] = max(most.get(other, 0.0), round(alike, 3))
    found = of(*texts).duplicates
    assert {pair.other: pair.alike for pair in found} == most
    assert len(found) == len(most) > 50


def test_few_of_all_pairs_are_compared() -> None:
    """Or ten thousand articles, which all share the common words, would take an hour."""
    random = Random(1)
    common, rare = [f"usual{n}" for n in range(40)], [f"rare{n}" for n in range(20_000)]
    words = [frozenset([*random.sample(common, 20), *random.sample(rare, 20)]) for _ in range(500)]
    assert len(list(may_be_alike([*words, words[7]]))) < 500 * 499 / 2 / 20


def test_all_five_planted_articles_are_found_in_the_sample_shop(embedder: MiniLM) -> None:
    found = in_shop(embedder).conflicts
    assert {is_planted(each, AGAINST) for each in found} - {""} == set(AGAINST)
    assert sum(not is_planted(each, AGAINST) for each in found) <= 2


def test_the_sample_shop_alone_agrees_with_itself(embedder: MiniLM) -> None:
    assert len(in_shop(embedder, planted=False).conflicts) <= 2
