"""Oracle's list."""

from __future__ import annotations

from tests.monitor.attribution.feeds.feed_files import problem, read, said


def oracle(region: str, *cidrs: tuple[str, list[str]]) -> dict[str, object]:
    """One region and its prefixes."""
    return {"regions": [{"region": region, "cidrs": [{"cidr": cidr, "tags": tags} for cidr, tags in cidrs]}]}


def test_a_region_says_where() -> None:
    """Every prefix has one."""
    assert said(read("oracle", oracle("eu-marseille-1", ("192.0.2.0/24", ["OCI"])))) == [
        ("192.0.2.0/24", "regional", "FR")
    ]


def test_a_name_that_begins_with_eu_need_not_be_in_it() -> None:
    """Jovanovac is in Serbia."""
    assert said(read("oracle", oracle("eu-jovanovac-1", ("192.0.2.0/24", ["OCI"]))), "country") == [("RS",)]


def test_the_last_tag_is_the_service() -> None:
    """The general tag names none."""
    content = oracle("eu-paris-1", ("192.0.2.0/25", ["OSN", "OBJECT_STORAGE"]), ("192.0.2.128/25", ["OCI"]))

    assert said(read("oracle", content), "service") == [("OBJECT_STORAGE",), (None,)]


def test_a_bad_prefix_is_told_with_its_place() -> None:
    """Region and position."""
    assert problem("oracle", oracle("eu-paris-1", ("x", []))).startswith("feed regions[0].cidrs[0].cidr:")
