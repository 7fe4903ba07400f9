import re
from time import perf_counter

import pytest

from customer_assist.text.entities import Entity, find
from customer_assist.text.said import heard, said


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("where is order 00481516?", "00481516"),
        ("Cancel my purchase #777123 please", "777123"),
        ("Order number is 90210-7, thanks.", "90210-7"),
        ("my order no. ORD-2024-0081 is late", "ORD-2024-0081"),
        ("ORD-2024-0081 is late", "ORD-2024-0081"),
        ("what about #12345?", "12345"),
    ],
)
def test_an_order_number_is_recognised_where_it_is_named(question: str, number: str) -> None:
    assert said(question) == {"Order Number": number}


@pytest.mark.parametrize(
    "question",
    [
        "what is the status of order {{order number}}?",
        "what is the status of order {{12345}}?",
        "{{my order 12345}}",
        "I want to order 250 items",
        "can I order 500 kg of beans",
        "I ordered 3 bags in 2024",
        "I made a purchase of 120 euros",
        "my last order 2023 was fine",
        "call me on 0171 445566",
        "Where is my order?",
        "",
    ],
)
def test_no_other_number_is_an_order(question: str) -> None:
    assert "Order Number" not in said(question)


def test_invoices_and_parcels_have_numbers_of_their_own() -> None:
    assert said("send me invoice #37777") == {"Invoice Number": "37777"}
    assert said("tracking number RB123456785IE says lost") == {"Tracking Number": "RB123456785IE"}
    assert said("invoice 4711 for order 8150") == {"Invoice Number": "4711", "Order Number": "8150"}


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("cancel purhcase 00481516", {"Order Number": "00481516"}),
        ("where is odrer #00481516", {"Order Number": "00481516"}),
        ("please find my inovice 481516", {"Invoice Number": "481516"}),
        ("show the bil #481", {"Invoice Number": "481"}),
        ("do you shpi to Galway", {"Delivery City": "Galway"}),
        ("my compesation of 40 euro", {"Refund Amount": "40", "Currency Symbol": "€"}),
        ("close my gold acount", {"Account Type": "gold"}),
    ],
)
def test_a_slip_of_the_finger_is_forgiven(question: str, values: dict[str, str]) -> None:
    assert said(question) == values


@pytest.mark.parametrize(
    "question",
    [
        "ticket #48151623 please",
        "my ticket number is #48151623",
        "I purchased 48151623 of your bolts",
        "shop to Galway",
        "order 4815.evil.example",
        "order 48151623@evil.example",
        "order 4815/../admin",
        "order #<b>48151623</b>",
        "my name is <b>Mara</b>",
        "my name is [Mara](https://evil.example)",
        "my name is Mara.example",
        "do you ship to Evil.example",
        "invoice from Vodafone",
        "deliver to DHL shop",
        "please ship it to us",
        "refund of $14999999",
        "order " + "9" * 3000,
    ],
)
def test_a_doubtful_value_is_none(question: str) -> None:
    assert said(question) == {}


def test_a_name_is_taken_where_it_is_given() -> None:
    assert said("my name is Mara van Houten") == {
        "Customer Name": "Mara van Houten",
        "Customer First Name": "Mara",
        "First Name": "Mara",
        "Customer Last Name": "van Houten",
        "Last Name": "van Houten",
    }
    assert said("check the bills from Ms. Okafor") == {
        "Person Name": "Ms. Okafor",
        "Salutation": "Ms.",
        "Client Last Name": "Okafor",
    }
    assert said("the bill from mr okafor please")["Person Name"] == "Mr. Okafor"
    assert said("the bill from Ann Okafor Please send it")["Person Name"] == "Ann Okafor"
    assert said("Mara Houten is my neighbour") == {}


def test_a_place_is_taken_where_something_is_to_go_there() -> None:
    assert said("do you ship to Galway?") == {"Delivery City": "Galway"}
    assert said("do you deliver to the netherlands?") == {"Delivery Country": "the Netherlands"}
    assert said("ship it to Galway, Ireland") == {"Delivery City": "Galway", "Delivery Country": "Ireland"}
    assert said("can I order from Canada?") == {"Delivery Country": "Canada"}
    assert said("do you ship to L'Aquila?") == {"Delivery City": "L'Aquila"}
    assert said("where is my order from Canada?") == {}
    assert said("Galway is lovely, can you ship on Monday?") == {}
    assert said("do you ship to Galway or Cork?") == {}


def test_a_date_fills_only_what_it_is_the_date_of() -> None:
    assert said("I ordered a lamp on 3 March") == {"Order Date": "3 March"}
    assert said("the invoices from May") == {"Month": "May"}
    assert said("the invoices between 3 March and 10 March") == {"Date Range": "3 March to 10 March"}
    question = "my order should be here by 3 March"
    assert [entity.name for entity in find(question)] == ["Date"] and said(question) == {}


def test_an_amount_needs_a_currency_and_a_refund() -> None:
    assert said("where is my refund of 40 euro") == {"Refund Amount": "40", "Currency Symbol": "€"}
    assert said("I paid $19.99 and want my money back") == {"Refund Amount": "19.99", "Currency Symbol": "$"}
    assert said("a bag for 12 euro") == {}
    assert said("refund of $1,499.00, please") == {"Refund Amount": "1,499.00", "Currency Symbol": "$"}
    assert said("refund of 40") == {}


def test_an_account_type_is_taken_where_only_one_is_named() -> None:
    assert said("close my premium account") == {"Account Type": "premium"}
    assert said("from my free account to a gold account") == {}


def test_of_two_orders_neither_counts() -> None:
    assert said("order 11111 and order 22222") == said("orders 11111 and 22222") == {}
    assert said("order 11111, I repeat, order 11111") == {"Order Number": "11111"}


def test_a_correction_counts_and_what_is_denied_does_not() -> None:
    assert said("order 11111, sorry, I meant 11112") == {"Order Number": "11112"}
    assert said("not order 11111 but order 22222") == {"Order Number": "22222"}


def test_what_was_stated_last_in_a_conversation_counts() -> None:
    assert heard(["where is order 11111?", "thanks", "cancel order 22222"]) == {"Order Number": "22222"}
    assert heard(["where is order 11111?", "sorry, I meant 11112"]) == {"Order Number": "11112"}
    assert heard(["where is order 11111?", "my phone, sorry, is 0171445566"]) == {"Order Number": "11111"}
    assert heard(["where is order 11111?", "now orders 22222 and 33333"]) == {}
    assert heard(["where is order 11111?", "can I cancel my other order too?"]) == {}


def test_what_belongs_together_is_replaced_together() -> None:
    assert heard(["the bill from Mr. Okafor", "no, the bill from Ann Lee"]) == {
        "Person Name": "Ann Lee",
        "Client First Name": "Ann",
        "Client Last Name": "Lee",
    }
    assert heard(["ship to Galway, Ireland", "or do you ship to France?"]) == {"Delivery Country": "France"}


def test_an_entity_is_told_with_where_it_stands_as_it_was_typed() -> None:
    question = "{{Order Number}}  bill  #4711 from\u00a0Mr. Okafor: refund  $40"
    found = find(question)
    assert [(entity.name, entity.value) for entity in found] == [
        ("Invoice Number", "#4711"),
        ("Currency Symbol", "$"),
        ("Refund Amount", "40"),
    ]
    assert all(question[entity.start : entity.end] == entity.value for entity in found)
    assert find("order 11111") == (Entity("Order Number", "11111", 6, 11),)


def test_only_so_many_amounts_and_dates_of_one_question_are_looked_at() -> None:
    assert said("$1. " * 40 + "refund of $40") == {"Refund Amount": "40", "Currency Symbol": "$"}
    assert said("$1. " * 60 + "refund of $40") == {}
    assert len(find("3 March, " * 60)) == 50


@pytest.mark.parametrize(
    "piece", ["order ", "#", "1", "$1,", "refund $", "my name is Ab ", "ship to ", "3 March ", "A ", " ", "{"]
)
def test_a_long_question_is_read_in_good_time(piece: str) -> None:
    started = perf_counter()
    find((piece * 4000)[:4000])
    assert perf_counter() - started < 1


def test_no_value_holds_a_link_or_markup() -> None:
    signs = "[](){}<>*_`|\\!://"
    for template in ("order {}", "order 12{}34", "my name is {}", "my name is Ma{}ra", "ship to Gal{}way"):
        for sign in signs:
            for value in said(template.format(sign)).values():
                assert not re.search(r"[\[\](){}<>*_`|\\!]|//|www", value)
