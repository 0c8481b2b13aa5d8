"""Names and acts of administration as decoders hand them on, judged at a small site: plain values in, rows out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from collectors.contract import Admins, Batch, Names
from monitor import schema
from monitor.address import parse_addresses
from monitor.app import build_pipeline, open_site
from monitor.pipeline import SourceSettings
from monitor.rows import rows
from monitor.sums import Summation
from monitor.tally import Tally
from monitor.unjudged import Unjudged, part_sums
from tests.judging import NOON, Site
from tests.summing import folded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.kept import Sums
    from monitor.pipeline import Judged, Part, Pipeline
    from monitor.schema import Column

Row = dict[str, Any]
_OF_EVENT: Final = ("event", "source")
CLOUD: Final = "123456789012"
INVENTORY: Final = f"""
systems:
  - {{id: warehouse, networks: [10.20.0.0/16, "2001:db8:20::/48"], accounts: ["aws:{CLOUD}"], data_class: health,
     hosting: {{operator: aws, country: FR}}}}
  - {{id: portal, networks: [10.30.0.0/16], accounts: ["azure:AAAA-1", "gcp:portal-1", "host:db01"], serves: public,
     data_class: identity}}
staff: [{{networks: [198.51.100.0/24], country: JP}}]
peers: [{{networks: [203.0.113.0/24], country: CH, importer: Lab}}]
"""


def act(**values: object) -> Row:
    """One act: somebody signs in to our account, at noon, from an address abroad, if nothing else is said."""
    said: Row = {
        "time": NOON,
        "actor": "alice",
        "actor_kind": "customer",
        "actor_address": "5.188.10.7",
        "action": "ConsoleLogin",
        "success": True,
        "account": CLOUD,
        "attributes": "{}",
    }
    return said | values


def asked(**values: object) -> Row:
    """One answer: our warehouse asked a resolver abroad for a name, at noon, if nothing else is said."""
    said: Row = {
        "time": NOON,
        "client_address": "10.20.0.5",
        "name": "www.example.org",
        "record_type": "A",
        "via": "dns",
        "resolver_address": "5.188.10.7",
        "attributes": "{}",
    }
    return said | values


def admins(*acts: Row) -> Admins:
    """Acts as a decoder hands them on; each stands on a line of its own unless it says another."""
    return Admins(*_frame(acts, schema.ADMIN, ("actor_address", "target_address")))


def names(*answers: Row) -> Names:
    """Names as a decoder hands them on."""
    return Names(*_frame(answers, schema.NAME, schema.ADDRESSES["name"]))


def _frame(events: Sequence[Row], columns: Sequence[Column], ends: Sequence[str]) -> Any:  # noqa: ANN401 - two things
    types = {column.name: column.dtype for column in columns if column.name not in _OF_EVENT}
    told = [row.get(name) for row in events for name in ends]
    addresses = parse_addresses(pl.Series(list(dict.fromkeys(each for each in told if each)), dtype=pl.String))
    position = {text: place for place, text in enumerate(addresses.text)}
    assert set(position) >= {each for each in told if each}, "write addresses in their shortest form"
    data = {name: pl.Series([row.get(name) for row in events], dtype=dtype) for name, dtype in types.items()}
    data |= {name: pl.Series([position.get(row.get(name)) for row in events], dtype=pl.UInt32) for name in ends}
    data["line"] = pl.Series([row.get("line", 1 + place) for place, row in enumerate(events)], dtype=pl.UInt64)
    return pl.DataFrame(data), addresses


@dataclass(frozen=True, slots=True)
class Telling:
    """The stages of a site: rows, sums and the tally of parts that are not lines of a log."""

    pipeline: Pipeline
    summation: Summation

    @classmethod
    def of(cls, knowledge: Knowledge, directory: Path, **texts: str) -> Telling:
        """Build them; `texts` are fields of `Site`."""
        site = open_site(Site(**({"inventory": INVENTORY} | texts)).write(directory), knowledge.operators)
        return cls(build_pipeline(site, knowledge), Summation.of(site))

    def judged(self, part: Part, kind: str = "aws_cloudtrail") -> Judged:
        """Judge one part of a source."""
        return self.pipeline.run(part, SourceSettings(kind, name=kind))

    def rows(self, part: Part, kind: str = "aws_cloudtrail") -> list[Row]:
        """Rows as dictionaries."""
        frame = rows(self.judged(part, kind))
        assert schema.departures(frame, schema.JUDGED) == []
        return frame.to_dicts()

    def row(self, part: Part, kind: str = "aws_cloudtrail") -> Row:
        """The only row."""
        (found,) = self.rows(part, kind)
        return found

    def sums(self, *parts: Part, kind: str = "aws_cloudtrail", passed_over: dict[str, int] | None = None) -> Sums:
        """What parts of one batch add up to."""
        unjudged, found = Unjudged(), []
        for part in parts:
            judged = self.judged(part, kind)
            unjudged.add(judged)
            found.append(part_sums(self.summation, judged))
        beside = unjudged.sums(Batch(passed_over=Counter(passed_over or {})), kind, self.summation.hours)
        return folded([*found, beside])

    def tally(self, *parts: Part, kind: str = "aws_cloudtrail") -> Tally:
        """What became of the records of parts."""
        tally = Tally()
        for part in parts:
            judged = self.judged(part, kind)
            tally.add_judged(judged, self.summation.sums(judged))
        return tally


def later(seconds: int) -> datetime:
    """So many seconds after noon."""
    return datetime.fromtimestamp(NOON.timestamp() + seconds, NOON.tzinfo)
