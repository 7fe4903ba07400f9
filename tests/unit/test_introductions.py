"""Who a customer is says nothing about what they ask."""

from __future__ import annotations

import pytest

from customer_assist.text.introductions import without_introductions


@pytest.mark.parametrize(
    ("message", "searched"),
    [
        ("where is order BB-123456, my name is Jo Byrne", "where is order BB-123456"),
        ("Hi, my name is Anna Smith and I want a refund", "I want a refund"),
        ("My name is Jo Byrne. Where is my lamp?", "Where is my lamp?"),
    ],
)
def test_a_name_that_is_given_is_not_searched(message: str, searched: str) -> None:
    assert without_introductions(message) == searched


@pytest.mark.parametrize(
    "message", ["and for Norway?", "how do I change my name", "my name is Jo Byrne", "where  is my lamp"]
)
def test_everything_else_is_searched_as_it_was_typed(message: str) -> None:
    assert without_introductions(message) == message
