"""What the widget is made of, as it is served and as it is written."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from customer_assist.bootstrap import Assistant
from customer_assist.dialogue.human_wish import wants_a_human, wants_the_assistant
from customer_assist.web import app as web_app
from customer_assist.web.app import create_app
from customer_assist.web.compression import without_comments

STATIC = Path(web_app.__file__).parent / "static"
TEXTS = {file.stem: file.read_text("utf-8") for file in sorted((STATIC / "texts").glob("*.js"))}
_TEXT = re.compile(r'^  (\w+): "((?:[^"\\]|\\.)*)",$', re.MULTILINE)


def words(language: str) -> dict[str, str]:
    return dict(_TEXT.findall(TEXTS[language]))


def test_the_languages_that_can_be_chosen_are_those_there_are_words_in() -> None:
    offered = re.search(r"LANGUAGES = \[(.*)\]", (STATIC / "language.js").read_text())
    assert offered is not None
    assert set(re.findall(r'"(\w+)"', offered[1])) == set(TEXTS)
    assert set(TEXTS) == {"en", "de", "fr", "es", "it", "nl", "pt", "pl"}


@pytest.mark.parametrize("language", TEXTS)
def test_every_language_has_every_text_with_every_value(language: str) -> None:
    own, english = words(language), words("en")
    assert len(own) == len(re.findall(r"^  \w+:", TEXTS[language], re.MULTILINE)) > 60
    assert list(own) == list(english)
    for key, text in english.items():
        assert sorted(re.findall(r"\{\w+\}", own[key])) == sorted(re.findall(r"\{\w+\}", text)), key
        assert own[key].strip() == own[key] != ""


def test_every_text_is_used_and_every_one_that_is_used_is_there() -> None:
    code = "\n".join(file.read_text() for file in STATIC.glob("*.js"))
    named = set(re.findall(r'"(\w+)"', code)) | set(re.findall(r"^  (\w+):", code, re.MULTILINE))
    assert set(words("en")) <= named
    assert set(re.findall(r'\bt\("(\w+)"', code)) <= set(words("en"))


def test_what_a_click_says_is_understood_by_the_rules() -> None:
    said = dict(re.findall(r'^  (\w+): "(.*)",$', (STATIC / "says.js").read_text(), re.MULTILINE))
    english = words("en")
    assert all(english[key] == text for key, text in said.items())  # an English customer sees what is sent
    assert wants_a_human(said["saidHuman"], ()) and wants_the_assistant(said["saidBack"])


@pytest.mark.parametrize("path", ["/widget.js", "/static/launcher.js", "/static/chat.css"])
def test_it_travels_compressed_and_is_asked_for_again_in_a_few_bytes(client: FlaskClient, path: str) -> None:
    with client.get(path, headers={"Accept-Encoding": "gzip"}) as packed, client.get(path) as plain:
        assert packed.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed.headers["Vary"]
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(packed.data) == without_comments(plain.data)
        tag = packed.headers["ETag"]
    with client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": tag}) as again:
        assert again.status_code == 304 and again.data == b""


def test_only_comments_and_indentation_stay_at_home() -> None:
    code = b"// one\nlet a = 1; // stays\n  /** two\n   * // three */\n/* four */ b();\n\tc(`//`);\n"
    assert without_comments(code) == b"let a = 1; // stays\n/* four */ b();\nc(`//`);\n"
    for file in (*STATIC.rglob("*.js"), *STATIC.glob("*.css")):
        lines = file.read_text("utf-8").splitlines()
        assert not [line for line in lines if line.replace("\\`", "").count("`") % 2 and '"`' not in line], (
            file
        )


def test_no_reply_that_holds_what_a_customer_said_is_compressed(client: FlaskClient) -> None:
    reply = client.post(
        "/question", json={"question": "Where is my order?"}, headers={"Accept-Encoding": "gzip"}
    )
    assert "Content-Encoding" not in reply.headers


def test_the_colour_of_the_business_is_the_chats(empty: Assistant) -> None:
    client = create_app(empty).test_client()
    assert client.get("/meta").get_json()["color"] == ""
    empty.documents.set_profile({"name": "Lamps", "color": "#ffd400", "language": "de"}, "test")
    meta = create_app(empty).test_client().get("/meta").get_json()
    assert (meta["color"], meta["language"]) == ("#ffd400", "de")


def test_the_page_shows_who_answers_before_its_script_runs(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "This page needs JavaScript" in page
    assert re.search(r"<customer-assist data-mode=\"page\" data-meta='\{", page)
