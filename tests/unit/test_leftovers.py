"""What is of one customer alone."""

from __future__ import annotations

from customer_assist.text.leftovers import left_in, with_placeholders, without_personal


def test_numbers_of_orders_give_way_to_placeholders() -> None:
    text = "Your order BB-204411 and invoice number 88123 are fine."
    assert with_placeholders(text) == (
        "Your order {{Order Number}} and invoice number {{Invoice Number}} are fine."
    )


def test_a_question_loses_what_only_its_customer_has() -> None:
    asked = "My name is Niamh Byrne. Where is my order BB-204411? Write to niamh@mail.example."
    found = without_personal(asked)
    assert "Niamh" not in found and "204411" not in found and "@" not in found
    assert "Where is my order?" in found


def test_a_question_that_is_all_introduction_is_kept_for_the_editor() -> None:
    assert without_personal("my name is Niamh Byrne") != ""


def test_what_remains_is_named_by_its_kind() -> None:
    text = "Niamh, we wrote to niamh@mail.example and refunded €45.00 for order 204411 (see ZX-99887)."
    found = {words: kind for kind, words in left_in(text, ["Niamh"], [])}
    assert found["niamh@mail.example"] == "e-mail"
    assert found["Niamh"] == "name"
    assert found["204411"] == "Order Number"
    assert found["ZX-99887"] == "number"


def test_what_the_business_itself_states_is_nobody_elses() -> None:
    own = ["help@shop.example", "+353 91 555 0142"]
    assert left_in("Write to help@shop.example or call +353 91 555 0142.", [], own) == []
    assert left_in("Write to help@shop.example.", [], []) != []


def test_a_placeholder_and_an_ordinary_text_hold_nothing_personal() -> None:
    text = "Your order {{Order Number}} ships within 3 days; machines have 58 mm and cost €450."
    assert left_in(text, ["Niamh"], []) == []
