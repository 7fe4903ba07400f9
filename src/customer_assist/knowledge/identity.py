"""Ids of documents: the owner's own, or made from what the document says."""

from __future__ import annotations

import hashlib
from collections import Counter

from customer_assist.knowledge.rows import RowProblem
from customer_assist.model import DocumentId

MAX_ID = 200


class Identities:
    """Gives every document of one source its id, each of them once."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._places: dict[str, str] = {}  # id → where it was given
        self._seen: Counter[str] = Counter()

    def explicit(self, wanted: str, place: str) -> DocumentId:
        """The owner's id, trimmed. Raises RowProblem where it is unfit or already given."""
        given = wanted.strip()
        if len(given) > MAX_ID:
            raise RowProblem(f"its id is {len(given)} characters long; at most {MAX_ID} are possible")
        if not given or not given.isprintable():
            raise RowProblem(f"its id {given[:40]!r} holds characters that cannot be printed")
        if given in self._places:
            raise RowProblem(f"its id {given!r} is already that of {self._places[given]}")
        self._places[given] = place
        return DocumentId(given)

    def derived(self, title: str, questions: tuple[str, ...], text: str, place: str) -> DocumentId:
        """16 hex digits of SHA-256 over source, title, questions, text and how often these came before.

        So an id depends on the order of the rows only among rows that say the same.
        """
        # NUL separates: no text that is read holds one. No question is empty, so the list's end is plain.
        content = "\x00".join((self._source, title, *questions, "", text))
        digest = hashlib.sha256(content.encode("utf-8")).hexdigest()
        while True:
            occurrence = self._seen[digest]
            self._seen[digest] += 1
            made = hashlib.sha256(f"{digest}\x00{occurrence}".encode()).hexdigest()[:16]
            if made not in self._places:
                self._places[made] = place
                return DocumentId(made)
