"""What was measured and kept to be compared, and the weights that were adopted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from customer_assist.storage.database import Database, storable_json, storable_text

_INSERT = """
INSERT INTO evaluations (kept_at, name, kind, engine, corpus, program, settings, figures)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_LIST = """
SELECT id, kept_at, name, kind, engine, corpus, program, settings, figures
FROM evaluations ORDER BY kept_at DESC, id DESC LIMIT %s
"""
_TUNINGS = """
SELECT tunings.id, adopted_at, engine, experiment - 'fitted_on' AS experiment,
    tunings.id IS NOT DISTINCT FROM knowledge.tuning AS in_use
FROM tunings CROSS JOIN knowledge ORDER BY adopted_at DESC, tunings.id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One engine's figures."""

    kept_at: datetime
    name: str  # as whoever measured called it
    kind: str  # retrieval, abstention or answers
    engine: str
    corpus: str  # fingerprint of the documents
    program: str  # its version
    settings: Mapping[str, object]
    figures: Mapping[str, object]
    id: int = 0  # 0: not kept yet


@dataclass(frozen=True, slots=True)
class AdoptedTuning:
    id: int
    adopted_at: datetime
    engine: str
    experiment: Mapping[str, object]  # without the marks of the questions that it was fitted on
    in_use: bool


class EvaluationStore:
    """Every method raises StorageUnavailable where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, evaluation: Evaluation) -> None:
        values = [
            evaluation.kept_at,
            storable_text(evaluation.name),
            evaluation.kind,
            storable_text(evaluation.engine),
            evaluation.corpus,
            evaluation.program,
            storable_json(evaluation.settings),
            storable_json(evaluation.figures),
        ]
        with self._database.connection() as connection:
            connection.execute(_INSERT, values)

    def latest(self, limit: int) -> list[Evaluation]:
        """The newest first."""
        with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Evaluation))
            return cursor.execute(_LIST, [limit]).fetchall()

    def tunings(self, limit: int) -> list[AdoptedTuning]:
        """All that were ever adopted, the newest first."""
        with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(AdoptedTuning))
            return cursor.execute(_TUNINGS, [limit]).fetchall()
