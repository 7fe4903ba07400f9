"""One line in the log for each turn: enough to follow it and to find its row, and nothing that a customer wrote."""

from __future__ import annotations

import structlog

from customer_assist.model import Handoff, Rating, Turn

CHANNELS = frozenset({"api", "web", "widget", "email", "human", "cli", "init", "console", "demo"})
log = structlog.get_logger(__name__)


class TurnLog:
    """A Watcher."""

    def turn(self, turn: Turn) -> None:
        answer, timing = turn.answer, turn.timing
        log.info(
            "turn",
            turn_id=turn.id,
            conversation_id=turn.conversation_id,
            outcome=turn.outcome.value,
            move=turn.trace.move.value,
            answered_by=answer.answered_by,
            degraded=answer.degraded,
            confidence=round(turn.confidence, 3),
            retrieve_s=round(timing.retrieve, 4),
            answer_s=round(timing.answer, 4),
            total_s=round(timing.total, 4),
            prompt_tokens=answer.usage.prompt_tokens,
            completion_tokens=answer.usage.completion_tokens,
            knowledge_version=turn.trace.knowledge_version,
            channel=turn.channel
            if turn.channel in CHANNELS
            else "other",  # whoever calls may write anything there
            logged=turn.logged,
        )

    def rating(self, rating: Rating) -> None:
        log.info("rating", turn_id=rating.turn_id, value=rating.value)

    def handoff(self, handoff: Handoff) -> None:
        log.info(
            "handoff",
            handoff_id=handoff.id,
            conversation_id=handoff.conversation_id,
            reason=handoff.reason.value,
        )
