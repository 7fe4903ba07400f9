"""The HTTP API, as the console uses it. What it sends and gets is described at /docs of the running assistant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

import requests

Reply: TypeAlias = dict[str, Any]  # as the API's description says
FILE_SECONDS = 300.0  # to read a file, or between two signs of life while it is loaded
BINARY = "application/octet-stream"
SECONDS = 30.0  # for one reply; a model may be writing it


class ApiError(Exception):
    """What the assistant said, or that it said nothing; fit to be shown."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status  # 0: it did not answer


class Client:
    """`base` is the assistant's address, `key` the admin key. Every method raises ApiError."""

    def __init__(self, base: str, key: str) -> None:
        self.base = base.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False  # the assistant is here: no proxy, no .netrc
        self._session.headers["Authorization"] = f"Bearer {key}"

    def ask(self, question: str, conversation_id: str | None) -> Reply:
        body = {"question": question, "channel": "console"}
        if conversation_id:
            body["conversation_id"] = conversation_id
        return self._call("POST", "/question", body)

    def trace(self, turn_id: str) -> Reply:
        return self._call("GET", f"/turns/{quote(turn_id, safe='')}/trace")

    def meta(self) -> Reply:
        return self._call("GET", "/meta")

    def stats(self, days: int, channel: str) -> Reply:
        return self._call("GET", f"/stats?{urlencode({'days': days, 'channel': channel})}")

    def digest(self, days: int, channel: str) -> Reply:
        return self._call("GET", f"/digest?{urlencode({'days': days, 'channel': channel})}")

    def clock(self) -> Reply:
        return self._call("GET", "/clock")

    def evaluation(self) -> Reply:
        return self._call("GET", "/evaluation")

    def handoffs(self, status: str = "open") -> Reply:
        return self._call("GET", f"/handoffs?status={status}")

    def waiting(self) -> int:
        """How many wait for a person."""
        found = self._call("GET", "/handoffs?status=waiting&limit=1")
        return sum(reason["handoffs"] for reason in found["reasons"])

    def handoff(self, handoff_id: str) -> Reply:
        return self._call("GET", f"/handoffs/{handoff_id}")

    def take(self, handoff_id: str, by: str) -> Reply:
        return self._call("POST", f"/handoffs/{handoff_id}/take", {"by": by})

    def reply(
        self, handoff_id: str, text: str, by: str, suggestion: Mapping[str, object] | None, attempt: str
    ) -> Reply:
        """`attempt`: the same one is sent once, however often it is tried."""
        body: dict[str, object] = {"text": text, "by": by}
        if suggestion is not None:
            body["suggestion"] = suggestion
        return self._call("POST", f"/handoffs/{handoff_id}/reply", body, headers={"Idempotency-Key": attempt})

    def resolve(self, handoff_id: str) -> Reply:
        return self._call("POST", f"/handoffs/{handoff_id}/resolve", {})

    def suggest(self, handoff_id: str) -> Reply:
        return self._call("POST", "/suggest", {"handoff_id": handoff_id})

    def suggestions(self) -> Reply:
        return self._call("GET", "/suggestions")

    def reject(self, suggestion_id: str, draft: int) -> Reply:
        return self._call(
            "POST", f"/suggestions/{suggestion_id}/outcome", {"draft": draft, "outcome": "rejected"}
        )

    def documents(self, search: str, source: str | None, offset: int, limit: int) -> Reply:
        query = {"search": search, "offset": offset, "limit": limit} | ({"source": source} if source else {})
        return self._call("GET", f"/documents?{urlencode(query)}")

    def document(self, document_id: str) -> Reply:
        return self._call("GET", _at(document_id))

    def put_document(self, document_id: str, content: Mapping[str, object]) -> Reply:
        return self._call("PUT", _at(document_id), content)

    def shown(self, content: Mapping[str, object]) -> Reply:
        return self._call("POST", "/documents/shown", content)

    def tried(self, questions: Sequence[str]) -> Reply:
        return self._call("POST", "/documents/tried", {"questions": list(questions)})

    def preview_file(self, name: str, content: bytes) -> Reply:
        return self._call("POST", _file_at("preview", name), content=content, seconds=FILE_SECONDS)

    def load_file(self, name: str, content: bytes, progress: Callable[[int, int], None]) -> Reply:
        """`progress` is told how many texts of how many are done."""
        headers = {"Content-Type": BINARY, "Accept": "text/event-stream"}
        try:
            with self._session.post(
                self.base + _file_at("upload", name),
                data=content,
                headers=headers,
                timeout=FILE_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as reply:
                if reply.status_code >= 400:
                    return _content(reply)
                for event, data in _events(reply):
                    if event == "progress":
                        progress(data["done"], data["of"])
                    elif event == "error":
                        raise ApiError(str(data["error"]), 400)
                    else:
                        return data
        except (requests.RequestException, ValueError) as error:
            raise self._silent() from error
        raise ApiError("The assistant ended before the file was loaded: load it again")

    def facts(self) -> Reply:
        return self._call("GET", "/facts", seconds=FILE_SECONDS)

    def enter_fact(self, key: str, value: str) -> Reply:
        return self._call("PUT", "/facts", {"key": key, "value": value})

    def settings(self) -> Reply:
        return self._call("GET", "/settings")

    def delete_document(self, document_id: str) -> Reply:
        return self._call("DELETE", _at(document_id))

    def drafts(self, status: str = "open") -> Reply:
        return self._call("GET", f"/drafts?status={status}")

    def draft_from(self, turn_id: str) -> Reply:
        return self._call("POST", "/drafts", {"turn_id": turn_id})

    def change_draft(self, draft_id: str, changed: Mapping[str, object]) -> Reply:
        return self._call("PUT", f"/drafts/{draft_id}", changed)

    def publish(self, draft_id: str, *, confirm: bool) -> Reply:
        return self._call("POST", f"/drafts/{draft_id}/publish", {"confirm": confirm})

    def reject_draft(self, draft_id: str) -> Reply:
        return self._call("POST", f"/drafts/{draft_id}/reject", {})

    def gaps(self, days: int, channel: str) -> Reply:
        return self._call("GET", f"/gaps?{urlencode({'days': days, 'channel': channel})}")

    def draft_gap(self, gap_id: str, period: Mapping[str, object]) -> Reply:
        return self._call("POST", f"/gaps/{gap_id}/draft", period)

    def add_ways(self, gap_id: str, period: Mapping[str, object]) -> Reply:
        """To the nearest article."""
        return self._call("POST", f"/gaps/{gap_id}/ways", period)

    def dismiss_gap(self, gap_id: str, period: Mapping[str, object]) -> Reply:
        return self._call("POST", f"/gaps/{gap_id}/dismiss", period)

    def restore_gap(self, gap_id: str, period: Mapping[str, object]) -> Reply:
        return self._call("POST", f"/gaps/{gap_id}/restore", period)

    def conflicts(self) -> Reply:
        return self._call("GET", "/conflicts")

    def conversations(self, limit: int, before: str | None, outcome: str | None) -> Reply:
        wanted = {"limit": str(limit), "before": before, "outcome": outcome}
        return self._call("GET", "/conversations?" + urlencode({k: v for k, v in wanted.items() if v}))

    def transcript(self, conversation_id: str) -> Reply:
        """Without the customer having seen it."""
        return self._call("GET", f"/conversations/{quote(conversation_id, safe='')}/transcript")

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        seconds: float = SECONDS,
    ) -> Reply:
        if content is not None:
            headers = {"Content-Type": BINARY, **(headers or {})}
        try:
            reply = self._session.request(
                method,
                self.base + path,
                json=body,
                data=content,
                headers=headers,
                timeout=seconds,
                allow_redirects=False,
            )
            return _content(reply)
        except (requests.RequestException, ValueError) as error:
            raise self._silent() from error

    def _silent(self) -> ApiError:
        return ApiError(
            f"The assistant does not answer at {self.base}: start it with `customer-assist serve`, "
            "or name its address with `customer-assist console --api`"
        )


def _content(reply: requests.Response) -> Reply:
    """Raises ApiError for a refusal, ValueError for what is no JSON."""
    content = reply.json()
    if reply.status_code >= 400 or not isinstance(content, dict):
        said = content.get("error") if isinstance(content, dict) else None
        raise ApiError(f"{said or 'The assistant refused, without a reason'}", reply.status_code)
    return content


def _events(reply: requests.Response) -> Iterator[tuple[str, Reply]]:
    """Server-sent events as they come; comments, which say that it lives, are passed over."""
    event = ""
    for line in reply.iter_lines(chunk_size=1):
        name, _, value = line.decode().partition(": ")
        if name == "event":
            event = value
        elif name == "data":
            yield event, json.loads(value)


def _file_at(what: str, name: str) -> str:
    return f"/documents/{what}?{urlencode({'name': name})}"


def _at(document_id: str) -> str:
    """An id may hold a slash, a question mark, a space …"""
    return f"/documents/{quote(document_id)}"
