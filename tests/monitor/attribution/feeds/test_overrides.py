"""What a site states itself."""

from __future__ import annotations

from tests.monitor.attribution.feeds.feed_files import feed, problem, read, said

ONE = "{network: 203.0.113.0/24, country: FR, region: Paris, operator: ovh, reason: leased line}"


def overrides(*entries: str) -> str:
    """The file."""
    return "overrides:\n" + "".join(f"  - {entry}\n" for entry in entries)


def test_an_override_states_place_and_operator() -> None:
    """All of it is regional."""
    assert said(read("overrides", overrides(ONE)), "network", "scope", "country", "region", "operator") == [
        ("203.0.113.0/24", "regional", "FR", "Paris", "ovh")
    ]


def test_an_override_without_operator_names_none() -> None:
    """Not even that of the source."""
    content = overrides("{network: 203.0.113.0/24, country: FR}")

    assert said(read("overrides", content, feed("ours")), "operator") == [(None,)]


def test_an_empty_list_states_nothing() -> None:
    """A site may begin with one."""
    assert read("overrides", "overrides: []").frame.height == 0


def test_every_mistake_is_told_with_line_and_column() -> None:
    """All at once, with what to write."""
    content = overrides(ONE, "{network: 203.0.113.1/24, country: UK, operator: ovhh, why: x}")

    assert problem("overrides", content, feed(operators={"ovh"})).splitlines() == [
        'feed:3:15 overrides[1].network: "203.0.113.1/24" has bits set beyond its prefix length. Write 203.0.113.0/24.',
        'feed:3:40 overrides[1].country: "UK" is not a country code. Did you mean GB?',
        'feed:3:54 overrides[1].operator: the operator "ovhh" is not known. Did you mean ovh?',
        "feed:3:60 overrides[1].why: this key is not known. Write one of: country, network, operator, reason, region.",
    ]


def test_a_network_stands_once() -> None:
    """Two entries for one network could not both hold."""
    assert "feed:3:15 overrides[1].network: 203.0.113.0/24 stands in overrides[0] already." in problem(
        "overrides", overrides(ONE, ONE)
    )
