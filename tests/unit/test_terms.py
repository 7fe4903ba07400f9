"""What counts as the same term."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_assist.search.terms import ngrams, stems, without_references, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What's my ORDER's status?", ["what", "my", "order", "status"]),
        ("I don’t know", ["i", "dont", "know"]),
        ("e-mail, snake_case", ["e", "mail", "snake", "case"]),
        ("ＦＵＬＬ width", ["full", "width"]),
        ("", []),
        ("?! …", []),
    ],
)
def test_words_are_lower_case_and_without_apostrophes(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "family",
    [
        ("refund", "refunds", "refunded", "refunding"),
        ("cancel", "cancels", "canceling", "canceled"),
        ("delivery", "deliveries"),
        ("change", "changes", "changed", "changing"),
        ("ship", "ships", "shipped", "shipping"),
    ],
)
def test_inflections_are_one_term(family: tuple[str, ...]) -> None:
    assert len({stems(word)[0] for word in family}) == 1


@pytest.mark.parametrize("word", ["glass", "bus", "red", "sing", "is", "x", "address"])
def test_short_words_and_double_s_keep_their_end(word: str) -> None:
    assert stems(word) == [word]


def test_ngrams_mark_the_edges_of_the_word() -> None:
    assert ngrams("ab") == [" ab", "ab ", " ab "]
    assert " or" in ngrams("order")
    assert "er " in ngrams("order")


@given(st.text(max_size=60))
def test_any_text_has_terms_that_are_not_empty(text: str) -> None:
    for word in words(text):
        assert all(stems(word))
        assert all(ngrams(word))


@given(
    st.integers(1000, 10**12), st.integers(1000, 10**12), st.sampled_from(["", "#", "BB-", "INV", "#ORD-"])
)
def test_which_order_it_is_says_nothing(one: int, other: int, prefix: str) -> None:
    bare = without_references(f"where is order {prefix}{one}?")
    assert bare == without_references(f"where is order {prefix}{other}?")
    assert bare.startswith("where is order")
    assert not any(character.isdigit() for character in bare)


@pytest.mark.parametrize("question", ["Do you have 30 days?", "Is it 100% cotton?", "E14 bulbs", "order BB"])
def test_quantities_stay(question: str) -> None:
    assert without_references(question) == question


def test_a_template_typed_as_it_stands_says_nothing() -> None:
    question = "My order number is {{order number}}, where is my order?"
    assert without_references(question) == "My order number is , where is my order?"


def test_white_space_however_long_parts_an_order_from_its_number() -> None:
    assert without_references("order \n\n  no.   12345 please") == "order number please"
