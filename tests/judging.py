"""Judge lines of an AWS flow log at a small site, exactly as `replay` does, and get plain rows back.

The lines are text, the site is YAML: a test that stands on this stands on the public path alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from collectors import KINDS
from collectors.contract import Flows, Piece, SourceOptions
from monitor import schema
from monitor.address import IPV4, ParsedAddresses, format_addresses
from monitor.app import build_pipeline, open_site
from monitor.attribution.precedence import ANYCAST, GLOBAL
from monitor.inputs import find_inputs
from monitor.replay import Replay
from monitor.sums import Summation
from monitor.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from collectors.files import ReadLimits
    from monitor.app import Knowledge

HEADER: Final = (
    "version account-id vpc-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport dstport protocol packets"
    " bytes start end action tcp-flags flow-direction log-status"
)
NOON: Final = datetime(2026, 10, 7, 12, tzinfo=UTC)
OURS: Final = "10.20.0.5"
PORTAL: Final = "10.30.0.5"
INVENTORY: Final = """
systems:
  - {id: warehouse, networks: [10.20.0.0/16, "2001:db8:20::/48"], serves: staff, data_class: health}
  - {id: portal, networks: [10.30.0.0/16, "2001:db8:30::/48"], serves: public, data_class: identity}
"""
_SITE: Final = """
site: test
timezone: {timezone}
exporter: {{name: CHU Exemple, country: {exporter}}}
inventory: inventory.yaml
register: register.yaml
certifications: certifications.yaml
policy: {policy}
sources: [{{type: aws_vpc, path: "*.log", count_at: {count_at}}}]
"""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """The files of a site, as text; what is left out is empty, and the policy is the default one."""

    inventory: str = INVENTORY
    register: str = "transfers: []"
    certifications: str = "certifications: []"
    policy: str = "{}"
    timezone: str = "Europe/Paris"
    count_at: str = "endpoints"
    exporter: str = "FR"

    def write(self, directory: Path) -> Path:
        """Write the files; the path of transferwatch.yaml."""
        site = _SITE.format(timezone=self.timezone, policy=self.policy, count_at=self.count_at, exporter=self.exporter)
        texts = {
            "transferwatch": site,
            "inventory": self.inventory,
            "register": self.register,
            "certifications": self.certifications,
        }
        for name, text in texts.items():
            (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
        return directory / "transferwatch.yaml"


def line(src: str, dst: str, /, **fields: object) -> str:
    """One record of the format HEADER.

    By default ten packets of 500 octets each over TCP from port 40000 to 443. `fields` are named as in the header,
    with underscores; `at` (when it ends), `octets` and `seconds` (how long it lasts) besides.
    """
    at = fields.pop("at", NOON)
    assert isinstance(at, datetime)
    end = int(at.timestamp())
    values: dict[str, object] = {
        "version": 5,
        "account_id": "123456789012",
        "vpc_id": "vpc-1",
        "interface_id": "eni-1",
        "srcaddr": src,
        "dstaddr": dst,
        "srcport": 40000,
        "dstport": 443,
        "protocol": 6,
        "packets": 10,
        "bytes": fields.pop("octets", 5000),
        "start": end - int(str(fields.pop("seconds", 30))),
        "end": end,
        "action": "ACCEPT",
        "log_status": "OK",
    }
    values |= fields
    return " ".join(str(values.get(name.replace("-", "_"), "-")) for name in HEADER.split())


def flows(*lines: str) -> Flows:
    """The flow records of some lines, as the decoder hands them on."""
    decoder = KINDS["aws_vpc"].decoder(SourceOptions())
    data = "".join(f"{text}\n" for text in (HEADER, *lines)).encode()
    (found,) = decoder.decode(Piece(data, 1, 0)).flows
    return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """Judged rows, as a frame and as plain rows, and what else became of the records."""

    frames: Sequence[pl.DataFrame]
    tally: Tally

    @property
    def frame(self) -> pl.DataFrame:
        """All rows in order."""
        return pl.concat(self.frames) if self.frames else pl.DataFrame(schema=schema.frame_schema(schema.JUDGED))

    @property
    def rows(self) -> list[Row]:
        """Rows as dictionaries."""
        return self.frame.to_dicts()

    @property
    def row(self) -> Row:
        """The only row."""
        rows = self.rows
        assert len(rows) == 1, self.tally
        return rows[0]


def printing(knowledge: Knowledge, code: str, *, instead_of: str) -> Knowledge:
    """The same knowledge with an atlas that prints another code for a country."""
    codes = [code if each == instead_of else each for each in knowledge.atlas.countries]
    return replace(knowledge, atlas=replace(knowledge.atlas, countries=pl.Series("country", codes, dtype=pl.String)))


@dataclass(slots=True)
class Judging:
    """The public path with the shipped knowledge: `judged(lines, ...)`."""

    knowledge: Knowledge
    directory: Path
    number: int = field(default=0)

    def __call__(self, lines: Iterable[str], **texts: str) -> Outcome:
        """Judge lines; `texts` are fields of `Site`."""
        return self.in_pieces(lines, None, **texts)

    def in_pieces(self, lines: Iterable[str], limits: ReadLimits | None, **texts: str) -> Outcome:
        """Judge lines that are read in pieces of that size."""
        self.number += 1
        directory = self.directory / str(self.number)
        directory.mkdir()
        path = Site(**texts).write(directory)
        log = directory / "flow.log"
        log.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        opened = open_site(path, self.knowledge.operators)
        tally = Tally()
        inputs = find_inputs([log], "aws_vpc", opened).inputs
        replay = Replay(build_pipeline(opened, self.knowledge), Summation.of(opened), limits)
        frames = list(replay.frames(inputs, tally))
        return Outcome(frames, tally)

    def one(self, text: str, **texts: str) -> Row:
        """Judge one line and give its row."""
        return self([text], **texts).row

    def abroad(self, address: str, *, at: datetime = NOON, **texts: str) -> Row:
        """The row of an ordinary conversation that our warehouse opens towards an address."""
        return self.one(line(OURS, address, at=at), **texts)

    def peer(self, country: str, *, at: datetime = NOON, importer: str | None = None, **texts: str) -> Row:
        """The row of a conversation with a known peer in a country, on a private address."""
        named = f", importer: {importer}" if importer else ""
        inventory = f"{INVENTORY}peers: [{{networks: [10.99.0.0/16], country: '{country}'{named}}}]\n"
        return self.one(line(OURS, "10.99.0.7", at=at), inventory=inventory, **texts)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Real addresses by what the shipped atlas says of them: one for each range, in the order of the addresses."""

    text: pl.Series
    size: Sequence[int]
    country: pl.Series
    operator: pl.Series
    anycast: pl.Series
    candidates: pl.Series
    globe: pl.Series

    @classmethod
    def of(cls, knowledge: Knowledge) -> Gazetteer:
        """Attribute the middle of every IPv4 range of the atlas."""
        first = knowledge.atlas._arrays["four_from"].astype(np.int64)
        size = np.diff(np.append(first, 2**32))
        middle = (first + size // 2).astype(np.uint64)
        version = np.full(len(middle), IPV4, dtype=np.uint8)
        high = np.zeros(len(middle), dtype=np.uint64)
        text = format_addresses(version, high, middle)
        attributor = knowledge.attributor()
        far = attributor.attribute(ParsedAddresses(text, version, high, middle))
        country = pl.Series([each[0] if len(each) == 1 else None for each in attributor.answers.candidates])
        country = pl.Series(attributor.countries).gather(country.gather(pl.Series(far.answer)))
        return cls(
            text,
            size.tolist(),
            country,
            far.operator_name.cast(pl.String),
            pl.Series(far.flags & (ANYCAST | GLOBAL) != 0),
            pl.Series([" ".join(attributor.candidates(each)) for each in range(len(attributor.answers.flags))]).gather(
                pl.Series(far.answer)
            ),
            pl.Series(far.flags & (ANYCAST | GLOBAL) == GLOBAL),
        )

    def between(self, *countries: str) -> str:
        """The middle of the largest range of which sources name exactly these countries, none of it anycast."""
        return self._largest(~self.anycast & (self.candidates == " ".join(sorted(countries))))

    def in_no_place(self) -> str:
        """The middle of the largest range that serves many countries."""
        return self._largest(self.globe)

    def _largest(self, wanted: pl.Series) -> str:
        places = wanted.arg_true().to_list()
        assert places, "the atlas has no such range"
        return str(self.text[max(places, key=lambda place: (self.size[place], -place))])

    def find(self, *, country: str | None = None, operator: str | None = None, listed: bool | None = None) -> str:
        """The middle of the largest range of that country and operator, none of it anycast.

        `listed` asks for an operator that the table knows, or for one that it does not.
        """
        wanted = ~self.anycast & self.country.is_not_null()
        if country:
            wanted &= (self.country == country).fill_null(value=False)
        if operator:
            wanted &= (self.operator == operator).fill_null(value=False)
        if listed is not None:
            unlisted = self.operator.str.contains("^as[0-9]+$")
            wanted &= (~unlisted if listed else unlisted).fill_null(value=False)
        return self._largest(wanted)


def told(row: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    """Some columns of a row, in the order asked for."""
    return tuple(row[name] for name in names)


def verdict(row: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """Place verdict, its reason, and the mechanism."""
    return row["place_verdict"], row["place_reason"], row["mechanism"]


def control(row: Mapping[str, Any]) -> tuple[str, str | None]:
    """Control verdict and its reason."""
    return row["control_verdict"], row["control_reason"]


def second_before(moment: datetime) -> datetime:
    """One second earlier: the last that a flow log can name."""
    return moment - timedelta(seconds=1)


def hosts(network: str, count: int) -> list[str]:
    """First addresses of a network."""
    return [str(address) for address, _ in zip(ip_network(network).hosts(), range(count), strict=False)]


def naming(found: Flows, names: Sequence[str | None]) -> Flows:
    """The same records, each with a host name: what a sensor that reads names would tell of them."""
    return replace(found, frame=found.frame.with_columns(pl.Series("name", names, dtype=pl.String)))
