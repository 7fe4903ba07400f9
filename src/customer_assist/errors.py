"""One family of errors. Each says, in one line, what is wrong and what to do about it."""

from __future__ import annotations


class CustomerAssistError(Exception):
    """The base of all errors that a person may see. `code` is stable, for programs."""

    code = "error"


class InvalidInput(CustomerAssistError):
    """What was given cannot be used: a question, an option, a value."""

    code = "invalid_input"


class ConfigurationError(CustomerAssistError):
    """A setting, the business profile or the environment is wrong."""

    code = "configuration_error"


class KnowledgeError(CustomerAssistError):
    """A file of the business cannot be read as knowledge."""

    code = "knowledge_error"


class UnknownConversation(CustomerAssistError):
    code = "unknown_conversation"


class UnknownTurn(CustomerAssistError):
    code = "unknown_turn"


class UnknownHandoff(CustomerAssistError):
    code = "unknown_handoff"


class HandoffClosed(CustomerAssistError):
    """The handoff is resolved or withdrawn: nobody speaks in it any more."""

    code = "handoff_closed"


class UnknownDocument(CustomerAssistError):
    code = "unknown_document"


class UnknownSuggestion(CustomerAssistError):
    code = "unknown_suggestion"


class UnknownDraft(CustomerAssistError):
    code = "unknown_draft"


class UnknownGap(CustomerAssistError):
    code = "unknown_gap"


class DraftClosed(CustomerAssistError):
    """The draft is published or rejected: it changes no more."""

    code = "draft_closed"


class NeedsConfirmation(CustomerAssistError):
    """Somebody should look again, and say so, before this is done."""

    code = "needs_confirmation"


class UnknownFilter(InvalidInput):
    """A filter on a field or value that no document has."""

    code = "unknown_filter"


class IdempotencyKeyReused(InvalidInput):
    """An Idempotency-Key came again with another request."""

    code = "idempotency_key_reused"


class RequestInProgress(InvalidInput):
    """The first request with this Idempotency-Key is still at work."""

    code = "request_in_progress"


class StorageUnavailable(CustomerAssistError):
    """The database does not answer."""

    code = "storage_unavailable"


class DatabaseStartFailed(StorageUnavailable):
    """The embedded database could not be started."""

    code = "database_start_failed"


class GeneratorUnavailable(CustomerAssistError):
    """The language model did not answer, refused, or its budget is spent.

    `refused`: this one request is at fault (its length, a filter); another may well be answered.
    """

    code = "generator_unavailable"

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


class CallsSpent(GeneratorUnavailable):
    """The call was not made: its budget is spent, or cannot be counted."""


class LeftAlone(GeneratorUnavailable):
    """The call was not made: too many before it failed."""


class DeliveryFailed(CustomerAssistError):
    """A notice was not taken, or another job not done. The message holds nothing of it and nothing that was sent back.

    `refused`: for good, as far as the receiver is concerned.
    """

    code = "delivery_failed"

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


class GrafanaUnavailable(CustomerAssistError):
    """Grafana does not answer."""

    code = "grafana_unavailable"


class WeightsInvalid(CustomerAssistError):
    """The embedding model's weights are not the ones that were expected."""

    code = "weights_invalid"
