"""What can be set about the language model: who it is, what it may cost, and how much of its work is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from customer_assist.settings_values import Variable, money, share, whole

MODEL_VARIABLES: tuple[Variable, ...] = (
    Variable("OPENAI_API_KEY", "", "key of the language model; empty: answers are extracted"),
    Variable("OPENAI_BASE_URL", "", "any OpenAI-compatible server; empty with a key: OpenAI's own"),
    Variable("CUSTOMER_ASSIST_MODEL", "gpt-4o-mini", "name of the language model"),
    Variable("CUSTOMER_ASSIST_MODEL_TIMEOUT", "20", "seconds that a model's answer may take as a whole"),
    Variable("CUSTOMER_ASSIST_MODEL_CALLS_PER_DAY", "500", "after so many calls a day answers are extracted"),
    Variable("CUSTOMER_ASSIST_MODEL_CALLS_PER_CONVERSATION", "40", "the same for a conversation"),
    Variable(
        "CUSTOMER_ASSIST_MODEL_BUDGET_PER_DAY",
        "",
        "the same in money, in the currency of the model's price (`customer-assist prices`); empty: no limit",
    ),
    Variable(
        "CUSTOMER_ASSIST_JUDGE", "0.1", "share of answers that a language model judges afterwards, 0 to 1"
    ),
    Variable("CUSTOMER_ASSIST_JUDGE_MODEL", "", "name of the model that judges; empty: the one that answers"),
    Variable("CUSTOMER_ASSIST_JUDGE_CALLS_PER_DAY", "50", "calls that judging may take a day"),
    Variable(
        "CUSTOMER_ASSIST_JUDGE_CHANNELS",
        "",
        "channels whose answers are judged, with commas between; empty: all that customers use",
    ),
)
_MOST_CALLS = 10_000_000


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    share: float = 0.1  # of answers; 0: none
    model: str = ""  # "": the one that answers
    calls_per_day: int = 50
    channels: tuple[str, ...] = ()  # (): all that customers use


@dataclass(frozen=True, slots=True)
class LLMSettings:
    api_key: str = field(repr=False)
    base_url: str | None  # None: the provider's own address
    model: str
    timeout: float  # seconds, for one answer as a whole
    calls_per_day: int
    calls_per_conversation: int = 40
    budget_per_day: Decimal | None = None  # in the currency of the model's price; None: no limit
    judge: JudgeSettings = JudgeSettings()

    @property
    def judging_model(self) -> str:
        return self.judge.model or self.model


def model_settings(values: Mapping[str, str]) -> LLMSettings | None:
    """None: there is no language model. Raises ConfigurationError."""
    key, base_url = values["OPENAI_API_KEY"], values["OPENAI_BASE_URL"]
    if not key and not base_url:
        return None
    return LLMSettings(
        api_key=key or "none",  # a local server wants none, the client insists on one
        base_url=base_url or None,
        model=values["CUSTOMER_ASSIST_MODEL"],
        timeout=float(whole(values, "CUSTOMER_ASSIST_MODEL_TIMEOUT", 1, 600)),
        calls_per_day=whole(values, "CUSTOMER_ASSIST_MODEL_CALLS_PER_DAY", 0, _MOST_CALLS),
        calls_per_conversation=whole(values, "CUSTOMER_ASSIST_MODEL_CALLS_PER_CONVERSATION", 0, _MOST_CALLS),
        budget_per_day=money(values, "CUSTOMER_ASSIST_MODEL_BUDGET_PER_DAY"),
        judge=JudgeSettings(
            share(values, "CUSTOMER_ASSIST_JUDGE", 0.0, 1.0),
            values["CUSTOMER_ASSIST_JUDGE_MODEL"].strip(),
            whole(values, "CUSTOMER_ASSIST_JUDGE_CALLS_PER_DAY", 0, _MOST_CALLS),
            tuple(
                filter(None, (each.strip() for each in values["CUSTOMER_ASSIST_JUDGE_CHANNELS"].split(",")))
            ),
        ),
    )
