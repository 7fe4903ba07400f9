"""When people of a business are there, and what is promised because of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from customer_assist.business import BusinessProfile, HandoffRules, parse_profile
from customer_assist.business_hours import Span, parse_closed, parse_hours
from customer_assist.dialogue.promises import when_answered
from customer_assist.errors import ConfigurationError

WEEK = ("Mon-Fri 09:00-17:30", "Sat 10:00-13:00")


def profile(
    hours: tuple[str, ...] = WEEK,
    closed: tuple[str, ...] = (),
    within: str = "2 hours",
    zone: str = "Europe/Dublin",
) -> BusinessProfile:
    rules = HandoffRules(hours=hours, closed=closed, reply_within=within)
    return BusinessProfile(timezone=zone, handoff=rules)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- reading them ----------------------------------------------------------------------------------


def test_hours_are_read_for_single_days_ranges_and_lists() -> None:
    nine, noon = time(9), time(12)
    assert parse_hours("Mon 9:00-12:00") == (Span(0, nine, noon),)
    assert parse_hours("Tuesday, Thu: 09:00 – 12:00") == (Span(1, nine, noon), Span(3, nine, noon))
    assert [span.day for span in parse_hours("Sat-Mon 09:00-12:00")] == [5, 6, 0]
    assert parse_hours("Fri 09:00-12:00, 13:00-24:00") == (
        Span(4, nine, noon),
        Span(4, time(13), time(0)),
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Mon",
        "9-17",
        "Mon-Fri",
        "Mon 9-17",
        "Xyz 09:00-17:00",
        "Mon 25:00-26:00",
        "Mon-Tue-Wed 09:00-17:00",
    ],
)
def test_what_are_no_hours_is_said_with_the_key(line: str) -> None:
    with pytest.raises(ConfigurationError, match=r"handoff\.hours\.0"):
        parse_profile(f'timezone = "Europe/Dublin"\n[handoff]\nhours = ["{line}"]\n')


@pytest.mark.parametrize(
    "line", ["25 December", "2026-13-01", "2026-12-26 to 2026-12-25", "", "2026-12-25 to"]
)
def test_what_is_no_day_is_said_with_the_key(line: str) -> None:
    with pytest.raises(ConfigurationError, match=r"handoff\.closed\.0"):
        parse_profile(f'[handoff]\nclosed = ["{line}"]\n')


def test_several_days_may_be_closed_in_one_line() -> None:
    assert parse_closed("2026-12-25") == (date(2026, 12, 25), date(2026, 12, 25))
    assert parse_closed("2026-12-25 to 2027-01-01") == (date(2026, 12, 25), date(2027, 1, 1))


@pytest.mark.parametrize("zone", ["", "Dublin", "Europe", "../etc/passwd"])
def test_hours_without_a_zone_are_refused(zone: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^business\.toml: .*timezone.*Europe/Dublin"):
        parse_profile(f'timezone = "{zone}"\n[handoff]\nhours = ["Mon 09:00-17:00"]\n')


# --- what is promised ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-26T10:00", "We usually answer within 2 hours."),
        ("2026-11-26T09:00", "We usually answer within 2 hours."),
        ("2026-11-26T08:59", "Nobody is here at the moment: our team is back today at 9:00 (Dublin time)."),
        (
            "2026-11-26T15:31",
            "We usually answer within 2 hours while our team is here, today until 17:30 (Dublin time).",
        ),
        (
            "2026-11-26T17:30",
            "Nobody is here at the moment: our team is back tomorrow at 9:00 (Dublin time).",
        ),
        (
            "2026-11-27T20:00",
            "Nobody is here at the moment: our team is back tomorrow at 10:00 (Dublin time).",
        ),
        (
            "2026-11-28T13:00",
            "Nobody is here at the moment: our team is back on Monday at 9:00 (Dublin time).",
        ),
    ],
)
def test_the_promise_depends_on_the_hour(now: str, said: str) -> None:
    assert when_answered(profile(), at(now)) == said


def test_closed_days_are_passed_over() -> None:
    closed = profile(closed=("2026-12-25 to 2027-01-01",))
    assert when_answered(closed, at("2026-12-24T18:00")) == (
        "Nobody is here at the moment: our team is back on Saturday, 2 January at 10:00 (Dublin time)."
    )
    assert "is back" in when_answered(closed, at("2026-12-25T10:00"))
    assert "usually" in when_answered(profile(), at("2026-12-25T10:00"))


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        ("2027-03-26T09:00", True),  # Friday in winter time: 9:00 is 9:00 UTC
        ("2027-03-26T08:59", False),
        ("2027-03-29T08:00", True),  # Monday in summer time: 9:00 is 8:00 UTC
        ("2027-03-29T07:59", False),
        ("2026-10-26T08:59", False),  # Monday after the clocks went back
        ("2026-10-26T09:00", True),
    ],
)
def test_a_change_of_the_clocks_moves_the_hours_with_them(now: str, open_: bool) -> None:
    assert ("usually" in when_answered(profile(), at(now))) is open_


def test_hours_that_the_clocks_skip_begin_when_they_go_on() -> None:
    night = profile(hours=("Sun 01:30-05:00",))  # on that day 1:00 is followed by 2:00
    said = when_answered(night, at("2027-03-28T00:00"))
    assert said == "Nobody is here at the moment: our team is back today at 2:30 (Dublin time)."
    assert "usually" in when_answered(night, at("2027-03-28T01:45"))


def test_hours_may_go_over_midnight() -> None:
    late = profile(hours=("Fri 20:00-02:00",), within="")
    assert when_answered(late, at("2026-11-28T01:00")) == "Our team is here until 2:00 (Dublin time)."
    assert "on Friday at 20:00" in when_answered(late, at("2026-11-28T02:00"))


def test_the_hour_is_that_of_the_business_wherever_the_server_stands() -> None:
    tokyo = profile(zone="Asia/Tokyo")
    assert when_answered(tokyo, at("2026-11-26T00:00")) == "We usually answer within 2 hours."
    assert "tomorrow at 9:00 (Tokyo time)" in when_answered(tokyo, at("2026-11-26T09:00"))


@pytest.mark.parametrize(
    "silent",
    [
        BusinessProfile(handoff=HandoffRules(reply_within="2 hours")),
        BusinessProfile(timezone="Europe/Dublin", handoff=HandoffRules(reply_within="2 hours")),
        profile(hours=()),
        profile(closed=("2026-01-01 to 2027-12-31",)),
    ],
)
def test_no_time_is_named_that_the_profile_does_not_support(silent: BusinessProfile) -> None:
    assert when_answered(silent, at("2026-11-26T10:00")) == ""


def test_how_soon_may_be_said_in_any_words_and_need_not_be_said() -> None:
    assert (
        when_answered(profile(within="one working day"), at("2026-11-26T17:00"))
        == "We usually answer within one working day."
    )
    assert (
        when_answered(profile(within=""), at("2026-11-26T10:00"))
        == "Our team is here until 17:30 (Dublin time)."
    )
