"""What is said about settings and containers, held against the code. No container engine is needed, or used."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from customer_assist.config import VARIABLES, load_settings

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {variable.name for variable in VARIABLES}
OF_COMPOSE = {"GRAFANA_SECRET_KEY"}


@pytest.fixture(scope="module")
def compose_text() -> str:
    return (ROOT / "deploy" / "compose.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def services(compose_text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(compose_text)["services"]
    return found


def test_the_settings_page_is_what_the_code_says() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "scripts" / "settings_table"], capture_output=True, text=True, check=True
    )
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == made.stdout


def test_the_example_of_env_names_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    assert set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)) == KNOWN | OF_COMPOSE


def test_the_example_of_env_holds_no_secret_and_leaves_the_server_to_us(tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    assert not re.search(r"^\w*(PASSWORD|KEY)=.", text, re.MULTILINE)
    (tmp_path / ".env").write_text(text, "utf-8")
    assert load_settings({}, folder=tmp_path) == load_settings({}, folder=tmp_path / "nowhere")


def test_the_template_for_direnv_holds_no_key() -> None:
    assert "export OPENAI_API_KEY=\n" in (ROOT / ".envrc_template").read_text("utf-8")


def test_compose_reads_only_settings_that_exist(compose_text: str) -> None:
    assert set(re.findall(r"\$\{([A-Z_]+)", compose_text)) <= KNOWN | OF_COMPOSE


def test_the_app_is_given_only_settings_that_it_knows(services: dict[str, Any]) -> None:
    assert set(services["app"]["environment"]) <= KNOWN


def test_no_service_starts_with_a_default_secret(compose_text: str) -> None:
    secrets = set(re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|SECRET_KEY))(:.)([^}]*)", compose_text))
    assert {name for name, kind, _ in secrets if kind == ":?"} == {
        "POSTGRES_PASSWORD",
        "GRAFANA_POSTGRES_PASSWORD",
        "GRAFANA_ADMIN_PASSWORD",
        "GRAFANA_SECRET_KEY",
    }
    assert {each for each in secrets if each[1] != ":?"} == {
        ("CUSTOMER_ASSIST_SMTP_PASSWORD", ":-", ""),
        ("CUSTOMER_ASSIST_WEBHOOK_SECRET", ":-", ""),
    }


def test_nothing_listens_beyond_the_machine(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service["ports"]]
    assert len(ports) == 4 and all(port.startswith("127.0.0.1:") for port in ports)


def test_every_service_reaps_its_children_and_has_a_health_check(services: dict[str, Any]) -> None:
    assert all(service["init"] is True for service in services.values())
    assert all("healthcheck" in services[name] for name in ("postgres", "grafana", "prometheus"))
    assert "HEALTHCHECK" in (ROOT / "deploy" / "Dockerfile").read_text("utf-8")


def test_the_app_waits_for_a_healthy_database(services: dict[str, Any]) -> None:
    assert services["app"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_every_volume_that_is_mounted_is_declared(compose_text: str, services: dict[str, Any]) -> None:
    mounted = {v.split(":")[0] for service in services.values() for v in service["volumes"]}
    named = {name for name in mounted if not name.startswith(".")}
    assert named == set(yaml.safe_load(compose_text)["volumes"])
    assert all((ROOT / "deploy" / name).exists() for name in mounted - named)


def test_the_image_copies_only_what_is_there_and_runs_without_root() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.M) for word in line.split()[:-1]]
    assert copied and all((ROOT / name).exists() for name in copied)
    allowed = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert all(f"!{name}" in allowed for name in copied)
    assert text.index("USER assist") < text.index("CMD [")


def test_grafana_finds_the_database_by_the_names_that_compose_gives_it(services: dict[str, Any]) -> None:
    path = ROOT / "deploy" / "grafana" / "provisioning" / "datasources" / "postgres.yaml"
    [source] = yaml.safe_load(path.read_text("utf-8"))["datasources"]
    used = set(re.findall(r"\$__env\{(\w+)\}", path.read_text("utf-8")))
    assert used <= set(services["grafana"]["environment"])
    assert source["url"] == "postgres:5432" and source["type"] == "grafana-postgresql-datasource"
