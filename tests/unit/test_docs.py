"""The documentation, held against the code and the files it speaks of."""

from __future__ import annotations

import base64
import json
import re
import shlex
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel
from typer.main import get_command

from customer_assist.business import BusinessProfile, parse_profile
from customer_assist.cli import app
from customer_assist.config import VARIABLES
from customer_assist.knowledge import columns
from customer_assist.model import ConversationId, Handoff, HandoffReason, HandoffStatus
from customer_assist.notices.webhook import handoff_opened, signature
from customer_assist.web.api import api

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROGRAM = "customer-assist"
OF_COMPOSE = {"GRAFANA_SECRET_KEY"}
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
# A checkout, a home or a scratch folder of somebody's machine.
_MACHINE = re.compile(r"(?<![\w.~])/(?:work|root|home|Users|tmp|mnt)/|[A-Z]:\\\\")
# What may stand before the program in a line, and what ends its arguments.
_CALL = re.compile(rf"(?<![\w/.=-])(?:\S*/bin/)?{PROGRAM}(?= |$)([^|>&;)]*)")


A_HANDOFF = Handoff(
    *(
        "1",
        ConversationId("2"),
        HandoffReason.WISH,
        "",
        "My lamp is broken",
        "Somebody comes.",
        "a@b.example",
        "",
    ),
    status=HandoffStatus.WAITING,
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
)

# --- links and paths -----------------------------------------------------------------------------


@every_page
def test_every_link_to_a_file_and_its_heading_resolves(page: Path) -> None:
    broken = [link for link in _LINK.findall(_prose(page)) if not _resolves(link, page)]
    assert not broken


@every_page
def test_no_page_names_a_folder_of_one_machine(page: Path) -> None:
    assert not _MACHINE.findall(page.read_text("utf-8"))


def test_the_index_leads_to_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link.split("#")[0]).resolve() for link in _LINK.findall(_prose(index))}
    pages = {page for page in PAGES if page.is_relative_to(index.parent)} - {index}
    assert pages <= linked


# --- commands and settings -----------------------------------------------------------------------


@every_page
def test_every_command_in_a_block_is_one_that_the_program_takes(page: Path) -> None:
    for words in _commands(page):
        _parse(words)


def test_a_command_that_the_program_does_not_take_would_be_noticed() -> None:
    for call in (
        "nothing",
        "ingest",
        "ask Why? --loud",
        "documents burn x",
        "evaluate retrieval --depth ten",
    ):
        with pytest.raises(ValueError, match=call.split()[0]):
            _parse(call.split())


@every_page
def test_every_setting_that_is_named_exists(page: Path) -> None:
    named = re.findall(
        r"\b(?:CUSTOMER_ASSIST|POSTGRES|OPENAI|GRAFANA)_[A-Z_]*[A-Z]\b", page.read_text("utf-8")
    )
    assert set(named) <= {variable.name for variable in VARIABLES} | OF_COMPOSE


# --- tables that repeat the code -----------------------------------------------------------------


def test_the_profile_page_has_every_key_and_no_other() -> None:
    assert list(_profile_rows()) == list(_keys(BusinessProfile))


def test_the_profile_page_says_which_placeholders_each_key_fills() -> None:
    for key, filled in _profile_rows().items():
        if key != "facts":
            assert filled == _filled_by(key), key


def test_the_profile_on_its_page_is_one_that_is_read() -> None:
    [example] = [block for kind, block in _blocks(ROOT / "docs" / "business-profile.md") if kind == "toml"]
    assert parse_profile(example).facts


def test_the_check_of_signatures_on_its_page_tells_ours_from_others() -> None:
    [code] = [block for kind, block in _blocks(ROOT / "docs" / "notices.md") if kind == "python"]
    page: dict[str, Any] = {}
    exec(code, page)
    at, body, secret = int(time.time()), b'{"id": "1"}', "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    ours = signature(base64.b64decode(secret.removeprefix("whsec_")), "1", at, body)
    headers = {"Webhook-Id": "1", "Webhook-Timestamp": str(at), "Webhook-Signature": f"v1,bm8= {ours}"}
    assert page["is_genuine"](headers, body, secret)
    for changed in (
        {"Webhook-Id": "2"},
        {"Webhook-Timestamp": str(at - 1)},
        {"Webhook-Signature": "v1,bm8="},
    ):
        assert not page["is_genuine"](headers | changed, body, secret)
    assert not page["is_genuine"](headers, body + b" ", secret)
    assert not page["is_genuine"](headers, body, "whsec_" + "c2VjcmV0" * 6)
    old = signature(base64.b64decode(secret.removeprefix("whsec_")), "1", at - 400, body)
    late = {"Webhook-Id": "1", "Webhook-Timestamp": str(at - 400), "Webhook-Signature": old}
    assert not page["is_genuine"](late, body, secret)


def test_the_body_of_a_webhook_on_its_page_has_the_fields_of_a_real_one() -> None:
    [shown] = [json.loads(block) for kind, block in _blocks(ROOT / "docs" / "notices.md") if kind == "json"]
    made = json.loads(handoff_opened("1", A_HANDOFF, [{"question": "Why?", "answer": "So."}]))
    assert _shape(shown) == _shape(made)


def test_the_knowledge_page_names_every_accepted_column() -> None:
    rows = _rows(ROOT / "docs" / "knowledge.md", "Columns")
    assert {row[0]: tuple(re.findall(r"`(\w+)`", row[1])) for row in rows} == {
        "question": columns.QUESTION_COLUMNS,
        "text": columns.TEXT_COLUMNS,
        "title": columns.TITLE_COLUMNS,
        "id": columns.ID_COLUMNS,
        "address": columns.URL_COLUMNS,
    }


def test_the_api_page_has_every_route_of_the_api() -> None:
    rows = _rows(ROOT / "docs" / "api.md", "API")
    told = {tuple(row[0].strip("`").split(" ", 1)) for row in rows}
    routes = {(name.upper(), path) for path, item in api.paths.items() for name, value in item if value}
    assert routes and routes <= told


# --- reading pages -------------------------------------------------------------------------------


def _shape(value: object) -> object:
    match value:
        case dict():
            return {name: _shape(each) for name, each in value.items()}
        case list():
            return [_shape(each) for each in value]
    return type(value).__name__


def _blocks(page: Path) -> list[tuple[str, str]]:
    return _FENCE.findall(page.read_text("utf-8"))


def _prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text("utf-8"))


def _resolves(link: str, page: Path) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    name, _, heading = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return False
    return not heading or heading in {_anchor(words) for words in _HEADING.findall(_prose(target))}


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _rows(page: Path, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading."""
    section = page.read_text("utf-8").split(f"# {heading}\n", 1)[1]
    lines = section[section.index("\n|---") + 1 :].splitlines()
    table = lines[1 : next(n for n, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def _commands(page: Path) -> Iterator[list[str]]:
    """The arguments of every call of the program, "$(…)" being one and its inside a call of its own."""
    for kind, block in _blocks(page):
        if kind not in ("bash", "sh", "shell", "console", "ini"):
            continue
        for line in block.replace("\\\n", " ").replace("$(", "WORD; ").splitlines():
            for arguments in _CALL.findall(line.split(" #")[0]):
                yield shlex.split(arguments)


def _parse(words: list[str]) -> None:
    """Raises ValueError where the program would end with a usage error. Runs nothing."""
    command, call, rest = get_command(app), PROGRAM, words
    try:
        while rest and (subcommands := getattr(command, "commands", None)) and rest[0] in subcommands:
            command, call, rest = subcommands[rest[0]], f"{call} {rest[0]}", rest[1:]
        if rest and hasattr(command, "commands") and not rest[0].startswith("-"):
            raise ValueError(f"{call}: no such command: {rest[0]}")
        command.make_context(call, list(rest))
    except typer.Exit:  # --help
        return
    except typer.TyperException as error:
        raise ValueError(f"{' '.join([call, *rest])}: {error.format_message()}") from error


# --- the profile ---------------------------------------------------------------------------------


def _profile_rows() -> dict[str, set[str]]:
    rows = _rows(ROOT / "docs" / "business-profile.md", "Keys")
    return {row[0].strip("`"): set(re.findall(r"\{\{([^}]+)\}\}", row[2])) for row in rows}


def _keys(part: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in part.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _keys(inner, f"{before}{name}.")
        else:
            yield before + name


def _filled_by(key: str) -> set[str]:
    table, _, name = key.rpartition(".")
    value: object = ["x"] if name in ("account_types", "trusted") else "x"
    value = "#1f5c4d" if key == "color" else value
    value = [] if table == "handoff" and name != "reply_within" else value
    profile = BusinessProfile.model_validate({table: {name: value}} if table else {name: value})
    return set(profile.placeholders())
