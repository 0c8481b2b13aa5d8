"""What an entry of connection tracking becomes: once, at its end, with the ends of the original direction."""

from __future__ import annotations

import polars as pl
import pytest

from collectors.contract import SourceOptions
from tests.collectors.reading_lines import columns, decode, reasons

BODY = (
    "tcp      6 TIME_WAIT src=10.20.0.5 dst=192.0.2.80 sport=40000 dport=443 packets=10 bytes=1200 "
    "src=192.0.2.80 dst=198.51.100.9 sport=443 dport=31000 packets=12 bytes=9000 [ASSURED] mark=0"
)
DESTROYED = f"[1795651940.100000]\t[DESTROY] {BODY} delta-time=61\n"
TIMES = ("start_time", "end_time")


def test_octets_are_counted_once() -> None:
    """The other events of a connection are passed over, and counted."""
    batch = decode(
        "conntrack", DESTROYED.replace("DESTROY", "NEW") + DESTROYED.replace("DESTROY", "UPDATE") + DESTROYED
    )

    assert (batch.records, [part.frame.height for part in batch.flows], dict(batch.passed_over)) == (
        3,
        [1],
        {"new": 1, "update": 1},
    )


def test_the_ends_are_those_of_the_original_direction() -> None:
    """What a translation made of them is kept; the reply's counts are the way back."""
    names = (
        "src_address",
        "dst_address",
        "octets",
        "reverse_octets",
        "initiator",
        "reply-src",
        "reply-dst",
        "reply-dport",
    )

    assert columns("conntrack", DESTROYED, *names) == [
        ("10.20.0.5", "192.0.2.80", 1200, 9000, "src", None, "198.51.100.9", "31000")
    ]


def test_no_interface_is_told() -> None:
    """So that a listed forwarder, and nothing else, decides whether the record counts."""
    (part,) = decode("conntrack", DESTROYED).flows

    assert part.frame.select("interface_src", "interface_dst", "packet_addresses").rows() == [(None, None, False)]


def test_an_entry_begins_as_long_ago_as_it_lasted() -> None:
    """And ends when it was destroyed."""
    assert columns("conntrack", DESTROYED, *TIMES) == [("2026-11-26T00:11:19.100000Z", "2026-11-26T00:12:20.100000Z")]


def test_microseconds_lack_their_leading_zeros() -> None:
    """Five of them are no half second."""
    assert columns("conntrack", DESTROYED.replace(".100000", ".5     "), "end_time") == [
        ("2026-11-26T00:12:20.000005Z",)
    ]


@pytest.mark.parametrize(
    ("line", "options", "expected"),
    [
        (f"[DESTROY] {BODY}\n", SourceOptions(), (None, None)),
        (f"{BODY}\n", SourceOptions(), (None, None)),
        (
            f"{BODY} [start=Thu Nov 26 01:12:15 2026]\n",
            SourceOptions(time_zone="Europe/Paris"),
            ("2026-11-26T00:12:15.000000Z", None),
        ),
        (
            f"[DESTROY] {BODY} [start=Thu Nov 26 01:12:15 2026] [stop=Thu Nov 26 01:12:20 2026]\n",
            SourceOptions(time_zone="Europe/Paris"),
            ("2026-11-26T00:12:15.000000Z", "2026-11-26T00:12:20.000000Z"),
        ),
        (f"[DESTROY] {BODY} [stop=Thu Nov 26 01:12:20 2026]\n", SourceOptions(), (None, None)),
    ],
)
def test_a_time_is_told_only_where_it_is_sure(
    line: str, options: SourceOptions, expected: tuple[str | None, ...]
) -> None:
    """A listing has no end; local time needs the site's zone."""
    assert columns("conntrack", line, *TIMES, options=options) == [expected]


def test_counts_that_are_not_kept_are_unknown() -> None:
    """Without nf_conntrack_acct."""
    line = "udp 17 29 src=10.20.0.5 dst=192.0.2.80 sport=1 dport=2 src=192.0.2.80 dst=10.20.0.5 sport=2 dport=1\n"

    assert columns("conntrack", line, "octets", "reverse_packets") == [(None, None)]


def test_entities_and_deep_nesting_are_refused() -> None:
    """Each line on its own: the next is read."""
    deep = "<flow>" + "<a>" * 20 + "</a>" * 20 + "</flow>\n"
    entity = '<!DOCTYPE a [<!ENTITY e "x">]><flow>&e;</flow>\n'

    assert reasons("conntrack", deep + entity + DESTROYED) == [(1, "no_entry"), (2, "no_entry")]


def test_addresses_are_positions_in_those_of_the_part() -> None:
    """Each distinct text once."""
    (part,) = decode("conntrack", DESTROYED * 3).flows

    assert (part.frame["src_address"].dtype, len(part.addresses)) == (pl.UInt32(), 2)
