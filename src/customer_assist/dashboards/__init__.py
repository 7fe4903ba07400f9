"""Dashboards for Grafana as code: what they show, how Grafana writes it down, and how they get there."""
