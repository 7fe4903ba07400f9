"""The server delivers notices by itself, and knows what a customer's page has shown."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import requests
from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant
from receivers import FakeWebhook
from server_process import running_server
from web.conftest import KEY

WISH = "I want to talk to a person"


def test_a_page_that_asks_for_news_has_seen_the_reply_that_it_gets(
    client: FlaskClient, assistant: Assistant
) -> None:
    turn = client.post("/question", json={"question": WISH}).get_json()
    reply = assistant.desk.reply(turn["handoff"]["id"], "Hello, this is Bo.", "Bo")
    dossier = assistant.outbox.dossier(turn["handoff"]["id"])
    assert dossier is not None and dossier.seen_at is None
    news = client.get(f"/conversations/{turn['conversation_id']}?after={turn['turn_id']}").get_json()
    assert [each["answer"] for each in news["turns"]] == ["Hello, this is Bo."]
    dossier = assistant.outbox.dossier(turn["handoff"]["id"])
    assert dossier is not None and dossier.seen_at is not None
    assert reply.asked_at <= dossier.seen_at <= datetime.now(UTC)


def test_who_runs_the_business_reads_the_same_without_the_customer_having_seen_it(
    client: FlaskClient, assistant: Assistant
) -> None:
    turn = client.post("/question", json={"question": WISH}).get_json()
    assistant.desk.reply(turn["handoff"]["id"], "Hello, this is Bo.", "Bo")
    path = f"/conversations/{turn['conversation_id']}"
    assert client.get(f"{path}/transcript").status_code == 401
    read = client.get(f"{path}/transcript", headers={"Authorization": f"Bearer {KEY}"}).get_json()
    dossier = assistant.outbox.dossier(turn["handoff"]["id"])
    assert dossier is not None and dossier.seen_at is None
    assert read["turns"] == client.get(path).get_json()["turns"] and read["turns"][-1]["by"] == "Bo"
    missing = client.get("/conversations/none/transcript", headers={"Authorization": f"Bearer {KEY}"})
    assert missing.status_code == 404


def test_serving_is_enough_to_have_a_handoff_told(tmp_path: Path) -> None:

    knowledge = tmp_path / "faq.csv"
    knowledge.write_text("question,answer\nHow do I cancel?,Press cancel.\n", encoding="utf-8")
    with FakeWebhook() as hook:
        environment = {
            "CUSTOMER_ASSIST_ENGINE": "lexical",
            "CUSTOMER_ASSIST_WEBHOOK_URL": hook.url,
            "CUSTOMER_ASSIST_WEBHOOK_SECRET": "whsec_" + "c2VjcmV0" * 6,
        }
        with running_server(tmp_path / "home", knowledge, environment) as server:
            turn = requests.post(f"{server.base}/question", json={"question": WISH}, timeout=20).json()
            deadline = time.monotonic() + 20
            while not hook.taken:
                assert time.monotonic() < deadline, server.output
                time.sleep(0.05)
            assert turn["handoff"]["id"].encode() in hook.taken[0].body
        assert server.wait() == 0
    assert WISH not in server.output and "c2VjcmV0" not in server.output
