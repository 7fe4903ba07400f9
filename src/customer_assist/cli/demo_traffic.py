"""`customer-assist demo-traffic`: pretended customers, so that every panel has something to show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_assist.cli.output import counted, out, print_json, print_note, progress_bar
from customer_assist.cli.session import AsJson, Sample, answering_assistant

if TYPE_CHECKING:
    from customer_assist.bootstrap import Assistant
    from customer_assist.sample_traffic import Material

EXAMPLE = "customer-assist demo-traffic --days 7"
SAMPLE_QUESTIONS = Path("examples/questions")
_ARTICLES = 5000  # at most, that are asked about
_UNKNOWN = (  # of any business that is no shop for spare parts of ships
    "do you sell replacement propellers for a 1974 fishing boat",
    "whats the weather going to be on saturday",
    "can you help me with my tax return",
    "who won the match yesterday",
    "do you repair church organs",
)


def demo_traffic(
    days: Annotated[int, typer.Option(min=1, max=90, help="How far back the conversations reach.")] = 7,
    conversations: Annotated[int, typer.Option(min=1, max=20_000, help="How many to play.")] = 300,
    remove: Annotated[bool, typer.Option("--remove", help="Only remove what was played.")] = False,
    seed: Annotated[int, typer.Option(help="Another number plays other conversations.")] = 0,
    sample: Sample = None,
    as_json: AsJson = False,
) -> None:
    """Play pretended customers' questions over the past week, or remove them.

    They ask the real assistant, under the channel "demo". That a model worded some answers, ratings and a judge's word
    are pretended. What was played before is replaced; no notice is sent.
    """
    from customer_assist.sample_traffic import MODEL, Judged, play
    from customer_assist.storage.sample_turns import SampleTurns

    with answering_assistant(sample) as opened:
        turns = SampleTurns(opened.database)
        gone = turns.remove(MODEL)
        if remove:
            _say_removed(gone.conversations, gone.turns, as_json=as_json)
            return
        turns.price(MODEL)

        def judged(verdict: Judged) -> None:
            turns.judge(verdict.turn.id, verdict.right, MODEL)

        from customer_assist.bootstrap import utc_now

        with progress_bar("Playing conversations") as progress:
            played = play(
                opened.library,
                opened.journal,
                opened.handoffs,
                _material(opened),
                conversations=conversations,
                days=days,
                until=utc_now(),
                zone=opened.settings.time_zone,
                judged=judged,
                on_progress=progress,
                seed=seed,
            )
    if as_json:
        print_json(
            {"conversations": played.conversations, "turns": played.turns, "handoffs": played.handoffs}
        )
        return
    days_back = counted(days, "day")
    out().print(
        f"Played {counted(played.conversations, 'conversation')} over {days_back}: {counted(played.turns, 'turn')}"
        f" by the assistant and by people, {counted(played.handoffs, 'handoff')}."
    )
    print_note(
        'they stand under the channel "demo": customer-assist demo-traffic --remove takes them out again'
    )


def _say_removed(conversations: int, turns: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"removed": {"conversations": conversations, "turns": turns}})
    else:
        out().print(f"Removed {counted(conversations, 'conversation')} of sample traffic.")


def _material(opened: Assistant) -> Material:
    """The sample business's test questions where that is loaded and they are here; else the articles' own titles and
    ways of asking."""
    from customer_assist.sample_traffic import Material

    if opened.library.current().demo and (SAMPLE_QUESTIONS / "questions.jsonl").exists():
        known = [(str(row["question"]), str(row["document"])) for row in _rows("questions.jsonl")]
        unknown = [str(row["question"]) for row in _rows("unanswerable.jsonl")]
        followups = [(str(row["first"]), str(row["followup"])) for row in _rows("followups.jsonl")]
        return Material(known, unknown, followups)
    documents = opened.documents.list(limit=_ARTICLES)
    known = [(asked, each.id) for each in documents for asked in each.questions or (each.title,) if asked]
    return Material(known, _UNKNOWN)


def _rows(name: str) -> list[dict[str, object]]:
    lines = (SAMPLE_QUESTIONS / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
