"""The lists of Fastly, Cloudflare and GitHub."""

from __future__ import annotations

from tests.monitor.attribution.feeds.feed_files import noted, problem, read, said


def test_fastly_is_global() -> None:
    """All of it."""
    content = {"addresses": ["192.0.2.0/24"], "ipv6_addresses": ["2001:db8::/32"]}

    assert said(read("fastly", content)) == [("192.0.2.0/24", "global", None), ("2001:db8::/32", "global", None)]


def test_cloudflare_is_global() -> None:
    """All of it."""
    content = {"result": {"ipv4_cidrs": ["192.0.2.0/24"], "ipv6_cidrs": []}, "success": True}

    assert said(read("cloudflare", content)) == [("192.0.2.0/24", "global", None)]


def test_github_says_whose_and_for_what() -> None:
    """Of several services the narrowest."""
    content = {"web": ["192.0.2.0/24"], "hooks": ["192.0.2.0/24", "198.51.100.0/24"], "domains": {"website": []}}

    assert said(read("github", content), "network", "scope", "service") == [
        ("192.0.2.0/24", "whose", "web"),
        ("198.51.100.0/24", "whose", "hooks"),
    ]


def test_machines_that_github_rents_are_not_githubs_networks() -> None:
    """They are counted and left out."""
    statements = read("github", {"web": ["192.0.2.0/24"], "actions": ["198.51.100.0/24"]})

    assert (said(statements, "network"), noted(statements)) == ([("192.0.2.0/24",)], [("not_read", "actions", 1)])


def test_a_bad_prefix_is_told_with_its_place() -> None:
    """List and position."""
    assert problem("fastly", {"addresses": [], "ipv6_addresses": ["x"]}).startswith("feed ipv6_addresses[0]:")
