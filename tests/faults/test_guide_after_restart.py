"""A customer in the middle of a procedure notices nothing of a restart: over HTTP and in the terminal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from server_process import running_server

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = REPOSITORY / "examples" / "brindle"
PROGRAM = Path(sys.executable).with_name("customer-assist")
ENVIRONMENT = {"CUSTOMER_ASSIST_RATE_LIMIT": "0"}

# A procedure of five steps, two questions about something else, and a step that did not work.
BEFORE = (
    "I forgot my password and cannot remember it",
    "step by step please",
    "ok done",
    "Do you ship to Malta?",
    "next",
)
AFTER = (
    "which step was I on?",
    "it doesn't show that e-mail",
    "no e-mail comes",
    "next",
    "Can I return opened coffee?",
    "what now",
    "done",
)
STEPS = (
    "Open the sign-in page",
    "Enter the e-mail address",
    "Open our e-mail and click the link",
    "Type in a new password",
    "Sign in with it",
)
Say = Callable[[str], str]


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    copy = tmp_path / "brindle"
    shutil.copytree(SAMPLE / "articles", copy / "articles")
    shutil.copy(SAMPLE / "business.toml", copy)
    return copy


def check_before(said: list[str]) -> None:
    whole, first, second, aside, third = said
    assert all(step in whole for step in STEPS)
    assert "Step 1 of 5" in first and STEPS[0] in first and STEPS[1] not in first
    assert "Step 2 of 5" in second and STEPS[1] in second
    assert "EU countries" in aside and "You were at step 2 of 5; say “next” to go on." in aside
    assert "Step 3 of 5" in third and STEPS[2] in third


def check_after(said: list[str]) -> None:
    where, trouble, nothing, fourth, aside, fifth, end = said
    assert "Step 3 of 5" in where and STEPS[2] in where
    assert "spam folder" in trouble and "You were at step 3 of 5" in trouble
    assert (
        "nothing about that step" in nothing
    )  # other articles share the step's words, and treat another case
    assert "Step 4 of 5" in fourth and STEPS[3] in fourth
    assert "You were at step 4 of 5" in aside
    assert "Step 5 of 5" in fifth and STEPS[4] in fifth and "last step" in fifth
    assert "Good, that was “I forgot my password”" in end


def test_over_http(tmp_path: Path, sample: Path) -> None:
    home = tmp_path / "home"
    with running_server(home, sample, ENVIRONMENT) as server:
        turns = _asked(server.base, BEFORE, None)
        check_before([turn["answer"] for turn in turns])
    conversation = turns[-1]["conversation_id"]
    with running_server(home, sample, ENVIRONMENT) as server:
        later = _asked(server.base, AFTER, conversation)
        check_after([turn["answer"] for turn in later])
        recorded = requests.get(f"{server.base}/conversations/{conversation}", timeout=60).json()["turns"]
    assert [turn["guide"] and turn["guide"]["step"] for turn in recorded] == [
        None,
        1,
        2,
        2,
        3,
        3,
        3,
        3,
        4,
        4,
        5,
        5,
    ]
    steps = later[-1]["guide"].pop("steps")
    assert len(steps) == 5 and all(steps)
    assert later[-1]["guide"] == {
        "document_id": "recover-password", "title": "I forgot my password", "step": 5, "of": 5, "finished": True,
    }  # fmt: skip
    assert all(
        turn["citations"][0]["document_id"] == "recover-password"
        for turn in recorded
        if turn["move"] in ("guide", "next", "where", "stuck") and turn["outcome"] == "answered"
    )


def test_in_the_terminal(tmp_path: Path, sample: Path) -> None:
    home = tmp_path / "home"
    first = _chat(home, sample, BEFORE)
    check_before(_parts(first.stdout, BEFORE))
    (line,) = [line for line in first.stderr.splitlines() if line.startswith("To go on: ")]
    second = _chat(home, sample, AFTER, *line.split()[-2:])
    check_after(_parts(second.stdout, AFTER))


def _asked(base: str, messages: tuple[str, ...], conversation: str | None) -> list[dict[str, Any]]:
    turns = []
    for message in messages:
        body = {"question": message} | ({"conversation_id": conversation} if conversation else {})
        reply = requests.post(f"{base}/question", json=body, timeout=60)
        assert reply.status_code == 200, reply.text
        turns.append(reply.json())
        conversation = turns[-1]["conversation_id"]
    return turns


def _chat(
    home: Path, sample: Path, messages: tuple[str, ...], *more: str
) -> subprocess.CompletedProcess[str]:
    inherited = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LD_LIBRARY_PATH")
    }
    done = subprocess.run(
        [PROGRAM, "chat", "--sample", str(sample), *more],
        input="\n".join(messages) + "\n",
        env=inherited | {"CUSTOMER_ASSIST_HOME": str(home)},
        cwd=home.parent,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done


def _parts(printed: str, messages: tuple[str, ...]) -> list[str]:
    """What was printed after each message."""
    found = []
    for message in messages:
        _, _, printed = printed.partition(f"? {message}\n")
        found.append(printed)
    return [part.partition("\n? ")[0] for part in found]
