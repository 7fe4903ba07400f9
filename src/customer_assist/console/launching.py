"""How the console is started: Streamlit, with what it would do on its own switched off."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from customer_assist.console import theme

API = "CUSTOMER_ASSIST_CONSOLE_API"
MAX_MEGABYTES = 64  # of a file, as the assistant takes them
KEY_AT = "CUSTOMER_ASSIST_CONSOLE_KEY_AT"
_APP = Path(__file__).with_name("app.py")


def environment(address: str, key_at: str, host: str, port: int, *, browser: bool = False) -> dict[str, str]:
    """What Streamlit and the pages read: no usage statistics, no watching of files, a browser opened or not."""
    return (
        {
            API: address,
            KEY_AT: key_at,
            "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
            "STREAMLIT_SERVER_HEADLESS": "false" if browser else "true",
            "STREAMLIT_SERVER_SHOW_EMAIL_PROMPT": "false",
            "STREAMLIT_SERVER_ADDRESS": host,
            "STREAMLIT_SERVER_PORT": str(port),
            "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": str(MAX_MEGABYTES),
            "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
            "STREAMLIT_CLIENT_TOOLBAR_MODE": "viewer",
            "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "none",
            "STREAMLIT_LOGGER_LEVEL": "error",
            "STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE": "true",  # which asks a server elsewhere for this machine's address
        }
        | theme.environment()
    )


def has_browser(inherited: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether somebody sits at this machine's own screen, so that a browser could be opened."""
    if inherited.get("SSH_CONNECTION"):
        return False
    return platform == "darwin" or bool(inherited.get("DISPLAY") or inherited.get("WAYLAND_DISPLAY"))


def launch(
    address: str, key_at: str, host: str, port: int, inherited: Mapping[str, str], *, browser: bool = False
) -> NoReturn:
    """In this process's place, so that Ctrl-C and signals reach it."""
    command = [sys.executable, "-m", "streamlit", "run", str(_APP)]
    os.execve(command[0], command, {**inherited, **environment(address, key_at, host, port, browser=browser)})
