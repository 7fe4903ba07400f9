"""Text from any OpenAI-compatible server: one deadline, one retry loop, one breaker, one budget."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from customer_assist.errors import CallsSpent, GeneratorUnavailable, LeftAlone
from customer_assist.llm.breaker import Breaker
from customer_assist.llm.deadline import Deadline, HangUp, within
from customer_assist.model import Usage
from customer_assist.ports import CallBudget, Generator, Message

if TYPE_CHECKING:  # importing it takes more than a second: done with the first call, and only then
    import openai

MAX_TOKENS = 700
CHARACTERS_PER_TOKEN = 4  # an estimate, for servers that do not count
CONNECT_SECONDS = 5.0
RETRY_PAUSE = 0.3
LONGEST_RETRY_PAUSE = 2.0  # a server that asks for more has lost this customer's patience
DEFAULT_HOST = "api.openai.com"


class OpenAIGenerator(Generator):
    """Over `chat.completions`. Safe to share between threads.

    `timeout` is the seconds that one answer may take as a whole, streaming and retry included.
    """

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str | None,
        model: str,
        timeout: float,
        budget: CallBudget,
        breaker: Breaker,
    ) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._host = _host_of(base_url) if base_url else DEFAULT_HOST
        self._model = model
        self._timeout = timeout
        self._budget = budget
        self._breaker = breaker
        self._options = _Options()
        self._spent = Usage()
        self._client: openai.OpenAI | None = None
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        return self._model

    @property
    def spent(self) -> Usage:
        """By all calls so far that came to their end, whatever became of the text."""
        with self._lock:
            return self._spent

    @property
    def is_left_alone(self) -> bool:
        """It failed so often that most calls are not made at present."""
        return self._breaker.is_open

    def stream(
        self,
        messages: Sequence[Message],
        *,
        seconds: float | None = None,
        schema: Mapping[str, object] | None = None,
    ) -> Iterator[str | Usage]:
        """Pieces of text, then one Usage (estimated where the server does not count).

        `seconds` may shorten the time that there is. Raises GeneratorUnavailable at any point, with a reason
        that holds neither key nor customer's words.
        """
        yield from self._stream(messages, seconds, schema, self._budget)

    def paid_by(self, budget: CallBudget) -> Generator:
        """The same model, whose calls count for `budget` instead."""
        return _PaidBy(self, budget)

    def close(self) -> None:
        """Let go of open connections. A later call opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _stream(
        self,
        messages: Sequence[Message],
        seconds: float | None,
        schema: Mapping[str, object] | None,
        budget: CallBudget,
    ) -> Iterator[str | Usage]:
        if not self._breaker.allow():
            raise LeftAlone(
                f"{self._host} failed several times in a row: left alone for {self._breaker.pause:.0f} s"
            )
        budget.take()
        client = self._connect()
        allowed = self._timeout if seconds is None else min(seconds, self._timeout)
        deadline = Deadline.after(allowed)
        pieces = within(
            deadline, lambda hang_up: self._attempts(client, messages, schema, deadline, hang_up, budget)
        )
        try:
            yield from pieces
        except Exception as error:
            if isinstance(error, CallsSpent):  # by the second try
                raise
            reason, blames_server = self._reason(error, allowed)
            if blames_server:
                self._breaker.failed()
            refused = not blames_server and not isinstance(error, GeneratorUnavailable)
            raise GeneratorUnavailable(reason, refused=refused) from error
        finally:
            pieces.close()
        self._breaker.succeeded()

    def _spend(self, usage: Usage, budget: CallBudget) -> None:
        with self._lock:
            self._spent += usage
        budget.spent(usage)

    def _connect(self) -> openai.OpenAI:
        with self._lock:
            if self._client is None:
                import openai

                try:
                    self._client = openai.OpenAI(
                        api_key=self._api_key, base_url=self._base_url, max_retries=0, timeout=self._timeout
                    )
                except Exception as error:
                    raise GeneratorUnavailable(
                        "the language model's client cannot be made: check OPENAI_BASE_URL"
                    ) from error
            return self._client

    def _attempts(
        self,
        client: openai.OpenAI,
        messages: Sequence[Message],
        schema: Mapping[str, object] | None,
        deadline: Deadline,
        hang_up: HangUp,
        budget: CallBudget,
    ) -> Iterator[str | Usage]:
        """The one retry loop: a second try only before the first piece, and only where it may help."""
        import openai

        retried = begun = False
        while True:
            options = self._options.arguments(schema)
            try:
                for piece in self._attempt(client, messages, options, deadline, hang_up):
                    begun = True
                    if isinstance(piece, Usage):
                        piece = replace(piece, by=self._model)
                        self._spend(piece, budget)
                    yield piece
                return
            except openai.BadRequestError as error:
                if begun or not self._options.unlearn(options, error.message):
                    raise
            except openai.APIError as error:
                pause = _retry_pause(error)
                if begun or retried or pause is None or pause >= deadline.remaining or hang_up.hung_up:
                    raise
                retried = True
                time.sleep(pause)
                budget.take()

    def _attempt(
        self,
        client: openai.OpenAI,
        messages: Sequence[Message],
        options: dict[str, Any],
        deadline: Deadline,
        hang_up: HangUp,
    ) -> Iterator[str | Usage]:
        import openai

        remaining = deadline.remaining
        create: Any = client.chat.completions.create  # its overloads do not know of options in a mapping
        with create(
            model=self._model,
            messages=[{"role": message.role, "content": message.content} for message in messages],
            stream=True,
            timeout=openai.Timeout(remaining, connect=min(CONNECT_SECONDS, remaining)),
            **options,
        ) as stream:
            hang_up.on_hang_up(lambda: _break_connection(stream))
            try:
                yield from _read_completion(stream, sum(len(message.content) for message in messages))
            finally:
                hang_up.on_hang_up(None)

    def _reason(self, error: Exception, allowed: float) -> tuple[str, bool]:
        """One line for people, and whether the server is to blame (and not this one question)."""
        import openai

        if isinstance(error, GeneratorUnavailable):
            return str(error), False
        if isinstance(error, _BadCompletion):
            return f"{self._host} {error}", error.blames_server
        if isinstance(error, TimeoutError | openai.APITimeoutError):
            return f"{self._host} did not answer within {allowed:.0f} s", True
        if isinstance(error, openai.APIConnectionError):
            return f"{self._host} cannot be reached, or broke off: check OPENAI_BASE_URL", True
        if isinstance(error, openai.APIStatusError):
            return self._status_reason(error.status_code)
        if isinstance(error, openai.APIError):
            return f"{self._host} reported an error in the middle of the answer", True
        # Whatever else a strange server can provoke in the client is still "no answer" to a customer.
        return f"{self._host} sent something that is no chat completion ({type(error).__name__})", True

    def _status_reason(self, status: int) -> tuple[str, bool]:
        match status:
            case 401 | 403:
                return f"{self._host} refused the key ({status}): check OPENAI_API_KEY", True
            case 404:
                return (
                    f"{self._host} does not know this address or the model {self._model!r} (404): "
                    "check OPENAI_BASE_URL and CUSTOMER_ASSIST_MODEL",
                    True,
                )
            case 429:
                return f"{self._host} has had too many calls, or your quota there is spent (429)", True
            case 400 | 413 | 422:  # a filter or a length: the next customer's question may be fine
                return f"{self._host} refused this request ({status})", False
            case _:
                return f"{self._host} answered with status {status}", True


class _PaidBy(Generator):
    def __init__(self, generator: OpenAIGenerator, budget: CallBudget) -> None:
        self._generator = generator
        self._budget = budget

    @property
    def model(self) -> str:
        return self._generator.model

    def stream(
        self,
        messages: Sequence[Message],
        *,
        seconds: float | None = None,
        schema: Mapping[str, object] | None = None,
    ) -> Iterator[str | Usage]:
        yield from self._generator._stream(messages, seconds, schema, self._budget)


def _host_of(base_url: str) -> str:
    """What may be named in a log: an address can hold a password."""
    try:
        return urlsplit(base_url).hostname or "the language model's server"
    except ValueError:
        return "the language model's server"


class _BadCompletion(Exception):
    """The server answered, but not with a whole text."""

    def __init__(self, reason: str, *, blames_server: bool = True) -> None:
        super().__init__(reason)
        self.blames_server = blames_server


class _Options:
    """What is asked of a server beyond the text. What it refuses is unlearnt: not every server knows all."""

    def __init__(self) -> None:
        self._arguments: dict[str, Any] = {
            "temperature": 0,
            "max_tokens": MAX_TOKENS,
            "stream_options": {"include_usage": True},
        }
        self._enforces_schemas = True
        self._lock = threading.Lock()

    def arguments(self, schema: Mapping[str, object] | None) -> dict[str, Any]:
        with self._lock:
            arguments = dict(self._arguments)
            if schema is not None and self._enforces_schemas:
                shape = {"name": "reply", "strict": True, "schema": dict(schema)}
                arguments["response_format"] = {"type": "json_schema", "json_schema": shape}
            return arguments

    def unlearn(self, sent: dict[str, Any], complaint: str) -> bool:
        """Drop the option of those `sent` that the complaint names; False where it names none of them."""
        with self._lock:
            if "max_completion_tokens" in complaint and "max_tokens" in sent:
                self._arguments.pop("max_tokens", None)
                self._arguments["max_completion_tokens"] = MAX_TOKENS
                return True
            if "response_format" in sent and ("response_format" in complaint or "json_schema" in complaint):
                self._enforces_schemas = False
                return True
            for name in ("stream_options", "temperature"):
                if name in complaint and name in sent:
                    self._arguments.pop(name, None)
                    return True
            return False


def _read_completion(stream: Any, prompt_characters: int) -> Iterator[str | Usage]:
    """Raises _BadCompletion for a text that is empty, or that is not known to be whole."""
    usage: Usage | None = None
    written, ending = 0, ""
    for chunk in stream:
        if chunk.usage is not None:
            usage = Usage(int(chunk.usage.prompt_tokens), int(chunk.usage.completion_tokens))
        for choice in chunk.choices[:1]:
            ending = choice.finish_reason or ending
            if text := choice.delta.content:
                written += 0 if text.isspace() else len(text)
                yield text
    if not ending:
        raise _BadCompletion("broke off in the middle of the answer")
    if ending == "length":
        raise _BadCompletion(f"wrote more than {MAX_TOKENS} tokens", blames_server=False)
    if ending != "stop":
        raise _BadCompletion(f"withheld the answer ({ending[:40]})", blames_server=False)
    if not written:
        raise _BadCompletion("wrote an empty answer")
    yield usage or Usage(-(-prompt_characters // CHARACTERS_PER_TOKEN), -(-written // CHARACTERS_PER_TOKEN))


def _retry_pause(error: openai.APIError) -> float | None:
    """Seconds to wait before the one retry; None where another try is of no use."""
    import openai

    if isinstance(error, openai.APITimeoutError | openai.APIConnectionError):
        return RETRY_PAUSE
    if not isinstance(error, openai.APIStatusError) or not (
        error.status_code == 429 or error.status_code >= 500
    ):
        return None
    asked = RETRY_PAUSE
    with suppress(ValueError):
        asked = max(asked, float(error.response.headers.get("retry-after", "")))
    return asked if asked <= LONGEST_RETRY_PAUSE else None


def _break_connection(stream: Any) -> None:
    """Wake a reader that waits for the next byte. Not `close`: another thread may be inside the read."""
    import socket

    connection = stream.response.extensions["network_stream"].get_extra_info("socket")
    connection.shutdown(socket.SHUT_RDWR)
