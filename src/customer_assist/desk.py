"""The desk: where a customer's message comes in and its turn goes out. All faces use this one path."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from copy import copy
from dataclasses import replace
from datetime import datetime

import structlog

from customer_assist.answering.brief import BriefAnswerer
from customer_assist.asking import Ask as Ask
from customer_assist.asking import check_question
from customer_assist.deciding import Past, decide
from customer_assist.dialogue.handing_over import BY_BUTTON
from customer_assist.dialogue.human_wish import wants_the_assistant
from customer_assist.errors import InvalidInput, StorageUnavailable, UnknownConversation
from customer_assist.handover import Handover
from customer_assist.indexing import Library
from customer_assist.model import ConversationId, Handoff, Rating, RecordedTurn, Turn, TurnId
from customer_assist.ports import Answerer, AtOnce
from customer_assist.proposals import Suggestion
from customer_assist.questions import Decided
from customer_assist.saying import Saying
from customer_assist.stores import Handoffs, Journal
from customer_assist.stores import Stores as Stores
from customer_assist.suggesting import suggest
from customer_assist.wording import BY_RULES, Wording

MAX_COMMENT = 2000  # characters
REMEMBERED = 20  # turns of a conversation that a message is understood by
_CHANGES = 5  # of who speaks, while one message is answered, after which it goes out unrecorded
_EXTRACTED = BriefAnswerer()
log = structlog.get_logger(__name__)


class Desk:
    def __init__(
        self,
        library: Library,
        answerer: Answerer,
        stores: Stores,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        wording: Wording = BY_RULES,
        brief: Answerer = _EXTRACTED,
        in_conversation: Callable[[str], tuple[Answerer, Wording]] | None = None,
    ) -> None:
        """`brief` writes the short ones of suggested replies. `in_conversation`: who answers in the one with that id,
        where it matters whose calls they are; None: `answerer` and `wording`."""
        self._library = library
        self._brief = brief
        self._in_conversation = in_conversation or (lambda _id: (answerer, wording))
        self._now = now
        self._new_id = new_id
        self._remember_with(stores)

    @property
    def library(self) -> Library:
        return self._library

    def remembering(
        self, journal: Callable[[Journal], Journal], handoffs: Callable[[Handoffs], Handoffs]
    ) -> Desk:
        """The same desk with something around its stores, to see what is kept there."""
        stores = self._stores
        desk = copy(self)
        desk._remember_with(
            replace(stores, journal=journal(stores.journal), handoffs=handoffs(stores.handoffs))
        )
        return desk

    def _remember_with(self, stores: Stores) -> None:
        self._stores = stores
        self._journal = stores.journal
        self._handoffs = stores.handoffs
        self._handover = Handover(self._library, stores, self._now, self._new_id)

    # --- for customers -------------------------------------------------------------------------------

    def ask(self, ask: Ask) -> Turn:
        """Answer one message. Raises InvalidInput for an unusable one, UnknownConversation for a wrong id."""
        for event in self.stream(ask):
            if isinstance(event, Turn):
                return event
        raise AssertionError("a stream ends with its turn")

    def stream(self, ask: Ask) -> Iterator[str | Turn]:
        """Sentences of the answer as they are ready, then exactly one Turn, already recorded.

        The question is examined before this returns; what is wrong with it is raised here, not while iterating.
        The Turn counts: where a person took the conversation meanwhile, its answer is empty.
        """
        check_question(ask.question)
        if ask.conversation_id is not None and not self._exists(ask.conversation_id):
            raise UnknownConversation(
                f"there is no conversation {ask.conversation_id!r}: leave conversation_id out to begin a new one"
            )
        return self._turn(ask)

    def rate(
        self, conversation_id: str, value: int, *, turn_id: str | None = None, comment: str = ""
    ) -> Rating:
        """Keep a customer's thumb (1 or -1) on a turn, by default the conversation's last."""
        if value not in (1, -1) or isinstance(value, bool):
            raise InvalidInput("feedback must be 1 (helped) or -1 (did not help)")
        if len(comment) > MAX_COMMENT:
            raise InvalidInput(f"the comment is too long: at most {MAX_COMMENT} characters")
        return self._journal.rate(conversation_id, value, at=self._now(), turn_id=turn_id, comment=comment)

    def conversation(self, conversation_id: str, after: str | None = None) -> list[RecordedTurn]:
        """The turns so far, oldest first; only those after the turn `after`, where given."""
        return self._journal.turns(conversation_id, after)

    def hand_over(self, conversation_id: str, email: str = "") -> Handoff:
        """The customer asks for a person, by button. Again: the same handoff, with the e-mail address given last.

        Raises UnknownConversation, and StorageUnavailable where nobody could be told.
        """
        if not self._journal.exists(conversation_id):
            raise UnknownConversation(f"there is no conversation {conversation_id!r}: ask something first")
        there = self._handoffs.open_in(conversation_id)
        there = there or self.ask(Ask(BY_BUTTON, conversation_id, email=email)).handoff
        if there is None:
            raise StorageUnavailable("the handoff could not be kept")
        return self._handoffs.reach(there.id, email) if email not in ("", there.email) else there

    def latest_handoff(self, conversation_id: str) -> Handoff | None:
        """The conversation's newest one, whatever became of it. Read it before the turns: what was said by then is
        among them."""
        return self._handoffs.latest_in(conversation_id)

    # --- for people of the business ------------------------------------------------------------------

    def take(self, handoff_id: str, by: str) -> Handoff:
        """From now on a person speaks. Raises UnknownHandoff, HandoffClosed."""
        return self._handover.take(handoff_id, by)

    def reply(self, handoff_id: str, text: str, by: str) -> Turn:
        """Say `text` to the customer, and take the conversation. Raises InvalidInput, UnknownHandoff, HandoffClosed."""
        return self._handover.reply(handoff_id, text, by)

    def resolve(self, handoff_id: str) -> Handoff:
        """The assistant takes over again. Raises UnknownHandoff, HandoffClosed."""
        return self._handover.resolve(handoff_id)

    def suggest(
        self, message: str = "", *, conversation_id: str | None = None, handoff_id: str | None = None
    ) -> Suggestion:
        """Drafts for a person who answers `message`, or the last message of a conversation or handoff, kept for later.

        Raises InvalidInput where there is no message, UnknownConversation, UnknownHandoff.
        """
        if handoff_id is not None:
            conversation_id = self._handoffs.get(handoff_id).conversation_id
        past: Past = ()
        if conversation_id is not None:
            past = self._journal.past(conversation_id, REMEMBERED)
            if not past:
                raise UnknownConversation(f"there is no conversation {conversation_id!r}: send its message")
        if message:
            check_question(message)
        elif not any(turn.question for turn in past):
            raise InvalidInput(
                "there is no message to answer: send one, or the conversation that it stands in"
            )
        found = suggest(message, past, self._library.current(), self._brief)
        suggestion = found.kept_as(self._new_id(), self._now(), conversation_id, handoff_id)
        if self._stores.suggestions is not None:
            self._stores.suggestions.keep(suggestion)
        return suggestion

    # --- within --------------------------------------------------------------------------------------

    def _exists(self, conversation_id: str) -> bool:
        try:
            return self._journal.exists(conversation_id)
        except StorageUnavailable:
            return True  # an outage of the log must not turn a customer away

    def _turn(self, ask: Ask) -> Iterator[str | Turn]:
        """Answered by who speaks in the conversation; anew where that changed before the answer was recorded."""
        for _ in range(_CHANGES):
            held: list[str] = []  # to be shown once it is recorded
            handoff = self._handover.open_in(ask.conversation_id)
            if handoff is not None and wants_the_assistant(ask.question):
                self._handover.withdraw(handoff)
                handoff = None
            turn: Turn | None
            if handoff is not None:
                turn = self._handover.passed_on(ask, handoff)
            else:
                turn = yield from self._by_the_assistant(ask, held)
            recorded = turn and self._recorded(turn)
            if recorded:
                yield from held
                yield recorded
                return
        raise StorageUnavailable("who speaks in the conversation changed with every attempt")

    def _by_the_assistant(self, ask: Ask, held: list[str]) -> Generator[str, None, Turn | None]:
        """None: the conversation was handed over by another message meanwhile."""
        asked_at = self._now()
        past = self._past(ask)
        snapshot = self._library.current()
        turn_id = self._new_id()
        answerer, wording = self._in_conversation(ask.conversation_id or turn_id)
        deciding = decide(ask, snapshot, answerer, past, wording)
        decided = yield from self._while_ours(ask, deciding, held)
        turn = Turn(
            id=TurnId(turn_id),
            conversation_id=ConversationId(ask.conversation_id or turn_id),
            question=ask.question,
            answer=decided.answer,
            outcome=decided.outcome,
            asked_at=asked_at,
            trace=decided.trace,
            timing=decided.timing,
            alternatives=decided.alternatives,
            channel=ask.channel,
            locale=ask.locale,
            customer_ref=ask.customer_ref,
            guide=decided.guide,
        )
        wish = decided.handoff
        return turn if wish is None else self._handover.handed_over(turn, ask, past, wish)

    def _while_ours(
        self, ask: Ask, deciding: Generator[str, None, Decided], held: list[str]
    ) -> Generator[str, None, Decided]:
        """The same, without a sentence more once a person has the conversation; what is there AtOnce goes to `held`."""
        silent = False
        saying = Saying(deciding)
        for sentence in saying:
            if isinstance(sentence, AtOnce):
                held.append(sentence)
                continue
            silent = silent or self._handover.open_in(ask.conversation_id) is not None
            if not silent:
                yield sentence
        return saying.came_to

    def _past(self, ask: Ask) -> Past:
        if ask.conversation_id is None:
            return ()
        try:
            return self._journal.past(ask.conversation_id, REMEMBERED)
        except StorageUnavailable:
            log.warning("conversation_not_remembered")  # better an answer that asks again than none
            return ()

    def _recorded(self, turn: Turn) -> Turn | None:
        """None: somebody else speaks in the conversation than when the turn was made."""
        try:
            kept = self._journal.record(turn, self._stores.follow_up(turn))
            return replace(turn, logged=True) if kept else None
        except StorageUnavailable as error:
            log.error("turn_not_logged", turn_id=turn.id, reason=str(error))
            return turn
