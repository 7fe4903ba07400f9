"""A message in a language that the business does not know is told from its own customers' typing."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from customer_assist.dialogue.languages import notice
from customer_assist.text.languages import code_of, foreign

QUESTIONS = Path(__file__).resolve().parents[2] / "examples" / "questions"


@pytest.mark.parametrize(
    ("message", "tongue"),
    [
        ("Wie kann ich die Lampe zurückschicken?", "de"),
        ("je voudrais retourner la lampe", "fr"),
        ("¿Cuánto cuesta el envío?", "es"),
        ("vorrei restituire la lampada", "it"),
        ("hoeveel kost het om de lamp terug te sturen", "nl"),
        ("quanto custa a entrega em Lisboa? obrigado", "pt"),
        ("ile kosztuje wysyłka lampy", "pl"),
        ("hur skickar jag tillbaka lampan", "sv"),
        ("hvad koster det at sende lampen tilbage", "da"),
        ("kolik stojí doprava", "cs"),
        ("lambayı nasıl iade edebilirim", "tr"),
        ("Сколько стоит доставка?", "ru"),
        ("Скільки коштує доставка лампи?", "uk"),
        ("送料はいくらですか", "ja"),
        ("运费是多少", "zh"),
    ],
)
def test_another_language_is_known_by_its_own_words(message: str, tongue: str) -> None:
    assert foreign(message, ["en"]) == tongue
    assert foreign(message, ["en", tongue]) is None


@pytest.mark.parametrize(
    "message",
    [
        "hwo do i retrun teh lamp",
        "wer is mi ordr",
        "lamp",
        "die lampe",
        "pls cancl mi order",
        "",
        "???",
        "Zürich",
        "ok",
    ],
)
def test_in_doubt_nothing_is_said(message: str) -> None:
    assert foreign(message, ["en"]) is None


def test_english_is_foreign_to_a_german_business_and_german_is_not() -> None:
    assert foreign("How can I return the lamp?", ["de"]) == "en"
    assert foreign("Wie kann ich die Lampe zurückschicken?", ["de"]) is None


def test_where_the_business_writes_what_cannot_be_told_apart_nothing_is_foreign() -> None:
    assert foreign("Wie kann ich die Lampe zurückschicken?", ["is"]) is None


def test_no_customer_of_the_sample_is_taken_for_a_foreigner() -> None:
    asked = [
        line[name]
        for file in sorted(QUESTIONS.glob("*.jsonl"))
        for line in map(json.loads, file.read_text("utf-8").splitlines())
        for name in ("question", "first", "followup")
        if name in line
    ]
    assert len(asked) == 260
    assert [message for message in asked if foreign(message, ["en"])] == []


def test_no_misspelt_english_of_the_public_set_is_taken_for_another_language(
    data_file: Callable[[str], Path],
) -> None:
    with data_file("bitext/bitext_8k_dev.csv").open(encoding="utf-8", newline="") as file:
        asked = [row["utterance"] for row in csv.DictReader(file)]
    assert len(asked) > 800
    assert [message for message in asked if foreign(message, ["en"])] == []


def test_a_language_is_named_by_its_code_or_in_words() -> None:
    assert [code_of(name) for name in ("en-IE", "English", "Deutsch", " FR_be ", "")] == [
        "en",
        "en",
        "de",
        "fr",
        "",
    ]


def test_the_languages_are_told_in_the_customers_own() -> None:
    assert notice("de", ["en"]) == "Ich kann leider nur auf Englisch antworten."
    assert notice("fr", ["en", "de"]) == "Je ne peux malheureusement répondre qu’en Deutsch, anglais."
    assert notice("th", ["en"]) == "I can answer only in English."
