"""The dashboards as Grafana gets them: what is in the JSON, and that the files are what the code makes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from bench.grafana_macros import TimeRange, UnknownMacro, expand

from customer_assist.dashboards.files import DASHBOARDS, files
from customer_assist.dashboards.panels import (
    DATASOURCE_TYPE,
    DATASOURCE_UID,
    WIDTH,
    Dashboard,
    Kind,
    Panel,
    Row,
    as_json,
    placed,
)
from customer_assist.dashboards.reference import CONVERSATIONS
from customer_assist.dashboards.wording import OUTCOMES, REASONS
from customer_assist.model import HandoffReason, Outcome
from dashboard_data import MONDAY

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FOLDER = DEPLOY / "grafana" / "dashboards"
each_dashboard = pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)


def panels(dashboard: Dashboard) -> list[dict[str, Any]]:
    made: Any = json.loads(json.dumps(as_json(dashboard)))
    return list(made["panels"])


def test_the_files_are_what_the_code_makes() -> None:
    kept = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert kept == files(), "run scripts/grafana_dashboards"


def test_the_references_panels_are_there_by_its_names_and_pictures() -> None:
    assert {panel["title"]: panel["type"] for panel in panels(CONVERSATIONS)} == {
        "Last 5 Conversations": "table",
        "+1/-1": "piechart",
        "Relevancy": "gauge",
        "Tokens": "timeseries",
        "Model Used": "barchart",
        "Response time": "timeseries",
    }


def test_no_two_dashboards_share_an_id_or_a_title_and_ids_are_short_enough() -> None:
    assert len({dashboard.uid for dashboard in DASHBOARDS}) == len(DASHBOARDS)
    assert len({dashboard.title for dashboard in DASHBOARDS}) == len(DASHBOARDS)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,40}", dashboard.uid) for dashboard in DASHBOARDS)


@each_dashboard
def test_a_dashboard_is_of_no_installation_and_shows_the_viewers_time(dashboard: Dashboard) -> None:
    made = as_json(dashboard)
    assert (made["id"], made["timezone"], made["schemaVersion"]) == (None, "browser", 41)
    assert "version" not in made and made["title"] and made["description"]


@each_dashboard
def test_panels_have_numbers_of_their_own(dashboard: Dashboard) -> None:
    numbers = [panel["id"] for panel in panels(dashboard)]
    assert len(set(numbers)) == len(numbers) and all(number > 0 for number in numbers)


@each_dashboard
def test_no_panel_covers_another_or_leaves_the_grid(dashboard: Dashboard) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels(dashboard):
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert cells and not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < WIDTH
        taken |= cells


def test_a_panel_that_does_not_fit_begins_a_line_below_the_highest() -> None:
    small, high = (Panel("a", Kind.STAT, "", "", width=10, height=height) for height in (4, 9))
    places = [(place["x"], place["y"]) for _, place in placed([small, high, small, Row("below"), small])]
    assert places == [(0, 0), (10, 0), (0, 9), (0, 13), (0, 14)]


@each_dashboard
def test_every_panel_and_query_names_the_data_source_by_its_uid(dashboard: Dashboard) -> None:
    source = {"type": DATASOURCE_TYPE, "uid": DATASOURCE_UID}
    for panel in panels(dashboard):
        if panel["type"] != "row":
            [target] = panel["targets"]
            assert panel["datasource"] == target["datasource"] == source
            assert target["rawQuery"] is True and target["refId"] == "A"
            wanted = "time_series" if panel["type"] == "timeseries" else "table"
            assert target["format"] == wanted


def test_the_provisioned_data_source_is_the_one_that_panels_name_and_only_reads() -> None:
    folder = DEPLOY / "grafana" / "provisioning"
    [source] = yaml.safe_load((folder / "datasources" / "postgres.yaml").read_text("utf-8"))["datasources"]
    assert (source["uid"], source["type"]) == (DATASOURCE_UID, DATASOURCE_TYPE)
    assert source["user"] == "$__env{GRAFANA_POSTGRES_USER}"
    assert source["secureJsonData"] == {"password": "$__env{GRAFANA_POSTGRES_PASSWORD}"}


def test_grafana_in_compose_finds_the_dashboards_where_the_provider_looks() -> None:
    path = DEPLOY / "grafana" / "provisioning" / "dashboards" / "customer-assist.yaml"
    [provider] = yaml.safe_load(path.read_text("utf-8"))["providers"]
    grafana = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["grafana"]
    place = provider["options"]["path"]
    assert f"./grafana/dashboards:{place}:ro" in grafana["volumes"]
    home = Path(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert str(home.parent) == place and (FOLDER / home.name).exists()
    assert provider["type"] == "file" and provider["allowUiUpdates"] is False


def test_grafana_in_compose_knows_no_password_of_the_owner() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    assert not {"POSTGRES_USER", "POSTGRES_PASSWORD"} & set(services["grafana"]["environment"])
    for name in ("GRAFANA_POSTGRES_USER", "GRAFANA_POSTGRES_PASSWORD"):
        assert services["app"]["environment"][name] == services["grafana"]["environment"][name]


@each_dashboard
def test_every_panel_says_what_it_shows_in_whole_sentences(dashboard: Dashboard) -> None:
    for panel in dashboard.panels:
        assert panel.says.endswith(".") and len(panel.says) > 30, panel.title


@each_dashboard
def test_the_page_about_grafana_has_every_panel(dashboard: Dashboard) -> None:
    page = (DEPLOY.parent / "docs" / "grafana.md").read_text("utf-8")
    assert all(f"\n| {panel.title} | " in page for panel in dashboard.panels)


@each_dashboard
def test_seconds_and_shares_have_units(dashboard: Dashboard) -> None:
    for panel in dashboard.panels:
        if "seconds" in panel.title.lower() or "time" in panel.title.lower().split():
            assert panel.unit == "s" or panel.title.endswith("over time"), panel.title
        if "::float8 / " in panel.sql and "prices" not in panel.sql:
            assert panel.unit == "percentunit", panel.title


@each_dashboard
def test_overrides_name_columns_that_the_query_has(dashboard: Dashboard) -> None:
    for panel in dashboard.panels:
        assert all(name in panel.sql for name in panel.units), panel.title


@each_dashboard
def test_every_series_asks_only_for_the_time_that_is_looked_at(dashboard: Dashboard) -> None:
    for panel in dashboard.panels:
        if panel.kind is Kind.SERIES:
            expand(panel.sql, MONDAY)
            assert re.search(r"\$__timeFilter\(|\$__timeFrom\(\)", panel.sql), panel.title


def test_every_outcome_and_reason_has_an_owners_words() -> None:
    assert set(OUTCOMES) == set(Outcome) and set(REASONS) == set(HandoffReason)
    assert len(set(OUTCOMES.values())) == len(OUTCOMES) and len(set(REASONS.values())) == len(REASONS)


# --- macros --------------------------------------------------------------------------------------

SEEN = TimeRange(MONDAY.since, MONDAY.until, "10m")


@pytest.mark.parametrize(
    ("macro", "sql"),
    [
        ("$__time(t)", 't AS "time"'),
        ("$__timeFilter(t)", "t BETWEEN '2026-05-04T00:00:00Z' AND '2026-05-04T23:59:59Z'"),
        ("$__timeFrom() $__timeTo()", "'2026-05-04T00:00:00Z' '2026-05-04T23:59:59Z'"),
        ("$__timeGroup(t, $__interval) AS time", "floor(extract(epoch from t)/600)*600 AS time"),
        ("$__timeGroup(t,'1d',0)", "floor(extract(epoch from t)/86400)*86400"),
        ("$__timeGroup(t,'1h'), x", 'floor(extract(epoch from t)/3600)*3600 AS "time", x'),
        ("$__timeGroupAlias(t,'30s')", 'floor(extract(epoch from t)/30)*30 AS "time"'),
        ("$__unixEpochFilter(t)", "t >= 1777852800 AND t <= 1777939199"),
        ("$__unixEpochGroupAlias(t,'1m')", 'floor((t)/60)*60 AS "time"'),
        ("$__interval_ms ${__interval}", "600000 10m"),
    ],
)
def test_a_macro_becomes_what_grafana_documents(macro: str, sql: str) -> None:
    assert expand(macro, SEEN) == sql


@pytest.mark.parametrize(
    "wrong", ["$__timeGrop(t, '1h')", "$__timeGroup(t)", "$__timeGroup(t,'soon')", "x = $channel"]
)
def test_what_grafana_does_not_know_is_an_error(wrong: str) -> None:
    with pytest.raises(UnknownMacro):
        expand(wrong, SEEN)
