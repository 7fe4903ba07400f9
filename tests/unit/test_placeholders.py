import csv
import os
import re
from pathlib import Path

import pytest
from bench.placeholders import FULL

from customer_assist.business import EMPTY_PROFILE, parse_profile
from customer_assist.evaluation.readable import flaws
from customer_assist.text.placeholders import fill
from customer_assist.text.said import said

FACTS = FULL.placeholders()
ORDER = {"Order Number": "00481516"}
EVERYTHING = said(
    "order #00481516, invoice #37001, tracking number RB123456785IE, the bill from Ms. O'Brien, a refund of $40,"
    " my gold account, ship to Aix, Ireland, the invoices from May, my name is Ann Lee"
)


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


def test_a_link_or_markup_is_no_value_of_a_customer() -> None:
    for value in ("https://evil.example", "[a](b)", "<b>", "x" * 81, "www.evil", "a.example", "**a**"):
        assert filled("Hi {{Name}}! Bye.", said={"Name": value}) == "Hi! Bye."
        assert filled("It is {{Name}}.", {"Name": value}).startswith("It is ")  # the owner may


def test_how_long_something_takes_is_not_the_range_of_dates_that_a_customer_named() -> None:
    text = "It takes {{Date Range}} business days. The bills from {{Date Range}} are here."
    dates = {"Date Range": "3 March to 10 March"}
    assert filled(text, said=dates) == "The bills from 3 March to 10 March are here."
    assert fill(text, {}, dates).missing == ("Date Range",)


def test_whoever_is_greeted_is_not_the_one_whose_bill_is_asked_for() -> None:
    stated = said("my name is Ann Lee, where is the bill from Ms. O'Brien?")
    text = (
        "Dear {{Salutation}} {{Client Last Name}}, the bill from {{Salutation}} {{Client Last Name}} is here."
    )
    assert filled(text, said=stated) == "Dear Ann Lee, the bill from Ms. O'Brien is here."
    assert filled("The bill from Mr. {{Person Name}}.", said=stated) == "The bill from Ms. O'Brien."


def test_a_value_that_begins_a_sentence_begins_with_a_capital() -> None:
    facts = {"Account Type": "gold", "Website URL": "shop.example"}
    text = "{{Account Type}} is new. **{{Account Type}} account:**\n- {{Account Type}}: {{Account Type}}\n"
    assert filled(text, facts) == "Gold is new. **Gold account:**\n- Gold: gold"
    assert filled("{{Website URL}} is new.", facts) == "shop.example is new."


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
        ("Thanks for writing to {{Business Name}}!", "Thanks for writing to us!"),
        ("Our {{Company Name}} team helps.", "Our team helps."),
        ("See [our help page]({{Help URL}}) first.", "See our help page first."),
        ("Go to **Account > {{Settings}} > Password**.", "Go to **Account > Settings > Password**."),
        ("Quote your customer number {{Customer Number}} then.", "Quote your customer number then."),
        (
            "Could you tell us your {{Order Number}} and {{Email Address}}?",
            "Could you tell us your order number and email address?",
        ),
        ("Open your {{Account Type}} account!We help.", "Open your account! We help."),
        ("Do this: [Provide the steps for returns]. Then wait.", "Then wait."),
        (
            "Press [Add to cart] or [the link](https://a.example).",
            "Press [Add to cart] or [the link](https://a.example).",
        ),
        ("Send it.\n- Fax: {{Fax Number}}\n- Post: to us", "Send it.\n- Post: to us"),
    ],
)
def test_without_a_value_the_wording_is_neutral(text: str, expected: str) -> None:
    assert filled(text) == expected


def test_a_sentence_that_says_nothing_without_its_value_is_left_out_and_told() -> None:
    result = fill("We are glad. Your balance is {{Balance}}. Anything else?", {}, {})
    assert result.text == "We are glad. Anything else?"
    assert result.lost == ("Your balance is Balance.",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call {{A}} or write to {{Fax Number}}.", "Call +44."),
        ("You can fax {{Fax}}, call {{A}} or email {{B}}.", "You can call +44 or email a@b.example."),
        ("Reach us by phone at {{A}}, by fax at {{Fax}}, or by email at {{B}}.", "Reach us by phone at +44 or by "
         "email at a@b.example."),
        ("Our team (phone {{A}}, fax {{Fax}}) helps.", "Our team (phone +44) helps."),
        ("Shops are in {{City 1}}, {{A}} and {{City 3}}.", "Shops are in +44."),
        ("Call {{A}} or fax {{Fax}} from Monday on.", "Call +44 from Monday on."),
        ("Visit {{A}} and your balance is {{Balance}}.", ""),
    ],
)  # fmt: skip
def test_what_is_known_in_a_row_is_kept_beside_what_is_not(text: str, expected: str) -> None:
    assert filled(text, {"A": "+44", "B": "a@b.example"}) == expected


def test_a_limit_that_is_not_known_is_not_left_out_of_its_sentence() -> None:
    assert filled("Send it back within {{Return Period}}. Thanks!") == "Thanks!"
    assert filled("We take it back until {{Return Date}}. Thanks!") == "Thanks!"


def test_delivery_is_not_promised_to_a_place_that_is_not_known() -> None:
    text = "Yes, we do deliver to {{Delivery Country}}! Shipping to {{Delivery Country}} takes a while."
    assert filled(text) == "Shipping to your country takes a while."
    assert filled(text, said={"Delivery Country": "the USA"}).startswith("Yes, we do deliver to the USA!")


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
        "It takes business days.",
        "Pay $ now, or.",
        "Email or or call us.",
        "the bill from Mr. Ms. Lee",
        "See (our page.",
        "1. Pay\n3. Wait",
        "1. gold accounts are new",
        "Visit our website, or our website.",
        "We are, or.",
    ],
)
def test_the_sweep_sees_broken_sentences(sentence: str) -> None:
    assert flaws("", sentence)


def test_the_sweep_leaves_alone_what_reads_well_and_what_the_source_says_itself() -> None:
    text = (
        "Your order from Mr. Okafor is here. Call +44 131, or email us.\n\n1. **Pay:** With a card.\n2. Wait."
    )
    assert flaws("", text) == []
    assert flaws("See our our page.", "See our our page.") == []
    assert flaws("{{x}}", "{{x}}")


@pytest.mark.parametrize(
    ("facts", "stated"),
    [({}, {}), (FACTS, {}), (FACTS, ORDER), (FACTS, EVERYTHING), ({}, EVERYTHING)],
    ids=["nothing known", "full profile", "profile and order", "all known", "all said"],
)
def test_no_reply_of_a_real_set_is_broken(facts: dict[str, str], stated: dict[str, str]) -> None:
    replies = dict.fromkeys(row["response"] for row in _rows())
    assert len(replies) == 787
    assert [flaw for reply in replies for flaw in flaws(reply, fill(reply, facts, stated).text)] == []


@pytest.mark.slow
def test_no_answer_to_any_instruction_of_a_real_set_holds_a_placeholder() -> None:
    filled: dict[tuple[str, tuple[tuple[str, str], ...]], bool] = {}
    rows = _rows()
    assert len(rows) == 26872
    for row in rows:
        stated = said(row["instruction"])
        key = row["response"], tuple(sorted(stated.items()))
        for facts in ({}, FACTS) if key not in filled else ():
            text = fill(row["response"], facts, stated).text
            assert text and "{{" not in text and "}}" not in text, row
        filled[key] = True


def _rows() -> list[dict[str, str]]:
    if not REPLIES.exists():
        pytest.skip(f"{REPLIES.name} is not under {DATA} (CUSTOMER_ASSIST_DATA)")
    with REPLIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
