"""`dashboard init` against a Grafana that checks each request, and `db reader`."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from program import Command, Result, is_one_line

from customer_assist.dashboards.files import DASHBOARDS
from customer_assist.dashboards.panels import DATASOURCE_UID, as_json
from customer_assist.storage.database import Database
from dashboard_reader import forget
from grafana_server import ADMIN, TOKEN, FakeGrafana

READER = "reader_of_test_dashboard"
TITLES = [dashboard.title for dashboard in DASHBOARDS]


@pytest.fixture
def grafana() -> Iterator[FakeGrafana]:
    with FakeGrafana() as running:
        yield running


@pytest.fixture
def init(
    environment: dict[str, str], command: Command, grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Command]:
    """init() is `dashboard init` by a token; the account goes afterwards."""
    monkeypatch.setenv("GRAFANA_TOKEN", TOKEN)
    monkeypatch.setenv("GRAFANA_POSTGRES_USER", READER)

    def call(*arguments: str) -> Result:
        return command("dashboard", "init", "--url", grafana.url, *arguments)

    yield call
    database = Database(conninfo(environment)).open()
    forget(database, READER)
    database.close()


def conninfo(environment: dict[str, str], **other: str) -> str:
    parts = {name: environment[f"POSTGRES_{name.upper()}"] for name in ("host", "port", "user", "password")}
    return psycopg.conninfo.make_conninfo("", dbname=environment["POSTGRES_DB"], **{**parts, **other})


def test_a_new_grafana_gets_the_data_source_and_every_dashboard(init: Command, grafana: FakeGrafana) -> None:
    done = init()
    assert (done.status, done.err) == (0, "") and grafana.wrong == []
    assert list(grafana.datasources) == [DATASOURCE_UID]
    assert {uid: board["title"] for uid, board in grafana.dashboards.items()} == {
        dashboard.uid: dashboard.title for dashboard in DASHBOARDS
    }
    assert [method for method, _ in grafana.requests].count("POST") == 1 + len(DASHBOARDS)
    assert "PUT" not in {method for method, _ in grafana.requests}
    assert [line.split(": ")[-1].split("  ")[0] for line in done.out.splitlines()] == ["created"] * 3
    assert f"{grafana.url}/d/{DASHBOARDS[0].uid}/slug" in done.out


def test_the_data_source_leads_into_the_database_by_an_account_that_only_reads(
    init: Command, grafana: FakeGrafana, environment: dict[str, str]
) -> None:
    init()
    source = grafana.datasources[DATASOURCE_UID]
    assert source["url"] == f"{environment['POSTGRES_HOST']}:{environment['POSTGRES_PORT']}"
    assert source["jsonData"]["database"] == environment["POSTGRES_DB"]
    assert (source["user"], source["jsonData"]["sslmode"], source["isDefault"]) == (READER, "disable", False)
    password = source["secureJsonData"]["password"]
    assert password != environment["POSTGRES_PASSWORD"]
    with psycopg.connect(conninfo(environment, user=READER, password=password)) as connection:
        assert connection.execute("SELECT count(*) FROM conversations").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT email FROM handoffs")


def test_it_may_be_run_again_and_updates_what_is_there(init: Command, grafana: FakeGrafana) -> None:
    init()
    for board in grafana.dashboards.values():
        board.update(title="changed by somebody", version=7)
    grafana.datasources[DATASOURCE_UID].update(url="elsewhere:1", isDefault=True)
    grafana.requests.clear()
    done = init()
    assert (done.status, done.err) == (0, "") and grafana.wrong == []
    assert ("PUT", f"/api/datasources/uid/{DATASOURCE_UID}") in grafana.requests
    assert ("POST", "/api/datasources") not in grafana.requests
    assert [board["title"] for board in grafana.dashboards.values()] == TITLES
    assert [board["version"] for board in grafana.dashboards.values()] == [8, 8]
    source = grafana.datasources[DATASOURCE_UID]
    assert source["url"] != "elsewhere:1" and source["isDefault"] is True
    assert done.out.count("updated") == 3


def test_a_dashboard_stays_in_the_folder_into_which_somebody_moved_it(
    init: Command, grafana: FakeGrafana
) -> None:
    init()
    grafana.folders[DASHBOARDS[0].uid] = "support"
    init()
    assert grafana.folders == {DASHBOARDS[0].uid: "support", DASHBOARDS[1].uid: ""}


def test_what_provisioning_files_made_is_left_as_it_is(
    init: Command, grafana: FakeGrafana, environment: dict[str, str]
) -> None:
    init()
    grafana.provisioned = True
    grafana.datasources[DATASOURCE_UID]["readOnly"] = True
    before = json.dumps([grafana.datasources, grafana.dashboards])
    grafana.requests.clear()
    done = init()
    assert done.status == 0 and done.out.count("left as it is") == 3 and grafana.wrong == []
    assert {method for method, _ in grafana.requests} == {"GET"}
    assert json.dumps([grafana.datasources, grafana.dashboards]) == before
    password = grafana.datasources[DATASOURCE_UID]["secureJsonData"]["password"]
    psycopg.connect(conninfo(environment, user=READER, password=password)).close()  # still the same


def test_the_administrators_password_lets_in_where_there_is_no_token(
    init: Command, grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAFANA_TOKEN")
    monkeypatch.setenv("GRAFANA_ADMIN_USER", ADMIN[0])
    monkeypatch.setenv("GRAFANA_ADMIN_PASSWORD", ADMIN[1])
    assert init().status == 0 and len(grafana.dashboards) == 2


def test_a_token_is_sent_even_where_a_netrc_file_has_a_password_for_the_host(
    init: Command, grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert init().status == 0 and len(grafana.dashboards) == 2


def test_the_database_may_have_another_address_for_grafana(init: Command, grafana: FakeGrafana) -> None:
    init("--database", "db.internal:6432")
    assert grafana.datasources[DATASOURCE_UID]["url"] == "db.internal:6432"


def test_the_password_that_is_set_is_the_accounts(
    init: Command, grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFANA_POSTGRES_PASSWORD", "set by the owner")
    init()
    assert grafana.datasources[DATASOURCE_UID]["secureJsonData"] == {"password": "set by the owner"}


def test_a_database_that_grafana_does_not_reach_is_said_beside_what_was_done(
    init: Command, grafana: FakeGrafana
) -> None:
    grafana.reaches_database = False
    done = init()
    assert done.status == 0 and len(grafana.dashboards) == 2
    assert is_one_line(done.err) and "connection refused" in done.err and "--database" in done.err


# --- what goes wrong -----------------------------------------------------------------------------


def failed(done: Result, *hints: str) -> None:
    assert (done.status, done.out) == (1, "") and is_one_line(done.err), done
    assert all(hint in done.err for hint in hints), done.err


def test_a_grafana_that_is_not_there(bare_command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", TOKEN)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        failed(bare_command("dashboard", "init", "--url", url), url, "does not answer", "--url")


@pytest.mark.parametrize("url", ["localhost:3000", "ftp://localhost", "http://", "grafana"])
def test_what_is_no_address(bare_command: Command, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", TOKEN)
    failed(bare_command("dashboard", "init", "--url", url), url, "http://localhost:3000")


def test_neither_token_nor_password(bare_command: Command) -> None:
    failed(bare_command("dashboard", "init"), "GRAFANA_TOKEN", "GRAFANA_ADMIN_PASSWORD")


def test_a_wrong_token(init: Command, grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", "glsa_old")
    failed(init(), "does not let us in", "GRAFANA_TOKEN")
    assert grafana.datasources == {}


def test_a_user_without_the_role(init: Command, grafana: FakeGrafana) -> None:
    grafana.role = "Viewer"
    failed(init(), "role Admin")
    assert grafana.dashboards == {}


def test_an_old_grafana(init: Command, grafana: FakeGrafana) -> None:
    grafana.version = "9.5.2"
    failed(init(), "9.5.2", "11 or newer")
    assert grafana.datasources == {}


def test_a_grafana_that_hides_its_version_is_taken_as_it_is(init: Command, grafana: FakeGrafana) -> None:
    grafana.fails["GET", "/api/health"] = (200, {"database": "ok"})
    assert init().status == 0


def test_another_data_source_of_our_name(init: Command, grafana: FakeGrafana) -> None:
    grafana.datasources["other"] = {"name": "Customer Support", "readOnly": False}
    failed(init(), "Customer Support", "rename")


def test_something_that_is_no_grafana(init: Command, grafana: FakeGrafana) -> None:
    grafana.fails["GET", "/api/health"] = (200, b"<html>hello</html>")
    failed(init(), "does not answer as Grafana does", "--url")


def test_a_proxy_that_wants_a_login_first(init: Command, grafana: FakeGrafana) -> None:
    grafana.fails["GET", "/api/health"] = (302, {})
    failed(init(), "https://grafana.example/login", "--url")


def test_a_grafana_in_trouble(init: Command, grafana: FakeGrafana) -> None:
    grafana.fails["POST", "/api/dashboards/db"] = (500, {"message": "database is locked"})
    failed(init(), "database is locked")


# --- without a Grafana ---------------------------------------------------------------------------


def test_printing_is_one_document_and_needs_nothing(bare_command: Command) -> None:
    done = bare_command("dashboard", "init", "--print")
    assert (done.status, done.err) == (0, "")
    assert json.loads(done.out) == json.loads(json.dumps([as_json(dashboard) for dashboard in DASHBOARDS]))


def test_db_reader_makes_the_account_and_may_be_run_again(
    init: Command, command: Command, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFANA_POSTGRES_PASSWORD", "reader's own")
    for _ in range(2):
        done = command("db", "reader")
        assert (done.status, done.err) == (0, "") and READER in done.out
        psycopg.connect(conninfo(environment, user=READER, password="reader's own")).close()


def test_db_reader_without_a_password_says_which_to_set(command: Command) -> None:
    failed(command("db", "reader"), "GRAFANA_POSTGRES_PASSWORD")


@pytest.mark.parametrize("name", ["", "Grafana", "a b", "pg_reader", "x; DROP TABLE turns"])
def test_a_name_that_is_none_for_an_account(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("GRAFANA_POSTGRES_PASSWORD", "x" * 16)
    monkeypatch.setenv("GRAFANA_POSTGRES_USER", name or "\N{SNOWMAN}")
    failed(command("db", "reader"), "GRAFANA_POSTGRES_USER", "small letters")
