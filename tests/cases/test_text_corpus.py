"""The corpus for the logs of hosts: every record gives what an independent reader says of it.

CrowdSec's parsers say who and from where; conntrack lines have their fields beside them. Where we say otherwise on
purpose, the difference stands in a table of the kind's page in the handbook, and here.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from collectors.contract import SourceOptions
from tests.collectors.reading_lines import decode, events

if TYPE_CHECKING:
    from pathlib import Path

UTC_2026 = SourceOptions(time_zone="UTC", year=2026)
ASSERTION = re.compile(
    r'^results\["s01-parse"\]\["[^"]+"\]\[(\d+)\]\.'
    r'(?:Evt\.(?:Parsed|Meta)\["(\w+)"\] == "(.*)"|Success == (true|false))$',
)
# Messages that CrowdSec passes by and that we tell: the end of a session.
TOLD_BY_US_ALONE = ("Close session: ",)


def asserted(path: Path) -> list[dict[str, str]]:
    """What CrowdSec's parser says of each line that it reads."""
    found: dict[int, dict[str, str]] = {}
    for line in path.read_text("utf-8").splitlines():
        match = ASSERTION.match(line)
        if match:
            name = match[2] or "success"
            found.setdefault(int(match[1]), {})[name] = match[3] or match[4] or ""
    return [found[number] for number in sorted(found)]


def by_line(kind: str, path: Path) -> dict[int, dict[str, Any]]:
    """Events by the line that they stand in."""
    batch = decode(kind, path.read_bytes(), UTC_2026)
    frames = [part.frame for part in batch.names] + [part.frame for part in batch.admins]
    lines = [line for frame in frames for line in frame["line"].to_list()]
    return dict(zip(lines, events(kind, batch), strict=True))


@pytest.mark.parametrize("name", ["crowdsec-bind9-logs", "crowdsec-bind9-syslog"])
def test_bind_names_the_client_that_crowdsec_names(corpus: Path, name: str) -> None:
    """And BIND's own time, where the line has one."""
    folder = corpus / "dns-query-logs" / "bind"
    expected = asserted(folder / f"{name}.parser.assert")
    found = by_line("dns_bind", folder / f"{name}.log")

    assert len(found) == len(expected)
    for event, said in zip(found.values(), expected, strict=True):
        address = said.get("remote_addr") or said["source_ip"]
        assert (event["client_address"], event["attributes"]["port"]) == (address, said["remote_port"])
        if "ts_ms" in said:
            assert (
                event["time"]
                == f"{said['ts_y']}-{_month(said['ts_m'])}-{said['ts_d']}T{said['ts_t']}.{said['ts_ms']}000Z"
            )


def _month(name: str) -> str:
    return f"{['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].index(name) + 1:02d}"


@pytest.mark.parametrize("name", ["crowdsec-sshd-logs", "crowdsec-sshd-logs-fp", "crowdsec-sshd-success-logs"])
def test_sshd_names_the_user_and_the_address_that_crowdsec_names(corpus: Path, name: str) -> None:
    """A line that CrowdSec does not read gives no event, but for the end of a session."""
    lines = (corpus / "sshd" / f"{name}.log").read_text("utf-8").splitlines()
    expected = asserted(corpus / "sshd" / f"{name}.parser.assert")
    found = by_line("sshd", corpus / "sshd" / f"{name}.log")

    told = {}
    for number, said in enumerate(expected, start=1):
        if said["success"] == "true":
            user = next(
                (said[key] for key in ("user", "target_user", "sshd_invalid_user", "sshd_auth_user") if key in said),
                None,
            )
            told[number] = (said["source_ip"], user, said["machine"], said.get("log_type") == "auth_success")
    ours = {
        number: (event["actor_address"], event["actor"], event["target"], event["success"] is True)
        for number, event in found.items()
        if not any(words in lines[number - 1] for words in TOLD_BY_US_ALONE)
    }

    assert {number: _comparable(line) for number, line in ours.items() if number in told} == {
        number: _comparable(line) for number, line in told.items() if number in ours
    }
    assert sorted(set(told) ^ set(ours)) == []


def _comparable(line: tuple[Any, ...]) -> tuple[Any, ...]:
    address = line[0]
    return (address.removeprefix("::ffff:") if address else None, *line[1:])


def test_dnsmasq_tells_who_asked_and_whom_it_asked(corpus: Path) -> None:
    """Read by eye: no independent reader says what is in this sample."""
    found = by_line("dns_dnsmasq", corpus / "dns-query-logs" / "dnsmasq" / "sample.log")
    columns = ("client_address", "name", "record_type", "resolver_address", "address")

    assert [tuple(event[name] for name in columns) for event in found.values()] == [
        ("192.168.1.185", "video-edge-b1fd44.muc01.abs.hls.ttvnw.net", "AAAA", None, None),
        ("192.168.1.185", "video-edge-8b17e9.pdx01.abs.hls.ttvnw.net", "A", None, None),
        ("192.168.1.185", "video-edge-8b17e9.pdx01.abs.hls.ttvnw.net", "A", "208.67.222.222", None),
        (None, "ttvnw.net", "DS", "208.67.222.222", None),
        (None, "science-edge-external-prod-73889260.us-west-2.elb.amazonaws.com", "A", None, "35.162.12.228"),
        (None, "tags.tiqcdn.com", "A", None, "0.0.0.0"),  # noqa: S104 - an answer
        ("127.0.0.1", "example.net", "A", None, None),
    ]


def test_conntrack_tells_both_directions(corpus: Path) -> None:
    """The original one in columns, the reply's ends where a translation changed them."""
    cases = json.loads((corpus / "conntrack" / "nf_conntrack.json").read_text("utf-8"))
    numbers = {"tcp": 6, "udp": 17}
    for case in cases:
        (event,) = events("conntrack", decode("conntrack", case["line"] + "\n"))
        expected = case["expected"]
        assert event["protocol"] == numbers[expected["proto"]]
        if "orig" in expected:
            assert [event[name] for name in ("src_address", "src_port", "dst_address", "dst_port")] == expected["orig"]
        if "reply" in expected:
            attributes = event["attributes"]
            assert isinstance(attributes, dict)
            reply = [
                attributes.get("reply-src", event["dst_address"]),
                int(attributes.get("reply-sport", event["dst_port"])),
                attributes.get("reply-dst", event["src_address"]),
                int(attributes.get("reply-dport", event["src_port"])),
            ]
            assert reply == expected["reply"]
        for column, name in (
            ("octets", "orig_bytes"),
            ("packets", "orig_packets"),
            ("reverse_octets", "reply_bytes"),
            ("reverse_packets", "reply_packets"),
        ):
            assert event[column] == expected.get(name)


def test_every_file_of_the_corpus_is_read_here(corpus: Path) -> None:
    """A file that is added is decoded too."""
    folders = [
        corpus / "conntrack",
        corpus / "dns-query-logs" / "bind",
        corpus / "dns-query-logs" / "dnsmasq",
        corpus / "sshd",
    ]

    assert sorted(path.name for folder in folders for path in folder.iterdir() if path.suffix != ".assert") == [
        "crowdsec-bind9-logs.log",
        "crowdsec-bind9-syslog.log",
        "crowdsec-sshd-logs-fp.log",
        "crowdsec-sshd-logs.log",
        "crowdsec-sshd-success-logs.log",
        "nf_conntrack.json",
        "sample.log",
    ]
