"""The facts about the business: which are known, which the texts ask for in vain, and entering one."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from flask import Response, current_app, jsonify
from flask_openapi.models.tag import Tag
from pydantic import ValidationError

from customer_assist.bootstrap import Assistant
from customer_assist.business import FILLS, BusinessProfile
from customer_assist.errors import InvalidInput
from customer_assist.evaluation.missing_facts import Place, missing_facts, places
from customer_assist.profile_file import profile_toml
from customer_assist.storage.profiles import Profile, ProfileStore
from customer_assist.web.access import READING, WRITING, admin_blueprint
from customer_assist.web.api import service
from customer_assist.web.fact_schemas import (
    ChangedFactReply,
    FactBody,
    FactsReply,
    GivenByCustomersReply,
    KnownFactReply,
    LackingWithPlacesReply,
    PlaceReply,
)

facts = admin_blueprint("facts")
_TAG = Tag(name="Facts", description="What is true of the business: with the admin key.")
_PLACES = 5  # documents that are named of each fact
_CACHE = "customer_assist.facts"  # of the version that was asked about last: a large knowledge takes seconds
_OWN = re.compile(r'facts\."([^"{}]{1,200})"')


@facts.get("/facts", tags=[_TAG], responses={**READING, 200: FactsReply})
def list_facts() -> Response:
    """What the profile states, and which placeholders stand in texts without a fact: where, and what is left out."""
    assistant = service().assistant
    kept = current_app.extensions.get(_CACHE)
    if not isinstance(kept, FactsReply) or kept.version != assistant.documents.version():
        kept = current_app.extensions[_CACHE] = _facts(assistant)
    return jsonify(kept.model_dump(mode="json"))


@facts.put("/facts", tags=[_TAG], responses={**WRITING, 200: ChangedFactReply})
def enter_fact(body: FactBody) -> Response:
    """Enter, change or take away one fact. It holds until a business.toml is loaded that says otherwise."""
    version = ProfileStore(service().assistant.database).change(
        lambda profile: _with(profile, body.key, body.value.strip())
    )
    reply = ChangedFactReply(key=body.key, value=body.value.strip(), version=version)
    return jsonify(reply.model_dump(mode="json"))


def _facts(assistant: Assistant) -> FactsReply:
    known = assistant.documents.load()
    profile = BusinessProfile.model_validate(dict(known.profile))
    values = profile.placeholders()
    found = missing_facts(known.documents, values)
    where = places(found.of_business, known.documents, values, _PLACES)
    return FactsReply(
        version=known.version,
        known=_known(profile),
        lacking=[
            LackingWithPlacesReply(**asdict(fact), places=[_place(each) for each in where[fact.name]])
            for fact in found.of_business
        ],
        given_by_customers=[
            GivenByCustomersReply(name=name, documents=documents) for name, documents in found.of_customers
        ],
        profile=profile.model_dump(mode="json"),
        came_with=ProfileStore(assistant.database).source(),
        toml=profile_toml(profile),
    )


def _known(profile: BusinessProfile) -> list[KnownFactReply]:
    values = profile.placeholders()
    stated = [
        KnownFactReply(key=key, value=values[names[0]], fills=list(names))
        for key, names in FILLS.items()
        if names[0] in values and names[0] not in profile.facts
    ]
    own = [
        KnownFactReply(key=f'facts."{name}"', value=value, fills=[name])
        for name, value in profile.facts.items()
    ]
    return stated + own


def _place(place: Place) -> PlaceReply:
    return PlaceReply(
        document_id=place.document.id,
        title=place.document.heading,
        sentence=place.sentence,
        lost=place.lost,
    )


def _with(profile: Profile, key: str, value: str) -> Profile:
    """Raises InvalidInput for what no business.toml could say."""
    changed: dict[str, Any] = BusinessProfile.model_validate(dict(profile)).model_dump(mode="json")
    if own := _OWN.fullmatch(key):
        kept = {name: text for name, text in changed["facts"].items() if name != own[1]}
        changed["facts"] = kept | ({own[1]: value} if value else {})
    elif key in FILLS:
        *tables, name = key.split(".")
        part = changed[tables[0]] if tables else changed
        part[name] = value
    else:
        raise InvalidInput(
            f'{key[:100]!r} is no fact: use a profile_key that GET /facts names, or facts."Name"'
        )
    try:
        return BusinessProfile.model_validate(changed).model_dump(mode="json")
    except ValidationError as error:
        raise InvalidInput(f"{key[:100]}: {error.errors()[0]['msg']}") from error
