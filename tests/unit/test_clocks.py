from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from customer_assist.storage.clocks import ClockReport, lines

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2024, 10, 7, 17, 2, 32, 28559, tzinfo=UTC)


def report(*, ahead: float = 0.0, selected: datetime = NOW) -> ClockReport:
    return ClockReport(BERLIN, "Etc/UTC", NOW + timedelta(seconds=ahead), NOW, selected)


def test_the_report_has_the_eight_lines_of_the_reference_and_a_verdict() -> None:
    assert lines(report()) == [
        "Database timezone: Etc/UTC",
        "Database current time (UTC): 2024-10-07 17:02:32.028559+00:00",
        "Database current time (Europe/Berlin): 2024-10-07 19:02:32.028559+02:00",
        "Python current time: 2024-10-07 19:02:32.028559+02:00",
        "Inserted time (UTC): 2024-10-07 17:02:32.028559+00:00",
        "Inserted time (Europe/Berlin): 2024-10-07 19:02:32.028559+02:00",
        "Selected time (UTC): 2024-10-07 17:02:32.028559+00:00",
        "Selected time (Europe/Berlin): 2024-10-07 19:02:32.028559+02:00",
        "The clocks agree: 0.000 s apart, and the selected time is the inserted one",
    ]


def test_clocks_two_seconds_apart_agree() -> None:
    assert report(ahead=2.0).agree and report(ahead=-2.0).agree


def test_a_database_clock_that_is_ahead_is_said_to_be() -> None:
    wrong = report(ahead=2.001)
    assert not wrong.agree
    assert lines(wrong)[-1].startswith("The clocks do not agree: the database is 2.0 s ahead of this program")


def test_a_database_clock_that_is_behind_is_said_to_be() -> None:
    wrong = report(ahead=-7200)
    assert not wrong.agree
    assert "7200.0 s behind this program" in lines(wrong)[-1]


def test_a_selected_time_that_is_not_the_inserted_one_is_no_agreement() -> None:
    wrong = report(selected=NOW + timedelta(hours=2))
    assert not wrong.agree
    assert "the selected time is not the inserted one" in lines(wrong)[-1]
