"""How the assistant is set up, over HTTP: what is safe to show, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant, utc_now
from customer_assist.config import VARIABLES, load_settings
from customer_assist.storage.budget import ANSWERING, JUDGING, DailyCallBudget
from customer_assist.web.app import create_app
from web.conftest import KEY

HEADERS = {"Authorization": f"Bearer {KEY}"}
WEBHOOK_SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
SECRETS = {
    "CUSTOMER_ASSIST_ADMIN_KEY": KEY,
    "OPENAI_API_KEY": "sk-a-key-of-a-model",
    "OPENAI_BASE_URL": "http://someone:a-password-in-an-address@127.0.0.1:9/v1/a-private-path?token=a-token",
    "POSTGRES_PASSWORD": "a-password-of-a-database",
    "POSTGRES_USER": "a-user-of-a-database",
    "CUSTOMER_ASSIST_SMTP_PASSWORD": "a-password-of-mail",
    "CUSTOMER_ASSIST_SMTP_USER": "a-user-of-mail",
    "CUSTOMER_ASSIST_NOTICE_EMAIL": "owner@shop.example",
    "CUSTOMER_ASSIST_WEBHOOK_URL": "http://127.0.0.1:9/a-hook-that-nobody-should-know",
    "CUSTOMER_ASSIST_WEBHOOK_SECRET": WEBHOOK_SECRET,
    "GRAFANA_POSTGRES_PASSWORD": "a-password-of-a-reader",
    "GRAFANA_TOKEN": "a-token-of-grafana",
    "GRAFANA_ADMIN_PASSWORD": "a-password-of-grafana",
}
OTHERS = {
    "POSTGRES_HOST": "127.0.0.1",
    "CUSTOMER_ASSIST_SMTP_HOST": "mail.shop.example",
    "CUSTOMER_ASSIST_MAIL_FROM": "help@shop.example",
    "CUSTOMER_ASSIST_MODEL": "a-model",
    "CUSTOMER_ASSIST_ENGINE": "lexical",
    "CUSTOMER_ASSIST_ORIGINS": "https://shop.example",
    "TZ": "Europe/Dublin",
}
HIDDEN = (
    *(value for name, value in SECRETS.items() if name != "OPENAI_BASE_URL"),
    *("someone", "a-password-in-an-address", "a-private-path", "a-token", "c2VjcmV0", "secret-secret"),
)


def set_up(assistant: Assistant, tmp_path: Path) -> Any:
    """What is shown where all that is secret is set."""
    settings = load_settings(SECRETS | OTHERS, folder=tmp_path)
    app = create_app(replace(assistant, settings=settings))
    reply = app.test_client().get("/settings", headers=HEADERS)
    assert reply.status_code == 200, reply.text
    for secret in HIDDEN:
        assert secret not in reply.text, secret
    return reply.get_json()


def test_no_secret_is_shown(assistant: Assistant, tmp_path: Path) -> None:
    told = set_up(assistant, tmp_path)
    assert told["model"] == {
        "name": "a-model",
        "host": "127.0.0.1",
        "seconds": 20.0,
        "calls_per_day": 500,
        "calls_today": told["model"]["calls_today"],
    }
    assert told["origins"] == ["https://shop.example"]
    assert told["notices"] == {"email": True, "told": 1, "webhook": True}
    assert told["database"]["kind"] == "your own" and told["time_zone"] == "Europe/Dublin"


def test_the_judges_calls_are_none_of_those_for_answers(assistant: Assistant, tmp_path: Path) -> None:
    before = set_up(assistant, tmp_path)["model"]["calls_today"]
    for kind in (ANSWERING, JUDGING, JUDGING):
        DailyCallBudget(assistant.database, 100, lambda: utc_now().date(), kind).take()
    assert set_up(assistant, tmp_path)["model"]["calls_today"] == before + 1


def test_every_variable_that_may_hold_a_secret_is_held_against_it() -> None:
    told = ("KEY", "PASSWORD", "SECRET", "TOKEN")
    secret = {each.name for each in VARIABLES if any(word in each.name for word in told)}
    assert secret <= SECRETS.keys()


def test_only_what_is_named_is_shown(assistant: Assistant, tmp_path: Path) -> None:
    assert set(set_up(assistant, tmp_path)) == {
        *("version", "engine", "embedding", "model", "target", "limits", "notices", "database", "origins"),
        "time_zone",
        *("clocks", "knowledge", "index"),
    }


def test_what_is_served_is_told(client: FlaskClient, assistant: Assistant) -> None:
    assistant.library.current()
    told = client.get("/settings", headers=HEADERS).get_json()
    assert told["model"] is None and told["engine"] == "lexical" and told["embedding"] == ""
    assert told["clocks"]["agree"] and told["knowledge"]["demo"]
    assert told["knowledge"]["documents"] == assistant.documents.count()
    assert told["knowledge"]["passages"] > told["knowledge"]["documents"]
    assert told["index"]["state"] == "current" and told["index"]["version"] == told["knowledge"]["version"]
    assert told["target"] == "95% of answerable questions answered"


def test_before_anything_is_loaded_it_says_so(empty: Assistant) -> None:
    told = create_app(empty).test_client().get("/settings", headers=HEADERS).get_json()
    assert told["knowledge"]["documents"] == 0 and told["index"]["state"] == "not loaded"


def test_it_asks_for_the_key(client: FlaskClient) -> None:
    assert client.get("/settings").status_code == 401
