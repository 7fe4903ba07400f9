"""Greeting and closing, put on and taken off."""

from __future__ import annotations

import pytest

from customer_assist.text.letters import letter, opened


def test_a_letter_greets_by_name_and_is_signed_by_the_business() -> None:
    assert letter("It ships today.", name="Niamh", business="Shop") == (
        "Hello Niamh,\n\nIt ships today.\n\nKind regards\nShop"
    )
    assert letter("It ships today.", name="", business="") == "Hello,\n\nIt ships today.\n\nKind regards"


def test_a_letter_is_in_the_language_of_its_text() -> None:
    text = "Sie können die Lampe innerhalb von 30 Tagen an uns senden, wenn sie nicht benutzt ist."
    assert letter(text, name="", business="Laden").startswith("Guten Tag,\n")


@pytest.mark.parametrize(
    ("written", "text", "name"),
    [
        ("Hi Niamh,\n\nit ships today.\n\nBest wishes\nCiara\nShop", "It ships today.", "Niamh"),
        ("Hello,\n\nit ships today.\n\nCheers,\nTom", "It ships today.", ""),
        ("Dear Ms. Byrne, sorry, it ships today.\n\nKind regards,", "Sorry, it ships today.", "Ms. Byrne"),
        ("Hi there! It ships today.\n\nCiara", "It ships today.", ""),
        ("Hi Pat it ships today", "It ships today", "Pat"),
        ("It ships today.", "It ships today.", ""),
        ("Hi Niamh,\n\nSorry, Niamh, it ships today.\n\nTom from Shop", "Sorry, it ships today.", "Niamh"),
    ],
)
def test_what_was_put_around_a_reply_is_taken_off(written: str, text: str, name: str) -> None:
    found = opened(written)
    assert (found.text, found.name) == (text, name)


@pytest.mark.parametrize(
    "text",
    [
        "Hi-fi sets are sold in the shop.\n\n- Receivers\n- Speakers",
        "We sell three:\n\n1. Moss\n2. Fern",
        "Thanks to the filter it stays clean.",
        "Best kept in the fridge.\n\nOpened bags last two weeks.",
    ],
)
def test_a_text_without_envelope_stays_whole(text: str) -> None:
    assert opened(text).text == text
