"""The embedded PostgreSQL under use, misuse and SIGKILL. Real servers, each in a home of its own."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from customer_assist.errors import DatabaseStartFailed
from customer_assist.storage.clocks import check_clocks, lines
from customer_assist.storage.cluster import LOG_LIMIT, bound_log
from customer_assist.storage.embedded import EmbeddedServer, ServerEndpoint
from customer_assist.storage.programs import (
    Account,
    find_programs,
    first_line,
    programs_for,
    send,
    servers_in,
)
from customer_assist.storage.server_folder import Access, ServerFolder, is_held

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and needs prctl: Linux only")
AS_ROOT = os.geteuid() == 0

USER = """
import sys
from pathlib import Path
from customer_assist.storage.embedded import EmbeddedServer
print(EmbeddedServer(Path(sys.argv[1])).acquire().conninfo, flush=True)
"""
STAY = "sys.stdin.read()"
WRITE = """
import psycopg
with psycopg.connect(EmbeddedServer(Path(sys.argv[1])).acquire().conninfo, autocommit=True) as connection:
    connection.execute("CREATE TABLE written (number int)")
    with open(sys.argv[2], "w") as acknowledged:
        for number in range(1_000_000):
            connection.execute("INSERT INTO written VALUES (%s)", [number])
            print(number, file=acknowledged, flush=True)
"""


class Users:
    """Processes that use a home's server, each until its standard input ends."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, then: str = STAY, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", USER + then, str(self.home), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def add(self, then: str = STAY, *arguments: str) -> tuple[subprocess.Popen[str], str]:
        """The process and the address that it got."""
        process = self.start(then, *arguments)
        return process, address_of(process)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    end_all(tmp_path / "home")


@pytest.fixture(scope="module")
def quiet_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Of a server that is only asked."""
    home = tmp_path_factory.mktemp("quiet") / "home"
    yield home
    end_all(home)


@pytest.fixture(scope="module")
def endpoint(quiet_home: Path) -> Iterator[ServerEndpoint]:
    with EmbeddedServer(quiet_home) as endpoint:
        yield endpoint


def end_all(home: Path) -> None:
    data = ServerFolder.of(home).data
    for pid in supervisors(data):
        send(pid, signal.SIGTERM)
    wait_for(lambda: not supervisors(data) and not servers_in(data))


@pytest.fixture
def data(home: Path) -> Path:
    return ServerFolder.of(home).data


@pytest.fixture
def users(home: Path) -> Iterator[Users]:
    users = Users(home)
    yield users
    users.end()


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(home)
    yield server
    server.release()


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    address = process.stdout.readline().strip()
    assert address, "the user ended before it had an address"
    return address


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def postmaster(data: Path) -> int:
    return int(first_line(data / "postmaster.pid"))


def supervisors(data: Path) -> list[int]:
    """Those of the home that the data directory is in."""
    wanted = ["customer_assist.storage.supervisor", str(data.parent.parent)]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_text().split("\0")
        except OSError:  # it ended meanwhile
            continue
        if all(word in words for word in wanted):
            found.append(int(process.name))
    return found


def ask(address: str, query: str) -> object:
    with psycopg.connect(address) as connection:
        row = connection.execute(query).fetchone()
    assert row
    return row[0]


def test_a_server_starts_and_keeps_what_it_acknowledges(endpoint: ServerEndpoint) -> None:
    address = endpoint.conninfo
    assert str(ask(address, "SHOW server_version")).startswith("18.")
    assert ask(address, "SHOW fsync") == ask(address, "SHOW synchronous_commit") == "on"
    assert ask(address, "SHOW timezone") == "UTC"
    assert ask(address, "SHOW server_encoding") == "UTF8"
    assert ask(address, "SELECT lower('ÄÖ')") == "äö"
    assert ask(address, "SELECT current_database()") == "customer_support"


def test_the_url_leads_to_the_same_place_as_the_conninfo() -> None:
    endpoint = ServerEndpoint("127.0.0.1", 5433, "me@here", "a b'/:%", "support & co")
    by_url = psycopg.conninfo.conninfo_to_dict(endpoint.url)
    by_words = psycopg.conninfo.conninfo_to_dict(endpoint.conninfo)
    assert {name: str(value) for name, value in by_url.items()} == by_words
    assert "a b" not in repr(endpoint)


def test_a_wrong_password_is_refused(endpoint: ServerEndpoint) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(endpoint.conninfo, password="wrong")


def test_the_server_listens_on_the_loopback_address_alone(endpoint: ServerEndpoint) -> None:
    assert ask(endpoint.conninfo, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(endpoint.conninfo, "SHOW unix_socket_directories") == ""
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.2", endpoint.port)) != 0


def test_the_password_file_is_for_its_owner_alone(endpoint: ServerEndpoint, quiet_home: Path) -> None:
    assert Access.load(ServerFolder.of(quiet_home).access).password == endpoint.password
    assert stat.S_IMODE(ServerFolder.of(quiet_home).access.stat().st_mode) == 0o600


def test_statements_do_not_get_into_the_log(endpoint: ServerEndpoint, quiet_home: Path) -> None:
    with psycopg.connect(endpoint.conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE private (name text UNIQUE)")
        for _ in range(2):
            try:
                connection.execute("INSERT INTO private VALUES ('Ada Lovelace')")
            except psycopg.errors.UniqueViolation:
                break
    log = ServerFolder.of(quiet_home).log.read_text()
    assert "private_name_key" in log and "Lovelace" not in log


def test_two_processes_share_a_server_and_whoever_started_it_may_go_first(users: Users, data: Path) -> None:
    first, address = users.add()
    pid = postmaster(data)
    _, same_address = users.add()
    assert same_address == address
    first.communicate("")
    time.sleep(2)  # longer than the grace
    assert postmaster(data) == pid and ask(address, "SELECT 1") == 1


def test_the_server_stops_when_its_last_user_ends(users: Users, data: Path) -> None:
    user, _ = users.add()
    assert servers_in(data)
    user.communicate("")
    wait_for(lambda: not servers_in(data))
    assert "database system is shut down" in (data.parent / "server.log").read_text()


def test_the_server_stops_when_its_last_user_is_killed(users: Users, data: Path) -> None:
    user, _ = users.add()
    user.kill()
    wait_for(lambda: not servers_in(data))


def test_what_a_user_executes_does_not_keep_the_server(users: Users, data: Path) -> None:
    child = "import subprocess; print(subprocess.Popen(['sleep', '60'], stdout=-3).pid, flush=True)"
    user, _ = users.add(child)
    assert user.stdout
    child_pid = int(user.stdout.readline())
    try:
        user.wait()
        wait_for(lambda: not servers_in(data))
    finally:
        send(child_pid, signal.SIGKILL)


def test_a_server_that_is_let_go_and_wanted_again_at_any_moment_answers(server: EmbeddedServer) -> None:
    server.acquire()
    for pause in (1.1, 1.25, 1.4):  # around the moment at which it stops
        server.release()
        time.sleep(pause)
        with psycopg.connect(server.acquire().conninfo) as connection:
            time.sleep(0.3)
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_who_comes_while_the_server_stops_waits_for_another(server: EmbeddedServer, data: Path) -> None:
    server.acquire()
    stopping = postmaster(data)
    os.kill(stopping, signal.SIGSTOP)  # so that stopping takes as long as we want
    server.release()
    wait_for(lambda: not is_held(data.parent / "ready.lock"))
    with ThreadPoolExecutor(1) as pool:
        newcomer = pool.submit(server.acquire)
        time.sleep(0.3)
        assert not newcomer.done()
        os.kill(stopping, signal.SIGCONT)
        assert ask(newcomer.result().conninfo, "SELECT 1") == 1
    assert postmaster(data) != stopping


def test_after_sigkill_of_every_process_nothing_is_left_and_nothing_is_lost(
    users: Users, server: EmbeddedServer, data: Path, tmp_path: Path
) -> None:
    acknowledged = tmp_path / "acknowledged"
    writer, _ = users.add(WRITE, str(acknowledged))
    wait_for(lambda: acknowledged.exists() and acknowledged.stat().st_size > 2000)
    for pid in (writer.pid, *supervisors(data), postmaster(data)):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not servers_in(data), 5)
    writer.wait()

    wanted = {int(line) for line in acknowledged.read_text().split("\n")[:-1]}
    with psycopg.connect(server.acquire().conninfo) as connection:
        found = {number for (number,) in connection.execute("SELECT number FROM written")}
    assert len(wanted) > 100 and wanted <= found


def test_a_killed_supervisor_takes_its_server_along_and_the_next_acquire_brings_it_back(
    server: EmbeddedServer, data: Path
) -> None:
    endpoint = server.acquire()
    (supervisor,) = supervisors(data)
    os.kill(supervisor, signal.SIGKILL)
    wait_for(lambda: not servers_in(data))
    assert server.acquire() == endpoint
    assert ask(endpoint.conninfo, "SELECT 1") == 1


def test_a_server_left_running_by_a_killed_supervisor_is_ended_first(
    server: EmbeddedServer, data: Path
) -> None:
    server.acquire()
    (supervisor,) = supervisors(data)
    left = postmaster(data)
    os.kill(left, signal.SIGSTOP)  # so that it does not obey the signal it gets at its supervisor's death
    os.kill(supervisor, signal.SIGKILL)
    wait_for(lambda: not is_held(data.parent / "ready.lock"))  # it is dead only a moment after the kill
    os.kill(left, signal.SIGCONT)
    address = server.acquire().conninfo
    assert postmaster(data) != left and ask(address, "SELECT 1") == 1
    assert len(supervisors(data)) == 1


def test_a_server_that_ends_by_itself_is_started_again(server: EmbeddedServer, data: Path) -> None:
    endpoint = server.acquire()
    os.kill(postmaster(data), signal.SIGKILL)
    wait_for(lambda: not is_held(data.parent / "ready.lock"))
    assert server.acquire() == endpoint
    assert ask(endpoint.conninfo, "SELECT 1") == 1


def test_a_terminated_supervisor_stops_its_server_in_order(server: EmbeddedServer, data: Path) -> None:
    server.acquire()
    (supervisor,) = supervisors(data)
    os.kill(supervisor, signal.SIGTERM)
    wait_for(lambda: not is_held(data.parent / "supervisor.lock"))
    assert not servers_in(data)
    assert "database system is shut down" in (data.parent / "server.log").read_text()


def test_two_first_users_at_once_get_one_server(users: Users, data: Path) -> None:
    started = [users.start() for _ in range(2)]
    first, second = (address_of(process) for process in started)
    assert first == second
    assert len(supervisors(data)) == 1


def test_an_interrupted_initdb_is_done_anew(users: Users, server: EmbeddedServer, home: Path) -> None:
    root = ServerFolder.of(home).root
    user = users.start()
    wait_for(lambda: list(root.glob("data.partial-*/PG_VERSION")))
    (supervisor,) = supervisors(root / "data")
    os.kill(supervisor, signal.SIGKILL)
    user.kill()
    assert list(root.glob("data.partial-*")) and not (root / "data").exists()
    assert ask(server.acquire().conninfo, "SELECT 1") == 1
    assert not list(root.glob("data.partial-*"))


def test_a_port_that_something_else_has_taken_is_replaced(server: EmbeddedServer, data: Path) -> None:
    port = server.acquire().port
    server.release()
    wait_for(lambda: not is_held(data.parent / "supervisor.lock"))
    with socket.create_server(("127.0.0.1", port)):
        endpoint = server.acquire()
        assert endpoint.port != port and ask(endpoint.conninfo, "SELECT 1") == 1


def test_a_pid_file_that_names_an_unrelated_process_does_no_harm(server: EmbeddedServer, data: Path) -> None:
    server.acquire()
    for pid in (*supervisors(data), postmaster(data)):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not servers_in(data))
    owner = data.stat().st_uid if AS_ROOT else None
    with subprocess.Popen(["sleep", "60"], user=owner) as unrelated:
        try:
            lines = (data / "postmaster.pid").read_text().split("\n")
            (data / "postmaster.pid").write_text("\n".join([str(unrelated.pid), *lines[1:]]))
            assert ask(server.acquire().conninfo, "SELECT 1") == 1
            assert unrelated.poll() is None
        finally:
            unrelated.kill()


def test_a_server_whose_home_is_moved_away_ends_also_when_the_home_is_made_anew(
    server: EmbeddedServer, home: Path, data: Path
) -> None:
    server.acquire()
    (supervisor,) = supervisors(data)
    pid = postmaster(data)
    home.rename(home.with_name("elsewhere"))
    with EmbeddedServer(home) as endpoint:
        wait_for(lambda: not running(pid) and not running(supervisor))
        assert ask(endpoint.conninfo, "SELECT 1") == 1


def running(pid: int) -> bool:
    """Zombies do not run: not every machine's first process buries them."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_server_that_cannot_start_says_why(server: EmbeddedServer, data: Path) -> None:
    server.acquire()
    server.release()
    wait_for(lambda: not is_held(data.parent / "supervisor.lock"))
    (data / "global" / "pg_control").unlink()
    with pytest.raises(DatabaseStartFailed, match=r"pg_control.*server\.log.*POSTGRES_HOST"):
        server.acquire()
    assert not is_held(data.parent / "users.lock") and not servers_in(data)


def test_a_directory_of_another_major_version_is_left_alone(server: EmbeddedServer, data: Path) -> None:
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    with pytest.raises(DatabaseStartFailed, match="is of PostgreSQL 15 and the installed one is 18"):
        server.acquire()
    assert (data / "PG_VERSION").read_text() == "15\n"


def test_a_lost_password_is_said_to_be_lost(server: EmbeddedServer, data: Path) -> None:
    server.acquire()
    server.release()
    wait_for(lambda: not is_held(data.parent / "supervisor.lock"))
    (data.parent / "server.json").unlink()
    with pytest.raises(DatabaseStartFailed, match=r"password is lost: restore .*server\.json"):
        server.acquire()


def test_without_the_wheel_one_is_told_to_install_it_or_to_name_a_server() -> None:
    with pytest.raises(DatabaseStartFailed, match="install the package no-such-wheel or set POSTGRES_HOST"):
        find_programs("no_such_wheel")


@pytest.mark.skipif(AS_ROOT, reason="root may write anywhere")
def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DatabaseStartFailed, match="CUSTOMER_ASSIST_HOME"):
        EmbeddedServer(tmp_path / "home").acquire()


@pytest.mark.skipif(not AS_ROOT, reason="only root has a home that the server's account cannot enter")
def test_root_gets_a_server_in_a_home_that_lets_nobody_else_pass(
    tmp_path: Path, home: Path, data: Path
) -> None:
    tmp_path.chmod(0o700)
    server = EmbeddedServer(home)
    assert ask(server.acquire().conninfo, "SELECT 1") == 1
    server.release()
    assert data.stat().st_uid != 0 and stat.S_IMODE(data.stat().st_mode) == 0o700
    assert Path(f"/proc/{postmaster(data)}").stat().st_uid == data.stat().st_uid
    assert stat.S_IMODE(tmp_path.stat().st_mode) == stat.S_IMODE(data.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="only root changes the account")
def test_programs_that_the_account_cannot_reach_are_copied_once() -> None:
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid)
    with tempfile.TemporaryDirectory() as private, tempfile.TemporaryDirectory() as public:  # private: 0700
        Path(public).chmod(0o755)
        installed = Path(private) / "pginstall18"
        installed.symlink_to(find_programs().parent)
        copy = programs_for(installed / "bin", account, Path(public))
        assert copy.is_relative_to(public) and (copy.parent / "share").is_dir()
        inode = (copy / "postgres").stat().st_ino
        again = programs_for(installed / "bin", account, Path(public))
        assert (again / "postgres").stat().st_ino == inode


def test_a_log_that_is_too_long_begins_anew(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_bytes(b"x" * LOG_LIMIT)
    bound_log(log)
    assert log.stat().st_size == LOG_LIMIT
    with log.open("ab") as appending:
        appending.write(b"more")
        appending.flush()
        bound_log(log)
        appending.write(b"new")
    assert log.read_bytes() == b"new"
    assert (tmp_path / "server.log.old").stat().st_size == LOG_LIMIT + 4


def test_port_and_password_survive_a_write_that_stops_midway(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    Access(5433, "secret").save(path)
    (tmp_path / "server.json-abc").write_text('{"port": 1')
    assert Access.load(path) == Access(5433, "secret")
    path.write_text('{"port": 1}')
    with pytest.raises(ValueError, match="port and password"):
        Access.load(path)


def test_the_clocks_of_database_and_program_agree(endpoint: ServerEndpoint) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    with psycopg.connect(endpoint.conninfo) as connection:
        report = check_clocks(connection, berlin, lambda: datetime.now(UTC))
        assert report.agree and report.database_zone == "UTC"
        assert len(lines(report)) == 9
        assert connection.execute("SELECT to_regclass('clock_check')").fetchone() == (None,)


def test_a_clock_that_is_hours_off_is_noticed(endpoint: ServerEndpoint) -> None:
    with psycopg.connect(endpoint.conninfo) as connection:
        report = check_clocks(connection, ZoneInfo("UTC"), lambda: datetime.now(UTC) - timedelta(hours=2))
    assert not report.agree and report.difference > timedelta(hours=1.9)
