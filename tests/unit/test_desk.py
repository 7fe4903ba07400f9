"""One question in, one turn out, on a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from customer_assist.answering.extractive import ExtractiveAnswerer
from customer_assist.asking import MAX_QUESTION
from customer_assist.business import EMPTY_PROFILE, BusinessProfile, Contact
from customer_assist.desk import MAX_COMMENT, Ask, Desk, Stores
from customer_assist.errors import InvalidInput, UnknownConversation, UnknownFilter, UnknownTurn
from customer_assist.indexing import Library, Snapshot
from customer_assist.model import EXTRACTIVE, Answer, CheckResult, Document, DocumentId, Outcome, Turn
from customer_assist.ports import Answerer, AnswerRequest
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.handoffs import HandoffStore
from customer_assist.storage.journal import Journal
from customer_assist.storage.vectors import VectorStore
from stand_ins import make_document

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PHONE, EMAIL = "+353 91 555 0142", "help@shop.example"
PROFILE = BusinessProfile(name="Shop", contact=Contact(phone=PHONE, email=EMAIL, hours="9 to 5"))
SHOP = [
    make_document("return", "How do I return a lamp?", text="Send the lamp back within 30 days."),
    make_document("parcel", "When does my parcel come?", text="Call {{Customer Support Phone Number}}."),
    make_document("return2", "Do you return money for a lamp I return?", text="Yes, within five days."),
    make_document("cancel", "I want to cancel order {{Order Number}}", text="Press Cancel."),
]
UNKNOWN = "Which mountain is the highest in Peru?"


class NeverAsked:
    """An answerer that must not be called."""

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        raise AssertionError(f"the model was called for {request.question!r}")


class Scripted:
    """Says these sentences, then the answer; remembers what it was asked and how it ended."""

    def __init__(self, *sentences: str, answer: Answer | None = None) -> None:
        self.sentences = sentences
        self.answer = answer or Answer(" ".join(sentences), answered_by="model-x", degraded=True)
        self.requests: list[AnswerRequest] = []
        self.closed = False

    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        self.requests.append(request)
        try:
            yield from self.sentences
            yield self.answer
        finally:
            self.closed = True


MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(database: Database) -> MakeDesk:
    def make(
        documents: list[Document] = SHOP,
        answerer: Answerer | None = None,
        profile: BusinessProfile = PROFILE,
    ) -> Desk:
        store = DocumentStore(database)
        if documents:
            store.sync_source("faq", documents, profile=profile.model_dump(mode="json"))
        library = Library(store, VectorStore(database), None, "lexical")
        return Desk(
            library,
            answerer or ExtractiveAnswerer(),
            Stores(Journal(database), HandoffStore(database)),
            lambda: NOW,
            lambda: str(uuid4()),
        )

    return make


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk()


def test_a_question_that_is_known_is_answered_with_its_source(desk: Desk) -> None:
    turn = desk.ask(Ask("How do I return a lamp?", channel="web", locale="en-IE", customer_ref="c1"))
    assert (turn.outcome, turn.answer.text) == (Outcome.ANSWERED, SHOP[0].text)
    assert (turn.question, turn.asked_at, turn.logged) == ("How do I return a lamp?", NOW, True)
    assert (turn.channel, turn.locale, turn.customer_ref) == ("web", "en-IE", "c1")
    assert [citation.document_id for citation in turn.answer.citations] == ["return"]
    assert (turn.answer.answered_by, turn.offers_human) == (EXTRACTIVE, False)
    assert (turn.trace.knowledge_version, turn.trace.engine) == (1, "lexical")
    assert turn.trace.hits[0].document.id == "return"
    assert 0.5 <= turn.confidence <= 1
    assert turn.timing.total >= turn.timing.retrieve > 0


def test_a_filter_leaves_only_documents_with_that_value_and_is_traced(make_desk: MakeDesk) -> None:
    lamp, parcel = (
        replace(each, fields={"category": name})
        for each, name in zip(SHOP[:2], ("LAMPS", "PARCELS"), strict=True)
    )
    desk = make_desk([lamp, parcel, *SHOP[2:]])
    turn = desk.ask(Ask("How do I return a lamp?", filters={"category": "PARCELS"}))
    assert [hit.document.id for hit in turn.trace.hits] == ["parcel"]
    assert turn.trace.filters == {"category": "PARCELS"}
    with pytest.raises(UnknownFilter, match="'colour'"):
        desk.ask(Ask("How do I return a lamp?", filters={"colour": "red"}))


def test_the_first_turn_gives_the_conversation_its_id(desk: Desk) -> None:
    turn = desk.ask(Ask("How do I return a lamp?"))
    assert turn.id == turn.conversation_id
    assert UUID(turn.id)
    assert desk.ask(Ask("How do I return a lamp?")).id != turn.id


def test_a_conversation_goes_on_in_order(desk: Desk) -> None:
    first = desk.ask(Ask("How do I return a lamp?"))
    second = desk.ask(Ask("thanks", conversation_id=first.conversation_id))
    assert second.conversation_id == first.id != second.id
    assert [turn.id for turn in desk.conversation(first.id)] == [first.id, second.id]
    assert [turn.id for turn in desk.conversation(first.id, after=first.id)] == [second.id]


@pytest.mark.parametrize("unknown", [str(uuid4()), "abc", "", "{" + str(uuid4()) + "}"])
def test_an_unknown_conversation_is_refused_before_anything_happens(
    make_desk: MakeDesk, unknown: str
) -> None:
    desk = make_desk(answerer=NeverAsked())
    with pytest.raises(UnknownConversation, match="leave conversation_id out"):
        desk.stream(Ask("How do I return a lamp?", conversation_id=unknown))


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("x" * (MAX_QUESTION + 1), f"at most {MAX_QUESTION}"),
        ("a\x00b", "plain text"),
        ("half \ud83d pair", "plain text"),
    ],
)
def test_an_unusable_question_is_refused_before_anything_happens(
    make_desk: MakeDesk, question: str, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        make_desk(answerer=NeverAsked()).stream(Ask(question))


def test_the_longest_question_is_read(desk: Desk) -> None:
    assert desk.ask(Ask("x" * MAX_QUESTION)).outcome is Outcome.ABSTAINED


def test_what_is_not_known_is_declined_and_a_human_offered(make_desk: MakeDesk) -> None:
    turn = make_desk(answerer=NeverAsked()).ask(Ask(UNKNOWN))
    assert (turn.outcome, turn.offers_human, turn.answer.citations) == (Outcome.ABSTAINED, True, ())
    assert PHONE in turn.answer.text
    assert EMAIL in turn.answer.text
    assert turn.logged


def test_without_a_profile_no_contact_is_made_up(make_desk: MakeDesk) -> None:
    turn = make_desk(profile=EMPTY_PROFILE).ask(Ask(UNKNOWN))
    assert "person" in turn.answer.text
    assert not any(character.isdigit() or character == "@" for character in turn.answer.text)


def test_small_talk_is_answered_without_a_search_or_a_model(make_desk: MakeDesk) -> None:
    turn = make_desk(answerer=NeverAsked()).ask(Ask("Hello!"))
    assert (turn.outcome, turn.trace.hits, turn.trace.verdict) == (Outcome.SMALL_TALK, (), None)
    assert "automated assistant of Shop" in turn.answer.text
    assert turn.logged
    assert not turn.offers_human
    assert turn.alternatives == ()


def test_without_any_knowledge_everything_is_declined_and_no_model_is_called(make_desk: MakeDesk) -> None:
    desk = make_desk(documents=[], answerer=NeverAsked())
    for question in ("How do I return a lamp?", UNKNOWN, "?"):
        turn = desk.ask(Ask(question))
        assert (turn.outcome, turn.confidence, turn.alternatives) == (Outcome.ABSTAINED, 0.0, ())


def test_a_model_gets_the_hits_and_the_facts_and_its_answer_counts(make_desk: MakeDesk) -> None:
    model = Scripted("Send it", "back.")
    events = list(make_desk(answerer=model).stream(Ask("How do I return a lamp?")))
    assert events[:2] == ["Send it", "back."]
    turn = events[-1]
    assert isinstance(turn, Turn)
    assert turn.answer == model.answer
    (request,) = model.requests
    assert request.hits == turn.trace.hits
    assert request.facts["Customer Support Phone Number"] == PHONE


def test_an_answer_without_words_is_an_abstention(make_desk: MakeDesk) -> None:
    turn = make_desk(answerer=Scripted(answer=Answer(""))).ask(Ask("How do I return a lamp?"))
    assert (turn.outcome, turn.offers_human) == (Outcome.ABSTAINED, True)
    assert PHONE in turn.answer.text


def test_a_turn_says_it_is_logged_only_when_it_can_be_read_back(desk: Desk, database: Database) -> None:
    for event in desk.stream(Ask("How do I return a lamp?")):
        if isinstance(event, Turn):
            assert event.logged
            (recorded,) = Journal(database).turns(event.conversation_id)
            assert (recorded.answer, recorded.knowledge_version) == (event.answer.text, 1)
            return
    pytest.fail("no turn came")


def test_who_leaves_in_the_middle_ends_the_model_too(make_desk: MakeDesk, database: Database) -> None:
    model = Scripted("Send it", "back.")
    events = make_desk(answerer=model).stream(Ask("How do I return a lamp?"))
    assert next(iter(events)) == "Send it"
    events.close()  # type: ignore[attr-defined]
    assert model.closed
    with database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM turns").fetchone() == (0,)


def test_other_documents_are_offered_but_never_the_one_cited(desk: Desk) -> None:
    turn = desk.ask(Ask("How do I return a lamp?"))
    offered = [alternative.document_id for alternative in turn.alternatives]
    assert DocumentId("return2") in offered
    assert DocumentId("return") not in offered
    assert len(offered) <= 3


def test_no_placeholder_reaches_the_customer_in_the_title_of_an_alternative(desk: Desk) -> None:
    turn = desk.ask(Ask("How do I return a lamp?"))
    titles = {alternative.document_id: alternative.title for alternative in turn.alternatives}
    assert titles[DocumentId("cancel")] == "I want to cancel your order"


def test_the_businesss_facts_stand_in_the_answer(desk: Desk) -> None:
    assert desk.ask(Ask("When does my parcel come?")).answer.text == f"Call {PHONE}."


def test_a_turn_tells_the_version_of_the_knowledge_it_was_answered_from(
    desk: Desk, database: Database
) -> None:
    assert desk.ask(Ask("hello")).trace.knowledge_version == 1
    version = DocumentStore(database).put(make_document("late", "What is new?"))
    assert desk.ask(Ask("hello")).trace.knowledge_version == version == 2


def test_a_thumb_goes_to_the_last_turn_or_to_the_one_named(desk: Desk) -> None:
    first = desk.ask(Ask("How do I return a lamp?"))
    second = desk.ask(Ask("thanks", conversation_id=first.id))
    assert desk.rate(first.id, 1).turn_id == second.id
    rating = desk.rate(first.id, -1, turn_id=first.id, comment="no")
    assert (rating.turn_id, rating.value, rating.rated_at, rating.comment) == (first.id, -1, NOW, "no")
    assert [turn.rating for turn in desk.conversation(first.id)] == [-1, 1]


@pytest.mark.parametrize("value", [0, 2, -2, True, 1.5, "1", None])
def test_another_thumb_than_up_or_down_is_refused(desk: Desk, value: object) -> None:
    turn = desk.ask(Ask("hello"))
    with pytest.raises(InvalidInput):
        desk.rate(turn.id, value)  # type: ignore[arg-type]


def test_a_comment_has_a_longest(desk: Desk) -> None:
    turn = desk.ask(Ask("hello"))
    assert desk.rate(turn.id, 1, comment="x" * MAX_COMMENT).comment
    with pytest.raises(InvalidInput, match=str(MAX_COMMENT)):
        desk.rate(turn.id, 1, comment="x" * (MAX_COMMENT + 1))


def test_a_thumb_on_nothing_known_is_refused(desk: Desk) -> None:
    turn = desk.ask(Ask("hello"))
    with pytest.raises(UnknownConversation):
        desk.rate(str(uuid4()), 1)
    with pytest.raises(UnknownTurn):
        desk.rate(turn.id, 1, turn_id=str(uuid4()))


def test_what_a_customer_stated_earlier_in_the_conversation_is_remembered(make_desk: MakeDesk) -> None:
    answerer = Scripted("Yes.")
    desk = make_desk(answerer=answerer)
    first = desk.ask(Ask("How do I return a lamp of order BB-123456?"))
    again = desk.ask(Ask("How do I return a lamp?", conversation_id=first.conversation_id))
    assert answerer.requests[-1].said == again.trace.said == {"Order Number": "BB-123456"}
    corrected = "How do I return a lamp of order BB-654321?"
    assert (
        desk.ask(Ask(corrected, conversation_id=first.conversation_id)).trace.said["Order Number"]
        == "BB-654321"
    )
    assert desk.ask(Ask("How do I return a lamp?")).trace.said == {}


REMEMBERS = [
    make_document(
        "return", "How do I return a lamp?", text="Put the number {{Order Number}} on the lamp's box."
    ),
    *SHOP[1:],
]


def test_an_answer_two_turns_later_is_filled_with_what_the_first_message_stated(make_desk: MakeDesk) -> None:
    desk = make_desk(REMEMBERS)
    conversation = desk.ask(Ask("How do I return a lamp of order #00481516?")).conversation_id

    def answer(question: str) -> str:
        return desk.ask(Ask(question, conversation_id=conversation)).answer.text

    answer("thanks")
    assert answer("How do I return a lamp?") == "Put the number 00481516 on the lamp's box."
    answer("sorry, I meant 00481517")
    assert answer("How do I return a lamp?") == "Put the number 00481517 on the lamp's box."
    answer("I have another order too")
    assert "0048151" not in answer("How do I return a lamp?")


@pytest.mark.parametrize(
    "typed",
    [
        "order {{Order Number}}",
        "order {{00481516}}",
        "order [00481516](https://evil.example)",
        "order https://evil.example/00481516",
        "order <b>00481516</b>",
        "order **00481516",
        "order " + "9" * 3900,
    ],
)
def test_nothing_but_a_plain_number_gets_into_an_answer(make_desk: MakeDesk, typed: str) -> None:
    desk = make_desk(REMEMBERS)
    first = desk.ask(Ask(typed))
    turn = desk.ask(Ask("How do I return a lamp?", conversation_id=first.conversation_id))
    assert turn.trace.said == {}
    assert not any(sign in turn.answer.text for sign in ("{{", "}}", "evil", "<b>", "**", "999"))


def test_only_the_last_turns_of_a_long_conversation_are_remembered(make_desk: MakeDesk) -> None:
    desk = make_desk(REMEMBERS)
    conversation = desk.ask(Ask("order #00481516")).conversation_id
    for _ in range(25):
        turn = desk.ask(Ask("thanks " + "x " * 1900, conversation_id=conversation))
    turn = desk.ask(Ask("How do I return a lamp?", conversation_id=conversation))
    assert turn.trace.said == {}


class Unsure:
    """A library whose gate asks back about everything that finds something."""

    def __init__(self, desk: Desk) -> None:
        self._snapshot = desk.library.current()

    def current(self) -> Snapshot:
        gate = replace(self._snapshot.gate, threshold=1.1, clarify_from=0.0)
        return replace(self._snapshot, gate=gate)


def asking_back(make_desk: MakeDesk, documents: list[Document] = SHOP) -> Desk:
    desk = make_desk(documents, answerer=NeverAsked())
    desk._library = Unsure(desk)  # type: ignore[assignment]
    return desk


def test_where_it_is_not_clear_the_topics_are_asked_back_and_no_model_is_called(make_desk: MakeDesk) -> None:
    turn = asking_back(make_desk).ask(Ask("What about the lamp and my parcel?"))
    assert turn.outcome is Outcome.CLARIFYING and turn.logged
    titles = [topic.title for topic in turn.alternatives]
    assert 2 <= len(titles) <= 3 and len(set(titles)) == len(titles)
    assert all(f"“{title}”" in turn.answer.text for title in titles)
    assert turn.answer.citations == () and not turn.offers_human
    assert turn.trace.verdict is not None and not turn.trace.verdict.accepted


def test_the_topics_are_of_different_subjects(make_desk: MakeDesk) -> None:
    lamps = [
        make_document(f"l{i}", f"How do I return lamp {i}?", text="Send it.", intent="return")
        for i in range(4)
    ]
    other = make_document("p", "When does my lamp come?", text="Soon.", intent="parcel")
    turn = asking_back(make_desk, [*lamps, other]).ask(Ask("lamp"))
    assert len(turn.alternatives) == 2 and "p" in {topic.document_id for topic in turn.alternatives}


def test_one_topic_alone_is_no_question_to_ask_back(make_desk: MakeDesk) -> None:
    turn = asking_back(make_desk, SHOP[:1]).ask(Ask("a lamp"))
    assert turn.outcome is Outcome.ABSTAINED and EMAIL in turn.answer.text


def test_topics_show_no_placeholder(make_desk: MakeDesk) -> None:
    turn = asking_back(make_desk).ask(Ask("cancel the order or return a lamp"))
    assert "cancel" in {topic.document_id for topic in turn.alternatives}
    assert "{{" not in turn.answer.text + "".join(topic.title for topic in turn.alternatives)


def test_an_answer_whose_texts_all_failed_is_declined_and_says_which_check(make_desk: MakeDesk) -> None:
    failed = CheckResult("links", False, "evil.example")
    turn = make_desk(answerer=Scripted(answer=Answer("", checks=(failed,)))).ask(
        Ask("How do I return a lamp?")
    )
    assert (turn.outcome, turn.offers_human) == (Outcome.ABSTAINED, True)
    assert turn.answer.checks == (failed,)


HOTELS = [
    make_document(f"{name} {subject}", question, text=f"{answer} That is so at the {name}.", entity=name)
    for name, parking in (
        ("Castle Hotel", "in the yard"),
        ("Mill Hotel", "by the river"),
        ("Harbour Inn", "on the pier"),
    )
    for subject, question, answer in (
        ("parking", "Can I park my car?", f"You can park {parking}."),
        ("dogs", "Are dogs allowed in the rooms?", "Dogs are welcome."),
    )
]


def test_a_question_is_answered_of_the_thing_that_was_named_before(make_desk: MakeDesk) -> None:
    desk = make_desk([*HOTELS, *SHOP])
    first = desk.ask(Ask("Are dogs allowed in the rooms of the mill hotel?"))
    assert first.answer.citations[0].document_id == "Mill Hotel dogs"
    second = desk.ask(Ask("can I park my car", conversation_id=first.id))
    assert second.answer.citations[0].document_id == "Mill Hotel parking"
    assert [mention.value for mention in second.trace.about] == ["Mill Hotel"]
    third = desk.ask(Ask("and at the harbor inn, can I park my car", conversation_id=first.id))
    assert third.trace.about[0].value == "Harbour Inn"  # spelled otherwise
    assert third.trace.hits[0].document.id == "Harbour Inn parking"


def test_a_question_that_leaves_open_which_thing_is_asked_back_about(make_desk: MakeDesk) -> None:
    desk = make_desk([*HOTELS, *SHOP], answerer=NeverAsked())
    turn = desk.ask(Ask("can I park my car"))
    assert turn.outcome is Outcome.CLARIFYING
    assert turn.answer.text.startswith("Which one do you mean: ") and "Mill Hotel" in turn.answer.text
    assert "Mill Hotel: Can I park my car?" in [each.title for each in turn.alternatives]


def test_a_name_alone_answers_which_one_is_meant(make_desk: MakeDesk) -> None:
    desk = make_desk([*HOTELS, *SHOP])
    first = desk.ask(Ask("can I park my car"))
    second = desk.ask(Ask("the castle hotel", conversation_id=first.id))
    assert (second.outcome, second.trace.query) == (Outcome.ANSWERED, "can I park my car")
    assert second.answer.citations[0].document_id == "Castle Hotel parking"


def test_a_topic_that_was_offered_of_one_thing_is_answered_of_it(make_desk: MakeDesk) -> None:
    desk = make_desk([*HOTELS, *SHOP])
    first = desk.ask(Ask("can I park my car"))
    offered = first.alternatives[-1]
    second = desk.ask(Ask(offered.title, conversation_id=first.id))
    assert second.answer.citations[0].document_id == offered.document_id


def test_a_filter_says_which_thing_is_meant(make_desk: MakeDesk) -> None:
    turn = make_desk([*HOTELS, *SHOP]).ask(Ask("can I park my car", filters={"entity": "Mill Hotel"}))
    assert turn.answer.citations[0].document_id == "Mill Hotel parking"


def test_documents_of_no_thing_go_on_answering_once_one_is_spoken_of(make_desk: MakeDesk) -> None:
    desk = make_desk([*HOTELS, *SHOP])
    first = desk.ask(Ask("Are dogs allowed in the rooms of the mill hotel?"))
    second = desk.ask(Ask("When does my parcel come?", conversation_id=first.id))
    assert second.answer.citations[0].document_id == "parcel"
