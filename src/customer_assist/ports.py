"""The seams between rooms: small protocols, each with more than one real implementation behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from customer_assist.model import NOTHING_VOUCHED, Answer, Hit, Query, RecordedTurn, Usage, Vouched

Vectors = NDArray[np.float32]  # (n, dimension), rows of unit length
TOKEN_UNIT = 127  # the length of a token's vector, whose numbers are whole


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The word pieces of a text, or of several one after the other, each with a vector in its context."""

    pieces: NDArray[np.uint16]  # (k,): numbers in the embedding model's vocabulary
    matrix: NDArray[np.int8]  # (k, width), rows of length TOKEN_UNIT, rounded

    def __len__(self) -> int:
        return len(self.pieces)

    def __getitem__(self, places: slice) -> TokenVectors:
        return TokenVectors(self.pieces[places], self.matrix[places])

    @staticmethod
    def together(parts: Sequence[TokenVectors]) -> TokenVectors:
        """Of all `parts`, in order; one without tokens adds nothing."""
        parts = [part for part in parts if len(part)]
        if not parts:
            return TokenVectors(np.empty(0, dtype=np.uint16), np.empty((0, 0), dtype=np.int8))
        return TokenVectors(
            np.concatenate([part.pieces for part in parts]), np.concatenate([part.matrix for part in parts])
        )


@dataclass(frozen=True, slots=True)
class Encoded:
    """What an embedding model makes of n texts."""

    vectors: Vectors
    tokens: tuple[TokenVectors, ...]  # one for each text

    def __len__(self) -> int:
        return len(self.vectors)

    @staticmethod
    def together(parts: Sequence[Encoded]) -> Encoded:
        """Of all `parts`, at least one, in order."""
        return Encoded(
            np.concatenate([part.vectors for part in parts]),
            tuple(tokens for part in parts for tokens in part.tokens),
        )


class Embedder(Protocol):
    """Texts to unit vectors, one for the text and one for each of its word pieces."""

    @property
    def stamp(self) -> str:
        """Names model, weights and variant. Vectors of different stamps are never mixed."""

    @property
    def dimension(self) -> int: ...

    def forget(self) -> None:
        """Let go of what was remembered of recent texts, so that times can be compared."""

    def encode(self, texts: Sequence[str]) -> Encoded:
        """One unit row per text and its tokens, in order. No texts give vectors of shape (0, dimension)."""


class Retriever(Protocol):
    @property
    def name(self) -> str: ...

    def retrieve(self, query: Query, depth: int) -> list[Hit]:
        """Best first, one hit per document, ties by document id. Nothing found is an empty list.

        Raises UnknownFilter for a filter on a field or value that no document has.
        """


@dataclass(frozen=True, slots=True)
class Message:
    role: str  # "system", "user" or "assistant"
    content: str


class Generator(Protocol):
    """A language model that writes text."""

    @property
    def model(self) -> str: ...

    def stream(
        self,
        messages: Sequence[Message],
        *,
        seconds: float | None = None,
        schema: Mapping[str, object] | None = None,
    ) -> Iterator[str | Usage]:
        """Pieces of text as they come, then one Usage at the end.

        `seconds` shortens the generator's own deadline. `schema`: the text should be JSON of this JSON schema,
        which a server may not know how to enforce: what comes is to be validated.
        Raises GeneratorUnavailable at any point: no answer in time, a fault, or no budget left.
        """


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """All that an answerer may use."""

    question: str  # as it was understood: made to stand alone
    hits: Sequence[Hit]  # best first, never empty
    facts: Mapping[str, str]  # placeholder name → the business's value
    said: Mapping[str, str] = field(default_factory=dict)  # the same → what the customer stated
    vouched: Vouched = NOTHING_VOUCHED


class AtOnce(str):
    """All sentences of an answer together: showing them before the turn is recorded would win no time."""


class Answerer(Protocol):
    def stream(self, request: AnswerRequest) -> Iterator[str | Answer]:
        """Whole checked sentences as they are ready, or AtOnce, then exactly one Answer.

        The Answer counts: where a sentence failed its checks, its text need not begin with what came before.
        Raises GeneratorUnavailable where the answerer has no other way out.
        """


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A message as it would be asked without the conversation before it."""

    query: str  # the message itself where there was nothing to change
    written_by: str = ""  # the language model that wrote it; "": rules
    usage: Usage = field(default_factory=Usage)  # also of a model's text that was not taken


class Rewriter(Protocol):
    def rewrite(self, message: str, past: Sequence[RecordedTurn], into: str = "") -> Rewriting:
        """`past`: the conversation, oldest first; `into`: the language to be written in, "" for the message's own.

        Never raises: what cannot be rewritten stays as it is.
        """


@dataclass(frozen=True, slots=True)
class Translation:
    text: str  # "": there is none that holds
    translated_by: str = ""
    usage: Usage = field(default_factory=Usage)


class Translator(Protocol):
    def translate(self, text: str, tongue: str, kept: Sequence[str] = ()) -> Translation:
        """A checked answer in another language (a code). `kept`: names that must stay as they are. Never raises."""


class CallBudget(Protocol):
    def take(self) -> None:
        """Count one call of the model, before it is made. Raises CallsSpent, saying why, where none is left."""

    def spent(self, usage: Usage) -> None:
        """What a call took that came to its end; `usage.by` made it. Never raises."""
