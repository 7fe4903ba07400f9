"""A Grafana on loopback that holds every request against what Grafana's HTTP API takes, and answers as it does."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

TOKEN = "glsa_of-the-test"
ADMIN = ("admin", "s:cret ü")
Json = dict[str, Any]


class FakeGrafana:
    """Its content is in `datasources` and `dashboards`, by uid. Use as a context manager.

    `version`, `role` ("Admin" or "Viewer") and `provisioned` may be set before it is asked; what no Grafana would
    take is kept in `wrong`, which a test wants empty.
    """

    def __init__(self) -> None:
        self.version = "11.6.0"
        self.role = "Admin"
        self.reaches_database = True
        self.datasources: dict[str, Json] = {}
        self.dashboards: dict[str, Json] = {}
        self.folders: dict[str, str] = {}
        self.provisioned = False
        self.requests: list[tuple[str, str]] = []
        self.bodies: list[Json] = []
        self.wrong: list[str] = []
        self.fails: dict[tuple[str, str], tuple[int, Any]] = {}  # method and path → what is answered instead
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeGrafana:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    # --- what it answers ---------------------------------------------------------------------------

    def answer(self, method: str, path: str, headers: Any, body: Json | None) -> tuple[int, Any]:
        self.requests.append((method, path))
        if instead := self.fails.get((method, path)):
            return instead
        if path == "/api/health":
            return 200, {"commit": "none", "database": "ok", "version": self.version}
        if headers.get("Authorization") not in _accepted():
            return 401, {"message": "Invalid username or password"}
        if headers.get("Accept") != "application/json":
            self.wrong.append(f"{method} {path}: Accept is {headers.get('Accept')}")
        if body is not None:
            self.bodies.append(body)
            if headers.get("Content-Type") != "application/json":
                self.wrong.append(f"{method} {path}: Content-Type is {headers.get('Content-Type')}")
        match method, path.split("/")[2:]:
            case "GET", ["datasources", "uid", uid]:
                found = self.datasources.get(uid)
                return (200, found) if found else (404, {"message": "Data source not found"})
            case "GET", ["datasources", "uid", uid, "health"]:
                if uid not in self.datasources:
                    return 404, {"message": "Data source not found"}
                if self.reaches_database:
                    return 200, {"status": "OK", "message": "Database Connection OK"}
                return 400, {"status": "ERROR", "message": "dial tcp: connection refused"}
            case "POST", ["datasources"] if body is not None:
                return self._change(body) or self._add_datasource(body)
            case "PUT", ["datasources", "uid", uid] if body is not None:
                return self._change(body) or self._update_datasource(uid, body)
            case "GET", ["dashboards", "uid", uid]:
                return self._dashboard(uid)
            case "POST", ["dashboards", "db"] if body is not None:
                return self._change(body) or self._save_dashboard(body)
        self.wrong.append(f"{method} {path}: no such route")
        return 404, {"message": "Not found"}

    def _change(self, _body: Json) -> tuple[int, Json] | None:
        if self.role == "Admin":
            return None
        return 403, {"message": "You'll need additional permissions to perform this action."}

    def _add_datasource(self, body: Json) -> tuple[int, Json]:
        self._check_datasource(body)
        if any(
            body["name"] == there["name"] or body["uid"] == uid for uid, there in self.datasources.items()
        ):
            return 409, {"message": "data source with the same name already exists"}
        self.datasources[body["uid"]] = {
            **body,
            "id": len(self.datasources) + 1,
            "version": 1,
            "readOnly": False,
        }
        return 200, {"datasource": self.datasources[body["uid"]], "message": "Datasource added"}

    def _update_datasource(self, uid: str, body: Json) -> tuple[int, Json]:
        self._check_datasource(body)
        there = self.datasources.get(uid)
        if there is None:
            return 404, {"message": "Data source not found"}
        if there["readOnly"]:
            return 403, {"message": "Cannot update read-only data source"}
        if body.get("version", there["version"]) != there["version"]:
            return 409, {
                "message": "Datasource has already been updated by someone else. Please reload and try again"
            }
        self.datasources[uid] = {**there, **body, "version": there["version"] + 1}
        return 200, {"datasource": self.datasources[uid], "message": "Datasource updated"}

    def _check_datasource(self, body: Json) -> None:
        for name in ("uid", "name", "type", "url", "user"):
            if not isinstance(body.get(name), str) or not body[name]:
                self.wrong.append(f"data source: {name} is {body.get(name)!r}")
        if body.get("access") != "proxy":
            self.wrong.append("data source: the browser would be asked to reach the database")
        if not body.get("secureJsonData", {}).get("password") or "password" in {
            *body,
            *body.get("jsonData", {}),
        }:
            self.wrong.append("data source: a password belongs to secureJsonData, which is kept encrypted")
        if body.get("jsonData", {}).get("sslmode") not in ("disable", "require", "verify-ca", "verify-full"):
            self.wrong.append("data source: no sslmode that Grafana knows")

    def _dashboard(self, uid: str) -> tuple[int, Json]:
        if uid not in self.dashboards:
            return 404, {"message": "Dashboard not found"}
        meta = {
            "url": f"/d/{uid}/slug",
            "folderUid": self.folders.get(uid, ""),
            "provisioned": self.provisioned,
        }
        return 200, {"dashboard": self.dashboards[uid], "meta": meta}

    def _save_dashboard(self, body: Json) -> tuple[int, Json]:
        wanted = body.get("dashboard")
        if (
            not isinstance(wanted, dict)
            or not wanted.get("title")
            or not isinstance(wanted.get("panels"), list)
        ):
            return 400, {"message": "bad request data"}
        if "id" in wanted and wanted["id"] is not None:
            return 404, {"message": "Dashboard not found", "status": "not-found"}
        uid, there = wanted["uid"], self.dashboards.get(wanted["uid"])
        if there is not None and self.provisioned:
            return 400, {"message": "Cannot save provisioned dashboard"}
        if there is not None and not body.get("overwrite") and wanted.get("version", 0) != there["version"]:
            return 412, {
                "message": "The dashboard has been changed by someone else",
                "status": "version-mismatch",
            }
        self.folders[uid] = body.get("folderUid", "")  # without one it goes to the top
        version = (there["version"] if there else 0) + 1
        self.dashboards[uid] = {**wanted, "version": version}
        return 200, {"status": "success", "uid": uid, "url": f"/d/{uid}/slug", "version": version}

    def _handler(fake) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10

            def log_message(self, format: str, *args: object) -> None:
                pass

            def _any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                status, said = fake.answer(self.command, self.path, self.headers, body)
                data = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                if 300 <= status < 400:
                    self.send_header("Location", "https://grafana.example/login")
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = _any  # noqa: N815

        return Handler


def _accepted() -> set[str]:
    basic = base64.b64encode(":".join(ADMIN).encode("utf-8")).decode()
    return {f"Bearer {TOKEN}", f"Basic {basic}"}
