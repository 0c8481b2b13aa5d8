"""What an operator writes under `alerts:`: how long a finding lives, and on which routes it is told.

Decides the defaults. A secret is a value or the path of a file, never both; it is read when the routes are built, and
no text of a setting shows it.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from monitor.document import Listed, Written
from monitor.fields import Text
from monitor.wording import Unfit

_URL: Final = re.compile(r"https?://[^\s/@?#]+(?:/[^\s?#]*)?")
_TOPIC: Final = re.compile(r"[^+#\x00\s]+")
_MAIL: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


def _url(text: str) -> str:
    if _URL.fullmatch(text):
        return text.rstrip("/")
    # The value is not repeated: it may hold a password.
    raise Unfit("this is not a URL, or it holds a name and password", "Write https://HOST:PORT/PATH without them.")


def _topic(text: str) -> str:
    if _TOPIC.fullmatch(text) and not text.startswith("$"):
        return text.strip("/")
    raise Unfit("this is no topic to publish to", "Write it without +, #, spaces and a leading $.")


def _mail(text: str) -> str:
    if _MAIL.fullmatch(text):
        return text
    raise Unfit("this is no mail address", "Write NAME@HOST.")


Url = Annotated[Text, AfterValidator(_url)]
Topic = Annotated[Text, AfterValidator(_topic)]
Mail = Annotated[Text, AfterValidator(_mail)]
Secret = Annotated[Text | None, Field(default=None, repr=False)]


class Route(Written):
    """What routes have in common: the certificate authority to trust, and from which level on it is told."""

    ca_file: Text | None = None
    least_level: Literal["informational", "low", "medium", "high", "critical"] = "low"


class Alertmanager(Route):
    """One instance; name each of a cluster."""

    url: Url = Field(examples=["https://alertmanager.example.org:9093"])
    username: Text | None = None
    password: Secret = None
    password_file: Text | None = None
    token: Secret = None
    token_file: Text | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> Alertmanager:
        _once(self, "password", "token")
        if (self.username is None) != (self.password is None and self.password_file is None):
            raise Unfit("username and password go together", "Write both, or a token alone.")
        if self.username is not None and (self.token or self.token_file):
            raise Unfit("there are two ways to log in", "Keep username and password, or token.")
        return self


class Webhook(Route):
    """Any receiver of HTTP; `secret` signs each body."""

    url: Url = Field(examples=["https://hooks.example.org/transferwatch"])
    secret: Secret = None
    secret_file: Text | None = None

    @model_validator(mode="after")
    def _is_signed(self) -> Webhook:
        _once(self, "secret")
        if self.secret is None and self.secret_file is None:
            raise Unfit("there is nothing to sign with", "Write secret_file, the path of a file with a long secret.")
        return self


class Mqtt(Route):
    """A broker that keeps the state of each finding under `topic`/ID."""

    host: Text = Field(examples=["broker.example.org"])
    port: int = Field(default=8883, gt=0, le=65_535)
    tls: bool = True
    topic: Topic = "transferwatch/findings"
    username: Text | None = None
    password: Secret = None
    password_file: Text | None = None

    @model_validator(mode="after")
    def _password_once(self) -> Mqtt:
        _once(self, "password")
        return self


class Email(Route):
    """A mail server, for a site without Alertmanager."""

    host: Text = Field(examples=["mail.example.org"])
    port: int = Field(default=587, gt=0, le=65_535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    sender: Mail = Field(alias="from", examples=["transferwatch@example.org"])
    to: Listed[Mail] = Field(min_length=1, examples=["[oncall@example.org]"])
    username: Text | None = None
    password: Secret = None
    password_file: Text | None = None

    @model_validator(mode="after")
    def _password_once(self) -> Email:
        _once(self, "password")
        if self.tls == "none" and self.username is not None:
            raise Unfit("a password would go over the network in clear", "Write tls: starttls, or remove username.")
        return self


class Alerts(Written):
    """How findings live and where they are told; the times are in seconds."""

    language: Literal["en", "fr"] = "en"
    portal_url: Url | None = None
    runbook_url: Url | None = None
    alert_within_seconds: int = Field(default=21_600, gt=0, le=2_678_400)
    hold_seconds: int = Field(default=86_400, ge=60, le=2_678_400)
    state_hold_seconds: int = Field(default=900, ge=60, le=2_678_400)
    findings_path: Text | None = None
    alertmanagers: Listed[Alertmanager] = ()
    webhooks: Listed[Webhook] = ()
    mqtt: Mqtt | None = None
    email: Email | None = None


def _once(model: Written, *names: str) -> None:
    for name in names:
        if getattr(model, name) is not None and getattr(model, f"{name}_file") is not None:
            raise Unfit(f"{name} is given twice", f"Keep {name} or {name}_file.")
