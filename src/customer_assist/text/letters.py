"""What makes a text a letter to one person: greeting, closing, signature; put on, and taken off again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from customer_assist.text.places import NO_NAME
from customer_assist.text.tongues import tongue_of

_WORDS = {
    "en": ("Hello", "Kind regards"),
    "de": ("Guten Tag", "Freundliche Grüße"),
    "fr": ("Bonjour", "Cordialement"),
    "es": ("Hola", "Saludos cordiales"),
    "it": ("Buongiorno", "Cordiali saluti"),
    "nl": ("Hallo", "Met vriendelijke groet"),
    "pt": ("Olá", "Com os melhores cumprimentos"),
}
_NAME_WORD = (
    rf"(?!(?i:{NO_NAME}|there|all|again|both|we|you|it|thanks|sorry|yes|no)\b)[A-ZÀ-Þ][\w'’-]{{1,29}}"
)
_NAME = rf"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Herr|Frau|Madame|Monsieur)\.? )?{_NAME_WORD}(?: {_NAME_WORD}){{0,2}}"
_GREETING = re.compile(
    r"\s*(?i:hi|hiya|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|liebe[r]?"
    r"|bonjour|hola|buongiorno|olá)\b(?!-\w)"
    rf"(?: (?i:there|all|again|both|everyone)\b| (?P<name>{_NAME})(?=\s*[,.!:–-]|\s*\n|\s+[a-z]|\s*$))?"
    r"\s*[,.!:–-]*\s*"
)
_CLOSING = re.compile(
    r"\s*\n\s*(?i:(?:(?:with )?(?:my |our )?(?:very )?(?:best|kind|kindest|warm|warmest|many)(?: (?:regards|wishes))?"
    r"|regards|best|cheers|(?:many )?thanks|thank you|sincerely|yours(?: (?:sincerely|truly|faithfully))?|all the best"
    r"|take care|have a (?:nice|good|lovely|great) (?:day|evening|weekend)|talk soon"
    r"|mit freundlichen grüßen|(?:freundliche|viele|liebe|beste) grüße|cordialement|saludos(?: cordiales)?"
    r"|cordiali saluti|met vriendelijke groet)) *[,.!–-]*(?P<signed>(?:\s*\n[^\n]{0,60}){0,5})\s*$"
)
# A name alone in a last paragraph, perhaps with what its bearer works for.
_SIGNATURE = re.compile(rf"\s*\n\s*\n\s*[–-]?\s*{_NAME}(?:(?:,| from| at)[^\n.!?]{{1,40}})?\s*$")


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter without its envelope."""

    text: str
    name: str  # whom it greeted, "" where nobody by name


def letter(text: str, *, name: str, business: str) -> str:
    """`text` with a greeting and a closing in its language; either name may be empty."""
    hello, regards = _WORDS[tongue_of(text) or "en"]
    greeting = f"{hello} {name}," if name else f"{hello},"
    closing = f"{regards}\n{business}" if business else regards
    return f"{greeting}\n\n{text}\n\n{closing}"


def opened(text: str) -> Opened:
    """`text` without greeting, closing and signature, and without calling by name whom it greeted."""
    body = text.replace("\r\n", "\n").strip()
    greeting = _GREETING.match(body)
    name = (greeting["name"] or "") if greeting else ""
    if greeting:
        body = body[greeting.end() :]
    closing = _CLOSING.search(body)
    if closing:
        body = body[: closing.start()]
    elif signature := _SIGNATURE.search(body):
        body = body[: signature.start()]
    body = without_calling(body.strip(), name)
    return Opened(body[:1].upper() + body[1:] if greeting else body, name)


def without_calling(text: str, name: str) -> str:
    """`text` where nobody is spoken to by `name` any more: "Sorry, Niamh, we …" is "Sorry, we …"."""
    if not name:
        return text
    first = re.escape(name.split()[-1] if "." in name.split()[0] else name.split()[0])
    called = rf"(?:{re.escape(name)}|{first})"
    text = re.sub(rf",\s+{called}(?=\s*[,.!?])", "", text)
    return re.sub(rf"(?m)(^|(?<=[.!?]\s)){called},\s+(\w)", lambda m: m[1] + m[2].upper(), text)
