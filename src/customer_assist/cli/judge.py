"""`customer-assist judge`: answers of days gone by are judged, too."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from customer_assist.cli.output import counted, out, print_json
from customer_assist.cli.session import AsJson, settings_of_command

EXAMPLE = "customer-assist judge --days 7 --share 0.5"


def judge(
    days: Annotated[int, typer.Option(min=1, max=3650, help="Answers of so many days.")] = 7,
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Which share of them.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Have answers of the last days judged that nobody judged yet.

    `serve` or `worker` does it, as fast as CUSTOMER_ASSIST_JUDGE_CALLS_PER_DAY lets it; what is not done after two
    days is left. The language model must be set.
    """
    settings = settings_of_command()
    from customer_assist.bootstrap import open_database, utc_now
    from customer_assist.errors import ConfigurationError
    from customer_assist.sampling import Sampling, judgment_of
    from customer_assist.storage.judgments import JudgmentStore

    if settings.llm is None:
        raise ConfigurationError("there is no language model to judge: set OPENAI_API_KEY or OPENAI_BASE_URL")
    sampling = Sampling(share, settings.llm.judge.channels)
    with open_database(settings) as database:
        store, now = JudgmentStore(database), utc_now()
        unjudged = store.unjudged(now - timedelta(days=days))
        wanted = [judgment_of(turn, now) for turn, channel in unjudged if sampling.takes(turn, channel)]
        waiting = store.add(wanted)
    if as_json:
        print_json({"unjudged": len(unjudged), "added": waiting})
    else:
        out().print(f"{counted(waiting, 'answer')} of {len(unjudged)} that nobody judged will be judged")
