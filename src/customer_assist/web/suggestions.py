"""Replies suggested to people, and what became of them."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, jsonify
from flask_openapi.models.tag import Tag

from customer_assist.bootstrap import utc_now
from customer_assist.proposals import DraftOutcome, OutcomeCounts, Suggestion
from customer_assist.web.access import READING, WRITING, admin_blueprint
from customer_assist.web.agent_schemas import (
    OutcomeBody,
    OutcomeCountsReply,
    Paged,
    SuggestBody,
    SuggestionPath,
    SuggestionReply,
    SuggestionsReply,
)
from customer_assist.web.api import service

suggestions = admin_blueprint("suggestions")
_TAG = Tag(name="Suggestions", description="Replies for a person to send: with the admin key.")


@suggestions.post("/suggest", tags=[_TAG], responses={**WRITING, 200: SuggestionReply})
def suggest_replies(body: SuggestBody) -> Response:
    """Up to three drafts, each a solution of its own, as a whole letter and as a sentence or two."""
    found = service().assistant.desk.suggest(
        body.message, conversation_id=body.conversation_id or None, handoff_id=body.handoff_id or None
    )
    return jsonify(suggestion_body(found))


@suggestions.get("/suggestions", tags=[_TAG], responses={**READING, 200: SuggestionsReply})
def list_suggestions(query: Paged) -> Response:
    """The latest first, with how many of all drafts were sent as they were, edited or rejected."""
    store = service().assistant.suggestions
    found = [suggestion_body(each) for each in store.list(query.limit, query.offset)]
    counts = _counts(store.counts())
    reply = SuggestionsReply.model_validate({"suggestions": found, "counts": counts})
    return jsonify(reply.model_dump(mode="json"))


@suggestions.post(
    "/suggestions/<suggestion_id>/outcome", tags=[_TAG], responses={**WRITING, 200: SuggestionReply}
)
def tell_outcome(path: SuggestionPath, body: OutcomeBody) -> Response:
    """Say what became of a draft; told again, the last word counts."""
    told = service().assistant.suggestions.tell(
        path.suggestion_id,
        body.draft,
        DraftOutcome(body.outcome),
        at=utc_now(),
        text=body.text,
        by=body.by,
    )
    return jsonify(suggestion_body(told))


def suggestion_body(suggestion: Suggestion) -> dict[str, object]:
    """As JSON; the command line prints the same."""
    plain = asdict(suggestion)
    plain["unsure"] = not plain.pop("sure")
    return SuggestionReply.model_validate(plain).model_dump(mode="json")


def _counts(counts: OutcomeCounts) -> OutcomeCountsReply:
    shares = {outcome.value: counts.share(outcome) for outcome in DraftOutcome}
    return OutcomeCountsReply.model_validate({**asdict(counts), "shares": shares})
