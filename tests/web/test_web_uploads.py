"""Files into the knowledge over HTTP: first what would change, then the change."""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from customer_assist.bootstrap import Assistant, join
from customer_assist.ingestion import DEMO_SOURCE
from customer_assist.web import uploads
from customer_assist.web.app import create_app
from stand_ins import HashingEmbedder
from web.conftest import KEY, SAMPLE
from web.sse import events_of

HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/octet-stream"}
HEADER = "id,question,answer\n"
LAMP, PARCEL = "lamp,How do I return a lamp?,Send it back.\n", "parcel,Where is my parcel?,On its way.\n"
Send = Callable[..., Any]


@pytest.fixture
def own(empty: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return create_app(empty).test_client()


@pytest.fixture
def send(own: FlaskClient, tmp_path: Path) -> Iterator[Send]:
    def post(what: str, content: str | bytes, status: int = 200, **query: str) -> Any:
        data = content.encode() if isinstance(content, str) else content
        name = {"name": "faq.csv"} | query
        reply = own.post(f"/documents/{what}", data=data, query_string=name, headers=HEADERS)
        assert reply.status_code == status, reply.text
        return reply.get_json()

    yield post
    assert not list(tmp_path.glob("customer-assist-*"))  # nothing of a file stays behind


def counts(told: Any) -> tuple[int, ...]:
    return told["added"], told["changed"], told["unchanged"], told["deleted"]


def test_a_preview_counts_and_changes_nothing_and_the_upload_does_just_that(
    send: Send, empty: Assistant
) -> None:
    content = HEADER + LAMP + PARCEL
    previewed = send("preview", content)
    assert counts(previewed) == (2, 0, 0, 0) and previewed["loaded_from"] is None
    assert empty.documents.count() == 0 and empty.documents.version() == 0
    done = send("upload", content)
    assert counts(done) == (2, 0, 0, 0) and done["version"] == 1 == empty.documents.version()
    changed = HEADER + LAMP.replace("Send it back", "Keep it") + "kettle,Which kettle?,The Fern.\n"
    previewed = send("preview", changed)
    assert counts(previewed) == (1, 1, 0, 1) == counts(send("upload", changed))
    assert previewed["loaded_from"] == uploads.UPLOADED
    lamp = empty.documents.get("lamp")
    assert lamp and lamp.text == "Keep it." and lamp.source == "faq.csv"


def test_what_was_loaded_answers_at_once(send: Send, own: FlaskClient) -> None:
    send("upload", HEADER + LAMP + PARCEL)
    answered = own.post("/question", json={"question": "How do I return a lamp?"}).get_json()
    assert [each["document_id"] for each in answered["citations"]] == ["lamp"]


def test_bad_rows_are_named_with_their_line_and_the_rest_is_taken(send: Send) -> None:
    told = send("preview", HEADER + LAMP + "a,b,c,d\nonly-an-id,,\n")
    assert counts(told) == (1, 0, 0, 0) and told["bad"] == 2
    assert [(row["file"], row["line"]) for row in told["bad_rows"]] == [("faq.csv", 3), ("faq.csv", 4)]
    assert "has 4 columns where the header has 3" in told["bad_rows"][0]["reason"]


def test_facts_that_are_lacking_are_told_with_where_they_go(send: Send) -> None:
    told = send("preview", HEADER + "call,How do I call you?,Call {{Customer Support Phone Number}}.\n")
    assert [(each["name"], each["profile_key"], each["documents"]) for each in told["lacking"]] == [
        ("Customer Support Phone Number", "contact.phone", 1)
    ]


def test_each_kind_of_file_is_read(send: Send) -> None:
    for name, content in (
        ("a.json", '[{"id": "a", "question": "A?", "answer": "Yes."}]'),
        ("b.jsonl", '{"id": "b", "question": "B?", "answer": "Yes."}\n'),
        ("c d.md", "---\nid: c\n---\n# Carts\n\nWe have carts."),
    ):
        assert counts(send("upload", content, name=name)) == (1, 0, 0, 0)


def test_the_sample_business_goes_when_a_file_of_ones_own_comes(send: Send, empty: Assistant) -> None:
    empty.ingest(SAMPLE, source=DEMO_SOURCE, demo=True)
    there = empty.documents.count()
    told = send("preview", HEADER + LAMP)
    assert told["sample_goes"] and told["deleted"] == there == empty.documents.count()
    send("upload", HEADER + LAMP)
    assert empty.documents.count() == 1
    assert not send("preview", HEADER + LAMP)["sample_goes"]


def test_a_file_of_the_command_line_is_not_taken_for_an_uploaded_one(
    send: Send, empty: Assistant, tmp_path: Path
) -> None:
    from customer_assist.errors import KnowledgeError

    send("upload", HEADER + LAMP)
    (tmp_path / "faq.csv").write_text(HEADER + PARCEL, "utf-8")
    with pytest.raises(KnowledgeError, match="was loaded from an upload before"):
        empty.ingest(tmp_path / "faq.csv")


@pytest.mark.parametrize(
    ("content", "query", "told"),
    [
        ("", {}, "faq.csv is empty"),
        (HEADER, {}, "faq.csv"),
        ("x", {"name": "faq.pdf"}, "of a kind that is not read"),
        ("x", {"name": "../faq.csv"}, "name"),
        ("x", {"name": ".csv"}, "name"),
        ("x", {"name": "a\nb.csv"}, "name"),
        ("x", {"name": "é" * 190 + ".csv"}, "too long"),
        ("x", {"name": ""}, "name"),
        ("{", {"name": "a.json"}, "a.json"),
        (HEADER + LAMP, {"source": "console"}, "put one by one"),
    ],
)
@pytest.mark.parametrize("what", ["preview", "upload"])
def test_what_cannot_be_used_is_one_line_and_changes_nothing(
    send: Send, empty: Assistant, what: str, content: str, query: dict[str, str], told: str
) -> None:
    error = send(what, content, 400, **query)
    assert told in error["error"] and error["code"] == "invalid_input"
    assert "\n" not in error["error"] and "customer-assist-" not in error["error"]
    assert empty.documents.version() == 0


@pytest.mark.parametrize("what", ["preview", "upload"])
def test_a_file_may_be_larger_than_a_question_but_not_without_end(
    send: Send, own: FlaskClient, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    send(what, HEADER + "".join(f"lamp-{n},How {n}?,{'word ' * 200}\n" for n in range(1500)))  # 1.5 MB
    monkeypatch.setattr(uploads, "MAX_FILE", 2_000_000)
    error = send(what, "x" * 2_000_001, 413)
    assert error["error"] == "the request is too large: send at most 2 MB"
    chunked = own.post(
        f"/documents/{what}?name=faq.csv",
        input_stream=io.BytesIO(b"x" * 2_100_000),
        environ_overrides={"wsgi.input_terminated": True},
        headers=HEADERS,
    )
    assert chunked.status_code == 413


def test_the_key_is_asked_for_before_anything_is_read(own: FlaskClient, empty: Assistant) -> None:
    for what in ("preview", "upload"):
        reply = own.post(f"/documents/{what}?name=faq.csv", data=(HEADER + LAMP).encode())
        assert reply.status_code == 401
    assert empty.documents.version() == 0


def streamed(own: FlaskClient, content: str, name: str = "faq.csv") -> list[tuple[str, Any]]:
    reply = own.post(
        f"/documents/upload?name={name}",
        data=content.encode(),
        headers=HEADERS | {"Accept": "text/event-stream"},
    )
    assert reply.status_code == 200 and reply.mimetype == "text/event-stream"
    return events_of(reply.text)


def test_progress_comes_as_events_and_then_the_report(own: FlaskClient, empty: Assistant) -> None:
    with_model = join(empty.settings, empty.database, embedder=HashingEmbedder())
    *told, (name, report) = streamed(create_app(with_model).test_client(), HEADER + LAMP)
    assert told and all(each == "progress" for each, _ in told)
    assert told[-1][1]["done"] == told[-1][1]["of"] == report["embedded"] > 0
    assert name == "report" and counts(report) == (1, 0, 0, 0)
    [(name, error)] = streamed(own, "{", "a.json")
    assert name == "error" and "a.json" in error["error"]


@pytest.mark.parametrize("heard", [0, 1])
def test_what_has_begun_is_finished_when_nobody_listens_any_more(
    own: FlaskClient, empty: Assistant, tmp_path: Path, heard: int
) -> None:
    environ = EnvironBuilder(
        method="POST",
        path="/documents/upload",
        query_string={"name": "faq.csv"},
        data=(HEADER + LAMP).encode(),
        headers=HEADERS | {"Accept": "text/event-stream"},
    ).get_environ()
    reply = own.application(environ, lambda *_: lambda _: None)
    assert len(list(islice(reply, heard))) == heard
    reply.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread.name == "upload":
            thread.join(10)
    assert empty.documents.get("lamp")
    assert not list(tmp_path.glob("customer-assist-*"))
