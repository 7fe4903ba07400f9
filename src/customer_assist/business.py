"""The business profile: the facts about a business that fill placeholders and that answers may state.

It is written by the owner as `business.toml` (docs/business-profile.md) and kept with the knowledge.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from customer_assist.business_hours import parse_closed, parse_hours, zone
from customer_assist.errors import ConfigurationError

PROFILE_FILE = "business.toml"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def _without_placeholders(value: str) -> str:
    if "{{" in value or "}}" in value:
        raise ValueError("holds a {{placeholder}}: write the value itself, or leave it out")
    return value


def _hours(value: str) -> str:
    parse_hours(value)
    return value


def _closed(value: str) -> str:
    parse_closed(value)
    return value


def _a_word(value: str) -> str:
    if not any(character.isalnum() for character in value):
        raise ValueError("is no word")
    return value


def _colour(value: str) -> str:
    if value and not _COLOUR.fullmatch(value):
        raise ValueError("is no colour: write it as #rrggbb, like #1f5c4d")
    return value


Line = Annotated[str, Field(max_length=2000), AfterValidator(_without_placeholders)]
Named = Annotated[Line, Field(min_length=1, max_length=200), AfterValidator(_a_word)]

# What each key of the profile puts into approved replies.
FILLS: Mapping[str, tuple[str, ...]] = {
    "name": ("Business Name", "Company Name"),
    "legal_name": ("Legal Name",),
    "website": ("Website URL",),
    "contact.phone": (
        "Customer Support Phone Number",
        "Support Phone Number",
        "Customer Service Phone Number",
    ),
    "contact.email": ("Customer Support Email", "Support Email", "Customer Service Email"),
    "contact.hours": ("Customer Support Hours", "Support Hours", "Business Hours"),
    "contact.address": ("Store Location", "Store Address"),
    "urls.account": ("Account Page URL",),
    "urls.orders": ("Orders Page URL",),
    "urls.tracking": ("Tracking Page URL", "Tracking URL"),
    "urls.returns": ("Returns Page URL", "Returns URL"),
    "urls.login": ("Login Page URL",),
    "urls.password_reset": ("Account Recovery Page URL", "Password Reset URL"),
    "urls.help": ("Help Page URL", "Help Center URL"),
    "urls.privacy": ("Privacy Policy URL",),
    "urls.terms": ("Terms of Service URL",),
    "labels.portal": ("Online Company Portal Info", "Company Account"),
    "labels.orders": ("Online Order Interaction", "Purchase History"),
    "labels.tracking": ("Order Status", "Order Tracking", "Track Order", "Shipping Status"),
    "labels.profile": ("Profile", "Profile Settings"),
    "labels.settings": ("Settings",),
    "labels.cancel": ("Cancel Purchase",),
    "labels.password_reset": ("Forgot Password",),
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(_Part):
    phone: Line = ""
    email: Line = ""
    hours: Line = ""  # reads well after "during"
    chat: Line = ""
    address: Line = ""

    def ways(self) -> str:
        """How to reach a person other than here; reads well after "please", "" where none is known."""
        call = f"call {self.phone}" + (f", {self.hours}" if self.hours else "")
        ways = [f"write to {self.email}" if self.email else "", call if self.phone else ""]
        return " or ".join(filter(None, ways))


class Urls(_Part):
    account: Line = ""
    orders: Line = ""
    tracking: Line = ""
    returns: Line = ""
    login: Line = ""
    password_reset: Line = ""
    help: Line = ""
    privacy: Line = ""
    terms: Line = ""


class Labels(_Part):
    """What things are called on the business's own website."""

    portal: Line = ""
    orders: Line = ""
    tracking: Line = ""
    profile: Line = ""
    settings: Line = ""
    cancel: Line = ""
    password_reset: Line = ""
    account_types: tuple[Line, ...] = ()


class Policies(_Part):
    returns: Line = ""
    refunds: Line = ""
    warranty: Line = ""
    shipping: Line = ""
    cancellation: Line = ""
    payment: Line = ""
    privacy: Line = ""


class Topic(_Part):
    """What the business wants to answer itself, and the words that a message on it has."""

    name: Named
    words: Annotated[tuple[Named, ...], Field(min_length=1, max_length=200)]


class HandoffRules(_Part):
    """When conversations go to people, and what may be promised."""

    topics: Annotated[tuple[Topic, ...], Field(max_length=50)] = ()
    hours: tuple[Annotated[Line, AfterValidator(_hours)], ...] = ()
    closed: tuple[Annotated[Line, AfterValidator(_closed)], ...] = ()
    reply_within: Annotated[Line, Field(max_length=100)] = ""  # reads well after "usually within"


class BusinessProfile(_Part):
    """Everything is optional: an empty profile fills nothing, and nothing is made up for it."""

    name: Line = ""
    legal_name: Line = ""
    website: Line = ""
    language: Line = "en"
    timezone: Line = ""
    color: Annotated[Line, AfterValidator(_colour)] = ""  # of buttons and headers of the chat
    contact: Contact = Contact()
    urls: Urls = Urls()
    labels: Labels = Labels()
    policies: Policies = Policies()
    handoff: HandoffRules = HandoffRules()
    trusted: tuple[
        Line, ...
    ] = ()  # other hosts, links, e-mail addresses, phone numbers that answers may name
    facts: dict[str, Line] = Field(default_factory=dict)  # any other placeholder by its own name

    @model_validator(mode="after")
    def _hours_have_a_zone(self) -> BusinessProfile:
        if self.handoff.hours and zone(self.timezone) is None:
            raise ValueError(
                "handoff.hours are times of a place: set timezone to its zone, like Europe/Dublin, not "
                f"{self.timezone!r}"
            )
        return self

    def placeholders(self) -> dict[str, str]:
        """The names that approved replies use, with what this business puts there; nothing that is not set.

        A fact given by its own name wins. Policies are not here: they are whole sentences.
        """
        known = {name: self._at(key) for key, names in FILLS.items() for name in names}
        return {name: value for name, value in (known | self.facts).items() if value}

    def _at(self, key: str) -> str:
        part: object = self
        for name in key.split("."):
            part = getattr(part, name)
        return str(part)

    def stated(self) -> frozenset[str]:
        """Every text of the profile that is for customers: what stands in it, the business itself has said."""
        return frozenset(_texts(self.model_dump(exclude={"language", "timezone", "color", "handoff"})))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)


EMPTY_PROFILE = BusinessProfile()


def parse_profile(content: str, *, origin: str = PROFILE_FILE) -> BusinessProfile:
    """TOML in, profile out. Raises ConfigurationError naming the file and every wrong key."""
    try:
        data: dict[str, Any] = tomllib.loads(content)
        return BusinessProfile.model_validate(data)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{origin} is not valid TOML: {error}") from error
    except ValidationError as error:
        wrong = "; ".join(
            ".".join(str(part) for part in item["loc"])
            + (": " if item["loc"] else "")
            + ("unknown key" if item["type"] == "extra_forbidden" else item["msg"])
            for item in error.errors()
        )
        raise ConfigurationError(f"{origin}: {wrong} (docs/business-profile.md lists all keys)") from error


def read_profile(path: Path) -> BusinessProfile:
    """Raises ConfigurationError where the file cannot be read or understood."""
    try:
        return parse_profile(path.read_text(encoding="utf-8-sig"), origin=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read as UTF-8 text: {error}") from error
