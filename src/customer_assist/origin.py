"""A browser's name for the site that a page is of: scheme, host and port."""

from __future__ import annotations

import re
from ipaddress import IPv6Address

from customer_assist.errors import ConfigurationError

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_ORIGIN = re.compile(rf"(https?)://({_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::([0-9]{{1,5}}))?")
_USUAL_PORTS = {"http": 80, "https": 443}
_LONGEST = 100  # characters of what was set, when it is repeated


def origin_of(text: str) -> str | None:
    """As a browser writes it: small letters, and the scheme's usual port left out. None where `text` is not the
    address of one site, or says more than that, such as a path."""
    found = _ORIGIN.fullmatch(text.lower())
    if found is None:
        return None
    scheme, host, port = found[1], found[2], int(found[3] or _USUAL_PORTS[found[1]])
    if not 1 <= port <= 65535 or (host.startswith("[") and not _is_ipv6(host[1:-1])):
        return None
    return f"{scheme}://{host}" if port == _USUAL_PORTS[scheme] else f"{scheme}://{host}:{port}"


def origins_in(name: str, value: str) -> tuple[str, ...]:
    """The sites that the setting `name` lists with commas between, each once. Raises ConfigurationError."""
    found = []
    for each in filter(None, map(str.strip, value.split(","))):
        origin = origin_of(each)
        if origin is None:
            raise ConfigurationError(
                f"{name}: {each[:_LONGEST]!r} {_why_not(each)}: set sites like https://shop.example with commas "
                "between"
            )
        found.append(origin)
    return tuple(dict.fromkeys(found))


def _why_not(text: str) -> str:
    if "*" in text:
        return "would let in sites that you do not know"
    if not text.isascii():
        return "is not as browsers write it (xn--…)"
    if origin_of(re.sub(r"(?<=[^:/])[/?#].*", "", text)):
        return "says more than scheme, host and port"
    return "is no site's address"


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True
