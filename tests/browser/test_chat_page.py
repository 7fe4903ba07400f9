"""What a customer sees and does on the chat page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from server_process import ServerProcess

pytestmark = pytest.mark.browser
WHERE = "Where is my order? Tracking a parcel"
UNKNOWN = "Wie hoch ist der Mount Everest?"
INJECTION = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>**b**"

FOCUSED = """() => {
  const { activeElement } = document.activeElement.shadowRoot ?? document;
  return activeElement?.className || activeElement?.id;
}"""


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the end of the answer."""
    turns = page.locator(".turn").count()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").nth(turns)
    expect(turn).to_be_visible()
    expect(turn).not_to_have_attribute("aria-busy", "true")


def test_a_first_visitor_learns_who_answers_and_what_to_ask(open_page: Callable[..., Page]) -> None:
    page = open_page()
    expect(page.get_by_role("heading", level=1)).to_have_text("Brindle & Bean")
    expect(page.get_by_text("Automated assistant, not a person")).to_be_visible()
    expect(page.get_by_text("Demo: sample business")).to_be_visible()
    expect(page.locator(".example")).to_have_count(4)
    page.locator(".example").first.click()
    expect(page.locator(".rating")).to_be_visible()
    expect(page.locator("#welcome")).to_be_hidden()
    expect(page.get_by_label("Your question")).to_be_focused()


def test_an_answer_has_its_source_and_other_topics(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, WHERE)
    answer = page.locator(".answer")
    expect(answer.locator("li strong").first).to_have_text("Received:")
    expect(answer.get_by_role("link", name="My orders")).to_have_attribute(
        "href", "https://brindle-and-bean.example/account/orders"
    )
    source = page.locator(".sources details")
    expect(source.locator("summary")).to_contain_text(WHERE)
    expect(source.locator("blockquote")).to_be_hidden()
    source.locator("summary").press("Enter")
    expect(source.locator("blockquote")).to_contain_text("Track your parcel")
    topic = page.locator(".topic").first
    title = topic.inner_text()
    topic.click()
    expect(page.locator(".asked").nth(1)).to_contain_text(title)
    expect(page.locator(".rating").nth(1)).to_be_visible()


def test_a_customer_who_is_asked_back_chooses_a_topic(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "Hello, I have opened my package and the tamper from my order is not inside, only the machine.")
    turn = page.locator(".turn").first
    expect(turn).to_have_attribute("data-outcome", "clarifying")
    expect(turn.get_by_role("heading", name="Which one do you mean?")).to_be_visible()
    expect(turn.locator(".rating")).to_have_count(0)
    topic = turn.locator(".topic").first
    title = topic.inner_text()
    topic.click()
    expect(page.locator(".asked").nth(1)).to_contain_text(title)
    expect(page.locator(".turn").nth(1)).to_have_attribute("data-outcome", "answered")


def test_an_answer_appears_sentence_by_sentence(open_page: Callable[..., Page]) -> None:
    page = open_page()
    turn = (
        '{"conversation_id": "c", "question": "q", "answer": "Another *answer*.", "turn_id": "t",'
        ' "outcome": "answered", "answered_by": "m", "degraded": false, "citations": [], "steps": [],'
        ' "alternatives": [], "confidence": 1, "handoff": null, "logged": false}'
    )
    body = f'event: delta\ndata: {{"text": "One. "}}\n\nevent: turn\ndata: {turn}\n\n'
    page.route("**/question", lambda r: r.fulfill(content_type="text/event-stream", body=body))
    ask(page, "Anything")
    expect(page.locator(".answer")).to_have_text("Another *answer*.")
    page.unroute("**/question")
    page.evaluate("() => sessionStorage.clear()")


def test_a_rating_is_acknowledged_and_can_be_changed(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, WHERE)
    page.get_by_role("button", name="Yes, this helped").click()
    expect(page.locator(".rating output")).to_have_text("Thank you for your feedback.")
    page.get_by_role("button", name="No, this did not help").click()
    expect(page.locator(".thumb[aria-pressed=true]")).to_have_attribute("title", "No, this did not help")
    page.reload()
    expect(page.locator(".thumb[aria-pressed=true]")).to_have_attribute("title", "No, this did not help")


def test_where_nothing_is_known_a_person_is_offered(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, UNKNOWN)
    expect(page.locator(".turn.human .answer")).to_contain_text("A person can help you")
    expect(page.get_by_role("link", name="+353 91 555 0142")).to_have_attribute("href", "tel:+353915550142")
    expect(page.get_by_role("link", name="help@brindle-and-bean.example")).to_have_attribute(
        "href", "mailto:help@brindle-and-bean.example"
    )


def test_a_question_is_never_more_than_text(open_page: Callable[..., Page]) -> None:
    page = open_page()
    title = page.title()
    ask(page, INJECTION)
    expect(page.locator(".asked p")).to_have_text(INJECTION)
    page.reload()
    expect(page.locator(".asked p")).to_have_text(INJECTION)
    assert page.title() == title
    assert page.locator("main img, main script, .asked strong").count() == 0


def test_an_answer_is_markdown_but_never_html(open_page: Callable[..., Page]) -> None:
    page = open_page()
    answer = (
        "<img src=x onerror=alert(1)> [bad](javascript:alert(1)) [data](data:text/html,x) "
        "[call](tel:+35391) **bold** https://a.example/b?c=(d).\\n\\n1. One\\n   - inner\\n2. Two\\n\\nEnd"
    )
    turn = (
        f'{{"conversation_id": "c", "question": "q", "answer": "{answer}", "turn_id": "t",'
        ' "outcome": "answered", "citations": [], "alternatives": [], "logged": false}'
    )
    body = f"event: turn\ndata: {turn}\n\n"
    page.route("**/question", lambda r: r.fulfill(content_type="text/event-stream", body=body))
    ask(page, "Anything")
    said = page.locator(".answer")
    assert said.locator("img").count() == 0
    assert [a.get_attribute("href") for a in said.locator("a").all()] == [
        "tel:+35391",
        "https://a.example/b?c=",
    ]
    assert said.locator("a").last.get_attribute("rel") == "noopener noreferrer"
    expect(said).to_contain_text("[bad](javascript:alert(1))")
    assert said.locator("ol > li").count() == 2 and said.locator("ol > li > ul > li").count() == 1
    expect(said.locator("strong")).to_have_text("bold")


def test_a_reload_restores_the_conversation_and_a_new_one_can_begin(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, WHERE)
    ask(page, "How do I cancel my order?")
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".asked").nth(1)).to_contain_text("How do I cancel my order?")
    expect(page.locator(".sources")).to_have_count(2)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#welcome")).to_be_visible()
    page.reload()
    expect(page.locator("#welcome")).to_be_visible()


def test_a_question_can_be_written_on_several_lines_and_not_be_empty(open_page: Callable[..., Page]) -> None:
    page = open_page()
    field = page.get_by_label("Your question")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    field.fill("   ")
    field.press("Enter")
    expect(page.locator(".turn")).to_have_count(0)
    field.fill("Hello")
    field.press("Shift+Enter")
    field.press_sequentially("there")
    field.press("Enter")
    expect(page.locator(".asked p")).to_have_text("Hello\nthere")
    expect(field).to_have_value("")


def test_a_lost_connection_is_said_and_trying_again_asks_only_once(open_page: Callable[..., Page]) -> None:
    page = open_page(quiet=False)
    keys: list[str | None] = []

    def answer_but_lose_it(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/question", answer_but_lose_it)
    page.get_by_label("Your question").fill(WHERE)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".failure")).to_contain_text("check your connection")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".sources")).to_be_visible()
    expect(page.locator(".failure")).to_have_count(0)
    assert len(keys) == 2 and keys[0] == keys[1] is not None
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)


@pytest.mark.parametrize(
    ("status", "headers", "said", "button"),
    [
        (429, {"Retry-After": "30"}, "Please wait a moment", "Try again in 30 s"),
        (500, {}, "Something went wrong on our side", "Try again"),
        (502, {"Content-Type": "text/html"}, "error 502", "Try again"),
    ],
)
def test_a_refusal_is_said_in_words(
    open_page: Callable[..., Page], status: int, headers: dict[str, str], said: str, button: str
) -> None:
    page = open_page(quiet=False)
    body = (
        "<h1>Bad Gateway</h1>"
        if status == 502
        else '{"error": "something went wrong on our side", "code": "x"}'
    )
    page.route(
        "**/question",
        lambda r: r.fulfill(status=status, headers={"Content-Type": "application/json"} | headers, body=body),
    )
    page.get_by_label("Your question").fill(WHERE)
    page.keyboard.press("Enter")
    expect(page.locator(".failure p")).to_contain_text(said)
    expect(page.locator(".failure button")).to_have_text(button)


def test_everything_can_be_reached_by_keyboard_in_order(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, WHERE)
    page.reload()
    expect(page.locator(".thumb").first).to_be_visible()
    reached = []
    for _ in range(16):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
    wanted = ["skip", "quiet", "topic", "thumb", "question"]
    places = [reached.index(name) for name in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_it_fits_every_window(
    open_page: Callable[..., Page], screenshots: Path | None, width: int, dark: bool
) -> None:
    page = open_page(width=width, height=740 if width == 360 else 900, dark=dark)
    name = f"chat-{width}-{'dark' if dark else 'light'}"
    for step in ("welcome", "answer", "human"):
        if step == "answer":
            ask(page, WHERE)
            page.get_by_role("button", name="Yes, this helped").click()
        elif step == "human":
            ask(page, UNKNOWN)
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
        if screenshots:
            page.wait_for_timeout(200)
            page.screenshot(path=screenshots / f"{name}-{step}.png")
    expect(page.get_by_label("Your question")).to_be_in_viewport()
    expect(page.locator(".asked").last).to_be_in_viewport()
    assert page.evaluate("() => document.documentElement.scrollHeight <= window.innerHeight")


def test_the_documentation_opens_without_a_complaint(
    open_page: Callable[..., Page], shop: ServerProcess
) -> None:
    page = open_page()
    page.goto(f"{shop.base}/docs")
    expect(page.get_by_role("heading", name="POST /question")).to_be_visible()


def test_a_stopped_server_is_said_on_the_page(
    open_page: Callable[..., Page], own_shop: ServerProcess
) -> None:
    page = open_page(quiet=False, at=own_shop)
    ask(page, WHERE)
    assert own_shop.stop() == 0
    ask(page, "How do I cancel my order?")
    expect(page.locator(".failure")).to_contain_text("can’t be reached")
    expect(page.get_by_role("button", name="Try again")).to_be_enabled()
