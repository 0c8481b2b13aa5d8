"""The webhook: signed, told once, sent nowhere else."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

import pytest

from monitor.alert.webhook import WebhookRoute, WebhookSettings
from tests.monitor.alert.loopback import Heard, http_server
from tests.monitor.alert.matches import NOW_SECONDS, match
from tests.monitor.alert.pictures import alert
from tests.monitor.alert.telling import ALL, Teller, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def heard() -> Iterator[Heard]:
    """A server that takes everything."""
    with http_server() as server:
        yield server


def _route(heard: Heard) -> WebhookRoute:
    return WebhookRoute(WebhookSettings(f"http://127.0.0.1:{heard.port}/hook/token", "shared secret"))


async def test_the_receiver_can_prove_that_the_body_is_ours(heard: Heard) -> None:
    """HMAC-SHA256 over time stamp, dot and body."""
    await _route(heard).tell([(alert(), "open")], NOW_SECONDS)
    signed = heard.headers[0]["x-transferwatch-timestamp"].encode() + b"." + heard.bodies[0]
    expected = hmac.new(b"shared secret", signed, hashlib.sha256).hexdigest()

    assert heard.headers[0]["x-transferwatch-signature"] == f"sha256={expected}"


async def test_the_body_says_which_finding_and_in_which_state(heard: Heard) -> None:
    """A machine reads it."""
    await _route(heard).tell([(alert(), "open")], NOW_SECONDS)
    told = json.loads(heard.bodies[0])

    assert (told["finding"], told["state"], told["octets_out"]) == ("f-q4duvwgag5", "open", 1_000)


async def test_a_redirect_is_not_followed(heard: Heard) -> None:
    """What was found goes to no host that the operator did not name."""
    with http_server() as elsewhere:
        heard.status, heard.location = 307, f"http://127.0.0.1:{elsewhere.port}/"
        answer = await _route(heard).tell([(alert(), "open")], NOW_SECONDS)

        assert (answer.trouble, elsewhere.bodies) == ("answered 307; a redirect is not followed", [])


async def test_one_that_is_refused_does_not_keep_the_others_back(heard: Heard) -> None:
    """Each is told on its own."""
    heard.status = 400
    alerts = [(alert(), "open"), (alert(match(system="archive")), "open")]
    answer = await _route(heard).tell(alerts, NOW_SECONDS)

    assert (len(heard.bodies), answer.taken) == (2, frozenset())


async def test_the_name_of_the_route_holds_no_secret(heard: Heard) -> None:
    """The path of a webhook is often its only secret."""
    route = _route(heard)

    assert "token" not in f"{route.name} {route!r}"
    assert "shared secret" not in f"{route.name} {route!r}"


async def test_an_outage_loses_nothing_and_a_restart_repeats_nothing(heard: Heard, tmp_path: Path) -> None:
    """Each change is told until it was taken, and then never again."""
    teller = Teller(tmp_path / "ledger.db")
    heard.status = 503
    teller.find()
    async with teller.telling(_route(heard)):
        await until(lambda: len(heard.bodies) > 1)
    heard.status = 200
    heard.bodies.clear()
    async with teller.telling(_route(heard)) as watch:
        await until(lambda: "told" in {outcome for _, outcome, _ in teller.outcomes})
        teller.find(system="archive")
        watch.wake(ALL)
        await until(lambda: len(heard.bodies) > 1)

    assert [json.loads(body)["system"] for body in heard.bodies] == ["warehouse", "archive"]
