"""Build the routes that a site names, with their secrets.

Decides in which order they are and where a secret comes from: a value, or the first line of a file beside
transferwatch.yaml. What cannot be read is a problem for the operator, and no route is built.
"""

from __future__ import annotations

import base64
import ssl
from typing import TYPE_CHECKING

from monitor.alert.alertmanager import AlertmanagerRoute, AlertmanagerSettings
from monitor.alert.log import FindingsFile
from monitor.alert.mail import MailRoute, MailSettings
from monitor.alert.mqtt import MqttRoute, MqttSettings
from monitor.alert.posting import trust
from monitor.alert.webhook import WebhookRoute, WebhookSettings
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.alert.delivery import Route
    from monitor.alert.settings import Alertmanager, Alerts
    from monitor.alert.settings import Route as Written


def build_routes(alerts: Alerts, directory: Path) -> tuple[Route, ...]:
    """The routes; paths are from `directory`.

    Raises:
        ProblemsFound: files of secrets or authorities that cannot be read.
    """
    files = _Files(directory)
    routes: list[Route] = []
    if alerts.findings_path is not None:
        routes.append(FindingsFile(directory / alerts.findings_path))
    routes += [
        AlertmanagerRoute(
            AlertmanagerSettings(each.url, each.least_level, files.authorization(each), files.authority(each))
        )
        for each in alerts.alertmanagers
    ]
    routes += [
        WebhookRoute(
            WebhookSettings(
                each.url, files.secret(each.secret, each.secret_file) or "", each.least_level, files.authority(each)
            )
        )
        for each in alerts.webhooks
    ]
    if (mqtt := alerts.mqtt) is not None:
        password = files.secret(mqtt.password, mqtt.password_file)
        routes.append(
            MqttRoute(
                MqttSettings(
                    mqtt.host, mqtt.port, mqtt.tls, mqtt.topic, mqtt.username, password, mqtt.least_level,
                    files.authority(mqtt),
                )
            )
        )  # fmt: skip
    if (mail := alerts.email) is not None:
        password = files.secret(mail.password, mail.password_file)
        routes.append(
            MailRoute(
                MailSettings(
                    mail.host, mail.sender, mail.to, mail.port, mail.tls, mail.username, password, mail.least_level,
                    files.authority(mail),
                )
            )
        )  # fmt: skip
    if files.problems:
        raise ProblemsFound(files.problems)
    return tuple(routes)


class _Files:
    """Reads what routes keep in files; collects what is wrong."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.problems: list[Problem] = []

    def secret(self, value: str | None, file: str | None) -> str | None:
        if file is None:
            return value
        path = self._directory / file
        try:
            read = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError):
            self.problems.append(Problem(str(path), 0, 0, "", "this secret cannot be read as text."))
            return None
        # A line break in a header would be another header.
        if not read or not read.isprintable():
            self.problems.append(Problem(str(path), 0, 0, "", "this is not one line with a secret."))
            return None
        return read

    def authorization(self, each: Alertmanager) -> str | None:
        token = self.secret(each.token, each.token_file)
        if token is not None:
            return f"Bearer {token}"
        password = self.secret(each.password, each.password_file)
        if each.username is None or password is None:
            return None
        return "Basic " + base64.b64encode(f"{each.username}:{password}".encode()).decode()

    def authority(self, each: Written) -> Path | None:
        if each.ca_file is None:
            return None
        path = self._directory / each.ca_file
        try:
            trust(path)
        except (OSError, ssl.SSLError):
            self.problems.append(Problem(str(path), 0, 0, "", "this is no file of certificates in PEM."))
        return path
