import time

import pytest

from customer_assist.text.personal import mask

CARD = "4539 1488 0343 6467"  # made up; the check digit holds


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"my card {CARD} was charged", "my card [card number 1] was charged"),
        ("card 4539148803436467.", "card [card number 1]."),
        ("write to mara@mail.example, please", "write to [e-mail 1], please"),
        ("pay to DE89 3704 0044 0532 0130 00 today", "pay to [IBAN 1] today"),
        ("pay to gb29nwbk60161331926819", "pay to [IBAN 1]"),
        ("ring +353 91 555 0142", "ring [phone number 1]"),
        ("ring (091) 555-0142", "ring [phone number 1]"),
        ("call me on 0915550142", "call me on [phone number 1]"),
        ("SSN 078-05-1120", "SSN [identity number 1]"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "order 4539148803436467",  # the digits of a card, but called an order
        "card 4539148803436468",  # the check digit does not hold
        "to DE89 3704 0044 0532 0131 00",
        "invoice #37777 of 2024-08-12",
        "tracking number 0091 555 0142",
        "order 00481516 and purchase number 555-0142-33",
        "it cost €1 200.50 on 12.08.2024",
        "at 192.168.10.20",
        "I waited 20 minutes, 3 times",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).replaced == {}


def test_what_stood_there_is_told_and_one_value_has_one_token() -> None:
    result = mask("a@mail.example, b@mail.example, a@mail.example")
    assert result.text == "[e-mail 1], [e-mail 2], [e-mail 1]"
    assert result.replaced == {"[e-mail 1]": "a@mail.example", "[e-mail 2]": "b@mail.example"}


def test_a_token_that_was_typed_is_not_given_out_again() -> None:
    assert mask("[e-mail 1] is not a@mail.example").text == "[e-mail 1] is not [e-mail 2]"


def test_eight_hundred_characters_take_milliseconds() -> None:
    text = f"I wrote from a@mail.example, called +353 91 555 0142 and paid by {CARD}. " * 11
    began = time.perf_counter()
    for _ in range(10):
        mask(text[:800])
    assert (
        time.perf_counter() - began
    ) / 10 < 0.03  # about 1 ms on an idle core; the margin is for busy ones
    hostile = "1 " * 4000 + "a@" * 4000 + "A1" * 4000
    began = time.perf_counter()
    mask(hostile)
    assert time.perf_counter() - began < 2
