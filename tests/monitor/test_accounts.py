"""Which system an account or a host belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.accounts import Accounts, cloud_of
from monitor.app import open_site
from monitor.attribution.operators import load_operators
from tests.judging import Site
from tests.telling import CLOUD, INVENTORY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """Those of the small site, of which a third system lists an account again."""
    inventory = INVENTORY.replace("staff:", f'  - {{id: spare, accounts: ["aws:{CLOUD}"], data_class: health}}\nstaff:')
    return Accounts.of(open_site(Site(inventory=inventory).write(tmp_path), load_operators()).inventory)


@pytest.mark.parametrize(
    ("kind", "cloud"),
    [("aws_cloudtrail", "aws"), ("azure_activity", "azure"), ("gcp_audit", "gcp"), ("sshd", None), ("zeek", None)],
)
def test_a_kind_is_the_log_of_a_cloud_or_of_none(kind: str, cloud: str | None) -> None:
    """Its first word says so."""
    assert cloud_of(kind) == cloud


def test_an_account_is_of_the_first_system_that_lists_it(accounts: Accounts) -> None:
    """In the cloud whose log it stands in, and in no other."""
    account = pl.Series([CLOUD, "aaaa-1", None, "portal-1"])

    assert accounts.systems(account, "aws").tolist() == [0, -1, -1, -1]
    assert accounts.systems(account, "azure").tolist() == [-1, 1, -1, -1]
    assert accounts.systems(account, "gcp").tolist() == [-1, -1, -1, 1]
    assert accounts.systems(account, None).tolist() == [-1] * 4


@pytest.mark.parametrize("host", ["db01", "DB01", "db01.example.org", "db01.example.org."])
def test_a_host_is_known_under_any_domain(accounts: Accounts, host: str) -> None:
    """Where it is listed by its first label; letters have no case."""
    assert accounts.systems_of_hosts(pl.Series([host, None])).tolist() == [1, -1]


@pytest.mark.parametrize("host", ["db02", "xdb01", "", "10.20.0.5", "example.db01"])
def test_a_host_that_is_not_listed_is_nobodys(accounts: Accounts, host: str) -> None:
    """Nothing is guessed."""
    assert accounts.systems_of_hosts(pl.Series([host])).tolist() == [-1]
