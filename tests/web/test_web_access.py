"""What is not for customers asks for the admin key."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from customer_assist.web.access import MISSES_PER_MINUTE
from web.conftest import KEY

PROTECTED = ("/handoffs",)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("path", PROTECTED)
def test_without_the_key_nothing_is_shown(client: FlaskClient, path: str) -> None:
    for headers in ({}, bearer("a-key-that-is-wrong"), {"Authorization": f"Basic {KEY}"}, bearer("")):
        reply = client.get(path, headers=headers)
        assert reply.status_code == 401 and reply.get_json()["code"] == "unauthorized"
        assert reply.headers["WWW-Authenticate"] == "Bearer" and KEY not in reply.text


@pytest.mark.parametrize("path", PROTECTED)
def test_with_the_key_it_is(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers=bearer(KEY)).status_code == 200
    assert client.get(path, headers={"Authorization": f"bearer {KEY}"}).status_code == 200


def test_who_guesses_is_slowed_down_and_who_knows_is_not(client: FlaskClient) -> None:
    guesser = {"REMOTE_ADDR": "198.51.100.9"}
    statuses = [
        client.get("/handoffs", headers=bearer(f"guess-{n}"), environ_base=guesser).status_code
        for n in range(MISSES_PER_MINUTE + 2)
    ]
    assert statuses == [401] * MISSES_PER_MINUTE + [429] * 2
    assert client.get("/handoffs", headers=bearer(KEY), environ_base=guesser).status_code == 200


def test_the_description_says_which_routes_ask_for_it(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    assert paths["/handoffs"]["get"]["security"] == [{"admin_key": []}]
    assert "security" not in paths["/question"]["post"]
