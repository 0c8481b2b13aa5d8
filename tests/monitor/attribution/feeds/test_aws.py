"""AWS's list."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.attribution.feeds.aws import read_aws
from tests.monitor.attribution.feeds.feed_files import aws, feed, noted, problem, read, said


def test_ipv4_and_ipv6_are_read() -> None:
    """From their two lists."""
    content = aws(("192.0.2.0/24", "EC2", "eu-west-3"), ("2001:db8::/32", "S3", "us-east-1"))

    assert said(read("aws", content)) == [("192.0.2.0/24", "regional", "FR"), ("2001:db8::/32", "regional", "US")]


def test_a_local_zone_is_where_it_is() -> None:
    """The region of that zone is Frankfurt."""
    assert said(read("aws", aws(("192.0.2.0/24", "EC2", "eu-central-1-ist-1"))), "country", "region") == [
        ("TR", "eu-central-1-ist-1")
    ]


@pytest.mark.parametrize("service", ["AMAZON", "CLOUDFRONT", "ROUTE53", "GLOBALACCELERATOR", "EC2", "S3"])
def test_the_border_group_global_is_global(service: str) -> None:
    """Whatever the service."""
    assert said(read("aws", aws(("192.0.2.0/24", service, "GLOBAL")))) == [("192.0.2.0/24", "global", None)]


def test_a_regional_entry_of_an_edge_service_is_regional() -> None:
    """AWS advertises a group of a place from there alone."""
    assert said(read("aws", aws(("192.0.2.0/24", "ROUTE53", "eusc-de-east-1")))) == [("192.0.2.0/24", "regional", "DE")]


def test_the_general_list_names_no_service() -> None:
    """AMAZON holds everything."""
    every = [("192.0.2.0/24", "AMAZON", "eu-west-3"), ("198.51.100.0/24", "AMAZON", "eu-west-3")]
    content = aws(*every, ("192.0.2.0/24", "EC2", "eu-west-3"))

    assert said(read("aws", content), "network", "service") == [("192.0.2.0/24", "EC2"), ("198.51.100.0/24", None)]


def test_the_date_is_the_lists() -> None:
    """In UTC."""
    assert read("aws", aws(("192.0.2.0/24", "EC2", "eu-west-3"))).published == datetime(
        2026, 8, 22, 15, 17, 5, tzinfo=UTC
    )


def test_a_new_region_is_noted() -> None:
    """Until the table has it."""
    assert noted(read("aws", aws(("192.0.2.0/24", "EC2", "eu-north-9")))) == [("unknown_region", "eu-north-9", 1)]


def test_a_bad_prefix_is_told_with_its_place() -> None:
    """In the list where it stands."""
    content = aws(("192.0.2.0/24", "EC2", "eu-west-3"), ("2001:db8::1/32", "EC2", "eu-west-3"))

    assert problem("aws", content).startswith("feed ipv6_prefixes[0].ipv6_prefix:")


def test_the_operator_is_the_declared_one() -> None:
    """But for partitions that are run apart."""
    content = aws(("192.0.2.0/24", "EC2", "eu-west-3"), ("198.51.100.0/24", "EC2", "us-gov-east-1"))

    assert read_aws(json.dumps(content).encode(), feed("aws")).frame["operator"].to_list() == ["aws", "aws"]
