"""E-mail against a real server on loopback: what is sent, and what every way to fail comes to."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from customer_assist.config import MailSettings
from customer_assist.errors import DeliveryFailed
from customer_assist.mail_address import is_address
from customer_assist.notices.letters import Letter
from customer_assist.notices.smtp import SmtpSender, as_message
from receivers import FakeSmtp

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = "a password that no log shows"
LETTER = Letter(
    "6f8d4e0e-7a53-5a53-9f0e-0d7d1a0f3f10",
    ("team@shop.example",),
    "A customer is waiting",
    "Grüße,\n.\nFrom here on: a lone dot above.\n" + "long " * 400 + "\n",
    name="Käthe's Lamps",
    reply_to="ann@customer.example",
)


@pytest.fixture
def smtp() -> Iterator[FakeSmtp]:
    with FakeSmtp() as server:
        yield server


@pytest.fixture
def settings(smtp: FakeSmtp) -> MailSettings:
    return MailSettings(
        "127.0.0.1", smtp.port, "none", "", "", "assistant@shop.example", ("team@shop.example",)
    )


def sender(settings: MailSettings, seconds: float = 10.0) -> SmtpSender:
    return SmtpSender(settings, lambda: NOW, seconds=seconds)


def test_a_letter_arrives_as_plain_text_that_says_what_it_is(smtp: FakeSmtp, settings: MailSettings) -> None:
    sender(settings).send(LETTER)
    [mail] = smtp.taken
    message = mail.message
    assert mail.to == LETTER.to
    assert message["Message-ID"] == f"<{LETTER.id}@shop.example>"
    assert message["From"].addresses[0].display_name == "Käthe's Lamps"
    assert message["From"].addresses[0].addr_spec == "assistant@shop.example"
    assert (message["To"], message["Reply-To"]) == ("team@shop.example", "ann@customer.example")
    assert (message["Subject"], message["Auto-Submitted"]) == ("A customer is waiting", "auto-generated")
    assert message["Date"].datetime == NOW
    assert message.get_content_type() == "text/plain" and message.get_content_charset() == "utf-8"
    assert message.get_content().splitlines() == LETTER.body.splitlines()
    assert max(map(len, mail.raw.split(b"\r\n"))) < 998 and mail.raw.isascii()


def test_the_same_letter_has_the_same_message_id(smtp: FakeSmtp, settings: MailSettings) -> None:
    sender(settings).send(LETTER)
    sender(settings).send(LETTER)
    assert len(smtp.mails) == 2 and smtp.mails[0].id == smtp.mails[1].id


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_line_end_in_a_name_or_subject_begins_no_header(
    smtp: FakeSmtp, settings: MailSettings, end: str
) -> None:
    evil = f"Shop{end}Bcc: victim@elsewhere.example{end}{end}<b>Buy now</b>"
    sender(settings).send(
        replace(LETTER, subject=evil, name=evil, reply_to=f"a@b.example{end}Bcc: v@e.example")
    )
    [mail] = smtp.mails
    assert mail.to == LETTER.to
    assert set(mail.message.keys()) == {
        *("Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "Content-Type"),
        *("Content-Transfer-Encoding", "MIME-Version"),
    }
    assert mail.message["Subject"] == "Shop Bcc: victim@elsewhere.example <b>Buy now</b>"
    assert mail.message.get_content().splitlines() == LETTER.body.splitlines()


def test_control_characters_and_halves_of_pairs_are_left_out(smtp: FakeSmtp, settings: MailSettings) -> None:
    sender(settings).send(
        replace(LETTER, subject="A\x00B\x1b[2J\ud800", body="tab\there \x1b[31mred\x00 \udfff\r\nend")
    )
    [mail] = smtp.mails
    assert mail.message["Subject"] == "AB[2J?"
    assert mail.message.get_content().splitlines() == ["tab\there [31mred ?", "end"]


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "nobody",
            "a b@c.example",
            "a@b.example\r\nRCPT TO:<v@e.example>",
            "a@b.example\n",
            "<a@b.example>",
        ),
        *(
            '"a b"@c.example',
            "a@b.example,v@e.example",
            "a@-b.example",
            "ä@b.example",
            "a@b..example",
            ".a@b.example",
        ),
        *("a@" + "b" * 64 + ".example", "a" * 65 + "@b.example", "a@" + "b." * 126 + "example"),
    ],
)
def test_what_is_no_address_is_never_written_to(smtp: FakeSmtp, settings: MailSettings, address: str) -> None:
    assert not is_address(address)
    with pytest.raises(DeliveryFailed) as failed:
        sender(settings).send(replace(LETTER, to=(address,)))
    assert failed.value.refused and not smtp.mails


@pytest.mark.parametrize(
    "address", ["ann@customer.example", "ann.o'neil+lamps@a-b.co.example", "root@localhost"]
)
def test_what_is_an_address_is_taken(address: str) -> None:
    assert is_address(address)
    assert as_message(replace(LETTER, to=(address,)), "a@b.example", NOW)["To"] == address


def test_nobody_there_is_said_in_a_line(settings: MailSettings, smtp: FakeSmtp) -> None:
    smtp.end()
    with pytest.raises(
        DeliveryFailed, match=rf"127.0.0.1:{smtp.port} cannot be reached \(Connection refused\)"
    ):
        sender(settings).send(LETTER)


@pytest.mark.parametrize(("ending", "told"), [(451, "451"), (554, "554"), ("drop", "broke off")])
def test_a_server_that_fails_after_the_last_byte_has_not_taken_it(
    smtp: FakeSmtp, settings: MailSettings, ending: int | str, told: str
) -> None:
    smtp.ends = lambda _: ending
    with pytest.raises(DeliveryFailed, match=told) as failed:
        sender(settings).send(LETTER)
    assert len(smtp.mails) == 1 and not failed.value.refused


def test_a_server_that_hangs_is_given_up_in_time(smtp: FakeSmtp, settings: MailSettings) -> None:
    smtp.ends = lambda _: "hang"
    started = time.monotonic()
    with pytest.raises(DeliveryFailed, match="in time"):
        sender(settings, seconds=0.5).send(LETTER)
    assert time.monotonic() - started < 3


def test_a_server_that_drips_is_given_up_in_time(settings: MailSettings) -> None:
    """Each byte would begin a socket's timeout again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gone = threading.Event()

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                while not gone.wait(0.1):
                    connection.sendall(b"2")

        threading.Thread(target=drip, daemon=True).start()
        slow = replace(settings, port=listener.getsockname()[1])
        started = time.monotonic()
        with pytest.raises(DeliveryFailed, match="in time"):
            sender(slow, seconds=0.5).send(LETTER)
        assert time.monotonic() - started < 3
        gone.set()


def test_a_receiver_that_does_not_exist_is_refused_for_good_and_one_that_is_busy_is_not(
    smtp: FakeSmtp, settings: MailSettings
) -> None:
    smtp.unknown = LETTER.to
    for code, refused in ((550, True), (450, False)):
        smtp.unknown_code = code
        with pytest.raises(DeliveryFailed, match=str(code)) as failed:
            sender(settings).send(LETTER)
        assert failed.value.refused is refused
        assert LETTER.to[0] not in str(failed.value)  # which the server's reply names


def test_one_unknown_receiver_of_two_does_not_hold_up_the_other(
    smtp: FakeSmtp, settings: MailSettings
) -> None:
    smtp.unknown = ("gone@shop.example",)
    with structlog.testing.capture_logs() as logs:
        sender(settings).send(replace(LETTER, to=("gone@shop.example", "team@shop.example")))
    assert smtp.taken[0].to == ("team@shop.example",)
    assert logs[0]["refused"] == 1 and "gone@" not in str(logs)


def test_it_logs_in_and_says_what_to_check_where_it_may_not(smtp: FakeSmtp, settings: MailSettings) -> None:
    smtp.login = ("assist", SECRET)
    own = replace(settings, user="assist", password=SECRET)
    sender(own).check()
    sender(own).send(LETTER)
    assert smtp.logins == 2 and len(smtp.taken) == 1
    with pytest.raises(DeliveryFailed, match=r"535.*CUSTOMER_ASSIST_SMTP_PASSWORD") as failed:
        sender(replace(own, password="wrong")).send(LETTER)
    assert SECRET not in f"{failed.value}{own!r}"


def test_a_server_without_starttls_gets_neither_login_nor_mail(
    smtp: FakeSmtp, settings: MailSettings
) -> None:
    smtp.login = ("assist", SECRET)
    with pytest.raises(DeliveryFailed, match="CUSTOMER_ASSIST_SMTP_TLS"):
        sender(replace(settings, tls="starttls", user="assist", password=SECRET)).send(LETTER)
    assert not smtp.logins and not smtp.mails


def test_a_certificate_is_looked_at_before_the_login(
    smtp: FakeSmtp, settings: MailSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp.certificate = _certificate(tmp_path)
    smtp.login = ("assist", SECRET)
    own = replace(settings, host="localhost", tls="starttls", user="assist", password=SECRET)
    with pytest.raises(DeliveryFailed, match="certificate"):
        sender(own).send(LETTER)
    assert not smtp.logins and not smtp.mails
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))  # now it is known
    sender(own).send(LETTER)
    assert smtp.logins == 1 and len(smtp.taken) == 1


def test_tls_from_the_first_byte_is_not_spoken_to_a_server_that_begins_plainly(
    settings: MailSettings,
) -> None:
    with pytest.raises(DeliveryFailed, match="CUSTOMER_ASSIST_SMTP_TLS"):
        sender(replace(settings, tls="tls")).send(LETTER)


def _certificate(folder: Path) -> ssl.SSLContext:
    """One that nobody has signed."""
    if shutil.which("openssl") is None:
        pytest.skip("makes a certificate with openssl, which is not installed")
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*made, *names], cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
