"""What an operator writes under `alerts:`."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from monitor.alert.settings import Alertmanager, Alerts, Email, Mqtt, Webhook


def test_nothing_written_tells_nobody() -> None:
    """Findings are recorded all the same."""
    alerts = Alerts()

    assert (alerts.alertmanagers, alerts.webhooks, alerts.mqtt, alerts.email, alerts.findings_path) == (
        (), (), None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize("url", ["http://user:hunter2@host/", "ftp://host", "https://host/?q=1", "host:9093"])
def test_a_url_holds_no_password_and_no_question(url: str) -> None:
    """It is shown in logs and metrics."""
    with pytest.raises(ValidationError) as refused:
        Alertmanager(url=url)

    assert "hunter2" not in str(refused.value.errors()[0]["msg"])


@pytest.mark.parametrize(
    "written", [{"username": "u"}, {"password": "p"}, {"username": "u", "password": "p", "token": "t"}]
)
def test_there_is_one_way_to_log_in(written: dict[str, str]) -> None:
    """Half of one, or two, is a slip."""
    with pytest.raises(ValidationError):
        Alertmanager.model_validate({"url": "https://am.example.org", **written})


def test_a_webhook_is_signed() -> None:
    """Whoever knows its URL could send findings of their own."""
    with pytest.raises(ValidationError):
        Webhook(url="https://hooks.example.org")


@pytest.mark.parametrize("topic", ["findings/#", "a b", "$SYS/x"])
def test_a_topic_can_be_published_to(topic: str) -> None:
    """Wildcards are for those who listen."""
    with pytest.raises(ValidationError):
        Mqtt(host="broker.example.org", topic=topic)


def test_no_secret_is_shown() -> None:
    """In a traceback or a log."""
    routes = (
        Alertmanager(url="https://am.example.org", token="hunter2"),  # noqa: S106 - not one
        Webhook(url="https://hooks.example.org", secret="hunter2"),  # noqa: S106 - not one
        Email.model_validate({"host": "m.example.org", "to": ["a@x.org"], "password": "hunter2", "from": "b@x.org"}),
    )

    assert "hunter2" not in repr(routes)
