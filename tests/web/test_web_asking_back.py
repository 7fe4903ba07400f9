"""A message that may mean several things is asked back about, and the topic that the customer chooses is answered."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from server_process import running_server

ROOT = Path(__file__).resolve().parents[2]
UNCLEAR = (
    "I have opened my package and the tamper from my order is not inside, only the machine. What I must do?"
)


@pytest.mark.slow
def test_a_customer_who_is_asked_back_chooses_and_is_answered(tmp_path: Path) -> None:
    with running_server(tmp_path / "home", ROOT / "examples" / "brindle", {}) as server:
        unclear = requests.post(f"{server.base}/question", json={"question": UNCLEAR}, timeout=30).json()
        assert unclear["outcome"] == "clarifying" and unclear["citations"] == [] and unclear["logged"] is True
        titles = [topic["title"] for topic in unclear["alternatives"]]
        assert len(titles) in (2, 3) and all(title in unclear["answer"] for title in titles)
        for topic in unclear["alternatives"]:
            chosen = {"question": topic["title"], "conversation_id": unclear["conversation_id"]}
            turn = requests.post(f"{server.base}/question", json=chosen, timeout=30).json()
            assert turn["outcome"] == "answered", topic
            assert [citation["document_id"] for citation in turn["citations"]] == [topic["document_id"]]
