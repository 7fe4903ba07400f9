"""The business profile written as `business.toml`, with a comment for everything that could be set."""

from __future__ import annotations

import json

from pydantic import BaseModel

from customer_assist.business import BusinessProfile, HandoffRules

_HEAD = """\
# The facts about your business. They fill placeholders such as {{Customer Support Email}} in your texts, and
# answers may state them. What is left out is never made up. After a change: customer-assist ingest PATH, with
# PATH the folder of this file or a file beside it.
"""
_TABLES = {
    "contact": "How customers reach a person.",
    "urls": "Pages of your website.",
    "labels": "What things are called on your website, as customers read it there.",
    "policies": "One sentence each, as you would say it to a customer.",
    "handoff": "When conversations go to people.",
}
_HINTS = {
    "website": "https://www.example.com",
    "language": "of your texts",
    "timezone": "Europe/Berlin",
    "color": "#1f5c4d; of the chat's header and buttons",
    "hours": 'reads well after "during"',
    "chat": "the chat on this page",
    "portal": "My Account",
    "account_types": '["personal", "business"]',
    "topics": '[{name = "Legal threats", words = ["lawyer", "take * to court"]}]',
    "closed": '["2026-12-25", "2026-12-31 to 2027-01-01"]',
    "reply_within": '"2 hours"; said in these hours only',
    "trusted": 'other sites, addresses and phone numbers that answers may name: ["carrier.example"]',
}
_OTHER_HINTS = {"hours": '["Mon-Fri 09:00-17:30", "Sat 10:00-13:00"], in your timezone'}  # of [handoff]
_FACTS = """
[facts]
# Any other placeholder by its own name.
"""


def profile_toml(profile: BusinessProfile) -> str:
    """TOML that parse_profile reads back to the same profile; what is empty is there as a comment."""
    parts = [_HEAD, *_lines(profile, skip=(*_TABLES, "facts"))]
    for table, comment in _TABLES.items():
        parts.append(f"\n[{table}]  # {comment}\n")
        parts.extend(_lines(getattr(profile, table)))
    parts.append(_FACTS)
    parts.extend(f"{_quoted(name)} = {_quoted(value)}\n" for name, value in profile.facts.items())
    return "".join(parts)


def _lines(part: BaseModel, skip: tuple[str, ...] = ()) -> list[str]:
    hints = _HINTS | (_OTHER_HINTS if isinstance(part, HandoffRules) else {})
    lines = []
    for name, value in part:
        if name in skip:
            continue
        hint = f"  # {hints[name]}" if name in hints and not value else ""
        lines.append(f"{'' if value else '# '}{name} = {_written(value)}{hint}\n")
    return lines


def _written(value: object) -> str:
    match value:
        case tuple():
            return f"[{', '.join(map(_written, value))}]"
        case BaseModel():
            return f"{{ {', '.join(f'{name} = {_written(item)}' for name, item in value)} }}"
        case _:
            return _quoted(str(value))


def _quoted(text: str) -> str:
    """A basic string of TOML, which is one of JSON but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
