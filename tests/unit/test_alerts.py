"""The rules of alerts, held against what /metrics shows and against the page that says what to do."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from customer_assist.model import Outcome
from customer_assist.serving import THREADS
from customer_assist.signals.metrics import STAGES, STATUSES
from customer_assist.signals.names import HISTOGRAM, SIGNALS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "prometheus"
PAGE = (ROOT / "docs" / "alerts.md").read_text("utf-8")

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<text>\"[^\"]*\")|(?P<number>\d+(?:\.\d+)?)(?![a-z])|(?P<span>\[\d+[smhd]\])"
    r"|(?P<word>[a-zA-Z_:][\w:]*)|(?P<sign>=~|!~|!=|==|>=|<=|[-+*/(){},=<>])"
)
_WORDS = {"sum", "max", "rate", "increase", "histogram_quantile", "absent", "by", "or", "and"}
_RANGED = {"rate", "increase"}
OF_PROMETHEUS = {"up": {"job", "instance"}}
VALUES = {
    "status": set(STATUSES),
    "stage": set(STAGES),
    "degraded": {"true", "false"},
    "outcome": set(Outcome),
}


def series() -> dict[str, set[str]]:
    """What /metrics shows (test_web_metrics.py holds it to that): names of samples, and their labels."""
    shown = dict(OF_PROMETHEUS)
    for signal in SIGNALS:
        kinds = ("_bucket", "_sum", "_count") if signal.kind == HISTOGRAM else ("",)
        for kind in kinds:
            shown[signal.name + kind] = {*signal.labels, *(["le"] if kind == "_bucket" else [])}
    return shown


SERIES = series()


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((FOLDER / "alerts.yaml").read_text("utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


RULES = {rule["alert"]: rule for rule in rules()}
every_alert = pytest.mark.parametrize("alert", RULES)


def tokens(expression: str) -> list[tuple[str, str]]:
    found, place = [], 0
    while place < len(expression):
        match = _TOKEN.match(expression, place)
        if match is None:
            raise ValueError(f"what is this? {expression[place : place + 20]}")
        place = match.end()
        if match.lastgroup != "space":
            found.append((str(match.lastgroup), match.group()))
    return found


def check(expression: str) -> None:
    """Raises ValueError for a metric, a label or a value that does not exist, and for what is not closed."""
    read, open_, metrics, metric = tokens(expression), [], [], ""
    for (_, before), (kind, word), (_, after) in zip(
        [("", ""), *read], read, [*read[1:], ("", "")], strict=False
    ):
        if kind == "sign" and word in "({":
            open_.append((word, before))
        elif kind == "sign" and word in ")}":
            if not open_ or open_.pop()[0] != {")": "(", "}": "{"}[word]:
                raise ValueError(f"not closed as it was opened: {expression}")
        elif kind == "word" and open_ and open_[-1] == ("(", "by"):
            metrics.append(("by", word))
        elif kind == "word" and open_ and open_[-1][0] == "{":
            if word not in SERIES[metric]:
                raise ValueError(f"{metric} has no label {word}")
            label = word
        elif kind == "word" and word not in _WORDS:
            metric = word
            if word not in SERIES:
                raise ValueError(f"there is no metric {word}")
            metrics.append(("metric", word))
            if word.endswith(("_total", "_bucket")) and not (open_ and open_[-1][1] in _RANGED):
                raise ValueError(f"{word} only ever grows: ask for its rate or increase")
        elif kind == "text" and before == "=" and label in VALUES and word.strip('"') not in VALUES[label]:
            raise ValueError(f"{label} is never {word}")
        elif kind == "span" and not (after == ")" and open_ and open_[-1][1] in _RANGED):
            raise ValueError(f"{word} belongs to a rate or an increase")
    if open_ or not any(kind == "metric" for kind, _ in metrics):
        raise ValueError(f"not whole: {expression}")
    for (kind, label), (_, name) in pairwise(metrics):
        if kind == "by" and name in SERIES and label not in SERIES[name]:
            raise ValueError(f"{name} has no label {label}")


@every_alert
def test_every_rule_asks_for_what_is_shown(alert: str) -> None:
    check(RULES[alert]["expr"])


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("customer_assist_database_upp == 0", "no metric"),
        ('customer_assist_database_up{state="idle"} == 0', "no label state"),
        ('increase(customer_assist_turns_total{degraded="yes"}[5m]) > 0', 'never "yes"'),
        ("customer_assist_turns_total > 5", "only ever grows"),
        ("customer_assist_jobs_due[5m] > 5", "belongs to"),
        ("sum(customer_assist_jobs_due > 5", "not whole"),
        ("sum(customer_assist_jobs_due} > 5", "not closed"),
        ("sum by (stage) (customer_assist_jobs_due) > 5", "no label stage"),
        ("customer_assist_turn_seconds > 5", "no metric"),
        ("customer_assist_jobs_due > 5; drop", "what is this"),
        ("1 > 0", "not whole"),
    ],
)
def test_a_rule_that_asks_for_something_else_would_be_noticed(expression: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        check(expression)


@every_alert
def test_every_rule_is_whole_and_leads_to_its_section(alert: str) -> None:
    rule = RULES[alert]
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s")) and rule["annotations"]["summary"].endswith(".")
    assert rule["annotations"]["runbook"] == f"docs/alerts.md#{alert.lower()}"
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_every_alert_has_its_section_and_every_section_its_alert() -> None:
    assert len(RULES) == len(rules())
    assert re.findall(r"^## (\w+)$", PAGE, re.MULTILINE) == list(RULES)


@every_alert
def test_a_section_says_how_urgent_it_is_and_what_to_do_first(alert: str) -> None:
    section = PAGE.split(f"\n## {alert}\n", 1)[1].split("\n## ", 1)[0]
    assert section.strip().startswith(RULES[alert]["labels"]["severity"].capitalize() + ". ")
    assert "\n1. " in section and "\n2. " in section


def test_the_questions_to_prometheus_on_the_pages_ask_for_what_is_shown() -> None:
    asked = 0
    for name in ("alerts.md", "monitoring.md"):
        text = (ROOT / "docs" / name).read_text("utf-8")
        for block in re.findall(r"^ *```text\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE):
            for line in block.splitlines():
                if "customer_assist_" in line:
                    check(line.strip())
                    asked += 1
    assert asked >= 8


def test_the_server_is_busy_when_three_quarters_of_its_threads_are() -> None:
    assert RULES["ServerBusy"]["expr"].endswith(f"> {3 * THREADS // 4}")
    assert f"server's {THREADS} threads" in PAGE


def test_the_example_of_prometheus_reads_the_rules_and_the_app_of_compose() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yaml").read_text("utf-8"))
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    [scrape] = config["scrape_configs"]
    assert [(FOLDER / name).name for name in config["rule_files"]] == ["alerts.yaml"]
    assert f'job="{scrape["job_name"]}"' in RULES["AssistantDown"]["expr"]
    assert scrape["static_configs"] == [{"targets": ["app:5000"]}] and "app" in compose["services"]
    service = compose["services"]["prometheus"]
    assert service["profiles"] == ["prometheus"] and "./prometheus:/etc/prometheus:ro" in service["volumes"]
    assert "--config.file=/etc/prometheus/prometheus.yaml" in service["command"]
