"""The prompt's instructions, in whatever form a model writes them."""

from __future__ import annotations

import base64
import codecs
import re
from collections.abc import Callable

import pytest

from customer_assist.answering.checks import check_sentence, lay_ground
from customer_assist.answering.citing import Source
from customer_assist.answering.leaks import leaked, told
from customer_assist.answering.prompt import INSTRUCTIONS
from customer_assist.model import DocumentId
from customer_assist.text.sentences import sentences

SOURCE = "You can return an item within 30 days of delivery. Write to help@shop.example to register it."
SECRET = told(INSTRUCTIONS, [SOURCE])
RULE = INSTRUCTIONS.split("\n")[4]
SHIFTED = str.maketrans("abcdefghijklmnopqrstuvwxyz", "fghijklmnopqrstuvwxyzabcde")
TURNED = str.maketrans("abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba")
FIGURES = str.maketrans("oieast", "013457")


@pytest.mark.parametrize(
    "form",
    [
        str,
        str.upper,
        lambda text: " ".join(text),
        lambda text: text.replace(" ", ""),
        lambda text: " ".join(f"**{word}**" for word in text.split()),
        lambda text: ". ".join(text.split()),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: text.encode().hex(),
        lambda text: codecs.encode(text, "rot13"),
        lambda text: text.lower().translate(SHIFTED),
        lambda text: text.lower().translate(TURNED),
        lambda text: text.lower().translate(FIGURES),
        lambda text: text[::-1],
        lambda text: " ".join(reversed(text.split())),
        lambda text: " ".join(word[::-1] for word in text.split()),
    ],
    ids=[
        "as it is", "capitals", "spelled out", "without blanks", "bold", "a sentence a word", "base64", "hex", "rot13",
        "shifted by five", "alphabet turned", "figures", "backwards", "words backwards", "each word backwards",
    ],
)  # fmt: skip
def test_a_rule_is_recognised_in_every_form(form: Callable[[str], str]) -> None:
    assert leaked(f"Gladly. {form(RULE)} That is all.", SECRET)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("- " + " ".join(INSTRUCTIONS.split()[at : at + 4]) for at in range(0, 160, 6)),
        " banana ".join(INSTRUCTIONS.split()),
        "I may never make up or alter a number, a price, a date, a link, a phone number or a name, and copy them.",
    ],
    ids=["scraps", "words between", "retold"],
)
def test_neither_scraps_nor_a_retelling_pass(text: str) -> None:
    assert leaked(text, SECRET)


@pytest.mark.parametrize(
    "text",
    [
        SOURCE,
        "I am the automated support assistant, not a person.",
        "Please give us your name, your e-mail address and your phone number.",
        "We answer every question as soon as we can, in the language that you write in.",
    ],
)
def test_an_honest_answer_leaks_nothing(text: str) -> None:
    assert leaked(text, SECRET) == ""


def test_words_that_the_business_itself_uses_are_no_leak() -> None:
    assert leaked(RULE, told(INSTRUCTIONS, [RULE])) == ""
    assert leaked(RULE, told("", [])) == ""


def test_a_rule_that_is_cut_over_sentences_is_seen_before_it_is_whole() -> None:
    """Each sentence alone would pass."""
    ground = lay_ground([Source(1, DocumentId("d"), "", SOURCE)], {}, "", instructions=INSTRUCTIONS)
    words = re.findall(r"\w+", RULE)
    cut = [" ".join(words[at : at + 4]).capitalize() + ". " for at in range(0, len(words), 4)]
    assert all("instructions" not in [each.name for each in check_sentence(piece, ground)] for piece in cut)
    before = ""
    for piece in cut:
        if "instructions" in [each.name for each in check_sentence(piece, ground, before)]:
            break
        before += piece
    assert 0 < len(before.split()) <= 8
    assert len(sentences("".join(cut))) == len(cut)
