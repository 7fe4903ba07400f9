"""The learning loop on the sample shop, a part of `make bench BENCH=learning`."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.learning import met, read_lessons, teach

from customer_assist.bootstrap import join
from customer_assist.config import load_settings
from customer_assist.llm.minilm import MiniLM
from customer_assist.storage.database import Database

SHOP = Path(__file__).resolve().parents[2] / "examples" / "brindle"
LESSONS = 4  # of ten, the first


@pytest.mark.slow
def test_what_a_person_taught_is_answered_and_helps_other_customers(
    database: Database, embedder: MiniLM, tmp_path: Path
) -> None:
    """The bench found 10 of 10 taught questions answered with the learned document, and 13 of 30 new paraphrases (here:
    8 of 12), none of them before."""
    settings = load_settings({"CUSTOMER_ASSIST_HOME": str(tmp_path)})
    assistant = join(settings, database, embedder=embedder)
    assistant.ingest(SHOP)
    lessons = read_lessons()[:LESSONS]
    before = met(assistant, [(lesson.question, "") for lesson in lessons])
    assert before.learned == 0
    taught = {lesson.question: teach(assistant, lesson) for lesson in lessons}
    assert met(assistant, list(taught.items())).learned == LESSONS
    others = [(text, taught[lesson.question]) for lesson in lessons for text in lesson.paraphrases]
    assert met(assistant, others).learned >= 7
