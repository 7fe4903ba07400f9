"""Hostile texts stay texts where nothing between the server and the chat is replaced."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from payloads import PAYLOADS, Payload
from playwright.sync_api import Browser, Page, expect
from test_chat_page import ask
from test_handoff_page import Person
from test_injection import settle, visiting, with_and_without_policy

from customer_assist.bootstrap import open_assistant
from customer_assist.config import load_settings
from server_process import ServerProcess, running_server

pytestmark = pytest.mark.browser
QUICK = {"CUSTOMER_ASSIST_RATE_LIMIT": "0", "CUSTOMER_ASSIST_ENGINE": "lexical"}
LONGEST_NAME, LONGEST_BY = 1500, 100
# At least, word for word. Of 20 titles a link's address or a bracket is left out ("[more](javascript:…)" is "more"),
# and of 3 articles all: they are found to be planted.
ARRIVE = {"articles": 115, "questions": 138, "person": 136}
ANSWERED = 135  # questions about an article that are answered from that very article


def refused(payload: Payload) -> bool:
    """PostgreSQL keeps no zero character: the API says so."""
    return "\x00" in payload.text


def names() -> list[str]:
    """Names of a business that hold all payloads of one line between them."""
    found = [""]
    for text in (
        each.text
        for each in PAYLOADS
        if each.text.isprintable() and "{{" not in each.text and len(each.text) < 300
    ):
        if len(found[-1]) + len(text) > LONGEST_NAME:
            found.append("")
        found[-1] += f" {text}"
    return [name.strip() for name in found]


def write_business(folder: Path, name: str) -> Path:
    """An article for each payload: in its title, its text and its address."""
    folder.mkdir(exist_ok=True)
    articles = [
        {
            "id": f"article-{at}",
            "title": f"Zorple{at} {payload.text}",
            "questions": [f"Where is the zorple{at} kept?"],
            "text": f"The zorple{at} is kept in the cellar.\n\n{payload.text}\n\nThe zorple{at} is blue.",
        }
        for at, payload in enumerate(PAYLOADS)
        if not refused(payload)
    ]
    (folder / "articles.jsonl").write_text("".join(json.dumps(each) + "\n" for each in articles))
    (folder / "business.toml").write_text(f"name = {json.dumps(name)}\n")
    return folder


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("hostile")
    with running_server(folder / "home", write_business(folder / "business", names()[0]), QUICK) as server:
        yield server


@pytest.fixture(scope="module")
def conversations(hostile: ServerProcess) -> dict[str, str]:
    """A conversation about the articles, one of hostile questions, one with a hostile person."""
    about = tell(hostile, [f"Where is the zorple{at} kept?" for at in range(len(PAYLOADS))])
    turns = requests.get(f"{hostile.base}/conversations/{about}", timeout=30).json()["turns"]
    sources = [[source["document_id"] for source in turn["citations"]] for turn in turns]
    not_answered = [at for at, found in enumerate(sources) if found != [f"article-{at}"]]
    assert len(turns) - len(not_answered) >= ANSWERED, not_answered  # else there is little to look at
    asked = tell(hostile, [payload.text for payload in PAYLOADS])
    handed = tell(hostile, ["human please"])
    person = Person(hostile)
    handoff = person.newest()["id"]
    for payload in PAYLOADS:
        if not (refused(payload) or "{{" in payload.text):  # a placeholder reaches no customer
            person.does(handoff, "reply", text=payload.text, by=payload.text[:LONGEST_BY])
    return {"articles": about, "questions": asked, "person": handed}


def follow(server: ServerProcess, name: str) -> None:
    """Until the server has learned that name."""
    deadline = time.monotonic() + 60
    while requests.get(f"{server.base}/meta", timeout=30).json()["business"] != name:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def tell(server: ServerProcess, questions: list[str]) -> str:
    conversation = None
    for question in questions:
        body = {"question": question, "conversation_id": conversation}
        reply = requests.post(
            f"{server.base}/question", json={n: v for n, v in body.items() if v}, timeout=60
        )
        assert reply.ok or "\x00" in question, reply.text
        conversation = conversation or reply.json()["conversation_id"]
    return str(conversation)


def show(page: Page, server: ServerProcess, conversation: str) -> None:
    """That conversation as if it were this page's own."""
    ask(page, "Hello")
    page.route(
        "**/conversations/*", lambda route: route.continue_(url=f"{server.base}/conversations/{conversation}")
    )
    page.reload()
    page.wait_for_selector("html[data-ready]")


@with_and_without_policy
def test_articles_questions_and_people_are_shown_as_text(
    browser: Browser, hostile: ServerProcess, conversations: dict[str, str], lifted: bool
) -> None:
    for about, conversation in conversations.items():
        with visiting(browser, hostile.base, lifted) as (page, watch):
            show(page, hostile, conversation)
            expect(page.locator(".turn").nth(len(conversations))).to_be_visible()
            settle(page)
            assert watch.strange(page) == []
            assert watch.happened() == []
            arrived = {payload.text for payload in PAYLOADS if has_arrived(page, about, payload)}
            assert len(arrived) >= ARRIVE[about], about


def has_arrived(page: Page, about: str, payload: Payload) -> bool:
    """Whether it is there to be read, word for word; of an article, in the title of a source."""
    where = {"articles": ".sources summary", "questions": ".asked p", "person": ".turn.person .name"}[about]
    shown = page.locator(where).evaluate_all("all => all.map((each) => each.textContent)")
    begins = " ".join(payload.text[:LONGEST_BY].split())
    return any(begins in " ".join(str(each).split()) for each in shown)


@with_and_without_policy
def test_the_name_of_the_business_is_text_on_every_page(
    browser: Browser, hostile: ServerProcess, shop: ServerProcess, tmp_path: Path, lifted: bool
) -> None:
    home = hostile.log.with_suffix("")
    with visiting(browser, shop.base, lifted) as (page, watch):
        head = watch.head(page)
    with open_assistant(load_settings(QUICK | {"CUSTOMER_ASSIST_HOME": str(home)})) as assistant:
        for name in names():
            assistant.ingest(write_business(tmp_path / "business", name), source="business")
            follow(hostile, name)
            with visiting(browser, hostile.base, lifted) as (page, watch):
                expect(page.get_by_role("heading", level=1)).to_have_text(name)
                ask(page, "Where is the moon?")
                settle(page)
                assert watch.strange(page) == []
                assert watch.head(page) == head
                assert watch.happened() == []
