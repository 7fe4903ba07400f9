"""Settings that are wrong say so in words; zones as containers name them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from customer_assist.config import load_settings
from customer_assist.errors import ConfigurationError
from customer_assist.model_settings import JudgeSettings


@pytest.mark.parametrize("name", ["CUSTOMER_ASSIST_HOME", "CUSTOMER_ASSIST_KNOWLEDGE"])
def test_the_home_of_a_user_that_does_not_exist_is_a_wrong_setting(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"~nosuchuser/x.*full path"):
        load_settings({name: "~nosuchuser/x"}, folder=tmp_path)


def test_a_file_of_settings_in_another_encoding_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("POSTGRES_PASSWORD=grün".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="UTF-8"):
        load_settings({}, folder=tmp_path)


@pytest.mark.parametrize("prefix", ["", ":"])
def test_a_zone_given_as_a_file_is_the_zone_that_the_file_is_a_link_to(tmp_path: Path, prefix: str) -> None:
    zone = tmp_path / "zoneinfo/Europe/Berlin"
    zone.parent.mkdir(parents=True)
    zone.touch()
    (tmp_path / "localtime").symlink_to(zone)
    found = load_settings({"TZ": f"{prefix}{tmp_path}/localtime"}, folder=tmp_path)
    assert found.time_zone.key == "Europe/Berlin"


@pytest.mark.parametrize("zone", ["CET-1CEST", ":/nowhere/localtime", "Europe", "../x"])
def test_what_names_no_zone_is_a_wrong_setting_that_names_one(tmp_path: Path, zone: str) -> None:
    with pytest.raises(ConfigurationError, match="Europe/Berlin"):
        load_settings({"TZ": zone}, folder=tmp_path)


def test_what_the_gate_is_to_keep_has_defaults_and_can_be_set(tmp_path: Path) -> None:
    left, given = (
        load_settings(environ, folder=tmp_path)
        for environ in ({}, {"CUSTOMER_ASSIST_COVERAGE": "0.8", "CUSTOMER_ASSIST_RISK": "0.05"})
    )
    assert (left.coverage, left.risk) == (0.95, None)
    assert (given.coverage, given.risk) == (0.8, 0.05)


@pytest.mark.parametrize("value", ["0.5", "1", " 0.9 ", "9e-1"])
def test_a_coverage_is_a_share_from_a_half_to_all(tmp_path: Path, value: str) -> None:
    assert load_settings({"CUSTOMER_ASSIST_COVERAGE": value}, folder=tmp_path).coverage == float(value)


@pytest.mark.parametrize("value", ["0", "0.5", "0.01"])
def test_a_risk_is_a_share_from_none_to_a_half(tmp_path: Path, value: str) -> None:
    assert load_settings({"CUSTOMER_ASSIST_RISK": value}, folder=tmp_path).risk == float(value)


@pytest.mark.parametrize("value", ["0.49", "1.01", "-1", "95", "95%", "most", "nan", "inf", "0,9"])
def test_what_is_no_coverage_says_what_is_one(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load_settings({"CUSTOMER_ASSIST_COVERAGE": value}, folder=tmp_path)
    assert str(raised.value).startswith(f"CUSTOMER_ASSIST_COVERAGE={value!r}: set a share from 0.5 to 1")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("value", ["0.51", "-0.1", "5", "5%", "none", "nan", "-inf"])
def test_what_is_no_risk_says_what_is_one(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load_settings({"CUSTOMER_ASSIST_RISK": value}, folder=tmp_path)
    assert str(raised.value).startswith(f"CUSTOMER_ASSIST_RISK={value!r}: set a share from 0 to 0.5")


def test_a_risk_left_blank_is_none(tmp_path: Path) -> None:
    assert load_settings({"CUSTOMER_ASSIST_RISK": "  "}, folder=tmp_path).risk is None


# --- who is told of handoffs -------------------------------------------------------------------------

MAIL = {
    "CUSTOMER_ASSIST_SMTP_HOST": "mail.shop.example",
    "CUSTOMER_ASSIST_SMTP_USER": "assist",
    "CUSTOMER_ASSIST_SMTP_PASSWORD": "the password of mails",
    "CUSTOMER_ASSIST_MAIL_FROM": "assistant@shop.example",
    "CUSTOMER_ASSIST_NOTICE_EMAIL": "team@shop.example, boss@shop.example",
}
HOOK = {
    "CUSTOMER_ASSIST_WEBHOOK_URL": "https://shop.example:8443/hook?for=assistant",
    "CUSTOMER_ASSIST_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}


def test_mail_and_webhook_are_read_whole(tmp_path: Path) -> None:
    found = load_settings(MAIL | HOOK, folder=tmp_path)
    assert found.mail is not None and found.webhook is not None
    assert (found.mail.host, found.mail.port, found.mail.tls) == ("mail.shop.example", 587, "starttls")
    assert found.mail.business == ("team@shop.example", "boss@shop.example")
    assert found.webhook.url == HOOK["CUSTOMER_ASSIST_WEBHOOK_URL"] and len(found.webhook.key) == 24
    assert load_settings({}, folder=tmp_path).mail is None is load_settings({}, folder=tmp_path).webhook


def test_settings_show_no_secret(tmp_path: Path) -> None:
    secrets = {"OPENAI_API_KEY": "the key of the model", "POSTGRES_HOST": "db", "POSTGRES_USER": "u"}
    secrets |= MAIL | HOOK | {"POSTGRES_PASSWORD": "the password of the database"}
    shown = repr(load_settings(secrets, folder=tmp_path))
    assert "mail.shop.example" in shown and "the password" not in shown and "the key" not in shown
    assert "MfKQ9r8G" not in shown and "1\\xf2\\x90" not in shown  # the key, decoded


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"CUSTOMER_ASSIST_SMTP_HOST": ""}, "NOTICE_EMAIL is set but CUSTOMER_ASSIST_SMTP_HOST is not"),
        ({"CUSTOMER_ASSIST_MAIL_FROM": ""}, "set CUSTOMER_ASSIST_MAIL_FROM to one address"),
        ({"CUSTOMER_ASSIST_MAIL_FROM": "a@b.example, c@d.example"}, "one address"),
        ({"CUSTOMER_ASSIST_MAIL_FROM": "Shop <a@b.example>"}, "MAIL_FROM: 'Shop <a@b.example>' is no e-mail"),
        ({"CUSTOMER_ASSIST_NOTICE_EMAIL": "team"}, "NOTICE_EMAIL: 'team' is no e-mail address"),
        ({"CUSTOMER_ASSIST_NOTICE_EMAIL": "a@b.example\nBcc: c@d.example"}, "is no e-mail address"),
        ({"CUSTOMER_ASSIST_SMTP_USER": ""}, "set both CUSTOMER_ASSIST_SMTP_USER and"),
        ({"CUSTOMER_ASSIST_SMTP_PASSWORD": ""}, "set both CUSTOMER_ASSIST_SMTP_USER and"),
        ({"CUSTOMER_ASSIST_SMTP_TLS": "ssl"}, "SMTP_TLS='ssl': set one of starttls, tls, none"),
        ({"CUSTOMER_ASSIST_SMTP_TLS": "none"}, "would send the password readable"),
        ({"CUSTOMER_ASSIST_SMTP_PORT": "0"}, "SMTP_PORT='0': set a whole number"),
        ({"CUSTOMER_ASSIST_WEBHOOK_SECRET": ""}, "openssl rand"),
        ({"CUSTOMER_ASSIST_WEBHOOK_SECRET": "whsec_c2hvcnQ="}, "openssl rand"),
        ({"CUSTOMER_ASSIST_WEBHOOK_SECRET": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "openssl rand"),
        ({"CUSTOMER_ASSIST_WEBHOOK_SECRET": "whsec_not base64, but long enough for it"}, "openssl rand"),
    ],
)
def test_what_is_missing_or_wrong_says_what_to_set(
    tmp_path: Path, changed: dict[str, str], told: str
) -> None:
    with pytest.raises(ConfigurationError) as wrong:
        load_settings(MAIL | HOOK | changed, folder=tmp_path)
    assert told in str(wrong.value) and "\n" not in str(wrong.value)
    assert not any(secret in str(wrong.value) for secret in ("the password of", "MfKQ9r8G", "long enough"))


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://shop.example/hook", "shop.example/hook", "//shop.example", "http://"),
        *("https://user:word@shop.example/hook", "https://shop.example:port/", "https://shop.example/#x"),
        *(
            "https://shop.example/a b",
            "https://shop.example/\x01",
            "https://shöp.example/",
            "javascript:alert(1)",
        ),
    ],
)
def test_a_webhook_goes_to_http_and_nowhere_else(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match="WEBHOOK_URL is no http or https address"):
        load_settings(HOOK | {"CUSTOMER_ASSIST_WEBHOOK_URL": url}, folder=tmp_path)


def test_a_mail_server_on_this_machine_may_be_spoken_to_plainly(tmp_path: Path) -> None:
    changed = {"CUSTOMER_ASSIST_SMTP_HOST": "localhost", "CUSTOMER_ASSIST_SMTP_TLS": "none"}
    assert load_settings(MAIL | changed, folder=tmp_path).mail


def test_a_webhook_in_clear_is_one_by_http_to_another_machine(tmp_path: Path) -> None:
    for url, clear in (
        ("http://shop.example/x", True),
        ("https://shop.example/x", False),
        ("http://[::1]/x", False),
    ):
        found = load_settings(HOOK | {"CUSTOMER_ASSIST_WEBHOOK_URL": url}, folder=tmp_path).webhook
        assert found is not None and found.travels_in_clear is clear


# --- what the language model may cost, and how much is judged ----------------------------------------

MODEL = {"OPENAI_API_KEY": "key"}


def test_a_tenth_is_judged_by_the_model_that_answers_unless_more_is_set(tmp_path: Path) -> None:
    left, given = (
        load_settings(MODEL | environ, folder=tmp_path).llm
        for environ in (
            {},
            {
                "CUSTOMER_ASSIST_JUDGE": "1",
                "CUSTOMER_ASSIST_JUDGE_MODEL": "critic",
                "CUSTOMER_ASSIST_JUDGE_CALLS_PER_DAY": "9",
                "CUSTOMER_ASSIST_JUDGE_CHANNELS": " web, console,",
                "CUSTOMER_ASSIST_MODEL_CALLS_PER_CONVERSATION": "3",
                "CUSTOMER_ASSIST_MODEL_BUDGET_PER_DAY": "2.50",
            },
        )
    )
    assert left is not None and given is not None
    assert (left.judge, left.judging_model) == (JudgeSettings(0.1, "", 50, ()), left.model)
    assert (left.calls_per_conversation, left.budget_per_day) == (40, None)
    assert (given.judge, given.judging_model) == (
        JudgeSettings(1.0, "critic", 9, ("web", "console")),
        "critic",
    )
    assert (given.calls_per_conversation, given.budget_per_day) == (3, Decimal("2.50"))


@pytest.mark.parametrize("value", ["0", "-1", "much", "1,50", "nan", "inf", "2 EUR", "1e9"])
def test_what_is_no_money_says_what_is_some(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load_settings(MODEL | {"CUSTOMER_ASSIST_MODEL_BUDGET_PER_DAY": value}, folder=tmp_path)
    assert str(raised.value).startswith(
        f"CUSTOMER_ASSIST_MODEL_BUDGET_PER_DAY={value!r}: set an amount above 0"
    )


@pytest.mark.parametrize("value", ["1.01", "-0.1", "half", "nan"])
def test_what_is_no_share_to_judge_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"CUSTOMER_ASSIST_JUDGE=.*share from 0 to 1"):
        load_settings(MODEL | {"CUSTOMER_ASSIST_JUDGE": value}, folder=tmp_path)
