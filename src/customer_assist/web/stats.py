"""What happened, counted: for the people who run the business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from flask import Response, jsonify
from flask_openapi.models.tag import Tag

from customer_assist.bootstrap import Assistant, utc_now
from customer_assist.insights.channels import channels
from customer_assist.insights.digest import MOST, Digest, read_digest
from customer_assist.insights.endings import Endings
from customer_assist.insights.gap_book import LastDays
from customer_assist.insights.outcomes import OUTCOME_OF, Came
from customer_assist.insights.period import asked_for
from customer_assist.insights.stats import Stats
from customer_assist.storage.clocks import ClockReport
from customer_assist.web.access import READING, admin_blueprint
from customer_assist.web.api import service
from customer_assist.web.stats_schemas import ClockReply, DigestReply, FigureReply, StatsQuery, StatsReply

_MOMENT = 1.0  # seconds
stats = admin_blueprint("stats")
_TAG = Tag(name="Insights", description="What happened, counted: with the admin key.")


@stats.get("/stats", tags=[_TAG], responses={**READING, 200: StatsReply})
def show_stats(query: StatsQuery) -> Response:
    """Days are days of TZ. Customers' messages alone are counted unless another `channel` is asked for."""
    assistant = service().assistant
    zone = assistant.settings.time_zone
    period = asked_for(query.days, query.first, query.last, utc_now(), zone)
    found = assistant.insights.stats(period, channels(query.channel))
    body = stats_body(found, assistant.insights.clocks(zone))
    return jsonify(body)


@stats.get("/digest", tags=[_TAG], responses={**READING, 200: DigestReply})
def show_digest(query: StatsQuery) -> Response:
    """The same time in a few lines, compared with as many days before it."""
    assistant, now = service().assistant, utc_now()
    period = asked_for(query.days, query.first, query.last, now, assistant.settings.time_zone)
    wanted = channels(query.channel)
    missing = _missing(assistant, len(period.days), query.channel) if query.first is None else ()
    found = read_digest(assistant.insights, period, wanted, now, missing)
    return jsonify(digest_body(found))


@stats.get("/clock", tags=[_TAG], responses={**READING, 200: ClockReply})
def compare_clocks() -> Response:
    """Whether the database's clock and the program's agree: if not, what happened is shown at wrong times."""
    assistant = service().assistant
    found = assistant.insights.clocks(assistant.settings.time_zone)
    return jsonify(_clock(found).model_dump(mode="json"))


def _missing(assistant: Assistant, days: int, channel: str) -> Sequence[str]:
    """What most customers asked in vain. Where that takes longer than a moment, nothing: the next look has it."""
    found = assistant.gaps.standing(LastDays(days, channel), _MOMENT).gaps
    open_ones = [gap for gap in found.gaps if not gap.dismissed] if found else []
    return [
        f"{gap.questions} questions like “{gap.title}” had no good answer: write it down, under “Unanswered”."
        for gap in open_ones[:MOST]
    ]


def digest_body(found: Digest) -> dict[str, object]:
    """As JSON; the command line prints the same."""
    reply = DigestReply(
        since=found.period.since,
        until=found.period.until,
        before_since=found.before.since,
        before_until=found.before.until,
        figures=[FigureReply.model_validate(asdict(figure)) for figure in found.figures],
        lines=list(found.lines),
        next=list(found.next),
    )
    return reply.model_dump(mode="json")


def stats_body(found: Stats, clocks: ClockReport) -> dict[str, object]:
    """As JSON."""
    turns, people, period = found.turns, found.people, found.period
    degraded, of = turns.degraded()
    cost = found.cost
    reply = {
        "period": {
            "since": period.since,
            "until": period.until,
            "time_zone": period.zone.key,
            "channel": found.channels.name,
        },
        "read_at": found.read_at,
        "demo": found.demo,
        "messages": turns.messages,
        "conversations": turns.conversations,
        "days": [asdict(day) for day in turns.by_day()],
        "turns_by_outcome": turns.by_outcome(),
        "outcomes": _outcomes(found.endings),
        "ratings": asdict(found.thumbs),
        "relevance": asdict(found.relevance),
        "answered_by": turns.by_writer(),
        "seconds": {stage: asdict(seconds) for stage, seconds in found.seconds.items()},
        "degraded": {"turns": degraded, "of": of, "share": degraded / of if of else None},
        "handoffs": asdict(people),
        "cost": {
            "tokens": cost.tokens,
            **asdict(cost),
        },
        "articles": asdict(found.articles),
        "backlog": [asdict(kind) for kind in found.backlog],
        "latest": [asdict(turn) for turn in found.latest],
        "clock": _clock(clocks),
    }
    return StatsReply.model_validate(reply).model_dump(mode="json")


def _outcomes(endings: Endings) -> dict[str, object]:
    def of(came: Came) -> dict[str, object]:
        why = {str(reason): n for reason, n in endings.by_why.items() if OUTCOME_OF[reason] is came}
        share = endings.share(came)
        nothing = {"conversations": 0, "share": None, "low": None, "high": None}
        return (asdict(share) if share else nothing) | {"why": why}

    return {"conversations": endings.conversations} | {str(came): of(came) for came in Came}


def _clock(report: ClockReport) -> ClockReply:
    return ClockReply(
        difference_seconds=round(report.difference.total_seconds(), 3),
        agree=report.agree,
        time_zone=report.zone.key,
    )
