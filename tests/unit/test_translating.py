"""An answer in the customer's language says the same, or it is not given."""

from __future__ import annotations

import pytest
from test_rewriting import USAGE, Model

from customer_assist.dialogue.translating import GeneratedTranslator, RecordedTranslator, says_the_same
from customer_assist.errors import GeneratorUnavailable

ANSWER = (
    "You can return a lamp within 30 days for €4.90. Open “My orders” on https://shop.example/returns, "
    "or call +353 91 555 0142 or write to help@shop.example."
)
GOOD = (
    "Sie können eine Lampe innerhalb von 30 Tagen für 4,90 € zurückgeben. Öffnen Sie „My orders“ auf "
    "https://shop.example/returns, rufen Sie +353 91 555 0142 an oder schreiben Sie an help@shop.example."
)
KEPT = ["My orders", "Settings"]


def test_a_translation_that_says_the_same_is_given() -> None:
    found = GeneratedTranslator(Model(GOOD)).translate(ANSWER, "de", KEPT)
    assert (found.text, found.translated_by, found.usage) == (GOOD, "model-x", USAGE)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("30 Tagen", "14 Tagen"),
        ("4,90 €", "9,90 €"),
        ("https://shop.example/returns", "https://shop.example/konto"),
        ("help@shop.example", "hilfe@shop.example"),
        ("+353 91 555 0142", "+353 91 555 0143"),
        ("„My orders“", "„Meine Bestellungen“"),
        (" oder schreiben Sie an help@shop.example", ""),
    ],
)
def test_a_changed_fact_is_not(right: str, wrong: str) -> None:
    assert right in GOOD
    found = GeneratedTranslator(Model(GOOD.replace(right, wrong))).translate(ANSWER, "de", KEPT)
    assert (found.text, found.usage) == ("", USAGE)


def test_another_language_than_asked_for_is_not() -> None:
    assert not says_the_same(ANSWER, ANSWER, "de", KEPT)
    assert says_the_same(GOOD, ANSWER, "de", KEPT)


def test_steps_stay_steps() -> None:
    steps = "Do this:\n\n1. Open the lid of it.\n2. Press the button.\n3. Close it."
    flat = "Bitte machen Sie das: 1. Öffnen Sie den Deckel. 2. Drücken Sie den Knopf. 3. Schließen Sie ihn."
    listed = "Bitte so:\n\n1. Öffnen Sie den Deckel.\n2. Drücken Sie den Knopf.\n3. Schließen Sie ihn."
    assert says_the_same(listed, steps, "de") and not says_the_same(flat, steps, "de")


def test_a_model_that_fails_translates_nothing() -> None:
    assert GeneratedTranslator(Model(GeneratorUnavailable("gone"))).translate(ANSWER, "de").text == ""


def test_only_names_that_stand_in_the_answer_are_named_to_the_model() -> None:
    model = Model(GOOD)
    GeneratedTranslator(model).translate(ANSWER, "de", KEPT)
    assert "My orders" in model.asked[0][0].content and "Settings" not in model.asked[0][0].content


def test_the_record_says_again_what_was_said() -> None:
    assert RecordedTranslator(GOOD, "model-x").translate("anything", "de").text == GOOD
