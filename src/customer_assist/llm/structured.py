"""Replies of a language model as objects: validated, never guessed at."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from customer_assist.model import Usage
from customer_assist.ports import Generator, Message

Shape = TypeVar("Shape", bound=BaseModel)
_TRIES = 2
_FENCE = re.compile(r"\s*```(?:json)?\s*(.*?)\s*```\s*", re.DOTALL)


def structured(
    generator: Generator, messages: Sequence[Message], shape: type[Shape], *, alone: bool = False
) -> tuple[Shape | None, Usage]:
    """What the model wrote as a `shape`, asked once more where it is none; None where it never is one.

    `alone`: words beside the object make it none. A model that quotes what others wrote may quote their JSON.
    Raises GeneratorUnavailable.
    """
    found = _bare if alone else _json_of
    spent = Usage()
    asked = list(messages)
    for _ in range(_TRIES):
        text, usage = _written(generator, asked, shape)
        spent += usage
        try:
            return shape.model_validate_json(found(text)), spent
        except ValidationError as error:
            complaint = "; ".join(
                f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}" for each in error.errors()[:3]
            )
            asked = [
                *messages,
                Message("assistant", text),
                Message("user", f"That is not what was asked for ({complaint}). Write only the JSON."),
            ]
    return None, spent


def _written(generator: Generator, messages: Sequence[Message], shape: type[BaseModel]) -> tuple[str, Usage]:
    pieces: list[str] = []
    usage = Usage()
    for piece in generator.stream(messages, schema=_strict(shape)):
        if isinstance(piece, Usage):
            usage = piece
        else:
            pieces.append(piece)
    return "".join(pieces), usage


def _json_of(text: str) -> str:
    """From the first brace to its end: models put words or a fence around what they were asked for."""
    start = text.find("{")
    if start < 0:
        return text
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return text[start:]
    return text[start:end]


def _bare(text: str) -> str:
    """All of it, out of the fence that models like to put around JSON."""
    fenced = _FENCE.fullmatch(text)
    return fenced[1] if fenced else text


def _strict(shape: type[BaseModel]) -> dict[str, object]:
    """Its JSON schema as servers enforce it: nothing beside what is named."""
    return {**shape.model_json_schema(), "additionalProperties": False}
