"""BIND's log of queries and responses, in its own files or through syslog."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from collectors.contract import Kind
from collectors.journal_programs import records_of

if TYPE_CHECKING:
    from collectors.contract import Decoder, SourceOptions

_CLIENT: Final = re.compile(
    rb"(?:^|\s)client (?:@0x[0-9a-f]+ )?[0-9A-Fa-f:.]+(?:%\S+)?#\d+(?:/key \S+)?(?: \(\S*\))?: "
    rb"(?:view [^:\n]+: )?(?:query|response|zone transfer|bad zone transfer request)\b",
    re.MULTILINE,
)
_JOURNAL: Final = records_of(rb"named")


def _decoder(options: SourceOptions) -> Decoder:
    from collectors.dns_bind.decode import decoder

    return decoder(options)


def recognise(beginning: bytes) -> str | None:
    """Why an input is a log of BIND: a line tells a client's query as BIND writes it, or the journal names it."""
    if _CLIENT.search(beginning):
        return "a line tells a client's query as BIND does: client ADDRESS#PORT (NAME): query"
    if _JOURNAL.search(beginning):
        return "a record of the journal is from BIND"
    return None


KIND: Final = Kind(
    name="dns_bind",
    title="BIND query and response log",
    decoder=_decoder,
    recognise=recognise,
    gives=("name",),
    reads=(
        ("client ADDRESS#PORT", "client_address"),
        ("query name, type", "name, record_type"),
        ("address in parentheses", "resolver_address"),
        ("response code (9.20: responses; query failed)", "response_code"),
        ("host of the syslog line", "observer"),
    ),
    cannot_see=(
        "the addresses that were answered, and how long they may be kept",
        "which servers BIND asked in turn: watch flows to port 53 and 853, or use dnstap",
        "clients behind another resolver or a NAT: they are one address",
    ),
    sample="""- type: dns_bind
  path: /var/log/named/query.log
  time_zone: Europe/Paris
""",
)
