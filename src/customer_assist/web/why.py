"""Why a recorded turn ended as it did, in a sentence each: for the command line and for whoever asks over HTTP."""

from __future__ import annotations

from customer_assist.model import EXTRACTIVE, Decision, Outcome, TracedTurn


def outcome_told(recorded: TracedTurn) -> str:
    turn = recorded.turn
    if turn.outcome != Outcome.ANSWERED:
        return turn.outcome.replace("_", " ")
    if turn.degraded:
        cause = recorded.trace.degraded_because or "the language model did not answer"
        return f"answered, word for word from the knowledge, because {' '.join(cause.split())}"
    if turn.answered_by == EXTRACTIVE:
        return "answered, word for word from the knowledge"
    return f"answered, written by {turn.answered_by} from the first candidates"


def why(recorded: TracedTurn) -> str:
    verdict, hits = recorded.trace.verdict, recorded.trace.hits
    if recorded.turn.outcome == Outcome.WITH_HUMAN:
        return "a person had the conversation: the assistant decided nothing"
    if recorded.turn.outcome == Outcome.HANDED_OFF:
        return "the customer asked for a person, or is on a topic that the business wants to answer itself"
    if recorded.trace.parts:
        return f"it asks for {len(recorded.trace.parts)} things, and each was found"
    if verdict is None:
        return "it was no question: answered without a search"
    if not hits:
        return "nothing was found"
    sure = f"the best candidate answers with a probability of {verdict.confidence:.3f}"
    if verdict.decision is Decision.CLARIFY:
        return f"{sure}: enough to ask back ({verdict.clarify_from:.3f}), not to answer ({verdict.threshold:.3f})"
    if verdict.decision is Decision.DECLINE:
        return f"{sure}: not the {min(verdict.threshold, verdict.clarify_from):.3f} that it takes"
    if recorded.turn.outcome != Outcome.ANSWERED:
        return f"{sure}, which is enough ({verdict.threshold:.3f}), but its text left nothing to say"
    return f"{sure}: at least the {verdict.threshold:.3f} that it takes"
