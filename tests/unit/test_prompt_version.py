"""The version of the prompt: whoever changes its words raises it."""

from __future__ import annotations

import hashlib

from customer_assist.answering import prompt
from customer_assist.model import CheckResult, Hit, Passage, PassageId, PassageKind, Score
from stand_ins import make_document

# The version, and the SHA-256 of all that a model can be told by it beside question, sources and its own draft.
WORDING = (1, "e6c1490373167ae132f1ebdbdfa641e265b21d296cc6290804bd572ae747694a")


def _wording() -> str:
    document = make_document("hours", "When do you open?", title="Hours", text="At nine.")
    passage = Passage(PassageId("hours/t0"), document.id, PassageKind.TEXT, document.text)
    built = prompt.build("When do you open?", [Hit(document, passage, 1, Score(1.0, "x"))], {})
    failures = [CheckResult(name, False, "…") for name in sorted(prompt._PROBLEMS)]
    told = [message.content for message in prompt.ask_again(built, "At ten.", failures)]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def test_the_version_of_the_prompt_is_raised_with_its_words() -> None:
    found = _wording()
    assert (prompt.VERSION, found) == WORDING, (
        f"the prompt reads otherwise: raise VERSION in answering/prompt.py, then WORDING here to "
        f"(that number, {found!r})"
    )
