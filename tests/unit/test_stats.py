"""What happened, counted: the figures are those of the dashboards' panels, and those that were counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bench.grafana_macros import TimeRange, expand

from customer_assist.asking import NOT_CUSTOMERS
from customer_assist.dashboards.files import DASHBOARDS
from customer_assist.dashboards.wording import OUTCOMES, REASONS
from customer_assist.errors import InvalidInput, StorageUnavailable
from customer_assist.insights.channels import ALL, CUSTOMERS, Channels, channels
from customer_assist.insights.period import Period, asked_for, between, last_days
from customer_assist.insights.reading import reading
from customer_assist.insights.stats import Insights, Stats
from customer_assist.storage.database import Database
from dashboard_data import DAY, MONDAY, at, fill
from journal_rows import put_handoff, put_thumb, put_turn

UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
PANELS = {panel.title: panel for dashboard in DASHBOARDS for panel in dashboard.panels}
WHOLE = Period(DAY, DAY + timedelta(days=1), UTC_ZONE)


@dataclass(frozen=True)
class Monday:
    """The Monday of the dashboards' tests, as the panels show it and as we count it."""

    database: Database
    now: datetime

    def panel(self, title: str, seen: TimeRange = MONDAY) -> list[tuple[object, ...]]:
        with self.database.connection() as connection:
            return connection.execute(expand(PANELS[title].sql, seen).encode()).fetchall()

    def stats(self, period: Period = WHOLE, of: str = ALL) -> Stats:
        return Insights(self.database, lambda: self.now).stats(period, Channels(of))


@pytest.fixture
def monday(any_database: Database) -> Monday:
    now = datetime.now(UTC)
    fill(any_database, now)
    with any_database.connection() as connection:
        connection.execute("INSERT INTO prices VALUES ('gpt', 2, 4, 'EUR')")
    return Monday(any_database, now)


# --- the panels' figures ---------------------------------------------------------------------------------


def test_messages_and_conversations_are_the_panels(monday: Monday) -> None:
    turns = monday.stats().turns
    [(_, messages, conversations)] = monday.panel("Messages and conversations by day")
    assert (turns.messages, turns.conversations) == (messages, conversations) == (6, 3)
    assert [(day.day, day.messages, day.conversations) for day in turns.by_day()] == [(DAY.date(), 6, 3)]


def test_how_messages_ended_is_the_panels(monday: Monday) -> None:
    counted = {OUTCOMES[outcome]: n for outcome, n in monday.stats().turns.by_outcome().items() if n}
    assert counted == dict(monday.panel("How messages ended"))


def test_thumbs_are_the_panels(monday: Monday) -> None:
    thumbs = monday.stats().thumbs
    assert [(thumbs.up, thumbs.down)] == monday.panel("+1/-1") == [(2, 1)]


def test_relevance_and_models_are_the_panels(monday: Monday) -> None:
    stats = monday.stats()
    shown = dict(monday.panel("Relevancy"))
    assert stats.relevance.judged == {label: n for label, n in shown.items() if label != "UNKNOWN"}
    assert stats.turns.by_writer() == dict(monday.panel("Model Used"))


def test_seconds_are_the_panels(monday: Monday) -> None:
    hour = Period(at(12), at(13), UTC_ZONE)
    shown = [
        each
        for stage in ("retrieve", "answer", "all")
        for each in (monday.stats(hour).seconds[stage].p50, monday.stats(hour).seconds[stage].p95)
    ]
    [[_, *panel], _] = monday.panel("Seconds by stage")
    assert shown == pytest.approx(panel)


def test_the_share_that_the_model_could_not_answer_is_the_panels(monday: Monday) -> None:
    degraded, of = monday.stats(Period(at(13), at(14), UTC_ZONE)).turns.degraded()
    assert degraded / of == monday.panel("Model could not answer")[1][1] == 0.5


def test_handoffs_are_the_panels(monday: Monday) -> None:
    people = monday.stats().people
    assert {REASONS[reason]: n for reason, n in people.reasons.items()} == dict(
        monday.panel("Why they were handed over")
    )
    [(half, most, replied, without)] = monday.panel("Time to a person's first reply")
    assert (people.first_word.p50, people.first_word.p95) == (half, most) == (1200, 1200)
    assert (people.replied, people.opened - people.replied) == (replied, without)
    [(waiting, longest)] = monday.panel("Waiting now")
    assert people.waiting_now == waiting == 1
    assert people.longest_wait_now == pytest.approx(longest, abs=60)  # type: ignore[arg-type]


def test_cost_is_the_panels(monday: Monday) -> None:
    cost = monday.stats().cost
    named = {"answering": "", "judging": " as judge"}
    priced = [each for each in cost.days if each.amount is not None]
    assert [(f"{e.model}{named[e.purpose]}, {e.currency}", e.amount) for e in priced] == [
        (metric, pytest.approx(amount)) for _, metric, amount in monday.panel("Cost by day")
    ]
    assert cost.unpriced == {"critic": 440} and cost.total == {"EUR": pytest.approx(0.0024)}
    with monday.database.connection() as connection:
        connection.execute("DELETE FROM prices")
    assert (
        monday.stats().cost.unpriced
        == dict(monday.panel("Models without a price"))
        == {"gpt": 1100, "critic": 440}
    )
    assert monday.stats().cost.total == {}


def test_work_that_is_not_done_is_the_panels(monday: Monday) -> None:
    [backlog] = [each for each in monday.stats().backlog if each.waiting]
    [(kind, *_)] = monday.panel("Notices and other jobs that are not done")
    assert (backlog.kind, backlog.waiting, backlog.failing) == (kind, 2, 1)


def test_the_latest_are_the_panels(monday: Monday) -> None:
    latest = [(turn.asked_at, turn.question, turn.answer, turn.relevance) for turn in monday.stats().latest]
    assert latest == monday.panel("Last 5 Conversations")


# --- what no panel shows -----------------------------------------------------------------------------------


def test_amounts_of_two_currencies_are_kept_apart_and_unpriced_models_are_named(database: Database) -> None:
    with database.connection() as connection:
        put_turn(connection, 1, 1, at(9), answered_by="one", tokens=(1_000_000, 500_000))
        put_turn(connection, 1, 2, at(10), answered_by="two", tokens=(2_000_000, 0))
        put_turn(connection, 2, 1, at(11), answered_by="three", tokens=(10, 5))
        put_turn(connection, 3, 1, at(12))
        connection.execute("INSERT INTO prices VALUES ('one', 2, 4, 'EUR'), ('two', 3, 0, 'USD')")
    cost = Insights(database, lambda: at(20)).stats(WHOLE, Channels()).cost
    assert cost.total == {"EUR": 4, "USD": 6}
    assert cost.per_conversation == {"EUR": pytest.approx(4 / 3), "USD": 2}
    assert cost.unpriced == {"three": 15} and cost.tokens == 3_500_015
    assert [each.amount for each in cost.days if each.model == "three"] == [None]


def test_articles_are_counted_once_for_an_answer_and_the_unused_are_named(database: Database) -> None:
    with database.connection() as connection:
        put_turn(connection, 1, 1, at(9), cites=["a", "a", "b"])
        put_turn(connection, 2, 1, at(10), cites=["a"])
        put_turn(connection, 3, 1, at(11), outcome="abstained", cites=["c"])
        put_turn(connection, 4, 1, at(0, days=-1), cites=["c"])
        for name, deleted in (("b", False), ("c", False), ("d", False), ("old", True)):
            connection.execute(
                "INSERT INTO documents VALUES (%s, 's', %s, '{}', '', '{}', NULL, '', 1, %s, now())",
                [name, name.upper(), deleted],
            )
        connection.execute("INSERT INTO sources VALUES ('s', '', false, %s)", [at(3)])
    articles = Insights(database, lambda: at(20)).stats(WHOLE, Channels()).articles
    assert [(used.document_id, used.title, used.answers, used.gone) for used in articles.most_used] == [
        ("a", "a", 2, True),
        ("b", "B", 1, False),
    ]
    assert (articles.documents, articles.unused) == (3, 2)
    assert [each.document_id for each in articles.unused_first] == ["c", "d"]
    assert articles.last_ingest == at(3)


def test_what_the_business_tried_out_is_no_customers(database: Database) -> None:
    with database.connection() as connection:
        for number, channel in enumerate(("web", *sorted(NOT_CUSTOMERS)), 1):
            turn = put_turn(connection, number, 1, at(9), channel=channel, cites=["a"], outcome="answered")
            put_thumb(connection, turn, 1, at(10))
            put_handoff(connection, number, at(11), "waiting")
    insights = Insights(database, lambda: at(20))
    everybody = 1 + len(NOT_CUSTOMERS)
    for name, count in ((CUSTOMERS, 1), (ALL, everybody), ("cli", 1), ("none", 0)):
        stats = insights.stats(WHOLE, channels(name))
        assert stats.turns.messages == stats.endings.conversations == stats.thumbs.up == count
        assert stats.people.opened == sum(stats.people.reasons.values()) == count
        assert sum(used.answers for used in stats.articles.most_used) == count
        assert len(stats.latest) == count
        assert (stats.seconds["all"].p50 is None) is (count == 0)
        assert stats.people.waiting_now == everybody  # whoever waits, waits


def test_what_a_judge_found_and_what_the_gate_expected_are_kept_apart(database: Database) -> None:
    with database.connection() as connection:
        put_turn(connection, 1, 1, at(9), relevance="RELEVANT")
        put_turn(connection, 2, 1, at(9), relevance="NON_RELEVANT")
        put_turn(connection, 3, 1, at(9))  # confidence 0.5
        put_turn(connection, 4, 1, at(9), outcome="abstained")
    relevance = Insights(database, lambda: at(20)).stats(WHOLE, Channels()).relevance
    assert relevance.judged == {"NON_RELEVANT": 1, "RELEVANT": 1}
    assert (relevance.estimated, relevance.expected, relevance.neither) == (1, 0.5, 0)


def test_pretended_customers_count_and_are_named(database: Database) -> None:
    insights = Insights(database, lambda: at(20))
    assert not insights.stats(WHOLE, Channels()).demo
    with database.connection() as connection:
        put_turn(connection, 1, 1, at(9), channel="demo")
    stats = insights.stats(WHOLE, Channels())
    assert stats.demo and stats.turns.messages == 1
    assert not insights.stats(WHOLE, Channels("web")).demo  # not among those that are counted
    assert not insights.stats(WHOLE.before(at(20)), Channels()).demo


def test_an_empty_journal_has_figures(database: Database) -> None:
    stats = Insights(database, lambda: at(20)).stats(WHOLE, Channels())
    assert stats.turns.messages == 0 and stats.turns.degraded() == (0, 0)
    assert [day.messages for day in stats.turns.by_day()] == [0]
    assert stats.cost.per_conversation == {} and stats.articles.last_ingest is None
    assert stats.people.first_word.p50 is None and stats.people.longest_wait_now is None


def test_nothing_can_be_changed_while_figures_are_read(database: Database) -> None:
    with pytest.raises(StorageUnavailable, match="read-only"), reading(database) as connection:
        connection.execute("DELETE FROM turns")


# --- days are days of the zone -------------------------------------------------------------------------------


@pytest.fixture
def autumn(database: Database) -> Iterator[Database]:
    """A message at the start of every hour around the night in which Berlin's clocks go back: 25 October 2026."""
    with database.connection() as connection:
        begin = datetime(2026, 10, 23, 22, tzinfo=UTC)  # midnight in Berlin
        for hour in range(24 + 25 + 24):
            put_turn(connection, hour + 1, 1, begin + timedelta(hours=hour))
    yield database


def test_the_day_on_which_clocks_go_back_has_twenty_five_hours(autumn: Database) -> None:
    period = between(date(2026, 10, 24), date(2026, 10, 26), BERLIN)
    days = Insights(autumn, lambda: period.until).stats(period, Channels()).turns.by_day()
    assert [(day.day.day, day.messages) for day in days] == [(24, 24), (25, 25), (26, 24)]


def test_the_day_on_which_clocks_go_forward_has_twenty_three() -> None:
    spring = between(date(2026, 3, 29), date(2026, 3, 29), BERLIN)
    assert spring.until - spring.since == timedelta(hours=23)
    assert between(date(2026, 10, 25), date(2026, 10, 25), BERLIN).days == [date(2026, 10, 25)]


def test_a_late_message_belongs_to_the_day_that_the_zone_has(database: Database) -> None:
    with database.connection() as connection:
        put_turn(connection, 1, 1, datetime(2026, 5, 4, 22, 30, tzinfo=UTC))  # half past midnight in Berlin
    period = between(date(2026, 5, 4), date(2026, 5, 5), BERLIN)
    days = Insights(database, lambda: period.until).stats(period, Channels()).turns.by_day()
    assert [day.messages for day in days] == [0, 1]


def test_seven_days_are_today_and_six_before() -> None:
    now = datetime(2026, 10, 25, 23, 30, tzinfo=UTC)  # the 26th in Berlin
    period = last_days(7, now, BERLIN)
    assert period.days[0] == date(2026, 10, 20) and period.days[-1] == date(2026, 10, 26)
    assert len(period.days) == 7


def test_a_period_that_is_not_over_is_compared_with_as_much_of_the_one_before() -> None:
    now = datetime(2026, 10, 26, 11, tzinfo=UTC)  # noon in Berlin, in winter
    before = last_days(7, now, BERLIN).before(now)
    assert before.days[0] == date(2026, 10, 13)
    assert before.until == datetime(2026, 10, 19, 10, tzinfo=UTC)  # noon, in summer
    over = between(date(2026, 10, 19), date(2026, 10, 25), BERLIN)
    assert over.before(now).until == over.since


@pytest.mark.parametrize(
    ("days", "first", "last", "said"),
    [
        (0, None, None, "days=0"),
        (367, None, None, "367"),
        (7, date(2026, 5, 1), None, "send one of them"),
        (None, None, date(2026, 5, 1), "`to` alone"),
        (None, date(2026, 5, 2), date(2026, 5, 1), "swap them"),
        (None, date(2024, 5, 2), date(2026, 5, 1), "too long"),
        (None, date(9999, 12, 31), date(9999, 12, 31), "this century"),
    ],
)
def test_a_time_that_cannot_be_looked_at_is_refused(
    days: int | None, first: date | None, last: date | None, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        asked_for(days, first, last, at(12), BERLIN)


def test_a_channel_that_can_be_none_is_refused() -> None:
    for name in ("", "x" * 33, "a\0"):
        with pytest.raises(InvalidInput, match="channel"):
            channels(name)
