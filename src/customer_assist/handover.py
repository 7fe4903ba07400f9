"""A conversation in a person's hands: handed over, taken, replied in, and given back to the assistant."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import structlog

from customer_assist.answering.replies import unreachable
from customer_assist.asking import Ask, check_question
from customer_assist.deciding import Past, since_last_handoff
from customer_assist.dialogue.handing_over import passed_on, promise, summary, transcript
from customer_assist.errors import HandoffClosed, InvalidInput, StorageUnavailable
from customer_assist.indexing import Library
from customer_assist.model import (
    HUMAN,
    Answer,
    Handoff,
    HandoffStatus,
    HandoffWish,
    Outcome,
    Timing,
    Trace,
    Turn,
    TurnId,
)
from customer_assist.notices.wanted import notices_of, notices_of_reply
from customer_assist.stores import Stores

log = structlog.get_logger(__name__)


class Handover:
    def __init__(
        self, library: Library, stores: Stores, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._library = library
        self._journal = stores.journal
        self._handoffs = stores.handoffs
        self._notices = stores.notices
        self._now = now
        self._new_id = new_id

    # --- on a customer's way -------------------------------------------------------------------------

    def open_in(self, conversation_id: str | None) -> Handoff | None:
        """None: the assistant speaks."""
        if conversation_id is None:
            return None
        try:
            return self._handoffs.open_in(conversation_id)
        except StorageUnavailable:
            return None  # better an answer by the assistant than none

    def handed_over(self, turn: Turn, ask: Ask, past: Past, wish: HandoffWish) -> Turn | None:
        """The handoff first, then the sentence about it; where nobody can be told, how to reach the business.

        None: the conversation was handed over by another message meanwhile.
        """
        wished = self._wished(turn, ask, since_last_handoff(past), wish)
        try:
            told = transcript(past, ask.question, turn.asked_at)
            handoff = self._handoffs.open(wished, told, notices_of(wished, self._notices))
        except StorageUnavailable as error:
            log.error("not_handed_over", turn_id=turn.id, reason=str(error))
            elsewhere = unreachable(self._library.current().profile)
            return replace(turn, outcome=Outcome.ABSTAINED, answer=Answer(elsewhere))
        if handoff.id != wished.id:
            return None
        return replace(turn, answer=replace(turn.answer, text=handoff.message), handoff=handoff)

    def passed_on(self, ask: Ask, handoff: Handoff) -> Turn:
        """A message to the person."""
        said = passed_on() if handoff.status is HandoffStatus.WAITING else ""
        return self._turn(ask, Answer(said), handoff)

    def withdraw(self, handoff: Handoff) -> None:
        """The customer goes back to the assistant."""
        with suppress(HandoffClosed):  # a person left it at the same moment
            self._handoffs.close(handoff.id, HandoffStatus.WITHDRAWN, self._now())

    # --- on the person's -----------------------------------------------------------------------------

    def take(self, handoff_id: str, by: str) -> Handoff:
        return self._handoffs.take(handoff_id, by, self._now())

    def reply(self, handoff_id: str, text: str, by: str) -> Turn:
        check_question(text, "reply")
        if "{{" in text:
            raise InvalidInput("the reply holds a {{placeholder}}: write the value itself")
        handoff = self.take(handoff_id, by)
        ask = Ask("", handoff.conversation_id, channel="human")
        answer = Answer(text, answered_by=HUMAN, by=handoff.taken_by)
        while True:
            turn = self._turn(ask, answer, handoff)
            if self._journal.record(turn, notices_of_reply(turn, self._notices)):
                return replace(turn, logged=True)
            handoff = self.take(handoff_id, by)  # closed meanwhile: says so

    def resolve(self, handoff_id: str) -> Handoff:
        return self._handoffs.close(handoff_id, HandoffStatus.RESOLVED, self._now())

    # --- within --------------------------------------------------------------------------------------

    def _wished(self, turn: Turn, ask: Ask, past: Past, wish: HandoffWish) -> Handoff:
        return Handoff(
            id=self._new_id(),
            conversation_id=turn.conversation_id,
            reason=wish.reason,
            detail=wish.detail,
            summary=summary(past, ask.question),
            message=promise(self._library.current().profile, turn.asked_at),
            email=ask.email,
            customer_ref=ask.customer_ref,
            status=HandoffStatus.WAITING,
            created_at=turn.asked_at,
        )

    def _turn(self, ask: Ask, answer: Answer, handoff: Handoff) -> Turn:
        """One that nothing was searched for."""
        snapshot = self._library.current()
        return Turn(
            id=TurnId(self._new_id()),
            conversation_id=handoff.conversation_id,
            question=ask.question,
            answer=answer,
            outcome=Outcome.WITH_HUMAN,
            asked_at=self._now(),
            trace=Trace("", snapshot.version, snapshot.engine, basis=snapshot.basis),
            timing=Timing(),
            channel=ask.channel,
            locale=ask.locale,
            customer_ref=ask.customer_ref,
            handoff=handoff,
        )
