"""The pages, what they may load, health, and what stands on the page before the first question."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant
from customer_assist.model import Document, DocumentId
from customer_assist.web import app as web_app
from customer_assist.web.app import create_app
from customer_assist.web.render import example_questions

STATIC = Path(web_app.__file__).parent / "static"


def test_the_page_says_whose_assistant_it_is_that_no_person_answers_and_that_it_is_a_demo(
    client: FlaskClient,
) -> None:
    page = client.get("/").text
    assert "<h1>Brindle &amp; Bean</h1>" in page
    assert "Automated assistant, not a person" in page
    assert "Demo: sample business" in page
    meta = client.get("/meta").get_json()
    assert meta["business"] == "Brindle & Bean" and meta["automated"] is True and meta["demo"] is True
    assert "not a person" in meta["greeting"]
    assert len(meta["examples"]) == 4


def test_the_examples_are_answered(client: FlaskClient) -> None:
    for question in client.get("/meta").get_json()["examples"]:
        assert client.post("/question", json={"question": question}).get_json()["outcome"] == "answered"


def test_a_page_of_nobody_in_particular_is_no_demo(empty: Assistant) -> None:
    page = create_app(empty).test_client().get("/")
    assert page.status_code == 200
    assert "Customer support" in page.text and "Demo" not in page.text


def test_examples_that_another_thread_drops_at_once_are_shown_all_the_same(assistant: Assistant) -> None:
    class Dropping(dict[int, list[str]]):
        def __setitem__(self, version: int, examples: list[str]) -> None:
            self.clear()  # as the other thread does, right after it was set

    app = create_app(assistant)
    app.extensions["customer_assist"] = replace(app.extensions["customer_assist"], examples=Dropping())
    assert len(app.test_client().get("/meta").get_json()["examples"]) == 4


def test_examples_are_short_questions_of_different_categories() -> None:
    def document(number: int, category: str, *questions: str, text: str = "Yes.") -> Document:
        return Document(DocumentId(str(number)), "s", "", questions, text, {"category": category})

    documents = [
        document(1, "a", "how long does it take to get here?", "where is my stuff?"),
        document(2, "a", "Can I pay by card at the door?"),
        document(3, "b", "Is {{Company}} open on Sundays?", "Do you open on Sundays?"),
        document(4, "c", "Hello there", "Where?", "What " + "x" * 80 + "?"),
        document(5, "d", "What is it without an answer?", text=""),
    ]
    assert example_questions(documents) == [
        "Where is my stuff?",
        "Do you open on Sundays?",
        "Can I pay by card at the door?",
    ]


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_may_load_nothing_from_elsewhere_and_run_nothing_inline(
    client: FlaskClient, path: str
) -> None:
    page = client.get(path)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert page.headers["X-Frame-Options"] == "DENY"
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded and all(address.startswith(("/", "#")) for address in loaded)
    assert not re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", page.text)
    for address in loaded:
        if address.startswith("/static"):
            with client.get(address) as reply:
                assert reply.status_code == 200


def test_scripts_build_nodes_and_never_parse_html() -> None:
    for script in STATIC.rglob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script.read_text()
        )


@pytest.mark.parametrize("path", ["/", "/meta", "/nowhere", "/static/chat.js", "/widget.js", "/openapi.json"])
def test_every_reply_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path, headers={"Origin": "https://elsewhere.example"}) as reply:
        headers = reply.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == ("no-cache" if path.startswith(("/static", "/widget")) else "no-store")
    for_everybody = path.startswith(("/static", "/widget"))  # what pages of others load, and no secret
    assert headers.get("Access-Control-Allow-Origin") == ("*" if for_everybody else None)
    assert headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if for_everybody else "same-origin")


def test_a_business_name_is_text_wherever_it_stands(assistant: Assistant, empty: Assistant) -> None:
    empty.documents.set_profile({"name": "<script>alert(1)</script>"}, "test")
    page = create_app(empty).test_client().get("/").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_ready_means_knowledge_and_database(
    client: FlaskClient, empty: Assistant, outage: Callable[[], None]
) -> None:
    assert client.get("/health/ready").get_json() == {"status": "ok"}
    other = create_app(empty).test_client()
    without = other.get("/health/ready")
    assert without.status_code == 503 and without.get_json()["code"] == "no_knowledge"
    outage()
    gone = other.get("/health/ready")
    assert gone.status_code == 503 and gone.get_json()["code"] == "storage_unavailable"
    assert other.get("/health/live").get_json() == {"status": "ok"}
    assert other.get("/").status_code == 200
