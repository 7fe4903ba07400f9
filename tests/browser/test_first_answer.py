"""How soon an answer can be read. `make bench BENCH=first-answer` asks more often, and keeps the figures.

The clocks are those of one machine: a page's `performance.timeOrigin` and Python's `time.time` count from the same
moment. A text is there when it is in the page's document; nothing is painted later than one frame after that.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from test_chat_page import ask

from fakes import FakeOpenAI, Reply
from server_process import ServerProcess, running_server

pytestmark = pytest.mark.browser
REPOSITORY = Path(__file__).resolve().parents[2]
QUESTIONS = REPOSITORY / "examples" / "questions" / "questions.jsonl"
FIGURES = os.environ.get("CUSTOMER_ASSIST_FIGURES", "")  # a file; set by the benchmark
FEW, MANY = 8, 60  # questions; with a model half as many, each with an answer of four sentences
TOKEN, SECONDS_A_TOKEN = 4, 0.02  # as models write: four characters, fifty times a second
SENTENCES = (
    "Descale the Calder when the orange drop light comes on, with one sachet of our descaler dissolved in 1 litre of "
    "lukewarm water [1].",
    "The programme takes about 35 minutes; please stay nearby [1].",
    "Vinegar attacks the seals, so please do not use it [1].",
    "Four sachets cost €8.90 [1].",
)
_WATCH = """() => {
  const log = document.querySelector("customer-assist").shadowRoot.querySelector("#log");
  const now = () => performance.timeOrigin + performance.now();
  window.times = { entered: 0, seen: [] };
  window.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") window.times = { entered: now(), seen: [] };
  }, true);
  new MutationObserver(() => {
    const text = [...log.querySelectorAll(".answer")].at(-1)?.textContent ?? "";
    if (text && text !== window.times.seen.at(-1)?.[1]) window.times.seen.push([now(), text]);
  }).observe(log, { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    said = Reply(" ".join(SENTENCES), piece=TOKEN, delay=SECONDS_A_TOKEN)
    with FakeOpenAI(said) as fake:
        yield fake


@pytest.fixture
def shop_with_model(
    model: FakeOpenAI, shop: ServerProcess, tmp_path: Path, sample: Callable[[Path], Path]
) -> Iterator[ServerProcess]:
    environment = {
        "CUSTOMER_ASSIST_RATE_LIMIT": "0",
        "OPENAI_API_KEY": "key",
        "OPENAI_BASE_URL": model.base_url,
        "CUSTOMER_ASSIST_JUDGE": "0",  # its calls would be taken for the answer's
    }
    with running_server(tmp_path / "home", sample(tmp_path), environment) as server:
        yield server


def test_without_a_model_an_answer_is_there_at_once(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.evaluate(_WATCH)
    waits = []
    for question in questions(MANY if FIGURES else FEW):
        begin_anew(page)
        ask(page, question)
        times = page.evaluate("() => window.times")
        waits.append(times["seen"][0][0] - times["entered"])
    assert len(waits) >= FEW
    told = report("from Enter to the first words, without a model, ms", waits)
    assert told["p50"] < 5000


def test_with_a_model_a_sentence_is_there_soon_after_its_last_token(
    open_page: Callable[..., Page], shop_with_model: ServerProcess, model: FakeOpenAI
) -> None:
    page = open_page(at=shop_with_model)
    page.evaluate(_WATCH)
    waits = []
    for _ in range(MANY // 2 if FIGURES else FEW // 2):
        begin_anew(page)
        model.sent.clear()
        ask(page, "How do I descale the Calder?")
        waits += [1000 * wait for wait in after_last_token(page, model)]
    told = report("from a sentence's last token to the sentence, ms", waits)
    assert told["p50"] < 2000


def after_last_token(page: Page, model: FakeOpenAI) -> Iterator[float]:
    """Seconds from when the fake sent the last character of each sentence until the sentence stood on the page."""
    seen = page.evaluate("() => window.times.seen")
    upto = 0
    for sentence in SENTENCES:
        upto += len(sentence)
        sent = next(at for at, length in model.sent if length >= upto)
        shown = sentence.replace(" [1]", "")
        yield next(at for at, text in seen if shown in text) / 1000 - sent
        upto += 1  # the space between


def begin_anew(page: Page) -> None:
    button = page.locator("#new-conversation")
    if button.is_visible():
        button.click()
        expect(page.locator(".turn")).to_have_count(0)


def questions(count: int) -> Sequence[str]:
    """The sample shop's own test messages, evenly drawn."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines[:: max(1, len(lines) // count)]][:count]


def report(what: str, waits: Sequence[float]) -> dict[str, float]:
    """The figures, also for the benchmark where it asks for them."""
    p50, p95 = np.percentile(waits, [50, 95])
    told = {
        "p50": round(float(p50), 1),
        "p95": round(float(p95), 1),
        "max": round(max(waits), 1),
        "n": len(waits),
    }
    if FIGURES:
        with Path(FIGURES).open("a", encoding="utf-8") as figures:
            figures.write(json.dumps({what: told}) + "\n")
    return told
