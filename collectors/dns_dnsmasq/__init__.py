"""dnsmasq's log of queries (also Pi-hole's), in its own file or through syslog."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from collectors.contract import Kind
from collectors.journal_programs import records_of

if TYPE_CHECKING:
    from collectors.contract import Decoder, SourceOptions

_LINE: Final = re.compile(
    rb"(?:^|[\s>])dnsmasq(?:\[\d+\])?: (?:(?:UDP |TCP )?\d+ \S+/\d+ )?"
    rb"(?:query\[|auth\[|forwarded |dnssec-query\[|reply |cached |config |started, version |using nameserver )",
    re.MULTILINE,
)
_JOURNAL: Final = records_of(rb"dnsmasq")


def _decoder(options: SourceOptions) -> Decoder:
    from collectors.dns_dnsmasq.decode import DnsDnsmasqDecoder

    return DnsDnsmasqDecoder(options)


def recognise(beginning: bytes) -> str | None:
    """Why an input is a log of dnsmasq: a line of it tells a query, an answer or a start, or the journal names it."""
    if _LINE.search(beginning):
        return "a line of dnsmasq tells a query, an answer or its start"
    if _JOURNAL.search(beginning):
        return "a record of the journal is from dnsmasq"
    return None


KIND: Final = Kind(
    name="dns_dnsmasq",
    title="dnsmasq query log",
    decoder=_decoder,
    recognise=recognise,
    gives=("name", "coverage"),
    reads=(
        ("query[TYPE] NAME from ADDRESS", "record_type, name, client_address"),
        ("forwarded NAME to ADDRESS", "resolver_address, of this row alone"),
        ("reply, cached, config, hosts NAME is ADDRESS", "address"),
        ("NXDOMAIN, NODATA, SERVFAIL", "response_code"),
        ("host of the syslog line", "observer"),
    ),
    cannot_see=(
        "how long an answer may be kept",
        "which of several resolvers a reply came from, when a question went to more than one",
        "clients behind another resolver or a NAT: they are one address",
    ),
    sample="""- type: dns_dnsmasq
  path: /var/log/dnsmasq.log
  time_zone: Europe/Paris
  year: 2026
""",
)
