"""A mail server and a webhook's receiver on loopback, which can fail in every way that the real ones do."""

from __future__ import annotations

import base64
import contextlib
import socketserver
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from server_process import free_port

# How a delivery ends once its last byte is there: with a status, or "drop": the connection, without a word,
# or "hang": nothing more comes.
Ending = int | str
SMTP_OK, HTTP_OK = 250, 200


@dataclass(frozen=True, slots=True)
class Mail:
    id: str  # its Message-ID, whole
    to: tuple[str, ...]
    message: EmailMessage
    raw: bytes
    ending: Ending


@dataclass(frozen=True, slots=True)
class Post:
    id: str
    headers: dict[str, str]
    body: bytes
    target: str
    ending: Ending


class Receiver(ABC):
    """What both have in common: a port that stays the same through ends and beginnings, and how deliveries end."""

    def __init__(self) -> None:
        self.port = free_port()
        self.ends: Callable[[int], Ending] = lambda _: self.well
        self.on_arrival: Callable[[str], None] = lambda _: None  # before it is answered
        self._server: Any = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._arrived = 0

    well: Ending = 0

    def ending(self) -> Ending:
        with self._lock:
            self._arrived += 1
            return self.ends(self._arrived)

    def hang(self) -> None:
        self._closed.wait(60)

    def begin(self) -> None:
        self._closed.clear()
        self._server = self._made()
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def end(self) -> None:
        self._closed.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Any:
        self.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @abstractmethod
    def _made(self) -> socketserver.BaseServer: ...


class FakeSmtp(Receiver):
    """Takes mails for everybody but `unknown`; with `login`, only after AUTH PLAIN; with `certificate` (an SSL
    context), offers STARTTLS."""

    well = SMTP_OK

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Mail] = []
        self.unknown: Sequence[str] = ()
        self.unknown_code = 550
        self.login: tuple[str, str] | None = None
        self.certificate: ssl.SSLContext | None = None
        self.logins = 0

    @property
    def taken(self) -> list[Mail]:
        """Those that the sender was told are taken."""
        return [mail for mail in self.mails if mail.ending == SMTP_OK]

    def _made(fake) -> socketserver.BaseServer:  # noqa: N805
        class Talk(socketserver.StreamRequestHandler):
            timeout = 30

            def handle(self) -> None:
                try:
                    self._talk()
                except OSError:
                    pass  # the sender hung up: that is what some tests do
                finally:
                    if self.connection is not self.request:  # the encrypted one, which nobody else closes
                        self.connection.close()

            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

            def _talk(self) -> None:
                self.to: list[str] = []
                self.say("220 fake")
                while line := self.rfile.readline():
                    verb, _, rest = line.decode().strip().partition(" ")
                    match verb.upper():
                        case "EHLO":
                            tls = "250-STARTTLS\r\n" if fake.certificate else ""
                            self.say(f"250-fake\r\n{tls}250 AUTH PLAIN")
                        case "STARTTLS" if fake.certificate:
                            self.say("220 go on")
                            self._encrypt(fake.certificate)
                        case "AUTH":
                            self._log_in(rest.split()[-1])
                        case "MAIL" if fake.login and not fake.logins:
                            self.say("530 log in first")
                        case "MAIL" | "NOOP" | "RSET":
                            self.say("250 ok")
                        case "RCPT":
                            self._receiver(rest.partition("<")[2].partition(">")[0])
                        case "DATA":
                            if not self._take():
                                return
                        case "QUIT":
                            self.say("221 bye")
                            return
                        case _:
                            self.say("500 what?")

            def _encrypt(self, certificate: ssl.SSLContext) -> None:
                self.connection = certificate.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

            def _log_in(self, word: str) -> None:
                given = tuple(base64.b64decode(word).decode().split("\0")[1:])
                fake.logins += given == fake.login
                self.say("235 welcome" if given == fake.login else "535 no")

            def _receiver(self, address: str) -> None:
                if address in fake.unknown:
                    self.say(f"{fake.unknown_code} {address} is unknown here")
                else:
                    self.to.append(address)
                    self.say("250 ok")

            def _take(self) -> bool:
                """False: the talk is over."""
                self.say("354 go on")
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line[1:] if line.startswith(b".") else line)
                if not line:
                    return False
                raw = b"".join(lines)
                message = message_from_bytes(raw, EmailMessage, policy=default)
                assert isinstance(message, EmailMessage)
                ending, id_ = fake.ending(), str(message["Message-ID"])
                fake.mails.append(Mail(id_, tuple(self.to), message, raw, ending))
                self.to = []
                fake.on_arrival(id_)
                if ending == "hang":
                    fake.hang()
                if isinstance(ending, str):
                    return False
                self.say(f"{ending} so it is")
                return True

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False

        return Server(("127.0.0.1", fake.port), Talk)


class FakeWebhook(Receiver):
    """Takes what is posted; `location` is where a redirect would lead."""

    well = HTTP_OK

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[Post] = []
        self.location = ""
        self.says = b"{}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def taken(self) -> list[Post]:
        """Those that the sender was told are taken."""
        return [post for post in self.posts if post.ending == HTTP_OK]

    def _made(fake) -> socketserver.BaseServer:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                self._take(b"")

            def do_POST(self) -> None:
                self._take(self.rfile.read(int(self.headers["Content-Length"])))

            def _take(self, body: bytes) -> None:
                ending, id_ = fake.ending(), self.headers.get("Webhook-Id", "")
                fake.posts.append(Post(id_, dict(self.headers.items()), body, self.path, ending))
                fake.on_arrival(id_)
                if ending == "hang":
                    fake.hang()
                if isinstance(ending, str):
                    self.close_connection = True
                    return
                with contextlib.suppress(OSError):
                    self.send_response(ending)
                    if fake.location:
                        self.send_header("Location", fake.location)
                    self.send_header("Content-Length", str(len(fake.says)))
                    self.end_headers()
                    self.wfile.write(fake.says)

        class Server(ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False

        return Server(("127.0.0.1", fake.port), Handler)
