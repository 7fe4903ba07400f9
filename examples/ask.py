"""Send a random question to a running server and print its reply: `python examples/ask.py [QUESTIONS] [--url URL]`.

QUESTIONS is a CSV file with a column `question`, or JSON Lines with that key; by default the sample's.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from pathlib import Path

import requests

SAMPLE = Path(__file__).parent / "questions" / "questions.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description="Ask a running server a random question.")
    parser.add_argument("questions", nargs="?", type=Path, default=SAMPLE, metavar="QUESTIONS")
    parser.add_argument("--url", default="http://127.0.0.1:5000", help="where the server is (%(default)s)")
    options = parser.parse_args()
    try:
        question = random.choice(read_questions(options.questions))
        reply = requests.post(f"{options.url.rstrip('/')}/question", json={"question": question}, timeout=60)
    except requests.ConnectionError:
        sys.exit(f"Nothing answers at {options.url}: start the server with `make run`")
    except requests.RequestException as error:
        sys.exit(f"{options.url} did not reply: {error}")
    except (OSError, ValueError, LookupError):
        sys.exit(f"{options.questions} cannot be read: name a CSV or JSONL file with a column `question`")
    print(reply.text if "json" not in reply.headers.get("Content-Type", "") else pretty(reply))
    sys.exit(0 if reply.ok else 1)


def read_questions(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file) if path.suffix == ".csv" else map(json.loads, file)
        return [row["question"] for row in rows]


def pretty(reply: requests.Response) -> str:
    return json.dumps(reply.json(), ensure_ascii=False, indent=2)


if __name__ == "__main__":
    main()
