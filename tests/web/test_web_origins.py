"""Which sites' pages may use the customers' routes from a browser, and what their browsers are told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from conftest import KEY
from customer_assist.bootstrap import Assistant
from customer_assist.model import Answer
from customer_assist.ports import AnswerRequest
from customer_assist.web.app import create_app
from customer_assist.web.limits import MAX_OPEN

SHOP = "https://shop.example"
OTHER = "https://elsewhere.example"
QUESTION = {"question": "Where is my order? Tracking a parcel"}
ALLOW, CORP = "Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy"


class InPieces:
    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        yield "Here."
        yield Answer("Here.")


class Broken:
    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        raise RuntimeError("a bug")
        yield


@pytest.fixture
def shop(client_with: Callable[..., FlaskClient]) -> FlaskClient:
    """A server whose widget stands on the pages of SHOP."""
    return client_with(origins=(SHOP, "http://localhost:8000"))


@pytest.fixture
def client_of() -> Callable[..., FlaskClient]:
    """client_of(assistant, origins=…): another assistant with that setting changed."""
    return lambda assistant, **settings: create_app(
        replace(assistant, settings=replace(assistant.settings, **settings))
    ).test_client()


def preflight(client: FlaskClient, path: str, origin: str, method: str = "POST") -> TestResponse:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type,idempotency-key",
    }
    return client.options(path, headers=asked)


# --- a site that may ---------------------------------------------------------------------------------


def test_a_page_of_an_allowed_site_can_hold_a_whole_conversation(shop: FlaskClient) -> None:
    site = {"Origin": SHOP}
    asked = shop.post("/question", json=QUESTION, headers=site | {"Idempotency-Key": "origin-key-1"})
    conversation = asked.get_json()["conversation_id"]
    rating = {"conversation_id": conversation, "feedback": 1}
    replies = [
        asked,
        shop.get("/meta", headers=site),
        shop.post("/feedback", json=rating, headers=site),
        shop.get(f"/conversations/{conversation}", headers=site),
        shop.post(f"/conversations/{conversation}/handoff", json={}, headers=site),
    ]
    for reply in replies:
        assert reply.status_code == 200
        assert_readable(reply)


def assert_readable(reply: TestResponse) -> None:
    """By pages of SHOP, and by them alone."""
    assert reply.headers.getlist(ALLOW) == [SHOP]
    assert "Origin" in reply.vary
    assert "Retry-After" in reply.headers["Access-Control-Expose-Headers"]
    assert reply.headers[CORP] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in reply.headers


def test_a_stream_is_readable_too(shop: FlaskClient) -> None:
    reply = shop.post("/question", json=QUESTION, headers={"Origin": SHOP, "Accept": "text/event-stream"})
    assert reply.mimetype == "text/event-stream" and "event: turn" in reply.text
    assert_readable(reply)


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/question", "POST"),
        ("/feedback", "POST"),
        ("/meta", "GET"),
        ("/conversations/x", "GET"),
        ("/conversations/x/handoff", "POST"),
    ],
)
def test_a_browser_that_asks_first_is_told_what_it_may_send(
    shop: FlaskClient, path: str, method: str
) -> None:
    reply = preflight(shop, path, SHOP, method)
    assert reply.status_code == 204 and not reply.data
    assert_readable(reply)
    assert method in reply.headers["Access-Control-Allow-Methods"].split(", ")
    allowed = reply.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"content-type", "idempotency-key", "accept"} <= set(allowed)
    assert int(reply.headers["Access-Control-Max-Age"]) >= 600


def test_asking_first_counts_towards_no_limit(client_with: Callable[..., FlaskClient]) -> None:
    client = client_with(origins=(SHOP,), rate_limit=1)
    for _ in range(5):
        assert preflight(client, "/question", SHOP).status_code == 204
    assert client.post("/question", json=QUESTION, headers={"Origin": SHOP}).status_code == 200


def test_failures_are_readable_so_that_the_page_can_say_what_is_wrong(
    client_with: Callable[..., FlaskClient],
) -> None:
    site = {"Origin": SHOP}
    client = client_with(origins=(SHOP,), rate_limit=2)
    replies = [client.post("/question", json=QUESTION, headers=site) for _ in range(3)]
    broken = client_with(origins=(SHOP,), answerer=Broken())
    found = {
        429: replies[-1],
        404: broken.get("/conversations/nowhere", headers=site),
        400: broken.post("/question", json={"question": ""}, headers=site),
        415: broken.post("/question", data="x", headers=site),
        413: broken.post("/question", data=b" " * 1_100_000, headers=site, content_type="application/json"),
        500: broken.post("/question", json=QUESTION, headers=site),
    }
    for status, reply in found.items():
        assert reply.status_code == status and set(reply.get_json()) == {"error", "code"}
        assert_readable(reply)
    assert int(found[429].headers["Retry-After"]) >= 1


def test_so_is_the_failure_of_the_database(
    empty: Assistant, outage: Callable[[], None], client_of: Callable[..., FlaskClient]
) -> None:
    client = client_of(empty, origins=(SHOP,))
    outage()
    reply = client.get("/conversations/nowhere", headers={"Origin": SHOP})
    assert reply.status_code == 503
    assert_readable(reply)


def test_so_is_the_refusal_of_too_many_at_once(client_with: Callable[..., FlaskClient]) -> None:
    client = client_with(origins=(SHOP,), answerer=InPieces(), rate_limit=100)
    headers = {"Origin": SHOP, "Accept": "text/event-stream"}
    streams = [client.post("/question", json=QUESTION, headers=headers) for _ in range(MAX_OPEN)]
    refused = client.post("/question", json=QUESTION, headers=headers)
    assert refused.status_code == 429
    assert_readable(refused)
    for reply in streams:
        reply.close()


# --- one that may not --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [
        OTHER,
        "null",
        "",
        "http://shop.example",
        "https://shop.example:8443",
        "https://shop.example.evil.example",
        "https://evil.example/https://shop.example",
        "https://www.shop.example",
        f"{SHOP}, {OTHER}",
        "http://localhost",
        "http://localhost:8001",
    ],
)
def test_a_page_of_another_site_is_refused_before_anything_happens(
    assistant: Assistant, shop: FlaskClient, origin: str
) -> None:
    asked = shop.post("/question", json=QUESTION).get_json()
    conversation = asked["conversation_id"]
    before = turns(assistant)
    site: dict[str, Any] = {"headers": {"Origin": origin, "Host": "help.example"}}
    rating = {"conversation_id": conversation, "feedback": -1}
    for reply in (
        shop.post("/question", json=QUESTION, **site),
        shop.post("/question", data="not even JSON", **site),
        shop.post("/feedback", json=rating, **site),
        shop.post(f"/conversations/{conversation}/handoff", json={}, **site),
        shop.get(f"/conversations/{conversation}", **site),
        shop.get("/meta", **site),
    ):
        assert reply.status_code == 403
        body = reply.get_json()
        assert body["code"] == "origin_not_allowed" and "CUSTOMER_ASSIST_ORIGINS" in body["error"]
        assert ALLOW not in reply.headers and reply.headers[CORP] == "same-origin"
        assert "Origin" in reply.vary
    assert turns(assistant) == before
    seen = shop.get(f"/conversations/{conversation}").get_json()
    assert seen["handoff"] is None and seen["turns"][0].get("rating") is None


def turns(assistant: Assistant) -> int:
    with assistant.database.connection() as connection:
        row = connection.execute("SELECT count(*) FROM conversations").fetchone()
    assert row is not None
    return int(row[0])


def test_refused_requests_use_up_nobodys_limit(client_with: Callable[..., FlaskClient]) -> None:
    client = client_with(rate_limit=1)
    for _ in range(3):
        assert client.post("/question", json=QUESTION, headers={"Origin": OTHER}).status_code == 403
    assert client.post("/question", json=QUESTION).status_code == 200


def test_a_page_that_asks_first_from_another_site_is_told_no(shop: FlaskClient) -> None:
    reply = preflight(shop, "/question", OTHER)
    assert reply.status_code == 403
    assert not [name for name, _ in reply.headers if name.startswith("Access-Control-")]


def test_the_refusal_names_the_site_but_repeats_nothing_that_is_none(shop: FlaskClient) -> None:
    named = shop.get("/meta", headers={"Origin": OTHER}).get_json()["error"]
    assert OTHER in named
    junk = shop.get("/meta", headers={"Origin": "<script>alert(1)</script>"}).get_json()["error"]
    assert "script" not in junk


def test_without_the_setting_no_other_site_may(client: FlaskClient) -> None:
    reply = client.get("/meta", headers={"Origin": SHOP})
    assert reply.status_code == 403 and ALLOW not in reply.headers


def test_who_is_no_page_asks_as_before(client: FlaskClient) -> None:
    reply = client.post("/question", json=QUESTION)
    assert reply.status_code == 200 and ALLOW not in reply.headers
    assert reply.headers[CORP] == "same-origin"


# --- our own page ------------------------------------------------------------------------------------


def asked_by(client: FlaskClient, origin: str, host: str, **headers: str) -> int:
    sent = {"Origin": origin, "Host": host, **{n.replace("_", "-"): v for n, v in headers.items()}}
    reply = client.post("/question", json=QUESTION, headers=sent)
    assert ALLOW not in reply.headers
    return reply.status_code


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:5000", "127.0.0.1:5000"),
        ("http://[::1]:5000", "[::1]:5000"),
        ("http://help.example", "help.example"),
        ("http://help.example", "help.example:80"),
        ("https://help.example", "help.example"),  # TLS ended at a proxy that says nothing of it
        ("https://help.example", "help.example:443"),
        ("https://help.example:8443", "help.example:8443"),
        ("https://help.example", "HELP.example"),
    ],
)
def test_our_own_page_may_ask_also_behind_a_proxy_that_is_not_configured(
    client: FlaskClient, origin: str, host: str
) -> None:
    assert asked_by(client, origin, host) == 200


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://help.example:8080", "help.example"),
        ("http://help.example", "help.example:8080"),
        ("https://help.example", "other.example"),
        ("https://help.example", ""),
        ("http://127.0.0.1:3000", "127.0.0.1:5000"),
        ("null", "null"),
        ("file://", ""),
    ],
)
def test_a_page_of_another_host_or_port_is_not_our_own(client: FlaskClient, origin: str, host: str) -> None:
    assert asked_by(client, origin, host) == 403


def test_a_browsers_own_word_counts_where_a_proxy_changed_the_host(client: FlaskClient) -> None:
    behind = "127.0.0.1:5000"
    assert asked_by(client, "https://help.example", behind, Sec_Fetch_Site="same-origin") == 200
    for word in ("cross-site", "same-site", "none", "anything"):
        assert asked_by(client, "https://help.example", behind, Sec_Fetch_Site=word) == 403


def test_a_browsers_own_word_counts_where_the_host_seems_to_be_ours(client: FlaskClient) -> None:
    assert asked_by(client, "https://help.example", "help.example", Sec_Fetch_Site="cross-site") == 403


def test_an_unencrypted_page_of_our_name_is_not_our_own_where_https_is_known(
    client_with: Callable[..., FlaskClient],
) -> None:
    proxied = client_with(trusted_proxies=1)
    for origin, status in (("https://help.example", 200), ("http://help.example", 403)):
        assert asked_by(proxied, origin, "help.example", X_Forwarded_Proto="https") == status
    assert asked_by(proxied, "http://help.example", "help.example", X_Forwarded_Proto="http") == 200


# --- what else there is ------------------------------------------------------------------------------


def test_what_is_not_for_customers_is_readable_from_nowhere_else(app: Flask, shop: FlaskClient) -> None:
    paths = {
        re.sub("[<>]", "", rule.rule)
        for rule in app.url_map.iter_rules()
        if "." in rule.endpoint and not rule.endpoint.startswith("api.")  # of the other blueprints
    }
    assert {"/handoffs", "/documents", "/suggest", "/drafts", "/metrics"} <= paths
    headers = {"Origin": SHOP, "Authorization": f"Bearer {KEY}"}
    for path in sorted(paths):
        for reply in (
            shop.get(path, headers=headers),
            shop.post(path, json={}, headers=headers),
            preflight(shop, path, SHOP),
            preflight(shop, path, SHOP, "GET"),
        ):
            assert not [name for name, _ in reply.headers if name.startswith("Access-Control-")], path
            assert reply.headers[CORP] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/nowhere"])
def test_our_pages_are_readable_by_nobody_else_either(shop: FlaskClient, path: str) -> None:
    reply = shop.get(path, headers={"Origin": SHOP})
    assert ALLOW not in reply.headers and reply.headers[CORP] == "same-origin"


@pytest.mark.parametrize("path", ["/widget.js", "/static/icon.svg"])
@pytest.mark.parametrize("origin", [None, SHOP, OTHER])
def test_what_the_widget_is_made_of_loads_on_any_site(
    shop: FlaskClient, path: str, origin: str | None
) -> None:
    with shop.get(path, headers={"Origin": origin} if origin else {}) as reply:
        assert reply.status_code == 200 and reply.headers[CORP] == "cross-origin"
        assert reply.headers[ALLOW] == "*"  # not a name: a copy kept for one site serves another


def test_the_description_says_that_sites_may_be_refused(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    for path in ("/question", "/feedback", "/conversations/{conversation_id}", "/meta"):
        assert all("403" in operation["responses"] for operation in paths[path].values())
