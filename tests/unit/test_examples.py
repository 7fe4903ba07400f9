"""examples/ask.py, as a person runs it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "ask.py"


class Echo(BaseHTTPRequestHandler):
    """Answers every question with itself."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = json.dumps({"question": asked["question"], "path": self.path}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=30, check=False
    )


def test_a_question_of_the_sample_is_sent_and_the_reply_printed(url: str) -> None:
    done = ask("--url", url)
    reply = json.loads(done.stdout)
    assert done.returncode == 0
    assert reply["path"] == "/question"
    lines = (SCRIPT.parent / "questions" / "questions.jsonl").read_text("utf-8").splitlines()
    assert reply["question"] in {json.loads(line)["question"] for line in lines}


def test_a_csv_of_ones_own_is_asked_from(url: str, tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text("question,document\nWhere is my parcel?,7\n", "utf-8")
    done = ask(str(tmp_path / "truth.csv"), "--url", url)
    assert json.loads(done.stdout)["question"] == "Where is my parcel?"


def test_without_a_server_one_line_says_how_to_start_it() -> None:
    done = ask("--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "make run" in done.stderr


def test_a_file_without_questions_is_one_line_too(url: str, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", "utf-8")
    done = ask(str(tmp_path / "other.csv"), "--url", url)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1) and "`question`" in done.stderr
