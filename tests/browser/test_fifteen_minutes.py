"""docs/fifteen-minutes.md, command by command as it stands there, from the articles to an answer on the shop's page.

The commands run in namespaces of their own, over copies of /etc, /opt and /var/lib that are thrown away. Three programs
are stood in for, because what they do needs the whole machine or the internet: see STAND_INS.
"""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from browser.conftest import ARGUMENTS, BROWSERS, REPOSITORY
from server_process import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGE = REPOSITORY / "docs" / "fifteen-minutes.md"
UNIT = REPOSITORY / "deploy" / "systemd" / "customer-assist.service"
COPIED = ("/etc", "/opt", "/var/lib")  # what the recipe writes to
PATIENCE = 900  # seconds for all of it; a person is promised fifteen minutes

# In place of a program that is named in the page. $HTTPS and $TRIAL are the test's own: a free port, a folder.
PACKAGES = ("caddy", "curl", "make", "python3")
STAND_INS = r"""
apt-get() { :; }
systemctl() {
  case "$*" in
    daemon-reload) systemd-analyze verify /etc/systemd/system/customer-assist.service ;;
    "enable --now customer-assist") bash "$TRIAL/unit" >"$TRIAL/serve.log" 2>&1 & echo $! >"$TRIAL/pid" ;;
    "reload caddy")
      HOME="$TRIAL" caddy run --adapter caddyfile --config "$TRIAL/Caddyfile" >"$TRIAL/caddy.log" 2>&1 & ;;
    *) echo "no stand-in for systemctl $*" >&2; false ;;
  esac
}
curl() {
  command curl --cacert "$TRIAL/.local/share/caddy/pki/authorities/local/root.crt" \
    --connect-to "::127.0.0.1:$HTTPS" "$@"
}
"""
PORT = "5000"  # may be taken on this machine: a free one takes its place; nothing else of the page is changed
SERVER_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # of Debian's root


@pytest.fixture(scope="module")
def trial() -> Iterator[Trial]:
    if missing := _missing():
        pytest.skip(f"docs/fifteen-minutes.md is not tried: {missing}")
    folder = Path(tempfile.mkdtemp(prefix="fifteen-"))
    folder.chmod(0o755)
    trial = Trial(folder)
    try:
        yield trial
    finally:
        trial.close()
        shutil.rmtree(folder, ignore_errors=True)


def _missing() -> str:
    programs = [name for name in PACKAGES if not shutil.which(name, path=SERVER_PATH)]
    if (
        programs
        or subprocess.run(["/usr/bin/python3", "-c", "import ensurepip"], capture_output=True).returncode
    ):
        return f"{' '.join(programs) or 'python3-venv'} missing: scripts/server_packages installs it where it may"
    if not any(map(shutil.which, BROWSERS)):
        return "no Chromium here: scripts/browser installs one where it may"
    if os.geteuid() != 0:
        return "it needs root, for mounts of its own"
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "bash", "-c", "mount -t tmpfs none /mnt"],
        capture_output=True,
        text=True,
    )
    if tried.returncode:
        return f"no mounts of its own are allowed here ({tried.stderr.strip()})"
    return ""


class Trial:
    """A shell of root's on what looks like a fresh server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.https = free_port(), free_port()
        for name in COPIED:
            for kind in ("upper", "work"):
                (folder / kind / name.strip("/")).mkdir(parents=True)
        _copy_checkout(folder / "upper" / "opt" / "customer-assist")
        caddyfile = folder / "upper/opt/customer-assist/deploy/Caddyfile"
        caddyfile.write_text(caddyfile.read_text().replace(PORT, str(self.port)))
        (folder / "unit").write_text(_as_systemd_would(UNIT))
        (folder / "Caddyfile").write_text(self._caddyfile())
        own = {"TRIAL": str(folder), "HTTPS": str(self.https), "PATH": SERVER_PATH}
        foreign = ("CUSTOMER_ASSIST_", "POSTGRES_", "OPENAI_", "APP_PORT", "VIRTUAL_ENV", "MAKE", "PYTEST")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self.log = folder / "shell.log"
        with self.log.open("wb") as log:
            self._shell = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-s"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=inherited | own,
                cwd="/",
            )
        mounts = [
            f"mount -t overlay -o lowerdir={at},upperdir={folder}/upper{at},workdir={folder}/work{at} trial {at}"
            for at in COPIED
        ]
        self.run("\n".join(["set -eu", *mounts, STAND_INS]))

    def _caddyfile(self) -> str:
        """The recipe's own, and the shop's server beside it."""
        return f"""{{
            local_certs
            skip_install_trust
            admin off
            http_port {free_port()}
            https_port {self.https}
        }}
        import /etc/caddy/Caddyfile
        shop.example {{
            root * {self.folder}/shop
            file_server
        }}
        """

    def run(self, commands: str) -> float:
        """Types them in; the seconds until the last one came back. The shell ends at the first that fails."""
        commands = commands.replace(PORT, str(self.port))
        began, mark = time.monotonic(), f"@@ {time.monotonic_ns()}"
        assert self._shell.stdin is not None
        self._shell.stdin.write(f"{commands}\necho '{mark}'\n".encode())
        self._shell.stdin.flush()
        while mark not in self.printed:
            if self._shell.poll() is not None or time.monotonic() - began > PATIENCE:
                raise AssertionError(f"{commands}\n---\n{self.printed}\n---\n{self.read('serve.log')}")
            time.sleep(0.05)
        return time.monotonic() - began

    @property
    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    def read(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    def close(self) -> None:
        self._shell.kill()  # and with it all that it started
        self._shell.communicate(timeout=30)


def _copy_checkout(to: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
    )
    if listed.returncode:
        pytest.skip("docs/fifteen-minutes.md is not tried: this is no git checkout")
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (REPOSITORY / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, to / name)


def _unit(path: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text("utf-8"))
    return parser["Service"]


def _as_systemd_would(path: Path) -> str:
    """A script that runs ExecStart with the unit's account, folder and settings, and what it may write to."""
    unit = _unit(path)
    state = f"/var/lib/{unit['StateDirectory']}"
    assert unit["ProtectSystem"] == "strict" and unit["ProtectHome"] == "true"
    assert unit["PrivateTmp"] == "true" and unit["NoNewPrivileges"] == "true"
    assert unit["CapabilityBoundingSet"] == ""
    inside = f"""
        set -eu
        mount --make-rprivate /
        mount --bind {state} {state}
        for mounted in / {" ".join(COPIED)}; do mount -o remount,bind,ro "$mounted"; done
        for hidden in /root /home; do mount -t tmpfs -o ro,mode=000 hidden "$hidden"; done
        for private in /var/tmp /tmp; do mount -t tmpfs -o mode=1777 private "$private"; done
        umask {unit["UMask"]}
        cd {unit["WorkingDirectory"]}
        exec env -i PATH=/usr/local/bin:/usr/bin:/bin $(grep -v '^#' {unit["EnvironmentFile"]}) \\
            setpriv --reuid={unit["User"]} --regid={unit["Group"]} --init-groups --no-new-privs \\
            --bounding-set=-all --inh-caps=-all {unit["ExecStart"]}
    """
    return f"exec unshare --mount bash -c {shlex.quote(inside)}\n"


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.timeout(PATIENCE)
def test_a_business_with_80_articles_answers_on_the_pages_of_its_shop_within_fifteen_minutes(
    trial: Trial, playwright: Playwright, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    spent = [(block.strip().split("\n")[-1], trial.run(block)) for block in _blocks("bash")]
    assert '"status":"ok"' in trial.printed.replace(" ", "")
    assert "80 added" in trial.printed and "A puncture costs £12" in trial.printed
    [line] = _blocks("html")
    shop = trial.folder / "shop"
    shop.mkdir()
    head = '<!doctype html><title>Shop</title><link rel="icon" href="data:,">'
    (shop / "index.html").write_text(f"{head}<body><h1>Bikes</h1>{line}</body>")
    program = next(filter(None, map(shutil.which, BROWSERS)))
    mapped = ", ".join(f"MAP {name} 127.0.0.1:{trial.https}" for name in ("help.example", "shop.example"))
    running = playwright.chromium.launch(
        executable_path=program, args=[*ARGUMENTS, f"--host-resolver-rules={mapped}"]
    )
    page = running.new_context(ignore_https_errors=True).new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type != "log" else None)
    page.goto("https://shop.example/")
    _ask(page, "could I borrow a bike while you mend mine")
    assert complaints == []
    page.context.close()
    running.close()
    seconds = time.monotonic() - began
    trial.run('kill -TERM "$(cat "$TRIAL/pid")"; wait "$(cat "$TRIAL/pid")" || true')
    data = trial.folder / "upper/var/lib/customer-assist/postgres/data"
    assert data.is_dir()
    deadline = time.monotonic() + 60
    while (data / "postmaster.pid").exists():  # the database stops after the server, by itself
        assert time.monotonic() < deadline
        time.sleep(0.2)
    with capsys.disabled():
        lines = [f"{took:7.1f} s  to {command[:90]}" for command, took in spent]
        lines.append(f"{seconds:7.1f} s  from the first command to the cited answer")
        sys.stdout.write("\n".join(["", "docs/fifteen-minutes.md", *lines, ""]))
    assert seconds < PATIENCE


def _ask(page: Page, question: str) -> None:
    """As a visitor of the shop does; the answer is one of the articles, and names it."""
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    chat = page.get_by_role("dialog", name="Spoke & Thistle")
    expect(chat.get_by_role("log")).to_contain_text("With a full service or an overhaul a loan bike is free")
    expect(chat.locator(".sources summary")).to_contain_text(
        "Can I have a bike while mine is being repaired?"
    )


def test_what_runs_as_the_unit_says_writes_nowhere_but_to_its_state(trial: Trial) -> None:
    """After the recipe, in the same place: what the test above saw work was as restricted as this."""
    script = (trial.folder / "unit").read_text()
    [start] = re.findall(r"ExecStart=(.*)", UNIT.read_text("utf-8"))
    assert start in script
    tried = (
        "for at in /etc/customer-assist/knowledge /opt/customer-assist /usr /var/lib /var/lib/customer-assist /tmp; do "
        'touch "$at/tried" 2>/dev/null && echo "wrote $at"; done; id -un; ls /root 2>&1; grep CapBnd /proc/self/status'
    )
    probe = trial.folder / "probe"
    probe.write_text(script.replace(start, f"bash -c {shlex.quote(tried)}".replace("'", "'\"'\"'")))
    trial.run('bash "$TRIAL/probe" >"$TRIAL/probe.log" 2>&1')
    said = trial.read("probe.log")
    assert re.findall(r"^wrote (.*)$", said, re.MULTILINE) == ["/var/lib/customer-assist", "/tmp"]
    assert "\nassist\n" in said and "Permission denied" in said
    assert re.search(r"CapBnd:\s+0+$", said, re.MULTILINE)
    assert not (trial.folder / "upper" / "var" / "lib" / "tried").exists()


def test_the_packages_are_those_that_the_page_installs() -> None:
    [page] = re.findall(r"apt-get install -y --no-install-recommends (.*)", PAGE.read_text("utf-8"))
    script = (REPOSITORY / "scripts" / "server_packages").read_text("utf-8")
    assert f'packages="{page}"' in script and set(page.split()) == {*PACKAGES, "python3-venv"}


def test_the_sites_of_the_recipe_agree_in_all_its_files() -> None:
    text = PAGE.read_text("utf-8")
    caddy = (REPOSITORY / "deploy" / "Caddyfile").read_text("utf-8")
    assert re.search(r"^help\.example \{", caddy, re.MULTILINE) and f"127.0.0.1:{PORT}" in caddy
    unit = _unit(UNIT)
    for named in (unit["EnvironmentFile"], unit["WorkingDirectory"], unit["ExecStart"].split()[0]):
        assert named in text
    assert text.count("https://shop.example") >= 3
