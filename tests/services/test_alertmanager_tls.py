"""Alertmanager over TLS with a log-in: what is refused is told and counted, and nothing is lost by it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from monitor.alert.alertmanager import AlertmanagerRoute, AlertmanagerSettings
from monitor.alert.distrust import LOGIN_REFUSED
from tests.monitor.alert.telling import Teller, until
from tests.services.alertmanager import Alertmanager
from tests.services.token_proxy import token_proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.services.authority import Authority, Certificate

# bcrypt of "letmein", at the lowest cost
_USERS = "basic_auth_users: {watch: $2b$04$abcdefghijklmnopqrstuuPT0cs.zGMMB9aUG3xKmxLeI//6s0m5C}\n"
_LOGIN = ("watch", "letmein")


def _web_config(certificate: Certificate) -> str:
    return f"tls_server_config: {{cert_file: {certificate.file}, key_file: {certificate.key}}}\n{_USERS}"


@pytest.fixture
def alertmanager(service: Callable[[str], Path], tmp_path: Path, authority: Authority) -> Iterator[Alertmanager]:
    """One that speaks TLS and asks for a log-in; it is not started yet."""
    made = Alertmanager(service("prometheus-alertmanager"), tmp_path, _web_config(authority.ours), tls=True)
    try:
        yield made
    finally:
        made.stop()


def _route(url: str, ca_file: Path, password: str = _LOGIN[1]) -> AlertmanagerRoute:
    login = base64.b64encode(f"{_LOGIN[0]}:{password}".encode()).decode()
    return AlertmanagerRoute(AlertmanagerSettings(url, authorization=f"Basic {login}", ca_file=ca_file))


async def _refused(teller: Teller, route: AlertmanagerRoute) -> tuple[str, str]:
    """The first outcome of telling."""
    async with teller.telling(route):
        await until(lambda: bool(teller.outcomes))
    return teller.outcomes[0][1:]


async def test_a_log_in_over_tls(alertmanager: Alertmanager, teller: Teller, authority: Authority) -> None:
    """With the authority of the site's own."""
    alertmanager.start()
    async with teller.telling(_route(alertmanager.url, authority.ca_file)):
        await until(lambda: bool(alertmanager.alerts(_LOGIN)))

    assert [alert["labels"]["system"] for alert in alertmanager.alerts(_LOGIN)] == ["warehouse"]


async def test_what_is_refused_is_told(alertmanager: Alertmanager, teller: Teller, authority: Authority) -> None:
    """Another authority, another password: each in its own words, and without them."""
    alertmanager.start()
    by_authority = await _refused(teller, _route(alertmanager.url, authority.other_ca_file))
    teller.outcomes.clear()
    by_password = await _refused(teller, _route(alertmanager.url, authority.ca_file, "let me in"))

    assert (by_authority, by_password, alertmanager.alerts(_LOGIN)) == (
        ("failed", "no answer: its certificate is not of an authority in ca_file"),
        ("failed", f"answered 401; {LOGIN_REFUSED}"),
        [],
    )


async def test_a_server_that_shows_another_s_certificate_gets_nothing_until_it_has_its_own(
    alertmanager: Alertmanager, teller: Teller, authority: Authority
) -> None:
    """What was found meanwhile is told then."""
    alertmanager.web_config = _web_config(authority.elsewhere)
    alertmanager.start()
    async with teller.telling(_route(alertmanager.url, authority.ca_file)):
        await until(lambda: bool(teller.outcomes))
        first = teller.outcomes[0][1:]
        alertmanager.stop()
        alertmanager.web_config = _web_config(authority.ours)
        alertmanager.start()
        await until(lambda: bool(alertmanager.alerts(_LOGIN)))

    assert first == ("failed", "no answer: its certificate is for another address")


async def test_a_token_over_tls(
    service: Callable[[str], Path], tmp_path: Path, teller: Teller, authority: Authority
) -> None:
    """A proxy before Alertmanager asks for it; a wrong one is told without it."""
    plain = Alertmanager(service("prometheus-alertmanager"), tmp_path)
    plain.start()
    try:
        with token_proxy(authority.ours.serving, "s3cret", plain.port) as url:
            settings = AlertmanagerSettings(url, authorization="Bearer wrong", ca_file=authority.ca_file)
            refused = await _refused(teller, AlertmanagerRoute(settings))
            settings = AlertmanagerSettings(url, authorization="Bearer s3cret", ca_file=authority.ca_file)
            async with teller.telling(AlertmanagerRoute(settings)):
                await until(lambda: bool(plain.alerts()))

        assert refused == ("failed", f"answered 401; {LOGIN_REFUSED}")
    finally:
        plain.stop()
