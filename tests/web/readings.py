"""Reading /metrics."""

from __future__ import annotations

from collections import Counter

from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

PREFIX = "customer_assist_"
Series = tuple[str, frozenset[tuple[str, str]]]


class Readings(dict[Series, float]):
    """Every sample of one scrape."""

    def __init__(self, client: FlaskClient) -> None:
        reply = client.get("/metrics")
        assert reply.status_code == 200 and reply.content_type.startswith("text/plain; version=0.0.4")
        self.text = reply.get_data(as_text=True)
        for family in text_string_to_metric_families(self.text):
            for sample in family.samples:
                series = sample.name.removeprefix(PREFIX), frozenset(sample.labels.items())
                assert series not in self, "each series once"
                self[series] = sample.value

    def of(self, name: str, **labels: str) -> float | None:
        """None: there is no such series."""
        return self.get((name, frozenset(labels.items())))

    def moved(self, before: Readings, *names: str) -> Counter[Series]:
        """The series of these names that changed, and by how much."""
        changed = {series: value - before.get(series, 0.0) for series, value in self.items()}
        return Counter(
            {series: by for series, by in changed.items() if by and (not names or series[0] in names)}
        )


def series(name: str, **labels: str) -> Series:
    return name, frozenset(labels.items())
