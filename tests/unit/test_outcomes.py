"""What a conversation came to: every rule by itself, then whole conversations in the journal, counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from customer_assist.insights.channels import Channels
from customer_assist.insights.endings import Told, as_word, read_endings
from customer_assist.insights.outcomes import OUTCOME_OF, Came, Said, Why, another_subject, share, why
from customer_assist.insights.period import Period
from customer_assist.storage.database import Database
from journal_rows import put_handoff, put_thumb, put_turn

DAY = datetime(2026, 5, 4, tzinfo=UTC)
MONDAY = Period(DAY, DAY + timedelta(days=1), ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("", Why.NOTHING_ASKED),
        ("A", Why.SILENT),
        ("A+", Why.RATED_UP),
        ("A-", Why.RATED_DOWN),
        ("AT", Why.SAID_SO),
        ("ANNX", Why.SAID_SO),
        ("ANN", Why.SILENT),
        ("D", Why.DECLINED),
        ("D+", Why.DECLINED),  # a thumb for honesty is no answer
        ("DT", Why.DECLINED),
        ("DA", Why.SILENT),
        ("AD", Why.DECLINED),
        ("C", Why.ASKED_BACK),
        ("CA", Why.SILENT),
        ("CAT", Why.SAID_SO),
        ("AO", Why.WENT_ON),
        ("AA", Why.SILENT),  # the same subject again
        ("DO", Why.SILENT),  # nothing was answered before
        ("AOD", Why.DECLINED),
        ("A+A", Why.WENT_ON),
        ("ATA", Why.WENT_ON),
        ("AO+", Why.RATED_UP),
        ("nA", Why.OBJECTED),  # another way, and silence
        ("AnA", Why.OBJECTED),
        ("AnAT", Why.SAID_SO),
        ("AnAO", Why.OBJECTED),
        ("AnD", Why.DECLINED),
        ("A-O", Why.RATED_DOWN),
        ("A-OT", Why.SAID_SO),
        ("A-T", Why.RATED_DOWN),  # polite
        ("A-+", Why.RATED_UP),  # changed on the reply to it
        ("AT-", Why.RATED_DOWN),
        ("ANnA", Why.OBJECTED),  # a step that did not work
        ("ANnAN", Why.SILENT),  # and was got over
        ("A-N", Why.RATED_DOWN),
        ("T", Why.NOTHING_ASKED),
    ],
)
def test_a_conversation_ends_as_its_word_says(word: str, reason: Why) -> None:
    assert why(word) is reason


def test_where_a_person_has_it_nothing_else_counts() -> None:
    for word in ("A+", "D", "AT", ""):
        assert why(word, Why.WAITING) is Why.WAITING


def test_every_word_has_exactly_one_outcome() -> None:
    words = ("".join(letters) for length in range(6) for letters in product("AOCDNXnT+-", repeat=length))
    assert {OUTCOME_OF[why(word)] for word in words} == set(Came) - {Came.HANDED_OVER}
    assert set(OUTCOME_OF) == set(Why)


def test_silence_after_an_answer_is_never_a_success() -> None:
    for before in ("", "D", "C", "A", "n"):
        assert OUTCOME_OF[why(before + "A")] not in (Came.CONFIRMED, Came.ASSUMED)


RETURN = Said("How do I return a kettle?", ("return",))


@pytest.mark.parametrize(
    ("question", "documents", "other"),
    [
        ("When does the shop in Galway open?", ("hours",), True),
        ("When does the shop in Galway open?", ("hours", "return"), False),  # an article in common
        ("I want to send my kettle back", ("shipping",), False),  # a word of weight in common
        ("And how long is that?", ("hours",), False),  # leans on what was said
        ("When does the shop in Galway open?", (), False),
    ],
)
def test_another_subject_is_told_strictly(question: str, documents: tuple[str, ...], other: bool) -> None:
    assert another_subject(RETURN, Said(question, documents)) is other


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("thanks a lot", "AT"),
        ("that worked", "AT"),
        ("no, that's all", "AT"),
        ("ok", "A"),
        ("never mind", "A"),
        ("no thanks", "A"),
        ("bye", "A"),
        ("thanks, bye", "AT"),
    ],
)
def test_only_words_that_say_so_confirm(said: str, word: str) -> None:
    answered = Told("A", "", RETURN.question, True, ("return",))
    assert as_word([answered, Told("s", "", said, False, ())]) == word


def test_of_nothing_there_is_no_share() -> None:
    assert share(0, 0) is None
    none = share(0, 20)
    assert none is not None and none.low == 0 and none.high == pytest.approx(0.1611, abs=1e-4)


def at(minute: int, days: int = 0) -> datetime:
    return DAY + timedelta(days=days, hours=12, minutes=minute)


def fill(database: Database) -> None:
    """Conversations of Monday, each with what it comes to, by its number."""
    with database.connection() as connection:

        def turn(number: int, position: int, outcome: str = "answered", **more: object) -> UUID:
            return put_turn(connection, number, position, at(10 * number + position), outcome=outcome, **more)  # type: ignore[arg-type]

        put_thumb(connection, turn(1, 1, cites=["a"]), 1, at(15))  # rated up
        turn(2, 1, cites=["a"])  # rated down: of two thumbs on one answer the last counts
        put_thumb(connection, UUID(int=2001), 1, at(27))
        put_thumb(connection, UUID(int=2001), -1, at(28))
        turn(3, 1, cites=["a"])  # said so
        turn(3, 2, "small_talk", move="small_talk", question="great, thanks!")
        turn(4, 1, cites=["a"])  # silent: "ok" says nothing
        turn(4, 2, "small_talk", move="small_talk", question="ok")
        turn(5, 1, question="How do I return a kettle?", cites=["a"])  # went on
        turn(5, 2, question="When does the Galway shop open?", cites=["b"])
        turn(6, 1, question="How do I return a kettle?", cites=["a"])  # silent: the same in other words
        turn(6, 2, question="Can I send my kettle back to you?", cites=["b"])
        turn(7, 1, "abstained")  # declined
        turn(8, 1, "clarifying")  # asked back
        turn(9, 1, cites=["a"])  # objected
        turn(9, 2, move="not_helped", question="that did not help", cites=["b"])
        for number in (10, 11, 12, 13):
            turn(number, 1, "abstained")
            turn(number, 2, "handed_off", move="human")
        put_handoff(connection, 10, at(102), "waiting")
        put_handoff(connection, 11, at(112), "taken", taken_at=at(113))
        resolved = put_handoff(connection, 12, at(122), "resolved", taken_at=at(123), closed_at=at(129))
        put_turn(
            connection, 12, 3, at(125), outcome="with_human", answered_by="human", channel="human", question="",
            handoff=resolved,
        )  # fmt: skip
        put_handoff(
            connection, 13, at(132), "withdrawn", closed_at=at(133)
        )  # so what came before counts: declined
        turn(14, 1, "small_talk", move="small_talk", question="hello")  # nothing asked
        turn(15, 1, channel="console")  # not a customer's
        turn(16, 1, cites=["a"])  # gone through
        turn(16, 2, move="guide", cites=["a"])
        turn(16, 3, "small_talk", move="done", question="done")
        put_turn(
            connection, 17, 1, at(0, days=-1), outcome="answered"
        )  # began the day before: not of this day
        turn(17, 2, cites=["a"])


COUNTED = {
    Why.RATED_UP: 1,
    Why.SAID_SO: 2,
    Why.WENT_ON: 1,
    Why.WAITING: 1,
    Why.TAKEN: 1,
    Why.RESOLVED: 1,
    Why.RATED_DOWN: 1,
    Why.OBJECTED: 1,
    Why.DECLINED: 2,
    Why.ASKED_BACK: 1,
    Why.SILENT: 2,
    Why.NOTHING_ASKED: 1,
}


def test_a_day_counted_by_hand(any_database: Database) -> None:
    fill(any_database)
    endings = read_endings(any_database, MONDAY, Channels())
    assert dict(endings.by_why) == COUNTED
    assert endings.conversations == 15
    assert {came: endings.of(came) for came in Came} == {
        Came.CONFIRMED: 3,
        Came.ASSUMED: 1,
        Came.HANDED_OVER: 3,
        Came.NOT_HELPED: 5,
        Came.UNKNOWN: 3,
    }


def test_all_channels_count_what_the_business_tried_out_too(database: Database) -> None:
    fill(database)
    assert read_endings(database, MONDAY, Channels("all")).conversations == 16
    assert dict(read_endings(database, MONDAY, Channels("console")).by_why) == {Why.SILENT: 1}


def test_a_past_day_stays_as_it_was_when_it_ended(database: Database) -> None:
    fill(database)
    with database.connection() as connection:
        put_thumb(connection, UUID(int=4001), 1, at(0, days=1))
        put_turn(connection, 6, 3, at(0, days=1), outcome="small_talk", move="small_talk", question="thanks!")
        connection.execute(
            "UPDATE handoffs SET status = 'resolved', closed_at = %s WHERE closed_at IS NULL", [at(0, 1)]
        )
    assert dict(read_endings(database, MONDAY, Channels()).by_why) == COUNTED


def test_a_handoff_that_was_closed_without_a_word_is_no_resolution(database: Database) -> None:
    with database.connection() as connection:
        put_turn(connection, 1, 1, at(1), outcome="abstained")
        put_handoff(connection, 1, at(2), "resolved", taken_at=at(3), closed_at=at(4))
    assert dict(read_endings(database, MONDAY, Channels()).by_why) == {Why.CLOSED_UNANSWERED: 1}


def test_a_period_without_conversations_comes_to_nothing(database: Database) -> None:
    endings = read_endings(database, MONDAY, Channels())
    assert endings.conversations == 0 and not endings.by_why
    assert endings.share(Came.CONFIRMED) is None
