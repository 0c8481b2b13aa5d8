"""Who the provider is whose people an administration log tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.providers import RUN_BY
from tests.judging import told
from tests.telling import CLOUD, Telling, act, admins

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

_INVENTORY = """
systems:
  - id: warehouse
    accounts: ["aws:123456789012", "azure:S", "gcp:P", "host:db01"]
    networks: [10.20.0.0/16]
    data_class: health
    hosting: [{operator: HOST, country: FR, from: 2026-01-01}]
"""


def _provider(telling: Telling, kind: str, account: str | None, **values: object) -> tuple[object, ...]:
    row = telling.row(admins(act(actor_kind="provider", account=account, actor_address=None, **values)), kind)
    return told(row, "operator", "control_verdict")


@pytest.mark.parametrize(
    ("host", "kind", "account", "provider"),
    [
        pytest.param("aws", "aws_cloudtrail", CLOUD, ("aws", "exposed"), id="the host is the cloud"),
        pytest.param("ovh", "aws_cloudtrail", CLOUD, ("aws", "exposed"), id="the host is another"),
        pytest.param("aws_eusc", "aws_cloudtrail", CLOUD, ("aws_eusc", "exposed"), id="another form of the cloud"),
        pytest.param("s3ns", "gcp_audit", "P", ("s3ns", "eea"), id="a sovereign cloud"),
        pytest.param("ovh", "azure_activity", "S", ("microsoft_azure", "exposed"), id="azure"),
        pytest.param("as64500", "sshd", None, ("as64500", "undetermined"), id="a host that the table does not list"),
        pytest.param("ovh", "sshd", None, ("ovh", "eea"), id="a log of no cloud"),
    ],
)
def test_the_provider_is_whose_log_it_is(
    knowledge: Knowledge, tmp_path: Path, host: str, kind: str, account: str | None, provider: tuple[str, str]
) -> None:
    """In the form in which it hosts the system; of a log of no cloud, who hosts the system then."""
    telling = Telling.of(knowledge, tmp_path, inventory=_INVENTORY.replace("HOST", host))

    assert _provider(telling, kind, account, observer="db01")[0] == provider[0]
    assert _provider(telling, kind, account, observer="db01") == provider


def test_every_operator_of_a_cloud_is_in_the_table(knowledge: Knowledge) -> None:
    """A name that nobody knows would be an unlisted operator."""
    known = {operator.id for operator in knowledge.operators.operators}

    assert {each for operators in RUN_BY.values() for each in operators} - known == set()
