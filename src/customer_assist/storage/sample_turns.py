"""The marks of sample traffic in the database, and the way to be rid of it."""

from __future__ import annotations

from dataclasses import dataclass

from customer_assist.asking import DEMO
from customer_assist.storage.database import Database

_CONVERSATIONS = f"SELECT conversation_id FROM turns WHERE channel = '{DEMO}'"  # a person's replies are not


@dataclass(frozen=True, slots=True)
class Removed:
    conversations: int
    turns: int


class SampleTurns:
    """Every method raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def judge(self, turn_id: str, right: bool, model: str) -> None:
        """Keep what a judge would have said of a sample turn, and the tokens it would have taken."""
        verdict = ("RELEVANT", "names") if right else ("NON_RELEVANT", "does not name")
        with self._database.connection() as connection:
            connection.execute(
                "UPDATE turns SET relevance = %s, relevance_explanation = %s, judged_by = %s, judged_at = timestamp,"
                " eval_prompt_tokens = 640, eval_completion_tokens = 40, eval_total_tokens = 680"
                f" WHERE id = %s AND channel = '{DEMO}'",
                [
                    verdict[0],
                    f"Sample traffic: the answer {verdict[1]} the expected article.",
                    model,
                    turn_id,
                ],
            )

    def price(self, model: str) -> None:
        """Give the pretended model a pretended price, where it has none."""
        with self._database.connection() as connection:
            connection.execute(
                "INSERT INTO prices (model, prompt_per_million, completion_per_million, currency)"
                " VALUES (%s, 0.15, 0.60, 'EUR') ON CONFLICT (model) DO NOTHING",
                [model],
            )

    def remove(self, model: str) -> Removed:
        """All of it, whole: turns with their ratings, handoffs, suggestions, and the model's price."""
        with self._database.connection(bulk=True) as connection:
            connection.execute(f"DELETE FROM handoffs WHERE conversation_id IN ({_CONVERSATIONS})")
            connection.execute(f"DELETE FROM suggestions WHERE conversation_id IN ({_CONVERSATIONS})")
            connection.execute("DELETE FROM prices WHERE model = %s", [model])
            gone = connection.execute(
                f"DELETE FROM turns WHERE conversation_id IN ({_CONVERSATIONS}) RETURNING conversation_id"
            ).fetchall()
        return Removed(len({row[0] for row in gone}), len(gone))
