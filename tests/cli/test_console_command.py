"""`customer-assist console` starts the pages and ends with a signal."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from customer_assist.console.launching import environment, has_browser

SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_it_serves_on_this_machine_alone_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    command = [Path(sys.executable).with_name("customer-assist"), "console", "--port", str(port)]
    started = subprocess.Popen(
        command,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "CUSTOMER_ASSIST_HOME": str(tmp_path)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        assert _answers(f"{base}/_stcore/health")
        page = requests.get(base, timeout=SECONDS)
        assert page.status_code == 200 and "<script" in page.text
        started.send_signal(signal.SIGINT)
        told, _ = started.communicate(timeout=SECONDS)
    finally:
        started.kill()
    assert f"Console    {base}/" in told and str(tmp_path / "admin.key") in told
    assert "Traceback" not in told


def test_what_streamlit_would_do_on_its_own_is_off() -> None:
    set_ = environment("http://127.0.0.1:5000", "admin.key", "127.0.0.1", 8501)
    assert set_["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] == "false"
    assert set_["STREAMLIT_CLIENT_SHOW_ERROR_DETAILS"] == "none"
    assert set_["STREAMLIT_SERVER_ADDRESS"] == "127.0.0.1"
    assert set_["STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE"] == "true"  # it would ask elsewhere for the address
    assert set_["STREAMLIT_SERVER_HEADLESS"] == "true"


def test_a_browser_is_opened_only_at_a_desk_that_has_one() -> None:
    assert has_browser({"DISPLAY": ":0"}, "linux") and has_browser({}, "darwin")
    assert not has_browser({}, "linux")
    assert not has_browser({"DISPLAY": ":10", "SSH_CONNECTION": "a b"}, "linux")
    opened = environment("http://127.0.0.1:5000", "admin.key", "127.0.0.1", 8501, browser=True)
    assert opened["STREAMLIT_SERVER_HEADLESS"] == "false"


def _answers(url: str) -> bool:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            return requests.get(url, timeout=2).status_code == 200
        except requests.ConnectionError:
            time.sleep(0.2)
    return False
