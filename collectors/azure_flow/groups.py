"""From groups of tuples to flow records: what the record around a tuple says, and what the tuple says.

Decides which column each field goes to. Refuses to know how a record is nested: `azure_nsg` and `azure_vnet` do.

The source of a tuple opened the flow, as Azure states it; the direction tells at whose interface it was seen. Counters
are those since the tuple before of the same flow, of frames with their Ethernet header.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.attributes import attribute_objects
from collectors.azure_flow.tuples import (
    COUNTERS,
    DESTINATION,
    DESTINATION_PORT,
    MILLISECONDS_FROM,
    PROTOCOL,
    SOURCE,
    SOURCE_PORT,
    TIME,
    read_tuples,
)
from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord, Batch, Flows
from collectors.json_records import in_order
from monitor import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from collectors.azure_flow.tuples import Layout, Tuples

# What the words of a layout mean: positions in the lists of `_flows`.
ACCEPT, REJECT = range(2)
SRC, DST = range(2)
# Microsoft says "packet header and payload"; its samples count a SYN as 66 and a full packet as 1 514 octets, which
# are an Ethernet frame without check sequence.
OCTETS_LAYER: Final = "ethernet"
# The header of such a frame (IEEE 802.3 section 3.1.1): a packet of headers alone is so much larger here.
_ETHERNET_OCTETS: Final = 14
# A piece may hold many more tuples than lines of another log: so many are read, and judged, at a time.
_TUPLES_A_PART: Final = 60_000
NO_TUPLES: Final = "no tuples"
# Where the two logs say what: the decision and the state are one field or two.
ACTION_FIELDS: Final = ("Traffic decision", "Flow state")
DIRECTION_FIELDS: Final = ("Traffic flow", "Flow direction")
_SUBSCRIPTION: Final = re.compile("/subscriptions/([^/]+)", re.IGNORECASE)
_NETWORK: Final = re.compile("/virtualNetworks/([^/]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Group:
    """Tuples of one rule at one interface, and what the record around them says; `place` is that of the value."""

    line: int
    tuples: Sequence[str]
    observer: str | None
    resource: str
    attributes: dict[str, str]
    place: int = 0


@dataclass(slots=True)
class Found:
    """What was found in a piece: groups of tuples, and values that are none, with their places among the values."""

    groups: list[Group] = field(default_factory=list)
    bad: list[tuple[float, BadRecord]] = field(default_factory=list)
    place: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)

    def tell(self, bad: BadRecord) -> None:
        """Add a value that is no record."""
        self.bad.append((self.place, bad))

    def add(self, groups: Iterable[Group]) -> None:
        """Add the groups of one record; a record that holds no tuple is passed over."""
        holding = [replace(group, place=self.place) for group in groups if group.tuples]
        self.groups.extend(holding)
        if not holding:
            self.passed_over[NO_TUPLES] += 1


def subscription_of(resource: str) -> str | None:
    """Subscription that a resource id names, in lower case: Azure writes it in either."""
    found = _SUBSCRIPTION.search(resource)
    return found.group(1).lower() if found else None


def network_of(resource: str) -> str | None:
    """Virtual network that a resource id names, if it names one."""
    found = _NETWORK.search(resource)
    return found.group(1) if found else None


def batch_of(found: Found, layout: Layout) -> Batch:
    """Make a batch of what was found; each tuple is a record, and so is each value that is none."""
    texts = list(chain.from_iterable(group.tuples for group in found.groups))
    of = np.repeat(np.arange(len(found.groups), dtype=np.uint32), [len(group.tuples) for group in found.groups])
    by_reason = Counter(bad.reason for _, bad in found.bad)
    told = list(found.bad)
    parts: list[Flows] = []
    for first in range(0, len(texts), _TUPLES_A_PART):
        tuples = read_tuples(texts[first : first + _TUPLES_A_PART], layout)
        of_part = of[first : first + _TUPLES_A_PART]
        by_reason += tuples.reasons.counts()
        told += [
            (group.place, BadRecord(group.line, reason, tuples.describe(row, reason, name)))
            for row, reason, name in tuples.reasons.sample(SAMPLED_BAD_RECORDS)
            for group in (found.groups[of_part[row]],)
        ]
        good = tuples.reasons.none.arg_true()
        parts.append(_flows(tuples, good, pl.Series(of_part).gather(good), found.groups))
    return Batch(
        flows=tuple(parts),
        records=len(texts) + len(found.bad) + found.passed_over.total(),
        bad=in_order(told),
        bad_by_reason=by_reason,
        passed_over=found.passed_over,
    )


def _flows(tuples: Tuples, rows: pl.Series, of: pl.Series, groups: Sequence[Group]) -> Flows:
    frame = tuples.frame[rows] if rows.len() < tuples.frame.height else tuples.frame
    height = frame.height
    time = _time(frame[TIME])
    packets, octets, reverse_packets, reverse_octets = (frame[name].cast(pl.Int64) for name in COUNTERS)
    accounts = [subscription_of(group.resource) for group in groups]
    networks = [network_of(group.resource) for group in groups]
    direction = next(name for name in DIRECTION_FIELDS if name in frame.columns)
    action = next(name for name in ACTION_FIELDS if name in frame.columns)

    def nothing(name: str, dtype: object) -> pl.Series:
        return pl.Series(name, [None], dtype=dtype).new_from_index(0, height)  # type: ignore[arg-type]

    def told(name: str, texts: list[str | None]) -> pl.Series:
        return pl.Series(name, texts, dtype=pl.String).gather(of)

    out = pl.DataFrame(
        [
            pl.Series("line", [group.line for group in groups], dtype=pl.UInt64).gather(of),
            time.alias("start_time"),
            time.alias("end_time"),
            frame[SOURCE].alias("src_address"),
            frame[DESTINATION].alias("dst_address"),
            nothing("interface_src", pl.UInt32),
            nothing("interface_dst", pl.UInt32),
            pl.Series("packet_addresses", [False]).new_from_index(0, height),
            frame[SOURCE_PORT].alias("src_port"),
            frame[DESTINATION_PORT].alias("dst_port"),
            frame[PROTOCOL].alias("protocol"),
            octets.alias("octets"),
            packets.alias("packets"),
            reverse_octets.alias("reverse_octets"),
            reverse_packets.alias("reverse_packets"),
            nothing("tcp_flags", pl.UInt8),
            pl.Series(["accept", "reject"], dtype=schema.ACTIONS).gather(frame[action]).alias("action"),
            pl.Series("initiator", ["src"], dtype=schema.ENDS).new_from_index(0, height),
            pl.Series("sampling_interval", [1], dtype=pl.UInt32).new_from_index(0, height),
            nothing("name", pl.String),
            nothing("application", pl.String),
            told("observer", [group.observer for group in groups]),
            told("account", accounts),
            told("network_id", networks),
            nothing("region_hint", pl.String),
            nothing("service_hint", pl.String),
            pl.Series(["src", "dst"], dtype=schema.ENDS).gather(frame[direction]).alias("reporter"),
            _attributes(tuples, rows, of, groups, counted=octets.is_not_null() | reverse_octets.is_not_null()),
        ]
    )
    return Flows(out, tuples.addresses, _ETHERNET_OCTETS)


def _time(told: pl.Series) -> pl.Series:
    """Seconds or milliseconds to microseconds; the reader has refused what lies beyond year 9999."""
    number = told.name
    factor = pl.when(pl.col(number) < MILLISECONDS_FROM).then(1_000_000).otherwise(1_000)
    return told.to_frame().select((pl.col(number) * factor).cast(schema.TIME)).to_series()


def _attributes(
    tuples: Tuples, rows: pl.Series, of: pl.Series, groups: Sequence[Group], *, counted: pl.Series
) -> pl.Series:
    """What the record around a tuple says, and the words of the tuple that have no column."""
    words = pl.Categories.random()
    names = list(dict.fromkeys(name for group in groups for name in group.attributes))
    columns = {
        name: pl.Series([group.attributes.get(name) for group in groups], dtype=pl.Categorical(words)).gather(of)
        for name in names
    }
    columns |= {name: column.gather(rows) for name, column in tuples.words.items()}
    layer = pl.Series([None, OCTETS_LAYER], dtype=pl.Categorical(words))
    columns["octets_layer"] = layer.gather(counted.cast(pl.UInt32))
    return attribute_objects(columns, of.len(), absent="").alias("attributes")
