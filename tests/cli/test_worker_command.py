"""`worker`, and what `doctor` says about telling people."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import PROGRAM, Command, is_one_line

from receivers import FakeSmtp, FakeWebhook

WISH = "I want to talk to a person"
SECRETS = ("the password of mails", "c2VjcmV0")
RECEIVERS = tuple[FakeSmtp, FakeWebhook]


@pytest.fixture
def receivers(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[RECEIVERS]:
    """Set in the environment; not begun yet."""
    smtp, hook = FakeSmtp(), FakeWebhook()
    smtp.login = ("assist", SECRETS[0])
    for name, value in {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp.port),
        "SMTP_TLS": "none",
        "SMTP_USER": "assist",
        "SMTP_PASSWORD": SECRETS[0],
        "MAIL_FROM": "assistant@shop.example",
        "NOTICE_EMAIL": "team@shop.example",
        "WEBHOOK_URL": hook.url,
        "WEBHOOK_SECRET": "whsec_" + SECRETS[1] * 6,
    }.items():
        monkeypatch.setenv(f"CUSTOMER_ASSIST_{name}", value)
    yield smtp, hook
    smtp.end()
    hook.end()


def test_once_delivers_what_is_due_and_ends(command: Command, loaded: Path, receivers: RECEIVERS) -> None:
    smtp, hook = receivers
    smtp.begin()
    hook.begin()
    assert command("ask", WISH).status == 0
    done = command("worker", "--once")
    assert (done.status, done.out, done.err) == (0, "2 jobs done\n", "")
    assert len(smtp.taken) == len(hook.taken) == 1
    again = command("worker", "--once", "--json")
    assert again.status == 0 and json.loads(again.out) == {"done": 0, "failed": 0, "given_up": 0}


def test_what_cannot_be_delivered_is_status_1_and_the_doctor_says_why_and_retry_tries_at_once(
    command: Command, loaded: Path, receivers: RECEIVERS
) -> None:
    smtp, hook = receivers
    smtp.begin()
    command("ask", WISH)
    failed = command("worker", "--once")
    assert failed.status == 1 and "1 job done" in failed.out
    last = failed.err.splitlines()[-1]
    assert last.startswith("error: 1 job failed") and "doctor" in last
    doctor = command("doctor", "--json")
    notices = json.loads(doctor.out)["notices"]
    assert notices["told"] is True and [each["kind"] for each in notices["backlog"]] == ["handoff_webhook"]
    assert f"127.0.0.1:{hook.port} cannot be reached" in notices["problems"][0]
    assert "cannot be reached" in notices["backlog"][0]["failure"]
    said = command("doctor")
    assert "1 notice waiting (handoff_webhook)" in said.out and "tried before" in said.out
    assert not any(secret in f"{failed}{doctor}{said}" for secret in (*SECRETS, WISH))
    hook.begin()
    assert command("worker", "--once", "--retry").out == "1 job done\n"
    assert len(hook.taken) == 1


def test_the_doctor_logs_in_to_the_mail_server_and_sends_nothing(
    command: Command, loaded: Path, receivers: RECEIVERS
) -> None:
    smtp, hook = receivers
    smtp.begin()
    hook.begin()
    notices = json.loads(command("doctor", "--json").out)["notices"]
    assert notices == {"told": True, "problems": [], "backlog": []}
    smtp.login = ("assist", "another")
    assert "CUSTOMER_ASSIST_SMTP_PASSWORD" in command("doctor").err
    assert smtp.logins == 1 and not smtp.mails and not hook.posts


def test_where_nobody_is_told_it_is_said(command: Command, loaded: Path) -> None:
    for done in (command("doctor"), command("worker", "--once")):
        assert done.status == 0 and is_one_line(done.err)
        assert "nobody is told" in done.err and "CUSTOMER_ASSIST_NOTICE_EMAIL" in done.err
    assert json.loads(command("doctor", "--json").out)["notices"]["told"] is False


def test_notices_by_a_way_that_is_not_set_any_more_are_not_forgotten(
    command: Command, loaded: Path, receivers: RECEIVERS, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("ask", WISH)
    monkeypatch.delenv("CUSTOMER_ASSIST_WEBHOOK_URL")
    assert "1 job of kind handoff_webhook wait for settings" in command("doctor").err


def test_a_webhook_without_a_secret_is_one_line_that_says_how_to_make_one(
    command: Command, receivers: RECEIVERS, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUSTOMER_ASSIST_WEBHOOK_SECRET")
    for name in ("doctor", "worker", "serve"):
        done = command(name)
        assert done.status == 1 and is_one_line(done.err) and "openssl rand -base64 32" in done.err


def test_json_needs_once(command: Command) -> None:
    done = command("worker", "--json")
    assert done.status == 2 and is_one_line(done.err)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_until_it_is_told_to_end_and_delivers_what_comes(
    command: Command, loaded: Path, receivers: RECEIVERS, number: signal.Signals
) -> None:
    smtp, hook = receivers
    smtp.begin()
    hook.begin()
    with subprocess.Popen([PROGRAM, "worker"], stderr=subprocess.PIPE, text=True) as worker:
        command("ask", WISH)
        deadline = time.monotonic() + 30
        while not (smtp.taken and hook.taken):
            assert time.monotonic() < deadline and worker.poll() is None
            time.sleep(0.05)
        worker.send_signal(number)
        _, told = worker.communicate(timeout=20)
    assert (worker.returncode, told) == (0, "")
