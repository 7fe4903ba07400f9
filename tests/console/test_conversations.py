"""The page Conversations: whose they are."""

from __future__ import annotations

import requests
from streamlit.testing.v1 import AppTest

from console.conftest import SECONDS
from customer_assist.console.client import Client
from web.conftest import KEY


def test_what_one_has_tried_oneself_is_told_from_what_customers_asked(client: Client, serving: str) -> None:
    def page(address: str, key: str) -> None:
        from customer_assist.console import conversations
        from customer_assist.console.client import Client

        conversations.page(Client(address, key))

    client.ask("Can I send opened coffee back?", None)
    asked = {"question": "Where is my parcel?", "channel": "widget"}
    assert requests.post(f"{serving}/question", json=asked, timeout=SECONDS).ok
    shown = AppTest.from_function(
        page, kwargs={"address": serving, "key": KEY}, default_timeout=SECONDS
    ).run()
    rows = {"opened coffee" in row.label: row.label for row in shown.button if "?" in row.label}
    assert "tried by you" in rows[True] and "tried by you" not in rows[False]
