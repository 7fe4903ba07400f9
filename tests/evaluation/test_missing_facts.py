"""Which facts texts want and a profile lacks."""

from __future__ import annotations

from customer_assist.business import FILLS, BusinessProfile
from customer_assist.evaluation.missing_facts import MissingFact, missing_facts, places
from stand_ins import make_document

DOCUMENTS = [
    make_document("a", text="Call {{Customer Support Phone Number}}. Your balance is {{Balance}}."),
    make_document("b", text="Call us at {{customer_support_phone_number}}. Order {{Order Number}} is here."),
    make_document(
        "c", text="Email {{Customer Support Email}}. Dear {{Customer Name}}, your balance is {{Balance}}."
    ),
    make_document("d", text="Call {{Customer Support Phone Number}}, or not."),
    make_document("e", text="It takes {{Date Range}} business days."),
    make_document("f", text="Nothing is wanted here."),
]


def test_the_most_wanted_facts_come_first_with_their_keys_and_what_is_lost() -> None:
    found = missing_facts(DOCUMENTS, {})
    assert found.of_business == (
        MissingFact("Customer Support Phone Number", 3, 2, "contact.phone"),  # "Call us." alone says nothing
        MissingFact("Balance", 2, 2, 'facts."Balance"'),
        MissingFact("Customer Support Email", 1, 1, "contact.email"),
        MissingFact("Date Range", 1, 1, 'facts."Date Range"'),
    )


def test_what_only_customers_can_give_is_told_apart() -> None:
    assert missing_facts(DOCUMENTS, {}).of_customers == (("Customer Name", 1), ("Order Number", 1))


def test_a_fact_that_is_given_is_not_missing() -> None:
    facts = {"Customer Support Phone Number": "+44", "Balance": "5"}
    names = [fact.name for fact in missing_facts(DOCUMENTS, facts).of_business]
    assert names == ["Customer Support Email", "Date Range"]


def test_texts_that_are_the_same_count_each() -> None:
    twice = [DOCUMENTS[0], make_document("z", text=DOCUMENTS[0].text)]
    assert [(fact.documents, fact.sentences_lost) for fact in missing_facts(twice, {}).of_business] == [
        (2, 2),
        (2, 2),
    ]


def test_the_key_that_is_named_is_one_that_fills_the_name() -> None:
    for key, names in FILLS.items():
        table, _, name = key.rpartition(".")
        profile = BusinessProfile.model_validate({table: {name: "x"}} if table else {name: "x"})
        assert profile.placeholders() == dict.fromkeys(names, "x"), key


def test_each_place_is_a_sentence_of_a_document_and_says_whether_it_is_left_out() -> None:
    wanted = missing_facts(DOCUMENTS, {}).of_business
    found = places(wanted, DOCUMENTS, {}, 10)
    assert set(found) == {fact.name for fact in wanted}
    balance = [(place.document.id, place.sentence, place.lost) for place in found["Balance"]]
    assert [each[0] for each in balance] == ["a", "c"] and all(lost for *_, lost in balance)
    assert "balance" in balance[0][1]
    phone = found["Customer Support Phone Number"]
    assert [place.document.id for place in phone] == ["a", "b", "d"]
    assert [place.sentence for place in phone if not place.lost] == [
        "Call {{Customer Support Phone Number}}, or not."
    ]


def test_no_more_places_are_named_than_are_wanted_and_none_of_what_is_known() -> None:
    wanted = missing_facts(DOCUMENTS, {}).of_business
    found = places(wanted, DOCUMENTS, {"Balance": "5"}, 1)
    assert found["Balance"] == [] and len(found["Customer Support Phone Number"]) == 1
