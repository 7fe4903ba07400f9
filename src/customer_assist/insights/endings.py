"""What the conversations of a period came to, read from the journal.

The database writes each conversation as a word (insights/outcomes.py) and counts the words: most conversations are one
of a few. Only of those whose end hangs on what was written are the texts read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from customer_assist.dialogue.small_talk import says_it_helped
from customer_assist.insights.channels import Channels
from customer_assist.insights.outcomes import OUTCOME_OF, Came, Said, Share, Why, another_subject, share, why
from customer_assist.insights.period import Period
from customer_assist.insights.reading import reading
from customer_assist.model import HUMAN, Move, Outcome
from customer_assist.storage.database import Database

# `s` is small talk, of whatever kind. Of a turn that came before moves were kept the outcome alone tells.
_LETTERS = f"""
CASE WHEN move IN ('{Move.NOT_HELPED}', '{Move.STUCK}') THEN 'n' ELSE '' END || CASE
    WHEN outcome = '{Outcome.SMALL_TALK}' AND move IN ('{Move.DONE}', '{Move.NEXT}') THEN 'X'
    WHEN outcome = '{Outcome.SMALL_TALK}' AND move NOT IN ('{Move.LEAVE}', '{Move.ASSISTANT}') THEN 's'
    WHEN outcome = '{Outcome.ABSTAINED}' THEN 'D'
    WHEN outcome = '{Outcome.CLARIFYING}' THEN 'C'
    WHEN outcome <> '{Outcome.ANSWERED}' OR move IN ('{Move.BACK}', '{Move.REPEAT}', '{Move.WHERE}') THEN ''
    WHEN move = '{Move.NEXT}' THEN 'N'
    ELSE 'A'
END
"""
_THUMBS = """
thumbs AS (
    SELECT DISTINCT ON (turn_id) turn_id, CASE WHEN value > 0 THEN '+' ELSE '-' END AS thumb
    FROM ratings WHERE timestamp >= %(since)s AND timestamp < %(until)s
    ORDER BY turn_id, id DESC
)"""
# As it stood at the end of the period: the week before is seen as it was then, and its figures stay.
_WORDS = f"""
WITH {_THUMBS}, handed AS (
    SELECT DISTINCT ON (conversation_id) conversation_id, CASE
        WHEN closed_at < %(until)s AND EXISTS (
            SELECT FROM turns WHERE turns.conversation_id = handoffs.conversation_id
                AND turns.handoff_id = handoffs.id AND turns.answered_by = '{HUMAN}'
        ) THEN '{Why.RESOLVED}'
        WHEN closed_at < %(until)s THEN '{Why.CLOSED_UNANSWERED}'
        WHEN status = 'resolved' AND closed_at IS NULL THEN '{Why.CLOSED_UNANSWERED}'
        WHEN taken_at < %(until)s OR (status = 'taken' AND taken_at IS NULL) THEN '{Why.TAKEN}'
        ELSE '{Why.WAITING}'
    END AS stands
    FROM handoffs
    WHERE created_at >= %(since)s AND created_at < %(until)s
        AND (status <> 'withdrawn' OR closed_at >= %(until)s)
    ORDER BY conversation_id, created_at DESC, id
), written AS (
    SELECT conversation_id, string_agg(letters || coalesce(thumb, ''), '' ORDER BY position) AS word,
        min(document COLLATE "C") <> max(document COLLATE "C") AS several_documents
    FROM (
        SELECT id, conversation_id, position, channel, {_LETTERS} AS letters,
            citations -> 0 ->> 'document_id' AS document
        FROM turns
        WHERE timestamp >= %(since)s AND timestamp < %(until)s AND answered_by <> '{HUMAN}'
    ) AS told LEFT JOIN thumbs ON thumbs.turn_id = told.id
    GROUP BY conversation_id
    HAVING bool_or(position = 1 AND {{channel}})
), known AS (
    SELECT conversation_id, word, stands, stands IS NULL AND word ~ '[AN][^ACDN]*$'
        AND (word ~ 's' OR coalesce(several_documents, false)) AS unclear
    FROM written LEFT JOIN handed USING (conversation_id)
)
SELECT word, stands, CASE WHEN unclear THEN conversation_id END AS unclear, count(*)
FROM known GROUP BY 1, 2, 3
"""
_TEXTS = f"""
WITH {_THUMBS}
SELECT conversation_id, {_LETTERS}, coalesce(thumb, ''), question, move = '{Move.QUESTION}',
    ARRAY(SELECT cited ->> 'document_id' FROM jsonb_array_elements(citations) AS cited)
FROM turns LEFT JOIN thumbs ON thumbs.turn_id = turns.id
WHERE conversation_id = ANY(%(conversations)s) AND timestamp >= %(since)s AND timestamp < %(until)s
    AND answered_by <> '{HUMAN}'
ORDER BY conversation_id, position
"""
_says_it_helped = lru_cache(maxsize=10_000)(says_it_helped)


@dataclass(frozen=True, slots=True)
class Told:
    """A turn, for a conversation whose end hangs on what was written."""

    letters: str
    thumb: str
    question: str
    asks: bool  # it is a question of its own, as far as the dialogue read it
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Endings:
    """Of all conversations that began in the period."""

    conversations: int
    by_why: Mapping[Why, int]

    def of(self, came: Came) -> int:
        return sum(count for reason, count in self.by_why.items() if OUTCOME_OF[reason] is came)

    def share(self, came: Came) -> Share | None:
        return share(self.of(came), self.conversations)


def read_endings(database: Database, period: Period, channels: Channels) -> Endings:
    """Raises StorageUnavailable."""
    values = {"since": period.since, "until": period.until, **channels.values}
    counts: Counter[Why] = Counter()
    with reading(database) as connection:
        unclear: list[UUID] = []
        query = _WORDS.format(channel=channels.sql)
        for word, stands, conversation, count in connection.execute(query.encode(), values):
            if conversation is not None:
                unclear.append(conversation)
            else:
                counts[why(word.replace("s", ""), Why(stands) if stands else None)] += count
        if unclear:
            told = _texts(connection, unclear, values)
            counts.update(why(as_word(turns)) for turns in told)
    return Endings(counts.total(), {reason: counts[reason] for reason in Why if counts[reason]})


def as_word(turns: Iterable[Told]) -> str:
    """With what the texts tell: thanks, and another subject."""
    word, before = "", None
    for turn in turns:
        letters = turn.letters
        if letters == "s":
            letters = "T" if _says_it_helped(turn.question) else ""
        if letters.endswith(("A", "N")):
            now = Said(turn.question, turn.documents)
            if letters == "A" and turn.asks and before is not None and another_subject(before, now):
                letters = "O"
            before = now
        word += letters + turn.thumb
    return word


def _texts(
    connection: psycopg.Connection[TupleRow], conversations: list[UUID], values: Mapping[str, object]
) -> Iterable[list[Told]]:
    found: dict[UUID, list[Told]] = defaultdict(list)
    rows = connection.execute(_TEXTS.encode(), {**values, "conversations": conversations})
    for conversation, letters, thumb, question, asks, documents in rows:
        found[conversation].append(Told(letters, thumb, question, asks, tuple(documents)))
    return found.values()
