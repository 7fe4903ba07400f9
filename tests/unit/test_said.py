import pytest

from customer_assist.text.said import said


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


def test_a_name_is_taken_where_it_is_given() -> None:
    assert said("my name is Mara van Houten")["Client Last Name"] == "van Houten"
    assert said("check the bills from Ms. Okafor") == {
        "Salutation": "Ms.",
        "Client Last Name": "Okafor",
        "Person Name": "Okafor",
    }
    assert said("Mara Houten is my neighbour") == {}
    assert said("I need my invoice from March") == {}


def test_a_place_is_taken_where_something_is_to_go_there() -> None:
    assert said("do you ship to Galway?") == {"Delivery City": "Galway"}
    assert said("do you deliver to the Netherlands?") == {"Delivery Country": "Netherlands"}
    assert said("Galway is lovely, can you ship on Monday?") == {}


def test_an_amount_needs_a_currency_and_a_refund() -> None:
    assert said("where is my refund of 40 euro") == {"Refund Amount": "40", "Currency Symbol": "€"}
    assert said("I paid $19.99 and want my money back") == {"Refund Amount": "19.99", "Currency Symbol": "$"}
    assert said("a bag for 12 euro") == {}
    assert said("refund of 40") == {}


def test_an_account_type_is_taken_where_only_one_is_named() -> None:
    assert said("close my premium account") == {"Account Type": "premium"}
    assert said("from my free account to a gold account") == {}


def test_the_first_of_two_orders_stands() -> None:
    assert said("orders 11111 and order 22222") == {"Order Number": "11111"}
