import csv
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest

from customer_assist.business import EMPTY_PROFILE, parse_profile
from customer_assist.text.placeholders import fill

PROFILE = parse_profile(
    """
    name = "Thistle & Rye"
    website = "https://thistle.example"
    [contact]
    phone = "+44 131 496 0000"
    email = "hello@thistle.example"
    hours = "Monday to Friday, 9:00 to 17:30"
    address = "12 Mill Lane, Leith"
    [urls]
    login = "https://thistle.example/login"
    password_reset = "https://thistle.example/reset"
    [labels]
    portal = "Thistle account"
    orders = "My orders"
    tracking = "Where is my parcel?"
    profile = "My profile"
    settings = "Settings"
    cancel = "Cancel order"
    password_reset = "Forgot your password?"
    """
)
FACTS = PROFILE.placeholders()
ORDER = {"Order Number": "00481516"}


def filled(text: str, facts: dict[str, str] | None = None, said: dict[str, str] | None = None) -> str:
    return fill(text, facts or {}, said or {}).text


# --- values --------------------------------------------------------------------------------------


def test_what_the_customer_said_wins_over_the_business() -> None:
    assert (
        filled("It is {{Delivery City}}.", {"Delivery City": "Leith"}, {"Delivery City": "Galway"})
        == "It is Galway."
    )


@pytest.mark.parametrize(
    "name", ["Order Number", "order number", "ORDER_NUMBER", " Order  Number ", "OrderNumber"]
)
def test_names_match_whatever_their_case_and_spaces(name: str) -> None:
    assert filled("Your order {{" + name + "}} is packed.", said=ORDER) == "Your order 00481516 is packed."


def test_a_text_without_placeholders_is_left_to_the_letter() -> None:
    text = 'a  text ,with oddities ()  of its own."'
    assert fill(text, FACTS, ORDER).text == text


def test_a_template_typed_by_a_customer_is_no_value() -> None:
    assert (
        filled("Cancel order {{Order Number}} now.", said={"Order Number": "{{order number}}"})
        == "Cancel your order now."
    )


def test_a_value_is_never_read_as_a_pattern_or_a_placeholder() -> None:
    assert filled("Pay {{Amount}}.", {"Amount": r"\1 at , ( ) 5"}) == r"Pay \1 at , ( ) 5."


def test_the_names_without_a_value_are_told_in_order() -> None:
    result = fill("{{Order Number}}, {{Website URL}}, {{order_number}}, {{Month}}", FACTS, {})
    assert result.missing == ("Order Number", "Month")


def test_an_article_goes_with_the_value_that_follows() -> None:
    assert (
        filled("Open a {{Account Type}} account.", said={"Account Type": "Enterprise"})
        == "Open an Enterprise account."
    )


def test_hours_that_are_times_do_not_follow_during() -> None:
    assert filled(
        "We answer during {{Customer Support Hours}} at {{Customer Support Phone Number}}.", FACTS
    ) == ("We answer from Monday to Friday, 9:00 to 17:30, at +44 131 496 0000.")
    opening = {"Customer Support Hours": "our opening hours"}
    assert (
        filled("We answer during {{Customer Support Hours}}.", opening)
        == "We answer during our opening hours."
    )


def test_a_button_is_told_from_a_section_that_has_the_same_placeholder() -> None:
    text = (
        "To cancel, go to the '{{Online Order Interaction}}' or '{{Online Order Interaction}}' section and "
        "choose the option labeled '{{Online Order Interaction}}'."
    )
    assert (
        filled(text, FACTS)
        == "To cancel, go to the 'My orders' section and choose the option labeled 'Cancel order'."
    )
    assert filled(text) == "To cancel, go to the orders section and choose the cancellation option."


def test_a_number_that_is_asked_for_is_not_quoted() -> None:
    text = "Could you please provide us with the {{Tracking Number}} or {{Order Number}}?"
    assert filled(text, said=ORDER) == "Could you please provide us with the tracking number or order number?"


# --- wordings where there is no value ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I will cancel your order with the order number {{Order Number}}.", "I will cancel your order."),
        (
            "Find the purchase with the number #{{Order Number}} and open it.",
            "Find your purchase and open it.",
        ),
        ("Find the order (order number: {{Order Number}}) first.", "Find the order first."),
        ("I can help with order {{Order Number}}, gladly.", "I can help with your order, gladly."),
        ("Order {{Order Number}} is packed.", "Your order is packed."),
        ("Download invoice #{{Invoice Number}} there.", "Download your invoice there."),
        (
            "Ask our customer support team at {{Customer Support Phone Number}}.",
            "Ask our customer support team.",
        ),
        ("Call us during {{Customer Support Hours}}.", "Call us during our opening hours."),
        (
            "You can reach us during {{Customer Support Hours}} at {{Customer Support Phone Number}} or use "
            "the Live Chat feature on our {{Website URL}}.",
            "You can reach us during our opening hours through the Live Chat feature on our website.",
        ),
        ("Visit our website at {{Website URL}} and browse.", "Visit our website and browse."),
        ("Log into your {{Online Company Portal Info}}.", "Log into your account."),
        ("Visit our {{Online Company Portal Info}} and sign in.", "Visit our website and sign in."),
        ("I see the bill from {{Salutation}} {{Client Last Name}}.", "I see your bill."),
        ("Dear {{Salutation}} {{Client Last Name}}, thank you.", "Hello, thank you."),
        ("You await a refund of {{Currency Symbol}}{{Refund Amount}}.", "You await a refund."),
        ("Open a {{Account Category}} account.", "Open an account."),
        ("If unsure, feel {{Account Type}} to ask.", "If unsure, feel free to ask."),
        ("Go to the '{{Gift Card Balance}}' section.", "Go to the gift card balance section."),
        ("Ask about our {{Returns Policy}} first.", "Ask about our returns policy first."),
    ],
)
def test_without_a_value_the_wording_is_neutral(text: str, expected: str) -> None:
    assert filled(text) == expected


def test_a_sentence_that_says_nothing_without_its_value_is_left_out_and_told() -> None:
    result = fill("We are glad. Your balance is {{Balance}}. Anything else?", {}, {})
    assert result.text == "We are glad. Anything else?"
    assert result.lost == ("Your balance is Balance.",)


def test_opening_hours_are_no_answer_to_a_question_for_the_hours() -> None:
    text = "You want to know the hours. Our team is available during {{Customer Support Hours}}. Ask away!"
    result = fill(text, {}, {})
    assert result.text == "You want to know the hours. Ask away!"
    assert result.lost


def test_a_list_is_numbered_anew_where_an_item_is_gone() -> None:
    text = "Do this:\n\n1. Sign in.\n2. Your code is {{Code}}.\n3. Press send.\n4. Wait.\n\nThen:\n1. Rest."
    assert filled(text) == "Do this:\n\n1. Sign in.\n2. Press send.\n3. Wait.\n\nThen:\n1. Rest."


def test_a_lead_in_does_not_end_in_a_colon_when_its_sentence_is_gone() -> None:
    assert filled("1. **Pay:** The sum is {{Sum}}.\n2. Wait.") == "1. **Pay**\n2. Wait."


def test_nothing_but_placeholders_leaves_nothing() -> None:
    assert filled("{{Balance}} is {{Sum}}.") == ""


@pytest.mark.parametrize(
    "text",
    [
        "Take {{Order Number} now.",
        "Take {Order Number}} now.",
        "Take {{ }} now.",
        "Take {{Order Number",
        "}} {{",
        "{{{{a}}}}",
    ],
)
def test_broken_braces_never_get_through(text: str) -> None:
    for facts in ({}, FACTS):
        assert not re.search(r"\{\{|\}\}", filled(text, facts, ORDER))


# --- the profile ---------------------------------------------------------------------------------


def test_an_empty_profile_fills_nothing() -> None:
    assert EMPTY_PROFILE.placeholders() == {}


def test_a_fact_by_its_own_name_wins_over_the_profile() -> None:
    profile = parse_profile(
        'website = "https://a.example"\n[facts]\n"Website URL" = "https://b.example"\nMonth = "May"'
    )
    assert profile.placeholders() == {"Website URL": "https://b.example", "Month": "May"}


# --- every reply of a real set -------------------------------------------------------------------

DATA = Path(os.environ.get("CUSTOMER_ASSIST_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
REPLIES = DATA / "bitext" / "bitext_27k_assembled.csv"
BROKEN = {
    "a brace": r"\{\{|\}\}|[\ue000-\uf8ff]",
    "a word that hangs": r"\b(?:at|during|via|calling|from|of|the|your|our|a|an|or|and|#) ?[.,!?;](?:\s|$)",
    "a number that is missing": r"\b(?:with|to|has) (?:the |your )?(?:order |purchase )?number ?[.,!?;]",
    "empty quotation marks or brackets": r"(?<!\w)''|\"\"|\(\s*\)",
    "two spaces": r"\S  +\S",
    "a space before a stop": r" [,.;!?](?:\s|$)",
    "a word twice": r"\b(\w+) \1\b",
    "two articles": r"\b(?:the|an?|our) (?:your|our|the)\b",
    "an empty item": r"(?m)^\s*(?:\d+[.)]|[-*•])\s*$",
    "a small first letter": r"(?:^|[.!?] |\n(?:\d+\. )?)[a-z]",
    "two stops": r",,|,\.|:\s*\.",
    "a wrong article": r"\ba [aeio]\w|\ban [bcdfgjklmnpqrstvwxyz]\w",
    "a colon before nothing": r":\s*$",
}


def broken(source: str, text: str) -> list[str]:
    """What is wrong with `text` and was not wrong in the same words in `source`."""
    found = [
        f"{what}: …{text[max(0, match.start() - 30) : match.end() + 30]}…"
        for what, pattern in BROKEN.items()
        for match in re.finditer(pattern, text)
        if what == "a brace" or match[0] not in source
    ]
    for sign, other in (('"', '"'), ("(", ")")):
        if (text.count(sign) + text.count(other)) % 2 and not (source.count(sign) + source.count(other)) % 2:
            found.append(f"unbalanced {sign}: {text}")
    numbers = [int(number) for number in re.findall(r"(?m)^(\d+)\. ", text)]
    if any(after not in (before + 1, 1) for before, after in pairwise(numbers)):
        found.append(f"a number left out: {numbers}")
    return found


@pytest.mark.parametrize(
    "sentence",
    [
        "Call us at.",
        "We are here .",
        "Go to your your page.",
        "1. \n2. Wait",
        "see '' there",
        "Open a order.",
        "Hi {{x}}.",
    ],
)
def test_the_sweep_sees_broken_sentences(sentence: str) -> None:
    assert broken("", sentence)


@pytest.mark.parametrize(
    ("facts", "said"),
    [({}, {}), (FACTS, {}), (FACTS, ORDER)],
    ids=["nothing known", "full profile", "profile and order"],
)
def test_no_reply_of_a_real_set_is_broken(facts: dict[str, str], said: dict[str, str]) -> None:
    if not REPLIES.exists():
        pytest.skip(f"{REPLIES.name} is not under {DATA} (CUSTOMER_ASSIST_DATA)")
    with REPLIES.open(encoding="utf-8", newline="") as file:
        replies = dict.fromkeys(row["response"] for row in csv.DictReader(file))
    assert len(replies) == 787
    findings = [finding for reply in replies for finding in broken(reply, fill(reply, facts, said).text)]
    assert findings == []
