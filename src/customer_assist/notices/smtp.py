"""E-mail by SMTP: one message to one server, within a time, or a DeliveryFailed that says why."""

from __future__ import annotations

import smtplib
import socket
import ssl
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import partial

import structlog

from customer_assist.config import MailSettings
from customer_assist.errors import DeliveryFailed
from customer_assist.llm.deadline import Deadline, HangUp, within
from customer_assist.mail_address import is_address
from customer_assist.notices.letters import Letter

SECONDS = 30.0  # for one message, from looking up the server's name to its word that it took it
_SILENCE = 10.0  # of those, without a byte from the server
_LONGEST_HEADER = 150  # characters
log = structlog.get_logger(__name__)


class SmtpSender:
    def __init__(
        self, settings: MailSettings, now: Callable[[], datetime], *, seconds: float = SECONDS
    ) -> None:
        self._settings = settings
        self._now = now
        self._seconds = seconds

    def send(self, letter: Letter) -> None:
        """Hand it to the server: once this returns, the server has taken it for at least one of the receivers.

        Raises DeliveryFailed; after that, too, it may have been taken. The same letter has the same Message-ID.
        """
        message = as_message(letter, self._settings.sender, self._now())
        refused = self._talk(lambda smtp: smtp.sendmail(self._settings.sender, letter.to, message.as_bytes()))
        if refused:
            log.warning("some_receivers_refused", id=letter.id, refused=len(refused), of=len(letter.to))

    def check(self) -> None:
        """Connect and log in, and send nothing. Raises DeliveryFailed."""
        self._talk(lambda smtp: smtp.noop())

    def _talk(self, say: Callable[[smtplib.SMTP], object]) -> dict[str, object]:
        """What `say` brought; whatever comes after the server's word (QUIT, a broken line) changes nothing."""
        talk = within(Deadline.after(self._seconds), lambda hang_up: self._said(say, hang_up))
        try:
            result = next(talk)
        except TimeoutError as error:
            raise self._failed("did not answer in time") from error
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted({code for code, _ in error.recipients.values()})
            told = f"refused every receiver ({', '.join(map(str, codes))})"
            raise self._failed(told, refused=min(codes, default=0) >= 500) from error
        except smtplib.SMTPAuthenticationError as error:
            told = f"refused the login ({error.smtp_code})"
            raise self._failed(
                f"{told}: check CUSTOMER_ASSIST_SMTP_USER and CUSTOMER_ASSIST_SMTP_PASSWORD"
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise self._failed(
                "offers no STARTTLS, or no login: check CUSTOMER_ASSIST_SMTP_TLS and CUSTOMER_ASSIST_SMTP_PORT"
            ) from error
        except smtplib.SMTPResponseException as error:  # its text may name a receiver
            raise self._failed(f"refused the message ({error.smtp_code})") from error
        except ssl.SSLCertVerificationError as error:
            raise self._failed(f"has no certificate that can be trusted ({error.verify_message})") from error
        except ssl.SSLError as error:
            raise self._failed(
                f"does not speak TLS here ({error.reason}): check CUSTOMER_ASSIST_SMTP_TLS"
            ) from error
        except smtplib.SMTPException as error:  # hung up, above all
            raise self._failed(f"broke off ({type(error).__name__})") from error
        except (OSError, UnicodeError) as error:
            raise self._failed(f"cannot be reached ({getattr(error, 'strerror', None) or error})") from error
        finally:
            talk.close()
        return result if isinstance(result, dict) else {}

    def _said(self, say: Callable[[smtplib.SMTP], object], hang_up: HangUp) -> Iterator[object]:
        smtp = self._connected()
        try:
            hang_up.on_hang_up(partial(_break, smtp.sock))
            smtp.ehlo_or_helo_if_needed()
            if self._settings.tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if self._settings.user:
                smtp.login(self._settings.user, self._settings.password)
            result = say(smtp)
            hang_up.on_hang_up(None)
            yield result
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        host, port = self._settings.host, self._settings.port
        if self._settings.tls == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=_SILENCE, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=_SILENCE)

    def _failed(self, why: str, *, refused: bool = False) -> DeliveryFailed:
        return DeliveryFailed(
            f"the mail server {self._settings.host}:{self._settings.port} {why}", refused=refused
        )


def _break(connection: socket.socket | None) -> None:
    """Wakes whoever reads from it, which closing it would not."""
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)


def as_message(letter: Letter, sender: str, at: datetime) -> EmailMessage:
    """Plain text in UTF-8, with headers of one line each. Raises DeliveryFailed (refused) for what is no address."""
    if not letter.to or not all(is_address(each) for each in (*letter.to, sender)):
        raise DeliveryFailed("the receiver is no e-mail address", refused=True)
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Date"] = format_datetime(at)
    message["From"] = Address(_header(letter.name), addr_spec=sender)
    message["To"] = [Address(addr_spec=each) for each in letter.to]
    if is_address(letter.reply_to):
        message["Reply-To"] = Address(addr_spec=letter.reply_to)
    message["Subject"] = _header(letter.subject)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office replies stay at home
    message.set_content(_text(letter.body), cte="quoted-printable")
    return message


def _header(text: str) -> str:
    """One line, however the text was broken: a line end in a header would begin the next header."""
    return " ".join(_text(text).split())[:_LONGEST_HEADER]


def _text(text: str) -> str:
    """Without control characters and halves of pairs; lines end as Python's do."""
    lines = text.encode("utf-8", "replace").decode().splitlines()
    return "\n".join(
        "".join(c for c in line if c == "\t" or unicodedata.category(c) != "Cc") for line in lines
    )
