"""The key of the people who run the business: what is not for customers asks for it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from customer_assist.config import Settings
from customer_assist.errors import ConfigurationError

FILE = "admin.key"


def admin_key(settings: Settings) -> str:
    """The one that is set, else that of the home folder, which is made where there is none (mode 0600).

    Raises ConfigurationError where it can be neither read nor kept.
    """
    if settings.admin_key:
        return settings.admin_key
    path = settings.home / FILE
    try:
        return _read(path) or _made(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(
            f"the admin key cannot be kept in {path} ({reason}): set CUSTOMER_ASSIST_ADMIN_KEY instead"
        ) from error


def _made(path: Path) -> str:
    """A new one, or what another process made at the same moment; never half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{FILE}.{secrets.token_hex(8)}")
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            if not _read(path):  # somebody emptied it
                draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return _read(path)


def _read(path: Path) -> str:
    """ "" where there is none."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
