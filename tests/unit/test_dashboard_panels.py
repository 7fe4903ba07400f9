"""Every panel's SQL on a real PostgreSQL, as the account that Grafana uses: figures counted by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from bench.grafana_macros import TimeRange, expand
from bench.panels import REFERENCE, averages, comparable
from psycopg.rows import TupleRow

from customer_assist.dashboards.files import DASHBOARDS
from customer_assist.dashboards.panels import Kind, Panel
from customer_assist.dashboards.reference import CONVERSATIONS
from customer_assist.storage.database import Database
from dashboard_data import EMAIL, MONDAY, SHOWN, SHOWN_NOW, at, fill
from dashboard_reader import connect, made_reader
from throwaway_postgres import ThrowawayServer

PANELS = {panel.title: panel for dashboard in DASHBOARDS for panel in dashboard.panels}
Connection = psycopg.Connection[TupleRow]
each_panel = pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS.keys())


@pytest.fixture(scope="module", params=["server", "server_15"])
def server_here(request: pytest.FixtureRequest) -> ThrowawayServer:
    found: ThrowawayServer = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def nothing(server_here: ThrowawayServer) -> Iterator[Connection]:
    """Grafana's way into an empty database. Nobody can change what they read here: one serves all tests."""
    with opened(server_here) as database, made_reader(database), connect(database) as connection:
        yield connection


@pytest.fixture(scope="module")
def monday(server_here: ThrowawayServer) -> Iterator[Connection]:
    """Over the Monday that was counted by hand."""
    with opened(server_here) as database, made_reader(database), connect(database) as connection:
        fill(database, datetime.now(UTC))
        yield connection


@pytest.fixture(scope="module")
def priced(server_here: ThrowawayServer) -> Iterator[Connection]:
    """The same, and the owner has entered what the model costs."""
    with opened(server_here) as database, made_reader(database), connect(database) as connection:
        fill(database, datetime.now(UTC))
        with database.connection() as owner:
            owner.execute("INSERT INTO prices VALUES ('gpt', 2, 4, 'EUR'), ('critic', 1, 5, 'EUR')")
        yield connection


@contextmanager
def opened(server: ThrowawayServer) -> Iterator[Database]:
    with server.new_database("migrated") as conninfo:
        database = Database(conninfo).open()
        try:
            yield database
        finally:
            database.close()


def shown(
    connection: Connection, panel: Panel, seen: TimeRange = MONDAY
) -> tuple[list[str], list[tuple[object, ...]]]:
    cursor = connection.execute(expand(panel.sql, seen).encode())
    names = [column.name for column in cursor.description or ()]
    return names, [
        tuple(as_grafana_reads(name, value) for name, value in zip(names, row, strict=True)) for row in cursor
    ]


def as_grafana_reads(column: str, value: object) -> object:
    """A number is a float, and in the column `time` it is seconds since 1970."""
    number = float(value) if isinstance(value, Decimal | int | float) else None
    if column == "time" and number is not None:
        return datetime.fromtimestamp(number, UTC)
    return value if number is None else number


def same(found: Sequence[tuple[object, ...]], wanted: Sequence[tuple[object, ...]]) -> bool:
    return len(found) == len(wanted) and all(
        len(a) == len(b)
        and all(
            x == (pytest.approx(y) if isinstance(y, int | float) else y) for x, y in zip(a, b, strict=True)
        )
        for a, b in zip(found, wanted, strict=True)
    )


def test_every_panel_was_counted_by_hand() -> None:
    assert set(PANELS) == set(SHOWN) | set(SHOWN_NOW)
    assert len(PANELS) == sum(len(dashboard.panels) for dashboard in DASHBOARDS)


@pytest.mark.parametrize("title", SHOWN)
def test_a_panel_shows_what_was_counted_by_hand(monday: Connection, title: str) -> None:
    columns, rows = shown(monday, PANELS[title])
    assert columns == SHOWN[title][0]
    assert same(rows, SHOWN[title][1]), rows


@pytest.mark.parametrize("title", SHOWN_NOW)
def test_what_waits_is_counted_from_now(monday: Connection, title: str) -> None:
    long_ago = TimeRange(at(0, days=-900), at(0, days=-899))
    columns, rows = shown(monday, PANELS[title], long_ago)
    wanted_columns, [wanted] = SHOWN_NOW[title]
    assert columns == wanted_columns and len(rows) == 1
    for column, found, value in zip(columns, rows[0], wanted, strict=True):
        if value == 600:
            assert isinstance(found, float) and 600 <= found < 660
        elif column == "time":
            assert isinstance(found, datetime)
            assert timedelta(minutes=10) <= datetime.now(UTC) - found < timedelta(minutes=11)
        else:
            assert found == value


@each_panel
def test_a_panel_runs_over_nothing(nothing: Connection, panel: Panel) -> None:
    columns, rows = shown(nothing, panel)
    assert columns == (SHOWN | SHOWN_NOW)[panel.title][0]
    if panel.kind in (Kind.SERIES, Kind.TABLE, Kind.BARS, Kind.GAUGE):
        assert rows == []
    else:
        assert len(rows) == 1 and all(not value for value in rows[0])


@each_panel
def test_columns_are_of_the_kinds_that_the_picture_needs(priced: Connection, panel: Panel) -> None:
    columns, rows = shown(priced, panel)
    assert rows or panel.title == "Models without a price"
    for row in rows:
        kinds = [kind_of(value) for value in row]
        match panel.kind:
            case Kind.SERIES:
                assert columns[0] == "time" and kinds[0] == "time"
                assert set(kinds[1:]) <= {"number", "text"} and kinds.count("text") == columns.count("metric")
            case Kind.BARS | Kind.GAUGE:
                assert kinds == ["text", "number"]
            case Kind.PIE | Kind.STAT:
                assert set(kinds) == {"number"}
            case Kind.TABLE:
                assert "time" not in kinds[1:]
    if panel.kind is Kind.SERIES:
        assert [row[0] for row in rows] == sorted(row[0] for row in rows)  # type: ignore[type-var]


@each_panel
def test_no_panel_shows_a_customers_address(monday: Connection, panel: Panel) -> None:
    assert EMAIL not in str(shown(monday, panel))


def test_cost_is_tokens_at_the_prices_that_were_entered(priced: Connection) -> None:
    assert shown(priced, PANELS["Cost by day"])[1] == [
        (at(0), "critic as judge, EUR", pytest.approx(0.0006)),
        (at(0), "gpt, EUR", pytest.approx(0.0024)),
    ]
    assert shown(priced, PANELS["Models without a price"])[1] == []


@pytest.mark.parametrize("panel", CONVERSATIONS.panels, ids=lambda panel: panel.title)
def test_the_references_own_query_gives_the_same_figures(monday: Connection, panel: Panel) -> None:
    theirs = monday.execute(expand(REFERENCE[panel.title], MONDAY).encode()).fetchall()
    ours = monday.execute(expand(panel.sql, MONDAY).encode()).fetchall()
    if panel.title in ("Tokens", "Response time"):  # a point for each conversation ever
        assert len(theirs) == 8
        theirs = averages(theirs, MONDAY)
    assert comparable(theirs) == comparable(ours) and len(ours) > 0


def test_thumbs_without_a_time_are_those_ever_given(monday: Connection) -> None:
    query = """
        SELECT SUM(CASE WHEN feedback > 0 THEN 1 ELSE 0 END) as thumbs_up,
            SUM(CASE WHEN feedback < 0 THEN 1 ELSE 0 END) as thumbs_down
        FROM feedback
    """
    assert monday.execute(query).fetchall() == [(2, 2)]
    [panel] = [panel for panel in CONVERSATIONS.panels if panel.title == "+1/-1"]
    assert shown(monday, panel, TimeRange(at(0, days=-9), at(0, days=9)))[1] == [(2, 2)]


def kind_of(value: object) -> str:
    return {str: "text", float: "number", datetime: "time"}[type(value)]
