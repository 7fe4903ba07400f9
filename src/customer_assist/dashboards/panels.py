"""Panels and dashboards in our words, and as Grafana 11.6 keeps them.

`title`, `sql` and `says` are what a panel is; the rest is how it looks. Panels flow from left to right, line by line,
so that none covers another; their numbers follow from their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

DATASOURCE_UID = "customer-assist"
DATASOURCE_TYPE = "grafana-postgresql-datasource"
SCHEMA_VERSION = 41  # what Grafana 11.6 writes
PLUGIN_VERSION = "11.6.0"
WIDTH = 24  # columns of Grafana's grid

Json = dict[str, object]
_SOURCE: Mapping[str, str] = {"type": DATASOURCE_TYPE, "uid": DATASOURCE_UID}


class Kind(StrEnum):
    """Grafana's names."""

    TABLE = "table"
    PIE = "piechart"
    GAUGE = "gauge"
    SERIES = "timeseries"
    BARS = "barchart"
    STAT = "stat"


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    kind: Kind
    sql: str  # with Grafana's macros
    says: str  # what it shows, and what to do about it
    width: int = 12
    height: int = 8
    unit: str = "short"
    units: Mapping[str, str] = field(default_factory=dict)  # of single columns, by name
    steps: Sequence[tuple[str, float | None]] = (
        ("blue", None),
    )  # colour from value; the first from anywhere
    drawn: str = "line"  # or bars; of a series over time
    stacked: bool = False
    interval: str = ""  # the shortest that $__interval may be
    nothing: str = ""  # what it shows where there is nothing; "": Grafana's own words


@dataclass(frozen=True, slots=True)
class Row:
    """A heading across the whole width."""

    title: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    uid: str
    title: str
    says: str
    since: str  # how far back it looks at first, e.g. "now-24h"
    refresh: str
    parts: Sequence[Row | Panel]

    @property
    def panels(self) -> list[Panel]:
        return [part for part in self.parts if isinstance(part, Panel)]


def as_json(dashboard: Dashboard) -> Json:
    """The dashboard as Grafana imports it."""
    return {
        "annotations": {"list": []},
        "description": dashboard.says,
        "editable": True,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 1,  # one cross hair over all panels
        "id": None,
        "links": [
            {
                "asDropdown": False,
                "icon": "external link",
                "includeVars": False,
                "keepTime": True,
                "tags": ["customer-assist"],
                "targetBlank": False,
                "title": "",
                "tooltip": "",
                "type": "dashboards",
                "url": "",
            }
        ],
        "panels": [
            _row(part, number, place) if isinstance(part, Row) else _panel(part, number, place)
            for number, (part, place) in enumerate(placed(dashboard.parts), start=1)
        ],
        "preload": False,
        "refresh": dashboard.refresh,
        "schemaVersion": SCHEMA_VERSION,
        "tags": ["customer-assist"],
        "templating": {"list": []},
        "time": {"from": dashboard.since, "to": "now"},
        "timepicker": {},
        "timezone": "browser",
        "title": dashboard.title,
        "uid": dashboard.uid,
        "weekStart": "",
    }


def placed(parts: Sequence[Row | Panel]) -> Iterator[tuple[Row | Panel, Json]]:
    """Each with its place in the grid; a line is as high as its highest panel."""
    x = y = line = 0
    for part in parts:
        width, height = (WIDTH, 1) if isinstance(part, Row) else (part.width, part.height)
        if x + width > WIDTH:
            x, y, line = 0, y + line, 0
        yield part, {"h": height, "w": width, "x": x, "y": y}
        x, line = x + width, max(line, height)


def _row(row: Row, number: int, place: Json) -> Json:
    return {
        "collapsed": False,
        "gridPos": place,
        "id": number,
        "panels": [],
        "title": row.title,
        "type": "row",
    }


def _panel(panel: Panel, number: int, place: Json) -> Json:
    shown: Json = {
        "datasource": dict(_SOURCE),
        "description": panel.says,
        "fieldConfig": {"defaults": _defaults(panel), "overrides": _overrides(panel)},
        "gridPos": place,
        "id": number,
        "options": _options(panel.kind),
        "pluginVersion": PLUGIN_VERSION,
        "targets": [
            {
                "datasource": dict(_SOURCE),
                "editorMode": "code",
                "format": "time_series" if panel.kind is Kind.SERIES else "table",
                "rawQuery": True,
                "rawSql": panel.sql,
                "refId": "A",
            }
        ],
        "title": panel.title,
        "type": panel.kind.value,
    }
    return shown | {"interval": panel.interval} if panel.interval else shown


def _defaults(panel: Panel) -> Json:
    mode = "palette-classic" if panel.kind in (Kind.PIE, Kind.SERIES, Kind.BARS) else "thresholds"
    relative = panel.kind is Kind.GAUGE
    defaults: Json = {
        "color": {"mode": mode},
        "custom": _custom(panel),
        "mappings": [],
        "thresholds": {
            "mode": "percentage" if relative else "absolute",
            "steps": [{"color": colour, "value": value} for colour, value in panel.steps],
        },
        "unit": panel.unit,
    }
    if panel.kind is not Kind.TABLE:
        defaults["min"] = 0
    return defaults | {"noValue": panel.nothing} if panel.nothing else defaults


def _custom(panel: Panel) -> Json:
    hidden = {"legend": False, "tooltip": False, "viz": False}
    match panel.kind:
        case Kind.SERIES:
            bars = panel.drawn == "bars"
            return {
                "axisPlacement": "auto",
                "drawStyle": panel.drawn,
                "fillOpacity": 80 if bars else 10,
                "hideFrom": hidden,
                "lineInterpolation": "linear",
                "lineWidth": 1,
                "pointSize": 5,
                "showPoints": "auto",
                "spanNulls": False,
                "stacking": {"group": "A", "mode": "normal" if panel.stacked else "none"},
            }
        case Kind.BARS:
            return {"axisPlacement": "auto", "fillOpacity": 80, "hideFrom": hidden, "lineWidth": 1}
        case Kind.TABLE:
            return {"align": "auto", "cellOptions": {"type": "auto", "wrapText": True}, "inspect": True}
        case Kind.PIE:
            return {"hideFrom": hidden}
        case _:
            return {}


def _overrides(panel: Panel) -> list[Json]:
    return [
        {"matcher": {"id": "byName", "options": name}, "properties": [{"id": "unit", "value": unit}]}
        for name, unit in panel.units.items()
    ]


def _options(kind: Kind) -> Json:
    tooltip = {"hideZeros": False, "mode": "multi", "sort": "desc"}
    legend = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True}
    last: Json = {"calcs": ["lastNotNull"], "fields": "", "values": False}
    every: Json = {"calcs": [], "fields": "", "values": True}
    match kind:
        case Kind.TABLE:
            return {"cellHeight": "sm", "showHeader": True, "sortBy": []}
        case Kind.PIE:
            return {
                "displayLabels": ["percent"],
                "legend": legend | {"placement": "right", "values": ["value"]},
                "pieType": "pie",
                "reduceOptions": last,
                "tooltip": tooltip | {"mode": "single", "sort": "none"},
            }
        case Kind.GAUGE:
            return {
                "orientation": "auto",
                "reduceOptions": every,
                "showThresholdLabels": False,
                "showThresholdMarkers": True,
            }
        case Kind.SERIES:
            return {"legend": legend, "tooltip": tooltip}
        case Kind.BARS:
            return {
                "barWidth": 0.9,
                "legend": legend | {"showLegend": False},
                "orientation": "horizontal",
                "showValue": "auto",
                "stacking": "none",
                "tooltip": tooltip | {"mode": "single", "sort": "none"},
            }
        case Kind.STAT:
            return {
                "colorMode": "value",
                "graphMode": "none",
                "justifyMode": "auto",
                "orientation": "auto",
                "reduceOptions": last,
                "textMode": "auto",
                "wideLayout": True,
            }
