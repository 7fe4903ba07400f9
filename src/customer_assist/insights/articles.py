"""Which articles were answered from, which never, and when the knowledge last came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from customer_assist.insights.channels import Channels
from customer_assist.insights.period import Period
from customer_assist.insights.reading import reading
from customer_assist.model import Outcome
from customer_assist.storage.database import Database

SHOWN = 10  # of the most used
UNUSED_SHOWN = 50
_CITED = f"""
SELECT jsonb_path_query_array(citations, '$[*].document_id') AS cited, count(*)
FROM turns
WHERE timestamp >= %(since)s AND timestamp < %(until)s AND outcome = '{Outcome.ANSWERED}' AND {{channel}}
GROUP BY cited
"""
_HEADING = "coalesce(nullif(title, ''), questions[1], id)"
_TITLES = f"SELECT id, {_HEADING}, deleted FROM documents WHERE id = ANY(%s)"
_UNUSED = f"""
SELECT id, {_HEADING}, count(*) OVER () FROM documents
WHERE NOT deleted AND id <> ALL (%s) ORDER BY id LIMIT %s
"""
_SOURCES = """
SELECT (SELECT max(ingested_at) FROM sources), (SELECT count(*) FROM documents WHERE NOT deleted)
"""


@dataclass(frozen=True, slots=True)
class Used:
    document_id: str
    title: str
    gone: bool  # it is no document any more
    answers: int  # that it was cited in


@dataclass(frozen=True, slots=True)
class Unused:
    document_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Articles:
    documents: int  # now
    most_used: Sequence[Used]
    unused: int  # of the present documents, that no answer of the period came from
    unused_first: Sequence[Unused]  # at most UNUSED_SHOWN of them, by id
    last_ingest: datetime | None  # of a file or folder


def read_articles(database: Database, period: Period, channels: Channels) -> Articles:
    """Raises StorageUnavailable."""
    values = {"since": period.since, "until": period.until, **channels.values}
    with reading(database) as connection:
        cited: Counter[str] = Counter()
        for documents_of_one, answers in connection.execute(
            _CITED.format(channel=channels.sql).encode(), values
        ):
            cited.update(dict.fromkeys(documents_of_one, answers))
        most = sorted(cited.items(), key=lambda each: (-each[1], each[0]))[:SHOWN]
        titles = {
            document_id: (title, deleted)
            for document_id, title, deleted in connection.execute(_TITLES, [[id_ for id_, _ in most]])
        }
        unused = connection.execute(_UNUSED, [list(cited), UNUSED_SHOWN]).fetchall()
        ingested, documents = connection.execute(_SOURCES).fetchone() or (None, 0)
    return Articles(
        documents=documents,
        most_used=[Used(id_, *_title(titles, id_), answers) for id_, answers in most],
        unused=unused[0][2] if unused else 0,
        unused_first=[Unused(id_, title) for id_, title, _ in unused],
        last_ingest=ingested,
    )


def _title(titles: Mapping[str, tuple[str, bool]], document_id: str) -> tuple[str, bool]:
    return titles.get(document_id, (document_id, True))
