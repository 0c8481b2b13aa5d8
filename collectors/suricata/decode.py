"""Decode EVE JSON lines: flows, names, administration and what the sensor says about its own seeing.

Decides which event types are read; every other one is passed over and counted by its name. Refuses to know whose an
address is, and to look for the twin of a record: where `flow` and `netflow` are both logged, one of them is chosen for
the whole source.
"""

from __future__ import annotations

import json
from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.contract import SAMPLED_BAD_RECORDS, Admins, BadRecord, Batch, Flows, Names
from collectors.json_lines import JsonReader
from collectors.suricata.admins import admins
from collectors.suricata.coverage import Drops
from collectors.suricata.events import EVENT_TYPE, SHOWN_NAMES, wanted
from collectors.suricata.flows import ETHERNET_OCTETS, flows
from collectors.suricata.names import dns_names, shown_names
from collectors.suricata.parts import Events
from collectors.suricata.words import address_book

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectors.contract import Piece, SourceOptions
    from collectors.json_lines import BadLine, JsonLines
    from monitor.address import ParsedAddresses

FLOWS_FROM: Final = ("flow", "netflow")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_ADDRESSES: Final = ("src_ip", "dest_ip", "rdata")
# Event types of Suricata 4 to 8; another word is counted as one of "another event type", so that counts stay few.
_KNOWN: Final = frozenset(
    {
        "alert",
        "anomaly",
        "arp",
        "bittorrent_dht",
        "dcerpc",
        "dhcp",
        "dnp3",
        "dns",
        "drop",
        "engine",
        "enip",
        "fileinfo",
        "flow",
        "frame",
        "ftp",
        "ftp_data",
        "http",
        "http2",
        "ike",
        "ikev2",
        "krb5",
        "ldap",
        "lua",
        "mdns",
        "metadata",
        "modbus",
        "mqtt",
        "netflow",
        "nfs",
        "packet",
        "pgsql",
        "pop3",
        "quic",
        "rdp",
        "rfb",
        "sip",
        "smb",
        "smtp",
        "snmp",
        "ssh",
        "stats",
        "telnet",
        "template",
        "tftp",
        "tls",
        "websocket",
    }
)
OTHER: Final = "another event type"


class SuricataDecoder:
    """Decodes one input; carries the counters of drops from one stats event to the next."""

    def __init__(self, options: SourceOptions) -> None:
        """Choose which records of conversations count.

        Raises:
            ValueError: `flows_from` is neither; the message says which there are.
        """
        self._flows_from = options.flows_from or FLOWS_FROM[0]
        if self._flows_from not in FLOWS_FROM:
            raise ValueError(f"`{self._flows_from}` is not one of {', '.join(FLOWS_FROM)}")
        self._link_octets = ETHERNET_OCTETS if options.link_octets is None else options.link_octets
        self._reader = JsonReader(wanted(self._flows_from), EVENT_TYPE)
        self._drops = Drops()

    def state(self) -> str:
        """Give the counters of each host."""
        return json.dumps(self._drops.last)

    def resume(self, state: str) -> None:
        """Go on with the counters of a state."""
        self._drops = Drops(json.loads(state))

    def decode(self, piece: Piece) -> Batch:
        """Decode complete lines."""
        data = piece.data if piece.offset else piece.data.removeprefix(_BYTE_ORDER_MARK)
        read = self._reader.read(data)
        book = _book(read)
        parts = {word: Events(lines.frame, book) for word, lines in read.kinds.items() if lines.frame.height}
        passed_over: Counter[str] = Counter()
        for word, count in read.passed_over.items():
            passed_over[word if word in _KNOWN else OTHER] += count
        all_flows: list[Flows] = []
        names: list[Names] = []
        acts: list[Admins] = []
        coverage: list[pl.DataFrame] = []
        for word, events in parts.items():
            items = read.kinds[word].items
            skipped = 0
            if word == self._flows_from:
                both_ways = word == FLOWS_FROM[0]
                made = flows(events, items["vlan"], piece.first_line, self._link_octets, both_ways=both_ways)
                all_flows.append(made)
            elif word == "dns":
                names.append(dns_names(events, items, piece.first_line))
            elif word in SHOWN_NAMES:
                shown, skipped = shown_names(events, word, piece.first_line)
                names.append(shown)
            elif word == "stats":
                told, skipped = self._drops.coverage(events.frame, piece.first_line)
                coverage.append(told)
            else:
                begun, skipped = admins(events, word, piece.first_line)
                acts.append(begun)
            if skipped:
                passed_over[word] += skipped
        return Batch(
            flows=tuple(each for each in all_flows if each.frame.height),
            names=_together(names),
            admins=tuple(each for each in acts if each.frame.height),
            coverage=tuple(each for each in coverage if each.height),
            records=read.records,
            bad=_bad(read, parts, piece.first_line),
            bad_by_reason=read.bad_by_reason + sum((Counter(each.reasons) for each in parts.values()), Counter[str]()),
            passed_over=passed_over,
        )


def _book(read: JsonLines) -> ParsedAddresses:
    """Addresses of all columns of all event types, which share their words."""
    frames = [frame for lines in read.kinds.values() for frame in (lines.frame, *lines.items.values()) if frame.height]
    return address_book(frame[name] for frame in frames for name in _ADDRESSES if name in frame.columns)


def _together(parts: Sequence[Names]) -> tuple[Names, ...]:
    """Names of all event types as one part, in the order of the lines: what is judged at once costs once."""
    some = [each for each in parts if each.frame.height]
    if len(some) < 2:  # noqa: PLR2004 - there is nothing to put together
        return tuple(some)
    frame = pl.concat([each.frame for each in some], how="diagonal").sort("line", maintain_order=True)
    return (Names(frame, some[0].addresses),)


def _bad(read: JsonLines, parts: Mapping[str, Events], first_line: int) -> tuple[BadRecord, ...]:
    """Bad records of the reader and of the events, the first ones in the order of the lines."""
    lines: list[BadLine] = [*read.bad, *(bad for events in parts.values() for bad in events.bad)]
    some = sorted(lines, key=attrgetter("row"))[:SAMPLED_BAD_RECORDS]
    return tuple(BadRecord(first_line + bad.row, bad.reason, bad.what) for bad in some)
