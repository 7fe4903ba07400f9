"""Files into the knowledge over HTTP, by the rules of `customer-assist ingest`: first what would change, then do it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from queue import Empty, Queue
from tempfile import mkdtemp
from threading import Thread

from flask import Response, jsonify, request
from flask_openapi.models.tag import Tag
from flask_openapi.types import ResponseDict
from werkzeug.exceptions import RequestEntityTooLarge

from customer_assist.bootstrap import Assistant
from customer_assist.errors import ConfigurationError, InvalidInput, KnowledgeError
from customer_assist.evaluation.missing_facts import missing_facts
from customer_assist.indexing import Progress
from customer_assist.ingestion import IngestReport
from customer_assist.knowledge.files import SUFFIXES
from customer_assist.knowledge.reading import read
from customer_assist.model import Document
from customer_assist.web.access import READING, admin_blueprint
from customer_assist.web.api import EVENT_STREAM, JSON, service
from customer_assist.web.errors import Failure, failure_of
from customer_assist.web.schemas import ErrorReply
from customer_assist.web.streaming import event
from customer_assist.web.upload_schemas import MOST_NAMED, PreviewReply, UploadQuery, UploadReply
from customer_assist.web.watching import failure_noted

MAX_FILE = 64_000_000  # bytes
UPLOADED = "an upload"  # where such a source came from, as a later ingest of a file of that name says
_AT_ONCE = 1 << 16
_SILENCE = 10.0  # seconds after which a stream says that it lives

uploads = admin_blueprint("uploads", json=False)
_TAG = Tag(name="Documents", description="What the business knows: with the admin key.")
_REPLIES: ResponseDict = READING | {413: ErrorReply}


@uploads.post("/documents/preview", tags=[_TAG], responses={**_REPLIES, 200: PreviewReply})
def preview_file(query: UploadQuery) -> Response:
    """What loading a file would change, row by row that cannot be used; nothing is changed. The body is the file."""
    assistant = service().assistant
    path = _received(query)
    try:
        with _told_plainly(path):
            body = _preview(assistant, path, query)
    finally:
        _forget(path)
    return jsonify(body)


@uploads.post("/documents/upload", tags=[_TAG], responses={**_REPLIES, 200: UploadReply})
def load_file(query: UploadQuery) -> Response:
    """Load a file: what it held before under this name goes where it is no longer in it. The body is the file.

    With `Accept: text/event-stream` there come `progress` events {"done", "of"} while texts are embedded, then one
    `report` or `error`. What has begun is finished, also when nobody listens any more.
    """
    assistant = service().assistant
    path = _received(query)
    if request.accept_mimetypes.best_match((JSON, EVENT_STREAM)) == EVENT_STREAM:
        response = Response(_loading(assistant, path, query, failure_noted()), mimetype=EVENT_STREAM)
        response.headers["X-Accel-Buffering"] = "no"
        return response
    try:
        return jsonify(_load(assistant, path, query, None))
    finally:
        _forget(path)


def _received(query: UploadQuery) -> Path:
    """The body, in a folder of its own. Raises InvalidInput, RequestEntityTooLarge."""
    if Path(query.name).suffix.lower() not in SUFFIXES:
        raise InvalidInput(f"{query.name} is of a kind that is not read: use one of {', '.join(SUFFIXES)}")
    if len(query.name.encode()) > 250:
        raise InvalidInput("the file's name is too long: give it a shorter one")
    request.max_content_length = MAX_FILE
    path = Path(mkdtemp(prefix="customer-assist-")) / query.name
    try:
        with path.open("wb") as file:
            while piece := request.stream.read(_AT_ONCE):
                file.write(piece)
                if file.tell() > MAX_FILE:  # sent in chunks, without its length
                    raise RequestEntityTooLarge
    except BaseException:
        _forget(path)
        raise
    return path


def _forget(path: Path) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)


@contextmanager
def _told_plainly(path: Path) -> Iterator[None]:
    """What is wrong with the file, without the folder that it is kept in meanwhile."""
    try:
        yield
    except (KnowledgeError, ConfigurationError) as error:
        raise InvalidInput(str(error).replace(f"{path.parent}/", "")) from error


def _preview(assistant: Assistant, path: Path, query: UploadQuery) -> dict[str, object]:
    known = assistant.documents.sources()
    source = query.source.strip() or query.name
    before = next((each.origin for each in known if each.name == source and each.documents), None)
    report = assistant.ingest(path, source=source, origin=UPLOADED, dry_run=True)
    facts = assistant.library.current().facts
    found = missing_facts((each for each in read(path, source=source) if isinstance(each, Document)), facts)
    body = PreviewReply.model_validate(
        {
            **_told(report),
            "loaded_from": before,
            "sample_goes": any(each.demo for each in known),
            "lacking": [asdict(fact) for fact in found.of_business],
        }
    )
    return body.model_dump(mode="json")


def _load(
    assistant: Assistant, path: Path, query: UploadQuery, progress: Progress | None
) -> dict[str, object]:
    source = query.source.strip() or query.name
    with _told_plainly(path):
        report = assistant.ingest(path, source=source, origin=UPLOADED, progress=progress)
    body = UploadReply.model_validate(
        {**_told(report), "version": report.version, "embedded": report.embedded}
    )
    return body.model_dump(mode="json")


def _told(report: IngestReport) -> dict[str, object]:
    return {
        "source": report.source,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "deleted": report.deleted,
        "bad_rows": [asdict(row) for row in report.bad_rows[:MOST_NAMED]],
        "bad": len(report.bad_rows),
        "notices": list(report.notices),
    }


def _loading(
    assistant: Assistant, path: Path, query: UploadQuery, note: Callable[[Failure], None]
) -> Iterator[bytes]:
    """Events, while a thread of its own does the work: it begins now, and does not end with whoever listens."""
    events: Queue[tuple[str, dict[str, object]]] = Queue()

    def work() -> None:
        try:
            told = _load(
                assistant, path, query, lambda done, of: events.put(("progress", {"done": done, "of": of}))
            )
            events.put(("report", told))
        except Exception as error:
            failure: Failure = failure_of(error)
            note(failure)
            events.put(("error", failure.body))
        finally:
            _forget(path)

    Thread(target=work, daemon=True, name="upload").start()
    return _told_as_it_goes(events)


def _told_as_it_goes(events: Queue[tuple[str, dict[str, object]]]) -> Iterator[bytes]:
    name = "progress"
    while name == "progress":
        try:
            name, data = events.get(timeout=_SILENCE)
        except Empty:
            yield b": still at work\n\n"
            continue
        yield event(name, data)
