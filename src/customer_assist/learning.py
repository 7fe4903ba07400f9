"""From what a person replied to what the assistant knows: a draft, an editor's look at it, a document.

A draft is cleaned of what is one customer's alone, as far as a program can tell; what remains is named, and nothing is
published with it unless somebody confirms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from customer_assist.dialogue.human_wish import wants_a_human
from customer_assist.dialogue.small_talk import is_small_talk
from customer_assist.errors import DraftClosed, InvalidInput, NeedsConfirmation
from customer_assist.indexing import Library, Snapshot, TextVectors
from customer_assist.ingestion import LEARNED, put_document
from customer_assist.knowledge.rows import MAX_CHARACTERS
from customer_assist.model import HUMAN, Document, DocumentId, Query, RecordedTurn, TurnId
from customer_assist.ports import Embedder
from customer_assist.proposals import DraftDocument, DraftStatus, Left, Link, LinkKind
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.drafts import DraftStore
from customer_assist.storage.journal import Journal
from customer_assist.suggesting import decided
from customer_assist.text.leftovers import left_in, with_placeholders, without_personal
from customer_assist.text.letters import opened, without_calling
from customer_assist.text.placeholders import fill
from customer_assist.text.said import heard
from customer_assist.text.words import content_words

MAX_QUESTIONS = 20  # of one draft
_ANSWERED, _LOOKED_BACK = (
    3,
    20,
)  # messages that one reply answers, at most; turns among which they are looked for
_UNANSWERED, _ALIKE = (
    500,
    20,
)  # declined messages that are compared with a draft; those that are linked, at most
_SAME_MEANING, _SAME_WORDS = 0.65, 0.5  # cosine, and share of content words, from which messages ask the same
# As `hit.signals` and as share of content words: from here on two documents are one.
_SAME_QUESTION, _SAME_LETTERS, _SAME_TEXT = 0.93, 0.85, 0.6


@dataclass(frozen=True, slots=True)
class Tried:
    """How a question is met now that its document is there."""

    question: str
    decision: str  # the gate's
    confidence: float
    found: bool  # the new document comes first


@dataclass(frozen=True, slots=True)
class Published:
    draft: DraftDocument
    document: Document
    version: int
    notices: tuple[str, ...]  # sentences that answers leave out
    tried: tuple[Tried, ...]


class Learning:
    """Drafts, over the stores that they come from and go to."""

    def __init__(
        self,
        library: Library,
        documents: DocumentStore,
        drafts: DraftStore,
        journal: Journal,
        vectors_of: TextVectors | None,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._library = library
        self._documents = documents
        self._drafts = drafts
        self._journal = journal
        self._vectors_of = vectors_of
        self._now = now
        self._new_id = new_id

    # --- drafting ------------------------------------------------------------------------------------

    def draft_reply(self, turn_id: str) -> DraftDocument:
        """Of what a person replied in that turn, with the messages that it answered; again: the same draft.

        Raises UnknownTurn, and InvalidInput where no person wrote it.
        """
        turn = self._journal.traced(turn_id).turn
        if turn.answered_by != HUMAN:
            raise InvalidInput(
                f"turn {turn_id} was not written by a person: nothing is to be learned from it"
            )
        answered = _answered(self._journal.past(turn.conversation_id, _LOOKED_BACK, before=turn.id))
        letter = opened(turn.answer)
        text = letter.text
        for name in _names(answered):
            text = without_calling(text, name)
        links = [Link(TurnId(turn.id), LinkKind.REPLY, turn.question)]
        links += [Link(each.id, LinkKind.QUESTION, each.question) for each in answered]
        questions = [without_personal(opened(each.query or each.question).text) for each in answered]
        return self._added("", questions, with_placeholders(text), links, TurnId(turn.id))

    def draft(self, title: str, questions: Sequence[str], text: str) -> DraftDocument:
        """Written by hand. Raises InvalidInput where it says nothing, or too much."""
        _check(title, questions, text)
        return self._added(title, questions, text, [])

    def draft_of_questions(
        self, title: str, questions: Sequence[str], turn_ids: Sequence[str]
    ) -> DraftDocument:
        """For an answer that is still to be written, to messages that had none; again: the same draft, while it is
        open. `questions` are without personal data."""
        known = self._drafts.of_questions(turn_ids)
        if known is not None:
            return known
        links = [Link(TurnId(turn_id), LinkKind.QUESTION) for turn_id in turn_ids]
        return self._added(title, questions[:MAX_QUESTIONS], "", links)

    def _added(
        self,
        title: str,
        questions: Sequence[str],
        text: str,
        links: list[Link],
        turn_id: TurnId | None = None,
    ) -> DraftDocument:
        now = self._now()
        asked = tuple(dict.fromkeys(question.strip() for question in questions if question.strip()))
        linked = {link.turn_id for link in links}
        alike = [link for link in self._alike(asked) if link.turn_id not in linked]
        return self._drafts.add(
            DraftDocument(
                id=self._new_id(),
                status=DraftStatus.OPEN,
                title=title.strip(),
                questions=asked,
                text=text.strip(),
                created_at=now,
                updated_at=now,
                turn_id=turn_id,
                links=(*links, *alike[:_ALIKE]),
            )
        )

    def _alike(self, questions: Sequence[str]) -> list[Link]:
        """Messages that were not answered and ask the same, the latest first."""
        waiting = self._drafts.unanswered(_UNANSWERED)
        if not waiting or not questions:
            return []
        alike = _alike_by(self._library.current().embedder, questions, [question for _, question in waiting])
        return [
            Link(turn, LinkKind.ALIKE, question)
            for (turn, question), is_so in zip(waiting, alike, strict=True)
            if is_so
        ]

    # --- an editor's look ----------------------------------------------------------------------------

    def edit(
        self,
        draft_id: str,
        title: str | None = None,
        questions: Sequence[str] | None = None,
        text: str | None = None,
    ) -> DraftDocument:
        """None leaves a part as it is. Raises UnknownDraft, DraftClosed, InvalidInput."""
        draft = self._drafts.get(draft_id)
        asked = draft.questions if questions is None else tuple(each.strip() for each in questions)
        edited = replace(
            draft,
            title=draft.title if title is None else title.strip(),
            questions=tuple(dict.fromkeys(question for question in asked if question)),
            text=draft.text if text is None else text.strip(),
        )
        _check(edited.title, edited.questions, edited.text)
        return self._drafts.edit(edited, self._now())

    def left(self, draft: DraftDocument) -> tuple[Left, ...]:
        """What in it seems to be of one customer alone."""
        own = self._library.current().profile.stated()
        whole = "\n".join((draft.title, *draft.questions, draft.text))
        return tuple(Left(kind, words) for kind, words in left_in(whole, self._names_of(draft), own))

    def _names_of(self, draft: DraftDocument) -> list[str]:
        """Those that the conversation's customer went by."""
        if draft.turn_id is None:
            return []
        turn = self._journal.traced(draft.turn_id).turn
        past = self._journal.past(turn.conversation_id, _LOOKED_BACK, before=turn.id)
        greeted = opened(turn.answer).name
        return list(dict.fromkeys([*([greeted] if greeted else []), *_names(past)]))

    # --- publishing ----------------------------------------------------------------------------------

    def publish(self, draft_id: str, *, confirm: bool = False) -> Published:
        """Make it a document, which answers at once. Broken off and begun again, it is the same document.

        Raises UnknownDraft, DraftClosed, InvalidInput for what no document can be, and NeedsConfirmation, unless
        `confirm`, where something personal is left in it or a document says the same already.
        """
        draft = self._drafts.get(draft_id)
        if draft.status is not DraftStatus.OPEN:
            raise DraftClosed(f"draft {draft_id} is {draft.status.value} already")
        snapshot = self._library.current()
        document = self._document(draft)
        _refuse_unfit(document, snapshot)
        if not confirm and (doubts := [*_told(self.left(draft)), *_twins(document, snapshot)]):
            raise NeedsConfirmation(f"{'; '.join(doubts)}. Edit it, or send confirm: true")
        put = put_document(document, self._documents, self._vectors_of)
        try:
            draft = self._drafts.close(draft_id, DraftStatus.PUBLISHED, self._now(), document.id)
        except DraftClosed:
            if self._drafts.get(draft_id).document_id != document.id:  # rejected meanwhile
                self._documents.delete([document.id])
            raise
        return Published(draft, document, put.version, put.notices, tuple(self._tried(document)))

    def reject(self, draft_id: str) -> DraftDocument:
        """Raises UnknownDraft, DraftClosed."""
        return self._drafts.close(draft_id, DraftStatus.REJECTED, self._now())

    def _document(self, draft: DraftDocument) -> Document:
        made = DocumentId(f"{LEARNED}-{draft.id[:8]}")
        there = self._documents.get(made)
        if there is not None and there.source != LEARNED:
            made = DocumentId(f"{LEARNED}-{draft.id}")
        return Document(made, LEARNED, draft.title, draft.questions, draft.text)

    def _tried(self, document: Document) -> Iterator[Tried]:
        snapshot = self._library.current()
        for question in document.questions[:_ANSWERED]:
            trace = decided(question, (), snapshot).trace
            verdict = trace.verdict
            first = trace.hits[0].document.id if trace.hits else None
            yield Tried(
                question,
                verdict.decision.value if verdict else "decline",
                verdict.confidence if verdict else 0.0,
                first == document.id,
            )


def _answered(past: Sequence[RecordedTurn]) -> list[RecordedTurn]:
    """The customer's messages that a reply after `past` answers, oldest first: those since the reply before it that
    ask for something; where it follows another reply, those that this one followed."""
    found: list[RecordedTurn] = []
    for place in range(len(past) - 1, -1, -1):
        turn = past[place]
        if turn.answered_by == HUMAN and found:
            break
        if (
            turn.question
            and not is_small_talk(turn.question)
            and not wants_a_human(turn.question, past[:place])
        ):
            found.append(turn)
    return found[:_ANSWERED][::-1]


def _names(turns: Sequence[RecordedTurn]) -> list[str]:
    said = heard(turn.question for turn in turns)
    names = ("Customer Name", "Customer First Name", "Customer Last Name")
    return list(dict.fromkeys(said[name] for name in names if name in said))


def _alike_by(embedder: Embedder | None, questions: Sequence[str], others: Sequence[str]) -> list[bool]:
    """Whether each of the `others` asks the same as one of the `questions`: by meaning, else by words."""
    if embedder is not None:
        encoded = embedder.encode([*questions, *others]).vectors
        near = encoded[len(questions) :] @ encoded[: len(questions)].T
        return [bool(row.max() >= _SAME_MEANING) for row in near]
    own = [content_words(question) for question in questions]
    return [any(_shared(content_words(other), words) >= _SAME_WORDS for words in own) for other in others]


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)


def _check(title: str, questions: Sequence[str], text: str) -> None:
    if not text.strip():
        raise InvalidInput("the text is empty: write what the answer is")
    if not title.strip() and not any(question.strip() for question in questions):
        raise InvalidInput("there is neither a title nor a question: write at least one way of asking for it")
    if len(questions) > MAX_QUESTIONS:
        raise InvalidInput(f"there are {len(questions)} questions: keep the best {MAX_QUESTIONS}")
    if sum(map(len, (title, *questions, text))) > MAX_CHARACTERS:
        raise InvalidInput(f"it is too long: at most {MAX_CHARACTERS:,} characters are read")


def _refuse_unfit(document: Document, snapshot: Snapshot) -> None:
    """Raises InvalidInput for what would not reach a customer whole."""
    _check(document.title, document.questions, document.text)
    filled = fill(document.text, snapshot.facts, {})
    if filled.lost or not filled.text:
        names = ", ".join("{{" + name + "}}" for name in filled.missing)
        raise InvalidInput(
            f"nothing fills {names}: write the value itself, or state it in the business profile"
        )


def _told(left: Sequence[Left]) -> list[str]:
    if not left:
        return []
    return [
        "something personal seems to be left: " + ", ".join(f"{each.text!r} ({each.kind})" for each in left)
    ]


def _twins(document: Document, snapshot: Snapshot) -> list[str]:
    """Documents that say the same already, each named with what is the same."""
    words = content_words(document.text)
    found: dict[str, str] = {}
    for asked in (document.title, *document.questions, document.text):
        for hit in snapshot.retriever.retrieve(Query(asked), 5) if asked else ():
            other, signals = hit.document, hit.signals
            if other.id == document.id:
                continue
            same_question = asked is not document.text and (
                signals.get("dense_question", 0.0) >= _SAME_QUESTION
                or signals.get("gram_question", 0.0) >= _SAME_LETTERS
            )
            if _shared(words, content_words(other.text)) >= _SAME_TEXT:
                found[str(other.id)] = "says the same"
            elif same_question:
                found.setdefault(str(other.id), "is asked for the same way")
    return [f"document {id_!r} {why} already" for id_, why in found.items()]
