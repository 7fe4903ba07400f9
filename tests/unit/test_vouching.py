"""Which places a business stands behind."""

from __future__ import annotations

import pytest

from customer_assist.answering.vouching import mended, strangers
from customer_assist.business import parse_profile
from customer_assist.model import NOTHING_VOUCHED, Vouched

PROFILE = parse_profile(
    """
website = "https://www.shop.example"
trusted = ["carrier.example", "https://facebook.com/shop", "claims@insurer.example", "+353 1 555 0199"]
[contact]
email = "shop@gmail.com"
phone = "+353 91 555 0142"
[policies]
returns = "See https://returns.example/how."
"""
)
VOUCHED = Vouched(PROFILE.stated(), frozenset({"https://pages.example/help"}))


def written(text: str, vouched: Vouched = VOUCHED) -> list[str]:
    return [stranger.written for stranger in strangers(text, vouched)]


@pytest.mark.parametrize(
    "text",
    [
        "Go to https://shop.example/any/page.",
        "Go to help.shop.example.",
        "Track it at https://www.carrier.example/track?x=1.",
        "See returns.example.",
        "Read https://pages.example/other.",
        "Find us at https://www.facebook.com/shop/reviews.",
        "Write to shop@gmail.com or anybody@shop.example or claims@insurer.example.",
        "Call 091 555 0142 or +353 1 555 0199.",
        "Download invoice.pdf on the page [Returns](/returns).",
    ],
)
def test_what_the_profile_and_the_documents_addresses_name_is_no_stranger(text: str) -> None:
    assert written(text) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Go to https://evil.example/shop.example.", "evil.example/shop.example"),
        ("Go to shop.example.evil.example.", "shop.example.evil.example"),
        ("Go to notshop.example.", "notshop.example"),
        ("Find us at https://www.facebook.com/other.", "facebook.com/other"),
        ("Find us at https://www.facebook.com/shopping.", "facebook.com/shopping"),
        ("Write to other@gmail.com.", "other@gmail.com"),
        ("Go to Evil.XYZ now.", "evil.xyz"),
        ("Call +44 7700 900999.", "447700900999"),
    ],
)
def test_all_others_are_and_are_barred(text: str, place: str) -> None:
    assert [(each.written, each.barred) for each in strangers(text, VOUCHED)] == [(place, True)]


def test_where_the_profile_states_no_place_of_a_kind_none_is_barred() -> None:
    text = "Go to carrier.example, write to help@carrier.example or call +44 7700 900999."
    assert not any(each.barred for each in strangers(text, NOTHING_VOUCHED))
    only_phone = Vouched(frozenset({"+353 91 555 0142"}))
    assert [each.barred for each in strangers(text, only_phone)] == [False, False, True]


def test_an_order_number_is_no_phone_number() -> None:
    assert written("Your order is 20817-4411-0022.") == []


@pytest.mark.parametrize(
    "broken",
    ["evil [dot] example", "evil(.)example", "evil . example", "evil dot example", "hxxp://evil.example"],
)
def test_an_address_that_was_broken_up_is_read_as_one(broken: str) -> None:
    assert "evil.example" in mended(f"Go to {broken} now")


def test_every_text_of_the_profile_is_stated() -> None:
    assert {
        "https://www.shop.example",
        "carrier.example",
        "See https://returns.example/how.",
    } <= PROFILE.stated()
    assert "en" not in PROFILE.stated()
