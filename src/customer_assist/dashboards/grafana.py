"""A running Grafana, by its HTTP API: its data source and its dashboards are made, or brought up to date."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from customer_assist.dashboards.panels import DATASOURCE_TYPE, DATASOURCE_UID, Dashboard, as_json
from customer_assist.errors import ConfigurationError, GrafanaUnavailable

DEFAULT_URL = "http://localhost:3000"
OLDEST = 11  # the first with this data source's name and these panels
SECONDS = 10.0  # for one answer
DATASOURCE_NAME = "Customer Support"
_NAMED = f"Data source {DATASOURCE_NAME}"

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Source:
    """The database as Grafana reaches it."""

    address: str  # host:port
    database: str
    user: str
    encrypted: bool
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one thing in Grafana."""

    what: str
    how: str  # created, updated, or left as it is
    where: str = ""  # its address, of a dashboard


class TokenAuth(AuthBase):
    """As an auth of requests', so that no password of a .netrc file takes the token's place."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Grafana:
    """One Grafana, as one of its users. Every method raises GrafanaUnavailable where it does not answer, and
    ConfigurationError where it does not let us, each in one line that says what to do."""

    def __init__(self, url: str, *, token: str = "", user: str = "", password: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ConfigurationError(f"{url!r} is no address: give one such as {DEFAULT_URL}")
        if not token and not password:
            raise ConfigurationError(
                "Grafana lets nobody in unknown: set GRAFANA_TOKEN to the token of a service account with the role "
                "Admin, or GRAFANA_ADMIN_USER and GRAFANA_ADMIN_PASSWORD"
            )
        self._url = url.rstrip("/")
        self._auth: AuthBase = TokenAuth(token) if token else _basic(user, password)
        self._check = (
            "GRAFANA_TOKEN (has it expired?)" if token else "GRAFANA_ADMIN_USER and GRAFANA_ADMIN_PASSWORD"
        )

    def check_version(self) -> None:
        """Raises ConfigurationError where it is older than OLDEST; one that does not tell is taken as it is."""
        status, body = self._call("GET", "/api/health")
        version = str(body.get("version", ""))
        number = re.match(r"(\d+)\.", version)
        if status == 200 and number and int(number[1]) < OLDEST:
            raise ConfigurationError(f"Grafana {version} is too old: these dashboards need {OLDEST} or newer")

    def put_datasource(self, source: Callable[[], Source]) -> Done:
        """One that provisioning files made is left as it is, and `source` is not called then."""
        status, body = self._call("GET", f"/api/datasources/uid/{DATASOURCE_UID}")
        there = None if status == 404 else self._checked(status, body, "read data sources")
        if there is None:
            status, body = self._call("POST", "/api/datasources", _as_datasource(source()))
            if status == 409:
                raise ConfigurationError(
                    f"Grafana has another data source named {DATASOURCE_NAME!r}: rename it there, then try again"
                )
            self._checked(status, body, "make data sources")
            return Done(_NAMED, "created")
        if there.get("readOnly"):
            return Done(_NAMED, "left as it is: a provisioning file made it")
        wanted = _as_datasource(source(), default=bool(there.get("isDefault")))
        status, body = self._call("PUT", f"/api/datasources/uid/{DATASOURCE_UID}", wanted)
        self._checked(status, body, "change data sources")
        return Done(_NAMED, "updated")

    def unreachable(self) -> str:
        """Why Grafana cannot read the database; "" where it can, or does not tell."""
        status, body = self._call("GET", f"/api/datasources/uid/{DATASOURCE_UID}/health")
        failed = str(body.get("status", "")).upper() == "ERROR" or (status == 400 and "message" in body)
        return str(body.get("message", "no reason given")) if failed else ""

    def put_dashboard(self, dashboard: Dashboard) -> Done:
        """In the folder that it is in. One that provisioning files made is left as it is."""
        status, body = self._call("GET", f"/api/dashboards/uid/{dashboard.uid}")
        there = None if status == 404 else self._checked(status, body, "read dashboards")
        meta = (there or {}).get("meta")
        known = meta if isinstance(meta, dict) else {}
        if known.get("provisioned"):
            where = self._page(known.get("url"))
            return Done(dashboard.title, "left as it is: a provisioning file made it", where)
        wanted: Json = {
            "dashboard": as_json(dashboard),
            "message": "customer-assist dashboard init",
            "overwrite": True,  # whatever version is there
        }
        if folder := known.get("folderUid"):
            wanted["folderUid"] = folder
        status, body = self._call("POST", "/api/dashboards/db", wanted)
        made = self._checked(status, body, "save dashboards")
        return Done(dashboard.title, "created" if there is None else "updated", self._page(made.get("url")))

    def _page(self, path: object) -> str:
        """A page by its path, which has Grafana's own prefix already."""
        parts = urlsplit(self._url)
        return f"{parts.scheme}://{parts.netloc}{path}" if isinstance(path, str) else ""

    def _call(self, method: str, path: str, body: Json | None = None) -> tuple[int, Json]:
        try:
            reply = requests.request(
                method,
                self._url + path,
                json=body,
                headers={"Accept": "application/json"},
                auth=self._auth,
                timeout=SECONDS,
                allow_redirects=False,  # a redirected POST would come as a GET
            )
        except (requests.RequestException, UnicodeError) as error:
            raise GrafanaUnavailable(
                f"Grafana does not answer at {self._url} ({_reason(error)}): start it, or name its address with --url"
            ) from error
        if 300 <= reply.status_code < 400:
            raise ConfigurationError(
                f"{self._url} sends us on to {reply.headers.get('Location', 'another address')}: name that with --url"
            )
        try:
            said = reply.json()
        except requests.JSONDecodeError:
            said = None
        if not isinstance(said, dict) and reply.ok:
            raise ConfigurationError(f"{self._url} does not answer as Grafana does: check --url")
        return reply.status_code, said if isinstance(said, dict) else {}

    def _checked(self, status: int, body: Json, doing: str) -> Json:
        said = str(body.get("message", "")).strip() or f"status {status}"
        if status == 401:
            raise ConfigurationError(
                f"Grafana at {self._url} does not let us in ({said}): check {self._check}"
            )
        if status == 403:
            raise ConfigurationError(
                f"Grafana at {self._url} does not let us {doing} ({said}): give the service account, or the user, the "
                "role Admin"
            )
        if not 200 <= status < 300:
            raise ConfigurationError(
                f"Grafana at {self._url} did not {doing} ({said}): check its version and log"
            )
        return body


def _basic(user: str, password: str) -> AuthBase:
    return HTTPBasicAuth(user.encode(), password.encode())  # as UTF-8: of text requests makes Latin-1


def _as_datasource(source: Source, *, default: bool = False) -> Json:
    return {
        "uid": DATASOURCE_UID,
        "name": DATASOURCE_NAME,
        "type": DATASOURCE_TYPE,
        "access": "proxy",
        "url": source.address,
        "user": source.user,
        "isDefault": default,  # never takes the place of another one
        "jsonData": {
            "database": source.database,
            "sslmode": "require" if source.encrypted else "disable",
            "postgresVersion": 1500,
            "maxOpenConns": 5,
        },
        "secureJsonData": {"password": source.password},
    }


def _reason(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return f"no answer in {SECONDS:.0f} s"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return type(error).__name__
